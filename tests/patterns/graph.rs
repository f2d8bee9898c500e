//! What depends on what, and what is begun before it is needed.

use makespan::delay;
use tokio::sync::oneshot;

use super::pairs;

pairs! {
    what_is_needed_late_is_begun_early { prefetched(), begun_late() => max(work, next) }
    a_diamond_has_two_sides { diamond(), one_side_first() => base + max(left, right) + top }
    only_what_depends_waits { by_need(), by_layer() => max(user + orders, catalog) + render }
    what_depends_waits { by_need(), too_early() => max(user + orders, catalog) + render }
    a_server_is_warm_before_it_serves { warmed_up(), cold() => max(connect, warm) + serve }
    warming_up_overlaps { warmed_up(), warmed_in_turn() => max(connect, warm) + serve }
    crossed_needs_wait_for_no_more_than_theirs { crossed(), layered() => max(a + x, max(a, b) + y) }
    a_prefetch_is_begun_with_the_work { prefetched_each(), prefetched_after() => max(work[0], next) + work[1] }
    a_speculation_is_begun_before_the_check { checked_beside(), checked_before() => max(auth, body) + send }
    a_check_comes_before_what_it_guards { guarded(), unguarded() => auth + body + send }
}

async fn prefetched() {
    let next = tokio::spawn(delay("next"));
    delay("work").await;
    next.await.expect("it does not panic");
}

async fn begun_late() {
    let next = async { delay("next").await };
    delay("work").await;
    // It was only made before; it begins here.
    tokio::spawn(next).await.expect("it does not panic");
}

async fn diamond() {
    delay("base").await;
    tokio::join!(delay("left"), delay("right"));
    delay("top").await;
}

async fn one_side_first() {
    delay("base").await;
    let right = async {
        delay("left").await;
        delay("right").await;
    };
    right.await;
    delay("top").await;
}

async fn by_need() {
    let orders = async {
        delay("user").await;
        delay("orders").await;
    };
    tokio::join!(orders, delay("catalog"));
    delay("render").await;
}

async fn by_layer() {
    tokio::join!(delay("user"), delay("catalog"));
    delay("orders").await;
    delay("render").await;
}

async fn too_early() {
    tokio::join!(delay("user"), delay("orders"), delay("catalog"));
    delay("render").await;
}

async fn warmed_up() {
    tokio::join!(delay("connect"), delay("warm"));
    delay("serve").await;
}

async fn cold() {
    tokio::spawn(delay("warm"));
    delay("connect").await;
    delay("serve").await;
}

async fn warmed_in_turn() {
    delay("connect").await;
    delay("warm").await;
    delay("serve").await;
}

async fn crossed() {
    let (tell_x, told_x) = oneshot::channel();
    let (tell_y, told_y) = oneshot::channel();
    tokio::spawn(async move {
        delay("a").await;
        tell_x.send(()).and(tell_y.send(()))
    });
    let x = async {
        told_x.await.expect("it is told");
        delay("x").await;
    };
    let y = async {
        let (told, ()) = tokio::join!(told_y, delay("b"));
        told.expect("it is told");
        delay("y").await;
    };
    tokio::join!(x, y);
}

async fn layered() {
    tokio::join!(delay("a"), delay("b"));
    tokio::join!(delay("x"), delay("y"));
}

async fn prefetched_each() {
    tokio::join!(delay("work"), delay("next"));
    delay("work").await;
}

async fn prefetched_after() {
    delay("work").await;
    tokio::join!(delay("next"), delay("work"));
}

async fn checked_beside() {
    tokio::join!(delay("auth"), delay("body"));
    delay("send").await;
}

async fn checked_before() {
    delay("auth").await;
    delay("body").await;
    delay("send").await;
}

async fn guarded() {
    checked_before().await;
}

async fn unguarded() {
    checked_beside().await;
}
