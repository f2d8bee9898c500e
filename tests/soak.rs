//! A million generated scenarios, verified: `.ci/run soak`.
//!
//! They come in twenty shards, each of them a test, so that they can be split over
//! machines. A shard draws the same scenarios wherever it runs; `SOAK_SEED` draws others,
//! and `SOAK_CASES` says how many all shards draw together.

use makespan::Scenario;
use makespan::strategy::scenarios;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

const SHARDS: u32 = 20;

macro_rules! shards {
    ($($name:ident: $shard:literal,)*) => {$(
        #[test]
        #[ignore = "all shards together take minutes: `.ci/run soak`"]
        fn $name() { soak($shard) }
    )*};
}

shards! {
    shard_00: 0, shard_01: 1, shard_02: 2, shard_03: 3, shard_04: 4,
    shard_05: 5, shard_06: 6, shard_07: 7, shard_08: 8, shard_09: 9,
    shard_10: 10, shard_11: 11, shard_12: 12, shard_13: 13, shard_14: 14,
    shard_15: 15, shard_16: 16, shard_17: 17, shard_18: 18, shard_19: 19,
}

#[track_caller]
fn soak(shard: u32) {
    let number = |variable: &str, default| match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => default,
    };
    let cases = share(number("SOAK_CASES", 1_000_000), shard);
    if let Err(told) = verdict(shard, number("SOAK_SEED", 0), cases, every_check) {
        panic!("{told}");
    }
}

/// How many of all cases are those of a shard.
fn share(cases: u64, shard: u32) -> u32 {
    let (shards, shard) = (u64::from(SHARDS), u64::from(shard));
    let share = cases / shards + u64::from(shard < cases % shards);
    share.try_into().expect("fewer than 2^32 cases in a shard")
}

fn every_check(scenario: Scenario) -> TestCaseResult {
    scenario.verify()?;
    Ok(())
}

/// The smallest scenario that fails, and how to draw it again.
fn verdict(
    shard: u32,
    seed: u64,
    cases: u32,
    claim: impl Fn(Scenario) -> TestCaseResult,
) -> Result<(), String> {
    runner(shard, seed, cases).run(&scenarios(), claim).map_err(|error| {
        format!("shard {shard:02} of {SHARDS}, to draw again: SOAK_SEED={seed}\n{error}")
    })
}

fn runner(shard: u32, seed: u64, cases: u32) -> TestRunner {
    // The shard and the seed are the whole seed: nothing has to be kept beside them.
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&shard.to_le_bytes());
    bytes[4..12].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// The scenarios of a shard, as far as a test looks at them.
fn drawn(shard: u32, seed: u64) -> Vec<String> {
    let drawn = std::cell::RefCell::new(Vec::new());
    let keep = |scenario: Scenario| {
        drawn.borrow_mut().push(scenario.to_string());
        Ok(())
    };
    assert_eq!(verdict(shard, seed, 40, keep), Ok(()));
    let drawn = drawn.into_inner();
    assert_eq!(drawn.len(), 40);
    drawn
}

#[test]
fn a_shard_draws_the_same_scenarios_whenever_it_runs() {
    assert_eq!(drawn(7, 0), drawn(7, 0));
    assert_ne!(drawn(7, 0), drawn(8, 0));
    assert_ne!(drawn(7, 0), drawn(7, 1));
}

#[test]
fn the_shards_draw_all_cases_together() {
    for cases in [0, 1, 19, 20, 21, 1_000_000, 1_234_567] {
        let shares: Vec<_> = (0..SHARDS).map(|shard| share(cases, shard)).collect();
        assert_eq!(shares.iter().copied().map(u64::from).sum::<u64>(), cases);
        assert!(shares.is_sorted_by(|one, next| one >= next));
    }
}

#[test]
fn a_shard_that_fails_tells_the_smallest_scenario_and_how_to_draw_it_again() {
    let told = verdict(7, 3, 1_000, |scenario| {
        let seconds = scenario.verify()?.makespan().as_secs();
        proptest::prop_assert!(seconds < 1, "too long");
        Ok(())
    });
    let told = told.expect_err("some take a second");
    assert!(told.starts_with("shard 07 of 20, to draw again: SOAK_SEED=3\n"), "{told}");
    assert!(told.contains("too long"), "{told}");
    assert!(told.contains("scenario!(a: 1s)"), "{told}");
}
