//! Latencies at random: from nothing over ties to hours, and crowded around the
//! constants of a law.

use std::rc::Rc;
use std::time::Duration;

use crate::checker::range::LONGEST;
use crate::law::Law;
use crate::name::Name;
use crate::random::Random;
use crate::time::whole_ticks;

/// The ticks around which something may change: the law's constants, their
/// doubles, sums and differences.
#[derive(Clone, Debug)]
pub(super) struct Landmarks {
    ticks: Rc<[u64]>,
}

impl Landmarks {
    pub(super) fn of(law: &Law) -> Self {
        // Of more constants than these the pairs are too many to hit by chance.
        const PAIRED: usize = 8;
        let constants: Vec<_> = law.constants().map(whole_ticks).filter(|it| *it > 0).collect();
        let mut ticks = constants.clone();
        for (index, one) in constants.iter().enumerate().take(PAIRED) {
            for two in &constants[index..constants.len().min(PAIRED)] {
                ticks.extend([one + two, one.abs_diff(*two)]);
            }
        }
        ticks.retain(|it| *it <= whole_ticks(Duration::from_secs(30 * 86_400)));
        ticks.sort_unstable();
        ticks.dedup();
        Self { ticks: ticks.into() }
    }

    pub(super) fn ticks(&self) -> &[u64] {
        &self.ticks
    }
}

/// How the latencies of a case are drawn: as a function of a seed, and of a
/// step's name and place.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    seed: u64,
    scale: u64,
    /// A point that several steps share, so that they tie or nearly do.
    anchor: u64,
    /// One name in so many takes far longer than the rest; none if it is zero.
    giants: u64,
    landmarks: Landmarks,
}

/// How far the latencies of a case go, in ticks; one of these at random. Most
/// faults show within seconds, and code that polls pays for every hour.
const SCALES: [u64; 24] = [
    1, 3, 3, 10, 10, 30, 100, 100, 300, 1_000, 1_000, 3_000, 3_000, 10_000, 10_000, 10_000, 20_000,
    20_000, 20_000, 60_000, 60_000, 600_000, 3_600_000, LONGEST,
];

impl Draw {
    pub(super) fn new(seed: u64, landmarks: &Landmarks) -> Self {
        let mut random = Random::new(seed);
        let scale = *random.one_of(&SCALES);
        let anchor = random.below(scale + 1);
        let giants = *random.one_of(&[0, 0, 2, 3]);
        Self { seed, scale, anchor, giants, landmarks: landmarks.clone() }
    }

    /// A number that is as good as random for this step in this case.
    pub(super) fn chance(&self, name: &Name, place: usize) -> u64 {
        let bytes = name.as_str().bytes();
        // FNV-1a, then mixed with the rest.
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut random = Random::new(self.seed ^ hash.rotate_left(17));
        let first = random.next();
        random.stir(first.wrapping_add(place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next()
    }

    pub(super) fn ticks(&self, name: &Name, place: usize) -> u64 {
        let mut random = Random::new(self.chance(name, place));
        let landmarks = self.landmarks.ticks();
        let near = |ticks: u64, random: &mut Random| (ticks + random.below(3)).saturating_sub(1);
        let ticks = match random.below(100) {
            0..10 => 0,
            10..20 => near(self.anchor, &mut random),
            20..50 if !landmarks.is_empty() => {
                let landmark = *random.one_of(landmarks);
                let from = *random.one_of(&[0, 0, self.anchor]);
                near(from + landmark, &mut random)
            }
            _ => random.below(self.scale + 1),
        };
        let is_giant = self.giants > 0 && random.next().is_multiple_of(self.giants);
        if is_giant { ticks.saturating_add(self.scale * 4).min(LONGEST.max(ticks)) } else { ticks }
    }
}

#[cfg(test)]
mod tests {
    use super::{Draw, Landmarks};
    use crate::law::Law;
    use crate::name::Name;

    const DAY: u64 = 86_400_000;

    fn landmarks(law: &str) -> Landmarks {
        Landmarks::of(&law.parse::<Law>().unwrap_or_else(|error| panic!("{law}: {error}")))
    }

    /// What five thousand steps take, of which each stands for itself.
    fn drawn(draw: &Draw) -> Vec<u64> {
        (0..5_000).map(|number| draw.ticks(&Name::from(format!("s{number}")), 0)).collect()
    }

    #[test]
    fn landmarks_are_constants_their_doubles_sums_and_differences() {
        let both = landmarks("max(a + 100ms, b + 300ms)");
        assert_eq!(both.ticks(), [0, 100, 200, 300, 400, 600]);
        for nothing in ["max(a, 0ms)", "min(a, 0ms)", "0ms"] {
            assert!(landmarks(nothing).ticks().is_empty(), "{nothing}");
        }
        // None is beyond thirty days.
        assert_eq!(landmarks("a + 15d").ticks(), [0, 15 * DAY, 30 * DAY]);
        assert_eq!(landmarks("a + 16d").ticks(), [0, 16 * DAY]);
    }

    #[test]
    fn latencies_are_none_tied_or_up_to_the_scale() {
        let landmarks = landmarks("a");
        let draw = Draw { seed: 1, scale: 1_000, anchor: 500, giants: 0, landmarks };
        let drawn = drawn(&draw);
        let share = |is: fn(u64) -> bool| drawn.iter().filter(|it| is(**it)).count() / 50;
        // One in ten each, and a few of what is drawn evenly.
        assert!((8..=12).contains(&share(|it| it == 0)), "{}", share(|it| it == 0));
        assert!((8..=12).contains(&share(|it| (499..=501).contains(&it))));
        // 80 in a hundred evenly: half of them below the middle.
        assert!((35..=45).contains(&share(|it| (1..499).contains(&it))));
        assert!((35..=45).contains(&share(|it| (502..=1_000).contains(&it))));
        assert_eq!(drawn.iter().max(), Some(&1_000));
    }

    #[test]
    fn three_of_ten_latencies_are_beside_a_landmark() {
        let landmarks = Landmarks { ticks: [5_000].into() };
        let draw = Draw { seed: 1, scale: 1_000, anchor: 500, giants: 0, landmarks };
        let drawn = drawn(&draw);
        let share = |from: u64| drawn.iter().filter(|it| (from..from + 3).contains(*it)).count();
        // Two thirds of them from the start, one from the time that several share.
        assert!((900..=1_100).contains(&share(4_999)), "{}", share(4_999));
        assert!((420..=580).contains(&share(5_499)), "{}", share(5_499));
        assert_eq!(drawn.iter().filter(|it| **it > 1_000).count(), share(4_999) + share(5_499));
    }

    #[test]
    fn giants_take_four_times_the_scale_longer() {
        let landmarks = landmarks("a");
        let draw = Draw { seed: 1, scale: 1_000, anchor: 500, giants: 2, landmarks };
        let drawn = drawn(&draw);
        let giants = drawn.iter().filter(|it| **it >= 4_000).count();
        assert!((2_350..=2_650).contains(&giants), "{giants}");
        assert_eq!(drawn.iter().filter(|it| **it > 1_000 && **it < 4_000).count(), 0);
        assert!(drawn.iter().all(|it| *it <= 5_000));
    }

    #[test]
    fn a_seed_that_was_kept_means_the_same_latencies() {
        let draw = Draw::new(42, &landmarks("max(call, 100ms)"));
        let of = |name: &str, place| draw.ticks(&Name::from(name), place);
        let drawn = [of("auth", 0), of("auth", 1), of("profile", 0), of("profile", 3)];
        assert_eq!(
            (draw.scale, draw.anchor, draw.giants, drawn),
            (10_000, 992, 2, [100, 48_561, 1_291, 0])
        );
    }
}
