//! Explorations held against running every assignment of a box.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Duration;

use super::once;
use super::programs::{Maker, Program, run};
use crate::exploration::Ending;
use crate::exploration::explored::Unstarted;
use crate::exploration::tree::Node;
use crate::exploration::walk::{RangeOf, Walk};
use crate::name::StepName;
use crate::random::Random;
use crate::runtime::Latency;

/// The times that an assignment brings a whole path to, if the path is that of the assignment.
fn times_in(walk: &Walk<'_>, leaf: &Node, latencies: &BTreeMap<StepName, i64>) -> Option<Vec<i64>> {
    let names = &walk.runs[leaf.runs.first()?.0].names;
    let mut times = vec![0];
    for index in 1..leaf.zone.len() {
        let latency = latencies[&names[index - 1]];
        let start = leaf.starts[index].at(&times);
        times.push(start + latency);
    }
    leaf.zone.contains(&times).then_some(times)
}

#[derive(Default)]
struct Tally {
    programs: usize,
    zones: usize,
    runs: usize,
    assignments: usize,
    gaps: usize,
    cut: usize,
    wrong: Vec<String>,
}

fn hold(program: &Program, values: &[i64], most: i64, tally: &mut Tally) {
    let code = async || run(program.clone()).await;
    let mut runs = |latency: Latency, _: &Unstarted| Some(once(&code, latency));
    let (least, range_most) = (values[0], most);
    let range: RangeOf = Rc::new(move |_| (least, range_most));
    let mut walk = Walk::new(&mut runs, range, 3_000, true);
    walk.probe();
    tally.programs += 1;
    if walk.is_over() || walk.recurring().is_some() {
        tally.cut += 1;
        return;
    }
    assert!(!walk.has_open(), "{program:?}");
    tally.runs += walk.runs.len();
    let leaves = walk.leaves();
    tally.zones += leaves.len();
    if !walk.gaps.is_empty() {
        tally.gaps += 1;
        println!("{:?} in {program:?}", walk.gaps);
        return;
    }
    let mut names: Vec<_> = walk.runs.iter().flat_map(|run| run.names.clone()).collect();
    names.sort();
    names.dedup();
    let all = values.len().pow(u32::try_from(names.len()).expect("few"));
    for number in 0..all {
        let mut rest = number;
        let latencies: BTreeMap<_, _> = (names.iter())
            .map(|name| {
                let value = values[rest % values.len()];
                rest /= values.len();
                (name.clone(), value)
            })
            .collect();
        let chosen = latencies.clone();
        let latency: Latency = Rc::new(move |asked| {
            let step = StepName::new(asked.name.clone(), Some(asked.place));
            let ticks = chosen.get(&step).copied().unwrap_or(1);
            Some(Duration::from_millis(ticks.unsigned_abs()))
        });
        let (trace, ending) = once(&code, latency);
        tally.assignments += 1;
        let makespan = i64::try_from(trace.makespan().as_millis()).expect("short");
        let mut found = Vec::new();
        for leaf in &leaves {
            let node = &walk.nodes[*leaf];
            if let Some(times) = times_in(&walk, node, &latencies) {
                found.push((node.now().at(&times), node.ending().cloned()));
            }
        }
        if found != [(makespan, Some(ending.clone()))] {
            let mut text = format!("{program:?}\n  {latencies:?}\n  is +{makespan} {ending:?}");
            let _ = write!(text, ", and its zones say {found:?}\n{trace}");
            tally.wrong.push(text);
            return;
        }
    }
}

fn hold_all(
    seed: u64,
    count: usize,
    depth: usize,
    constants: &[u64],
    values: &[i64],
    most: i64,
    delays: usize,
) {
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for _ in 0..count {
        let program =
            Maker { random: &mut random, delays: 0, most: delays, constants }.program(depth);
        hold(&program, values, most, &mut tally);
    }
    println!(
        "{} programs, {} zones, {} runs, {} assignments, {} with gaps, {} not finished, {} wrong",
        tally.programs,
        tally.zones,
        tally.runs,
        tally.assignments,
        tally.gaps,
        tally.cut,
        tally.wrong.len()
    );
    for wrong in tally.wrong.iter().take(4) {
        println!("{wrong}\n");
    }
    assert!(tally.wrong.is_empty());
}

#[test]
fn each_assignment_of_a_small_box_is_in_one_zone_that_predicts_it() {
    let count = std::env::var("N").map_or(60, |n| n.parse().expect("a number"));
    hold_all(7, count, 3, &[1, 2, 3], &[0, 1, 2, 3, 4], 4, 4);
}

#[test]
fn assignments_around_the_constants_are_in_one_zone_that_predicts_them() {
    let count = std::env::var("N").map_or(60, |n| n.parse().expect("a number"));
    let values = [0, 1, 49, 50, 51, 119, 120, 121, 170, 7_200_000];
    hold_all(9, count, 3, &[50, 120, 170], &values, 14_400_000, 3);
}

#[test]
fn dbg() {
    let d = |n: &str| Program::Delay(n.into());
    let b = Box::new;
    let program = match std::env::var("P").as_deref() {
        Ok("1") => Program::Notified(
            50,
            b(Program::Seq(vec![
                Program::FirstOf(2, vec![d("d1"), d("d2"), d("d3")]),
                Program::Join(vec![Program::Sleep(50), Program::Sleep(170)]),
                Program::Race(b(Program::Sleep(50)), b(Program::Sleep(120))),
            ])),
        ),
        _ => Program::Seq(vec![
            Program::IfFlag(170, b(Program::Spawned(vec![d("d1"), d("d2")])), b(d("d3"))),
            Program::Handled(
                b(Program::Timeout(170, b(Program::Sleep(170)), b(Program::Sleep(120)))),
                b(Program::Sleep(120)),
                b(Program::Sleep(170)),
            ),
        ]),
    };
    let mut tally = Tally::default();
    hold(&program, &[0, 1, 50, 120, 170, 171], 14_400_000, &mut tally);
}
