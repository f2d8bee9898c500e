//! A hedged request: a second one goes out if the first has no answer after 50 ms,
//! and the first answer wins. Run with `cargo run --example hedging`.
//!
//! It prints a run in which the second wins, one in which the first does, the law,
//! and what a hedge that waits for both is told.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::time::Duration;

use makespan::{Checker, Error, Runner, delay, infer, law};
use tokio::time::sleep;

const HEDGE: Duration = Duration::from_millis(50);

/// The first answer wins, and the other request is dropped.
async fn hedged() {
    let second = async {
        sleep(HEDGE).await;
        delay("second").await;
    };
    tokio::select! {
        () = delay("first") => {}
        () = second => {}
    }
}

/// Both are waited for: as slow as the slower one.
async fn both() {
    let second = async {
        sleep(HEDGE).await;
        delay("second").await;
    };
    tokio::join!(delay("first"), second);
}

fn main() -> Result<(), Error> {
    let ms = Duration::from_millis;
    let runner =
        |first, second| Runner::new().latency("first", ms(first)).latency("second", ms(second));
    let meant = law!(min(first, 50ms + second));

    println!("the second wins:\n");
    println!("{}\n", runner(200, 30).run(hedged())?.trace().timeline().for_terminal());
    println!("the first wins:\n");
    println!("{}\n", runner(70, 30).run(hedged())?.trace().timeline().for_terminal());
    println!("the law that it obeys: {}\n", infer(hedged)?);
    assert!(Checker::new().without_seeds().verify(hedged, &meant).is_ok());

    if let Err(failure) = Checker::new().without_seeds().verify(both, &meant) {
        println!("a hedge that waits for both, held to that law:\n\n{failure}");
    }
    Ok(())
}
