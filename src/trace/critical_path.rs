//! What a makespan was made of, read off the log.

use std::fmt;
use std::time::Duration;

use crate::time::{Readable, VirtualTime};
use crate::trace::log::Trace;
use crate::trace::step::{End, Span, Step};

/// What a makespan was made of: steps and waiting, one after the other, from the
/// beginning of the run to its end.
///
/// It is read off one log, which does not say who waited for whom. A step that
/// starts at the instant at which another has just ended is taken to have waited
/// for it; that may be chance, the more so the smaller and rounder the durations are.
/// So it tells where the time went, and not that another step would have had to be
/// shorter.
///
/// # Shape
///
/// The links are without gaps: each begins where the one before it ends, the
/// first at `+0ms`, the last ends at the makespan. A link is a step that took
/// time, or waiting, during which no step of the path was going on: a sleep that
/// is no step, or what a tolerance of the wall clock leaves.
///
/// It is found from the end. Before an instant comes the step that ended at that
/// instant, and in the log before what it is to explain; a finished one rather
/// than one that was cut; of several the one that the log has started last, so that
/// of steps inside one another the inner one is named. Where there is none, the time back to the latest earlier end of a step, or to the
/// beginning, was spent waiting. Steps without duration are no links, and neither
/// are those that were still going on at the end.
///
/// It displays as `auth 20ms -> 100ms -> orders 300ms`, where the `100ms` without
/// a name is waiting; what was cut is told, as in `fetch 500ms (cut)`. A path
/// without links displays as `nothing`.
///
/// # Examples
///
/// ```
/// use makespan::scenario;
///
/// let trace = scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 300ms))).run()?;
/// let path = trace.critical_path();
/// assert_eq!(path.to_string(), "auth 20ms -> orders 300ms");
///
/// let total: std::time::Duration = path.links().map(|link| link.duration()).sum();
/// assert_eq!(total, trace.makespan());
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CriticalPath {
    links: Vec<CriticalLink>,
}

/// A part of a [`CriticalPath`]: a step, or waiting.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CriticalLink {
    /// The step, or `None` where the run waited for what is no step.
    pub step: Option<Step>,
    /// When the link begins: where the one before it ends.
    pub from: VirtualTime,
    /// When it ends.
    pub to: VirtualTime,
}

impl CriticalLink {
    /// Returns how long the link lasted; it is never zero.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.to.since_start().saturating_sub(self.from.since_start())
    }
}

impl CriticalPath {
    /// Returns the links, in order of time.
    pub fn links(&self) -> impl ExactSizeIterator<Item = &CriticalLink> + DoubleEndedIterator {
        self.links.iter()
    }

    /// Returns whether there are no links: the run took no time.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }
}

/// The end of a step that took time.
struct Ended {
    time: VirtualTime,
    span: Span,
}

impl Trace {
    /// Returns what the makespan was made of, as far as the log tells.
    #[must_use]
    pub fn critical_path(&self) -> CriticalPath {
        let step_names = self.step_names();
        let took_time = |span: Span| {
            let time = span.end.time().filter(|end| *end > span.start)?;
            Some(Ended { time, span })
        };
        let mut ended: Vec<_> = self.spans().into_iter().filter_map(took_time).collect();
        ended.sort_by_key(|it| (it.time, it.span.end_at));
        let mut links = Vec::new();
        // What is to be explained: an instant, and a place in the log.
        let (mut time, mut place) = (self.makespan, usize::MAX);
        while time > VirtualTime::START {
            let before = ended.partition_point(|it| (it.time, it.span.end_at) < (time, place));
            // Behind this place nothing is looked at again: time goes only back.
            ended.truncate(before);
            let latest = ended.last().map_or(VirtualTime::START, |it| it.time);
            if latest < time {
                links.push(CriticalLink { step: None, from: latest, to: time });
                (time, place) = (latest, usize::MAX);
                continue;
            }
            let at_once = ended.iter().rev().take_while(|it| it.time == time);
            let last = at_once.max_by_key(|Ended { span, .. }| {
                (matches!(span.end, End::Finished(_)), span.start, span.start_at)
            });
            let Some(Ended { span, .. }) = last else { break };
            let step = Some(self.step_of(span, &step_names));
            links.push(CriticalLink { step, from: span.start, to: time });
            (time, place) = (span.start, span.start_at);
        }
        links.reverse();
        CriticalPath { links }
    }
}

impl fmt::Display for CriticalLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(step) = &self.step else { return write!(f, "{}", Readable(self.duration())) };
        write!(f, "{} {}", step.name, Readable(self.duration()))?;
        if matches!(step.end, End::Cancelled(_)) { f.write_str(" (cut)") } else { Ok(()) }
    }
}

impl fmt::Display for CriticalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        for (index, link) in self.links.iter().enumerate() {
            if index > 0 {
                f.write_str(" -> ")?;
            }
            write!(f, "{link}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for CriticalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
