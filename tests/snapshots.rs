//! What others keep snapshots of: laws, logs and files, byte for byte. They are in
//! `tests/snapshots`; what changes one of them is a breaking change.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use insta::{Settings, assert_snapshot};
use makespan::{Law, Runner, Scenario, Trace, delay, scenario};

use crate::again::again;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A page that loads what it needs, retries some of it, and hedges the rest.
async fn dashboard() {
    delay("auth").await;
    let retried = async {
        delay("orders").await;
        tokio::time::sleep(ms(100)).await;
        delay("orders").await;
    };
    let hedged = async {
        tokio::select! {
            biased;
            () = delay("primary") => {}
            () = async {
                tokio::time::sleep(ms(50)).await;
                delay("backup").await;
            } => {}
        }
    };
    let profile = tokio::spawn(delay("profile"));
    tokio::join!(retried, hedged);
    profile.await.expect("it does not panic");
}

/// All that scenarios have: each form, a cut, namesakes, a name in quotes, ties.
fn everything() -> Scenario {
    scenario!(seq(
        auth: 20ms,
        spawn(profile: 50ms, "GET /orders": 300us),
        tasks(job: 3ms, job: 3ms),
        join(a: 5ms, race(b: 2ms, c: 2ms)),
        timeout(10ms, slow: 1h),
        limit(2, attempt: 1ms, attempt: 0ms, attempt: 2ms),
    ))
}

fn trace_of_code() -> Trace {
    let latencies =
        [("auth", 20), ("orders", 80), ("primary", 190), ("backup", 33), ("profile", 7)];
    let latency = |runner: Runner, (name, millis)| runner.latency(name, ms(millis));
    let runner = latencies.into_iter().fold(Runner::new(), latency);
    runner.run(dashboard()).expect("it runs").into_trace()
}

fn inferred() -> Law {
    makespan::infer(dashboard).expect("it has a law").into_law()
}

#[test]
fn a_law_that_is_inferred() {
    assert_snapshot!(inferred());
}

#[test]
fn the_law_of_a_scenario() {
    assert_snapshot!(everything().law());
}

#[test]
fn the_notation_of_a_scenario() {
    assert_snapshot!(everything());
}

#[test]
fn the_log_of_a_scenario() {
    assert_snapshot!(format!("{:#}", everything().run().expect("it runs")));
}

#[test]
fn the_log_of_code() {
    assert_snapshot!(trace_of_code());
}

#[test]
fn the_critical_path_of_code() {
    assert_snapshot!(trace_of_code().critical_path());
}

#[test]
fn the_timeline_of_a_scenario() {
    assert_snapshot!(everything().run().expect("it runs").timeline());
}

#[test]
fn the_timeline_of_code() {
    assert_snapshot!(trace_of_code().timeline());
}

#[test]
fn the_picture_of_a_scenario() {
    assert_snapshot!(everything().run().expect("it runs").to_svg());
}

#[test]
fn the_picture_of_code() {
    assert_snapshot!(trace_of_code().to_svg());
}

#[test]
fn the_perfetto_file_of_a_scenario() {
    assert_snapshot!(everything().run().expect("it runs").to_perfetto());
}

#[test]
fn the_perfetto_file_of_code() {
    assert_snapshot!(trace_of_code().to_perfetto());
}

#[cfg(feature = "serde")]
#[test]
fn the_stored_trace_of_code() {
    assert_snapshot!(serde_json::to_string_pretty(&trace_of_code()).expect("json"));
}

/// All texts that are kept.
fn texts() -> Vec<String> {
    let (predicted, run) = (everything().predict(), everything().run());
    let (predicted, run) = (predicted.expect("it runs"), run.expect("it runs"));
    let code = trace_of_code();
    let mut texts = vec![inferred().to_string(), everything().law().to_string()];
    for trace in [&predicted, &run, &code] {
        texts.extend([
            trace.to_string(),
            format!("{trace:#}"),
            trace.critical_path().to_string(),
            trace.timeline().with_width(100).to_string(),
            trace.to_svg(),
            trace.to_perfetto(),
        ]);
        #[cfg(feature = "serde")]
        texts.push(serde_json::to_string(trace).expect("json"));
    }
    texts
}

#[test]
fn every_thread_and_every_run_write_the_same_bytes() {
    let expected = texts();
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| [texts(), texts()])).collect();
    for thread in threads {
        for again in thread.join().expect("it does not panic") {
            assert_eq!(again, expected);
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

#[test]
fn every_snapshot_is_looked_at() {
    let source = include_str!("snapshots.rs");
    let entries = folder().read_dir().expect("a folder");
    let files: BTreeSet<_> =
        entries.map(|it| it.expect("an entry").file_name().into_string().expect("text")).collect();
    for file in &files {
        let name = file.strip_prefix("tests__snapshots__").and_then(|it| it.strip_suffix(".snap"));
        let name = name.unwrap_or_else(|| panic!("{file} is no snapshot of these tests"));
        assert!(source.contains(&format!("fn {name}() {{")), "{file}");
    }
    let assertions = source.lines().filter(|it| it.starts_with("    assert_snapshot!(")).count();
    assert_eq!(files.len(), assertions);
}

/// Whether a snapshot `kept`, kept as this text, is one of the value.
fn holds(kept: Option<&str>, value: &str) -> bool {
    let folder = std::env::temp_dir().join(format!("makespan-snapshots-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    if let Some(kept) = kept {
        let file = format!("---\nsource: tests/snapshots.rs\nexpression: value\n---\n{kept}\n");
        std::fs::write(folder.join("kept.snap"), file).expect("a file");
    }
    let mut settings = Settings::new();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    let assertion = || settings.bind(|| assert_snapshot!("kept", value));
    let holds = catch_unwind(AssertUnwindSafe(assertion)).is_ok();
    std::fs::remove_dir_all(&folder).expect("a folder");
    holds
}

#[test]
fn a_snapshot_that_is_missing_or_differs_fails() {
    const NAME: &str = "snapshots::a_snapshot_that_is_missing_or_differs_fails";
    const INSIDE: &str = "SNAPSHOTS_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        assert!(holds(Some("auth + orders"), "auth + orders"));
        assert!(!holds(Some("max(auth, orders)"), "auth + orders"));
        assert!(!holds(None, "auth + orders"));
        return;
    }
    // By default insta stores what differs beside the snapshot and says so past the output
    // of the test; whoever runs the tests may also have asked it to take whatever comes.
    let settings = [(INSIDE, ""), ("INSTA_UPDATE", "no"), ("INSTA_FORCE_PASS", "0")];
    let settings = settings.map(|(name, value)| (name, value.as_ref()));
    let (passes, said) = again(NAME, settings);
    assert!(passes && !said.contains("stored new snapshot"), "{said}");
}
