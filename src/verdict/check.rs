//! Everything that a run on a virtual clock is held to.

use crate::scenario::Scenario;
use crate::text::shorten;
use crate::time::VirtualTime;
use crate::trace::Trace;
use crate::verdict::clock::Clock;
use crate::verdict::order::starts;
use crate::verdict::sighting::Sightings;
use crate::verdict::total::totals;
use crate::verdict::violation::{Kind, Violation};

/// Holds the trace of a run to everything that is known of the scenario.
///
/// Each check stands by itself. The totals and the order of starts are read off
/// the tree and the log, the law off the makespan; only the last looks at what
/// the oracle said.
pub(crate) fn check(scenario: &Scenario, predicted: &Trace, actual: &Trace) -> Vec<Violation> {
    let sightings = Sightings::new(scenario, predicted, actual);
    let mut violations = Vec::new();
    totals(scenario, &sightings, &mut violations);
    if let Some(broken) = law(scenario, predicted, actual) {
        violations.push(broken);
    }
    starts(scenario, predicted, &sightings, Clock::Virtual, &mut violations);
    if let Some(differing) = log(predicted, actual) {
        violations.push(differing);
    }
    violations
}

fn law(scenario: &Scenario, predicted: &Trace, actual: &Trace) -> Option<Violation> {
    // What the law comes to was worked out as the scenario was put together.
    let (expected, actual) = (VirtualTime::after_ticks(scenario.ticks()), actual.makespan);
    (expected != actual).then(|| {
        let law = law_text(scenario, predicted);
        let (expected, actual) = (expected.since_start(), actual.since_start());
        Violation::new(Kind::Law { law, expected, actual })
    })
}

/// The law as a line can hold it.
pub(super) fn law_text(scenario: &Scenario, predicted: &Trace) -> String {
    shorten(scenario.law_numbered_by(predicted.started()))
}

fn log(predicted: &Trace, actual: &Trace) -> Option<Violation> {
    match predicted.first_divergence(actual) {
        Some(index) => Some(differing(index, predicted, actual)),
        None if predicted.makespan == actual.makespan => None,
        None => {
            let (expected, actual) = (predicted.makespan(), actual.makespan());
            Some(Violation::new(Kind::Makespan { expected, actual }))
        }
    }
}

#[cold]
fn differing(index: usize, predicted: &Trace, actual: &Trace) -> Violation {
    let line = |trace: &Trace| trace.events().nth(index).map(|event| event.to_string());
    let (mut expected, mut actual_line) = (line(predicted), line(actual));
    if expected == actual_line {
        // Only the tasks differ, and a line does not name them.
        let with_task = |trace: &Trace| {
            trace.events().nth(index).map(|event| format!("{event} in {}", event.task))
        };
        (expected, actual_line) = (with_task(predicted), with_task(actual));
    }
    Violation::new(Kind::Log { number: index + 1, expected, actual: actual_line })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::check;
    use crate::scenario::Scenario;
    use crate::time::VirtualTime;
    use crate::trace::{Entry, Trace};
    use crate::verdict::violation::Check;

    /// The checks that fail where tokio and the oracle agree on a wrong trace.
    /// Only then does a check stand alone: a right oracle notices everything.
    #[track_caller]
    fn failing(scenario: &Scenario, wrong: impl FnOnce(&mut [Entry]), late: u64) -> Vec<Check> {
        let right = scenario.predict().expect("it is predicted");
        assert_eq!(check(scenario, &right, &right), []);
        let mut entries = right.entries.clone();
        wrong(&mut entries);
        let makespan = right.makespan() + Duration::from_millis(late);
        let wrong = Trace::new(right.names.clone(), entries, VirtualTime::after(makespan));
        check(scenario, &wrong, &wrong).iter().map(|violation| violation.check()).collect()
    }

    fn delay(entry: &mut Entry) {
        entry.time = VirtualTime::after(entry.time.since_start() + Duration::from_millis(1));
    }

    #[test]
    fn the_sum_fails_alone() {
        let scenario = crate::scenario!(join(seq(a: 2ms, b: 1ms), c: 9ms));
        // a starts, c starts, a finishes, b starts, b finishes
        assert_eq!(failing(&scenario, |events| delay(&mut events[4]), 0), [Check::SequentialSum]);
    }

    #[test]
    fn the_maximum_fails_alone() {
        for scenario in [
            crate::scenario!(join(c: 9ms, spawn(a: 2ms, b: 1ms))),
            crate::scenario!(join(c: 9ms, tasks(a: 2ms, b: 1ms))),
        ] {
            let log = scenario.predict().expect("it is predicted");
            let finish = log.events().position(|event| event.to_string() == "+2ms a finishes");
            let late = |events: &mut [Entry]| delay(&mut events[finish.expect("`a` finishes")]);
            assert_eq!(failing(&scenario, late, 0), [Check::SpawnedMax]);
        }
    }

    #[test]
    fn the_law_fails_alone() {
        let scenario = crate::scenario!(seq(a: 2ms, b: 1ms));
        assert_eq!(failing(&scenario, |_| {}, 1), [Check::Law]);
    }

    #[test]
    fn the_order_of_starts_fails_alone() {
        for (scenario, places) in [
            (crate::scenario!(spawn(a: 2ms, b: 1ms)), (2, 3)),
            (crate::scenario!(join(a: 2ms, b: 1ms)), (0, 1)),
            (crate::scenario!(race(a: 2ms, b: 1ms)), (0, 1)),
            (crate::scenario!(limit(2, seq(a: 2ms, c: 1ms), timeout(1ms, b: 1ms))), (2, 3)),
            // `b` starts before `a` has ended, at the very instant
            (crate::scenario!(seq(a: 2ms, join(b: 1ms))), (1, 2)),
        ] {
            let swap = |events: &mut [Entry]| events.swap(places.0, places.1);
            assert_eq!(failing(&scenario, swap, 0), [Check::StartOrder], "{scenario}");
        }
    }

    #[test]
    fn a_timeout_of_nothing_is_over_at_its_first_poll_and_no_other_is() {
        // It hands `a` over, its timer is ready at once, and `b` starts before `c`.
        let over = crate::scenario!(join(seq(timeout(0ms, spawn(a: 3ms)), b: 2ms), c: 2ms));
        // task 1 spawned, b starts, c starts, a starts ..
        let swap = |events: &mut [Entry]| events.swap(1, 2);
        assert_eq!(failing(&over, swap, 0), [Check::StartOrder]);
        // This one is waited for, and `b` starts behind `c`, as it should.
        let waits = crate::scenario!(join(seq(timeout(1ms, spawn(a: 3ms)), b: 2ms), c: 2ms));
        assert_eq!(failing(&waits, |_| {}, 0), []);
    }

    #[test]
    fn the_log_fails_alone() {
        let scenario = crate::scenario!(spawn(a: 2ms, b: 2ms));
        let predicted = scenario.predict().expect("it is predicted");
        let mut events: Vec<_> = predicted.events().collect();
        // Both finish at +2ms: that is a tie, and only the oracle knows its order.
        events.swap(4, 5);
        let tied = Trace::from_events(events, predicted.makespan());
        assert!(tied.same_up_to_ties(&predicted));
        let violations = check(&scenario, &predicted, &tied);
        assert_eq!(violations.iter().map(|it| it.check()).collect::<Vec<_>>(), [Check::Log]);
    }

    #[test]
    fn steps_of_one_name_are_told_apart() {
        let scenario = crate::scenario!(seq(job: 2ms, spawn(job: 3ms, job: 1ms), job: 4ms));
        assert_eq!(failing(&scenario, |_| {}, 0), []);
        let last = |events: &mut [Entry]| delay(events.last_mut().expect("an event"));
        assert_eq!(failing(&scenario, last, 1), [Check::Law]);
    }
}
