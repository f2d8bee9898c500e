//! Code that compares a time with a limit.

use std::cell::RefCell;

use makespan::{Checker, Law, delay};
use tokio::time::{Instant, sleep};

use crate::exploration::faults::{Scale, VARIANTS, faults, ms};

faults! {
    slow_is_reported: "a", |d| async || {
        let began = Instant::now();
        delay("a").await;
        if began.elapsed() > d.of(1_237) { sleep(ms(2)).await }
    };
    slow_together_is_reported: "a + b + c", |d| async || {
        let began = Instant::now();
        delay("a").await;
        delay("b").await;
        if began.elapsed() > d.of(40_009) { sleep(ms(2)).await }
        delay("c").await;
    };
    a_second_call_that_is_slow: "a + b", |d| async || {
        delay("a").await;
        let began = Instant::now();
        delay("b").await;
        if began.elapsed() >= d.of(5_003) { sleep(ms(1)).await }
    };
    a_gap_that_is_too_long: "max(a, b)", |d| async || {
        let ends = RefCell::new(Vec::new());
        let one = async { delay("a").await; ends.borrow_mut().push(Instant::now()) };
        let two = async { delay("b").await; ends.borrow_mut().push(Instant::now()) };
        tokio::join!(one, two);
        let ends = ends.into_inner();
        if ends[1] - ends[0] > d.of(3_001) { sleep(ms(1)).await }
    };
    a_deadline_that_is_asked_for: "a + b", |d| async || {
        let end = Instant::now() + d.of(9_999);
        delay("a").await;
        if Instant::now() < end { delay("b").await }
    };
    a_budget_that_pauses: "a + b + c", |d| async || {
        let began = Instant::now();
        for name in ["a", "b", "c"] {
            delay(name).await;
            if began.elapsed() + d.of(200) > d.of(10_000) { sleep(ms(1)).await; break }
        }
    };
    exactly_one_length: "fetch + store", |_d| async || {
        let began = Instant::now();
        delay("fetch").await;
        if began.elapsed() == ms(1_044) { delay("fetch").await }
        delay("store").await;
    };
}
