//! What is counted, and the last of each that can run.

use std::time::Duration;

use crate::scenario::tree::{Scenario, View};
use crate::scenario::validity::{MAX_DEPTH, MAX_DURATION, MAX_SIZE};

fn read(notation: &str) -> Scenario {
    notation.parse().unwrap()
}

fn step() -> Scenario {
    Scenario::step("a", Duration::ZERO)
}

fn problem(scenario: &Scenario) -> String {
    scenario.ensure_runnable().unwrap_err().to_string()
}

#[test]
fn depth_steps_tasks_size_and_time_are_counted() {
    let table = [
        ("a: 1.5ms", (0, 1, 0, 1, 2)),
        ("seq()", (1, 0, 0, 1, 0)),
        ("seq(a: 1ms, b: 2ms)", (1, 2, 0, 3, 3)),
        ("spawn(a: 1ms, b: 2ms)", (1, 2, 2, 3, 2)),
        ("tasks(a: 1ms, b: 2ms)", (1, 2, 2, 3, 2)),
        ("join(a: 1ms, b: 2ms)", (1, 2, 0, 3, 2)),
        ("race(a: 1ms, b: 2ms)", (1, 2, 0, 3, 1)),
        ("limit(2, a: 1ms, b: 2ms, c: 3ms)", (1, 3, 3, 4, 4)), // c behind a
        ("timeout(0.5ms, a: 2ms)", (1, 1, 0, 2, 1)),
        ("timeout(5ms, a: 2ms)", (1, 1, 0, 2, 2)),
        // 3 tasks, 2 of them in one of these
        ("seq(spawn(tasks(a: 1ms, b: 2ms)), join(seq(c: 4ms)))", (3, 3, 3, 8, 6)),
    ];
    for (notation, (depth, steps, tasks, size, ticks)) in table {
        let scenario = read(notation);
        let counts = (scenario.depth(), scenario.step_count(), scenario.task_count());
        assert_eq!(counts, (depth, steps, tasks), "{notation}");
        assert_eq!((scenario.size(), scenario.ticks()), (size, ticks), "{notation}");
    }
}

#[test]
fn a_group_is_of_steps_if_no_form_is_in_it() {
    let table = [
        ("seq()", true),
        ("limit(1, a: 1ms, b: 2ms)", true),
        ("timeout(5ms, a: 2ms)", true),
        ("join(a: 1ms, seq())", false),
        ("spawn(race(join(a: 1ms)))", false),
    ];
    for (notation, expected) in table {
        let scenario = read(notation);
        let View::Group(group) = scenario.view() else { panic!("{notation} is a group") };
        assert_eq!(group.soundness.is_of_steps(), expected, "{notation}");
    }
}

#[test]
fn a_year_is_the_longest() {
    assert_eq!(MAX_DURATION, Duration::from_secs(31_536_000));
    for notation in ["a: 365d", "seq(a: 365d)", "timeout(365d, a: 365d)", "seq(a: 364d, b: 1d)"] {
        assert!(read(notation).ensure_runnable().is_ok(), "{notation}");
    }
    let table = [
        ("a: 31536000001ms", "step"),
        ("seq(b: 0ms, a: 31536000001ms)", "seq[1] > step"),
        ("timeout(31536000001ms, a: 0ms)", "timeout"),
        ("join(seq(a: 365d, b: 1ms))", "join[0] > seq"),
        ("spawn(b: 0ms, seq(a: 365d, b: 1ns))", "spawn[1] > seq"),
    ];
    for (notation, place) in table {
        let problem = problem(&read(notation));
        assert!(problem.starts_with(&format!("scenario, at {place}: ")), "{problem}");
    }
    // What cuts it, is in time.
    assert!(read("race(a: 0ms, b: 365d)").ensure_runnable().is_ok());
}

#[test]
fn so_many_forms_may_be_nested_and_none_more() {
    let nested = |depth| (0..depth).fold(step(), |inner, _| Scenario::joined([inner]));
    assert_eq!(nested(MAX_DEPTH).depth(), MAX_DEPTH);
    assert!(nested(MAX_DEPTH).ensure_runnable().is_ok());
    let too_deep = problem(&nested(MAX_DEPTH + 1));
    assert!(too_deep.contains("257") && too_deep.contains("256"), "{too_deep}");
    // The way goes down the deepest child.
    let beside = Scenario::sequential([step(), nested(3), nested(MAX_DEPTH), nested(9)]);
    let way = ["join[0]"; 11].join(" > ");
    let problem = problem(&beside);
    assert!(problem.starts_with(&format!("scenario, at seq[2] > {way} > ..: ")), "{problem}");
}

#[test]
fn so_many_steps_and_forms_there_may_be_and_none_more() {
    // 2,047 rows of 2,048, 2,047 steps and the whole: 2,048 * 2,048 = 2^22
    let row = Scenario::sequential(vec![step(); 2_047]);
    let rows = || vec![row.clone(); 2_047].into_iter();
    let whole = |steps| Scenario::sequential(rows().chain(vec![step(); steps]));
    assert_eq!(MAX_SIZE, 4_194_304);
    assert_eq!(whole(2_047).size(), MAX_SIZE);
    assert!(whole(2_047).ensure_runnable().is_ok());
    let too_large = problem(&Scenario::joined([step(), whole(2_048)]));
    assert!(too_large.starts_with("scenario, at join[1] > seq: "), "{too_large}");
    assert!(too_large.contains("4194305"), "{too_large}");
}

#[test]
fn a_race_of_nobody_and_a_limit_of_none_cannot_run() {
    let table = [
        ("race()", "race"),
        ("seq(race(a: 0ms), race())", "seq[1] > race"),
        ("limit(0, a: 0ms)", "limit"),
        ("timeout(1ms, limit(0))", "timeout[0] > limit"),
    ];
    for (notation, place) in table {
        let problem = problem(&read(notation));
        assert!(problem.starts_with(&format!("scenario, at {place}: ")), "{problem}");
    }
    for notation in ["race(seq())", "limit(1)", "seq()", "spawn()", "tasks()", "join()"] {
        assert!(read(notation).ensure_runnable().is_ok(), "{notation}");
    }
}
