//! Runs on the brink of a moment, where any step more or less decides.

use std::collections::BTreeSet;

use crate::inference::assignment::Assignment;
use crate::inference::forecast::Forecast;
use crate::inference::history::History;
use crate::inference::sampling::long;
use crate::random::Random;

/// How many runs there are at most.
const MOST_BRINKS: usize = 208;

/// Long is just above a constant, just below it, or far below.
const SHIFTS: [u64; 3] = [0, 1, 3];

/// How many triggers may be looked at in search of brinks.
const BRINK_WORK: usize = 3_000_000;

/// On which side of a brink something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Early,
    Late,
}

/// Runs on the brink: long and next to no latencies such that a moment is
/// early, and late if any other step were long too; or the other way round. A
/// rule that grows with every latency and says the same as the code on all of
/// these says the same on all that are long or short.
pub(super) fn brinks(
    history: &History,
    forecast: &Forecast,
    constants: &[u64],
    random: &mut Random,
) -> Vec<Assignment> {
    let steps = history.steps().len();
    let size = forecast.contested();
    let draws = (BRINK_WORK / (steps * (steps + size)).max(1)).clamp(24, 8 * MOST_BRINKS);
    let mut seen = BTreeSet::new();
    let mut brinks = Vec::new();
    for _ in 0..draws {
        if brinks.len() == MOST_BRINKS {
            break;
        }
        // Between which constants all of it lies.
        let class = random.place(constants.len() + 1);
        let (shift, base) = match constants.get(class) {
            Some(constant) => {
                let shift = SHIFTS[random.place(SHIFTS.len())];
                (shift, (constant >> shift).max(1))
            }
            None => {
                let shift = random.below(u64::from(long(steps).ilog2()));
                let beyond = constants.last().map_or(1, |it| 2 * it).min(long(steps) / 4);
                // What is of about one size counts as one.
                (shift / 3, beyond.max(1 << shift))
            }
        };
        let moment = match random.below(2) {
            0 => random.place(forecast.end + 1),
            _ => forecast.end,
        };
        let side = if random.below(2) == 0 { Side::Early } else { Side::Late };
        let Some(latencies) = brink(forecast, steps, (moment, side), base, random) else {
            continue;
        };
        let are_long: Vec<_> = latencies.iter().map(|latency| *latency > 0).collect();
        if seen.insert((class, shift, moment, side, are_long)) {
            brinks.push(Assignment::of_each(random.next(), history.steps(), latencies));
        }
    }
    brinks
}

/// Latencies on one brink of a moment; what it does not hang on is long where
/// that may keep it from being passed over, and else as the brink has it.
fn brink(
    forecast: &Forecast,
    steps: usize,
    (moment, side): (usize, Side),
    base: u64,
    random: &mut Random,
) -> Option<Vec<u64>> {
    let long: Vec<_> = (0..steps).map(|_| base + random.below(base)).collect();
    let is_on_side =
        |latencies: &[u64]| (forecast.moments(latencies)[moment] >= base) == (side == Side::Late);
    let mut latencies = if side == Side::Early { vec![0; steps] } else { long.clone() };
    if !is_on_side(&latencies) {
        return None;
    }
    let mut order: Vec<_> = (0..steps).collect();
    if side == Side::Late {
        let before = forecast.steps_before(moment);
        let kept = random.place(steps);
        let which = random.below(4);
        order.retain(|step| {
            before.binary_search(step).is_ok()
                || match which {
                    0 => false,
                    1 => *step != kept,
                    2 => random.below(2) == 0,
                    _ => true,
                }
        });
    }
    for place in (1..order.len()).rev() {
        order.swap(place, random.place(place + 1));
    }
    for step in order {
        let before = latencies[step];
        latencies[step] = if side == Side::Early { long[step] } else { 0 };
        if !is_on_side(&latencies) {
            latencies[step] = before;
        }
    }
    Some(latencies)
}

#[cfg(test)]
mod tests {
    use super::{MOST_BRINKS, brinks};
    use crate::inference::rule::Rule;
    use crate::inference::stand_in::{history_of, side_by_side};
    use crate::random::Random;

    /// The latencies on brinks of the end of steps that run side by side.
    fn of_side_by_side(steps: usize, constants: &[u64]) -> Vec<Vec<u64>> {
        let names: Vec<_> = (0..steps).map(|step| format!("s{step}")).collect();
        let run: Vec<_> = names.iter().map(|name| (&name[..], 0, Some(0))).collect();
        let history = history_of(&[(&run, 0)]);
        let forecast = side_by_side(steps, Rule::Max);
        let brinks = brinks(&history, &forecast, constants, &mut Random::new(1));
        brinks.iter().map(|run| run.latencies(history.steps())).collect()
    }

    #[test]
    fn the_last_of_several_is_early_where_none_is_long_and_late_where_one_is() {
        let brinks = of_side_by_side(4, &[]);
        let long = |run: &Vec<u64>| run.iter().filter(|latency| **latency > 0).count();
        // Whatever is long, the beginning is early.
        assert!(brinks.iter().all(|run| [0, 1, 4].contains(&long(run))));
        for step in 0..4 {
            assert!(brinks.iter().any(|run| long(run) == 1 && run[step] > 0), "{step}");
        }
    }

    #[test]
    fn among_many_steps_fewer_are_looked_for() {
        assert_eq!(of_side_by_side(30, &[50]).len(), MOST_BRINKS);
        // 3,000,000 / (100 * (100 + 100)) = 150 are drawn.
        let count = of_side_by_side(100, &[50]).len();
        assert!((50..=150).contains(&count), "{count}");
    }
}
