//! What still holds where time is real.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::scenario::Scenario;
use crate::time::VirtualTime;
use crate::trace::{Event, EventKind, Trace};
use crate::verdict::check::law_text;
use crate::verdict::order::starts;
use crate::verdict::sighting::sightings;
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
    let durations: Vec<_> = scenario.steps().map(|(_, duration)| duration).collect();
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
    violations.extend(starts(scenario, predicted, &sightings(scenario, predicted, actual)));
    violations.extend(order(predicted, actual, tolerance));
    violations
}

/// The first event that comes behind one that was predicted for a much later instant.
/// What only one of the runs has was decided by a tie.
fn order(predicted: &Trace, actual: &Trace, tolerance: Duration) -> Option<Violation> {
    let mut foreseen = BTreeMap::<EventKind, VecDeque<VirtualTime>>::new();
    for Event { time, kind, .. } in predicted.events() {
        foreseen.entry(kind).or_default().push_back(time);
    }
    let mut latest: Option<(VirtualTime, Event)> = None;
    for event in actual.events() {
        // The numbers of tasks hang on ties; the steps do not.
        if matches!(event.kind, EventKind::Spawn(_) | EventKind::Join(_)) {
            continue;
        }
        let Some(time) = foreseen.get_mut(&event.kind).and_then(VecDeque::pop_front) else {
            continue;
        };
        match &latest {
            Some((latest, after))
                if time.since_start().saturating_add(tolerance) < latest.since_start() =>
            {
                let (event, after) = (event.to_string(), after.to_string());
                return Some(Violation::new(Kind::WallOrder { event, after }));
            }
            Some((latest, _)) if time < *latest => {}
            _ => latest = Some((time, event)),
        }
    }
    None
}
