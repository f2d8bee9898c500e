//! What every drawing shows of a trace: a lane for each step, task by task.

use std::collections::{BTreeMap, BTreeSet};

use crate::law::Planned;
use crate::name::StepName;
use crate::picture::axis::Axis;
use crate::time::VirtualTime;
use crate::trace::{CriticalPath, End, Kind, Step, TaskId, Trace};

/// The lanes of a drawing, and what of the trace is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lanes {
    /// The lanes, task by task in the order in which the tasks are first seen;
    /// in a task in the order of first polls.
    pub(super) lanes: Vec<Lane>,
    pub(super) makespan: VirtualTime,
    /// How many steps have no lane, because there are so many.
    pub(super) hidden: usize,
    /// How many steps were going on, from each instant at which that changed;
    /// only where some are hidden.
    pub(super) in_flight: Vec<(VirtualTime, usize)>,
}

/// More lanes than these nobody reads in a text.
pub(crate) const DRAWN: usize = 40;

/// A step as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    /// Its name as every text writes it: nothing in it deceives a terminal.
    pub(super) label: String,
    /// Its task, where the steps are in several.
    pub(super) task: Option<TaskId>,
    /// The task in which it ran, if it did run.
    pub(super) ran_in: Option<TaskId>,
    /// When its task was created, if the step is the first of it.
    pub(super) spawned: Option<VirtualTime>,
    pub(super) start: VirtualTime,
    /// Where it ends, or where the drawing does.
    pub(super) end: VirtualTime,
    pub(super) close: Close,
    /// When its task was joined, if the step is the last of it.
    pub(super) joined: Option<VirtualTime>,
    pub(super) is_critical: bool,
    /// The step that it is, with its index; nothing for what only takes time.
    pub(super) step: Option<StepName>,
}

/// How a lane ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Close {
    Finished,
    /// It finished, and at the same instant so did another step that took time.
    Tied,
    Cancelled,
    Open,
}

impl Lanes {
    /// Arranges a trace in so many lanes at most. What is critical comes before
    /// what is early where there are more steps.
    pub(crate) fn of(trace: &Trace, most: usize) -> Self {
        Self::along(trace, &trace.critical_path(), most)
    }

    /// The same, where the trace's critical path is known already.
    pub(super) fn along(trace: &Trace, path: &CriticalPath, most: usize) -> Self {
        let makespan = VirtualTime::after(trace.makespan());
        let critical: BTreeSet<_> =
            path.links().filter_map(|link| Some(&link.step.as_ref()?.name)).collect();
        let steps = trace.steps();
        let is_critical: Vec<_> = steps.iter().map(|step| critical.contains(&step.name)).collect();
        let ties = ties(&steps);
        let ends = first_and_last(&steps);
        let hidden = steps.len().saturating_sub(most);
        let steps = kept(most, steps, &is_critical);
        let tasks: BTreeSet<_> = steps.iter().map(|(_, step)| step.task).collect();
        let (spawns, joins) = spawns_and_joins(trace, &tasks);
        let mut lanes = Vec::with_capacity(steps.len());
        for (place, step) in by_task(steps) {
            let task = step.task;
            let end = step.end.time().unwrap_or(makespan);
            let close = match step.end {
                End::Cancelled(_) => Close::Cancelled,
                End::Open => Close::Open,
                End::Finished(end) if end > step.start && ties.contains(&end) => Close::Tied,
                End::Finished(_) => Close::Finished,
            };
            let (first, last) = ends[&task];
            lanes.push(Lane {
                label: step.name.to_string(),
                task: Some(task).filter(|_| tasks.len() > 1),
                ran_in: Some(task),
                spawned: spawns.get(&task).copied().filter(|_| place == first),
                start: step.start,
                end: end.max(step.start),
                close,
                joined: joins.get(&task).copied().filter(|_| place == last),
                is_critical: is_critical[place],
                step: Some(step.name.indexed()),
            });
        }
        let in_flight = if hidden > 0 { trace.concurrency() } else { Vec::new() };
        Self { lanes, makespan, hidden, in_flight }
    }

    /// Arranges what a law says should happen.
    pub(crate) fn of_plan(plan: &[Planned], makespan: VirtualTime, most: usize) -> Self {
        let lanes = plan.iter().take(most).map(|planned| Lane {
            label: planned.label.clone(),
            task: None,
            ran_in: None,
            spawned: None,
            start: planned.start,
            end: planned.end,
            close: if planned.is_cut { Close::Cancelled } else { Close::Finished },
            joined: None,
            is_critical: false,
            step: planned.step.as_ref().map(StepName::indexed),
        });
        let hidden = plan.len().saturating_sub(most);
        Self { lanes: lanes.collect(), makespan, hidden, in_flight: Vec::new() }
    }

    /// Steps that finish, each from one millisecond to another: what tests draw.
    #[cfg(test)]
    pub(super) fn of_finished(steps: &[(&str, std::ops::Range<u64>)]) -> Self {
        let planned = |(label, times): &(&str, std::ops::Range<u64>)| Planned {
            label: (*label).to_owned(),
            start: VirtualTime::after_ticks(times.start),
            end: VirtualTime::after_ticks(times.end),
            step: Some(StepName::new(*label, None)),
            is_cut: false,
        };
        let plan: Vec<_> = steps.iter().map(planned).collect();
        let makespan = plan.iter().map(|planned| planned.end).max().unwrap_or_default();
        Self::of_plan(&plan, makespan, plan.len())
    }

    /// The instants at which something is drawn, in order and each once.
    pub(super) fn instants(&self) -> BTreeSet<VirtualTime> {
        let of_lane = |lane: &Lane| [Some(lane.start), Some(lane.end), lane.spawned, lane.joined];
        let mut instants: BTreeSet<_> = self.lanes.iter().flat_map(of_lane).flatten().collect();
        instants.extend([VirtualTime::START, self.makespan]);
        instants
    }

    /// How many steps were going on, the most of each of so many places along an
    /// axis.
    pub(super) fn most_in_flight(&self, axis: &Axis, places: usize) -> Vec<usize> {
        let mut most = vec![0; places];
        let (mut before, mut count) = (0, 0);
        let ends = std::iter::once((self.makespan, 0));
        for (time, next) in self.in_flight.iter().copied().chain(ends) {
            // What a log put together by hand has behind its end is at the end.
            let at = axis.place(time, places).max(before);
            for place in &mut most[before..=at] {
                *place = count.max(*place);
            }
            (before, count) = (at, next);
        }
        most
    }
}

/// The instants at which several steps that took time finished.
fn ties(steps: &[Step]) -> BTreeSet<VirtualTime> {
    let mut seen = BTreeSet::new();
    let finished = steps.iter().filter_map(|step| match step.end {
        End::Finished(end) if end > step.start => Some(end),
        _ => None,
    });
    finished.filter(|end| !seen.insert(*end)).collect()
}

/// The places of the first step of each task and of the last.
fn first_and_last(steps: &[Step]) -> BTreeMap<TaskId, (usize, usize)> {
    let mut ends = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        ends.entry(step.task).or_insert((place, place)).1 = place;
    }
    ends
}

/// So many of the steps, each with its place, in their order: the critical ones,
/// and then the first.
fn kept(most: usize, steps: Vec<Step>, is_critical: &[bool]) -> Vec<(usize, Step)> {
    let count = is_critical.iter().filter(|it| **it).take(most).count();
    let (mut critical_left, mut others_left) = (count, most - count);
    let is_kept = |(place, _): &(usize, Step)| {
        let left = if is_critical[*place] { &mut critical_left } else { &mut others_left };
        let is_kept = *left > 0;
        *left = left.saturating_sub(1);
        is_kept
    };
    steps.into_iter().enumerate().filter(is_kept).collect()
}

/// When each task was created and joined, where the trace tells.
type Times = BTreeMap<TaskId, VirtualTime>;

fn spawns_and_joins(trace: &Trace, tasks: &BTreeSet<TaskId>) -> (Times, Times) {
    let (mut spawns, mut joins) = (Times::new(), Times::new());
    for entry in &trace.entries {
        let times = match entry.kind {
            Kind::Spawn => &mut spawns,
            Kind::Join => &mut joins,
            _ => continue,
        };
        let task = TaskId::new(entry.subject);
        if tasks.contains(&task) {
            times.insert(task, entry.time);
        }
    }
    (spawns, joins)
}

/// The steps task by task, the tasks in the order in which they first have one.
fn by_task(mut steps: Vec<(usize, Step)>) -> Vec<(usize, Step)> {
    let mut places = BTreeMap::new();
    for (place, step) in &steps {
        places.entry(step.task).or_insert(*place);
    }
    steps.sort_by_key(|(_, step)| places[&step.task]);
    steps
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Lanes;
    use crate::name::StepName;
    use crate::time::VirtualTime;
    use crate::trace::{Event, EventKind, TaskId, Trace};

    #[test]
    fn how_many_steps_went_on_is_told_where_some_of_them_are_hidden() {
        let at = |ticks, kind| Event::new(VirtualTime::after_ticks(ticks), TaskId::ROOT, kind);
        let step = |name: &str| StepName::new(name, None);
        let events = [
            at(0, EventKind::Start(step("a"))),
            at(1, EventKind::Start(step("b"))),
            at(2, EventKind::Finish(step("a"))),
            at(5, EventKind::Finish(step("b"))),
        ];
        let trace = Trace::from_events(events, Duration::from_millis(5));
        let told = |most| {
            let Lanes { lanes, hidden, in_flight, .. } = Lanes::of(&trace, most);
            let in_flight = in_flight.into_iter().map(|(time, count)| (time.to_string(), count));
            (lanes.len(), hidden, in_flight.collect::<Vec<_>>())
        };
        let changes =
            [(0, 1), (1, 2), (2, 1), (5, 0)].map(|(at, count)| (format!("+{at}ms"), count));
        assert_eq!(told(1), (1, 1, changes.to_vec()));
        assert_eq!(told(2), (2, 0, Vec::new()));
    }
}
