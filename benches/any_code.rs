//! What a law costs that is held to any code, beside raw tokio that runs the same
//! code as often: `cargo bench -p benches --bench any_code`.
//!
//! The code makes three calls, one and then two side by side. A check of its law
//! explores its 12 orders, and is 32 cases at random behind that: about as many runs.
//! Each has a fresh runtime, and so has each run of raw tokio.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use makespan::{Checker, Runner, delay, law};
use tokio::runtime::Builder;
use tokio::time::sleep;

const CASES: u32 = 256;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn dashboard() {
    delay("auth").await;
    tokio::join!(delay("profile"), delay("orders"));
}

/// The same without names.
async fn sleeps() {
    sleep(ms(20)).await;
    tokio::join!(sleep(ms(30)), sleep(ms(500)));
}

async fn fifty_calls() {
    let call = |number| tokio::spawn(delay(format!("call{number}")));
    for call in (0..50).map(call).collect::<Vec<_>>() {
        call.await.expect("it does not panic");
    }
}

fn three_calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("three calls, 256 times");
    group.bench_function("raw tokio", |bencher| {
        bencher.iter(|| {
            for _ in 0..CASES {
                let mut builder = Builder::new_current_thread();
                let runtime = builder.enable_time().start_paused(true).build();
                runtime.expect("a runtime").block_on(sleeps());
            }
        });
    });
    group.bench_function("run", |bencher| {
        let runner = Runner::new().latency("auth", ms(20));
        let runner = runner.latency("profile", ms(30)).latency("orders", ms(500));
        bencher.iter(|| {
            for _ in 0..CASES {
                black_box(runner.run(dashboard()).expect("it ends"));
            }
        });
    });
    group.bench_function("law", |bencher| {
        let law = law!(auth + max(profile, orders));
        let checker = Checker::new().cases(CASES).without_seeds();
        bencher.iter(|| checker.verify(dashboard, &law).expect("it holds"));
    });
    group.finish();
}

fn inference(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("infer");
    group.sample_size(20);
    group.bench_function("three calls", |bencher| {
        bencher.iter(|| black_box(makespan::infer(dashboard).expect("a law")));
    });
    group.bench_function("fifty calls", |bencher| {
        bencher.iter(|| black_box(makespan::infer(fifty_calls).expect("a law")));
    });
    group.finish();
}

criterion_group!(benches, three_calls, inference);
criterion_main!(benches);
