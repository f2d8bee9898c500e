//! Programs with a fault that few latencies show. Each is caught by every check.

mod composition;
mod orders;
mod thresholds;
mod ties;
mod timers;
mod windows;

use std::time::Duration;

use makespan::delay;
use tokio::sync::mpsc;
use tokio::task::spawn_local;

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// The durations of a program, which differ from variant to variant.
#[derive(Clone, Copy)]
struct Scale(u64);

impl Scale {
    /// A duration of about so many milliseconds.
    fn of(self, millis: u64) -> Duration {
        ms(millis + self.0 * (millis / 23 + 1))
    }
}

/// Asserts that the fault is caught in variants with other durations.
macro_rules! faults {
    ($($name:ident: $law:expr, |$d:ident| $code:expr;)*) => { $(
        #[test]
        fn $name() {
            for variant in 0..VARIANTS {
                let $d = Scale(variant);
                let law: Law = $law.parse().expect("a law");
                // The sources around this call are searched for durations.
                let verdict = Checker::new().without_seeds().verify($code, &law);
                assert!(verdict.is_err(), "variant {variant} of {law}: {verdict:?}");
            }
        }
    )* };
}

/// So many variants of each.
const VARIANTS: u64 = 5;

/// A duration in the notation of laws.
fn told(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}

/// When each of several calls side by side answers, in this order.
async fn answers(names: &[&'static str]) -> Vec<usize> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    for (index, name) in names.iter().enumerate() {
        let sender = sender.clone();
        let answer = delay(*name);
        spawn_local(async move {
            answer.await;
            let _ = sender.send(index);
        });
    }
    let mut order = Vec::new();
    for _ in names {
        order.extend(receiver.recv().await);
    }
    order
}

use faults;

/// A duration that a law speaks of, which no variant changes.
fn d_of(millis: u64) -> Duration {
    ms(millis)
}
