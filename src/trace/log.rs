//! The log of a run, how it is compared and how it is written.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::name::Name;
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

/// A step's place among the steps of its name.
#[derive(Clone, Copy)]
pub(crate) struct Instance {
    pub(crate) index: usize,
    pub(crate) is_one_of_several: bool,
}

impl Trace {
    pub(crate) fn new(names: Arc<[Name]>, entries: Vec<Entry>, makespan: VirtualTime) -> Self {
        Self { names, entries, makespan }
    }

    /// Puts a trace together from its events, as a test of a checker does.
    ///
    /// A finish or a cancel ends the earliest step of its name that is going on
    /// in its task; where none is, it stands for itself.
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
        let (mut names, mut entries) = (Vec::new(), Vec::new());
        let mut open = BTreeMap::<(TaskId, Name), std::collections::VecDeque<u32>>::new();
        for Event { time, task, kind } in events {
            let mut number = |name: Name| {
                names.push(name);
                u32::try_from(names.len() - 1).expect("fewer than 2^32 steps")
            };
            let (kind, subject) = match kind {
                EventKind::Spawn(TaskId(subject)) => (Kind::Spawn, subject),
                EventKind::Join(TaskId(subject)) => (Kind::Join, subject),
                EventKind::Start(name) => {
                    let subject = number(name.clone());
                    open.entry((task, name)).or_default().push_back(subject);
                    (Kind::Start, subject)
                }
                EventKind::Finish(ref name) | EventKind::Cancel(ref name) => {
                    let started = open
                        .get_mut(&(task, name.clone()))
                        .and_then(std::collections::VecDeque::pop_front);
                    let subject = started.unwrap_or_else(|| number(name.clone()));
                    let is_finish = matches!(kind, EventKind::Finish(_));
                    (if is_finish { Kind::Finish } else { Kind::Cancel }, subject)
                }
            };
            entries.push(Entry { time, task, subject, kind });
        }
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
        self.entries.iter().map(|entry| self.event(entry))
    }

    fn event(&self, entry: &Entry) -> Event {
        let name = || self.names[entry.subject as usize].clone();
        let kind = match entry.kind {
            Kind::Spawn => EventKind::Spawn(TaskId(entry.subject)),
            Kind::Start => EventKind::Start(name()),
            Kind::Finish => EventKind::Finish(name()),
            Kind::Cancel => EventKind::Cancel(name()),
            Kind::Join => EventKind::Join(TaskId(entry.subject)),
        };
        Event { time: entry.time, task: entry.task, kind }
    }

    /// Returns whether both logs tell the same, but for what no program may
    /// rely on: at one instant events may come in any order, and with it the
    /// numbers of tasks.
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
        let sorted = |trace: &Self| {
            let mut keys: Vec<_> = trace
                .entries
                .iter()
                .map(|entry| {
                    let name = entry
                        .kind
                        .is_of_step()
                        .then(|| trace.names[entry.subject as usize].clone());
                    (entry.time, entry.kind, name)
                })
                .collect();
            keys.sort_unstable();
            keys
        };
        self.makespan == other.makespan
            && self.entries.len() == other.entries.len()
            && sorted(self) == sorted(other)
    }

    /// Returns the index of the first event that differs, or at which one of
    /// the logs is at its end. Equal logs have none.
    #[must_use]
    pub fn first_divergence(&self, other: &Self) -> Option<usize> {
        let same_names = Arc::ptr_eq(&self.names, &other.names);
        let shared = self.entries.len().min(other.entries.len());
        (0..shared)
            .find(|&index| {
                let (mine, theirs) = (&self.entries[index], &other.entries[index]);
                // The numbers decide where both traces number alike; names are
                // compared where they do not, or where a name is borne twice.
                !(same_names && mine == theirs) && self.event(mine) != other.event(theirs)
            })
            .or_else(|| (self.entries.len() != other.entries.len()).then_some(shared))
    }

    /// Each step's place among the steps of its name, for those that started.
    pub(crate) fn instances(&self) -> Vec<Option<Instance>> {
        let mut counts = BTreeMap::<&Name, usize>::new();
        let mut instances = vec![None; self.names.len()];
        for entry in self.entries.iter().filter(|entry| entry.kind == Kind::Start) {
            let number = entry.subject as usize;
            let count = counts.entry(&self.names[number]).or_default();
            instances[number] = Some(Instance { index: *count, is_one_of_several: false });
            *count += 1;
        }
        for (instance, name) in instances.iter_mut().zip(self.names.iter()) {
            if let Some(instance) = instance {
                instance.is_one_of_several = counts[name] > 1;
            }
        }
        instances
    }

    /// The numbers of the steps that started, in the order of their starts.
    pub(crate) fn starts(&self) -> impl Iterator<Item = u32> + '_ {
        let starts = self.entries.iter().filter(|entry| entry.kind == Kind::Start);
        starts.map(|entry| entry.subject)
    }

    /// The lines of the log, each with its index among the events.
    pub(crate) fn lines(&self, with_tasks: bool) -> impl Iterator<Item = (usize, String)> + '_ {
        let instances = self.instances();
        self.entries.iter().enumerate().filter_map(move |(index, entry)| {
            if !entry.kind.is_of_step() {
                return with_tasks.then(|| (index, self.event(entry).to_string()));
            }
            let number = entry.subject as usize;
            let place = match instances[number] {
                Some(Instance { index, is_one_of_several: true }) => format!("[{index}]"),
                _ => String::new(),
            };
            let (name, verb) = (&self.names[number], entry.kind.verb());
            Some((index, format!("{} {name}{place} {verb}", entry.time)))
        })
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
