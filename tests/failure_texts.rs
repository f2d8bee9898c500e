//! What a failure says to somebody who reads it: notes that are right, times that can be
//! read, a row for each step.

use std::time::Duration;

use makespan::{Checker, Law, Runner, Trace, delay, law};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// How a law fails that the code does not obey.
#[track_caller]
fn failure<F: AsyncFn() -> T, T>(code: F, law: &Law) -> String {
    let failure = Checker::new().without_seeds().verify(code, law);
    failure.expect_err("the law does not hold").to_string()
}

/// The trace of one run.
fn trace(latencies: &[(&str, u64)], code: impl Future) -> Trace {
    let runner = latencies
        .iter()
        .fold(Runner::new(), |runner, (step, millis)| runner.latency(*step, ms(*millis)));
    runner.run(code).expect("it ends").into_trace()
}

#[test]
fn times_of_ten_seconds_and_more_are_written_in_units() {
    let one_by_one = async || {
        delay("a").await;
        delay("b").await;
    };
    let text = Checker::new()
        .without_seeds()
        .latency("a", ms(14_400_000)..=ms(14_400_000))
        .latency("b", ms(5_931_543)..=ms(5_931_543))
        .verify(one_by_one, &law!(max(a, b)))
        .expect_err("one after the other")
        .to_string();
    let (text, _) = text.split_once("\n\n  to pin it").expect("a line that pins it");
    assert_eq!(
        text,
        "\
timing law broken
  law       max(a, b)
  observed  a + b     a and b run one after the other
  when      a = 4h, b = 1h 38m 51.543s     (smallest of 3 runs)
  expected  +4h
  actual    +5h 38m 51.543s     critical path: a 4h -> b 1h 38m 51.543s

       expected                             actual
    a  ├───────────────────────┤            ┝━━━━━━━━━━━━━━━━━━━━━━━┥
  > b  ├─────────┤                                                  ┝━━━━━━━━━┥
       0ms                     4h           0ms                  5h 38m 51.543s

       > differs first, at +0ms   ━ critical path"
    );
    // A log stays in milliseconds.
    let log = trace(&[("a", 14_400_000)], async { delay("a").await }).to_string();
    assert_eq!(log, "+0ms a starts\n+14400000ms a finishes");
}

#[test]
fn a_law_that_one_run_broke_has_times_to_be_read() {
    let one = trace(&[("a", 10_000), ("b", 9_999)], async {
        delay("a").await;
        delay("b").await;
    });
    let text = law!(max(a, b)).verify(&one).expect_err("19.999 s").to_string();
    assert!(
        text.starts_with(
            "timing law broken\n  \
             law       max(a, b)\n  \
             expected  +10s\n  \
             actual    +19.999s     critical path: a 10s -> b 9999ms\n  \
             when      a = 10s, b = 9999ms\n"
        ),
        "{text}"
    );
}

#[test]
fn a_mark_in_a_drawing_has_a_time_to_be_read() {
    let text = failure(
        async || {
            let began = Instant::now();
            delay("a").await;
            if began.elapsed() < ms(14_400_000) {
                delay("b").await;
            }
        },
        &law!(a + b),
    );
    assert!(text.contains("> differs first, at +4h   "), "{text}");
}

#[test]
fn a_step_has_one_row_where_another_of_its_name_never_ran() {
    let text = failure(
        async || {
            let began = Instant::now();
            delay("job").await;
            if began.elapsed() < ms(1_000) {
                delay("job").await;
            }
        },
        &law!(job[0] + job[1]),
    );
    let (_, drawing) = text.split_once("\n\n").expect("a drawing");
    let (drawing, _) = drawing.split_once("\n\n  to pin it").expect("a line that pins it");
    assert_eq!(
        drawing,
        "            expected                           actual
    job[0]  ├───────────╱╱──────────┤          ┝━━━━━━━━━━━╱╱━━━━━━━━━━┥
  > job[1]                          ├───────┤
            0ms         ╱╱          1s 1.001s  0ms         ╱╱          1s

            > differs first, at +1000ms   job[1] never ran   ━ critical path
            ╱╱ not to scale"
    );
}

#[test]
fn the_only_step_of_a_name_and_the_first_of_it_are_one() {
    // The law has an index, and the run has not.
    let one = trace(&[("job", 5), ("b", 3)], async {
        delay("job").await;
        delay("b").await;
    });
    let text = law!(max(job[0], b)).verify(&one).expect_err("8 ms").to_string();
    let (_, drawing) = text.split_once("\n\n").expect("a drawing");
    assert_eq!(
        drawing,
        "            expected                           actual
    job[0]  ├───────────────────┤              ┝━━━━━━━━━━━━━━━━━━━┥
  > b       ├───────────┤                                          ┝━━━━━━━━━━━┥
            0ms         3ms     5ms            0ms                 5ms       8ms

            > differs first, at +0ms   ━ critical path"
    );
}

#[test]
fn the_line_that_pins_a_case_compiles_and_is_that_case() {
    let one_by_one = async || {
        delay("a").await;
        delay("b").await;
    };
    let law = law!(max(a, b));
    let ranges = Checker::new()
        .without_seeds()
        .latency("a", ms(14_400_000)..=ms(14_400_000))
        .latency("b", ms(5_931_543)..=ms(5_931_543));
    let text = ranges.verify(one_by_one, &law).expect_err("one after the other").to_string();
    let line = "\n\n  to pin it: Checker::new().case([(\"a\", Duration::from_secs(14400)), \
                (\"b\", Duration::from_millis(5931543))])";
    assert!(text.ends_with(line), "{text}");
    let pinned = Checker::new()
        .case([("a", Duration::from_secs(14400)), ("b", Duration::from_millis(5931543))])
        .without_seeds();
    let text = pinned.verify(one_by_one, &law).expect_err("one after the other").to_string();
    assert!(text.contains("  when      a = 4h, b = 1h 38m 51.543s     (pinned)\n"), "{text}");
    assert!(text.ends_with(line), "{text}");
}

#[test]
fn many_latencies_that_are_alike_are_pinned_by_the_name() {
    let code = async || {
        let jobs: Vec<_> = (0..40).map(|_| tokio::spawn(delay("job"))).collect();
        for job in jobs {
            job.await.expect("it does not panic");
        }
        delay("late").await;
    };
    let pinned =
        Checker::new().cases(0).budget(0).case([("job", ms(30)), ("late", ms(1))]).without_seeds();
    let text = pinned.verify(code, &law!(max(job))).expect_err("31 ms").to_string();
    let line = "\n\n  to pin it: Checker::new().case([(\"job\", Duration::from_millis(30)), \
                (\"late\", Duration::from_millis(1))])";
    assert!(text.ends_with(line), "{text}");
}

#[test]
fn a_case_without_latencies_is_not_pinned() {
    let text = failure(
        async || {
            sleep(ms(5)).await;
            std::future::pending::<()>().await;
        },
        &law!(a),
    );
    assert!(text.contains("  when  always     ("), "{text}");
    assert!(!text.contains("to pin it"), "{text}");
}

/// The rows of a failure that are notes.
fn notes(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("  note      ")).collect()
}

/// Two calls, with a pause behind each.
async fn with_pauses() {
    delay("a").await;
    sleep(ms(100)).await;
    delay("b").await;
    sleep(ms(100)).await;
}

#[test]
fn a_branch_that_decides_is_not_taken_for_rounding() {
    let law = law!(min(a + b + 200ms, 500ms));
    let text = failure(with_pauses, &law);
    assert!(text.contains("     no limit of 500ms is kept\n"), "{text}");
    assert!(text.contains("  expected  +500ms\n  actual    +501ms"), "{text}");
    assert_eq!(notes(&text), [""; 0], "{text}");
    let one = trace(&[("a", 301), ("b", 0)], with_pauses());
    let text = law.verify(&one).expect_err("501 ms").to_string();
    assert!(text.contains("  expected  +500ms\n  actual    +501ms"), "{text}");
    assert_eq!(notes(&text), [""; 0], "{text}");
}

#[test]
fn a_step_more_is_not_taken_for_rounding() {
    let text = failure(
        async || {
            delay("a").await;
            sleep(ms(1)).await;
        },
        &law!(a),
    );
    assert!(text.contains("  observed  a + 1ms     1ms come on top\n"), "{text}");
    assert_eq!(notes(&text), [""; 0], "{text}");
}

#[test]
fn constants_that_are_a_tick_longer_for_each_wait_may_be_rounded() {
    let note = |longer: u64, waits: &str| {
        format!(
            "longer by {longer}ms, over {waits} no step; it may be rounding: tokio's timers round \
             up to whole milliseconds, each by itself"
        )
    };
    async fn with_fractions() {
        for millis in [200_000_003, 400_000_006] {
            delay("a").await;
            sleep(Duration::from_nanos(millis)).await;
        }
    }
    for law in [law!(sum(a) + 600ms), law!(sum(a) + 200ms + 400ms)] {
        let text = failure(with_fractions, &law);
        assert_eq!(notes(&text), [note(2, "2 waits that are")], "{text}");
        let one = trace(&[("a", 5)], with_fractions());
        let text = law.verify(&one).expect_err("612 ms").to_string();
        assert_eq!(notes(&text), [note(2, "2 waits that are")], "{text}");
    }
    // A limit may be rounded as well, and its law says so over all latencies.
    let text = failure(
        async || {
            let limit = Duration::from_nanos(500_000_001);
            let _ = tokio::time::timeout(limit, delay("a")).await;
        },
        &law!(min(a, 500ms)),
    );
    assert!(text.contains("  observed  min(501ms, a)     500ms is 501ms there\n"), "{text}");
}

#[test]
fn latencies_with_fractions_are_rounded_and_said_to_be() {
    let runner = Runner::new().latency("a", Duration::from_micros(300));
    let run = runner.run(async {
        delay("a").await;
        delay("a").await;
    });
    let run = run.expect("it ends");
    let text = run.trace().verify_makespan(Duration::from_micros(600)).expect_err("2 ms");
    assert_eq!(
        notes(&text.to_string()),
        [
            "longer by 1.4ms, which is rounding: tokio's timers round up to whole milliseconds, each \
          by itself, so 0.3ms takes 1ms"
        ]
    );
    // What they do not explain is no rounding.
    let text = run.trace().verify_makespan(ms(1)).expect_err("2 ms").to_string();
    assert_eq!(notes(&text), [""; 0], "{text}");
}

/// Ticks of 100 ms with work at three of them.
async fn ticked(behavior: MissedTickBehavior) {
    let mut ticks = interval(ms(100));
    ticks.set_missed_tick_behavior(behavior);
    for _ in 0..3 {
        ticks.tick().await;
        delay("work").await;
    }
}

const LATE: &str = "it may be a late tick: a tick of tokio's `Interval` that is up to 5ms late \
                    counts as on time, and the next one is due as if it had been";

#[test]
fn a_tick_that_is_a_little_late_is_a_reason_to_be_shorter() {
    let law = law!(max(100ms, work[0]) + max(100ms, work[1]) + work[2]);
    for behavior in [MissedTickBehavior::Delay, MissedTickBehavior::Skip] {
        let text = failure(async || ticked(behavior).await, &law);
        assert_eq!(notes(&text), [format!("shorter by 1ms; {LATE}")], "{text}");
        for late in 1..=5 {
            let one = trace(&[("work[0]", 100 + late), ("work", 7)], ticked(behavior));
            let text = law.verify(&one).expect_err("a late tick").to_string();
            assert_eq!(notes(&text), [format!("shorter by {late}ms; {LATE}")], "{text}");
        }
    }
    // The delays of two ticks add up.
    let one = trace(&[("work[0]", 102), ("work[1]", 102), ("work[2]", 0)], async {
        ticked(MissedTickBehavior::Delay).await;
        // The fourth tick.
        sleep(ms(96)).await;
    });
    let law = law!(max(100ms, work[0]) + max(100ms, work[1]) + max(100ms, work[2]));
    let text = law.verify(&one).expect_err("two late ticks").to_string();
    assert_eq!(notes(&text), [format!("shorter by 4ms; {LATE}")], "{text}");
}

#[test]
fn what_is_shorter_for_another_reason_is_no_late_tick() {
    let paused = |millis| async move {
        delay("a").await;
        sleep(ms(millis)).await;
        delay("b").await;
    };
    // No `max` with a constant.
    let text = failure(|| paused(99), &law!(a + 100ms + b));
    assert_eq!(notes(&text), [""; 0], "{text}");
    // The constant loses by more than the run is shorter by, or it wins.
    for millis in [0, 99, 100, 103] {
        let one = trace(&[("a", millis), ("b", 0)], paused(98));
        let text = law!(max(100ms, a) + 100ms + b).verify(&one).expect_err("shorter").to_string();
        assert_eq!(notes(&text), [""; 0], "{text}");
    }
    // It is shorter by more than a tick may be late.
    let one = trace(&[("a", 101), ("b", 0)], paused(94));
    let text = law!(max(100ms, a) + 100ms + b).verify(&one).expect_err("shorter").to_string();
    assert_eq!(notes(&text), [""; 0], "{text}");
    // Nothing waited for a tick.
    let one = trace(&[("a", 101), ("b", 3)], async {
        tokio::join!(delay("a"), delay("b"));
    });
    let text = law!(max(100ms, a) + b).verify(&one).expect_err("shorter").to_string();
    assert_eq!(notes(&text), [""; 0], "{text}");
}
