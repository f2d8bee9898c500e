//! What holds for every scenario.

use std::time::Duration;

use makespan::strategy::{scenarios, sequential, spawned};
use makespan::{Check, Event, Scenario, Trace, VirtualTime};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::properties::notation::Node;

proptest! {
    #[test]
    fn sequential_takes_the_sum(s in sequential()) { s.verify()?; }

    #[test]
    fn spawned_takes_the_maximum(s in spawned()) { s.verify()?; }

    #[test]
    fn every_scenario_is_predicted(s in scenarios()) { s.verify()?; }

    #[test]
    fn a_run_is_the_prediction_event_by_event(s in scenarios()) {
        prop_assert_eq!(s.run()?, s.predict()?);
    }

    #[test]
    fn two_runs_have_one_trace(s in scenarios()) {
        let (first, second) = (s.run()?, s.run()?);
        prop_assert!(first.same_up_to_ties(&second));
        prop_assert_eq!(first.first_divergence(&second), None);
        prop_assert_eq!(format!("{first:#}"), format!("{second:#}"));
        prop_assert_eq!(first, second);
    }

    // A runtime and the oracle's memory serve one scenario after another on a thread;
    // a thread of its own has fresh ones.
    #[test]
    fn a_run_knows_nothing_of_those_before(before in vec(scenarios(), 1..6), s in scenarios()) {
        for it in &before {
            it.run()?;
        }
        let alone = s.clone();
        let alone = std::thread::spawn(move || alone.run()).join().expect("it does not panic");
        prop_assert_eq!(format!("{:#}", s.run()?), format!("{:#}", alone?));
    }

    #[test]
    fn a_prediction_knows_nothing_of_those_before(before in vec(scenarios(), 1..6), s in scenarios()) {
        for it in &before {
            it.predict()?;
        }
        let alone = s.clone();
        let alone = std::thread::spawn(move || alone.predict()).join().expect("it does not panic");
        prop_assert_eq!(format!("{:#}", s.predict()?), format!("{:#}", alone?));
    }

    #[test]
    fn the_notation_reads_back(s in scenarios()) {
        prop_assert_eq!(s.to_string().parse::<Scenario>()?, s);
    }

    #[test]
    fn the_law_comes_to_the_makespan(s in scenarios()) {
        // A scenario whose steps all have names of their own, and its durations by name.
        let (s, durations) = with_names_of_their_own(&s);
        let law = s.law();
        let total = law.evaluate(|atom| {
            let number = atom.name().as_str().strip_prefix("step_")?;
            durations.get(number.parse::<usize>().ok()?).copied()
        })?;
        prop_assert_eq!(total, s.run()?.makespan());
    }

    #[test]
    fn a_trace_is_its_events(s in scenarios()) {
        let trace = s.predict()?;
        let rebuilt = Trace::from_events(trace.events(), trace.makespan());
        prop_assert_eq!(rebuilt.to_string(), trace.to_string());
        prop_assert_eq!(rebuilt.steps(), trace.steps());
        prop_assert_eq!(&rebuilt, &trace);
        s.verify_trace(rebuilt)?;
    }

    #[test]
    fn no_step_is_lost_in_a_log_or_a_picture(s in scenarios()) {
        let trace = s.predict()?;
        let steps = trace.steps();
        let log = trace.to_string();
        prop_assert_eq!(log.lines().filter(|line| line.ends_with(" starts")).count(), steps.len());
        let ended = steps.iter().filter(|step| step.end.time().is_some()).count();
        prop_assert_eq!(trace.unfinished().len(), steps.len() - ended);
        prop_assert_eq!(log.lines().count(), steps.len() + ended);
        let all = format!("{trace:#}");
        prop_assert_eq!(all.lines().count(), trace.events().len());
        let drawn = trace.timeline().to_string();
        let above_the_axis = drawn.lines().take_while(|line| !line.trim_start().starts_with("0ms"));
        let lanes = above_the_axis.filter(|line| !line.starts_with("in flight")).count();
        prop_assert_eq!(lanes, steps.len().min(40));
    }

    #[test]
    fn an_event_that_is_moved_by_a_tick_is_noticed(s in scenarios(), which: Index) {
        let trace = s.predict()?;
        if trace.events().len() == 0 {
            return Ok(());
        }
        let mut events: Vec<Event> = trace.events().collect();
        let event = which.get_mut(&mut events);
        event.time = VirtualTime::after(event.time.since_start() + Duration::from_millis(1));
        let moved = Trace::from_events(events, trace.makespan());
        prop_assert!(!moved.same_up_to_ties(&trace));
        prop_assert!(!s.check(&moved)?.is_empty());
    }

    #[test]
    fn an_event_that_is_dropped_is_noticed(s in scenarios(), which: Index) {
        let trace = s.predict()?;
        if trace.events().len() == 0 {
            return Ok(());
        }
        let mut events: Vec<Event> = trace.events().collect();
        events.remove(which.index(events.len()));
        let cut = Trace::from_events(events, trace.makespan());
        prop_assert!(!cut.same_up_to_ties(&trace));
        prop_assert!(!s.check(&cut)?.is_empty());
    }

    #[test]
    fn events_that_change_places_in_a_tie_are_noticed_by_the_log_alone(s in scenarios(), which: Index) {
        let trace = s.predict()?;
        let events: Vec<Event> = trace.events().collect();
        let is_tie = |at: &usize| events[*at - 1].time == events[*at].time;
        let ties: Vec<_> = (1..events.len()).filter(is_tie).collect();
        if ties.is_empty() {
            return Ok(());
        }
        let at = *which.get(&ties);
        let mut swapped = events;
        swapped.swap(at - 1, at);
        let swapped = Trace::from_events(swapped, trace.makespan());
        prop_assert!(swapped.same_up_to_ties(&trace));
        prop_assert_eq!(s.check(&swapped)?.is_empty(), swapped == trace);
    }

    #[test]
    fn a_change_of_composition_is_noticed(s in scenarios().steps(1..12), which: Index) {
        // With names of their own, so that laws speak of the same steps.
        let (meant, _) = with_names_of_their_own(&s);
        let changes = Node::of(&meant).changes();
        if changes.is_empty() {
            return Ok(());
        }
        let changed = which.get(&changes).scenario();
        let (right, trace) = match (meant.predict()?, changed.run()) {
            (right, Ok(trace)) => (right, trace),
            // One after the other it may take longer than any run can.
            (_, Err(error)) => {
                prop_assert!(error.is_scenario(), "{}", error);
                return Ok(());
            }
        };
        let violations = meant.check(&trace)?;
        prop_assert_eq!(violations.is_empty(), trace == right, "{} for {}", changed, meant);
        // The law alone notices what takes another time, and nothing that cannot.
        let is_broken = violations.iter().any(|it| it.check() == Check::Law);
        prop_assert_eq!(is_broken, trace.makespan() != right.makespan());
        if meant.law().equivalent(&changed.law()) {
            prop_assert!(!is_broken, "{} and {} have one law", changed, meant);
        }
        prop_assert_eq!(meant.verify_trace(trace.clone()).is_ok(), trace == right);
    }

    #[test]
    fn one_scenario_in_the_place_of_another_is_noticed(a in scenarios(), b in scenarios()) {
        let (meant, actual) = (a.predict()?, b.run()?);
        prop_assert_eq!(a.check(&actual)?.is_empty(), meant == actual);
    }
}

/// The scenario with its steps called `step_0`, `step_1`, .., in the order in
/// which they are written, and how long each of them takes.
fn with_names_of_their_own(scenario: &Scenario) -> (Scenario, Vec<Duration>) {
    let text = scenario.to_string();
    let (mut renamed, mut durations, mut rest) = (String::new(), Vec::new(), text.as_str());
    // The names that strategies give have neither quotes nor colons in them.
    while let Some((before, behind)) = rest.split_once(": ") {
        let name_at = before.rfind(['(', ' ']).map_or(0, |separator| separator + 1);
        let end = behind.find([',', ')']).unwrap_or(behind.len());
        let number = durations.len();
        renamed += &format!("{}step_{number}: {}", &before[..name_at], &behind[..end]);
        let one = format!("seq(a: {})", &behind[..end]).parse::<Scenario>().expect("a step");
        durations.push(one.predict().expect("it can run").makespan());
        rest = &behind[end..];
    }
    renamed += rest;
    (renamed.parse().expect("only names have changed"), durations)
}
