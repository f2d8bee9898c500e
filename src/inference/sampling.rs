//! Which runs are looked at before any law is thought of.

use crate::inference::assignment::{Assignment, Spread};
use crate::inference::history::{History, Run};
use crate::name::Name;
use crate::random::Random;

/// How long all latencies of a run may be together, in ticks: six hours. A
/// subject that ticks meanwhile does so for all of it.
pub(super) const LONGEST_RUN: u64 = 6 * 60 * 60 * 1_000;

/// The longest latency of an ordinary run, in ticks: some two minutes.
const LONG: u64 = 1 << 17;

/// How many runs are drawn at random.
const DRAWN: u64 = 40;

/// Up to how many steps every pair of them is made to stand out.
const FEW: usize = 6;

/// The longest latency that a step has in an ordinary run of so many.
pub(super) fn long(steps: usize) -> u64 {
    (LONGEST_RUN / (steps.max(1) as u64)).min(LONG)
}

/// Latencies at random: of one magnitude for the whole run or of any for each
/// step, so that constants of any size decide in some runs and not in others.
pub(super) fn drawn(steps: usize, look: usize) -> impl Iterator<Item = Assignment> {
    const SCALES: [u32; 10] = [0, 1, 2, 4, 6, 8, 9, 11, 13, 15];
    let long = long(steps);
    (0..DRAWN).map(move |number| {
        let spread = match number % 4 {
            3 => Spread::Even { least: 1, span: long },
            // The first run is of no latency at all: how many steps there are is not
            // known before it.
            0 => {
                let scale = SCALES[usize::try_from(number / 4).unwrap_or_default()];
                Spread::Even { least: 0, span: (1 << scale).min(long) }
            }
            _ => Spread::Magnitudes { span: long },
        };
        Assignment::new(number + DRAWN * look as u64, spread)
    })
}

/// For each of these steps one run in which it is far larger than the rest, and
/// one in which it is far smaller: among many side by side, chance alone seldom
/// lets each of them decide. Of few, every pair stands out too.
pub(super) fn outstanding(
    steps: &[(Name, usize)],
    all: usize,
    random: &mut Random,
) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    let mut stand_out = |chosen: &[&(Name, usize)]| {
        let long = long(all);
        // The rest is together shorter than the one, at different scales.
        let large = 8 * LONG;
        let rest = (large / (4 * all.max(1) as u64)).min(1 << (4 + random.below(8)));
        let mut larger =
            Assignment::new(random.next(), Spread::Even { least: 0, span: rest.max(2) });
        let least = rest * 2 * all.max(1) as u64;
        for step in chosen {
            larger.choose(step, least + random.below(least.max(64)));
        }
        let mut smaller = Assignment::new(
            random.next(),
            Spread::Even { least: long / 2, span: (long / 2).max(1) },
        );
        for step in chosen {
            smaller.choose(step, random.below((long / 64).max(2)));
        }
        assignments.extend([larger, smaller]);
    };
    for (place, step) in steps.iter().enumerate() {
        stand_out(&[step]);
        if all <= FEW {
            steps[place + 1..].iter().for_each(|other| stand_out(&[step, other]));
        }
    }
    assignments
}

/// Each step long beside others that take next to nothing: what limits it, or
/// goes past it, is seen. Of many, as many as `most` are chosen.
pub(super) fn alone(steps: &[(Name, usize)], most: usize, random: &mut Random) -> Vec<Assignment> {
    let every = steps.len().div_ceil(most).max(1);
    let alone = steps.iter().step_by(every).map(|step| {
        let span = 1 << random.below(5);
        let mut assignment = Assignment::new(random.next(), Spread::Even { least: 0, span });
        assignment.choose(step, long(steps.len()) - random.below(64));
        assignment
    });
    alone.collect()
}

/// All latencies of a run as many times as long, or as many times shorter: what
/// decides stays, until a constant does. None if the run would be too long.
pub(super) fn zoomed(
    history: &History,
    run: &Run,
    zoom: impl Fn(u64) -> u64,
) -> Option<Assignment> {
    let mut assignment = (*run.assignment).clone();
    let mut total = 0_u64;
    for (step, latency) in history.steps().iter().zip(&run.latencies) {
        let latency = zoom(*latency);
        total = total.saturating_add(latency);
        assignment.choose(step, latency);
    }
    (total <= 16 * LONG).then_some(assignment)
}

/// Latencies close to those of a run that was not understood: what moves with
/// which step tells what it waited for.
pub(super) fn neighbours(
    history: &History,
    run: &Run,
    count: usize,
    random: &mut Random,
) -> Vec<Assignment> {
    (0..count)
        .map(|number| {
            let mut assignment = (*run.assignment).clone();
            for (step, latency) in history.steps().iter().zip(&run.latencies) {
                if number % 2 == 0 || random.below(3) == 0 {
                    let moved = latency + random.below(4 + latency / 16);
                    assignment.choose(step, moved.saturating_sub(random.below(2)));
                }
            }
            assignment
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{LONG, LONGEST_RUN, long, outstanding};
    use crate::name::Name;
    use crate::random::Random;

    #[test]
    fn among_many_steps_a_latency_is_shorter() {
        let minutes = 1 << 17;
        assert_eq!([0, 1, 100, 164].map(long), [minutes; 4]);
        // Six hours for all of them.
        assert_eq!([165, 1_000, 21_600].map(long), [LONGEST_RUN / 165, 21_600, 1_000]);
    }

    #[test]
    fn what_stands_out_outlasts_the_rest_together_or_is_outlasted_by_each() {
        let all: Vec<_> = (0..1_000).map(|index| (Name::from("call"), index)).collect();
        let mut random = Random::new(1);
        for count in [2, 5, 100, 300, 1_000] {
            let steps = &all[..count];
            let number = count / 2;
            for _ in 0..20 {
                let chosen = &steps[number..=number];
                let runs: Vec<Vec<u64>> = outstanding(chosen, count, &mut random)
                    .iter()
                    .map(|run| run.latencies(steps))
                    .collect();
                let rest = |run: usize| {
                    let others = (0..count).filter(move |step| *step != number);
                    others.map(|step| runs[run][step]).collect::<Vec<_>>()
                };
                let (large, small) = (runs[0][number], runs[1][number]);
                let together: u64 = rest(0).iter().sum();
                assert!(large > together, "{large} beside {together}, {count} steps");
                assert!(large < 8 * LONG, "{large}, {count} steps");
                let least = rest(1).into_iter().min();
                assert!(Some(small) < least, "{small} beside {least:?}, {count} steps");
                assert!(runs.iter().all(|run| run.iter().sum::<u64>() <= LONGEST_RUN));
            }
        }
    }
}
