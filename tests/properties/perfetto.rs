//! Every trace is a file that keeps the format's rules and loses nothing.

use std::time::Duration;

use makespan::{End, EventKind, Runner, Step, Trace, strategy};
use proptest::prelude::*;

use crate::programs::programs;
use crate::properties::logs::logs;
use crate::trace_events::{Reading, read};

/// A step as it should be drawn: task, name, beginning and length in nanoseconds.
fn expected(step: &Step, trace: &Trace) -> (String, String, u64, u64) {
    let nanos = |duration: Duration| duration.as_nanos().try_into().expect("64 bits");
    let (suffix, end) = match step.end {
        End::Finished(end) => ("", end.since_start()),
        End::Cancelled(end) => (" (cancelled)", end.since_start()),
        _ => (" (unfinished)", trace.makespan()),
    };
    let start = step.start.since_start();
    let name = format!("{}{suffix}", step.name);
    (step.task.to_string(), name, nanos(start), nanos(end.saturating_sub(start)))
}

fn is_whole(trace: &Trace) -> Result<(), TestCaseError> {
    let file = trace.to_perfetto();
    prop_assert_eq!(&trace.to_perfetto(), &file);
    let read: Reading = read(&file).map_err(TestCaseError::fail)?;

    let task = |track: u64| {
        let name = &read.tracks[&track].name;
        name.split(" (").next().unwrap_or_default().to_owned()
    };
    let steps = read.slices.iter().filter(|slice| slice.category == "step");
    let mut drawn: Vec<_> =
        steps.map(|it| (task(it.track), it.name.clone(), it.start, it.duration)).collect();
    let mut steps: Vec<_> = trace.steps().iter().map(|step| expected(step, trace)).collect();
    drawn.sort();
    steps.sort();
    prop_assert_eq!(drawn, steps);

    // Every spawn and join is an arrow between the two tasks, at its instant.
    let mut met: Vec<_> = trace
        .events()
        .filter_map(|event| {
            let time = event.time.since_start().as_nanos();
            match event.kind {
                EventKind::Spawn(of) => {
                    Some(("spawn", event.task.to_string(), of.to_string(), time))
                }
                EventKind::Join(of) => Some(("join", of.to_string(), event.task.to_string(), time)),
                _ => None,
            }
        })
        .collect();
    let mut arrows: Vec<_> = read
        .arrows
        .iter()
        .map(|arrow| {
            let [from, to] = [arrow.from, arrow.to].map(|place| &read.slices[place]);
            (&*arrow.name, task(from.track), task(to.track), u128::from(from.start))
        })
        .collect();
    met.sort();
    arrows.sort();
    prop_assert_eq!(arrows, met);
    for arrow in &read.arrows {
        prop_assert_eq!(read.slices[arrow.from].start, read.slices[arrow.to].start);
    }
    // No slice lies in another but where both have no duration.
    let lies_inside = |slice: &&crate::trace_events::Slice| slice.depth > 0 && slice.duration > 0;
    prop_assert_eq!(read.slices.iter().find(lies_inside), None);
    Ok(())
}

proptest! {
    #[test]
    fn every_scenario_is_drawn_whole(scenario in strategy::scenarios()) {
        is_whole(&scenario.predict()?)?;
    }

    #[test]
    fn any_code_is_drawn_whole(program in programs(), nanos in 0..400_000_000_u64) {
        let runner = (0..12).fold(Runner::new(), |runner, index| {
            runner.latency(format!("s{index}"), Duration::from_nanos(nanos * (index % 3)))
        });
        is_whole(runner.run(program.future())?.trace())?;
    }

    #[test]
    fn any_log_is_drawn_whole(trace in logs()) { is_whole(&trace)?; }
}
