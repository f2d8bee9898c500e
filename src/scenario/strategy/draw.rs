//! Choices, from whatever makes them at random.

use std::ops::RangeInclusive;

/// A source of choices. Where it always answers `0`, as a fuzzer's exhausted
/// input does, everything that is generated from it still comes to an end.
pub(super) struct Draw<'a> {
    /// Returns a number below the one it is given, which is never zero.
    below: &'a mut dyn FnMut(u64) -> u64,
}

impl<'a> Draw<'a> {
    pub(super) fn new(below: &'a mut dyn FnMut(u64) -> u64) -> Self {
        Self { below }
    }

    pub(super) fn number(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (least, most) = range.into_inner();
        match (most - least).checked_add(1) {
            Some(1) => least,
            Some(count) => least + (self.below)(count),
            None => (self.below)(u64::MAX),
        }
    }

    pub(super) fn count(&mut self, range: RangeInclusive<usize>) -> usize {
        let (least, most) = range.into_inner();
        let more = self.number(0..=u64::try_from(most - least).unwrap_or(u64::MAX));
        least + usize::try_from(more).unwrap_or(0)
    }

    /// Says yes once in so many times.
    pub(super) fn one_in(&mut self, times: u64) -> bool {
        // Not the `0` of an exhausted source: what is rare shall be rare there too.
        self.number(0..=times - 1) == times - 1
    }

    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.count(0..=choices.len() - 1)]
    }
}
