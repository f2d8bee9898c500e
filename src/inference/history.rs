//! The runs that were seen so far, step by step.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::Error;
use crate::inference::Subject;
use crate::inference::assignment::Assignment;
use crate::name::Name;

/// Every run so far. Steps are numbered as they are met.
#[derive(Default)]
pub(super) struct History {
    steps: Vec<(Name, usize)>,
    numbers: BTreeMap<Name, BTreeMap<usize, usize>>,
    runs: Vec<Run>,
}

/// One run. What it says of a step is in the place of the step's number.
pub(super) struct Run {
    pub(super) assignment: Rc<Assignment>,
    /// What each step was given, or would have been given had it started.
    pub(super) latencies: Vec<u64>,
    /// When each step started, and which one it was to do so; not every one does.
    pub(super) starts: Vec<Option<(u64, usize)>>,
    pub(super) end: u64,
}

impl History {
    /// Runs the subject once more.
    pub(super) fn observe(
        &mut self,
        subject: &mut dyn Subject,
        assignment: Assignment,
    ) -> Result<(), Error> {
        let assignment = Rc::new(assignment);
        let given = Rc::clone(&assignment);
        let sample = subject.sample(Rc::new(move |name, index| given.latency(name, index)))?;
        let known = self.steps.len();
        let numbers: Vec<_> =
            sample.steps.iter().map(|step| self.number_of(&step.name, step.index)).collect();
        let met = &self.steps[known..];
        if !met.is_empty() {
            for run in &mut self.runs {
                run.latencies.extend(run.assignment.latencies(met));
                run.starts.resize(self.steps.len(), None);
            }
        }
        let mut latencies = assignment.latencies(&self.steps);
        let mut starts = vec![None; self.steps.len()];
        for (place, (step, number)) in sample.steps.iter().zip(numbers).enumerate() {
            latencies[number] = step.latency;
            starts[number] = Some((step.start, place));
        }
        self.runs.push(Run { assignment, latencies, starts, end: sample.makespan });
        Ok(())
    }

    fn number_of(&mut self, name: &Name, index: usize) -> usize {
        let next = self.steps.len();
        // Looked up first: an entry would cost a clone of the name.
        let known = self.numbers.get(name).and_then(|places| places.get(&index));
        known.copied().unwrap_or_else(|| {
            self.numbers.entry(name.clone()).or_default().insert(index, next);
            self.steps.push((name.clone(), index));
            next
        })
    }

    /// The steps by their numbers: their names, and their places among namesakes.
    pub(super) fn steps(&self) -> &[(Name, usize)] {
        &self.steps
    }

    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The steps of a name by their places.
    pub(super) fn namesakes(&self, name: &Name) -> Option<&BTreeMap<usize, usize>> {
        self.numbers.get(name)
    }

    /// The steps in the order of their first starts: that of the run in which
    /// most of them started, and those that it lacks behind.
    pub(super) fn order(&self) -> Vec<usize> {
        let started = |run: &Run| run.starts.iter().flatten().count();
        let mut fullest = None::<(usize, &Run)>;
        for run in &self.runs {
            let count = started(run);
            if fullest.is_none_or(|(most, _)| count > most) {
                fullest = Some((count, run));
            }
        }
        let mut order: Vec<_> = (0..self.steps.len()).collect();
        if let Some((_, run)) = fullest {
            order.sort_by_key(|step| run.starts[*step].map_or(usize::MAX, |(_, place)| place));
        }
        order
    }
}
