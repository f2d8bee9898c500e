//! Drawings of a trace.

pub(crate) mod columns;
mod timeline;

pub use timeline::Timeline;
