//! The search itself: look, explain, fold, confirm, and look again.

use std::time::Duration;

use crate::error::Error;
use crate::inference::Subject;
use crate::inference::confirm::Confirmation;
use crate::inference::finding::{Finding, Found, NotFound};
use crate::inference::fold::fold;
use crate::inference::history::{History, Run};
use crate::inference::notation::{Namesakes, law};
use crate::inference::random::Random;
use crate::inference::sampling::{drawn, neighbours, outstanding};
use crate::inference::timing::{Gap, Timing};
use crate::law::Durations;
use crate::law::Law;
use crate::name::StepName;
use crate::time::whole_ticks;

/// How often a law that broke is mended.
const MENDED: usize = 16;

/// How often more runs are tried where something has no rule.
const TRIED: usize = 4;

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
                Gap { step: None, run }
            }
            Round::Unexplained(gap) => {
                tried += 1;
                if tried > TRIED {
                    let no_rule = NotFound::no_rule(&search.history, gap.step, gap.run);
                    return Ok(Finding::NoLaw(no_rule));
                }
                gap
            }
        };
        search.look_closer(subject, &gap)?;
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
        while let Some(assignment) = drawn(self.history.steps().len()).nth(number) {
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
        Ok(None)
    }

    /// Looks around a run that was not understood.
    fn look_closer(&mut self, subject: &mut dyn Subject, gap: &Gap) -> Result<(), Error> {
        let run = &self.history.runs()[gap.run];
        let close = neighbours(&self.history, run, CLOSE, &mut self.random);
        close.into_iter().try_for_each(|it| self.history.observe(subject, it))
    }

    /// One attempt: rules, a law, and runs that might break it.
    fn round(&mut self, subject: &mut dyn Subject) -> Result<Round, Error> {
        let (one_by_one, together, assignments) = {
            let timing = match Timing::find(&self.history) {
                Ok(timing) => timing,
                Err(gap) => return Ok(Round::Unexplained(gap)),
            };
            let Some(sum) = fold(&timing, &self.history.order()) else {
                return Ok(Round::Nothing(NotFound::too_long(&self.history)));
            };
            let confirmation = Confirmation::new(&self.history, &timing);
            (
                law(&sum, &self.history, Namesakes::OneByOne),
                law(&sum, &self.history, Namesakes::Together),
                confirmation.assignments(&mut self.random),
            )
        };
        let mut holds_together = true;
        for run in 0..self.history.runs().len() {
            if let Err(expected) = self.holds(&one_by_one, run)? {
                return Ok(Round::Broken { law: one_by_one, run, expected });
            }
            holds_together = holds_together && self.holds(&together, run)?.is_ok();
        }
        let runs = assignments.len();
        let mut longest = 0;
        for assignment in assignments {
            self.history.observe(subject, assignment)?;
            let run = self.history.runs().len() - 1;
            longest = self.history.runs()[run].latencies.iter().copied().fold(longest, u64::max);
            if let Err(expected) = self.holds(&one_by_one, run)? {
                return Ok(Round::Broken { law: one_by_one, run, expected });
            }
            holds_together = holds_together && self.holds(&together, run)?.is_ok();
        }
        let law = if holds_together { together } else { one_by_one };
        Ok(Round::Found(Found { law, runs, longest }))
    }

    /// Whether a law holds in a run; if not, what it says of it.
    fn holds(&self, law: &Law, run: usize) -> Result<Result<(), u64>, Error> {
        let run = &self.history.runs()[run];
        let seen = &mut Seen { history: &self.history, run };
        let expected = whole_ticks(law.evaluate_over(seen)?);
        Ok(if expected == run.end { Ok(()) } else { Err(expected) })
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

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use super::{Error, Finding, Law, Random, infer};
    use crate::inference::{Sample, Sampled, Subject};
    use crate::name::Name;
    use crate::scenario::Scenario;

    type Latency<'a> = &'a dyn Fn(&str, usize) -> u64;

    /// A scenario whose steps take what they are given, predicted.
    struct Predicted<F>(F);

    impl<F: FnMut(Latency<'_>) -> Scenario> Subject for Predicted<F> {
        fn sample(&mut self, latency: Rc<dyn Fn(&Name, usize) -> u64>) -> Result<Sample, Error> {
            let trace = (self.0)(&|name, index| latency(&name.into(), index)).predict()?;
            let ticks = |duration: Duration| u64::try_from(duration.as_millis()).expect("hours");
            let steps = trace.steps().into_iter().map(|step| {
                let (name, index) = (step.name.name().clone(), step.name.index().unwrap_or(0));
                let latency = latency(&name, index);
                Sampled { name, index, start: ticks(step.start.since_start()), latency }
            });
            Ok(Sample { steps: steps.collect(), makespan: ticks(trace.makespan()) })
        }
    }

    /// Code written out by hand: it tells each start, and says when the end comes.
    struct ByHand<F>(F);

    /// Notes the starts of steps, and tells when they finish.
    struct Notes {
        latency: Rc<dyn Fn(&Name, usize) -> u64>,
        steps: Vec<Sampled>,
    }

    impl Notes {
        fn run(&mut self, name: &str, start: u64) -> u64 {
            let name = Name::from(name);
            let index = self.steps.iter().filter(|step| step.name == name).count();
            let latency = (self.latency)(&name, index);
            self.steps.push(Sampled { name, index, start, latency });
            start + latency
        }
    }

    impl<F: FnMut(&mut Notes) -> u64> Subject for ByHand<F> {
        fn sample(&mut self, latency: Rc<dyn Fn(&Name, usize) -> u64>) -> Result<Sample, Error> {
            let mut notes = Notes { latency, steps: Vec::new() };
            let makespan = (self.0)(&mut notes);
            let mut steps = notes.steps;
            steps.sort_by_key(|step| step.start);
            Ok(Sample { steps, makespan })
        }
    }

    fn found(subject: &mut dyn Subject) -> Law {
        match infer(subject).expect("it runs") {
            Finding::Law(found) => found.law,
            Finding::NoLaw(not_found) => panic!("{not_found}"),
        }
    }

    fn not_found(subject: &mut dyn Subject) -> String {
        match infer(subject).expect("it runs") {
            Finding::Law(found) => panic!("found {}", found.law),
            Finding::NoLaw(not_found) => not_found.to_string(),
        }
    }

    /// Takes a notation with `_` for every latency that is to be given.
    #[track_caller]
    fn check(notation: &str, law: &str) {
        let inferred = found(&mut of_notation(notation));
        assert_eq!(inferred.to_string(), law);
        assert_eq!(inferred, law.parse().expect("a law"));
    }

    fn of_notation(notation: &str) -> Predicted<impl FnMut(Latency<'_>) -> Scenario> {
        let scenario: Scenario = notation.replace('_', "0ms").parse().expect("a scenario");
        Predicted(move |latency: Latency<'_>| {
            // A scenario's own latencies decide which namesake starts first, so only
            // notations where that is the order of writing are given here.
            let mut counts = std::collections::BTreeMap::<String, usize>::new();
            let mut given = |name: &Name| {
                let count = counts.entry(name.as_str().to_owned()).or_default();
                *count += 1;
                Duration::from_millis(latency(name.as_str(), *count - 1))
            };
            with_latencies(&scenario, &mut given)
        })
    }

    fn with_latencies(scenario: &Scenario, latency: &mut dyn FnMut(&Name) -> Duration) -> Scenario {
        use crate::scenario::View;
        match scenario.view() {
            // A constant is a step that nobody hears of; here it is a timeout's.
            View::Step { name, .. } => Scenario::step(name.clone(), latency(name)),
            View::Group(group) => {
                let children: Vec<_> =
                    group.children.iter().map(|child| with_latencies(child, latency)).collect();
                Scenario::group(group.form, children)
            }
        }
    }

    #[test]
    fn sequences_fan_outs_and_races_are_found() {
        check("seq(a: _, b: _, c: _)", "a + b + c");
        check("spawn(a: _, b: _, c: _)", "max(a, b, c)");
        check("race(a: _, b: _)", "min(a, b)");
        check("seq(auth: _, spawn(profile: _, orders: _))", "auth + max(profile, orders)");
        check("spawn(seq(a: _, join(b: _, c: _)), d: _)", "max(a + max(b, c), d)");
        check("spawn(race(a: _, b: _), race(c: _, d: _))", "max(min(a, b), min(c, d))");
        check("seq(race(a: _, b: _), c: _)", "min(a, b) + c");
        check("race(seq(a: _, b: _), seq(c: _, d: _))", "min(a + b, c + d)");
        check("seq(spawn(a: _, b: _), spawn(c: _, d: _), e: _)", "max(a, b) + max(c, d) + e");
    }

    #[test]
    fn timeouts_are_found() {
        check("timeout(100ms, a: _)", "min(100ms, a)");
        check("seq(timeout(100ms, a: _), b: _)", "min(100ms, a) + b");
        check("seq(x: _, timeout(2s, seq(a: _, b: _)), c: _)", "x + min(2s, a + b) + c");
        check(
            "spawn(timeout(1s, a: _), timeout(1s, b: _), timeout(1s, c: _))",
            "min(1s, max(a, b, c))",
        );
        check("spawn(timeout(1s, a: _), timeout(300ms, b: _))", "max(min(1s, a), min(300ms, b))");
        check("seq(timeout(3ms, a: _), timeout(20s, b: _))", "min(3ms, a) + min(20s, b)");
    }

    #[test]
    fn namesakes_are_spoken_of_together_where_they_all_are() {
        check("seq(attempt: _, attempt: _, attempt: _)", "sum(attempt)");
        check("spawn(worker: _, worker: _)", "max(worker)");
        check("race(a: _, a: _, a: _)", "min(a)");
        check("seq(a: _, b: _, a: _)", "a[0] + b + a[1]");
        check("seq(x: _, spawn(w: _, w: _, z: _))", "x + max(max(w), z)");
        check("limit(2, job: _, job: _, job: _, job: _, job: _)", "limit(2, job)");
        check(
            "seq(x: _, limit(3, j: _, j: _, j: _, j: _, j: _, j: _, j: _), y: _)",
            "x + limit(3, j) + y",
        );
        check("limit(2, a: _, b: _, c: _, d: _, e: _)", "limit(2, a, b, c, d, e)");
        check("limit(2, a: _, b: _, c: _)", "limit(2, a, b, c)");
    }

    #[test]
    fn graphs_that_are_no_trees_are_found() {
        // c waits for a and b, d for b alone.
        let mut crossed = ByHand(|notes: &mut Notes| {
            let (a, b) = (notes.run("a", 0), notes.run("b", 0));
            let (c, d) = (notes.run("c", a.max(b)), notes.run("d", b));
            c.max(d)
        });
        let law = found(&mut crossed);
        assert_eq!(law.to_string(), "max(max(a, b) + c, b + d)");
    }

    #[test]
    fn constants_are_found() {
        let text = |subject: &mut dyn Subject| found(subject).to_string();
        let mut after = ByHand(|notes: &mut Notes| notes.run("a", 0) + 50);
        assert_eq!(text(&mut after), "a + 50ms");
        let mut both = ByHand(|notes: &mut Notes| notes.run("a", 0).max(notes.run("b", 0)) + 10);
        assert_eq!(text(&mut both), "max(a, b) + 10ms");
        let mut backoff = ByHand(|notes: &mut Notes| {
            let first = notes.run("attempt", 0);
            notes.run("attempt", first + 100)
        });
        assert_eq!(text(&mut backoff), "attempt[0] + 100ms + attempt[1]");
        let mut doubled = ByHand(|notes: &mut Notes| {
            (0..4).fold(0, |now, number| notes.run("attempt", now + (50 << number) - 50))
        });
        assert_eq!(
            text(&mut doubled),
            "attempt[0] + 50ms + attempt[1] + 150ms + attempt[2] + 350ms + attempt[3]"
        );
        let mut hedge = ByHand(|notes: &mut Notes| {
            let first = notes.run("a", 0);
            if first > 50 { first.min(notes.run("b", 50)) } else { first }
        });
        assert_eq!(text(&mut hedge), "min(a, 50ms + b)");
        let mut constant = ByHand(|_: &mut Notes| 300);
        assert_eq!(text(&mut constant), "300ms");
        let mut nothing = ByHand(|_: &mut Notes| 0);
        assert_eq!(text(&mut nothing), "0ms");
        let mut different =
            ByHand(|notes: &mut Notes| (notes.run("a", 0) + 10).max(notes.run("b", 0) + 25));
        assert_eq!(text(&mut different), "max(a + 10ms, b + 25ms)");
        let mut at_least = ByHand(|notes: &mut Notes| notes.run("a", 5).max(2_000));
        assert_eq!(text(&mut at_least), "max(2s, 5ms + a)");
    }

    #[test]
    fn many_side_by_side_are_found_whole() {
        for (count, is_min) in [(50, false), (50, true), (120, false)] {
            let mut subject = ByHand(|notes: &mut Notes| {
                let ends: Vec<_> =
                    (0..count).map(|number| notes.run(&format!("call{number}"), 0)).collect();
                if is_min { ends.into_iter().min() } else { ends.into_iter().max() }.unwrap_or(0)
            });
            let law = found(&mut subject);
            assert_eq!(law.atoms().count(), count);
        }
    }

    #[test]
    fn what_has_no_law_gets_none() {
        // By the winner of a race.
        let mut by_winner = ByHand(|notes: &mut Notes| {
            let (a, b) = (notes.run("a", 0), notes.run("b", 0));
            if a <= b { a + 100 } else { b + 200 }
        });
        println!("{}", not_found(&mut by_winner));
        let mut branch = ByHand(|notes: &mut Notes| {
            let a = notes.run("a", 0);
            if a > 5_000 { notes.run("extra", a) } else { a }
        });
        println!("{}", not_found(&mut branch));
        let mut sleeps_more = ByHand(|notes: &mut Notes| {
            let a = notes.run("a", 0);
            if a > 5_000 { a + 1_000 } else { a }
        });
        println!("{}", not_found(&mut sleeps_more));
        let mut polling = ByHand(|notes: &mut Notes| notes.run("a", 0).div_ceil(100) * 100);
        println!("{}", not_found(&mut polling));
        let mut slow_polling =
            ByHand(|notes: &mut Notes| notes.run("a", 0).div_ceil(10_000) * 10_000);
        println!("{}", not_found(&mut slow_polling));
        let mut either = ByHand(|notes: &mut Notes| {
            let (a, b) = (notes.run("a", 0), notes.run("b", 0));
            if a <= b { notes.run("c", a) } else { notes.run("d", b) }
        });
        println!("{}", not_found(&mut either));
        let mut product = ByHand(|notes: &mut Notes| {
            let (a, b) = (notes.run("a", 0), notes.run("b", 0));
            (a + b) / 2
        });
        println!("{}", not_found(&mut product));
    }

    /// A scenario at random, of at most so many leaves with names of their own.
    fn any(random: &mut Random, depth: u32, leaves: &mut u64, names: &mut usize) -> Scenario {
        const TIMEOUTS: [u64; 6] = [3, 10, 50, 100, 1_000, 5_000];
        let kind = if depth == 0 || *leaves <= 1 { 0 } else { random.below(8) };
        if kind < 2 && depth < 4 {
            *names += 1;
            *leaves = leaves.saturating_sub(1);
            return Scenario::step(format!("s{names}"), Duration::ZERO);
        }
        if kind == 7 {
            let limit = TIMEOUTS[random.place(TIMEOUTS.len())];
            let child = any(random, depth - 1, leaves, names);
            return Scenario::timeout(Duration::from_millis(limit), child);
        }
        let count = 2 + random.below(3);
        let mut children = Vec::new();
        for _ in 0..count {
            if *leaves > 0 {
                children.push(any(random, depth.saturating_sub(1), leaves, names));
            }
        }
        match kind {
            2 | 0 => Scenario::sequential(children),
            3 | 1 => Scenario::spawned(children),
            4 => Scenario::joined(children),
            5 => Scenario::raced(children),
            _ => {
                let permits = 1 + random.place(3);
                Scenario::limited(permits, children)
            }
        }
    }

    /// Returns how many were looked at, found, and wrong.
    fn sweep(seed: u64, count: u64) -> (u64, u64, u64) {
        let (mut seen, mut found, mut wrong) = (0, 0, 0);
        let is_loud = std::env::var_os("SWEEP_LOUD").is_some();
        for number in 0..count {
            let mut random = Random::new(seed + number);
            let (mut leaves, mut names) = (8, 0);
            let scenario = any(&mut random, 4, &mut leaves, &mut names);
            let law = scenario.law();
            seen += 1;
            let mut subject = Predicted(|latency: Latency<'_>| {
                with_latencies(&scenario, &mut |name| {
                    Duration::from_millis(latency(name.as_str(), 0))
                })
            });
            match infer(&mut subject).expect("it runs") {
                Finding::Law(it) if it.law.equivalent(&law) => {
                    found += 1;
                    if is_loud && it.law != law {
                        println!("unlike: {scenario}\n   {law}\n   {}", it.law);
                    }
                }
                Finding::Law(it) => {
                    println!("WRONG {number}: {scenario}\n   {law}\n   {}", it.law);
                    wrong += 1;
                }
                Finding::NoLaw(why) => {
                    if is_loud {
                        println!("none {number}: {scenario}\n   {law}\n   {why}");
                    }
                }
            }
        }
        (seen, found, wrong)
    }

    #[test]
    fn a_law_that_is_found_is_the_law_of_the_scenario() {
        let count = std::env::var("SWEEP").ok().and_then(|it| it.parse().ok()).unwrap_or(100);
        let (seen, found, wrong) = sweep(1, count);
        println!("{found} of {seen} found, {wrong} wrong");
        assert_eq!(wrong, 0);
        assert!(100 * found >= 85 * seen, "{found} of {seen}");
    }
}
