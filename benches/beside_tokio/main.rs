//! What `run`, `predict` and `verify` cost beside raw tokio that does the same
//! work and keeps the same log: `cargo bench`, without further arguments, ends
//! with a table of the ratios.
//!
//! criterion measures each of them by itself, with its warm-up, its samples and
//! its comparison with the last time. Its groups come one after another, minutes
//! apart for the big sizes. A machine that is shared with others drifts in that
//! time, and a ratio of two of its medians would take the drift for a difference.
//! The table is therefore measured in rounds in which each of them has a turn, and
//! has the medians of the rounds' ratios; see [`paired`].
//!
//! What is the same for all: a fresh runtime for each run, torn down inside the
//! measurement; a log with room for all its events from the beginning, of
//! entries of one size, also dropped inside, since each side has one and both
//! pay the allocator for it alike. The scenario, and for raw tokio the list of
//! durations, is made before. The logs are the same event by event, which is
//! checked before anything is measured.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::float_arithmetic, reason = "ratios of measured times")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use makespan::{EventKind, Scenario};

use crate::log::{Entry, Kind};

mod event_loop;
mod log;
mod paired;
mod raw_tokio;

/// How the steps of a case are put together.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Sequential,
    Spawned,
}

/// The same work for all.
struct Case {
    name: String,
    shape: Shape,
    durations: Arc<[Duration]>,
    scenario: Scenario,
}

impl Case {
    fn new(name: &str, shape: Shape, durations: impl Iterator<Item = Duration>) -> Self {
        let durations: Arc<[_]> = durations.collect();
        let steps = durations
            .iter()
            .zip(1..)
            .map(|(&duration, number)| Scenario::step(step_name(number), duration));
        let scenario = match shape {
            Shape::Sequential => Scenario::sequential(steps),
            Shape::Spawned => Scenario::spawned(steps),
        };
        Self { name: name.to_owned(), shape, durations, scenario }
    }

    /// Two seconds and one: what sums up to three, or takes two.
    fn seed(name: &str, shape: Shape) -> Self {
        Self::new(name, shape, [2, 1].into_iter().map(Duration::from_secs))
    }

    /// Many steps of up to a second. Their durations are scattered, so that
    /// timers are set out of the order in which they fire, with some ties.
    fn many(name: &str, shape: Shape, steps: u64) -> Self {
        let durations = (0..steps).map(|step| Duration::from_millis(1 + step * 7_919 % 1_000));
        Self::new(name, shape, durations)
    }

    fn steps(&self) -> u64 {
        u64::try_from(self.durations.len()).expect("fewer than 2^64 steps")
    }

    /// The log of raw tokio.
    fn raw_tokio(&self) -> Vec<Entry> {
        match self.shape {
            Shape::Sequential => raw_tokio::sequential(&self.durations),
            Shape::Spawned => raw_tokio::spawned(&self.durations),
        }
    }

    /// The log of a bare event loop.
    fn event_loop(&self) -> Vec<Entry> {
        match self.shape {
            Shape::Sequential => event_loop::sequential(&self.durations),
            Shape::Spawned => event_loop::spawned(&self.durations),
        }
    }

    /// Makes sure that all of them do the same work.
    fn check(&self) {
        let verified = self.scenario.verify().expect("the run keeps every rule");
        let events = verified.trace().events();
        for log in [self.raw_tokio(), self.event_loop()] {
            assert_eq!(events.len(), log.len(), "{}", self.name);
            for (event, entry) in verified.trace().events().zip(&log) {
                let is_step = |name: &str| name == step_name(u64::from(entry.subject) + 1);
                let is_same = match (&event.kind, entry.kind) {
                    (EventKind::Spawn(task), Kind::Spawn) | (EventKind::Join(task), Kind::Join) => {
                        task.number() == entry.subject
                    }
                    (EventKind::Start(name), Kind::Start)
                    | (EventKind::Finish(name), Kind::Finish) => is_step(name.name().as_str()),
                    _ => false,
                } && event.task.number() == entry.task
                    && event.time.since_start() == Duration::from_nanos(entry.nanos);
                assert!(is_same, "{}: {event} beside {entry:?}", self.name);
            }
        }
    }
}

fn step_name(number: u64) -> String {
    format!("coro{number}")
}

/// One of those that are measured, and how it does the work of a case once.
type Contender = (&'static str, fn(&Case));

/// In the order of the columns of the table.
const CONTENDERS: [Contender; 5] = [
    ("raw tokio", |case| {
        black_box(case.raw_tokio());
    }),
    ("event loop", |case| {
        black_box(case.event_loop());
    }),
    ("run", |case| {
        black_box(case.scenario.run().expect("a run"));
    }),
    ("predict", |case| {
        black_box(case.scenario.predict().expect("a prediction"));
    }),
    ("verify", |case| {
        black_box(case.scenario.verify().expect("no broken rule"));
    }),
];

fn measure(criterion: &mut Criterion, case: &Case) {
    let steps = case.steps();
    let mut group = criterion.benchmark_group(&case.name);
    group.throughput(Throughput::Elements(steps)).nresamples(10_000);
    if steps < 10_000 {
        group
            .sample_size(50)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
    } else {
        // One run is long: as many in each sample, and no more than it takes.
        let seconds = if steps < 1_000_000 { 1 } else { 5 };
        group
            .sample_size(10)
            .sampling_mode(SamplingMode::Flat)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(seconds));
    }
    for (name, work) in CONTENDERS {
        group.bench_with_input(BenchmarkId::from_parameter(name), case, |bencher, case| {
            bencher.iter(|| work(black_box(case)));
        });
    }
    group.finish();
}

fn main() {
    use Shape::{Sequential, Spawned};

    let cases = [
        Case::seed("seq(coro1: 2s, coro2: 1s)", Sequential),
        Case::seed("spawn(coro1: 2s, coro2: 1s)", Spawned),
        Case::many("seq of 10,000", Sequential, 10_000),
        Case::many("seq of 100,000", Sequential, 100_000),
        Case::many("spawn of 10,000", Spawned, 10_000),
        Case::many("spawn of 100,000", Spawned, 100_000),
        Case::many("spawn of 1,000,000", Spawned, 1_000_000),
    ];
    cases.iter().for_each(Case::check);

    let mut criterion = Criterion::default().configure_from_args();
    for case in &cases {
        measure(&mut criterion, case);
    }
    criterion.final_summary();

    // Not in criterion's other modes (`--test`, `--list`), nor with a filter.
    if std::env::args().skip(1).eq(["--bench".to_owned()]) {
        println!("{}", paired::Table::measure(&cases));
    }
}
