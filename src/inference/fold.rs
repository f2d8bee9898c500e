//! From rules to a law: each moment written out, and what is common taken out.

use std::rc::Rc;

use crate::inference::extreme::{Extreme, Order};
use crate::inference::forecast::Forecast;
use crate::inference::line::with_lines;
use crate::inference::rule::{Event, Rule, Trigger};
use crate::inference::sum::{Sum, Term, depth, push, size};

/// How long a law may be written out, in terms, for each step.
const LONGEST: usize = 8;

/// How deep the terms of a law may be nested: what a run could hold.
const DEEPEST: usize = 200;

/// In how many ways a rank may be written out where no function says it.
const CHOICES: usize = 40;

/// Returns the moment of the end, written out; none if that is too long to be
/// of use.
pub(super) fn fold(forecast: &Forecast, order: &[usize]) -> Option<Sum> {
    let rules: Vec<_> =
        forecast.rules.iter().map(|rule| with_lines(rule, &forecast.lines)).collect();
    let mut is_needed = vec![false; rules.len()];
    is_needed[forecast.end] = true;
    for moment in (0..rules.len()).rev().filter(|moment| *moment <= forecast.end) {
        if is_needed[moment] {
            each_moment(&rules[moment], forecast, &mut |earlier| is_needed[earlier] = true);
        }
    }
    let mut fold = Fold {
        forecast,
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
    Some(fold.sums.swap_remove(forecast.end))
}

/// Visits the moments that have to be written out for a rule.
fn each_moment(rule: &Rule, forecast: &Forecast, visit: &mut impl FnMut(usize)) {
    match rule {
        Rule::Line(line, _) => visit(line.from),
        Rule::Max(rules) | Rule::Min(rules) => {
            rules.iter().for_each(|rule| each_moment(rule, forecast, visit));
        }
        Rule::After(_) | Rule::Largest(..) | Rule::InLine { .. } => {
            rule.each_trigger(&forecast.lines, &mut |trigger| match trigger.event {
                Event::Moment(moment) => visit(moment),
                Event::Finish(step) => {
                    if let Some(moment) = forecast.starts[step] {
                        visit(moment);
                    }
                }
            })
        }
    }
}

struct Fold<'a> {
    forecast: &'a Forecast,
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
                let line = &self.forecast.lines[*line];
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
                let mut sum = match self.forecast.starts[step] {
                    Some(moment) => self.sums[moment].clone(),
                    None => Sum::new(),
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
        // Each of them can still be made whole: they only become more.
        if choices.len() > CHOICES {
            return None;
        }
    }
    Some(choices)
}

#[cfg(test)]
mod tests {
    use super::{choices, fold};
    use crate::inference::forecast::Forecast;
    use crate::inference::rule::{Event, Rule, Trigger};
    use crate::inference::sum::{Sum, depth, size};

    /// The law of a rule over steps that all start at once.
    fn of_rule(steps: usize, rule: Rule) -> Option<Sum> {
        let forecast = Forecast {
            rules: vec![Rule::Max(Vec::new()), rule],
            lines: Vec::new(),
            starts: vec![Some(0); steps],
            end: 1,
        };
        fold(&forecast, &(0..steps).collect::<Vec<_>>())
    }

    fn after(step: usize, offset: u64) -> Rule {
        Rule::After(Trigger { event: Event::Finish(step), offset })
    }

    #[test]
    fn a_law_is_written_out_up_to_eight_terms_a_step_and_64_more() {
        // `min(s0 + 1, s1 + 2)` is of five terms, `min(s0 + 1, s1)` of four.
        let five = |number| Rule::Min(vec![after(0, number), after(1, number + 1)]);
        let law = |fives: u64, fours: &[Rule]| {
            of_rule(2, Rule::Max((1..=fives).map(five).chain(fours.iter().cloned()).collect()))
        };
        let four = Rule::Min(vec![after(0, 1), after(1, 0)]);
        // 1 + 15 * 5 + 4 = 8 * 2 + 64
        assert_eq!(law(15, &[four]).map(|sum| size(&sum)), Some(80));
        // 1 + 16 * 5 = 81
        assert_eq!(law(16, &[]), None);
        // What is two of nine, `max(min(s0, s1), ..)`: 1 + 36 * 3 terms.
        let triggers = (0..9).map(Trigger::finish).collect();
        assert_eq!(of_rule(9, Rule::Largest(2, triggers)).map(|sum| size(&sum)), Some(109));
    }

    #[test]
    fn a_law_is_nested_200_deep_at_most() {
        let nested = |levels| {
            let nest = |inside, step| match step % 2 {
                0 => Rule::Max(vec![after(step, 0), inside]),
                _ => Rule::Min(vec![after(step, 0), inside]),
            };
            of_rule(levels + 1, (1..=levels).fold(after(0, 0), nest))
        };
        assert_eq!(nested(200).map(|sum| depth(&sum)), Some(200));
        assert_eq!(nested(201), None);
    }

    #[test]
    fn a_rank_is_written_out_in_40_ways_at_most() {
        assert_eq!(choices(2, 3), Some(vec![vec![0, 1], vec![0, 2], vec![1, 2]]));
        assert_eq!(choices(1, 3), Some(vec![vec![0], vec![1], vec![2]]));
        assert_eq!(choices(3, 3), Some(vec![vec![0, 1, 2]]));
        let count = |count, length| choices(count, length).map(|choices| choices.len());
        assert_eq!([count(1, 40), count(1, 41)], [Some(40), None]);
        assert_eq!([count(2, 9), count(2, 10), count(8, 10)], [Some(36), None, None]);
        assert_eq!([count(3, 7), count(4, 7), count(3, 8)], [Some(35), Some(35), None]);
    }
}
