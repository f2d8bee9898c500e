//! What the fuzzing has found, and that it would find what is there to be found.

use std::time::Duration;

use makespan::{Event, EventKind, Law, Order, Pace, Scenario, TaskId, Trace};
use makespan::{VirtualTime, scenario};

use crate::fuzz::comparison::agree;
use crate::fuzz::drawing::{fits, is_plain};
use crate::fuzz::notation::is_placed;

fn trace(events: &[(u64, u32, EventKind)]) -> Trace {
    let events = events.iter().cloned().map(|(millis, task, kind)| {
        Event::new(VirtualTime::after(Duration::from_millis(millis)), TaskId::new(task), kind)
    });
    Trace::from_events(events, Duration::from_millis(9))
}

#[test]
fn of_a_step_that_ends_twice_both_ends_are_compared() {
    let ending = |first, then| {
        let finish = |time| (time, 0, EventKind::Finish("a".into()));
        trace(&[(0, 0, EventKind::Start("a".into())), finish(first), finish(then)])
    };
    assert!(ending(1, 2).same_up_to_ties(&ending(1, 2)));
    assert!(!ending(1, 2).same_up_to_ties(&ending(2, 2)));
    agree(&ending(1, 2), &ending(2, 2)).expect("all ways agree");
    // One that never started, too.
    let never = |time| {
        let finish = |time| (time, 0, EventKind::Finish("a".into()));
        trace(&[finish(time), finish(2)])
    };
    agree(&never(1), &never(2)).expect("all ways agree");
}

#[test]
fn what_is_done_in_a_task_counts_whoever_spawned_it() {
    // By one with a greater number, by itself, and by one that it spawned itself.
    let spawned = [&[(5, 3)][..], &[(3, 3)], &[(3, 5), (5, 3)]];
    for spawned in spawned {
        let doing = |name: &str| {
            let spawns =
                spawned.iter().map(|(by, of)| (0, *by, EventKind::Spawn(TaskId::new(*of))));
            let starts = [(1, 3, EventKind::Start(name.into()))];
            trace(&spawns.chain(starts).collect::<Vec<_>>())
        };
        assert!(doing("a").same_up_to_ties(&doing("a")));
        assert!(!doing("a").same_up_to_ties(&doing("b")), "{spawned:?}");
        agree(&doing("a"), &doing("b")).expect("all ways agree");
    }
}

#[test]
fn a_place_outside_of_the_text_would_be_noticed() {
    let error = "a:\n1x".parse::<Scenario>().expect_err("no unit");
    assert!(is_placed("scenario", "a:\n1x", &error).is_ok());
    for other in ["a:", "a:\n", "a:\n\n1x"] {
        assert!(is_placed("scenario", other, &error).is_err(), "{other:?}");
    }
    assert!(is_placed("law", "a:\n1x", &error).is_err());
    let unfit = scenario!(race()).run().expect_err("nobody can win");
    assert!(is_placed("scenario", "", &unfit).is_err());
}

#[test]
fn what_deceives_or_is_too_wide_would_be_noticed() {
    assert!(is_plain("a\nb 名").is_ok());
    for text in ["a\u{1b}[31m", "\u{202e}a", "a\u{200b}", "a\tb", "\u{2066}"] {
        assert!(is_plain(text).is_err(), "{text:?}");
    }
    assert!(fits("名a\n123", 3).is_ok());
    assert!(fits("12\n名名", 3).is_err());
}

/// A reader that looks back at all that it has read, piece by piece, would take hours.
#[test]
fn a_megabyte_of_any_notation_is_read_or_refused_in_time() {
    let wide = |before: &str, piece: &str, behind: &str| {
        format!("{before}{}{behind}", piece.repeat((1 << 20) / piece.len()))
    };
    for text in [
        wide("seq(", "a: 1ms, ", ")"),
        wide("seq(", "spawn(), ", "x"),
        wide("", "(", ""),
        wide("", "\n", "?"),
        wide("", "名", ""),
        wide("\"", "\\u{10ffff}", ""),
        wide("\"", "a", "\": 1ms"),
        wide("", "9", "ms"),
        wide("a: ", "0", "1ms"),
        wide("a", "_", ": 1ms"),
        wide("a", " + a", " +"),
        wide("max(", "a, ", "1x)"),
        wide("a.start: 1ms", ", 1ms", ""),
        wide("a.pause: ", "2 * 1ms, ", "?"),
    ] {
        let read = [
            text.parse::<Scenario>().is_ok(),
            text.parse::<Law>().is_ok(),
            text.parse::<Order>().is_ok(),
            text.parse::<Pace>().is_ok(),
        ];
        assert!(read.iter().filter(|is_read| **is_read).count() <= 1);
    }
}
