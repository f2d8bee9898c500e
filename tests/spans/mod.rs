//! Spans of `tracing` as steps.

mod ending;
mod laws;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use makespan::{Run, Runner, SpanLayer, StepName, TaskId, assert_log, delay};
use tokio::time::sleep;
use tracing::{Instrument, Level, Span, debug_span, info, info_span, instrument, trace_span};
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Runs a future with every span a step.
#[track_caller]
fn run<F: Future>(future: F) -> Run<F::Output> {
    let _spans = SpanLayer::new().set_default();
    makespan::run(future)
}

#[instrument]
async fn pause(millis: u64) {
    sleep(ms(millis)).await;
}

/// The names of a run's steps.
fn names<T>(run: &Run<T>) -> Vec<String> {
    run.trace().steps().iter().map(|step| step.name.to_string()).collect()
}

#[test]
fn spans_are_steps_with_those_inside_them() {
    #[instrument]
    async fn dashboard() {
        pause(20).await;
        tokio::join!(pause(50), pause(30));
    }
    let run = run(dashboard());
    assert_log!(
        run,
        "+0ms dashboard starts",
        "+0ms pause[0] starts",
        "+20ms pause[0] finishes",
        "+20ms pause[1] starts",
        "+20ms pause[2] starts",
        "+50ms pause[2] finishes",
        "+70ms pause[1] finishes",
        "+70ms dashboard finishes",
    );
}

#[test]
fn a_step_starts_at_the_first_enter_and_ends_when_the_span_closes() {
    let run = run(async {
        let span = info_span!("by_hand");
        let never = info_span!("never_entered");
        sleep(ms(1)).await;
        span.in_scope(|| ());
        sleep(ms(2)).await;
        span.in_scope(|| ());
        sleep(ms(4)).await;
        drop((span, never));
        sleep(ms(8)).await;
    });
    assert_log!(run, "+1ms by_hand starts", "+7ms by_hand finishes"); // 1, 1 + 2 + 4
}

#[test]
fn a_span_stays_open_for_its_children() {
    let run = run(async {
        let parent = info_span!("parent");
        let child = parent.in_scope(|| info_span!("child"));
        drop(parent);
        sleep(ms(3)).instrument(child).await;
    });
    assert_log!(run, exactly: "+0ms parent starts", "+0ms child starts", "+3ms child finishes",
        "+3ms parent finishes");
}

#[test]
fn functions_that_do_not_wait_take_no_time() {
    #[instrument]
    fn parse() {}
    let run = run(async {
        sleep(ms(5)).await;
        parse();
    });
    assert_log!(run, "+5ms parse starts", "+5ms parse finishes");
}

#[test]
fn spans_belong_to_the_task_that_enters_them_first() {
    let run = run(async {
        tokio::spawn(pause(5)).await.expect("it does not panic");
        tokio::spawn(async {}.instrument(info_span!("other"))).await.expect("it does not panic");
        pause(1).await;
    });
    let tasks: Vec<_> = run.trace().steps().iter().map(|step| step.task).collect();
    assert_eq!(names(&run), ["pause[0]", "other", "pause[1]"]);
    assert_eq!(tasks, [TaskId::new(1), TaskId::new(2), TaskId::ROOT]);
}

#[test]
fn events_and_causes_are_no_steps() {
    let run = run(async {
        info!("an event outside of all spans");
        let cause = info_span!("cause");
        async {
            info!("an event in a span");
            Span::current().record("field", 1);
            Span::current().follows_from(&cause);
            sleep(ms(1)).await;
        }
        .instrument(info_span!("effect", field = tracing::field::Empty))
        .await;
    });
    assert_eq!(names(&run), ["effect"]);
}

#[test]
fn any_text_may_name_a_span() {
    #[instrument(name = "GET /orders\n\"\u{202e}<script>")]
    async fn odd() {
        sleep(ms(1)).await;
    }
    let run = run(odd());
    let line = "\"GET /orders\\n\\\"\\u{202e}<script>\" starts";
    assert!(run.trace().to_string().contains(line), "{}", run.trace());
}

#[test]
fn spans_of_a_filter_are_steps_and_no_others() {
    let code = || async {
        let of_target = info_span!(target: "shop::api", "of_target");
        let of_level = debug_span!("of_level");
        let within = async { sleep(ms(1)).instrument(trace_span!("inner")).await };
        within.instrument(of_level).instrument(of_target).await;
    };
    let names_with = |layer: SpanLayer| {
        let _spans = layer.set_default();
        names(&makespan::run(code()))
    };
    assert_eq!(names_with(SpanLayer::new()), ["of_target", "of_level", "inner"]);
    let by_level = SpanLayer::new().only(|span| *span.level() <= Level::DEBUG);
    assert_eq!(names_with(by_level), ["of_target", "of_level"]);
    let by_target = SpanLayer::new().only(|span| span.target().starts_with("shop"));
    assert_eq!(names_with(by_target), ["of_target"]);
    let by_name = SpanLayer::new().only(|span| ["inner", "no"].contains(&span.name()));
    assert_eq!(names_with(by_name), ["inner"]);
    assert_eq!(names_with(SpanLayer::new().only(|_| false)), [""; 0]);
}

#[test]
fn without_the_layer_spans_are_no_steps() {
    {
        let _spans = SpanLayer::new().set_default();
    }
    assert_eq!(names(&makespan::run(pause(1))), [""; 0]);
}

/// A layer of somebody else's, which counts the spans that it is told of.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Counting {
    fn on_new_span(
        &self,
        _: &tracing::span::Attributes<'_>,
        _: &tracing::Id,
        _: LayerContext<'_, S>,
    ) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn it_is_a_layer_among_others() {
    let counting = Counting::default();
    let subscriber = Registry::default().with(counting.clone()).with(SpanLayer::new());
    let _subscribed = subscriber.set_default();
    assert_eq!(names(&makespan::run(pause(1))), ["pause"]);
    assert_eq!(counting.0.load(Ordering::Relaxed), 1);
    {
        // Instead of what is there, and for as long as the guard lives.
        let _spans = SpanLayer::new().set_default();
        assert_eq!(names(&makespan::run(pause(1))), ["pause"]);
    }
    assert_eq!(counting.0.load(Ordering::Relaxed), 1);
    drop(info_span!("outside"));
    assert_eq!(counting.0.load(Ordering::Relaxed), 2);
}

#[test]
fn twice_in_one_subscriber_it_makes_one_step_of_a_span() {
    let twice = Registry::default().with(SpanLayer::new()).with(SpanLayer::new());
    let _subscribed = twice.set_default();
    let run = makespan::run(async {
        pause(2).await;
        let _ = tokio::time::timeout(ms(1), pause(2)).await;
    });
    assert_log!(
        run,
        "+0ms pause[0] starts",
        "+2ms pause[0] finishes",
        "+2ms pause[1] starts",
        "+3ms pause[1] cancelled"
    );
}

#[test]
fn spans_outside_of_a_run_are_left_alone() {
    let _spans = SpanLayer::new().set_default();
    let (before, kept) = (info_span!("before"), info_span!("kept"));
    let made_before = info_span!("made_before");
    before.in_scope(|| ());
    let run = makespan::run(async {
        before.in_scope(|| ());
        kept.in_scope(|| ());
        made_before.in_scope(|| ());
        drop(made_before);
        sleep(ms(1)).await;
    });
    // What was entered before the run has started before it.
    assert_eq!(names(&run), ["kept", "made_before"]);
    assert_eq!(run.trace().unfinished().len(), 1);
    // Of another run it is no step.
    let later = makespan::run(async move {
        kept.in_scope(|| ());
        drop((before, kept));
        pause(1).await;
    });
    assert_eq!(names(&later), ["pause"]);
}

#[test]
fn spans_of_scenarios_do_not_disturb_them() {
    let _spans = SpanLayer::new().set_default();
    let _entered = info_span!("around").entered();
    assert!(makespan::scenario!(spawn(a: 2ms, b: 1ms)).verify().is_ok());
}

#[test]
fn spans_on_other_threads_are_no_steps() {
    let _spans = SpanLayer::new().set_default();
    let run = makespan::run(async {
        let (span, made_here) = (info_span!("both"), info_span!("made_here"));
        span.in_scope(|| ());
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let elsewhere = std::thread::spawn(move || {
            tracing::dispatcher::with_default(&dispatch, || {
                span.in_scope(|| ());
                made_here.in_scope(|| ());
                info_span!("elsewhere").in_scope(|| ());
                // It closes there, so its step is not seen to end.
                drop(span);
                made_here
            })
        });
        let made_here = elsewhere.join().expect("it does not panic");
        made_here.in_scope(|| ());
    });
    assert_eq!(names(&run), ["both"]);
    assert_eq!(run.trace().unfinished().len(), 1);
}

#[test]
fn spans_that_are_left_in_any_order_do_not_disturb_a_run() {
    let run = run(async {
        let (outer, inner) = (info_span!("outer"), info_span!("inner"));
        // Guards that are kept while something else goes on.
        let (first, second) = (outer.clone().entered(), inner.entered());
        tokio::spawn(pause(1)).await.expect("it does not panic");
        let (third, fourth) = (outer.clone().entered(), outer.entered());
        drop(first);
        sleep(ms(1)).await;
        drop((second, third, fourth));
    });
    assert_log!(
        run,
        "+0ms outer starts",
        "+0ms inner starts",
        "+0ms pause starts",
        "+1ms pause finishes",
        "+2ms inner finishes",
        "+2ms outer finishes"
    );
}

/// A waker that enters a span whenever it wakes.
struct Instrumented;

impl Wake for Instrumented {
    fn wake(self: Arc<Self>) {
        info_span!("wakes").in_scope(|| ());
    }
}

#[test]
fn spans_that_are_entered_while_the_recorder_is_busy_are_left_out() {
    let _spans = SpanLayer::new().set_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let waker = Waker::from(Arc::new(Instrumented));
    let error = runtime.block_on(async {
        // Nobody says how long it takes, so the recorder wakes the root.
        let mut recorded = pin!(Runner::new().record(delay("unset")));
        loop {
            match recorded.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(ended) => break ended.expect_err("it has no latency"),
                Poll::Pending => tokio::task::yield_now().await,
            }
        }
    });
    assert!(error.is_latency(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run_has_spans_too() {
    let _spans = SpanLayer::new().set_default();
    let run = makespan::record(async { tokio::join!(pause(2), pause(1)) }).await;
    assert_eq!(names(&run), ["pause[0]", "pause[1]"]);
    assert_eq!(run.makespan(), ms(2));
}

#[test]
fn a_stalled_run_names_the_spans_that_wait() {
    let _spans = SpanLayer::new().set_default();
    let stalled = async {
        pause(3).await;
        std::future::pending::<()>().instrument(info_span!("reply")).await;
    };
    let error = makespan::try_run(stalled).expect_err("it never ends");
    assert!(error.to_string().contains("unfinished: reply since +3ms"), "{error}");
}

#[test]
fn the_layer_says_what_it_takes() {
    assert_eq!(format!("{:?}", SpanLayer::default()), "SpanLayer { takes_all: true }");
    let none = SpanLayer::new().only(|_| false);
    assert_eq!(format!("{none:?}"), "SpanLayer { takes_all: false }");
}

#[test]
fn a_span_stands_for_the_delays_in_it_of_which_nothing_is_said() {
    async fn fetch(name: &str) {
        delay(name).await;
    }
    let _spans = SpanLayer::new().set_default();
    let runner = Runner::new()
        .latency("profile", ms(20))
        .latency(StepName::new("orders", Some(1)), ms(7))
        .latency("orders", ms(5))
        .latency("cache", ms(1));
    let run = runner.run(async {
        fetch("http").instrument(info_span!("profile")).await;
        fetch("http").instrument(info_span!("orders")).await;
        fetch("http").instrument(info_span!("orders")).await;
        fetch("cache").instrument(info_span!("orders")).await;
    });
    assert_eq!(run.expect("it ends").makespan(), ms(20 + 5 + 7 + 1));
    // The innermost span, and none that has been left.
    let around = async {
        fetch("http").instrument(info_span!("profile")).await;
        fetch("http").await;
    };
    let run = runner.run(around.instrument(info_span!("orders")));
    assert_eq!(run.expect("it ends").makespan(), ms(20 + 5));
    let inside = fetch("http").instrument(info_span!("inner")).instrument(info_span!("profile"));
    assert!(runner.run(inside).expect_err("it has no latency").is_latency());
    let behind = runner.run(async {
        info_span!("profile").in_scope(|| ());
        fetch("http").await;
    });
    assert!(behind.expect_err("it has no latency").is_latency());
}
