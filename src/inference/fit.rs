//! Which rule over given triggers says exactly when something happened.

use std::collections::BTreeMap;

use crate::inference::rule::{Rule, Trigger};

/// Over how many triggers a tree of `max` and `min` is looked for.
const WIDEST_TREE: usize = 24;

/// How many pairs may be put together in the search for a tree, taken back ones
/// included.
const ATTEMPTS: usize = 400;

/// A trigger and when it was, run by run.
pub(super) struct Column {
    pub(super) trigger: Trigger,
    pub(super) times: Vec<u64>,
}

/// Returns a rule that gives all of `times`, if there is one: one trigger, the
/// so many largest of any number, or a tree of `max` and `min` in which each
/// trigger occurs once.
pub(super) fn fit(columns: &[Column], times: &[u64]) -> Option<Rule> {
    if let [only] = columns {
        return (only.times == times).then_some(Rule::After(only.trigger));
    }
    ranked(columns, times).or_else(|| tree(columns, times)).or_else(|| peeled(columns, times))
}

/// `max`, `min`, and what lies between.
fn ranked(columns: &[Column], times: &[u64]) -> Option<Rule> {
    // Which ranks fit a run: ties leave a choice.
    let (mut least, mut most) = (1, columns.len());
    for (run, time) in times.iter().enumerate() {
        let later = columns.iter().filter(|column| column.times[run] > *time).count();
        let same = columns.iter().filter(|column| column.times[run] == *time).count();
        least = least.max(later + 1);
        most = most.min(later + same);
        if least > most {
            return None;
        }
    }
    let triggers = || columns.iter().map(|column| column.trigger);
    Some(if least == 1 {
        Rule::Max(triggers().map(Rule::After).collect())
    } else if most == columns.len() {
        Rule::Min(triggers().map(Rule::After).collect())
    } else {
        Rule::Largest(most, triggers().collect())
    })
}

/// A tree whose triggers stand in layers, any number in each, around a small tree
/// or none: `min(1s, max(a, b, c, ..))`. Nothing happens later than what stands
/// in an outermost `min`, or earlier than what stands in an outermost `max`;
/// what is inside shows where none of those decides.
fn peeled(columns: &[Column], times: &[u64]) -> Option<Rule> {
    let mut inside: Vec<&Column> = columns.iter().collect();
    let mut runs: Vec<usize> = (0..times.len()).collect();
    let mut layers = Vec::new();
    loop {
        let layer = [Extreme::Min, Extreme::Max].into_iter().find_map(|extreme| {
            let is_outermost = |column: &&Column| {
                let mut runs = runs.iter();
                runs.all(|run| extreme.of(column.times[*run], times[*run]) == times[*run])
            };
            let (layer, rest): (Vec<_>, Vec<_>) = inside.iter().copied().partition(is_outermost);
            (!layer.is_empty()).then_some((extreme, layer, rest))
        });
        let Some((extreme, layer, rest)) = layer else {
            break;
        };
        runs.retain(|run| layer.iter().all(|column| column.times[*run] != times[*run]));
        inside = rest;
        layers.push((extreme, layer));
        if runs.is_empty() {
            break;
        }
    }
    if layers.is_empty() {
        // It was tried as a whole before.
        return None;
    }
    let core = match (&inside[..], &runs[..]) {
        ([], []) => None,
        _ => {
            let of_runs = |all: &[u64]| runs.iter().map(|run| all[*run]).collect::<Vec<_>>();
            let restricted = |column: &&Column| Column {
                trigger: column.trigger,
                times: of_runs(&column.times),
            };
            let columns: Vec<_> = inside.iter().map(restricted).collect();
            let times = of_runs(times);
            Some(ranked(&columns, &times).or_else(|| tree(&columns, &times))?)
        }
    };
    let around = |core: Option<Rule>, (extreme, layer): &(Extreme, Vec<&Column>)| {
        let leaves = layer.iter().map(|column| Rule::After(column.trigger));
        let rules = leaves.chain(core).collect();
        Some(match extreme {
            Extreme::Max => Rule::Max(rules),
            Extreme::Min => Rule::Min(rules),
        })
    };
    let rule = layers.iter().rev().fold(core, around)?;
    // What was found where nothing around it decides may break where that does.
    let by_trigger: BTreeMap<_, _> =
        columns.iter().map(|column| (column.trigger, column)).collect();
    let holds =
        |run: usize| rule.value(&[], &|trigger| by_trigger[&trigger].times[run]) == times[run];
    (0..times.len()).all(holds).then_some(rule)
}

/// A tree that is put together from the leaves up: two triggers that are
/// siblings in it never decide against each other's rule, so they can be
/// replaced by their `max` or their `min`, until one is left.
fn tree(columns: &[Column], times: &[u64]) -> Option<Rule> {
    if columns.len() > WIDEST_TREE {
        return None;
    }
    let mut parts = Vec::with_capacity(2 * columns.len());
    for column in columns {
        let is_time = |(one, other): (&u64, &u64)| one == other;
        let decides = column.times.iter().zip(times).map(is_time).collect();
        parts.push(Part {
            rule: Rule::After(column.trigger),
            times: column.times.clone(),
            decides,
        });
    }
    put_together(parts, times, &mut { ATTEMPTS })
}

/// A part of a tree, and in which runs it comes to what is looked for.
#[derive(Clone)]
struct Part {
    rule: Rule,
    times: Vec<u64>,
    decides: Vec<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extreme {
    Max,
    Min,
}

impl Extreme {
    fn of(self, one: u64, other: u64) -> u64 {
        match self {
            Self::Max => one.max(other),
            Self::Min => one.min(other),
        }
    }

    fn rule(self, one: &Rule, other: &Rule) -> Rule {
        let mut rules = Vec::new();
        for rule in [one, other] {
            match (self, rule) {
                (Self::Max, Rule::Max(inner)) | (Self::Min, Rule::Min(inner)) => {
                    rules.extend(inner.iter().cloned());
                }
                _ => rules.push(rule.clone()),
            }
        }
        match self {
            Self::Max => Rule::Max(rules),
            Self::Min => Rule::Min(rules),
        }
    }
}

/// OK to recurse because every level has one part less.
fn put_together(parts: Vec<Part>, times: &[u64], attempts: &mut usize) -> Option<Rule> {
    if let [only] = &parts[..] {
        return (only.times == times).then(|| only.rule.clone());
    }
    let runs = times.len();
    let deciding: Vec<_> =
        (0..runs).map(|run| parts.iter().filter(|part| part.decides[run]).count()).collect();
    let mut pairs = Vec::new();
    for (one, first) in parts.iter().enumerate() {
        for (other, second) in parts.iter().enumerate().skip(one + 1) {
            for extreme in [Extreme::Max, Extreme::Min] {
                if let Some(evidence) = siblings(first, second, extreme, times, &deciding) {
                    pairs.push((evidence, one, other, extreme));
                }
            }
        }
    }
    // What is seen most often first; then in the order of the triggers.
    pairs.sort_by_key(|(evidence, one, other, _)| (std::cmp::Reverse(*evidence), *one, *other));
    for (_, one, other, extreme) in pairs {
        *attempts = attempts.checked_sub(1)?;
        let (first, second) = (&parts[one], &parts[other]);
        let both = first.times.iter().zip(&second.times);
        let joined: Vec<_> = both.map(|(one, other)| extreme.of(*one, *other)).collect();
        let decides = joined.iter().zip(times).map(|(one, other)| one == other).collect();
        let rule = extreme.rule(&first.rule, &second.rule);
        let mut fewer = parts.clone();
        fewer[one] = Part { rule, times: joined, decides };
        fewer.remove(other);
        if let Some(rule) = put_together(fewer, times, attempts) {
            return Some(rule);
        }
    }
    None
}

/// Returns how much speaks for it that two parts are siblings under a `max` or
/// a `min`: in how many runs each of them decides, whichever does less. None if
/// some run would be left without an explanation.
fn siblings(
    first: &Part,
    second: &Part,
    extreme: Extreme,
    times: &[u64],
    deciding: &[usize],
) -> Option<usize> {
    let (mut of_first, mut of_second) = (0, 0);
    for (run, time) in times.iter().enumerate() {
        let (one, other) = (first.decides[run], second.decides[run]);
        if !one && !other {
            continue;
        }
        let is_alone = deciding[run] == usize::from(one) + usize::from(other);
        if !is_alone {
            continue;
        }
        if extreme.of(first.times[run], second.times[run]) != *time {
            return None;
        }
        if one && !other {
            of_first += 1;
        }
        if other && !one {
            of_second += 1;
        }
    }
    Some(of_first.min(of_second))
}

#[cfg(test)]
mod tests;
