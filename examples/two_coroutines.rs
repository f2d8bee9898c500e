//! Two small programs: two coroutines awaited one after the other, and the same
//! two as tasks. Run with `cargo run --example two_coroutines`.
//!
//! For each it prints the log in virtual time, a timeline, the total with the
//! law behind it, and how long all that really took. It exits with status 0 only
//! if both keep every rule.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::process::ExitCode;

use makespan::{Failure, Scenario, scenario};

fn main() -> ExitCode {
    let programs = [
        ("awaited one after the other", scenario!(seq(coro1: 2s, coro2: 1s))),
        ("spawned as tasks, then awaited", scenario!(spawn(coro1: 2s, coro2: 1s))),
    ];
    let mut status = ExitCode::SUCCESS;
    for (title, program) in programs {
        if let Err(failure) = tell(title, &program) {
            println!("{failure}");
            status = ExitCode::FAILURE;
        }
    }
    status
}

/// Verifies a program and prints what it did.
fn tell(title: &str, program: &Scenario) -> Result<(), Failure> {
    #[expect(clippy::disallowed_types, reason = "real time, to be set beside virtual time")]
    let began = std::time::Instant::now();
    let verified = program.verify()?;
    let real = began.elapsed();

    println!("{title}: {program}\n");
    println!("{}\n", verified.trace());
    println!("{}\n", verified.trace().timeline().for_terminal());
    println!("{}s = {}", verified.makespan().as_secs(), program.law());
    println!("verified in {} us of real time\n", real.as_micros());
    Ok(())
}
