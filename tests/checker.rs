//! Laws of any code: what holds, what is caught, and how it is told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use makespan::{Checker, Failure, Law, Timed, assert_law, assert_mutants_caught, delay, law};
use tokio::time::{Instant, sleep, timeout};

use crate::large::large;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn dashboard() {
    delay("auth").await;
    tokio::join!(delay("profile"), delay("orders"));
}

async fn one_by_one() {
    delay("auth").await;
    delay("profile").await;
    delay("orders").await;
}

/// How a law fails that the code does not obey, with what hangs on chance blotted
/// out: the number of runs that the search took.
#[track_caller]
fn told<F: AsyncFn() -> T, T>(code: F, law: &Law) -> String {
    blot(&failure(code, law))
}

#[track_caller]
fn failure<F: AsyncFn() -> T, T>(code: F, law: &Law) -> Failure {
    Checker::new().without_seeds().verify(code, law).expect_err("the law does not hold")
}

fn blot(failure: &Failure) -> String {
    let text = failure.to_string();
    let Some((before, rest)) = text.split_once("(smallest of ") else { return text };
    let (_, behind) = rest.split_once(" runs").expect("a number of runs");
    format!("{before}(smallest of .. runs{behind}")
}

#[test]
fn what_runs_side_by_side_takes_the_longest() {
    assert_law!(dashboard() => auth + max(profile, orders));
}

#[test]
fn calls_that_run_one_after_the_other_are_told_with_their_law_and_a_picture() {
    let expected = "\
timing law broken
  law       auth + max(profile, orders)
  observed  auth + profile + orders     profile and orders run one after the other
  when      auth = 0ms, profile = 1ms, orders = 1ms     (smallest of .. runs)
  expected  +1ms
  actual    +2ms     critical path: profile 1ms -> orders 1ms

             expected                          actual
    auth     │                                 │
    profile  ├───────────────┤                 ┝━━━━━━━━━━━━━━━┥
  > orders   ├───────────────┤                                 ┝━━━━━━━━━━━━━━┥
             0ms             1ms               0ms             1ms          2ms

             > differs first, at +0ms   ━ critical path

  to pin it: Checker::new().case([(\"auth\", Duration::from_millis(0)), \
(\"profile\", Duration::from_millis(1)), (\"orders\", Duration::from_millis(1))])";
    assert_eq!(told(one_by_one, &law!(auth + max(profile, orders))), expected);
}

#[test]
fn a_limit_of_one_tick_more_is_caught_every_time() {
    let call = |limit| async move {
        let _ = timeout(ms(limit), delay("call")).await;
    };
    for _ in 0..20 {
        let failure = failure(|| call(101), &law!(min(call, 100ms)));
        let told = failure.to_string();
        assert!(told.contains("observed  min(101ms, call)     100ms is 101ms there"), "{told}");
        assert!(told.contains("when      call = 101ms     (smallest of"), "{told}");
    }
    assert_law!(call(100) => min(call, 100ms));
}

#[test]
fn a_fault_that_shows_only_beyond_five_seconds_is_caught_every_time() {
    let report = async || {
        let began = Instant::now();
        delay("call").await;
        if began.elapsed() > ms(5_000) {
            delay("report").await;
        }
    };
    for _ in 0..20 {
        let told = failure(report, &law!(call)).to_string();
        assert!(told.contains("when      call = 5001ms, report = 1ms     (smallest"), "{told}");
    }
}

#[test]
fn a_fault_at_a_single_tick_beside_a_constant_is_caught_every_time() {
    for (fault, limit) in [(99, 100), (100, 100), (101, 100), (299, 300), (301, 300)] {
        let code = async || {
            let began = Instant::now();
            let _ = timeout(ms(limit), delay("call")).await;
            if began.elapsed() == ms(fault) {
                sleep(ms(1)).await;
            }
        };
        let law: Law = format!("min(call, {limit}ms)").parse().expect("a law");
        // Where the limit cuts it off, there is no such fault.
        let verdict = Checker::new().without_seeds().verify(code, &law);
        assert_eq!(verdict.is_err(), fault <= limit, "{fault} of {limit}");
    }
}

/// The smallest latencies that break a law, and how many runs it took to find them.
#[track_caller]
fn smallest<F: AsyncFn() -> T, T>(code: F, law: &Law) -> (String, usize) {
    let told = failure(code, law).to_string();
    let (_, when) = told.split_once("  when      ").expect("latencies");
    let (latencies, rest) = when.split_once("     (smallest of ").expect("they are shrunk");
    let (runs, _) = rest.split_once(' ').expect("a number of runs");
    (latencies.to_owned(), runs.parse().expect("a number"))
}

/// Several delays one after the other, and a tick more where they are at fault.
async fn faulty<const N: usize>(is_at_fault: fn([u64; N]) -> bool) {
    let mut took = [0; N];
    for (name, took) in ["a", "b", "c", "d", "e", "f"].into_iter().zip(&mut took) {
        let began = Instant::now();
        delay(name).await;
        *took = u64::try_from(began.elapsed().as_millis()).expect("it is short");
    }
    if is_at_fault(took) {
        sleep(ms(1)).await;
    }
}

#[test]
fn the_smallest_latencies_are_those_that_a_person_would_have_written() {
    let two = law!(a + b);
    let three = law!(a + b + c);
    for _ in 0..3 {
        let is = |code: &dyn Fn() -> (String, usize), latencies: &str| {
            let (found, runs) = code();
            assert_eq!(found, latencies);
            assert!(runs < 1_500, "{runs} runs for {latencies}");
        };
        // A sum is one latency, or one tick and the rest.
        is(&|| smallest(|| faulty(|[a, b]| a + b > 300), &two), "a = 0ms, b = 301ms");
        is(
            &|| smallest(|| faulty(|[a, b]| a > 0 && b > 0 && a + b > 300), &two),
            "a = 1ms, b = 300ms",
        );
        is(
            &|| smallest(|| faulty(|[a, b]| a >= 10 && b >= 10 && a + b > 300), &two),
            "a = 10ms, b = 291ms",
        );
        is(
            &|| smallest(|| faulty(|[a, b, c]| a + b + c > 7_000), &three),
            "a = 0ms, b = 0ms, c = 7001ms",
        );
        is(&|| smallest(|| faulty(|[a, b]| 2 * a + 3 * b > 1_000), &two), "a = 0ms, b = 334ms");
        // What has to be equal stays so.
        is(
            &|| {
                smallest(
                    || faulty(|[a, b, c]| a.max(b).max(c) < 3 + a.min(b).min(c) && a > 70),
                    &three,
                )
            },
            "a = 71ms, b = 69ms, c = 69ms",
        );
        is(&|| smallest(|| faulty(|[a, b]| a > b + 100), &two), "a = 101ms, b = 0ms");
    }
}

#[test]
fn of_many_latencies_the_few_that_matter_are_found_in_few_runs() {
    let code = async || {
        let took = |name: String| async {
            let began = Instant::now();
            delay(name).await;
            began.elapsed()
        };
        let mut all = Vec::new();
        for index in 0..60 {
            all.push(took(format!("s{index}")).await);
        }
        if all[20] > ms(5) && all[50] > ms(7) {
            sleep(ms(1)).await;
        }
    };
    let names: Vec<_> = (0..60).map(|index| format!("s{index}")).collect();
    let law: Law = names.join(" + ").parse().expect("a law");
    let checker = Checker::new().without_seeds();
    let told = checker.verify(code, &law).expect_err("it is at fault").to_string();
    // What takes no time is left out of so many.
    let pinned =
        ".case([(\"s20\", Duration::from_millis(6)), (\"s50\", Duration::from_millis(8))])";
    assert!(told.ends_with(pinned), "{told}");
    let (_, runs) = told.split_once("(smallest of ").expect("they are shrunk");
    let (runs, _) = runs.split_once(' ').expect("a number of runs");
    assert!(runs.parse::<usize>().is_ok_and(|runs| runs < 250), "{runs} runs");
}

#[test]
fn a_check_of_thousands_of_steps_takes_no_longer_for_each_of_them() {
    let code = async |steps| {
        for _ in 0..steps {
            delay("step").await;
        }
    };
    let took = |steps| {
        #[expect(clippy::disallowed_types, reason = "it is real time that is spent")]
        let began = std::time::Instant::now();
        let checker = Checker::new().without_seeds().cases(4);
        checker.verify(async || code(steps).await, &law!(sum(step))).expect("it holds");
        began.elapsed()
    };
    // Eight times as many take eight times as long, and not sixty-four times. A busy
    // machine may take a break in one of the tries.
    assert!((0..10).any(|_| took(16_000) < 24 * took(2_000)));
}

#[test]
fn latencies_longer_together_than_any_run_may_take_are_not_judged() {
    let code = async || {
        for _ in 0..4_000 {
            delay("step").await;
        }
    };
    // Four thousand steps of five to six hours take more than two years.
    let hours = Duration::from_secs(18_000)..=Duration::from_secs(21_600);
    let checker = Checker::new().without_seeds().cases(4).latency("step", hours);
    let failure = checker.verify(code, &law!(sum(step))).expect_err("no case could be judged");
    assert!(failure.error().is_some_and(|error| error.is_past_virtual_limit()), "{failure}");
    let text = failure.to_string();
    assert!(text.starts_with("timing law not judged\n  law   sum(step)\n"), "{text}");
    assert!(text.contains("still ticking past two years, which is more than any run may take"));
    let what_to_do = "\n\n  narrow the latencies with `.latency(..)`, or allow more with \
                      `.wall_limit(..)`";
    assert!(text.ends_with(what_to_do), "{text}");
}

#[test]
fn a_broken_law_over_thousands_of_steps_is_told_within_moments() {
    let code = async || {
        for number in 0..large(10_000) {
            delay("step").await;
            if number == large(7_000) {
                delay("late").await;
            }
        }
    };
    let checker = Checker::new().without_seeds().cases(4);
    #[expect(clippy::disallowed_types, reason = "it is real time that is spent")]
    let began = std::time::Instant::now();
    let told = checker.verify(code, &law!(sum(step))).expect_err("`late` is missing").to_string();
    assert!(told.contains("critical path: late 1ms\n"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn a_delay_that_never_ran_in_a_case_counts_with_what_it_would_have_had() {
    let race = async || {
        tokio::select! {
            () = delay("primary") => {}
            () = async { delay("lookup").await; delay("replica").await } => {}
        }
    };
    Checker::new().verify(race, &law!(min(primary, lookup + replica))).expect("it holds");
}

#[test]
fn aggregates_count_what_started() {
    let until = async || {
        let until = Instant::now() + ms(100);
        while Instant::now() < until {
            delay("poll").await;
            sleep(ms(1)).await;
        }
    };
    // How often it polls hangs on how long a poll takes.
    let checker = Checker::new().latency("poll", ms(10)..=ms(20));
    let failure = checker.without_seeds().verify(until, &law!(sum(poll))).expect_err("1 ms each");
    assert!(failure.to_string().starts_with("timing law broken"), "{failure}");
}

#[test]
fn steps_that_are_timed_count_with_what_they_took() {
    let code = async || {
        async { delay("inner").await }.timed("outer").await;
        sleep(ms(5)).timed("own").await;
    };
    Checker::new().verify(code, &law!(outer + own)).expect("it holds");
    Checker::new().verify(code, &law!(inner + 5ms)).expect("it holds");
}

#[test]
fn a_name_that_no_case_ran_is_an_error_with_the_nearest() {
    let failure = failure(dashboard, &law!(auth + max(profil, orders)));
    let error = failure.error().expect("an error");
    assert!(error.is_unknown_name());
    assert_eq!(
        error.to_string(),
        "no step called `profil` ran; did you mean `profile`? (what ran: auth, profile, orders)"
    );
}

#[test]
fn a_name_of_several_steps_is_an_error_that_says_how_to_write_it() {
    let twice = async || {
        delay("attempt").await;
        delay("attempt").await;
    };
    let failure = failure(twice, &law!(attempt));
    assert!(failure.error().is_some_and(|error| error.is_evaluation()), "{failure}");
    assert_eq!(
        blot(&failure),
        "timing law broken\n  \
           law       attempt\n  \
           observed  sum(attempt)\n  \
           when      attempt[0] = 0ms, attempt[1] = 0ms     (smallest of .. runs)\n\n  \
           the law speaks of `attempt`, and several steps have that name; write `sum(attempt)`, \
           `max(attempt)` or the like for all of them, `attempt[0]` for the first\n\n  \
           attempt[0] │\n  \
           attempt[1] │\n             0ms\n\n  \
           to pin it: Checker::new().case([(\"attempt[0]\", Duration::from_millis(0)), \
           (\"attempt[1]\", Duration::from_millis(0))])"
    );
    assert_law!(twice() => sum(attempt));
    assert_law!(twice() => attempt[0] + attempt[1]);
}

#[test]
fn a_second_step_of_a_name_that_stands_alone_is_found_also_if_few_latencies_bring_it() {
    let again = async || {
        let began = Instant::now();
        delay("load").await;
        if began.elapsed() > ms(5_000) {
            delay("load").await;
        }
    };
    let failure = failure(again, &law!(load));
    assert!(failure.error().is_some_and(|error| error.is_evaluation()), "{failure}");
    let told = failure.to_string();
    assert!(told.contains("  when      load[0] = 5001ms, load[1] = 0ms     "), "{told}");
}

#[test]
fn a_fault_just_behind_a_round_number_is_found_although_the_law_has_no_constant() {
    for (round, told) in [(100, "100ms"), (1_000, "1000ms"), (5_000, "5000ms"), (30_000, "30s")] {
        let code = async || {
            let began = Instant::now();
            delay("a").await;
            if (ms(round)..ms(round + 20)).contains(&began.elapsed()) {
                sleep(ms(1)).await;
            }
            delay("b").await;
        };
        let text = failure(code, &law!(a + b)).to_string();
        assert!(text.contains(&format!("  expected  +{told}\n")), "{text}");
    }
}

#[test]
fn a_run_that_does_not_end_is_told_with_its_latencies() {
    let stuck = async || {
        let began = Instant::now();
        delay("a").await;
        if began.elapsed() > ms(30) {
            std::future::pending::<()>().timed("reply").await;
        }
    };
    let failure = failure(stuck, &law!(a));
    assert!(failure.error().is_some_and(|error| error.is_stalled()));
    assert_eq!(
        blot(&failure),
        "code does not end\n  \
           law    a\n  \
           when   a = 31ms     (smallest of .. runs)\n  \
           order  a takes at least 31ms\n\n  \
           stalled at +31ms: nothing can run, and no timer of tokio's is left\n    \
             unfinished: reply since +31ms\n\n    \
             a     ┝━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥\n    \
             reply                                                                        ▸\n          \
             0ms                                                                 31ms\n          \
             ━ critical path   ▸ unfinished\n\n  \
           to pin it: Checker::new().case([(\"a\", Duration::from_millis(31))])"
    );
}

#[test]
fn of_code_that_does_not_end_that_is_told_whatever_it_never_came_to() {
    let stuck = async || {
        delay("a").await;
        std::future::pending::<()>().await;
        delay("b").await;
    };
    let failure = failure(stuck, &law!(a + b));
    assert!(failure.error().is_some_and(|error| error.is_stalled()), "{failure}");
    assert!(failure.to_string().starts_with("code does not end\n  law   a + b\n"), "{failure}");
}

#[test]
fn ranges_are_kept_also_while_latencies_shrink() {
    let seen = Cell::new((u64::MAX, 0));
    let code = async || {
        let began = Instant::now();
        delay("a").await;
        let took = u64::try_from(began.elapsed().as_millis()).expect("it is short");
        let (least, most) = seen.get();
        seen.set((least.min(took), most.max(took)));
    };
    let checker = Checker::new().without_seeds().latency("a", ms(10)..=ms(50));
    checker.verify(code, &law!(a)).expect("it holds");
    assert_eq!(seen.get(), (10, 50), "both ends are tried");

    let failure = checker.verify(code, &law!(2 * a)).expect_err("it does not");
    assert!(failure.to_string().contains("when      a = 10ms     (smallest"), "{failure}");
}

#[test]
fn a_pinned_case_is_tried_first_and_as_it_is() {
    let calls = Cell::new(0);
    let code = async || {
        calls.set(calls.get() + 1);
        one_by_one().await;
    };
    let pinned = [("auth", ms(7)), ("orders", ms(3)), ("profile", ms(2))];
    let checker = Checker::new().without_seeds().cases(1).case(pinned);
    let failure = checker.verify(code, &law!(auth + max(profile, orders))).expect_err("a sum");
    let told = failure.to_string();
    assert!(
        told.contains("when      auth = 7ms, profile = 2ms, orders = 3ms     (pinned)"),
        "{told}"
    );
    assert!(told.contains("expected  +10ms\n  actual    +12ms"), "{told}"); // 7 + 3, 7 + 2 + 3
}

#[test]
fn steps_of_one_name_are_pinned_by_their_places() {
    let code = async || {
        delay("attempt").await;
        sleep(ms(10)).await;
        delay("attempt").await;
    };
    let checker = Checker::new().without_seeds();
    let pinned = checker.case([("attempt[1]", ms(4)), ("attempt", ms(1))]);
    let told = pinned.verify(code, &law!(sum(attempt))).expect_err("10 ms more").to_string();
    assert!(told.contains("attempt[0] = 1ms, attempt[1] = 4ms     (pinned)"), "{told}");
    let observed = "observed  attempt[0] + 10ms + attempt[1]     10ms come on top";
    assert!(told.contains(observed), "{told}");
}

#[test]
fn the_limits_of_a_checker_are_those_of_its_runs() {
    let slow = async || {
        delay("a").await;
        sleep(ms(3_000)).await;
    };
    let checker = || Checker::new().without_seeds().cases(4);
    // What the law allows does not count.
    checker().virtual_limit(ms(1)).verify(slow, &law!(a + 3s)).expect("it is not passed");
    let verdict = checker().virtual_limit(ms(1_000)).verify(slow, &law!(a + 1s));
    let text = verdict.expect_err("1 s beyond the second that the law allows").to_string();
    assert!(text.contains("past the virtual limit of 2s"), "{text}");
    let livelock = async || {
        delay("a").await;
        loop {
            tokio::task::yield_now().await;
        }
    };
    let told = checker().wall_limit(ms(50)).verify(livelock, &law!(a));
    let told = told.expect_err("it never ends").to_string();
    assert!(told.contains("polled for 50ms of real time"), "{told}");
}

#[test]
fn code_that_uses_sockets_is_checked_with_the_driver_for_them() {
    let code = async || {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        listener.expect("the driver is on");
        delay("a").await;
    };
    Checker::new().without_seeds().io().cases(2).verify(code, &law!(a)).expect("it holds");
}

#[test]
fn a_range_may_begin_behind_its_bound() {
    let checker = Checker::new().without_seeds();
    let checker = checker.latency("a", (Bound::Excluded(ms(10)), Bound::Included(ms(12))));
    let seen = RefCell::new(BTreeSet::new());
    let code = async || {
        let began = Instant::now();
        delay("a").await;
        seen.borrow_mut().insert(began.elapsed());
    };
    checker.verify(code, &law!(a)).expect("it holds");
    assert_eq!(seen.into_inner(), [ms(11), ms(12)].into());
}

#[test]
fn the_ends_of_a_far_range_are_tried_again_and_again() {
    let far = ms(5_000_000)..=ms(9_000_000);
    let seen = RefCell::new(Vec::new());
    let code = async || {
        let began = Instant::now();
        delay("a").await;
        seen.borrow_mut().push(began.elapsed());
    };
    let checker = Checker::new().without_seeds().cases(1_024).latency("a", far.clone());
    checker.verify(code, &law!(a)).expect("it holds");
    let seen = seen.into_inner();
    let times = |end: &Duration| seen.iter().filter(|it| *it == end).count();
    assert!(seen.iter().all(|it| far.contains(it)));
    // One of eight in 1024 runs each, were they all drawn.
    assert!(times(far.start()) > 64, "{} of {}", times(far.start()), seen.len());
    assert!(times(far.end()) > 64, "{} of {}", times(far.end()), seen.len());
}

#[test]
fn a_panic_in_the_code_goes_through() {
    let code = async || {
        let began = Instant::now();
        delay("a").await;
        assert!(began.elapsed() < ms(700), "too slow");
    };
    let verdict =
        catch_unwind(AssertUnwindSafe(|| Checker::new().without_seeds().verify(code, &law!(a))));
    let panic = verdict.expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"too slow"));
}

#[test]
fn code_that_decides_by_something_else_is_told_so() {
    let calls = Cell::new(0);
    let code = async || {
        calls.set(calls.get() + 1);
        delay("a").await;
        // Once, and never again.
        if calls.get() == 30 {
            sleep(ms(1)).await;
        }
    };
    let failure = failure(code, &law!(a));
    let error = failure.error().expect("an error");
    assert!(error.is_flaky(), "{error}");
}

#[test]
fn a_law_that_hangs_on_a_cut_step_of_unknown_length_is_told_with_latencies_and_a_picture() {
    let code = async || {
        let real = async { delay("inner").await }.timed("real");
        let _ = timeout(ms(5), real).await;
    };
    let failure = failure(code, &law!(real));
    assert!(failure.error().is_some_and(|error| error.is_undecided()), "{failure}");
    let told = blot(&failure);
    let expected = "\
timing law undecided
  law   real
  when  inner = 6ms     (smallest of .. runs)

  `real` hangs on `real`, which was cut after 5ms: it would have lasted longer, nobody knows \
how long

";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains("  real  "), "{told}");
}

#[test]
fn a_pinned_case_that_speaks_of_no_step_is_an_error_with_the_nearest() {
    let pinned = |step: &str| {
        let checker = Checker::new().without_seeds().case([("auth", ms(1)), (step, ms(2))]);
        checker.verify(dashboard, &law!(auth + max(profile, orders)))
    };
    for step in ["orders", "orders[0]", "profile"] {
        pinned(step).expect("it ran");
    }
    let failure = pinned("order").expect_err("it never ran");
    assert!(failure.error().is_some_and(|error| error.is_unknown_name()));
    assert_eq!(
        failure.to_string(),
        "timing law not tried on a pinned case\n  \
           law   auth + max(profile, orders)\n  \
           case  auth = 1ms, order = 2ms\n\n  \
           no step called `order` ran; did you mean `orders`? (what ran: auth, profile, orders)"
    );
    let told = pinned("orders[1]").expect_err("it ran once").to_string();
    assert!(told.ends_with("there is no `orders[1]`: `orders` ran once, as `orders[0]`"), "{told}");
}

#[test]
fn of_no_cases_only_pinned_ones_are_tried() {
    let none = Checker::new().without_seeds().cases(0).budget(0);
    none.verify(one_by_one, &law!(other)).expect("there is nothing to hold it to");
    let pinned = none.case([("profile", ms(1)), ("orders", ms(1))]);
    assert!(pinned.verify(one_by_one, &law!(auth + max(profile, orders))).is_err());
}

#[test]
fn a_clone_of_a_checker_checks_the_same() {
    let checker = Checker::new().without_seeds().cases(64).latency("auth", ms(1)..);
    let law = law!(auth + max(profile, orders));
    assert!(checker.clone().verify(dashboard, &law).is_ok());
    assert!(checker.verify(one_by_one, &law).is_err());
}

#[test]
fn the_code_is_called_anew_inside_the_runtime_for_every_case() {
    let calls = Cell::new(0);
    let code = || {
        calls.set(calls.get() + 1);
        // Made when it is called, not when it is polled: there is a runtime already.
        let sleep = sleep(ms(5));
        async move {
            sleep.await;
            delay("a").await;
        }
    };
    Checker::new().cases(50).verify(code, &law!(a + 5ms)).expect("it holds");
    assert!(calls.get() >= 50, "{}", calls.get());
}

#[test]
fn an_assertion_runs_the_code_as_its_checker_says() {
    let seen = RefCell::new(Vec::new());
    let timed = async || {
        let began = Instant::now();
        delay("a").await;
        seen.borrow_mut().push(began.elapsed());
    };
    // Nothing but the pinned case.
    let pinned = Checker::new().cases(0).budget(0).case([("a", ms(7))]).without_seeds();
    assert_law!(pinned, timed() => a);
    assert_eq!(seen.take(), [ms(7)]);
    assert_law!(&pinned, timed() => a);
    assert_law!(pinned.clone(), timed() => a,);
    assert_eq!(seen.take(), [ms(7), ms(7)]);
    let settings = [Checker::new().cases(20).latency("a", ms(3)..=ms(5)).without_seeds()];
    assert_law!(settings[0], timed() => min(a, {ms(5)}));
    let latencies = seen.take();
    assert!(latencies.len() > 20 && latencies.iter().all(|it| (ms(3)..=ms(5)).contains(it)));
    assert_mutants_caught!(settings[0], async { tokio::join!(timed(), delay("b")) } => max(a, b));
    assert!(seen.take().iter().all(|it| (ms(3)..=ms(5)).contains(it)));
}

#[test]
fn an_assertion_with_a_checker_has_the_headline_of_the_code() {
    let checker = Checker::new().without_seeds();
    let text = panics(|| assert_law!(checker, one_by_one() => auth + max(profile, orders)));
    assert!(text.starts_with("timing law broken: one_by_one()\n"), "{text}");
    let text = panics(|| assert_mutants_caught!(&checker, delay("page") => max(page)));
    assert!(text.contains("delay(\"page\")"), "{text}");
}

/// The text of a panic.
fn panics(assertion: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assertion)).expect_err("it panics");
    panic.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn code_before_the_arrow_may_borrow_and_be_anything_that_is_awaited() {
    async fn call(name: &str, calls: &Cell<u32>) {
        calls.set(calls.get() + 1);
        delay(name).await;
    }
    struct Later(&'static str);
    impl IntoFuture for Later {
        type Output = ();
        type IntoFuture = makespan::Delay;
        fn into_future(self) -> makespan::Delay {
            delay(self.0)
        }
    }
    let (calls, name) = (Cell::new(0), String::from("b"));
    // What is borrowed here lives until the call is done.
    assert_law!(call(&String::from("a"), &calls) => a);
    assert_law!(async { call(&name, &calls).await } => b);
    assert_law!(Later("c") => c);
    assert_law!(Box::pin(call("d", &calls)) => d);
    let code = async |name: &str| call(name, &calls).await;
    assert_law!(code(&name) => b);
    assert!(calls.get() > 4 * 100);
}
