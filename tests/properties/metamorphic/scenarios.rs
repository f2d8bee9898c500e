//! Scenarios that are rewritten by rules whose effect is known.

use std::collections::BTreeMap;

use makespan::strategy::scenarios;
use makespan::{Scenario, TICK, Trace};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::properties::edit::Choices;
use crate::properties::metamorphic::edited::{spans, without, without_joins, without_tasks_of};
use crate::properties::metamorphic::refused;
use crate::properties::metamorphic::rule::{
    ADDED, ANOTHER_MAKESPAN, NOT_NOTHING, NOT_ONLY_ADDED, NOTHING, PERMUTED, REGROUPED, Rewrite,
    Rule, UNCUT, everywhere,
};
use crate::properties::notation::Node;

type Verdict = Result<(), TestCaseError>;

/// A scenario, and what some rules make of it, one on top of the other.
#[derive(Debug)]
struct Rewritten {
    before: Node,
    after: Node,
    /// How many places a rule applied to.
    places: usize,
}

impl Rewritten {
    fn by(rules: &[Rule], before: Node, choices: &mut Choices) -> Self {
        let mut after = before.clone();
        let places = rules.iter().map(|(_, rule)| everywhere(&mut after, *rule, choices)).sum();
        Self { before, after, places }
    }

    /// By one of the rules, or by two.
    fn by_some(rules: &[Rule], before: Node, seed: u64) -> Self {
        let mut choices = Choices::new(seed);
        let some: Vec<_> =
            (0..=choices.below(2)).map(|_| rules[choices.below(rules.len())]).collect();
        Self::by(&some, before, &mut choices)
    }

    fn run(&self) -> Result<(Trace, Trace), TestCaseError> {
        Ok((self.before.scenario().run()?, self.after.scenario().verify()?.into_trace()))
    }

    fn has_one_log(&self) -> Verdict {
        let (before, after) = self.run()?;
        prop_assert_eq!(before, after);
        Ok(())
    }

    fn has_one_log_but_for_what_was_added(&self) -> Verdict {
        let (before, after) = self.run()?;
        prop_assert_eq!(before, without(&after, &["zero", "far"]));
        Ok(())
    }

    fn has_one_makespan(&self) -> Verdict {
        let (before, after) = self.run()?;
        prop_assert_eq!(before.makespan(), after.makespan());
        Ok(())
    }

    /// Up to the order of ties, and with it the numbers of tasks.
    fn has_one_log_up_to_ties(&self) -> Verdict {
        let (before, after) = self.run()?;
        prop_assert!(before.same_up_to_ties(&after), "{before:#}\n\n{after:#}");
        Ok(())
    }

    /// Up to when the end of a task is noticed too: handles are awaited in order.
    fn has_one_log_up_to_ties_and_joins(&self) -> Verdict {
        let (before, after) = self.run()?;
        let (before, after) = (without_joins(&before), without_joins(&after));
        prop_assert!(before.same_up_to_ties(&after), "{before:#}\n\n{after:#}");
        Ok(())
    }

    /// Each step runs from when to when it ran, and ends as it did.
    fn has_the_same_steps(&self) -> Verdict {
        let (before, after) = self.run()?;
        prop_assert_eq!(before.makespan(), after.makespan());
        prop_assert_eq!(spans(&before), spans(&without(&after, &["zero"])));
        Ok(())
    }
}

fn node(scenario: &Scenario) -> Node {
    Node::of(scenario)
}

/// Nothing in it ties, every step has a name of its own, and what is aborted at its end
/// is seen to end.
fn without_ties(scenario: &Scenario, seed: u64) -> Option<Node> {
    let whole = Node::of(scenario).without_ties(&mut Choices::new(seed))?;
    let rest = Node::step("rest", TICK);
    Some(Node::group("seq", [whole, rest]).with_names_of_their_own())
}

/// Nothing in it is cut.
fn without_cuts(scenario: &Scenario) -> Node {
    Node::of(scenario).without_cuts().with_names_of_their_own()
}

fn small() -> impl Strategy<Value = Scenario> {
    scenarios().steps(1..=10)
}

proptest! {
    #[test]
    fn what_changes_nothing_changes_nothing(s in scenarios(), seed: u64) {
        Rewritten::by_some(&NOTHING, node(&s), seed).has_one_log()?;
    }

    #[test]
    fn what_is_added_is_all_that_is_added(s in scenarios(), seed: u64) {
        Rewritten::by_some(&ADDED, node(&s), seed).has_one_log_but_for_what_was_added()?;
    }

    #[test]
    fn no_order_of_children_and_no_task_changes_the_makespan(s in scenarios(), seed: u64) {
        let rules = [&PERMUTED[..], &REGROUPED, &UNCUT].concat();
        Rewritten::by_some(&rules, node(&s), seed).has_one_makespan()?;
    }

    #[test]
    fn without_cuts_every_step_is_where_it_was(s in scenarios(), seed: u64) {
        let rules = [&PERMUTED[..], &REGROUPED, &UNCUT].concat();
        Rewritten::by_some(&rules, without_cuts(&s), seed).has_the_same_steps()?;
    }

    #[test]
    fn without_ties_every_step_is_where_it_was(s in small(), seed: u64) {
        if let Some(node) = without_ties(&s, seed) {
            let rules = [&PERMUTED[..], &REGROUPED].concat();
            Rewritten::by_some(&rules, node, seed).has_the_same_steps()?;
        }
    }

    #[test]
    fn without_ties_an_order_of_children_changes_the_log_by_ties_alone(s in small(), seed: u64) {
        if let Some(node) = without_ties(&s, seed) {
            Rewritten::by_some(&PERMUTED[1..], node.clone(), seed).has_one_log_up_to_ties()?;
            Rewritten::by_some(&PERMUTED, node, seed).has_one_log_up_to_ties_and_joins()?;
        }
    }

    #[test]
    fn without_cuts_a_zero_in_a_task_is_that_task(s in scenarios(), seed: u64) {
        let zero = &REGROUPED[4..];
        let rewritten = Rewritten::by_some(zero, without_cuts(&s), seed);
        let (before, after) = rewritten.run()?;
        let after = without_tasks_of(&after, "zero");
        prop_assert!(before.same_up_to_ties(&after), "{before:#}\n\n{after:#}");
    }

    #[test]
    fn handles_that_end_in_the_order_of_their_creation_are_joined_like_a_set(s in scenarios()) {
        let mut spawned = without_cuts(&s);
        spawned.each_mut(&mut |node| {
            if node.is(&["spawn"]) {
                node.children.sort_by_key(Node::ticks);
            }
        });
        let mut sets = spawned.clone();
        everywhere(&mut sets, SPAWNED_AS_A_SET, &mut Choices::new(0));
        let (spawned, sets) = (spawned.scenario().run()?, sets.scenario().run()?);
        prop_assert!(spawned.same_up_to_ties(&sets), "{spawned:#}\n\n{sets:#}");
    }
}

const SPAWNED_AS_A_SET: Rewrite = |node, _| {
    let is_spawn = node.is(&["spawn"]);
    if is_spawn {
        node.word = "tasks".to_owned();
    }
    is_spawn
};

#[test]
fn races_in_a_race_drop_their_losers_first() {
    let log = |text: &str| {
        let scenario: Scenario = text.parse().expect("it reads");
        scenario.verify().expect("it is predicted").into_trace()
    };
    let flat = log("race(a: 2ms, b: 1ms, c: 2ms)");
    let nested = log("race(a: 2ms, race(b: 1ms, c: 2ms))");
    assert!(flat.same_up_to_ties(&nested));
    assert!(flat.to_string().ends_with("+1ms a cancelled\n+1ms c cancelled"));
    assert!(nested.to_string().ends_with("+1ms c cancelled\n+1ms a cancelled"));
}

#[test]
fn jobs_of_a_limit_have_an_order() {
    let makespan = |text: &str| {
        let scenario: Scenario = text.parse().expect("it reads");
        scenario.verify().expect("it is predicted").makespan()
    };
    assert_eq!(makespan("limit(2, a: 2ms, b: 1ms, c: 1ms)"), TICK * 2);
    assert_eq!(makespan("limit(2, b: 1ms, c: 1ms, a: 2ms)"), TICK * 3);
}

/// A scenario and a seed.
fn cases() -> impl Strategy<Value = (Scenario, u64)> {
    (small(), any::<u64>())
}

/// How often a property refuses each of some rules, of the cases that it applies to.
fn refusals(
    rules: &[Rule],
    prepared: fn(&Scenario, u64) -> Option<Node>,
    property: fn(&Rewritten) -> Verdict,
) -> BTreeMap<&'static str, (usize, usize)> {
    let count = |rule: &Rule| {
        let mut applied = 0;
        let refused = refused(&cases(), 150, |(s, seed)| {
            let Some(node) = prepared(&s, seed) else { return Ok(()) };
            let rewritten = Rewritten::by(&[*rule], node, &mut Choices::new(seed));
            if rewritten.places == 0 {
                return Ok(());
            }
            applied += 1;
            property(&rewritten)
        });
        (rule.0, (refused, applied))
    };
    rules.iter().map(count).collect()
}

#[expect(clippy::print_stdout, reason = "the table is for people: `cargo test -- --nocapture`")]
fn each_is_refused(counts: &BTreeMap<&'static str, (usize, usize)>) {
    for (rule, (refused, applied)) in counts {
        println!("{refused:>6} of {applied:>3}  {rule}");
    }
    let kept: Vec<_> = counts.iter().filter(|(_, (refused, _))| *refused < 12).collect();
    assert!(kept.is_empty(), "hardly ever refused: {kept:?}");
}

#[test]
fn what_only_looks_as_if_it_changed_nothing_is_refused() {
    let any = |s: &Scenario, _| Some(node(s));
    each_is_refused(&refusals(&NOT_NOTHING, any, Rewritten::has_one_log));
    let added = Rewritten::has_one_log_but_for_what_was_added;
    each_is_refused(&refusals(&NOT_ONLY_ADDED, any, added));
    each_is_refused(&refusals(&ANOTHER_MAKESPAN, any, Rewritten::has_one_makespan));
}

#[test]
fn what_moves_a_step_is_refused() {
    let uncut = |s: &Scenario, _| Some(without_cuts(s));
    each_is_refused(&refusals(&ANOTHER_MAKESPAN, uncut, Rewritten::has_the_same_steps));
    let untied = |s: &Scenario, seed| without_ties(s, seed);
    // Cut, a task goes on where a part of the same task ends.
    each_is_refused(&refusals(&UNCUT[..1], untied, Rewritten::has_the_same_steps));
    each_is_refused(&refusals(&PERMUTED[..1], untied, Rewritten::has_one_log_up_to_ties));
    let ties = Rewritten::has_one_log_up_to_ties_and_joins;
    each_is_refused(&refusals(&UNCUT[..1], untied, ties));
}

#[test]
fn every_rule_applies_to_many_scenarios() {
    let applied = |rules: &[Rule]| {
        let any = |s: &Scenario, _| Some(node(s));
        refusals(rules, any, |_| Ok(())).into_iter().map(|(rule, (_, applied))| (rule, applied))
    };
    let rules = [&NOTHING[..], &ADDED, &PERMUTED, &REGROUPED, &UNCUT];
    let rare: Vec<_> =
        rules.into_iter().flat_map(applied).filter(|(_, applied)| *applied < 12).collect();
    assert!(rare.is_empty(), "of 150 scenarios: {rare:?}");
}
