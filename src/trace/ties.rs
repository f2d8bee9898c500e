//! Traces compared by what a program may rely on.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::Name;
use crate::time::VirtualTime;
use crate::trace::event::{Entry, Kind, TaskId};
use crate::trace::log::Trace;

/// What a task did, without the order of ties: what a log says of a step in it,
/// or that it spawned or joined a task that did such and such.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed<'a> {
    Step { name: &'a Name, start: Option<VirtualTime>, end: Option<(VirtualTime, Kind)> },
    Task { time: VirtualTime, kind: Kind, shape: Option<Shape> },
}

/// A number for the deeds of a task: the same where they are the same.
type Shape = usize;

type Shapes<'a> = BTreeMap<Vec<Deed<'a>>, Shape>;

impl Trace {
    /// Returns whether both logs tell the same, but for what no program may
    /// rely on: at one instant events may come in any order, and with it the
    /// numbers of tasks and the places of namesakes.
    ///
    /// Which steps ran from when to when in which task counts, whatever the
    /// tasks' numbers. Which of two steps without duration was awaited first does
    /// not: a log cannot tell it from a tie. A log whose time goes backwards is
    /// the same as no other.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::scenario;
    ///
    /// // Inside one task a tie goes by the order of declaration.
    /// let joined = scenario!(join(a: 2s, b: 2s)).run()?;
    /// let flipped = scenario!(join(b: 2s, a: 2s)).run()?;
    /// assert_ne!(joined, flipped);
    /// assert!(joined.same_up_to_ties(&flipped));
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn same_up_to_ties(&self, other: &Self) -> bool {
        let goes_forward = |trace: &Self| trace.entries.is_sorted_by_key(|entry| entry.time);
        let mut shapes = Shapes::new();
        let is_same = self.makespan == other.makespan
            && self.entries.len() == other.entries.len()
            && goes_forward(self)
            && goes_forward(other)
            && self.shapes_of_roots(&mut shapes) == other.shapes_of_roots(&mut shapes);
        is_same || self == other
    }

    /// The shapes of the tasks that nobody was seen to spawn: of the root, and of the
    /// others, which have no order. In a scenario's log there are no others; in that of
    /// any code they are all the tasks that it spawned. A task has a greater number than
    /// the one that spawned it, so its shape is known before.
    fn shapes_of_roots<'a>(&'a self, shapes: &mut Shapes<'a>) -> (Option<Shape>, Vec<Shape>) {
        let mut tasks = BTreeMap::<TaskId, Vec<&Entry>>::new();
        let mut spawned = BTreeSet::new();
        for entry in &self.entries {
            tasks.entry(entry.task).or_default().push(entry);
            if entry.kind == Kind::Spawn {
                let task = TaskId(entry.subject);
                tasks.entry(task).or_default();
                // A log put together by hand may have it the other way around, and then
                // the shape of the one that spawned it does not hold its own.
                if task > entry.task {
                    spawned.insert(task);
                }
            }
        }
        let mut known = BTreeMap::<TaskId, Shape>::new();
        for (task, entries) in tasks.iter().rev() {
            let deeds = self.deeds(entries, &known);
            let next = shapes.len();
            known.insert(*task, *shapes.entry(deeds).or_insert(next));
        }
        spawned.insert(TaskId::ROOT);
        let others = tasks.keys().filter(|task| !spawned.contains(task));
        let mut others: Vec<_> = others.map(|task| known[task]).collect();
        others.sort_unstable();
        (known.get(&TaskId::ROOT).copied(), others)
    }

    fn deeds<'a>(&'a self, entries: &[&Entry], known: &BTreeMap<TaskId, Shape>) -> Vec<Deed<'a>> {
        let mut deeds = Vec::with_capacity(entries.len());
        // Where in `deeds` a step's is, by its number.
        let mut places = BTreeMap::new();
        for &&Entry { time, kind, subject, .. } in entries {
            if !kind.is_of_step() {
                let shape = known.get(&TaskId(subject)).copied();
                deeds.push(Deed::Task { time, kind, shape });
                continue;
            }
            // A log put together by hand may end a step twice: the second end is a deed by
            // itself.
            let is_over = |place: &usize| matches!(deeds[*place], Deed::Step { end: Some(_), .. });
            let place = places.get(&subject).copied();
            let place = place.filter(|place| kind == Kind::Start || !is_over(place));
            let place = place.unwrap_or_else(|| {
                let name = &self.names[subject as usize];
                deeds.push(Deed::Step { name, start: None, end: None });
                places.insert(subject, deeds.len() - 1);
                deeds.len() - 1
            });
            if let Deed::Step { start, end, .. } = &mut deeds[place] {
                match kind {
                    Kind::Start => *start = Some(time),
                    _ => *end = Some((time, kind)),
                }
            }
        }
        deeds.sort_unstable();
        deeds
    }
}
