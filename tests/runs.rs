//! Any future in virtual time: hand-computed times, and what a run leaves behind.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use makespan::{Runner, Timed, Warning, delay, run};
use tokio::time::sleep;

use crate::again::again;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A runner on which `a` takes 20 ms, `b` 30 ms and `c` 40 ms.
fn runner() -> Runner {
    Runner::new().latency("a", ms(20)).latency("b", ms(30)).latency("c", ms(40))
}

#[track_caller]
fn log<T>(run: &makespan::Run<T>) -> Vec<String> {
    run.trace().to_string().lines().map(str::to_owned).collect()
}

#[test]
fn awaits_take_the_sum_and_tasks_the_maximum() -> Result<(), makespan::Error> {
    let by_await = runner().run(async {
        delay("a").await;
        delay("b").await;
    })?;
    assert_eq!(by_await.makespan(), ms(50)); // 20 + 30
    let by_task = runner().run(async {
        let (a, b) = (tokio::spawn(delay("a")), tokio::spawn(delay("b")));
        (a.await.is_ok(), b.await.is_ok())
    })?;
    assert_eq!(by_task.makespan(), ms(30)); // max(20, 30)
    assert_eq!(by_task.output, (true, true));
    assert_eq!(
        log(&by_task),
        ["+0ms a starts", "+0ms b starts", "+20ms a finishes", "+30ms b finishes"]
    );
    Ok(())
}

#[test]
fn a_future_may_borrow_and_spawn_what_is_not_send() {
    let names = ["a".to_owned()];
    let counter = Rc::new(Cell::new(0));
    let shared = Rc::clone(&counter);
    let run = run(async {
        let task = tokio::task::spawn_local(async move {
            sleep(ms(5)).timed("local").await;
            shared.set(shared.get() + 1);
        });
        task.await.expect("it does not panic");
        names.len()
    });
    assert_eq!((run.output, counter.get(), run.makespan()), (1, 1, ms(5)));
    assert_eq!(log(&run), ["+0ms local starts", "+5ms local finishes"]);
}

#[test]
fn tasks_are_numbered_by_first_sight() {
    let run = run(async {
        let late = tokio::spawn(async { sleep(ms(1)).await });
        let first = tokio::spawn(sleep(ms(2)).timed("first"));
        sleep(ms(0)).timed("root").await;
        let _ = (late.await, first.await);
    });
    let tasks: Vec<_> = run.trace().steps().iter().map(|step| step.task.number()).collect();
    // The first task has no step, so nobody has seen it.
    assert_eq!(tasks, [0, 1]);
}

#[test]
fn up_to_ties_the_numbers_of_tasks_are_no_difference_but_what_ran_in_them_is() {
    let run = |tasks: &[&[&'static str]]| {
        let tasks = tasks.iter().map(|steps| {
            let steps = steps.iter().map(|step| delay(*step)).collect::<Vec<_>>();
            async move {
                for step in steps {
                    step.await;
                }
            }
        });
        let tasks: Vec<_> = tasks.collect();
        let all = async {
            for task in tasks.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
                task.await.expect("no task panics");
            }
        };
        runner().run(all).expect("it ends").into_trace()
    };
    let trace = run(&[&["a"], &["b"], &["a", "b"]]);
    let other = run(&[&["a", "b"], &["b"], &["a"]]);
    assert_ne!(trace, other);
    assert!(trace.same_up_to_ties(&other));
    // The same steps at the same times, but in other tasks.
    let ends = |trace: &makespan::Trace| {
        let mut ends: Vec<_> = trace.steps().iter().map(|step| (step.start, step.end)).collect();
        ends.sort_by_key(|(start, end)| (*start, end.time()));
        ends
    };
    // In the root, and not in a task of its own.
    let in_the_root = runner().run(async {
        let task = tokio::spawn(delay("b"));
        delay("a").await;
        task.await.expect("it does not panic");
    });
    let (tasks, root) = (run(&[&["a"], &["b"]]), in_the_root.expect("it ends").into_trace());
    assert_eq!(ends(&tasks), ends(&root));
    assert!(!tasks.same_up_to_ties(&root));
    // In one task, and not in two.
    let joined = runner().run(async {
        let both = async { tokio::join!(delay("a"), delay("b")) };
        tokio::spawn(both).await.expect("it does not panic");
    });
    let joined = joined.expect("it ends").into_trace();
    assert_eq!(ends(&tasks), ends(&joined));
    assert!(!tasks.same_up_to_ties(&joined));
}

#[test]
fn steps_of_one_name_are_told_apart_by_their_first_polls() -> Result<(), makespan::Error> {
    let run = Runner::new().latency("job", ms(10)).latency("job[1]", ms(25)).run(async {
        let (one, two) = (delay("job"), delay("job"));
        // The second that was made is polled first.
        two.await;
        one.await;
        delay("job").await;
    })?;
    assert_eq!(run.makespan(), ms(45)); // 10 + 25 + 10
    let starts: Vec<_> = run.trace().steps().iter().map(|it| it.start.to_string()).collect();
    assert_eq!(starts, ["+0ms", "+10ms", "+35ms"]);
    let latencies: Vec<_> = run.trace().steps().iter().map(|it| it.latency).collect();
    assert_eq!(latencies, [Some(ms(10)), Some(ms(25)), Some(ms(10))]);
    Ok(())
}

#[test]
fn what_a_race_drops_is_cancelled_at_that_instant() -> Result<(), makespan::Error> {
    let run = runner().run(async {
        tokio::select! {
            () = delay("a") => "a",
            () = sleep(ms(1_000)).timed("slow") => "slow",
        }
    })?;
    assert_eq!(run.output, "a");
    let mut lines = log(&run);
    // `select!` polls its branches in random order.
    lines[..2].sort();
    lines[2..].sort();
    let expected =
        ["+0ms a starts", "+0ms slow starts", "+20ms a finishes", "+20ms slow cancelled"];
    assert_eq!(lines, expected);
    Ok(())
}

#[test]
fn inner_steps_end_before_those_around_them() {
    let run = run(async {
        let inner = async { sleep(ms(50)).timed("inner").await };
        let _ = tokio::time::timeout(ms(20), inner.timed("outer")).await;
    });
    let expected = [
        "+0ms outer starts",
        "+0ms inner starts",
        "+20ms inner cancelled",
        "+20ms outer cancelled",
    ];
    assert_eq!(log(&run), expected);
}

#[test]
fn tasks_that_outlive_the_future_are_counted_and_named() {
    let run = run(async {
        drop(tokio::spawn(sleep(ms(50)).timed("background")));
        drop(tokio::spawn(sleep(ms(5)).timed("done")));
        sleep(ms(10)).timed("work").await;
    });
    assert_eq!((run.makespan(), run.leaked_tasks()), (ms(10), 1));
    let warnings: Vec<_> = run.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["1 task was still alive when the future was done, in background"]);
    assert_eq!(run.trace().unfinished().len(), 1);
}

#[test]
fn nothing_is_doubtful_about_a_run_as_it_should_be() {
    let run = run(async {
        let task = tokio::spawn(sleep(ms(50)).timed("a"));
        task.await.is_ok()
    });
    assert_eq!(run.warnings(), []);
    assert_eq!(run.leaked_tasks(), 0);
}

#[test]
fn a_panic_goes_through_unchanged() {
    let panic = std::panic::catch_unwind(|| {
        run(async {
            sleep(ms(5)).timed("a").await;
            std::panic::panic_any(42_u8);
        })
    });
    let panic = panic.expect_err("it panicked");
    assert_eq!(panic.downcast_ref::<u8>(), Some(&42));
    assert_eq!(run(async { 1 }).output, 1, "the thread is free again");
}

#[test]
fn blocking_work_is_named() {
    #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
    let block = || std::thread::sleep(ms(20));
    let named = run(async { async { block() }.timed("render").await });
    assert_eq!(named.makespan(), ms(0));
    assert!(named.real_time() >= ms(20));
    let is_named = |warning: &Warning| {
        matches!(warning, Warning::Blocked { step: Some(step), real_time }
            if step.to_string() == "render" && *real_time >= ms(20))
    };
    assert!(named.warnings().iter().any(is_named), "{:?}", named.warnings());

    // Nobody has named the task that blocks.
    let unnamed = run(async { tokio::spawn(async move { work() }).await.is_ok() });
    assert!(matches!(unnamed.warnings(), [Warning::Blocked { step: None, .. }]));
}

/// Yields for a while in real time.
#[expect(clippy::disallowed_types, reason = "the polls are to take real time")]
async fn yield_for(real_time: Duration) {
    let began = std::time::Instant::now();
    while began.elapsed() < real_time {
        tokio::task::yield_now().await;
    }
}

#[test]
fn many_short_polls_are_not_reported_as_a_long_one() {
    #[track_caller]
    fn are_many(run: makespan::Run<()>) {
        let [Warning::ManyPolls { real_time }] = run.warnings() else {
            panic!("{:?}", run.warnings());
        };
        assert!(*real_time >= ms(300));
        assert_eq!(
            run.warnings()[0].to_string(),
            format!(
                "the run was polled over and over for {}ms of real time, and the clock stood \
                 still all the while: many short polls, as in a loop of `yield_now`, and not one \
                 long one",
                real_time.as_millis()
            )
        );
    }
    are_many(run(yield_for(ms(300))));
    // Also where they are of tasks, and so many that little else takes time.
    for tasks in [1, 100] {
        are_many(run(async {
            let tasks: Vec<_> = (0..tasks).map(|_| tokio::spawn(yield_for(ms(300)))).collect();
            for task in tasks {
                task.await.expect("it does not panic");
            }
        }));
    }
}

#[test]
fn nothing_is_said_of_many_timers_that_are_no_steps() {
    #[expect(clippy::disallowed_types, reason = "the timers are to take real time")]
    let run = run(async {
        let began = std::time::Instant::now();
        while began.elapsed() < ms(300) {
            sleep(ms(1)).await;
        }
    });
    assert_eq!(run.warnings(), []);
}

#[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
fn work() {
    std::thread::sleep(ms(100));
}

#[test]
fn other_threads_are_named() {
    let run = run(async {
        tokio::task::spawn_blocking(work).timed("hash").await.expect("it does not panic");
        sleep(ms(5)).timed("own").await;
    });
    assert_eq!(run.makespan(), ms(5)); // the blocking task took no virtual time
    let told: Vec<_> = run.warnings().iter().map(ToString::to_string).collect();
    let expected = ": the virtual clock stands still for blocking tasks, and does not wait for \
                    other threads";
    let is_named = |it: &String| it.starts_with("`hash` was woken by another thread (\"tokio");
    assert!(told.iter().any(|it| is_named(it) && it.ends_with(expected)), "{told:?}");
    assert!(!told.iter().any(|it| it.contains("`own`")), "{told:?}");
}

#[test]
fn another_thread_is_told_also_where_nobody_named_who_waits_for_it() {
    let run = run(async {
        let waits = async { tokio::task::spawn_blocking(work).await.is_ok() };
        tokio::spawn(waits).await.is_ok_and(|is_done| is_done)
    });
    assert!(run.output);
    assert_eq!(run.warnings(), [Warning::OtherThread { step: None, thread: None }]);
}

#[test]
fn another_thread_is_told_once_where_its_step_is_known() {
    let run = run(async { tokio::task::spawn_blocking(work).timed("hash").await.is_ok() });
    let is_named = |it: &Warning| matches!(it, Warning::OtherThread { step: Some(_), .. });
    assert!(matches!(run.warnings(), [one] if is_named(one)), "{:?}", run.warnings());
}

#[test]
fn nothing_is_said_of_the_virtual_clock_where_time_is_real() -> Result<(), makespan::Error> {
    let hash = async { tokio::task::spawn_blocking(work).timed("hash").await.is_ok() };
    let run = Runner::wall(Duration::from_secs(5)).run(hash)?;
    assert_eq!(run.warnings(), []);
    Ok(())
}

#[test]
fn a_clock_that_left_the_tick_is_told() {
    #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
    let run = run(async { tokio::time::advance(Duration::from_micros(500)).await });
    assert_eq!(run.warnings(), [Warning::OffTick]);
}

#[test]
fn timed_changes_nothing_outside_a_run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let output = runtime.block_on(async {
        tokio::spawn(async { 1 }.timed("task")).await.expect("no panic")
            + async { 2 }.timed("b").await
    });
    assert_eq!(output, 3);
}

#[test]
fn a_step_that_is_moved_to_another_run_is_not_mistaken_for_one_of_its_own() {
    let mut kept = None;
    let first = run(async {
        let mut step = Box::pin(std::future::pending::<()>().timed("kept"));
        let waited = tokio::time::timeout(ms(5), &mut step).await;
        kept = Some(step);
        waited.is_err()
    });
    assert_eq!(first.trace().unfinished().len(), 1);
    let second = run(async move {
        sleep(ms(1)).timed("other").await;
        drop(kept);
    });
    assert_eq!(log(&second), ["+0ms other starts", "+1ms other finishes"]);
}

#[test]
fn a_delay_without_a_latency_ends_the_run_wherever_it_stands() {
    let in_a_task = makespan::try_run(async { tokio::spawn(delay("auth")).await.is_ok() });
    let error = in_a_task.expect_err("it has no latency");
    assert!(error.is_latency());
    assert_eq!(
        error.to_string(),
        "`delay(\"auth\")` has no latency in this run; give it one with \
         `Runner::new().latency(\"auth\", ..)`, or let `assert_law!(future => law)` try every one"
    );
    let too_long = Runner::new().latency("a", makespan::MAX_DURATION + ms(1)).run(delay("a"));
    assert_eq!(
        too_long.expect_err("it is too long").to_string(),
        "a latency of 365d 1ms for a, and 365d is the longest that a step can take"
    );
}

#[test]
fn a_delay_without_a_latency_of_its_own_takes_the_default() -> Result<(), makespan::Error> {
    let runner = runner().latency("d[1]", ms(1)).default_latency(ms(7));
    let run = runner.run(async {
        for name in ["a", "d", "d", "e"] {
            delay(name).await;
        }
    })?;
    assert_eq!(run.makespan(), ms(35)); // 20 + 7 + 1 + 7
    let too_long = Runner::new().default_latency(Duration::MAX).run(delay("a"));
    assert!(too_long.expect_err("it is too long").is_latency());
    Ok(())
}

#[test]
fn a_program_may_exit_inside_a_runtime_on_a_thread_that_has_run_a_scenario() {
    const NAME: &str =
        "runs::a_program_may_exit_inside_a_runtime_on_a_thread_that_has_run_a_scenario";
    const EXITS: &str = "RUNS_EXIT";
    if std::env::var_os(EXITS).is_some() {
        makespan::scenario!(a: 2ms).run().expect("it runs");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async { std::process::exit(0) });
    }
    let (is_well, told) = again(NAME, [(EXITS, "".as_ref())]);
    assert!(is_well, "{told}");
}

#[test]
fn on_a_wall_clock_it_takes_no_less() -> Result<(), makespan::Error> {
    let runner = Runner::wall(Duration::from_secs(5)).latency("a", ms(20));
    let run = runner.run(async {
        delay("a").await;
        delay("a").await;
    })?;
    assert!(run.makespan() >= ms(40)); // 20 + 20
    assert!(run.real_time() >= ms(40));
    Ok(())
}

mod recorded {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_run_inside_a_paused_test_is_recorded() {
        sleep(ms(7)).await;
        let run = makespan::record(async {
            sleep(ms(20)).timed("auth").await;
            tokio::join!(sleep(ms(30)).timed("profile"), sleep(ms(40)).timed("orders"));
        })
        .await;
        assert_eq!(run.makespan(), ms(60)); // 20 + max(30, 40)
        assert_eq!(log(&run)[0], "+0ms auth starts");
        assert!(run.trace().steps().iter().all(|step| step.task.number() == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_task_that_task_is_the_root() {
        let task = tokio::task::LocalSet::new();
        let run = task
            .run_until(async {
                let recorded = makespan::Runner::new().latency("a", ms(5)).record(delay("a"));
                tokio::task::spawn_local(recorded).await.expect("it does not panic")
            })
            .await;
        assert_eq!(run.expect("it ends").trace().steps()[0].task.number(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_of_the_test_are_not_those_of_the_run() {
        let mine = tokio::spawn(sleep(ms(100)));
        let run = makespan::record(sleep(ms(1))).await;
        assert_eq!(run.leaked_tasks(), 0);
        mine.abort();
    }

    #[tokio::test]
    async fn a_clock_that_is_not_paused_is_refused() {
        let error = makespan::try_record(async {}).await.expect_err("it is not paused");
        assert!(error.is_misplaced());
        assert_eq!(
            error.to_string(),
            "the clock is not paused; use `#[tokio::test(start_paused = true)]`, or \
             `makespan::run(..)` outside of it"
        );
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
    async fn a_clock_off_the_tick_is_refused() {
        tokio::time::pause();
        let first = makespan::try_record(async {}).await;
        // It was paused at some fraction of a millisecond, or by a rare chance at none.
        if let Err(error) = first {
            assert!(error.to_string().starts_with("the clock is off the tick: `pause()`"));
        }
        // One of two fractions is off the tick.
        let mut refused = 0;
        for _ in 0..2 {
            tokio::time::advance(Duration::from_micros(100)).await;
            refused += usize::from(makespan::try_record(async {}).await.is_err());
        }
        assert!(refused >= 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_threads_are_refused() {
        let error = makespan::try_record(async {}).await.expect_err("it has several threads");
        assert!(error.to_string().starts_with("`record` needs a current-thread runtime"));
    }

    #[test]
    fn a_place_without_a_runtime_is_refused() {
        let error = futures_lite_block_on(makespan::try_record(async {}));
        assert!(error.is_err_and(|error| error.to_string().ends_with("call `makespan::run(..)`")));
    }

    /// Polls a future that is ready at once.
    fn futures_lite_block_on<F: Future>(future: F) -> F::Output {
        tokio_test::assert_ready!(tokio_test::task::spawn(future).poll())
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_inside_a_runtime_is_refused() {
        let error = makespan::try_run(async {}).expect_err("there is a runtime");
        assert_eq!(
            error.to_string(),
            "a run brings its own runtime and cannot start inside another one; call it from a \
             plain `#[test]` or `fn main`, or await `makespan::record(..)` inside \
             `#[tokio::test(start_paused = true)]`"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn two_runs_at_a_time_are_refused() {
        let run = makespan::record(async {
            let error = makespan::try_record(async {}).await.expect_err("one is going on");
            assert!(error.is_misplaced());
        });
        run.await;
    }
}

mod sockets {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::again::again;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    async fn echo() -> u8 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            sleep(ms(20)).timed("server").await;
            stream.write_u8(42).await.expect("it is written");
        });
        let mut client = TcpStream::connect(address).await.expect("a server");
        let answer = client.read_u8().timed("answer").await.expect("an answer");
        server.await.expect("it does not panic");
        answer
    }

    #[test]
    fn sockets_work_where_io_is_asked_for() -> Result<(), makespan::Error> {
        let run = Runner::new().io().run(echo())?;
        assert_eq!(run.output, 42);
        assert_eq!(run.makespan(), ms(20)); // what comes from outside takes no virtual time
        Ok(())
    }

    #[test]
    fn without_io_the_panic_is_tokios_and_what_helps_is_told_on_standard_error() {
        const NAME: &str = "runs::sockets::without_io_the_panic_is_tokios_and_what_helps_is_told_\
                            on_standard_error";
        const CODE: &str = "RUNS_CODE";
        let Ok(code) = std::env::var(CODE) else {
            let advice = "makespan: this run has no I/O driver, since without one it is twice as \
                          fast; use `Runner::new().io().run(..)`\n";
            let (is_well, told) = again(NAME, [(CODE, "sockets".as_ref())]);
            assert!(is_well && told.contains(advice), "{told}");
            let (is_well, told) = again(NAME, [(CODE, "none".as_ref())]);
            assert!(is_well && !told.contains("makespan: "), "{told}");
            return;
        };
        let code =
            async { if code == "sockets" { echo().await } else { panic!("on purpose: {code}") } };
        let panic = catch_unwind(AssertUnwindSafe(|| run(code))).expect_err("there is no driver");
        let text = panic.downcast_ref::<String>().expect("a text");
        assert!(text.contains("IO is disabled") || text == "on purpose: none", "{text}");
    }
}

#[test]
fn a_function_is_called_inside_its_run() {
    async fn answer() -> u32 {
        delay("a").await;
        42
    }
    let runner = Runner::new().latency("a", ms(20));
    assert_eq!(runner.run(answer).expect("it ends").output, 42);
    // Only inside a runtime a task can be spawned.
    let run = runner.run(|| tokio::spawn(delay("a"))).expect("it ends");
    assert_eq!(run.makespan(), ms(20));
    let name = String::from("Ada");
    assert_eq!(makespan::run(async || name.len()).output, 3);
    let mut count = 0;
    makespan::run(async || count += 1);
    assert_eq!(count, 1);
    let owned = vec![1, 2];
    let run = makespan::try_run(async move || owned).expect("it ends");
    assert_eq!(run.output, [1, 2]);
    // What is known of the type is a bound.
    fn output<F: Future>(future: F) -> F::Output {
        makespan::run(future).output
    }
    assert_eq!(output(std::future::ready(1)), 1);
    let number: u64 = makespan::run(async { Default::default() }).output;
    assert_eq!(number, 0);
}

#[tokio::test(start_paused = true)]
async fn a_function_is_called_inside_what_is_recorded() {
    let run = makespan::record(async || sleep(ms(20)).timed("a").await).await;
    assert_eq!(run.makespan(), ms(20));
    let run = makespan::try_record(|| sleep(ms(30))).await.expect("it ends");
    assert_eq!(run.makespan(), ms(30));
    // Nothing is borrowed from the runner.
    let recorded = Runner::new().record(async || sleep(ms(40)).timed("b").await);
    let run = recorded.await.expect("it ends");
    assert_eq!(run.makespan(), ms(40));
}
