//! What goes wrong only at a tie, beside a limit, or far away from both.

use std::sync::Arc;
use std::time::Duration;

use makespan::delay;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{ms, pairs};

pairs! {
    numbers_at_one_instant_do_not_wait { stamped(counted), stamped(clocked) => max(a, b) }
    numbers_of_chains_do_not_wait { chained(counted), chained(clocked) => max(a, b + c) }
    a_limit_lets_pass_what_takes_as_long { lenient(), strict() => max(reply, 100ms) }
    nothing_is_lost_at_one_instant { kept(), lost() => max(setup, other) + serve }
    a_slow_answer_is_not_asked_for_again { patient(), impatient() => reply[0] }
    two_slow_answers_are_no_outage { steady(), broken() => max(left, right) }
    what_takes_hours_is_not_cut { steady(), cut_after_an_hour() => max(left, right) }
    a_sum_beside_a_limit_is_exact { limited(ms(100)), limited_roughly() => min(connect + read, 100ms) }
}

type Last = Mutex<Option<Instant>>;

/// A number for what happens now: the instant, and a count for those that share it.
async fn counted(last: &Last) {
    *last.lock().await = Some(Instant::now());
}

/// The same without a count: it waits until the clock shows another instant.
async fn clocked(last: &Last) {
    let mut last = last.lock().await;
    while *last == Some(Instant::now()) {
        sleep(ms(1)).await;
    }
    *last = Some(Instant::now());
}

async fn stamped(number: impl AsyncFn(&Last)) {
    let last = Mutex::new(None);
    let call = async |name: &'static str| {
        delay(name).await;
        number(&last).await;
    };
    tokio::join!(call("a"), call("b"));
}

async fn chained(number: impl AsyncFn(&Last)) {
    let last = Mutex::new(None);
    let one = async {
        delay("a").await;
        number(&last).await;
    };
    let other = async {
        delay("b").await;
        delay("c").await;
        number(&last).await;
    };
    tokio::join!(one, other);
}

async fn lenient() {
    tokio::join!(delay("reply"), sleep(ms(100)));
}

async fn strict() {
    let start = Instant::now();
    delay("reply").await;
    let took = start.elapsed();
    sleep_until(start + ms(100)).await;
    // Neither early nor late, so it is looked at again at the next tick.
    if took == ms(100) {
        sleep(ms(1)).await;
    }
}

async fn serve(ready: Arc<Notify>) {
    delay("other").await;
    ready.notified().await;
    delay("serve").await;
}

async fn kept() {
    let ready = Arc::new(Notify::new());
    let serving = tokio::spawn(serve(Arc::clone(&ready)));
    delay("setup").await;
    ready.notify_one();
    serving.await.expect("it does not panic");
}

async fn lost() {
    let ready = Arc::new(Notify::new());
    let serving = tokio::spawn(serve(Arc::clone(&ready)));
    delay("setup").await;
    ready.notify_waiters();
    // Whoever came late is told again, but at the next tick.
    sleep(ms(1)).await;
    ready.notify_one();
    serving.await.expect("it does not panic");
}

async fn patient() {
    delay("reply").await;
}

async fn impatient() {
    // What nobody sees in tests: they never take five seconds.
    while timeout(Duration::from_secs(5), delay("reply")).await.is_err() {}
}

async fn steady() {
    tokio::join!(delay("left"), delay("right"));
}

async fn broken() {
    let start = Instant::now();
    let call = async |name: &'static str| {
        delay(name).await;
        start.elapsed() > Duration::from_secs(5)
    };
    // One slow answer is bad luck, two are an outage, and an outage has to cool down.
    if let (true, true) = tokio::join!(call("left"), call("right")) {
        sleep(Duration::from_secs(30)).await;
    }
}

async fn cut_after_an_hour() {
    let both = async { tokio::join!(delay("left"), delay("right")) };
    let _ = timeout(Duration::from_secs(3_600), both).await;
}

async fn request() {
    delay("connect").await;
    delay("read").await;
}

async fn limited(limit: Duration) {
    let _ = timeout(limit, request()).await;
}

async fn limited_roughly() {
    let start = Instant::now();
    let is_late = timeout(ms(99), request()).await.is_err();
    // One tick is left, and it is spent whether it is needed or not.
    if is_late || start.elapsed() == ms(99) {
        sleep(ms(1)).await;
    }
}
