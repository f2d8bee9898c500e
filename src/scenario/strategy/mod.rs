//! Strategies that generate scenarios, for `proptest!` blocks.
//!
//! What they generate is meant to find mistakes. There are few durations to a
//! scenario, so that they tie. They are drawn from where timers are delicate:
//! zero, parts of a millisecond, and the edges of each level of tokio's timer
//! wheel. Some scenarios are so wide that tokio would look up from its work in
//! the middle: more than 61 tasks at one instant, more than 128 operations in
//! one poll. All of them can run.
//!
//! What fails is shrunk as a scenario, not as the choices that led to it; see
//! [`ScenarioTree`].
//!
//! # Examples
//!
//! ```
//! use makespan::strategy;
//! use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig::with_cases(16))]
//!     # /*
//!     #[test]
//!     # */
//!     fn a_run_is_as_predicted(scenario in strategy::scenarios()) {
//!         prop_assert_eq!(scenario.run()?, scenario.predict()?);
//!     }
//! }
//! # a_run_is_as_predicted();
//! ```

mod cost;
mod draw;
mod edit;
mod generate;
mod palette;
#[cfg(test)]
mod script;
mod shorter;
mod shrink;
mod simpler;

use std::time::Duration;

use proptest::arbitrary::any;
use proptest::collection::SizeRange;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::scenario::strategy::draw::Draw;
use crate::scenario::tree::{Form, Scenario};

pub use crate::scenario::strategy::shrink::ScenarioTree;
use crate::scenario::strategy::shrink::Shape;

/// Returns a strategy of sequences: `seq(..)` of steps.
///
/// # Examples
///
/// ```
/// use makespan::strategy;
/// use proptest::prelude::{ProptestConfig, prop_assert, proptest};
///
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(16))]
///     # /*
///     #[test]
///     # */
///     fn a_sequence_is_written_as_one(scenario in strategy::sequential().steps(1..=4)) {
///         prop_assert!(scenario.to_string().starts_with("seq("));
///     }
/// }
/// # a_sequence_is_written_as_one();
/// ```
pub fn sequential() -> Scenarios {
    Scenarios { shape: Shape::Sequential, steps: None }
}

/// Returns a strategy of tasks side by side: `spawn(..)` or `tasks(..)` of steps.
pub fn spawned() -> Scenarios {
    Scenarios { shape: Shape::Spawned, steps: None }
}

/// Returns a strategy of scenarios of any shape: all forms, nested in any way.
///
/// # Shape
///
/// Steps are named `a`, `b`, `c` as they are written; now and then some of them
/// or all share the name `job`. Some groups are empty.
pub fn scenarios() -> Scenarios {
    Scenarios { shape: Shape::Any, steps: None }
}

/// Returns a strategy of durations such as scenarios have.
///
/// # Units
///
/// From 0 up to `64^5` ms and one more, which is 12.4 days: 29 of them in a row
/// are still within [`MAX_DURATION`](crate::MAX_DURATION). They shrink toward
/// 0 ms, and whole milliseconds count as simpler than parts of one.
pub fn durations() -> impl Strategy<Value = Duration> + Clone {
    let step = Scenarios { shape: Shape::Step, steps: None };
    step.prop_map(|step| step.steps().map(|(_, duration)| duration).sum())
}

/// A strategy of scenarios, made by [`sequential`], [`spawned`] or [`scenarios`].
#[derive(Clone, Debug)]
#[must_use = "strategies do nothing unless used"]
pub struct Scenarios {
    shape: Shape,
    /// Where nobody has said it: mostly few, sometimes very many.
    steps: Option<SizeRange>,
}

impl Scenarios {
    /// Sets how many steps a scenario has: a number, or a range of which each
    /// number is as likely. Shrinking leaves the least of them.
    ///
    /// Without it most scenarios have up to 12 steps, some up to 180, and a few
    /// have none.
    ///
    /// # Panics
    ///
    /// If the range is empty.
    pub fn steps(self, steps: impl Into<SizeRange>) -> Self {
        let steps = steps.into();
        assert!(steps.start() < steps.end_excl(), "no number of steps is in an empty range");
        Self { steps: Some(steps), ..self }
    }

    fn generate(&self, draw: &mut Draw<'_>) -> Scenario {
        let steps = match &self.steps {
            None => generate::usual_steps(draw),
            Some(steps) => draw.count(steps.start()..=steps.end_incl()),
        };
        match self.shape {
            Shape::Step => Scenario::step("a", palette::duration(draw)),
            Shape::Sequential => generate::flat(draw, &[Form::Sequential], steps),
            Shape::Spawned => generate::flat(draw, &[Form::Spawned, Form::Tasks], steps),
            Shape::Any => generate::any(draw, steps),
        }
    }
}

impl Strategy for Scenarios {
    type Tree = ScenarioTree;
    type Value = Scenario;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        // Through a strategy of numbers, and not through the generator itself:
        // its traits differ between versions of proptest. Not through a strategy
        // of ranges either: with a fuzzer's exhausted input that never ends.
        let mut problem = None;
        let scenario =
            self.generate(&mut Draw::new(&mut |count| match any::<u64>().new_tree(runner) {
                Ok(number) => number.current() % count,
                Err(reason) => {
                    problem = Some(reason);
                    0
                }
            }));
        let least_steps = self.steps.as_ref().map_or(0, SizeRange::start);
        match problem {
            None => Ok(ScenarioTree::new(self.shape, least_steps, scenario)),
            Some(reason) => Err(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::strategy::{Strategy, ValueTree as _};
    use proptest::test_runner::TestRunner;

    use super::{Scenarios, durations, scenarios, sequential, spawned};
    use crate::scenario::tree::Scenario;

    fn generated<S: Strategy>(strategy: &S) -> Vec<S::Value> {
        let mut runner = TestRunner::deterministic();
        (0..200).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
    }

    #[test]
    fn a_strategy_generates_its_shape_with_as_many_steps_as_are_asked_for() {
        let forms: [(Scenarios, &[&str]); 3] = [
            (sequential(), &["seq("]),
            (spawned(), &["spawn(", "tasks("]),
            (scenarios(), &["seq(", "spawn(", "tasks(", "join(", "race(", "timeout(", "limit("]),
        ];
        for (strategy, words) in forms {
            let all = generated(&strategy.clone().steps(2..=9));
            let starts = |it: &Scenario, word: &str| it.to_string().starts_with(word);
            assert!(words.iter().all(|word| all.iter().any(|it| starts(it, word))));
            assert!(all.iter().all(|it| words.iter().any(|word| starts(it, word))));
            let sizes = |strategy: Scenarios| -> BTreeSet<_> {
                generated(&strategy).iter().map(Scenario::step_count).collect()
            };
            assert_eq!(sizes(strategy.clone().steps(3)), BTreeSet::from([3]));
            assert_eq!(sizes(strategy.clone().steps(2..5)), BTreeSet::from([2, 3, 4]));
            assert_eq!(sizes(strategy.clone().steps(0..=1)), BTreeSet::from([0, 1]));
            assert!(sizes(strategy).is_superset(&(1..=8).collect()));
        }
    }

    #[test]
    fn durations_are_many() {
        let all: BTreeSet<_> = generated(&durations()).into_iter().collect();
        assert!(all.len() > 60, "{all:?}");
    }

    #[test]
    fn shrinking_leaves_the_least_number_of_steps() {
        let mut runner = TestRunner::deterministic();
        let mut tree = sequential().steps(2..9).new_tree(&mut runner).unwrap();
        while tree.simplify() {}
        assert_eq!(tree.current().to_string(), "seq(a: 0ms, b: 0ms)");
    }
}
