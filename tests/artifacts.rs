//! What a failing assertion leaves behind where somebody wants it.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use makespan::{Run, Runner, assert_law, assert_makespan, delay};

use crate::again::again;

/// What names the folder for the files.
const FOLDER: &str = "MAKESPAN_ARTIFACTS";

/// Set in a process of its own, where the assertions are to fail.
const FAILS: &str = "ARTIFACTS_FAIL";

/// A run of 20 + 30 = 50 ms.
fn run() -> Run<()> {
    let runner = Runner::new().latency("a", Duration::from_millis(20));
    let code = async {
        delay("a").await;
        delay("b").await;
    };
    runner.latency("b", Duration::from_millis(30)).run(code).expect("it ends")
}

/// The files below a folder with what is in them, in order.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    let text = |path: &PathBuf| fs::read_to_string(path).expect("a text");
    paths.iter().map(|path| (name(path), text(path))).collect()
}

#[test]
fn each_failing_assertion_leaves_a_folder_named_after_its_test() {
    const NAME: &str = "artifacts::each_failing_assertion_leaves_a_folder_named_after_its_test";
    if std::env::var_os(FAILS).is_some() {
        let run = run();
        assert!(catch_unwind(|| assert_law!(run, max(a, b))).is_err());
        assert!(catch_unwind(|| assert_makespan!(run, 20ms)).is_err());
        return;
    }
    let folder = format!("artifacts-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let first = folder.join(NAME.replace("::", "."));
    let second = folder.join(format!("{}-2", NAME.replace("::", ".")));
    // What an earlier run has left there is no part of this one.
    fs::create_dir_all(first.join("expected")).expect("a folder");
    fs::write(first.join("scenario.txt"), "an old one").expect("a file");

    let (is_well, told) = again(NAME, [(FAILS, "".as_ref()), (FOLDER, folder.as_os_str())]);
    assert!(is_well, "{told}");
    for kept in [&first, &second] {
        assert!(told.contains(&format!("\n\n  kept in {}\n", kept.display())), "{told}");
    }
    let log = format!("{:#}\n", run().trace());
    let left = files(&first);
    let names: Vec<_> = left.iter().map(|(name, _)| &**name).collect();
    #[cfg(feature = "pictures")]
    assert_eq!(
        names,
        ["actual.log", "actual.perfetto.json", "actual.svg", "failure.txt", "law.txt"]
    );
    #[cfg(not(feature = "pictures"))]
    assert_eq!(names, ["actual.log", "failure.txt", "law.txt"]);
    assert_eq!(left[0].1, log);
    let text = |name| &left.iter().find(|(it, _)| it == name).expect("it is there").1;
    assert_eq!(text("law.txt"), "max(a, b)\n");
    assert!(text("failure.txt").starts_with("timing law broken"), "{}", text("failure.txt"));
    assert!(told.contains(text("failure.txt").trim_end()), "{told}");
    assert!(!files(&second).iter().any(|(name, _)| name == "law.txt"));
    assert_eq!(files(&second)[0].1, log);
    fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn nothing_is_kept_where_the_folder_has_no_name() {
    const NAME: &str = "artifacts::nothing_is_kept_where_the_folder_has_no_name";
    if std::env::var_os(FAILS).is_some() {
        assert_makespan!(run(), 20ms);
    }
    let (is_well, told) = again(NAME, [(FAILS, "".as_ref()), (FOLDER, "".as_ref())]);
    assert!(!is_well && told.contains("+50ms"), "{told}");
    assert!(!told.contains("kept in"), "{told}");
}
