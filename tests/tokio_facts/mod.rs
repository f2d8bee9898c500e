//! What tokio's paused clock does: one fact a test, which is named after it.
//!
//! Nothing here uses makespan. These tests are about tokio, so that a release of it that
//! changes a fact is told by the fact's name, and not by what goes wrong further up. The
//! doc of each says what of makespan answers to it, and where tokio speaks of it.
//!
//! Left out is what no test can hold to:
//! - what things cost in real time, which is the benchmarks' affair, and how often a
//!   timeout loses against another thread: only that the clock does not wait for one is
//!   certain;
//! - in which order a runtime drops its tasks: tokio promises none;
//! - that an async recursion of 100,000 levels overflows the stack: it would take the
//!   other tests with it. What makespan does there is in `bad_input`;
//! - what tokio does not have, or not in a stable release: `is_paused`, `rng_seed`;
//! - other crates: the clocks of `chrono` and `quanta`, the order of `join_all` and
//!   `FuturesUnordered`. `tests/crates` runs some of them.

mod branches;
mod clock;
mod end;
mod moved_by_hand;
mod outside;
mod sync;
mod ties;
mod turns;
mod wheel;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// Holds tokio to the fact that the test around it is named after.
macro_rules! fact {
    ($observed:expr, $known:expr $(,)?) => {{
        let (observed, known) = ($observed, $known);
        assert!(
            observed == known,
            "tokio has changed, {} no more: observed {observed:?}, known {known:?}",
            crate::tokio_facts::told(|| ()),
        );
    }};
}
use fact;

/// The name of the test in which a closure was made, as words.
fn told<F>(_: F) -> String {
    let path = std::any::type_name::<F>().replace("::{{closure}}", "");
    path.rsplit("::").next().unwrap_or_default().replace('_', " ")
}

#[tokio::test]
#[should_panic = "tokio has changed, a fact that is none is told by name no more: observed 1, known 2"]
async fn a_fact_that_is_none_is_told_by_name() {
    fact!(1, 2);
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

const DAY: Duration = Duration::from_secs(86_400);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// A paused runtime without I/O, as makespan makes it.
fn paused() -> Runtime {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime")
}

/// How much virtual time a future takes.
async fn took(future: impl Future) -> Duration {
    let began = Instant::now();
    future.await;
    began.elapsed()
}

/// What happened, in order. Tasks share it.
#[derive(Clone, Debug)]
struct Log<T>(Arc<Mutex<Vec<T>>>);

impl<T> Log<T> {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn push(&self, entry: T) {
        self.0.lock().expect("no test panics in between").push(entry);
    }

    /// What was logged since it was last taken.
    fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.0.lock().expect("no test panics in between"))
    }
}
