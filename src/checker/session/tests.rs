//! What is made of one run.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use crate::checker::Checker;
use crate::checker::case::{Case, Rest};
use crate::checker::judge::{Allowance, Broken, Code, Judge, Outcome};
use crate::checker::range::Ranges;
use crate::checker::session::Session;
use crate::error::Error;
use crate::exploration::Relation;
use crate::law::Law;
use crate::runtime::Conditions;
use crate::runtime::Runner;
use crate::runtime::delay;

/// What becomes of cases in which each delay takes so many ticks, by a law of `a`.
fn judged(code: Code<'_>, cases: &[u64]) -> Vec<&'static str> {
    let law: Law = "a".parse().expect("a law");
    let ranges = Rc::new(Ranges::default());
    let judge = Judge::new(code, (&law, Relation::Equal), &ranges, Duration::from_secs(10));
    let judge = |ticks: &u64| {
        let case = Case::new(BTreeMap::new(), Rest::Fixed(*ticks), &ranges);
        let runs = judge.runs.get();
        match judge.judge(&case, Allowance::Share) {
            Ok(Outcome::Holds) => "holds",
            Ok(Outcome::Breaks(Broken::Law { .. })) => "breaks",
            Ok(Outcome::Breaks(Broken::Several { .. })) => "several",
            Ok(Outcome::Breaks(Broken::Overdue { .. })) => "overdue",
            Ok(Outcome::Breaks(Broken::Endless { .. })) => "endless",
            Ok(Outcome::Breaks(Broken::Panic { .. })) => "panic",
            Ok(Outcome::Undecided(_)) => "undecided",
            Ok(Outcome::NotJudged(_)) if judge.runs.get() == runs => "not judged, not run",
            Ok(Outcome::NotJudged(_)) => "not judged",
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
fn what_no_latency_can_change_is_an_error_and_no_counterexample() {
    let unset = || Error::latency_unset("a".into());
    let too_long = || Error::latency_too_long("a".into(), Duration::MAX, Duration::ZERO);
    for error in [Error::inside_runtime, Error::already_recording, unset, too_long] {
        assert_eq!(judged(&|_| Err(error().into()), &[1]), ["error"]);
    }
}

#[test]
fn a_run_that_takes_real_time_changes_no_later_case() {
    let runner = Runner::new();
    let code = |conditions: Conditions| {
        runner.run_with(conditions, async {
            delay("a").await;
            #[expect(clippy::disallowed_methods, reason = "it is real time that is spent")]
            std::thread::sleep(Duration::from_millis(210));
        })
    };
    assert_eq!(judged(&code, &[20_000, 20_000, 19_999, 14_400_000]), ["holds"; 4]);
}

#[test]
fn a_run_that_used_up_its_real_time_once_is_tried_again() {
    let runner = Runner::new().wall_limit(Duration::from_millis(50));
    let hiccups = Cell::new(2);
    let code = |conditions: Conditions| {
        runner.run_with(conditions, async {
            delay("a").await;
            if hiccups.get() > 0 {
                hiccups.set(hiccups.get() - 1);
                #[expect(clippy::disallowed_methods, reason = "it is real time that is spent")]
                std::thread::sleep(Duration::from_millis(200));
                // The limit is looked at where the code waits.
                let mut is_first = true;
                std::future::poll_fn(|context| {
                    context.waker().wake_by_ref();
                    if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }
                })
                .await;
            }
        })
    };
    assert_eq!(judged(&code, &[5, 7]), ["holds"; 2]);
    assert_eq!(hiccups.get(), 0);
    // More often than that it is not the machine, and no more cases are run.
    hiccups.set(3);
    assert_eq!(judged(&code, &[5, 7]), ["not judged", "not judged, not run"]);
}

#[test]
fn a_livelock_is_code_that_does_not_end() {
    let runner = Runner::new().wall_limit(Duration::from_millis(20));
    let code = |conditions: Conditions| runner.run_with(conditions, livelock());
    assert_eq!(judged(&code, &[0, 20_000]), ["endless"; 2]);
}

#[test]
fn what_fails_is_searched_for_ten_seconds_and_twenty_thousand_cases_at_most() {
    let law: Law = "a".parse().expect("a law");
    let checker = Checker::new().cases(7);
    let config = Session::new(
        &checker,
        (None, 0),
        &|_| unreachable!("nothing is run"),
        (&law, Relation::Equal),
    )
    .config();
    assert_eq!((config.max_shrink_time, config.max_shrink_iters), (10_000, 20_000));
    assert_eq!(config.cases, 7);
}
