//! Mutants of a law, tried on one run after another.

use std::time::Duration;

use crate::error::Error;
use crate::exploration::Coverage;
use crate::law::{Law, Mutated};
use crate::name::StepName;
use crate::trace::Trace;
use crate::verdict::mutants::{Fate, Mutant, Mutants};
use crate::verdict::one_run::{Observed, allowed};

/// The mutants of a law, and what is known of each so far.
pub(crate) struct Trial {
    law: Law,
    suspects: Vec<Suspect>,
    runs: usize,
}

struct Suspect {
    mutated: Mutated,
    /// The durations on which it was caught.
    witness: Option<Vec<(StepName, Duration)>>,
    /// Why a run could not tell.
    undecided: Option<Error>,
    /// Whether the part that is changed came to something else in a run.
    differs: bool,
    /// Which of the operands took time in a run.
    took_time: Vec<bool>,
    /// How many steps there were of the aggregate's name, at most.
    most: usize,
}

impl Trial {
    pub(crate) fn of(law: &Law) -> Self {
        let suspects = law.mutated().into_iter().map(|mutated| Suspect {
            took_time: vec![false; mutated.operands.len()],
            mutated,
            witness: None,
            undecided: None,
            differs: false,
            most: 0,
        });
        Self { law: law.clone(), suspects: suspects.collect(), runs: 0 }
    }

    /// Tries those that are not caught yet on a run that keeps the law. `durations`
    /// are what its steps took, for the one who wants to see it again.
    pub(crate) fn add(
        &mut self,
        trace: &Trace,
        observed: &Observed<'_>,
        durations: impl Fn() -> Vec<(StepName, Duration)>,
    ) {
        self.runs += 1;
        for suspect in self.suspects.iter_mut().filter(|it| it.witness.is_none()) {
            match observed.value(&suspect.mutated.law) {
                Ok(total) if allowed(trace, total).contains(&trace.makespan()) => {}
                Ok(_) => {
                    suspect.witness = Some(durations());
                    continue;
                }
                Err(error) => suspect.undecided = suspect.undecided.take().or(Some(error)),
            }
            suspect.look(observed);
        }
    }

    /// What became of them. A law that comes to the same as the one that it was made of
    /// is no mutant.
    pub(crate) fn conclude(self, headline: String, coverage: Coverage) -> Mutants {
        let Self { law, suspects, runs } = self;
        let is_another = |it: &Suspect| it.witness.is_some() || !law.equivalent(&it.mutated.law);
        let mutants = suspects.into_iter().filter(is_another).map(|it| it.conclude(runs)).collect();
        Mutants { law, mutants, runs, coverage, headline }
    }
}

impl Suspect {
    /// Looks for why the run does not tell.
    fn look(&mut self, observed: &Observed<'_>) {
        let value = |law: &Law| observed.value(law).ok();
        let [before, after] = self.mutated.part.each_ref().map(value);
        self.differs |= before != after;
        for ((operand, _), took_time) in self.mutated.operands.iter().zip(&mut self.took_time) {
            *took_time |= value(operand).is_none_or(|it| !it.is_zero());
        }
        if let Some((step, _)) = &self.mutated.every {
            self.most = self.most.max(observed.count(step.name()));
        }
    }

    fn conclude(self, runs: usize) -> Mutant {
        let reason = self.reason(runs);
        let Mutated { mutation, words, law, .. } = self.mutated;
        let fate = self.witness.map_or(Fate::Missed(reason), Fate::Caught);
        Mutant { mutation, change: words, law, fate }
    }

    /// Why no run told it from the law.
    fn reason(&self, runs: usize) -> String {
        if runs == 0 {
            return "nothing was run".to_owned();
        }
        if let Some(error) = &self.undecided {
            return error.to_string();
        }
        let Mutated { text, because, operands, every, .. } = &self.mutated;
        if self.differs {
            return format!("{text} never decides");
        }
        if let Some((step, few)) = every
            && self.most <= *few
        {
            return match self.most {
                0 | 1 => format!("{step} never runs more than once"),
                _ => format!("{step} never runs more than {few} times"),
            };
        }
        let idle = operands.iter().zip(&self.took_time).filter(|(_, took_time)| !**took_time);
        let idle: Vec<_> = idle.map(|((_, text), _)| text.as_str()).collect();
        match idle.split_last() {
            Some((last, [])) if operands.len() == 2 => format!("{last} never takes time"),
            Some((last, rest)) if idle.len() + 1 >= operands.len() => {
                format!("{} and {last} never take time", rest.join(", "))
            }
            _ => because.clone(),
        }
    }
}
