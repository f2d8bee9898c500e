//! What laws of any code cost, in real time.

use std::fmt;
use std::hint::black_box;

use makespan::{Checker, delay, infer, law};

use crate::bars::Measured;
use crate::rounds::took;

pub(crate) struct Times(Vec<(&'static str, Measured)>);

impl Times {
    pub(crate) fn missed(&self) -> usize {
        self.0.iter().filter(|(_, measured)| measured.is_missed()).count()
    }
}

async fn dashboard() {
    delay("auth").await;
    tokio::join!(delay("profile"), delay("orders"));
}

async fn calls(count: usize) {
    let call = |number| tokio::spawn(delay(format!("call{number}")));
    for call in (0..count).map(call).collect::<Vec<_>>() {
        call.await.expect("it does not panic");
    }
}

/// In milliseconds, and what they may be.
pub(crate) fn measure() -> Times {
    let law = law!(auth + max(profile, orders));
    let checker = Checker::new().without_seeds();
    let five = law!(max(call0, call1, call2, call3, call4));
    let tick = std::time::Duration::from_millis(1);
    let exhaustive = (0..5).fold(checker.clone().exhaustive(), |checker, call| {
        checker.latency(format!("call{call}"), tick..)
    });
    let millis = |rounds: usize, bar: f64, work: &dyn Fn()| {
        let took = || took(work).as_secs_f64() * 1e3;
        took();
        Measured::new((0..rounds).map(|_| took()).collect(), Some(bar))
    };
    Times(vec![
        (
            "assert_law! of three calls",
            millis(101, 5.0, &|| {
                checker.verify(dashboard, &law).expect("it holds");
            }),
        ),
        (
            "five calls side by side, all 541 orders",
            millis(11, 100.0, &|| {
                let coverage = exhaustive.verify(|| calls(5), &five).expect("it holds");
                assert_eq!(coverage.orders(), 541, "{coverage}");
            }),
        ),
        (
            "infer, 50 named delays",
            millis(25, 50.0, &|| {
                black_box(infer(|| calls(50)).expect("a law"));
            }),
        ),
        (
            "infer, 500 named delays",
            millis(5, 5_000.0, &|| {
                black_box(infer(|| calls(500)).expect("a law"));
            }),
        ),
    ])
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {:<40} | {:>20} |", "work", "ms")?;
        writeln!(f, "|:{:-<40}-|-{:->20}:|", "", "")?;
        for (name, measured) in &self.0 {
            writeln!(f, "| {name:<40} | {measured:>20} |")?;
        }
        Ok(())
    }
}
