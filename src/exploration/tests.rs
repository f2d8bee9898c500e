mod brute_force;
mod programs;

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::delay;
use crate::exploration::Ending;
use crate::exploration::explored::Unstarted;
use crate::exploration::walk::{RangeOf, Walk};
use crate::run::{Run, Stop};
use crate::runtime::{Conditions, Latency, Runner};
use crate::trace::Trace;

fn once<F: AsyncFn() -> T, T>(code: &F, latency: Latency) -> (Trace, Ending) {
    let conditions = Conditions { is_patient: false, ..Conditions::of(latency) };
    let run = Runner::new().run_with(conditions, async { code().await });
    match run.map(Run::without_output) {
        Ok(run) => (run.into_trace(), Ending::Done),
        Err(stopped) => {
            let ending = match stopped.why {
                Stop::Panic(panicked) => Ending::Panicked(panicked.text.into()),
                Stop::Error(error) if error.is_stalled() => Ending::Stalled,
                Stop::Error(error) => panic!("{error}"),
            };
            (stopped.trace.expect("it began"), ending)
        }
    }
}

/// How many orders there are, and how many runs it took; with latencies from `least` on.
fn count<F: AsyncFn() -> T, T>(least: i64, code: F) -> (usize, usize) {
    let mut run = |latency: Latency, _: &Unstarted| Some(once(&code, latency));
    let range: RangeOf = Rc::new(move |_| (least, 14_400_000));
    let mut walk = Walk::new(&mut run, range, 200_000, true);
    walk.enumerate(usize::MAX);
    let first = walk.leaves().len();
    walk.probe();
    let leaves = walk.leaves().len();
    println!("{first} {leaves} zones, {} runs, {:?}", walk.runs.len(), walk.gaps);
    for leaf in walk.leaves().into_iter().take(if leaves < 14 { 14 } else { 0 }) {
        let mut path = vec![];
        let mut id = Some(leaf);
        while let Some(it) = id {
            path.push(format!("{:?} {:?}", walk.nodes[it].token, walk.nodes[it].bounds));
            id = walk.nodes[it].parent;
        }
        path.reverse();
        println!("{}\n", path.join("\n  "));
    }
    (leaves, walk.runs.len())
}

#[test]
fn numbers_of_orders() {
    let side = async || {
        tokio::join!(delay("a"), delay("b"), delay("c"));
    };
    assert_eq!(count(1, side).0, 13);
    assert_eq!(count(0, side).0, 26);
    let law = async || {
        delay("auth").await;
        tokio::join!(delay("b"), delay("c"));
    };
    assert_eq!(count(1, law).0, 3);
    let fallback = async || {
        if timeout(Duration::from_millis(500), delay("quote")).await.is_err() {
            delay("cache").await;
        }
    };
    assert_eq!(count(1, fallback).0, 2);
    let attempts = async || {
        for _ in 0..3 {
            if timeout(Duration::from_millis(300), delay("attempt")).await.is_ok() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    count(1, attempts);
    let deadline = async || {
        let _ = timeout(Duration::from_secs(25), async {
            for _ in 0..4 {
                delay("call").await;
            }
        })
        .await;
    };
    count(1, deadline);
    let threshold = async || {
        let now = tokio::time::Instant::now();
        delay("a").await;
        if now.elapsed() > Duration::from_millis(777) {
            delay("b").await;
        }
    };
    count(1, threshold);
    let four = async || {
        tokio::join!(delay("a"), delay("b"), delay("c"), delay("d"));
    };
    assert_eq!(count(1, four).0, 75);
    let t = std::time::Instant::now();
    let five = async || {
        tokio::join!(delay("a"), delay("b"), delay("c"), delay("d"), delay("e"));
    };
    assert_eq!(count(1, five).0, 541);
    println!("{:?}", t.elapsed());
}
