//! What the strategies promise of shape and size, and the two laws worked out
//! once more, from the notation alone.

use std::time::Duration;

use makespan::{MAX_DURATION, strategy};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::properties::notation::Node;

proptest! {
    #[test]
    fn a_sequence_takes_the_sum(scenario in strategy::sequential()) {
        let node = Node::of(&scenario);
        prop_assert_eq!(&node.word, "seq");
        prop_assert!(node.children.iter().all(|child| child.word == "step"));
        // Each by itself ends on a tick.
        let sum: Duration = node.steps().iter().map(|step| ticks(step.duration)).sum();
        prop_assert_eq!(scenario.run()?.makespan(), sum);
    }

    #[test]
    fn tasks_take_the_longest(scenario in strategy::spawned()) {
        let node = Node::of(&scenario);
        prop_assert!(["spawn", "tasks"].contains(&node.word.as_str()));
        prop_assert!(node.children.iter().all(|child| child.word == "step"));
        let longest = node.steps().iter().map(|step| ticks(step.duration)).max();
        prop_assert_eq!(scenario.run()?.makespan(), longest.unwrap_or_default());
    }

    #[test]
    fn so_many_steps_as_are_asked_for(
        (steps, scenario) in (0_usize..100).prop_flat_map(|steps| {
            (steps..=steps, strategy::scenarios().steps(steps))
        }),
    ) {
        prop_assert_eq!(Node::of(&scenario).steps().len(), steps);
        prop_assert!(scenario.predict().is_ok());
    }

    #[test]
    fn twenty_nine_durations_fit_into_a_sum(duration in strategy::durations()) {
        prop_assert!(duration * 29 <= MAX_DURATION);
    }
}

fn ticks(duration: Duration) -> Duration {
    let begun = duration.as_nanos().div_ceil(1_000_000);
    Duration::from_millis(begun.try_into().expect("no strategy goes as far"))
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts are told")]
fn durations_reach_zero_odd_ones_and_every_edge() {
    let mut runner = TestRunner::deterministic();
    let strategy = strategy::durations();
    let drawn: Vec<u128> = (0..10_000)
        .map(|_| strategy.new_tree(&mut runner).expect("a duration").current().as_nanos())
        .collect();
    let count = |of: &dyn Fn(u128) -> bool| drawn.iter().filter(|nanos| of(**nanos)).count();
    let mut counts = vec![
        ("zero".to_owned(), count(&|it| it == 0)),
        ("1ns".to_owned(), count(&|it| it == 1)),
        ("below 1ms".to_owned(), count(&|it| 0 < it && it < 1_000_000)),
        ("odd, above 1ms".to_owned(), count(&|it| it > 1_000_000 && it % 1_000_000 != 0)),
    ];
    for level in 1..=5 {
        for edge in [64_u128.pow(level) - 1, 64_u128.pow(level), 64_u128.pow(level) + 1] {
            counts.push((format!("{edge}ms"), count(&|it| it == edge * 1_000_000)));
        }
    }
    for (what, count) in counts {
        println!("{count:>6}  {what}");
        assert!(count >= 10, "{what}: {count}");
    }
}
