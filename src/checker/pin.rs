//! The line of a failure that pins its case.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::name::{Name, StepName};
use crate::time::Readable;

/// What a line may have: six rows of a terminal of 80 columns. Eight latencies of steps with
/// names of twenty characters fit.
const LONGEST: usize = 480;

/// So few latencies are all written, so that the line says what the case is.
const FEW: usize = 8;

/// How the case comes back where it is too long to be pasted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Again {
    /// It is pinned.
    Pinned,
    /// Its seed is kept.
    Seed,
    /// Every check tries it.
    Always,
    /// It was drawn, and no seed is kept.
    Never,
}

/// The line, if the case has any latency: the call that gives each step the latency that the
/// case gave it. `left_out` says what a step gets that a case leaves out.
pub(super) fn pin(
    latencies: &[(StepName, Duration)],
    left_out: &dyn Fn(&StepName) -> Duration,
    again: Again,
) -> Option<String> {
    if latencies.is_empty() {
        return None;
    }
    // A checker without ranges gives it nothing, so that the line is right there as well.
    let needs_entry =
        |(step, latency): &(StepName, Duration)| !latency.is_zero() || !left_out(step).is_zero();
    let all = latencies.to_vec();
    let all = Some(all).filter(|all| all.len() <= FEW).map(|all| call(&all));
    let fits = |call: &String| call.chars().count() <= LONGEST;
    let call = all.filter(fits).or_else(|| Some(call(&few(latencies, &needs_entry))).filter(fits));
    let call = call.unwrap_or_else(|| {
        let count = latencies.len();
        let many = format!("{count} latencies are too many to paste");
        match again {
            Again::Pinned => format!("{many}; it is pinned already"),
            Again::Seed => format!("{many}; its seed is kept, and the next check begins with it"),
            Again::Always => format!("{many}; every check tries it, and finds it again"),
            Again::Never => {
                format!("{many}, and no seed is kept here; with fewer steps it can be pinned")
            }
        }
    });
    Some(format!("  to pin it: {call}"))
}

/// As few entries as say the same: a step that takes no time is left out, and a latency that
/// most steps of a name have is that of the name alone.
fn few(
    latencies: &[(StepName, Duration)],
    needs_entry: &dyn Fn(&(StepName, Duration)) -> bool,
) -> Vec<(StepName, Duration)> {
    let mut names = Vec::new();
    let mut of_name = BTreeMap::<&Name, Vec<&(StepName, Duration)>>::new();
    for entry in latencies {
        of_name.entry(entry.0.name()).or_insert_with_key(|name| {
            names.push(*name);
            Vec::new()
        });
        of_name.entry(entry.0.name()).and_modify(|entries| entries.push(entry));
    }
    let mut few = Vec::new();
    for name in &names {
        let entries = &of_name[name];
        let mut counts = BTreeMap::<Duration, usize>::new();
        entries.iter().for_each(|(_, latency)| *counts.entry(*latency).or_default() += 1);
        // Of latencies that are as frequent the longest: nothing may be left out instead.
        let (most, count) = counts.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default();
        let needed = entries.iter().filter(|entry| needs_entry(entry)).count();
        if 1 + entries.len() - count < needed {
            few.push((StepName::new((*name).clone(), None), most));
            few.extend(entries.iter().filter(|(_, it)| *it != most).copied().cloned());
        } else {
            few.extend(entries.iter().filter(|entry| needs_entry(entry)).copied().cloned());
        }
    }
    if few.is_empty() {
        // An empty list has no type; this one says the same.
        few.extend(latencies.first().map(|(step, latency)| (step.clone(), *latency)));
    }
    few
}

/// The call as it is pasted.
fn call(entries: &[(StepName, Duration)]) -> String {
    let text = |step: &StepName| match step.index() {
        None => step.name().as_str().to_owned(),
        Some(index) => format!("{}[{index}]", step.name().as_str()),
    };
    // The name of a step may itself end in `[1]`.
    let is_text = entries.iter().all(|(step, _)| StepName::from(text(step)) == *step);
    let each = entries.iter().map(|(step, latency)| {
        let step = match is_text {
            true => format!("{:?}", text(step)),
            false => format!("StepName::new({:?}, {:?})", step.name().as_str(), step.index()),
        };
        format!("({step}, {})", duration(*latency))
    });
    format!("Checker::new().case([{}])", each.collect::<Vec<_>>().join(", "))
}

/// A whole number of ticks, in seconds where milliseconds are hard to read.
fn duration(latency: Duration) -> String {
    if latency >= Readable::FROM && latency.subsec_nanos() == 0 {
        format!("Duration::from_secs({})", latency.as_secs())
    } else {
        format!("Duration::from_millis({})", latency.as_millis())
    }
}

#[cfg(test)]
mod tests;
