//! The runs of futures that are being recorded in this process, on whatever thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

/// A run, and the runtime that it goes on in.
static RUNS: Mutex<Vec<(u64, Id)>> = Mutex::new(Vec::new());

/// A run that is being recorded, until this is dropped.
pub(super) struct Live {
    run: u64,
    runtime: Id,
}

impl Live {
    /// Notes that the run goes on in the runtime of this thread.
    pub(super) fn new(run: u64) -> Self {
        let runtime = Handle::current().id();
        lock().push((run, runtime));
        Self { run, runtime }
    }

    /// The runtime that it goes on in.
    pub(super) const fn runtime(&self) -> Id {
        self.runtime
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let mut runs = lock();
        if let Some(place) = runs.iter().position(|(run, _)| *run == self.run) {
            runs.swap_remove(place);
        }
    }
}

/// Whether a run is still being recorded.
pub(super) fn is_live(run: u64) -> bool {
    lock().iter().any(|(live, _)| *live == run)
}

/// Whether what is polled on this thread, which records no run, may belong to one that is
/// being recorded on another: it is in the runtime of one, or the thread has no name, as one
/// that a run has started itself. Those of a test's own have names.
pub(super) fn may_be_here() -> bool {
    let runs = lock();
    if runs.is_empty() {
        return false;
    }
    let here = Handle::try_current().map(|runtime| runtime.id());
    let is_here = here.is_ok_and(|here| runs.iter().any(|(_, runtime)| *runtime == here));
    is_here || std::thread::current().name().is_none()
}

fn lock() -> MutexGuard<'static, Vec<(u64, Id)>> {
    // No code of others runs under the lock, so a poisoned one is intact.
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}
