//! Numbers of orders, as mathematics has them.

use std::time::Duration;

use makespan::{Checker, Exploration, Grade, delay};
use tokio::time::{sleep, timeout};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// All orders of code whose steps take this long at least.
fn orders<F: AsyncFn() -> T, T>(least: u64, code: F) -> Exploration {
    let names = ["a", "b", "c", "d", "e", "f", "auth", "quote", "cache", "attempt", "call"];
    let checker = Checker::new().budget(100_000);
    let checker = names.iter().fold(checker, |checker, name| checker.latency(*name, ms(least)..));
    let orders = checker.explore(code).expect("it runs");
    assert_eq!(orders.coverage().grade(), Grade::Exhausted, "{orders}");
    orders
}

async fn side_by_side(count: usize) {
    let names = ["a", "b", "c", "d", "e", "f"];
    let tasks: Vec<_> = names[..count].iter().map(|name| tokio::spawn(delay(*name))).collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

#[test]
fn calls_side_by_side_have_as_many_orders_as_there_are_weak_orders() {
    // Fubini numbers: in how many ways n can be first, second and so on, with ties.
    for (count, fubini) in [(1, 1), (2, 3), (3, 13), (4, 75), (5, 541)] {
        let orders = orders(1, || side_by_side(count));
        assert_eq!(orders.orders().len(), fubini);
        // Windows are searched beside the zones, with a few runs for each pair of instants.
        let (runs, searched) = (orders.coverage().runs(), 17 * count * (count + 1));
        assert!(runs <= 7 * fubini + searched, "{count}: {runs} runs");
    }
}

#[test]
fn with_latency_zero_there_are_twice_as_many() {
    // Any of them may take no time, and the rest have a weak order: as many as of weak orders with
    // a first group that may be empty, which is twice the number of weak orders.
    for (count, fubini) in [(1, 1), (2, 3), (3, 13), (4, 75)] {
        assert_eq!(orders(0, || side_by_side(count)).orders().len(), 2 * fubini);
    }
}

#[test]
fn a_call_before_others_has_their_orders() {
    let code = async || {
        delay("auth").await;
        side_by_side(2).await;
    };
    assert_eq!(orders(1, code).orders().len(), 3);
    assert_eq!(orders(0, code).orders().len(), 2 * 6); // `auth` takes no time, or some
}

#[test]
fn a_timeout_has_an_order_on_each_side() {
    let code = async || {
        if timeout(ms(500), delay("quote")).await.is_err() {
            delay("cache").await;
        }
    };
    let orders = orders(1, code);
    let told: Vec<_> = orders.orders().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["quote takes at most 500ms: quote", "quote takes at least 501ms: cache + 500ms"]
    );
}

#[test]
fn attempts_have_an_order_for_each_way_to_end() {
    let code = async || {
        for _ in 0..3 {
            if timeout(ms(300), delay("attempt")).await.is_ok() {
                return;
            }
            sleep(ms(100)).await;
        }
    };
    assert_eq!(orders(1, code).orders().len(), 4); // one of three is in time, or none
}

#[test]
fn a_deadline_over_calls_in_a_row_may_fall_in_each_of_them_or_with_their_end() {
    let code = async || {
        let calls = async {
            for _ in 0..4 {
                delay("call").await;
            }
        };
        let _ = timeout(Duration::from_secs(25), calls).await;
    };
    // All are in time; the deadline falls in one of four; one of the first three ends with it, so
    // that the next one starts and is cancelled at once.
    let orders = orders(1, code);
    assert_eq!(orders.orders().len(), 1 + 4 + 3, "{orders}");
    let searched = 17 * 2 * 4 * 5;
    assert!(orders.coverage().runs() <= 80 + searched, "{orders}");
}
