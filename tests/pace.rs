//! Paces that runs are held to: what holds, what fails and how it is told.

use std::time::Duration;

use makespan::{
    Failure, Pace, Runner, Scenario, Timed, Trace, VirtualTime, assert_pace, delay, law, scenario,
};
use tokio::time::sleep;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn run(notation: &str) -> Trace {
    notation.parse::<Scenario>().expect("it reads").run().expect("it runs")
}

fn verify(pace: &str, notation: &str) -> Result<(), Failure> {
    pace.parse::<Pace>().unwrap_or_else(|error| panic!("{pace}: {error}")).verify(&run(notation))
}

/// What is told of a pace that the run broke.
#[track_caller]
fn told(verdict: Result<(), Failure>) -> String {
    let failure = verdict.expect_err("it is broken");
    assert_eq!(failure.error(), None);
    failure.to_string()
}

/// What is told of it, without the timeline.
#[track_caller]
fn claim(verdict: Result<(), Failure>) -> String {
    let text = told(verdict);
    let (claim, timeline) = text.rsplit_once("\n\n").expect("a timeline");
    assert!(timeline.contains("0ms"), "{timeline}");
    claim.to_owned()
}

/// What is told of a pace that the run could not decide.
#[track_caller]
fn refused(pace: &str, notation: &str) -> String {
    let failure = verify(pace, notation).expect_err("it is refused");
    let error = failure.error().expect("an error");
    assert!(error.is_undecided() || error.is_unknown_name());
    error.to_string()
}

const RETRY: &str = "seq(call: 10ms, nap: 100ms, call: 10ms, nap: 200ms, call: 10ms)";

#[test]
fn all_steps_of_a_name_are_listed() {
    let trace = run(RETRY);
    assert_pace!(trace, call.start: 0ms, 110ms, 320ms);
    assert_pace!(trace, call.finish: 10ms, 120ms, 330ms);
    assert_pace!(trace, call.pause: 100ms, 200ms,);
    assert_pace!(trace, call.start: 1 per 110ms);
    assert_pace!(&trace, "call".start: 0ms, 0.11s, 320ms);
    // Another number of them, or another time of one, is another pace.
    for wrong in [
        "call.start: 0ms, 110ms",
        "call.start: 0ms, 110ms, 320ms, 320ms",
        "call.start: 0ms, 110ms, 321ms",
        "call.start: 0ms, 110ms, 319ms",
        "call.start: 2 * 0ms, 320ms",
        "call.start: 0ms, 110ms, 320.000001ms",
        "call.finish: 0ms, 110ms, 320ms",
        "call.finish: 10ms, 120ms",
        "call.pause: 200ms, 100ms",
        "call.pause: 100ms",
        "call.pause: 3 * 100ms",
        "call.pause: 100ms, 201ms",
        "call.start: 1 per 111ms",
        "call.finish: 1 per 111ms",
        "call.start: 2 per 321ms",
    ] {
        told(verify(wrong, RETRY));
    }
}

#[test]
fn finishes_are_in_order_of_time() {
    let bursts = "limit(2, job: 30ms, job: 10ms, job: 20ms, job: 10ms)";
    for pace in [
        "job.start: 2 * 0ms, 10ms, 30ms",
        "job.finish: 10ms, 2 * 30ms, 40ms",
        "job.finish: 10ms, 30ms, 30ms, 40ms",
        "job.start: 2 per 10ms",
        "job.finish: 2 per 10ms",
        "job.start: 3 per 30ms",
    ] {
        verify(pace, bursts).unwrap_or_else(|failure| panic!("{failure}"));
    }
    // What was cut has no finish, and a pause behind it.
    let cut = "seq(timeout(10ms, job: 1s), nap: 5ms, job: 20ms)";
    verify("job.finish: 35ms", cut).expect("10 + 5 + 20");
    verify("job.pause: 5ms", cut).expect("from its cut");
}

#[test]
fn a_pause_that_is_claimed_rounds_up_as_a_timer_does() {
    let trace = makespan::run(async {
        for pause in [ms(100), Duration::from_nanos(200_000_003), Duration::from_micros(500)] {
            async {}.timed("call").await;
            sleep(pause).await;
        }
        async {}.timed("call").await;
    });
    assert_pace!(trace, call.pause: 100ms, 201ms, 1ms);
    assert_pace!(trace, call.pause: 99.1ms, 200.000003ms, 500us);
    // Times do not: they are where they are.
    assert_pace!(trace, call.start: 0ms, 100ms, 301ms, 302ms);
    let early: Pace = "call.start: 0ms, 99.1ms, 301ms, 302ms".parse().expect("a pace");
    assert!(early.verify(trace.trace()).is_err());
}

#[test]
fn a_broken_pace_shows_both_side_by_side() {
    assert_eq!(
        told(verify("call.start: 0ms, 110ms, 220ms, 330ms", RETRY)),
        "\
pace broken: call.start

    expected  actual
    +0ms      +0ms  call[0]
    +110ms    +110ms  call[1]
  > +220ms    +320ms  call[2]
    +330ms

  call[0] ┝━┥
  nap[0]    ┝━━━━━━━━━━━━━━━━━━━━┥
  call[1]                        ┝━┥
  nap[1]                           ┝━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥
  call[2]                                                                    ┝━┥
          0ms                    110ms                                     330ms"
    );
    assert_eq!(
        claim(verify("call.pause: 100ms, 100ms, 100ms", RETRY)),
        "\
pace broken: call.pause

    expected  actual
    100ms     100ms  call[0] -> call[1]
  > 100ms     200ms  call[1] -> call[2]
    100ms"
    );
    assert_eq!(
        claim(verify("call.finish: 10ms", RETRY)),
        "\
pace broken: call.finish

    expected  actual
    +10ms     +10ms  call[0]
  >           +120ms  call[1]
              +330ms  call[2]"
    );
    // None of them finished.
    assert_eq!(
        claim(verify("a.finish: 10ms", "timeout(5ms, a: 10ms)")),
        "pace broken: a.finish\n\n    expected  actual\n  > +10ms"
    );
}

#[test]
fn of_many_steps_those_around_the_first_that_differs_are_shown() {
    let many = format!("seq({})", vec!["a: 1ms"; 100].join(", "));
    let text = claim(verify("a.pause: 49 * 0ms, 1ms, 49 * 0ms", &many));
    assert_eq!(text.lines().count(), 25, "{text}");
    assert!(text.contains("    (41 equal before)\n"), "{text}");
    assert!(text.contains("\n  > 1ms       0ms  a[49] -> a[50]\n"), "{text}");
    assert!(text.ends_with("    (38 more behind)"), "{text}");
    // A count may be anything.
    let text = claim(verify("a.pause: 18446744073709551615 * 0ms, 1ms", &many));
    assert!(text.contains("\n  > 0ms\n"), "{text}");
}

#[test]
fn a_broken_rate_shows_the_steps_that_are_too_many() {
    assert_eq!(
        told(verify("job.start: 2 per 11ms", "limit(2, job: 10ms, job: 10ms, job: 10ms)")),
        "\
pace broken: job.start: 2 per 11ms
  expected  2 at most within any 11ms
  actual    3: +0ms job[0], +0ms job[1], +10ms job[2]

  task 1 job[0] ╭───────────────────────────────╡
  task 2 job[1] ╭━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╡
  task 3 job[2] ╭┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┝━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥
                0ms                             10ms                        20ms
                ━ critical path   ╡ finished at the same time   ╭ spawned"
    );
}

#[test]
fn a_rate_holds_where_no_more_steps_came_than_it_allows_at_once() {
    assert_pace!(run("seq(call: 10ms)"), call.start: 1 per 300ms);
    assert_pace!(run("seq(call: 10ms)"), call.finish: 1 per 300ms);
    assert_pace!(run(RETRY), call.start: 3 per 1ms);
    assert_pace!(run(RETRY), call.start: 9 per 1h);
    // One of them is cancelled, and the other finishes.
    assert_pace!(run("seq(a: 5ms, race(a: 9ms, b: 1ms))"), a.finish: 1 per 1ms);
}

#[test]
fn waits_that_are_a_tick_longer_are_told_to_be_rounded() {
    let rounded = "seq(call: 10ms, nap: 101ms, call: 10ms, nap: 201ms, call: 10ms)";
    let text = claim(verify("call.pause: 100ms, 200ms", rounded));
    assert!(
        text.ends_with(
            "\n\n  note  2 of 2 waits are longer by 1ms; it may be rounding: tokio's timers round \
             up to whole milliseconds, so 100.000003ms would take 101ms"
        ),
        "{text}"
    );
    let text = claim(verify("call.start: 0ms, 110ms, 321ms", rounded));
    assert!(
        text.ends_with(
            "\n\n  note  1 of 3 waits is longer by 1ms; it may be rounding: tokio's timers round \
             up to whole milliseconds, so 110.000003ms would take 111ms"
        ),
        "{text}"
    );
    // What else is wrong is no rounding.
    for wrong in [
        "call.pause: 100ms, 199ms",
        "call.pause: 102ms, 201ms",
        "call.pause: 100ms",
        "call.start: 0ms, 110ms, 320ms, 330ms",
    ] {
        let text = claim(verify(wrong, rounded));
        assert!(!text.contains("rounding"), "{text}");
    }
}

#[test]
fn a_total_that_is_longer_by_no_more_ticks_than_it_has_waits_is_told_too() {
    async fn paused() {
        for pause in [ms(100), ms(201), ms(401)] {
            delay("call").await;
            sleep(pause).await;
        }
        delay("call").await;
    }
    let run = Runner::new().latency("call", ms(10)).run(paused()).expect("it ends");
    let note = "over 3 waits that are no step; it may be rounding: tokio's timers round up to \
                whole milliseconds, each by itself";
    // 4 * 10 + 702 ms
    let text = claim(run.trace().verify_makespan(ms(740)));
    let path = "critical path: call[0] 10ms -> 100ms -> call[1] 10ms -> 201ms -> call[2] 10ms -> \
                401ms -> call[3] 10ms";
    assert_eq!(
        text,
        format!(
            "makespan broken\n  expected  +740ms\n  actual    +742ms     {path}\n  \
             note      longer by 2ms, {note}"
        )
    );
    let text = told(law!(sum(call) + 699ms).verify(run.trace()));
    assert!(text.contains(&format!("\n  note      longer by 3ms, {note}\n\n")), "{text}");
    for wrong in [738, 743] {
        let text = claim(run.trace().verify_makespan(ms(wrong)));
        assert!(!text.contains("note"), "{text}");
    }
    // Steps are what they are seen to be: no wait, no note.
    let text = claim(scenario!(seq(a: 1ms, b: 1ms)).run().expect("it runs").verify_makespan(ms(1)));
    assert!(!text.contains("note"), "{text}");
    let one =
        run_of(async { sleep(ms(5)).await }).verify_makespan(ms(4)).expect_err("5").to_string();
    assert!(one.contains("\n  note      longer by 1ms, over 1 wait that is no step;"), "{one}");
}

fn run_of<F: Future>(future: F) -> Trace {
    makespan::run(future).into_trace()
}

#[test]
fn the_rounding_of_a_law_of_all_latencies_is_told() {
    let code = async || {
        delay("call").await;
        sleep(Duration::from_nanos(200_000_003)).await;
        delay("call").await;
    };
    let checker = makespan::Checker::new().without_seeds();
    checker.verify(code, &law!(sum(call) + 200.000003ms)).expect("constants round up too");
    let text = checker.verify(code, &law!(sum(call) + 200ms)).expect_err("201").to_string();
    assert!(text.contains("\n  note      longer by 1ms, over 1 wait that is no step;"), "{text}");
}

#[test]
fn what_a_run_cannot_decide_is_told_and_does_not_pass() {
    assert_eq!(
        refused("cal.start: 0ms", RETRY),
        "no step called `cal` ran; did you mean `call`? (what ran: call, nap)"
    );
    assert_eq!(
        refused("a.finish: 1 per 1ms", "race(a: 9ms, b: 1ms)"),
        "`a.finish: 1 per 1ms` has nothing to look at: no step of the name finished"
    );
    assert_eq!(
        refused("a.pause: 0ms", "spawn(a: 5ms, a: 9ms)"),
        "`a.pause: 0ms` has no pause to look at: `a[1]` starts at +0ms, while `a[0]` is still going \
         on"
    );
}

#[test]
fn the_data_is_there_for_claims_of_ones_own() {
    let at = |times: &[u64]| -> Vec<_> {
        times.iter().map(|time| VirtualTime::after(ms(*time))).collect()
    };
    let trace = run(RETRY);
    assert_eq!(trace.starts("call"), at(&[0, 110, 320]));
    assert_eq!(trace.finishes("call"), at(&[10, 120, 330]));
    assert_eq!(trace.pauses("call"), [ms(100), ms(200)]);
    assert_eq!(trace.most_within("call", ms(110)), 1);
    assert_eq!(trace.most_within("call", ms(111)), 2);
    assert_eq!(trace.most_within("call", ms(320)), 2);
    assert_eq!(trace.most_within("call", ms(321)), 3);
    assert_eq!(trace.most_within("call", Duration::ZERO), 0);
    assert_eq!(trace.most_within("call", Duration::MAX), 3);
    assert!(trace.starts("none").is_empty() && trace.finishes("none").is_empty());
    assert!(trace.pauses("none").is_empty() && trace.pauses("nap").len() == 1);
    assert_eq!(trace.most_within("none", ms(1)), 0);
    // Side by side there is no pause.
    assert_eq!(run("spawn(a: 5ms, a: 9ms)").pauses("a"), [Duration::ZERO]);
}

#[test]
#[should_panic = "pace broken: call.start: 1 per 1s\n  expected  1 at most within any 1000ms"]
fn a_broken_pace_panics_with_its_text() {
    assert_pace!(run(RETRY), call.start: 1 per 1s);
}
