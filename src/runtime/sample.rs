//! How a run spends the real time that it still has.

use std::time::Duration;

use tokio::runtime::{Handle, RuntimeMetrics};
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

/// What is seen of a runtime from outside, look after look.
#[derive(Debug)]
pub(super) struct Looks {
    metrics: RuntimeMetrics,
    /// How often it had parked and gone on at the last look, together, and how long it had
    /// been busy.
    last: Option<(u64, Duration)>,
    /// Between how many looks it did not park, and counted busy time all along: it does so
    /// after 61 polls at the latest, or where a poll yields and nothing else can run.
    polled: u32,
    /// Between how many looks it neither parked nor counted any: in one poll, or few.
    held: u32,
}

impl Looks {
    pub(super) const fn new(metrics: RuntimeMetrics) -> Self {
        Self { metrics, last: None, polled: 0, held: 0 }
    }

    pub(super) fn look(&mut self) {
        let parks = self.metrics.worker_park_unpark_count(0);
        let now = (parks, self.metrics.worker_total_busy_duration(0));
        let is_parked = !parks.is_multiple_of(2);
        match self.last.replace(now) {
            Some(last) if last == now && !is_parked => self.held += 1,
            Some(last) if last.0 == parks && !is_parked => self.polled += 1,
            _ => {}
        }
    }

    /// Whether more was seen of many polls without a park than of long ones.
    pub(super) const fn are_of_many_polls(&self) -> bool {
        self.polled > self.held
    }
}
