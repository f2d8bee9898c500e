//! What is known of answers from outside of a run.

use crate::run::Warning;
use crate::runtime::probe::{Found, with_found};
use crate::runtime::waker::Wakes;
use crate::time::VirtualTime;

impl Found {
    fn warn_of_answer(&mut self, at: VirtualTime) {
        if !self.warnings.iter().any(Warning::is_of_answer) {
            self.warnings.push(Warning::AnsweredFromOutside { at });
        }
    }
}

/// Notes that something outside answered, the first time.
pub(in crate::runtime) fn warn_of_answer(at: VirtualTime) {
    with_found(|found| found.warn_of_answer(at));
}

/// Notes that something was ready when the code had been woken so often, which is an answer
/// from outside if the code is woken for it.
pub(in crate::runtime) fn suspect(at: VirtualTime, before: Wakes) {
    with_found(|found| found.suspect = Some((at, before)));
}

/// Decides it, and returns whether it was one: the code has been polled since, or is about to
/// be.
pub(in crate::runtime) fn settle_suspect() -> bool {
    with_found(|found| {
        let (at, before) = found.suspect.take()?;
        let wakes = found.waker.as_ref()?.wakes();
        (wakes.by_home > before.by_home).then(|| found.warn_of_answer(at))
    })
    .is_some()
}

/// Whether the code under test was woken and is not polled yet.
pub(in crate::runtime) fn is_woken() -> bool {
    with_found(|found| found.waker.as_ref().is_some_and(|it| it.is_woken()))
}

/// How often the code under test was woken, and by whom.
pub(in crate::runtime) fn wakes() -> Wakes {
    with_found(|found| found.waker.as_ref().map(|it| it.wakes()).unwrap_or_default())
}

/// When the last delay ends that has begun.
pub(in crate::runtime) fn delays_until() -> VirtualTime {
    with_found(|found| Some(found.delays_until)).unwrap_or(VirtualTime::START)
}

/// Notes that another thread woke the run, unless a step is known that waited for one.
pub(in crate::runtime) fn warn_of_thread(thread: Option<String>) {
    with_found(|found| {
        let is_other = |warning: &Warning| matches!(warning, Warning::OtherThread { .. });
        if !found.warnings.iter().any(is_other) {
            found.warnings.push(Warning::OtherThread { step: None, thread });
        }
    });
}
