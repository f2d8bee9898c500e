//! Several that may answer: hedges, replicas, fallbacks, quorums.

use makespan::delay;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Refused, accepts, ms, pairs, refuses};

pairs! {
    a_hedge_leaves_the_first_running { hedged(), restarted() => min(first, 50ms + second) }
    a_hedge_waits_before_it_asks { hedged(), hedged_at_once() => min(first, 50ms + second) }
    a_hedge_does_not_wait_for_the_loser { hedged(), hedged_and_joined() => min(first, 50ms + second) }
    a_hedge_is_not_one_tick_late { hedged(), hedged_late() => min(first, 50ms + second) }
    fallbacks_are_staggered { staggered(), unstaggered() => min(v6, 250ms + v4, 500ms + relay) }
    the_fastest_replica_counts { fastest(), first_spawned() => min(a, b, c) }
    a_replica_that_refuses_does_not_win { first_success(), first_answer() => min(b, c) }
    a_majority_is_enough { majority(), unanimity() => min(max(a, b), max(a, c), max(b, c)) }
    every_replica_is_asked_at_once { majority(), spare() => min(max(a, b), max(a, c), max(b, c)) }
    a_fallback_waits_for_the_failure { fallback(), speculative() => primary + secondary }
    a_speculative_call_overlaps { speculative(), fallback() => max(primary, secondary) }
    a_refund_is_awaited { refunded(), refund_forgotten() => reserve + charge + refund }
    what_is_left_out_at_the_limit { partial(), partial_each() => min(max(shard[0], shard[1], shard[2]), 200ms) }
    the_cache_and_the_origin_race { raced(), asked_in_turn() => min(cache, origin) }
}

async fn hedged() {
    let second = async {
        sleep(ms(50)).await;
        delay("second").await;
    };
    tokio::select! {
        () = delay("first") => {}
        () = second => {}
    }
}

async fn restarted() {
    // What has been waited for already is thrown away.
    if timeout(ms(50), delay("first")).await.is_err() {
        delay("second").await;
    }
}

async fn hedged_at_once() {
    tokio::select! {
        () = delay("first") => {}
        () = delay("second") => {}
    }
}

async fn hedged_and_joined() {
    let first = tokio::spawn(delay("first"));
    tokio::pin!(first);
    if timeout(ms(50), &mut first).await.is_err() {
        let (first, ()) = tokio::join!(first, delay("second"));
        first.expect("it does not panic");
    }
}

async fn hedged_late() {
    let second = async {
        sleep(ms(51)).await;
        delay("second").await;
    };
    tokio::select! {
        () = delay("first") => {}
        () = second => {}
    }
}

async fn after(pause: u64, name: &'static str) {
    sleep(ms(pause)).await;
    delay(name).await;
}

async fn staggered() {
    tokio::select! {
        () = delay("v6") => {}
        () = after(250, "v4") => {}
        () = after(500, "relay") => {}
    }
}

async fn unstaggered() {
    tokio::select! {
        () = delay("v6") => {}
        () = after(250, "v4") => {}
        () = after(250, "relay") => {}
    }
}

async fn fastest() {
    let mut replicas = JoinSet::new();
    let _ = ["a", "b", "c"].map(|name| replicas.spawn(delay(name)));
    replicas.join_next().await.expect("there are three").expect("it does not panic");
}

async fn first_spawned() {
    let replicas = ["a", "b", "c"].map(|name| tokio::spawn(delay(name)));
    for replica in replicas {
        if replica.await.is_ok() {
            return;
        }
    }
}

fn replicas() -> JoinSet<Result<(), Refused>> {
    let mut replicas = JoinSet::new();
    replicas.spawn(refuses("a"));
    replicas.spawn(accepts("b"));
    replicas.spawn(accepts("c"));
    replicas
}

async fn first_success() {
    let mut replicas = replicas();
    while let Some(answer) = replicas.join_next().await {
        if matches!(answer, Ok(Ok(()))) {
            return;
        }
    }
}

async fn first_answer() {
    let mut replicas = replicas();
    let _ = replicas.join_next().await;
}

async fn majority() {
    let mut replicas = JoinSet::new();
    let _ = ["a", "b", "c"].map(|name| replicas.spawn(delay(name)));
    replicas.join_next().await;
    replicas.join_next().await;
}

async fn unanimity() {
    let mut replicas = JoinSet::new();
    let _ = ["a", "b", "c"].map(|name| replicas.spawn(delay(name)));
    replicas.join_all().await;
}

async fn spare() {
    let mut replicas = JoinSet::new();
    let _ = ["a", "b"].map(|name| replicas.spawn(delay(name)));
    replicas.join_next().await;
    // Only now it turns out that one of them is slow.
    replicas.spawn(delay("c"));
    replicas.join_next().await;
}

async fn fallback() {
    if refuses("primary").await.is_err() {
        accepts("secondary").await.expect("it accepts");
    }
}

async fn speculative() {
    let (primary, secondary) = tokio::join!(refuses("primary"), accepts("secondary"));
    assert!(primary.or(secondary).is_ok());
}

async fn refunded() {
    delay("reserve").await;
    if refuses("charge").await.is_err() {
        delay("refund").await;
    }
}

async fn refund_forgotten() {
    delay("reserve").await;
    if refuses("charge").await.is_err() {
        tokio::spawn(delay("refund"));
        // One turn is enough for it to begin, and none for it to end.
        tokio::task::yield_now().await;
    }
}

async fn partial() {
    let mut shards: JoinSet<_> = (0..3).map(|_| delay("shard")).collect();
    let all = async { while shards.join_next().await.is_some() {} };
    let _ = timeout(ms(200), all).await;
}

async fn partial_each() {
    let shards = [(); 3].map(|()| tokio::spawn(delay("shard")));
    for shard in shards {
        let _ = timeout(ms(200), shard).await;
    }
}

async fn raced() {
    tokio::select! {
        () = delay("cache") => {}
        () = delay("origin") => {}
    }
}

async fn asked_in_turn() {
    // A miss is no reason to have waited for it.
    if refuses("cache").await.is_err() {
        delay("origin").await;
    }
}
