//! What the strategies promise of shape and size, and the two laws worked out
//! once more, from the notation alone.

use std::time::Duration;

use makespan::{MAX_DURATION, strategy};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

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
