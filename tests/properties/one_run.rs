//! What holds of the claims on one run, whatever the run.

use std::collections::BTreeMap;
use std::time::Duration;

use makespan::strategy::scenarios;
use makespan::{End, Event, EventKind, Order, Step, StepName, TaskId, Trace, VirtualTime};
use proptest::prelude::*;
use proptest::sample::Index;

const MS: Duration = Duration::from_millis(1);

fn later(time: VirtualTime) -> VirtualTime {
    VirtualTime::after(time.since_start() + MS)
}

fn is_going_on(step: &Step, time: VirtualTime) -> bool {
    step.start <= time && step.end.time().is_none_or(|end| time < end)
}

proptest! {
    #[test]
    fn concurrency_is_what_counting_gives(s in scenarios()) {
        let trace = s.predict()?;
        let (steps, told) = (trace.steps(), trace.concurrency());
        prop_assert!(told.is_sorted_by(|one, two| one.0 < two.0 && one.1 != two.1));
        prop_assert!(told.first().is_none_or(|first| first.1 > 0));
        let mut most = 0;
        for tick in 0..=u64::try_from(trace.makespan().as_millis()).unwrap_or(0).min(2_000) {
            let time = VirtualTime::after(Duration::from_millis(tick));
            let counted = steps.iter().filter(|step| is_going_on(step, time)).count();
            let before = told.partition_point(|(from, _)| *from <= time);
            let count = before.checked_sub(1).map_or(0, |last| told[last].1);
            prop_assert_eq!(count, counted, "at {}", time);
            most = most.max(counted);
        }
        // Every change is at a start or an end, so nothing hides between the ticks.
        let starts = steps.iter().map(|step| step.start);
        let counts = starts.map(|time| steps.iter().filter(|it| is_going_on(it, time)).count());
        prop_assert_eq!(trace.max_concurrency(), counts.max().unwrap_or(0).max(most));
    }

    #[test]
    fn a_critical_path_covers_the_makespan(s in scenarios()) {
        let trace = s.predict()?;
        let path = trace.critical_path();
        let (mut time, mut total) = (VirtualTime::START, Duration::ZERO);
        for link in path.links() {
            prop_assert_eq!(link.from, time);
            prop_assert!(link.from < link.to);
            total += link.duration();
            time = link.to;
            if let Some(step) = &link.step {
                prop_assert_eq!((step.start, step.end.time()), (link.from, Some(link.to)));
                prop_assert_eq!(trace.slack(&step.name), Some(Duration::ZERO));
                prop_assert!(trace.steps().contains(step));
            }
        }
        prop_assert_eq!(time, VirtualTime::after(trace.makespan()));
        prop_assert_eq!(total, trace.makespan());
        prop_assert_eq!(path.is_empty(), trace.makespan().is_zero());
    }

    #[test]
    fn slack_is_what_its_definition_says(s in scenarios()) {
        let trace = s.predict()?;
        let slow = slacks_by_definition(&trace);
        let steps = trace.slacks();
        prop_assert_eq!(steps.len(), trace.steps().len());
        for (step, slack) in steps {
            prop_assert_eq!(trace.slack(&step.name), slack);
            prop_assert_eq!(slack, slow.get(&step.name).copied(), "{}", step.name);
            let end = step.end.time().map(|end| end.since_start());
            prop_assert_eq!(end.is_some(), slack.is_some());
            let most = end.map(|end| trace.makespan() - end);
            prop_assert!(slack <= most);
        }
    }

    #[test]
    fn an_order_holds_as_the_times_do(s in scenarios(), one: Index, two: Index, later in 0..4_u64) {
        let trace = s.predict()?;
        let steps = trace.steps();
        if steps.is_empty() {
            return Ok(());
        }
        let (left, right) = (one.get(&steps), two.get(&steps));
        let lines: Vec<_> = trace.to_string().lines().map(str::to_owned).collect();
        let line = |step: &Step, word: &str| {
            lines.iter().position(|it| it.ends_with(&format!(" {} {word}", step.name)))
        };
        let added = Duration::from_millis(later);
        let finish = |step: &Step| match step.end {
            End::Finished(end) => Some(end.since_start()),
            _ => None,
        };
        let times = (finish(left), right.start.since_start());
        for (relation, holds) in [
            ("<", times.0.map(|it| it + added < times.1)),
            ("<=", times.0.map(|it| it + added <= times.1)),
            ("==", times.0.map(|it| it + added == times.1)),
            ("!=", times.0.map(|it| it + added != times.1)),
            (">=", times.0.map(|it| it + added >= times.1)),
            (">", times.0.map(|it| it + added > times.1)),
        ] {
            let order: Order =
                format!("{}.finish + {later}ms {relation} {}.start", left.name, right.name).parse()?;
            judged(&order, &trace, holds)?;
        }
        let (finish, start) = (line(left, "finishes"), line(right, "starts"));
        for (word, holds) in [
            ("before", finish.map(|line| Some(line) < start)),
            ("after", finish.map(|line| Some(line) > start)),
        ] {
            judged(&format!("{}.finish {word} {}.start", left.name, right.name).parse()?, &trace, holds)?;
        }
    }

    #[test]
    fn the_law_of_a_scenario_holds_of_its_run_or_hangs_on_what_was_cut(s in scenarios()) {
        let (law, trace) = (s.law(), s.predict()?);
        let late = Trace::from_events(trace.events(), trace.makespan() + MS);
        if law.atoms().next().is_none() {
            return Ok(());
        }
        match law.verify(&trace) {
            Ok(()) => {
                let failure = law.verify(&late).expect_err("it took a tick more");
                // Of what was still going on nobody knows whether it hung on that.
                prop_assert!(failure.actual().is_some() || !late.unfinished().is_empty());
            }
            Err(failure) => {
                let error = failure.error().expect("the law holds");
                prop_assert!(error.is_undecided() || error.is_unknown_name(), "{}", error);
            }
        }
    }

    #[test]
    fn a_log_is_its_own_and_no_other(s in scenarios(), which: Index, how in 0..3_u8) {
        let trace = s.predict()?;
        let text = trace.to_string();
        trace.verify_log([&text])?;
        trace.verify_exact_log([&text])?;
        trace.verify_log(text.lines())?;
        trace.verify_exact_log(text.lines())?;
        let (mut flipped, mut events): (Vec<_>, Vec<Event>) =
            (text.lines().collect(), steps_of(&trace).collect());
        // At one instant the lines may come in any order.
        let time = |line: &str| line.split(' ').next().map(str::to_owned);
        for index in 1..flipped.len() {
            if time(flipped[index]) == time(flipped[index - 1]) {
                flipped.swap(index, index - 1);
            }
        }
        trace.verify_log(&flipped)?;
        let is_flipped = flipped != text.lines().collect::<Vec<_>>();
        prop_assert_eq!(trace.verify_exact_log(&flipped).is_err(), is_flipped);
        if events.is_empty() {
            return Ok(());
        }
        let at = which.index(events.len());
        match how {
            0 => events[at].time = later(events[at].time),
            1 => drop(events.remove(at)),
            _ => events.insert(at, events[at].clone()),
        }
        events.sort_by_key(|event| event.time);
        let lines: Vec<_> = events.iter().map(ToString::to_string).collect();
        prop_assert!(trace.verify_log(&lines).is_err());
        prop_assert!(trace.verify_exact_log(&lines).is_err());
    }
}

/// Logs that no run has: without starts, ended twice, back in time.
fn logs_by_hand() -> impl Strategy<Value = Trace> {
    let step = |(name, index): (u8, Option<usize>)| StepName::new(format!("s{name}"), index);
    let steps = (0..3_u8, proptest::option::of(0..3_usize)).prop_map(step);
    let event = (0..6_u64, 0..3_u32, 0..3_u8, steps).prop_map(|(millis, task, kind, step)| {
        let kind = match kind {
            0 => EventKind::Start(step),
            1 => EventKind::Finish(step),
            _ => EventKind::Cancel(step),
        };
        Event::new(VirtualTime::after(Duration::from_millis(millis)), TaskId::new(task), kind)
    });
    (proptest::collection::vec(event, 0..16), 0..6_u32)
        .prop_map(|(events, makespan)| Trace::from_events(events, makespan * MS))
}

proptest! {
    #[test]
    fn whatever_a_log_by_hand_says_is_judged(trace in logs_by_hand()) {
        let path = trace.critical_path();
        prop_assert_eq!(path.links().map(|link| link.duration()).sum::<Duration>(), trace.makespan());
        prop_assert!(trace.slacks().iter().all(|(_, slack)| *slack <= Some(trace.makespan())));
        let steps = trace.steps();
        let starts = steps.iter().map(|step| step.start);
        let counts = starts.map(|time| steps.iter().filter(|it| is_going_on(it, time)).count());
        prop_assert_eq!(trace.max_concurrency(), counts.max().unwrap_or(0));
        trace.verify_makespan(trace.makespan())?;
        // A log that goes back in time is none that could be claimed.
        let forward = trace.events().map(|event| event.time).is_sorted();
        let text = trace.to_string();
        prop_assert_eq!(trace.verify_exact_log([&text]).is_ok(), forward);
        prop_assert_eq!(trace.verify_log([&text]).is_ok(), forward);
        for name in ["s0", "s1[0]", "s2[1]", "sum(s0)"] {
            let verdict = name.parse::<makespan::Law>()?.verify(&trace);
            prop_assert!(verdict.err().is_none_or(|it| !it.to_string().is_empty()));
        }
        for order in ["s0.start < s1.finish", "s2[1].finish before s2[0].start"] {
            let verdict = order.parse::<Order>()?.verify(&trace);
            prop_assert!(verdict.err().is_none_or(|it| !it.to_string().is_empty()));
        }
    }
}

/// Holds the order to what should come of it; `None` where there is nothing to
/// look at.
fn judged(order: &Order, trace: &Trace, holds: Option<bool>) -> Result<(), TestCaseError> {
    match (order.verify(trace), holds) {
        (Ok(()), holds) => prop_assert_eq!(holds, Some(true), "{}", order),
        (Err(failure), None) => prop_assert!(failure.error().is_some(), "{}", order),
        (Err(failure), Some(holds)) => match failure.error() {
            Some(error) => prop_assert!(holds && error.is_undecided(), "{}", error),
            None => prop_assert!(!holds, "{}", order),
        },
    }
    Ok(())
}

fn steps_of(trace: &Trace) -> impl Iterator<Item = Event> + '_ {
    let is_of_step = |event: &Event| {
        matches!(event.kind, EventKind::Start(_) | EventKind::Finish(_) | EventKind::Cancel(_))
    };
    trace.events().filter(is_of_step)
}

/// Slack as it is defined, step by step against every other.
fn slacks_by_definition(trace: &Trace) -> BTreeMap<StepName, Duration> {
    let events: Vec<Event> = steps_of(trace).collect();
    let makespan = VirtualTime::after(trace.makespan());
    let is_end = |event: &Event| !matches!(event.kind, EventKind::Start(_));
    let ends = || events.iter().enumerate().filter(|(_, event)| is_end(event));
    let latest_end_before =
        |time: VirtualTime| ends().map(|(_, end)| end.time).filter(|end| *end < time).max();
    let waited_for = |start: usize| {
        let time = events[start].time;
        let is_explained = ends().any(|(at, end)| at < start && end.time == time);
        if is_explained { Some(time) } else { latest_end_before(time) }
    };
    let run_waits_for = ends().map(|(_, end)| end.time).filter(|end| *end <= makespan).max();
    let mut slacks = BTreeMap::<StepName, Duration>::new();
    for (at, event) in events.iter().enumerate().rev() {
        let (EventKind::Finish(step) | EventKind::Cancel(step)) = &event.kind else { continue };
        let mut slack = trace.makespan() - event.time.since_start();
        if run_waits_for == Some(event.time) {
            slack = Duration::ZERO;
        }
        for (start, other) in events.iter().enumerate() {
            let EventKind::Start(waiter) = &other.kind else { continue };
            let is_behind = other.time > event.time || start > at;
            if is_behind && waited_for(start) == Some(event.time) {
                slack = slack.min(slacks.get(waiter).copied().unwrap_or(Duration::MAX));
            }
        }
        slacks.insert(step.clone(), slack);
    }
    slacks
}
