//! What comes of each edit, in the notation.

use crate::scenario::strategy::edit::Naming;
use crate::scenario::strategy::shorter::{Retiming, Scale};
use crate::scenario::strategy::simpler::{Edit, FEW, apply, edits};
use crate::scenario::tree::Scenario;

fn read(notation: &str) -> Scenario {
    notation.parse().unwrap()
}

/// What comes of the edits of groups, in the order in which they are tried.
fn regrouped(notation: &str) -> Vec<String> {
    let scenario = read(notation);
    edits(&scenario)
        .into_iter()
        .filter(|edit| !matches!(edit, Edit::Retime(_) | Edit::Rename(_)))
        .filter_map(|edit| Some(apply(&scenario, edit)?.to_string()))
        .collect()
}

#[test]
fn parts_come_first_then_less_then_flatter_then_simpler_forms() {
    let expected = [
        // A part in place of the whole.
        "a: 1ms",
        "join(b: 2ms, c: 3ms)",
        "seq(a: 1ms, b: 2ms)",
        "seq(a: 1ms, c: 3ms)",
        // Children left out.
        "seq()",
        "seq(join(b: 2ms, c: 3ms))",
        "seq(a: 1ms)",
        "seq(a: 1ms, join())",
        "seq(a: 1ms, join(c: 3ms))",
        "seq(a: 1ms, join(b: 2ms))",
        // A form put into the one around it, which keeps its own or takes that.
        "seq(a: 1ms, b: 2ms, c: 3ms)",
        "join(a: 1ms, b: 2ms, c: 3ms)",
        // Other forms.
        "seq(a: 1ms, join(b: 2ms, c: 3ms))",
        "spawn(a: 1ms, join(b: 2ms, c: 3ms))",
        "tasks(a: 1ms, join(b: 2ms, c: 3ms))",
        "join(a: 1ms, join(b: 2ms, c: 3ms))",
        "race(a: 1ms, join(b: 2ms, c: 3ms))",
        "limit(1, a: 1ms, join(b: 2ms, c: 3ms))",
        "seq(a: 1ms, seq(b: 2ms, c: 3ms))",
        "seq(a: 1ms, spawn(b: 2ms, c: 3ms))",
        "seq(a: 1ms, tasks(b: 2ms, c: 3ms))",
        "seq(a: 1ms, join(b: 2ms, c: 3ms))",
        "seq(a: 1ms, race(b: 2ms, c: 3ms))",
        "seq(a: 1ms, limit(1, b: 2ms, c: 3ms))",
    ];
    assert_eq!(regrouped("seq(a: 1ms, join(b: 2ms, c: 3ms))"), expected);
}

#[test]
fn what_a_timeout_holds_stays_one_scenario() {
    let inner = [
        "timeout(5ms, seq(a: 1ms))",
        "timeout(5ms, spawn(a: 1ms))",
        "timeout(5ms, tasks(a: 1ms))",
        "timeout(5ms, join(a: 1ms))",
        "timeout(5ms, race(a: 1ms))",
        "timeout(5ms, limit(1, a: 1ms))",
    ];
    let outer =
        ["seq", "spawn", "tasks", "join", "race"].map(|form| format!("{form}(race(a: 1ms))"));
    let expected = [
        &["race(a: 1ms)", "timeout(5ms, a: 1ms)", "timeout(5ms, race())"].map(str::to_owned)[..],
        &outer,
        &["limit(1, race(a: 1ms))".to_owned()],
        &inner.map(str::to_owned),
    ];
    assert_eq!(regrouped("timeout(5ms, race(a: 1ms))"), expected.concat());

    let absorbed = |notation| apply(&read(notation), Edit::Absorb { node: 0, child: 0 });
    let one = absorbed("seq(timeout(5ms, a: 1ms))").map(|it| it.to_string());
    assert_eq!(one.as_deref(), Some("timeout(5ms, a: 1ms)"));
    assert_eq!(absorbed("seq(timeout(5ms, a: 1ms), b: 2ms)"), None);
}

#[test]
fn an_empty_group_becomes_a_step() {
    let expected = ["a: 0ms", "seq()", "spawn()", "tasks()", "join()", "race()", "limit(1)"];
    assert_eq!(regrouped("join()"), expected);
    assert_eq!(regrouped("a: 5ms"), [""; 0]);
}

#[test]
fn permits_get_fewer() {
    let limits = |permits: usize| {
        let is_limit =
            |it: &String| it.starts_with("limit(") && it.ends_with(", a: 0ms, b: 0ms, c: 0ms)");
        let all = regrouped(&format!("limit({permits}, a: 0ms, b: 0ms, c: 0ms)"));
        let permits = |it: String| it["limit(".len()..].split(',').next().map(str::to_owned);
        all.into_iter().filter(is_limit).filter_map(permits).collect::<Vec<_>>()
    };
    // One, two, as many as there are children, half, one less.
    assert_eq!(limits(20), ["1", "2", "3", "10", "19"]);
    assert_eq!(limits(5), ["1", "2", "3", "4"]);
    assert_eq!(limits(0), ["0", "1", "2", "3"]);
}

#[test]
fn steps_of_a_sequence_become_one_that_takes_as_long() {
    let fused = |notation| {
        let scenario = read(notation);
        let is_fuse = |edit: &Edit| matches!(edit, Edit::Fuse { .. });
        let edits = edits(&scenario).into_iter().filter(is_fuse);
        edits.filter_map(|it| Some(apply(&scenario, it)?.to_string())).collect::<Vec<_>>()
    };
    let expected = [
        "seq(a: 4ms)", // 1 + 1 + 2 + 0 ms: each ends on a tick
        "seq(a: 2ms, c: 2ms, d: 0ms)",
        "seq(a: 1ms, b: 3ms, d: 0ms)",
        "seq(a: 1ms, b: 300us, c: 2ms)",
        "seq(a: 1ms, b: 300us, c: 2ms, d: 0ms)",
    ];
    assert_eq!(fused("seq(a: 1ms, b: 0.3ms, c: 2ms, d: 0ms)"), expected);
    // With what is no step there is no way to do it.
    assert_eq!(fused("seq(join(a: 1ms), b: 1ms)"), ["seq(join(a: 1ms), b: 1ms)"]);
    assert_eq!(fused("join(a: 1ms, b: 1ms)"), [""; 0]);
}

#[test]
fn of_many_children_none_takes_the_place_of_all() {
    let hoists = |count: usize| {
        let row = Scenario::joined(vec![read("a: 0ms"); count]);
        let is_hoist = |edit: &&Edit| matches!(edit, Edit::Hoist { .. });
        edits(&row).iter().filter(is_hoist).count()
    };
    assert_eq!([1, FEW, FEW + 1].map(hoists), [1, 8, 0]);
}

#[test]
fn durations_come_behind_forms_and_names_last() {
    let scenario = read("seq(x: 7ms, x: 9ms)");
    let edits = edits(&scenario);
    assert!(edits.is_sorted_by(|a, b| a < b), "in their order, none of them twice");
    let last: Vec<_> = edits.iter().rev().take(2).collect();
    assert_eq!(last, [&Edit::Rename(Naming::Shared), &Edit::Rename(Naming::Unique)]);
    let made = |edit| apply(&scenario, edit).unwrap().to_string();
    assert_eq!(made(Edit::Rename(Naming::Unique)), "seq(a: 7ms, b: 9ms)");
    assert_eq!(made(Edit::Rename(Naming::Shared)), "seq(a: 7ms, a: 9ms)");
    let ranks = Edit::Retime(Retiming::Scale(Scale::RanksFromZero));
    assert!(edits.contains(&ranks));
    assert_eq!(made(ranks), "seq(x: 0ms, x: 1ms)");
}
