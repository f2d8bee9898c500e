//! What explorations say: the table, an order in words, a region that stalls, a bound that is
//! exceeded, each grade with its reason.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use makespan::{Checker, Grade, delay, law};
use tokio::sync::{Barrier, Mutex};
use tokio::task::spawn_local;
use tokio::time::{Instant, interval, sleep, timeout};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn checker() -> Checker {
    Checker::new().without_seeds()
}

/// A failure without the number of runs, which is the search's own business.
fn told(failure: &makespan::Failure) -> String {
    let text = failure.to_string();
    let lines = text.lines().map(|line| match line.split_once("(smallest of ") {
        Some((line, _)) => format!("{line}(smallest)"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn all_orders_are_a_table() {
    let both = async || tokio::join!(delay("profile"), delay("orders"));
    let checker = Checker::new().latency("profile", ms(1)..).latency("orders", ms(1)..);
    let orders = checker.explore(both).expect("it runs");
    let table = orders.to_string();
    let (rows, runs) = table.rsplit_once(", ").expect("the number of runs is at the end");
    assert_eq!(
        rows,
        "\
when                                   makespan  for example
profile finishes before orders         orders    profile = 1ms, orders = 2ms
orders finishes together with profile  profile   profile = 1ms, orders = 1ms
orders finishes before profile         profile   profile = 2ms, orders = 1ms
all 3 orders"
    );
    assert!(runs.ends_with(" runs"), "{runs}");
    let first = orders.orders().next().expect("there are three");
    let events: Vec<_> = first.events().map(|(at, event)| format!("{at}: {event}")).collect();
    assert_eq!(
        events,
        [
            "0ms: profile starts",
            "0ms: orders starts",
            "profile: profile finishes",
            "orders: orders finishes",
        ]
    );
    assert_eq!(first.makespans(), ms(2)..=ms(4 * 3_600_000));
    assert_eq!(orders.longest().expect("there is one").condition(), first.condition());
    assert_eq!(*orders.shortest().expect("there is one").makespans().start(), ms(1));
}

#[test]
fn the_names_of_steps_do_not_change_the_orders() {
    let told = |names: [&'static str; 3]| {
        let code = async || {
            let [a, b, c] = names.map(delay);
            let second = async {
                if timeout(ms(300), b).await.is_err() {
                    c.await;
                }
            };
            tokio::join!(a, second);
        };
        let orders = Checker::new().explore(code).expect("it runs");
        let rows = orders.orders().map(|order| {
            let latencies = order.latencies().map(|(_, latency)| latency).collect::<Vec<_>>();
            (order.makespans(), latencies)
        });
        (rows.collect::<Vec<_>>(), orders.coverage().runs())
    };
    assert_eq!(told(["a", "b", "c"]), told(["z", "quote", "a"]));
}

#[test]
fn the_order_that_breaks_a_law_is_named_in_few_words() {
    let code = async || {
        let (a, b) = (Cell::new(None), Cell::new(false));
        let mut is_near = false;
        let one = async {
            delay("a").await;
            a.set(Some(Instant::now()));
        };
        let two = async {
            delay("b").await;
            b.set(true);
        };
        let three = async {
            delay("c").await;
            is_near = a.get().is_some_and(|it: Instant| it.elapsed() <= ms(20)) && !b.get();
        };
        tokio::join!(one, two, three);
        if is_near {
            sleep(ms(1)).await;
        }
    };
    let checker = ["a", "b", "c"].iter().fold(checker(), |it, name| it.latency(*name, ms(1)..));
    let failure = checker.verify(code, &law!(max(a, b, c))).expect_err("it is broken");
    let text = told(&failure);
    let order = text.lines().find(|line| line.starts_with("  order")).expect("it has an order");
    assert!(order.contains("a finishes before b"), "{text}");
    assert!(order.contains("at most 20ms after a"), "{text}");
}

#[test]
fn a_stall_in_one_order_is_found_with_the_region_of_its_latencies() {
    let code = async || {
        let lock = Rc::new(Mutex::new(()));
        let (one, two) = (Rc::clone(&lock), lock);
        let first = async {
            let _guard = one.lock().await;
            delay("work").await;
        };
        let second = async {
            if timeout(ms(300), two.lock()).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::join!(first, second);
    };
    let failure = checker().verify(code, &law!(work)).expect_err("it stalls");
    let text = told(&failure);
    assert!(text.starts_with("code does not end\n"), "{text}");
    assert!(text.contains("\n  order  work takes at least 300ms\n"), "{text}");
    let orders = Checker::new().explore(code).expect("it runs");
    let stalls: Vec<_> = orders.orders().filter(|order| order.is_stalled()).collect();
    // At 300 ms the timeout is polled first.
    let stalls: Vec<_> = stalls.iter().map(ToString::to_string).collect();
    assert_eq!(stalls.len(), 2, "{orders}");
    assert!(stalls.contains(&"work takes at least 301ms: stalls at work".to_owned()), "{orders}");
}

#[test]
fn a_bound_that_is_exceeded_shows_the_longest_order() {
    let price = async || {
        if timeout(ms(500), delay("quote")).await.is_err() {
            let _ = timeout(ms(700), delay("cache")).await;
        }
    };
    checker().verify_at_most(price, &law!(1200ms)).expect("it takes no longer");
    let failure = checker().verify_at_most(price, &law!(1s)).expect_err("it may take longer");
    let text = told(&failure);
    assert!(text.starts_with("makespan above its bound\n  at most   1s\n"), "{text}");
    assert!(text.contains("\n  expected  +1000ms or less\n"), "{text}");
    assert!(
        text.contains("\n  longest   +1200ms when quote takes at least 501ms, cache"),
        "{text}"
    );
    let failure = checker().verify_at_least(price, &law!(1ms)).expect_err("it may take no time");
    assert!(told(&failure).starts_with("makespan below its bound\n  at least  1ms\n"), "{failure}");
}

#[test]
fn each_grade_has_its_reason() {
    let grade = |coverage: makespan::Coverage| {
        (coverage.grade(), coverage.reason().map(str::to_owned).unwrap_or_default())
    };
    let side = async || tokio::join!(delay("a"), delay("b"), delay("c"));
    let all = checker().verify(side, &law!(max(a, b, c))).expect("it holds");
    assert!(all.to_string().starts_with("holds in all 26 orders, "), "{all}");
    assert_eq!(grade(all), (Grade::Exhausted, String::new()));

    let few = checker().budget(30).verify(side, &law!(max(a, b, c))).expect("it holds");
    let (budget, reason) = grade(few);
    assert_eq!(budget, Grade::Budget);
    assert!(reason.starts_with("more orders are left; narrow the latencies"), "{reason}");

    let demanding = checker().budget(30).exhaustive();
    let failure = demanding.verify(side, &law!(max(a, b, c))).expect_err("it is not exhausted");
    assert!(failure.to_string().starts_with("timing law not exhausted\n  law"), "{failure}");
    checker().exhaustive().verify(side, &law!(max(a, b, c))).expect("it is exhausted");

    let ticks = async || {
        spawn_local(async {
            let mut ticks = interval(ms(10));
            loop {
                ticks.tick().await;
            }
        });
        delay("a").await;
    };
    let ticks = checker().verify(ticks, &law!(a)).expect("it holds");
    let (sampled, reason) = grade(ticks);
    assert_eq!(sampled, Grade::Sampled);
    assert!(reason.starts_with("the code ticks every 10ms; latencies above "), "{reason}");

    let unbounded = async || while timeout(ms(1_000), delay("attempt")).await.is_err() {};
    let unbounded = Checker::new().explore(unbounded).expect("it runs");
    let (budget, reason) = grade(unbounded.coverage());
    assert_eq!(budget, Grade::Budget, "{reason}");
    assert!(reason.starts_with("`attempt` repeats without a bound;"), "{reason}");

    let calls = Cell::new(0);
    let unsteady = async || {
        calls.set(calls.get() + 1);
        delay("a").await;
        delay(if calls.get() % 3 == 0 { "b" } else { "c" }).await;
    };
    let unsteady = Checker::new().explore(unsteady).expect("it runs");
    let (sampled, reason) = grade(unsteady.coverage());
    assert_eq!(sampled, Grade::Sampled);
    assert!(reason.starts_with("the same latencies led to different runs: when a = "), "{reason}");

    let random = async || {
        tokio::select! {
            () = delay("a") => sleep(ms(5)).await,
            () = delay("b") => sleep(ms(9)).await,
        }
    };
    let random = Checker::new().explore(random).expect("it runs").coverage();
    let notes: Vec<_> = random.notes().collect();
    assert_eq!(notes.len(), 1, "{random}");
    assert!(notes[0].starts_with("the code decides ties at random: each was run "), "{random}");
}

#[test]
fn an_order_in_which_one_event_wakes_several_tasks_is_tokio_s() {
    // It is not varied; a small delay behind the wake varies it.
    let code = |pauses: bool| {
        async move || {
            let barrier = Rc::new(Barrier::new(2));
            let lock = Rc::new(Mutex::new(()));
            let tasks = ["a", "b"].map(|name| {
                let (barrier, lock) = (Rc::clone(&barrier), Rc::clone(&lock));
                spawn_local(async move {
                    barrier.wait().await;
                    if pauses {
                        delay(if name == "a" { "pause a" } else { "pause b" }).await;
                    }
                    let _guard = lock.lock().await;
                    delay(name).await;
                })
            });
            for task in tasks {
                task.await.expect("it does not panic");
            }
        }
    };
    let count = |pauses| Checker::new().explore(code(pauses)).expect("it runs").orders().len();
    assert_eq!(count(false), 4, "the first in the line, zero or not, and then the other");
    assert!(count(true) > 4 * 6);
}
