//! Rules that differ from another in where one part of it stands.

use crate::inference::rule::Rule;
use crate::random::Random;

/// More of them are drawn, and not listed.
const MOST: usize = 400;

/// One of the parts of a rule in another group of it: a `max`, a `min`, or one of
/// the other kind around the whole. A rule found from few runs may have a part in the
/// wrong one, where what it stands beside is hardly ever as late, or as early.
pub(super) struct Graft {
    /// The number of the group that the part is taken out of, and its place there.
    from: usize,
    place: usize,
    /// The number of the group that it is put into.
    to: usize,
}

/// Every graft of a rule, or as many at random as are listed at most; of none that
/// is a single trigger.
pub(super) fn grafts(rule: &Rule, random: &mut Random) -> Vec<Graft> {
    let Some(whole) = within_the_other(rule) else {
        return Vec::new();
    };
    let groups = whole.groups();
    let parts: Vec<_> = (groups.iter().enumerate())
        .flat_map(|(from, group)| (0..group.parts.len()).map(move |place| (from, place)))
        .collect();
    let can_be = |graft: &Graft| {
        let [from, to] = [graft.from, graft.to].map(|it| &groups[it].way);
        // Of a group of one part nothing would be left; nor can it go into itself.
        let is_inside =
            to.len() > from.len() && to.starts_with(from) && to[from.len()] == graft.place;
        groups[graft.from].parts.len() > 1 && to != from && !is_inside
    };
    let listed = parts.iter().flat_map(|(from, place)| {
        (0..groups.len()).map(|to| Graft { from: *from, place: *place, to })
    });
    if parts.len() * groups.len() <= MOST {
        return listed.filter(can_be).collect();
    }
    let drawn = (0..MOST).map(|_| {
        let (from, place) = parts[random.place(parts.len())];
        Graft { from, place, to: random.place(groups.len()) }
    });
    drawn.filter(can_be).collect()
}

impl Graft {
    /// The rule with the part where it is put.
    pub(super) fn of(&self, rule: &Rule) -> Rule {
        let mut whole = within_the_other(rule).expect("what has grafts has groups");
        let mut groups = whole.groups();
        let [from, to] = [self.from, self.to].map(|it| std::mem::take(&mut groups[it].way));
        let part = parts(&mut whole, &from)[self.place].clone();
        // Added before it is taken out: the way may lead past its place.
        parts(&mut whole, &to).push(part);
        parts(&mut whole, &from).remove(self.place);
        whole
    }
}

/// A `max` within a `min` and the other way round.
fn within_the_other(rule: &Rule) -> Option<Rule> {
    match rule {
        Rule::Max(_) => Some(Rule::Min(vec![rule.clone()])),
        Rule::Min(_) => Some(Rule::Max(vec![rule.clone()])),
        _ => None,
    }
}

/// The parts of the `max` or `min` at the end of a way.
fn parts<'a>(rule: &'a mut Rule, way: &[usize]) -> &'a mut Vec<Rule> {
    let (Rule::Max(rules) | Rule::Min(rules)) = rule else {
        unreachable!("a way leads through what has parts")
    };
    match way {
        [] => rules,
        [place, way @ ..] => parts(&mut rules[*place], way),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, grafts};
    use crate::inference::rule::{Event, Rule, Trigger};
    use crate::random::Random;

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

    fn all(rule: &Rule) -> Vec<String> {
        let mut random = Random::new(1);
        let all = grafts(rule, &mut random).iter().map(|graft| drawn(&graft.of(rule))).collect();
        assert_eq!(random.next(), Random::new(1).next(), "nothing is drawn");
        all
    }

    #[test]
    fn each_part_is_put_into_each_other_group_and_around_the_whole() {
        assert_eq!(all(&Rule::Max(vec![step(0), step(1)])), ["-(+(1) 0)", "-(+(0) 1)"]);
        let rule = Rule::Max(vec![step(0), Rule::Min(vec![step(1), step(2)])]);
        assert_eq!(
            all(&rule),
            [
                "-(+(-(1 2)) 0)",
                "-(+(-(1 2 0)))",
                // The group as a whole: it does not go into itself.
                "-(+(0) -(1 2))",
                "-(+(0 -(2)) 1)",
                "-(+(0 -(2) 1))",
                "-(+(0 -(1)) 2)",
                "-(+(0 -(1) 2))",
            ]
        );
        // Nor into what is in it; and the only part of a group stays.
        let rule = Rule::Max(vec![Rule::Min(vec![step(0), Rule::Max(vec![step(1)])])]);
        assert_eq!(
            all(&rule),
            [
                "-(+(-(+(1))) 0)",
                "-(+(-(+(1)) 0))",
                "-(+(-(+(1 0))))",
                "-(+(-(0)) +(1))",
                "-(+(-(0) +(1)))"
            ]
        );
    }

    #[test]
    fn what_is_no_group_has_no_grafts() {
        assert_eq!(all(&step(0)), [""; 0]);
        assert_eq!(all(&Rule::Max(vec![step(0)])), [""; 0]);
        assert_eq!(all(&Rule::Largest(2, vec![Trigger::finish(0), Trigger::finish(1)])), [""; 0]);
    }

    #[test]
    fn of_a_wide_rule_some_are_drawn_from_all_of_it() {
        let wide = Rule::Max((0..MOST).map(|it| Rule::Min(vec![step(it), step(MOST)])).collect());
        let some = grafts(&wide, &mut Random::new(1));
        assert!(some.len() <= MOST && some.len() > MOST / 2);
        let from: Vec<_> = some.iter().map(|graft| graft.from).collect();
        assert!(from.iter().any(|it| *it > MOST / 10 * 9) && from.iter().any(|it| *it < MOST / 10));
    }
}
