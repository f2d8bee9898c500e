//! Claims on one run: what holds, what fails, how it is told, and where.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::time::Duration;

use makespan::{
    End, Event, EventKind, Failure, Law, Order, Runner, Scenario, StepName, TaskId, Timed, Trace,
    VirtualTime, assert_law, assert_log, assert_makespan, assert_order, assert_pace, delay, law,
    scenario,
};

use crate::large::large;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn run(notation: &str) -> Trace {
    notation.parse::<Scenario>().expect("it reads").run().expect("it runs")
}

fn order(text: &str) -> Order {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn the_law(text: &str) -> Law {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What is told of a claim that the run broke.
#[track_caller]
fn told(verdict: Result<(), Failure>) -> String {
    let failure = verdict.expect_err("it is broken");
    assert_eq!(failure.error(), None);
    assert!(failure.actual().is_some());
    assert!(failure.violations().is_empty() && failure.scenario().is_none());
    assert!(failure.expected().is_none() && failure.first_divergence().is_none());
    assert_eq!(format!("{failure:?}"), failure.to_string());
    failure.to_string()
}

/// What is told of a claim that the run could not decide.
#[track_caller]
fn refused(verdict: Result<(), Failure>) -> String {
    let failure = verdict.expect_err("it is refused");
    assert!(failure.actual().is_none());
    failure.error().expect("an error").to_string()
}

/// The text of a claim without its timeline.
#[track_caller]
fn claim(verdict: Result<(), Failure>) -> String {
    let text = told(verdict);
    text.split("\n\n").next().expect("a part").to_owned()
}

thread_local! {
    /// Whether the panic to come is to be caught, and the line at which it was.
    static CAUGHT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The text of a panic, and the line in this file at which it was.
#[track_caller]
fn panics(assertion: impl FnOnce()) -> (String, u32) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let other = take_hook();
        set_hook(Box::new(move |info| {
            if CAUGHT.get().is_none() {
                return other(info);
            }
            let location = info.location().expect("a place");
            assert_eq!(location.file(), file!());
            CAUGHT.set(Some(location.line()));
        }));
    });
    CAUGHT.set(Some(0));
    let payload = catch_unwind(AssertUnwindSafe(assertion)).expect_err("it panics");
    let line = CAUGHT.take().expect("the hook has seen it");
    (payload.downcast_ref::<String>().expect("a text").clone(), line)
}

/// The path in few words.
fn path(notation: &str) -> String {
    run(notation).critical_path().to_string()
}

#[test]
fn whatever_has_a_trace_can_be_asserted() {
    let scenario = scenario!(seq(auth: 20ms, orders: 30ms));
    let verified = scenario.verify().expect("it holds");
    let trace = verified.trace();
    assert_makespan!(verified, 50ms);
    assert_makespan!(&verified, 50ms);
    assert_makespan!(trace, 50ms);
    assert_makespan!(trace.clone(), 50ms);
    assert_law!(verified, auth + orders);
    assert_law!(scenario.run().expect("it runs"), auth + orders);
    assert_order!(verified, auth.finish <= orders.start);
    assert_log!(verified, &trace.to_string());
    let boxed: Box<dyn AsRef<Trace>> = Box::new(verified.clone());
    assert_makespan!(boxed.as_ref(), 50ms);
}

#[test]
fn a_makespan_is_written_in_any_unit_or_as_an_expression() {
    let trace = run("a: 1500ms");
    assert_makespan!(trace, 1.5s);
    assert_makespan!(trace, 1_500ms,);
    assert_makespan!(trace, 1500000us);
    let makespan = ms(1_500);
    assert_makespan!(trace, makespan);
    assert_makespan!(trace, ms(1_000) + ms(500),);
    assert_makespan!(trace, trace.makespan());
    assert_makespan!(run("seq()"), 0ms);
}

#[test]
fn orders_are_written_as_code_is() {
    let trace = run("seq(auth: 20ms, spawn(\"GET /\": 5ms, orders: 9ms), job: 1ms, job: 2ms)");
    assert_order!(trace, auth.finish <= orders.start);
    assert_order!(
        trace,
        auth.start < auth.finish,
        auth.finish == "GET /".start,
        "GET /".finish + 4ms == orders.finish,
        job[0].finish >= orders.finish,
        job[1].start > job[0].start,
        job[1].start != job[0].start,
        job[0].finish before job[1].start,
        job[1].start after job[0].finish,
    );
}

#[test]
fn a_runner_without_a_wall_clock_panics_at_the_line_that_compares_the_clocks() {
    let (text, line) = panics(|| drop(Runner::new().verify_clocks(async || ())));
    assert_eq!(text, "both clocks need a tolerance: `Runner::wall(..)`");
    assert_eq!(line, line!() - 2);
}

#[test]
fn a_constant_that_makes_no_sense_panics_at_the_line_of_the_caller() {
    const EARLY: Duration = ms(3);
    let trace = run("seq(a: 20ms, a: 2ms)");
    let (text, line) = panics(|| assert_pace!(trace, a.start: 20ms, {EARLY}));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        text,
        "pace notation, column 16: time goes backwards here\n  a.start: 20ms, 3ms\n                 ^"
    );
    let (text, line) = panics(|| assert_pace!(trace, a.start: 1 per {EARLY - EARLY}));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        text,
        "pace notation, column 16: nothing comes within a span of no length\n  \
         a.start: 1 per 0ms\n                 ^"
    );
}

#[test]
fn assertions_panic_at_the_line_of_the_caller() {
    let trace = run("seq(a: 2ms, b: 1ms)");
    let (text, line) = panics(|| assert_makespan!(trace, 4ms));
    assert_eq!((text.lines().next(), line), (Some("makespan broken"), line!() - 1));
    let (_, line) = panics(|| assert_makespan!(trace, ms(4)));
    assert_eq!(line, line!() - 1);
    let (text, line) = panics(|| assert_law!(trace, max(a, b)));
    assert_eq!((text.lines().next(), line), (Some("timing law broken"), line!() - 1));
    let (text, line) = panics(|| assert_law!(trace, max(a, bb)));
    let unknown = "no step called `bb` ran; did you mean `b`? (what ran: a, b)";
    assert_eq!((text.as_str(), line), (unknown, line!() - 2));
    let (text, line) = panics(|| assert_order!(trace, a.finish < b.start));
    let broken = "order broken: a.finish < b.start";
    assert_eq!((text.lines().next(), line), (Some(broken), line!() - 2));
    let (text, line) = panics(|| assert_pace!(trace, a.start: 1ms));
    assert_eq!((text.lines().next(), line), (Some("pace broken: a.start"), line!() - 1));
    let (text, line) = panics(|| assert_log!(trace, "+0ms a starts"));
    assert_eq!((text.lines().next(), line), (Some("log broken"), line!() - 1));
    let (text, line) = panics(|| assert_log!(trace, exactly: "+0ms a starts"));
    assert_eq!((text.lines().next(), line), (Some("log broken"), line!() - 1));
    // Over several lines it is the first.
    let (_, line) = panics(|| {
        assert_order!(
            trace,
            a.finish after b.start,
        );
    });
    assert_eq!(line, line!() - 5);
}

#[test]
fn a_broken_law_shows_what_it_comes_to_and_where_the_time_went() {
    let trace = run("seq(auth: 0ms, profile: 1ms, orders: 1ms)");
    assert_eq!(
        told(law!(auth + max(profile, orders)).verify(&trace)),
        "\
timing law broken
  law       auth + max(profile, orders)
  expected  +1ms
  actual    +2ms     critical path: profile 1ms -> orders 1ms
  when      auth = 0ms, profile = 1ms, orders = 1ms

             expected                          actual
    auth     │                                 │
    profile  ├───────────────┤                 ┝━━━━━━━━━━━━━━━┥
  > orders   ├───────────────┤                                 ┝━━━━━━━━━━━━━━┥
             0ms             1ms               0ms             1ms          2ms

             > differs first, at +0ms   ━ critical path"
    );
}

#[test]
fn a_broken_makespan_shows_where_the_time_went() {
    assert_eq!(
        told(run("spawn(auth: 2ms, orders: 3ms)").verify_makespan(ms(2))),
        "\
makespan broken
  expected  +2ms
  actual    +3ms     critical path: orders 3ms

  task 1 auth   ╭─────────────────────────────────────────┤
  task 2 orders ╭━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥
                0ms                                       2ms                3ms
                ━ critical path   ╭ spawned"
    );
    assert_eq!(
        told(run("seq()").verify_makespan(ms(1))),
        "makespan broken\n  expected  +1ms\n  actual    +0ms\n\n  no step started"
    );
    // A paused clock takes whole ticks, and half of one is none.
    assert_eq!(
        claim(run("a: 0.5ms").verify_makespan(Duration::from_micros(500))),
        "makespan broken\n  expected  +0.5ms\n  actual    +1ms     critical path: a 1ms"
    );
}

#[test]
fn a_makespan_that_is_off_by_a_tick_is_broken() {
    let trace = run("seq(auth: 20ms, orders: 30ms)");
    for wrong in [49, 51] {
        assert!(trace.verify_makespan(ms(wrong)).is_err());
    }
    trace.verify_makespan(ms(50)).expect("20 + 30");
}

#[test]
fn a_broken_order_shows_both_times() {
    let trace = run("spawn(auth: 20ms, profile: 10ms)");
    assert_eq!(
        told(order("auth.finish <= profile.start").verify(&trace)),
        "\
order broken: auth.finish <= profile.start
  auth.finish    +20ms
  profile.start  +0ms

  task 1 auth    ╭━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥
  task 2 profile ╭──────────────────────────────┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╯
                 0ms                            10ms                        20ms
                 ━ critical path   ╭ spawned   ╯ joined"
    );
    assert_eq!(
        claim(order("profile.finish + 15ms <= auth.finish").verify(&trace)),
        "order broken: profile.finish + 15ms <= auth.finish\n  \
           profile.finish + 15ms  +25ms\n  \
           auth.finish            +20ms"
    );
    assert_eq!(
        claim(order("auth.start after profile.start").verify(&trace)),
        "order broken: auth.start after profile.start\n  \
           auth.start     +0ms, line 1 of the log\n  \
           profile.start  +0ms, line 2 of the log"
    );
}

#[test]
fn all_broken_orders_are_told_at_once() {
    let trace = run("spawn(a: 2ms, b: 3ms)");
    let orders = ["a.finish < b.start", "a.start <= b.start", "b.finish == a.finish"].map(order);
    assert_eq!(
        claim(trace.verify_orders(&orders)),
        "2 of 3 orders broken
  a.finish < b.start
    a.finish  +2ms
    b.start   +0ms
  b.finish == a.finish
    b.finish  +3ms
    a.finish  +2ms"
    );
    let many: Vec<_> = (0..10).map(|_| order("a.finish < b.start")).collect();
    let text = claim(trace.verify_orders(&many));
    assert_eq!(text.lines().count(), 1 + 8 * 3 + 1);
    assert_eq!(text.lines().next(), Some("10 of 10 orders broken"));
    assert_eq!(text.lines().last(), Some("  and 2 more"));
    let eight = claim(trace.verify_orders(&many[..8]));
    assert_eq!(eight.lines().last(), Some("    b.start   +0ms"));
    trace.verify_orders(&[]).expect("nothing is claimed");
}

#[test]
fn every_relation_holds_and_fails_where_it_should() {
    let trace = run("seq(a: 2ms, b: 3ms)");
    // `a` ends and `b` starts at +2ms; `a` starts before, `b` ends behind.
    for (relation, earlier, tied, later) in [
        ("<", true, false, false),
        ("<=", true, true, false),
        ("==", false, true, false),
        ("!=", true, false, true),
        (">=", false, true, true),
        (">", false, false, true),
    ] {
        let holds = |left: &str, right: &str| {
            order(&format!("{left} {relation} {right}")).verify(&trace).is_ok()
        };
        assert_eq!(holds("a.start", "b.start"), earlier, "{relation}");
        assert_eq!(holds("a.finish", "b.start"), tied, "{relation}");
        assert_eq!(holds("b.finish", "a.finish"), later, "{relation}");
        assert_eq!(holds("b.finish + 1ms", "b.start + 3ms"), later, "{relation}");
        assert_eq!(holds("b.finish", "b.start + 3ms"), tied, "{relation}");
    }
    // In the log `a` ends first.
    assert!(order("a.finish before b.start").verify(&trace).is_ok());
    assert!(order("b.start before a.finish").verify(&trace).is_err());
    assert!(order("b.start after a.finish").verify(&trace).is_ok());
    assert!(order("a.finish after b.start").verify(&trace).is_err());
}

#[test]
fn an_order_that_cannot_fail_is_told() {
    let trace = run("seq(a: 2ms, b: 3ms)");
    let never = "cannot fail: a step never finishes before it starts";
    let itself = "compares a moment with itself";
    for (text, because) in [
        ("a.start <= a.finish", never),
        ("a.start < a.finish + 1ms", never),
        ("a.start != a.finish + 1ms", never),
        ("a.start + 1ms <= a.finish + 1ms", never),
        ("a.finish >= a.start", never),
        ("a[0].finish + 1ms > a.start", never),
        ("a.start before a.finish", never),
        ("a.finish after a.start", never),
        ("a.start <= a.start", itself),
        ("a.start < a.start", itself),
        ("a.finish + 1ms == a.finish", itself),
        ("a.finish before a[0].finish", itself),
    ] {
        let verdict = order(text).verify(&trace);
        assert!(verdict.as_ref().is_err_and(|it| it.error().is_some_and(|it| it.is_undecided())));
        assert_eq!(refused(verdict), format!("`{text}` {because}"));
    }
    // These say how long `a` takes, and so they can.
    for text in ["a.start < a.finish", "a.start + 2ms <= a.finish", "a.finish <= a.start + 2ms"] {
        order(text).verify(&trace).expect("it holds");
    }
}

#[test]
fn an_order_that_has_nothing_to_look_at_is_told() {
    let trace = run("race(a: 2ms, b: 8ms, spawn(c: 9ms))");
    for (text, problem) in [
        (
            "b.finish > a.finish",
            "`b.finish > a.finish` has nothing to look at: `b.finish` never came, `b` was cut at +2ms",
        ),
        (
            "a.start < c.finish",
            "`a.start < c.finish` has nothing to look at: `c.finish` never came, `c` was still \
             going on at the end, +2ms",
        ),
        ("aa.start < b.start", "no step called `aa` ran; did you mean `a`? (what ran: a, b, c)"),
        ("orders.start < b.start", "no step called `orders` ran (what ran: a, b, c)"),
        ("a[1].start < b.start", "there is no `a[1]`: `a` ran once, as `a[0]`"),
    ] {
        assert_eq!(refused(order(text).verify(&trace)), problem);
    }
    let trace = run("seq(job: 1ms, job: 2ms)");
    for (text, problem) in [
        (
            "job.finish < job[1].start",
            "the order speaks of `job.finish`, and 2 steps are called `job`; write `job[0].finish` \
             for that of the first",
        ),
        ("job[2].start < job[0].start", "there is no `job[2]`: `job` ran 2 times, up to `job[1]`"),
    ] {
        assert_eq!(refused(order(text).verify(&trace)), problem);
    }
    let empty = order("a.start < b.start").verify(&run("seq()"));
    assert!(empty.as_ref().is_err_and(|it| it.error().is_some_and(|it| it.is_unknown_name())));
    assert_eq!(refused(empty), "no step called `a` ran, and no other either");
    // A log that was put together by hand may lack what every run has.
    let finish = EventKind::Finish(StepName::from("a"));
    let events = [Event::new(VirtualTime::START, TaskId::ROOT, finish)];
    assert_eq!(
        refused(order("a.start < a.finish").verify(&Trace::from_events(events, ms(1)))),
        "`a.start < a.finish` has nothing to look at: `a.start` never came, the log lacks the \
         start of `a`"
    );
}

#[test]
fn of_many_names_a_dozen_are_told() {
    let steps: Vec<_> = (0..14).map(|number| format!("s{number}: 1ms")).collect();
    let trace = run(&format!("seq({})", steps.join(", ")));
    assert_eq!(
        refused(the_law("s15").verify(&trace)),
        "no step called `s15` ran; did you mean `s1`? (what ran: s0, s1, s2, s3, s4, s5, s6, s7, \
         s8, s9, s10, s11 and 2 more)"
    );
}

#[test]
fn a_law_that_nothing_decides_is_told() {
    let trace = run("race(a: 2ms, b: 8ms, spawn(c: 9ms))");
    let undecided = |text: &str| {
        let verdict = the_law(text).verify(&trace);
        assert!(verdict.as_ref().is_err_and(|it| it.error().is_some_and(|it| it.is_undecided())));
        refused(verdict)
    };
    let cut = "hangs on `b`, which was cut after 2ms: it would have lasted longer, nobody knows \
               how long";
    let open = "hangs on `c`, which was still going on at the end, after 2ms: nobody knows how \
                long it lasts";
    for law in ["b", "a + b", "max(a, b, c)", "sum(b)", "limit(1, a, b)", "2 * b"] {
        assert_eq!(undecided(law), format!("`{law}` {cut}"));
    }
    for law in ["c", "min(b, c)", "max(a, c)", "c + min(a, b)"] {
        assert_eq!(undecided(law), format!("`{law}` {open}"));
    }
    assert_eq!(
        undecided("350ms"),
        "the law `350ms` speaks of no step; `assert_makespan!` holds a run to a duration"
    );
    // It does not hang on what was cut, however long that would have lasted.
    for law in ["a", "min(a, b)", "min(b, a, c)", "min(2ms, b)", "a + 0 * b", "min(b + c, a)"] {
        the_law(law).verify(&trace).unwrap_or_else(|failure| panic!("{law}: {failure}"));
    }
    assert_eq!(
        claim(the_law("min(1ms, b)").verify(&trace)),
        "timing law broken
  law       min(1ms, b)
  expected  +1ms
  actual    +2ms     critical path: a 2ms
  when      b >= 2ms"
    );
}

#[test]
fn any_run_can_be_asserted_and_its_delays_count_as_long_as_they_would_have_taken() {
    let runner = Runner::new().latency("fast", ms(2)).latency("slow", ms(9));
    let run = runner.run(async {
        makespan::delay("fast").await;
        tokio::time::timeout(ms(5), makespan::delay("slow")).await.is_ok()
    });
    let run = run.expect("it runs");
    assert!(!run.output);
    assert_makespan!(run, 7ms);
    assert_law!(run, fast + min(5ms, slow)); // 2 + min(5, 9) = 7 ms
    assert_law!(&run, fast + min(slow, 5ms));
    assert_order!(run, fast.finish <= slow.start);
    assert_log!(
        run,
        "+0ms fast starts",
        "+2ms fast finishes",
        "+2ms slow starts",
        "+7ms slow cancelled",
    );
    assert_eq!(run.trace().critical_path().to_string(), "fast 2ms -> slow 5ms (cut)");
    assert_eq!(
        claim(law!(fast + slow).verify(run.trace())),
        "timing law broken
  law       fast + slow
  expected  +11ms
  actual    +7ms     critical path: fast 2ms -> slow 5ms (cut)
  when      fast = 2ms, slow = 9ms"
    );
}

#[test]
fn a_law_of_several_steps_of_a_name_counts_those_that_started() {
    let trace = run("seq(attempt: 20ms, attempt: 40ms, attempt: 80ms)");
    assert_law!(trace, sum(attempt));
    assert_law!(trace, attempt[0] + attempt[1] + attempt[2]);
    assert_law!(trace, limit(1, attempt));
    assert_eq!(
        claim(law!(max(attempt)).verify(&trace)),
        "timing law broken
  law       max(attempt)
  expected  +80ms
  actual    +140ms     critical path: attempt[0] 20ms -> attempt[1] 40ms -> attempt[2] 80ms
  when      attempt[0] = 20ms, attempt[1] = 40ms, attempt[2] = 80ms"
    );
    assert_eq!(
        refused(law!(attempt).verify(&trace)),
        "the law speaks of `attempt`, and several steps have that name; write `sum(attempt)`, \
         `max(attempt)` or the like for all of them, `attempt[0]` for the first"
    );
    assert_eq!(
        refused(law!(attempt[3]).verify(&trace)),
        "there is no `attempt[3]`: `attempt` ran 3 times, up to `attempt[2]`"
    );
    assert_eq!(
        refused(law!(sum(atempt)).verify(&trace)),
        "no step called `atempt` ran; did you mean `attempt`? (what ran: attempt)"
    );
    // The first of one is that one.
    assert_law!(run("a: 1ms"), a[0]);
}

#[test]
fn every_form_in_the_place_of_another_breaks_the_law() {
    let forms = [
        (scenario!(seq(a: 20ms, b: 10ms, c: 11ms)), law!(a + b + c)),
        (scenario!(spawn(a: 20ms, b: 10ms, c: 11ms)), law!(max(a, b, c))),
        (scenario!(limit(2, a: 20ms, b: 10ms, c: 11ms)), law!(limit(2, a, b, c))),
        (scenario!(seq(a: 20ms, spawn(b: 10ms, c: 11ms))), law!(a + max(b, c))),
    ];
    for (scenario, _) in &forms {
        let trace = scenario.run().expect("it runs");
        for (other, law) in &forms {
            assert_eq!(law.verify(&trace).is_ok(), scenario == other, "{law} of {scenario}");
        }
    }
}

#[test]
fn a_broken_log_shows_both_side_by_side() {
    let trace = run("spawn(auth: 2ms, orders: 3ms)");
    let wrong = ["+0ms orders starts", "+0ms auth starts", "+1ms auth finishes", "+3ms it starts"];
    assert_eq!(
        told(trace.verify_log(wrong)),
        "\
log broken

    expected            actual
    +0ms auth starts    +0ms auth starts
    +0ms orders starts  +0ms orders starts
  > +1ms auth finishes
                        +2ms auth finishes
    +3ms it starts      +3ms orders finishes

  task 1 auth   ╭─────────────────────────────────────────┤
  task 2 orders ╭━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥
                0ms                                       2ms                3ms
                ━ critical path   ╭ spawned"
    );
    let logs = |verdict: Result<(), Failure>| {
        let text = told(verdict);
        text.rsplit_once("\n\n").expect("a timeline").0.to_owned()
    };
    assert_eq!(
        logs(trace.verify_exact_log(wrong)),
        "log broken

    expected            actual
  > +0ms orders starts  +0ms auth starts
    +0ms auth starts    +0ms orders starts
    +1ms auth finishes  +2ms auth finishes
    +3ms it starts      +3ms orders finishes"
    );
    assert_eq!(
        logs(trace.verify_exact_log([
            "+0ms orders starts",
            "+0ms auth starts",
            "+2ms auth finishes",
            "+3ms orders finishes",
        ])),
        "log broken: only the order of ties differs

    expected              actual
  > +0ms orders starts    +0ms auth starts
    +0ms auth starts      +0ms orders starts
    +2ms auth finishes    +2ms auth finishes
    +3ms orders finishes  +3ms orders finishes"
    );
    assert_eq!(logs(trace.verify_log([""])).lines().nth(3), Some("  >           +0ms auth starts"));
}

#[test]
fn a_long_log_is_shown_around_the_first_line_that_differs() {
    let steps: Vec<_> = (0..30).map(|number| format!("s{number}: 1ms")).collect();
    let trace = run(&format!("seq({})", steps.join(", ")));
    let wrong = trace.to_string().replace("+16ms s15 finishes", "+16ms s15 cancelled");
    let text = told(trace.verify_log([wrong]));
    let logs = text.split("\n\n").nth(1).expect("the logs");
    let lines: Vec<_> = logs.lines().collect();
    assert_eq!(lines.len(), 1 + 1 + 8 + 12 + 1);
    assert_eq!(lines[1], "    (24 equal before)");
    assert_eq!(lines[9], "    +16ms s16 starts     +16ms s16 starts");
    assert_eq!(lines[10], "  > +16ms s15 cancelled  +16ms s15 finishes");
    assert_eq!(lines[22], "    (16 more behind)");
    assert!(text.ends_with(" 30ms"), "{text}");
}

#[test]
fn lines_are_texts_of_any_kind() {
    let trace = run("seq(\"GET /\": 2ms, job: 1ms, job: 1s)");
    let text = trace.to_string();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_log!(trace, text);
    assert_log!(trace, exactly: text,);
    assert_log!(trace, lines[0], &lines[1], lines[2..].join("\n"));
    trace.verify_log(&lines).expect("its own");
    // Any unit, blanks and blank lines.
    assert_log!(
        trace,
        "
          +0us \"GET /\" starts
          +2ms   \"GET /\" finishes

          +2ms \"job\"[0] starts
          +0.003s job[0] finishes
        ",
        "+3ms job[1] starts\r\n\t+1003ms job[1] finishes",
    );
    assert_log!(run("seq()"), "");
    assert_log!(run("race(a: 1ms, b: 2ms)"), run("race(a: 1ms, b: 2ms)").to_string());
}

#[test]
fn a_line_that_no_log_has_is_told() {
    let trace = run("seq(a: 2ms, b: 1ms)");
    let verb = "expected `starts`, `finishes` or `cancelled`";
    let whole = "expected a line such as `+20ms auth finishes`";
    for (line, column, problem) in [
        ("a starts", 1, whole),
        ("0ms a starts", 1, whole),
        ("+0 a starts", 2, "expected a time such as `+20ms`"),
        ("+ms a starts", 2, "expected a time such as `+20ms`"),
        ("+0ms", 5, "expected the name of a step"),
        ("+0ms 3ms starts", 6, "expected the name of a step"),
        ("+0ms a", 7, verb),
        ("+0ms a start", 8, verb),
        ("+0ms a.start", 7, verb),
        ("+0ms task 1 spawned", 11, verb),
        ("+0ms a starts now", 15, "expected the end of the line"),
        ("+0ms a[x] starts", 8, "a place is a whole number, as in `attempt[0]`, found `x`"),
        (
            "+0ms caf\u{e9} starts",
            9,
            "a name beyond ASCII letters is written in quotes: \"caf\u{e9}\"",
        ),
    ] {
        let first = format!("log notation, line 2, column {column}: {problem}");
        let caret = format!("  {line}\n  {:>column$}", "^");
        assert_eq!(refused(trace.verify_log(["+0ms a starts", line])), format!("{first}\n{caret}"));
        assert!(trace.verify_exact_log([line]).is_err_and(|it| it.error().is_some()));
    }
    assert_eq!(
        refused(trace.verify_log(["+2ms a finishes\n\n  +1ms b starts"])),
        "log notation, line 3, column 3: time goes backwards here\n    +1ms b starts\n    ^"
    );
}

#[test]
fn steps_that_go_on_at_once_are_counted() {
    let at = |millis| VirtualTime::after(ms(millis));
    let trace = run("spawn(a: 4ms, seq(b: 2ms, c: 2ms), d: 1ms)");
    // `b` ends as `c` starts, so nothing changes at +2ms.
    assert_eq!(trace.concurrency(), [(at(0), 3), (at(1), 2), (at(4), 0)]);
    assert_eq!(trace.max_concurrency(), 3);
    // What takes no time goes on at none.
    assert_eq!(run("spawn(a: 0ms, b: 0ms, c: 1ms)").max_concurrency(), 1);
    assert_eq!(run("spawn(a: 0ms, b: 0ms)").concurrency(), []);
    assert_eq!(run("seq()").max_concurrency(), 0);
    // What was cut goes on until then, what has no end for ever.
    let cut = run("race(a: 2ms, b: 8ms, spawn(c: 9ms))");
    assert_eq!(cut.concurrency(), [(at(0), 3), (at(2), 1)]);
    assert_eq!(cut.steps()[2].end, End::Open);
    assert_eq!(run("seq(a: 1ms, b: 1ms)").concurrency(), [(at(0), 1), (at(2), 0)]);
}

#[test]
fn a_critical_path_is_read_off_the_log() {
    for (notation, expected) in [
        ("seq(auth: 20ms, spawn(profile: 50ms, orders: 300ms))", "auth 20ms -> orders 300ms"),
        ("seq(a: 0ms, b: 1ms, c: 0ms, d: 1ms)", "b 1ms -> d 1ms"),
        ("spawn(seq(a: 3ms, b: 3ms), seq(c: 2ms, d: 2ms))", "a 3ms -> b 3ms"),
        // Of two that end at once, the one that started last.
        ("seq(spawn(a: 2ms, b: 2ms), c: 1ms)", "b 2ms -> c 1ms"),
        // `a` makes room for `c`, but `b` ends as well before `c` starts.
        ("limit(2, a: 2ms, b: 2ms, c: 3ms, d: 1ms)", "b 2ms -> c 3ms"),
        ("limit(2, a: 2ms, b: 3ms, c: 3ms, d: 1ms)", "a 2ms -> c 3ms"),
        // A step that finished rather than one that was cut.
        ("race(a: 2ms, b: 8ms)", "a 2ms"),
        ("seq(timeout(5ms, a: 9ms), b: 1ms)", "a 5ms (cut) -> b 1ms"),
        ("seq(timeout(5ms, spawn(a: 9ms)), b: 1ms)", "5ms -> b 1ms"),
        ("seq(a: 2ms, timeout(5ms, spawn(b: 9ms)))", "a 2ms -> 5ms"),
        ("seq(a: 0ms)", "nothing"),
        ("seq()", "nothing"),
    ] {
        assert_eq!(path(notation), expected, "{notation}");
    }
}

#[test]
fn of_steps_inside_one_another_the_inner_one_is_on_the_critical_path() {
    let page = async {
        delay("auth").await;
        delay("orders").timed("load").await;
    };
    let runner = Runner::new().latency("auth", ms(2)).latency("orders", ms(3));
    let run = runner.run(page.timed("page")).expect("it ends");
    // `page` ends last, `load` before it, and `orders` in both.
    assert_eq!(run.trace().critical_path().to_string(), "auth 2ms -> orders 3ms");
}

#[test]
fn waiting_that_is_no_step_is_a_link() {
    let trace = run("seq(auth: 20ms, sleep: 100ms, orders: 300ms)");
    let is_named = |event: &Event| match &event.kind {
        EventKind::Start(step) | EventKind::Finish(step) => step.name().as_str() != "sleep",
        _ => true,
    };
    let trace = Trace::from_events(trace.events().filter(is_named), trace.makespan() + ms(7));
    let path = trace.critical_path();
    assert_eq!(path.to_string(), "auth 20ms -> 100ms -> orders 300ms -> 7ms");
    assert_eq!(format!("{path:?}"), path.to_string());
    let links: Vec<_> = path.links().map(|link| (link.step.is_some(), link.duration())).collect();
    assert_eq!(links, [(true, ms(20)), (false, ms(100)), (true, ms(300)), (false, ms(7))]);
    // Who waits is taken to have waited for the latest end before.
    assert_eq!(trace.slack("auth"), Some(Duration::ZERO));
}

#[test]
fn slack_goes_back_through_those_who_waited() {
    let slack = |notation: &str, step: &str| run(notation).slack(step);
    let trace = "spawn(seq(a: 1ms, b: 2ms), c: 5ms)";
    assert_eq!(["a", "b", "c"].map(|step| slack(trace, step)), [2, 2, 0].map(|it| Some(ms(it))));
    // The run's end waits for what ends last, also where nothing ends with it.
    assert_eq!(slack("seq(a: 2ms, timeout(5ms, spawn(b: 9ms)))", "a"), Some(ms(0)));
    // Of what is awaited together only the last is seen to be waited for.
    assert_eq!(slack("seq(spawn(a: 1s, b: 2s), c: 3s)", "a"), Some(ms(4_000)));
    assert_eq!(slack("seq(spawn(a: 1s, b: 2s), c: 3s)", "b"), Some(ms(0)));
    // What went on at the end has none, and neither has what is not there.
    assert_eq!(slack("race(a: 2ms, spawn(c: 9ms))", "c"), None);
    assert_eq!(slack("a: 1ms", "b"), None);
    assert_eq!(slack("a: 1ms", "a[0]"), Some(ms(0)));
    assert_eq!(slack("a: 1ms", "a[1]"), None);
    assert_eq!(slack("seq(a: 1ms, a: 1ms)", "a"), None);
    assert_eq!(slack("spawn(a: 1ms, a: 3ms)", "a[0]"), Some(ms(2)));
}

#[test]
fn a_large_number_of_steps_costs_no_more_than_it_should() {
    let count = large(100_000);
    let steps: Vec<_> = (0..count).map(|it| format!("s: {}ms", 1 + it % 7)).collect();
    for form in ["seq", "spawn"] {
        let scenario: Scenario = format!("{form}({})", steps.join(", ")).parse().expect("it reads");
        let trace = scenario.predict().expect("it is predicted");
        assert!(trace.max_concurrency() > 0);
        assert!(!trace.critical_path().is_empty());
        assert_eq!(trace.slacks().len(), steps.len());
        trace.verify_log([trace.to_string()]).expect("its own log");
        assert!(order(&format!("s[5].start <= s[{}].start", count - 1)).verify(&trace).is_ok());
        let failure = trace.verify_makespan(ms(1)).expect_err("it takes longer").to_string();
        assert!(failure.lines().all(|line| line.chars().count() < 260), "{failure}");
        assert!(failure.lines().count() < 60);
        assert_eq!(law!(sum(s)).verify(&trace).is_ok(), form == "seq");
        assert_eq!(law!(max(s)).verify(&trace).is_ok(), form == "spawn");
    }
}

#[test]
fn long_names_leave_the_texts_readable() {
    let name = format!("\"{}\"", "long name ".repeat(100));
    let trace = run(&format!("seq({name}: 2ms, b: 1ms)"));
    for failure in [
        told(order(&format!("{name}.finish < b.start")).verify(&trace)),
        told(trace.verify_log(["+0ms b starts"])),
        told(trace.verify_makespan(ms(1))),
        told(the_law(&format!("max({name}, b)")).verify(&trace)),
        refused(the_law("c").verify(&trace)),
    ] {
        assert!(failure.lines().all(|line| line.chars().count() < 260), "{failure}");
    }
}
