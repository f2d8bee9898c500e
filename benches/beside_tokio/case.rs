//! The work that is measured: the same for all.

use std::sync::Arc;
use std::time::Duration;

use makespan::{EventKind, Scenario};

use crate::log::{Entry, Kind};
use crate::{event_loop, raw_tokio};

/// How the steps of a part are put together.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Sequential,
    Spawned,
}

/// A program, and the same as a scenario.
struct Part {
    shape: Shape,
    durations: Arc<[Duration]>,
    scenario: Scenario,
}

/// Programs that run one after the other.
pub(crate) struct Case {
    pub(crate) name: String,
    parts: Vec<Part>,
    /// Whether to verify it may cost no more than to run it on raw tokio.
    pub(crate) is_seed_pair: bool,
}

impl Part {
    fn new(shape: Shape, durations: impl Iterator<Item = Duration>) -> Self {
        let durations: Arc<[_]> = durations.collect();
        let steps = durations
            .iter()
            .zip(1..)
            .map(|(&duration, number)| Scenario::step(step_name(number), duration));
        let scenario = match shape {
            Shape::Sequential => Scenario::sequential(steps),
            Shape::Spawned => Scenario::spawned(steps),
        };
        Self { shape, durations, scenario }
    }

    /// Two seconds and one: what sums up to three, or takes two.
    fn seed(shape: Shape) -> Self {
        Self::new(shape, [2, 1].into_iter().map(Duration::from_secs))
    }

    /// Many steps of up to a second. Their durations are scattered, so that
    /// timers are set out of the order in which they fire, with some ties.
    fn many(shape: Shape, steps: u64) -> Self {
        Self::new(shape, (0..steps).map(|step| Duration::from_millis(1 + step * 7_919 % 1_000)))
    }

    fn event_loop(&self) -> Vec<Entry> {
        match self.shape {
            Shape::Sequential => event_loop::sequential(&self.durations),
            Shape::Spawned => event_loop::spawned(&self.durations),
        }
    }
}

impl Case {
    fn new(name: &str, parts: Vec<Part>) -> Self {
        Self { name: name.to_owned(), parts, is_seed_pair: false }
    }

    /// What is measured, from the smallest to the largest.
    pub(crate) fn all() -> Vec<Self> {
        use Shape::{Sequential, Spawned};

        let pair = vec![Part::seed(Sequential), Part::seed(Spawned)];
        let mut all = vec![
            Self { is_seed_pair: true, ..Self::new("the seed pair", pair) },
            Self::new("seq(coro1: 2s, coro2: 1s)", vec![Part::seed(Sequential)]),
            Self::new("spawn(coro1: 2s, coro2: 1s)", vec![Part::seed(Spawned)]),
        ];
        for (shape, word, sizes) in [
            (Sequential, "seq", &["100", "10,000", "100,000"][..]),
            (Spawned, "spawn", &["100", "10,000", "100,000", "1,000,000"]),
        ] {
            for size in sizes {
                let steps = size.replace(',', "").parse().expect("a number");
                all.push(Self::new(&format!("{word} of {size}"), vec![Part::many(shape, steps)]));
            }
        }
        all
    }

    /// A million tasks, as both sides are given them: durations and a scenario.
    pub(crate) fn largest() -> Self {
        Self::new("spawn of 1,000,000", vec![Part::many(Shape::Spawned, 1_000_000)])
    }

    pub(crate) fn steps(&self) -> u64 {
        let steps = self.parts.iter().map(|part| part.durations.len()).sum::<usize>();
        u64::try_from(steps).expect("fewer than 2^64 steps")
    }

    /// The logs of raw tokio, on one fresh runtime.
    pub(crate) fn raw_tokio(&self) -> Vec<Vec<Entry>> {
        let runtime = raw_tokio::runtime();
        let run = |part: &Part| match part.shape {
            Shape::Sequential => raw_tokio::sequential(&runtime, &part.durations),
            Shape::Spawned => raw_tokio::spawned(&runtime, &part.durations),
        };
        self.parts.iter().map(run).collect()
    }

    /// The logs of a bare event loop.
    pub(crate) fn event_loop(&self) -> Vec<Vec<Entry>> {
        self.parts.iter().map(Part::event_loop).collect()
    }

    /// What `work` makes of each scenario.
    pub(crate) fn each<T>(&self, work: impl FnMut(&Scenario) -> T) -> Vec<T> {
        self.parts.iter().map(|part| &part.scenario).map(work).collect()
    }

    /// Makes sure that all of them do the same work.
    pub(crate) fn check(&self) {
        let verified = self.each(|scenario| scenario.verify().expect("the run keeps every rule"));
        for logs in [self.raw_tokio(), self.event_loop()] {
            for (verified, log) in verified.iter().zip(&logs) {
                self.check_part(verified.trace(), log);
            }
        }
    }

    fn check_part(&self, trace: &makespan::Trace, log: &[Entry]) {
        assert_eq!(trace.len(), log.len(), "{}", self.name);
        for (event, entry) in trace.events().zip(log) {
            let is_step = |name: &str| name == step_name(u64::from(entry.subject) + 1);
            let is_same = match (&event.kind, entry.kind) {
                (EventKind::Spawn(task), Kind::Spawn) | (EventKind::Join(task), Kind::Join) => {
                    task.number() == entry.subject
                }
                (EventKind::Start(name), Kind::Start) | (EventKind::Finish(name), Kind::Finish) => {
                    is_step(name.name().as_str())
                }
                _ => false,
            } && event.task.number() == entry.task
                && event.time.since_start() == Duration::from_nanos(entry.nanos);
            assert!(is_same, "{}: {event} beside {entry:?}", self.name);
        }
    }
}

fn step_name(number: u64) -> String {
    format!("coro{number}")
}
