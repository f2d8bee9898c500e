//! What an error is, as callers ask it.

use crate::error::unended::{Stuck, Why};
use crate::error::{Error, Kind};
use crate::name::StepName;
use crate::time::VirtualTime;

impl Error {
    /// Returns whether a notation could not be read. The text then names the
    /// line and the column.
    #[must_use]
    pub fn is_notation(&self) -> bool {
        matches!(*self.kind, Kind::Notation { .. })
    }

    /// Returns whether a scenario means nothing that could run: nested too
    /// deeply, an empty race, a duration beyond the cap. The text then names
    /// the place in the scenario.
    #[must_use]
    pub fn is_scenario(&self) -> bool {
        matches!(*self.kind, Kind::Scenario { .. })
    }

    /// Returns whether a law, an order or a latency speaks of a step that never ran, or a
    /// latency of one that is no delay. The text then names those that did run, and the
    /// one that may have been meant.
    #[must_use]
    pub fn is_unknown_name(&self) -> bool {
        matches!(
            *self.kind,
            Kind::UnknownName { .. } | Kind::UnknownPlace { .. } | Kind::NoDelay { .. }
        )
    }

    /// Returns whether a run had nothing that could decide whether a claim holds:
    /// a moment that never came, a step that was cut and that the law hangs on, a
    /// name that several steps bear, a claim that cannot fail, code without a delay where
    /// latencies were to be tried.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        matches!(
            *self.kind,
            Kind::Undecided { .. }
                | Kind::SeveralMoments { .. }
                | Kind::NoNames { .. }
                | Kind::NothingVaried
        )
    }

    /// Returns whether a law could not be evaluated.
    #[must_use]
    pub fn is_evaluation(&self) -> bool {
        matches!(
            *self.kind,
            Kind::LatencyMissing { .. }
                | Kind::SeveralOfAName { .. }
                | Kind::EndlessName { .. }
                | Kind::TooLong { .. }
        )
    }

    /// Returns whether a law speaks of one step, and several have its name.
    #[cfg(feature = "proptest")]
    pub(crate) fn is_of_several(&self) -> bool {
        matches!(*self.kind, Kind::SeveralOfAName { .. })
    }

    /// Returns whether a run was started where none can be: inside a runtime,
    /// while another run was being recorded on the same thread, or, to be
    /// recorded, on a clock that is not virtual; or whether a step that had begun in one
    /// run was polled in another.
    #[must_use]
    pub fn is_misplaced(&self) -> bool {
        matches!(
            *self.kind,
            Kind::InsideRuntime
                | Kind::AlreadyRecording
                | Kind::Unrecordable(_)
                | Kind::BeganInAnotherRun { .. }
        )
    }

    /// Returns whether a [`delay`](crate::delay) had no latency in the run, or one
    /// beyond the cap.
    #[must_use]
    pub fn is_latency(&self) -> bool {
        matches!(*self.kind, Kind::LatencyUnset { .. } | Kind::LatencyTooLong { .. })
    }

    /// Returns whether no law was found for code that was run. The text then tells
    /// what was seen.
    #[must_use]
    pub fn is_lawless(&self) -> bool {
        matches!(*self.kind, Kind::Lawless { .. })
    }

    /// Returns whether a run broke a law, and the next on the same latencies did
    /// not: the code decides by something else than time.
    #[must_use]
    pub fn is_flaky(&self) -> bool {
        matches!(*self.kind, Kind::Flaky { .. })
    }

    /// Returns whether a run came to a standstill: nothing could run, and no timer
    /// was left that could have changed it.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        matches!(&*self.kind, Kind::Unended(unended) if unended.why == Why::Stalled)
    }

    /// Returns whether a run was still going on, or ended, past its limit of
    /// virtual time.
    #[must_use]
    pub fn is_past_virtual_limit(&self) -> bool {
        let is_past = |why: &Why| {
            matches!(why, Why::VirtualLimit(_) | Why::MovedPast(_) | Why::Late(_) | Why::NotDone(_))
        };
        matches!(&*self.kind, Kind::Unended(unended) if is_past(&unended.why))
    }

    /// Returns whether a run was still going on when its limit of real time had
    /// passed: still ticking, polled without an end at one instant, kept by a poll
    /// that took too long, or waiting for the outside world.
    #[must_use]
    pub fn is_past_wall_limit(&self) -> bool {
        let is_past = |why: &Why| matches!(why, Why::WallLimit(..));
        matches!(&*self.kind, Kind::Unended(unended) if is_past(&unended.why))
    }

    /// Returns whether the clock of a run jumped more often than it may in a check or a
    /// search: the code ticks, and the latencies are long beside its ticks.
    #[must_use]
    pub fn is_past_jump_limit(&self) -> bool {
        matches!(&*self.kind, Kind::Unended(unended) if matches!(unended.why, Why::Jumps(_)))
    }

    /// Whether a run had begun and did not end.
    pub(crate) fn is_unended(&self) -> bool {
        matches!(*self.kind, Kind::Unended(_))
    }

    /// Whether a limit ended a run, of which nothing is known behind it.
    #[cfg(feature = "proptest")]
    pub(crate) fn is_past_a_limit(&self) -> bool {
        self.is_past_virtual_limit() || self.is_past_wall_limit() || self.is_past_jump_limit()
    }

    /// Whether a run was polled at one instant until its limit of real time was over: it
    /// would be polled there for ever.
    pub(crate) fn is_livelock(&self) -> bool {
        let is_livelock = |why: &Why| matches!(why, Why::WallLimit(_, Stuck::Livelock));
        matches!(&*self.kind, Kind::Unended(unended) if is_livelock(&unended.why))
    }

    /// Where a run stood that did not end.
    #[cfg(feature = "proptest")]
    pub(crate) fn stood_at(&self) -> Option<VirtualTime> {
        match &*self.kind {
            Kind::Unended(unended) => Some(unended.at),
            _ => None,
        }
    }

    /// Returns whether a run waited for the outside world, which the virtual clock
    /// does not know of: for another thread, a blocking task or a socket.
    #[must_use]
    pub fn is_waiting_outside(&self) -> bool {
        let is_waiting =
            |why: &Why| matches!(why, Why::WaitsForThread | Why::WallLimit(_, Stuck::Outside));
        matches!(&*self.kind, Kind::Unended(unended) if is_waiting(&unended.why))
    }

    /// Returns the steps that had not ended when a run was given up, in the order
    /// of their starts, with the times at which they started.
    pub fn unfinished(&self) -> impl Iterator<Item = (&StepName, VirtualTime)> {
        let steps = match &*self.kind {
            Kind::Unended(unended) => &unended.steps[..],
            _ => &[],
        };
        steps.iter().map(|(step, since)| (step, *since))
    }
}
