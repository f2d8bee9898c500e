//! A span closes when its future is done, and just so when it is dropped: which of
//! them it was.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use makespan::{End, Runner, SpanLayer, Trace, delay};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{Instrument, info_span, instrument};

use super::{ms, pause};

/// Polls a future, and goes on whatever comes of it.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(move |cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Runs code whose delays take 10 ms.
fn trace<F: Future>(future: F) -> Trace {
    let _spans = SpanLayer::new().set_default();
    let runner = Runner::new().latency("http", ms(10));
    runner.run(future).expect("it ends").into_trace()
}

/// How each step ended, and when, in the order of starts.
fn ends(trace: &Trace) -> Vec<String> {
    let told = |end: End| match end {
        End::Finished(at) => format!("done {at}"),
        End::Cancelled(at) => format!("cut {at}"),
        _ => "open".to_owned(),
    };
    trace.steps().iter().map(|step| format!("{} {}", step.name, told(step.end))).collect()
}

#[instrument]
async fn get() {
    delay("http").await;
}

#[instrument]
async fn by_attribute<F: Future + std::fmt::Debug>(future: F) -> F::Output {
    future.await
}

#[test]
fn what_is_done_finishes() {
    assert_eq!(ends(&trace(get())), ["get done +10ms", "http done +10ms"]);
    assert_eq!(ends(&trace(by_attribute(delay("http"))))[0], "by_attribute done +10ms");
    // A span right around something that keeps its waker when it is done.
    let bare = async { sleep(ms(5)).instrument(info_span!("bare")).await };
    assert_eq!(ends(&trace(bare)), ["bare done +5ms"]);
    let at_once = async { async {}.instrument(info_span!("at_once")).await };
    assert_eq!(ends(&trace(at_once)), ["at_once done +0ms"]);
}

#[test]
fn what_is_done_in_tasks_and_joins_finishes() {
    let code = async {
        let mut tasks = JoinSet::new();
        tasks.spawn(pause(5));
        tasks.spawn(sleep(ms(5)).instrument(info_span!("bare")));
        tokio::join!(pause(3), sleep(ms(3)).instrument(info_span!("joined")), pause(7));
        while tasks.join_next().await.is_some() {}
        tokio::spawn(pause(1)).await.expect("it does not panic");
    };
    let trace = trace(code);
    assert_eq!(trace.steps().len(), 6);
    let is_done = |end| matches!(end, End::Finished(_));
    assert!(trace.steps().iter().all(|step| is_done(step.end)), "{trace}");
}

#[test]
fn what_a_timeout_cuts_is_cancelled() {
    let of_a_fake = async { timeout(ms(4), get()).await.is_err() };
    assert_eq!(ends(&trace(of_a_fake)), ["get cut +4ms", "http cut +4ms"]);
    // What it waits for is neither a delay nor a span.
    let of_a_sleep = async { timeout(ms(4), pause(9)).await.is_err() };
    assert_eq!(ends(&trace(of_a_sleep)), ["pause cut +4ms"]);
    let (_sender, receiver) = oneshot::channel::<()>();
    let of_a_channel = async { timeout(ms(4), by_attribute(receiver)).await.is_err() };
    assert_eq!(ends(&trace(of_a_channel)), ["by_attribute cut +4ms"]);
    let in_a_task = async {
        tokio::spawn(async { timeout(ms(4), get()).await.is_err() }).await.expect("no panic")
    };
    assert_eq!(ends(&trace(in_a_task)), ["get cut +4ms", "http cut +4ms"]);
}

#[test]
fn what_contains_something_that_is_cut_may_finish() {
    #[instrument]
    async fn bounded() {
        let _ = timeout(ms(4), get()).await;
    }
    assert_eq!(ends(&trace(bounded())), ["bounded done +4ms", "get cut +4ms", "http cut +4ms"]);
}

#[test]
fn who_loses_a_race_is_cancelled_and_who_wins_is_not() {
    let by_attribute = || async {
        tokio::select! { biased; () = pause(9) => {}, () = get() => {}, () = pause(10) => {} }
    };
    let ended = ["pause[0] done +9ms", "get cut +9ms", "http cut +9ms", "pause[1] cut +9ms"];
    for _ in 0..8 {
        assert_eq!(ends(&trace(by_attribute())), ended);
    }
    // The futures are dropped in the order in which they are written, the winner
    // behind a loser.
    let by_method = async {
        tokio::select! {
            biased;
            () = sleep(ms(9)).instrument(info_span!("loser")) => {}
            () = async { delay("http").await }.instrument(info_span!("fake_loser")) => {}
            () = async { sleep(ms(5)).await }.instrument(info_span!("winner")) => {}
        }
    };
    let ended = ["loser cut +5ms", "fake_loser cut +5ms", "http cut +5ms", "winner done +5ms"];
    assert_eq!(ends(&trace(by_method)), ended);
}

#[test]
fn what_is_aborted_or_dropped_later_is_cancelled() {
    let aborted = async {
        let task = tokio::spawn(pause(9));
        sleep(ms(2)).await;
        task.abort();
        assert!(task.await.is_err());
    };
    assert_eq!(ends(&trace(aborted)), ["pause cut +2ms"]);
    let dropped = async {
        let mut tasks = JoinSet::new();
        tasks.spawn(get());
        sleep(ms(2)).await;
        drop(tasks);
        sleep(ms(1)).await;
    };
    assert_eq!(ends(&trace(dropped)), ["get cut +2ms", "http cut +2ms"]);
    let polled_once = async {
        let mut future = Box::pin(pause(9));
        assert_eq!(poll_once(future.as_mut()).await, Poll::Pending);
        sleep(ms(3)).await;
        drop(future);
    };
    assert_eq!(ends(&trace(polled_once)), ["pause cut +3ms"]);
}

#[test]
fn what_is_cut_in_its_first_poll_is_cancelled_where_a_step_is() {
    let code = async {
        let mut future = Box::pin(get());
        assert_eq!(poll_once(future.as_mut()).await, Poll::Pending);
    };
    assert_eq!(ends(&trace(code)), ["get cut +0ms", "http cut +0ms"]);
}

#[test]
fn a_panic_cancels_what_it_goes_through() {
    #[instrument]
    async fn fragile() {
        sleep(ms(1)).await;
        panic!("on purpose");
    }
    let code = async {
        assert!(tokio::spawn(fragile()).await.is_err());
        pause(1).await;
    };
    assert_eq!(ends(&trace(code)), ["fragile cut +1ms", "pause done +2ms"]);
}

#[test]
fn what_is_done_with_the_run_or_left_over_is_told() {
    let code = async {
        tokio::spawn(pause(9));
        pause(2).await;
    };
    assert_eq!(ends(&trace(code)), ["pause[0] done +2ms", "pause[1] open"]);
}

#[test]
fn what_is_entered_when_the_run_is_over_is_no_step() {
    let code = async {
        // It is dropped with the runtime, which enters its span, before it was polled.
        tokio::spawn(sleep(ms(1)).instrument(info_span!("late")));
        info_span!("late").in_scope(|| ());
    };
    assert_eq!(ends(&trace(code)), ["late done +0ms"]);
}

/// A poll that enters its span by hand, as middleware does; its drop does not.
struct ByHand<F>(tracing::Span, F);

impl<F: Future + Unpin> Future for ByHand<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.0.enter();
        pin!(&mut this.1).poll(cx)
    }
}

#[test]
fn a_future_that_enters_its_span_by_hand_finishes() {
    let code = async { ByHand(info_span!("by_hand"), Box::pin(get())).await };
    let ended = ["by_hand done +10ms", "get done +10ms", "http done +10ms"];
    assert_eq!(ends(&trace(code)), ended);
}

#[test]
fn a_span_that_is_entered_twice_at_once_is_entered_once() {
    let twice = |span: tracing::Span| sleep(ms(9)).instrument(span.clone()).instrument(span);
    let code = async { timeout(ms(4), twice(info_span!("cut"))).await.is_err() };
    assert_eq!(ends(&trace(code)), ["cut cut +4ms"]);
    let code = async { twice(info_span!("done")).await };
    assert_eq!(ends(&trace(code)), ["done done +9ms"]);
}

#[test]
fn a_task_that_lets_go_of_what_the_root_waits_for_finishes() {
    let code = async {
        let (sender, mut receiver) = mpsc::channel::<()>(1);
        // The sender goes with the future, after its last poll.
        let work =
            poll_fn(move |_| if sender.is_closed() { Poll::Pending } else { Poll::Ready(()) });
        tokio::spawn(work.instrument(info_span!("work")));
        receiver.recv().await
    };
    assert_eq!(ends(&trace(code)), ["work done +0ms"]);
}

// What the documentation confesses.

#[test]
fn a_bare_sleep_that_is_cut_in_a_spawned_task_counts_as_finished() {
    let code = async {
        tokio::spawn(async { timeout(ms(4), pause(9)).await.is_err() }).await.expect("no panic")
    };
    assert_eq!(ends(&trace(code)), ["pause done +4ms"]);
}

#[test]
fn what_is_kept_when_it_is_done_counts_as_cancelled_when_it_goes() {
    let code = async {
        let mut kept = Box::pin(async { sleep(ms(1)).await }.instrument(info_span!("kept")));
        kept.as_mut().await;
        sleep(ms(2)).await;
        drop(kept);
    };
    assert_eq!(ends(&trace(code)), ["kept cut +3ms"]);
}

#[test]
fn a_bare_sleep_that_is_cut_in_its_first_poll_counts_as_finished() {
    let code = async {
        let mut future = Box::pin(pause(9));
        assert_eq!(poll_once(future.as_mut()).await, Poll::Pending);
    };
    assert_eq!(ends(&trace(code)), ["pause done +0ms"]);
}

#[test]
fn what_is_dropped_before_its_first_poll_is_a_step_of_no_time() {
    let code = async {
        drop(get().instrument(info_span!("by_method")));
        drop(get());
    };
    assert_eq!(ends(&trace(code)), ["by_method done +0ms"]);
}

#[test]
fn a_timeout_with_a_span_right_around_it_counts_as_cancelled_with_its_delay() {
    let code = async { timeout(ms(4), get()).instrument(info_span!("bounded")).await.is_err() };
    assert_eq!(ends(&trace(code))[0], "bounded cut +4ms");
    let in_a_block = async {
        async { timeout(ms(4), get()).await.is_err() }.instrument(info_span!("bounded")).await
    };
    assert_eq!(ends(&trace(in_a_block))[0], "bounded done +4ms");
}
