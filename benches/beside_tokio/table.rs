//! The table of times and ratios.

use std::fmt;
use std::time::Duration;

use crate::CONTENDERS;
use crate::bars::Measured;
use crate::case::Case;
use crate::rounds::rounds;

/// What one round of a case took: raw tokio, event loop, run, predict, verify.
type Turns = [Duration; CONTENDERS.len()];

/// Above what, of a round; below what; and the bar, if there is one.
type Ratio = (&'static str, fn(&Turns) -> (Duration, Duration), Option<f64>);

const RATIOS: [Ratio; 4] = [
    ("run / raw", |&[raw, _, run, _, _]| (run, raw), Some(1.05)),
    ("predict / loop", |&[_, event_loop, _, predict, _]| (predict, event_loop), Some(2.0)),
    (
        "verify / (run + predict)",
        |&[_, _, run, predict, verify]| (verify, run + predict),
        Some(1.1),
    ),
    ("verify / raw", |&[raw, _, _, _, verify]| (verify, raw), None),
];

/// Medians over the rounds, case by case.
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    times: [Duration; CONTENDERS.len()],
    ratios: [Measured; RATIOS.len()],
}

impl Table {
    pub(crate) fn measure(cases: &[Case]) -> Self {
        Self { rows: cases.iter().map(Row::measure).collect() }
    }

    pub(crate) fn missed(&self) -> usize {
        let ratios = self.rows.iter().flat_map(|row| &row.ratios);
        ratios.filter(|ratio| ratio.is_missed()).count()
    }
}

impl Row {
    fn measure(case: &Case) -> Self {
        let rounds = rounds(case);
        Self {
            name: case.name.clone(),
            times: std::array::from_fn(|index| {
                let mut times: Vec<_> = rounds.iter().map(|turns| turns[index]).collect();
                times.sort_unstable();
                times[times.len() / 2]
            }),
            ratios: RATIOS.map(|(name, of, bar)| {
                let ratio = |turns| {
                    let (above, below) = of(turns);
                    above.div_duration_f64(below)
                };
                // A verified pair costs less than raw tokio's own fresh run of it.
                let bar = match name {
                    "verify / raw" if case.is_seed_pair => Some(1.0),
                    _ => bar,
                };
                Measured::new(rounds.iter().map(ratio).collect(), bar)
            }),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Times and ratios, medians of paired rounds, beside what they may be:\n")?;
        let line = |f: &mut fmt::Formatter<'_>, name: &str, times: &[String], ratios: &[String]| {
            write!(f, "| {name:<27} |")?;
            times.iter().try_for_each(|time| write!(f, " {time:>10} |"))?;
            ratios.iter().try_for_each(|ratio| write!(f, " {ratio:>24} |"))?;
            writeln!(f)
        };
        let heads = CONTENDERS.map(|(name, _)| name.to_owned());
        line(f, "work", &heads, &RATIOS.map(|(name, ..)| name.to_owned()))?;
        let rule = |width: usize| format!("{:->before$}:", "", before = width - 1);
        let (times, ratios) = (heads.map(|_| rule(10)), RATIOS.map(|_| rule(24)));
        line(f, &format!(":{:-<26}", ""), &times, &ratios)?;
        for row in &self.rows {
            let times = row.times.map(|time| format!("{time:.2?}"));
            line(f, &row.name, &times, &row.ratios.map(|ratio| ratio.to_string()))?;
        }
        Ok(())
    }
}
