use clock_zones::{Bound as _, Clock, Constraint, Zone as _, ZoneI64};

use crate::exploration::zone::{Bound, Zone};
use crate::random::Random;

/// A number between these two, both among them.
fn between(random: &mut Random, least: i64, most: i64) -> i64 {
    let width = u64::try_from(most - least + 1).expect("it is no less");
    least + i64::try_from(random.below(width)).expect("it is small")
}

/// A zone of so many times at random, and the bounds that it was made of.
fn made(random: &mut Random, len: usize, most: i64) -> (Zone, Vec<Bound>) {
    let (mut zone, mut bounds) = (Zone::new(), Vec::new());
    for index in 1..len {
        let after = random.place(index);
        let least = between(random, 0, most / 2);
        let longest = between(random, least, most);
        zone.push(after, least, longest);
        bounds
            .extend([Bound::at_least(index, after, least), Bound::at_most(index, after, longest)]);
    }
    (zone, bounds)
}

fn bound(random: &mut Random, len: usize, most: i64) -> Bound {
    let later = random.place(len);
    let earlier = (later + 1 + random.place(len - 1)) % len;
    Bound::at_most(later, earlier, between(random, -most, most))
}

fn clock(index: usize) -> Clock {
    match index {
        0 => Clock::ZERO,
        _ => Clock::variable(index - 1).into(),
    }
}

#[test]
fn bounds_are_those_of_another_library() {
    let mut random = Random::new(1);
    let mut empty = 0;
    for _ in 0..10_000 {
        let len = 2 + random.place(5);
        let (mut zone, mut bounds) = made(&mut random, len, 40);
        let mut other = ZoneI64::new_unconstrained(len - 1);
        bounds.extend((0..random.place(6)).map(|_| bound(&mut random, len, 40)));
        for it in &bounds {
            let (later, earlier) = (clock(it.later), clock(it.earlier));
            other.add_constraint(Constraint::new_diff_le(later, earlier, it.most));
        }
        let is_left = bounds.iter().all(|bound| zone.restrict(*bound));
        // It sees an empty zone by the first clock alone.
        let is_negative = |index| other.get_bound(clock(index), clock(index)) < &1;
        assert_eq!(is_left, !(0..len).any(is_negative), "{bounds:?}");
        if !is_left {
            empty += 1;
            continue;
        }
        for later in 0..len {
            for earlier in 0..len {
                let most = other.get_bound(clock(later), clock(earlier)).constant();
                assert_eq!(Some(zone.max(later, earlier)), most, "{bounds:?}");
            }
        }
    }
    assert!((1_000..9_000).contains(&empty), "{empty} were empty");
}

/// All points with times from nothing up to `most`.
fn points(len: usize, most: i64) -> Vec<Vec<i64>> {
    let mut all = vec![vec![0]];
    for _ in 1..len {
        all = all
            .iter()
            .flat_map(|it| (0..=most).map(move |time| [&**it, &[time]].concat()))
            .collect();
    }
    all
}

#[test]
fn a_zone_has_the_points_that_its_bounds_allow_and_is_partitioned_by_any_bounds() {
    let mut random = Random::new(2);
    for _ in 0..2_000 {
        let len = 2 + random.place(3);
        let (zone, bounds) = made(&mut random, len, 3);
        let all = points(len, 9);
        let inside: Vec<_> = all.iter().filter(|it| zone.contains(it)).collect();
        let is_inside = |it: &&Vec<i64>| bounds.iter().all(|bound| bound.holds(it));
        assert_eq!(inside, all.iter().filter(is_inside).collect::<Vec<_>>());
        for (later, earlier) in [(0, 1), (1, 0), (len - 1, 0), (len - 1, 1)] {
            let most = inside.iter().map(|it| it[later] - it[earlier]).max();
            assert_eq!(Some(zone.max(later, earlier)), most);
            let least = inside.iter().map(|it| it[later] - it[earlier]).min();
            assert_eq!(Some(zone.min(later, earlier)), least);
        }
        // A part and the rest share no point, and have all.
        let cuts: Vec<_> = (0..3).map(|_| bound(&mut random, len, 3)).collect();
        let part = zone.within(cuts.iter().copied());
        let mut rest = Vec::new();
        zone.clone().without(&cuts, &mut rest);
        for point in inside {
            let is_in_part = part.iter().filter(|part| part.contains(point)).count();
            let in_rest = rest.iter().filter(|rest| rest.contains(point)).count();
            assert_eq!(is_in_part + in_rest, 1, "{point:?} of {cuts:?}");
            assert_eq!(is_in_part == 1, cuts.iter().all(|cut| cut.holds(point)));
        }
    }
}

#[test]
fn a_point_is_as_near_to_what_is_chosen_as_the_zone_allows() {
    let mut random = Random::new(3);
    for _ in 0..2_000 {
        let len = 2 + random.place(4);
        let (mut zone, _) = made(&mut random, len, 20);
        let more: Vec<_> = (0..3).map(|_| bound(&mut random, len, 20)).collect();
        for bound in more {
            zone = zone.within([bound]).unwrap_or(zone);
        }
        let wanted: Vec<_> = (0..len).map(|_| between(&mut random, 0, 60)).collect();
        let point = zone.point(|index, _, _| wanted[index]);
        assert!(zone.contains(&point));
        // Whatever is in the zone is its own nearest point.
        assert_eq!(zone.point(|index, _, _| point[index]), point);
        // The rounded middle of two points is in the zone: searches by halves rely on it.
        let other = zone.point(|_, least, most| if random.place(2) == 0 { least } else { most });
        let middle: Vec<_> = point.iter().zip(&other).map(|(a, b)| (a + b).div_euclid(2)).collect();
        assert!(zone.contains(&middle), "{point:?} {other:?}");
    }
}
