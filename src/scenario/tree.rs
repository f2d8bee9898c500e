//! The tree of a scenario: steps, and groups that hold them together.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::name::Name;
use crate::scenario::validity::{Problem, Soundness};

/// A timed program as plain data: steps, and how they are put together.
///
/// # Shape
///
/// | form | notation | meaning |
/// |---|---|---|
/// | [`step`](Self::step) | `name: 2s` | starts, sleeps, finishes; what the log speaks of |
/// | [`sequential`](Self::sequential) | `seq(a, b)` | makes all its futures first, then awaits each in turn |
/// | [`spawned`](Self::spawned) | `spawn(a, b)` | spawns a task for each, then awaits them in the order of their creation; cut in the middle, it leaves its tasks running |
/// | [`tasks`](Self::tasks) | `tasks(a, b)` | the same on a `JoinSet`: joins its tasks as they end; cut in the middle, it aborts them |
/// | [`joined`](Self::joined) | `join(a, b)` | runs its children side by side inside one task |
/// | [`raced`](Self::raced) | `race(a, b)` | the same until the first has finished; the rest is dropped |
/// | [`timeout`](Self::timeout) | `timeout(500ms, a)` | drops its child when the time is over; a tie inside one task goes to the child |
/// | [`limited`](Self::limited) | `limit(2, a, b, c)` | spawns a task for each; they share a fair semaphore; cut in the middle, it leaves its tasks running |
///
/// Forms nest in any way. [`Display`](fmt::Display) prints the notation and
/// [`FromStr`](std::str::FromStr) reads it back to an equal value; inside code
/// [`scenario!`](crate::scenario) takes the same notation and checks it while
/// it compiles.
///
/// # Units
///
/// Durations are exact down to 1 ns. A run rounds each of them up to the
/// [`TICK`](crate::TICK), as tokio's timer does.
///
/// # Determinism
///
/// A scenario is a value: cheap to clone, equal by content. One that cannot run
/// (nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH), an empty race, a duration
/// beyond [`MAX_DURATION`](crate::MAX_DURATION)) is still a value; what would run
/// it returns the [`Error`](crate::Error) that names the place.
///
/// # Examples
///
/// ```
/// use makespan::Scenario;
/// use std::time::Duration;
///
/// let built = Scenario::sequential([
///     Scenario::step("coro1", Duration::from_secs(2)),
///     Scenario::step("coro2", Duration::from_secs(1)),
/// ]);
/// assert_eq!(built.to_string(), "seq(coro1: 2s, coro2: 1s)");
/// assert_eq!(built, makespan::scenario!(seq(coro1: 2s, coro2: 1s)));
/// assert_eq!(built, "seq(coro1: 2s, coro2: 1s)".parse()?);
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone)]
pub struct Scenario(Node);

#[derive(Clone)]
enum Node {
    Step { name: Name, duration: Duration },
    // Shared, so that a clone costs no walk and a runner can keep its part of
    // the tree in a task.
    Group(Arc<Group>),
}

/// A form and its children.
pub(crate) struct Group {
    pub(crate) form: Form,
    pub(crate) children: Vec<Scenario>,
    pub(crate) soundness: Soundness,
    names: OnceLock<Arc<[Name]>>,
}

/// How children are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Sequential,
    Spawned,
    Tasks,
    Joined,
    Raced,
    Timeout(Duration),
    Limited(usize),
}

/// A scenario from the outside: what it is, without what it costs to hold.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Step { name: &'a Name, duration: Duration },
    Group(&'a Arc<Group>),
}

impl Scenario {
    /// Creates a step: it starts, takes `duration`, and finishes.
    #[must_use]
    pub fn step(name: impl Into<Name>, duration: Duration) -> Self {
        Self(Node::Step { name: name.into(), duration })
    }

    /// Creates a sequence: its children are awaited one after another.
    #[must_use]
    pub fn sequential(children: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Form::Sequential, children.into_iter().collect())
    }

    /// Creates a group of spawned tasks, awaited in the order of their creation.
    /// Where it is cut, its tasks go on: a dropped `JoinHandle` detaches.
    #[must_use]
    pub fn spawned(children: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Form::Spawned, children.into_iter().collect())
    }

    /// Creates a group of tasks on a `JoinSet`, which are joined as they end.
    /// Where it is cut, its tasks are aborted.
    #[must_use]
    pub fn tasks(children: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Form::Tasks, children.into_iter().collect())
    }

    /// Creates a join: its children run side by side inside one task.
    #[must_use]
    pub fn joined(children: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Form::Joined, children.into_iter().collect())
    }

    /// Creates a race: its children run side by side inside one task until the
    /// first has finished, then the rest is dropped. A tie goes to the child
    /// that was declared first. A race of nobody is an error when it runs.
    #[must_use]
    pub fn raced(children: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Form::Raced, children.into_iter().collect())
    }

    /// Creates a timeout: the child is dropped once `limit` is over.
    #[must_use]
    pub fn timeout(limit: Duration, child: Self) -> Self {
        Self::group(Form::Timeout(limit), vec![child])
    }

    /// Creates a group of spawned tasks of which at most `permits` run at a
    /// time, in the order of their creation. No permits are an error when it runs.
    #[must_use]
    pub fn limited(permits: usize, children: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Form::Limited(permits), children.into_iter().collect())
    }

    pub(crate) fn group(form: Form, children: Vec<Self>) -> Self {
        let soundness = Soundness::of(form, &children);
        Self(Node::Group(Arc::new(Group { form, children, soundness, names: OnceLock::new() })))
    }

    pub(crate) fn view(&self) -> View<'_> {
        match &self.0 {
            Node::Step { name, duration } => View::Step { name, duration: *duration },
            Node::Group(group) => View::Group(group),
        }
    }

    /// The children, or none of a step.
    #[cfg(feature = "proptest")]
    pub(super) fn children(&self) -> &[Self] {
        match &self.0 {
            Node::Step { .. } => &[],
            Node::Group(group) => &group.children,
        }
    }

    /// How many steps there are in it.
    pub(crate) fn step_count(&self) -> usize {
        match &self.0 {
            Node::Step { .. } => 1,
            Node::Group(group) => group.soundness.steps,
        }
    }

    /// Its steps, in the order in which they are written. A step's place in this
    /// order is its number in a trace.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&Name, Duration)> {
        let mut pending = vec![self];
        std::iter::from_fn(move || {
            loop {
                match pending.pop()?.view() {
                    View::Step { name, duration } => return Some((name, duration)),
                    View::Group(group) => pending.extend(group.children.iter().rev()),
                }
            }
        })
    }

    /// How long its steps take, by their numbers.
    pub(crate) fn durations(&self) -> Vec<Duration> {
        self.steps().map(|(_, duration)| duration).collect()
    }

    /// The names of its steps. They are collected once and shared, so that two
    /// traces of one scenario compare by number.
    pub(crate) fn step_names(&self) -> Arc<[Name]> {
        let collect = || self.steps().map(|(name, _)| name.clone()).collect();
        match &self.0 {
            Node::Step { .. } => collect(),
            Node::Group(group) => Arc::clone(group.names.get_or_init(collect)),
        }
    }

    /// Whether these are its own names, and not a copy of them: then whoever bears
    /// them numbers its steps as this scenario does.
    pub(crate) fn owns_names(&self, names: &Arc<[Name]>) -> bool {
        match &self.0 {
            Node::Step { .. } => false,
            Node::Group(group) => group.names.get().is_some_and(|own| Arc::ptr_eq(own, names)),
        }
    }
}

impl Form {
    /// The word that opens the form in the notation.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sequential => "seq",
            Self::Spawned => "spawn",
            Self::Tasks => "tasks",
            Self::Joined => "join",
            Self::Raced => "race",
            Self::Timeout(_) => "timeout",
            Self::Limited(_) => "limit",
        }
    }

    /// Whether each child runs in a task of its own.
    pub(crate) const fn spawns(self) -> bool {
        matches!(self, Self::Spawned | Self::Tasks | Self::Limited(_))
    }
}

impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        // A list of what is left to compare, not a recursion: a scenario may be
        // nested deeper than any stack.
        let mut pending = vec![(self, other)];
        // Parts that are shared were put on the list as often as they occur.
        let mut compared = BTreeSet::new();
        while let Some((mine, theirs)) = pending.pop() {
            match (mine.view(), theirs.view()) {
                (View::Step { name, duration }, View::Step { name: other, duration: others }) => {
                    if name != other || duration != others {
                        return false;
                    }
                }
                (View::Group(mine), View::Group(theirs)) if Arc::ptr_eq(mine, theirs) => {}
                (View::Group(mine), View::Group(theirs)) => {
                    if mine.form != theirs.form
                        || mine.children.len() != theirs.children.len()
                        || mine.soundness != theirs.soundness
                    {
                        return false;
                    }
                    let is_shared = Arc::strong_count(mine) > 1 && Arc::strong_count(theirs) > 1;
                    let pair = (Arc::as_ptr(mine).addr(), Arc::as_ptr(theirs).addr());
                    if !is_shared || compared.insert(pair) {
                        pending.extend(mine.children.iter().zip(&theirs.children));
                    }
                }
                _ => return false,
            }
        }
        true
    }
}

impl Eq for Scenario {}

impl Drop for Group {
    fn drop(&mut self) {
        if self.soundness.problem != Some(Problem::TooDeep) {
            return;
        }
        // Deeper than the stack may be: taken apart level by level.
        let mut pending = std::mem::take(&mut self.children);
        while let Some(Scenario(node)) = pending.pop() {
            if let Node::Group(group) = node
                && let Some(mut group) = Arc::into_inner(group)
            {
                pending.append(&mut group.children);
            }
        }
    }
}

impl fmt::Debug for Scenario {
    /// Prints an expression that can be pasted into a test.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scenario!({self})")
    }
}

#[cfg(test)]
mod tests;
