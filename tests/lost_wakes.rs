//! Code that waits for something and that nobody wakes: it stalls, whatever else wakes
//! its task.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use makespan::{Runner, delay};
use tokio::time::{Instant, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Waits for a flag that a task sets after a delay of 10 ms, which wakes nobody.
async fn lost_wake() {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    tokio::spawn(async move {
        delay("cancel").await;
        set.store(true, Ordering::Relaxed);
    });
    is_set(&flag).await;
}

async fn is_set(flag: &AtomicBool) {
    let poll = || if flag.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending };
    poll_fn(|_| poll()).await;
}

fn runner() -> Runner {
    Runner::new().latency("cancel", ms(10))
}

const NOT_DONE: &str = "not done at the virtual limit of 1d, not counting 10ms of latencies, and \
                        nothing ticks on: stalled, or asleep";

#[test]
fn a_lost_wake_of_the_root_is_a_stall_where_it_was_lost() {
    let error = runner().run(lost_wake()).expect_err("nobody wakes it");
    assert!(error.is_stalled());
    let stalled = "stalled at +10ms: nothing can run, and no timer of tokio's is left";
    assert_eq!(error.to_string().lines().next(), Some(stalled));
}

#[tokio::test(start_paused = true)]
async fn a_lost_wake_of_a_recorded_run_is_not_done() {
    let error = runner().record(lost_wake()).await.expect_err("nobody wakes it");
    assert_eq!(error.to_string(), NOT_DONE);
}

#[tokio::test(start_paused = true)]
async fn other_futures_of_the_task_do_not_hide_a_lost_wake_of_a_recorded_run() {
    let ticking = async || {
        for _ in 0..100 {
            sleep(ms(1)).await;
        }
    };
    let (recorded, ()) = tokio::join!(runner().record(lost_wake()), ticking());
    assert_eq!(recorded.expect_err("nobody wakes it").to_string(), NOT_DONE);
    let recorded = tokio::select! {
        recorded = runner().record(lost_wake()) => Some(recorded),
        () = ticking() => None,
    };
    assert!(recorded.is_none(), "nobody wakes it");
}

#[test]
fn a_lost_wake_is_not_hidden_by_the_watchdog_on_a_wall_clock() {
    let runner = Runner::wall(ms(100)).wall_limit(ms(300)).latency("cancel", ms(10));
    let error = runner.run(lost_wake()).expect_err("nobody wakes it");
    assert!(error.is_past_wall_limit(), "{error}");
}

#[test]
fn a_root_that_wakes_itself_is_polled_again() {
    let polls = Rc::new(Cell::new(0));
    let counted = Rc::clone(&polls);
    let run = makespan::run(poll_fn(move |cx| {
        counted.set(counted.get() + 1);
        cx.waker().wake_by_ref();
        if counted.get() == 5 { Poll::Ready(()) } else { Poll::Pending }
    }));
    assert_eq!((polls.get(), run.makespan()), (5, ms(0)));
}

#[test]
fn a_root_that_has_used_up_its_budget_goes_on() {
    // Tokio makes a task wait that does more than 128 things in one poll.
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    (0..1_000).for_each(|it| sender.send(it).expect("it is open"));
    drop(sender);
    let run = makespan::run(async {
        let mut sum = 0;
        while let Some(it) = receiver.recv().await {
            sum += it;
        }
        sum
    });
    assert_eq!(run.output, 499_500); // 0 + 1 + .. + 999
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run_that_goes_from_one_task_to_another_is_polled_by_both() {
    let flag = Rc::new(Cell::new(false));
    let seen = Rc::clone(&flag);
    let look = poll_fn(move |_| if seen.get() { Poll::Ready(()) } else { Poll::Pending });
    let mut recorded = Box::pin(Runner::new().record(look));
    assert!(tokio_test::task::spawn(recorded.as_mut()).poll().is_pending());
    flag.set(true);
    // The waker of this task is one that the code has not seen.
    assert!(recorded.await.is_ok());
}

#[test]
fn a_task_that_fails_does_not_have_the_root_polled_once_more() {
    let polls = Cell::new(0);
    let error = Runner::new().run(async {
        tokio::spawn(async {
            sleep(ms(5)).await;
            delay("unset").await;
        });
        poll_fn(|_| {
            polls.set(polls.get() + 1);
            Poll::<()>::Pending
        })
        .await;
    });
    assert!(error.expect_err("it has no latency").is_latency());
    assert_eq!(polls.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_wake_in_a_recorded_run_leaves_the_limit_as_it_was() {
    let began = Instant::now();
    let limit = ms(1_000);
    let recorded = runner().virtual_limit(limit).record(lost_wake()).await;
    assert!(recorded.expect_err("nobody wakes it").is_past_virtual_limit());
    assert!(began.elapsed() > limit);
}
