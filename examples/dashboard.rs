//! A dashboard that was meant to load two things at once, and loads them one after
//! the other; and the same one mended. Run with `cargo run --example dashboard`.
//!
//! For each it prints a run at typical latencies, the law that the code obeys, and
//! what the law that was meant says of it.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::time::Duration;

use makespan::{Checker, Error, Runner, delay, infer, law};

/// Stands for the services behind the page: in a test they are fakes like these.
async fn get(what: &'static str) -> &'static str {
    delay(what).await;
    what
}

/// The second call is awaited before the third is made.
async fn serial() -> [&'static str; 3] {
    let user = get("auth").await;
    let profile = get("profile").await;
    let orders = get("orders").await;
    [user, profile, orders]
}

/// Both are made before either is awaited.
async fn mended() -> [&'static str; 3] {
    let user = get("auth").await;
    let (profile, orders) = tokio::join!(get("profile"), get("orders"));
    [user, profile, orders]
}

fn main() -> Result<(), Error> {
    let ms = Duration::from_millis;
    let typical = Runner::new()
        .latency("auth", ms(20))
        .latency("profile", ms(180))
        .latency("orders", ms(240));
    let meant = law!(auth + max(profile, orders));

    println!("as it was written, at typical latencies:\n");
    println!("{}\n", typical.run(serial())?.trace().timeline().for_terminal());
    println!("the law that it obeys: {}\n", infer(serial)?);
    if let Err(failure) = Checker::new().without_seeds().verify(serial, &meant) {
        println!("held to the law that was meant, a test says:\n\n{failure}\n");
    }

    println!("mended:\n");
    println!("{}\n", typical.run(mended())?.trace().timeline().for_terminal());
    println!("the law that it obeys: {}", infer(mended)?);
    assert!(Checker::new().without_seeds().verify(mended, &meant).is_ok());
    Ok(())
}
