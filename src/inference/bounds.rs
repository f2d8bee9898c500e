//! Where the search gives up.

use crate::error::Error;
use crate::inference::stand_in::{ByHand, Notes};
use crate::inference::{Finding, Latency, Sample, Subject, infer};

/// A subject that can be run so often.
struct Until<F> {
    code: F,
    left: usize,
}

impl<F: FnMut(&mut Notes, &mut usize) -> u64> Subject for Until<F> {
    fn sample(&mut self, latency: Latency) -> Result<Sample, Error> {
        let Self { code, left } = self;
        *left = left.checked_sub(1).ok_or_else(|| Error::latency_missing("it".to_owned()))?;
        ByHand(|notes: &mut Notes| code(notes, left)).sample(latency)
    }
}

/// Why there is no law, or that another run would have been made.
fn told(code: impl FnMut(&mut Notes, &mut usize) -> u64, left: usize) -> String {
    match infer(&mut Until { code, left }) {
        Ok(Finding::Law(it)) => panic!("found {}", it.law),
        Ok(Finding::NoLaw(it)) => it.to_string(),
        Err(_) => "looks on".to_owned(),
    }
}

fn side_by_side(notes: &mut Notes, count: usize, start: u64) -> u64 {
    (0..count).map(|number| notes.run(&number.to_string(), start)).max().unwrap_or(0)
}

#[test]
fn a_thousand_steps_are_looked_at_and_no_more() {
    assert_eq!(told(|notes, _| side_by_side(notes, 1_000, 0), 1), "looks on");
    let too_many = "it takes 1001 steps, and 1000 are the most that are looked at";
    assert_eq!(told(|notes, _| side_by_side(notes, 1_001, 0), 1), too_many);
}

#[test]
fn steps_that_are_met_later_count_too() {
    // More than a quarter of an hour is tried only once there is a law to confirm;
    // from then on 10 more runs are made close to that.
    let met = |count: usize| {
        let mut is_met = false;
        let code = move |notes: &mut Notes, left: &mut usize| {
            let a = notes.run("a", 0);
            if a < 1_000_000 {
                return a;
            }
            if !is_met {
                (is_met, *left) = (true, 10);
            }
            side_by_side(notes, count - 1, a)
        };
        told(code, 1_000)
    };
    let too_many = "it takes 1001 steps, and 1000 are the most that are looked at";
    assert_eq!(met(1_001), too_many);
    assert_eq!(met(1_000), "looks on");
}
