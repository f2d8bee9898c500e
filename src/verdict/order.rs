//! The order rules: what is awaited, created or declared first starts first, and
//! in a sequence nothing starts before what stands in front of it has ended.

use std::cell::OnceCell;

use crate::name::StepName;
use crate::scenario::{Form, Group, Scenario, View};
use crate::trace::Trace;
use crate::verdict::clock::Clock;
use crate::verdict::sighting::Sighting;
use crate::verdict::violation::{Because, Kind, Violation};

/// Holds the starts to the order rules. They hold on every clock.
pub(super) fn starts(
    scenario: &Scenario,
    predicted: &Trace,
    sightings: &[Sighting],
    clock: Clock,
) -> Vec<Violation> {
    let mut walk = Walk {
        clock,
        predicted,
        called: OnceCell::new(),
        sightings,
        next_step: 0,
        violations: Vec::new(),
    };
    walk.visit(scenario);
    walk.violations
}

/// Goes through the tree once, with what the log says of its steps.
struct Walk<'a> {
    clock: Clock,
    predicted: &'a Trace,
    /// What the steps are called, once somebody asks.
    called: OnceCell<Vec<StepName>>,
    sightings: &'a [Sighting],
    next_step: Number,
    violations: Vec<Violation>,
}

/// A step by its number.
type Number = usize;

/// What the order rules need to know of a part.
struct Part {
    first_poll: FirstPoll,
    /// Of the steps that have started in the part's own task, the one that
    /// ended last, or has not ended.
    last: Option<Number>,
}

/// What a part does when it is polled first.
#[derive(Clone, Copy)]
enum FirstPoll {
    /// It starts this step.
    Starts(Number),
    /// It is over, and has started nothing.
    IsOver,
    /// It suspends, waiting for tasks that have not run yet.
    Suspends,
}

impl Walk<'_> {
    /// OK to recurse because only a scenario that can run gets here.
    fn visit(&mut self, scenario: &Scenario) -> Part {
        let group = match scenario.view() {
            View::Step { .. } => {
                let step = self.next_step;
                self.next_step += 1;
                let last = self.sightings[step].start.map(|_| step);
                return Part { first_poll: FirstPoll::Starts(step), last };
            }
            View::Group(group) => group,
        };
        let parts: Vec<_> = group.children.iter().map(|child| self.visit(child)).collect();
        self.starts_in(group, &parts);
        let last = parts.iter().filter_map(|part| part.last).max_by_key(|it| self.end(*it));
        let last = if group.form.spawns() { None } else { last };
        Part { first_poll: first_poll(group, &parts, self.clock), last }
    }

    /// Where in the log a step ends; one that does not ends behind everything.
    fn end(&self, step: Number) -> usize {
        self.sightings[step].end().map_or(usize::MAX, |end| end.position)
    }

    fn starts_in(&mut self, group: &Group, parts: &[Part]) {
        let because = match group.form {
            Form::Sequential => Because::AwaitedBefore,
            form if form.spawns() => Because::CreatedBefore,
            _ => Because::DeclaredBefore,
        };
        let (mut first, mut last) = (None::<Number>, None::<Number>);
        for part in parts {
            // One that never started has broken no order.
            if let FirstPoll::Starts(step) = part.first_poll
                && let Some(start) = self.sightings[step].start
            {
                let started = |it: Number| self.sightings[it].start.map(|seen| seen.position);
                let is_before = |it: &Number| started(*it) > Some(start.position);
                let is_going_on = |it: &Number| self.end(*it) > start.position;
                if let Some(first) = first.filter(is_before) {
                    self.too_early(step, first, because);
                } else if let Some(last) = last.filter(is_going_on)
                    && group.form == Form::Sequential
                {
                    self.too_early(step, last, Because::StillGoingOn);
                }
                first = Some(step);
            }
            last = part.last.or(last);
        }
    }

    fn too_early(&mut self, step: Number, first: Number, because: Because) {
        let called = self.called.get_or_init(|| self.predicted.step_names());
        let (step, first) = (called[step].clone(), called[first].clone());
        self.violations.push(Violation::new(Kind::StartedTooEarly { step, first, because }));
    }
}

fn first_poll(group: &Group, parts: &[Part], clock: Clock) -> FirstPoll {
    let mut parts = parts.iter().map(|part| part.first_poll);
    match group.form {
        // It goes on to the next child where one is over at once.
        Form::Sequential => {
            parts.find(|it| !matches!(it, FirstPoll::IsOver)).unwrap_or(FirstPoll::IsOver)
        }
        Form::Joined => {
            let mut whole = FirstPoll::IsOver;
            for part in parts {
                match part {
                    FirstPoll::Starts(_) => return part,
                    FirstPoll::Suspends => whole = part,
                    FirstPoll::IsOver => {}
                }
            }
            whole
        }
        // It goes on to the next child where one suspends.
        Form::Raced => {
            parts.find(|it| !matches!(it, FirstPoll::Suspends)).unwrap_or(FirstPoll::Suspends)
        }
        Form::Timeout(limit) => match parts.next() {
            // A timer of no time at all is ready at once on the tick alone.
            Some(FirstPoll::Suspends) if limit.is_zero() && clock == Clock::Virtual => {
                FirstPoll::IsOver
            }
            part => part.unwrap_or(FirstPoll::IsOver),
        },
        Form::Spawned | Form::Tasks | Form::Limited(_) => match parts.next() {
            Some(_) => FirstPoll::Suspends,
            None => FirstPoll::IsOver,
        },
    }
}
