//! Answers from outside of a run, from other threads and from peers of its sockets: the
//! virtual clock does not wait for them, unless it is asked to.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use makespan::{Run, Runner, Timed, Warning, assert_makespan, delay, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use crate::again::again;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Works on another thread for so long, and answers: `Err` if the timeout came first.
#[expect(clippy::disallowed_methods, reason = "that is what takes no virtual time")]
async fn ask_thread(works: Duration) -> Result<&'static str, ()> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        thread::sleep(works);
        sender.send("an answer")
    });
    timeout(ms(2_000), receiver).await.map_err(|_| ())?.map_err(|_| ())
}

/// A server on a thread of its own, which works for so long on each byte.
fn server(works: Duration) -> SocketAddr {
    #[expect(clippy::disallowed_methods, reason = "that is what takes no virtual time")]
    fn serve(mut client: TcpStream, works: Duration) {
        let mut byte = [0];
        while client.read_exact(&mut byte).is_ok() {
            thread::sleep(works);
            if client.write_all(&byte).is_err() {
                return;
            }
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        listener.incoming().flatten().for_each(|client| serve(client, works));
    });
    address
}

/// Asks a server so often, one after another; returns how often it answered in time.
async fn ask_server(server: SocketAddr, times: u8) -> u8 {
    let mut client = tokio::net::TcpStream::connect(server).await.expect("it listens");
    for asked in 0..times {
        client.write_u8(asked).await.expect("it reads");
        if timeout(ms(2_000), client.read_u8()).await.is_err() {
            return asked;
        }
    }
    times
}

/// A client and a server on one runtime, which works for so long in virtual time.
async fn both_sides(times: u8, works: Duration) -> u8 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        while let Ok(byte) = client.read_u8().await {
            sleep(works).await;
            client.write_u8(byte).await.expect("it reads");
        }
    });
    let answered = ask_server(address, times).await;
    server.await.expect("it does not panic");
    answered
}

fn answers<T>(run: &Run<T>) -> Vec<String> {
    let is_answer = |it: &&Warning| matches!(it, Warning::AnsweredFromOutside { .. });
    run.warnings().iter().filter(is_answer).map(ToString::to_string).collect()
}

const ANSWERED: &str = "something outside of the run answered at +0ms, when the clock was about to \
                        jump to the next timer: elsewhere it may jump first; with \
                        `Runner::wait_for_outside(..)` it waits";

/// The first of some runs in which the answer was seen: on a busy machine it is there before
/// anybody looks, or too late.
#[track_caller]
fn seen<T>(run: impl Fn() -> Run<T>) -> Run<T> {
    let mut runs = (0..10).map(|_| run());
    runs.find(|run| !answers(run).is_empty()).expect("in one of ten it is seen")
}

#[test]
fn an_answer_of_a_thread_that_the_run_started_is_reported() {
    // 20 ms are many times what a jump of the clock takes.
    let run = seen(|| run(ask_thread(ms(20))));
    assert_eq!(answers(&run), [ANSWERED]);
    assert_eq!((run.output, run.makespan()), (Ok("an answer"), ms(0)));
}

#[test]
fn an_answer_that_nothing_else_waits_beside_is_reported_and_no_stall() {
    let run = seen(|| {
        run(async {
            let (sender, receiver) = oneshot::channel();
            #[expect(clippy::disallowed_methods, reason = "that is what takes no virtual time")]
            thread::spawn(move || {
                thread::sleep(ms(20));
                sender.send(7)
            });
            receiver.await
        })
    });
    assert_eq!(answers(&run), [ANSWERED]);
    assert_eq!((run.makespan(), run.output), (ms(0), Ok(7)));
}

#[test]
fn a_slow_answer_of_a_thread_is_reported() {
    let run = seen(|| run(ask_thread(ms(50))));
    assert_eq!(answers(&run), [ANSWERED]);
}

#[test]
fn an_answer_that_a_task_waits_for_is_reported() {
    let run = seen(|| run(async { tokio::spawn(ask_thread(ms(20))).await.is_ok() }));
    assert_eq!(answers(&run), [ANSWERED]);
}

#[test]
fn an_answer_behind_a_delay_is_reported_with_its_time() {
    let runner = Runner::new().latency("auth", ms(30));
    let run = seen(|| {
        let both = async {
            delay("auth").await;
            ask_thread(ms(20)).await
        };
        runner.run(both).expect("it ends")
    });
    assert_eq!(answers(&run), [ANSWERED.replace("+0ms", "+30ms")]);
}

/// Only Linux says whether the runtime slept before a socket was ready.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_of_a_server_on_another_thread_is_reported() {
    for works in [ms(5), ms(50)] {
        let server = server(works);
        let run = seen(|| Runner::new().io().run(ask_server(server, 1)).expect("it ends"));
        assert_eq!(answers(&run), [ANSWERED]);
        assert_eq!((run.output, run.makespan()), (1, ms(0)));
    }
}

#[test]
fn sockets_with_both_sides_in_the_run_are_not_reported() {
    for works in [ms(1), ms(20)] {
        for _ in 0..5 {
            let run = Runner::new().io().run(both_sides(10, works)).expect("it ends");
            assert_eq!((run.output, run.makespan()), (10, 10 * works));
            assert_eq!(run.warnings(), []);
        }
    }
}

/// Starts threads and ends them, as other tests do, while it runs something.
#[expect(clippy::disallowed_methods, reason = "the threads are to be there for a while")]
fn while_threads_come_and_go<T>(code: impl FnOnce() -> T) -> T {
    let is_over = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                thread::spawn(|| thread::sleep(ms(2)));
                thread::sleep(Duration::from_micros(500));
            }
        });
        let output = code();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        output
    })
}

#[test]
fn threads_of_other_tests_are_not_reported() {
    while_threads_come_and_go(|| {
        for _ in 0..200 {
            let run = run(async {
                for _ in 0..20 {
                    sleep(ms(3)).await;
                }
            });
            assert_eq!(answers(&run), [""; 0]);
            assert_eq!(run.makespan(), ms(60)); // 20 * 3
        }
    });
}

#[test]
fn blocking_tasks_are_not_reported_as_answers_from_outside() {
    #[expect(clippy::disallowed_methods, reason = "the clock stands still for it")]
    let work = || thread::sleep(Duration::from_micros(300));
    while_threads_come_and_go(|| {
        for runner in [Runner::new(), Runner::new().io()] {
            for _ in 0..20 {
                let run = runner.run(async {
                    for _ in 0..5 {
                        let task =
                            tokio::spawn(
                                async move { tokio::task::spawn_blocking(work).await.is_ok() },
                            );
                        let here = tokio::task::spawn_blocking(work).await.is_ok();
                        sleep(ms(1)).await;
                        assert!(here && task.await.expect("it does not panic"));
                    }
                });
                assert_eq!(answers(&run.expect("it ends")), [""; 0]);
            }
        }
    });
}

#[test]
fn what_is_waited_on_suspicion_is_not_much() {
    let other = thread::Builder::new().name("a test of its own".to_owned());
    let told = other.spawn(|| {
        #[expect(clippy::disallowed_types, reason = "it is to take little real time")]
        let began = std::time::Instant::now();
        let mut ended = 0;
        for _ in 0..100 {
            // A kernel that is busy may hand over a byte too late, and the clock is ahead.
            let Ok(run) = Runner::new().io().run(both_sides(5, ms(20))) else { continue };
            assert_eq!(run.warnings(), [], "the time that was waited is no blocking work");
            ended += 1;
        }
        assert!(ended > 90, "{ended} of 100");
        began.elapsed()
    });
    let real_time = told.expect("a thread").join().expect("it does not panic");
    // 120 ms and one for each run, and what the runs take, which is some 20 ms here.
    assert!(real_time < ms(1_000), "{real_time:?}");
}

#[test]
fn a_failing_assertion_on_such_a_run_says_so() {
    let run = seen(|| run(ask_thread(ms(20)).timed("ask")));
    let told = std::panic::catch_unwind(|| assert_makespan!(run, 2s)).expect_err("it fails");
    let told = told.downcast::<String>().expect("a text");
    assert!(told.contains(&format!("\n  note  {ANSWERED}\n")), "{told}");
    // It is no part of what happened.
    let again = makespan::run(async {}.timed("ask"));
    assert_eq!(run.trace(), again.trace());
}

#[test]
fn an_error_of_such_a_run_says_so() {
    let unended = || {
        let answered = async {
            let _ = ask_thread(ms(20)).await;
            std::future::pending::<()>().await;
        };
        makespan::try_run(answered).expect_err("it does not end").to_string()
    };
    let mut told = (0..10).map(|_| unended());
    assert!(told.any(|told| told.contains(&format!("\n  note: {ANSWERED}"))));
}

#[test]
fn a_panic_of_such_a_run_goes_through_and_it_is_told_on_standard_error() {
    const NAME: &str = "outside_peers::a_panic_of_such_a_run_goes_through_and_it_is_told_on_\
                        standard_error";
    const PANICS: &str = "OUTSIDE_PEERS_PANIC";
    if std::env::var_os(PANICS).is_some() {
        run(async {
            let answer = ask_thread(ms(20)).await;
            assert!(answer.is_err(), "on purpose");
        });
    }
    let mut told = (0..10).map(|_| again(NAME, [(PANICS, "".as_ref())]));
    let is_seen = |(is_well, told): (bool, String)| {
        assert!(!is_well && told.contains("on purpose"), "{told}");
        told.contains(&format!("makespan: {ANSWERED}\n"))
    };
    assert!(told.any(is_seen));
}

mod waiting {
    use super::*;

    /// More than any answer of these tests takes, on a busy machine too.
    const PATIENCE: Duration = Duration::from_millis(500);

    fn waiting() -> Runner {
        Runner::new().wait_for_outside(PATIENCE)
    }

    #[test]
    fn a_thread_answers_in_no_virtual_time() -> Result<(), makespan::Error> {
        for works in [ms(0), ms(1), ms(100)] {
            let run = waiting().run(ask_thread(works))?;
            assert_eq!((run.output, run.makespan()), (Ok("an answer"), ms(0)));
            assert_eq!(run.warnings(), []);
            assert!(run.real_time() < PATIENCE, "it ends with the run");
        }
        Ok(())
    }

    #[test]
    fn a_server_answers_in_no_virtual_time() -> Result<(), makespan::Error> {
        for works in [ms(0), ms(1), ms(100)] {
            let server = server(works);
            let run = waiting().io().run(ask_server(server, 3))?;
            assert_eq!((run.output, run.makespan()), (3, ms(0)));
            assert_eq!(run.warnings(), []);
        }
        Ok(())
    }

    #[test]
    fn answers_one_after_another_may_take_longer_than_the_patience() -> Result<(), makespan::Error>
    {
        let server = server(ms(100));
        let asked = async {
            // A timer near by, so that the runtime wakes from each park soon.
            let tick = tokio::spawn(async { sleep(ms(2)).await });
            let answered = ask_server(server, 8).await;
            tick.abort();
            answered
        };
        let run = waiting().io().run(asked)?;
        assert_eq!((run.output, run.makespan()), (8, ms(0)));
        assert!(run.real_time() > PATIENCE);
        Ok(())
    }

    #[test]
    fn timers_fire_when_nothing_answers() -> Result<(), makespan::Error> {
        let runner = Runner::new().wait_for_outside(ms(20)).latency("auth", ms(5));
        let run = runner.run(async {
            delay("auth").await;
            let silent = timeout(ms(20), std::future::pending::<()>()).await;
            assert!(silent.is_err());
            tokio::task::spawn_blocking(|| ()).await.expect("it does not panic");
            sleep(Duration::from_secs(86_000)).await;
        })?;
        assert_eq!(run.makespan(), Duration::from_secs(86_000) + ms(25)); // 5 + 20 + ..
        assert_eq!(run.warnings(), []);
        Ok(())
    }

    #[test]
    fn sockets_with_both_sides_in_the_run_take_their_virtual_time() -> Result<(), makespan::Error> {
        let run = Runner::new().wait_for_outside(ms(10)).io().run(both_sides(5, ms(20)))?;
        assert_eq!((run.output, run.makespan()), (5, ms(100))); // 5 * 20
        Ok(())
    }

    #[test]
    fn a_stall_is_reported_when_the_patience_is_over() {
        #[expect(clippy::disallowed_types, reason = "it waits in real time")]
        let began = std::time::Instant::now();
        let stalled = waiting().io().run(std::future::pending::<()>().timed("reply"));
        let (error, real_time) = (stalled.expect_err("it stalls"), began.elapsed());
        assert_eq!(
            error.to_string(),
            "stalled at +0ms: nothing can run, and no timer of tokio's is left\n  \
             unfinished: reply since +0ms"
        );
        // Once, and not at each of the jumps that only look for timers.
        assert!(real_time >= PATIENCE && real_time < 2 * PATIENCE, "{real_time:?}");
    }

    #[test]
    fn the_limit_of_real_time_ends_it() {
        let runner = waiting().wall_limit(ms(200));
        let error = runner.run(std::future::pending::<()>()).expect_err("it does not end");
        assert!(error.is_past_wall_limit() && error.is_waiting_outside(), "{error}");
        let busy = async {
            loop {
                tokio::task::yield_now().await;
            }
        };
        let error = runner.run(busy).map(|run: Run<()>| run.makespan());
        assert!(error.expect_err("it does not end").to_string().starts_with("livelock at +0ms"));
    }

    #[test]
    fn a_panic_goes_through() {
        let panic = std::panic::catch_unwind(|| {
            waiting().run(async {
                sleep(ms(1)).await;
                std::panic::panic_any(42_u8);
            })
        });
        assert_eq!(panic.expect_err("it panicked").downcast_ref::<u8>(), Some(&42));
    }

    #[test]
    fn on_a_wall_clock_it_changes_nothing() -> Result<(), makespan::Error> {
        let runner = Runner::wall(Duration::from_secs(5)).wait_for_outside(Duration::MAX);
        let run = runner.run(sleep_a_little())?;
        assert!(run.makespan() >= ms(5));
        Ok(())
    }

    async fn sleep_a_little() {
        sleep(ms(5)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_recorded_run_cannot_have_it() {
        let error = waiting().record(async {}).await.expect_err("it is somebody's runtime");
        assert!(error.is_misplaced());
        assert_eq!(
            error.to_string(),
            "a recorded run cannot wait for what is outside, since the clock is that of its \
             runtime; use `Runner::run(..)` outside of it"
        );
    }
}
