//! The integration tests: one binary, so that proptest keeps its seeds in the
//! top-level `proptest-regressions/`.

mod again;
mod api;
mod artifacts;
mod asyncio;
mod bad_input;
mod by_hand;
mod checker;
mod clocks;
mod constants;
mod differences;
mod errors;
mod examples;
mod exploration;
mod failure_texts;
mod fuzz;
mod infer;
mod large;
mod law_messages;
mod laws;
mod lost_wakes;
mod messages;
mod missing_tool;
mod mutants;
mod negative;
mod notation;
mod one_run;
mod order_notation;
mod outside_peers;
mod outside_runs;
#[cfg(unix)]
mod own_check;
mod pace;
mod pace_notation;
mod patterns;
mod perfetto;
mod programs;
mod properties;
mod readme;
mod runs;
mod seeds;
mod snapshots;
mod soak;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(feature = "serde")]
mod stored;
#[cfg(feature = "pictures")]
mod svg;
#[cfg(all(target_os = "linux", feature = "pictures"))]
mod terminal;
mod tidy;
mod timelines;
mod tokio_facts;
mod trace_events;
mod unending;
mod unending_recorded;
mod verdicts;
mod virtual_limit;
mod wall;
