//! What a line tries, one candidate after the other, and which lines there are.

use std::time::Duration;

use crate::checker::line::{Extent, Latencies, Line, pairs, singles};
use crate::checker::range::Ranges;
use crate::name::StepName;

fn latencies(ticks: &[u64]) -> Latencies {
    let named = ticks.iter().enumerate();
    named.map(|(place, ticks)| (StepName::new("s", Some(place)), *ticks)).collect()
}

/// Ranges of some of these latencies, by their places.
fn ranges(of: &[(usize, u64, u64)]) -> Ranges {
    let mut ranges = Ranges::default();
    for (place, from, to) in of {
        let range = Duration::from_millis(*from)..=Duration::from_millis(*to);
        ranges.set(StepName::new("s", Some(*place)), &range);
    }
    ranges
}

/// Follows a line to its end. What is tried is kept where it fails.
fn tried<const N: usize>(
    mut line: Line,
    from: [u64; N],
    ranges: &Ranges,
    fails: impl Fn([u64; N]) -> bool,
) -> Vec<[u64; N]> {
    let mut best = latencies(&from);
    let mut tried = Vec::new();
    while let Some(candidate) = line.candidate(&best, ranges) {
        let ticks: Vec<_> = candidate.iter().map(|(_, ticks)| *ticks).collect();
        let ticks = ticks.try_into().expect("as many as before");
        tried.push(ticks);
        if fails(ticks) {
            best = candidate;
            line.fails();
        } else {
            line.holds();
        }
        assert!(tried.len() < 100, "it goes on and on: {tried:?}");
    }
    tried
}

/// The same of a line of one latency without a range.
fn tried_of_one(extent: Extent, from: u64, fails: impl Fn(u64) -> bool) -> Vec<u64> {
    let line = Line::new(vec![0], extent);
    tried(line, [from], &Ranges::default(), |[ticks]| fails(ticks)).concat()
}

#[test]
fn one_latency_is_nothing_or_a_tick_or_else_halved_on_the_way_to_where_it_holds() {
    let tried = |from, least| tried_of_one(Extent::Whole, from, |ticks| ticks >= least);
    assert_eq!(tried(100, 0), [0]);
    assert_eq!(tried(100, 1), [0, 1]);
    // 51, 26, 14 and 8 fail, 5 holds, 7 fails, and 6 holds.
    assert_eq!(tried(100, 7), [0, 1, 51, 26, 14, 8, 5, 7, 6]);
    assert_eq!(tried(100, 100), [0, 1, 51, 76, 88, 94, 97, 99]);
    assert_eq!(tried(3, 2), [0, 1, 2]);
    // There is nothing between what fails and what holds.
    assert_eq!(tried(2, 2), [0, 1]);
    assert_eq!(tried(1, 1), [0]);
    assert_eq!(tried(0, 0), [0; 0]);
}

#[test]
fn a_gated_line_is_left_where_its_first_tick_holds() {
    let tried = |from, fails: fn(u64) -> bool| tried_of_one(Extent::Gated, from, fails);
    assert_eq!(tried(100, |_| true), [0]);
    assert_eq!(tried(100, |ticks| ticks > 0), [0, 1]);
    assert_eq!(tried(100, |ticks| ticks > 99), [0, 1, 99]);
    // From 99 on as any other, with 98 ticks between what fails and what holds.
    assert_eq!(tried(100, |ticks| ticks > 6), [0, 1, 99, 50, 26, 14, 8, 5, 7, 6]);
    // The tick is known to hold.
    assert_eq!(tried(2, |ticks| ticks > 1), [0, 1]);
}

#[test]
fn of_a_line_to_its_ends_nothing_between_is_tried() {
    let tried = |extent, fails: fn(u64) -> bool| tried_of_one(extent, 100, fails);
    assert_eq!(tried(Extent::Ends, |ticks| ticks > 6), [0, 1]);
    assert_eq!(tried(Extent::Ends, |_| true), [0]);
    assert_eq!(tried(Extent::End, |ticks| ticks > 6), [0]);
    assert_eq!(tried(Extent::End, |_| true), [0]);
}

#[test]
fn several_latencies_are_lowered_together_until_the_first_is_at_its_end() {
    let ranges = ranges(&[(1, 5, 90)]);
    let tried = |extent| tried(Line::new(vec![0, 1], extent), [40, 30, 20], &ranges, |_| false);
    // The second one goes no further than by 25, the third one is not on the line.
    assert_eq!(tried(Extent::Ends), [[15, 5, 20], [16, 6, 20]]);
    // All of them, each as far as it goes.
    assert_eq!(tried(Extent::End), [[0, 5, 20]]);
}

#[test]
fn what_one_latency_is_lowered_by_another_is_raised_by() {
    let of_no_range = Ranges::default();
    let line = |lowered, raised, extent| Line::new(vec![lowered], extent).at_the_cost_of(raised);
    let sum = |[a, b]: [u64; 2]| a + b == 301 && a.min(b) >= 10;
    assert_eq!(
        tried(line(0, 1, Extent::Gated), [100, 201], &of_no_range, sum),
        // The first tick fails; then 50, 25 and 13 fail, 7 holds, and so on to 10.
        [
            [0, 301],
            [1, 300],
            [99, 202],
            [50, 251],
            [26, 275],
            [14, 287],
            [8, 293],
            [11, 290],
            [10, 291],
            [9, 292]
        ]
    );
    assert_eq!(
        tried(line(1, 0, Extent::Ends), [100, 201], &of_no_range, |_| false),
        [[301, 0], [300, 1]]
    );
}

#[test]
fn two_latencies_are_swapped_so_that_the_later_is_the_longer() {
    let swapped = |lowered, raised, from| {
        let line = Line::new(vec![lowered], Extent::Swap).at_the_cost_of(raised);
        tried(line, from, &Ranges::default(), |_| false)
    };
    assert_eq!(swapped(0, 1, [300, 20]), [[20, 300]]);
    assert_eq!(swapped(0, 1, [300, 0]), [[0, 300]]);
    // They are as they should be.
    assert_eq!(swapped(0, 1, [20, 300]), [[0; 2]; 0]);
    assert_eq!(swapped(0, 1, [20, 20]), [[0; 2]; 0]);
    assert_eq!(swapped(1, 0, [20, 300]), [[0; 2]; 0]);
}

#[test]
fn nothing_is_tried_that_does_not_lead_further_apart() {
    let tried = |lowered, raised, of: &[_], from| {
        let line = Line::new(vec![lowered], Extent::Ends).at_the_cost_of(raised);
        tried(line, from, &ranges(of), |_| false)
    };
    // Where the longer one cannot go below 150, they would meet, or nearly.
    assert_eq!(tried(0, 1, &[(0, 150, 900)], [200, 100]), [[0; 2]; 0]);
    // By 100 the shorter one would be as long as the longer was.
    assert_eq!(tried(0, 1, &[(0, 100, 900)], [200, 100]), [[100, 200]]);
    assert_eq!(tried(1, 0, &[(1, 100, 900)], [100, 200]), [[0; 2]; 0]);
    // By 101 it is longer, whichever it is; by a tick less it is as long, and by 102 and 101 longer.
    assert_eq!(tried(0, 1, &[(0, 99, 900)], [200, 100]), [[99, 201], [100, 200]]);
    assert_eq!(tried(1, 0, &[(1, 99, 900)], [100, 200]), [[201, 99]]);
    assert_eq!(tried(1, 0, &[(1, 98, 900)], [100, 200]), [[202, 98], [201, 99]]);
    // What is as long as it may be pays for nothing.
    assert_eq!(tried(0, 1, &[(1, 0, 100)], [50, 100]), [[0; 2]; 0]);
    // If it has room for some of it, that is what it takes.
    assert_eq!(tried(0, 1, &[(1, 0, 110)], [50, 100]), [[0, 110], [1, 110]]);
}

/// A line as text: what it lowers, what it raises, and how much of it is tried.
fn told(lines: impl IntoIterator<Item = Line>) -> Vec<String> {
    let told = |line: Line| {
        let raised = line.raised.map(|raised| format!(" for {raised}")).unwrap_or_default();
        format!("{:?}{raised} {:?}", line.lowered, line.extent)
    };
    lines.into_iter().map(told).collect()
}

#[test]
fn every_latency_that_may_be_smaller_has_a_line_of_its_own() {
    let told = |ticks: &[u64], of: &[_]| told(singles(&latencies(ticks), &ranges(of)));
    assert_eq!(told(&[5, 0, 7], &[]), ["[0] Whole", "[2] Whole"]);
    assert_eq!(told(&[5, 6, 7], &[(0, 5, 9), (1, 5, 9)]), ["[1] Whole", "[2] Whole"]);
    assert_eq!(told(&[0, 0], &[]), [""; 0]);
}

#[test]
fn many_latencies_are_tried_in_blocks_before_each_by_itself() {
    let lines = |many: usize| singles(&latencies(&vec![1; many]), &Ranges::default());
    let sizes = |many: usize| {
        let mut sizes =
            lines(many).iter().map(|it| (it.extent, it.lowered.len())).collect::<Vec<_>>();
        sizes.dedup();
        sizes
    };
    let blocks = |sizes: &[usize]| sizes.iter().map(|it| (Extent::End, *it)).collect::<Vec<_>>();
    let (single, single_at_last) = ((Extent::Whole, 1), [(Extent::Whole, 1)]);
    // Blocks of four and less are none.
    assert_eq!(sizes(8), [single]);
    assert_eq!(sizes(9), [single]);
    assert_eq!(sizes(10), [&blocks(&[5])[..], &single_at_last].concat());
    assert_eq!(sizes(64), [&blocks(&[32, 16, 8])[..], &single_at_last].concat());
    assert_eq!(lines(64).len(), 2 + 4 + 8 + 64);
    // The last block has what is left.
    assert_eq!(sizes(13), [&blocks(&[6, 1])[..], &single_at_last].concat());
    assert_eq!(told(lines(10).drain(..2)), ["[0, 1, 2, 3, 4] End", "[5, 6, 7, 8, 9] End"]);
    assert_eq!(sizes(256), [&blocks(&[128, 64, 32, 16, 8])[..], &single_at_last].concat());
    // No more than 256 lines of a kind.
    assert_eq!(sizes(512), blocks(&[256, 128, 64, 32, 16, 8]));
    assert_eq!(sizes(4_096), blocks(&[2_048, 1_024, 512, 256, 128, 64, 32, 16]));
    assert_eq!(lines(4_096).len(), 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256);
}

#[test]
fn two_latencies_are_lowered_together_or_one_at_the_cost_of_the_other() {
    let told = |ticks: &[u64], of: &[_]| told(pairs(&latencies(ticks), &ranges(of)));
    let pair = ["[0, 1] Gated", "[0] for 1 Gated", "[1] for 0 Ends", "[0] for 1 Swap"];
    assert_eq!(told(&[5, 7], &[]), pair);
    // Two that are equal are a pair as any other.
    assert_eq!(told(&[5, 5], &[]), pair);
    // The shorter one all the way, the longer one to its ends.
    assert_eq!(
        told(&[7, 5], &[]),
        ["[0, 1] Gated", "[1] for 0 Gated", "[0] for 1 Ends", "[0] for 1 Swap"]
    );
    // What cannot be smaller is only ever swapped for what is before it.
    assert_eq!(told(&[7, 0], &[]), ["[0] for 1 Swap"]);
    assert_eq!(told(&[0, 7], &[]), [""; 0]);
    assert_eq!(told(&[5, 7], &[(1, 7, 9)]), ["[0] for 1 Swap"]);
}

#[test]
fn three_and_more_that_are_equal_are_lowered_together_before_any_pair() {
    let of = |ticks: &[u64]| pairs(&latencies(ticks), &Ranges::default());
    let told = told(of(&[3, 9, 3, 9, 3, 9, 4, 4, 0, 0, 0]));
    assert_eq!(told[..3], ["[0, 2, 4] Gated", "[1, 3, 5] Gated", "[0, 1] Gated"]);
    // 28 pairs of eight, three lines each; swapped is each for all behind it.
    let swapped = 10 + 9 + 8 + 7 + 6 + 5 + 4 + 3;
    assert_eq!(told.len(), 2 + 3 * 28 + swapped);
}

#[test]
fn of_many_latencies_only_the_first_are_paired() {
    let all: Vec<_> = (1..=40).collect();
    let lines = pairs(&latencies(&all), &Ranges::default());
    // 66 pairs of twelve, four lines each.
    assert_eq!(lines.len(), 4 * 66);
    assert!(lines.iter().all(|it| it.lowered.iter().chain(&it.raised).all(|place| *place < 12)));
    let equal = pairs(&latencies(&[1; 40]), &Ranges::default());
    assert_eq!(equal.len(), 1 + 4 * 66);
    assert_eq!(equal[0].lowered, (0..40).collect::<Vec<_>>());
}
