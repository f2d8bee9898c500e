//! What makes one scenario more complicated than another.

use std::time::Duration;

use crate::scenario::strategy::edit::{Names, Naming, nodes, times};
use crate::scenario::tree::{Form, Scenario, View};
use crate::time::TICK;

/// How complicated a scenario is: compared part by part, the weightiest first.
///
/// A simpler scenario costs less. Each part is a natural number, so there is no
/// endless way down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    nodes: usize,
    forms: usize,
    permits: u128,
    oddness: usize,
    nanos: u128,
    naming: usize,
}

impl Cost {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let nodes = nodes(scenario);
        let times = times(scenario);
        let forms = || {
            nodes.iter().filter_map(|node| match node.view() {
                View::Step { .. } => None,
                View::Group(group) => Some(group.form),
            })
        };
        let has_names = |naming| {
            let mut fresh = Names::new(naming);
            scenario.steps().all(|(name, _)| fresh.rename(name) == *name)
        };
        Self {
            nodes: nodes.len(),
            forms: forms().map(rank).sum(),
            permits: forms().map(permits).sum(),
            oddness: times.iter().copied().map(oddness).sum(),
            nanos: times.iter().map(Duration::as_nanos).sum(),
            naming: [Naming::Unique, Naming::Shared].into_iter().position(has_names).unwrap_or(2),
        }
    }
}

/// How complicated a form is by itself; a step is less so.
const fn rank(form: Form) -> usize {
    match form {
        Form::Sequential => 1,
        Form::Joined => 2,
        Form::Spawned => 3,
        Form::Tasks => 4,
        Form::Limited(_) => 5,
        Form::Raced => 6,
        Form::Timeout(_) => 7,
    }
}

const fn permits(form: Form) -> u128 {
    match form {
        Form::Limited(permits) => permits as u128,
        _ => 0,
    }
}

/// How odd a duration is: by milliseconds, halves of them, microseconds, or less.
fn oddness(time: Duration) -> usize {
    match time.subsec_nanos() % 1_000_000 {
        0 => 0,
        500_000 => 1,
        nanos if nanos.is_multiple_of(1_000) => 2,
        _ => 3,
    }
}

/// What a duration is counted in, to make it shorter and no odder.
pub(super) fn unit(time: Duration) -> Duration {
    match oddness(time) {
        0 | 1 => TICK,
        2 => Duration::from_micros(1),
        _ => Duration::from_nanos(1),
    }
}

/// Whether a duration is simpler than another.
pub(super) fn is_simpler(time: Duration, than: Duration) -> bool {
    (oddness(time), time) < (oddness(than), than)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Cost, is_simpler, unit};
    use crate::scenario::Scenario;

    fn cost(notation: &str) -> Cost {
        let scenario = notation.parse::<Scenario>();
        Cost::of(&scenario.unwrap_or_else(|error| panic!("{notation}: {error}")))
    }

    #[test]
    fn each_is_simpler_than_the_one_behind_it() {
        let ordered = [
            "a: 1ms",
            "seq(a: 1ms)",
            "join(a: 1ms)",
            "spawn(a: 1ms)",
            "tasks(a: 1ms)",
            "limit(1, a: 1ms)",
            "limit(2, a: 1ms)",
            "race(a: 1ms)",
            "timeout(1ms, a: 1ms)",
            // Longer, then odder, is worse than short and even.
            "timeout(2ms, a: 1ms)",
            "timeout(0.5ms, a: 1ms)",
            "timeout(0.3ms, a: 1ms)",
            "timeout(0.0003ms, a: 1ms)",
            "seq(a: 1ms, b: 1ms)",
            "seq(a: 1ms, a: 1ms)",
            "seq(a: 1ms, c: 1ms)",
            "seq(a: 1ms, b: 2ms)",
        ];
        for pair in ordered.windows(2) {
            assert!(cost(pair[0]) < cost(pair[1]), "{} and {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn each_part_of_a_cost_is_counted() {
        let parts = |notation| {
            let Cost { nodes, forms, permits, oddness, nanos, naming } = cost(notation);
            (nodes, forms, permits, oddness, nanos, naming)
        };
        assert_eq!(parts("a: 0ms"), (1, 0, 0, 0, 0, 0));
        assert_eq!(parts("b: 2ms"), (1, 0, 0, 0, 2_000_000, 2));
        // 7 of the timeout, 5 of each limit; 1 + 2 + 3 of the durations
        let all = "timeout(0.5ms, limit(3, limit(4), a: 1.003ms, a: 1ns))";
        assert_eq!(parts(all), (5, 17, 7, 6, 1_503_001, 1));
        let forms = "join(seq(), spawn(), tasks(), race(a: 0ms))";
        assert_eq!(parts(forms), (6, 2 + 1 + 3 + 4 + 6, 0, 0, 0, 0));
    }

    #[test]
    fn durations_are_shortened_by_what_they_are_counted_in() {
        let micros = Duration::from_micros;
        assert_eq!(unit(micros(3_000)), micros(1_000));
        assert_eq!(unit(micros(3_500)), micros(1_000));
        assert_eq!(unit(micros(3_501)), micros(1));
        assert_eq!(unit(Duration::from_nanos(3_501)), Duration::from_nanos(1));
        assert!(is_simpler(micros(1_000), micros(2_000)));
        assert!(!is_simpler(micros(1_000), micros(1_000)));
        assert!(is_simpler(micros(9_000), micros(500)) && is_simpler(micros(9_500), micros(1)));
        assert!(is_simpler(micros(9), Duration::from_nanos(9)));
    }
}
