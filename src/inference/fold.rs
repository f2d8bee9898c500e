//! From rules to a law: each moment written out, and what is common taken out.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::inference::rule::{Event, Line, Rule, Trigger};
use crate::inference::timing::{Start, Timing};

/// How long a law may be written out, in terms, for each step.
const LONGEST: usize = 8;

/// How deep the terms of a law may be nested: what a run could hold.
const DEEPEST: usize = 200;

/// In how many ways a rank may be written out where no function says it.
const CHOICES: usize = 40;

/// Terms in the order of time.
pub(super) type Sum = Vec<Term>;

/// What a law is made of. Steps are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Ticks(u64),
    Step(usize),
    Max(Rc<Vec<Sum>>),
    Min(Rc<Vec<Sum>>),
    Limit(usize, Rc<Vec<Sum>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extreme {
    Max,
    Min,
}

/// Returns the moment of the end, written out; none if that is too long to be
/// of use.
pub(super) fn fold(timing: &Timing<'_>, order: &[usize]) -> Option<Sum> {
    let mut ranks = vec![0; order.len()];
    for (rank, step) in order.iter().enumerate() {
        ranks[*step] = rank + 1;
    }
    let rules: Vec<_> =
        timing.moments.iter().map(|moment| with_lines(&moment.rule, &timing.lines)).collect();
    let mut is_needed = vec![false; rules.len()];
    is_needed[timing.end] = true;
    for moment in (0..rules.len()).rev().filter(|moment| *moment <= timing.end) {
        if is_needed[moment] {
            each_moment(&rules[moment], timing, &mut |earlier| is_needed[earlier] = true);
        }
    }
    let mut fold = Fold {
        timing,
        ranks,
        longest: LONGEST * order.len() + 64,
        sums: Vec::with_capacity(rules.len()),
    };
    for (rule, is_needed) in rules.iter().zip(is_needed) {
        let sum = if is_needed { fold.written(rule)? } else { Sum::new() };
        if size(&sum) > fold.longest || depth(&sum) > DEEPEST {
            return None;
        }
        fold.sums.push(sum);
    }
    Some(fold.sums.swap_remove(timing.end))
}

/// The rule with every line as one that it waits for as a whole.
fn with_lines(rule: &Rule, lines: &[Line]) -> Rule {
    let inner = |rules: &[Rule]| rules.iter().map(|rule| with_lines(rule, lines)).collect();
    let rules: Vec<Rule> = match rule {
        Rule::Max(rules) => inner(rules),
        Rule::Min(rules) => return Rule::Min(inner(rules)),
        _ => return rule.clone(),
    };
    let mut rules = rules;
    for line in lines {
        let finish = |rule: &Rule| match rule {
            Rule::After(Trigger { event: Event::Finish(step), offset }) => Some((*step, *offset)),
            _ => None,
        };
        let finishes: Vec<_> = rules.iter().filter_map(finish).collect();
        let Some(offset) = line.jobs.iter().find_map(|job| {
            finishes.iter().find(|(step, _)| step == job).map(|(_, offset)| *offset)
        }) else {
            continue;
        };
        let waited_for: BTreeSet<_> = finishes.iter().copied().collect();
        let is_waited_for = |job: &usize| waited_for.contains(&(*job, offset));
        let count = line.jobs.iter().take_while(|job| is_waited_for(job)).count();
        let is_line = count > line.slots && !line.jobs[count..].iter().any(is_waited_for);
        if is_line {
            let jobs = line.jobs[..count].to_vec();
            let inside: BTreeSet<_> = jobs.iter().map(|job| (*job, offset)).collect();
            rules.retain(|rule| finish(rule).is_none_or(|it| !inside.contains(&it)));
            rules.push(Rule::Line(Line { jobs, ..line.clone() }, offset));
        }
    }
    if rules.len() == 1 { rules.remove(0) } else { Rule::Max(rules) }
}

/// Visits the moments that have to be written out for a rule.
fn each_moment(rule: &Rule, timing: &Timing<'_>, visit: &mut impl FnMut(usize)) {
    match rule {
        Rule::Line(line, _) => visit(line.from),
        Rule::Max(rules) | Rule::Min(rules) => {
            rules.iter().for_each(|rule| each_moment(rule, timing, visit));
        }
        Rule::After(_) | Rule::Largest(..) => {
            rule.each_trigger(&mut |trigger| match trigger.event {
                Event::Moment(moment) => visit(moment),
                Event::Finish(step) => {
                    if let Start::At(moment) = timing.starts[step] {
                        visit(moment);
                    }
                }
            })
        }
    }
}

struct Fold<'a> {
    timing: &'a Timing<'a>,
    /// For each step its place in the order of first starts, from one.
    ranks: Vec<usize>,
    longest: usize,
    /// The moments that are written out already.
    sums: Vec<Sum>,
}

impl Fold<'_> {
    /// OK to recurse because a rule is a tree over few triggers.
    fn written(&self, rule: &Rule) -> Option<Sum> {
        let all = |rules: &[Rule]| -> Option<Vec<_>> {
            rules.iter().map(|it| self.written(it)).collect()
        };
        Some(match rule {
            Rule::After(trigger) => self.trigger(*trigger),
            Rule::Max(rules) => self.extreme(Extreme::Max, self.short(all(rules)?)?),
            Rule::Min(rules) => self.extreme(Extreme::Min, self.short(all(rules)?)?),
            Rule::Largest(rank, triggers) => {
                let sums: Vec<_> = triggers.iter().map(|it| self.trigger(*it)).collect();
                let choices = choices(*rank, sums.len())?;
                let ways = choices.into_iter().map(|choice| {
                    let chosen = choice.into_iter().map(|place| sums[place].clone()).collect();
                    self.extreme(Extreme::Min, chosen)
                });
                self.extreme(Extreme::Max, self.short(ways.collect())?)
            }
            Rule::Line(line, offset) => {
                let jobs = line.jobs.iter().map(|job| vec![Term::Step(*job)]).collect();
                let mut sum = self.sums[line.from].clone();
                sum.push(Term::Limit(line.slots, Rc::new(jobs)));
                push(&mut sum, Term::Ticks(*offset));
                sum
            }
        })
    }

    fn short(&self, sums: Vec<Sum>) -> Option<Vec<Sum>> {
        let total: usize = sums.iter().map(size).sum();
        // Before what is common is taken out it may be longer than it will be.
        (total <= self.longest.saturating_mul(self.longest.min(512))).then_some(sums)
    }

    fn trigger(&self, trigger: Trigger) -> Sum {
        let mut sum = match trigger.event {
            Event::Moment(moment) => self.sums[moment].clone(),
            Event::Finish(step) => {
                let mut sum = match self.timing.starts[step] {
                    Start::At(moment) => self.sums[moment].clone(),
                    _ => Sum::new(),
                };
                sum.push(Term::Step(step));
                sum
            }
        };
        push(&mut sum, Term::Ticks(trigger.offset));
        sum
    }

    /// The larger or the smaller of sums, with what they begin with, and the
    /// time that passes at their end, outside.
    fn extreme(&self, extreme: Extreme, sums: Vec<Sum>) -> Sum {
        let mut sums = flat(extreme, sums);
        let mut outside = Sum::new();
        while sums.len() > 1 {
            let Some(term) = common_beginning(&mut sums) else {
                break;
            };
            push(&mut outside, term);
            sums = flat(extreme, sums);
        }
        let mut behind = 0;
        if sums.len() > 1 {
            behind = common_end(&mut sums);
            sums = self.grouped(extreme, flat(extreme, sums));
        }
        sums.sort_by_key(|sum| self.rank(sum));
        let inside = match extreme {
            _ if sums.len() < 2 => sums.pop().unwrap_or_default(),
            Extreme::Max => vec![Term::Max(Rc::new(sums))],
            Extreme::Min => vec![Term::Min(Rc::new(sums))],
        };
        for term in inside.into_iter().chain([Term::Ticks(behind)]) {
            push(&mut outside, term);
        }
        outside
    }

    /// Sums that begin alike become one: `max(a + b, a + c, d)` is
    /// `max(a + max(b, c), d)`.
    fn grouped(&self, extreme: Extreme, sums: Vec<Sum>) -> Vec<Sum> {
        let mut groups: Vec<Vec<Sum>> = Vec::new();
        // Steps are looked up by their numbers: side by side there may be many.
        let mut by_step = vec![None; self.ranks.len()];
        for sum in sums {
            let place = match sum.first() {
                Some(Term::Step(step)) => *by_step[*step].get_or_insert(groups.len()),
                None | Some(Term::Ticks(_)) => groups.len(),
                first => {
                    let is_alike = |group: &Vec<Sum>| group[0].first() == first;
                    groups.iter().position(is_alike).unwrap_or(groups.len())
                }
            };
            match groups.get_mut(place) {
                Some(group) => group.push(sum),
                None => groups.push(vec![sum]),
            }
        }
        let one = |mut group: Vec<Sum>| {
            if group.len() == 1 { group.remove(0) } else { self.extreme(extreme, group) }
        };
        groups.into_iter().map(one).collect()
    }

    /// The first of its steps to start; what has none comes first of all.
    fn rank(&self, sum: &Sum) -> usize {
        let ranks = sum.iter().filter_map(|term| match term {
            Term::Ticks(_) => None,
            Term::Step(step) => Some(self.ranks[*step]),
            Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
                sums.iter().map(|sum| self.rank(sum)).filter(|rank| *rank > 0).min()
            }
        });
        ranks.min().unwrap_or(0)
    }
}

/// Puts a term behind a sum; time passes on as one.
fn push(sum: &mut Sum, term: Term) {
    match (sum.last_mut(), term) {
        (_, Term::Ticks(0)) => {}
        (Some(Term::Ticks(before)), Term::Ticks(ticks)) => *before += ticks,
        (_, term) => sum.push(term),
    }
}

/// Without what changes nothing: an extreme in an extreme of its kind, a sum
/// twice, nothing where something is larger.
fn flat(extreme: Extreme, sums: Vec<Sum>) -> Vec<Sum> {
    let mut flat = Vec::with_capacity(sums.len());
    for sum in sums {
        match (extreme, &sum[..]) {
            (Extreme::Max, [Term::Max(inner)]) | (Extreme::Min, [Term::Min(inner)]) => {
                flat.extend(inner.iter().cloned());
            }
            _ => flat.push(sum),
        }
    }
    if flat.iter().any(Vec::is_empty) {
        match extreme {
            Extreme::Max => flat.retain(|sum| !sum.is_empty()),
            Extreme::Min => flat.clear(),
        }
        if flat.is_empty() {
            flat.push(Sum::new());
        }
    }
    let mut constant = None::<u64>;
    let mut steps = BTreeSet::new();
    let mut once: Vec<Sum> = Vec::with_capacity(flat.len());
    for sum in flat {
        let is_new = match &sum[..] {
            [Term::Ticks(ticks)] => {
                let decides = |it: u64| match extreme {
                    Extreme::Max => it.max(*ticks),
                    Extreme::Min => it.min(*ticks),
                };
                constant = Some(constant.map_or(*ticks, decides));
                false
            }
            [Term::Step(step)] => steps.insert(*step),
            _ => !once.contains(&sum),
        };
        if is_new {
            once.push(sum);
        }
    }
    once.extend(constant.map(|ticks| vec![Term::Ticks(ticks)]));
    once
}

/// Takes away the term with which all of several sums begin.
fn common_beginning(sums: &mut [Sum]) -> Option<Term> {
    let first = sums.iter().find(|sum| sum.len() > 1).unwrap_or(&sums[0]).first()?.clone();
    let begins_so = |sum: &Sum| match (&sum[..], &first) {
        ([Term::Ticks(alone)], Term::Ticks(shared)) => is_rounder_without(*alone, *shared),
        _ => sum.first() == Some(&first),
    };
    if !sums.iter().all(begins_so) {
        return None;
    }
    for sum in sums {
        match (&mut sum[..], &first) {
            ([Term::Ticks(alone)], Term::Ticks(shared)) => *alone -= shared,
            _ => drop(sum.remove(0)),
        }
    }
    Some(first)
}

/// Takes away the time that passes at the end of all of several sums.
fn common_end(sums: &mut [Sum]) -> u64 {
    let end = |sum: &Sum| match sum[..] {
        [_, .., Term::Ticks(ticks)] => Some(ticks),
        _ => None,
    };
    let Some(shared) = sums.iter().find_map(end) else {
        return 0;
    };
    let is_taken = |sum: &Sum| match sum[..] {
        [Term::Ticks(alone)] => is_rounder_without(alone, shared),
        _ => end(sum) == Some(shared),
    };
    if !sums.iter().all(is_taken) {
        return 0;
    }
    for sum in sums {
        match &mut sum[..] {
            [Term::Ticks(alone)] => *alone -= shared,
            _ => drop(sum.pop()),
        }
    }
    shared
}

/// Whether a time that stands alone beside sums is to be split as they are. It
/// is if that makes it rounder, and so more likely to be what is written in the
/// code: `min(1s, a) + 100ms` rather than `min(1100ms, a + 100ms)`, and yet not
/// `min(900ms, a) + 100ms`.
fn is_rounder_without(alone: u64, shared: u64) -> bool {
    alone > shared && digits(alone - shared) < digits(alone)
}

/// How many digits a number has in front of the zeros at its end.
fn digits(mut number: u64) -> u32 {
    while number > 0 && number.is_multiple_of(10) {
        number /= 10;
    }
    number.checked_ilog10().unwrap_or(0)
}

/// The steps that a law does not speak of.
pub(super) fn unspoken(sum: &Sum, steps: usize) -> Vec<usize> {
    fn leave_out(sum: &Sum, is_unspoken: &mut [bool]) {
        for term in sum {
            match term {
                Term::Ticks(_) => {}
                Term::Step(step) => is_unspoken[*step] = false,
                Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
                    sums.iter().for_each(|sum| leave_out(sum, is_unspoken));
                }
            }
        }
    }
    let mut is_unspoken = vec![true; steps];
    leave_out(sum, &mut is_unspoken);
    (0..steps).filter(|step| is_unspoken[*step]).collect()
}

fn size(sum: &Sum) -> usize {
    sum.iter()
        .map(|term| match term {
            Term::Ticks(_) | Term::Step(_) => 1,
            Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
                1 + sums.iter().map(size).sum::<usize>()
            }
        })
        .sum()
}

fn depth(sum: &Sum) -> usize {
    let depths = sum.iter().map(|term| match term {
        Term::Ticks(_) | Term::Step(_) => 0,
        Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
            1 + sums.iter().map(depth).max().unwrap_or(0)
        }
    });
    depths.max().unwrap_or(0)
}

/// Every choice of so many places of a list, if there are few.
fn choices(count: usize, length: usize) -> Option<Vec<Vec<usize>>> {
    let mut choices = vec![Vec::new()];
    for place in 0..length {
        let longer = choices.iter().filter(|choice: &&Vec<usize>| choice.len() < count);
        let mut longer: Vec<_> = longer.cloned().collect();
        longer.iter_mut().for_each(|choice| choice.push(place));
        choices.extend(longer);
        choices.retain(|choice| choice.len() + (length - place - 1) >= count);
        if choices.len() > 16 * CHOICES {
            return None;
        }
    }
    (choices.len() <= CHOICES).then_some(choices)
}
