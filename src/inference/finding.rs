//! What came of the search for a law, and how it is told where none was found.

use std::fmt;
use std::time::Duration;

use crate::inference::history::{History, Run};
use crate::inference::timing::Gap;
use crate::law::Law;
use crate::name::{Name, StepName};
use crate::time::{Millis, VirtualTime};

/// How many runs a message shows, and how many latencies of each.
const RUNS: usize = 3;
const LATENCIES: usize = 8;

/// A law that every run confirmed, or why there is none.
#[derive(Clone, Debug)]
pub(crate) enum Finding {
    Law(Found),
    NoLaw(NotFound),
}

/// A law, and how far it was tried.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) law: Law,
    /// On how many runs it was confirmed that it had not been made from.
    pub(crate) runs: usize,
    /// The longest latency in them, in ticks; the shortest is zero.
    pub(crate) longest: u64,
}

/// Why no law was found, and what was seen.
///
/// It displays as a clause, with up to three runs that show it.
#[derive(Clone, Debug)]
pub(crate) struct NotFound {
    missing: Missing,
    seen: Vec<Sighting>,
}

#[derive(Clone, Debug)]
enum Missing {
    /// A rule for the start of a step, or for the end.
    Rule(Option<StepName>),
    /// A law that is short enough to be read.
    Short,
    /// Runs with so few steps that all can be looked at.
    Few { steps: usize, most: usize },
    /// A law that holds everywhere: this one does not.
    Holding(Law),
}

/// A run, as far as a message tells of it.
#[derive(Clone, Debug)]
struct Sighting {
    latencies: Vec<(StepName, u64)>,
    is_cut: bool,
    time: u64,
    expected: Option<u64>,
}

impl NotFound {
    /// Nothing explains when a step starts, or the end comes.
    pub(super) fn no_rule(history: &History, gap: &Gap) -> Self {
        let runs = history.runs();
        let mut telling = gap.telling.clone();
        if telling.len() < 2 {
            telling.push(gap.run);
            // Of no latencies there is little to see.
            telling.extend((1..runs.len()).filter(|run| *run != gap.run));
        }
        let sighting = |number: usize| {
            let run = &runs[number];
            let time = match gap.step {
                Some(step) => run.starts[step]?.0,
                None => run.end,
            };
            Some(Sighting::new(history, run, time, None))
        };
        let seen = telling.into_iter().filter_map(sighting).take(RUNS).collect();
        let name = gap.step.map(|step| step_name(history, &history.steps()[step]));
        Self { missing: Missing::Rule(name), seen }
    }

    pub(super) fn too_long(history: &History) -> Self {
        let sighting = |run: &Run| Sighting::new(history, run, run.end, None);
        let seen = history.runs().iter().take(RUNS).map(sighting).collect();
        Self { missing: Missing::Short, seen }
    }

    pub(super) fn too_many(steps: usize, most: usize) -> Self {
        Self { missing: Missing::Few { steps, most }, seen: Vec::new() }
    }

    /// The law that came closest is broken by a run, where it says otherwise.
    pub(super) fn broken(history: &History, law: Law, run: usize, expected: u64) -> Self {
        let run = &history.runs()[run];
        // What it says of a start may be wrong instead.
        let expected = Some(expected).filter(|expected| *expected != run.end);
        let seen = vec![Sighting::new(history, run, run.end, expected)];
        Self { missing: Missing::Holding(law), seen }
    }
}

impl Sighting {
    fn new(history: &History, run: &Run, time: u64, expected: Option<u64>) -> Self {
        let started = (0..history.steps().len()).filter(|step| run.starts[*step].is_some());
        let mut latencies: Vec<_> = started
            .take(LATENCIES + 1)
            .map(|step| (step_name(history, &history.steps()[step]), run.latencies[step]))
            .collect();
        let is_cut = latencies.len() > LATENCIES;
        latencies.truncate(LATENCIES);
        Self { latencies, is_cut, time, expected }
    }
}

fn step_name(history: &History, (name, index): &(Name, usize)) -> StepName {
    let is_one_of_several = history.namesakes(name).is_some_and(|all| all.len() > 1);
    StepName::new(name.clone(), is_one_of_several.then_some(*index))
}

fn millis(ticks: u64) -> Millis {
    Millis(Duration::from_millis(ticks))
}

fn point(ticks: u64) -> VirtualTime {
    VirtualTime::after(Duration::from_millis(ticks))
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.missing {
            Missing::Rule(None) => f.write_str("no rule explains when it ends")?,
            Missing::Rule(Some(step)) => write!(f, "no rule explains when `{step}` starts")?,
            Missing::Short => f.write_str("what it waits for is too tangled for a law")?,
            Missing::Few { steps, most } => {
                write!(f, "it takes {steps} steps, and {most} are the most that are looked at")?;
            }
            Missing::Holding(law) => write!(f, "`{law}` comes closest and is broken")?,
        }
        for (place, sighting) in self.seen.iter().enumerate() {
            write!(f, "{} {sighting}", if place == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", point(self.time))?;
        if let Some(expected) = self.expected {
            write!(f, " instead of {}", point(expected))?;
        }
        for (place, (step, latency)) in self.latencies.iter().enumerate() {
            let before = if place == 0 { " with" } else { "," };
            write!(f, "{before} {step} = {}", millis(*latency))?;
        }
        if self.is_cut {
            f.write_str(", ..")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::NotFound;
    use crate::inference::stand_in::history_of;
    use crate::inference::timing::Gap;

    #[test]
    fn a_law_that_is_broken_is_told_with_what_it_says() {
        let history = history_of(&[(&[("a", 10, Some(0)), ("b", 5, Some(0))], 10)]);
        let told = |expected| {
            let law = "max(a, 12ms)".parse().expect("a law");
            NotFound::broken(&history, law, 0, expected).to_string()
        };
        let closest = "`max(a, 12ms)` comes closest and is broken";
        assert_eq!(told(12), format!("{closest}: +10ms instead of +12ms with a = 10ms, b = 5ms"));
        // It says so of a start that comes at another time.
        assert_eq!(told(10), format!("{closest}: +10ms with a = 10ms, b = 5ms"));
    }

    #[test]
    fn what_has_no_rule_is_told_with_up_to_three_runs() {
        let run = |a: u64| ([("a", a, Some(0)), ("b", 1, (a < 4).then_some(a))], a + 7);
        let runs = [0, 2, 3, 4, 5].map(run);
        let history = history_of(&runs.each_ref().map(|(steps, end)| (&steps[..], *end)));
        let told = |gap: Gap| NotFound::no_rule(&history, &gap).to_string();
        // The run itself, and those from the second on.
        assert_eq!(
            told(Gap::at(None, 3)),
            "no rule explains when it ends: +11ms with a = 4ms; \
             +9ms with a = 2ms, b = 1ms; +10ms with a = 3ms, b = 1ms"
        );
        assert_eq!(
            told(Gap::at(Some(1), 1)),
            "no rule explains when `b` starts: +2ms with a = 2ms, b = 1ms; \
             +3ms with a = 3ms, b = 1ms"
        );
        // Runs that tell more.
        let telling = Gap { telling: vec![4, 0], ..Gap::at(None, 3) };
        assert_eq!(
            told(telling),
            "no rule explains when it ends: +12ms with a = 5ms; +7ms with a = 0ms, b = 1ms"
        );
    }
}
