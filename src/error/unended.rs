//! Runs that cannot begin, and runs that do not end.

use std::fmt;
use std::time::Duration;

use crate::name::StepName;
use crate::time::{Readable, Spelled, VirtualTime};

/// Why a clock cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unrecordable {
    NoRuntime,
    SeveralThreads,
    NotPaused,
    OffTick,
    CannotWait,
}

/// A run that does not end, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unended {
    pub(crate) why: Why,
    pub(crate) at: VirtualTime,
    /// The steps that have not ended, and since when.
    pub(crate) steps: Vec<(StepName, VirtualTime)>,
    /// How many spawned tasks there are.
    pub(crate) alive: usize,
    /// What was odd about the run.
    pub(crate) notes: Vec<String>,
    /// Its timeline, where that helps.
    pub(crate) drawing: Option<String>,
    /// Whose methods the text names: the `Runner`'s or the `Checker`'s.
    pub(crate) face: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nothing can run and no timer of tokio's is left.
    Stalled,
    /// Nothing can run, but another thread has an answer.
    WaitsForThread,
    /// Timers go on past the limit.
    VirtualLimit(Allowance),
    /// Somebody moved the clock by hand past the limit.
    MovedPast(Allowance),
    /// It is done, later than the limit.
    Late(Allowance),
    /// Nobody can see inside the runtime: it was not done at the limit, and next to no
    /// timer fired behind it.
    NotDone(Allowance),
    WallLimit(Duration, Stuck),
    /// The clock jumped more often than this.
    Jumps(u64),
}

/// How much virtual time a run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: Duration,
    /// Latencies that it was given, and that do not count.
    pub(crate) given: Duration,
    /// Together they are more than any run may take.
    pub(crate) is_most: bool,
}

/// How a run spends real time without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stuck {
    /// Its time moves on.
    Ticking,
    /// It is polled at one instant for ever.
    Livelock,
    /// It is polled at one instant, and steps come and go.
    Busy,
    /// A single poll takes longer than it has.
    Held,
    /// It is not polled; something outside is to wake it.
    Outside,
}

impl fmt::Display for Unrecordable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRuntime => {
                "`record` needs a runtime around it; without one call `makespan::run(..)`"
            }
            Self::SeveralThreads => {
                "`record` needs a current-thread runtime, and this one has several threads; \
                 use `#[tokio::test(start_paused = true)]`, or `makespan::run(..)` outside of it"
            }
            Self::NotPaused => {
                "the clock is not paused; use `#[tokio::test(start_paused = true)]`, \
                 or `makespan::run(..)` outside of it"
            }
            Self::CannotWait => {
                "a recorded run cannot wait for what is outside, since the clock is that of its \
                 runtime; use `Runner::run(..)` outside of it"
            }
            Self::OffTick => {
                "the clock is off the tick: `pause()` was called in a running runtime, or \
                 `advance(..)` by a fraction of a millisecond, and every sleep takes one tick \
                 longer from there on (tokio #4899); use `#[tokio::test(start_paused = true)]`"
            }
        })
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_most {
            return f.write_str("two years, which is more than any run may take");
        }
        write!(f, "the virtual limit of {}", Spelled(self.limit))?;
        if self.given.is_zero() {
            return Ok(());
        }
        write!(f, ", not counting {} of latencies", Spelled(self.given))
    }
}

/// What a stall says where no named step can say what waits.
const NAMELESS: &str = "\n  the code does not end, and no named step is unfinished, so what it waits for \
                        has no name\n  to see it: name the futures that the code awaits with \
                        `.timed(\"..\")`, or let its fakes await `delay(\"..\")`\n  typical causes: \
                        a sender that is still alive, so that its receiver never ends; a timer that \
                        is not tokio's";

/// A point in time as a failure shows it to its reader: `+350ms`, `+4h`.
fn readable(time: VirtualTime) -> String {
    format!("+{}", Readable(time.since_start()))
}

impl fmt::Display for Unended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More than these nobody reads.
        const SHOWN: usize = 8;
        let at = readable(self.at);
        match &self.why {
            Why::Stalled => {
                write!(f, "stalled at {at}: nothing can run, and no timer of tokio's is left")?
            }
            Why::WaitsForThread => {
                write!(
                    f,
                    "waiting at {at} for another thread: the virtual clock knows nothing of it, \
                     and jumps to the next timer; use `spawn_blocking`"
                )?;
                // A check has no wall clock.
                f.write_str(match self.face {
                    "Checker" => " or `Checker::wait_for_outside(..)`",
                    _ => ", `Runner::wait_for_outside(..)` or `Runner::wall(..)`",
                })?;
            }
            Why::VirtualLimit(limit) => {
                write!(f, "still ticking past {limit}")?;
            }
            Why::MovedPast(limit) => {
                write!(f, "the clock was advanced by hand to {at}, past {limit}")?;
            }
            Why::Late(limit) => {
                write!(f, "done at {at}, past {limit}")?;
            }
            Why::Jumps(most) => {
                write!(f, "still ticking at {at}, when the clock had jumped {most} times")?;
            }
            Why::NotDone(limit) => {
                write!(f, "not done at {limit}, and nothing ticks on: stalled, or asleep")?;
            }
            Why::WallLimit(limit, stuck) => {
                let limit = Spelled(*limit);
                match stuck {
                    Stuck::Ticking => {
                        write!(f, "still ticking after {limit} of real time, at {at}")?;
                    }
                    Stuck::Livelock => write!(
                        f,
                        "livelock at {at}: polled for {limit} of real time, and the clock cannot \
                         move while something is ready to run"
                    )?,
                    Stuck::Busy => write!(
                        f,
                        "still busy after {limit} of real time, at {at}: steps start and end, and \
                         the clock cannot move meanwhile; if there are only many of them, give \
                         more by `{}::wall_limit(..)`",
                        self.face
                    )?,
                    Stuck::Held => write!(
                        f,
                        "held at {at}: a single poll kept the thread until {limit} of real time \
                         were over (blocking work, a lock, `std::thread::sleep`)"
                    )?,
                    Stuck::Outside => write!(
                        f,
                        "waiting for the outside world at {at}: nothing was polled for {limit} of \
                         real time (a blocking task, another thread or a socket)"
                    )?,
                }
            }
        }
        if self.steps.is_empty() && self.why == Why::Stalled {
            f.write_str(NAMELESS)?;
        }
        if !self.steps.is_empty() {
            f.write_str("\n  unfinished: ")?;
            for (index, (step, since)) in self.steps.iter().take(SHOWN).enumerate() {
                let since = readable(*since);
                write!(f, "{}{step} since {since}", if index == 0 { "" } else { ", " })?;
            }
            if let Some(more) = self.steps.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                write!(f, " and {more} more")?;
            }
        }
        if self.alive > 0 {
            write!(f, "\n  alive: {} spawned task", self.alive)?;
            f.write_str(if self.alive == 1 { "" } else { "s" })?;
        }
        for note in self.notes.iter().take(SHOWN) {
            write!(f, "\n  note: {note}")?;
        }
        if let Some(more) = self.notes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            write!(f, "\n  and {more} more note{}", if more == 1 { "" } else { "s" })?;
        }
        if let Some(drawing) = &self.drawing {
            f.write_str("\n")?;
            drawing.lines().try_for_each(|lane| write!(f, "\n  {lane}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Unended, Why};
    use crate::name::StepName;
    use crate::time::VirtualTime;

    /// What is told of a stall with so many unfinished steps and so many notes, behind its
    /// first line.
    fn told(steps: usize, notes: usize) -> Vec<String> {
        let unended = Unended {
            why: Why::Stalled,
            at: VirtualTime::START,
            steps: vec![(StepName::from("a"), VirtualTime::START); steps],
            alive: 0,
            notes: vec!["b".to_owned(); notes],
            drawing: None,
            face: "Runner",
        };
        unended.to_string().lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn eight_are_told_and_the_others_counted() {
        let steps = format!("  unfinished: {}", ["a since +0ms"; 8].join(", "));
        let nameless = told(0, 0);
        assert_eq!(told(8, 0), [&*steps]);
        assert_eq!(told(9, 0), [format!("{steps} and 1 more")]);
        assert_eq!(told(20, 0), [format!("{steps} and 12 more")]);
        let behind = |notes| told(0, notes).split_off(nameless.len());
        assert_eq!(behind(8), ["  note: b"; 8]);
        let mut nine = vec!["  note: b"; 8];
        nine.push("  and 1 more note");
        assert_eq!(behind(9), nine);
    }
}
