//! What still holds where time is real.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::scenario::Scenario;
use crate::time::VirtualTime;
use crate::trace::Trace;
use crate::verdict::check::law_text;
use crate::verdict::clock::Clock;
use crate::verdict::order::starts;
use crate::verdict::sighting::Sightings;
use crate::verdict::violation::{Kind, Violation};

/// Holds a run on the wall clock to what the virtual verdict promises of it:
/// never less than the law, at most the tolerance more, the order of starts, and
/// of the rest of the order what the tolerance leaves.
///
/// A real sleep ends up to a tick late and more, so what chains of sleeps do
/// drifts apart: that one overtakes another by less than the tolerance is no
/// mistake of anyone's.
pub(crate) fn check_on_the_wall(
    scenario: &Scenario,
    predicted: &Trace,
    actual: &Trace,
    tolerance: Duration,
) -> Vec<Violation> {
    let durations = scenario.durations();
    // Rounding up to a tick is no floor here: a real sleep begins between two.
    let least = scenario.law_expr().evaluate_unrounded(&mut |number| durations[number as usize]);
    let most = predicted.makespan().saturating_add(tolerance);
    let law = || law_text(scenario, predicted);
    let took = actual.makespan();
    let mut violations = Vec::new();
    if took < least {
        violations.push(Violation::new(Kind::WallFloor { law: law(), least, actual: took }));
    }
    if took > most {
        violations.push(Violation::new(Kind::WallTolerance { law: law(), most, actual: took }));
    }
    let sightings = Sightings::new(scenario, predicted, actual);
    starts(scenario, predicted, &sightings, Clock::Wall, &mut violations);
    violations.extend(order(predicted, actual, tolerance));
    violations
}

/// The first event that comes behind one that was predicted for a much later instant.
/// What only one of the runs has was decided by a tie.
fn order(predicted: &Trace, actual: &Trace, tolerance: Duration) -> Option<Violation> {
    // Both are traces of one scenario, so that they number its steps alike; what
    // its tasks are numbered hangs on ties.
    let of_steps = |trace: &Trace| -> Vec<_> {
        let steps = trace.entries.iter().enumerate().filter(|(_, entry)| entry.kind.is_of_step());
        steps.map(|(index, entry)| ((entry.subject, entry.kind), (entry.time, index))).collect()
    };
    let foreseen: BTreeMap<_, _> = of_steps(predicted).into_iter().collect();
    let line = |index: usize| actual.lines(index..index + 1, true).collect();
    let mut latest: Option<(VirtualTime, usize)> = None;
    for (event, (_, index)) in of_steps(actual) {
        let Some(&(time, _)) = foreseen.get(&event) else { continue };
        match latest {
            Some((latest, after))
                if time.since_start().saturating_add(tolerance) < latest.since_start() =>
            {
                let (event, after) = (line(index), line(after));
                return Some(Violation::new(Kind::WallOrder { event, after }));
            }
            Some((latest, _)) if time < latest => {}
            _ => latest = Some((time, index)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::check_on_the_wall;
    use crate::scenario::Scenario;
    use crate::time::VirtualTime;
    use crate::trace::{Entry, Trace};
    use crate::verdict::violation::Check;

    const MS: Duration = Duration::from_millis(1);

    /// What breaks where a run went as predicted, but for a change.
    fn broken(
        scenario: &Scenario,
        tolerance: Duration,
        makespan: Duration,
        change: impl FnOnce(&mut Vec<Entry>),
    ) -> Vec<(Check, String)> {
        let predicted = scenario.predict().expect("it is predicted");
        let mut entries = predicted.entries.clone();
        change(&mut entries);
        let actual = Trace::new(predicted.names.clone(), entries, VirtualTime::after(makespan));
        let violations = check_on_the_wall(scenario, &predicted, &actual, tolerance);
        violations.iter().map(|it| (it.check(), it.to_string())).collect()
    }

    #[test]
    fn what_takes_less_than_its_law_breaks_the_floor() {
        // 0.3 + 2 = 2.3 ms: on a wall clock nothing rounds up.
        let scenario = crate::scenario!(seq(a: 0.3ms, b: 2ms));
        assert_eq!(broken(&scenario, MS, Duration::from_micros(2_300), |_| {}), []);
        let text = "wall floor: a + b is at least 2.3ms, but the run took 2.299ms".to_owned();
        let early = broken(&scenario, MS, Duration::from_micros(2_299), |_| {});
        assert_eq!(early, [(Check::WallFloor, text)]);
    }

    #[test]
    fn what_takes_longer_than_the_tolerance_breaks_it() {
        let scenario = crate::scenario!(spawn(a: 3ms, b: 2ms));
        assert_eq!(broken(&scenario, MS, 4 * MS, |_| {}), []);
        let text = "wall tolerance: max(a, b) plus the tolerance is 4ms, but the run took 5ms";
        let late = broken(&scenario, MS, 5 * MS, |_| {});
        assert_eq!(late, [(Check::WallTolerance, text.to_owned())]);
    }

    #[test]
    fn what_overtakes_by_more_than_the_tolerance_breaks_the_order() {
        let scenario = crate::scenario!(join(a: 9ms, b: 2ms));
        // a starts, b starts, b finishes, a finishes
        let swap = |entries: &mut Vec<Entry>| entries.swap(2, 3);
        assert_eq!(broken(&scenario, 7 * MS, 9 * MS, swap), []);
        let text = "wall order: `+2ms b finishes` should come before `+9ms a finishes`";
        let overtaken = broken(&scenario, 6 * MS, 9 * MS, swap);
        assert_eq!(overtaken, [(Check::WallOrder, text.to_owned())]);
    }

    #[test]
    fn what_was_overtaken_is_the_latest_before() {
        // All start, and then d finishes, c finishes, a finishes, b finishes.
        let scenario = crate::scenario!(join(a: 9ms, b: 9ms, c: 6ms, d: 3ms));
        let of = |order: [usize; 4]| {
            broken(&scenario, 4 * MS, 9 * MS, |entries| {
                let ends: Vec<_> = order.iter().map(|place| entries[4 + place]).collect();
                entries.splice(4.., ends);
            })
        };
        let told = |after| {
            let text = format!("wall order: `+3ms d finishes` should come before `+9ms {after}`");
            [(Check::WallOrder, text)]
        };
        // 6 ms do not move it back, and of two at 9 ms it is the one seen last.
        assert_eq!(of([1, 0, 2, 3]), []);
        assert_eq!(of([2, 1, 0, 3]), told("a finishes"));
        assert_eq!(of([2, 3, 1, 0]), told("b finishes"));
    }

    #[test]
    fn what_starts_out_of_order_breaks_the_order_of_starts() {
        let scenario = crate::scenario!(spawn(a: 9ms, b: 2ms));
        let swap = |entries: &mut Vec<Entry>| entries.swap(2, 3);
        let text = "start order: b starts before a, whose task is created first";
        let swapped = broken(&scenario, MS, 9 * MS, swap);
        assert_eq!(swapped, [(Check::StartOrder, text.to_owned())]);
    }
}
