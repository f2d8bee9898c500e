//! Named steps around any future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::name::Name;
use crate::run::Warning;
use crate::runtime::probe::{self, Named};
use crate::runtime::waker::HomeWaker;
use crate::runtime::watchdog::RealTime;

/// Names futures, so that a run sees them as steps.
///
/// # Examples
///
/// ```
/// use makespan::Timed;
/// use std::time::Duration;
/// use tokio::time::sleep;
///
/// let run = makespan::run(async {
///     sleep(Duration::from_millis(20)).timed("auth").await;
///     tokio::join!(
///         sleep(Duration::from_millis(30)).timed("profile"),
///         sleep(Duration::from_millis(40)).timed("orders"),
///     );
/// });
/// makespan::assert_law!(run, auth + max(profile, orders));
/// ```
pub trait Timed: Future + Sized {
    /// Makes a step of the future, from its first poll to its end. Outside a run
    /// it changes nothing.
    ///
    /// A step that has begun in one run cannot go on in another: that ends with an
    /// [`Error`](crate::Error).
    ///
    /// Several futures may have one name: they are `get[0]`, `get[1]` and so on,
    /// in the order of their first polls.
    ///
    /// # Cancel safety
    ///
    /// That of the future. Dropped before its end, the step is logged as
    /// cancelled.
    ///
    /// # Panics
    ///
    /// When the future that it returns was first polled in a run that is over, and is
    /// polled outside any run and outside the runtime of that one.
    fn timed(self, name: impl Into<Name>) -> TimedFuture<Self> {
        let state = State::New(name.into());
        TimedFuture { future: self, state }
    }
}

impl<F: Future> Timed for F {}

pin_project! {
    /// The future of [`Timed::timed`].
    #[must_use = "futures do nothing unless polled"]
    pub struct TimedFuture<F> {
        // Dropped before the step, so that steps inside it end before it does.
        #[pin]
        future: F,
        state: State,
    }
}

enum State {
    New(Name),
    /// With the waker that it last handed on.
    Started(Name, Named, Option<Arc<HomeWaker>>),
    /// It is done, or nobody records.
    Unseen,
}

/// A poll of a step that takes longer than this in real time is told. On a busy
/// machine a thread may be kept from running for some milliseconds.
const LONG: Duration = Duration::from_millis(20);

impl<F: Future> Future for TimedFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let State::New(name) = this.state {
            let started = Named::start(name);
            let started = started.map(|step| State::Started(name.clone(), step, None));
            *this.state = started.unwrap_or(State::Unseen);
        }
        let State::Started(name, step, waker) = this.state else { return this.future.poll(cx) };
        if !step.can_go_on(|| format!("timed({:?})", name.as_str())) {
            // The root was woken and ends the run; this one waits to be dropped.
            return Poll::Pending;
        }
        let home = HomeWaker::around(waker, cx.waker());
        let before = RealTime::now();
        let polled = this.future.poll(&mut Context::from_waker(&home));
        let real_time = before.elapsed();
        if real_time >= LONG {
            probe::warn(Warning::Blocked { step: probe::step_name(step.step()), real_time });
        }
        if polled.is_ready() {
            let last = std::mem::replace(this.state, State::Unseen);
            if let State::Started(_, step, waker) = last {
                if let Some(thread) = waker.and_then(|waker| waker.other_thread()) {
                    let step = probe::step_name(step.step());
                    probe::warn(Warning::OtherThread { step, thread });
                }
                step.finish();
            }
        }
        polled
    }
}

impl<F> fmt::Debug for TimedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut it = f.debug_struct("TimedFuture");
        if let State::New(name) = &self.state {
            it.field("name", name);
        }
        it.finish_non_exhaustive()
    }
}
