//! The law of code, found by running it.

use std::sync::Arc;
use std::time::Duration;

use makespan::{Error, Law, Runner, Timed, delay, infer, law};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The text of the law that is found.
#[track_caller]
fn found<F: AsyncFn() -> T, T>(code: F) -> String {
    infer(code).expect("a law").to_string()
}

/// What is said where none is found.
#[track_caller]
fn lawless<F: AsyncFn() -> T, T>(code: F) -> String {
    let error: Error = infer(code).expect_err("no law");
    assert!(error.is_lawless(), "{error}");
    error.to_string()
}

#[test]
fn sequences_are_sums() {
    assert_eq!(found(|| delay("a")), "a");
    assert_eq!(found(async || (delay("b").await, delay("a").await)), "b + a");
}

#[test]
fn fan_outs_are_maxima_whichever_way_they_are_written() {
    let by_join = async || tokio::join!(delay("a"), delay("b"), delay("c"));
    assert_eq!(found(by_join), "max(a, b, c)");
    let by_task = async || {
        let tasks = ["a", "b", "c"].map(|name| tokio::spawn(delay(name)));
        for task in tasks {
            task.await.expect("it does not panic");
        }
        delay("d").await;
    };
    assert_eq!(found(by_task), "max(a, b, c) + d");
}

#[test]
fn races_are_minima() {
    let race = async || {
        tokio::select! {
            () = delay("a") => {}
            () = async { delay("b").await; delay("c").await } => {}
        }
        delay("d").await;
    };
    // Branches are polled in random order, so either may start first.
    assert_eq!(infer(race).expect("a law").into_law(), law!(min(a, b + c) + d));
}

#[test]
fn timeouts_are_minima_with_a_constant() {
    let code = async || {
        let _ = timeout(ms(100), delay("call")).await;
        delay("after").await;
    };
    assert_eq!(infer(code).expect("a law").into_law(), law!(min(call, 100ms) + after));
}

#[test]
fn a_timeout_that_hardly_ever_decides_is_not_overlooked() {
    let code = async || {
        let _ = tokio::join!(timeout(ms(1), delay("a")), delay("b"), delay("c"));
    };
    // It shows only where both others take no time at all. There may be no law
    // found, but none without `a`.
    match infer(code) {
        Ok(found) => assert_eq!(found.into_law(), law!(max(min(a, 1ms), b, c))),
        Err(error) => assert!(error.is_lawless(), "{error}"),
    }
}

#[test]
fn constants_are_found() {
    let code = async || {
        sleep(ms(250)).await;
        delay("a").await;
        sleep(ms(7)).await;
    };
    assert_eq!(infer(code).expect("a law").into_law(), law!(a + 257ms));
    assert_eq!(found(async || sleep(ms(300)).await), "300ms");
    assert_eq!(found(async || ()), "0ms");
}

#[test]
fn a_retry_with_backoff_is_found_attempt_by_attempt() {
    let retry = async || {
        for pause in [100, 200, 400] {
            delay("attempt").await;
            sleep(ms(pause)).await;
        }
        delay("attempt").await;
    };
    assert_eq!(infer(retry).expect("a law").into_law(), law!(sum(attempt) + 700ms).places());
}

#[test]
fn graphs_that_are_no_trees_are_found() {
    // `c` waits for both, `d` for `b` alone, through channels.
    let crossed = async || {
        let (to_c, from_a) = oneshot::channel();
        let (notify, notified) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (one, two) = (Arc::clone(&notify), Arc::clone(&notified));
        let a = tokio::spawn(async move {
            delay("a").await;
            to_c.send(()).expect("it waits");
        });
        let b = tokio::spawn(async move {
            delay("b").await;
            one.notify_one();
            two.notify_one();
        });
        let c = tokio::spawn(async move {
            from_a.await.expect("it is sent");
            notify.notified().await;
            delay("c").await;
        });
        let d = tokio::spawn(async move {
            notified.notified().await;
            delay("d").await;
        });
        for task in [a, b, c, d] {
            task.await.expect("it does not panic");
        }
    };
    let law = infer(crossed).expect("a law").into_law();
    assert!(law.equivalent(&law!(max(max(a, b) + c, b + d))), "{law}");
}

#[test]
fn fifty_calls_side_by_side_are_found_whole() {
    let names: Vec<_> = (0..50).map(|number| format!("call{number}")).collect();
    let code = async || {
        let tasks: Vec<_> = names.iter().map(|name| tokio::spawn(delay(name.as_str()))).collect();
        for task in tasks {
            task.await.expect("it does not panic");
        }
    };
    assert_eq!(found(code), format!("max({})", names.join(", ")));
}

#[test]
fn many_steps_of_one_name_are_spoken_of_as_one() {
    let workers = async || {
        let tasks = [(); 6].map(|()| tokio::spawn(delay("worker")));
        for task in tasks {
            task.await.expect("it does not panic");
        }
    };
    assert_eq!(found(workers), "max(worker)");
    let attempts = async || {
        for _ in 0..5 {
            delay("attempt").await;
        }
    };
    assert_eq!(found(attempts), "sum(attempt)");
}

#[test]
fn bounded_concurrency_is_list_scheduling() {
    let code = async || {
        let permits = Arc::new(Semaphore::new(3));
        let jobs = [(); 7].map(|()| {
            let permits = Arc::clone(&permits);
            tokio::spawn(async move {
                let _permit = permits.acquire().await.expect("nobody closes it");
                delay("job").await;
            })
        });
        for job in jobs {
            job.await.expect("it does not panic");
        }
    };
    assert_eq!(found(code), "limit(3, job)");
}

#[test]
fn a_hand_over_through_a_channel_is_found() {
    let code = async || {
        let (sender, mut receiver) = mpsc::channel(1);
        let producer = tokio::spawn(async move {
            delay("make").await;
            sender.send(()).await.expect("it is received");
        });
        receiver.recv().await.expect("it is sent");
        delay("use").await;
        producer.await.expect("it does not panic");
    };
    assert_eq!(found(code), "make + use");
}

#[test]
fn a_race_whose_winner_decides_what_follows_is_no_minimum() {
    let code = async || {
        let first = tokio::select! {
            () = delay("a") => true,
            () = delay("b") => false,
        };
        sleep(ms(if first { 100 } else { 200 })).await;
    };
    let told = lawless(code);
    assert!(told.starts_with("no law found: "), "{told}");
}

#[test]
fn a_branch_on_a_latency_has_no_law() {
    let code = async || {
        let began = Instant::now();
        delay("fetch").await;
        if began.elapsed() > ms(5_000) {
            delay("report").await;
        }
    };
    let told = lawless(code);
    assert!(told.contains("fetch = "), "{told}");
}

#[test]
fn waiting_in_rounds_has_no_law() {
    let code = async || {
        let work = tokio::spawn(delay("work"));
        while !work.is_finished() {
            sleep(ms(100)).await;
        }
    };
    lawless(code);
}

#[test]
fn code_that_never_ends_is_an_error_of_its_own() {
    let error = infer(std::future::pending::<()>).expect_err("it never ends");
    assert!(error.is_stalled(), "{error}");
    let limited = Runner::new().virtual_limit(ms(10)).infer(async || sleep(ms(11)).await);
    assert!(limited.expect_err("it is too long").is_past_virtual_limit());
}

#[test]
fn steps_that_are_only_timed_have_no_part_in_a_law() {
    let code = async || {
        async { delay("inner").await }.timed("outer").await;
        sleep(ms(5)).timed("own").await;
    };
    assert_eq!(found(code), "inner + 5ms");
}

#[test]
fn the_law_is_the_same_text_every_time() {
    let code = async || {
        delay("auth").await;
        tokio::join!(delay("profile"), async {
            delay("orders").await;
            sleep(ms(30)).await
        });
    };
    let first = found(code);
    assert_eq!(first, "auth + max(profile, orders + 30ms)");
    for _ in 0..5 {
        assert_eq!(found(code), first);
    }
}

/// A law in which steps of one name are spoken of by their places.
trait Places {
    fn places(&self) -> Law;
}

impl Places for Law {
    fn places(&self) -> Law {
        let four = "attempt[0] + attempt[1] + attempt[2] + attempt[3]";
        self.to_string().replace("sum(attempt)", four).parse().expect("a law")
    }
}
