//! Timelines in text: what is drawn, letter by letter, and what never is.

use std::time::Duration;

use makespan::strategy::scenarios;
use makespan::{Runner, Scenario, Trace, delay, scenario};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use crate::large::large;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[track_caller]
fn drawn(scenario: &Scenario, width: usize) -> String {
    scenario.run().expect("it runs").timeline().with_width(width).to_string()
}

#[test]
fn steps_that_finish_at_the_same_instant_end_alike() {
    assert_eq!(
        drawn(&scenario!(join(a: 2ms, b: 2ms, c: 1ms, d: 0ms)), 22),
        "\
a ├──────────────────╡
b ┝━━━━━━━━━━━━━━━━━━╡
c ├─────────┤
d │
  0ms       1ms    2ms
  ━ critical path
  ╡ finished at the same time"
    );
}

// `d` takes one millisecond of a hundred, and `e` none.
#[test]
fn what_is_too_short_to_be_seen_tells_whether_it_finished_when_another_did() {
    assert_eq!(
        drawn(&scenario!(seq(join(a: 100ms, seq(b: 10ms, c: 89ms, d: 1ms)), e: 0ms)), 22),
        "\
a ├──────────────────╡
b ┝━┥
c   ┝━━━━━━━━━━━━━━━━┥
d                    ║
e                    │
  0ms            100ms
  ━ critical path
  ╡ finished at the same time"
    );
}

#[test]
fn a_gap_that_would_dwarf_the_rest_is_cut_short_in_all_that_is_drawn() {
    assert_eq!(
        drawn(&scenario!(join(seq(a: 1ms, b: 1ms), "a day": 1d)), 48),
        "\
a       ├────┤
\"a day\" ┝━━━━━━━━━━━━━━━━━━━━━━━╱╱━━━━━━━━━━━━━┥
b            ├────┤
        0ms  1ms  2ms           ╱╱            1d
        ━ critical path   ╱╱ not to scale"
    );
}

#[test]
fn a_task_that_waits_for_a_permit_is_seen_to_wait() {
    assert_eq!(
        drawn(&scenario!(limit(1, a: 1ms, b: 1ms)), 28),
        "\
task 1 a ╭━━━━━━━━┥
task 2 b ╭┄┄┄┄┄┄┄┄┝━━━━━━━━┥
         0ms      1ms    2ms
         ╭ spawned"
    );
}

#[test]
fn the_tasks_of_any_code_are_told_by_their_steps() {
    let runner = Runner::new().latency("auth", ms(2)).latency("profile", ms(4));
    let run = runner.run(async {
        let profile = tokio::spawn(delay("profile"));
        delay("auth").await;
        profile.await.expect("it does not panic");
    });
    assert_eq!(
        run.expect("it ends").trace().timeline().with_width(32).to_string(),
        "\
task 0 auth    ├───────┤
task 1 profile ┝━━━━━━━━━━━━━━━┥
               0ms     2ms   4ms
               ━ critical path"
    );
}

#[test]
fn of_many_steps_the_critical_ones_are_drawn_and_the_rest_is_counted() {
    let steps: Vec<_> =
        (0..100).map(|number| Scenario::step(format!("s{number}"), ms(1 + number))).collect();
    let text = drawn(&Scenario::joined(steps), 60);
    let lanes: Vec<_> = text.lines().collect();
    assert_eq!(lanes.len(), 40 + 4);
    assert!(lanes[0].starts_with("s0        │"), "{text}");
    assert!(lanes[38].starts_with("s38       ├"), "{text}");
    assert!(lanes[39].starts_with("s99       ┝━"), "{text}");
    assert!(lanes[40].starts_with("in flight ██"), "{text}");
    assert!(lanes[41].ends_with("  100ms"), "{text}");
    assert_eq!(
        lanes[42..],
        ["          40 of 100 steps   at most 100 at once", "          ━ critical path"]
    );
}

// Found by `a_drawing_is_plain_and_has_no_blanks_at_its_ends`; its seed is in
// proptest-regressions/.
#[test]
fn where_nothing_takes_time_nothing_is_in_flight() {
    let text = drawn(&Scenario::sequential(vec![Scenario::step("a", Duration::ZERO); 41]), 60);
    assert!(text.lines().any(|line| line == "in flight"), "{text}");
    assert!(text.contains("40 of 41 steps   at most 0 at once"), "{text}");
}

#[test]
fn names_take_the_columns_that_they_take() {
    let text = drawn(&scenario!(join("名前": 2ms, e: 1ms, "a\u{202e}b\n<script>": 2ms)), 60);
    let lanes: Vec<_> = text.lines().take(3).collect();
    let start = |line: &str| line.split_once(['├', '┝']).map(|(front, _)| front.width());
    assert!(lanes.iter().all(|line| start(line) == start(lanes[0])), "{text}");
    assert!(text.contains(r#""a\u{202e}b\n<script>""#), "{text}");
}

#[test]
fn a_million_events_are_drawn() {
    let count = large(250_000) as usize;
    let step = Scenario::step("a", ms(1));
    let trace = Scenario::spawned(vec![step; count]).predict().expect("it is predicted");
    assert_eq!(trace.len(), 4 * count);
    let text = trace.timeline().to_string();
    assert!(text.contains(&format!("40 of {count} steps   at most {count} at once")), "{text}");
}

fn rows(trace: &Trace, width: usize) -> Vec<String> {
    trace.timeline().with_width(width).to_string().lines().map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn equal_traces_have_equal_drawings(s in scenarios()) {
        let (run, predicted) = (s.run()?, s.predict()?);
        prop_assert_eq!(run.timeline().to_string(), predicted.timeline().to_string());
    }

    #[test]
    fn no_line_is_wider_than_asked_for(s in scenarios(), width in 60_usize..200) {
        for line in rows(&s.run()?, width) {
            prop_assert!(line.width() <= width, "{}", line);
        }
    }

    #[test]
    fn a_drawing_is_plain_and_has_no_blanks_at_its_ends(s in scenarios()) {
        for line in rows(&s.run()?, 80) {
            prop_assert_eq!(line.trim_end(), line.as_str());
            prop_assert!(!line.contains(char::is_control), "{:?}", line);
        }
    }
}
