//! What a run takes: a future, or a function that returns one.

use std::future::Future;

/// Code that can be run: a future, or a function or closure without parameters that
/// returns one, such as an `async || ..`. A function is called inside the run.
///
/// Which of the two it is, the compiler infers as `Kind`. Other crates implement it for
/// nothing.
///
/// # Examples
///
/// ```
/// async fn dashboard() -> usize {
///     tokio::time::sleep(std::time::Duration::from_millis(20)).await;
///     7
/// }
///
/// let name = String::from("Ada");
/// assert_eq!(makespan::run(dashboard()).output, 7);
/// assert_eq!(makespan::run(dashboard).output, 7);
/// assert_eq!(makespan::run(async || dashboard().await + name.len()).output, 10);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a future nor a function that returns one",
    label = "expected a future, or a function without parameters that returns one"
)]
pub trait Runnable<Kind> {
    /// What the future returns.
    type Output;

    /// The code as a future.
    #[doc(hidden)]
    fn into_run(self) -> impl Future<Output = Self::Output>;
}

/// The kind of code that is a future.
#[derive(Debug)]
pub enum OfFuture {}

/// The kind of code that is a function.
#[derive(Debug)]
pub enum OfFunction {}

impl<F: Future> Runnable<OfFuture> for F {
    type Output = F::Output;

    fn into_run(self) -> impl Future<Output = F::Output> {
        self
    }
}

impl<F: FnOnce() -> T, T: Future> Runnable<OfFunction> for F {
    type Output = T::Output;

    async fn into_run(self) -> T::Output {
        self().await
    }
}
