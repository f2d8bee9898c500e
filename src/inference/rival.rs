//! Rules that are nearly the same as one that was found.
//!
//! A rule that is wrong is most often nearly right: what it takes to be the finish
//! of a step is that finish cut by a timeout, or no earlier than something else; or
//! a part of it stands within a timeout and belongs outside. So every trigger of
//! every rule gets rivals, the smaller and the larger of it and of each other event,
//! and every part of it is put into every other `max` and `min`, and around the whole.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::inference::forecast::Forecast;
use crate::inference::graft::grafts;
use crate::inference::rule::{Event, Rule, Trigger};
use crate::random::Random;

/// How many rivals there are at most, and how many with a part elsewhere.
const MOST: usize = 600;
const MOST_GRAFTED: usize = 300;

/// Another rule for a moment.
pub(super) struct Rival {
    pub(super) moment: usize,
    what: Instead,
}

/// What a rival has instead.
enum Instead {
    /// For one of the triggers the smaller or the larger of it and something else.
    Of { trigger: Trigger, other: Trigger, is_smaller: bool },
    /// The same parts, one of them in another place.
    Grafted(Rule),
}

/// Every rival with a part elsewhere, and every other one; or as many as there may
/// be, chosen at random.
pub(super) fn rivals(
    forecast: &Forecast,
    constants: &[u64],
    random: &mut Random,
) -> (Vec<Rival>, Vec<Rival>) {
    let (mut grafted, mut others) = (Vec::new(), Vec::new());
    for moment in 0..=forecast.end {
        let rule = &forecast.rules[moment];
        if matches!(rule, Rule::InLine { .. }) {
            // It has not been put together from its triggers.
            continue;
        }
        let rival = |what| Rival { moment, what };
        grafted.extend(grafts(rule, random).into_iter().map(|graft| (moment, graft)));
        let behind = |moment| {
            let event = Event::Moment(moment);
            constants.iter().map(move |offset| Trigger { event, offset: *offset })
        };
        let known: Vec<_> = behind(0)
            .chain(forecast.known_before(moment).map(|event| Trigger { event, offset: 0 }))
            .collect();
        let groups: Vec<_> = (rule.groups().into_iter())
            .map(|group| (group.is_min, triggers(group.parts)))
            .collect();
        rule.each_trigger(&forecast.lines, &mut |trigger| {
            let start = match trigger.event {
                Event::Finish(step) => forecast.starts[step].filter(|start| *start > 0),
                Event::Moment(_) => None,
            };
            // What a step that has a timeout of its own comes to.
            let cut = start.into_iter().flat_map(behind);
            let beside: Vec<_> = groups.iter().filter(|(_, all)| all.contains(&trigger)).collect();
            for other in known.iter().copied().chain(cut).filter(|other| *other != trigger) {
                for is_smaller in [true, false] {
                    // The last of `a` and `b` is the last of `max(a, b)` and `b`; in no
                    // rule does a trigger stand twice.
                    let is_idle = beside
                        .iter()
                        .any(|(is_min, all)| *is_min == is_smaller && all.contains(&other));
                    if !is_idle {
                        others.push(rival(Instead::Of { trigger, other, is_smaller }));
                    }
                }
            }
        });
    }
    thinned(&mut grafted, MOST_GRAFTED, random);
    thinned(&mut others, MOST, random);
    let grafted = grafted.into_iter().map(|(moment, graft)| {
        let what = Instead::Grafted(graft.of(&forecast.rules[moment]));
        Rival { moment, what }
    });
    (grafted.collect(), others)
}

/// Those of the parts that are no groups themselves.
fn triggers(parts: &[Rule]) -> BTreeSet<Trigger> {
    let triggers = parts.iter().filter_map(|part| match part {
        Rule::After(trigger) => Some(*trigger),
        _ => None,
    });
    triggers.collect()
}

/// No more than so many of them, chosen at random.
fn thinned<T>(all: &mut Vec<T>, most: usize, random: &mut Random) {
    if all.len() > most {
        for place in 0..most {
            let other = place + random.place(all.len() - place);
            all.swap(place, other);
        }
        all.truncate(most);
    }
}

impl Rival {
    /// Whether it says something else than the rule. It does not once the work that
    /// may be done is.
    pub(super) fn differs(
        &self,
        forecast: &Forecast,
        (latencies, moments): (&[u64], &[u64]),
        work: &mut usize,
    ) -> bool {
        if *work == 0 {
            return false;
        }
        *work -= 1;
        let at = |it: Trigger| forecast.time(it.event, moments, latencies) + it.offset;
        let said = moments[self.moment];
        let mut value = |rule: &Rule, at: &dyn Fn(Trigger) -> u64| {
            rule.each_trigger(&forecast.lines, &mut |_| *work = work.saturating_sub(1));
            rule.value(&forecast.lines, &at)
        };
        match &self.what {
            Instead::Of { trigger, other, is_smaller } => {
                let (one, other) = (at(*trigger), at(*other));
                let instead = if *is_smaller { one.min(other) } else { one.max(other) };
                // What stays on its side of what the rule says does not move it.
                let crosses = match instead.cmp(&one) {
                    Ordering::Equal => false,
                    Ordering::Less => one >= said && instead < said,
                    Ordering::Greater => one <= said && instead > said,
                };
                let with = |it| if it == *trigger { instead } else { at(it) };
                crosses && value(&forecast.rules[self.moment], &with) != said
            }
            Instead::Grafted(rule) => value(rule, &at) != said,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Forecast, Instead, MOST, Rival, Rule, Trigger, rivals};
    use crate::inference::stand_in::side_by_side;
    use crate::random::Random;

    #[test]
    fn of_many_rivals_some_are_chosen() {
        let of = |constants: u64, random: &mut Random| {
            let constants: Vec<_> = (1..=constants).collect();
            rivals(&side_by_side(15, Rule::Max), &constants, random).1
        };
        // Each of 15 triggers, the smaller of it and 14 others or 13 constants, the
        // larger of it and those constants: all of them, and nothing is drawn for it.
        let mut random = Random::new(1);
        let all = of(13, &mut random);
        assert_eq!((all.len(), random.next()), (600, Random::new(1).next()));
        let trigger = |rival: &Rival| match rival.what {
            Instead::Of { trigger, .. } => Some(trigger),
            Instead::Grafted(_) => None,
        };
        let mut steps: Vec<_> = all.iter().map(trigger).collect();
        assert!(steps.is_sorted());
        steps.dedup();
        assert_eq!(steps.len(), 15);
        let chosen = of(14, &mut Random::new(1));
        assert_eq!(chosen.len(), MOST);
        assert!(!chosen.iter().map(trigger).is_sorted());
    }

    #[test]
    fn what_stays_on_its_side_of_the_rule_is_told_at_a_look() {
        // Whether the smaller or the larger of one step and the other in its place
        // says something else, and how much work that is.
        let differs = |rule, one, other, is_smaller| {
            let forecast = side_by_side(2, rule);
            let latencies = [5, 3];
            let (trigger, other) = (Trigger::finish(one), Trigger::finish(other));
            let what = Instead::Of { trigger, other, is_smaller };
            let rival = Rival { moment: 1, what };
            let mut work = 10;
            let moments = forecast.moments(&latencies);
            let differs = rival.differs(&forecast, (&latencies, &moments), &mut work);
            (differs, 10 - work)
        };
        // `max(min(s0, s1), s1)` is 3, not 5: two triggers are looked at.
        assert_eq!(differs(Rule::Max, 0, 1, true), (true, 3));
        // `max(s0, min(s1, s0))` is what it was, and so is `max(s0, max(s1, s0))`.
        assert_eq!(differs(Rule::Max, 1, 0, true), (false, 1));
        assert_eq!(differs(Rule::Max, 1, 0, false), (false, 1));
        assert_eq!(differs(Rule::Max, 0, 1, false), (false, 1));
        // `min(s0, max(s1, s0))` is 5, not 3.
        assert_eq!(differs(Rule::Min, 1, 0, false), (true, 3));
        // `min(min(s0, s1), s1)` is what it was.
        assert_eq!(differs(Rule::Min, 0, 1, true), (false, 1));
        assert_eq!(differs(Rule::Min, 0, 1, false), (false, 1));
    }

    #[test]
    fn without_work_left_nothing_differs() {
        let (trigger, other) = (Trigger::finish(0), Trigger::finish(1));
        let what = Instead::Of { trigger, other, is_smaller: true };
        let rival = Rival { moment: 1, what };
        let mut work = 0;
        assert!(!rival.differs(&side_by_side(2, Rule::Max), (&[5, 3], &[0, 5]), &mut work));
        assert_eq!(work, 0);
    }

    #[test]
    fn what_says_the_same_whatever_happens_is_no_rival() {
        // In a `max` the smaller of each and the other, as the larger of both is there
        // already; and of each and a constant either.
        let count = |rule, constants: &[u64]| {
            rivals(&side_by_side(2, rule), constants, &mut Random::new(1)).1.len()
        };
        assert_eq!([count(Rule::Max, &[]), count(Rule::Min, &[])], [2, 2]);
        assert_eq!([count(Rule::Max, &[5]), count(Rule::Min, &[5])], [2 + 4, 2 + 4]);
    }

    #[test]
    fn a_step_may_have_a_timeout_of_its_own_and_a_part_may_stand_elsewhere() {
        let after = |step| Rule::After(Trigger::finish(step));
        let forecast = Forecast {
            // `s1` and `s2` start behind `s0`.
            rules: vec![
                Rule::Max(Vec::new()),
                after(0),
                Rule::Max(vec![after(1), Rule::Min(vec![after(0), after(2)])]),
            ],
            lines: Vec::new(),
            starts: vec![Some(0), Some(1), Some(1)],
            end: 2,
        };
        let (grafted, others) = rivals(&forecast, &[7], &mut Random::new(1));
        let is_cut = |rival: &&Rival| match rival.what {
            Instead::Of { other, is_smaller, .. } => {
                is_smaller && other == Trigger { event: Event::Moment(1), offset: 7 }
            }
            Instead::Grafted(_) => false,
        };
        assert_eq!(others.iter().filter(is_cut).count(), 2);
        // s0 until 4, s1 until 9 and s2 until 6. `max(s1, s2, min(s0))` is no other, nor
        // `max(s1, s0, min(s2))`; `max(min(s0, s2, s1))` is 4, and so on.
        let latencies = [4, 5, 2];
        let moments = forecast.moments(&latencies);
        let differs = |rival: &Rival| rival.differs(&forecast, (&latencies, &moments), &mut 100);
        let differ: Vec<_> = grafted.iter().map(differs).collect();
        assert_eq!(differ, [true, true, true, true, false, true, false]);
    }
}
