//! Whose time a run took.

/// The clock that a run was held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Tokio's paused one, on which every time is exact.
    Virtual,
    /// Everybody's, on which everything comes a little later, and what suspends
    /// for no time at all still suspends.
    Wall,
}
