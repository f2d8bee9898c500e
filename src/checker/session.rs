//! One check of a law: all its cases, and what is told of the first that fails.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError};
use proptest::test_runner::{TestError, TestRunner};

use crate::checker::Checker;
use crate::checker::case::{Case, Rest};
use crate::checker::draw::Landmarks;
use crate::checker::range::{LONGEST, Ranges};
use crate::checker::report::{Broken, Counterexample, Undecided, headline};
use crate::checker::seeds::Site;
use crate::checker::tree::{CaseTree, Cases};
use crate::error::Error;
use crate::infer::Code;
use crate::law::Law;
use crate::name::{Name, StepName};
use crate::run::Run;
use crate::runtime::Latency;
use crate::text::shorten;
use crate::time::Millis;
use crate::verdict::{Failure, Mutants, Observed, Report, TOO_WEAK, Trial};

pub(super) struct Session<'a> {
    checker: &'a Checker,
    site: Option<Site>,
    code: Code<'a>,
    law: &'a Law,
    ranges: Rc<Ranges>,
    landmarks: Landmarks,
    runs: Cell<usize>,
    seen: RefCell<Seen>,
    /// Cases of this scale and above take too long to be run.
    too_slow: Cell<u64>,
    /// Why no case can be judged, if so.
    refused: RefCell<Option<Refused>>,
    /// The mutants of the law, if somebody asks for them.
    trial: RefCell<Option<Trial>>,
}

/// How often each name started in a case, at most.
#[derive(Default)]
struct Seen {
    most: BTreeMap<Name, usize>,
    /// The names in the order of first sight.
    names: Vec<Name>,
}

/// What came of a case.
enum Outcome {
    Holds,
    Breaks(Broken),
    /// What the law speaks of is no single duration here.
    Undecided(Undecided),
}

/// Why there is nothing to search for.
enum Refused {
    /// No run can begin.
    Error(Error),
    /// The law says nothing of this case.
    Undecided(Case),
}

impl<'a> Session<'a> {
    pub(super) fn new(
        checker: &'a Checker,
        site: Option<Site>,
        code: Code<'a>,
        law: &'a Law,
    ) -> Self {
        Self {
            checker,
            site,
            code,
            law,
            ranges: Rc::new(checker.ranges.clone()),
            landmarks: Landmarks::of(law),
            runs: Cell::new(0),
            seen: RefCell::default(),
            too_slow: Cell::new(u64::MAX),
            refused: RefCell::default(),
            trial: RefCell::default(),
        }
    }

    pub(super) fn verify(&self) -> Result<(), Failure> {
        for pinned in &self.checker.pinned {
            let chosen = pinned.iter().cloned().collect();
            let case = Case::new(chosen, Rest::Fixed(0), &self.ranges);
            let guard = OnPanic(&case);
            let outcome = self.judge(&case)?;
            std::mem::forget(guard);
            match outcome {
                Outcome::Holds => {}
                Outcome::Breaks(broken) => return Err(self.failure(case, broken, Found::Pinned)),
                Outcome::Undecided(undecided) => {
                    return Err(self.undecided(case, undecided, Found::Pinned));
                }
            }
        }
        let cases = Cases { landmarks: self.landmarks.clone(), ranges: Rc::clone(&self.ranges) };
        self.conclude(self.runner().run(&cases, |case| self.test(&case)), Found::Drawn)?;
        let mut runner = self.runner();
        for case in self.corners() {
            let tree = CaseTree::new(case, &self.ranges);
            let result = runner.run_one(tree, |case| self.test(&case));
            self.conclude(result.map(|_| ()), Found::Corner)?;
        }
        if let Some(unseen) = self.unseen() {
            return Err(self.cannot_hold(unseen));
        }
        self.unseen_pin().map_or(Ok(()), Err)
    }

    /// The same, with what became of the law's mutants on the cases.
    pub(super) fn mutants(&self) -> Result<Mutants, Failure> {
        *self.trial.borrow_mut() = Some(Trial::of(self.law));
        self.verify()?;
        let trial = self.trial.take().expect("nobody else takes it");
        Ok(trial.conclude(headline(TOO_WEAK, self.checker.code)))
    }

    /// Runs a case and holds it to the law.
    fn judge(&self, case: &Case) -> Result<Outcome, Error> {
        if case.scale() >= self.too_slow.get() {
            return Ok(Outcome::Holds);
        }
        self.runs.set(self.runs.get() + 1);
        let run = match self.run(case) {
            Ok(run) => run,
            Err(error) if error.is_past_wall_limit() && case.scale() >= SLOW_SCALE => {
                // Code that ticks through hours takes real time for each of them.
                self.too_slow.set(case.scale());
                return Ok(Outcome::Holds);
            }
            // Thousands of steps of hours each, say: that a run takes so long is no
            // fault of the code.
            Err(error) if error.is_past_any_limit() => return Ok(Outcome::Holds),
            Err(error) if error.is_misplaced() || error.is_latency() => return Err(error),
            Err(error) => return Ok(Outcome::Breaks(Broken::Error(error))),
        };
        if run.real_time() >= SLOW && case.scale() >= SLOW_SCALE {
            self.too_slow.set(case.scale());
        }
        let trace = run.trace();
        let unstarted = |step: &StepName| Some(case.latency(step));
        let observed = Observed::new(trace).with_unstarted(&unstarted);
        let expected = observed.value(self.law);
        if expected.as_ref().ok() == Some(&trace.makespan()) {
            if let Some(trial) = &mut *self.trial.borrow_mut() {
                trial.add(trace, &observed, || case.told());
            }
            return Ok(Outcome::Holds);
        }
        let run = Box::new(run);
        Ok(match expected {
            Ok(expected) => Outcome::Breaks(Broken::Law { expected, run }),
            // A name that stands alone runs once: that is part of what the law claims.
            Err(error) if error.is_of_several() => Outcome::Breaks(Broken::Several { error, run }),
            Err(error) => Outcome::Undecided(Undecided { error, run }),
        })
    }

    fn run(&self, case: &Case) -> Result<Run<()>, Error> {
        let chosen = case.clone();
        let latency: Latency = Rc::new(move |asked| {
            Some(Duration::from_millis(chosen.ticks(asked.name, asked.place)))
        });
        let run = (self.code)(latency);
        match &run {
            Ok(run) => self.note(run.trace().steps().iter().map(|step| step.name.name())),
            // Of a run that did not end, what was asked for has started.
            Err(_) => self.note(case.asked().iter().map(|(step, _)| step.name())),
        }
        run
    }

    /// Keeps in mind which names started, and how often.
    fn note<'n>(&self, started: impl Iterator<Item = &'n Name>) {
        let mut seen = self.seen.borrow_mut();
        let mut counts = BTreeMap::<&Name, usize>::new();
        for name in started {
            *counts.entry(name).or_default() += 1;
            if !seen.most.contains_key(name) {
                seen.names.push(name.clone());
                seen.most.insert(name.clone(), 0);
            }
        }
        for (name, count) in counts {
            seen.most.entry(name.clone()).and_modify(|most| *most = count.max(*most));
        }
    }

    /// The same, as proptest wants it. What kind of failure it is does not
    /// matter for the search; what cannot be judged is nothing to search for.
    fn test(&self, case: &Case) -> Result<(), TestCaseError> {
        if self.refused.borrow().is_some() {
            return Ok(());
        }
        let refused = match self.judge(case) {
            Ok(Outcome::Holds) => return Ok(()),
            Ok(Outcome::Breaks(_)) => return Err(TestCaseError::fail("the law is broken")),
            Ok(Outcome::Undecided(_)) => Refused::Undecided(case.clone()),
            Err(error) => Refused::Error(error),
        };
        *self.refused.borrow_mut() = Some(refused);
        Ok(())
    }

    fn runner(&self) -> TestRunner {
        TestRunner::new(self.config())
    }

    fn config(&self) -> Config {
        let mut config = Config::default();
        if let Some(cases) = self.checker.cases {
            config.cases = cases;
        }
        // Where persistence is turned off, it stays so.
        config.failure_persistence = config.failure_persistence.and(self.site).map(|site| {
            let direct = FileFailurePersistence::Direct(site.seeds_for_ever());
            Box::new(direct) as _
        });
        // A few for every case would be too few: latencies are searched by halves.
        if config.max_shrink_iters == u32::MAX {
            config.max_shrink_iters = 20_000;
        }
        if config.max_shrink_time == 0 {
            config.max_shrink_time = 10_000;
        }
        config
    }

    /// What a search came to.
    fn conclude(&self, result: Result<(), TestError<Case>>, found: Found) -> Result<(), Failure> {
        match self.refused.take() {
            None => {}
            Some(Refused::Error(error)) => return Err(error.into()),
            Some(Refused::Undecided(case)) => return Err(self.smallest_undecided(case)),
        }
        let case = match result {
            Ok(()) => return Ok(()),
            Err(TestError::Abort(reason)) => panic!("proptest gave up: {reason}"),
            Err(TestError::Fail(_, case)) => case,
        };
        // Once more, outside of proptest, where a panic goes through as it is.
        let guard = OnPanic(&case);
        // What is decided at random may need some tries.
        for _ in 0..RETRIES {
            match self.judge(&case)? {
                Outcome::Holds => continue,
                Outcome::Breaks(broken) => {
                    std::mem::forget(guard);
                    return Err(self.failure(case, broken, found));
                }
                Outcome::Undecided(undecided) => {
                    std::mem::forget(guard);
                    return Err(self.undecided(case, undecided, found));
                }
            }
        }
        std::mem::forget(guard);
        Err(Error::flaky(format!("{case:?}")).into())
    }

    /// Cases that every law is tried on, whatever chance brings.
    fn corners(&self) -> Vec<Case> {
        const HUGE: [u64; 2] = [10_000, LONGEST];
        let mut steps: Vec<_> = self.law.atoms().cloned().collect();
        let seen = self.seen.borrow();
        for name in seen.names.iter().take(CORNERS) {
            let places = 0..seen.most[name].min(CORNERS);
            steps.extend(places.map(|it| StepName::new(name.clone(), Some(it))));
        }
        let place = |step: &StepName| StepName::new(step.name().clone(), step.index().or(Some(0)));
        let steps: BTreeSet<_> = steps.iter().map(place).collect();
        let case = |step: &StepName, ticks: u64, rest: u64| {
            let ticks = self.ranges.nearest(step, ticks);
            Case::new([(step.clone(), ticks)].into(), Rest::Fixed(rest), &self.ranges)
        };
        let all = |rest| Case::new(BTreeMap::new(), Rest::Fixed(rest), &self.ranges);
        let mut cases = vec![all(0), all(1), all(20_000)];
        for step in steps.iter().take(CORNERS) {
            cases.extend(HUGE.map(|huge| case(step, huge, 0)));
            cases.extend([case(step, 0, 20_000), case(step, 1, 0), case(step, 20_001, 20_000)]);
        }
        for landmark in self.landmarks.ticks() {
            for ticks in [landmark.saturating_sub(1), *landmark, landmark + 1] {
                let near = steps.iter().take(CORNERS);
                cases.extend(near.flat_map(|it| [case(it, ticks, 0), case(it, ticks, 20_000)]));
            }
        }
        // Last, as nothing in the law asks for them.
        for step in steps.iter().take(CORNERS) {
            cases.extend(ROUND.map(|round| case(step, round + 1, 0)));
        }
        // No more than are drawn: whoever asks for few has a reason.
        cases.truncate(usize::try_from(self.config().cases).unwrap_or(usize::MAX));
        cases
    }

    /// The error of a law that speaks of a name that no case ran.
    fn unseen(&self) -> Option<Error> {
        self.unseen_among(self.law.atoms())
    }

    /// The failure of a pinned case that speaks of a name that no case ran: it
    /// pins nothing.
    fn unseen_pin(&self) -> Option<Failure> {
        self.checker.pinned.iter().find_map(|pinned| {
            let unseen = self.unseen_among(pinned.iter().map(|(step, _)| step))?;
            let each = pinned
                .iter()
                .map(|(step, ticks)| format!("{step} = {}", Millis(Duration::from_millis(*ticks))));
            let case = each.collect::<Vec<_>>().join(", ");
            let rows = [("law", shorten(self.law)), ("case", shorten(case))];
            let headline = headline("timing law not tried on a pinned case", self.checker.code);
            Some(Report::of_error(headline, unseen).with_rows(2, rows).into())
        })
    }

    fn unseen_among<'n>(&self, steps: impl IntoIterator<Item = &'n StepName>) -> Option<Error> {
        if self.runs.get() == 0 {
            // No cases were asked for.
            return None;
        }
        let seen = self.seen.borrow();
        let unseen =
            steps.into_iter().find_map(|atom| match (seen.most.get(atom.name()), atom.index()) {
                (None, _) => Some((atom, 0)),
                (Some(count), Some(index)) if index >= *count => Some((atom, *count)),
                _ => None,
            });
        unseen.map(|(atom, count)| match count {
            0 => Error::unknown_name(atom, &seen.names),
            _ => Error::unknown_place(atom, count),
        })
    }

    /// The failure of a law that no latencies could decide.
    fn cannot_hold(&self, error: Error) -> Failure {
        let rows = [("law", shorten(self.law))];
        let headline = headline("timing law cannot hold", self.checker.code);
        Report::of_error(headline, error).with_rows(2, rows).into()
    }

    /// The failure of a law that says nothing of a case, on the smallest latencies
    /// that are as bad. No seed is kept of it: it is the law that is to change.
    fn smallest_undecided(&self, case: Case) -> Failure {
        let test = |case: Case| match self.judge(&case) {
            Ok(Outcome::Undecided(_)) => Err(TestCaseError::fail("the law is undecided")),
            _ => Ok(()),
        };
        let tree = CaseTree::new(case.clone(), &self.ranges);
        let smallest = match self.runner().run_one(tree, test) {
            Err(TestError::Fail(_, smallest)) => smallest,
            _ => case,
        };
        match self.judge(&smallest) {
            Ok(Outcome::Undecided(undecided)) => self.undecided(smallest, undecided, Found::Corner),
            _ => Error::flaky(format!("{smallest:?}")).into(),
        }
    }

    fn undecided(&self, case: Case, undecided: Undecided, found: Found) -> Failure {
        self.counterexample(case, found).into_undecided(undecided)
    }

    fn failure(&self, case: Case, broken: Broken, found: Found) -> Failure {
        // Of code that did not end, that is what is told, whatever it did not come to.
        if matches!(broken, Broken::Law { .. }) && self.unseen().is_some() {
            // It may run where others take longer; then the law is what is wrong.
            for corner in self.corners() {
                let _ = self.run(&corner);
            }
            if let Some(unseen) = self.unseen() {
                return self.cannot_hold(unseen);
            }
        }
        self.counterexample(case, found).into_failure(broken, self.code)
    }

    fn counterexample(&self, case: Case, found: Found) -> Counterexample<'_> {
        let seed = match found {
            Found::Drawn => self.config().failure_persistence.as_ref().and(self.site),
            Found::Pinned | Found::Corner => None,
        };
        // Where nobody may write, there is none.
        let seed = seed.filter(|site| site.has_seeds());
        Counterexample {
            code: self.checker.code,
            law: self.law,
            case,
            runs: self.runs.get(),
            is_pinned: matches!(found, Found::Pinned),
            seeds: seed.map(Site::seeds),
        }
    }
}

/// Where a failing case came from.
#[derive(Clone, Copy)]
enum Found {
    Pinned,
    Drawn,
    Corner,
}

/// How often a case that broke the law is run again before it is called flaky.
const RETRIES: usize = 100;

/// What people write where they think of slow, in ticks: faults begin behind it.
const ROUND: [u64; 15] =
    [10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 30_000, 60_000];

/// So many steps, places and landmarks have corners of their own.
const CORNERS: usize = 16;

/// A case that takes so much real time is slow: its scale is left alone from
/// then on, if it was this one or above.
const SLOW: Duration = Duration::from_millis(200);
const SLOW_SCALE: u64 = 10_000;

/// Tells the latencies on which the code panicked.
struct OnPanic<'a>(&'a Case);

impl Drop for OnPanic<'_> {
    #[expect(clippy::print_stderr, reason = "the panic itself goes through unchanged")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("makespan: the code panicked when {:?}", self.0);
        }
    }
}

#[cfg(test)]
mod tests;
