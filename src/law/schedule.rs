//! What a law says should happen, step by step.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Error;
use crate::law::evaluation::Durations;
use crate::law::expr::{Expr, Fold, Law};
use crate::law::list_scheduling::list_schedule_from;
use crate::name::StepName;
use crate::text::shorten;
use crate::time::{Compact, VirtualTime, whole_ticks};

/// A step of a [`Law::schedule`], or a constant of the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    /// The step's name, or the constant, as the notation writes it.
    pub(crate) label: String,
    pub(crate) start: VirtualTime,
    pub(crate) end: VirtualTime,
    /// The step that it is, if it is one, and not a constant or a number of steps.
    pub(crate) step: Option<StepName>,
    /// Whether the law does not wait for it: something else in a `min` is first.
    pub(crate) is_cut: bool,
}

/// Of a count that is greater, the whole is one step.
const REPEATED: u64 = 8;

impl Law {
    /// Whether what the law says should happen in one way only: steps and constants that
    /// are added to all steps of a name may stand between those.
    pub(crate) fn has_one_schedule(&self) -> bool {
        fn has_one(expr: &Expr) -> bool {
            match expr {
                Expr::Constant(_) | Expr::Atom(_) | Expr::Every(..) => true,
                Expr::Times(_, inner) => has_one(inner),
                Expr::Sum(terms) => {
                    !terms.iter().any(|it| matches!(it, Expr::Every(Fold::Sum, _)))
                        && terms.iter().all(has_one)
                }
                Expr::Max(terms) | Expr::Min(terms) | Expr::Limit(_, terms) => {
                    terms.iter().all(has_one)
                }
            }
        }
        has_one(&self.expr)
    }

    /// Returns what happens when, if code does what the law says as early as it can:
    /// what is added comes one after another, in the order of
    /// the steps' starts where `durations` know of any, what `max` and `min` compare begins at
    /// once, and what loses a `min` is cut.
    ///
    /// A step of which the law speaks in several places is there once, where it
    /// comes last: `max(a + c, b + c)` is `c` behind both.
    ///
    /// # Shape
    ///
    /// In the order in which the law is written.
    ///
    /// # Errors
    ///
    /// As [`evaluate_over`](Self::evaluate_over).
    pub(crate) fn schedule(&self, durations: &mut dyn Durations) -> Result<Vec<Planned>, Error> {
        let mut schedule =
            Schedule { law: self, durations, planned: Vec::new(), is_repeated: false };
        schedule.play(&self.expr, 0)?;
        Ok(merge(schedule.planned))
    }
}

struct Schedule<'a> {
    law: &'a Law,
    durations: &'a mut dyn Durations,
    planned: Vec<Entry>,
    /// Whether what is planned is a part that comes several times.
    is_repeated: bool,
}

/// What is planned, and whether it is the only one of its step.
struct Entry {
    planned: Planned,
    is_only_one: bool,
}

impl Schedule<'_> {
    /// Plays an expression from a tick on; returns the tick at which it is done.
    fn play(&mut self, expr: &Expr, from: u64) -> Result<u64, Error> {
        let law = self.law;
        match expr {
            Expr::Constant(constant) => {
                Ok(self.plan(Compact(*constant).to_string(), None, from, *constant))
            }
            Expr::Atom(atom) => {
                let atom = &law.atoms[*atom as usize];
                let duration = self.durations.one(atom)?;
                Ok(self.step(atom, from, duration))
            }
            Expr::Every(fold, atom) => {
                let atom = &law.atoms[*atom as usize];
                let every = self.durations.every(atom)?;
                let several = every.len() > 1;
                let steps = every.into_iter().enumerate().map(|(place, duration)| {
                    let name = StepName::new(atom.name().clone(), several.then_some(place));
                    Job::Step(name, duration)
                });
                self.fold(*fold, steps.collect(), from)
            }
            Expr::Times(count, inner) if *count <= REPEATED => {
                let before = std::mem::replace(&mut self.is_repeated, true);
                let end = (0..*count).try_fold(from, |from, _| self.play(inner, from));
                self.is_repeated = before;
                end
            }
            Expr::Times(..) => {
                let alone = Law { expr: expr.clone(), atoms: law.atoms.clone() };
                let duration = alone.evaluate_over(self.durations)?;
                Ok(self.plan(shorten(alone), None, from, duration))
            }
            Expr::Sum(terms) => {
                let terms = self.in_order(terms);
                self.fold(Fold::Sum, terms.into_iter().map(Job::Expr).collect(), from)
            }
            Expr::Max(terms) => self.fold(Fold::Max, jobs(terms), from),
            Expr::Min(terms) => self.fold(Fold::Min, jobs(terms), from),
            Expr::Limit(slots, terms) => self.fold(Fold::Limit(*slots), jobs(terms), from),
        }
    }

    /// The terms of a sum in the order in which they began. A constant stays behind
    /// what it is written behind.
    fn in_order<'e>(&self, terms: &'e [Expr]) -> Vec<&'e Expr> {
        let mut began = None;
        let mut ordered: Vec<_> = terms
            .iter()
            .map(|term| {
                began = self.began(term).or(began);
                (began, term)
            })
            .collect();
        ordered.sort_by_key(|(began, _)| *began);
        ordered.into_iter().map(|(_, term)| term).collect()
    }

    /// When the first of an expression's steps began.
    fn began(&self, expr: &Expr) -> Option<VirtualTime> {
        let mut first = None;
        expr.each_leaf(&mut |leaf| {
            if let Expr::Atom(atom) | Expr::Every(_, atom) = leaf {
                let began = self.durations.began(&self.law.atoms[*atom as usize]);
                first = first.into_iter().chain(began).min();
            }
        });
        first
    }

    fn fold(&mut self, fold: Fold, jobs: Vec<Job<'_>>, from: u64) -> Result<u64, Error> {
        match fold {
            Fold::Sum => jobs.into_iter().try_fold(from, |from, job| self.job(job, from)),
            Fold::Max => {
                jobs.into_iter().try_fold(from, |last, job| Ok(last.max(self.job(job, from)?)))
            }
            Fold::Min => {
                let first = self.planned.len();
                let ends: Result<Vec<_>, _> =
                    jobs.into_iter().map(|job| self.job(job, from)).collect();
                let end = ends?.into_iter().min().unwrap_or(from);
                self.cut(first, at(end));
                Ok(end)
            }
            Fold::Limit(slots) => {
                list_schedule_from(from, slots, jobs.into_iter(), |job, free| self.job(job, free))
            }
        }
    }

    fn job(&mut self, job: Job<'_>, from: u64) -> Result<u64, Error> {
        match job {
            Job::Expr(expr) => self.play(expr, from),
            Job::Step(step, duration) => Ok(self.step(&step, from, duration)),
        }
    }

    fn step(&mut self, step: &StepName, from: u64, duration: Duration) -> u64 {
        self.plan(step.to_string(), Some(step.clone()), from, duration)
    }

    fn plan(
        &mut self,
        label: String,
        step: Option<StepName>,
        from: u64,
        duration: Duration,
    ) -> u64 {
        let end = from.saturating_add(whole_ticks(duration));
        let is_only_one = step.is_some() && !self.is_repeated;
        let planned = Planned { label, start: at(from), end: at(end), step, is_cut: false };
        self.planned.push(Entry { planned, is_only_one });
        end
    }

    /// Ends what goes on behind the first to end; what would begin there or later
    /// never does.
    fn cut(&mut self, first: usize, end: VirtualTime) {
        let tail = self.planned.split_off(first);
        self.planned.extend(tail.into_iter().filter_map(|mut entry| {
            let it = &mut entry.planned;
            let begins = it.start < end || (it.start == end && it.end == end);
            it.is_cut |= it.end > end;
            it.end = it.end.min(end);
            begins.then_some(entry)
        }));
    }
}

/// A part of a list that a function is around.
enum Job<'a> {
    Expr(&'a Expr),
    Step(StepName, Duration),
}

fn jobs(terms: &[Expr]) -> Vec<Job<'_>> {
    terms.iter().map(Job::Expr).collect()
}

fn at(tick: u64) -> VirtualTime {
    // Far beyond the end of the line all points are one.
    VirtualTime::after(Duration::from_millis(tick))
}

/// The same with each step once, where it comes last.
fn merge(entries: Vec<Entry>) -> Vec<Planned> {
    let mut places = BTreeMap::new();
    let mut merged = Vec::<Planned>::new();
    for Entry { planned, is_only_one } in entries {
        // `a` and `a[0]` are one step.
        let step = planned.step.as_ref().map(StepName::indexed);
        let place = step.as_ref().and_then(|step| places.get(step).copied());
        let place = place.filter(|_| is_only_one);
        let Some(known) = place.map(|place: usize| &mut merged[place]) else {
            places.extend(step.map(|step| (step, merged.len())));
            merged.push(planned);
            continue;
        };
        if (planned.start, planned.end) > (known.start, known.end) {
            *known = planned;
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::error::Error;
    use crate::law::Durations;
    use crate::law::Law;
    use crate::name::StepName;
    use crate::time::VirtualTime;

    /// Every step takes as many milliseconds as its name has places in the alphabet,
    /// and there are two of each that the law speaks of as a whole, but for one `y`.
    /// `z` began first, and `none` takes no time.
    struct Alphabet;

    impl Durations for Alphabet {
        fn one(&mut self, atom: &StepName) -> Result<Duration, Error> {
            if atom.name().as_str() == "none" {
                return Ok(Duration::ZERO);
            }
            let letter = atom.name().as_str().bytes().next().expect("a name");
            Ok(Duration::from_millis(u64::from(letter - b'a') + 1))
        }

        fn every(&mut self, atom: &StepName) -> Result<Vec<Duration>, Error> {
            let one = self.one(atom)?;
            Ok(if atom.name().as_str() == "y" { vec![one] } else { vec![one, one * 2] })
        }

        fn began(&self, atom: &StepName) -> Option<VirtualTime> {
            let places = match atom.name().as_str() {
                "z" => 0,
                _ => 1,
            };
            Some(VirtualTime::after(Duration::from_millis(places)))
        }
    }

    /// `label start..end`, with a sign behind what is cut.
    #[track_caller]
    fn schedule(law: &str) -> Vec<String> {
        let law: Law = law.parse().expect("it reads");
        let planned = law.schedule(&mut Alphabet).expect("it has durations");
        let told = planned.iter().map(|it| {
            let [from, to] = [it.start, it.end].map(|at| at.since_start().as_millis());
            format!("{} {from}..{to}{}", it.label, if it.is_cut { " cut" } else { "" })
        });
        told.collect()
    }

    #[test]
    fn what_is_added_comes_one_after_another() {
        assert_eq!(schedule("a + 10ms + b"), ["a 0..1", "10ms 1..11", "b 11..13"]);
        assert_eq!(schedule("sum(c) + a"), ["c[0] 0..3", "c[1] 3..9", "a 9..10"]);
        assert_eq!(schedule("sum(y)"), ["y 0..25"]);
        assert_eq!(schedule("2 * (a + 5ms)"), ["a 0..1", "5ms 1..6", "a 6..7", "5ms 7..12"]);
        assert_eq!(schedule("9 * a + b"), ["9 * a 0..9", "b 9..11"]);
    }

    #[test]
    fn what_began_first_comes_first_with_what_is_written_behind_it() {
        assert_eq!(
            schedule("a + 10ms + z + 5ms"),
            ["z 0..26", "5ms 26..31", "a 31..32", "10ms 32..42"]
        );
        assert_eq!(schedule("5ms + z + a"), ["5ms 0..5", "z 5..31", "a 31..32"]);
    }

    #[test]
    fn attempts_and_the_pauses_between_them_have_several_schedules() {
        let has_one = |law: &str| law.parse::<Law>().expect("it reads").has_one_schedule();
        for law in ["a", "a + 5ms", "sum(a)", "max(a, sum(b))", "limit(2, a) + b", "2 * (a + b)"] {
            assert!(has_one(law), "{law}");
        }
        for law in ["sum(a) + 5ms", "max(c, b + sum(a))", "limit(2, a, 5ms + sum(b))"] {
            assert!(!has_one(law), "{law}");
        }
    }

    #[test]
    fn what_max_compares_begins_at_once() {
        assert_eq!(
            schedule("a + max(b, c + d) + e"),
            ["a 0..1", "b 1..3", "c 1..4", "d 4..8", "e 8..13"]
        );
        assert_eq!(schedule("max(f)"), ["f[0] 0..6", "f[1] 0..12"]);
    }

    #[test]
    fn what_loses_a_min_is_cut() {
        assert_eq!(schedule("min(c, b + a, z)"), ["c 0..3", "b 0..2", "a 2..3", "z 0..3 cut"]);
        assert_eq!(schedule("min(d, 4ms + b) + a"), ["d 0..4", "4ms 0..4", "a 4..5"]);
        // What takes no time is not cut by what ends then.
        assert_eq!(schedule("min(a + none, c)"), ["a 0..1", "none 1..1", "c 0..1 cut"]);
    }

    #[test]
    fn jobs_of_a_limit_take_the_slot_that_is_free_first() {
        assert_eq!(schedule("limit(2, c, a, b, a + d)"), ["c 0..3", "a 3..4", "b 1..3", "d 4..8"]);
        assert_eq!(schedule("limit(1, c)"), ["c[0] 0..3", "c[1] 3..9"]);
    }

    #[test]
    fn a_step_of_which_the_law_speaks_twice_is_where_it_comes_last() {
        assert_eq!(schedule("max(a + c, b + c, b + d)"), ["a 0..1", "c 2..5", "b 0..2", "d 2..6"]);
    }
}
