//! Rules that differ from another in where one part of it stands.

use crate::inference::rule::Rule;

/// More of them are not made.
const MOST: usize = 400;

/// The rule with one of its parts in another `max` or `min` of it, each way that can
/// be. A rule found from few runs may have a part in the wrong one, where what it
/// stands beside is hardly ever as late, or as early.
pub(super) fn grafts(rule: &Rule) -> Vec<Rule> {
    let mut groups = Vec::new();
    each_group(rule, &mut Vec::new(), &mut groups);
    let mut grafts = Vec::new();
    // Where one part is taken out of two, a group is left that is none.
    for (from, size) in groups.iter().filter(|(_, size)| *size > 1) {
        for place in 0..*size {
            for (to, _) in &groups {
                let is_inside =
                    to.len() > from.len() && to.starts_with(from) && to[from.len()] == place;
                if to == from || is_inside || grafts.len() == MOST {
                    continue;
                }
                let mut graft = rule.clone();
                let part = parts(&mut graft, from)[place].clone();
                parts(&mut graft, to).push(part);
                // Added before it is taken out: the way may lead past its place.
                parts(&mut graft, from).remove(place);
                grafts.push(graft);
            }
        }
    }
    grafts
}

/// Every `max` and `min` by the way to it, and how many parts it has.
fn each_group(rule: &Rule, way: &mut Vec<usize>, groups: &mut Vec<(Vec<usize>, usize)>) {
    let (Rule::Max(rules) | Rule::Min(rules)) = rule else {
        return;
    };
    groups.push((way.clone(), rules.len()));
    for (place, inner) in rules.iter().enumerate() {
        way.push(place);
        each_group(inner, way, groups);
        way.pop();
    }
}

/// The parts of the `max` or `min` at the end of a way.
fn parts<'a>(rule: &'a mut Rule, way: &[usize]) -> &'a mut Vec<Rule> {
    let mut rule = rule;
    for place in way {
        rule = &mut parts_of(rule)[*place];
    }
    parts_of(rule)
}

fn parts_of(rule: &mut Rule) -> &mut Vec<Rule> {
    match rule {
        Rule::Max(rules) | Rule::Min(rules) => rules,
        _ => unreachable!("a way leads through what has parts"),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, grafts};
    use crate::inference::rule::{Event, Rule, Trigger};

    fn step(step: usize) -> Rule {
        Rule::After(Trigger::finish(step))
    }

    /// The rule in a few signs: steps by their numbers, `+` the last, `-` the first.
    fn drawn(rule: &Rule) -> String {
        let all = |rules: &[Rule]| rules.iter().map(drawn).collect::<Vec<_>>().join(" ");
        match rule {
            Rule::After(Trigger { event: Event::Finish(step), .. }) => step.to_string(),
            Rule::Max(rules) => format!("+({})", all(rules)),
            Rule::Min(rules) => format!("-({})", all(rules)),
            _ => unreachable!("the tests have no other"),
        }
    }

    #[test]
    fn each_part_is_put_into_each_other_group() {
        let of = |rule: &Rule| grafts(rule).iter().map(drawn).collect::<Vec<_>>();
        let least = || Rule::Min(vec![step(1), step(2)]);
        let rule = Rule::Max(vec![step(0), least()]);
        assert_eq!(of(&rule), ["+(-(1 2 0))", "+(0 -(2) 1)", "+(0 -(1) 2)"]);
        // A group goes as a whole, but not into itself, nor into what is in it.
        let rule = Rule::Max(vec![Rule::Min(vec![step(0), Rule::Max(vec![step(1), step(2)])])]);
        let all = ["+(-(+(1 2)) 0)", "+(-(+(1 2 0)))", "+(-(0) +(1 2))"];
        let of_the_last = ["+(-(0 +(2)) 1)", "+(-(0 +(2) 1))", "+(-(0 +(1)) 2)", "+(-(0 +(1) 2))"];
        assert_eq!(of(&rule), [&all[..], &of_the_last[..]].concat());
    }

    #[test]
    fn what_is_one_group_or_none_has_no_grafts() {
        assert!(grafts(&step(0)).is_empty());
        assert!(grafts(&Rule::Min(vec![step(0), step(1)])).is_empty());
        assert!(grafts(&Rule::Largest(2, vec![Trigger::finish(0), Trigger::finish(1)])).is_empty());
    }

    #[test]
    fn of_a_wide_rule_only_some_are_made() {
        let inner = (0..MOST).map(step).collect();
        assert_eq!(grafts(&Rule::Max(vec![step(MOST), Rule::Min(inner)])).len(), MOST);
    }
}
