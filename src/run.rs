//! What a run of any future leaves behind.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::name::StepName;
use crate::time::Millis;
use crate::time::VirtualTime;
use crate::trace::Trace;

/// A run of a future: what it returned, and what happened meanwhile.
///
/// # Examples
///
/// ```
/// use makespan::delay;
/// use std::time::Duration;
///
/// let runner = makespan::Runner::new()
///     .latency("profile", Duration::from_millis(20))
///     .latency("orders", Duration::from_millis(30));
/// let run = runner.run(async {
///     let orders = tokio::spawn(delay("orders"));
///     delay("profile").await;
///     orders.await.is_ok()
/// })?;
///
/// assert!(run.output);
/// assert_eq!(run.makespan(), Duration::from_millis(30)); // max(20, 30)
/// assert_eq!(run.trace().len(), 4);
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Run<T> {
    /// What the future returned.
    pub output: T,
    trace: Trace,
    real_time: Duration,
    alive: usize,
    warnings: Vec<Warning>,
    jumps: u64,
}

impl<T> Run<T> {
    pub(crate) fn new(
        output: T,
        trace: Trace,
        real_time: Duration,
        alive: usize,
        warnings: Vec<Warning>,
    ) -> Self {
        Self { output, trace, real_time, alive, warnings, jumps: 0 }
    }

    /// The same run, in which the clock has jumped this often.
    #[must_use]
    pub(crate) fn with_jumps(self, jumps: u64) -> Self {
        Self { jumps, ..self }
    }

    /// The same run of a future that returned this.
    pub(crate) fn with_output<U>(self, output: U) -> Run<U> {
        let Self { output: _, trace, real_time, alive, warnings, jumps } = self;
        Run { output, trace, real_time, alive, warnings, jumps }
    }

    /// The same run, whoever its future was.
    pub(crate) fn without_output(self) -> Run<()> {
        self.with_output(())
    }

    /// How often the virtual clock has jumped.
    pub(crate) fn jumps(&self) -> u64 {
        self.jumps
    }

    /// Returns how long the run took, until the future itself was done. Tasks
    /// that outlive it do not count.
    ///
    /// # Units
    ///
    /// Time of the run's clock, which is virtual but with
    /// [`Runner::wall`](crate::Runner::wall).
    #[must_use]
    pub fn makespan(&self) -> Duration {
        self.trace.makespan()
    }

    /// Returns what happened: the steps that were named by
    /// [`delay`](crate::delay) and [`Timed`](crate::Timed).
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns what happened, by value.
    #[must_use]
    pub fn into_trace(self) -> Trace {
        self.trace
    }

    /// Returns how much real time the run took.
    ///
    /// Virtual time costs microseconds. Where much more has passed, something
    /// worked, blocked or waited for the outside world: see
    /// [`warnings`](Self::warnings).
    #[must_use]
    pub fn real_time(&self) -> Duration {
        self.real_time
    }

    /// Returns how many spawned tasks were still alive when the future was done.
    /// They end with the run, in the middle of what they did.
    ///
    /// Tasks that were aborted at the very end, as by a `JoinSet` that was dropped
    /// then, got no more turn to end in, and count.
    #[must_use]
    pub fn leaked_tasks(&self) -> usize {
        self.alive
    }

    /// Returns what makes the run's timing doubtful, or would surprise: nothing,
    /// for a run as it should be.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// A run that did not reach its end: why, and what had happened by then.
pub(crate) struct Stopped {
    pub(crate) why: Stop,
    /// None if the run could not begin.
    pub(crate) trace: Option<Trace>,
    #[cfg_attr(not(feature = "proptest"), expect(dead_code, reason = "only checks note them"))]
    pub(crate) warnings: Vec<Warning>,
    pub(crate) jumps: u64,
}

/// What stopped a run.
pub(crate) enum Stop {
    Error(Error),
    /// The code itself panicked, and not a task that it spawned.
    Panic(Panicked),
}

/// A panic of the code under test.
pub(crate) struct Panicked {
    /// What it said, and where: `index out of bounds, at src/page.rs:12:9`.
    pub(crate) text: String,
    /// What it carries, for whoever catches it.
    pub(crate) payload: Box<dyn Any + Send>,
}

impl From<Error> for Box<Stopped> {
    fn from(error: Error) -> Self {
        let why = Stop::Error(error);
        Self::new(Stopped { why, trace: None, warnings: Vec::new(), jumps: 0 })
    }
}

impl Stopped {
    /// The error that stopped the run. A panic of the code goes on to the caller.
    pub(crate) fn into_error(self) -> Error {
        match self.why {
            Stop::Error(error) => error,
            Stop::Panic(panicked) => std::panic::resume_unwind(panicked.payload),
        }
    }
}

impl<T> AsRef<Trace> for Run<T> {
    fn as_ref(&self) -> &Trace {
        &self.trace
    }
}

/// Something that makes the timing of a run doubtful, or would surprise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// Tasks were still alive when the future was done.
    LeakedTasks {
        /// How many.
        tasks: usize,
        /// The steps that were going on in them.
        steps: Vec<StepName>,
    },
    /// A spawned task panicked. Whoever awaits its handle gets an error; if nobody
    /// does, nothing else shows it.
    TaskPanicked {
        /// What the panic said, and where it happened.
        panic: String,
    },
    /// A single poll took long. Blocking work costs no virtual time, and neither
    /// does `std::thread::sleep`.
    Blocked {
        /// The step in which it happened, if it is known.
        step: Option<StepName>,
        /// The real time it took.
        real_time: Duration,
    },
    /// The code was polled over and over for longer than a run of its size takes, and its
    /// clock stood still all the while: as by a loop of `yield_now` that waits for real
    /// time. No single poll took long.
    ManyPolls {
        /// The real time that the run took.
        real_time: Duration,
    },
    /// What was awaited was done by another thread. The virtual clock does not
    /// know of those: it stands still for tokio's own blocking tasks, and jumps
    /// ahead of all others
    /// ([tokio #4522](https://github.com/tokio-rs/tokio/issues/4522)).
    OtherThread {
        /// The step that waited, if it is known.
        step: Option<StepName>,
        /// The thread's name, if it has one.
        thread: Option<String>,
    },
    /// Something outside of the run answered when the virtual clock was about to jump to the
    /// next timer: another thread woke the run, or a socket became ready, while nothing in it
    /// could go on. The clock waits for that only a little and only now and then; elsewhere, or
    /// on another day, it jumps first, and what waits for the answer runs into its timeout.
    /// [`Runner::wait_for_outside`](crate::Runner::wait_for_outside) has it wait.
    ///
    /// This is seen of runs in a runtime of their own. Before a jump to a timer that seems to be
    /// no [`delay`](crate::delay)'s the clock waits for up to 60 ms of real time if there is a
    /// reason: on Linux, that the number of threads changed since the run began; that another
    /// thread has woken the run before; that the run has [sockets](crate::Runner::io). What is
    /// waited for in vain is limited to 120 ms for the runs of one thread, and a millisecond
    /// more for each of them.
    ///
    /// It is not seen of an answer that takes longer than that, or that is there before anybody
    /// looks; of a thread that was there before the run, until it first wakes it; of a socket on
    /// other systems than Linux; nor where the time is used up. Where only a spawned task waits
    /// for a thread, it is not seen in a run that has blocking tasks or sockets as well.
    AnsweredFromOutside {
        /// Where the clock stood.
        at: VirtualTime,
    },
    /// The virtual clock moved while code was running: `advance` or `resume` was
    /// called inside. Timers see only the end of such a jump, and what was due on
    /// the way runs behind it
    /// ([tokio #3985](https://github.com/tokio-rs/tokio/issues/3985)).
    MovedByHand,
    /// The virtual clock left the whole millisecond: `advance`, `pause` or
    /// `resume` was called inside. From there on tokio's sleeps take up to one tick longer
    /// ([tokio #4899](https://github.com/tokio-rs/tokio/issues/4899)).
    OffTick,
}

impl Warning {
    /// Whether it is worth a note even where a law holds, whatever the latencies are.
    #[cfg(feature = "proptest")]
    pub(crate) fn is_worth_a_note(&self) -> bool {
        matches!(self, Self::TaskPanicked { .. } | Self::OtherThread { .. }) || self.is_of_answer()
    }

    /// Whether something outside has answered for which the clock would not have waited.
    pub(crate) fn is_of_answer(&self) -> bool {
        matches!(self, Self::AnsweredFromOutside { .. })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |step: &Option<StepName>| {
            step.as_ref().map_or_else(|| "the run".to_owned(), |step| format!("`{step}`"))
        };
        match self {
            Self::LeakedTasks { tasks, steps } => {
                match tasks {
                    1 => f.write_str("1 task was still alive when the future was done")?,
                    _ => write!(f, "{tasks} tasks were still alive when the future was done")?,
                }
                for (index, step) in steps.iter().take(8).enumerate() {
                    write!(f, "{}{step}", if index == 0 { ", in " } else { ", " })?;
                }
                match steps.len().checked_sub(8) {
                    None | Some(0) => Ok(()),
                    Some(more) => write!(f, " and {more} more"),
                }
            }
            Self::TaskPanicked { panic } => write!(f, "a spawned task panicked: {panic}"),
            Self::Blocked { step, real_time } => write!(
                f,
                "{} held the thread for {} of real time: blocking work costs no virtual time",
                of(step),
                whole_millis(*real_time),
            ),
            Self::ManyPolls { real_time } => write!(
                f,
                "the run was polled over and over for {} of real time, and the clock stood still \
                 all the while: many short polls, as in a loop of `yield_now`, and not one long \
                 one",
                whole_millis(*real_time),
            ),
            Self::OtherThread { step, thread } => {
                write!(f, "{} was woken by another thread", of(step))?;
                if let Some(thread) = thread {
                    write!(f, " ({thread:?})")?;
                }
                f.write_str(
                    ": the virtual clock stands still for blocking tasks, \
                     and does not wait for other threads",
                )
            }
            Self::AnsweredFromOutside { at } => write!(
                f,
                "something outside of the run answered at {at}, when the clock was about to jump \
                 to the next timer: elsewhere it may jump first; with \
                 `Runner::wait_for_outside(..)` it waits",
            ),
            Self::MovedByHand => f.write_str(
                "the clock was moved by hand: `advance` or `resume` was called inside, and what \
                 was due on the way runs behind the jump",
            ),
            Self::OffTick => f.write_str(
                "the clock left the whole millisecond: `advance`, `pause` or `resume` was called \
                 inside, and sleeps take up to one millisecond longer from there on",
            ),
        }
    }
}

/// A real time without the fractions that nobody reads.
fn whole_millis(real_time: Duration) -> Millis {
    Millis(Duration::from_millis(u64::try_from(real_time.as_millis()).unwrap_or(u64::MAX)))
}
