//! How many instructions the two seed programs take, as callgrind counts them: the same
//! for the same binary whatever else the machine does, so that a change of a few percent
//! shows. Each count is of one more time after some, when the allocator and what makespan
//! keeps are warm.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use gungraun::{library_benchmark, library_benchmark_group, main};
use makespan::{Scenario, scenario};
use tokio::runtime::Runtime;

#[path = "../beside_tokio/event_loop.rs"]
mod event_loop;
#[expect(dead_code, reason = "it is kept, and nobody reads it here")]
#[path = "../beside_tokio/log.rs"]
mod log;
#[path = "../beside_tokio/raw_tokio.rs"]
mod raw_tokio;

type Pair = [Scenario; 2];

const WARM: usize = 20;

fn durations() -> Arc<[Duration]> {
    [2, 1].map(Duration::from_secs).into()
}

fn both(runtime: &Runtime, durations: &Arc<[Duration]>) {
    black_box(raw_tokio::sequential(runtime, durations));
    black_box(raw_tokio::spawned(runtime, durations));
}

fn warm_raw() -> (Runtime, Arc<[Duration]>) {
    let (runtime, durations) = (raw_tokio::runtime(), durations());
    (0..WARM).for_each(|_| both(&runtime, &durations));
    (runtime, durations)
}

fn warm_pair() -> Pair {
    let pair = [scenario!(seq(coro1: 2s, coro2: 1s)), scenario!(spawn(coro1: 2s, coro2: 1s))];
    for scenario in pair.iter().cycle().take(2 * WARM) {
        scenario.verify().expect("no broken rule");
    }
    pair
}

fn warm_loop() -> Arc<[Duration]> {
    let durations = durations();
    for _ in 0..WARM {
        black_box(event_loop::sequential(&durations));
        black_box(event_loop::spawned(&durations));
    }
    durations
}

#[library_benchmark]
#[bench::pair(warm_raw())]
fn raw_tokio_on_a_fresh_runtime((_kept, durations): (Runtime, Arc<[Duration]>)) {
    both(&raw_tokio::runtime(), &durations);
}

#[library_benchmark]
#[bench::pair(warm_raw())]
fn raw_tokio_on_a_kept_runtime((kept, durations): (Runtime, Arc<[Duration]>)) -> Runtime {
    both(&kept, &durations);
    kept
}

#[library_benchmark]
#[bench::pair(warm_loop())]
fn bare_event_loop(durations: Arc<[Duration]>) {
    black_box(event_loop::sequential(&durations));
    black_box(event_loop::spawned(&durations));
}

#[library_benchmark]
#[bench::pair(warm_pair())]
fn run(pair: Pair) -> Pair {
    pair.iter().for_each(|scenario| drop(black_box(scenario.run())));
    pair
}

#[library_benchmark]
#[bench::pair(warm_pair())]
fn predict(pair: Pair) -> Pair {
    pair.iter().for_each(|scenario| drop(black_box(scenario.predict())));
    pair
}

#[library_benchmark]
#[bench::pair(warm_pair())]
fn verify(pair: Pair) -> Pair {
    pair.iter().for_each(|scenario| drop(black_box(scenario.verify())));
    pair
}

library_benchmark_group!(
    name = seed_pair,
    benchmarks = [
        raw_tokio_on_a_fresh_runtime,
        raw_tokio_on_a_kept_runtime,
        bare_event_loop,
        run,
        predict,
        verify
    ]
);
main!(library_benchmark_groups = seed_pair);
