//! What a law is evaluated over: how long the steps of a run took.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Error;
use crate::law::{Durations, Law, Planned};
use crate::name::{Name, StepName};
use crate::text::shorten;
use crate::time::{Readable, VirtualTime};
use crate::trace::{End, Step, Trace};

/// How long a step takes, as far as its run tells.
#[derive(Clone, Copy)]
enum Took {
    Exactly(Duration),
    /// It was cut, or went on: longer than that, nobody knows how long.
    AtLeast(Duration),
}

/// What a step that did not start would have taken.
type Unstarted<'a> = &'a dyn Fn(&StepName) -> Option<Duration>;

/// How long the steps of a run took.
///
/// A step whose latency is known counts with it, whether it was cut or not; a
/// step that finished, with the time from its start to its finish. Any other
/// lasted at least as long as it was seen.
pub(crate) struct Observed<'a> {
    /// By name, in the order of first polls, which is that of the steps' places.
    steps: BTreeMap<Name, Vec<Observation>>,
    /// The names in the order of first polls.
    names: Vec<Name>,
    unstarted: Option<Unstarted<'a>>,
    is_on_the_wall: bool,
}

struct Observation {
    step: Step,
    took: Took,
    /// Which of the steps it is that lasted at least so long, counted from 0.
    uncertain: usize,
}

impl<'a> Observed<'a> {
    pub(crate) fn new(trace: &Trace) -> Self {
        let mut steps = BTreeMap::<Name, Vec<Observation>>::new();
        let mut names = Vec::new();
        let mut uncertain = 0;
        for step in trace.steps() {
            let lasted = |end: Duration| end.saturating_sub(step.start.since_start());
            let took = match (step.latency, step.end) {
                (Some(latency), _) => Took::Exactly(latency),
                (None, End::Finished(end)) => Took::Exactly(lasted(end.since_start())),
                (None, End::Cancelled(end)) => Took::AtLeast(lasted(end.since_start())),
                (None, End::Open) => Took::AtLeast(lasted(trace.makespan())),
            };
            let namesakes = steps.entry(step.name.name().clone()).or_insert_with_key(|name| {
                names.push(name.clone());
                Vec::new()
            });
            namesakes.push(Observation { step, took, uncertain });
            uncertain += usize::from(matches!(took, Took::AtLeast(_)));
        }
        let is_on_the_wall = !trace.tolerance().is_zero();
        Self { steps, names, unstarted: None, is_on_the_wall }
    }

    /// The same, where a step that did not start counts with what `unstarted` says
    /// of it. A law that speaks of every step of a name counts only those that
    /// started, and there may be none.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub(crate) fn with_unstarted(mut self, unstarted: Unstarted<'a>) -> Self {
        self.unstarted = Some(unstarted);
        self
    }

    /// What the law comes to, if that hangs on no step that was cut.
    pub(crate) fn value(&self, law: &Law) -> Result<Duration, Error> {
        let total = |assumed| {
            let mut durations = Assuming { observed: self, beyond: assumed };
            if self.is_on_the_wall {
                law.evaluate_over_unrounded(&mut durations)
            } else {
                law.evaluate_over(&mut durations)
            }
        };
        let least = total(0)?;
        let uncertain: Vec<_> = self.uncertain();
        let hangs = |assumed: usize| total(assumed).ok() != Some(least);
        if uncertain.is_empty() || !hangs(uncertain.len()) {
            return Ok(least);
        }
        // A law only grows with its durations, so the first step that makes it
        // longer than its least is found by halving.
        let (mut same, mut longer) = (0, uncertain.len());
        while longer - same > 1 {
            let middle = same + (longer - same) / 2;
            if hangs(middle) { longer = middle } else { same = middle }
        }
        let Observation { step, took, .. } = uncertain[longer - 1];
        let lasted = Readable(took.at_least());
        let name = shorten(&step.name);
        let because = match step.end {
            End::Cancelled(_) => format!(
                "hangs on `{name}`, which was cut after {lasted}: it would have lasted longer, \
                 nobody knows how long"
            ),
            _ => format!(
                "hangs on `{name}`, which was still going on at the end, after {lasted}: nobody \
                 knows how long it lasts"
            ),
        };
        Err(Error::undecided(law.to_string(), because))
    }

    /// What should have happened by the law, a step that was cut counted with as long
    /// as it was seen; nothing where that makes no sense.
    pub(crate) fn schedule(&self, law: &Law) -> Option<Vec<Planned>> {
        law.schedule(&mut Assuming { observed: self, beyond: 0 }).ok()
    }

    /// By how much constants of the law lose a `max`, a step that was cancelled counted with
    /// as long as it was seen; nothing where the law has no value.
    pub(crate) fn lost_by_constants(&self, law: &Law) -> Vec<Duration> {
        law.lost_by_constants(&mut Assuming { observed: self, beyond: 0 }).unwrap_or_default()
    }

    /// How long the steps took that the law speaks of, as failures tell it.
    pub(crate) fn told(&self, law: &Law) -> String {
        let mut told = Vec::new();
        for atom in law.atoms() {
            let started = self.steps.get(atom.name()).map_or(&[][..], Vec::as_slice);
            let meant = match atom.index() {
                None => started,
                Some(index) => started.get(index..=index).unwrap_or_default(),
            };
            told.extend(meant.iter().map(|Observation { step, took, .. }| match took {
                Took::Exactly(duration) => format!("{} = {}", step.name, Readable(*duration)),
                Took::AtLeast(duration) => format!("{} >= {}", step.name, Readable(*duration)),
            }));
            let unstarted = self.unstarted.filter(|_| meant.is_empty());
            if let Some(duration) = unstarted.and_then(|unstarted| unstarted(atom)) {
                told.push(format!("{atom} = {}", Readable(duration)));
            }
        }
        told.join(", ")
    }

    /// How many steps of a name started.
    pub(crate) fn count(&self, name: &Name) -> usize {
        self.steps.get(name).map_or(0, Vec::len)
    }

    /// How long each step took, those of a name together.
    pub(crate) fn durations(&self) -> Vec<(StepName, Duration)> {
        let steps = self.names.iter().flat_map(|name| &self.steps[name]);
        steps.map(|it| (it.step.name.clone(), it.took.at_least())).collect()
    }

    /// The steps that lasted at least so long, in the order of their starts.
    fn uncertain(&self) -> Vec<&Observation> {
        let is_uncertain = |it: &&Observation| matches!(it.took, Took::AtLeast(_));
        let mut all: Vec<_> = self.steps.values().flatten().filter(is_uncertain).collect();
        all.sort_by_key(|it| it.uncertain);
        all
    }
}

impl Took {
    const fn at_least(self) -> Duration {
        match self {
            Self::Exactly(duration) | Self::AtLeast(duration) => duration,
        }
    }
}

/// The durations where so many of the steps that were cut would have taken
/// longer than anything else does, and the others as long as they were seen.
struct Assuming<'a, 'b> {
    observed: &'a Observed<'b>,
    beyond: usize,
}

impl Assuming<'_, '_> {
    fn duration(&self, observation: &Observation) -> Duration {
        match observation.took {
            Took::AtLeast(_) if observation.uncertain < self.beyond => Duration::MAX,
            took => took.at_least(),
        }
    }

    fn started(&self, atom: &StepName) -> &[Observation] {
        self.observed.steps.get(atom.name()).map_or(&[], Vec::as_slice)
    }

    fn unknown(&self, atom: &StepName) -> Error {
        match self.started(atom).len() {
            0 => Error::unknown_name(atom, &self.observed.names),
            count => Error::unknown_place(atom, count),
        }
    }
}

impl Durations for Assuming<'_, '_> {
    fn one(&mut self, atom: &StepName) -> Result<Duration, Error> {
        let started = self.started(atom);
        let found = match atom.index() {
            None if started.len() > 1 => return Err(Error::several_of_a_name(atom.to_string())),
            index => started.get(index.unwrap_or(0)),
        };
        if let Some(observation) = found {
            return Ok(self.duration(observation));
        }
        let unstarted = self.observed.unstarted.and_then(|unstarted| unstarted(atom));
        unstarted.ok_or_else(|| self.unknown(atom))
    }

    fn every(&mut self, atom: &StepName) -> Result<Vec<Duration>, Error> {
        let started = self.started(atom);
        if started.is_empty() && self.observed.unstarted.is_none() {
            return Err(self.unknown(atom));
        }
        Ok(started.iter().map(|it| self.duration(it)).collect())
    }

    fn began(&self, atom: &StepName) -> Option<VirtualTime> {
        Some(self.started(atom).get(atom.index().unwrap_or(0))?.step.start)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Observed;
    use crate::name::StepName;
    use crate::scenario::Scenario;
    use crate::time::VirtualTime;
    use crate::trace::Trace;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn value(observed: &Observed<'_>, law: &str) -> Result<Duration, String> {
        observed.value(&law.parse().expect("it reads")).map_err(|error| error.to_string())
    }

    /// `a` finished after 2 ms, and then `b` was cut.
    fn raced() -> Trace {
        crate::scenario!(race(a: 2ms, b: 8ms)).predict().expect("it is predicted")
    }

    #[test]
    fn a_latency_that_is_known_counts_also_of_what_was_cut() {
        let unknown = "`max(a, b)` hangs on `b`, which was cut after 2ms: it would have lasted \
                       longer, nobody knows how long";
        assert_eq!(value(&Observed::new(&raced()), "max(a, b)"), Err(unknown.to_owned()));
        let known = raced().with_latencies(vec![None, Some(ms(8))]);
        assert_eq!(value(&Observed::new(&known), "max(a, b)"), Ok(ms(8)));
        assert_eq!(value(&Observed::new(&known), "min(a, b)"), Ok(ms(2)));
        // A latency in fractions of a tick is rounded up, as the timer does.
        let fine = raced().with_latencies(vec![None, Some(Duration::from_micros(2_001))]);
        assert_eq!(value(&Observed::new(&fine), "a + b"), Ok(ms(2 + 3)));
    }

    #[test]
    fn what_did_not_start_counts_with_what_it_would_have_taken() {
        let trace = raced();
        let latency = |step: &StepName| match (step.name().as_str(), step.index()) {
            ("c", None) => Some(ms(5)),
            ("b", Some(1)) => Some(ms(7)),
            _ => None,
        };
        let observed = Observed::new(&trace).with_unstarted(&latency);
        assert_eq!(value(&observed, "a + c"), Ok(ms(2 + 5)));
        assert_eq!(value(&observed, "a + b[1]"), Ok(ms(2 + 7)));
        // What started is not asked for, and all of a name are those that started.
        assert_eq!(value(&observed, "a + sum(c)"), Ok(ms(2)));
        assert_eq!(value(&observed, "max(a) + limit(2, d)"), Ok(ms(2)));
        let unknown = "no step called `d` ran (what ran: a, b)".to_owned();
        assert_eq!(value(&observed, "d"), Err(unknown.clone()));
        assert_eq!(value(&Observed::new(&trace), "sum(d)"), Err(unknown));
        let law = "min(a, b, c, b[1], d)".parse().expect("it reads");
        assert_eq!(observed.told(&law), "a = 2ms, b >= 2ms, c = 5ms, b[1] = 7ms");
    }

    #[test]
    fn what_is_added_is_planned_in_the_order_in_which_it_began() {
        let trace = crate::scenario!(seq(a: 2ms, b: 8ms, a: 3ms)).predict().expect("predicted");
        let observed = Observed::new(&trace);
        let planned = |law: &str| {
            let planned = observed.schedule(&law.parse().expect("it reads")).expect("a plan");
            planned.into_iter().map(|it| it.label).collect::<Vec<_>>()
        };
        assert_eq!(planned("b + a[1] + a[0]"), ["a[0]", "b", "a[1]"]);
        assert_eq!(planned("b + 5ms + a[0]"), ["a[0]", "b", "5ms"]);
    }

    #[test]
    fn a_wall_clock_rounds_nothing() {
        let scenario: Scenario = "seq(a: 2ms, b: 1ms)".parse().expect("it reads");
        let right = scenario.predict().expect("it is predicted");
        let entries = right.entries.iter().map(|entry| {
            let mut entry = *entry;
            entry.time = VirtualTime::after(entry.time.since_start() * 1_001 / 1_000);
            entry
        });
        let took = VirtualTime::after(Duration::from_micros(3_003));
        let trace = Trace::new(right.names.clone(), entries.collect(), took);
        assert_eq!(value(&Observed::new(&trace), "a + b"), Ok(ms(3 + 2)));
        let trace = trace.with_tolerance(ms(1));
        assert_eq!(value(&Observed::new(&trace), "a + b"), Ok(Duration::from_micros(3_003)));
        crate::law!(a + b).verify(&trace).expect("no less than the law, and no tolerance needed");
        crate::law!(a + 0.1ms).verify(&trace).expect("0.9 ms of the tolerance");
        assert!(crate::law!(a).verify(&trace).is_err());
        assert!(crate::law!(a + b + 1ns).verify(&trace).is_err());
    }

    #[test]
    fn of_many_that_were_cut_the_first_that_decides_is_named() {
        let steps: Vec<_> = (0..100).map(|number| format!("s{number}: 9ms")).collect();
        let scenario = format!("race({}, a: 1ms)", steps.join(", "));
        let scenario: Scenario = scenario.parse().expect("it reads");
        let trace = scenario.predict().expect("it is predicted");
        let observed = Observed::new(&trace);
        for law in ["s70 + s40", "max(a, s40, s70)", "max(min(a, s1, s2), s40)", "min(s3, s40)"] {
            let error = value(&observed, law).expect_err("nobody knows");
            assert!(error.contains("hangs on `s40`,"), "{error}");
        }
    }
}
