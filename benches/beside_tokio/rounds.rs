//! Rounds in which everybody has a turn.

use std::time::Duration;

use criterion::measurement::{Measurement, WallTime};

use crate::CONTENDERS;
use crate::bars::whole;
use crate::case::Case;

/// How long a turn lasts at least: what is shorter is done several times over.
const TURN: Duration = Duration::from_millis(4);

/// How long the rounds of a case last, as far as the least number allows it.
const ROUNDS: Duration = Duration::from_secs(5);

/// How many rounds there are. A median of fewer is no median; more settle nothing.
const LEAST: usize = 7;
const MOST: usize = 51;

/// What each contender took for a case, round by round.
///
/// In each round everybody has a turn at the same work, and who begins moves on
/// from round to round. What a round compares has happened within moments, so what
/// the machine does besides meets both sides of a ratio, and the median passes over
/// the rounds in which it met only one.
pub(crate) fn rounds(case: &Case) -> Vec<[Duration; CONTENDERS.len()]> {
    let (repeats, rounds) = plan(case);
    (0..rounds)
        .map(|round| {
            let mut turns = [Duration::ZERO; CONTENDERS.len()];
            for offset in 0..turns.len() {
                let index = (round + offset) % turns.len();
                turns[index] = turn(case, index, repeats) / repeats;
            }
            turns
        })
        .collect()
}

/// How often a turn repeats its work, and how many rounds there are.
fn plan(case: &Case) -> (u32, usize) {
    let repeats = TURN.div_duration_f64(turn(case, 0, 1)).clamp(1.0, 10_000.0);
    let once = (0..CONTENDERS.len()).map(|index| turn(case, index, 1));
    let round: f64 = once.map(|once| once.as_secs_f64() * (1.0 + repeats)).sum();
    let rounds = (ROUNDS.as_secs_f64() / round).clamp(0.0, 1_000.0);
    let repeats = u32::try_from(whole(repeats)).expect("it is clamped");
    (repeats, whole(rounds).clamp(LEAST, MOST))
}

/// What `index` takes for the work, so many times. It does it once before, so
/// that it finds the allocator as it left it itself: what the one before has given
/// back to the operating system, or has kept, would otherwise be on its account.
fn turn(case: &Case, index: usize, repeats: u32) -> Duration {
    let (_, work) = CONTENDERS[index];
    work(case);
    took(|| {
        for _ in 0..repeats {
            work(std::hint::black_box(case));
        }
    })
}

/// How long some work takes, on the clock that criterion measures with.
pub(crate) fn took(work: impl FnOnce()) -> Duration {
    let start = WallTime.start();
    work();
    WallTime.end(start)
}
