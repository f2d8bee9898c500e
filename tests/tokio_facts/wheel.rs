//! Where the runtime parks on its way to a timer. Tasks do not see it; hooks and other
//! threads do.

use std::sync::Mutex;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::{DAY, Log, YEAR, fact, ms};

/// When a runtime wakes from its parks from `start` on, until a sleep is over.
fn parks(start: Duration, duration: Duration) -> Vec<Duration> {
    let parks = Log::new();
    let log = parks.clone();
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .on_thread_unpark(move || log.push(Instant::now()))
        .build();
    let began = runtime.expect("a runtime").block_on(async {
        sleep(start).await;
        parks.take();
        let began = Instant::now();
        sleep(duration).await;
        began
    });
    parks.take().into_iter().map(|woken| woken - began).collect()
}

/// No check counts how often a runtime parks, unless the number is known.
#[test]
fn the_clock_stops_at_boundaries_of_the_wheel() {
    fact!(parks(ms(0), ms(5_000)), [ms(4_096), ms(4_992), ms(5_000)]);
    fact!(parks(ms(0), DAY), [ms(83_886_080), ms(86_245_376), ms(86_396_928), DAY]);
}

/// The guard behind a run is such a timer, so that each other stop is another timer's.
#[test]
fn the_clock_does_not_stop_on_the_way_to_a_multiple_of_a_power_of_64() {
    for exponent in 0..6 {
        for multiple in [1, 2, 33, 63] {
            let timer = ms(multiple * 64_u64.pow(exponent));
            fact!(parks(ms(0), timer), [timer]);
        }
    }
}

/// A park that does not move the clock is no timer's, for the hooks of a run.
#[test]
fn the_first_park_behind_a_timer_does_not_move_the_clock() {
    fact!(parks(ms(5), ms(1)), [ms(0), ms(1)]);
    fact!(parks(ms(4_096), ms(64)), [ms(0), ms(64)]);
}

/// A recorded run that parks more often on the way to a guard still ticks.
#[test]
fn a_runtime_parks_at_most_seven_times_on_the_way_to_a_timer_of_a_year() {
    // One tick before each boundary there are the most stops ahead.
    let starts = (1..6).flat_map(|level| [1, 7, 25].map(|slot| ms(slot * 64_u64.pow(level) - 1)));
    let timers = [ms(1_000), ms(60_000), ms(3_600_000), DAY, DAY * 30, YEAR];
    let all = starts.flat_map(|start| timers.map(|timer| parks(start, timer).len()));
    fact!(all.max(), Some(7));
}

/// A time such as +4096 ms in a log is that of a reply from outside.
#[test]
fn what_is_woken_from_outside_wakes_at_a_boundary_of_the_wheel() {
    let (sender, reply) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        // It stands for another thread, which answers at that moment.
        .on_thread_unpark(move || {
            let sender = sender.lock().expect("nobody panics").take();
            sender.map(|sender| sender.send("reply"));
        })
        .build();
    let (waited, told) = runtime.expect("a runtime").block_on(async {
        let began = Instant::now();
        let told = timeout(ms(5_000), reply).await;
        (began.elapsed(), told.map(|reply| reply.expect("it was sent")))
    });
    fact!((waited, told), (ms(4_096), Ok("reply")));
}
