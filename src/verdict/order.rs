//! The order rules: what is awaited, created or declared first starts first, and
//! in a sequence nothing starts before what stands in front of it has ended.

use std::cell::OnceCell;

use crate::name::StepName;
use crate::scenario::{Form, Group, Scenario, View};
use crate::trace::Trace;
use crate::verdict::clock::Clock;
use crate::verdict::sighting::Sightings;
use crate::verdict::violation::{Because, Kind, Violation};

/// Holds the starts to the order rules. They hold on every clock.
pub(super) fn starts(
    scenario: &Scenario,
    predicted: &Trace,
    sightings: &Sightings<'_>,
    clock: Clock,
    violations: &mut Vec<Violation>,
) {
    let mut walk =
        Walk { clock, predicted, called: OnceCell::new(), sightings, next_step: 0, violations };
    walk.visit(scenario);
}

/// Goes through the tree once, with what the log says of its steps.
struct Walk<'a> {
    clock: Clock,
    predicted: &'a Trace,
    /// What the steps are called, once somebody asks.
    called: OnceCell<Vec<StepName>>,
    sightings: &'a Sightings<'a>,
    next_step: Number,
    violations: &'a mut Vec<Violation>,
}

/// A step by its number.
type Number = u32;

/// What the order rules need to know of a part.
struct Part {
    first_poll: FirstPoll,
    /// Of the steps that have started in the part's own task, the one that
    /// ended last, or has not ended.
    last: Option<Seen>,
}

/// Where in the log a step starts or ends, and which it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    position: u32,
    step: Number,
}

/// What a part does when it is polled first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FirstPoll {
    /// It starts a step, here if that ever started.
    Starts(Option<Seen>),
    /// It is over, and has started nothing.
    IsOver,
    /// It suspends, waiting for tasks that have not run yet.
    Suspends,
}

impl Walk<'_> {
    fn visit(&mut self, scenario: &Scenario) -> Part {
        match scenario.view() {
            View::Step { .. } => self.visit_step(),
            View::Group(group) => self.visit_group(group),
        }
    }

    #[inline]
    fn visit_step(&mut self) -> Part {
        let step = self.next_step;
        self.next_step += 1;
        let (start, end) = self.sightings.positions(step as usize);
        let start = start.map(|position| Seen { position, step });
        let last = start.map(|_| Seen { position: end, step });
        Part { first_poll: FirstPoll::Starts(start), last }
    }

    /// OK to recurse because only a scenario that can run gets here.
    fn visit_group(&mut self, group: &Group) -> Part {
        // Most groups are of steps alone, which cost no call each.
        if group.soundness.is_of_steps() {
            self.visit_children(group, |walk, _| walk.visit_step())
        } else {
            self.visit_children(group, Self::visit)
        }
    }

    #[inline]
    fn visit_children(
        &mut self,
        group: &Group,
        visit: impl Fn(&mut Self, &Scenario) -> Part,
    ) -> Part {
        let mut whole = FirstPolls::new(group.form, self.clock);
        let mut starts = Starts { form: group.form, first: None, in_front: None };
        let mut last = None;
        for child in &group.children {
            let part = visit(self, child);
            whole.add(part.first_poll);
            self.start_in(&mut starts, &part);
            // One that does not end is behind everything.
            last = last.max(part.last);
        }
        let last = if group.form.spawns() { None } else { last };
        Part { first_poll: whole.of_group(), last }
    }

    /// Holds the start of a part to what stands in front of it.
    #[inline]
    fn start_in(&mut self, starts: &mut Starts, part: &Part) {
        // One that never started has broken no order.
        if let FirstPoll::Starts(Some(start)) = part.first_poll {
            let is_behind = |it: &Seen| it.position > start.position;
            if let Some(first) = starts.first.filter(is_behind) {
                self.too_early(start, first, because(starts.form));
            } else if starts.form == Form::Sequential
                && let Some(in_front) = starts.in_front.filter(is_behind)
            {
                self.too_early(start, in_front, Because::StillGoingOn);
            }
            starts.first = Some(start);
        }
        starts.in_front = part.last.or(starts.in_front);
    }

    #[cold]
    fn too_early(&mut self, step: Seen, first: Seen, because: Because) {
        let called = self.called.get_or_init(|| self.predicted.step_names());
        let [step, first] = [step, first].map(|it| called[it.step as usize].clone());
        self.violations.push(Violation::new(Kind::StartedTooEarly { step, first, because }));
    }
}

/// The starts in a group, as far as its parts were looked at.
struct Starts {
    form: Form,
    /// The step with which the part before started, of those that have.
    first: Option<Seen>,
    /// Of the steps in front, the one that ended last.
    in_front: Option<Seen>,
}

const fn because(form: Form) -> Because {
    match form {
        Form::Sequential => Because::AwaitedBefore,
        form if form.spawns() => Because::CreatedBefore,
        _ => Because::DeclaredBefore,
    }
}

/// What a group does when it is polled first, out of what its parts do.
struct FirstPolls {
    form: Form,
    /// What it does as far as its parts were looked at.
    so_far: FirstPoll,
    /// Whether it does not come to the parts that follow.
    is_settled: bool,
    clock: Clock,
}

impl FirstPolls {
    fn new(form: Form, clock: Clock) -> Self {
        let so_far = match form {
            Form::Raced => FirstPoll::Suspends,
            _ => FirstPoll::IsOver,
        };
        Self { form, so_far, is_settled: false, clock }
    }

    fn add(&mut self, part: FirstPoll) {
        if self.is_settled {
            return;
        }
        (self.so_far, self.is_settled) = match self.form {
            // It goes on to the next child where one is over at once.
            Form::Sequential => (part, part != FirstPoll::IsOver),
            Form::Joined => match part {
                FirstPoll::Starts(_) => (part, true),
                FirstPoll::Suspends => (part, false),
                FirstPoll::IsOver => (self.so_far, false),
            },
            // It goes on to the next child where one suspends.
            Form::Raced => (part, part != FirstPoll::Suspends),
            Form::Timeout(limit) => match part {
                // A timer of no time at all is ready at once on the tick alone.
                FirstPoll::Suspends if limit.is_zero() && self.clock == Clock::Virtual => {
                    (FirstPoll::IsOver, true)
                }
                part => (part, true),
            },
            Form::Spawned | Form::Tasks | Form::Limited(_) => (FirstPoll::Suspends, true),
        };
    }

    const fn of_group(&self) -> FirstPoll {
        self.so_far
    }
}
