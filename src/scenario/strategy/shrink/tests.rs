//! The whole of what a search tries, in its order.

use proptest::strategy::ValueTree as _;

use crate::scenario::strategy::shrink::{ScenarioTree, Shape};
use crate::scenario::tree::Scenario;

fn read(notation: &str) -> Scenario {
    notation.parse().unwrap()
}

/// Shrinks as proptest does. Returns what is tried, in order, and the end.
fn shrunk(
    shape: Shape,
    least_steps: usize,
    notation: &str,
    fails: impl Fn(&str) -> bool,
) -> (Vec<String>, String) {
    let mut tree = ScenarioTree::new(shape, least_steps, read(notation));
    assert_eq!(tree.current(), read(notation));
    assert!(!tree.complicate(), "nothing has been tried");
    let (mut tried, mut best, mut has_failed) = (Vec::new(), notation.to_owned(), true);
    loop {
        if !(if has_failed { tree.simplify() } else { tree.complicate() }) {
            assert_eq!(tree.current().to_string(), best, "back to what failed last");
            assert!(!tree.simplify() && !tree.complicate(), "it is over");
            return (tried, best);
        }
        let current = tree.current().to_string();
        has_failed = current == best || fails(&current);
        if has_failed {
            best.clone_from(&current);
        }
        tried.push(current);
        assert!(tried.len() < 5_000, "no end in sight");
    }
}

fn ticks(notation: &str) -> u64 {
    read(notation).ticks()
}

#[test]
fn each_shape_has_scenarios_of_its_own() {
    use Shape::{Any, Sequential, Spawned, Step};
    let table: &[(&str, &[Shape])] = &[
        ("a: 1ms", &[Step, Any]),
        ("seq()", &[Sequential, Any]),
        ("seq(a: 1ms, b: 1ms)", &[Sequential, Any]),
        ("spawn()", &[Spawned, Any]),
        ("spawn(a: 1ms, b: 1ms)", &[Spawned, Any]),
        ("tasks(a: 1ms)", &[Spawned, Any]),
        ("join(a: 1ms)", &[Any]),
        ("limit(1, a: 1ms)", &[Any]),
        ("seq(a: 1ms, seq())", &[Any]),
        ("tasks(spawn(a: 1ms, b: 1ms), c: 1ms)", &[Any]),
    ];
    for (notation, expected) in table {
        let has = |shape: &Shape| shape.has(&read(notation));
        let shapes: Vec<_> = [Step, Sequential, Spawned, Any].into_iter().filter(has).collect();
        assert_eq!(shapes, *expected, "{notation}");
    }
}

#[test]
fn what_always_fails_ends_as_the_simplest_there_is() {
    let table: &[(Shape, usize, &str, &[&str])] = &[
        (Shape::Any, 0, "seq(x: 1ms, b: 0ms)", &["x: 1ms", "x: 0ms", "a: 0ms"]),
        (Shape::Any, 0, "a: 0ms", &[]),
        // An empty group is larger than a step by nothing but its form.
        (Shape::Any, 0, "seq()", &["a: 0ms"]),
        (Shape::Any, 1, "join(seq(), a: 0ms)", &["a: 0ms"]),
        (Shape::Spawned, 0, "tasks(a: 1ms, a: 1ms)", &["tasks()", "spawn()"]),
        (Shape::Sequential, 0, "seq(a: 1ms)", &["seq()"]),
        (Shape::Step, 0, "a: 7ms", &["a: 0ms"]),
    ];
    for (shape, least_steps, notation, expected) in table {
        let (tried, end) = shrunk(*shape, *least_steps, notation, |_| true);
        assert_eq!(tried, *expected, "{notation}");
        assert_eq!(end, *expected.last().unwrap_or(notation));
    }
}

#[test]
fn what_is_tried_can_run_and_is_simpler() {
    let (tried, _) = shrunk(Shape::Any, 0, "race(a: 2ms)", |_| false);
    // No race of nobody, no timeout, no other name; in the end what fails.
    let forms = ["a: 2ms", "seq(a: 2ms)", "spawn(a: 2ms)", "tasks(a: 2ms)", "join(a: 2ms)"];
    assert_eq!(tried[..5], forms);
    assert_eq!(tried[5], "limit(1, a: 2ms)");
    // Scaled, then as its value, then by itself.
    let times = [0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 2].map(|ms| format!("race(a: {ms}ms)"));
    assert_eq!(tried[6..], times);
}

#[test]
fn what_the_strategy_said_of_form_and_size_still_holds() {
    let (tried, _) = shrunk(Shape::Sequential, 1, "seq(a: 1ms, b: 0ms)", |_| false);
    let mut expected = vec!["seq(b: 0ms)", "seq(a: 1ms)", "seq(a: 1ms)"];
    expected.extend(["seq(a: 0ms, b: 0ms)"; 7]);
    expected.push("seq(a: 1ms, b: 0ms)");
    assert_eq!(tried, expected);

    let (tried, _) = shrunk(Shape::Spawned, 2, "tasks(x: 1ms, x: 1ms)", |_| false);
    let expected = [
        "spawn(x: 1ms, x: 1ms)",
        "tasks(x: 0ms, x: 0ms)", // ranks
        "tasks(x: 0ms, x: 0ms)", // halves
        "tasks(x: 0ms, x: 0ms)", // all of 1 ms
        "tasks(x: 0ms, x: 0ms)", // a chunk of two
        "tasks(x: 0ms, x: 1ms)",
        "tasks(x: 1ms, x: 0ms)",
        "tasks(x: 0ms, x: 0ms)", // a pair
        "tasks(a: 1ms, b: 1ms)",
        "tasks(a: 1ms, a: 1ms)",
        "tasks(x: 1ms, x: 1ms)",
    ];
    assert_eq!(tried, expected);
}

#[test]
fn the_search_goes_on_where_it_was_and_then_once_around() {
    let is_pair = |it: &str| it.starts_with("spawn(") && it.contains("b: ");
    let fails = |it: &str| is_pair(it) && it.contains("a: ");
    let (tried, end) = shrunk(Shape::Any, 0, "spawn(a: 5ms, seq(b: 2ms, c: 2ms))", fails);
    let expected = [
        "a: 5ms",
        "seq(b: 2ms, c: 2ms)",
        "spawn(a: 5ms, b: 2ms)", // kept: a part of a part
        "spawn()",
        "spawn(b: 2ms)",
        "spawn(a: 5ms)",
        "seq(a: 5ms, b: 2ms)",
        "join(a: 5ms, b: 2ms)",
        "spawn(a: 1ms, b: 0ms)", // kept: which is longer
        "spawn(a: 0ms, b: 0ms)", // kept: half of it
        // Nothing behind it is simpler; from the beginning:
        "a: 0ms",
        "b: 0ms",
        "spawn()",
        "spawn(b: 0ms)",
        "spawn(a: 0ms)",
        "seq(a: 0ms, b: 0ms)",
        "join(a: 0ms, b: 0ms)",
        "spawn(a: 0ms, b: 0ms)",
    ];
    assert_eq!((tried.as_slice(), end.as_str()), (&expected.map(str::to_owned)[..], expected[17]));
}

#[test]
fn what_led_to_the_best_is_not_tried_on_it_twice() {
    let (tried, end) = shrunk(Shape::Sequential, 0, "seq(a: 10ms)", |it| ticks(it) > 6);
    let millis: Vec<_> = tried.iter().map(|it| ticks(it)).collect();
    let expected = [
        [0, 0, 1, 1, 5].as_slice(), // nothing at all; ranks, divided, halved
        &[0, 1, 5, 8],              // all of 10 ms: 8 is kept, less by a quarter
        &[6, 7],                    // less by a quarter, less by an eighth: 7 is kept
        &[0, 1, 4, 6],              // by itself, then once around
        &[0, 0, 1, 1, 3, 0, 1, 4, 6],
        &[7],
    ];
    assert_eq!(millis, expected.concat());
    assert_eq!(end, "seq(a: 7ms)");
}
