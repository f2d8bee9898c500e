//! Code that does something else only between two times.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use makespan::{Checker, Law, delay};
use tokio::time::{Instant, sleep, timeout};

use crate::exploration::faults::{Scale, VARIANTS, faults, ms, told};

faults! {
    a_window_behind_another: "max(a, b)", |d| async || {
        let at = Cell::new(None);
        let one = async { delay("a").await; at.set(Some(Instant::now())) };
        let two = async { delay("b").await; at.get() };
        let ((), first) = tokio::join!(one, two);
        if first.is_some_and(|it: Instant| it.elapsed() > ms(0) && it.elapsed() < d.of(20)) {
            sleep(ms(1)).await;
        }
    };
    within_twenty_while_another_is_out: "max(a, b, c)", |d| async || {
        let (a, b) = (Cell::new(None), Cell::new(false));
        let mut extra = false;
        let one = async { delay("a").await; a.set(Some(Instant::now())) };
        let two = async { delay("b").await; b.set(true) };
        let three = async {
            delay("c").await;
            extra = a.get().is_some_and(|it: Instant| it.elapsed() < d.of(20)) && !b.get();
        };
        tokio::join!(one, two, three);
        if extra { sleep(ms(1)).await }
    };
    a_margin_before_a_deadline: format!("min(a + b, {})", told(ms(5_000))), |d| async || {
        let _ = d;
        let end = Instant::now() + ms(5_000);
        let work = async {
            delay("a").await;
            let left = end - Instant::now();
            if left < ms(100) && left >= ms(10) { return }
            delay("b").await;
        };
        let _ = timeout(ms(5_000), work).await;
    };
    a_minute_to_the_second: "call", |_d| async || {
        let began = Instant::now();
        delay("call").await;
        if began.elapsed().as_secs() == 60 { sleep(ms(5)).await }
    };
    idle_connections: "req + think + again", |_d| async || {
        delay("req").await;
        let idle = Instant::now();
        delay("think").await;
        let idle = idle.elapsed();
        if idle > Duration::from_secs(75) && idle < Duration::from_secs(90) { sleep(ms(9)).await }
        delay("again").await;
    };
    the_sum_of_three_pauses: format!("max(a, b) + {}", told(ms(800))), |_d| async || {
        let began = Instant::now();
        let (mut first, mut second) = (ms(0), ms(0));
        let one = async { delay("a").await; first = began.elapsed() };
        let two = async { delay("b").await; second = began.elapsed() };
        tokio::join!(one, two);
        for pause in [ms(100), ms(230), ms(470)] { sleep(pause).await }
        if (ms(800)..=ms(802)).contains(&first) && second < first { sleep(ms(1)).await }
    };
    grace_for_the_second_alone: "max(signal, min(max(r1, r2), signal + 30s))", |_d| async || {
        let last = Rc::new(Cell::new(None));
        let ends = Rc::clone(&last);
        let requests = async move {
            tokio::join!(async { delay("r1").await; ends.set(Some(Instant::now())) }, delay("r2"));
        };
        tokio::pin!(requests);
        let mut is_done = false;
        let signal = delay("signal");
        tokio::pin!(signal);
        tokio::select! { biased; () = &mut requests => is_done = true, () = &mut signal => {} }
        if is_done { signal.await; return }
        let end = Instant::now() + Duration::from_secs(30);
        if timeout(Duration::from_secs(30), &mut requests).await.is_err() {
            let is_late = last.get().is_some_and(|it: Instant| it + ms(100) > end);
            if is_late { let _ = timeout(ms(100), &mut requests).await; }
        }
    };
}
