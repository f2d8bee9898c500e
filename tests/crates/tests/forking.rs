//! Code that forks: what goes on in the child is ended as well. It is tested here, since to
//! fork is unsafe and makespan itself has nothing that is.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a child process ends in real time"
)]

use std::time::{Duration, Instant};

use makespan::Runner;

use crate::ms;

/// Forks, and has the child yield for ever.
async fn fork_and_yield() -> libc::pid_t {
    // SAFETY: the child runs what is below and leaves by `_exit`, without the destructors and
    // the streams of this process.
    let child = unsafe { libc::fork() };
    if child == 0 {
        loop {
            tokio::task::yield_now().await;
        }
    }
    child
}

/// Waits for the end of a child; returns how it left, or nothing if it has not left in time.
fn leaves(child: libc::pid_t, within: Duration) -> Option<i32> {
    let began = Instant::now();
    loop {
        let mut status = 0;
        // SAFETY: it is a child of this process, and the pointer is to a variable.
        match unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } {
            0 if began.elapsed() < within => std::thread::sleep(ms(10)),
            0 => {
                // SAFETY: it is a child of this process, which nobody has waited for.
                unsafe { libc::kill(child, libc::SIGKILL) };
                return None;
            }
            _ => return libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)),
        }
    }
}

#[test]
fn a_livelock_behind_a_fork_ends_at_the_wall_limit() {
    let began = Instant::now();
    let run = Runner::new().wall_limit(ms(500)).run(fork_and_yield());
    match run {
        Ok(run) => {
            // In the parent it ends at once. What a busy machine takes more is added.
            assert_eq!(leaves(run.output, Duration::from_secs(20)), Some(0));
        }
        Err(error) => {
            let is_well = error.is_past_wall_limit() && began.elapsed() >= ms(500);
            // SAFETY: it leaves the child, as it is to be left.
            unsafe { libc::_exit(if is_well { 0 } else { 1 }) };
        }
    }
}
