//! Verifies the *timing* of async code: exactly, in virtual time.
//!
//! Await jobs one after another and they take the **sum** of their durations;
//! spawn them and they take the **maximum**. The time from the start of a set of
//! jobs to the end of the last one is their *makespan*. Code that everybody
//! believes is concurrent and that runs one call after another passes every test
//! that looks at types and results: only its makespan gives it away.
//!
//! This crate states a *timing law* about such code, and holds the code to it: on
//! real tokio with a paused clock, for every latency and not for one hand-picked
//! set.
//!
//! ```
//! use makespan::{assert_law, delay};
//!
//! async fn dashboard() {
//!     delay("auth").await; // in a fake: it stands for a call
//!     tokio::join!(delay("profile"), delay("orders"));
//! }
//!
//! // in a plain `#[test]`:
//! assert_law!(dashboard() => auth + max(profile, orders));
//! ```
//!
//! A change that makes the two calls run one after the other fails with the law that
//! the code obeys from then on, the smallest latencies that show it, and a picture:
//!
//! ```text
//! timing law broken: dashboard()
//!   law       auth + max(profile, orders)
//!   observed  auth + profile + orders     profile and orders run one after the other
//!   when      auth = 0ms, profile = 1ms, orders = 1ms     (smallest of 14 runs; seed in ..)
//!   expected  +1ms
//!   actual    +2ms     critical path: profile 1ms -> orders 1ms
//!
//!              expected                          actual
//!     auth     │                                 │
//!     profile  ├───────────────┤                 ┝━━━━━━━━━━━━━━━┥
//!   > orders   ├───────────────┤                                 ┝━━━━━━━━━━━━━━┥
//!              0ms             1ms               0ms             1ms          2ms
//!
//!              > differs first, at +0ms   ━ critical path
//! ```
//!
//! # Where to begin
//!
//! - [`assert_law!`] holds code to a [`Law`], with the settings of a [`Checker`] if it is
//!   given one: `assert_law!(checker, code => law)`. A [`delay`] is a dependency whose
//!   latency is tried out. A constant of the code is in braces: `min(call, {LIMIT})`.
//! - [`assert_mutants_caught!`] demands of a law that holds that simple changes of the code
//!   would break it; [`Mutants`] tell which would, and which would not.
//! - [`infer()`] finds the law of code that nobody has written a law for.
//! - [`run()`] runs any future in virtual time, [`record()`] does so inside an existing
//!   `#[tokio::test(start_paused = true)]`, and [`Timed`] names the steps of code that
//!   has no fakes. [`assert_makespan!`], [`assert_law!`], [`assert_order!`], [`assert_pace!`]
//!   and [`assert_log!`] hold one [`Run`] to claims; what it cannot decide is told, and does
//!   not pass. [`Trace::critical_path`] tells where the time went, [`Trace::slack`] how
//!   much of it a step had to spare.
//! - A run that never ends is an [`Error`]: a deadlock within milliseconds, with the
//!   steps that wait and since when.
//! - A [`Scenario`] is a timed program as plain data. It becomes a [`Trace`] in two ways
//!   that know nothing of each other: it is *run* on tokio, and *predicted* by an oracle
//!   that does not know tokio. [`Scenario::verify`] holds one against the other, event by
//!   event, and [`strategy`] generates scenarios. That is how the crate knows what it
//!   says of tokio.
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
//! The [guide] has a recipe for each thing that async code does: its law, and what it
//! looks like when it is broken. It also tells [what tokio's paused clock
//! does](guide::paused_clock).
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
//! - **Any future runs as under `#[tokio::test(start_paused = true)]`**: root first, with
//!   tokio's cooperative budget, on a current-thread runtime with the time driver and
//!   nothing else ([`Runner::io`] adds the rest). Blocking work, other threads and other
//!   clocks are outside of virtual time: [`Run::warnings`] tells of them.
//! - **A law is decided in each order of events that was found.** [`assert_law!`] explores the
//!   orders, and runs random cases behind that. A [`Coverage`] says whether the orders are all:
//!   `holds in all 26 orders, 234 runs`. The guide says [what is complete and what is only
//!   searched](guide::orders).
//! - **Durations are capped** at a year ([`MAX_DURATION`]), for a step and for any
//!   sum, nesting at [`MAX_DEPTH`], steps and forms at [`MAX_SIZE`].
//!
//! # How the code is laid out
//!
//! A scenario becomes a trace in two ways, and any other code by being run; a law
//! and the order rules judge the trace; the verdict is told with a picture. A module
//! imports only from below:
//!
//! | floor | modules | what it is |
//! |---|---|---|
//! | face | `macros`, `assertion`, `checker`, `clocks`, `verify` | one run held to claims; code held to a law over generated latencies, and to both clocks; scenarios held to their laws and to the oracle |
//! | face | `explore`, `infer`, `artifact` | the orders and the law of code, found by running it; what a failing assertion leaves behind |
//! | judgement | `verdict` | **the two laws** ([`Check`]), the order rules, the claims on one run, whether a law is strong enough, how a broken one is told |
//! | witnesses | `oracle`, `runtime` | predict and run: they never meet, and only `runtime` names tokio |
//! | exploration | `exploration` | **every order of events**: zones, paths, the walk over them |
//! | search | `inference` | from runs to a law |
//! | drawings | `picture` | a trace, or what a law says should happen, as lanes of text, as an SVG file, as a file for the Perfetto UI |
//! | files | `stored` | data for serde |
//! | data | `run`, `scenario` | what a run leaves behind; timed programs |
//! | data | `law`, `order`, `pace`, `trace` | max-plus expressions; moments compared; one step after another; what happened |
//! | ground | `error`, on `lexer`, `name`, `nearest`, `random`, `text`, `time` | |
//!
//! Only `checker` and `scenario/strategy` name proptest, only `runtime/span_layer` names
//! tracing, and only what other programs read names serde: `picture/perfetto` and `stored`.
//!
//! # Features
//!
//! - `proptest` (default): `assert_law!(future => law)`, [`Checker`] and [`strategy`].
//! - `pictures` (default): [`Trace::to_svg`], [`Trace::to_perfetto`], and the colours and
//!   the width of the terminal. Without it timelines in text are plain and 80 columns wide.
//!
//!   Without both the crate needs tokio, and with it `pin-project-lite`, `strsim` and
//!   `unicode-width`, which are small.
//! - `serde`: [`Scenario`], [`Law`] and [`Trace`] are stored and read back, and so are
//!   [`Event`], [`EventKind`], [`Name`], [`StepName`], [`TaskId`] and [`VirtualTime`].
//! - `tracing`: `SpanLayer`, which makes steps of the spans of code that uses `tracing`. It
//!   needs `tracing-core` and the registry of `tracing-subscriber`.

mod artifact;
mod assertion;
#[cfg(feature = "proptest")]
mod checker;
mod clocks;
mod error;
mod exploration;
mod explore;
#[cfg(any(doc, doctest))]
#[cfg(feature = "proptest")]
pub mod guide;
mod infer;
mod inference;
mod law;
mod lexer;
mod macros;
mod name;
mod nearest;
mod oracle;
mod order;
mod pace;
mod picture;
mod random;
mod run;
mod runtime;
mod scenario;
#[cfg(feature = "serde")]
mod stored;
mod text;
mod time;
mod trace;
mod verdict;
mod verify;

#[cfg(feature = "proptest")]
pub use checker::Checker;
pub use error::Error;
pub use exploration::{Coverage, EventOrder, Exploration, Grade};
pub use explore::explore;
pub use infer::{Inferred, infer};
pub use law::{Law, Mutation};
pub use name::{Name, StepName};
pub use order::Order;
pub use pace::Pace;
pub use picture::Timeline;
pub use run::{Run, Warning};
#[cfg(feature = "tracing")]
pub use runtime::SpanLayer;
pub use runtime::{Delay, Runnable, Runner, Timed, TimedFuture, delay};
pub use runtime::{record, run, try_record, try_run};
#[cfg(feature = "proptest")]
pub use scenario::strategy;
pub use scenario::{MAX_DEPTH, MAX_DURATION, MAX_SIZE, Scenario};
pub use time::{TICK, VirtualTime};
pub use trace::{CriticalLink, CriticalPath, End, Event, EventKind, Step, TaskId, Trace};
pub use verdict::{Check, Failure, Mutant, Mutants, Violation};
pub use verify::Verified;

#[cfg(doc)]
#[doc = include_str!("../CHANGELOG.md")]
#[expect(rustdoc::broken_intra_doc_links, reason = "a heading that is no link before a release")]
pub mod _changelog {}

/// What the macros expand to; nobody else calls it.
#[doc(hidden)]
pub mod __private {
    pub use crate::assertion::Constants;
    pub use crate::assertion::{Awaited, CodeOfLaw, HasTrace, Nothing, RunOfLaw, Unknown};
    pub use crate::assertion::{assert_exact_log, assert_law_of, assert_log};
    pub use crate::assertion::{assert_makespan, assert_orders, assert_pace};
    pub use crate::assertion::{future_of, run_of_law, trace_of};
    #[cfg(feature = "proptest")]
    pub use crate::checker::{AsChecker, Site, checker_of};
    #[cfg(feature = "proptest")]
    pub use crate::checker::{assert_at_least, assert_at_most, assert_law, assert_mutants_caught};
    pub use crate::law::check as check_law;
    pub use crate::law::literal as law_literal;
    pub use crate::lexer::duration;
    pub use crate::order::check as check_orders;
    pub use crate::order::literal as order_literals;
    pub use crate::pace::check as check_pace;
    pub use crate::pace::literal as pace_literal;
    pub use crate::runtime::{OfFunction, OfFuture};
    pub use crate::scenario::{check, literal};
}
