//! What makes no sense is refused, with the place, and never by a hang, an
//! overflow or a wrong answer.

use std::time::Duration;

use makespan::{MAX_DEPTH, MAX_DURATION, MAX_SIZE, Runner, Scenario, Trace, scenario};

use crate::large::large;

const MS: Duration = Duration::from_millis(1);

fn step() -> Scenario {
    Scenario::step("a", MS)
}

/// The text of the error that everything gives that would run the scenario.
#[track_caller]
fn refused(scenario: &Scenario) -> String {
    let error = scenario.run().expect_err("it cannot run");
    assert!(error.is_scenario());
    assert_eq!(scenario.predict().as_ref(), Err(&error));
    assert_eq!(scenario.try_law().err().as_ref(), Some(&error));
    let failure = scenario.verify().expect_err("it cannot be verified");
    assert_eq!(failure.error(), Some(&error));
    assert_eq!(failure.to_string(), error.to_string());
    error.to_string()
}

#[test]
fn durations_beyond_the_cap_are_refused() {
    let longest = Scenario::step("far", MAX_DURATION);
    assert_eq!(longest.verify().expect("the cap itself is fine").makespan(), MAX_DURATION);
    let longer = Scenario::step("far", MAX_DURATION + Duration::from_nanos(1));
    assert_eq!(
        refused(&Scenario::sequential([step(), Scenario::raced([step(), longer])])),
        "scenario, at seq[1] > race[1] > step: step far takes 365d 0.000001ms, and 365d is the \
         longest that a step can take"
    );
    assert_eq!(
        refused(&Scenario::step("far", Duration::MAX)),
        "scenario, at step: step far takes 213503982334601d 7h 15.999999999s, and 365d is \
         the longest that a step can take"
    );
    assert_eq!(
        refused(&scenario!(spawn(timeout(366d, a: 1s)))),
        "scenario, at spawn[0] > timeout: a timeout of 366d, and 365d is the longest"
    );
}

#[test]
fn sums_beyond_the_cap_are_refused() {
    assert_eq!(
        refused(&scenario!(join(seq(a: 200d, spawn(b: 165d, c: 1s)), seq(d: 365d, e: 1ns)))),
        "scenario, at join[1] > seq: takes longer than 365d in all"
    );
    assert_eq!(
        refused(&scenario!(limit(2, a: 183d, b: 183d, c: 183d))),
        "scenario, at limit: takes longer than 365d in all"
    );
    // 1,000 years of steps, each within the cap
    let many = Scenario::sequential((0..1_000).map(|_| Scenario::step("a", MAX_DURATION)));
    assert_eq!(refused(&many), "scenario, at seq: takes longer than 365d in all");
    // A sum that something cuts in time is still one that cannot be awaited.
    assert!(scenario!(race(a: 365d, b: 1s)).verify().is_ok());
}

#[test]
fn a_race_of_nobody_is_refused() {
    assert_eq!(
        refused(&scenario!(seq(a: 1s, race()))),
        "scenario, at seq[1] > race: an empty race, which nobody can win"
    );
}

#[test]
fn a_limit_of_nothing_is_refused() {
    assert_eq!(
        refused(&scenario!(tasks(limit(0, a: 1s)))),
        "scenario, at tasks[0] > limit: `limit(0)`, under which nothing can start"
    );
    assert!(scenario!(limit(18446744073709551615, a: 1s)).verify().is_ok());
}

/// A scenario of one form nested in itself.
fn nested(depth: usize, form: fn(Scenario) -> Scenario) -> Scenario {
    (0..depth).fold(step(), |inner, _| form(inner))
}

const FORMS: [fn(Scenario) -> Scenario; 7] = [
    |inner| Scenario::sequential([inner]),
    |inner| Scenario::spawned([inner]),
    |inner| Scenario::tasks([inner]),
    |inner| Scenario::joined([inner, Scenario::step("b", MS)]),
    |inner| Scenario::raced([Scenario::step("b", 2 * MS), inner]),
    |inner| Scenario::timeout(3 * MS, inner),
    |inner| Scenario::limited(1, [inner]),
];

#[test]
fn the_deepest_nesting_runs_on_half_a_test_s_stack() {
    for form in FORMS {
        let deepest = nested(MAX_DEPTH, form);
        let run = move || {
            deepest.verify().expect("it holds");
            assert_eq!(deepest.to_string().parse(), Ok(deepest));
        };
        std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
    }
}

#[test]
fn the_deepest_law_reads_back_and_compares_on_half_a_test_s_stack() {
    let deepest = (0..MAX_DEPTH).fold(step(), |inner, level| {
        let beside = Scenario::step(format!("s{level}"), MS * 9);
        if level % 2 == 0 {
            Scenario::joined([beside, inner])
        } else {
            Scenario::raced([beside, inner])
        }
    });
    let compare = move || {
        let law = deepest.law();
        assert_eq!(law.to_string().parse(), Ok(law.clone()));
        assert!(law.equivalent(&law.clone()));
        deepest.verify().expect("it holds");
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(compare).unwrap().join().unwrap();
}

#[test]
fn deeper_nesting_is_refused_and_overflows_nothing() {
    for form in FORMS {
        assert!(
            refused(&nested(MAX_DEPTH + 1, form))
                .ends_with(": nested 257 deep, and 256 is the most that a run can take")
        );
        let depth = large(100_000) as usize;
        let deep = nested(depth, form);
        let text = deep.to_string();
        assert!(refused(&deep).contains(&format!("nested {depth} deep")));
        assert_eq!(deep, deep.clone());
        assert_eq!(deep, nested(depth, form));
        assert_ne!(deep, nested(depth - 1, form));
        assert!(!format!("{deep:?}").is_empty());
        // Inside something else, and outlived by a part of itself.
        let whole = Scenario::joined([deep, step()]);
        assert!(refused(&whole).contains(&format!("nested {} deep", depth + 1)));
        drop(whole);
        let error = text.parse::<Scenario>().expect_err("it is too deep");
        assert!(error.is_notation());
        assert!(error.to_string().contains("256 forms inside one another are the most"), "{error}");
    }
    assert_eq!(
        refused(&nested(MAX_DEPTH + 1, |inner| Scenario::joined([step(), inner]))),
        format!(
            "scenario, at {}..: nested 257 deep, and 256 is the most that a run can take",
            "join[1] > ".repeat(12)
        )
    );
}

#[test]
fn a_deep_notation_that_is_never_closed_overflows_nothing() {
    let text = "seq(".repeat(100_000);
    assert!(text.parse::<Scenario>().expect_err("never closed").is_notation());
}

#[test]
fn a_large_number_of_steps_works_in_a_row_and_side_by_side() {
    let million = large(1_000_000);
    let steps = || (0..million).map(|number| Scenario::step("a", MS * (number % 7)));
    let row = Scenario::sequential((0..million).map(|_| Scenario::step("a", MS)));
    assert_eq!(row.verify().expect("it holds").makespan(), MS * million);
    let tasks = Scenario::spawned(steps());
    assert_eq!(tasks.verify().expect("it holds").makespan(), MS * 6);
    let joined = Scenario::joined(steps());
    assert_eq!(joined.verify().expect("it holds").makespan(), MS * 6);
}

#[test]
fn every_form_is_as_wide_as_it_must_be() {
    let width = large(100_000);
    let steps = || (0..width).map(|number| Scenario::step("a", MS * (1 + number % 7)));
    // One at a time they take 1 + 2 + .. + 7 ms again and again.
    let total = (1..=7).sum::<u32>() * (width / 7) + (1..=width % 7).sum::<u32>();
    for (scenario, least) in [
        (Scenario::tasks(steps()), 7),
        (Scenario::raced(steps()), 1),
        (Scenario::limited(1, steps()), total),
        (Scenario::timeout(MS * 3, Scenario::joined(steps())), 3),
    ] {
        assert_eq!(scenario.verify().expect("it holds").makespan(), MS * least);
    }
}

#[test]
fn more_than_memory_holds_is_refused() {
    // 2^60 steps, or none but 2^60 forms, that share their parts
    for whole in [step(), Scenario::sequential([])] {
        let double = |half: Scenario, _| Scenario::spawned([half.clone(), half]);
        let (doubled, again) = ((0..60).fold(whole.clone(), double), (0..60).fold(whole, double));
        let text = refused(&doubled);
        assert!(text.ends_with(" are the most that a run can take"), "{text}");
        assert!(text.contains(&format!("steps and forms, and {MAX_SIZE} are")), "{text}");
        assert_eq!(doubled, doubled.clone());
        assert_eq!(doubled, again);
        assert_ne!(doubled, Scenario::spawned([again.clone(), step()]));
    }
    let largest = Scenario::joined((1..MAX_SIZE).map(|_| Scenario::sequential([])));
    assert_eq!(largest.predict().expect("it can run").makespan(), Duration::ZERO);
    assert!(refused(&Scenario::sequential([largest])).contains("4194305 steps and forms"));
}

#[test]
fn long_names_are_told_whole_where_they_are_looked_for_and_cut_where_they_are_drawn() {
    let long = "名".repeat(100_000);
    let scenario = Scenario::spawned([Scenario::step(long.as_str(), MS), step()]);
    let trace = scenario.verify().expect("it holds").into_trace();
    assert!(trace.to_string().contains(&long));
    let drawn = trace.timeline().with_width(1_000_000).to_string();
    assert!(drawn.lines().all(|line| line.chars().count() < 1_100), "lanes fit");
    let late = Trace::from_events(trace.events(), 2 * MS);
    let failure = scenario.verify_trace(late).expect_err("it is late").to_string();
    assert!(failure.contains(&long), "the scenario to paste is whole");
}

#[test]
fn a_log_that_makes_no_sense_is_drawn_and_judged_all_the_same() {
    let scenario = scenario!(seq(a: 2ms, b: 1ms));
    let mut events: Vec<_> = scenario.predict().expect("it can run").events().collect();
    events.reverse();
    let backwards = Trace::from_events(events, MS);
    assert!(!backwards.timeline().to_string().is_empty());
    assert!(!scenario.check(&backwards).expect("it can run").is_empty());
    assert!(backwards.same_up_to_ties(&backwards));
    assert!(!backwards.same_up_to_ties(&scenario.predict().expect("it can run")));
    let none = Trace::from_events([], Duration::MAX);
    assert_eq!(none.to_string(), "");
    assert!(!scenario.check(&none).expect("it can run").is_empty());
    assert!(!none.timeline().to_string().is_empty());
}

#[test]
fn a_hundred_thousand_violations_are_found_and_told_in_time() {
    let steps = |numbers: Vec<u32>| {
        Scenario::spawned(numbers.iter().map(|number| Scenario::step(format!("s{number}"), MS)))
    };
    let count = large(100_000);
    let meant = steps((0..count).collect());
    let reversed = steps((0..count).rev().collect()).run().expect("it runs");
    let failure = meant.verify_trace(reversed).expect_err("every start but one is too early");
    assert_eq!(failure.violations().len(), count as usize);
    assert!(failure.to_string().contains(&format!("\n  and {} more\n", count - 8)));
}

#[test]
fn up_to_eight_violations_are_all_told() {
    let steps = |letters: &str| {
        let name = |letter: char| letter.to_string();
        Scenario::spawned(letters.chars().map(|letter| Scenario::step(name(letter), MS)))
    };
    let told = |meant: &str, ran: &str| {
        let failure = steps(meant).verify_trace(steps(ran).run().expect("it runs"));
        let failure = failure.expect_err("every start but one is too early, and the log differs");
        assert_eq!(failure.violations().len(), meant.len());
        assert_eq!(failure.scenario(), Some(&steps(meant)));
        assert_eq!(failure.expected(), Some(&steps(meant).predict().expect("it is predicted")));
        // Behind the spawns of all.
        assert_eq!(failure.first_divergence(), Some(meant.len()));
        failure.to_string()
    };
    assert!(!told("abcdefgh", "hgfedcba").contains(" more\n"));
    assert!(told("abcdefghi", "ihgfedcba").contains("\n  and 1 more\n"));
}

#[test]
fn a_run_inside_a_runtime_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let scenario = scenario!(a: 1s);
        let error = scenario.run().expect_err("a runtime is running");
        assert!(error.is_misplaced());
        assert_eq!(
            error.to_string(),
            "a run brings its own runtime and cannot start inside another one; call it from a \
             plain `#[test]` or `fn main`, or await `makespan::record(..)` inside \
             `#[tokio::test(start_paused = true)]`"
        );
        assert!(Runner::wall(MS).run_scenario(&scenario).is_err());
        // The oracle needs no runtime.
        assert!(scenario.predict().is_ok());
    });
}

#[test]
fn runs_side_by_side_on_threads_do_not_meet() {
    let scenario = scenario!(spawn(a: 3ms, b: 3ms));
    let expected = scenario.predict().unwrap();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let scenario = scenario.clone();
            std::thread::spawn(move || (0..50).map(|_| scenario.run().unwrap()).collect::<Vec<_>>())
        })
        .collect();
    for thread in threads {
        assert!(thread.join().unwrap().iter().all(|trace| *trace == expected));
    }
}
