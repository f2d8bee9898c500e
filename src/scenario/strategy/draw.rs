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

#[cfg(test)]
mod tests {
    use crate::scenario::strategy::script::{LAST, drawn, made_of};

    #[test]
    fn a_number_is_any_of_its_range() {
        let number = |choices: &[u64], range| made_of(choices, |draw| draw.number(range));
        assert_eq!(number(&[], 5..=5), 5);
        assert_eq!([0, 1, LAST].map(|choice| number(&[choice], 5..=8)), [5, 6, 8]);
        assert_eq!(number(&[LAST], 1..=u64::MAX), u64::MAX);
        // There is no such number as the count of all.
        assert_eq!([0, LAST].map(|choice| number(&[choice], 0..=u64::MAX)), [0, u64::MAX - 1]);

        let count = |choices: &[u64], range| made_of(choices, |draw| draw.count(range));
        assert_eq!(count(&[], 5..=5), 5);
        assert_eq!([0, 1, LAST].map(|choice| count(&[choice], 5..=8)), [5, 6, 8]);

        let pick = |choices: &[u64], of: &str| {
            made_of(choices, |draw| draw.pick(&of.chars().collect::<Vec<_>>()))
        };
        assert_eq!(pick(&[], "a"), 'a');
        assert_eq!([0, 1, LAST].map(|choice| pick(&[choice], "abcd")), ['a', 'b', 'd']);
    }

    #[test]
    fn what_is_rare_is_the_last_choice() {
        let one_in = |choices: &[u64], times| made_of(choices, |draw| draw.one_in(times));
        assert_eq!([0, 1, 2].map(|choice| one_in(&[choice], 3)), [false, false, true]);
        assert!(one_in(&[LAST], 24));
        assert!(one_in(&[], 1), "once in one time");
        let often = drawn(9_000, |draw| draw.one_in(3)).into_iter().filter(|is| *is).count();
        assert!((2_800..=3_200).contains(&often), "{often} in 9,000");
    }
}
