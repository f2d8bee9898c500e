//! One case: how it is run, and what its run says of the law.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use crate::checker::case::{Case, Rest};
use crate::checker::jumps::Jumps;
use crate::checker::names::Names;
use crate::checker::range::Ranges;
use crate::error::Error;
use crate::exploration::Relation;
use crate::explore::beyond_events;
use crate::law::Law;
use crate::name::StepName;
use crate::run::{Panicked, Run, Stop, Stopped, Warning};
use crate::runtime::Conditions;
use crate::runtime::Latency;
use crate::text::shorten;
use crate::time::whole_ticks;
use crate::trace::Trace;
use crate::verdict::{Observed, Trial};

/// Runs the code under test once, under these conditions.
pub(super) type Code<'a> = &'a dyn Fn(Conditions) -> Result<Run<()>, Box<Stopped>>;

/// What came of a case.
pub(super) enum Outcome {
    Holds,
    Breaks(Broken),
    /// What the law speaks of is no single duration here.
    Undecided(Undecided),
    /// A limit ended the run before it could be judged.
    NotJudged(NotJudged),
}

/// What became of a run that does not keep the law.
pub(super) enum Broken {
    /// It took another time than this.
    Law { expected: Duration, run: Box<Run<()>> },
    /// It ran several steps of a name that the law speaks of as of one.
    Several { error: Error, run: Box<Run<()>> },
    /// It was still going on when, by the law, it should have been over for some time.
    Overdue { expected: Duration, error: Error, trace: Option<Trace> },
    /// It cannot end: nothing could go on, or it went on for ever at one instant.
    Endless { error: Error, trace: Option<Trace> },
    /// The code panicked.
    Panic { panicked: Panicked, trace: Option<Trace> },
}

/// A run of which the law says nothing, and why.
pub(super) struct Undecided {
    pub(super) error: Error,
    pub(super) run: Box<Run<()>>,
}

/// A run that a limit ended, and which.
pub(super) struct NotJudged {
    pub(super) error: Error,
    pub(super) trace: Option<Trace>,
}

/// How many jumps of the clock a case may take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowance {
    /// All that are left.
    All,
    /// Its share; a case of longer latencies is brought within the reach.
    Share,
    /// A share that is not charged, since it is a search for a smaller case.
    Search,
    /// A share of those of the exploration. What the events of its run need is not charged.
    Explore,
}

/// What judges the cases of a check, and what it has learned from them.
pub(super) struct Judge<'a> {
    pub(super) code: Code<'a>,
    law: &'a Law,
    /// How the makespan is to relate to the law.
    relation: Relation,
    pub(super) ranges: Rc<Ranges>,
    pub(super) jumps: Jumps,
    /// Those of the exploration, which has them for itself.
    pub(super) exploring: Jumps,
    has_learned: Cell<bool>,
    pub(super) names: RefCell<Names>,
    /// How many runs there were.
    pub(super) runs: Cell<usize>,
    /// How many cases held.
    pub(super) held: Cell<usize>,
    /// The mutants of the law, if somebody asks for them.
    pub(super) trial: RefCell<Option<Trial>>,
    /// How often a run that had used up its real time may still be tried again.
    retries: Cell<u32>,
    /// Why no more cases are run.
    pub(super) gave_up: RefCell<Option<Error>>,
    pub(super) not_judged: Cell<usize>,
    /// The first case that was not judged, and why.
    pub(super) first_not_judged: RefCell<Option<(Case, NotJudged)>>,
    /// Odd things that happened, each with the number of runs in which it did.
    pub(super) oddities: RefCell<Vec<(Warning, usize)>>,
    /// Whether panics are printed when they happen.
    pub(super) is_loud: Cell<bool>,
}

/// A machine that is busy for the whole real time of a case, which is ten seconds, is rare,
/// and more than twice in one check it is not the machine.
const RETRIES: u32 = 2;

impl<'a> Judge<'a> {
    pub(super) fn new(
        code: Code<'a>,
        (law, relation): (&'a Law, Relation),
        ranges: &Rc<Ranges>,
        wall_limit: Duration,
    ) -> Self {
        Self {
            code,
            law,
            relation,
            ranges: Rc::clone(ranges),
            jumps: Jumps::new(wall_limit),
            exploring: Jumps::new(wall_limit),
            has_learned: Cell::new(false),
            names: RefCell::default(),
            runs: Cell::new(0),
            held: Cell::new(0),
            trial: RefCell::default(),
            retries: Cell::new(RETRIES),
            gave_up: RefCell::default(),
            not_judged: Cell::new(0),
            first_not_judged: RefCell::default(),
            oddities: RefCell::default(),
            is_loud: Cell::new(false),
        }
    }

    /// Runs a case and holds it to the law.
    pub(super) fn judge(&self, case: &Case, allowance: Allowance) -> Result<Outcome, Error> {
        if let Some(error) = &*self.gave_up.borrow() {
            self.not_judged.set(self.not_judged.get() + 1);
            let not_judged = NotJudged { error: error.clone(), trace: None };
            return Ok(Outcome::NotJudged(not_judged));
        }
        if allowance == Allowance::Share {
            case.bring_within(self.jumps.reach());
        }
        let outcome = loop {
            let stopped = match self.run(case, allowance) {
                Ok(run) => {
                    let outcome = self.hold(case, run).map_or_else(|it| *it, |_| Outcome::Holds);
                    if matches!(outcome, Outcome::Holds) && allowance != Allowance::Search {
                        self.held.set(self.held.get() + 1);
                    }
                    return Ok(outcome);
                }
                Err(stopped) => stopped,
            };
            let outcome = self.of_stopped(case, *stopped)?;
            let Outcome::NotJudged(NotJudged { error, .. }) = &outcome else { break outcome };
            if error.is_past_jump_limit() && self.learns_own_jumps() {
                continue;
            }
            if error.is_past_jump_limit() && allowance == Allowance::Share {
                let at = error.stood_at().map_or(0, |at| whole_ticks(at.since_start()));
                if self.jumps.shorten_reach(case.longest(), at) {
                    case.bring_within(self.jumps.reach());
                    continue;
                }
            }
            if error.is_past_wall_limit() {
                // It may have been the machine: then it does not happen again.
                let left = self.retries.get().checked_sub(1);
                if let Some(left) = left.filter(|_| !error.is_waiting_outside()) {
                    self.retries.set(left);
                    continue;
                }
                if allowance != Allowance::Search {
                    *self.gave_up.borrow_mut() = Some(error.clone());
                }
            }
            break outcome;
        };
        if let Outcome::NotJudged(not_judged) = &outcome
            && allowance != Allowance::Search
        {
            self.not_judged.set(self.not_judged.get() + 1);
            let again =
                NotJudged { error: not_judged.error.clone(), trace: not_judged.trace.clone() };
            self.first_not_judged.borrow_mut().get_or_insert_with(|| (case.clone(), again));
        }
        Ok(outcome)
    }

    /// What comes of a run that did not reach its end. It is an error if no run can begin.
    pub(super) fn of_stopped(&self, case: &Case, stopped: Stopped) -> Result<Outcome, Error> {
        let Stopped { why, trace, .. } = stopped;
        let error = match why {
            Stop::Panic(panicked) => {
                return Ok(Outcome::Breaks(Broken::Panic { panicked, trace }));
            }
            Stop::Error(error) => error,
        };
        if !error.is_unended() {
            return Err(error);
        }
        if !error.is_past_a_limit() || error.is_livelock() {
            return Ok(Outcome::Breaks(Broken::Endless { error, trace }));
        }
        if let Some(expected) = self.overdue(case, &error, trace.as_ref()) {
            return Ok(Outcome::Breaks(Broken::Overdue { expected, error, trace }));
        }
        Ok(Outcome::NotJudged(NotJudged { error, trace }))
    }

    /// Learns how many jumps the code makes by itself, from the case of the least latencies.
    /// Returns whether that is news: most code never jumps so often that it is asked.
    fn learns_own_jumps(&self) -> bool {
        if self.has_learned.replace(true) {
            return false;
        }
        let least = Case::new(BTreeMap::new(), Rest::Fixed(0), &self.ranges);
        match self.run(&least, Allowance::All) {
            Ok(run) => self.jumps.learn(run.jumps(), run.trace().len()),
            // Another limit ended it, so that these jumps are its own all the same.
            Err(stopped) if stopped.jumps < self.jumps.all() => {
                let events = stopped.trace.as_ref().map_or(0, Trace::len);
                self.jumps.learn(stopped.jumps, events);
            }
            Err(_) => {}
        }
        true
    }

    /// Runs a case, without holding it to anything.
    pub(super) fn run(&self, case: &Case, allowance: Allowance) -> Result<Run<()>, Box<Stopped>> {
        let chosen = case.clone();
        let latency: Latency = Rc::new(move |asked| {
            Some(Duration::from_millis(chosen.ticks(asked.name, asked.place)))
        });
        let jumps = match allowance {
            Allowance::All => self.jumps.all(),
            Allowance::Share | Allowance::Search => self.jumps.share(),
            Allowance::Explore => self.exploring.share(),
        };
        let is_quiet = !self.is_loud.get();
        let run =
            (self.code)(Conditions { latency, jumps, is_quiet, is_patient: true, face: "Checker" });
        self.note(case, &run, allowance);
        run
    }

    /// Notes what a run shows beside whether the law holds.
    pub(super) fn note(
        &self,
        case: &Case,
        run: &Result<Run<()>, Box<Stopped>>,
        allowance: Allowance,
    ) {
        self.runs.set(self.runs.get() + 1);
        let (trace, warnings, jumps) = match run {
            Ok(run) => (Some(run.trace()), run.warnings(), run.jumps()),
            Err(stopped) => (stopped.trace.as_ref(), &*stopped.warnings, stopped.jumps),
        };
        match allowance {
            Allowance::Share => self.jumps.charge(jumps),
            Allowance::Explore => {
                self.exploring.charge(beyond_events(jumps, trace.map_or(0, Trace::len)));
            }
            Allowance::All | Allowance::Search => {}
        }
        self.names.borrow_mut().note(case, trace);
        if allowance != Allowance::Search {
            self.note_oddities(warnings);
        }
    }

    /// Keeps what is worth a note even if the law holds.
    fn note_oddities(&self, warnings: &[Warning]) {
        let mut oddities = self.oddities.borrow_mut();
        for warning in warnings.iter().filter(|warning| warning.is_worth_a_note()) {
            // When something outside answers is different every time.
            let is_same = |known: &Warning| {
                known == warning || (known.is_of_answer() && warning.is_of_answer())
            };
            match oddities.iter_mut().find(|(known, _)| is_same(known)) {
                Some((_, runs)) => *runs += 1,
                None => oddities.push((warning.clone(), 1)),
            }
        }
    }

    /// Holds a run that has ended to the law, and returns it if it does.
    pub(super) fn hold(&self, case: &Case, run: Run<()>) -> Result<Run<()>, Box<Outcome>> {
        let trace = run.trace();
        let unstarted = |step: &StepName| Some(case.latency(step));
        let observed = Observed::new(trace).with_unstarted(&unstarted);
        let expected = observed.value(self.law);
        let holds = |expected: &Duration| self.relation.holds(trace.makespan(), *expected);
        if expected.as_ref().is_ok_and(holds) {
            if let Some(trial) = &mut *self.trial.borrow_mut() {
                trial.add(trace, &observed, || case.told());
            }
            return Ok(run);
        }
        let run = Box::new(run);
        Err(Box::new(match expected {
            Ok(expected) => Outcome::Breaks(Broken::Law { expected, run }),
            // A name that stands alone runs once: that is part of what the law claims.
            Err(error) if error.is_of_several() => Outcome::Breaks(Broken::Several { error, run }),
            Err(error) => Outcome::Undecided(Undecided { error, run }),
        }))
    }

    /// What the law says of a run that a limit ended, if the run had gone on for longer:
    /// then it breaks the law, whatever it would have done behind the limit.
    ///
    /// That is known where the latencies decide alone what the law says. A step that may
    /// still start has its latency; but a law of every step of a name may grow with steps
    /// that are still to come, and nobody knows how long a step takes that is no delay.
    fn overdue(&self, case: &Case, error: &Error, trace: Option<&Trace>) -> Option<Duration> {
        let names = self.names.borrow();
        let are_delays = || self.law.names().all(|name| names.are_delays(name));
        let has_most = self.relation != Relation::AtLeast;
        if self.law.has_aggregates() || !are_delays() || !has_most {
            return None;
        }
        let unstarted = |step: &StepName| Some(case.latency(step));
        let observed = Observed::new(trace?).with_unstarted(&unstarted);
        let expected = observed.value(self.law).ok()?;
        (expected < error.stood_at()?.since_start()).then_some(expected)
    }

    /// The notes of a check in which the law held wherever it could be judged.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((case, NotJudged { error, .. })) = &*self.first_not_judged.borrow() {
            let latencies = shorten(format!("{case:?}"));
            let when = if latencies.is_empty() { "no delay had run" } else { &latencies };
            let first_line = error.to_string().lines().next().unwrap_or_default().to_owned();
            notes.push(match self.not_judged.get() {
                1 => format!("1 case was not judged, when {when}: {first_line}; {TO_JUDGE_MORE}"),
                many => format!(
                    "{many} cases were not judged, the first one when {when}: {first_line}; \
                     {TO_JUDGE_MORE}"
                ),
            });
        }
        if let Some(reach) = self.jumps.reach_if_shortened() {
            notes.push(format!(
                "latencies above {reach} were not tried: the code ticks, and the clock would \
                 have jumped too often; {TO_JUDGE_MORE}"
            ));
        }
        let runs = self.runs.get();
        let oddities = self.oddities.borrow();
        notes.extend(
            oddities.iter().map(|(odd, count)| format!("{odd} (in {count} of {runs} runs)")),
        );
        notes
    }
}

/// What to do where not all was judged.
pub(super) const TO_JUDGE_MORE: &str = "narrow the latencies with `.latency(..)`, or allow more \
                                        with `.wall_limit(..)`";
