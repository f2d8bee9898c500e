//! Crates that people use, held to their laws: exactly, in virtual time.

mod backon;
#[cfg(unix)]
mod forking;
mod futures;
mod leaky_bucket;
mod other_clocks;
mod outside;
mod tokio_retry;
mod tokio_stream;
mod tokio_util;
mod tower;

use std::cell::Cell;
use std::time::Duration;

use makespan::{Timed, delay};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A step that takes no time: it says when something came.
async fn mark(name: &str) {
    async {}.timed(name).await;
}

/// A dependency that fails so many times, and then answers. The latency of each
/// `attempt` is chosen by the run.
fn failing(times: u32) -> impl AsyncFn() -> Result<(), &'static str> {
    let left = Cell::new(times);
    async move || {
        delay("attempt").await;
        let fails = left.get() > 0;
        left.set(left.get().saturating_sub(1));
        if fails { Err("not yet") } else { Ok(()) }
    }
}
