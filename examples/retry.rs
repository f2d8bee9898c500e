//! A retry with exponential backoff, and one that waits once too often. Run with
//! `cargo run --example retry`.
//!
//! For each it prints a run in which every attempt fails, and the law.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::time::Duration;

use makespan::{Checker, Error, Runner, delay, infer, law};
use tokio::time::sleep;

const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Stands for a call that always fails.
async fn call() -> Result<(), &'static str> {
    delay("attempt").await;
    Err("unavailable")
}

/// Waits between attempts, twice as long each time.
async fn retry() -> Result<(), &'static str> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        if call().await.is_ok() {
            return Ok(());
        }
        sleep(pause).await;
        pause *= 2;
    }
    call().await
}

/// Waits behind the last attempt too, for nothing.
async fn retry_and_wait() -> Result<(), &'static str> {
    let mut pause = FIRST_PAUSE;
    let mut last = Ok(());
    for _ in 0..ATTEMPTS {
        last = call().await;
        if last.is_ok() {
            return last;
        }
        sleep(pause).await;
        pause *= 2;
    }
    last
}

fn main() -> Result<(), Error> {
    let runner = Runner::new().latency("attempt", Duration::from_millis(60));
    let meant = law!(sum(attempt) + 100ms + 200ms + 400ms);

    println!("as it should be:\n");
    println!("{}\n", runner.run(retry())?.trace().timeline().for_terminal());
    println!("the law that it obeys: {}\n", infer(retry)?);
    assert!(Checker::new().without_seeds().verify(retry, &meant).is_ok());

    println!("with a pause too many:\n");
    println!("{}\n", runner.run(retry_and_wait())?.trace().timeline().for_terminal());
    if let Err(failure) = Checker::new().without_seeds().verify(retry_and_wait, &meant) {
        println!("held to the law of the other, a test says:\n\n{failure}");
    }
    Ok(())
}
