//! Where the clock of a run stops, and what is known of it then.

use crate::runtime::probe::{Found, with, with_found};
use crate::time::{TICK, VirtualTime};
use crate::trace::ClockStop;

impl Found {
    /// Notes a stop of the clock. Of two at one time the one that is certain stays.
    fn stop(&mut self, stop: ClockStop) {
        match self.stops.last_mut() {
            Some(last) if last.at == stop.at => last.has_run |= stop.has_run,
            _ => self.stops.push(stop),
        }
    }
}

/// Sets whether a stall waits a while for other threads.
pub(in crate::runtime) fn set_patient(is_patient: bool) {
    with_found(|found| found.is_patient = is_patient);
}

/// Whether a stall waits a while for other threads.
pub(in crate::runtime) fn is_patient() -> bool {
    with_found(|found| found.is_patient)
}

/// Notes that code runs now: that of the root.
pub(in crate::runtime) fn runs() {
    with(|recorder| {
        let at = recorder.now();
        if let Some(found) = &mut recorder.found {
            found.stop(ClockStop { at, has_run: true });
        }
    });
}

/// Notes that the clock has jumped to this time. Where no slot of tokio's timer wheel begins,
/// a timer has fired there, and the task that it woke runs now. At the beginning of a slot the
/// wheel may have moved its timers on, and nothing else.
pub(in crate::runtime) fn jumped_to(at: VirtualTime) {
    /// The slots of the wheel's second level, in nanoseconds: those of the others begin with one.
    const SLOT: u128 = 64 * TICK.as_nanos();
    let has_run = !at.since_start().as_nanos().is_multiple_of(SLOT);
    with(|recorder| {
        if let Some(found) = recorder.found.as_mut().filter(|_| recorder.closed.is_none()) {
            found.stop(ClockStop { at, has_run });
        }
    });
}
