//! What the root of a run knows of it, and how it tells of its end.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::{Allowance, Error, Unended, Why};
use crate::run::Warning;
use crate::runtime::probe;
use crate::runtime::sample::parks;
use crate::runtime::watch::Stage;
use crate::runtime::watch::Watch;
use crate::time::VirtualTime;
use crate::trace::Trace;

/// Who can see whether anything but the root goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// The runtime is ours: its hooks tell every wake from a park, and its clock
    /// started with the run.
    Whole {
        /// Whether a socket could wake it.
        has_io: bool,
        /// Whether its clock waits for what is outside.
        waits: bool,
    },
    /// The runtime is somebody's.
    Root,
    /// Time is real, and nothing but the watchdog ends a run.
    Wall,
}

/// What the root knows of its run.
pub(super) struct Scope<'a> {
    pub(super) origin: Instant,
    pub(super) limit: Duration,
    pub(super) sight: Sight,
    pub(super) alive_before: usize,
    pub(super) parks_before: u64,
    pub(super) watch: &'a Watch,
}

/// The slots of the topmost level of tokio's timer wheel, in milliseconds: of
/// two years, which is all that the wheel holds, it has 64.
pub(super) const TOP_SLOT: u64 = 64_u64.pow(5);

/// No run takes longer, so that the far guards lie behind it.
const MOST: Duration = Duration::from_millis(60 * TOP_SLOT);

/// What a run leaves behind but for its trace.
pub(super) struct Done<T> {
    pub(super) output: T,
    pub(super) alive: usize,
    /// How often the runtime parked.
    pub(super) parks: u64,
    /// Whether many polls took its real time, rather than long ones.
    pub(super) has_many_polls: bool,
}

impl Scope<'_> {
    /// How much time the run has. Latencies that were given to it do not count.
    pub(super) fn allowance(&self) -> Duration {
        self.limit.saturating_add(probe::given()).min(MOST)
    }

    /// The same, as an error tells it.
    pub(super) fn allowed(&self) -> Allowance {
        let given = probe::given();
        let is_most = self.limit.saturating_add(given) > MOST;
        Allowance { limit: self.limit, given, is_most }
    }

    pub(super) fn is_past(&self) -> bool {
        self.origin.elapsed() > self.allowance()
    }

    pub(super) fn done<T>(&self, output: T, is_woken_outside: bool) -> Result<Done<T>, Error> {
        if self.sight != Sight::Wall && self.is_past() {
            // Where the answer came from outside, the clock had jumped ahead of it.
            let late = Why::Late(self.allowed());
            let why = if is_woken_outside { Why::WaitsForThread } else { late };
            let at = if is_woken_outside { self.watch.stood_at() } else { probe::now() };
            return Err(self.unended(at, why));
        }
        probe::close();
        self.warn();
        let parks = parks().saturating_sub(self.parks_before);
        let has_many_polls = self.watch.has_many_polls();
        Ok(Done { output, alive: self.alive(), parks, has_many_polls })
    }

    /// How many tasks were spawned since the run began, and are alive.
    fn alive(&self) -> usize {
        Handle::current().metrics().num_alive_tasks().saturating_sub(self.alive_before)
    }

    pub(super) fn unended(&self, at: VirtualTime, why: Why) -> Error {
        if matches!(why, Why::WallLimit(..)) {
            self.watch.answer(Stage::Answered);
        }
        self.warn();
        let steps = probe::unfinished();
        let trace = probe::so_far(at, LANES);
        let drawing = trace.filter(|trace| is_worth_drawing(&why, trace));
        let drawing = drawing.map(|trace| trace.timeline().with_width(78).to_string());
        let mut notes: Vec<_> = match self.sight {
            // They speak of a virtual clock.
            Sight::Wall => Vec::new(),
            Sight::Whole { waits: true, .. } => {
                let mut warnings = probe::warnings();
                warnings.retain(|warning| !matches!(warning, Warning::OtherThread { .. }));
                warnings.iter().map(Warning::to_string).collect()
            }
            _ => probe::warnings().iter().map(Warning::to_string).collect(),
        };
        if why == Why::Stalled && self.sight == (Sight::Whole { has_io: true, waits: false }) {
            notes.push(NO_SOCKET.to_owned());
        }
        // What is dropped with the run from here on is no event. Of a million steps that
        // would be a million cancels, which nobody reads.
        probe::close_at(at);
        Error::unended(Unended {
            why,
            at,
            steps,
            alive: self.alive(),
            notes,
            drawing,
            face: "Runner",
        })
    }

    /// Notes what the hooks saw, unless somebody who knows more has.
    fn warn(&self) {
        if self.sight == Sight::Wall {
            return;
        }
        if matches!(self.sight, Sight::Whole { .. }) {
            self.watch.stands();
        }
        if self.watch.is_moved_by_hand() {
            probe::warn(Warning::MovedByHand);
        }
        if self.watch.is_woken_outside() {
            probe::warn_of_thread(None);
        }
    }
}

/// More steps than these fill a screen.
const LANES: usize = 12;

/// Whether a picture says more than the list of what is unfinished: of a run that has
/// come somewhere with several steps, and not so far that they are all at its left edge.
fn is_worth_drawing(why: &Why, trace: &Trace) -> bool {
    let is_far = matches!(why, Why::VirtualLimit(_) | Why::MovedPast(_) | Why::NotDone(_));
    let steps = trace.started().count();
    !is_far && !trace.makespan().is_zero() && (2..=LANES).contains(&steps)
}

/// What is said of a run with sockets in which nothing goes on.
const NO_SOCKET: &str = "no socket was ready: the virtual clock does not wait for a peer outside \
                         of the run; with `Runner::wait_for_outside(..)` it does";
