//! Timelines in a terminal: as wide as that is, and in colours where it has them and
//! nobody is against them. Where `script` makes no terminals the test is skipped.

use std::io::Write as _;
use std::process::{Command, Stdio};

use makespan::{Timeline, scenario};

use crate::missing_tool::cannot_check;

/// What the process finds set that draws in a terminal.
const DRAWING: &str = "TERMINAL_DRAWING";

const TEST: &str = "terminal::a_timeline_is_as_wide_and_as_coloured_as_its_terminal";

fn timeline() -> Timeline {
    scenario!(join(a: 3ms, race(b: 1ms, c: 2ms))).predict().expect("it is predicted").timeline()
}

/// The timeline as a process draws it in a terminal of so many columns.
fn drawn(columns: usize, environment: &[(&str, &str)]) -> Option<String> {
    let process = "\"$PROCESS\" --exact \"$TEST\" --nocapture";
    let process = format!("stty columns {columns} rows 24 && echo '<begun>' && {process}");
    let mut command = Command::new("script");
    command.args(["-q", "-c", &process, "/dev/null"]);
    command.env("PROCESS", std::env::current_exe().expect("a path"));
    command.env("TEST", TEST).env(DRAWING, "1").env_remove("NO_COLOR");
    command.env("SHELL", "/bin/sh").env("TERM", "xterm").envs(environment.iter().copied());
    let output = command.stdin(Stdio::null()).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"));
    // A sandbox may have the program and no terminals.
    let Some(said) = said.ok().filter(|said| said.contains("<begun>")) else {
        cannot_check("no terminal can be made here by `script`");
        return None;
    };
    let drawn = said.split_once("<drawn>").and_then(|(_, rest)| rest.split_once("</drawn>"));
    let (drawn, _) = drawn.unwrap_or_else(|| panic!("nothing is drawn in {said}"));
    Some(drawn.to_owned())
}

#[test]
fn a_timeline_is_as_wide_and_as_coloured_as_its_terminal() {
    if std::env::var_os(DRAWING).is_some() {
        let drawn = timeline().for_terminal();
        write!(std::io::stdout(), "<drawn>{drawn}</drawn>").expect("a terminal");
        return;
    }
    let plain = |columns| timeline().with_width(columns).to_string();
    let without_colours = [("NO_COLOR", "1")];
    let Some(usual) = drawn(100, &without_colours) else { return };
    assert_eq!(usual, plain(100));
    // In less nothing is seen, and more is not easier to read.
    assert_eq!(drawn(30, &without_colours), Some(plain(40)));
    assert_eq!(drawn(300, &without_colours), Some(plain(160)));
    assert_eq!(drawn(100, &[("TERM", "dumb")]), Some(plain(100)));
    // Yellow is what is critical, magenta what was cut, and faint what helps to read it.
    assert_eq!(
        drawn(30, &[]).expect("a terminal").replace('\u{1b}', "^"),
        "\
a ^[33m┝━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥^[0m
b ├───────────┤
c ^[35m├───────────×^[0m
  0ms         1ms                    3ms
  ^[2m━ critical path   × cancelled^[0m"
    );
}
