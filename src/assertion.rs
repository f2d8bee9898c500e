//! What the assertions expand to: what their arguments have to be, and for one run a
//! verdict, or a panic at the line of the caller.

use std::cell::RefCell;
use std::time::Duration;

use crate::artifact::fail;
use crate::law::Law;
use crate::order::Order;
use crate::pace::Pace;
use crate::trace::Trace;
use crate::verdict::Failure;

/// The constants of the code in a notation. It is filled through a shared reference: a
/// macro's variable that is not filled needs no `mut`, and no lint to be silenced.
#[derive(Debug, Default)]
pub struct Constants(RefCell<Vec<Duration>>);

impl Constants {
    /// Creates an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the value of a constant.
    pub fn push(&self, value: Duration) {
        self.0.borrow_mut().push(value);
    }

    /// The values, in the order in which they were added.
    pub fn values(self) -> Vec<Duration> {
        self.0.into_inner()
    }
}

/// What the assertions on one run take: a [`Trace`], or whatever has one to refer to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a run: it has no trace",
    label = "this assertion takes a run",
    note = "`makespan::run(future)` runs a future, and returns a run"
)]
pub trait HasTrace {
    /// The trace of the run.
    fn trace(&self) -> &Trace;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<Trace> + ?Sized> HasTrace for T {
    fn trace(&self) -> &Trace {
        self.as_ref()
    }
}

/// What is before the comma in `assert_law!(run, law)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a run: it has no trace",
    label = "did you mean `=>` for the comma?",
    note = "`assert_law!(code => law)` holds code to a law, and `code` is a future",
    note = "`assert_law!(run, law)` holds one run to it, such as `makespan::run(code)`"
)]
pub trait RunOfLaw {
    /// The trace of the run.
    fn trace(&self) -> &Trace;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<Trace> + ?Sized> RunOfLaw for T {
    fn trace(&self) -> &Trace {
        self.as_ref()
    }
}

/// What is before the arrow in `assert_law!(code => law)`. The parameter is inferred: with
/// two implementations for any type a compiler reports this trait, and not `Future`, which
/// is what the first of them asks for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a future",
    label = "a future is before the `=>`; of a function `f` write `f()`",
    note = "the code is evaluated again for each case, so that a call is enough: \
            `assert_law!(f() => law)`",
    note = "a run has a comma behind it: `assert_law!(run, law)`"
)]
pub trait CodeOfLaw<Kind> {
    /// The future.
    type Future: Future;
    /// Starts the code.
    fn future(self) -> Self::Future;
}

/// The kind of code that there is.
#[derive(Debug)]
pub enum Awaited {}

/// The kind of code that there is not.
#[derive(Debug)]
pub enum Unknown {}

/// What nothing is.
pub trait Nothing {}

impl<F: IntoFuture> CodeOfLaw<Awaited> for F {
    type Future = F::IntoFuture;
    fn future(self) -> F::IntoFuture {
        self.into_future()
    }
}

impl<F: Nothing> CodeOfLaw<Unknown> for F {
    type Future = std::future::Pending<()>;
    fn future(self) -> Self::Future {
        std::future::pending()
    }
}

/// The trace of a run.
pub fn trace_of<T: HasTrace + ?Sized>(run: &T) -> &Trace {
    run.trace()
}

/// The trace of a run that is held to a law.
pub fn run_of_law<T: RunOfLaw + ?Sized>(run: &T) -> &Trace {
    run.trace()
}

/// The future of code that is held to a law.
pub fn future_of<Kind, C: CodeOfLaw<Kind>>(code: C) -> C::Future {
    code.future()
}

#[track_caller]
fn hold(verdict: Result<(), Failure>) {
    if let Err(failure) = verdict {
        fail(failure);
    }
}

/// Panics unless the run took so long.
#[track_caller]
pub fn assert_makespan(trace: &Trace, makespan: Duration) {
    hold(trace.verify_makespan(makespan));
}

/// Panics unless the run took what the law comes to.
#[track_caller]
pub fn assert_law_of(trace: &Trace, law: Law) {
    hold(law.verify(trace));
}

/// Panics unless the orders hold.
#[track_caller]
pub fn assert_orders(trace: &Trace, orders: Vec<Order>) {
    hold(trace.verify_orders(&orders));
}

/// Panics unless the steps come at this pace.
#[track_caller]
pub fn assert_pace(trace: &Trace, pace: Pace) {
    hold(pace.verify(trace));
}

/// Panics unless the run has this log, up to ties.
#[track_caller]
pub fn assert_log(trace: &Trace, lines: &[&dyn AsRef<str>]) {
    hold(trace.verify_log(lines.iter().map(|line| line.as_ref())));
}

/// Panics unless the run has this log in this order.
#[track_caller]
pub fn assert_exact_log(trace: &Trace, lines: &[&dyn AsRef<str>]) {
    hold(trace.verify_exact_log(lines.iter().map(|line| line.as_ref())));
}
