//! Pictures as a browser shows them: how wide its fonts really are, what is over
//! what, and which colours it takes. Without a browser these tests are skipped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use crate::missing_tool::cannot_check;
use crate::svg::{all_signs, hostile, jobs, picture, shown, thirty, three};

/// As long as a browser may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(180);

/// A folder that is gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("makespan-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A browser that was ended may still write; what is left is in a temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that does not outlive this.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn chromium() -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let files = env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    if files.is_none() {
        cannot_check("no chromium here, so no picture is looked at");
    }
    files
}

#[derive(Clone, Copy, Debug)]
enum Scheme {
    Dark,
    Light,
}

/// What `look.js` reports of pictures in a scheme of colours.
fn report(browser: &Path, pictures: &[(&str, String)], scheme: Scheme) -> Vec<String> {
    let scratch = Scratch::new(&format!("{scheme:?}-{}", pictures.len()));
    let mut page = String::from("<!doctype html><meta charset=\"utf-8\"><body>\n");
    for (name, svg) in pictures {
        // Nothing in a picture closes this: every `<` of a name is escaped.
        page += &format!("<script type=\"text/plain\" data-name=\"{name}\">{svg}</script>\n");
    }
    page += &format!("<script>{}</script>\n", include_str!("look.js"));
    let (html, out) = (scratch.0.join("page.html"), scratch.0.join("out.html"));
    fs::write(&html, page).expect("it is written");
    let profile = format!("--user-data-dir={}", scratch.0.join("profile").display());
    let scheme = match scheme {
        Scheme::Dark => "--blink-settings=preferredColorScheme=0",
        Scheme::Light => "--blink-settings=preferredColorScheme=1",
    };
    let mut child = Command::new(browser);
    // The page is ours, and a container often has no sandbox to offer.
    child.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
    child.args(["--disable-quic", "--disable-sync", "--no-first-run"]);
    child.args(["--disable-background-networking", "--disable-component-update"]);
    child.args([&profile, scheme, "--dump-dom"]).arg(format!("file://{}", html.display()));
    child.stdin(Stdio::null()).stderr(Stdio::null());
    child.stdout(File::create(&out).expect("a file"));
    wait(Ended(child.spawn().expect("it starts")));
    let dom = fs::read_to_string(&out).expect("what it printed");
    let lines = dom.split_once("<pre>").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (lines, _) =
        lines.unwrap_or_else(|| panic!("no report in what the browser printed: {dom}"));
    lines.lines().map(str::to_owned).collect()
}

#[expect(clippy::disallowed_methods, reason = "waits for another process")]
fn wait(mut child: Ended) {
    let pause = Duration::from_millis(50);
    let mut waited = Duration::ZERO;
    while child.0.try_wait().expect("it is a child").is_none() {
        assert!(waited < PATIENCE, "the browser is not done after {PATIENCE:?}");
        std::thread::sleep(pause);
        waited += pause;
    }
}

#[test]
fn a_browser_shows_every_label_whole_and_apart_in_light_and_in_dark() {
    let Some(browser) = chromium() else { return };
    let pictures = [
        ("three", picture(&three())),
        ("shown", picture(&shown())),
        ("signs", picture(&all_signs())),
        ("thirty", picture(&thirty())),
        ("hostile", picture(&hostile())),
        ("many", picture(&jobs(3_000))),
    ];
    for (scheme, name) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        let report = report(&browser, &pictures, scheme);
        let looked_at: Vec<_> = pictures.iter().map(|(it, _)| format!("{it}: {name}")).collect();
        assert_eq!(report, looked_at);
    }
}

#[test]
fn a_browser_notices_what_is_wrong_with_a_picture() {
    let Some(browser) = chromium() else { return };
    let svg = picture(&three());
    let change = |from: &str, to: &str| {
        assert!(svg.contains(from), "{from} in {svg}");
        svg.replace(from, to)
    };
    let pictures = [
        ("cut", change("<text class=\"name\" x=\"24\"", "<text class=\"name\" x=\"-3\"")),
        (
            "over",
            change(
                ">20ms</text>\n <text class=\"tick",
                ">2000000000ms</text>\n <text class=\"tick",
            ),
        ),
        ("pale", change("--faint:#57606a", "--faint:#bbbbbb")),
        ("more", change("<desc>", "<image/><desc>")),
        ("broken", change("</desc>", "")),
    ];
    let report = report(&browser, &pictures, Scheme::Light);
    let has =
        |text: &str| assert!(report.iter().any(|it| it.starts_with(text)), "{text}: {report:#?}");
    has("cut: `profile` leaves the canvas");
    has("over: `0ms` is over `2000000000ms`");
    has("pale: `0ms` has a contrast of 1.9");
    has("more: it has what it must not have");
    has("broken: it is no XML");
}
