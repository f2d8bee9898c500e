//! How cost grows with size, from ten steps to a million:
//! `cargo bench -p benches --bench growth`.
//!
//! For each kind of work it prints nanoseconds a step, size by size; a row that stays
//! level is linear. It fails where a verified step costs more than three times as much
//! among a million as among ten thousand, unless raw tokio's own does, and where anything
//! costs ten times as much: a hundred times the steps in a hundred times the time each is
//! quadratic, and memory that no cache holds makes up to seven. With the path of a file,
//! `cargo bench -p benches --bench growth -- ../assets/growth.svg`, it draws them too; cargo
//! runs a benchmark in the folder of its package, here `benches`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::float_arithmetic, reason = "measured times")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::{Measurement, WallTime};
use makespan::{Checker, Law, Scenario, Trace, delay, infer};
use plotters::prelude::*;

#[expect(dead_code, reason = "it makes sequences too")]
#[path = "../beside_tokio/event_loop.rs"]
mod event_loop;
#[expect(dead_code, reason = "it is kept, and nobody reads it here")]
#[path = "../beside_tokio/log.rs"]
mod log;
#[path = "../beside_tokio/raw_tokio.rs"]
mod raw_tokio;

const SIZES: [u32; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// So much more may a step cost at the largest size than at ten thousand.
const LINEAR: f64 = 3.0;

/// The same of what works on memory alone.
const NOT_QUADRATIC: f64 = 10.0;

/// What is measured: its name, up to which size, and how it is made ready for one.
type Work = (&'static str, u32, fn(u32) -> Box<dyn FnMut()>);

const WORKS: [Work; 15] = [
    ("raw tokio, tasks", 1_000_000, |size| {
        let durations: Arc<[_]> = durations(size).collect();
        Box::new(move || {
            black_box(raw_tokio::spawned(&raw_tokio::runtime(), &durations));
        })
    }),
    ("raw tokio, in a row", 1_000_000, |size| {
        let durations: Vec<_> = durations(size).collect();
        Box::new(move || {
            black_box(raw_tokio::sequential(&raw_tokio::runtime(), &durations));
        })
    }),
    ("a bare event loop, tasks", 1_000_000, |size| {
        let durations: Vec<_> = durations(size).collect();
        Box::new(move || {
            black_box(event_loop::spawned(&durations));
        })
    }),
    ("verify, tasks", 1_000_000, |size| {
        let scenario = Scenario::spawned(steps(size));
        Box::new(move || {
            black_box(scenario.verify().expect("no broken rule"));
        })
    }),
    ("verify, in a row", 1_000_000, |size| {
        let scenario = Scenario::sequential(steps(size));
        Box::new(move || {
            black_box(scenario.verify().expect("no broken rule"));
        })
    }),
    ("predict, tasks", 1_000_000, |size| {
        let scenario = Scenario::spawned(steps(size));
        Box::new(move || {
            black_box(scenario.predict().expect("a prediction"));
        })
    }),
    ("predict, limit(8, ..)", 1_000_000, |size| {
        let scenario = Scenario::limited(8, steps(size));
        Box::new(move || {
            black_box(scenario.predict().expect("a prediction"));
        })
    }),
    ("law, its text read back", 1_000_000, |size| {
        let scenario = Scenario::sequential([Scenario::spawned(steps(size))]);
        Box::new(move || {
            let law = scenario.law();
            let read = law.to_string().parse::<Law>().expect("it reads");
            assert_eq!(law, read);
        })
    }),
    ("traces compared by name", 1_000_000, |size| {
        let one = trace(size);
        let other = Trace::from_events(one.events(), one.makespan());
        Box::new(move || assert!(one == other && one.same_up_to_ties(&other)))
    }),
    ("critical path", 1_000_000, |size| {
        let trace = trace(size);
        Box::new(move || {
            black_box(trace.critical_path());
        })
    }),
    ("timeline", 1_000_000, |size| {
        let trace = trace(size);
        Box::new(move || {
            black_box(trace.timeline().to_string());
        })
    }),
    ("SVG", 1_000_000, |size| {
        let trace = trace(size);
        Box::new(move || {
            black_box(trace.to_svg());
        })
    }),
    ("Perfetto", 1_000_000, |size| {
        let trace = trace(size);
        Box::new(move || {
            black_box(trace.to_perfetto());
        })
    }),
    ("a broken law, shrunk", 10_000, |size| {
        let checker = Checker::new().without_seeds().cases(8);
        let law: Law = "sum(step)".parse().expect("a law");
        Box::new(move || {
            let code = async || {
                for _ in 0..size {
                    delay("step").await;
                }
                delay("late").await;
            };
            black_box(checker.verify(code, &law).expect_err("`late` is missing"));
        })
    }),
    ("infer, tasks", 1_000, |size| {
        let code = move || async move {
            let call = |number| tokio::spawn(delay(format!("call{number}")));
            for call in (0..size).map(call).collect::<Vec<_>>() {
                call.await.expect("it does not panic");
            }
        };
        Box::new(move || {
            black_box(infer(code).expect("a law"));
        })
    }),
];

/// Scattered, so that timers are set out of the order in which they fire.
fn durations(size: u32) -> impl Iterator<Item = Duration> {
    (0..u64::from(size)).map(|step| Duration::from_millis(1 + step * 7_919 % 1_000))
}

fn steps(size: u32) -> impl Iterator<Item = Scenario> {
    let named = durations(size).zip(0..);
    named.map(|(duration, number)| Scenario::step(format!("s{number}"), duration))
}

fn trace(size: u32) -> Trace {
    Scenario::spawned(steps(size)).predict().expect("a prediction")
}

/// Nanoseconds a step: of the least of some tries, since what disturbs them only adds.
fn measure(size: u32, mut work: impl FnMut()) -> f64 {
    const BUDGET: Duration = Duration::from_millis(300);
    let (mut least, mut spent, mut tries) = (Duration::MAX, Duration::ZERO, 0);
    while tries < 3 || spent < BUDGET && tries < 1_000 {
        let start = WallTime.start();
        work();
        let took = WallTime.end(start);
        (least, spent, tries) = (least.min(took), spent + took, tries + 1);
        // A second try of what takes seconds tells nothing new.
        if took > Duration::from_secs(2) {
            break;
        }
    }
    least.as_secs_f64() * 1e9 / f64::from(size)
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let mut rows = Vec::new();
    let mut heads = String::new();
    SIZES.iter().for_each(|size| write!(heads, " {size:>9} |").expect("a string"));
    println!(
        "Nanoseconds a step, by the number of steps:\n\n| work                     |{heads}  growth |"
    );
    println!("|:-------------------------|{}--------:|", "----------:|".repeat(SIZES.len()));
    for (name, largest, prepare) in WORKS {
        let sizes = SIZES.iter().filter(|size| **size <= largest);
        let row: Vec<_> = sizes.map(|size| (*size, measure(*size, prepare(*size)))).collect();
        let mut cells = String::new();
        for place in 0..SIZES.len() {
            let cell = row.get(place).map_or(String::new(), |(_, nanos)| format!("{nanos:.0}"));
            write!(cells, " {cell:>9} |").expect("a string");
        }
        let growth = growth(&row).map_or(String::new(), |growth| format!("{growth:.2}"));
        println!("| {name:<24} |{cells} {growth:>7} |");
        rows.push((name, row));
    }
    if let Some(path) = arguments.first() {
        draw(Path::new(path), &rows).expect("the file is written");
    }
    // Raw tokio's tasks come first: what they cost more at a million is not ours.
    let linear = growth(&rows[0].1).unwrap_or(LINEAR).max(LINEAR);
    let steep = |(name, row): &&(&str, Vec<_>)| {
        let most = if name.starts_with("verify") { linear } else { NOT_QUADRATIC };
        growth(row).is_some_and(|growth| growth > most)
    };
    let steep: Vec<_> = rows.iter().filter(steep).map(|(name, _)| *name).collect();
    println!("\ntoo steep from 10,000 to 1,000,000: {steep:?}");
    ExitCode::from(u8::from(!steep.is_empty()))
}

/// How much more a step costs at a million than at ten thousand.
fn growth(row: &[(u32, f64)]) -> Option<f64> {
    let at = |size| row.iter().find(|(at, _)| *at == size).map(|(_, nanos)| *nanos);
    Some(at(1_000_000)? / at(10_000)?)
}

fn draw(path: &Path, rows: &[(&str, Vec<(u32, f64)>)]) -> Result<(), Box<dyn std::error::Error>> {
    const SIZE: (u32, u32) = (900, 560);
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let all = rows.iter().flat_map(|(_, row)| row.iter().map(|(_, nanos)| *nanos));
    let (low, high) = all.fold((f64::MAX, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
    let mut chart = ChartBuilder::on(&root)
        .caption("nanoseconds a step, by the number of steps", ("sans-serif", 18))
        .margin(12)
        .margin_right(44)
        .x_label_area_size(32)
        .y_label_area_size(72)
        .build_cartesian_2d((10_u32..1_000_000).log_scale(), (low * 0.8..high * 1.3).log_scale())?;
    chart
        .configure_mesh()
        .x_label_formatter(&|size| size.to_string())
        .y_label_formatter(&|nanos| format!("{nanos:.0} ns"))
        .light_line_style(WHITE)
        .draw()?;
    for (place, (name, row)) in rows.iter().enumerate() {
        // Around the circle in big steps, so that neighbours differ; dark enough for a page.
        let part = |part: usize| f64::from(u16::try_from(part).expect("a dozen rows"));
        let hue = part(place * 7 % rows.len()) / part(rows.len());
        let colour = HSLColor(hue, 0.75, 0.38).to_rgba();
        chart
            .draw_series(LineSeries::new(row.iter().copied(), colour.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    root.present()?;
    Ok(())
}
