//! The log of a run, how it is compared and how it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::name::{Name, StepName};
use crate::time::VirtualTime;
use crate::trace::event::{ClockStop, Entry, Event, EventKind, Kind, TaskId};
use crate::trace::numbering::Numbering;

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
    pub(crate) makespan: VirtualTime,
    /// How long a step was to take, by its number, where the run knew; no part
    /// of what happened, so traces are compared without it.
    pub(super) latencies: Vec<Option<Duration>>,
    /// How much longer than its law a run on a wall clock may take; in virtual
    /// time nothing.
    pub(super) tolerance: Duration,
    /// What makes the run doubtful; no part of what happened either.
    notes: Vec<String>,
    /// Where the clock stopped, in a run of a future; no part of what a program does.
    pub(super) stops: Vec<ClockStop>,
}

impl Trace {
    pub(crate) fn new(names: Arc<[Name]>, entries: Vec<Entry>, makespan: VirtualTime) -> Self {
        let (latencies, tolerance, notes) = (Vec::new(), Duration::ZERO, Vec::new());
        Self { names, entries, makespan, latencies, tolerance, notes, stops: Vec::new() }
    }

    /// The same trace, with how long each step was to take.
    #[must_use]
    pub(crate) fn with_latencies(mut self, latencies: Vec<Option<Duration>>) -> Self {
        self.latencies = latencies;
        self
    }

    /// The same trace, of a run whose clock stopped at these times.
    #[must_use]
    pub(crate) fn with_stops(mut self, stops: Vec<ClockStop>) -> Self {
        self.stops = stops;
        self
    }

    /// The same trace, of a run that may take so much longer than its law.
    #[must_use]
    pub(crate) fn with_tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The same trace, of a run that is doubtful.
    #[must_use]
    pub(crate) fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// What makes the run doubtful.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How much longer than its law the run may have taken: nothing, unless it
    /// ran on a wall clock.
    pub(crate) fn tolerance(&self) -> Duration {
        self.tolerance
    }

    /// Puts a trace together from its events, as a test of a checker does.
    ///
    /// Places among namesakes are counted anew, in the order of the events.
    ///
    /// A finish or a cancel ends the step that is called the same. Where several
    /// are, because they are given no places, it ends the earliest that is going
    /// on in its task, or else in any. Events may come in any order.
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
        let names = numbering.into_names();
        Self::new(names.into(), entries, VirtualTime::after(makespan))
    }

    /// Returns how long the run took: until the future itself was done. Tasks
    /// that outlive it do not count.
    #[must_use]
    pub fn makespan(&self) -> Duration {
        self.makespan.since_start()
    }

    /// Returns the instants of the run: the times at which code ran, in order, even if no
    /// step started or ended then, as where a `sleep` only set a flag.
    ///
    /// A trace that no run of a future has left has those of its events.
    ///
    /// # Units
    ///
    /// Virtual time since the beginning of the run.
    ///
    /// # Limits
    ///
    /// What runs in a spawned task at a multiple of 64 ms, without a step that starts or ends
    /// then, is not seen: tokio's timer wheel stops there by itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::time::sleep;
    ///
    /// let run = makespan::run(async {
    ///     sleep(Duration::from_millis(20)).await;
    ///     sleep(Duration::from_millis(30)).await;
    /// });
    /// let instants: Vec<_> = run.trace().instants().map(|it| it.to_string()).collect();
    /// assert_eq!(instants, ["+0ms", "+20ms", "+50ms"]);
    /// ```
    pub fn instants(&self) -> impl Iterator<Item = VirtualTime> + '_ {
        let certain = self.stops.iter().filter(|stop| stop.has_run).map(|stop| stop.at);
        let all: BTreeSet<_> = certain
            .chain(self.entries.iter().map(|entry| entry.time))
            .chain([self.makespan])
            .filter(|at| *at <= self.makespan)
            .collect();
        all.into_iter()
    }

    /// When the run was over.
    pub(crate) fn makespan_point(&self) -> VirtualTime {
        self.makespan
    }

    /// How long the steps were to take of which the run knew it.
    pub(crate) fn latencies(&self) -> impl Iterator<Item = Duration> + '_ {
        self.latencies.iter().copied().flatten()
    }

    /// How long a step was to take, where the run knew.
    pub(crate) fn latency_of(&self, step: usize) -> Option<Duration> {
        self.latencies.get(step).copied().flatten()
    }

    /// Where the clock stopped and code may have run, but for that which is certain.
    pub(crate) fn doubtful_stops(&self) -> impl Iterator<Item = VirtualTime> + '_ {
        self.stops.iter().filter(|stop| !stop.has_run).map(|stop| stop.at)
    }

    /// Returns how many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the events, in log order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event> + DoubleEndedIterator + '_ {
        let step_names = self.step_names();
        self.entries.iter().map(move |entry| event(entry, &step_names))
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

    /// Each step's place among those of its name, in the order in which the log
    /// speaks of them: in that of their starts, unless it lacks some.
    fn places(&self) -> Vec<Option<usize>> {
        let mut counts = BTreeMap::<&Name, usize>::new();
        let mut places = vec![None; self.names.len()];
        for entry in self.entries.iter().filter(|entry| entry.kind.is_of_step()) {
            let number = entry.subject as usize;
            if places[number].is_none() {
                let count = counts.entry(&self.names[number]).or_default();
                places[number] = Some(*count);
                *count += 1;
            }
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

    /// The same, each with its index even if it is the only one. Steps that the log lacks have none.
    pub(crate) fn indexed_names(&self) -> Vec<StepName> {
        let named = self.names.iter().zip(self.places());
        named.map(|(name, place)| StepName::new(name.clone(), place)).collect()
    }

    /// The numbers of the steps that started, in the order of their starts.
    pub(crate) fn started(&self) -> impl Iterator<Item = u32> + '_ {
        let starts = self.entries.iter().filter(|entry| entry.kind == Kind::Start);
        starts.map(|entry| entry.subject)
    }

    /// The lines of the log in a range of its events.
    pub(crate) fn lines(
        &self,
        range: Range<usize>,
        with_tasks: bool,
    ) -> impl Iterator<Item = String> + '_ {
        let step_names = self.step_names();
        let from = range.start.min(self.entries.len());
        let to = range.end.clamp(from, self.entries.len());
        let shown =
            self.entries[from..to].iter().filter(move |it| with_tasks || it.kind.is_of_step());
        shown.map(move |entry| event(entry, &step_names).to_string())
    }
}

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

impl AsRef<Self> for Trace {
    fn as_ref(&self) -> &Self {
        self
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
        for (place, line) in self.lines(0..self.entries.len(), f.alternate()).enumerate() {
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
        write!(f, "{self:#}\n{} done", self.makespan)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    #[test]
    fn logs_of_one_scenario_differ_where_an_event_does_or_one_is_at_its_end() {
        let one = crate::scenario!(spawn(a: 2ms, a: 1ms)).predict().expect("it is predicted");
        let mut other = one.clone();
        assert!(Arc::ptr_eq(&one.names, &other.names));
        assert_eq!(one.first_divergence(&other), None);
        other.entries.pop();
        let last = other.entries.len();
        assert_eq!(one.first_divergence(&other), Some(last));
        // Which of its namesakes a step is, is part of what happened.
        other.entries[last - 1].subject ^= 1;
        assert_eq!(one.first_divergence(&other), Some(last - 1));
        assert_eq!(other.first_divergence(&one), Some(last - 1));
    }
}
