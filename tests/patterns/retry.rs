//! Attempts, and the pauses between them.

use std::time::Duration;

use makespan::delay;
use tokio::time::{interval, sleep};

use super::{Refused, accepts, ms, pairs, refuses};

pairs! {
    a_pause_doubles { doubling(4, ms(400)), linear(4) => sum(attempt) + 700ms } // 100 + 200 + 400
    a_pause_is_capped { doubling(5, ms(250)), doubling(5, ms(400)) => sum(attempt) + 800ms }
    a_cap_is_not_one_tick_more { doubling(4, ms(250)), doubling(4, ms(251)) => sum(attempt) + 550ms }
    nothing_pauses_after_the_last_attempt { given_up(), paused_at_the_end() => sum(attempt) + 300ms }
    a_pause_begins_at_the_failure { paused(), ticked() => attempt[0] + 100ms + attempt[1] }
    only_what_failed_is_tried_again { logged_in(), logged_in_again() => login[0] + sum(attempt) }
    what_fails_for_good_is_not_tried_again { not_found(), stubborn() => attempt[0] }
    a_factor_is_exact { doubling(3, ms(400)), multiplied() => sum(attempt) + 300ms } // 100 + 200
    a_retry_does_not_hold_up_the_others {
        part_retried(), batch_retried() => max(stable, flaky[0] + 100ms + flaky[1])
    }
    a_pause_starts_over_after_a_success { reset(), grown() => sum(attempt) + sum(poll) + 200ms }
}

/// An upstream that refuses before its last attempt.
async fn upstream(attempt: u32, last: u32) -> Result<(), Refused> {
    if attempt < last { refuses("attempt").await } else { accepts("attempt").await }
}

async fn doubling(attempts: u32, cap: Duration) {
    let mut pause = ms(100);
    for attempt in 1.. {
        if upstream(attempt, attempts).await.is_ok() {
            return;
        }
        sleep(pause.min(cap)).await;
        pause *= 2;
    }
}

async fn linear(attempts: u32) {
    for attempt in 1.. {
        if upstream(attempt, attempts).await.is_ok() {
            return;
        }
        sleep(ms(100) * attempt).await;
    }
}

async fn given_up() {
    let mut pause = ms(100);
    for attempt in 1..=3 {
        let refused = refuses("attempt").await.is_err();
        if refused && attempt < 3 {
            sleep(pause).await;
            pause *= 2;
        }
    }
}

async fn paused_at_the_end() {
    let mut pause = ms(100);
    for _ in 1..=3 {
        if refuses("attempt").await.is_err() {
            sleep(pause).await;
            pause *= 2;
        }
    }
}

async fn paused() {
    assert!(refuses("attempt").await.is_err());
    sleep(ms(100)).await;
    assert!(accepts("attempt").await.is_ok());
}

async fn ticked() {
    let mut ticks = interval(ms(100));
    for attempt in 1.. {
        ticks.tick().await;
        if upstream(attempt, 2).await.is_ok() {
            return;
        }
    }
}

async fn logged_in() {
    delay("login").await;
    for attempt in 1.. {
        if upstream(attempt, 2).await.is_ok() {
            return;
        }
    }
}

async fn logged_in_again() {
    for attempt in 1.. {
        delay("login").await;
        if upstream(attempt, 2).await.is_ok() {
            return;
        }
    }
}

async fn not_found() {
    assert!(refuses("attempt").await.is_err());
}

async fn stubborn() {
    for _ in 0..3 {
        if refuses("attempt").await.is_ok() {
            return;
        }
    }
}

async fn multiplied() {
    let mut pause = ms(100);
    for attempt in 1.. {
        if upstream(attempt, 3).await.is_ok() {
            return;
        }
        sleep(pause).await;
        // In single precision it is 200.000003 ms, and timers round up.
        pause = pause.mul_f32(2.0);
    }
}

async fn part_retried() {
    let flaky = async {
        assert!(refuses("flaky").await.is_err());
        sleep(ms(100)).await;
        accepts("flaky").await
    };
    assert!(tokio::try_join!(accepts("stable"), flaky).is_ok());
}

async fn batch_retried() {
    let (stable, flaky) = tokio::join!(accepts("stable"), refuses("flaky"));
    assert!(stable.is_ok() && flaky.is_err());
    sleep(ms(100)).await;
    assert!(accepts("flaky").await.is_ok());
}

/// A poller that loses its connection once before each of two messages.
async fn polled(mut pause: Duration, reset: bool) {
    for _ in 0..2 {
        assert!(refuses("attempt").await.is_err());
        sleep(pause).await;
        pause *= 2;
        accepts("poll").await.expect("it accepts");
        if reset {
            pause = ms(100);
        }
    }
}

async fn reset() {
    polled(ms(100), true).await;
}

async fn grown() {
    polled(ms(100), false).await;
}
