//! Runs that tell a law from its nearest rivals: those that say the same on all runs
//! so far are looked at, and one that some latencies tell from the rule costs a few
//! runs on those.

use std::cell::{Cell, RefCell};

use crate::inference::assignment::Assignment;
use crate::inference::forecast::Forecast;
use crate::inference::history::History;
use crate::inference::rival::{Rival, rivals};
use crate::inference::sampling::long;
use crate::random::Random;

/// How many runs there are at most, and how many of them for rivals with a part
/// elsewhere.
const RUNS: usize = 64;
const RUNS_OF_GRAFTED: usize = 32;

/// How many assignments are looked at for one that tells rivals apart.
const LOOKED_AT: usize = 1_500;

/// On how many runs to come a rival is to say something else: what decides there
/// may be cut before it shows.
const TOLD: usize = 4;

/// How often a rival or one of its triggers may be looked at, and as how much a
/// moment counts that has to be worked out.
const WORK: usize = 400_000;
const WORK_OF_A_MOMENT: usize = 8;

/// The runs, drawn from what `draw` gives.
pub(super) fn telling(
    history: &History,
    forecast: &Forecast,
    constants: &[u64],
    random: &mut Random,
    mut draw: impl FnMut(&mut Random) -> Assignment,
) -> Vec<Assignment> {
    if history.steps().len() > forecast.starts.len() {
        // The rules know nothing of a step that was met since.
        return Vec::new();
    }
    let (grafted, other) = rivals(forecast, constants, random);
    let mut runs = Vec::new();
    // Apart: those with a part elsewhere are mostly few, and take long to tell.
    for (mut rivals, most) in [(grafted, RUNS_OF_GRAFTED), (other, RUNS)] {
        let mut work = WORK;
        refute(&mut rivals, history, forecast, &mut work);
        let mut rivals: Vec<_> = rivals.into_iter().map(|rival| (rival, 0)).collect();
        for _ in 0..LOOKED_AT {
            if rivals.is_empty() || runs.len() == most || work == 0 {
                break;
            }
            let assignment = match random.below(3) {
                0 => draw(random),
                1 => mixed(history, constants, random),
                _ => aligned(history, forecast, constants, random),
            };
            let latencies = assignment.latencies(history.steps());
            let moments = forecast.moments(&latencies);
            work = work.saturating_sub(WORK_OF_A_MOMENT * moments.len());
            let happens: Vec<_> = moments.iter().map(|it| *it <= moments[forecast.end]).collect();
            let mut is_telling = false;
            for (rival, told) in &mut rivals {
                if happens[rival.moment]
                    && rival.differs(forecast, (&latencies, &moments), &mut work)
                {
                    *told += 1;
                    is_telling = true;
                }
            }
            if is_telling {
                rivals.retain(|(_, told)| *told < TOLD);
                runs.push(assignment);
            }
        }
    }
    runs
}

/// Leaves those that say the same on all runs so far.
fn refute(rivals: &mut Vec<Rival>, history: &History, forecast: &Forecast, work: &mut usize) {
    // The latest runs were drawn to break the law, and tell most.
    for run in history.runs().iter().rev() {
        if rivals.is_empty() {
            return;
        }
        let mut happened = vec![false; forecast.rules.len()];
        happened[forecast.end] = true;
        for (start, moment) in run.starts.iter().zip(&forecast.starts) {
            if let (Some(_), Some(moment)) = (start, moment) {
                happened[*moment] = true;
            }
        }
        let moments = forecast.moments(&run.latencies);
        rivals.retain(|rival| {
            !happened[rival.moment] || !rival.differs(forecast, (&run.latencies, &moments), work)
        });
    }
}

/// Latencies below one bound, a constant or any other, some of them far below: so
/// that a sum of several may be less than one.
fn mixed(history: &History, constants: &[u64], random: &mut Random) -> Assignment {
    let steps = history.steps().len();
    let class = random.place(constants.len() + 1);
    let most = match constants.get(class) {
        Some(constant) => 2 * constant,
        None => 2 << random.below(u64::from(long(steps).max(2).ilog2())),
    };
    let most = most.min(long(steps));
    let seed = random.next();
    let latencies = history.steps().iter().map(|_| {
        let span = most >> random.below(4);
        random.below(span + 1)
    });
    Assignment::of_each(seed, history.steps(), latencies)
}

/// Latencies with which many a step finishes close to one point in time, a constant
/// or any other, whenever it starts: so that those that begin just before it end
/// just after it. The others are next to nothing, or twice as long.
fn aligned(
    history: &History,
    forecast: &Forecast,
    constants: &[u64],
    random: &mut Random,
) -> Assignment {
    let steps = history.steps().len();
    let any = |random: &mut Random| 2 << random.below(u64::from((long(steps) / 4).max(2).ilog2()));
    let of_constants = |random: &mut Random| match constants.get(random.place(constants.len() + 1))
    {
        Some(constant) => (*constant).min(long(steps) / 2),
        None => any(random),
    };
    let (one, other) = (of_constants(random), of_constants(random));
    let (close, goal) = (one.min(other), one.max(other));
    let seed = random.next();
    let chosen = vec![Cell::new(None); steps];
    let random = RefCell::new(random);
    let latency = |step: usize, start: u64| {
        let latency = chosen[step].get().unwrap_or_else(|| {
            let mut random = random.borrow_mut();
            let near = |from: u64, random: &mut Random| {
                (goal + random.below(2 * close + 1)).saturating_sub(close + from)
            };
            match random.below(5) {
                0 => random.below(2),
                1 => 2 * goal,
                2 => near(0, &mut random),
                _ => near(start, &mut random),
            }
        });
        chosen[step].set(Some(latency));
        latency
    };
    forecast.moments_over(&latency);
    let latencies = chosen.iter().map(|latency| latency.get().unwrap_or(0));
    Assignment::of_each(seed, history.steps(), latencies)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{RUNS, aligned, telling};
    use crate::inference::assignment::{Assignment, Spread};
    use crate::inference::rule::{Rule, Trigger};
    use crate::inference::stand_in::{history_of, side_by_side};
    use crate::random::Random;

    /// How many runs tell the rivals of a rule for so many steps, where one run of
    /// more steps was seen.
    fn told(steps: usize, seen: usize) -> usize {
        let names: Vec<_> = (0..seen).map(|step| format!("s{step}")).collect();
        let run: Vec<_> = names.iter().map(|name| (&name[..], 0, Some(0))).collect();
        let history = history_of(&[(&run, 0)]);
        let draw = |random: &mut Random| {
            Assignment::new(random.next(), Spread::Even { least: 0, span: 1_000 })
        };
        let forecast = side_by_side(steps, Rule::Max);
        telling(&history, &forecast, &[], &mut Random::new(1), draw).len()
    }

    #[test]
    fn rivals_are_told_by_few_runs() {
        // Either of two outside, in a `min`, is told by the same four runs; each of them
        // the smaller of both in its place by four more.
        assert_eq!(told(2, 2), 4 + 2 * 4);
        assert_eq!(told(1, 1), 0);
        assert_eq!(told(30, 30), RUNS);
    }

    #[test]
    fn nothing_is_told_of_steps_that_the_rules_do_not_know() {
        assert_eq!(told(2, 3), 0);
    }

    #[test]
    fn what_is_aligned_finishes_about_one_time_or_at_once_or_twice_as_late() {
        // Of two steps one behind the other: where the second one finishes.
        let mut forecast = side_by_side(2, Rule::Max);
        forecast.rules = vec![
            Rule::Max(Vec::new()),
            Rule::After(Trigger::finish(0)),
            Rule::After(Trigger::finish(1)),
        ];
        (forecast.starts, forecast.end) = (vec![Some(0), Some(1)], 2);
        let history = history_of(&[(&[("s0", 0, Some(0)), ("s1", 0, Some(0))], 0)]);
        let mut random = Random::new(1);
        let ends: BTreeSet<_> = (0..400)
            .map(|_| {
                let run = aligned(&history, &forecast, &[3, 1_000], &mut random);
                let of = |step: usize| run.latency(&history.steps()[step].0, 0);
                (of(0), of(0) + of(1))
            })
            .collect();
        // Begun just before 1 s and ended just after it; and the longer, the shorter.
        assert!(
            ends.iter()
                .any(|(start, end)| (997..1_000).contains(start) && (1_001..=1_003).contains(end))
        );
        assert!(ends.contains(&(2_000, 4_000)) && ends.contains(&(0, 0)));
        assert!(ends.iter().any(|(start, end)| (1_994..=2_006).contains(end) && *start < 1_010));
    }
}
