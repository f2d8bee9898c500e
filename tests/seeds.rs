//! What `assert_law!` and `Checker` leave behind and say beside the failure: seeds, and
//! the latencies of a panic. Each is looked at in a process of its own, since proptest
//! asks the environment once.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use makespan::{Checker, assert_law, assert_mutants_caught, delay, law};
use tokio::time::{Instant, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What the process is to do that runs a test again.
const PART: &str = "SEEDS_PART";

fn part() -> Option<String> {
    std::env::var(PART).ok()
}

/// Runs a test of this file once more, in a process of its own whose package is the folder, and
/// returns whether it passed and what it said.
fn in_a_package(folder: &Path, test: &str, part: &str, draws: u32) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args(["--exact", &format!("seeds::{test}"), "--nocapture"]);
    command.env(PART, part).env("CARGO_MANIFEST_DIR", folder);
    command.env("PROPTEST_RNG_SEED", draws.to_string()).env_remove("PROPTEST_CASES");
    command.env_remove("MAKESPAN_ARTIFACTS").env("NO_COLOR", "1");
    if folder == here() {
        command.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    } else {
        command.env_remove("PROPTEST_DISABLE_FAILURE_PERSISTENCE");
    }
    let output = command.output().expect("it starts");
    let told = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    (output.status.success(), told.concat())
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder for this process alone, with nothing inside.
fn package(name: &str) -> PathBuf {
    let name = format!("seeds-{name}-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What a process said behind a word, on a line.
fn said<'a>(told: &'a str, word: &str) -> &'a str {
    let line = told.lines().find_map(|line| line.strip_prefix(word));
    line.unwrap_or_else(|| panic!("no `{word}` in {told}"))
}

/// Holds code to a law that it breaks where a call takes longer than three seconds, and
/// prints how long the call took in the first run, in the first that failed, and the
/// smallest failure.
#[expect(clippy::print_stdout, reason = "another process reads it")]
fn find_what_is_slow(checker: &Checker) {
    let calls = RefCell::new(Vec::new());
    let code = async || {
        let began = Instant::now();
        delay("call").await;
        calls.borrow_mut().push(began.elapsed());
        if began.elapsed() > ms(3_000) {
            sleep(ms(1)).await;
        }
    };
    // Found by chance, and not by exploring: only such a case has a seed.
    let checker = checker.clone().budget(0);
    let failure = checker.verify(code, &law!(call)).expect_err("it is a tick late");
    let failed = calls.borrow().iter().find(|it| **it > ms(3_000)).copied();
    println!("\nfirst {:?}", calls.borrow()[0]);
    println!("failed {:?}", failed.expect("one failed"));
    println!("{failure}");
}

#[test]
fn a_seed_that_failed_is_kept_at_the_top_of_the_package_and_tried_first() {
    const NAME: &str = "a_seed_that_failed_is_kept_at_the_top_of_the_package_and_tried_first";
    match part().as_deref() {
        None => {}
        Some("keep") => return find_what_is_slow(&Checker::new()),
        Some(_) => return find_what_is_slow(&Checker::new().without_seeds()),
    }
    let folder = package("kept");
    let seeds = folder.join("proptest-regressions/tests/seeds.txt");
    let run = |part, draws| {
        let (is_well, told) = in_a_package(&folder, NAME, part, draws);
        assert!(is_well, "{told}");
        told
    };
    let first = run("keep", 1);
    assert!(first.contains("  when      call = 3001ms     (smallest of "), "{first}");
    assert!(first.contains(" runs; seed in proptest-regressions/tests/seeds.txt)\n"), "{first}");
    let kept = std::fs::read_to_string(&seeds).expect("a seed was kept");
    assert!(kept.contains("# shrinks to call = 3001ms\n"), "{kept}");

    // Other cases are drawn by now: the first is the one that is known.
    let again = run("keep", 2);
    assert_eq!(said(&again, "first "), said(&first, "failed "));
    assert_eq!(said(&again, "failed "), said(&first, "failed "));
    assert_eq!(std::fs::read_to_string(&seeds).expect("it is still there"), kept);

    // Without seeds it is one of those, and nobody is told of a file.
    let without = run("without", 2);
    assert_ne!(said(&without, "failed "), said(&first, "failed "));
    assert!(without.contains("  when      call = 3001ms     (smallest of "), "{without}");
    assert!(!without.contains("seed in"), "{without}");
    assert_eq!(std::fs::read_to_string(&seeds).expect("it is still there"), kept);
    std::fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn a_checker_without_seeds_keeps_none_and_is_otherwise_as_it_was() {
    const NAME: &str = "a_checker_without_seeds_keeps_none_and_is_otherwise_as_it_was";
    if part().is_some() {
        let checker = Checker::new().latency("call", ms(4_000)..=ms(5_000));
        return find_what_is_slow(&checker.without_seeds());
    }
    let folder = package("none");
    let (is_well, told) = in_a_package(&folder, NAME, "without", 1);
    assert!(is_well, "{told}");
    assert!(told.contains("  when      call = 4000ms     (smallest of "), "{told}");
    assert_eq!(std::fs::read_dir(&folder).expect("the folder is there").count(), 0);
    std::fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn an_assertion_panics_if_the_code_does_not_keep_its_law() {
    const NAME: &str = "an_assertion_panics_if_the_code_does_not_keep_its_law";
    async fn one_by_one() {
        delay("profile").await;
        delay("orders").await;
    }
    match part().as_deref() {
        None => {}
        Some("wrong") => assert_law!(one_by_one() => max(profile, orders)),
        Some("right") => assert_law!(one_by_one() => profile + orders),
        // Of every call there is a single one: nothing tells the law of one from the law of all.
        Some("missed") => assert_mutants_caught!(one_by_one() => sum(profile) + orders),
        Some(_) => assert_mutants_caught!(one_by_one() => profile + orders),
    }
    if part().is_some() {
        return;
    }
    let run = |part| in_a_package(&here(), NAME, part, 1);
    for right in ["right", "caught"] {
        let (is_well, told) = run(right);
        assert!(is_well, "{right}: {told}");
    }
    let (is_well, told) = run("wrong");
    assert!(!is_well && told.contains("tests/seeds.rs:"), "{told}");
    let law = "\ntiming law broken: one_by_one()\n  law       max(profile, orders)\n  \
               observed  profile + orders ";
    assert!(told.contains(law), "{told}");
    // Where proptest keeps no seeds, none is told of.
    assert!(!told.contains("seed in"), "{told}");
    let (is_well, told) = run("missed");
    assert!(!is_well && told.contains("one_by_one()"), "{told}");
}

#[test]
fn the_latencies_of_a_panic_are_told_on_standard_error() {
    const NAME: &str = "the_latencies_of_a_panic_are_told_on_standard_error";
    if let Some(part) = part() {
        let code = async || {
            let began = Instant::now();
            delay("call").await;
            assert!(began.elapsed() < ms(700), "too slow");
        };
        let checker = Checker::new().without_seeds();
        let checker = if part == "pinned" { checker.case([("call", ms(900))]) } else { checker };
        let _ = checker.verify(code, &law!(call));
        return;
    }
    // The one that is pinned as it is, the one that is drawn as small as it can be.
    for (part, when) in [("pinned", "call = 900ms"), ("drawn", "call = 700ms")] {
        let (is_well, told) = in_a_package(&here(), NAME, part, 1);
        assert!(!is_well && told.contains("too slow"), "{told}");
        assert_eq!(said(&told, "makespan: the code panicked when "), when);
    }
}
