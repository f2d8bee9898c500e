//! What is equal, however large or deep, and who owns the names.

use std::sync::Arc;
use std::time::Duration;

use crate::scenario::tree::Scenario;

fn read(notation: &str) -> Scenario {
    notation.parse().unwrap()
}

fn step(name: &str) -> Scenario {
    Scenario::step(name, Duration::ZERO)
}

/// Pairs of pairs of pairs: more steps than can be counted, in few parts.
fn vast(leaf: &str) -> Scenario {
    (0..70).fold(step(leaf), |half, _| Scenario::sequential([half.clone(), half]))
}

#[test]
fn what_is_written_alike_is_equal_and_nothing_else() {
    let all = [
        "a: 1ms",
        "b: 1ms",
        "a: 2ms",
        "seq()",
        "seq(a: 1ms)",
        "seq(b: 1ms)",
        "seq(a: 1ms, b: 0ms)",
        "seq(b: 0ms, a: 1ms)",
        "join(a: 1ms)",
        "spawn(a: 1ms)",
        "tasks(a: 1ms)",
        "race(a: 1ms)",
        "limit(1, a: 1ms)",
        "limit(2, a: 1ms)",
        "timeout(1ms, a: 1ms)",
        "timeout(2ms, a: 1ms)",
        "seq(a: 1ms, join(b: 0ms))",
        "seq(join(a: 1ms, b: 0ms))",
        "seq(join(a: 1ms), b: 0ms)",
    ];
    for (place, one) in all.into_iter().enumerate() {
        for (other_place, other) in all.into_iter().enumerate() {
            assert_eq!(read(one) == read(other), place == other_place, "{one} and {other}");
        }
        let one = read(one);
        assert_eq!(one, one.clone());
    }
}

#[test]
fn parts_that_are_shared_are_compared_once_and_not_passed_over() {
    assert_eq!(vast("a"), vast("a"));
    assert_ne!(vast("a"), vast("b"));
    let shared = |name| {
        let part = Scenario::joined([step(name), step("z")]);
        (Scenario::sequential([part.clone(), part.clone()]), part)
    };
    // The part lives on elsewhere, or in the whole alone.
    let (one, same, other) = (shared("a"), shared("a"), shared("b"));
    assert_eq!(one.0, same.0);
    assert_ne!(one.0, other.0);
    assert_ne!(one.1, other.1);
    assert_eq!(one.0, read("seq(join(a: 0ms, z: 0ms), join(a: 0ms, z: 0ms))"));
    assert_ne!(one.0, read("seq(join(a: 0ms, z: 0ms), join(b: 0ms, z: 0ms))"));
}

#[test]
fn of_what_is_too_large_to_be_counted_the_children_are() {
    let vast = vast("a");
    let one = Scenario::sequential([vast.clone()]);
    let two = Scenario::sequential([vast.clone(), step("b")]);
    assert_eq!(one, Scenario::sequential([vast]));
    assert_ne!(one, two);
    assert_ne!(two, one);
}

#[test]
fn what_is_deeper_than_any_stack_is_compared_and_dropped() {
    let deep = |leaf| (0..100_000).fold(step(leaf), |inner, _| Scenario::joined([inner]));
    let (one, other) = (deep("a"), deep("b"));
    assert_eq!(one, deep("a"));
    assert_ne!(one, other);
    drop(other.clone());
    assert_eq!(other, deep("b"), "its clone is gone, it is still there");
}

#[test]
fn names_are_owned_by_the_scenario_that_collected_them() {
    let scenario = read("seq(a: 1ms, join(b: 1ms, a: 2ms))");
    let names = scenario.step_names();
    let written: Vec<_> = names.iter().map(ToString::to_string).collect();
    assert_eq!(written, ["a", "b", "a"]);
    assert!(scenario.owns_names(&names) && scenario.clone().owns_names(&names));
    assert!(Arc::ptr_eq(&names, &scenario.step_names()), "collected once");
    let copy = read("seq(a: 1ms, join(b: 1ms, a: 2ms))");
    assert!(!copy.owns_names(&names), "it has not collected any");
    assert!(!copy.owns_names(&Arc::from(copy.step_names().to_vec())));
    assert!(!step("a").owns_names(&step("a").step_names()), "a step keeps none");
}

#[test]
fn steps_are_told_in_the_order_in_which_they_are_written() {
    let scenario = read("seq(a: 1ms, limit(2, b: 2ms, timeout(9ms, c: 3ms)), d: 4ms)");
    let told: Vec<_> = scenario.steps().map(|(name, time)| format!("{name} {time:?}")).collect();
    assert_eq!(told, ["a 1ms", "b 2ms", "c 3ms", "d 4ms"]);
    assert_eq!(scenario.durations(), [1, 2, 3, 4].map(Duration::from_millis));
    assert_eq!(scenario.step_count(), 4);
    assert_eq!(format!("{scenario:?}"), format!("scenario!({scenario})"));
}
