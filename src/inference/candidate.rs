//! What may be the law, and whether it holds in a run.

use std::time::Duration;

use crate::error::Error;
use crate::inference::forecast::Forecast;
use crate::inference::history::{History, Run};
use crate::inference::notation::{Namesakes, law};
use crate::inference::sum::{Sum, unspoken};
use crate::law::Durations;
use crate::law::Law;
use crate::name::StepName;
use crate::time::whole_ticks;

/// What may be the law.
pub(super) struct Candidate {
    one_by_one: Law,
    /// The same law where it speaks of all the steps of a name together, as long
    /// as no run speaks against that.
    together: Option<Law>,
    /// The steps that it speaks of.
    steps: Vec<usize>,
    forecast: Forecast,
}

impl Candidate {
    pub(super) fn new(history: &History, sum: &Sum, forecast: Forecast) -> Self {
        let steps = history.steps().len();
        let unspoken = unspoken(sum, steps);
        Self {
            one_by_one: law(sum, history, Namesakes::OneByOne),
            together: Some(law(sum, history, Namesakes::Together)),
            steps: (0..steps).filter(|step| unspoken.binary_search(step).is_err()).collect(),
            forecast,
        }
    }

    /// Whether it holds in a run, to the start of every step; if not, what it
    /// says of the end.
    pub(super) fn holds(
        &mut self,
        history: &History,
        run: usize,
    ) -> Result<Result<(), u64>, Error> {
        let run = &history.runs()[run];
        let seen = &mut Seen { history, run };
        let expected = whole_ticks(self.one_by_one.evaluate_over(seen)?);
        let moments = self.forecast.moments(&run.latencies);
        let starts_so = |step: &usize| match (run.starts[*step], self.forecast.starts[*step]) {
            (Some((start, _)), Some(moment)) => start == moments[moment],
            _ => true,
        };
        if expected != run.end || !self.steps.iter().all(starts_so) {
            return Ok(Err(expected));
        }
        if let Some(together) = &self.together
            && whole_ticks(together.evaluate_over(seen)?) != run.end
        {
            self.together = None;
        }
        Ok(Ok(()))
    }

    /// What the rules behind it say.
    pub(super) const fn forecast(&self) -> &Forecast {
        &self.forecast
    }

    /// The law with each step by its own name.
    pub(super) fn one_by_one(self) -> Law {
        self.one_by_one
    }

    /// The law in the fewest words that every run allows.
    pub(super) fn law(self) -> Law {
        self.together.unwrap_or(self.one_by_one)
    }
}

/// The latencies of a run: a step that did not start has the one that it would
/// have had, and a name as a whole is what started.
struct Seen<'a> {
    history: &'a History,
    run: &'a Run,
}

impl Durations for Seen<'_> {
    fn one(&mut self, atom: &StepName) -> Result<Duration, Error> {
        let number = self.history.namesakes(atom.name());
        let number = number.and_then(|places| places.get(&atom.index().unwrap_or(0)));
        match number {
            Some(step) => Ok(Duration::from_millis(self.run.latencies[*step])),
            None => Err(Error::latency_missing(atom.to_string())),
        }
    }

    fn every(&mut self, atom: &StepName) -> Result<Vec<Duration>, Error> {
        let steps = self.history.namesakes(atom.name()).into_iter().flat_map(|all| all.values());
        let started = steps.filter(|step| self.run.starts[**step].is_some());
        Ok(started.map(|step| Duration::from_millis(self.run.latencies[*step])).collect())
    }
}
