//! Laws in the words of spans.

use makespan::{Checker, SpanLayer, assert_law, assert_order, delay, infer, law};
use tokio::time::{sleep, timeout};
use tracing::{Instrument, info_span, instrument};

use super::{ms, pause};

/// What a test hands to the code in place of a client: it knows no names.
#[derive(Debug)]
struct Fake;

impl Fake {
    async fn get(&self) {
        delay("http").await;
    }
}

#[instrument]
async fn auth(client: &Fake) {
    client.get().await;
}

#[instrument]
async fn profile(client: &Fake) {
    client.get().await;
}

#[instrument]
async fn orders(client: &Fake) {
    client.get().await;
}

#[instrument]
async fn dashboard(client: &Fake) {
    auth(client).await;
    tokio::join!(profile(client), orders(client));
}

#[instrument]
async fn one_by_one(client: &Fake) {
    auth(client).await;
    profile(client).await;
    orders(client).await;
}

#[test]
fn a_run_is_held_to_a_law_of_spans() {
    let _spans = SpanLayer::new().set_default();
    let run = makespan::run(async {
        let of = |name: &'static str| match name {
            "auth" => info_span!("auth"),
            "profile" => info_span!("profile"),
            _ => info_span!("orders"),
        };
        sleep(ms(20)).instrument(of("auth")).await;
        tokio::join!(
            sleep(ms(50)).instrument(of("profile")),
            sleep(ms(330)).instrument(of("orders"))
        );
    });
    assert_law!(run, auth + max(profile, orders)); // 20 + max(50, 330)
    assert_order!(run, auth.finish <= profile.start, profile.start < orders.finish);
    assert!(law!(auth + profile + orders).verify(run.trace()).is_err());
}

#[test]
fn a_law_does_not_hang_on_a_span_that_was_cut() {
    let _spans = SpanLayer::new().set_default();
    let run = makespan::run(async { timeout(ms(4), pause(9)).await.is_err() });
    assert_law!(run, min(pause, 4ms));
    let error = law!(pause).verify(run.trace()).expect_err("nobody knows");
    assert!(error.to_string().contains("hangs on `pause`, which was cut after 4ms"), "{error}");
}

#[test]
fn code_is_held_to_a_law_of_spans() {
    let _spans = SpanLayer::new().set_default();
    assert_law!(dashboard(&Fake) => auth + max(profile, orders));
    assert_law!(dashboard(&Fake) => dashboard);
    assert_law!(dashboard(&Fake) => http[0] + max(http[1], http[2]));
}

#[test]
fn spans_that_were_cut_or_never_entered_leave_a_law_decided() {
    let _spans = SpanLayer::new().set_default();
    let hedged = async || {
        tokio::select! {
            () = profile(&Fake) => {}
            () = async { sleep(ms(50)).await; orders(&Fake).await } => {}
        }
    };
    assert_law!(hedged() => min(profile, 50ms + orders));
    assert_law!(timeout(ms(300), profile(&Fake)) => min(profile, 300ms));
    let wrong = law!(min(profile, orders));
    assert!(Checker::new().without_seeds().verify(hedged, &wrong).is_err());
}

#[test]
fn a_law_of_spans_that_is_broken_is_told_in_their_words() {
    let _spans = SpanLayer::new().set_default();
    let law = law!(auth + max(profile, orders));
    let verdict = Checker::new().without_seeds().verify(async || one_by_one(&Fake).await, &law);
    let failure = verdict.expect_err("it is broken").to_string();
    for line in [
        "  law       auth + max(profile, orders)\n",
        "  observed  auth + profile + orders     profile and orders run one after the other\n",
        "  when      http[0] = 0ms, http[1] = 1ms, http[2] = 1ms ",
        "  expected  +1ms\n",
        "  actual    +2ms ",
    ] {
        assert!(failure.contains(line), "{line}\n{failure}");
    }
}

#[test]
fn a_checker_speaks_of_delays_by_their_own_names() {
    let _spans = SpanLayer::new().set_default();
    let code = async || dashboard(&Fake).await;
    let checker = || Checker::new().without_seeds().cases(32);
    // Only ranges in which `profile` decides make this a law.
    let decided = law!(auth + profile);
    let ranged = checker().latency("http[1]", ms(10)..).latency("http[2]", ..ms(10));
    assert!(ranged.verify(code, &decided).is_ok());
    let failure = checker().case([("http[2]", ms(7))]).verify(code, &decided);
    let failure = failure.expect_err("it is broken").to_string();
    assert!(failure.contains("when      http[0] = 0ms, http[1] = 0ms, http[2] = 7ms"), "{failure}");
}

#[track_caller]
fn found<F: AsyncFn() -> T, T>(code: F) -> String {
    let _spans = SpanLayer::new().set_default();
    infer(code).expect("a law").to_string()
}

#[test]
fn a_delay_that_is_all_of_a_span_goes_by_its_name() {
    assert_eq!(found(async || dashboard(&Fake).await), "auth + max(profile, orders)");
    assert_eq!(found(async || one_by_one(&Fake).await), "auth + profile + orders");
    let pages = async || {
        for _ in 0..3 {
            profile(&Fake).await;
        }
    };
    assert_eq!(found(pages), "sum(profile)");
    // Without the layer there are no such words.
    let plain = infer(async || dashboard(&Fake).await).expect("a law");
    assert_eq!(plain.to_string(), "http[0] + max(http[1], http[2])");
}

#[test]
fn names_of_spans_tell_delays_apart_whose_order_hangs_on_latencies() {
    let crossed = async || {
        tokio::join!(
            async {
                auth(&Fake).await;
                profile(&Fake).await;
            },
            async {
                orders(&Fake).await;
                Fake.get().instrument(info_span!("cart")).await;
            }
        );
    };
    assert_eq!(found(crossed), "max(auth + profile, orders + cart)");
}

#[test]
fn races_and_timeouts_of_spans_are_found() {
    let hedged = async || {
        tokio::select! {
            () = profile(&Fake) => {}
            () = async { sleep(ms(50)).await; orders(&Fake).await } => {}
        }
    };
    assert_eq!(found(hedged), "min(profile, 50ms + orders)");
    let bounded = async || timeout(ms(300), profile(&Fake)).await.is_err();
    assert_eq!(found(bounded), "min(300ms, profile)");
    let spawned = async || {
        let tasks = [tokio::spawn(profile(&Fake)), tokio::spawn(orders(&Fake))];
        for task in tasks {
            task.await.expect("it does not panic");
        }
    };
    assert_eq!(found(spawned), "max(profile, orders)");
}

#[test]
fn a_span_that_is_more_than_a_delay_gives_it_no_name() {
    #[instrument]
    async fn two() {
        delay("connect").await;
        delay("body").await;
    }
    #[instrument]
    async fn side_by_side() {
        tokio::join!(delay("left"), delay("right"));
    }
    #[instrument]
    async fn with_pause() {
        delay("try").await;
        sleep(ms(5)).await;
    }
    #[instrument]
    async fn after_pause() {
        sleep(ms(5)).await;
        delay("late").await;
    }
    assert_eq!(found(two), "connect + body");
    assert_eq!(found(after_pause), "5ms + late");
    assert_eq!(found(side_by_side), "max(left, right)");
    assert_eq!(found(with_pause), "try + 5ms");
    let mixed = async || {
        two().await;
        profile(&Fake).await;
        with_pause().await;
    };
    assert_eq!(found(mixed), "connect + body + profile + try + 5ms");
    // Only now and then it is more.
    let sometimes = async || {
        let began = tokio::time::Instant::now();
        async {
            delay("first").await;
            if began.elapsed() > ms(700) {
                delay("second").await;
            }
        }
        .instrument(info_span!("fetch"))
        .await;
    };
    let _spans = SpanLayer::new().set_default();
    assert!(infer(sometimes).expect_err("no law").is_lawless());
}

#[test]
fn what_is_found_is_a_law_of_the_trace() {
    // A delay and a span of one name are told apart by their places.
    #[instrument]
    async fn fetch() {
        delay("fetch").await;
    }
    let twice = async || {
        fetch().await;
        sleep(ms(3)).await;
        fetch().await;
    };
    let _spans = SpanLayer::new().set_default();
    let law = infer(twice).expect("a law");
    assert_eq!(law.to_string(), "fetch[0] + 3ms + fetch[2]");
    assert!(Checker::new().without_seeds().cases(16).verify(twice, &law).is_ok());
}

#[test]
fn spans_without_a_delay_have_no_part_in_what_is_found() {
    let code = async || {
        pause(5).await;
        profile(&Fake).await;
    };
    assert_eq!(found(code), "5ms + profile");
}
