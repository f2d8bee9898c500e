//! Numbers that look drawn, and are the same everywhere.

/// Sebastiano Vigna's splitmix64: a few lines, no state worth the name.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from zero up to `end`, without it.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A place in a list of that length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// One of a list that is not empty.
    #[cfg(feature = "proptest")]
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.place(all.len())]
    }

    /// Has what follows depend on this number too.
    #[cfg(feature = "proptest")]
    pub(crate) fn stir(&mut self, number: u64) {
        self.0 ^= number;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Random;

    #[test]
    fn the_numbers_are_those_that_splitmix64_is_known_by() {
        let mut random = Random::new(1_234_567);
        let known = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!([(); 5].map(|()| random.next()), known);
    }

    #[test]
    fn places_are_inside_the_list() {
        let mut random = Random::new(7);
        let mut drawn: Vec<_> = (0..100).map(|_| random.place(3)).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn, [0, 1, 2]);
        assert_eq!((random.below(0), random.below(1), random.place(0)), (0, 0, 0));
        let below: BTreeSet<_> = (0..100).map(|_| random.below(3)).collect();
        assert_eq!(below, [0, 1, 2].into());
    }
}
