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
    let folder = scratch("each");
    // Each package and each test binary has a folder of its own.
    let first = folder.join("makespan/tests").join(NAME.replace("::", "."));
    let second = folder.join("makespan/tests").join(format!("{}-2", NAME.replace("::", ".")));
    let run_again = || again(NAME, [(FAILS, "".as_ref()), (FOLDER, folder.as_os_str())]);
    assert!(run_again().0);
    // What an earlier run has left there is no part of this one.
    fs::write(first.join("scenario.txt"), "an old one").expect("a file");
    fs::write(first.join(".makespan"), "scenario.txt\nfailure.txt\nactual.log\n").expect("a file");
    for name in ["law.txt", "actual.svg", "actual.perfetto.json"] {
        let _ = fs::remove_file(first.join(name));
    }
    for name in ["expected.log", "expected.svg", "expected.perfetto.json"] {
        let _ = fs::remove_file(first.join(name));
    }

    let (is_well, told) = run_again();
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
        [
            ".makespan",
            "actual.log",
            "actual.perfetto.json",
            "actual.svg",
            "expected.log",
            "expected.perfetto.json",
            "expected.svg",
            "failure.txt",
            "law.txt"
        ]
    );
    #[cfg(not(feature = "pictures"))]
    assert_eq!(names, [".makespan", "actual.log", "expected.log", "failure.txt", "law.txt"]);
    let text = |name| &left.iter().find(|(it, _)| it == name).expect("it is there").1;
    assert_eq!(*text("actual.log"), log);
    // What the law says: both at once.
    assert_eq!(
        text("expected.log"),
        "+0ms a starts\n+0ms b starts\n+20ms a finishes\n+30ms b finishes\n"
    );
    assert_eq!(text("law.txt"), "max(a, b)\n");
    assert!(text("failure.txt").starts_with("timing law broken"), "{}", text("failure.txt"));
    assert!(told.contains(text("failure.txt").trim_end()), "{told}");
    let names: Vec<_> = files(&second).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name == "law.txt" || name == "expected.log"), "{names:?}");
    fs::remove_dir_all(folder).expect("it is there");
}

/// A folder that no other test uses.
fn scratch(name: &str) -> PathBuf {
    let folder = format!("artifacts-{name}-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn files_of_others_are_left_alone() {
    const NAME: &str = "artifacts::files_of_others_are_left_alone";
    if std::env::var_os(FAILS).is_some() {
        assert_makespan!(run(), 20ms);
    }
    let folder = scratch("others");
    let tests = folder.join("makespan/tests");
    let theirs = tests.join("artifacts.files_of_others_are_left_alone");
    fs::create_dir_all(&theirs).expect("a folder");
    fs::write(theirs.join("failure.txt"), "theirs").expect("a file");
    let run_again = || again(NAME, [(FAILS, "".as_ref()), (FOLDER, folder.as_os_str())]).1;
    let second = tests.join("artifacts.files_of_others_are_left_alone-2");
    let kept = format!("\n\n  kept in {}\n", second.display());
    let output = run_again();
    assert!(output.contains(&kept), "{output}");
    // In a folder of ours, too, and the next run takes another one.
    fs::write(second.join("notes.txt"), "theirs").expect("a file");
    assert!(run_again().contains(&kept));
    fs::write(second.join(".makespan"), "../../../outside.txt\nnotes.txt\n").expect("a file");
    fs::write(folder.join("outside.txt"), "theirs").expect("a file");
    let output = run_again();
    assert!(output.contains("-3\n"), "`failure.txt` is not in the list, so it is theirs: {output}");
    for file in [theirs.join("failure.txt"), second.join("notes.txt"), folder.join("outside.txt")] {
        assert_eq!(fs::read_to_string(file).expect("it is there"), "theirs");
    }
    fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn a_folder_that_is_relative_begins_at_the_workspace() {
    const NAME: &str = "artifacts::a_folder_that_is_relative_begins_at_the_workspace";
    if std::env::var_os(FAILS).is_some() {
        assert_makespan!(run(), 20ms);
    }
    let workspace = scratch("workspace");
    fs::write(workspace.join("Cargo.toml"), "[workspace]\nmembers = [\"one\"]\n").expect("a file");
    let member = workspace.join("one");
    fs::create_dir_all(member.join("assets")).expect("a folder");
    fs::write(member.join("Cargo.toml"), "[package]\nname = \"one\"\n").expect("a file");
    fs::write(member.join("assets/logo.svg"), "theirs").expect("a file");
    for package in ["one", "two"] {
        let (_, output) = again(
            NAME,
            [
                (FAILS, "".as_ref()),
                (FOLDER, ".".as_ref()),
                ("CARGO_MANIFEST_DIR", member.as_os_str()),
                ("CARGO_PKG_NAME", package.as_ref()),
            ],
        );
        let folder = workspace.join(package).join("tests").join(NAME.replace("::", "."));
        assert!(output.contains(&format!("kept in {}\n", folder.display())), "{output}");
        assert!(folder.join("failure.txt").is_file());
    }
    let logo = fs::read_to_string(member.join("assets/logo.svg"));
    assert_eq!(logo.expect("it is there"), "theirs");
    fs::remove_dir_all(workspace).expect("it is there");
}

#[cfg(feature = "proptest")]
#[test]
fn a_check_that_fails_leaves_the_files_that_the_assertion_leaves() {
    const NAME: &str = "artifacts::a_check_that_fails_leaves_the_files_that_the_assertion_leaves";
    let one_by_one = async || {
        delay("a").await;
        delay("b").await;
    };
    // Without a package there is no place for seeds.
    let law = makespan::law!(max(a, b));
    match std::env::var(FAILS).as_deref() {
        Ok("assertion") => assert_law!(one_by_one() => max(a, b)),
        Ok("check") => drop(makespan::Checker::new().verify(one_by_one, &law).unwrap()),
        Ok("meant") => {
            let meant = makespan::Checker::new().without_seeds();
            meant.verify(one_by_one, &law).expect_err("it is meant to fail");
            return;
        }
        _ => {}
    }
    let left = |how: &str| {
        let folder = scratch(how);
        let variables = [
            (FAILS, how.as_ref()),
            (FOLDER, folder.as_os_str()),
            ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true".as_ref()),
        ];
        let output = again(NAME, variables).1;
        let tests = folder.join("makespan/tests").join(NAME.replace("::", "."));
        let names = tests.is_dir().then(|| files(&tests).into_iter().map(|it| it.0).collect());
        let times = output.matches("kept in ").count();
        fs::remove_dir_all(folder).expect("it is there");
        (names.unwrap_or_else(Vec::new), times)
    };
    let (assertion, check) = (left("assertion"), left("check"));
    assert_eq!(assertion, check);
    assert!(assertion.0.iter().any(|name| name == "expected.log"), "{assertion:?}");
    assert_eq!(assertion.1, 1);
    assert_eq!(left("meant"), (Vec::new(), 0));
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
