//! The search itself: look, explain, fold, confirm, and look again.

use crate::error::Error;
use crate::inference::Subject;
use crate::inference::approach::{bring_to_decide, idle};
use crate::inference::assignment::Assignment;
use crate::inference::candidate::Candidate;
use crate::inference::confirm::Confirmation;
use crate::inference::finding::{Finding, Found, NotFound};
use crate::inference::fold::fold;
use crate::inference::history::History;
use crate::inference::sampling::{alone, drawn, neighbours, outstanding};
use crate::inference::sum::unspoken;
use crate::inference::timing::{Gap, Timing};
use crate::law::Law;
use crate::random::Random;

/// How often a law that broke is mended.
const MENDED: usize = 16;

/// How often more runs are tried where something has no rule, among few steps and
/// among many.
const TRIED: usize = 12;
const TRIED_OF_MANY: usize = 4;

/// Up to how many steps are few.
const FEW: usize = 200;

/// How many steps are run alone, beside next to nothing.
const MOST_ALONE: usize = 32;

/// How many runs are drawn close to one that was not understood.
const CLOSE: usize = 10;

/// More steps than this, of all runs together, are not looked at: the work is
/// quadratic.
const MOST_STEPS: usize = 1_000;

/// Finds the law of what can be run.
///
/// # Errors
///
/// If a run could not be done.
pub(crate) fn infer(subject: &mut dyn Subject) -> Result<Finding, Error> {
    let mut search = Search { history: History::default(), random: Random::new(0x6d61_6b65) };
    if let Some(steps) = search.look(subject)? {
        return Ok(Finding::NoLaw(NotFound::too_many(steps, MOST_STEPS)));
    }
    let (mut mended, mut tried) = (0, 0);
    loop {
        let gap = match search.round(subject)? {
            Round::Found(found) => return Ok(Finding::Law(found)),
            Round::Nothing(not_found) => return Ok(Finding::NoLaw(not_found)),
            Round::Broken { law, run, expected } => {
                mended += 1;
                if mended > MENDED {
                    let broken = NotFound::broken(&search.history, law, run, expected);
                    return Ok(Finding::NoLaw(broken));
                }
                Gap::at(None, run)
            }
            Round::Unexplained(gap) => {
                tried += 1;
                let is_few = search.history.steps().len() <= FEW;
                if tried > if is_few { TRIED } else { TRIED_OF_MANY } {
                    let no_rule = NotFound::no_rule(&search.history, &gap);
                    return Ok(Finding::NoLaw(no_rule));
                }
                let mut steps = idle(&search.history, tried + 1);
                let is_missing = |step: &usize| !gap.triggers.contains(step);
                steps.extend((0..search.history.steps().len()).filter(is_missing));
                let Search { history, random } = &mut search;
                bring_to_decide(history, subject, random, &steps, None)?;
                if gap.step.is_some() {
                    bring_to_decide(history, subject, random, &steps, gap.step)?;
                }
                gap
            }
        };
        search.look_closer(subject, &gap, tried)?;
        if search.history.steps().len() > MOST_STEPS {
            let steps = search.history.steps().len();
            return Ok(Finding::NoLaw(NotFound::too_many(steps, MOST_STEPS)));
        }
    }
}

struct Search {
    history: History,
    random: Random,
}

/// How it goes on after one attempt.
enum Round {
    Found(Found),
    /// More runs would not help.
    Nothing(NotFound),
    Unexplained(Gap),
    /// A run of which the law said something else.
    Broken {
        law: Law,
        run: usize,
        expected: u64,
    },
}

impl Search {
    /// The first look. Returns how many steps there are if those are too many.
    fn look(&mut self, subject: &mut dyn Subject) -> Result<Option<usize>, Error> {
        let mut number = 0;
        // How long latencies may be hangs on how many steps there are.
        while let Some(assignment) = drawn(self.history.steps().len(), 0).nth(number) {
            self.history.observe(subject, assignment)?;
            number += 1;
            let steps = self.history.steps().len();
            if steps > MOST_STEPS {
                return Ok(Some(steps));
            }
        }
        let steps = self.history.steps().to_vec();
        for assignment in outstanding(&steps, steps.len(), &mut self.random) {
            self.history.observe(subject, assignment)?;
        }
        for assignment in alone(&steps, MOST_ALONE, &mut self.random) {
            self.history.observe(subject, assignment)?;
        }
        let idle = idle(&self.history, 1);
        bring_to_decide(&mut self.history, subject, &mut self.random, &idle, None)?;
        Ok(None)
    }

    /// Looks around a run that was not understood.
    fn look_closer(
        &mut self,
        subject: &mut dyn Subject,
        gap: &Gap,
        look: usize,
    ) -> Result<(), Error> {
        if !gap.triggers.is_empty() {
            // What is missing is another trigger.
            let steps = self.history.steps().to_vec();
            let alone = alone(&steps, MOST_ALONE, &mut self.random);
            let more = drawn(steps.len(), look).chain(alone);
            return more.into_iter().try_for_each(|it| self.history.observe(subject, it));
        }
        let run = &self.history.runs()[gap.run];
        let close = neighbours(&self.history, run, CLOSE, &mut self.random);
        close.into_iter().try_for_each(|it| self.history.observe(subject, it))
    }

    /// Holds a law against more runs. Returns the one that it does not hold in, if
    /// any, with what it says of the end there.
    fn hold(
        &mut self,
        subject: &mut dyn Subject,
        candidate: &mut Candidate,
        assignments: Vec<Assignment>,
    ) -> Result<Option<(usize, u64)>, Error> {
        for assignment in assignments {
            self.history.observe(subject, assignment)?;
            let run = self.history.runs().len() - 1;
            if let Err(expected) = candidate.holds(&self.history, run)? {
                return Ok(Some((run, expected)));
            }
        }
        Ok(None)
    }

    /// One attempt: rules, a law, and runs that might break it.
    fn round(&mut self, subject: &mut dyn Subject) -> Result<Round, Error> {
        let forecast = match Timing::find(&self.history) {
            Ok(timing) => timing.forecast(),
            Err(gap) => return Ok(Round::Unexplained(gap)),
        };
        let Some(sum) = fold(&forecast, &self.history.order()) else {
            return Ok(Round::Nothing(NotFound::too_long(&self.history)));
        };
        let assignments = Confirmation::new(&self.history, &forecast).assignments(&mut self.random);
        let unspoken = unspoken(&sum, self.history.steps().len());
        let mut candidate = Candidate::new(&self.history, &sum, forecast);
        bring_to_decide(&mut self.history, subject, &mut self.random, &unspoken, None)?;
        for run in 0..self.history.runs().len() {
            if let Err(expected) = candidate.holds(&self.history, run)? {
                return Ok(Round::Broken { law: candidate.one_by_one(), run, expected });
            }
        }
        let confirming = self.history.runs().len();
        if let Some((run, expected)) = self.hold(subject, &mut candidate, assignments)? {
            return Ok(Round::Broken { law: candidate.one_by_one(), run, expected });
        }
        let telling =
            Confirmation::new(&self.history, candidate.forecast()).telling(&mut self.random);
        if let Some((run, expected)) = self.hold(subject, &mut candidate, telling)? {
            return Ok(Round::Broken { law: candidate.one_by_one(), run, expected });
        }
        let confirming = &self.history.runs()[confirming..];
        let runs = confirming.len();
        let longest = confirming.iter().flat_map(|run| &run.latencies).copied().max().unwrap_or(0);
        Ok(Round::Found(Found { law: candidate.law(), runs, longest }))
    }
}
