//! What each choice of a duration leads to, and how often.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::scenario::strategy::draw::Draw;
use crate::scenario::strategy::palette::{ODD, Palette, Temper, duration, far};
use crate::scenario::strategy::script::{LAST, drawn, made_of};
use crate::scenario::validity::MAX_DURATION;

const DAY: Duration = Duration::from_secs(86_400);

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn what_is_far_is_the_cap_or_just_below_or_days_away() {
    let top = 64_u64.pow(5); // 12.4 days
    let table: &[(&[u64], Duration)] = &[
        (&[0], MAX_DURATION),
        (&[4], MAX_DURATION),
        (&[5, 0], MAX_DURATION - Duration::from_nanos(1)),
        (&[5, LAST], MAX_DURATION - Duration::from_nanos(63_000_001)),
        (&[6, 0], DAY),
        (&[6, 1], 7 * DAY),
        (&[6, 2], 30 * DAY),
        (&[6, LAST], 364 * DAY),
        (&[7, 0], ms(top - 1)),
        (&[7, LAST], ms(top + 1)),
        (&[8, 0], ms(top * 2)),
        (&[8, LAST], ms(top * 29)),
        (&[9, 0], ms(top)),
        (&[9, 1], ms(top + 1)),
        (&[9, LAST], MAX_DURATION),
    ];
    for (choices, expected) in table {
        assert_eq!(made_of(choices, |draw| far(draw, MAX_DURATION)), *expected, "{choices:?}");
        let most = 8 * DAY;
        assert_eq!(made_of(choices, |draw| far(draw, most)), most.min(*expected));
    }
}

#[test]
fn half_of_what_is_far_is_the_cap() {
    let all = drawn(10_000, |draw| far(draw, MAX_DURATION));
    assert!(all.iter().all(|far| (DAY..=MAX_DURATION).contains(far)));
    let caps = all.iter().filter(|far| **far == MAX_DURATION).count();
    assert!((4_700..=5_300).contains(&caps), "{caps} in 10,000");
}

#[test]
fn each_temper_has_its_durations() {
    let table: &[(Temper, u64, &[u64], Duration)] = &[
        (Temper::Small, 1, &[0], ms(0)),
        (Temper::Small, 1, &[LAST], ms(8)),
        (Temper::Odd, 1, &[0], Duration::from_nanos(1)),
        (Temper::Odd, 1, &[9], Duration::from_micros(1_500)),
        (Temper::Odd, 1, &[LAST], Duration::from_nanos(63_000_001)),
        (Temper::Edge, 1, &[0], ms(63)),
        (Temper::Edge, 1, &[1], ms(64)),
        (Temper::Edge, 1, &[LAST], ms(65)),
        (Temper::Edge, 2, &[0], ms(4_095)),
        (Temper::Edge, 5, &[LAST], ms(64 * 64 * 64 * 64 * 64 + 1)),
        (Temper::Human, 1, &[0], ms(5)),
        (Temper::Human, 1, &[LAST], DAY),
        // A level of the wheel, a slot of it, and whether it ends off the tick.
        (Temper::Any, 1, &[0, 0, 0], ms(1)),
        (Temper::Any, 1, &[0, LAST, 0], ms(63)),
        (Temper::Any, 1, &[1, 0, 2], ms(64)),
        (Temper::Any, 1, &[1, LAST, 2], ms(4_095)),
        (Temper::Any, 1, &[LAST, LAST, 2], ms((1 << 36) - 1)),
        (Temper::Any, 1, &[1, 0, 3, 3], Duration::from_micros(64_300)),
    ];
    for (temper, level, choices, expected) in table {
        let made = made_of(choices, |draw| temper.duration(draw, *level));
        assert_eq!(made, *expected, "{choices:?}");
    }
}

#[test]
fn a_duration_by_itself_goes_up_to_the_first_beyond_the_top_level() {
    let most = ms(64 * 64 * 64 * 64 * 64 + 1);
    // The highest edge, and the longest of any magnitude.
    assert_eq!(made_of(&[2, LAST, LAST], duration), most);
    assert_eq!(made_of(&[4, 0, LAST, LAST, 0], duration), most);
    assert_eq!(made_of(&[0, 0, 3], duration), ms(3));
}

/// What is asked for: the temper, whether each duration has one of its own, the
/// level of the edges, whether all are multiples, how many there are, each of
/// them, and whether a sum and a next to nothing are added.
fn palette(choices: &[u64], steps: usize) -> Vec<Duration> {
    made_of(choices, |draw| Palette::draw(draw, steps)).durations
}

#[test]
fn a_palette_has_few_durations_that_tie() {
    let all = |millis: &[u64]| millis.iter().copied().map(ms).collect::<Vec<_>>();
    // All of a temper, or each of its own.
    assert_eq!(palette(&[0, 0, 0, 0, 3, 5, 6, 7, 8, 0, 0], 9), all(&[5, 6, 7, 8]));
    assert_eq!(palette(&[0, 2, 0, 2, 1, 5, 6, 1, 1], 9), all(&[5, 6]));
    assert_eq!(palette(&[0, 3, 1, 0, 2, 0, 5, 2, 1, 3, 1, 0, 0], 9), all(&[5, 4_096, 10]));
    // Multiples of one, drawn first.
    assert_eq!(palette(&[0, 0, 0, 3, 7, 3, 0, 1, 2, 3, 0, 0], 9), all(&[7, 14, 21, 28]));
    assert_eq!(palette(&[0, 3, 0, 3, 7, 0, 1, 0, 0], 9), all(&[14]));
    // With the sum of the first and the last, and with 0 ms or 1 ms.
    assert_eq!(palette(&[0, 0, 0, 0, 2, 5, 6, 8, 2, 0], 9), all(&[5, 6, 8, 13]));
    assert_eq!(palette(&[0, 0, 0, 0, 1, 5, 6, 0, 2, 0], 9), all(&[5, 6, 0]));
    assert_eq!(palette(&[0, 0, 0, 0, 1, 5, 6, 2, 2, 1], 9), all(&[5, 6, 11, 1]));
}

#[test]
fn so_many_steps_of_a_palette_take_half_of_the_cap_at_most() {
    let half = MAX_DURATION / 2;
    for steps in [0, 1, 2, 3, 7, 180, 4_000_000] {
        let longest = &[4, 0, 0, 0, 0, LAST, LAST, 0, 0, 0];
        let palette = made_of(longest, |draw| Palette::draw(draw, steps));
        let count = u32::try_from(steps.max(1)).unwrap();
        assert_eq!(palette.durations, [palette.most]);
        assert!(palette.most * count <= half, "{steps} steps");
        assert!((palette.most + ms(1)) * count > half, "{steps} steps: all that there is");
        assert!(palette.most.subsec_nanos().is_multiple_of(1_000_000), "{steps} steps");
    }
}

#[test]
fn palettes_are_of_every_size_and_temper() {
    let drawn = drawn(10_000, |draw: &mut Draw<'_>| Palette::draw(draw, 1).durations);
    let count = |is: &dyn Fn(&Vec<Duration>) -> bool| drawn.iter().filter(|it| is(it)).count();
    let sizes: BTreeSet<_> = drawn.iter().map(Vec::len).collect();
    assert_eq!(sizes, (1..=6).collect());
    // One temper in five; what is mixed, and what is by chance, comes on top.
    let has = |is: fn(&Duration) -> bool| count(&|durations| durations.iter().any(is));
    for (what, count) in [
        ("zero", has(|time| time.is_zero())),
        ("odd", has(|time| ODD.contains(&u64::try_from(time.as_nanos()).unwrap()))),
        ("an edge", has(|time| [4_095, 4_096, 4_097].map(ms).contains(time))),
        ("a day", has(|time| *time == DAY)),
        ("beyond a day", has(|time| *time > DAY)),
    ] {
        assert!((200..=4_000).contains(&count), "{what}: {count} in 10,000");
    }
}

#[test]
fn a_limit_is_often_near_the_end_of_what_it_is_for() {
    let palette = Palette { durations: vec![ms(5)], most: ms(100) };
    let limit = |choices: &[u64], ticks| made_of(choices, |draw| palette.limit(draw, ticks));
    let table: &[(&[u64], u64)] = &[
        (&[0], 5),
        (&[4], 5),
        (&[5], 10),
        (&[6], 9),
        (&[7], 11),
        (&[8, 0], 0),
        (&[8, LAST], 10),
        (&[9], 0),
    ];
    for (choices, expected) in table {
        assert_eq!(limit(choices, 10), ms(*expected), "{choices:?}");
    }
    assert_eq!(limit(&[6], 0), ms(0));
    assert_eq!(limit(&[7], 100), ms(100), "no longer than the palette's longest");
}

#[test]
fn a_plain_palette_is_the_same_for_everything() {
    let plain = Palette::plain(ms(3));
    assert_eq!(made_of(&[], |draw| plain.duration(draw)), ms(3));
    assert_eq!(made_of(&[7], |draw| plain.limit(draw, 10)), ms(3));
}
