//! The table: ratios from rounds in which everybody has a turn.

use std::fmt;
use std::time::Duration;

use criterion::measurement::{Measurement, WallTime};

use crate::{CONTENDERS, Case};

/// How long a turn lasts at least: what is shorter is done several times over.
const TURN: Duration = Duration::from_millis(4);

/// How long the rounds of a case last, as far as the least number allows it.
const ROUNDS: Duration = Duration::from_secs(5);

/// How many rounds there are. A median of fewer is no median; more settle nothing.
const LEAST: usize = 5;
const MOST: usize = 51;

/// Medians over the rounds, case by case.
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    times: [Duration; 5],
    /// Of `run`, `predict` and `verify` to raw tokio, of `predict` to the event
    /// loop, and of `verify` to `run` and `predict` together.
    ratios: [f64; 5],
}

impl Table {
    pub(crate) fn measure(cases: &[Case]) -> Self {
        Self { rows: cases.iter().map(Row::measure).collect() }
    }
}

impl Row {
    /// In each round everybody has a turn at the same work, and who begins moves
    /// on from round to round. What a round compares has happened within moments,
    /// so what the machine does besides meets both sides of a ratio, and the
    /// median passes over the rounds in which it met only one.
    fn measure(case: &Case) -> Self {
        let (repeats, rounds) = plan(case);
        let turns: Vec<[Duration; 5]> = (0..rounds)
            .map(|round| {
                let mut turns = [Duration::ZERO; 5];
                for offset in 0..turns.len() {
                    let index = (round + offset) % turns.len();
                    turns[index] = turn(case, index, repeats) / repeats;
                }
                turns
            })
            .collect();
        let ratio = |of: fn(&[Duration; 5]) -> (Duration, Duration)| {
            let ratios = turns.iter().map(|turns| {
                let (above, below) = of(turns);
                above.div_duration_f64(below)
            });
            median(ratios.collect(), f64::total_cmp)
        };
        Self {
            name: case.name.clone(),
            times: std::array::from_fn(|index| {
                let times = turns.iter().map(|turns| turns[index]);
                median(times.collect(), Duration::cmp)
            }),
            ratios: [
                ratio(|&[raw, _, run, _, _]| (run, raw)),
                ratio(|&[raw, _, _, predict, _]| (predict, raw)),
                ratio(|&[raw, _, _, _, verify]| (verify, raw)),
                ratio(|&[_, event_loop, _, predict, _]| (predict, event_loop)),
                ratio(|&[_, _, run, predict, verify]| (verify, run + predict)),
            ],
        }
    }
}

/// How often a turn repeats its work, and how many rounds there are.
fn plan(case: &Case) -> (u32, usize) {
    let repeats = TURN.div_duration_f64(turn(case, 0, 1)).clamp(1.0, 10_000.0);
    let once = (0..CONTENDERS.len()).map(|index| turn(case, index, 1));
    let round: f64 = once.map(|once| once.as_secs_f64() * (1.0 + repeats)).sum();
    let rounds = (ROUNDS.as_secs_f64() / round).clamp(0.0, 1_000.0);
    (whole(repeats), (whole(rounds) as usize).clamp(LEAST, MOST))
}

/// What `index` takes for the work, so many times. It does it once before, so
/// that it finds the allocator as it left it itself: what the one before has given
/// back to the operating system, or has kept, would otherwise be on its account.
fn turn(case: &Case, index: usize, repeats: u32) -> Duration {
    let (_, work) = CONTENDERS[index];
    work(case);
    // The clock that criterion measures with.
    let start = WallTime.start();
    for _ in 0..repeats {
        work(std::hint::black_box(case));
    }
    WallTime.end(start)
}

fn median<T: Copy>(mut values: Vec<T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> T {
    values.sort_by(order);
    values[values.len() / 2]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both callers have clamped it"
)]
const fn whole(number: f64) -> u32 {
    number as u32
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [raw, event_loop, run, predict, verify] = CONTENDERS.map(|(name, _)| name);
        writeln!(f, "Times and ratios, medians of paired rounds:\n")?;
        writeln!(
            f,
            "| {:<27} | {raw:>9} | {event_loop:>10} | {run:>8} | {predict:>8} | {verify:>8} \
             | run / raw | predict / raw | verify / raw | predict / loop | verify / (run + predict) |",
            "work"
        )?;
        writeln!(
            f,
            "|:{:-<27}-|-{:->9}:|-{:->10}:|-{:->8}:|-{:->8}:|-{:->8}:\
             |-{:->9}:|-{:->13}:|-{:->12}:|-{:->14}:|-{:->24}:|",
            "", "", "", "", "", "", "", "", "", "", ""
        )?;
        for row in &self.rows {
            let times = row.times.map(|time| format!("{time:.2?}"));
            let ratios = row.ratios.map(|ratio| format!("{ratio:.2}"));
            writeln!(
                f,
                "| {:<27} | {:>9} | {:>10} | {:>8} | {:>8} | {:>8} \
                 | {:>9} | {:>13} | {:>12} | {:>14} | {:>24} |",
                row.name,
                times[0],
                times[1],
                times[2],
                times[3],
                times[4],
                ratios[0],
                ratios[1],
                ratios[2],
                ratios[3],
                ratios[4],
            )?;
        }
        Ok(())
    }
}
