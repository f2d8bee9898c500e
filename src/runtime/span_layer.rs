//! Spans of `tracing` as steps. No other file names tracing.

use std::fmt;
use std::sync::Arc;

use tracing_core::dispatcher::DefaultGuard;
use tracing_core::{Metadata, Subscriber, span};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};
use tracing_subscriber::util::SubscriberInitExt;

use crate::name::Name;
use crate::runtime::probe::{Moment, Named};

/// Makes steps of spans, so that code with `#[instrument]` is held to laws as it
/// stands.
///
/// It is a layer for `tracing_subscriber`. Where nothing else subscribes,
/// [`set_default`](Self::set_default) is the one line that a test needs;
/// otherwise add it to the subscriber that is there,
/// `tracing_subscriber::registry().with(SpanLayer::new())`. Then
/// [`run`](crate::run()), [`record`](crate::record()), [`infer`](crate::infer()) and
/// [`assert_law!`](crate::assert_law) see spans beside [`delay`](crate::delay)s. Events
/// are no steps.
///
/// # Shape
///
/// A step is called as its span is, and starts at the span's first enter. It ends
/// when the span closes: when its last handle is gone, and its last child. A span
/// that is never entered is no step, and neither is one that was entered first
/// outside of a run or on another thread than the run's.
///
/// Spans of one name are `get[0]`, `get[1]` and so on, in the order of their first
/// enters, and a delay of that name counts among them: better give the delays of
/// fakes names of their own.
///
/// # Laws
///
/// A law speaks of spans as of any step, by how long they took, also where one fake
/// stands behind many of them. [`Checker`](crate::Checker) and the counterexamples of
/// a failure speak of delays, by their own names; [`Runner::latency`](crate::Runner::latency) takes the name
/// of a span too, for the delays in it of which nothing else is said.
///
/// [`infer`](crate::infer()) calls a delay by the name of the innermost span that was
/// entered when it started, if the two start and end together in every run, and the
/// span has no other delay; else by the delay's own name. Spans have no other part in
/// it, since nobody can choose how long they take.
///
/// # Cancel safety
///
/// A future that is dropped before it is done closes its span just as one that is
/// done. The step was *cancelled* where
///
/// - a panic goes through it;
/// - time passed, or a step started or finished, between the future's last poll and
///   its drop;
/// - a step inside it was cancelled as it was dropped;
/// - something that it waited for since before its last poll, in the task of the run's
///   own future, was dropped with it.
///
/// Otherwise it *finished*. What that gets wrong:
///
/// - In a spawned task, a timeout or race may cut what waits for neither a delay nor a
///   span, such as a bare `sleep`. It counts as finished where it was polled at that
///   very instant, as by a timeout it is. So does, in any task, what is cut in the
///   poll in which it began to wait for such a thing.
/// - What is called with `.instrument(span)` and kept when it is done goes on until it
///   is dropped, and counts as cancelled then. `#[instrument]` keeps nothing.
/// - What is called with `.instrument(span)` and dropped before its first poll is a
///   step of no time, which finished.
/// - A timeout or race that is itself called with `.instrument(span)` counts as
///   cancelled where it cuts a delay. In an `async` block it does not.
///
/// # Panics
///
/// Never: what it cannot record it leaves out.
///
/// # Examples
///
/// ```
/// use makespan::{SpanLayer, assert_law, delay};
/// use tracing::instrument;
///
/// #[instrument]
/// async fn profile() {
///     delay("http").await; // in a fake: it stands for a call
/// }
///
/// #[instrument]
/// async fn orders() {
///     delay("http").await;
/// }
///
/// let _spans = SpanLayer::new().set_default();
/// assert_law!(async { tokio::join!(profile(), orders()) } => max(profile, orders));
/// ```
#[derive(Clone, Default)]
#[must_use = "a layer does nothing before it is added to a subscriber"]
pub struct SpanLayer {
    only: Option<Arc<Filter>>,
}

type Filter = dyn Fn(&Metadata<'_>) -> bool + Send + Sync;

impl SpanLayer {
    /// Creates a layer that makes a step of every span.
    pub const fn new() -> Self {
        Self { only: None }
    }

    /// Makes steps only of those spans that `is_step` says so of, by their names,
    /// targets and levels. The last call counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::SpanLayer;
    ///
    /// let _spans = SpanLayer::new()
    ///     .only(|span| span.target().starts_with("shop") && *span.level() <= tracing::Level::INFO)
    ///     .set_default();
    /// ```
    pub fn only(mut self, is_step: impl Fn(&Metadata<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.only = Some(Arc::new(is_step));
        self
    }

    /// Subscribes to what happens on this thread, until the guard is dropped.
    ///
    /// That is instead of a global subscriber, which sees nothing of this thread
    /// meanwhile.
    #[must_use = "it subscribes until it is dropped"]
    pub fn set_default(self) -> DefaultGuard {
        // Events that nobody looks at shall cost nothing.
        Registry::default().with(self).with(filter_fn(|it| it.is_span())).set_default()
    }

    fn takes(&self, span: &Metadata<'_>) -> bool {
        self.only.as_ref().is_none_or(|only| only(span))
    }
}

impl fmt::Debug for SpanLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanLayer").field("takes_all", &self.only.is_none()).finish()
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanLayer {
    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(seen) = span.extensions_mut().get_mut::<Seen>() {
            seen.enter();
            return;
        }
        // Not while the span is locked: the filter is anybody's.
        let is_step = self.takes(span.metadata());
        let name = || Name::from(span.metadata().name());
        let step = if is_step { Named::start(&name()) } else { None };
        let mut seen = Seen { step, ..Seen::default() };
        seen.enter();
        span.extensions_mut().replace(seen);
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(seen) = span.extensions_mut().get_mut::<Seen>() {
            seen.leave();
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let seen = span.extensions_mut().remove::<Seen>();
        if let Some(seen) = seen {
            seen.close();
        }
    }
}

/// What was seen of a span since its first enter.
#[derive(Default)]
struct Seen {
    /// None if it is no step.
    step: Option<Named>,
    /// How many times it is entered at once.
    depth: usize,
    /// The visit that is going on, or was the last.
    last: Option<Visit>,
    /// The visit before.
    before: Option<Visit>,
}

/// A span is entered and left: by a poll of its future, or by the drop of it.
#[derive(Clone, Copy)]
struct Visit {
    from: Moment,
    to: Moment,
}

impl Seen {
    fn enter(&mut self) {
        // On another thread there is no such run, and no such moment.
        let Some(step) = &self.step else { return };
        let Some(now) = step.moment() else { return };
        step.enter();
        if self.depth == 0 {
            self.before = self.last.replace(Visit { from: now, to: now });
        }
        self.depth += 1;
    }

    fn leave(&mut self) {
        let Some(step) = &self.step else { return };
        step.leave();
        if let (Some(now), Some(last)) = (step.moment(), &mut self.last) {
            self.depth = self.depth.saturating_sub(1);
            last.to = now;
        }
    }

    fn close(mut self) {
        let Some(step) = self.step.take() else { return };
        let is_cut = std::thread::panicking() || step.moment().is_some_and(|now| self.is_cut(now));
        if !is_cut {
            step.finish();
        }
    }

    /// Whether it closes because a future was dropped in the middle. The drop of
    /// an instrumented future enters its span once more, whether it is done or not.
    fn is_cut(&self, now: Moment) -> bool {
        let (Some(poll), Some(drop)) = (self.before, self.last) else { return false };
        let is_drop = drop.to.is(now) && drop.from.moved == drop.to.moved;
        // A future that is done is dropped right behind its last poll. What it waited for
        // is gone by then, but for what it began to wait for in that poll.
        let began = poll.to.waiting.saturating_sub(poll.from.waiting);
        let waited = drop.from.waiting.saturating_sub(drop.to.waiting);
        is_drop && (!poll.to.is(drop.from) || drop.to.cut > drop.from.cut || waited > began)
    }
}

impl Moment {
    /// Whether nothing went on in between, but for what was cut.
    fn is(self, other: Self) -> bool {
        self.time == other.time && self.moved == other.moved
    }
}
