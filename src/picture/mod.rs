//! Drawings of a trace.

mod timeline;

pub use timeline::Timeline;
