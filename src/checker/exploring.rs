//! The exploration of a check: each of its runs is held to the law, and so is each order.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::test_runner::TestError;

use crate::checker::case::{Case, Rest};
use crate::checker::judge::{Allowance, Judge, Outcome};
use crate::checker::report::headline;
use crate::checker::seeds::Site;
use crate::checker::session::{Found, Refused, Session};
use crate::checker::tree::CaseTree;
use crate::exploration::{
    Coverage, Ending, Exploration, Question, RangeOf, Relation, Unstarted, literals,
};
use crate::explore::orders_of;
use crate::name::StepName;
use crate::runtime::{Conditions, Latency};
use crate::text::shorten;
use crate::time::whole_ticks;
use crate::trace::Trace;
use crate::verdict::{Failure, Report};

/// What came of a run of an exploration.
enum Step {
    /// The law holds in it.
    Ran(Trace),
    /// The law, or the run, is broken on these latencies.
    Breaks(Case),
    /// There is nothing to explore any more.
    Refused(Refused),
    /// The clock jumped too often, on latencies up to the first of these, at the second.
    Jumped(u64, u64),
    /// A limit ended it.
    Stopped,
}

impl Session<'_> {
    /// Explores the orders of events, with the law held to each.
    pub(super) fn explore(&self) -> Result<Exploration, Failure> {
        let (constants, literals) = (self.constants(), self.literals());
        // Ranges reach past what the code may compare with.
        let given = self.law.constants().chain(self.checker.constants.iter().copied());
        let longest = given.map(whole_ticks).max().unwrap_or(0).saturating_mul(2);
        loop {
            let ranges = Rc::clone(&self.ranges);
            let reach = i64::try_from(self.judge.exploring.reach()).unwrap_or(i64::MAX);
            let range: RangeOf = Rc::new(move |step| {
                let (least, most) = ranges.in_ticks(step, longest);
                (least, most.min(reach).max(least))
            });
            let question = Question {
                range,
                budget: self.checker.budget_of_runs(),
                constants: constants.clone(),
                literals: literals.clone(),
                wants_orders: false,
                law: Some((self.law, self.relation)),
            };
            let broken = RefCell::new(None);
            let has_jumped = Cell::new(None);
            let mut code = |latency: Latency, unstarted: &Unstarted| match self
                .judge
                .explored(latency, unstarted)
            {
                Step::Ran(trace) if self.varies_nothing() => {
                    *self.refused.borrow_mut() = Some(Refused::NothingVaries);
                    drop(trace);
                    None
                }
                Step::Ran(trace) => Some((trace, Ending::Done)),
                Step::Breaks(case) => {
                    *broken.borrow_mut() = Some(case);
                    None
                }
                Step::Refused(refused) => {
                    *self.refused.borrow_mut() = Some(refused);
                    None
                }
                Step::Jumped(longest, at) => {
                    has_jumped.set(Some((longest, at)));
                    None
                }
                Step::Stopped => None,
            };
            let exploration = Exploration::of(&question, &mut code);
            if let Some(case) = broken.take() {
                let tree = CaseTree::new(case.clone(), &self.ranges);
                let result = self.runner().run_one(tree, |case| self.test(&case));
                // It broke the law once. If it does not do so again, that is a failure too.
                let is_gone = result.is_ok().then(|| TestError::Fail("".into(), case));
                let result = is_gone.map_or(result.map(|_| ()), Err);
                self.conclude(result, Found::Corner)?;
            }
            self.conclude(Ok(()), Found::Corner)?;
            match has_jumped.get() {
                Some((longest, at)) if self.judge.exploring.shorten_reach(longest, at) => {}
                _ => return Ok(exploration.within(reach)),
            }
        }
    }

    /// Rows of a report: the part of the order of a case that breaks the law, and the longest
    /// makespan of all where it has a bound.
    pub(super) fn rows_of_orders(&self, case: &Case) -> Vec<(&'static str, String)> {
        /// What is explored for a report, which is longer for it and no more certain.
        const ENOUGH: usize = 1_024;
        let ranges = Rc::clone(&self.ranges);
        let longest = self.law.constants().map(whole_ticks).max().unwrap_or(0);
        let range: RangeOf = Rc::new(move |step| ranges.in_ticks(step, longest.saturating_mul(2)));
        let constants = self.law.constants().filter_map(|it| i64::try_from(whole_ticks(it)).ok());
        let question = Question {
            range,
            budget: ENOUGH,
            constants: constants.collect(),
            literals: self.literals(),
            wants_orders: true,
            law: None,
        };
        let Ok(exploration) = orders_of(&question, self.judge.code) else { return Vec::new() };
        let latency = |step: &StepName| case.latency(step);
        let order = exploration.condition_of_fault(&latency, self.law, self.relation);
        let has_bound = self.relation == Relation::AtMost;
        let longest = exploration.longest_told().filter(|_| has_bound);
        let order = order.map(|order| ("order", shorten(order)));
        order.into_iter().chain(longest.map(|it| ("longest", shorten(it)))).collect()
    }

    /// The failure of a check that demands all orders.
    pub(super) fn not_exhausted(&self, coverage: &Coverage) -> Failure {
        let headline = headline("timing law not exhausted", self.checker.code);
        let rows = [
            ("law", shorten(self.law)),
            ("explored", format!("{} orders in {} runs", coverage.orders(), coverage.runs())),
            (coverage.grade().label(), coverage.reason().unwrap_or_default().to_owned()),
        ];
        Report::without_trace(headline).with_rows(2, rows).into()
    }

    /// Explores without holding the runs to anything, so that all names are known.
    pub(super) fn run_orders(&self) {
        /// Names hide behind an order of few events, if they do.
        const ENOUGH: usize = 256;
        let ranges = Rc::clone(&self.ranges);
        let range: RangeOf = Rc::new(move |step| ranges.in_ticks(step, 0));
        let question = Question {
            range,
            budget: ENOUGH,
            constants: self.constants(),
            literals: Vec::new(),
            wants_orders: false,
            law: None,
        };
        let mut code = |latency: Latency, _: &Unstarted| {
            let jumps = self.judge.jumps.share();
            let conditions =
                Conditions { latency, jumps, is_quiet: true, is_patient: false, face: "Checker" };
            let run = (self.judge.code)(conditions);
            let trace = match run {
                Ok(run) => Some(run.into_trace()),
                Err(stopped) => stopped.trace,
            }?;
            let case = Case::new(BTreeMap::new(), Rest::Fixed(0), &self.ranges);
            self.judge.names.borrow_mut().note(&case, Some(&trace));
            Some((trace, Ending::Done))
        };
        Exploration::of(&question, &mut code);
    }

    /// Durations that may matter to the code, in ticks: those of the law, those that somebody
    /// gave, and sums of these.
    fn constants(&self) -> Vec<i64> {
        /// Pauses and limits of one piece of code add up in pairs and in threes. Of more
        /// constants than these the sums are too many to be tried.
        const ADDED: usize = 4;
        let of_law = self.law.constants().chain(self.checker.constants.iter().copied());
        let mut all: Vec<_> = of_law
            .filter_map(|constant| i64::try_from(whole_ticks(constant)).ok())
            .filter(|constant| *constant > 0)
            .collect();
        let few = all.clone();
        for (place, one) in few.iter().enumerate().take(ADDED) {
            for (other, two) in few.iter().enumerate().take(ADDED).skip(place + 1) {
                all.push(one + two);
                all.extend(few.iter().take(ADDED).skip(other + 1).map(|three| one + two + three));
            }
        }
        all
    }

    /// Durations in the sources of the code, in ticks.
    fn literals(&self) -> Vec<i64> {
        let source = self.source.and_then(Site::source);
        source.map_or_else(Vec::new, |(package, file)| literals(package, &file, self.line))
    }
}

impl Judge<'_> {
    /// Runs a step of an exploration, and holds it to the law.
    fn explored(&self, latency: Latency, unstarted: &Unstarted) -> Step {
        if self.gave_up.borrow().is_some() {
            return Step::Stopped;
        }
        let given = Rc::new(RefCell::new(Vec::<(StepName, u64)>::new()));
        let asked = Rc::clone(&given);
        let latency: Latency = Rc::new(move |delay| {
            let latency = latency(delay)?;
            let step = StepName::new(delay.name.clone(), Some(delay.place));
            asked.borrow_mut().push((step, whole_ticks(latency)));
            Some(latency)
        });
        let run = (self.code)(Conditions {
            latency,
            jumps: self.exploring.share(),
            is_quiet: !self.is_loud.get(),
            is_patient: true,
            face: "Checker",
        });
        let mut chosen: BTreeMap<_, _> =
            unstarted.iter().map(|(step, it)| (step.clone(), it.unsigned_abs())).collect();
        let given = given.take();
        chosen.extend(given.iter().cloned());
        let case = Case::new(chosen, Rest::Fixed(0), &self.ranges);
        for (step, _) in &given {
            case.latency(step);
        }
        self.note(&case, &run, Allowance::Explore);
        let stopped = match run {
            Ok(run) => {
                return match self.hold(&case, run) {
                    Ok(run) => {
                        self.held.set(self.held.get() + 1);
                        Step::Ran(run.into_trace())
                    }
                    Err(outcome) => match *outcome {
                        Outcome::Undecided(_) => Step::Refused(Refused::Undecided(case)),
                        _ => Step::Breaks(case),
                    },
                };
            }
            Err(stopped) => stopped,
        };
        let not_judged = match self.of_stopped(&case, *stopped) {
            Err(error) => return Step::Refused(Refused::Error(error)),
            Ok(Outcome::NotJudged(not_judged)) => not_judged,
            Ok(_) => return Step::Breaks(case),
        };
        let error = &not_judged.error;
        if error.is_past_jump_limit() {
            let at = error.stood_at().map_or(0, |at| whole_ticks(at.since_start()));
            return Step::Jumped(case.longest(), at);
        }
        self.first_not_judged.borrow_mut().get_or_insert_with(|| (case, not_judged));
        self.not_judged.set(self.not_judged.get() + 1);
        Step::Stopped
    }
}
