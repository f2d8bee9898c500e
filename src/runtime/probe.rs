//! The recorder: a log of the run that is going on in this thread.

mod answers;
mod clock;
mod elsewhere;
#[cfg(feature = "tracing")]
mod moment;
mod scenario;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Wake;
use std::time::Duration;

use tokio::runtime::Id;
use tokio::task;
use tokio::time::Instant;

use crate::error::Error;
use crate::name::{Name, StepName};
use crate::run::Warning;
use crate::runtime::deadlines::Deadlines;
use crate::runtime::live::Live;
use crate::runtime::waker::{HomeWaker, Wakes};
use crate::scenario::MAX_DURATION;
use crate::time::{VirtualTime, whole_ticks};
use crate::trace::{ClockStop, Entry, Kind, TaskId, Trace};

pub(super) use answers::{
    delays_until, is_woken, settle_suspect, suspect, wakes, warn_of_answer, warn_of_thread,
};
pub(super) use clock::{is_patient, jumped_to, runs, set_patient};
pub(super) use elsewhere::current_run;
#[cfg(feature = "tracing")]
pub(super) use moment::Moment;
pub(super) use scenario::{Started, joined, spawned, until_next_deadline, wait_for};

/// How long a delay is to take.
pub(crate) type Latency = Rc<dyn Fn(&Asked<'_>) -> Option<Duration>>;

/// A delay whose latency is asked for, as it starts.
pub(crate) struct Asked<'a> {
    pub(crate) name: &'a Name,
    /// Its place among the steps of its name.
    pub(crate) place: usize,
    /// The innermost span that is entered meanwhile, likewise.
    pub(crate) span: Option<(&'a Name, usize)>,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

struct Recorder {
    /// When the future was polled first. Before that there is no time.
    origin: Option<Instant>,
    tasks: u32,
    entries: Vec<Entry>,
    /// When the future was done. What comes later is no event.
    closed: Option<VirtualTime>,
    /// What is found out while any future runs; of a scenario it is known.
    found: Option<Box<Found>>,
    /// What a scenario waits for.
    deadlines: Deadlines,
}

/// What a run of any future turns out to have.
struct Found {
    run: u64,
    /// Since the first poll.
    live: Option<Live>,
    latency: Latency,
    names: Vec<Name>,
    /// Each step's place among those of its name.
    places: Vec<usize>,
    latencies: Vec<Option<Duration>>,
    /// All latencies that were given, one after another.
    given: Duration,
    namesakes: BTreeMap<Name, usize>,
    /// The spans that are entered, the innermost last.
    entered: Vec<u32>,
    /// When the last of its delays ends, if none is cut.
    delays_until: VirtualTime,
    /// What may have come from outside, and how often the code had been woken before.
    suspect: Option<(VirtualTime, Wakes)>,
    /// How many steps were cut.
    cut: usize,
    tasks: BTreeMap<task::Id, TaskId>,
    root: Option<task::Id>,
    /// The root's own. It ends the run when something is wrong.
    waker: Option<Arc<HomeWaker>>,
    fault: Option<Error>,
    warnings: Vec<Warning>,
    /// When code ran, and when the clock stopped where code may have run, in that order.
    stops: Vec<ClockStop>,
    /// Whether a stall waits a while for other threads.
    is_patient: bool,
}

impl Found {
    /// The run, and the runtime that it goes on in.
    fn here(&self) -> (u64, Option<Id>) {
        (self.run, self.live.as_ref().map(Live::runtime))
    }

    /// A step's name, and its place among those of its name.
    fn called(&self, step: u32) -> Option<(&Name, usize)> {
        Some((self.names.get(step as usize)?, self.places[step as usize]))
    }

    /// The name as messages write it: with its index where several steps have the name.
    fn step_name(&self, step: u32) -> Option<StepName> {
        let (name, place) = self.called(step)?;
        let is_one_of_several = self.namesakes.get(name).is_some_and(|count| *count > 1);
        Some(StepName::new(name.clone(), is_one_of_several.then_some(place)))
    }
}

impl Recorder {
    fn now(&self) -> VirtualTime {
        self.origin.map_or(VirtualTime::START, |origin| {
            VirtualTime::after(Instant::now().saturating_duration_since(origin))
        })
    }

    fn log(&mut self, task: TaskId, kind: Kind, subject: u32) {
        if self.closed.is_none() {
            let time = self.now();
            if let Some(found) = self.found.as_mut().filter(|_| kind == Kind::Cancel) {
                found.cut += 1;
            }
            self.entries.push(Entry { time, task, subject, kind });
        }
    }

    /// The number of the task that is running, which is seen now if never before.
    fn task(&mut self) -> TaskId {
        let Some(found) = &mut self.found else { return TaskId::ROOT };
        let id = task::try_id();
        match id {
            Some(id) if found.root != Some(id) => *found.tasks.entry(id).or_insert_with(|| {
                let task = TaskId(self.tasks);
                self.tasks += 1;
                task
            }),
            _ => TaskId::ROOT,
        }
    }

    /// Starts a step that is called so; returns its number.
    fn start(&mut self, name: &Name, latency: Option<Duration>) -> u32 {
        let task = self.task();
        let found = self.found.as_mut().expect("only such a run names its steps as they come");
        let step = u32::try_from(found.names.len()).expect("fewer than 2^32 steps");
        found.names.push(name.clone());
        found.latencies.push(latency);
        found.given = found.given.saturating_add(latency.unwrap_or_default());
        let namesakes = found.namesakes.entry(name.clone()).or_default();
        found.places.push(*namesakes);
        *namesakes += 1;
        self.log(task, Kind::Start, step);
        if let (Some(found), Some(latency)) = (&mut self.found, latency) {
            let start = self.entries.last().map_or(VirtualTime::START, |start| start.time);
            let ticks = Duration::from_millis(whole_ticks(latency));
            let end = VirtualTime::after(start.since_start().saturating_add(ticks));
            found.delays_until = found.delays_until.max(end);
        }
        step
    }

    /// Ends the run with an error. The first one stays.
    fn fail(&mut self, error: Error) {
        if let Some(found) = &mut self.found {
            found.fault.get_or_insert(error);
            if let Some(waker) = &found.waker {
                Wake::wake_by_ref(waker);
            }
        }
    }

    fn into_trace(self, names: Arc<[Name]>) -> Trace {
        let makespan = self.closed.unwrap_or_else(|| self.now());
        Trace::new(names, self.entries, makespan)
    }
}

/// The right to one recording on this thread; dropped, the thread is free again,
/// also where a panic passes through.
pub(super) struct Recording {
    // What is recorded on one thread cannot be taken on another.
    thread: PhantomData<*const ()>,
}

impl Recording {
    /// Takes the thread's recorder for a scenario, with room for so many events.
    pub(super) fn new(events: usize) -> Result<Self, Error> {
        Self::start(events, || None)
    }

    /// Takes the thread's recorder for a future, whose delays take this long.
    pub(super) fn of_future(latency: Latency) -> Result<Self, Error> {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        Self::start(0, || {
            Some(Box::new(Found {
                run: RUNS.fetch_add(1, Ordering::Relaxed),
                live: None,
                latency,
                names: Vec::new(),
                places: Vec::new(),
                latencies: Vec::new(),
                given: Duration::ZERO,
                namesakes: BTreeMap::new(),
                entered: Vec::new(),
                delays_until: VirtualTime::START,
                suspect: None,
                cut: 0,
                tasks: BTreeMap::new(),
                root: None,
                waker: None,
                fault: None,
                warnings: Vec::new(),
                stops: Vec::new(),
                is_patient: true,
            }))
        })
    }

    fn start(events: usize, found: impl FnOnce() -> Option<Box<Found>>) -> Result<Self, Error> {
        RECORDER.with_borrow_mut(|slot| {
            if slot.is_some() {
                return Err(Error::already_recording());
            }
            let entries = Vec::with_capacity(events);
            *slot = Some(Recorder {
                origin: None,
                tasks: 1,
                entries,
                closed: None,
                found: found(),
                deadlines: Deadlines::new(),
            });
            Ok(Self { thread: PhantomData })
        })
    }

    /// Ends the recording of a scenario and returns what it saw.
    pub(super) fn finish(self, names: Arc<[Name]>) -> Trace {
        let recorder = RECORDER.with_borrow_mut(Option::take).expect("`self` holds the recorder");
        assert!(recorder.closed.is_some(), "a scenario that ran has closed its recording");
        recorder.into_trace(names)
    }

    /// Ends the recording of a future, and returns what it saw and what was odd.
    pub(super) fn finish_found(self) -> (Trace, Vec<Warning>) {
        let mut recorder =
            RECORDER.with_borrow_mut(Option::take).expect("`self` holds the recorder");
        let found = recorder.found.take().expect("a recording of a future");
        let mut trace = recorder.into_trace(found.names.into());
        trace = trace.with_latencies(found.latencies).with_stops(found.stops);
        (trace, found.warnings)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Dropped outside the borrow, since what it holds may be anyone's.
        let _recorder = RECORDER.with_borrow_mut(Option::take);
    }
}

fn with<T: Default>(f: impl FnOnce(&mut Recorder) -> T) -> T {
    // A future may be dropped as late as with its thread: nothing records then. What
    // is asked for a latency or woken meanwhile may enter spans: they are no steps.
    let seen = RECORDER.try_with(|slot| slot.try_borrow_mut().ok()?.as_mut().map(f));
    seen.ok().flatten().unwrap_or_default()
}

fn with_found<T: Default>(f: impl FnOnce(&mut Found) -> T) -> T {
    with(|recorder| recorder.found.as_deref_mut().map(f).unwrap_or_default())
}

/// Starts the clock of the recording.
pub(super) fn open() {
    with(|recorder| {
        recorder.origin = Some(Instant::now());
        if let Some(found) = &mut recorder.found {
            found.root = task::try_id();
            found.live = Some(Live::new(found.run));
        }
    });
}

/// Ends the log; what happens later in the run is dropped with the runtime.
pub(super) fn close() {
    close_at(now());
}

/// Ends the log of a run that stands there.
pub(super) fn close_at(at: VirtualTime) {
    with(|recorder| recorder.closed = Some(at));
}

/// What is to be woken when something is wrong.
pub(super) fn set_waker(waker: &Arc<HomeWaker>) {
    // Dropped outside the recorder, since a waker of somebody's may run any code.
    let _last = with_found(|found| found.waker.replace(Arc::clone(waker)));
}

/// Whether the code that runs now is in a spawned task, and not in the run's own future.
pub(super) fn is_in_spawned_task() -> bool {
    let id = task::try_id();
    id.is_some() && with_found(|found| found.root != id)
}

/// What went wrong, told once.
pub(super) fn take_fault() -> Option<Error> {
    with_found(|found| found.fault.take())
}

/// The point that the run has come to.
pub(super) fn now() -> VirtualTime {
    with(|recorder| recorder.now())
}

/// All latencies that were given so far, one after another.
pub(super) fn given() -> Duration {
    with_found(|found| found.given)
}

/// Notes something odd, each thing once.
pub(super) fn warn(warning: Warning) {
    with_found(|found| {
        if !found.warnings.contains(&warning) {
            found.warnings.push(warning);
        }
    });
}

/// What was noted so far.
pub(super) fn warnings() -> Vec<Warning> {
    with_found(|found| found.warnings.clone())
}

/// How much has happened so far.
pub(super) fn events() -> usize {
    with(|recorder| recorder.entries.len())
}

/// What has happened so far, in a run that stands there and is of so many steps at most.
pub(super) fn so_far(at: VirtualTime, most: usize) -> Option<Trace> {
    with(|recorder| {
        let names = recorder.found.as_ref().map(|found| found.names.as_slice())?;
        (names.len() <= most).then(|| Trace::new(names.into(), recorder.entries.clone(), at))
    })
}

/// The steps that have not ended, in the order of their starts, and since when.
pub(super) fn unfinished() -> Vec<(StepName, VirtualTime)> {
    with(|recorder| {
        let Some(found) = &recorder.found else { return Vec::new() };
        // Of a million steps this is all that is needed, and their trace takes its time.
        let mut is_open = vec![false; found.names.len()];
        for entry in recorder.entries.iter().filter(|entry| entry.kind.is_of_step()) {
            is_open[entry.subject as usize] = entry.kind == Kind::Start;
        }
        let starts = recorder.entries.iter().filter(|entry| entry.kind == Kind::Start);
        let open = starts.filter(|entry| is_open[entry.subject as usize]);
        open.filter_map(|entry| Some((found.step_name(entry.subject)?, entry.time))).collect()
    })
}

/// What a step is called: its name, and its place where there are several.
pub(super) fn step_name(step: u32) -> Option<StepName> {
    with_found(|found| found.step_name(step))
}

/// A step of any future, which may be moved to wherever its owner likes.
#[derive(Debug)]
pub(super) struct Named {
    run: u64,
    /// The runtime that it began in.
    runtime: Option<Id>,
    task: TaskId,
    step: u32,
    is_finished: bool,
}

/// What a delay finds at its first poll.
pub(super) enum Beginning {
    /// It takes so long.
    Delay(Duration, Named),
    /// The run cannot go on, and ends.
    Fault,
    /// Nobody records here.
    NoRun,
}

impl Named {
    /// Starts a step that is called so, if a future is being recorded here.
    pub(super) fn start(name: &Name) -> Option<Self> {
        with(|recorder| {
            let (run, runtime) = recorder.found.as_ref()?.here();
            let step = recorder.start(name, None);
            let task = recorder.task();
            Some(Self { run, runtime, task, step, is_finished: false })
        })
    }

    /// Starts a step whose latency the run chooses.
    pub(super) fn start_delay(name: &Name) -> Beginning {
        let begun = with(|recorder| {
            let found = recorder.found.as_ref()?;
            let (run, runtime) = found.here();
            let place = found.namesakes.get(name).copied().unwrap_or_default();
            let span = found.entered.last().and_then(|span| found.called(*span));
            let problem = match (found.latency)(&Asked { name, place, span }) {
                Some(latency) if latency <= MAX_DURATION => {
                    let step = recorder.start(name, Some(latency));
                    let task = recorder.task();
                    let started = Self { run, runtime, task, step, is_finished: false };
                    return Some(Beginning::Delay(latency, started));
                }
                Some(latency) => Error::latency_too_long(name.to_string(), latency, MAX_DURATION),
                None => Error::latency_unset(name.to_string()),
            };
            recorder.fail(problem);
            Some(Beginning::Fault)
        });
        begun.unwrap_or(Beginning::NoRun)
    }

    /// The step's number.
    pub(super) fn step(&self) -> u32 {
        self.step
    }

    pub(super) fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let kind = if self.is_finished { Kind::Finish } else { Kind::Cancel };
        with(|recorder| {
            // Another run's thread, or the same thread in a later run, has no such step.
            if recorder.found.as_ref().is_some_and(|found| found.run == self.run) {
                recorder.log(self.task, kind, self.step);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Recording;

    #[test]
    fn a_thread_records_one_run_at_a_time() {
        let first = Recording::new(0).expect("nobody records");
        let error = Recording::new(0).err().expect("somebody records");
        assert!(error.is_misplaced());
        assert_eq!(
            error.to_string(),
            "this thread is recording another run; one run at a time, or one thread for each"
        );
        drop(first);
        assert!(Recording::new(0).is_ok(), "the thread is free again");
    }
}
