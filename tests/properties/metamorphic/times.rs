//! Every time in a scenario changed alike: longer by a factor, later by a shift.

use std::time::Duration;

use makespan::strategy::{durations, scenarios};
use makespan::{MAX_DURATION, Scenario, TICK, Trace};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::properties::edit::{Choices, ticks, ticks_of};
use crate::properties::metamorphic::edited::{at, without};
use crate::properties::metamorphic::refused;
use crate::properties::notation::Node;

type Verdict = Result<(), TestCaseError>;

/// Some that leave the level of tokio's timer wheel and some that do not.
const FACTORS: [u32; 7] = [2, 3, 10, 63, 64, 65, 4096];

/// A scenario and a factor by which it can be scaled without coming to the cap.
fn scalable() -> impl Strategy<Value = (Node, u32)> {
    (scenarios(), proptest::sample::select(&FACTORS[..])).prop_map(|(scenario, factor)| {
        let node = Node::of(&scenario);
        let fits = scaled(&node.clone().in_whole_ticks(), factor).scenario().predict().is_ok();
        // Of shorter durations nothing takes longer, and rounding up costs no more than a tick.
        let shorter = |it: Duration| (it / factor).saturating_sub(TICK);
        (if fits { node } else { node.with_durations(&mut |it| shorter(it)) }, factor)
    })
}

fn scaled(node: &Node, factor: u32) -> Node {
    node.clone().with_durations(&mut |it| it.saturating_mul(factor))
}

fn scales(trace: &Trace, scaled: &Trace, factor: u32) -> Verdict {
    prop_assert_eq!(&at(trace, |time| time * factor), scaled);
    Ok(())
}

fn is_later(trace: &Trace, later: &Trace, lead: Duration) -> Verdict {
    let lead = ticks(ticks_of(lead));
    prop_assert_eq!(&at(trace, |time| time + lead), &without(later, &["lead"]));
    let line = |index: usize| later.events().nth(index).expect("an event").to_string();
    prop_assert_eq!(line(0), "+0ms lead starts");
    prop_assert_eq!(line(1), format!("+{}ms lead finishes", lead.as_millis()));
    Ok(())
}

/// A step of so long, and the scenario behind it.
fn behind(lead: Duration, scenario: &Scenario) -> Scenario {
    Scenario::sequential([Scenario::step("lead", lead), scenario.clone()])
}

proptest! {
    #[test]
    fn a_program_that_is_scaled_is_its_log_scaled((node, factor) in scalable()) {
        let node = node.in_whole_ticks();
        let (trace, scaled) = (node.scenario().run()?, scaled(&node, factor).scenario().verify()?);
        scales(&trace, scaled.trace(), factor)?;
    }

    /// What is no whole number of ticks is rounded up for itself, k times as long or not:
    /// each such duration costs less than k ticks.
    #[test]
    fn parts_of_a_tick_scale_within_their_rounding((node, factor) in scalable()) {
        let is_part = |it: &&Node| it.is_timed() && ticks(ticks_of(it.duration)) != it.duration;
        let parts = u32::try_from(node.all().into_iter().filter(is_part).count())?;
        let makespan = node.scenario().run()?.makespan();
        let scaled = scaled(&node, factor).scenario().verify()?.makespan();
        prop_assert!(scaled <= makespan * factor);
        prop_assert!(scaled + TICK * (factor - 1) * parts >= makespan * factor);
    }

    #[test]
    fn a_program_behind_a_step_is_its_log_later(s in scenarios(), lead in durations()) {
        let trace = s.run()?;
        let lead = lead.min(MAX_DURATION - trace.makespan());
        is_later(&trace, behind(lead, &s).verify()?.trace(), lead)?;
    }

    /// No list of jobs ends sooner because one of them takes longer, or later by more.
    #[test]
    fn a_tick_more_is_a_tick_later_at_most(s in scenarios(), which: prop::sample::Index) {
        let node = Node::of(&s).in_whole_ticks();
        let longer = a_tick_longer(&node, which);
        let Ok(verified) = longer.scenario().verify() else {
            // No duration in it, or no time left below the cap.
            prop_assert!(longer.scenario().predict().is_err());
            return Ok(());
        };
        let (before, after) = (node.scenario().run()?.makespan(), verified.makespan());
        prop_assert!(after == before || after == before + TICK, "{before:?}, then {after:?}");
    }
}

fn a_tick_longer(node: &Node, which: prop::sample::Index) -> Node {
    let count = node.all().iter().filter(|it| it.is_timed()).count();
    let (mut number, chosen) = (0, which.index(count.max(1)));
    node.clone().with_durations(&mut |it| {
        number += 1;
        if number == chosen + 1 { it + TICK } else { it }
    })
}

#[test]
fn rounding_costs_as_much_as_is_said() {
    // Three steps of 1 ns take a tick each; 64 times as long, they still do.
    let node = |text: &str| Node::of(&text.parse().expect("it reads"));
    let makespan = |node: &Node| node.scenario().run().expect("it runs").makespan();
    let tiny = node("seq(a: 1ns, b: 1ns, c: 1ns)");
    assert_eq!(makespan(&tiny), TICK * 3);
    assert_eq!(makespan(&scaled(&tiny, 64)), TICK * (3 * 64 - 3 * 63));
    // What is just less than a tick scales like a tick, but for the last.
    let almost = node("seq(a: 0.999ms, b: 0.999ms)");
    assert_eq!(makespan(&scaled(&almost, 64)), TICK * 2 * 64);
}

#[test]
fn most_that_is_scaled_takes_time_and_changes_its_level_of_the_wheel() {
    let (mut takes_time, mut is_on_another_level) = (0, 0);
    refused(&scalable(), 300, |(node, factor)| {
        let level = |it: Duration| it.as_millis().checked_ilog2().map(|power| power / 6);
        let longest = node.all().iter().map(|node| node.duration).max().unwrap_or_default();
        takes_time += usize::from(node.ticks() > 0);
        is_on_another_level += usize::from(level(longest) != level(longest * factor));
        Ok(())
    });
    assert!(takes_time > 200 && is_on_another_level > 100, "{takes_time}, {is_on_another_level}");
}

#[test]
fn times_that_do_not_change_alike_are_refused() {
    let unscaled_one = refused(&(scalable(), any::<u64>()), 300, |((node, factor), seed)| {
        let node = node.in_whole_ticks();
        // One duration was forgotten.
        let count = node.all().iter().filter(|it| it.is_timed()).count().max(1);
        let (mut number, forgotten) = (0, Choices::new(seed).below(count));
        let wrong = node.clone().with_durations(&mut |it| {
            number += 1;
            if number == forgotten + 1 { it } else { it * factor }
        });
        scales(&node.scenario().run()?, &wrong.scenario().run()?, factor)
    });
    assert!(unscaled_one > 150, "{unscaled_one}");
    let rounded_first = refused(&scalable(), 300, |(node, factor)| {
        scales(&node.scenario().run()?, &scaled(&node, factor).scenario().run()?, factor)
    });
    assert!(rounded_first > 20, "{rounded_first}");
    let beside = refused(&(scenarios(), durations()), 300, |(s, lead)| {
        let lead = lead.min(MAX_DURATION / 2).max(TICK);
        let wrong = Scenario::joined([Scenario::step("lead", lead), s.clone()]);
        is_later(&s.run()?, &wrong.run()?, lead)
    });
    assert!(beside > 280, "{beside}");
}
