//! What is tried on the way from a case that fails to the smallest that does.

use std::rc::Rc;
use std::time::Duration;

use proptest::strategy::ValueTree;

use crate::checker::case::{Case, Rest};
use crate::checker::range::Ranges;
use crate::checker::tree::{CaseTree, MOST};
use crate::name::{Name, StepName};

/// Asks for the latency of the first step of a name.
type Ask<'a> = &'a dyn Fn(&str) -> u64;

/// Follows a tree to its end as proptest does. Code asks for latencies, and fails or not.
fn follow(mut tree: CaseTree, fails: impl Fn(Ask<'_>) -> bool) -> (Vec<Vec<u64>>, Vec<u64>) {
    let run = |case: &Case| {
        let has_failed = fails(&|name| case.ticks(&Name::from(name), 0));
        let asked: Vec<_> = case.asked().into_iter().map(|(_, ticks)| ticks).collect();
        (has_failed, asked)
    };
    let (has_failed, mut smallest) = run(&tree.current());
    assert!(has_failed, "it has to begin with what fails");
    let mut tried = Vec::new();
    let mut is_left = tree.simplify();
    while is_left {
        let (has_failed, asked) = run(&tree.current());
        tried.push(asked.clone());
        if has_failed {
            smallest = asked;
        }
        is_left = if has_failed { tree.simplify() } else { tree.complicate() };
        assert!(tried.len() < 1_000, "it goes on and on");
    }
    // In the end it is back at what failed last.
    assert_eq!(run(&tree.current()), (true, smallest.clone()));
    (tried, smallest)
}

fn tree<const N: usize>(from: [(&str, u64); N], ranges: Ranges) -> CaseTree {
    let chosen = from.map(|(name, ticks)| (StepName::new(name, Some(0)), ticks));
    let ranges = Rc::new(ranges);
    CaseTree::new(Case::new(chosen.into(), Rest::Fixed(0), &ranges), &ranges)
}

/// The same from some latencies without ranges.
fn tried<const N: usize>(
    from: [(&str, u64); N],
    fails: impl Fn(Ask<'_>) -> bool,
) -> (Vec<Vec<u64>>, Vec<u64>) {
    follow(tree(from, Ranges::default()), fails)
}

#[test]
fn all_of_nothing_and_all_of_a_tick_come_first_then_all_is_halved_then_each_is_searched() {
    let (tried, smallest) = tried([("a", 100)], |ask| ask("a") >= 7);
    assert_eq!(smallest, [7]);
    let all = [0, 1, 50, 25, 12, 6];
    // From 12 on by itself, and again from 7 on, since it has moved.
    let single = [0, 1, 7, 4, 6];
    let again = [0, 1, 4, 6];
    assert_eq!(tried.concat(), [&all[..], &single, &again].concat());
}

#[test]
fn what_changes_nothing_is_not_tried() {
    let of = |from, fails: fn(u64) -> bool| tried([("a", from)], |ask| fails(ask("a"))).0.concat();
    assert_eq!(of(0, |_| true), [0; 0]);
    // All of nothing fails, and there is less than nothing of none.
    assert_eq!(of(100, |_| true), [0]);
    // One tick is as it was; half of it is nothing, and so is all of it.
    assert_eq!(of(1, |ticks| ticks > 0), [0, 0, 0]);
    assert_eq!(of(2, |ticks| ticks > 0), [0, 1, 0, 0]);
}

#[test]
fn ranges_bound_what_is_tried_of_all() {
    let mut ranges = Ranges::default();
    ranges.set("a".into(), &(Duration::from_millis(10)..=Duration::from_millis(40)));
    let from = tree([("a", 40), ("b", 40)], ranges);
    let (tried, smallest) = follow(from, |ask| ask("a") + ask("b") > 30);
    // 10 of the one are 21 of the other; nothing, a tick and two halves of them come first.
    assert_eq!(tried[..4], [[10, 0], [10, 1], [20, 20], [10, 10]]);
    // Of what comes to the same the sum of squares is the largest.
    assert_eq!(smallest, [31, 0]);
}

#[test]
fn pairs_are_tried_when_no_single_latency_moves_and_singles_again_when_a_pair_has() {
    // Only together are they smaller.
    let (tried, smallest) = tried([("a", 3), ("b", 3)], |ask| {
        let (a, b) = (ask("a"), ask("b"));
        a == b && a > 0 || a == 1 && b == 2
    });
    assert_eq!(smallest, [1, 1]);
    // All of a tick fails, and half of it, each alone, both together, and each at the cost
    // of the other do not.
    let ends = [[0, 0], [0, 1], [1, 0], [0, 0], [0, 2], [2, 0]];
    assert_eq!(tried[..2], [[0, 0], [1, 1]]);
    assert_eq!(tried[2..], ends);

    // Three of the one and none of the other are less, and found through a pair alone.
    let (tried, smallest) = self::tried([("a", 2), ("b", 2)], |ask| {
        let (a, b) = (ask("a"), ask("b"));
        a == 2 && b == 2 || a > 2 && b < 2
    });
    assert_eq!(smallest, [3, 0]);
    let all = [[0, 0], [1, 1], [1, 1]];
    let singles = [[0, 2], [1, 2], [2, 0], [2, 1]];
    // Together; the one at the cost of the other, and the other way round; swapped.
    let pairs = [[0, 0], [1, 1], [0, 4], [1, 3], [4, 0], [0, 4]];
    // Four and none have failed, so each is searched again, until nothing moves.
    let moved = [[0, 0], [1, 0], [3, 0], [2, 0]];
    let again = [[0, 0], [1, 0], [2, 0], [0, 3]];
    let expected = [&all[..], &singles, &pairs, &moved, &again].concat();
    assert_eq!(tried, expected);
}

#[test]
fn the_search_of_single_latencies_begins_anew_where_other_steps_start() {
    let (tried, smallest) = tried([("a", 100), ("b", 80), ("c", 90)], |ask| {
        if ask("a") > 0 {
            ask("b");
        }
        ask("c") > 40
    });
    assert_eq!(smallest, [0, 41]);
    let all: [&[u64]; 4] = [&[0, 0], &[1, 1, 1], &[50, 40, 45], &[25, 20, 22]];
    // Without the second step the third one is in its place.
    let single = [45, 0, 1, 23, 34, 40, 43, 42, 41].map(|third| [0, third]);
    assert_eq!(tried[..4], all);
    assert_eq!(tried[4..13], single);
}

#[test]
fn steps_that_start_only_where_all_takes_a_tick_are_searched_by_themselves() {
    let (tried, smallest) = tried([("a", 100)], |ask| {
        let a = ask("a");
        if a < 2 {
            ask("b");
        }
        a > 0
    });
    assert_eq!(smallest, [1, 0]);
    // Nothing, a tick; then each of the two steps, which none has halved; then the swap.
    assert_eq!(tried, [[0, 0], [1, 0], [0, 0], [0, 1]]);
}

#[test]
fn steps_that_do_not_start_any_more_are_forgotten() {
    let (tried, smallest) = tried([("a", 90), ("b", 80)], |ask| {
        let a = ask("a");
        if a > 40 {
            ask("b");
        }
        a > 20
    });
    assert_eq!(smallest, [21]);
    // All of it, and halves: the second one does not start.
    assert_eq!(tried[..5], [&[0][..], &[1], &[45, 40], &[22], &[11]]);
    // From 22 on the first one by itself, and again from 21 on.
    assert_eq!(tried[5..].concat(), [0, 1, 12, 17, 20, 21, 0, 1, 11, 16, 19, 20]);
}

#[test]
fn no_more_is_tried_after_so_many_latencies_were_looked_at() {
    for (spent, turns) in [(0, 15), (MOST - 3, 3), (MOST - 1, 1), (MOST, 0), (usize::MAX, 0)] {
        let from = CaseTree { spent, ..tree([("a", 100)], Ranges::default()) };
        let (tried, _) = follow(from, |ask| ask("a") >= 7);
        assert_eq!(tried.len(), turns, "{spent}");
    }
}
