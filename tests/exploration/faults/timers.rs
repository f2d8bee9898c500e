//! Timers that no run shows as long as they do not fire.

use std::cell::Cell;
use std::rc::Rc;

use makespan::{Checker, Law, delay};
use tokio::sync::Mutex;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::exploration::faults::{Scale, VARIANTS, d_of, faults, ms, told};

faults! {
    a_timeout_nobody_knows_of: "a", |d| async || { let _ = timeout(d.of(7_311), delay("a")).await; };
    a_timeout_over_the_second_call: "a + b", |d| async || {
        delay("a").await;
        let _ = timeout(d.of(12_007), delay("b")).await;
    };
    a_deadline_over_both: "a + b", |d| async || {
        let both = async { delay("a").await; delay("b").await };
        let _ = timeout(d.of(33_333), both).await;
    };
    a_hedge_that_is_too_early: "a", |d| async || {
        tokio::select! { () = delay("a") => {}, () = sleep(d.of(1_703)) => delay("b").await }
    };
    a_lease_that_is_renewed_for_long: "lock + job", |d| async || {
        delay("lock").await;
        let end = Instant::now() + d.of(6_667);
        tokio::select! { () = delay("job") => {}, () = sleep_until(end) => {
            sleep(d.of(50)).await;
        } }
    };
    a_flag_that_a_timer_sets: "max(a, b)", |d| async || {
        let flag = Rc::new(Cell::new(false));
        let sets = Rc::clone(&flag);
        spawn_local(async move { sleep(d.of(2_111)).await; sets.set(true) });
        tokio::join!(delay("a"), delay("b"));
        if flag.get() { sleep(ms(3)).await }
    };
    a_retry_that_pauses_twice: format!("min(a, {}) + b", told(d_of(900))), |d| async || {
        let _ = d;
        if timeout(d_of(900), delay("a")).await.is_err() { sleep(ms(1)).await }
        delay("b").await;
    };
    a_stall_behind_a_timeout: "max(a, b)", |d| async || {
        let lock = Rc::new(Mutex::new(()));
        let (one, two) = (Rc::clone(&lock), Rc::clone(&lock));
        let first = async { let _guard = one.lock().await; delay("a").await };
        let second = async {
            delay("b").await;
            if timeout(d.of(777), two.lock()).await.is_err() { std::future::pending::<()>().await }
        };
        tokio::join!(first, second);
    };
}
