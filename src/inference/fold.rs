//! From rules to a law: each moment written out, and what is common taken out.

use std::rc::Rc;

use crate::inference::extreme::{Extreme, Order};
use crate::inference::line::with_lines;
use crate::inference::rule::{Event, Rule, Trigger};
use crate::inference::sum::{Sum, Term, depth, push, size};
use crate::inference::timing::{Start, Timing};

/// How long a law may be written out, in terms, for each step.
const LONGEST: usize = 8;

/// How deep the terms of a law may be nested: what a run could hold.
const DEEPEST: usize = 200;

/// In how many ways a rank may be written out where no function says it.
const CHOICES: usize = 40;

/// Returns the moment of the end, written out; none if that is too long to be
/// of use.
pub(super) fn fold(timing: &Timing<'_>, order: &[usize]) -> Option<Sum> {
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
        order: Order::new(order),
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

/// Visits the moments that have to be written out for a rule.
fn each_moment(rule: &Rule, timing: &Timing<'_>, visit: &mut impl FnMut(usize)) {
    match rule {
        Rule::Line(line, _) => visit(line.from),
        Rule::Max(rules) | Rule::Min(rules) => {
            rules.iter().for_each(|rule| each_moment(rule, timing, visit));
        }
        Rule::After(_) | Rule::Largest(..) | Rule::InLine { .. } => {
            rule.each_trigger(&timing.lines, &mut |trigger| match trigger.event {
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
    order: Order,
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
            Rule::Max(rules) => self.order.extreme(Extreme::Max, self.short(all(rules)?)?),
            Rule::Min(rules) => self.order.extreme(Extreme::Min, self.short(all(rules)?)?),
            Rule::Largest(rank, triggers) => {
                let sums: Vec<_> = triggers.iter().map(|it| self.trigger(*it)).collect();
                let choices = choices(*rank, sums.len())?;
                let ways = choices.into_iter().map(|choice| {
                    let chosen = choice.into_iter().map(|place| sums[place].clone()).collect();
                    self.order.extreme(Extreme::Min, chosen)
                });
                self.order.extreme(Extreme::Max, self.short(ways.collect())?)
            }
            Rule::InLine { line, place } => {
                let line = &self.timing.lines[*line];
                let jobs = line.jobs[..*place].iter();
                let triggers = jobs.map(|job| Trigger::finish(*job)).collect();
                self.written(&Rule::Largest(line.slots, triggers))?
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
