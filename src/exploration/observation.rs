//! What one run shows: the instants at which code ran, and what happened at each.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use crate::name::StepName;
use crate::text::shorten;
use crate::time::{Readable, TICK, VirtualTime, whole_ticks};
use crate::trace::{Kind, Trace};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ending {
    /// By itself.
    Done,
    /// Nothing could run, and no timer was left.
    Stalled,
    /// It goes on at one instant without an end.
    Livelock,
    /// The code panicked, with this text.
    Panicked(Rc<str>),
    /// A limit ended it: of jumps of the clock, of virtual or of real time.
    Limit,
}

/// A run as exploration sees it. Times are in ticks since the beginning.
#[derive(Clone, Debug)]
pub(super) struct Observation {
    /// When the timer of each delay fires, by the order of their starts; in front of them the
    /// beginning.
    pub(super) times: Vec<i64>,
    /// The latency of each delay, likewise.
    pub(super) latencies: Vec<i64>,
    /// The name of each delay, likewise.
    pub(super) names: Vec<StepName>,
    pub(super) instants: Vec<Instant>,
    /// Times at which the clock stopped, and nobody knows whether code ran.
    pub(super) doubtful: Vec<i64>,
    pub(super) ending: Ending,
}

/// A point of time at which code ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    pub(super) at: i64,
    /// The delays whose timers fire then.
    pub(super) due: Vec<usize>,
    /// What starts, in this order.
    pub(super) starts: Vec<Start>,
    /// What ends, sorted: order among what happens at one instant is not told apart.
    pub(super) ends: Vec<(Kind, usize)>,
}

impl Instant {
    /// Whether nothing is seen at it.
    fn is_silent(&self) -> bool {
        self.due.is_empty() && self.starts.is_empty() && self.ends.is_empty()
    }
}

/// A step that starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The number of the step.
    pub(super) step: usize,
    pub(super) name: StepName,
    /// The index of its time, if it is a delay.
    pub(super) delay: Option<usize>,
}

impl Observation {
    /// What a run shows, if its times are whole ticks. Instants at which no step starts or
    /// ends are left out where `sees_silence` is false.
    pub(super) fn of(trace: &Trace, ending: Ending, sees_silence: bool) -> Option<Self> {
        let names = trace.indexed_names();
        let mut seen = Self {
            times: vec![0],
            latencies: Vec::new(),
            names: Vec::new(),
            instants: Vec::new(),
            doubtful: Vec::new(),
            ending,
        };
        let mut entries = trace.entries.iter().filter(|entry| entry.kind.is_of_step()).peekable();
        // The delays that run and are not due, and the index of each step's time.
        let mut pending = BTreeSet::<(i64, usize)>::new();
        let mut delays = vec![None; names.len()];
        let mut silent = trace.instants().map(ticks_of).peekable();
        let end = ticks_of(trace.makespan_point())?;
        loop {
            let entry = entries.peek().map(|entry| ticks_of(entry.time));
            let next = match (entry, silent.peek().copied()) {
                (Some(None), _) | (_, Some(None)) => return None,
                (Some(Some(one)), Some(Some(two))) => one.min(two),
                (Some(Some(at)), None) | (None, Some(Some(at))) => at,
                (None, None) => break,
            };
            // What is due is an instant, even if nobody polls it.
            let at = pending.first().map_or(next, |(due, _)| next.min(*due));
            silent.next_if(|it| *it == Some(at));
            let mut instant = Instant { at, due: Vec::new(), starts: Vec::new(), ends: Vec::new() };
            while let Some((_, index)) = pending.first().filter(|(due, _)| *due == at).copied() {
                pending.pop_first();
                instant.due.push(index);
            }
            while let Some(entry) = entries.next_if(|entry| ticks_of(entry.time) == Some(at)) {
                let step = entry.subject as usize;
                match entry.kind {
                    Kind::Start => {
                        let latency = trace.latency_of(step);
                        let delay = match latency {
                            Some(latency) => {
                                let latency = i64::try_from(whole_ticks(latency)).ok()?;
                                let index = seen.times.len();
                                seen.times.push(at + latency);
                                seen.latencies.push(latency);
                                seen.names.push(names[step].clone());
                                if latency > 0 {
                                    pending.insert((at + latency, index));
                                }
                                Some(index)
                            }
                            None => None,
                        };
                        delays[step] = delay;
                        instant.starts.push(Start { step, name: names[step].clone(), delay });
                    }
                    kind => {
                        if let Some(index) = delays[step] {
                            pending.remove(&(seen.times[index], index));
                        }
                        instant.ends.push((kind, step));
                    }
                }
            }
            instant.ends.sort_unstable();
            if !instant.is_silent() || sees_silence || at == 0 || at == end {
                seen.instants.push(instant);
            }
        }
        seen.doubtful = trace.doubtful_stops().filter_map(ticks_of).collect();
        Some(seen)
    }

    /// The latency of each delay by its name.
    pub(super) fn by_name(&self) -> BTreeMap<StepName, i64> {
        self.names.iter().cloned().zip(self.latencies.iter().copied()).collect()
    }

    /// The latencies as a reader wants them, each name with its index if it has several.
    pub(super) fn told(&self) -> String {
        let has_several =
            |step: &StepName| self.names.iter().filter(|it| it.name() == step.name()).count() > 1;
        let each = self.names.iter().zip(&self.latencies).map(|(step, ticks)| {
            let index = step.index().filter(|_| has_several(step));
            let step = StepName::new(step.name().clone(), index);
            format!("{step} = {}", Readable(Duration::from_millis(ticks.unsigned_abs())))
        });
        shorten(each.collect::<Vec<_>>().join(", "))
    }

    /// How many steps started and ended, and how often nothing else happened.
    pub(super) fn events(&self) -> usize {
        let of = |instant: &Instant| (instant.starts.len() + instant.ends.len()).max(1);
        self.instants.iter().map(of).sum()
    }

    /// The gap between instants at which nothing was seen, if they recur: an interval beside
    /// the work, or code that polls.
    pub(super) fn recurring(&self) -> Option<Duration> {
        let silent = self.instants.iter().filter(|instant| instant.is_silent());
        let silent: Vec<_> = silent.map(|instant| instant.at).collect();
        let gaps: Vec<_> = silent.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let recurs = gaps.windows(RECURRING).find(|gaps| gaps.iter().all(|it| *it == gaps[0]))?;
        Some(Duration::from_millis(u64::try_from(recurs[0]).ok()?))
    }
}

/// So many equal gaps in a row are those of an interval. Code that sleeps for equal times in
/// a row without a step in between does so a few times, as a rule three to five; an interval
/// that is alive while a call goes on makes thousands.
const RECURRING: usize = 7;

/// A time in ticks, if it is whole.
fn ticks_of(at: VirtualTime) -> Option<i64> {
    let nanos = at.since_start().as_nanos();
    let is_whole = nanos.is_multiple_of(TICK.as_nanos());
    i64::try_from(nanos / TICK.as_nanos()).ok().filter(|_| is_whole)
}
