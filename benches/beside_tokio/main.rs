//! What makespan costs beside raw tokio and a bare event loop that do the same work
//! and keep the same log, and the bars that it is held to.
//!
//! `cargo bench -p benches --bench beside_tokio` measures each by itself with criterion and
//! ends with the tables; `cargo bench -p benches --bench beside_tokio -- bars` prints the
//! tables alone.
//! Either fails where a bar is missed beyond what noise explains; see [`bars`].
//!
//! criterion measures each of them by itself, with its warm-up, its samples and
//! its comparison with the last time. Its groups come one after another, minutes
//! apart for the big sizes. A machine that is shared with others drifts in that
//! time, and a ratio of two of its medians would take the drift for a difference.
//! The table is therefore measured in rounds in which each of them has a turn, and
//! has the medians of the rounds' ratios; see [`rounds`].
//!
//! What is the same for all: raw tokio has a fresh runtime for each case, torn down
//! inside the measurement; a log with room for all its events from the beginning, of
//! entries of one size, also dropped inside, since each side has one and both
//! pay the allocator for it alike. The scenario, and for raw tokio the list of
//! durations, is made before. The logs are the same event by event, which is
//! checked before anything is measured.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::float_arithmetic, reason = "ratios of measured times")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};

use crate::case::Case;

mod bars;
mod case;
mod event_loop;
mod log;
mod memory;
mod raw_tokio;
mod rounds;
mod table;
mod times;

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
        black_box(case.each(|scenario| scenario.run().expect("a run")));
    }),
    ("predict", |case| {
        black_box(case.each(|scenario| scenario.predict().expect("a prediction")));
    }),
    ("verify", |case| {
        black_box(case.each(|scenario| scenario.verify().expect("no broken rule")));
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

fn main() -> ExitCode {
    if memory::is_asked() {
        memory::answer();
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let with_criterion = arguments != ["bars", "--bench"];
    let cases = Case::all();
    cases.iter().for_each(Case::check);
    if with_criterion {
        let mut criterion = Criterion::default().configure_from_args();
        for case in &cases {
            measure(&mut criterion, case);
        }
        criterion.final_summary();
        // Not in criterion's other modes (`--test`, `--list`), nor with a filter.
        if arguments != ["--bench"] {
            return ExitCode::SUCCESS;
        }
    }
    let ratios = table::Table::measure(&cases);
    println!("{ratios}");
    drop(cases);
    let (memory, times) = (memory::measure(), times::measure());
    match &memory {
        Some(memory) => println!("{memory}\n"),
        None => println!("memory: skipped, for no process can read its own peak here\n"),
    }
    println!("{times}");
    let memory = memory.is_some_and(|memory| memory.is_missed());
    let missed = ratios.missed() + times.missed() + usize::from(memory);
    println!("bars missed: {missed}");
    ExitCode::from(u8::from(missed > 0))
}
