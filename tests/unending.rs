//! Runs that do not end: each is answered, and says where it stands.

use std::future::pending;
use std::time::Duration;

use makespan::{Error, Runner, Timed, delay, try_run};
use tokio::time::{interval, sleep, timeout};

use crate::again::again;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The error of a run that did not end, and the real time until it was told.
#[track_caller]
fn unended<F: Future>(runner: &Runner, future: F) -> (Error, Duration) {
    #[expect(clippy::disallowed_types, reason = "the answer is to come in real time")]
    let began = std::time::Instant::now();
    let error = runner.run(future).err().expect("it does not end");
    (error, began.elapsed())
}

/// The steps that had not ended, and since when.
fn unfinished(error: &Error) -> Vec<String> {
    error.unfinished().map(|(step, since)| format!("{step} {since}")).collect()
}

#[track_caller]
fn stalled<F: Future>(future: impl Fn() -> F) -> String {
    // The machine may be busy with other tests: one of several answers is quick.
    let answers = (0..5).map(|_| unended(&Runner::new(), future()));
    let answers: Vec<_> = answers.collect();
    assert!(answers.iter().all(|(error, _)| error.is_stalled()), "{answers:?}");
    assert!(answers.iter().any(|(_, real_time)| *real_time < ms(50)), "{answers:?}");
    answers[0].0.to_string()
}

#[test]
fn a_deadlock_is_told_at_once() {
    let told = stalled(|| async {
        let (one, two) = (tokio::sync::Mutex::new(()), tokio::sync::Mutex::new(()));
        let left = async {
            let _one = one.lock().await;
            sleep(ms(10)).await;
            let _two = two.lock().timed("second for left").await;
        };
        let right = async {
            let _two = two.lock().await;
            sleep(ms(30)).await;
            let _one = one.lock().timed("right").await;
        };
        tokio::join!(left, right);
    });
    assert_eq!(
        told,
        "stalled at +30ms: nothing can run, and no timer of tokio's is left\n  \
         unfinished: \"second for left\" since +10ms, right since +30ms\n\n  \
         \"second for left\"                     ├──────────────────────────────────────▸\n  \
         right                                                                        ▸\n                    \
         0ms                 10ms                                30ms\n                    \
         ▸ unfinished"
    );
}

#[test]
fn what_had_not_ended_is_known_in_the_order_of_its_starts() {
    let runner = Runner::new().latency("z", ms(10));
    let (error, _) = unended(&runner, async {
        let late = async {
            delay("z").await;
            pending::<()>().timed("a").await;
        };
        tokio::join!(pending::<()>().timed("m"), late, pending::<()>().timed("b"));
    });
    assert!(error.is_stalled());
    assert_eq!(unfinished(&error), ["m +0ms", "b +0ms", "a +10ms"]);
    let (unset, _) = unended(&Runner::new(), delay("z"));
    assert_eq!(unfinished(&unset), [""; 0]);
}

#[test]
fn a_stall_of_more_than_twelve_steps_is_not_drawn() {
    let told = |steps: usize| {
        let (error, _) = unended(&Runner::new(), async {
            sleep(ms(5)).timed("first").await;
            let steps: Vec<_> = (1..steps).map(|_| tokio::spawn(pending().timed("step"))).collect();
            for step in steps {
                let () = step.await.expect("it does not panic");
            }
        });
        error.to_string()
    };
    let lanes = |told: &str| told.matches("\n  task ").count();
    assert_eq!((lanes(&told(12)), lanes(&told(13))), (12, 0));
}

#[test]
fn a_stall_counts_the_tasks_that_are_alive() {
    let told = stalled(|| async {
        drop(tokio::spawn(pending::<()>().timed("task")));
        sleep(Duration::from_secs(5)).await;
        pending::<()>().await;
    });
    assert_eq!(
        told,
        "stalled at +5000ms: nothing can run, and no timer of tokio's is left\n  \
         unfinished: task since +5000ms\n  alive: 1 spawned task"
            .replace("since +5000ms", "since +0ms")
    );
}

#[test]
fn a_stall_is_told_where_latencies_were_long() {
    let runner = Runner::new().latency("a", Duration::from_secs(40 * 3600));
    let (error, _) = unended(&runner, async {
        delay("a").await;
        pending::<()>().timed("reply").await;
    });
    assert_eq!(
        error.to_string(),
        "stalled at +1d 16h: nothing can run, and no timer of tokio's is left\n  \
         unfinished: reply since +1d 16h\n\n  \
         a     ┝━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥\n  \
         reply                                                                        ▸\n        \
         0ms                                                               1d 16h\n        \
         ━ critical path   ▸ unfinished"
    );
}

#[test]
fn a_stall_without_named_steps_says_what_to_do() {
    let nameless = "stalled at +0ms: nothing can run, and no timer of tokio's is left\n  \
                    the code does not end, and no named step is unfinished, so what it waits for \
                    has no name\n  \
                    to see it: name the futures that the code awaits with `.timed(\"..\")`, or let \
                    its fakes await `delay(\"..\")`\n  \
                    typical causes: a sender that is still alive, so that its receiver never ends; \
                    a timer that is not tokio's";
    let waits = || async {
        let (_sender, mut receiver) = tokio::sync::mpsc::channel::<()>(1);
        receiver.recv().await
    };
    assert_eq!(stalled(waits), nameless);
    // It is the same where each named step has ended.
    let ended = stalled(|| async {
        sleep(ms(5)).timed("first").await;
        waits().await
    });
    assert_eq!(ended, nameless.replace("+0ms", "+5ms"));
    let alive = stalled(|| async { tokio::spawn(pending::<()>()).await.expect("it never ends") });
    assert_eq!(alive, format!("{nameless}\n  alive: 1 spawned task"));
    // With a name it says what waits.
    let named = stalled(|| waits().timed("recv"));
    let waiting = "stalled at +0ms: nothing can run, and no timer of tokio's is left\n  \
                   unfinished: recv since +0ms";
    assert_eq!(named, waiting);
}

#[test]
fn stalls_are_told_wherever_the_timer_wheel_stands() {
    for (before, at) in [
        (0, "0ms"),
        (1, "1ms"),
        (63, "63ms"),
        (64, "64ms"),
        (65, "65ms"),
        (4_095, "4095ms"),
        (4_096, "4096ms"),
        (5_000, "5000ms"),
        (262_144, "4m 22.144s"),
        (1_000_003, "16m 40.003s"),
        (86_399_999, "23h 59m 59.999s"),
    ] {
        let (error, _) = unended(&Runner::new(), async {
            sleep(ms(before)).await;
            pending::<()>().timed("reply").await;
        });
        assert!(error.is_stalled(), "{before}: {error}");
        assert!(error.to_string().starts_with(&format!("stalled at +{at}:")), "{error}");
    }
}

#[test]
fn a_deadlock_beside_a_ticking_interval_is_past_the_virtual_limit() {
    for period in
        [Duration::from_secs(10), Duration::from_secs(3600), Duration::from_secs(30 * 3600)]
    {
        let (error, _) = unended(&Runner::new(), async {
            let mut ticks = interval(period);
            drop(tokio::spawn(async move {
                loop {
                    ticks.tick().await;
                }
            }));
            pending::<()>().timed("reply").await;
        });
        assert!(error.is_past_virtual_limit(), "{error}");
        assert_eq!(
            error.to_string(),
            "still ticking past the virtual limit of 1d\n  unfinished: reply since +0ms\n  \
             alive: 1 spawned task"
        );
    }
}

#[test]
fn a_timeout_without_an_end_is_no_timer() {
    // On tokio 1.54 it has none, and would hang for real.
    let told = stalled(|| async {
        timeout(Duration::MAX, pending::<()>()).timed("forever").await.is_err()
    });
    assert!(told.starts_with("stalled at +0ms"), "{told}");
}

/// A runner that gives up after 300 ms of real time.
fn impatient() -> Runner {
    Runner::new().wall_limit(ms(300))
}

#[test]
fn a_livelock_is_told() {
    let (error, real_time) = unended(&impatient(), async {
        let task = tokio::spawn(sleep(ms(5)).timed("task"));
        sleep(ms(2)).await;
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    assert!(error.is_past_wall_limit());
    assert_eq!(unfinished(&error), ["task +0ms"]);
    assert!(real_time >= ms(300));
    assert_eq!(
        error.to_string(),
        "livelock at +2ms: polled for 300ms of real time, and the clock cannot move while \
         something is ready to run\n  unfinished: task since +2ms\n  alive: 1 spawned task"
            .replace("task since +2ms", "task since +0ms")
    );
}

#[test]
fn a_blocking_task_that_waits_for_the_clock_is_told() {
    // tokio #6242: the clock stands still for the blocking task, which waits for it.
    let (error, _) = unended(&impatient(), async {
        let handle = tokio::runtime::Handle::current();
        let blocking = tokio::task::spawn_blocking(move || handle.block_on(sleep(ms(5))));
        blocking.timed("blocking").await
    });
    assert!(error.is_past_wall_limit());
    assert_eq!(
        error.to_string(),
        "waiting for the outside world at +0ms: nothing was polled for 300ms of real time (a \
         blocking task, another thread or a socket)\n  unfinished: blocking since +0ms"
    );
}

#[test]
fn another_thread_that_has_an_answer_is_told() {
    // The thread is there before the run, which so does not suspect it.
    let (ask, asked) = std::sync::mpsc::channel::<tokio::sync::oneshot::Sender<()>>();
    std::thread::spawn(move || {
        for sender in asked {
            #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
            std::thread::sleep(ms(3));
            let _ = sender.send(());
        }
    });
    let answer = || async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        ask.send(sender).expect("it is waited for");
        receiver.timed("answer").await
    };
    // On a busy machine the thread may be too late once, and so not be seen.
    #[expect(clippy::disallowed_types, reason = "the answer is to come in real time")]
    let began = std::time::Instant::now();
    let mut answers = (0..10).filter_map(|_| try_run(answer()).err());
    let error = answers.find(Error::is_waiting_outside).expect("one of ten comes in time");
    assert!(began.elapsed() < ms(1_000));
    let told = error.to_string();
    let expected = "waiting at +0ms for another thread: the virtual clock knows nothing of it, and \
                    jumps to the next timer; use `spawn_blocking`, `Runner::wait_for_outside(..)` \
                    or `Runner::wall(..)`\n  unfinished: answer since +0ms";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn virtual_time_without_an_end_is_past_the_wall_limit() {
    let runner = impatient().virtual_limit(Duration::from_secs(700 * 86_400));
    let (error, _) = unended(&runner, async {
        loop {
            sleep(ms(1)).await;
        }
    });
    assert!(error.is_past_wall_limit());
    assert!(error.to_string().starts_with("still ticking after 300ms of real time, at +"));
}

#[test]
fn a_run_of_many_steps_ends_at_its_limit() {
    let runner = Runner::new().latency("step", ms(1)).wall_limit(ms(1_000));
    // What is over the limit grows with the steps that the run has made until then. On a
    // busy machine it may be more once.
    let over = (0..3).map(|_| {
        let (error, real_time) = unended(&runner, async {
            for _ in 0..1_000_000 {
                delay("step").await;
            }
        });
        assert!(error.is_past_wall_limit(), "{error}");
        assert_eq!(error.unfinished().count(), 1);
        real_time - ms(1_000)
    });
    let over = over.min().expect("three");
    // Measured: 40 ms, and 200 ms when every step was named again and its cancel logged.
    assert!(over < ms(120), "{over:?}");
}

#[test]
fn a_thread_is_free_after_a_run_that_did_not_end() {
    let _ = try_run(pending::<()>());
    assert!(try_run(async {}).is_ok());
}

#[test]
fn on_a_wall_clock_only_the_wall_limit_counts() {
    let runner = Runner::wall(ms(100)).wall_limit(ms(150));
    let (error, _) = unended(&runner, async {
        #[expect(clippy::disallowed_methods, reason = "nothing is said of it on a wall clock")]
        async { std::thread::sleep(ms(25)) }.timed("render").await;
        pending::<()>().timed("reply").await;
    });
    assert!(error.is_past_wall_limit());
    assert!(!error.to_string().contains("note:"), "{error}");
}

#[test]
fn what_another_thread_did_before_is_no_reason_of_a_stall() {
    let told = stalled(|| async {
        for _ in 0..10 {
            tokio::task::spawn_blocking(|| ()).timed("hash").await.expect("it does not panic");
        }
        pending::<()>().timed("reply").await;
    });
    assert!(told.starts_with("stalled at +0ms: "), "{told}");
}

#[test]
fn of_many_notes_some_are_told() {
    let (error, _) = unended(&Runner::new(), async {
        for _ in 0..20 {
            #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
            let work = || std::thread::sleep(ms(1));
            tokio::task::spawn_blocking(work).timed("hash").await.expect("it does not panic");
        }
        pending::<()>().await;
    });
    let told = error.to_string();
    assert_eq!(told.matches("\n  note: `hash").count(), 8, "{told}");
    assert!(told.ends_with("\n  and 12 more notes"), "{told}");
}

#[test]
fn a_poll_that_outlasts_the_wall_limit_is_no_livelock() {
    let (error, _) = unended(&impatient(), async {
        sleep(ms(5)).await;
        #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
        let hog = async { std::thread::sleep(ms(600)) };
        tokio::spawn(hog.timed("hog")).await.expect("it does not panic");
        sleep(ms(5)).await;
    });
    assert!(error.is_past_wall_limit());
    let told = error.to_string();
    assert!(
        told.starts_with(
            "held at +5ms: a single poll kept the thread until 300ms of real time were over \
             (blocking work, a lock, `std::thread::sleep`)\n  note: `hog` held the thread for 6"
        ),
        "{told}"
    );
}

#[test]
fn steps_without_an_end_at_one_instant_are_told_from_a_livelock() {
    let (error, _) = unended(&impatient(), async {
        sleep(ms(5)).await;
        loop {
            tokio::task::yield_now().timed("look").await;
        }
    });
    assert!(error.is_past_wall_limit());
    let told = error.to_string();
    assert!(
        told.starts_with(
            "still busy after 300ms of real time, at +5ms: steps start and end, and the clock \
             cannot move meanwhile; if there are only many of them, give more by \
             `Runner::wall_limit(..)`\n  unfinished: look["
        ),
        "{told}"
    );
}

#[test]
fn a_peer_outside_is_told_of_where_sockets_are_used() {
    let (error, _) = unended(&Runner::new().io(), async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
        // Nobody accepts, and nobody writes.
        stream.readable().timed("answer").await.expect("it does not come");
    });
    assert_eq!(
        error.to_string(),
        "stalled at +0ms: nothing can run, and no timer of tokio's is left\n  \
         unfinished: answer since +0ms\n  \
         note: no socket was ready: the virtual clock does not wait for a peer outside of the \
         run; with `Runner::wait_for_outside(..)` it does"
    );
}

/// Set in a process of its own, where a poll is to be stuck.
const STUCK: &str = "STUCK";

#[test]
fn a_poll_that_does_not_return_is_told_on_standard_error_and_aborted_only_if_asked() {
    const NAME: &str = "unending::a_poll_that_does_not_return_is_told_on_standard_error_and_\
                        aborted_only_if_asked";
    if let Ok(value) = std::env::var(STUCK) {
        let runner = Runner::new().wall_limit(ms(100));
        let runner = if value == "abort" { runner.abort_if_stuck() } else { runner };
        #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
        let stuck = async { std::thread::sleep(ms(2_500)) };
        let _ = runner.run(async {
            sleep(ms(5)).await;
            stuck.await;
        });
        return;
    }
    let stuck = format!(
        "makespan: a poll has not returned on thread {NAME:?}, at +5ms and for more than 100ms of \
         real time; it cannot be ended from outside "
    );
    let (is_well, told) = again(NAME, [(STUCK, "tell".as_ref())]);
    assert!(is_well && told.contains(&stuck), "{told}");
    let (is_well, told) = again(NAME, [(STUCK, "abort".as_ref())]);
    assert!(!is_well && told.contains(&stuck), "{told}");
}

#[test]
fn a_poll_that_holds_standard_error_does_not_hold_other_runs() {
    const NAME: &str = "unending::a_poll_that_holds_standard_error_does_not_hold_other_runs";
    if std::env::var(STUCK).is_ok() {
        #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
        let holding = std::thread::spawn(|| {
            let _held = std::io::stderr().lock();
            let _ = Runner::new().wall_limit(ms(100)).run(async { std::thread::sleep(ms(4_000)) });
        });
        // The watchdog has had something to say for a while, and cannot.
        #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
        std::thread::sleep(ms(2_000));
        #[expect(clippy::disallowed_types, reason = "another run is to wait for nothing")]
        let began = std::time::Instant::now();
        let is_well = try_run(async {}).is_ok() && began.elapsed() < ms(1_000);
        std::process::exit(if is_well && !holding.is_finished() { 0 } else { 1 });
    }
    let (is_well, told) = again(NAME, [(STUCK, "held".as_ref())]);
    assert!(is_well, "{told}");
}
