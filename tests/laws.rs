//! Laws of scenarios: how they are written and what they come to.

use std::time::Duration;

use makespan::{Error, Scenario, scenario};

#[track_caller]
fn law(scenario: &str) -> String {
    scenario.parse::<Scenario>().expect("it reads").law().to_string()
}

#[test]
fn the_law_is_the_shape_of_the_scenario() {
    assert_eq!(law("a: 1s"), "a");
    assert_eq!(law("seq(a: 1s, b: 1s)"), "a + b");
    for word in ["spawn", "tasks", "join"] {
        assert_eq!(law(&format!("{word}(a: 1s, b: 1s)")), "max(a, b)");
    }
    assert_eq!(law("race(a: 1s, b: 1s)"), "min(a, b)");
    assert_eq!(law("timeout(1.5s, a: 1s)"), "min(1500ms, a)");
    assert_eq!(law("limit(2, a: 1s, b: 1s, c: 1s)"), "limit(2, a, b, c)");
    assert_eq!(law("seq(auth: 1s, spawn(profile: 1s, orders: 1s))"), "auth + max(profile, orders)");
}

#[test]
fn brackets_that_change_nothing_are_left_out() {
    assert_eq!(law("seq(a: 1s, seq(b: 1s, seq(c: 1s)))"), "a + b + c");
    assert_eq!(law("spawn(join(a: 1s, b: 1s), tasks(c: 1s))"), "max(a, b, c)");
    assert_eq!(law("race(a: 1s, race(b: 1s, c: 1s))"), "min(a, b, c)");
    assert_eq!(law("seq(seq(), a: 1s, spawn())"), "a");
    assert_eq!(law("seq()"), "0ms");
    assert_eq!(law("limit(1, a: 1s)"), "a");
    // A minimum with nothing is nothing, and stays.
    assert_eq!(law("race(a: 1s, seq())"), "min(a, 0ms)");
}

#[test]
fn names_are_quoted_where_they_must_be() {
    assert_eq!(law("seq(\"max\": 1s, \"GET /\": 1s)"), "\"max\" + \"GET /\"");
}

#[test]
fn a_law_holds_for_other_durations_too() -> Result<(), Error> {
    let law = scenario!(limit(2, a: 1s, b: 1s, seq(c: 1s, race(d: 1s, e: 1s)))).law();
    let millis = |name: &str| match name {
        "a" => Some(30),
        "b" => Some(10),
        "c" => Some(20),
        "d" => Some(40),
        "e" => Some(50),
        _ => None,
    };
    // The third job begins at 10, when `b` ends: 10 + 20 + min(40, 50) = 70 ms
    let total = law.evaluate(|atom| millis(atom.name().as_str()).map(Duration::from_millis))?;
    assert_eq!(total, Duration::from_millis(70));
    Ok(())
}

#[test]
fn every_atom_and_constant_rounds_up_by_itself() -> Result<(), Error> {
    let law = scenario!(seq(a: 1s, b: 1s, timeout(0.5ms, c: 1s))).law();
    // 1 + 1 + min(1, 1) = 3 ms
    let total = law.evaluate(|_| Some(Duration::from_micros(500)))?;
    assert_eq!(total, Duration::from_millis(3));
    Ok(())
}

#[test]
fn atoms_of_one_name_have_places() -> Result<(), Error> {
    let law = scenario!(seq(job: 1s, job: 1s, other: 1s)).law();
    assert_eq!(law.to_string(), "job[0] + job[1] + other");
    let total = law.evaluate(|atom| {
        Some(Duration::from_millis(match atom.index() {
            Some(0) => 1,
            Some(_) => 10,
            None => 100,
        }))
    })?;
    assert_eq!(total, Duration::from_millis(111));
    Ok(())
}

#[test]
fn a_law_wants_a_latency_for_each_of_its_names() {
    let law = scenario!(seq(a: 1s, b: 1s)).law();
    let error = law.evaluate(|atom| (atom.name().as_str() == "a").then_some(Duration::ZERO));
    let error = error.expect_err("`b` has none");
    assert!(error.is_evaluation());
    assert_eq!(error.to_string(), "the law speaks of `b`, which has no latency here");
}

#[test]
fn a_law_that_overflows_says_so() {
    let error = scenario!(seq(a: 1s, b: 1s)).law().evaluate(|_| Some(Duration::MAX));
    assert_eq!(
        error.expect_err("it overflows").to_string(),
        "`a + b` is longer than a `Duration` holds"
    );
}
