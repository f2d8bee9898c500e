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
mod tests {
    use std::time::Duration;

    use super::{MAX_DEPTH, MAX_DURATION, MAX_SIZE};
    use crate::scenario::tree::Scenario;

    fn read(notation: &str) -> Scenario {
        notation.parse().unwrap()
    }

    fn step() -> Scenario {
        Scenario::step("a", Duration::ZERO)
    }

    fn problem(scenario: &Scenario) -> String {
        scenario.ensure_runnable().unwrap_err().to_string()
    }

    #[test]
    fn depth_steps_tasks_size_and_time_are_counted() {
        let table = [
            ("a: 1.5ms", (0, 1, 0, 1, 2)),
            ("seq()", (1, 0, 0, 1, 0)),
            ("seq(a: 1ms, b: 2ms)", (1, 2, 0, 3, 3)),
            ("spawn(a: 1ms, b: 2ms)", (1, 2, 2, 3, 2)),
            ("tasks(a: 1ms, b: 2ms)", (1, 2, 2, 3, 2)),
            ("join(a: 1ms, b: 2ms)", (1, 2, 0, 3, 2)),
            ("race(a: 1ms, b: 2ms)", (1, 2, 0, 3, 1)),
            ("limit(2, a: 1ms, b: 2ms, c: 3ms)", (1, 3, 3, 4, 4)), // c behind a
            ("timeout(0.5ms, a: 2ms)", (1, 1, 0, 2, 1)),
            ("timeout(5ms, a: 2ms)", (1, 1, 0, 2, 2)),
            // 3 tasks, 2 of them in one of these
            ("seq(spawn(tasks(a: 1ms, b: 2ms)), join(seq(c: 4ms)))", (3, 3, 3, 8, 6)),
        ];
        for (notation, (depth, steps, tasks, size, ticks)) in table {
            let scenario = read(notation);
            let counts = (scenario.depth(), scenario.step_count(), scenario.task_count());
            assert_eq!(counts, (depth, steps, tasks), "{notation}");
            assert_eq!((scenario.size(), scenario.ticks()), (size, ticks), "{notation}");
        }
    }

    #[test]
    fn a_year_is_the_longest() {
        assert_eq!(MAX_DURATION, Duration::from_secs(31_536_000));
        for notation in ["a: 365d", "seq(a: 365d)", "timeout(365d, a: 365d)", "seq(a: 364d, b: 1d)"]
        {
            assert!(read(notation).ensure_runnable().is_ok(), "{notation}");
        }
        let table = [
            ("a: 31536000001ms", "step"),
            ("seq(b: 0ms, a: 31536000001ms)", "seq[1] > step"),
            ("timeout(31536000001ms, a: 0ms)", "timeout"),
            ("join(seq(a: 365d, b: 1ms))", "join[0] > seq"),
            ("spawn(b: 0ms, seq(a: 365d, b: 1ns))", "spawn[1] > seq"),
        ];
        for (notation, place) in table {
            let problem = problem(&read(notation));
            assert!(problem.starts_with(&format!("scenario, at {place}: ")), "{problem}");
        }
        // What cuts it, is in time.
        assert!(read("race(a: 0ms, b: 365d)").ensure_runnable().is_ok());
    }

    #[test]
    fn so_many_forms_may_be_nested_and_none_more() {
        let nested = |depth| (0..depth).fold(step(), |inner, _| Scenario::joined([inner]));
        assert_eq!(nested(MAX_DEPTH).depth(), MAX_DEPTH);
        assert!(nested(MAX_DEPTH).ensure_runnable().is_ok());
        let too_deep = problem(&nested(MAX_DEPTH + 1));
        assert!(too_deep.contains("257") && too_deep.contains("256"), "{too_deep}");
        // The way goes down the deepest child.
        let beside = Scenario::sequential([step(), nested(3), nested(MAX_DEPTH), nested(9)]);
        let way = ["join[0]"; 11].join(" > ");
        let problem = problem(&beside);
        assert!(problem.starts_with(&format!("scenario, at seq[2] > {way} > ..: ")), "{problem}");
    }

    #[test]
    fn so_many_steps_and_forms_there_may_be_and_none_more() {
        // 2,047 rows of 2,048, 2,047 steps and the whole: 2,048 * 2,048 = 2^22
        let row = Scenario::sequential(vec![step(); 2_047]);
        let rows = || vec![row.clone(); 2_047].into_iter();
        let whole = |steps| Scenario::sequential(rows().chain(vec![step(); steps]));
        assert_eq!(MAX_SIZE, 4_194_304);
        assert_eq!(whole(2_047).size(), MAX_SIZE);
        assert!(whole(2_047).ensure_runnable().is_ok());
        let too_large = problem(&Scenario::joined([step(), whole(2_048)]));
        assert!(too_large.starts_with("scenario, at join[1] > seq: "), "{too_large}");
        assert!(too_large.contains("4194305"), "{too_large}");
    }

    #[test]
    fn a_race_of_nobody_and_a_limit_of_none_cannot_run() {
        let table = [
            ("race()", "race"),
            ("seq(race(a: 0ms), race())", "seq[1] > race"),
            ("limit(0, a: 0ms)", "limit"),
            ("timeout(1ms, limit(0))", "timeout[0] > limit"),
        ];
        for (notation, place) in table {
            let problem = problem(&read(notation));
            assert!(problem.starts_with(&format!("scenario, at {place}: ")), "{problem}");
        }
        for notation in ["race(seq())", "limit(1)", "seq()", "spawn()", "tasks()", "join()"] {
            assert!(read(notation).ensure_runnable().is_ok(), "{notation}");
        }
    }
}
