//! The guide: documentation and nothing else. Its programs run as tests.

#![doc = include_str!("start.md")]
#![doc = include_str!("recipe/fan_out.md")]
#![doc = include_str!("recipe/await_in_a_loop.md")]
#![doc = include_str!("recipe/retry.md")]
#![doc = include_str!("recipe/timeout.md")]
#![doc = include_str!("recipe/hedging.md")]
#![doc = include_str!("recipe/bounded_concurrency.md")]
#![doc = include_str!("recipe/pipeline.md")]
#![doc = include_str!("recipe/single_flight.md")]
#![doc = include_str!("recipe/graceful_shutdown.md")]
#![doc = include_str!("recipe/prefetch.md")]
#![doc = include_str!("recipe/interval.md")]
#![doc = include_str!("recipe/channel_hand_over.md")]
#![doc = include_str!("recipe/mutex_across_an_await.md")]
#![doc = include_str!("recipe/cancellation.md")]

#[doc = include_str!("orders.md")]
pub mod orders {}

#[doc = include_str!("no_law_fits.md")]
pub mod no_law_fits {}

#[doc = include_str!("strong_enough.md")]
pub mod strong_enough {}

#[doc = include_str!("no_end.md")]
pub mod no_end {}

#[doc = include_str!("relations.md")]
pub mod relations {}

#[doc = include_str!("paused_clock.md")]
pub mod paused_clock {}

#[doc = include_str!("cost.md")]
#[doc = include_str!("../../assets/growth.svg")]
pub mod cost {}

#[doc = include_str!("snapshots.md")]
pub mod snapshots {}

#[doc = include_str!("scaling_out.md")]
pub mod scaling_out {}

#[cfg(feature = "tracing")]
#[doc = include_str!("production_code.md")]
pub mod production_code {}
