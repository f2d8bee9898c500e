//! Every log is drawn in every way, whatever its steps are called: nothing panics, what is
//! a file is well-formed, and the same log gives the same bytes.

use std::time::Duration;

use makespan::{Scenario, Trace, VirtualTime, scenario};
use proptest::prelude::*;
use proptest::sample::select;
use roxmltree::Document;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::fuzz::config;
use crate::fuzz::event::{Log, hostile_names, soup};
use crate::trace_events;

/// The narrowest drawing that has room for every name, as names are cut.
const ROOMY: usize = 100;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_log_is_written(log in soup(hostile_names())) {
        let trace = log.trace();
        for written in [format!("{trace}"), format!("{trace:#}"), format!("{trace:?}")] {
            is_plain(&written)?;
        }
        is_stable(&log, |trace| format!("{trace}\n{trace:#}\n{trace:?}"))?;
        // An event a line, and a line for the end.
        prop_assert_eq!(format!("{trace:?}").lines().count(), log.events.len().max(1) + 1);
    }

    #[test]
    fn any_log_is_drawn_as_lanes(
        log in soup(hostile_names()),
        width in prop_oneof![0..ROOMY, ROOMY..300, Just(usize::MAX)],
    ) {
        let drawn = |trace: &Trace| trace.timeline().with_width(width).to_string();
        fits(&drawn(&log.trace()), width.clamp(ROOMY, 1_000))?;
        is_stable(&log, drawn)?;
    }

    #[test]
    fn any_log_is_a_picture(log in soup(hostile_names())) {
        let svg = log.trace().to_svg();
        let document = Document::parse(&svg).map_err(|it| TestCaseError::fail(it.to_string()))?;
        prop_assert!(!document.descendants().any(|node| node.has_tag_name("script")));
        is_stable(&log, Trace::to_svg)?;
    }

    #[test]
    fn any_log_is_a_file_for_perfetto(log in soup(hostile_names())) {
        let file = log.trace().to_perfetto();
        prop_assert!(serde_json::from_str::<Value>(&file).is_ok());
        is_stable(&log, Trace::to_perfetto)?;
        let near = near(log).trace().to_perfetto();
        trace_events::read(&near).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_log_is_held_to_a_scenario_that_it_is_not_of(
        log in soup(hostile_names()),
        scenario in select(vec![
            scenario!(a: 1ms),
            scenario!(seq(a: 1ms, b: 2ms, a: 0ms)),
            scenario!(spawn(a: 3ms, b: 1ms)),
            scenario!(limit(1, a: 1ms, race(b: 1ms, "a\u{202e}": 2ms))),
        ]),
    ) {
        let told = |trace: &Trace| judged(&scenario, trace);
        is_plain(&told(&log.trace()))?;
        is_stable(&log, told)?;
    }

    #[test]
    fn any_log_is_measured(log in soup(hostile_names())) {
        let trace = log.trace();
        let steps = trace.steps().len();
        prop_assert!(trace.unfinished().len() <= steps);
        prop_assert_eq!(trace.slacks().len(), steps);
        prop_assert!(trace.max_concurrency() <= steps);
        let path = trace.critical_path();
        let total: Duration = path.links().map(|link| link.duration()).sum();
        prop_assert_eq!(total, trace.makespan());
        is_stable(&log, |trace| format!("{:?} {:?}", trace.slacks(), trace.concurrency()))?;
    }
}

fn judged(scenario: &Scenario, trace: &Trace) -> String {
    match scenario.verify_trace(trace.clone()) {
        Ok(verified) => format!("{:?}", verified.trace()),
        Err(failure) => format!("{failure}\n{failure:?}"),
    }
}

/// The same with its times within a second: readers of the format take them for floating
/// point numbers, which have no nanoseconds after some months.
fn near(mut log: Log) -> Log {
    let near = |time: Duration| Duration::from_nanos(time.subsec_nanos().into());
    log.makespan = near(log.makespan);
    for event in &mut log.events {
        event.time = VirtualTime::after(near(event.time.since_start()));
    }
    log
}

/// Put together twice, and drawn twice, it is the same.
fn is_stable(log: &Log, draw: impl Fn(&Trace) -> String) -> Result<(), TestCaseError> {
    let trace = log.trace();
    let drawn = draw(&trace);
    prop_assert_eq!(&draw(&trace), &drawn);
    prop_assert_eq!(draw(&log.trace()), drawn);
    Ok(())
}

/// Nothing in it turns, hides or moves what is shown.
pub(super) fn is_plain(text: &str) -> Result<(), TestCaseError> {
    let deceives = |it: char| {
        it.is_control() && it != '\n'
            || ('\u{200b}'..='\u{200f}').contains(&it)
            || ('\u{2028}'..='\u{202e}').contains(&it)
            || ('\u{2060}'..='\u{206f}').contains(&it)
            || ['\u{61c}', '\u{feff}'].contains(&it)
    };
    prop_assert!(!text.contains(deceives), "{:?}", text);
    Ok(())
}

/// No line takes more columns.
pub(super) fn fits(drawn: &str, columns: usize) -> Result<(), TestCaseError> {
    is_plain(drawn)?;
    for line in drawn.lines() {
        prop_assert!(line.width() <= columns, "{} > {}: {}", line.width(), columns, line);
    }
    Ok(())
}
