//! Programs as people write them, with how long their calls take.

use std::time::Duration;

use makespan::{Run, Runner};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::programs::{Program, programs};
use crate::properties::edit::{Choices, ticks};

/// A program, and how many ticks its calls take, by their numbers.
#[derive(Clone, Debug)]
pub(crate) struct Timing {
    pub(crate) program: Program,
    pub(crate) latencies: Vec<u64>,
}

impl Timing {
    fn latency(&self, call: &str) -> Option<Duration> {
        let number = call.strip_prefix('s')?.parse::<usize>().ok()?;
        self.latencies.get(number).copied().map(ticks)
    }

    pub(crate) fn runner(&self) -> Runner {
        let year = Duration::from_secs(365 * 86_400);
        let latencies = self.latencies.iter().enumerate();
        latencies.fold(Runner::new().virtual_limit(year), |runner, (number, latency)| {
            runner.latency(format!("s{number}"), ticks(*latency))
        })
    }

    pub(crate) fn run(&self) -> Result<Run<()>, TestCaseError> {
        Ok(self.runner().run(self.program.future())?)
    }

    /// How many ticks a part of it takes, by its law.
    pub(crate) fn ticks(&self, part: &Program) -> u64 {
        let total = part.law().evaluate(|step| self.latency(step.name().as_str()));
        u64::try_from(total.expect("every call has a latency").as_millis()).expect("within a year")
    }

    /// The same, each duration in it replaced.
    pub(crate) fn with_times(&self, of: &mut impl FnMut(u64) -> u64) -> Self {
        let mut program = self.program.clone();
        program.each_mut(&mut |part| match part {
            Program::Wait(millis) | Program::Timeout(millis, _) => *millis = of(*millis),
            _ => {}
        });
        Self { program, latencies: self.latencies.iter().map(|it| of(*it)).collect() }
    }

    /// The same without ties: every duration is a power of two, and none is a single
    /// tick. That much time is behind it for what is aborted at its end.
    pub(crate) fn without_ties(&self, choices: &mut Choices) -> Option<Self> {
        let mut powers: Vec<_> = (1..34).map(|power| 1 << power).collect();
        choices.shuffle(&mut powers);
        let mut powers = powers.into_iter();
        let mut are_enough = true;
        let mut timing = self.with_times(&mut |_| {
            powers.next().unwrap_or_else(|| {
                are_enough = false;
                1
            })
        });
        timing.program = Program::Seq(vec![timing.program, Program::Wait(1)]);
        are_enough.then_some(timing)
    }
}

/// Programs with few different latencies, so that they tie.
pub(crate) fn timings() -> impl Strategy<Value = Timing> {
    let latency = prop_oneof![3 => 0..5_u64, 1 => 0..300_u64];
    let latencies = proptest::collection::vec(latency, 1..4);
    (programs(), latencies).prop_map(|(mut program, few)| {
        let mut count = 0;
        program.each_mut(&mut |part| count += usize::from(matches!(part, Program::Call(_))));
        // Waits and limits are as short as the calls, so that those tie too.
        program.each_mut(&mut |part| match part {
            Program::Wait(millis) => *millis %= 8,
            Program::Timeout(millis, _) => *millis = 1 + *millis % 8,
            _ => {}
        });
        Timing { program, latencies: few.into_iter().cycle().take(count).collect() }
    })
}
