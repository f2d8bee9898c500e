//! What is made of one run.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use crate::checker::Checker;
use crate::checker::case::{Case, Rest};
use crate::checker::range::Ranges;
use crate::checker::report::Broken;
use crate::checker::session::{Outcome, Session};
use crate::error::Error;
use crate::infer::Code;
use crate::law::Law;
use crate::runtime::Latency;
use crate::runtime::Runner;
use crate::runtime::delay;

/// What becomes of cases in which each delay takes so many ticks, by a law of `a`.
fn judged(code: Code<'_>, cases: &[u64]) -> Vec<&'static str> {
    let law: Law = "a".parse().expect("a law");
    let checker = Checker::new();
    let session = Session::new(&checker, None, code, &law);
    let judge = |ticks: &u64| {
        let ranges = Rc::new(Ranges::default());
        let case = Case::new(BTreeMap::new(), Rest::Fixed(*ticks), &ranges);
        let runs = session.runs.get();
        match session.judge(&case) {
            Ok(Outcome::Holds) if session.runs.get() == runs => "skipped",
            Ok(Outcome::Holds) => "holds",
            Ok(Outcome::Breaks(Broken::Law { .. })) => "breaks",
            Ok(Outcome::Breaks(Broken::Several { .. })) => "several",
            Ok(Outcome::Breaks(Broken::Error(_))) => "unended",
            Ok(Outcome::Undecided(_)) => "undecided",
            Err(_) => "error",
        }
    };
    cases.iter().map(judge).collect()
}

/// Runs forever, at one instant.
async fn livelock() {
    delay("a").await;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

#[test]
fn latencies_whose_runs_take_long_are_left_alone_from_then_on() {
    let runner = Runner::new();
    let slow = Cell::new(0);
    let code = |latency: Latency| {
        runner.run_with(latency, async {
            delay("a").await;
            if slow.get() > 0 {
                slow.set(slow.get() - 1);
                #[expect(clippy::disallowed_methods, reason = "it is real time that is spent")]
                std::thread::sleep(Duration::from_millis(200));
            }
        })
    };
    let judged = |cases: &[u64]| {
        slow.set(1);
        judged(&code, cases)
    };
    // A busy machine may take a break in one of the tries.
    let is_any = |cases: &[u64], expected: &[_]| (0..5).any(|_| judged(cases) == expected);
    // Of short latencies it is not they that take the time.
    assert!(is_any(&[9_999, 9_999, 10_000, 20_000], &["holds"; 4]));
    let skipped = ["holds", "holds", "skipped", "holds", "skipped"];
    assert!(is_any(&[20_000, 10_000, 20_000, 19_999, 20_001], &skipped));
    assert!(is_any(&[10_000, 9_999, 10_000], &["holds", "holds", "skipped"]));
}

#[test]
fn a_run_past_its_real_time_tells_of_the_code_only_if_latencies_are_short() {
    let runner = Runner::new().wall_limit(Duration::from_millis(20));
    let code = |latency: Latency| runner.run_with(latency, livelock());
    let judged = judged(&code, &[0, 9_999, 10_000, 10_000, 9_999, 20_000]);
    assert_eq!(judged, ["unended", "unended", "holds", "skipped", "unended", "skipped"]);
}

#[test]
fn what_no_latency_can_change_is_an_error_and_no_counterexample() {
    let unset = || Error::latency_unset("a".into());
    let too_long = || Error::latency_too_long("a".into(), Duration::MAX, Duration::ZERO);
    for error in [Error::inside_runtime, Error::already_recording, unset, too_long] {
        assert_eq!(judged(&|_| Err(error()), &[1]), ["error"]);
    }
    assert_eq!(judged(&|_| Err(Error::endless_name("a".into())), &[1]), ["unended"]);
}

/// The cases that are tried whatever is drawn: what is chosen, and what the rest takes.
fn corners(checker: &Checker, law: &str) -> Vec<(String, u64)> {
    let law: Law = law.parse().expect("a law");
    let session = Session::new(checker, None, &|_| unreachable!("nothing is run"), &law);
    session.corners().iter().map(|case| (format!("{case:?}"), case.scale())).collect()
}

#[test]
fn every_law_is_tried_around_its_constants_and_behind_round_numbers() {
    let one = |ticks: u64, rest: u64| (format!("a = {ticks}ms"), rest);
    let expected = [
        [0, 1, 20_000].map(|rest| (String::new(), rest)).to_vec(),
        // Far longer than the rest, far shorter, a tick longer.
        vec![one(10_000, 0), one(14_400_000, 0), one(0, 20_000), one(1, 0), one(20_001, 20_000)],
        // Around the constant, its double and the difference to itself.
        [0, 0, 1, 299, 300, 301, 599, 600, 601]
            .iter()
            .flat_map(|ticks| [one(*ticks, 0), one(*ticks, 20_000)])
            .collect(),
        // 15 round numbers and a tick.
        [11, 21, 51, 101, 201, 251, 501, 1_001, 2_001, 3_001, 5_001, 10_001, 15_001, 30_001]
            .map(|ticks| one(ticks, 0))
            .to_vec(),
        vec![one(60_001, 0)],
    ];
    let expected = expected.concat();
    assert_eq!(corners(&Checker::new().cases(256), "min(a, 300ms)"), expected);
    // Whoever asks for few has a reason.
    assert_eq!(corners(&Checker::new().cases(5), "min(a, 300ms)"), expected[..5]);
    assert_eq!(corners(&Checker::new().cases(0), "min(a, 300ms)"), []);
}

#[test]
fn what_fails_is_searched_for_ten_seconds_and_twenty_thousand_cases_at_most() {
    let law: Law = "a".parse().expect("a law");
    let checker = Checker::new().cases(7);
    let config = Session::new(&checker, None, &|_| unreachable!("nothing is run"), &law).config();
    assert_eq!((config.max_shrink_time, config.max_shrink_iters), (10_000, 20_000));
    assert_eq!(config.cases, 7);
}
