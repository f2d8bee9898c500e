//! Verifies the *timing* of async code: exactly, in virtual time.
//!
//! Await jobs one after another and they take the **sum** of their durations;
//! spawn them and they take the **maximum**. The time from the start of a set of
//! jobs to the end of the last one is their *makespan*. Code that everybody
//! believes is concurrent and that runs one call after another passes every test
//! that looks at types and results: only its makespan gives it away.
//!
//! A [`Scenario`] is a timed program as plain data. It becomes a [`Trace`] in two
//! ways that know nothing of each other: it is *run* on real tokio with a paused
//! clock, and *predicted* by an oracle that does not know tokio. [`Scenario::verify`]
//! does both, and holds the run to the two laws, to the order of starts, and to
//! the oracle, event by event.
//!
//! ```
//! use makespan::scenario;
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let by_await = scenario!(seq(coro1: 2s, coro2: 1s));
//! let by_task = scenario!(spawn(coro1: 2s, coro2: 1s));
//!
//! assert_eq!(by_await.verify()?.makespan(), Duration::from_secs(3));
//! assert_eq!(by_task.verify()?.makespan(), Duration::from_secs(2));
//!
//! assert_eq!(by_await.law().to_string(), "coro1 + coro2");
//! assert_eq!(by_task.law().to_string(), "max(coro1, coro2)");
//!
//! assert_eq!(by_task.predict()?, by_task.run()?); // event by event
//! assert_eq!(
//!     by_task.run()?.to_string(),
//!     "+0ms coro1 starts\n\
//!      +0ms coro2 starts\n\
//!      +1000ms coro2 finishes\n\
//!      +2000ms coro1 finishes",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! With the `proptest` feature, on by default, [`strategy`] generates scenarios;
//! in a test this is
//! `fn every_scenario_is_predicted(s in makespan::strategy::scenarios()) { s.verify()?; }`.
//!
//! One run is held to claims: [`assert_makespan!`], [`assert_law!`], [`assert_order!`]
//! and [`assert_log!`] panic at the line of the caller, and take whatever has a
//! [`Trace`] to refer to. What a run cannot decide is told, and does not pass.
//! [`Trace::critical_path`] tells where the time went, [`Trace::slack`] how much of it a
//! step had to spare, [`Trace::max_concurrency`] how many steps went on at once.
//!
//! # What is exact, and what is not
//!
//! - **Times are exact.** tokio's timer ticks once a millisecond ([`TICK`]) and
//!   rounds every deadline up. The oracle, the laws and the logs count in whole
//!   ticks; a step of 0.3 ms takes 1 ms, two of them in a row take 2 ms.
//! - **The log's order is exact for a scenario**, ties included: it runs on a
//!   current-thread runtime, in tasks without tokio's cooperative budget. What
//!   *your* program may rely on is less. [`Trace::same_up_to_ties`] compares no
//!   more than that.
//! - **A wall clock is not exact.** [`Runner::wall`] runs the same scenario in real
//!   time: never less than its law, a little more, its steps started in the same
//!   order. Chains of sleeps drift apart there.
//! - **A run ends with its scenario.** What a dropped `JoinSet` aborts at the very
//!   end gets no more turns, so it logs no cancel; [`Trace::unfinished`] has it.
//! - **Durations are capped** at a year ([`MAX_DURATION`]), for a step and for any
//!   sum, nesting at [`MAX_DEPTH`], steps and forms at [`MAX_SIZE`].
//!
//! # How the code is laid out
//!
//! A scenario becomes a trace in two ways; a law and the order rules judge the
//! trace; the verdict is told with a picture. A module imports only from below:
//!
//! | floor | modules | what it is |
//! |---|---|---|
//! | face | `macros`, `assertion`, `verify` | one run held to claims; scenarios held to their laws and to the oracle |
//! | judgement | `verdict` | **the two laws** ([`Check`]), the order rules, how a broken one is told |
//! | two witnesses | `oracle`, `runtime` | predict and run: they never meet, and only `runtime` names tokio |
//! | drawings | `picture` | a trace as lanes of text |
//! | data | `scenario` | timed programs; only `scenario/strategy` names proptest |
//! | data | `law`, `order`, `trace` | max-plus expressions; moments compared; what happened |
//! | ground | `error`, on `lexer`, `name`, `nearest`, `text`, `time` | |
//!
//! # Features
//!
//! - `proptest` (default): [`strategy`]. Without it the crate needs tokio,
//!   `strsim` and `unicode-width` alone.

mod assertion;
#[cfg(feature = "proptest")]
mod checker;
mod error;
mod infer;
mod inference;
mod law;
mod lexer;
mod macros;
mod name;
mod nearest;
mod oracle;
mod order;
mod picture;
mod run;
mod runtime;
mod scenario;
mod text;
mod time;
mod trace;
mod verdict;
mod verify;

#[cfg(feature = "proptest")]
pub use checker::Checker;
pub use error::Error;
pub use infer::{Inferred, infer};
pub use law::Law;
pub use name::{Name, StepName};
pub use order::Order;
pub use picture::Timeline;
pub use run::{Run, Warning};
pub use runtime::{Delay, Runner, Timed, TimedFuture, delay};
pub use runtime::{record, run, try_record, try_run};
#[cfg(feature = "proptest")]
pub use scenario::strategy;
pub use scenario::{MAX_DEPTH, MAX_DURATION, MAX_SIZE, Scenario};
pub use time::{TICK, VirtualTime};
pub use trace::{CriticalLink, CriticalPath, End, Event, EventKind, Step, TaskId, Trace};
pub use verdict::{Check, Failure, Violation};
pub use verify::Verified;

#[cfg(doc)]
#[doc = include_str!("../CHANGELOG.md")]
#[expect(rustdoc::broken_intra_doc_links, reason = "a heading that is no link before a release")]
pub mod _changelog {}

/// What the macros expand to; nobody else calls it.
#[doc(hidden)]
pub mod __private {
    pub use crate::assertion::{assert_exact_log, assert_law_of, assert_log};
    pub use crate::assertion::{assert_makespan, assert_orders};
    #[cfg(feature = "proptest")]
    pub use crate::checker::{Site, assert_law};
    pub use crate::law::check as check_law;
    pub use crate::law::literal as law_literal;
    pub use crate::lexer::duration;
    pub use crate::order::check as check_orders;
    pub use crate::order::literal as order_literals;
    pub use crate::scenario::{check, literal};
}
