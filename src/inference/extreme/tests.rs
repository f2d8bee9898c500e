//! What a `max` and a `min` of sums are written as.

use std::rc::Rc;

use crate::inference::extreme::{Extreme, Order, digits, is_rounder_without};
use crate::inference::sum::{Sum, Term};

fn step(number: usize) -> Sum {
    vec![Term::Step(number)]
}

fn time(ticks: u64) -> Sum {
    vec![Term::Ticks(ticks)]
}

fn max<const N: usize>(sums: [Sum; N]) -> Sum {
    vec![Term::Max(Rc::new(sums.into()))]
}

fn min<const N: usize>(sums: [Sum; N]) -> Sum {
    vec![Term::Min(Rc::new(sums.into()))]
}

fn sum<const N: usize>(terms: [Sum; N]) -> Sum {
    terms.concat()
}

/// The largest and the smallest of sums over four steps.
fn both<const N: usize>(sums: [Sum; N]) -> (Sum, Sum) {
    let order = Order::new(&[0, 1, 2, 3]);
    let of = |extreme| order.extreme(extreme, sums.to_vec());
    (of(Extreme::Max), of(Extreme::Min))
}

#[test]
fn an_extreme_among_others_of_its_kind_is_one_with_them() {
    let (a, b, c) = (step(0), step(1), step(2));
    let inside = max([a.clone(), b.clone()]);
    let flat = max([a.clone(), b.clone(), c.clone()]);
    assert_eq!(both([inside.clone(), c.clone()]), (flat, min([inside, c.clone()])));
    let inside = min([a.clone(), b.clone()]);
    let flat = min([a, b, c.clone()]);
    assert_eq!(both([inside.clone(), c.clone()]), (max([inside, c]), flat));
}

#[test]
fn what_changes_nothing_is_left_out() {
    let (a, b) = (step(0), step(1));
    let all = |sums: [Sum; 2]| (max(sums.clone()), min(sums));
    let same = |sum: &Sum| (sum.clone(), sum.clone());
    assert_eq!(both([]), same(&Sum::new()));
    assert_eq!(both([a.clone()]), same(&a));
    assert_eq!(both([a.clone(), a.clone()]), same(&a));
    let long = sum([a.clone(), time(5), b.clone()]);
    assert_eq!(both([long.clone(), long.clone()]), same(&long));
    assert_eq!(both([a.clone(), b.clone(), a.clone()]), all([a.clone(), b.clone()]));
    // At once is before all else.
    assert_eq!(both([Sum::new(), a.clone()]), (a.clone(), Sum::new()));
    assert_eq!(both([Sum::new(), Sum::new()]), same(&Sum::new()));
    // Of times alone one decides.
    let (largest, smallest) = both([time(200), a.clone(), time(300), time(100)]);
    assert_eq!(largest, max([time(300), a.clone()]));
    assert_eq!(smallest, min([time(100), a]));
}

#[test]
fn what_is_common_is_taken_out() {
    let (a, b, c, d) = (step(0), step(1), step(2), step(3));
    let all = |sums: [Sum; 2]| (max(sums.clone()), min(sums));
    let around = |before: Sum, (largest, smallest): (Sum, Sum), after: Sum| {
        (sum([before.clone(), largest, after.clone()]), sum([before, smallest, after]))
    };
    let begin_alike = [sum([a.clone(), time(5), b.clone()]), sum([a.clone(), time(5), c.clone()])];
    let before = sum([a.clone(), time(5)]);
    assert_eq!(both(begin_alike), around(before, all([b.clone(), c.clone()]), Sum::new()));
    let end_alike = [sum([a.clone(), time(5)]), sum([b.clone(), time(5)])];
    assert_eq!(both(end_alike), around(Sum::new(), all([a.clone(), b.clone()]), time(5)));
    // One of them is all that the others begin with.
    let (largest, _) = both([a.clone(), sum([a.clone(), b.clone()])]);
    assert_eq!(largest, sum([a.clone(), b.clone()]));
    // Some of them begin alike.
    let (largest, _) = both([sum([a.clone(), b.clone()]), sum([a.clone(), c.clone()]), d.clone()]);
    assert_eq!(largest, max([sum([a, max([b, c])]), d]));
}

#[test]
fn a_time_alone_is_split_where_that_makes_it_rounder() {
    let a = step(0);
    let all = |sums: [Sum; 2]| (max(sums.clone()), min(sums));
    let behind = |ticks| sum([a.clone(), time(ticks)]);
    let ahead = |ticks| sum([time(ticks), a.clone()]);
    let (largest, smallest) = all([time(1_000), a.clone()]);
    let split = |sums: [Sum; 2]| sum([sums[0].clone(), sums[1].clone()]);
    assert_eq!(
        both([behind(100), time(1_100)]),
        (split([largest.clone(), time(100)]), split([smallest.clone(), time(100)]))
    );
    assert_eq!(
        both([time(1_100), ahead(100)]),
        (split([time(100), largest]), split([time(100), smallest]))
    );
    // Not to 200 + 100, nor to 0 + 150.
    assert_eq!(both([behind(100), time(300)]), all([time(300), behind(100)]));
    assert_eq!(both([ahead(150), time(150)]), all([time(150), ahead(150)]));
    assert!(is_rounder_without(1_100, 100) && is_rounder_without(150, 50));
    assert!(!is_rounder_without(300, 100) && !is_rounder_without(1_000, 100));
    assert!(!is_rounder_without(150, 150) && !is_rounder_without(50, 150));
}

#[test]
fn digits_are_counted_up_to_the_zeros_at_the_end() {
    let counted = [0, 1, 9, 10, 500, 12, 120, 1_001].map(digits);
    assert_eq!(counted, [0, 0, 0, 0, 0, 1, 1, 3]);
}
