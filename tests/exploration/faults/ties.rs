//! Events that coincide.

use std::cell::RefCell;

use makespan::{Checker, Law, delay};
use tokio::time::{Instant, sleep, timeout};

use crate::exploration::faults::{Scale, VARIANTS, d_of, faults, ms, told};

faults! {
    three_in_one_tick: "max(a, b, c)", |_d| async || {
        let ends = RefCell::new(Vec::new());
        let began = Instant::now();
        let each = async |name| { delay(name).await; ends.borrow_mut().push(began.elapsed()) };
        tokio::join!(each("a"), each("b"), each("c"));
        let ends = ends.into_inner();
        if ends[0] == ends[2] && ends[0] > ms(0) { sleep(ms(1)).await }
    };
    a_sum_that_ties: "max(a + b, c)", |d| async || {
        let began = Instant::now();
        let (mut first, mut both, mut third) = (ms(0), ms(0), ms(0));
        let one = async {
            delay("a").await;
            first = began.elapsed();
            delay("b").await;
            both = began.elapsed();
        };
        let two = async { delay("c").await; third = began.elapsed() };
        tokio::join!(one, two);
        if both == third && first > d.of(10) { sleep(ms(1)).await }
    };
    a_tie_with_a_timer: format!("min(a, {})", told(d_of(1_237))), |_d| async || {
        let began = Instant::now();
        let is_in_time = timeout(d_of(1_237), delay("a")).await.is_ok();
        // What is in time to the tick is taken for late, and fetched again.
        if is_in_time && began.elapsed() == d_of(1_237) { sleep(ms(1)).await }
    };
}
