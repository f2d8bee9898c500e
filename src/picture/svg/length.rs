//! Lengths in a picture.

use std::fmt;
use std::ops::{Add, Mul, Sub};

/// A length, or a place by its distance from the left or the top: whole tenths of
/// a pixel, so that no drawing hangs on how a float is rounded or printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Length(usize);

impl Length {
    pub(super) const fn px(pixels: usize) -> Self {
        Self(pixels * 10)
    }

    pub(super) const fn tenths(tenths: usize) -> Self {
        Self(tenths)
    }

    pub(super) const fn as_tenths(self) -> usize {
        self.0
    }

    pub(super) const fn half(self) -> Self {
        Self(self.0 / 2)
    }
}

impl Add for Length {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

/// Nothing lies left of the picture or above it: there it stops.
impl Sub for Length {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<usize> for Length {
    type Output = Self;

    fn mul(self, times: usize) -> Self {
        Self(self.0 * times)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, rest) => write!(f, "{whole}.{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Length;

    #[test]
    fn a_length_has_at_most_one_decimal() {
        let shown = [Length::px(0), Length::px(12), Length::tenths(125), Length::tenths(5)];
        assert_eq!(shown.map(|it| it.to_string()), ["0", "12", "12.5", "0.5"]);
        assert_eq!(Length::px(3) - Length::px(5), Length::px(0));
    }
}
