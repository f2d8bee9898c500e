//! The log of a run, how it is compared and how it is written.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::name::{Name, StepName};
use crate::time::VirtualTime;
use crate::trace::event::{Entry, Event, EventKind, Kind, TaskId};

/// What happened in a run: its events in log order, and its makespan.
///
/// Two traces are equal when their logs are, event by event, with times and
/// tasks, and when they took the same time. That is what the oracle promises of
/// tokio. What a *program* may rely on is less: the order of events at one
/// instant is nobody's promise. [`same_up_to_ties`](Self::same_up_to_ties)
/// compares no more than that.
///
/// # Shape
///
/// It displays one step event a line. The alternate form, `{:#}`, adds the
/// tasks. A name that several steps bear is written with the step's place among
/// them, in order of first poll.
///
/// # Units
///
/// Virtual time since the beginning of the run, always in milliseconds.
///
/// # Examples
///
/// ```
/// let trace = makespan::scenario!(spawn(coro1: 2s, coro2: 1s)).run()?;
///
/// assert_eq!(
///     trace.to_string(),
///     "+0ms coro1 starts\n\
///      +0ms coro2 starts\n\
///      +1000ms coro2 finishes\n\
///      +2000ms coro1 finishes",
/// );
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone)]
pub struct Trace {
    /// A step's name by its number.
    pub(crate) names: Arc<[Name]>,
    pub(crate) entries: Vec<Entry>,
    makespan: VirtualTime,
}

impl Trace {
    pub(crate) fn new(names: Arc<[Name]>, entries: Vec<Entry>, makespan: VirtualTime) -> Self {
        Self { names, entries, makespan }
    }

    /// Puts a trace together from its events, as a test of a checker does.
    ///
    /// A finish or a cancel ends the step that is called the same. Steps without
    /// a place may be called the same as others: then it ends the earliest of
    /// them that is going on in its task. Where none is, it stands for itself.
    ///
    /// # Panics
    ///
    /// If there are 2³² steps or more.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::Trace;
    ///
    /// let trace = makespan::scenario!(seq(a: 1s, b: 2s)).predict()?;
    /// assert_eq!(Trace::from_events(trace.events(), trace.makespan()), trace);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn from_events(events: impl IntoIterator<Item = Event>, makespan: Duration) -> Self {
        let mut numbering = Numbering::default();
        let entries = events.into_iter().map(|Event { time, task, kind }| {
            let (kind, subject) = match kind {
                EventKind::Spawn(TaskId(subject)) => (Kind::Spawn, subject),
                EventKind::Join(TaskId(subject)) => (Kind::Join, subject),
                EventKind::Start(step) => (Kind::Start, numbering.start(task, step)),
                EventKind::Finish(step) => (Kind::Finish, numbering.end(task, step)),
                EventKind::Cancel(step) => (Kind::Cancel, numbering.end(task, step)),
            };
            Entry { time, task, subject, kind }
        });
        let entries = entries.collect();
        let names = numbering.names;
        Self::new(names.into(), entries, VirtualTime::after(makespan))
    }

    /// Returns how long the run took: until the future itself was done. Tasks
    /// that outlive it do not count.
    #[must_use]
    pub fn makespan(&self) -> Duration {
        self.makespan.since_start()
    }

    /// Returns the events, in log order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event> + DoubleEndedIterator + '_ {
        let step_names = self.step_names();
        self.entries.iter().map(move |entry| event(entry, &step_names))
    }

    /// Returns whether both logs tell the same, but for what no program may
    /// rely on: at one instant events may come in any order, and with it the
    /// numbers of tasks and the places of namesakes.
    ///
    /// Which step ran at which time in which task counts, whatever the tasks'
    /// numbers. That of two steps without duration one was awaited first does
    /// not: a log cannot tell it from a tie. A log whose time goes backwards is
    /// the same as no other.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::scenario;
    ///
    /// // A join polls its children in the order in which they were declared, a
    /// // task wakes in the order in which its timers were set.
    /// let joined = scenario!(join(seq(a: 1s, b: 1s), c: 2s)).run()?;
    /// let flipped = scenario!(join(c: 2s, seq(a: 1s, b: 1s))).run()?;
    /// assert_ne!(joined, flipped);
    /// assert!(joined.same_up_to_ties(&flipped));
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn same_up_to_ties(&self, other: &Self) -> bool {
        let goes_forward = |trace: &Self| trace.entries.is_sorted_by_key(|entry| entry.time);
        let mut shapes = BTreeMap::new();
        self.makespan == other.makespan
            && self.entries.len() == other.entries.len()
            && goes_forward(self)
            && goes_forward(other)
            && self.shape(&mut shapes) == other.shape(&mut shapes)
    }

    /// What the tasks did, whatever their numbers and the order of ties: a number
    /// that two traces share where they are the same. A task is what happened in
    /// it and in the tasks that it spawned; these have greater numbers than it.
    fn shape<'a>(&'a self, shapes: &mut Shapes<'a>) -> Vec<(TaskId, usize)> {
        let mut tasks = BTreeMap::<TaskId, Vec<&Entry>>::new();
        for entry in &self.entries {
            tasks.entry(entry.task).or_default().push(entry);
            if entry.kind == Kind::Spawn {
                tasks.entry(TaskId(entry.subject)).or_default();
            }
        }
        let mut shape_of = BTreeMap::<u32, usize>::new();
        let mut spawned = BTreeSet::new();
        for (task, entries) in tasks.iter().rev() {
            let mut events: Vec<_> = entries
                .iter()
                .map(|entry| match entry.kind.is_of_step() {
                    true => (entry.time, entry.kind, Ok(&self.names[entry.subject as usize])),
                    false => (entry.time, entry.kind, Err(shape_of.get(&entry.subject).copied())),
                })
                .collect();
            events.sort_unstable();
            let next = shapes.len();
            shape_of.insert(task.0, *shapes.entry(events).or_insert(next));
            let spawns = entries.iter().filter(|entry| entry.kind == Kind::Spawn);
            spawned.extend(spawns.map(|entry| entry.subject));
        }
        // Those that nobody spawned: the root, and in a log put together by hand
        // whatever else there is.
        let roots = tasks.keys().filter(|task| !spawned.contains(&task.0));
        roots.map(|task| (*task, shape_of[&task.0])).collect()
    }

    /// Returns the index of the first event that differs, or at which one of
    /// the logs is at its end. Equal logs have none.
    #[must_use]
    pub fn first_divergence(&self, other: &Self) -> Option<usize> {
        let shared = self.entries.len().min(other.entries.len());
        let is_same_length = self.entries.len() == other.entries.len();
        // Traces of one scenario number its steps alike.
        let is_same_numbering = Arc::ptr_eq(&self.names, &other.names);
        if is_same_numbering && self.entries == other.entries {
            return None;
        }
        // A step's number is no part of what is compared: its name is, and its
        // place among the steps of that name.
        let (mine, theirs) = (self.places(), other.places());
        let same = |index: usize| {
            let (one, two) = (&self.entries[index], &other.entries[index]);
            let subjects = (one.subject as usize, two.subject as usize);
            (one.time, one.task, one.kind) == (two.time, two.task, two.kind)
                && if one.kind.is_of_step() {
                    self.names[subjects.0] == other.names[subjects.1]
                        && mine[subjects.0] == theirs[subjects.1]
                } else {
                    one.subject == two.subject
                }
        };
        (0..shared).find(|index| !same(*index)).or_else(|| (!is_same_length).then_some(shared))
    }

    /// Each step's place among those of its name that have started.
    fn places(&self) -> Vec<Option<usize>> {
        let mut counts = BTreeMap::<&Name, usize>::new();
        let mut places = vec![None; self.names.len()];
        for number in self.starts().map(|number| number as usize) {
            let count = counts.entry(&self.names[number]).or_default();
            places[number] = Some(*count);
            *count += 1;
        }
        places
    }

    /// What each step is called, by its number.
    pub(crate) fn step_names(&self) -> Vec<StepName> {
        let places = self.places();
        let is_second = |(_, place): &(&Name, &Option<usize>)| **place == Some(1);
        let named = self.names.iter().zip(&places);
        let several: BTreeSet<_> = named.clone().filter(is_second).map(|(name, _)| name).collect();
        named
            .map(|(name, place)| {
                StepName::new(name.clone(), place.filter(|_| several.contains(name)))
            })
            .collect()
    }

    /// The numbers of the steps that started, in the order of their starts.
    pub(crate) fn starts(&self) -> impl Iterator<Item = u32> + '_ {
        let starts = self.entries.iter().filter(|entry| entry.kind == Kind::Start);
        starts.map(|entry| entry.subject)
    }

    /// The lines of the log, each with its index among the events.
    pub(crate) fn lines(&self, with_tasks: bool) -> impl Iterator<Item = (usize, String)> + '_ {
        let lines = self.events().enumerate();
        let is_shown = move |index: usize| with_tasks || self.entries[index].kind.is_of_step();
        lines.filter(move |(index, _)| is_shown(*index)).map(|(index, it)| (index, it.to_string()))
    }
}

/// Numbers for what tasks did: events in order, and for a task its own number.
type Shapes<'a> = BTreeMap<Vec<(VirtualTime, Kind, Result<&'a Name, Option<usize>>)>, usize>;

fn event(entry: &Entry, step_names: &[StepName]) -> Event {
    let step = || step_names[entry.subject as usize].clone();
    let kind = match entry.kind {
        Kind::Spawn => EventKind::Spawn(TaskId(entry.subject)),
        Kind::Start => EventKind::Start(step()),
        Kind::Finish => EventKind::Finish(step()),
        Kind::Cancel => EventKind::Cancel(step()),
        Kind::Join => EventKind::Join(TaskId(entry.subject)),
    };
    Event { time: entry.time, task: entry.task, kind }
}

/// Numbers for the steps of events that were put together by hand.
#[derive(Default)]
struct Numbering {
    names: Vec<Name>,
    open: BTreeMap<(Option<TaskId>, StepName), VecDeque<u32>>,
}

impl Numbering {
    fn number(&mut self, step: &StepName) -> u32 {
        self.names.push(step.name().clone());
        u32::try_from(self.names.len() - 1).expect("fewer than 2^32 steps")
    }

    /// Where a step that is going on is looked for: by its place, or in its task.
    fn key(task: TaskId, step: StepName) -> (Option<TaskId>, StepName) {
        (step.index().is_none().then_some(task), step)
    }

    fn start(&mut self, task: TaskId, step: StepName) -> u32 {
        let number = self.number(&step);
        self.open.entry(Self::key(task, step)).or_default().push_back(number);
        number
    }

    fn end(&mut self, task: TaskId, step: StepName) -> u32 {
        let key = Self::key(task, step);
        let started = self.open.get_mut(&key).and_then(VecDeque::pop_front);
        started.unwrap_or_else(|| self.number(&key.1))
    }
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.makespan == other.makespan && self.first_divergence(other).is_none()
    }
}

impl Eq for Trace {}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (_, line)) in self.lines(f.alternate()).enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&line)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}\n+{} done", crate::time::Millis(self.makespan()))
    }
}
