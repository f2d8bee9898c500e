//! Delays and steps outside of runs, and in another run than the one they began in.

use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use makespan::{Runner, Timed, delay, run};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{Instant, sleep, timeout};

use crate::again::again;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const MISPLACED: &str = "`delay(\"auth\")` was polled where no run is recorded; it takes what \
                         the run says, so await it inside `assert_law!(future => law)`, \
                         `makespan::run(..)` or `makespan::record(..)`, on the same thread";

/// The text of the panic, if there is one.
fn panic_of<T>(code: impl FnOnce() -> T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(code)).err()?;
    let text = panic.downcast::<String>().expect("its text is made up as it panics");
    Some(*text)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().expect("a runtime")
}

/// Waits for `auth` in a runtime of its own.
fn await_a_delay() {
    runtime().block_on(async { delay("auth").await });
}

/// Does something on another thread, with or without a name, while a run is recorded here.
fn during_a_run<T: Send>(name: Option<&str>, code: impl FnOnce() -> T + Send) -> T {
    let run = run(async {
        thread::scope(|scope| {
            let builder = thread::Builder::new();
            let builder = match name {
                Some(name) => builder.name(name.to_owned()),
                None => builder,
            };
            let thread = builder.spawn_scoped(scope, code).expect("a thread");
            thread.join().expect("it catches its panics")
        })
    });
    run.output
}

#[test]
fn a_delay_outside_any_run_takes_no_time() {
    #[expect(clippy::disallowed_types, reason = "it is to take no real time")]
    let began = std::time::Instant::now();
    await_a_delay();
    assert!(began.elapsed() < ms(1_000), "it has no latency to wait for");
    // It does not even need a runtime.
    tokio_test::assert_ready!(tokio_test::task::spawn(delay("auth")).poll());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fake_with_a_delay_serves_ordinary_tests_and_their_tasks() {
    let fetch = async || {
        delay("fetch").await;
        42
    };
    assert_eq!(fetch().await, 42);
    let task = tokio::spawn(async {
        delay("auth").await;
        43
    });
    assert_eq!(task.await.expect("it does not panic"), 43);
}

#[test]
fn a_delay_on_a_thread_with_a_name_takes_no_time_while_another_records() {
    assert_eq!(during_a_run(Some("another test"), || panic_of(await_a_delay)), None);
}

#[test]
fn a_delay_on_a_thread_without_a_name_panics_while_a_run_is_recorded() {
    assert_eq!(during_a_run(None, || panic_of(await_a_delay)).as_deref(), Some(MISPLACED));
}

#[test]
fn a_delay_on_a_thread_without_a_name_takes_no_time_where_nothing_is_recorded() {
    const NAME: &str = "outside_runs::a_delay_on_a_thread_without_a_name_takes_no_time_where_\
                        nothing_is_recorded";
    const ALONE: &str = "OUTSIDE_RUNS_ALONE";
    if std::env::var_os(ALONE).is_some() {
        // A run that is over is none.
        run(async { sleep(ms(1)).await });
        thread::spawn(await_a_delay).join().expect("it does not panic");
        return;
    }
    let (is_well, told) = again(NAME, [(ALONE, "".as_ref())]);
    assert!(is_well, "{told}");
}

#[test]
fn a_delay_that_was_made_in_a_run_panics_where_none_is_recorded() {
    let made = run(|| ready(delay("auth"))).output;
    assert_eq!(panic_of(|| runtime().block_on(made)).as_deref(), Some(MISPLACED));
    let elsewhere = run(async {
        let made = delay("auth");
        let other = thread::Builder::new().name("other".to_owned());
        let other = other.spawn(move || panic_of(|| runtime().block_on(made))).expect("a thread");
        other.join().expect("it catches its panics")
    });
    assert_eq!(elsewhere.output.as_deref(), Some(MISPLACED));
}

#[test]
fn a_delay_that_was_made_in_one_run_may_begin_in_another() {
    let made = run(|| ready(delay("auth"))).output;
    let run = Runner::new().latency("auth", ms(5)).run(made).expect("it ends");
    assert_eq!(run.makespan(), ms(5));
}

/// The panic of a delay on a thread for blocking tasks.
async fn on_a_blocking_thread() -> Option<String> {
    let handle = Handle::current();
    let blocking = move || panic_of(|| handle.block_on(async { delay("auth").await }));
    tokio::task::spawn_blocking(blocking).await.expect("it catches its panics")
}

#[test]
fn a_delay_on_another_thread_of_the_runtime_of_a_run_panics() {
    assert_eq!(run(on_a_blocking_thread()).output.as_deref(), Some(MISPLACED));
}

#[tokio::test(start_paused = true)]
async fn a_delay_on_another_thread_of_a_recorded_runtime_panics_until_the_run_is_over() {
    let run = makespan::record(on_a_blocking_thread()).await;
    assert_eq!(run.output.as_deref(), Some(MISPLACED));
    assert_eq!(on_a_blocking_thread().await, None);
}

type Begun = Pin<Box<dyn Future<Output = ()>>>;

/// Begins something in a run that is over before it is done.
fn begun(future: impl Future<Output = ()> + 'static) -> Begun {
    let mut future: Begun = Box::pin(future);
    let runner = Runner::new().latency("auth", ms(50));
    let run = runner.run(async {
        let waited = timeout(ms(5), &mut future).await;
        (waited.is_err(), future)
    });
    let (is_begun, future) = run.expect("it ends").output;
    assert!(is_begun);
    future
}

/// What begins in one run: a delay and a timed sleep.
fn beginnings() -> [(Begun, &'static str); 2] {
    let timed = async { sleep(ms(50)).await }.timed("reply");
    [(Box::pin(delay("auth")), "delay(\"auth\")"), (Box::pin(timed), "timed(\"reply\")")]
}

fn began_in_another_run(what: &str) -> String {
    format!(
        "`{what}` was first polled in an earlier run, and its timers are of that; make it inside \
         the run that awaits it"
    )
}

#[test]
fn a_step_that_began_in_one_run_ends_the_next_one_with_an_error() {
    for (future, what) in beginnings() {
        let error = makespan::try_run(begun(future)).expect_err("it began elsewhere");
        assert!(error.is_misplaced());
        assert_eq!(error.to_string(), began_in_another_run(what));
    }
}

#[test]
fn a_step_that_began_in_one_run_ends_the_next_one_in_a_task_as_well() {
    let begun = begun(delay("auth"));
    let run = makespan::try_run(async { tokio::task::spawn_local(begun).await.is_ok() });
    let error = run.expect_err("it began elsewhere");
    assert_eq!(error.to_string(), began_in_another_run("delay(\"auth\")"));
}

#[test]
fn a_step_that_began_in_a_run_panics_outside_with_what_to_do() {
    for (future, what) in beginnings() {
        let begun = begun(future);
        let told = panic_of(|| runtime().block_on(begun));
        assert_eq!(told, Some(began_in_another_run(what)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_outlives_its_recorded_run_does_not_end_the_next_one() {
    let runner = Runner::new().latency("auth", ms(50));
    let first = runner.record(|| {
        ready(tokio::spawn(async {
            delay("auth").await;
            sleep(ms(5)).timed("reply").await;
        }))
    });
    let task = first.await.expect("it ends").output;
    let began = Instant::now();
    let next = runner.record(sleep(ms(100))).await.expect("it ends");
    assert_eq!(next.makespan(), ms(100));
    task.await.expect("it does not panic");
    assert_eq!(began.elapsed(), ms(100), "the task was done meanwhile");
}

#[tokio::test(start_paused = true)]
async fn a_step_goes_on_behind_a_recorded_run_in_the_same_runtime() {
    let mut step = Box::pin(sleep(ms(50)).timed("reply"));
    let recorded = makespan::record(async { timeout(ms(5), &mut step).await.is_err() }).await;
    assert!(recorded.output);
    let began = Instant::now();
    step.await;
    assert_eq!(began.elapsed(), ms(45)); // 50 - 5
}

#[test]
fn a_step_may_go_on_on_another_thread_while_its_run_lasts() {
    let run = run(async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let mut answer = Box::pin(receiver.timed("answer"));
        assert!(timeout(ms(5), &mut answer).await.is_err());
        let (done, is_done) = mpsc::channel();
        let other = thread::spawn(move || {
            let answer = runtime().block_on(answer);
            done.send(answer.expect("it was sent")).expect("it is waited for");
        });
        sender.send(7).expect("it is waited for");
        let answer = is_done.recv().expect("it was sent");
        other.join().expect("it does not panic");
        answer
    });
    assert_eq!(run.output, 7);
}
