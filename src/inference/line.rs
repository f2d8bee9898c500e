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

#[cfg(test)]
mod tests {
    use super::with_lines;
    use crate::inference::rule::{Event, Line, Rule, Trigger};

    fn after((step, offset): (usize, u64)) -> Rule {
        Rule::After(Trigger { event: Event::Finish(step), offset })
    }

    fn max<const N: usize>(finishes: [(usize, u64); N]) -> Rule {
        Rule::Max(finishes.map(after).into())
    }

    /// Two at a time.
    fn line(jobs: &[usize]) -> Line {
        Line { slots: 2, from: 0, jobs: jobs.to_vec() }
    }

    #[test]
    fn what_waits_for_all_jobs_waits_for_the_line() {
        let lines = [line(&[0, 1, 2])];
        let whole = |offset| Rule::Line(line(&[0, 1, 2]), offset);
        assert_eq!(with_lines(&max([(0, 0), (1, 0), (2, 0)]), &lines), whole(0));
        assert_eq!(with_lines(&max([(2, 7), (0, 7), (1, 7)]), &lines), whole(7));
        // Something else is waited for besides, and longer behind it.
        assert_eq!(
            with_lines(&max([(9, 7), (0, 0), (1, 0), (2, 0)]), &lines),
            Rule::Max(vec![after((9, 7)), whole(0)])
        );
        // Deep inside.
        let cut = |rule| Rule::Min(vec![after((9, 0)), rule]);
        assert_eq!(with_lines(&cut(max([(0, 0), (1, 0), (2, 0)])), &lines), cut(whole(0)));
    }

    #[test]
    fn what_waits_for_the_first_jobs_waits_for_the_line_up_to_there() {
        let lines = [line(&[0, 1, 2, 3])];
        let rule = with_lines(&max([(0, 0), (1, 0), (2, 0)]), &lines);
        assert_eq!(rule, Rule::Line(line(&[0, 1, 2]), 0));
    }

    #[test]
    fn what_waits_for_some_jobs_waits_for_those() {
        let lines = [line(&[0, 1, 2, 3])];
        for rule in [
            // As many as there are slots are no line yet.
            max([(0, 0), (1, 0)]),
            max([(0, 0), (1, 0), (3, 0)]),
            max([(0, 0), (1, 0), (2, 5)]),
            max([(8, 0), (9, 0)]),
            Rule::Min([(0, 0), (1, 0), (2, 0)].map(after).into()),
        ] {
            assert_eq!(with_lines(&rule, &lines), rule);
        }
    }
}
