//! The latencies that somebody has set for the delays of a run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use crate::error::Error;
use crate::name::{Name, StepName};
use crate::nearest::nearest;
use crate::runtime::probe::{Asked, Latency};
use crate::text::shorten;
use crate::trace::Trace;

/// The latencies that were set, and which of them a run has used.
pub(super) struct Latencies {
    set: BTreeMap<StepName, Duration>,
    /// That of delays for which none was set.
    default: Option<Duration>,
    used: RefCell<BTreeSet<StepName>>,
}

impl Latencies {
    pub(super) fn new(set: &BTreeMap<StepName, Duration>, default: Option<Duration>) -> Rc<Self> {
        Rc::new(Self { set: set.clone(), default, used: RefCell::default() })
    }

    /// The same, as a recorder asks for them.
    pub(super) fn asked_of(self: &Rc<Self>) -> Latency {
        let latencies = Rc::clone(self);
        Rc::new(move |asked| latencies.of(asked))
    }

    fn of(&self, asked: &Asked<'_>) -> Option<Duration> {
        let of_step = |name: &Name, place: usize| {
            let at = |place| self.take(&StepName::new(name.clone(), place));
            at(Some(place)).or_else(|| at(None))
        };
        of_step(asked.name, asked.place)
            .or_else(|| asked.span.and_then(|(span, place)| of_step(span, place)))
            .or(self.default)
    }

    fn take(&self, step: &StepName) -> Option<Duration> {
        let latency = self.set.get(step).copied()?;
        self.used.borrow_mut().insert(step.clone());
        Some(latency)
    }

    /// The error of a latency that the run has not used, where that is a mistake and not
    /// the way that the run took: the latency of a step that is no delay, or of a name that
    /// is nearly the one of a delay for which no latency was set.
    ///
    /// A step that is reached on some latencies only, such as the fallback behind a
    /// timeout, may well have a latency in runs that do not reach it.
    pub(super) fn without_effect(&self, trace: &Trace) -> Option<Error> {
        let used = self.used.borrow();
        if used.len() == self.set.len() {
            return None;
        }
        let steps = trace.steps();
        let is_set = |name: &Name| self.set.keys().any(|step| step.name() == name);
        let unset = || {
            let delays = steps.iter().filter(|step| step.latency.is_some());
            delays.map(|step| step.name.name()).filter(|name| !is_set(name))
        };
        self.set.keys().filter(|step| !used.contains(step)).find_map(|step| {
            // Of a span whose delays have latencies of their own, nothing else is needed.
            let is_indexed = step.index().is_some();
            if is_indexed || used.iter().any(|it| it.name() == step.name()) {
                return None;
            }
            let mut same = steps.iter().filter(|it| it.name.name() == step.name()).peekable();
            if same.peek().is_some() {
                return same.all(|it| it.latency.is_none()).then(|| Error::no_delay(step));
            }
            let is_near = nearest(step.name().as_str(), unset().map(Name::as_str)).is_some();
            is_near.then(|| Error::unknown_name(step, unset()))
        })
    }

    /// The error of a run, with the name that was misspelt where a delay has no latency.
    pub(super) fn explain(&self, error: Error) -> Error {
        error.with_misspelt(|name| {
            let used = self.used.borrow();
            let unused = self.set.keys().filter(|step| !used.contains(step));
            nearest(name, unused.map(|step| step.name().as_str())).map(shorten)
        })
    }
}
