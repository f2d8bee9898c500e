//! Where shrinking ends: in small scenarios that a person would have written.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use makespan::{End, EventKind, Scenario, Step, TaskId, VirtualTime, strategy};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::large::large;
use crate::properties::notation::Node;

/// Finds a value that fails and shrinks it, as `proptest!` does, within the
/// limit of iterations that 256 cases have. Returns none if no case fails.
fn smallest<S: Strategy>(
    seed: u8,
    strategy: &S,
    fails: impl Fn(&S::Value) -> bool,
) -> Option<S::Value> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let config = Config { cases: 256, failure_persistence: None, ..Config::default() };
    let calls = Cell::new(0_u32);
    let has_failed = Cell::new(false);
    let result = TestRunner::new_with_rng(config, rng).run(strategy, |value| {
        calls.set(calls.get() + u32::from(has_failed.get()));
        if fails(&value) {
            has_failed.set(true);
            return Err(TestCaseError::fail("planted"));
        }
        Ok(())
    });
    match result {
        Ok(()) => None,
        Err(TestError::Fail(_, value)) => {
            let calls = calls.get();
            assert!(calls < 1_024, "{calls} iterations until {value:?}");
            Some(value)
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// Shrinks from many beginnings. Nine in ten end as expected; where greed leads
/// elsewhere, the end has no more than one node more.
#[track_caller]
fn check<S: Strategy<Value = Scenario>>(
    strategy: S,
    fails: impl Fn(&Scenario) -> bool,
    expected: &[&str],
) {
    let size = |scenario: &Scenario| Node::of(scenario).all().len();
    let most = expected
        .iter()
        .map(|end| size(&end.parse().expect("a scenario")) + 1)
        .max()
        .expect("an end");
    let mut ends = BTreeMap::<String, usize>::new();
    for seed in 0..100 {
        if let Some(scenario) = smallest(seed, &strategy, &fails) {
            assert!(size(&scenario) <= most, "{scenario} from seed {seed}");
            *ends.entry(scenario.to_string()).or_default() += 1;
        }
    }
    let count = |ends: &mut dyn Iterator<Item = (&String, &usize)>| -> usize {
        ends.map(|(_, count)| count).sum()
    };
    let all = count(&mut ends.iter());
    let usual = count(&mut ends.iter().filter(|(end, _)| expected.contains(&end.as_str())));
    assert!(all > 50, "found too seldom: {ends:#?}");
    assert!(usual * 10 >= all * 9, "{ends:#?}");
}

fn makespan_ms(scenario: &Scenario) -> u128 {
    scenario.predict().expect("it can run").makespan().as_millis()
}

fn has(outer: &str, inner: &str) -> impl Fn(&Scenario) -> bool {
    move |scenario| Node::of(scenario).has(outer, inner)
}

#[test]
fn what_always_fails_ends_as_next_to_nothing() {
    check(strategy::scenarios(), |_| true, &["a: 0ms"]);
    check(strategy::scenarios().steps(1..=9), |_| true, &["a: 0ms"]);
    check(strategy::sequential(), |_| true, &["seq()"]);
    check(strategy::spawned().steps(3..=5), |_| true, &["spawn(a: 0ms, b: 0ms, c: 0ms)"]);
}

#[test]
fn what_takes_long_ends_as_one_step_that_does() {
    let is_long = |scenario: &Scenario| makespan_ms(scenario) > 100;
    check(strategy::sequential(), is_long, &["seq(a: 101ms)"]);
    check(strategy::spawned(), is_long, &["spawn(a: 101ms)"]);
    check(strategy::scenarios(), is_long, &["a: 101ms"]);
}

#[test]
fn what_has_a_form_in_a_form_ends_as_just_that() {
    check(strategy::scenarios(), has("spawn", "race"), &["spawn(race(a: 0ms))"]);
    check(strategy::scenarios(), has("race", "tasks"), &["race(tasks())"]);
    check(strategy::scenarios(), has("limit", "timeout"), &["limit(1, timeout(0ms, a: 0ms))"]);
}

#[test]
fn a_tie_stays_a_tie() {
    let ends_of = |scenario: &Scenario, least: u128| {
        let mut ends = BTreeMap::<_, Vec<_>>::new();
        for step in scenario.predict().unwrap().steps() {
            if let End::Finished(time) = step.end
                && time.since_start().as_millis() >= least
                && (least == 0 || time > step.start)
            {
                ends.entry(time).or_default().push((step.task, step.start));
            }
        }
        ends.into_values().collect::<Vec<_>>()
    };
    let tasks = |scenario: &Scenario, least| {
        let differ = |end: &Vec<(TaskId, _)>| end.iter().any(|(task, _)| *task != end[0].0);
        ends_of(scenario, least).iter().any(differ)
    };
    check(strategy::scenarios(), |it| tasks(it, 0), &["spawn(a: 0ms, b: 0ms)"]);
    check(strategy::scenarios(), |it| tasks(it, 1), &["spawn(a: 1ms, b: 1ms)"]);
    check(strategy::spawned(), |it| tasks(it, 70), &["spawn(a: 70ms, b: 70ms)"]);

    let of_different_starts = |scenario: &Scenario| {
        let differ = |end: &Vec<(_, VirtualTime)>| end.iter().any(|(_, start)| *start != end[0].1);
        ends_of(scenario, 1).iter().any(differ)
    };
    let ends = [
        "join(seq(a: 1ms, b: 1ms), c: 2ms)",
        "join(a: 2ms, seq(b: 1ms, c: 1ms))",
        "limit(2, a: 2ms, b: 1ms, c: 1ms)",
        "limit(2, a: 1ms, b: 2ms, c: 1ms)",
    ];
    check(strategy::scenarios(), of_different_starts, &ends);
}

#[test]
fn who_waits_for_a_permit_is_few() {
    let crowd = |scenario: &Scenario, most| {
        let is_crowd = |node: &&Node| node.word == "limit" && node.children.len() > most;
        Node::of(scenario).all().iter().any(is_crowd)
    };
    check(strategy::scenarios(), |it| crowd(it, 2), &["limit(1, a: 0ms, b: 0ms, c: 0ms)"]);

    let wait = |scenario: &Scenario| {
        let later = |step: &&Step| step.start > VirtualTime::START && step.task != TaskId::ROOT;
        let node = Node::of(scenario);
        node.word == "limit" && scenario.predict().unwrap().steps().iter().filter(later).count() > 2
    };
    check(strategy::scenarios(), wait, &["limit(1, a: 1ms, b: 0ms, c: 0ms, d: 0ms)"]);
}

#[test]
fn what_is_cut_ends_as_a_race_or_a_timeout() {
    let has_cancel = |scenario: &Scenario| {
        scenario.predict().unwrap().events().any(|event| matches!(event.kind, EventKind::Cancel(_)))
    };
    check(strategy::scenarios(), has_cancel, &["race(a: 1ms, b: 0ms)", "timeout(0ms, a: 1ms)"]);

    let is_left_running =
        |scenario: &Scenario| !scenario.predict().unwrap().unfinished().is_empty();
    let ends = [
        "timeout(1ms, spawn(a: 1ms))",
        "race(spawn(a: 1ms), b: 1ms)",
        "race(a: 1ms, spawn(b: 1ms))",
    ];
    check(strategy::scenarios(), is_left_running, &ends);
}

#[test]
fn durations_end_round_and_at_the_edge() {
    let any = |scenario: &Scenario, is: fn(Duration) -> bool| {
        Node::of(scenario).steps().iter().any(|step| is(step.duration))
    };
    let is_odd = |time: Duration| !time.subsec_nanos().is_multiple_of(1_000_000);
    check(strategy::scenarios(), |it| any(it, |time| time.as_millis() >= 4_096), &["a: 4096ms"]);
    check(strategy::scenarios(), |it| any(it, |time| time.as_secs() >= 86_400), &["a: 1d"]);
    check(strategy::scenarios(), |it| any(it, is_odd), &["a: 500us"]);

    for seed in 0..50 {
        let long = smallest(seed, &strategy::durations(), |it| *it > Duration::from_millis(5));
        assert_eq!(long, Some(Duration::from_millis(6)));
        let odd = smallest(seed, &strategy::durations(), |it| is_odd(*it) && it.as_millis() >= 1);
        assert_eq!(odd, Some(Duration::from_micros(1_500)));
    }
}

#[test]
fn names_end_as_letters_and_shared_ones_stay_shared() {
    let has_namesakes = |scenario: &Scenario| {
        let node = Node::of(scenario);
        let names: BTreeSet<_> = node.steps().iter().map(|step| step.name.clone()).collect();
        names.len() < node.steps().len()
    };
    check(strategy::scenarios(), has_namesakes, &["seq(a: 0ms, a: 0ms)"]);
}

#[test]
fn what_must_be_wide_ends_in_time_and_no_wider() {
    let steps = |scenario: &Scenario| Node::of(scenario).steps().len();
    for seed in (0..10).take(large(10) as usize) {
        let wide = smallest(seed, &strategy::scenarios(), |it| steps(it) > 128);
        let wide = wide.expect("one in 256 is so wide");
        assert_eq!(steps(&wide), 129);
        assert!(wide.to_string().starts_with("seq(a: 0ms, b: 0ms, c: 0ms,"), "{wide}");
        assert_eq!(wide.predict().unwrap().makespan(), Duration::ZERO);
    }
}

#[test]
fn what_stands_beside_a_scenario_is_shrunk_too() {
    let strategy = (strategy::scenarios(), 0..1_000_u32, strategy::sequential());
    for seed in 0..20 {
        let fails = |(first, number, last): &(Scenario, u32, Scenario)| {
            makespan_ms(first) > 2 && *number > 70 && makespan_ms(last) > 3
        };
        let (first, number, last) = smallest(seed, &strategy, fails).expect("most fail");
        assert_eq!((first.to_string().as_str(), number), ("a: 3ms", 71));
        assert_eq!(last.to_string(), "seq(a: 4ms)");
    }
}

#[test]
fn the_same_beginning_has_the_same_end() {
    let fails = |scenario: &Scenario| scenario.predict().unwrap().events().count() > 7;
    let end = |seed| smallest(seed, &strategy::scenarios(), fails);
    for seed in 0..20 {
        assert_eq!(end(seed), end(seed));
    }
}
