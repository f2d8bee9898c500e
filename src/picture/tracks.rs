//! A trace as slices on tracks: what a viewer of traces draws.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::time::VirtualTime;
use crate::trace::{Kind, Step, TaskId, Trace};

/// How many slices without duration lie on a track at one instant, at most. A
/// viewer stacks them, and the Perfetto UI drops what would be the 513th.
const STACKED: u32 = 256;

/// The tracks of a trace, in order, and what lies on them.
///
/// # Shape
///
/// A task has one track, and more where its steps overlap: a log does not tell
/// which of two is inside the other, so neither is drawn inside the other. On a
/// track one slice comes after another. Only at one instant there may be several:
/// any number without duration, and then one that has one. A viewer draws the former
/// inside the latter.
pub(super) struct Tracks {
    pub(super) tracks: Vec<Track>,
    /// By the time at which they begin.
    pub(super) slices: Vec<Slice>,
}

/// A task's first track, its second ..
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Track {
    pub(super) task: TaskId,
    /// From 0.
    pub(super) lane: usize,
}

/// What lies on a track.
pub(super) struct Slice {
    /// Its track, by its place among them.
    pub(super) track: usize,
    pub(super) start: VirtualTime,
    /// Never before the start.
    pub(super) end: VirtualTime,
    pub(super) what: What,
    /// Its place among those that start at the same time.
    place: usize,
    on: Track,
}

pub(super) enum What {
    /// A step that started, by its place among them.
    Step(usize),
    /// A task spawns these tasks.
    Spawns(Vec<Meeting>),
    /// This task is spawned.
    Spawned(Meeting),
    /// This task is joined.
    Joined(Meeting),
    /// A task joins these tasks.
    Joins(Vec<Meeting>),
}

impl What {
    /// Whether tasks meet in it because one spawns the other.
    pub(super) const fn is_spawn(&self) -> bool {
        matches!(self, Self::Spawns(_) | Self::Spawned(_))
    }
}

/// A spawn or a join: where two tasks meet.
#[derive(Clone, Copy)]
pub(super) struct Meeting {
    /// Its number, of its own.
    pub(super) id: usize,
    pub(super) by: TaskId,
    pub(super) of: TaskId,
}

impl Tracks {
    /// `steps` are those of the trace.
    pub(super) fn of(trace: &Trace, steps: &[Step]) -> Self {
        let mut slices = slices(trace, steps);
        slices.sort_by_key(|slice| (slice.start, slice.place));
        let mut tasks = BTreeMap::<TaskId, Lanes>::new();
        for slice in &mut slices {
            slice.on.lane = tasks.entry(slice.on.task).or_default().take(slice.start, slice.end);
        }
        let tracks: BTreeSet<Track> = slices.iter().map(|slice| slice.on).collect();
        let tracks: Vec<Track> = tracks.into_iter().collect();
        for slice in &mut slices {
            slice.track = tracks.partition_point(|track| *track < slice.on);
        }
        Self { tracks, slices }
    }
}

/// The slices of a trace. At one instant what a task does to others is one slice,
/// however many they are. What begins an arrow comes before what ends it.
fn slices(trace: &Trace, steps: &[Step]) -> Vec<Slice> {
    let mut slices = Vec::<Slice>::new();
    // Where in `slices` a task's spawns and joins at an instant are.
    let mut groups = BTreeMap::<(TaskId, VirtualTime, Kind), usize>::new();
    let mut started = 0;
    for (at, entry) in trace.entries.iter().enumerate() {
        let (time, by, kind) = (entry.time, entry.task, entry.kind);
        let slice = |end, task, place, what| Slice {
            track: 0,
            start: time,
            end,
            what,
            place,
            on: Track { task, lane: 0 },
        };
        match kind {
            Kind::Start => {
                let end = steps[started].end.time().unwrap_or_else(|| trace_end(trace));
                slices.push(slice(end.max(time), by, 2 * at, What::Step(started)));
                started += 1;
            }
            Kind::Spawn | Kind::Join => {
                let of = TaskId(entry.subject);
                let meeting = Meeting { id: at, by, of };
                let group = *groups.entry((by, time, kind)).or_insert_with(|| {
                    let what = match kind {
                        Kind::Spawn => What::Spawns(Vec::new()),
                        _ => What::Joins(Vec::new()),
                    };
                    slices.push(slice(time, by, 2 * at, what));
                    slices.len() - 1
                });
                let what = match &mut slices[group] {
                    Slice { what: What::Spawns(meetings), .. } => {
                        meetings.push(meeting);
                        What::Spawned(meeting)
                    }
                    Slice { what: What::Joins(meetings), place, .. } => {
                        meetings.push(meeting);
                        // Behind all that it joins.
                        *place = 2 * at + 1;
                        What::Joined(meeting)
                    }
                    _ => unreachable!("a group is one of spawns or of joins"),
                };
                slices.push(slice(time, of, 2 * at, what));
            }
            Kind::Finish | Kind::Cancel => {}
        }
    }
    slices
}

/// Up to where a step is drawn that has not ended.
fn trace_end(trace: &Trace) -> VirtualTime {
    VirtualTime::after(trace.makespan())
}

/// Which tracks of a task are taken.
#[derive(Default)]
struct Lanes {
    count: usize,
    free: BTreeSet<usize>,
    busy: BinaryHeap<Reverse<(VirtualTime, usize)>>,
    /// How many slices without duration a lane has at one instant.
    stacked: BTreeMap<usize, u32>,
    now: VirtualTime,
}

impl Lanes {
    /// The first lane that is free, from then until then. Times of starts never
    /// go back.
    fn take(&mut self, start: VirtualTime, end: VirtualTime) -> usize {
        if start > self.now {
            // A lane that was full at an instant is so no longer.
            self.free.extend(self.stacked.iter().filter(|it| *it.1 == STACKED).map(|it| *it.0));
            self.stacked.clear();
            self.now = start;
        }
        while let Some(Reverse((ended, lane))) = self.busy.peek().copied()
            && ended <= start
        {
            self.busy.pop();
            self.free.insert(lane);
        }
        let lane = self.free.pop_first().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        });
        if end > start {
            self.busy.push(Reverse((end, lane)));
        } else {
            let stacked = self.stacked.entry(lane).or_default();
            *stacked += 1;
            if *stacked < STACKED {
                self.free.insert(lane);
            }
        }
        lane
    }
}
