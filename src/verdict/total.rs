//! The two laws: steps awaited one after another take the sum of their
//! durations, spawned steps take the maximum.

use std::ops::Range;

use crate::scenario::{Form, Group, Scenario, View};
use crate::text::shorten;
use crate::time::VirtualTime;
use crate::verdict::sighting::Sightings;
use crate::verdict::violation::{Check, Kind, Violation};

/// Holds every group of steps to its law: wherever in the scenario it stands,
/// from the start of its first step to the end of its last.
pub(super) fn totals(
    scenario: &Scenario,
    sightings: &Sightings<'_>,
    violations: &mut Vec<Violation>,
) {
    visit(scenario, &mut 0, sightings, violations);
    violations.sort_by_key(Violation::check);
}

/// OK to recurse because only a scenario that can run gets here.
fn visit(
    part: &Scenario,
    steps: &mut usize,
    sightings: &Sightings<'_>,
    violations: &mut Vec<Violation>,
) {
    match part.view() {
        View::Step { .. } => *steps += 1,
        View::Group(group) if group.soundness.is_of_steps() => {
            let own = *steps..*steps + group.children.len();
            if let Some(wrong) = total(part, group, own.clone(), sightings) {
                violations.push(wrong);
            }
            *steps = own.end;
        }
        View::Group(group) => {
            for child in &group.children {
                visit(child, steps, sightings, violations);
            }
        }
    }
}

fn total(
    part: &Scenario,
    group: &Group,
    steps: Range<usize>,
    sightings: &Sightings<'_>,
) -> Option<Violation> {
    let check = match group.form {
        Form::Sequential => Check::SequentialSum,
        Form::Spawned | Form::Tasks => Check::SpawnedMax,
        _ => return None,
    };
    let actual = span(steps, sightings)?;
    let ticks = group.children.iter().map(Scenario::ticks);
    let expected = VirtualTime::after_ticks(match check {
        Check::SequentialSum => ticks.fold(0, u64::saturating_add),
        _ => ticks.fold(0, u64::max),
    });
    (expected != actual).then(|| broken(check, part, group, expected, actual))
}

/// How long it is from the first start of some steps to their last finish. Steps that
/// were cut, or cut off, come to no total.
fn span(steps: Range<usize>, sightings: &Sightings<'_>) -> Option<VirtualTime> {
    let mut span = None::<(VirtualTime, VirtualTime)>;
    for step in steps {
        let (started, finished) = (sightings.start(step)?.time, sightings.finish(step)?.time);
        let (first, last) = span.unwrap_or((started, finished));
        span = Some((first.min(started), last.max(finished)));
    }
    let (start, finish) = span?;
    Some(finish.since(start))
}

#[cold]
fn broken(
    check: Check,
    part: &Scenario,
    group: &Group,
    expected: VirtualTime,
    actual: VirtualTime,
) -> Violation {
    let ticks: Vec<_> = group.children.iter().map(|child| child.ticks().to_string()).collect();
    let working = shorten(match check {
        Check::SequentialSum => ticks.join(" + "),
        _ => format!("max({})", ticks.join(", ")),
    });
    let (group, expected, actual) = (shorten(part), expected.since_start(), actual.since_start());
    Violation::new(Kind::Total { check, group, working, expected, actual })
}
