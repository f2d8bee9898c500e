//! Tests that need a tool which is not on every machine. Without it they check nothing, and
//! say so where somebody asks.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use crate::again::again;

/// The environment variable that names a file. Each test that checks nothing adds a line.
const FILE: &str = "TESTS_SKIPPED";

/// Says why a test checks nothing on this machine.
///
/// `cargo test` hides the output of tests that pass, so it shows this only with
/// `-- --nocapture`. `.ci/run test` names a file, and shows what is in it.
#[expect(clippy::print_stdout, reason = "it is the output of a test")]
pub(crate) fn cannot_check(why: &str) {
    println!("skipped: {why}");
    if let Some(file) = std::env::var_os(FILE) {
        let mut file = OpenOptions::new().create(true).append(true).open(file).expect("a file");
        // At once, since other tests write too.
        file.write_all(format!("{why}\n").as_bytes()).expect("it is written");
    }
}

#[test]
fn a_test_that_checks_nothing_adds_a_line_to_the_file_that_is_named() {
    const NAME: &str =
        "missing_tool::a_test_that_checks_nothing_adds_a_line_to_the_file_that_is_named";
    const INSIDE: &str = "MISSING_TOOL_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        cannot_check("no hammer here");
        cannot_check("no nails here");
        return;
    }
    let file = format!("missing-tool-{}.txt", std::process::id());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    let (passes, said) = again(NAME, [(INSIDE, "".as_ref()), (FILE, file.as_os_str())]);
    assert!(passes && said.contains("skipped: no hammer here\n"), "{said}");
    let lines = std::fs::read_to_string(&file).expect("it is written");
    assert_eq!(lines, "no hammer here\nno nails here\n");
    std::fs::remove_file(file).expect("it is there");
}
