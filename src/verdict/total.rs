//! The two laws: steps awaited one after another take the sum of their
//! durations, spawned steps take the maximum.

use std::ops::Range;
use std::time::Duration;

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
        View::Group(group) if is_of_steps(group) => {
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

fn is_of_steps(group: &Group) -> bool {
    group.children.iter().all(|child| matches!(child.view(), View::Step { .. }))
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
    let (mut start, mut finish) = (None::<VirtualTime>, None::<VirtualTime>);
    for step in steps {
        // Steps that were cut, or cut off, come to no total.
        let (started, finished) = (sightings.start(step)?.time, sightings.finish(step)?.time);
        start = Some(start.map_or(started, |start| start.min(started)));
        finish = finish.max(Some(finished));
    }
    let actual = finish?.since_start().saturating_sub(start?.since_start());
    let ticks = || group.children.iter().map(Scenario::ticks);
    let expected = Duration::from_millis(match check {
        Check::SequentialSum => ticks().fold(0, u64::saturating_add),
        _ => ticks().max().unwrap_or(0),
    });
    if expected == actual {
        return None;
    }
    let ticks: Vec<_> = ticks().map(|ticks| ticks.to_string()).collect();
    let working = shorten(match check {
        Check::SequentialSum => ticks.join(" + "),
        _ => format!("max({})", ticks.join(", ")),
    });
    let group = shorten(part);
    Some(Violation::new(Kind::Total { check, group, working, expected, actual }))
}
