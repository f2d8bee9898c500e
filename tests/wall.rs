//! The same scenarios where time is real.

use std::time::Duration;

use makespan::{Check, Runner, Scenario, scenario};

/// On a shared machine a run may stand still for a while.
const TOLERANCE: Duration = Duration::from_secs(1);

#[test]
fn the_seeds_keep_their_laws_on_a_wall_clock() {
    // Scaled down to tens of milliseconds: 80 + 40 = 120 ms, max(80, 40) = 80 ms. The
    // order hangs on 40 ms, which a busy machine does not lose between two polls.
    let programs = [
        (
            scenario!(seq(coro1: 80ms, coro2: 40ms)),
            120,
            "1 starts, 1 finishes, 2 starts, 2 finishes",
        ),
        (
            scenario!(spawn(coro1: 80ms, coro2: 40ms)),
            80,
            "1 starts, 2 starts, 2 finishes, 1 finishes",
        ),
    ];
    for (program, least, order) in programs {
        let verified = Runner::wall(TOLERANCE).verify_scenario(&program).expect("it holds");
        let least = Duration::from_millis(least);
        assert!(verified.makespan() >= least);
        assert!(verified.makespan() <= least + TOLERANCE);
        let log = verified.trace().to_string();
        let seen: Vec<_> = log
            .lines()
            .map(|line| line.split_once(" coro").map_or(line, |(_, rest)| rest))
            .collect();
        assert_eq!(seen.join(", "), order);
    }
}

#[test]
fn every_form_keeps_its_law_on_a_wall_clock() {
    let program = scenario!(seq(
        race(a: 10ms, far: 1d),
        timeout(10ms, forever: 1d),
        limit(1, b: 10ms, tasks(c: 10ms)),
        join(d: 0.3ms, e: 10ms),
    ));
    // 10 + 10 + (10 + 10) + 10 = 50 ms
    let verified = Runner::wall(TOLERANCE).verify_scenario(&program).expect("it holds");
    assert!(verified.makespan() >= Duration::from_millis(50));
}

#[test]
fn what_takes_longer_than_the_tolerance_fails() {
    let failure = Runner::wall(Duration::ZERO)
        .verify_scenario(&scenario!(seq(a: 10ms, b: 10ms)))
        .expect_err("real time is never exact");
    assert_eq!(failure.violations().len(), 1);
    assert_eq!(failure.violations()[0].check(), Check::WallTolerance);
    let text = failure.to_string();
    assert!(text.starts_with("scenario broken: wall tolerance\n"), "{text}");
    assert!(text.contains("a + b plus the tolerance is 20ms, but the run took "), "{text}");
}

#[test]
fn chains_of_sleeps_that_drift_apart_break_no_rule() {
    // `e` is predicted for 6 ms and `c` for 7, but each real sleep may end late.
    let chain = scenario!(join(seq(a: 2ms, b: 2ms, e: 2ms), c: 7ms));
    for _ in 0..10 {
        Runner::wall(TOLERANCE).verify_scenario(&chain).expect("it holds");
    }
}

#[test]
fn off_the_tick_a_timer_of_no_time_suspends_and_breaks_no_rule() {
    for notation in [
        "join(seq(timeout(0ms, spawn(x: 1ms)), c: 3ms), b: 1ms)",
        "spawn(seq(timeout(0ms, spawn(seq())), c: 3ms), b: 1ms)",
    ] {
        let scenario: Scenario = notation.parse().expect("it reads");
        Runner::wall(TOLERANCE).verify_scenario(&scenario).expect("it holds");
    }
}

#[test]
fn namesakes_that_drift_apart_break_no_rule() {
    let chains = scenario!(join(
        seq(a: 1ms, b: 1ms, e: 1ms, f: 1ms, job: 120ms),
        seq(c: 5ms, job: 1ms),
    ));
    // 4 + 120 = 124 ms, and each of five sleeps may end late.
    let tolerance = Duration::from_millis(100);
    let runs = (0..3).filter(|_| Runner::wall(tolerance).verify_scenario(&chains).is_ok());
    assert!(runs.count() > 0, "one of three runs was not held up by the machine");
}
