//! Every check can fail: move the system under test by one tick, or change how
//! it is put together, and the verdict says so.

use std::time::Duration;

use makespan::{Check, Event, EventKind, Scenario, StepName, Trace, VirtualTime, scenario};

/// The trace with its events changed.
fn tampered(trace: &Trace, change: impl FnOnce(&mut Vec<Event>)) -> Trace {
    let mut events: Vec<_> = trace.events().collect();
    change(&mut events);
    Trace::from_events(events, trace.makespan())
}

/// What a trace breaks of a scenario, as text.
#[track_caller]
fn broken(scenario: &Scenario, trace: &Trace) -> Vec<String> {
    let violations = scenario.check(trace).expect("the scenario can run");
    violations.iter().map(ToString::to_string).collect()
}

/// What breaks where `actual` was run in the place of `meant`.
#[track_caller]
fn in_place_of(meant: &Scenario, actual: &Scenario) -> Vec<String> {
    assert_eq!(broken(meant, &meant.run().expect("it runs")), [""; 0], "the right one holds");
    broken(meant, &actual.run().expect("it runs"))
}

#[test]
fn a_duration_that_is_off_by_a_tick_breaks_the_sum() {
    assert_eq!(
        in_place_of(&scenario!(seq(a: 20ms, b: 10ms)), &scenario!(seq(a: 20ms, b: 11ms))),
        [
            "sequential sum: seq(a: 20ms, b: 10ms) should take 20 + 10 = 30ms, but took 31ms",
            "law: a + b is 30ms, but the run took 31ms",
            "log: event 4 should be `+30ms b finishes`, but is `+31ms b finishes`",
        ]
    );
}

#[test]
fn a_duration_that_is_off_by_a_tick_breaks_the_maximum() {
    for (meant, word) in [
        (scenario!(spawn(a: 20ms, b: 10ms)), "spawn"),
        (scenario!(tasks(a: 20ms, b: 10ms)), "tasks"),
    ] {
        let actual = format!("{word}(a: 21ms, b: 10ms)").parse().expect("it reads");
        let total = format!(
            "spawned max: {word}(a: 20ms, b: 10ms) should take max(20, 10) = 20ms, but took 21ms"
        );
        assert_eq!(
            in_place_of(&meant, &actual)[..2],
            [total, "law: max(a, b) is 20ms, but the run took 21ms".to_owned()]
        );
    }
}

#[test]
fn a_tick_too_few_is_told_like_a_tick_too_many() {
    assert_eq!(
        in_place_of(&scenario!(seq(a: 0.5ms, b: 0.5ms)), &scenario!(a: 0.5ms))[0],
        "law: a + b is 2ms, but the run took 1ms"
    );
}

#[test]
fn children_that_are_swapped_break_the_order_of_starts() {
    assert_eq!(
        in_place_of(&scenario!(seq(a: 10ms, b: 10ms)), &scenario!(seq(b: 10ms, a: 10ms))),
        [
            "start order: b starts before a, which is awaited first",
            "log: event 1 should be `+0ms a starts`, but is `+0ms b starts`",
        ]
    );
    assert_eq!(
        in_place_of(&scenario!(spawn(a: 10ms, b: 10ms)), &scenario!(spawn(b: 10ms, a: 10ms))),
        [
            "start order: b starts before a, whose task is created first",
            "log: event 3 should be `+0ms a starts`, but is `+0ms b starts`",
        ]
    );
    assert_eq!(
        in_place_of(&scenario!(join(a: 10ms, b: 10ms)), &scenario!(join(b: 10ms, a: 10ms)))[0],
        "start order: b starts before a, which is declared first"
    );
}

#[test]
fn awaiting_in_a_loop_what_should_have_been_spawned_breaks_the_maximum() {
    assert_eq!(
        in_place_of(&scenario!(spawn(a: 20ms, b: 10ms)), &scenario!(seq(a: 20ms, b: 10ms))),
        [
            "spawned max: spawn(a: 20ms, b: 10ms) should take max(20, 10) = 20ms, but took 30ms",
            "law: max(a, b) is 20ms, but the run took 30ms",
            "log: event 1 should be `+0ms task 1 spawned`, but is `+0ms a starts`",
        ]
    );
}

#[test]
fn spawning_what_should_have_been_awaited_breaks_the_sum() {
    assert_eq!(
        in_place_of(&scenario!(seq(a: 20ms, b: 10ms)), &scenario!(spawn(a: 20ms, b: 10ms)))[..3],
        [
            "sequential sum: seq(a: 20ms, b: 10ms) should take 20 + 10 = 30ms, but took 20ms",
            "law: a + b is 30ms, but the run took 20ms",
            "start order: b starts before a has ended",
        ]
    );
}

#[test]
fn an_event_that_is_dropped_breaks_the_log() {
    let scenario = scenario!(seq(a: 20ms, spawn(b: 10ms)));
    let trace = scenario.run().expect("it runs");
    let length = trace.events().len();
    for index in 0..length {
        let cut = tampered(&trace, |events| drop(events.remove(index)));
        let violations = scenario.check(&cut).expect("it can run");
        let log = violations.iter().find(|it| it.check() == Check::Log).expect("it is noticed");
        assert!(log.to_string().starts_with(&format!("log: event {} should", index + 1)), "{log}");
    }
    let cut = tampered(&trace, |events| drop(events.pop()));
    assert_eq!(
        broken(&scenario, &cut),
        ["log: event 6 should be `+30ms task 1 joined`, but there is none"]
    );
}

#[test]
fn an_event_too_many_breaks_the_log() {
    let scenario = scenario!(seq(a: 20ms));
    let trace = tampered(&scenario.run().expect("it runs"), |events| {
        let Event { time, task, .. } = events[1];
        let cancel = EventKind::Cancel(StepName::new("a", None));
        events.push(Event::new(time, task, cancel));
    });
    assert_eq!(
        broken(&scenario, &trace),
        ["log: there should be no event 3, but there is `+20ms a cancelled`"]
    );
}

#[test]
fn any_event_that_is_moved_by_a_tick_breaks_the_log() {
    let scenario = scenario!(join(spawn(a: 3ms, b: 3ms), seq(c: 1ms, timeout(1ms, d: 5ms))));
    let trace = scenario.run().expect("it runs");
    for index in 0..trace.events().len() {
        let moved = tampered(&trace, |events| {
            let later = events[index].time.since_start() + Duration::from_millis(1);
            events[index].time = VirtualTime::after(later);
        });
        assert_ne!(broken(&scenario, &moved), [""; 0], "event {index} was moved");
    }
}

#[test]
fn neighbours_that_change_places_break_the_log_and_only_ties_are_the_same_up_to_ties() {
    let scenario = scenario!(join(spawn(a: 3ms, b: 3ms), seq(c: 1ms, timeout(1ms, d: 5ms))));
    let trace = scenario.run().expect("it runs");
    for index in 1..trace.events().len() {
        let events: Vec<_> = trace.events().collect();
        let swapped = tampered(&trace, |events| events.swap(index - 1, index));
        assert_ne!(broken(&scenario, &swapped), [""; 0], "event {index} was moved");
        let is_tie = events[index - 1].time == events[index].time;
        assert_eq!(swapped.same_up_to_ties(&trace), is_tie, "events {index}");
    }
}

#[test]
fn the_numbers_of_tasks_are_no_difference_but_what_ran_in_them_is() {
    let run = |notation: &str| notation.parse::<Scenario>().expect("it reads").run().expect("runs");
    let same = |one: &str, two: &str| run(one).same_up_to_ties(&run(two));
    // Two groups that spawn at one instant number each other's tasks.
    assert!(same(
        "tasks(tasks(a: 1ms, b: 2ms), tasks(c: 1ms))",
        "tasks(tasks(c: 1ms), tasks(b: 2ms, a: 1ms))"
    ));
    for (one, two) in [
        ("join(spawn(a: 2ms), b: 2ms)", "join(a: 2ms, spawn(b: 2ms))"),
        ("spawn(seq(a: 1ms, c: 1ms), b: 1ms)", "spawn(a: 1ms, seq(b: 1ms, c: 1ms))"),
        ("join(s: 2ms, seq(w: 1ms, s: 2ms))", "join(s: 3ms, seq(w: 1ms, s: 1ms))"),
        ("spawn(spawn(a: 1ms))", "spawn(a: 1ms)"),
        ("spawn(a: 1ms)", "spawn(b: 1ms)"),
        ("seq(a: 1ms, b: 1ms)", "seq(b: 1ms, a: 1ms)"),
        ("race(a: 1ms, b: 1ms)", "join(a: 1ms, b: 1ms)"),
        ("seq(race(a: 2ms, b: 1ms), c: 2ms)", "seq(b: 1ms, c: 2ms)"),
    ] {
        assert!(same(one, one) && same(two, two));
        assert!(!same(one, two), "{one} and {two}");
    }
}

#[test]
fn namesakes_that_change_places_break_the_log() {
    assert_eq!(
        in_place_of(&scenario!(join(s: 2ms, s: 1ms)), &scenario!(join(s: 1ms, s: 2ms))),
        ["log: event 3 should be `+1ms s[1] finishes`, but is `+1ms s[0] finishes`"]
    );
    assert_eq!(
        in_place_of(&scenario!(spawn(s: 2ms, s: 1ms)), &scenario!(spawn(s: 1ms, s: 2ms)))[0],
        "log: event 5 should be `+1ms s[1] finishes`, but is `+1ms s[0] finishes`"
    );
}

#[test]
fn a_scenario_that_was_read_twice_is_held_to_the_same() {
    for notation in [
        "race(s: 0ms, seq(s: 1ms))",
        "race(s: 0ms, spawn(s: 1ms))",
        "join(s: 1ms, seq(s: 0ms))",
        "seq(timeout(1ms, s: 2ms), spawn(s: 3ms, t: 1ms), timeout(0ms, spawn(s: 1ms)))",
    ] {
        let once: Scenario = notation.parse().expect("it reads");
        let again: Scenario = notation.parse().expect("it reads");
        assert_eq!(broken(&once, &again.run().expect("it runs")), [""; 0], "{notation}");
    }
}

#[test]
fn an_event_in_another_task_breaks_the_log() {
    let scenario = scenario!(spawn(a: 3ms));
    let trace = tampered(&scenario.run().expect("it runs"), |events| {
        events[2].task = makespan::TaskId::ROOT;
    });
    assert_eq!(
        broken(&scenario, &trace),
        ["log: event 3 should be `+3ms a finishes in task 1`, but is `+3ms a finishes in task 0`"]
    );
}

#[test]
fn a_makespan_that_no_event_explains_breaks_the_law() {
    let scenario = scenario!(race(a: 3ms, b: 4ms));
    let right = scenario.run().expect("it runs");
    let late = Trace::from_events(right.events(), Duration::from_millis(4));
    assert_eq!(
        broken(&scenario, &late),
        [
            "law: min(a, b) is 3ms, but the run took 4ms",
            "log: every event is right, but the end is at +4ms, not at +3ms",
        ]
    );
}

#[test]
fn every_form_in_the_place_of_another_is_noticed() {
    let forms = [
        scenario!(seq(a: 20ms, b: 10ms, c: 10ms)),
        scenario!(spawn(a: 20ms, b: 10ms, c: 10ms)),
        scenario!(tasks(a: 20ms, b: 10ms, c: 10ms)),
        scenario!(join(a: 20ms, b: 10ms, c: 10ms)),
        scenario!(race(a: 20ms, b: 10ms, c: 10ms)),
        scenario!(limit(1, a: 20ms, b: 10ms, c: 10ms)),
        scenario!(limit(2, a: 20ms, b: 10ms, c: 10ms)),
        scenario!(timeout(20ms, seq(a: 20ms, b: 10ms, c: 10ms))),
    ];
    for meant in &forms {
        for actual in &forms {
            let broken = broken(meant, &actual.run().expect("it runs"));
            assert_eq!(broken.is_empty(), meant == actual, "{actual} in the place of {meant}");
        }
    }
}
