//! A stand-in for a dependency, whose latency the run chooses.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use crate::name::Name;
use crate::runtime::live;
use crate::runtime::probe::{Beginning, Named, current_run};

/// Waits as long as the run says that something so called takes: a stand-in for
/// a dependency, in a fake that a test hands to the code under test.
///
/// The latency is chosen by [`assert_law!`](crate::assert_law) and
/// [`infer`](crate::infer), which try many, or set by
/// [`Runner::latency`](crate::Runner::latency) and
/// [`Runner::default_latency`](crate::Runner::default_latency). Several delays may have one name:
/// they are `attempt[0]`, `attempt[1]` and so on, in the order of their first
/// polls, and each has a latency of its own.
///
/// Like any future it does nothing before it is first polled. It is a step of the
/// run's trace.
///
/// Outside any run it takes no time, so that a fake serves ordinary tests too.
///
/// # Cancel safety
///
/// Dropped before its end, it is logged as cancelled.
///
/// # Panics
///
/// When it is polled outside of a run that it seems to belong to, which then does not see
/// it:
///
/// - it was made on a thread that was recording a run, and is first polled on a thread that
///   records none;
/// - it is first polled inside the runtime of a run, but on another thread, as in a
///   `spawn_blocking`;
/// - it is first polled on a thread without a name, as `std::thread::spawn` starts it, while
///   a run is being recorded on another thread. The threads of a test harness have names;
/// - it was first polled in a run that is over, and so is the runtime of that.
///
/// # Examples
///
/// ```
/// use makespan::{Runner, delay};
/// use std::time::Duration;
///
/// let runner = Runner::new().latency("auth", Duration::from_millis(20));
/// let run = runner.run(async {
///     delay("auth").await;
///     tokio::spawn(delay("auth")).await.expect("it does not panic");
/// })?;
/// assert_eq!(run.makespan(), Duration::from_millis(40)); // 20 + 20
/// # Ok::<(), makespan::Error>(())
/// ```
///
/// The same fake in an ordinary test:
///
/// ```
/// use makespan::delay;
///
/// async fn fetch() -> u32 {
///     delay("fetch").await;
///     42
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(async {
/// // in a `#[tokio::test]`:
/// assert_eq!(fetch().await, 42); // at once
/// # });
/// ```
pub fn delay(name: impl Into<Name>) -> Delay {
    Delay { name: name.into(), was_made_in_a_run: current_run().is_some(), sleep: None, step: None }
}

pin_project! {
    /// The future of a [`delay`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Delay {
        name: Name,
        was_made_in_a_run: bool,
        #[pin]
        sleep: Option<Sleep>,
        step: Option<Named>,
    }
}

impl Future for Delay {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.sleep.is_none() {
            match Named::start_delay(this.name) {
                Beginning::Delay(latency, step) => {
                    *this.step = Some(step);
                    this.sleep.set(Some(sleep(latency)));
                }
                // The root was woken and ends the run; this one waits to be dropped.
                Beginning::Fault => return Poll::Pending,
                Beginning::NoRun if *this.was_made_in_a_run || live::may_be_here() => {
                    panic!("{}", outside_a_run(this.name));
                }
                Beginning::NoRun => return Poll::Ready(()),
            }
        } else if let Some(step) = this.step {
            let name = &*this.name;
            if !step.can_go_on(|| format!("delay({:?})", name.as_str())) {
                // As above.
                return Poll::Pending;
            }
        }
        let sleep = this.sleep.as_pin_mut().expect("it was set at the first poll");
        ready!(sleep.poll(cx));
        if let Some(step) = this.step.take() {
            step.finish();
        }
        Poll::Ready(())
    }
}

fn outside_a_run(name: &Name) -> String {
    let name = name.as_str();
    format!(
        "`delay({name:?})` was polled where no run is recorded; it takes what the run says, so \
         await it inside `assert_law!(future => law)`, `makespan::run(..)` or \
         `makespan::record(..)`, on the same thread"
    )
}

impl fmt::Debug for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delay").field("name", &self.name).finish_non_exhaustive()
    }
}
