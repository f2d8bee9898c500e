//! Drawings of a trace.

mod axis;
pub(crate) mod columns;
mod comparison;
mod lanes;
mod look;
#[cfg(feature = "pictures")]
mod perfetto;
mod rows;
mod sign;
#[cfg(feature = "pictures")]
mod svg;
mod timeline;
#[cfg(feature = "pictures")]
mod tracks;

pub(crate) use comparison::{Comparison, Marks};
pub(crate) use lanes::{DRAWN, Lanes};
pub(crate) use look::{Ink, Look, Stream};
pub use timeline::Timeline;
