//! One check of a law: its cases, one after another, and what the first failure becomes.

use std::cell::{Cell, RefCell};

use std::rc::Rc;
use std::time::Duration;

use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError};
use proptest::test_runner::{TestError, TestRunner};

use crate::checker::Checker;
use crate::checker::case::{Case, Rest};
use crate::checker::draw::Landmarks;
use crate::checker::judge::{Allowance, Broken, Code, Judge, NotJudged, Outcome, Undecided};
use crate::checker::range::Ranges;
use crate::checker::report::{Counterexample, headline};
use crate::checker::seeds::Site;
use crate::checker::tree::{CaseTree, Cases};
use crate::error::Error;
use crate::exploration::{Coverage, Grade};
use crate::exploration::{Exploration, Relation};
use crate::law::Law;
use crate::name::{Name, StepName};
use crate::text::shorten;
use crate::time::Readable;
use crate::trace::Trace;
use crate::verdict::{Failure, Mutants, Report, TOO_WEAK, Trial};

pub(super) struct Session<'a> {
    pub(super) checker: &'a Checker,
    /// Where the assertion is.
    pub(super) source: Option<Site>,
    /// The line of it.
    pub(super) line: u32,
    /// The same, if seeds are to be kept there.
    site: Option<Site>,
    pub(super) law: &'a Law,
    /// How the makespan is to relate to it.
    pub(super) relation: Relation,
    pub(super) ranges: Rc<Ranges>,
    landmarks: Landmarks,
    pub(super) judge: Judge<'a>,
    /// Why there is nothing to search for, if so.
    pub(super) refused: RefCell<Option<Refused>>,
    /// Whether a case has failed, and smaller ones are searched for.
    is_searching: Cell<bool>,
}

/// Why there is nothing to search for.
pub(super) enum Refused {
    /// No run can begin.
    Error(Error),
    /// The law says nothing of this case.
    Undecided(Case),
    /// Every case is the same.
    NothingVaries,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        checker: &'a Checker,
        (site, line): (Option<Site>, u32),
        code: Code<'a>,
        (law, relation): (&'a Law, Relation),
    ) -> Self {
        let ranges = Rc::new(checker.ranges.clone());
        let judge =
            Judge::new(code, (law, relation), &ranges, checker.runner.wall_limit_of_a_run());
        Self {
            checker,
            source: site,
            line,
            site: site.filter(|_| checker.keeps_seeds),
            law,
            relation,
            ranges,
            landmarks: Landmarks::of(law),
            judge,
            refused: RefCell::default(),
            is_searching: Cell::new(false),
        }
    }

    pub(super) fn verify(&self) -> Result<Coverage, Failure> {
        for pinned in &self.checker.pinned {
            let chosen = pinned.iter().cloned().collect();
            let case = Case::new(chosen, Rest::Fixed(0), &self.ranges);
            match self.judge.judge(&case, Allowance::All)? {
                Outcome::Holds | Outcome::NotJudged(_) => {}
                Outcome::Breaks(broken) => return Err(self.failure(case, broken, Found::Pinned)),
                Outcome::Undecided(undecided) => {
                    return Err(self.undecided(case, undecided, Found::Pinned));
                }
            }
        }
        let cases = Cases { landmarks: self.landmarks.clone(), ranges: Rc::clone(&self.ranges) };
        // Seeds that are kept: of no cases it does those alone.
        let kept = self.runner_of(0).run(&cases, |case| self.test(&case));
        self.conclude(kept, Found::Drawn)?;
        let exploration = self.explore()?;
        let random = self.random_cases(&exploration);
        self.conclude(self.runner_of(random).run(&cases, |case| self.test(&case)), Found::Drawn)?;
        self.ensure_all_names_ran()?;
        let held = self.judge.held.get();
        if held == 0
            && let Some((case, not_judged)) = self.judge.first_not_judged.take()
        {
            return Err(self.not_judged(case, not_judged));
        }
        let mut notes = self.judge.notes();
        notes.extend(exploration.note_of_ties());
        let coverage = Coverage::new(held, self.judge.not_judged.get(), notes);
        let coverage = {
            let (grade, reason) = exploration.grade();
            coverage.of_orders(exploration.count(), grade, reason)
        };
        if self.checker.is_exhaustive && coverage.grade() != Grade::Exhausted {
            return Err(self.not_exhausted(&coverage));
        }
        Ok(coverage)
    }

    /// The same, with what became of the law's mutants on the cases.
    pub(super) fn mutants(&self) -> Result<Mutants, Failure> {
        *self.judge.trial.borrow_mut() = Some(Trial::of(self.law));
        let coverage = self.verify()?;
        let trial = self.judge.trial.take().expect("nobody else takes it");
        Ok(trial.conclude(headline(TOO_WEAK, self.checker.code), coverage))
    }

    /// Judges a case, as proptest wants it. What kind of failure it is does not matter for
    /// the search; what cannot be judged is nothing to search for.
    pub(super) fn test(&self, case: &Case) -> Result<(), TestCaseError> {
        if self.refused.borrow().is_some() {
            return Ok(());
        }
        let is_searching = self.is_searching.get();
        let allowance = if is_searching { Allowance::Search } else { Allowance::Share };
        let refused = match self.judge.judge(case, allowance) {
            Ok(Outcome::Holds) if self.varies_nothing() => Refused::NothingVaries,
            Ok(Outcome::Holds | Outcome::NotJudged(_)) => return Ok(()),
            Ok(Outcome::Breaks(_)) => {
                self.is_searching.set(true);
                return Err(TestCaseError::fail("the law is broken"));
            }
            Ok(Outcome::Undecided(_)) => Refused::Undecided(case.clone()),
            Err(error) => Refused::Error(error),
        };
        *self.refused.borrow_mut() = Some(refused);
        Ok(())
    }

    /// Whether the law speaks of steps, and no latency is chosen for any: then all cases
    /// are the same one.
    pub(super) fn varies_nothing(&self) -> bool {
        let names = self.judge.names.borrow();
        let mut atoms = self.law.atoms().peekable();
        !names.has_delays() && atoms.peek().is_some() && names.missing(atoms).is_none()
    }

    pub(super) fn runner(&self) -> TestRunner {
        TestRunner::new(self.config())
    }

    /// A runner of this many random cases.
    fn runner_of(&self, cases: u32) -> TestRunner {
        TestRunner::new(Config { cases, ..self.config() })
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

    /// The failure that a search has ended in, if it has.
    pub(super) fn conclude(
        &self,
        result: Result<(), TestError<Case>>,
        found: Found,
    ) -> Result<(), Failure> {
        self.is_searching.set(false);
        match self.refused.take() {
            None => {}
            Some(Refused::Error(error)) => return Err(error.into()),
            Some(Refused::Undecided(case)) => return Err(self.smallest_undecided(case)),
            Some(Refused::NothingVaries) => {
                let rows = [("law", shorten(self.law))];
                let headline = headline("timing law not judged", self.checker.code);
                let report = Report::of_error(headline, Error::nothing_varied());
                return Err(report.with_rows(2, rows).into());
            }
        }
        let case = match result {
            Ok(()) => return Ok(()),
            Err(TestError::Abort(reason)) => panic!("proptest gave up: {reason}"),
            Err(TestError::Fail(_, case)) => case,
        };
        // The backtrace of a panic is printed with it, so once it must be.
        self.judge.is_loud.set(wants_backtraces());
        // What is decided at random may need some tries.
        for _ in 0..RETRIES {
            match self.judge.judge(&case, Allowance::Search)? {
                Outcome::Holds | Outcome::NotJudged(_) => continue,
                Outcome::Breaks(broken) => return Err(self.failure(case, broken, found)),
                Outcome::Undecided(undecided) => {
                    return Err(self.undecided(case, undecided, found));
                }
            }
        }
        Err(Error::flaky(format!("{case:?}")).into())
    }

    /// How many cases are drawn at random behind an exploration, which shares none of its
    /// assumptions with them.
    fn random_cases(&self, exploration: &Exploration) -> u32 {
        /// What is drawn behind an exploration that is complete. It would show what the
        /// assumptions of exploration hide, and for that few do as well as many.
        const BEHIND_ALL: u32 = 32;
        let is_chosen =
            self.checker.cases.is_some() || std::env::var_os("PROPTEST_CASES").is_some();
        let cases = self.config().cases;
        if exploration.gaps().is_empty() && !is_chosen { cases.min(BEHIND_ALL) } else { cases }
    }

    /// Fails if the law, a pinned case or a latency speaks of a name that no case ran.
    fn ensure_all_names_ran(&self) -> Result<(), Failure> {
        if self.judge.runs.get() == 0 {
            // No cases were asked for.
            return Ok(());
        }
        let names = self.judge.names.borrow();
        if let Some(error) = names.missing(self.law.atoms()) {
            return Err(self.cannot_hold(error));
        }
        let law = || ("law", shorten(self.law));
        for pinned in &self.checker.pinned {
            let Some(error) = names.missing_delay(pinned.iter().map(|(step, _)| step)) else {
                continue;
            };
            let each = pinned.iter().map(|(step, ticks)| {
                format!("{step} = {}", Readable(Duration::from_millis(*ticks)))
            });
            let case = shorten(each.collect::<Vec<_>>().join(", "));
            let headline = headline("timing law not tried on a pinned case", self.checker.code);
            let report = Report::of_error(headline, error).with_rows(2, [law(), ("case", case)]);
            return Err(report.into());
        }
        if let Some(error) = names.missing_delay(self.checker.ranges.steps()) {
            let headline = headline("a latency has no effect", self.checker.code);
            return Err(Report::of_error(headline, error).with_rows(2, [law()]).into());
        }
        Ok(())
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
        let judge = |case: &Case| self.judge.judge(case, Allowance::Search);
        let test = |case: Case| match judge(&case) {
            Ok(Outcome::Undecided(_)) => Err(TestCaseError::fail("the law is undecided")),
            _ => Ok(()),
        };
        let tree = CaseTree::new(case.clone(), &self.ranges);
        let smallest = match self.runner().run_one(tree, test) {
            Err(TestError::Fail(_, smallest)) => smallest,
            _ => case,
        };
        match judge(&smallest) {
            Ok(Outcome::Undecided(undecided)) => self.undecided(smallest, undecided, Found::Corner),
            _ => Error::flaky(format!("{smallest:?}")).into(),
        }
    }

    fn undecided(&self, case: Case, undecided: Undecided, found: Found) -> Failure {
        self.counterexample(case, found).into_undecided(undecided)
    }

    fn not_judged(&self, case: Case, not_judged: NotJudged) -> Failure {
        self.counterexample(case, Found::Corner).into_not_judged(not_judged)
    }

    fn failure(&self, case: Case, broken: Broken, found: Found) -> Failure {
        // Where code did not end, that is what is reported, whatever it did not get to.
        let is_missing = || self.judge.names.borrow().missing(self.law.atoms());
        if matches!(broken, Broken::Law { .. }) && is_missing().is_some() {
            // It may run where others take longer; then the law is what is wrong.
            self.run_orders();
            if let Some(missing) = is_missing() {
                return self.cannot_hold(missing);
            }
        }
        let kept_state = match &broken {
            Broken::Law { run, .. } => self.kept_state(run.trace()),
            _ => None,
        };
        let counterexample = self.counterexample(case, found);
        // Code that panics, and state that is kept, are no matter of an order.
        let is_of_order = matches!(broken, Broken::Law { .. } | Broken::Endless { .. });
        let order = if is_of_order && kept_state.is_none() {
            self.rows_of_orders(&counterexample.case)
        } else {
            Vec::new()
        };
        counterexample.into_failure(broken, kept_state, &self.judge, order)
    }

    /// A name of the law that does not run any more: it did in an earlier case, and does not
    /// if that case is run again. So the code keeps something from case to case.
    fn kept_state(&self, trace: &Trace) -> Option<StepName> {
        let ran =
            |trace: &Trace, name: &Name| trace.steps().iter().any(|it| it.name.name() == name);
        let mut names = self.law.names().filter(|name| !ran(trace, name));
        let kept = names.find(|name| {
            let first = self.judge.names.borrow().first_with(name).cloned();
            let Some(first) = first else { return false };
            let case = Case::new(first.into_iter().collect(), Rest::Fixed(0), &self.ranges);
            let again = self.judge.run(&case, Allowance::Search);
            again.is_ok_and(|run| !ran(run.trace(), name))
        });
        kept.map(|name| StepName::new(name.clone(), None))
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
            relation: self.relation,
            case,
            runs: self.judge.runs.get(),
            is_pinned: matches!(found, Found::Pinned),
            seeds: seed.map(Site::seeds),
            notes: self.judge.notes(),
            is_always_tried: matches!(found, Found::Corner),
            keeps_files: self.checker.keeps_seeds,
        }
    }
}

/// Whether somebody wants to see where a panic came from.
fn wants_backtraces() -> bool {
    std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0")
}

/// Where a failing case came from.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Pinned,
    Drawn,
    Corner,
}

/// How often a case that broke the law is run again before it is called flaky.
const RETRIES: usize = 100;

#[cfg(test)]
mod tests;
