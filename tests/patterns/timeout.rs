//! Limits of time: how long, and around what.

use std::time::Duration;

use makespan::delay;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{ms, pairs, refuses};

pairs! {
    a_limit_is_exact { limited(ms(100)), limited(ms(101)) => min(reply, 100ms) }
    a_limit_is_in_the_right_unit { limited(ms(500)), limited(Duration::from_secs(500)) => min(reply, 500ms) }
    a_limit_holds_for_all_attempts {
        limited_once(ms(300)), limited_each(ms(300)) => min(attempt[0] + attempt[1], 300ms)
    }
    a_limit_holds_for_each_attempt {
        limited_each(ms(100)), limited_once(ms(200)) => min(attempt[0], 100ms) + min(attempt[1], 100ms)
    }
    a_limit_is_around_all_of_the_work { whole(), connect_only() => min(connect + read, 500ms) }
    a_limit_leaves_the_queue_out { after_queue(), with_queue() => queue + min(work, 200ms) }
    limits_side_by_side_do_not_add_up { side_by_side(), one_by_one() => min(max(a, b), 100ms) }
    a_deadline_is_handed_on { handed_on(), started_anew() => min(first + second, 400ms) }
    no_limit_hides_in_a_client { patient(), impatient() => reply }
    no_limit_hides_in_one_of_many { shards(ms(86_400_000)), shards(ms(5_000)) => max(a, b, c) }
    the_shorter_of_two_limits_counts { inner_limit(), outer_limit() => min(reply, 100ms) + cleanup }
    an_idle_limit_starts_over { idle(), total() => min(chunk[0], 50ms) + min(chunk[1], 50ms) }
    work_before_a_limit_is_not_forgiven { from_the_start(), from_the_call() => max(parse, min(parse + reply, 300ms)) }
}

async fn limited(limit: Duration) {
    let _ = timeout(limit, delay("reply")).await;
}

async fn limited_once(limit: Duration) {
    let attempts = async {
        for _ in 0..2 {
            if refuses("attempt").await.is_ok() {
                return;
            }
        }
    };
    let _ = timeout(limit, attempts).await;
}

async fn limited_each(limit: Duration) {
    for _ in 0..2 {
        if let Ok(Ok(())) = timeout(limit, refuses("attempt")).await {
            return;
        }
    }
}

async fn whole() {
    let request = async {
        delay("connect").await;
        delay("read").await;
    };
    let _ = timeout(ms(500), request).await;
}

async fn connect_only() {
    if timeout(ms(500), delay("connect")).await.is_ok() {
        delay("read").await;
    }
}

async fn after_queue() {
    delay("queue").await;
    let _ = timeout(ms(200), delay("work")).await;
}

async fn with_queue() {
    let job = async {
        delay("queue").await;
        delay("work").await;
    };
    let _ = timeout(ms(200), job).await;
}

async fn side_by_side() {
    let (a, b) = (timeout(ms(100), delay("a")), timeout(ms(100), delay("b")));
    let _ = tokio::join!(a, b);
}

async fn one_by_one() {
    let _ = timeout(ms(100), delay("a")).await;
    let _ = timeout(ms(100), delay("b")).await;
}

async fn handed_on() {
    let deadline = Instant::now() + ms(400);
    if timeout_at(deadline, delay("first")).await.is_ok() {
        let _ = timeout_at(deadline, delay("second")).await;
    }
}

async fn started_anew() {
    if timeout(ms(400), delay("first")).await.is_ok() {
        let _ = timeout(ms(400), delay("second")).await;
    }
}

async fn patient() {
    delay("reply").await;
}

async fn impatient() {
    // The default of some client, which nobody knew of.
    let _ = timeout(Duration::from_secs(5), delay("reply")).await;
}

async fn shards(limit_of_one: Duration) {
    let b = timeout(limit_of_one, delay("b"));
    let _ = tokio::join!(delay("a"), b, delay("c"));
}

async fn inner_limit() {
    let _ = timeout(ms(200), timeout(ms(100), delay("reply"))).await;
    delay("cleanup").await;
}

async fn outer_limit() {
    let request = async {
        let _ = timeout(ms(200), delay("reply")).await;
        delay("cleanup").await;
    };
    let _ = timeout(ms(100), request).await;
}

async fn idle() {
    for _ in 0..2 {
        let _ = timeout(ms(50), delay("chunk")).await;
    }
}

async fn total() {
    let deadline = sleep(ms(50));
    tokio::pin!(deadline);
    for _ in 0..2 {
        tokio::select! {
            () = delay("chunk") => {}
            () = &mut deadline => return,
        }
    }
}

async fn from_the_start() {
    let deadline = Instant::now() + ms(300);
    delay("parse").await;
    let _ = timeout_at(deadline, delay("reply")).await;
}

async fn from_the_call() {
    delay("parse").await;
    let _ = timeout(ms(300), delay("reply")).await;
}
