//! Laws of scenarios at random: what is found is what was meant.

use std::time::Duration;

use crate::inference::stand_in::{Given, Predicted, with_latencies};
use crate::inference::{Finding, infer};
use crate::random::Random;
use crate::scenario::Scenario;

/// A scenario at random, of at most so many leaves with names of their own.
fn any(random: &mut Random, depth: u32, leaves: &mut u64, names: &mut usize) -> Scenario {
    const TIMEOUTS: [u64; 6] = [7, 20, 50, 100, 1_000, 5_000];
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

/// The scenario of a seed.
pub(super) fn of_seed(seed: u64) -> Scenario {
    let (mut leaves, mut names) = (8, 0);
    any(&mut Random::new(seed), 4, &mut leaves, &mut names)
}

/// A scenario whose steps all have names of their own.
pub(super) fn of_scenario(
    scenario: &Scenario,
) -> Predicted<impl FnMut(Given<'_>) -> Scenario + use<'_>> {
    Predicted(|latency: Given<'_>| {
        with_latencies(scenario, &mut |name| Duration::from_millis(latency(name.as_str(), 0)))
    })
}

/// Infers the laws of so many scenarios, and returns how many were found.
fn sweep(seed: u64, count: u64) -> u64 {
    let mut found = 0;
    for number in seed..seed + count {
        let scenario = of_seed(number);
        if let Finding::Law(it) = infer(&mut of_scenario(&scenario)).expect("it runs") {
            let (inferred, law) = (it.law, scenario.law());
            assert!(inferred.equivalent(&law), "{number}: {scenario}: {inferred}, not {law}");
            found += 1;
        }
    }
    found
}

#[test]
fn a_law_that_is_found_is_the_law_of_the_scenario() {
    let found = sweep(1, 40);
    assert!(found > 38, "{found} of 40");
}

#[test]
fn what_differs_in_a_narrow_window_only_is_told_apart() {
    // In the window the second one takes from 900 ms to 1 s, the first one longer,
    // and the third one almost 100 ms: then the fourth one waits for the first.
    assert_eq!(sweep(15_951, 1), 1);
    // Where one call outlasts three others, and hardly any other does.
    assert_eq!(sweep(43_832, 1), 1);
    // Where 5 s cut one of two that begin in the last 50 ms before them.
    assert_eq!(sweep(5_001_019, 1), 1);
    // Where one call of 993 ms or more ends up to 7 ms behind the 1 s of another.
    assert_eq!(sweep(5_027_427, 1), 1);
    // Where several calls end within 7 ms or 50 ms of a timeout.
    assert_eq!(sweep(5_061_534, 1), 1);
    assert_eq!(sweep(5_091_768, 1), 1);
    // Where a timeout cuts a call that would outlast it by less than another one took.
    assert_eq!(sweep(5_076_496, 1), 1);
}

#[test]
#[ignore = "takes a minute in a release build"]
fn of_many_laws_that_are_found_none_is_wrong() {
    let found = sweep(SOAK.0, SOAK.1);
    assert!(found > SOAK.1 / 100 * 99, "{found} of {}", SOAK.1);
}

/// From which seed on, and how many. Confirmation is a test and no proof: it was made
/// so strong that none of these gets past it.
const SOAK: (u64, u64) = (7_000_000, 20_000);
