use crate::exploration::linear::{Linear, Moment};
use crate::exploration::zone::{Bound, Zone};
use crate::random::Random;

/// All points of a zone of few times.
fn points(zone: &Zone) -> Vec<Vec<i64>> {
    let mut all = vec![vec![0]];
    for index in 1..zone.len() {
        let times = zone.min(index, 0)..=zone.max(index, 0);
        all = all
            .iter()
            .flat_map(|it| times.clone().map(move |time| [&**it, &[time]].concat()))
            .collect();
    }
    all.retain(|it| zone.contains(it));
    all
}

#[test]
fn the_extremes_of_a_sum_are_those_of_its_points() {
    let mut random = Random::new(4);
    let (mut sums, mut differences) = (0, 0);
    for _ in 0..3_000 {
        let len = 2 + random.place(3);
        let mut zone = Zone::new();
        for index in 1..len {
            let after = random.place(index);
            zone.push(after, 0, 1 + i64::try_from(random.below(4)).expect("small"));
        }
        for _ in 0..2 {
            let (later, earlier) = (random.place(len), random.place(len));
            let most = i64::try_from(random.below(7)).expect("small") - 3;
            if later != earlier {
                zone = zone.within([Bound::at_most(later, earlier, most)]).unwrap_or(zone);
            }
        }
        let mut sum = Linear::constant(5);
        for index in 1..len {
            let factor = i64::try_from(random.below(7)).expect("small") - 3;
            let time = Linear::from(Moment::new(index, 0)).times(factor).expect("it is small");
            sum = &sum + &time;
        }
        match sum.as_difference() {
            Some(_) => differences += 1,
            None => sums += 1,
        }
        let values: Vec<_> = points(&zone).iter().map(|it| sum.at(it)).collect();
        assert_eq!(Some(sum.max(&zone)), values.iter().copied().max(), "{sum:?} in {zone:?}");
        assert_eq!(Some(sum.min(&zone)), values.iter().copied().min(), "{sum:?} in {zone:?}");
    }
    assert!(sums > 1_000 && differences > 100, "{sums} sums, {differences} differences");
}

#[test]
fn a_sum_beyond_what_can_be_counted_is_refused() {
    let time = Linear::from(Moment::new(1, 7));
    assert!(time.times(1 << 39).is_err());
    assert!(time.times(1 << 20).is_ok());
}
