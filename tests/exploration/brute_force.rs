//! Explorations held against running every assignment of a box of latencies.

use std::collections::BTreeMap;
use std::time::Duration;

use makespan::{Checker, Grade, Runner, StepName};

use crate::exploration::programs::{Maker, Program, run};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// What has been tried.
#[derive(Default)]
struct Tally {
    exhausted: usize,
    others: BTreeMap<String, usize>,
    orders: usize,
    runs: usize,
    assignments: usize,
}

/// The values of a box, and the longest latency that exploration may use.
struct Values<'a> {
    all: &'a [u64],
    most: u64,
}

/// A stall takes 20 ms of real time to be seen, so that only so many of a program are run.
const STALLS: usize = 2;

fn hold(program: &Program, values: &Values<'_>, tally: &mut Tally) {
    let code = async || run(program.clone()).await;
    let names = program.delays();
    let least = values.all[0];
    let checker = names.iter().fold(Checker::new().budget(3_000), |checker, name| {
        checker.latency(&**name, ms(least)..=ms(values.most))
    });
    let orders = checker.explore(code).expect("it runs");
    if orders.coverage().grade() != Grade::Exhausted {
        let reason = orders.coverage().reason().unwrap_or_default().to_owned();
        *tally.others.entry(reason).or_default() += 1;
        return;
    }
    tally.exhausted += 1;
    tally.orders += orders.orders().len();
    tally.runs += orders.coverage().runs();
    let mut stalls = 0;
    for number in 0..values.all.len().pow(u32::try_from(names.len()).expect("few")) {
        let mut rest = number;
        let latencies: BTreeMap<_, _> = (names.iter())
            .map(|name| {
                let value = ms(values.all[rest % values.all.len()]);
                rest /= values.all.len();
                (StepName::new(&**name, Some(0)), value)
            })
            .collect();
        let told = orders.orders().filter_map(|order| {
            let makespan = order.evaluate(|step| latencies[step])?;
            Some((makespan, order.is_done()))
        });
        let told: Vec<_> = told.collect();
        let text = || format!("{program:?}\n{latencies:?}\n{orders:#}");
        let &[(makespan, is_done)] = &*told else {
            panic!("it is in {} orders and not in one: {}", told.len(), text());
        };
        tally.assignments += 1;
        stalls += usize::from(!is_done);
        if !is_done && stalls > STALLS {
            continue;
        }
        let runner = latencies
            .iter()
            .fold(Runner::new(), |runner, (step, latency)| runner.latency(step.clone(), *latency));
        match runner.run(code()) {
            Ok(run) => assert_eq!((run.makespan(), true), (makespan, is_done), "{}", text()),
            Err(error) => {
                assert!(error.is_stalled() && !is_done, "{error}: {}", text());
            }
        }
    }
}

/// How many programs of each kind: `EXPLORED` of them if that is set.
fn programs(few: usize) -> usize {
    std::env::var("EXPLORED").map_or(few, |count| count.parse().expect("a number"))
}

#[expect(clippy::print_stdout, reason = "the numbers are asked for with `--nocapture`")]
fn hold_all(few: usize, seed: u64, constants: &[u64], most_delays: usize, values: &Values<'_>) {
    let (mut random, mut tally) = (seed, Tally::default());
    let count = programs(few);
    for _ in 0..count {
        let mut maker = Maker { random: &mut random, delays: 0, most: most_delays, constants };
        hold(&maker.program(3), values, &mut tally);
    }
    let Tally { exhausted, others, orders, runs, assignments } = tally;
    println!(
        "{exhausted} of {count} exhausted, {orders} orders, {runs} runs; {assignments} assignments; {others:?}"
    );
    assert!(exhausted * 2 > count, "{others:?}");
}

#[test]
fn each_assignment_of_a_small_box_is_in_one_order_which_predicts_it() {
    hold_all(40, 7, &[1, 2, 3], 4, &Values { all: &[0, 1, 2, 3, 4], most: 4 });
}

#[test]
fn assignments_around_the_constants_are_in_one_order_which_predicts_them() {
    let all = [0, 1, 49, 50, 51, 119, 120, 121, 170, 7_200_000];
    hold_all(20, 9, &[50, 120, 170], 3, &Values { all: &all, most: 14_400_000 });
}
