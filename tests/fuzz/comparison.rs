//! Comparing logs is an equivalence, its ways agree, and no change passes unseen.

use std::time::Duration;

use makespan::{Event, EventKind, StepName, Trace, VirtualTime};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::fuzz::config;
use crate::fuzz::event::{alike, few_names, reordered, soup};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_log_is_the_same_as_itself(log in soup(few_names())) {
        let (one, again) = (log.trace(), log.trace());
        prop_assert_eq!(&one, &again);
        prop_assert_eq!(one.first_divergence(&again), None);
        prop_assert!(one.same_up_to_ties(&again));
        // Put together from what it tells, it is what it was.
        prop_assert_eq!(Trace::from_events(one.events(), one.makespan()), one);
    }

    #[test]
    fn logs_that_are_alike_are_compared_alike((one, other) in alike()) {
        agree(&one.trace(), &other.trace())?;
    }

    #[test]
    fn any_two_logs_are_compared_alike(one in soup(few_names()), other in soup(few_names())) {
        agree(&one.trace(), &other.trace())?;
    }

    #[test]
    fn another_order_of_ties_is_the_same_up_to_ties((one, other) in reordered()) {
        let (one, other) = (one.trace(), other.trace());
        prop_assert!(one.same_up_to_ties(&other), "{:?}\n\n{:?}", one, other);
        agree(&one, &other)?;
    }

    #[test]
    fn another_time_is_seen_even_up_to_ties(
        (one, mut other) in reordered(), place: Index, by in 1..3_000_000_u64,
    ) {
        if let Some(event) = at(&mut other.events, place) {
            let elapsed = event.time.since_start() + Duration::from_nanos(by);
            event.time = VirtualTime::after(elapsed);
            prop_assert_ne!(one.trace(), other.trace());
            prop_assert!(!one.trace().same_up_to_ties(&other.trace()));
        }
    }

    #[test]
    fn the_first_event_that_differs_is_told(log in soup(few_names()), place: Index, is_step: bool) {
        let mut changed = log.clone();
        if let Some(event) = at(&mut changed.events, place) {
            if is_step {
                event.kind = EventKind::Start(StepName::from("another"));
            } else {
                event.time = beside(event.time);
            }
            let (one, other) = (log.trace(), changed.trace());
            prop_assert_eq!(one.first_divergence(&other), Some(place.index(log.events.len())));
            prop_assert_ne!(&one, &other);
            agree(&one, &other)?;
        }
    }

    #[test]
    fn another_makespan_is_seen(log in soup(few_names())) {
        let mut longer = log.clone();
        // Not one of those that are drawn.
        longer.makespan = Duration::from_millis(777);
        prop_assert_ne!(log.trace(), longer.trace());
        prop_assert!(!log.trace().same_up_to_ties(&longer.trace()));
    }
}

/// A nanosecond away from it, on a line that has an end.
fn beside(time: VirtualTime) -> VirtualTime {
    let nanos = time.since_start().as_nanos().try_into().unwrap_or(u64::MAX) ^ 1;
    VirtualTime::after(Duration::from_nanos(nanos))
}

fn at(events: &mut [Event], place: Index) -> Option<&mut Event> {
    if events.is_empty() { None } else { Some(place.get_mut(events)) }
}

/// All ways of comparing two logs, either way around.
pub(super) fn agree(one: &Trace, other: &Trace) -> Result<(), TestCaseError> {
    let divergence = one.first_divergence(other);
    prop_assert_eq!(other.first_divergence(one), divergence);
    let is_equal = one == other;
    prop_assert_eq!(other == one, is_equal);
    prop_assert_eq!(divergence.is_none() && one.makespan() == other.makespan(), is_equal);
    let is_same = one.same_up_to_ties(other);
    prop_assert_eq!(other.same_up_to_ties(one), is_same);
    if is_equal {
        prop_assert!(is_same);
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
    if is_same {
        prop_assert_eq!(one.makespan(), other.makespan());
        prop_assert_eq!(told(one), told(other), "{:?}\n\n{:?}", one, other);
    }
    if let Some(place) = divergence {
        prop_assert!(place <= one.len().min(other.len()));
    }
    Ok(())
}

/// What no order of ties changes: when what was said of whom, if not of which namesake and
/// in which task.
fn told(trace: &Trace) -> Vec<(VirtualTime, &'static str, String)> {
    let told = trace.events().map(|event| {
        let (said, of) = match &event.kind {
            EventKind::Spawn(_) => ("spawn", String::new()),
            EventKind::Start(step) => ("start", step.name().as_str().to_owned()),
            EventKind::Finish(step) => ("finish", step.name().as_str().to_owned()),
            EventKind::Cancel(step) => ("cancel", step.name().as_str().to_owned()),
            EventKind::Join(_) => ("join", String::new()),
            _ => unreachable!("there are five kinds of events"),
        };
        (event.time, said, of)
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}
