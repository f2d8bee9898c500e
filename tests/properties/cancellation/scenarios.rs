//! Scenarios that are cut by a timeout, by a race, and with the task in which they run.

use std::time::Duration;

use makespan::{EventKind, Scenario, TICK, TaskId, Trace, VirtualTime};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::large::one_in;
use crate::properties::boundary::{around_ends, small};
use crate::properties::cancellation::{LetGo, Seen, is_cut, spans};
use crate::properties::metamorphic::edited::{before, step_of};
use crate::properties::metamorphic::refused;
use crate::properties::notation::Node;

/// Time for all that goes on: scenarios here take eight days at most.
const REST: Duration = Duration::from_secs(30 * 86_400);

/// A way to cut what takes longer than so long.
type Way = fn(Duration, Scenario) -> Scenario;

fn alarm(after: Duration) -> Scenario {
    Scenario::step("alarm", after)
}

const WAYS: [Way; 5] = [
    Scenario::timeout,
    |after, work| Scenario::raced([work, alarm(after)]),
    |after, work| Scenario::raced([alarm(after), work]),
    // Its task is aborted.
    |after, work| Scenario::raced([Scenario::tasks([work]), alarm(after)]),
    |after, work| Scenario::timeout(after, Scenario::tasks([work])),
];

fn then_rest(work: Scenario) -> Scenario {
    Scenario::sequential([work, Scenario::step("rest", REST)])
}

/// The scenario with a mark before each group that is let go, and its steps.
fn marked(mut node: Node) -> (Node, LetGo) {
    let mut steps = LetGo::new();
    mark(&mut node, None, &mut 0, &mut steps);
    (node, steps)
}

fn mark(node: &mut Node, outer: Option<&str>, count: &mut usize, steps: &mut LetGo) {
    if node.is(&["step"]) {
        steps.insert(node.name.clone(), outer.map(str::to_owned));
        return;
    }
    let is_outermost = outer.is_none() && node.is(&["spawn", "limit"]);
    let name = format!("mark_{count}");
    let outer = if is_outermost { Some(name.as_str()) } else { outer };
    *count += usize::from(is_outermost);
    node.children.iter_mut().for_each(|child| mark(child, outer, count, steps));
    if is_outermost {
        steps.insert(name.clone(), None);
        node.wrap(|it| Node::group("seq", [Node::step(&name, Duration::ZERO), it]));
    }
}

/// Cuts a scenario around every instant at which something ends.
fn cut_everywhere(node: Node, ways: &[Way]) -> Result<Seen, TestCaseError> {
    let (node, steps) = marked(node);
    let scenario = node.scenario();
    let whole = then_rest(scenario.clone()).run()?;
    let alone = scenario.run()?;
    let mut seen = Seen::default();
    for at in around_ends(&alone) {
        // A cut behind the end is none.
        if at.since_start() > alone.makespan() {
            continue;
        }
        for way in ways {
            let cut = then_rest(way(at.since_start(), scenario.clone())).verify()?.into_trace();
            seen += is_cut(&spans(&whole), &spans(&cut), at, &steps)?;
            prop_assert!(cut.unfinished().is_empty(), "{:?}", cut.unfinished());
            nothing_acts_later(&cut, at, &steps)?;
        }
        let cut = then_rest(Scenario::timeout(at.since_start(), scenario.clone())).run()?;
        prop_assert_eq!(before(&whole, at), before(&cut, at));
    }
    Ok(seen)
}

/// Behind the cut nothing is logged but of tasks that were let go, and no task is
/// spawned or joined by others.
fn nothing_acts_later(cut: &Trace, at: VirtualTime, steps: &LetGo) -> Result<(), TestCaseError> {
    let has_let_go = steps.values().any(Option::is_some);
    for event in cut.events().filter(|event| event.time > at) {
        if let Some(step) = step_of(&event) {
            let name = step.to_string();
            let is_let_go = steps.get(&name).is_some_and(Option::is_some);
            prop_assert!(is_let_go || name == "rest", "{}", event);
        } else {
            let is_task = matches!(event.kind, EventKind::Spawn(_) | EventKind::Join(_));
            let is_others = has_let_go && event.task != TaskId::ROOT;
            prop_assert!(is_task && is_others, "{} in {}", event, event.task);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(one_in(8))]

    #[test]
    fn nothing_of_a_scenario_that_is_cut_comes_later(node in small()) {
        cut_everywhere(node, &WAYS)?;
    }
}

#[test]
fn many_steps_are_cut_and_many_go_on() {
    let mut seen = Seen::default();
    refused(&small(), 30, |node| {
        seen += cut_everywhere(node, &WAYS[..1])?;
        Ok(())
    });
    assert!(seen.cut > 50 && seen.tied > 50 && seen.going_on > 50, "{seen:?}");
}

#[test]
fn what_is_not_cut_as_it_should_be_is_refused() {
    let cut = |ways: &'static [Way]| {
        // Of what takes no time nothing is cut.
        let mut applied = 0;
        let refused = refused(&small(), 60, |node| {
            applied += usize::from(node.ticks() > 0);
            cut_everywhere(node, ways).map(drop)
        });
        (refused, applied)
    };
    const LATE: Way = |after, work| Scenario::timeout(after + TICK, work);
    let (late, applied) = cut(&[LATE]);
    assert!(late * 2 > applied, "{late} of {applied}");
    // A handle that is dropped ends no task.
    const LET_GO: Way = |after, work| Scenario::raced([Scenario::spawned([work]), alarm(after)]);
    let (let_go, applied) = cut(&[LET_GO]);
    assert!(let_go * 2 > applied, "{let_go} of {applied}");
    // Tasks that should go on are aborted, and others are not.
    let other_forms = refused(&small(), 60, |node| {
        let (node, mut steps) = marked(node);
        steps.values_mut().for_each(|mark| *mark = None);
        let scenario = node.scenario();
        let whole = then_rest(scenario.clone()).run()?;
        for at in around_ends(&scenario.run()?) {
            let cut = then_rest(Scenario::timeout(at.since_start(), scenario.clone())).run()?;
            is_cut(&spans(&whole), &spans(&cut), at, &steps)?;
        }
        Ok(())
    });
    assert!(other_forms > 12, "{other_forms}");
}
