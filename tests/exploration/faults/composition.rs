//! What runs one after another, and what waits for what.

use std::rc::Rc;

use makespan::{Checker, Law, delay};
use tokio::sync::{Mutex, Notify};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, timeout};

use crate::exploration::faults::{Scale, VARIANTS, faults, ms};

faults! {
    a_pair_in_a_row_beside_a_chain:
        "max(k0 + k1 + k2 + k3 + k4 + k5 + k6 + k7, p, q)", |_d| async || {
        let chain = async {
            for name in ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"] { delay(name).await }
        };
        let pair = async { delay("p").await; delay("q").await };
        tokio::join!(chain, pair);
    };
    one_after_another: "auth + max(profile, orders)", |_d| async || {
        delay("auth").await;
        delay("profile").await;
        delay("orders").await;
    };
    an_await_that_is_missing: "max(a, b)", |_d| async || {
        spawn_local(delay("a"));
        delay("b").await;
    };
    a_permit_too_few: "limit(3, a, b, c, d)", |_d| async || {
        let permits = Rc::new(tokio::sync::Semaphore::new(2));
        let tasks = ["a", "b", "c", "d"].map(|name| {
            let permits = Rc::clone(&permits);
            spawn_local(async move { let _permit = permits.acquire().await; delay(name).await })
        });
        for task in tasks { task.await.expect("it does not panic") }
    };
    a_lock_around_both: "max(a, b)", |_d| async || {
        let lock = Mutex::new(());
        let each = async |name| { let _guard = lock.lock().await; delay(name).await };
        tokio::join!(each("a"), each("b"));
    };
    a_wake_that_is_lost: "max(a, b)", |_d| async || {
        let notify = Notify::new();
        let one = async { delay("a").await; notify.notify_waiters() };
        let two = async { delay("b").await; notify.notified().await };
        tokio::join!(one, two);
    };
    an_order_that_is_awaited_in_turn: "max(a + x, b + y)", |_d| async || {
        let (a, b) = (spawn_local(delay("a")), spawn_local(delay("b")));
        a.await.expect("it does not panic");
        let x = spawn_local(delay("x"));
        b.await.expect("it does not panic");
        delay("y").await;
        x.await.expect("it does not panic");
    };
    the_slower_of_two_replicas: "min(a, b)", |d| async || {
        let (a, b) = (delay("a"), delay("b"));
        tokio::pin!(a, b);
        tokio::select! { () = &mut a => {}, () = &mut b => {
            if timeout(d.of(30), a).await.is_ok() {}
        } }
    };
    a_fallback_after_its_own_timeout: "min(a, 400ms + b)", |d| async || {
        let _ = d;
        let a = delay("a");
        tokio::pin!(a);
        if timeout(ms(400), &mut a).await.is_ok() { return }
        tokio::select! { () = a => {}, () = async { delay("b").await; sleep(ms(1)).await } => {} }
    };
    a_count_that_is_one_too_few: "sum(write)", |_d| async || {
        let began = Instant::now();
        for attempt in 0..4 {
            delay("write").await;
            if attempt == 2 && began.elapsed() > ms(2_500) { sleep(ms(7)).await }
        }
    };
}
