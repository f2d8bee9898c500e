//! How a run spends the real time that it still has.

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::Stuck;
use crate::runtime::probe;

/// Where a run stood when the watchdog asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    time: Instant,
    parks: u64,
    events: usize,
}

impl Sample {
    pub(super) fn take() -> Self {
        Self { time: Instant::now(), parks: parks(), events: probe::events() }
    }

    /// How the run has spent its real time since then.
    pub(super) fn stuck(self) -> Stuck {
        let now = Self::take();
        if now.time != self.time {
            Stuck::Ticking
        } else if now.parks != self.parks {
            Stuck::Outside
        } else if now.events != self.events {
            Stuck::Busy
        } else {
            Stuck::Livelock
        }
    }
}

/// How often the runtime has parked: it has one worker, which parks while nothing
/// can run.
pub(super) fn parks() -> u64 {
    Handle::current().metrics().worker_park_count(0)
}
