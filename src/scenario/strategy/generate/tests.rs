//! What each choice leads to, in the notation. All steps take 1 ms, but for those
//! that are far.

use std::time::Duration;

use crate::scenario::strategy::edit::{Names, Naming, letter, rename};
use crate::scenario::strategy::generate::{Growth, any, flat, usual_steps};
use crate::scenario::strategy::palette::Palette;
use crate::scenario::strategy::script::{LAST, drawn, made_of};
use crate::scenario::tree::{Form, Scenario};

type Table<'t> = &'t [(&'t [u64], &'t str)];

/// What grows of these choices, its steps named by letters.
#[track_caller]
fn grown(
    duration: Duration,
    choices: &[u64],
    grow: impl FnOnce(&mut Growth<'_, '_>) -> Scenario,
) -> String {
    let whole = made_of(choices, |draw| grow(&mut Growth::new(draw, Palette::plain(duration))));
    let mut names = Names::new(Naming::Unique);
    rename(&whole, &mut |name| names.rename(name)).to_string()
}

#[track_caller]
fn each_grows(grow: impl Fn(&mut Growth<'_, '_>) -> Scenario, table: Table<'_>) {
    for (choices, expected) in table {
        let notation = grown(Duration::from_millis(1), choices, &grow);
        assert_eq!(notation, *expected, "{choices:?}");
    }
}

#[track_caller]
fn each_tree_grows(steps: usize, depth: usize, table: Table<'_>) {
    each_grows(|growth| growth.tree(steps, depth), table);
}

#[test]
fn there_are_usually_few_steps_and_now_and_then_very_many() {
    let table: &[(&[u64], usize)] = &[
        // More than 61, even without the first and the last; more than 128.
        (&[15, 1, 0], 64),
        (&[15, 1, LAST], 99),
        (&[15, 0, 0], 136),
        (&[15, 0, LAST], 180),
        (&[0, 63], 0),
        (&[0, 0, 0, 0], 1),
        (&[0, 0, 0, LAST], 4),
        (&[0, 0, 1, LAST], 8),
        (&[0, 0, 2, LAST], 12),
    ];
    for (choices, expected) in table {
        assert_eq!(made_of(choices, usual_steps), *expected, "{choices:?}");
    }
    let drawn = drawn(16_000, usual_steps);
    let count = |is: fn(usize) -> bool| drawn.iter().filter(|steps| is(**steps)).count();
    // 16,000 / 16 = 1,000, and 15,000 / 64 = 234
    assert!((900..=1_100).contains(&count(|steps| steps >= 64)));
    assert!((180..=290).contains(&count(|steps| steps == 0)));
    assert_eq!(count(|steps| (13..64).contains(&steps)), 0);
}

/// One duration, 5 ms.
const PALETTE: [u64; 8] = [0, 0, 0, 0, 0, 5, 0, 0];

fn with_palette(choices: &[u64]) -> Vec<u64> {
    [&PALETTE, choices].concat()
}

#[test]
fn a_flat_group_has_one_of_the_forms_and_names_as_they_are_written() {
    let one: &[Form] = &[Form::Sequential];
    let two: &[Form] = &[Form::Spawned, Form::Tasks];
    let table: &[(&[Form], &[u64], &str)] = &[
        (one, &[0], "seq(a: 5ms, b: 5ms, c: 5ms)"),
        (one, &[13], "seq(a: 5ms, b: 5ms, c: 5ms)"),
        // Some share a name, or all.
        (one, &[14, 1, 0, 1], "seq(job: 5ms, b: 5ms, job: 5ms)"),
        (one, &[15], "seq(job: 5ms, job: 5ms, job: 5ms)"),
        (two, &[0, 0], "spawn(a: 5ms, b: 5ms, c: 5ms)"),
        (two, &[1, 0], "tasks(a: 5ms, b: 5ms, c: 5ms)"),
    ];
    for (forms, choices, expected) in table {
        let made = made_of(&with_palette(choices), |draw| flat(draw, forms, 3));
        assert_eq!(made.to_string(), *expected, "{choices:?}");
    }
}

#[test]
fn from_64_steps_on_three_in_four_are_wide() {
    let made = |choices: &[u64], steps| made_of(&with_palette(choices), |draw| any(draw, steps));
    let row = |form, steps| {
        let numbers = 0..steps;
        let step = |number| Scenario::step(letter(number), Duration::from_millis(5));
        Scenario::group(form, numbers.map(step).collect())
    };
    // A depth of 1, and then a row of steps in a group. Of 63 nobody asks whether.
    let nested = [0, 0, 1, 0, LAST, 0, 1, 0, 0];
    let tree = |steps| Scenario::sequential([row(Form::Spawned, steps)]);
    assert_eq!(made(&[&[0][..], &nested].concat(), 63), tree(63));
    assert_eq!(made(&[&[0, 3][..], &nested].concat(), 64), tree(64));
    for choice in 0..3 {
        assert_eq!(made(&[0, choice, 1, 0, 0, 0], 64), row(Form::Spawned, 64));
    }
}

#[test]
fn nothing_is_an_empty_group_or_what_has_no_time() {
    each_tree_grows(
        0,
        1,
        &[
            (&[0], "seq()"),
            (&[1], "spawn()"),
            (&[2], "tasks()"),
            (&[3], "join()"),
            // A race of nobody cannot run, and a timeout holds something.
            (&[4], "timeout(1ms, seq())"),
            (&[5], "timeout(1ms, seq())"),
            (&[6, 0], "limit(2)"),
            (&[6, 1], "limit(18446744073709551615)"),
            (&[6, 2], "limit(1)"),
        ],
    );
}

#[test]
fn one_step_is_a_step_or_one_in_a_form() {
    each_tree_grows(1, 0, &[(&[], "a: 1ms")]);
    each_tree_grows(
        1,
        1,
        &[
            (&[0], "a: 1ms"),
            (&[2], "a: 1ms"),
            (&[3, 0, 1, 0], "seq(a: 1ms)"),
            (&[3, 4, 1, 0], "race(a: 1ms)"),
            (&[3, 6, 2, 1, 0], "limit(1, a: 1ms)"),
            (&[3, 6, 0, 1, 0], "limit(2, a: 1ms)"),
            (&[3, 5, 0, 0, 0], "timeout(1ms, a: 1ms)"),
            // Its limit is far, or what it holds is.
            (&[3, 5, 0, 5, 0], "timeout(365d, a: 1ms)"),
            (&[3, 5, 2, 0], "timeout(1ms, a: 365d)"),
        ],
    );
}

#[test]
fn with_no_depth_left_there_is_a_row_or_what_is_far() {
    each_tree_grows(
        2,
        0,
        &[
            (&[0], "seq(a: 1ms, b: 1ms)"),
            (&[1], "spawn(a: 1ms, b: 1ms)"),
            (&[2], "tasks(a: 1ms, b: 1ms)"),
            (&[3], "join(a: 1ms, b: 1ms)"),
            (&[4, 2], "race(a: 1ms, b: 1ms)"),
            (&[4, 0, 0, 0, 0, 0], "race(a: 365d, b: 1ms)"),
            // A timeout would hold a group.
            (&[5, 0], "seq(a: 1ms, b: 1ms)"),
            (&[5, 2, 0, 1, 0, 0], "timeout(1ms, seq(a: 4380h, b: 1ms))"),
            (&[6, 0], "limit(3, a: 1ms, b: 1ms)"),
            (&[6, 2, 0], "limit(1, a: 1ms, b: 1ms)"),
            (&[6, 11, LAST], "limit(2, a: 1ms, b: 1ms)"),
        ],
    );
    let five = "limit(4, a: 1ms, b: 1ms, c: 1ms, d: 1ms, e: 1ms)";
    each_tree_grows(5, 0, &[(&[0, 6, 2, LAST], five)]);
}

#[test]
fn a_group_splits_its_steps_and_seldom_holds_something_empty() {
    each_tree_grows(
        2,
        1,
        &[
            (&[0, 1, 1, 0], "seq(a: 1ms, b: 1ms)"),
            (&[0, 1, 1, 22], "seq(a: 1ms, b: 1ms)"),
            (&[0, 1, 1, 23, 0, 1], "seq(spawn(), a: 1ms, b: 1ms)"),
            (&[0, 1, 1, 23, LAST, 1], "seq(a: 1ms, b: 1ms, spawn())"),
            (&[4, 2, 1, 1, 0], "race(a: 1ms, b: 1ms)"),
            (&[5, 0, 3, 0, 0], "timeout(1ms, join(a: 1ms, b: 1ms))"),
        ],
    );
    each_tree_grows(2, 2, &[(&[3, 1, 0, 0, 1, 1, 0, 0], "join(seq(a: 1ms, b: 1ms))")]);
    each_tree_grows(
        3,
        1,
        &[
            (&[0, 1, 1, 1, 0, 3, 0], "spawn(join(a: 1ms, b: 1ms), c: 1ms)"),
            (&[6, 1, 1, 1, 1, 3, 0], "spawn(a: 1ms, join(b: 1ms, c: 1ms))"),
        ],
    );
}

#[test]
fn the_steps_are_split_among_up_to_four_or_one_by_one() {
    let table: &[(usize, &[u64], &[usize])] = &[
        (1, &[0], &[1]),
        (1, &[1], &[1]),
        (2, &[3, 0], &[2]),
        (5, &[1, 1, 0, 1, LAST, 0], &[3, 2]),
        (9, &[2, LAST, LAST, LAST], &[1, 1, 1, 6]),
        (7, &[0], &[1; 7]),
        (12, &[0], &[1; 12]),
        (20, &[0, LAST, 0], &[9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    ];
    for (steps, choices, expected) in table {
        let parts = made_of(choices, |draw| {
            Growth::new(draw, Palette::plain(Duration::ZERO)).parts(*steps)
        });
        assert_eq!(parts, *expected, "{steps} steps, {choices:?}");
    }
}

#[test]
fn a_meeting_ends_with_the_sequence_or_with_one_of_its_steps() {
    each_tree_grows(
        3,
        1,
        &[
            (&[7, 0, 0, 0], "spawn(seq(a: 1ms, b: 1ms), c: 1ms)"),
            (&[7, 1, 0, 1], "spawn(seq(a: 1ms, b: 1ms), c: 2ms)"),
            (&[7, 1, 1, 2], "tasks(a: 2ms, seq(b: 1ms, c: 1ms))"),
            (&[7, 0, 1, 3], "join(a: 1ms, seq(b: 1ms, c: 1ms))"),
            (&[7, 0, 0, 4], "race(seq(a: 1ms, b: 1ms), c: 1ms)"),
            (&[7, 0, 0, 5], "spawn(seq(a: 1ms, b: 1ms), c: 1ms)"),
            (&[7, 0, 0, 6, 1], "limit(2, seq(a: 1ms, b: 1ms), c: 1ms)"),
        ],
    );
    // Of two steps there is none.
    each_tree_grows(2, 0, &[(&[6, 0], "limit(3, a: 1ms, b: 1ms)")]);
}

#[test]
fn of_a_race_one_child_is_far() {
    each_grows(
        |growth| growth.race_with_far(2, 0),
        &[
            (&[0, 0, 0, 0], "race(a: 365d, b: 1ms)"),
            (&[0, 0, LAST, 0], "race(a: 1ms, b: 365d)"),
            // A single part is split after all.
            (&[1, 0, 0, 0, 0], "race(a: 365d, b: 1ms)"),
            (&[1, 0, 1, 1, 0], "race(a: 1ms, b: 365d)"),
        ],
    );
    each_grows(
        |growth| growth.race_with_far(5, 0),
        &[
            (
                &[1, 1, LAST, 0, 0, 1, 0, 3, 0],
                "race(join(a: 1ms, b: 1ms, c: 1ms, d: 1ms), e: 365d)",
            ),
            // Much goes on beside one step, and one step beside much.
            (
                &[1, LAST, 0, 1, 0, 0, 0, 0, 1],
                "race(a: 365d, spawn(b: 1ms, c: 1ms, d: 1ms, e: 1ms))",
            ),
            (
                &[1, LAST, 0, 1, 1, 0, 0, 1, LAST, 0, 0],
                "race(seq(a: 4380h, b: 1ms, c: 1ms, d: 1ms), e: 1ms)",
            ),
        ],
    );
}

#[test]
fn what_is_far_leaves_those_beside_it_their_half() {
    each_grows(|growth| growth.far_tree(1, 3), &[(&[0], "a: 365d"), (&[6, 1], "a: 7d")]);
    each_grows(
        |growth| growth.far_tree(2, 0),
        &[
            (&[0, 1, 0, 3], "join(a: 4380h, b: 1ms)"),
            (&[0, 1, LAST, 6, 0], "limit(3, a: 1ms, b: 4380h)"),
            (&[6, 1, 1, LAST, 5], "seq(a: 1ms, b: 7d)"),
        ],
    );
}

#[test]
fn what_is_wide_is_a_row_or_one_between_two_steps() {
    each_grows(
        |growth| growth.wide(4),
        &[
            (&[1, 0, 0], "spawn(a: 1ms, b: 1ms, c: 1ms, d: 1ms)"),
            (&[0, 0, 0, 0], "seq(a: 1ms, spawn(b: 1ms, c: 1ms), d: 1ms)"),
            (&[0, 0, 1, 3], "join(a: 1ms, tasks(b: 1ms, c: 1ms), d: 1ms)"),
            (&[0, 0, 0, 6, 2, LAST], "limit(2, a: 1ms, spawn(b: 1ms, c: 1ms), d: 1ms)"),
            (&[0, 0, 0, 5, 6], "seq(a: 1ms, timeout(0ms, spawn(b: 1ms, c: 1ms)), d: 1ms)"),
        ],
    );
    each_grows(
        |growth| growth.wide_row(2),
        &[
            (&[0, 0], "spawn(a: 1ms, b: 1ms)"),
            (&[1, 1, 0, 1], "tasks(a: 1ms, b: 1ms)"),
            (&[0, 2], "join(a: 1ms, b: 1ms)"),
            (&[0, 3, 0], "limit(1, a: 1ms, b: 1ms)"),
            (&[0, 4, LAST], "limit(3, a: 1ms, b: 1ms)"),
            (&[0, 5, 4], "race(a: 1ms, b: 1ms)"),
            // Not a timeout, which holds one thing.
            (&[0, 6, 5], "spawn(a: 1ms, b: 1ms)"),
        ],
    );
}

#[test]
fn those_that_share_permits_take_some_time() {
    let rows = [0, 1].map(|choice| {
        let row = &[choice, 3, 0, choice, choice][..if choice == 0 { 3 } else { 5 }];
        grown(Duration::ZERO, row, |growth| growth.wide_row(2))
    });
    // Of two durations the first does.
    assert_eq!(rows, ["limit(1, a: 1ns, b: 1ns)", "limit(1, a: 0ms, b: 0ms)"]);
}

#[test]
fn from_129_steps_on_a_row_may_take_no_time() {
    let row = |steps, choices: &[u64]| {
        let growth = |growth: &mut Growth<'_, '_>| growth.wide_row(steps);
        let whole: Scenario =
            grown(Duration::from_millis(1), choices, growth).parse().expect("a scenario");
        (whole.children().len(), whole.ticks(), whole.to_string().starts_with("seq("))
    };
    assert_eq!(row(128, &[0, 5, 0]), (128, 128, true));
    assert_eq!(row(129, &[0, 5, 0]), (129, 0, true));
    assert_eq!(row(129, &[0, 6, 1]), (129, 0, false));
    // What stands around it takes as long as ever.
    let around = grown(Duration::from_millis(1), &[0, 0, 5, 1, 0], |growth| growth.wide(131));
    assert!(around.starts_with("seq(a: 1ms, join(b: 0ms, c: 0ms, "), "{around}");
    assert!(around.ends_with("), s131: 1ms)"), "{around}");
}

#[test]
fn whatever_grows_can_run_and_has_its_steps() {
    for (steps, times) in [(0, 50), (1, 100), (2, 200), (3, 400), (12, 400), (64, 100), (180, 50)] {
        for scenario in drawn(times, |draw| any(draw, steps)) {
            assert_eq!(scenario.step_count(), steps, "{scenario}");
            assert!(scenario.ensure_runnable().is_ok(), "{scenario}");
        }
    }
}
