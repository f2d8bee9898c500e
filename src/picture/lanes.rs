//! What every drawing shows of a trace: a lane for each step, task by task.

use std::collections::{BTreeMap, BTreeSet};

use crate::law::Planned;
use crate::name::StepName;
use crate::time::VirtualTime;
use crate::trace::{End, EventKind, Step, TaskId, Trace};

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

/// A step as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    /// Its name as every text writes it: nothing in it deceives a terminal.
    pub(super) label: String,
    /// Its task, where the steps are in several.
    pub(super) task: Option<TaskId>,
    /// When its task was created, if the step is the first of it.
    pub(super) spawned: Option<VirtualTime>,
    pub(super) start: VirtualTime,
    /// Where it ends, or where the drawing does.
    pub(super) end: VirtualTime,
    pub(super) close: Close,
    /// When its task was joined, if the step is the last of it.
    pub(super) joined: Option<VirtualTime>,
    pub(super) is_critical: bool,
    /// Whether it is a step, and not something that only takes time.
    pub(super) is_step: bool,
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

impl Lane {
    /// Whether it took no time at all.
    pub(super) fn is_instant(&self) -> bool {
        self.end <= self.start
    }
}

impl Lanes {
    /// Arranges a trace in so many lanes at most. What is critical comes before
    /// what is early where there are more steps.
    pub(crate) fn of(trace: &Trace, most: usize) -> Self {
        let makespan = VirtualTime::after(trace.makespan());
        let path = trace.critical_path();
        let critical: BTreeSet<_> =
            path.links().filter_map(|link| Some(&link.step.as_ref()?.name)).collect();
        let mut steps = trace.steps();
        let ties = ties(&steps);
        let hidden = steps.len().saturating_sub(most);
        if hidden > 0 {
            keep(most, &mut steps, &critical);
        }
        let (spawns, joins) = spawns_and_joins(trace);
        let several_tasks = steps.iter().any(|step| step.task != steps[0].task);
        let mut lanes = Vec::with_capacity(steps.len());
        for (task, steps) in by_task(steps) {
            let last = steps.len() - 1;
            for (place, step) in steps.into_iter().enumerate() {
                let end = step.end.time().unwrap_or(makespan);
                let close = match step.end {
                    End::Cancelled(_) => Close::Cancelled,
                    End::Open => Close::Open,
                    End::Finished(end) if end > step.start && ties.contains(&end) => Close::Tied,
                    End::Finished(_) => Close::Finished,
                };
                lanes.push(Lane {
                    label: step.name.to_string(),
                    task: several_tasks.then_some(task),
                    spawned: spawns.get(&task).copied().filter(|_| place == 0),
                    start: step.start,
                    end: end.max(step.start),
                    close,
                    joined: joins.get(&task).copied().filter(|_| place == last),
                    is_critical: critical.contains(&step.name),
                    is_step: true,
                });
            }
        }
        let in_flight = if hidden > 0 { trace.concurrency() } else { Vec::new() };
        Self { lanes, makespan, hidden, in_flight }
    }

    /// Arranges what a law says should happen.
    pub(crate) fn of_plan(plan: &[Planned], makespan: VirtualTime, most: usize) -> Self {
        let lanes = plan.iter().take(most).map(|planned| Lane {
            label: planned.label.clone(),
            task: None,
            spawned: None,
            start: planned.start,
            end: planned.end,
            close: if planned.is_cut { Close::Cancelled } else { Close::Finished },
            joined: None,
            is_critical: false,
            is_step: planned.is_step,
        });
        let hidden = plan.len().saturating_sub(most);
        Self { lanes: lanes.collect(), makespan, hidden, in_flight: Vec::new() }
    }

    /// The instants at which something is drawn, in order and each once.
    pub(super) fn instants(&self) -> BTreeSet<VirtualTime> {
        let of_lane = |lane: &Lane| [Some(lane.start), Some(lane.end), lane.spawned, lane.joined];
        let mut instants: BTreeSet<_> = self.lanes.iter().flat_map(of_lane).flatten().collect();
        instants.extend([VirtualTime::START, self.makespan]);
        instants
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

/// Keeps so many of the steps, in their order: the critical ones, and then the
/// first.
fn keep(most: usize, steps: &mut Vec<Step>, critical: &BTreeSet<&StepName>) {
    let count = steps.iter().filter(|step| critical.contains(&step.name)).take(most).count();
    let (mut critical_left, mut others_left) = (count, most - count);
    steps.retain(|step| {
        let left =
            if critical.contains(&step.name) { &mut critical_left } else { &mut others_left };
        let is_kept = *left > 0;
        *left = left.saturating_sub(1);
        is_kept
    });
}

/// When each task was created and joined, where the trace tells.
type Times = BTreeMap<TaskId, VirtualTime>;

fn spawns_and_joins(trace: &Trace) -> (Times, Times) {
    let (mut spawns, mut joins) = (Times::new(), Times::new());
    for event in trace.events() {
        match event.kind {
            EventKind::Spawn(task) => _ = spawns.insert(task, event.time),
            EventKind::Join(task) => _ = joins.insert(task, event.time),
            _ => {}
        }
    }
    (spawns, joins)
}

/// The steps of each task, the tasks in the order in which they first have one.
fn by_task(steps: Vec<Step>) -> Vec<(TaskId, Vec<Step>)> {
    let mut places = BTreeMap::new();
    let mut tasks = Vec::<(TaskId, Vec<Step>)>::new();
    for step in steps {
        let place = *places.entry(step.task).or_insert(tasks.len());
        if place == tasks.len() {
            tasks.push((step.task, Vec::new()));
        }
        tasks[place].1.push(step);
    }
    tasks
}
