//! Which scenarios can run, and where one that cannot goes wrong.

use std::fmt::Write as _;
use std::time::Duration;

use crate::error::{Error, Unusable};
use crate::law::list_schedule;
use crate::scenario::tree::{Form, Group, Scenario, View};
use crate::time::whole_ticks;

/// How deep the forms of a scenario may be nested in one another.
///
/// A run polls a nested future from the outside in, so that depth is paid in
/// stack. On a test's thread of 2 MiB, in a debug build, some 1,000 levels of the
/// form that takes most are too many; this is a quarter of that.
pub const MAX_DEPTH: usize = 256;

/// The longest that a step, a timeout or any sum of them may take: a year of
/// 365 days.
pub const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How many steps and forms a scenario may have, all in all: 4,194,304.
///
/// A scenario shares its parts where it was put together from clones, so a few
/// lines of code can make one that no memory holds. It is refused by whatever
/// would run it; to print it would take as long as it is large.
pub const MAX_SIZE: usize = 1 << 22;

/// What is known of a group without walking through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Soundness {
    /// How many forms are nested, itself included.
    depth: usize,
    /// How many steps there are.
    pub(crate) steps: usize,
    /// How many children run in a task of their own.
    pub(crate) tasks: usize,
    /// How many steps and forms there are.
    size: usize,
    /// How long it takes, in ticks, from its own start.
    ticks: u64,
    /// What keeps it from running, here or below.
    pub(crate) problem: Option<Problem>,
}

/// What keeps a scenario from running. The place is looked for when it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    TooDeep,
    TooLarge,
    TooLong,
    EmptyRace,
    NoPermits,
}

const MAX_TICKS: u64 = MAX_DURATION.as_secs() * 1_000;

impl Soundness {
    pub(crate) fn of(form: Form, children: &[Scenario]) -> Self {
        let depth = 1 + children.iter().map(Scenario::depth).max().unwrap_or(0);
        let sum = |of: fn(&Scenario) -> usize| {
            children.iter().fold(0_usize, |sum, child| sum.saturating_add(of(child)))
        };
        let (steps, size) = (sum(Scenario::step_count), sum(Scenario::size).saturating_add(1));
        let own_tasks = if form.spawns() { children.len() } else { 0 };
        let tasks = sum(Scenario::task_count).saturating_add(own_tasks);
        let ticks = children.iter().map(Scenario::ticks);
        let ticks = match form {
            Form::Sequential => ticks.fold(0, u64::saturating_add),
            Form::Spawned | Form::Tasks | Form::Joined => ticks.max().unwrap_or(0),
            Form::Raced => ticks.min().unwrap_or(0),
            Form::Timeout(limit) => ticks.fold(whole_ticks(limit), u64::min),
            Form::Limited(permits) => list_schedule(permits, ticks),
        };
        // Depth is looked at first: it decides how a group is taken apart.
        let problem = if depth > MAX_DEPTH {
            Some(Problem::TooDeep)
        } else if let Some(problem) = children.iter().find_map(Scenario::problem) {
            Some(problem)
        } else if size > MAX_SIZE {
            Some(Problem::TooLarge)
        } else {
            match form {
                Form::Timeout(limit) if limit > MAX_DURATION => Some(Problem::TooLong),
                _ if ticks > MAX_TICKS => Some(Problem::TooLong),
                Form::Raced if children.is_empty() => Some(Problem::EmptyRace),
                Form::Limited(0) => Some(Problem::NoPermits),
                _ => None,
            }
        };
        Self { depth, steps, tasks, size, ticks, problem }
    }

    /// Whether every child is a step.
    pub(crate) const fn is_of_steps(&self) -> bool {
        self.depth == 1
    }
}

impl Scenario {
    fn depth(&self) -> usize {
        match self.view() {
            View::Step { .. } => 0,
            View::Group(group) => group.soundness.depth,
        }
    }

    /// How many steps and forms there are.
    pub(crate) fn size(&self) -> usize {
        match self.view() {
            View::Step { .. } => 1,
            View::Group(group) => group.soundness.size,
        }
    }

    /// How many tasks it may spawn.
    pub(crate) fn task_count(&self) -> usize {
        match self.view() {
            View::Step { .. } => 0,
            View::Group(group) => group.soundness.tasks,
        }
    }

    pub(crate) fn ticks(&self) -> u64 {
        match self.view() {
            View::Step { duration, .. } => whole_ticks(duration),
            View::Group(group) => group.soundness.ticks,
        }
    }

    fn problem(&self) -> Option<Problem> {
        match self.view() {
            View::Step { duration, .. } => (duration > MAX_DURATION).then_some(Problem::TooLong),
            View::Group(group) => group.soundness.problem,
        }
    }

    /// Returns an error that names the place, if the scenario cannot run.
    pub(crate) fn ensure_runnable(&self) -> Result<(), Error> {
        match self.problem() {
            None => Ok(()),
            Some(problem) => Err(self.locate(problem)),
        }
    }

    /// Goes down to where the problem arises, and tells the way.
    fn locate(&self, problem: Problem) -> Error {
        const SHOWN: usize = 12;
        let (mut place, mut scenario, mut level) = (String::new(), self, 0_usize);
        let enter = |place: &mut String, level: usize, name: &str| match level {
            0 => place.push_str(name),
            1..SHOWN => {
                let _ = write!(place, " > {name}");
            }
            SHOWN => place.push_str(" > .."),
            _ => {}
        };
        loop {
            let group = match scenario.view() {
                View::Step { name, duration } => {
                    enter(&mut place, level, "step");
                    let most = MAX_DURATION;
                    let problem = Unusable::StepTooLong { name: name.to_string(), duration, most };
                    return Error::scenario(place, problem);
                }
                View::Group(group) => group,
            };
            let culprit = match problem {
                // No child is to blame: the way down the deepest is told, as far as
                // the first form that is one too many.
                Problem::TooDeep => {
                    let is_deepest = |child: &Self| child.depth() == group.soundness.depth - 1;
                    let below = (level < MAX_DEPTH).then_some(&group.children);
                    below.and_then(|children| children.iter().position(is_deepest))
                }
                _ => group.children.iter().position(|child| child.problem() == Some(problem)),
            };
            match culprit {
                Some(index) => {
                    enter(&mut place, level, &format!("{}[{index}]", group.form.word()));
                    level += 1;
                    scenario = &group.children[index];
                }
                None => {
                    enter(&mut place, level, group.form.word());
                    return Error::scenario(place, unusable(group, self.depth(), problem));
                }
            }
        }
    }
}

/// What is wrong with a group whose children are all right.
fn unusable(group: &Group, depth: usize, problem: Problem) -> Unusable {
    match (problem, group.form) {
        (Problem::TooDeep, _) => Unusable::TooDeep { depth, most: MAX_DEPTH },
        (Problem::TooLarge, _) => Unusable::TooLarge { size: group.soundness.size, most: MAX_SIZE },
        // Nothing else makes a timeout too long.
        (Problem::TooLong, Form::Timeout(limit)) => {
            Unusable::TimeoutTooLong { limit, most: MAX_DURATION }
        }
        (Problem::TooLong, _) => Unusable::SumTooLong { most: MAX_DURATION },
        (Problem::EmptyRace, _) => Unusable::EmptyRace,
        (Problem::NoPermits, _) => Unusable::NoPermits,
    }
}

#[cfg(test)]
mod tests;
