//! Jobs that start in order, so many at a time: what waits for all of them waits
//! for one line.

use std::collections::BTreeSet;

use crate::inference::rule::{Event, Line, Rule, Trigger};

/// The rule with every line as one that it waits for as a whole.
pub(super) fn with_lines(rule: &Rule, lines: &[Line]) -> Rule {
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
