//! When a step starts, or the end comes, as a rule over other moments.

use crate::inference::slots::Slots;

/// What a rule bottoms out in: something that happened, and how long after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Trigger {
    pub(super) event: Event,
    /// In ticks.
    pub(super) offset: u64,
}

/// What others may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A moment that a rule was found for, by its number; the first one is the
    /// beginning of the run.
    Moment(usize),
    /// The would-be finish of a step: its start and its latency, cut or not.
    Finish(usize),
}

/// When something happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    After(Trigger),
    /// When the last has happened; of none, at once.
    Max(Vec<Self>),
    /// When the first has happened.
    Min(Vec<Self>),
    /// When all but so many have happened, the last one counted as one.
    Largest(usize, Vec<Trigger>),
    /// When a slot becomes free behind the jobs of a line that come before a place
    /// in it. The line goes by its number.
    InLine {
        line: usize,
        place: usize,
    },
    /// When the jobs of a line are done, so long after.
    Line(Line, u64),
}

/// Jobs that start in order, so many at a time: list scheduling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) slots: usize,
    /// The moment at which the first ones start.
    pub(super) from: usize,
    pub(super) jobs: Vec<usize>,
}

/// A `max` or a `min` somewhere in a rule.
pub(super) struct Group<'a> {
    /// From the outside in, the places of the parts that it is in.
    pub(super) way: Vec<usize>,
    pub(super) is_min: bool,
    pub(super) parts: &'a [Rule],
}

impl Trigger {
    pub(super) const fn finish(step: usize) -> Self {
        Self { event: Event::Finish(step), offset: 0 }
    }
}

impl Rule {
    /// When it happens, if what triggers it does as `at` says.
    pub(super) fn value(&self, lines: &[Line], at: &impl Fn(Trigger) -> u64) -> u64 {
        match self {
            Self::After(trigger) => at(*trigger),
            Self::Max(rules) => rules.iter().map(|rule| rule.value(lines, at)).max().unwrap_or(0),
            Self::Min(rules) => rules.iter().map(|rule| rule.value(lines, at)).min().unwrap_or(0),
            Self::Largest(rank, triggers) => {
                largest(*rank, &mut triggers.iter().copied().map(at).collect::<Vec<_>>())
            }
            Self::InLine { line, place } => {
                let line = &lines[*line];
                let mut slots = Slots::new(line.slots);
                line.jobs[..*place].iter().for_each(|job| slots.take(at(Trigger::finish(*job))));
                slots.first_free()
            }
            Self::Line(line, offset) => {
                let trigger = |job: &usize| Trigger { event: Event::Finish(*job), offset: *offset };
                line.jobs.iter().map(|job| at(trigger(job))).max().unwrap_or(*offset)
            }
        }
    }

    /// Every `max` and `min` in it, itself first, and each before what it is around.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        fn add<'a>(rule: &'a Rule, way: &mut Vec<usize>, groups: &mut Vec<Group<'a>>) {
            let (Rule::Max(parts) | Rule::Min(parts)) = rule else {
                return;
            };
            groups.push(Group { way: way.clone(), is_min: matches!(rule, Rule::Min(_)), parts });
            for (place, inner) in parts.iter().enumerate() {
                way.push(place);
                add(inner, way, groups);
                way.pop();
            }
        }
        let mut groups = Vec::new();
        add(self, &mut Vec::new(), &mut groups);
        groups
    }

    /// Visits what it waits for.
    pub(super) fn each_trigger(&self, lines: &[Line], visit: &mut impl FnMut(Trigger)) {
        match self {
            Self::After(trigger) => visit(*trigger),
            Self::Max(rules) | Self::Min(rules) => {
                rules.iter().for_each(|rule| rule.each_trigger(lines, visit));
            }
            Self::Largest(_, triggers) => triggers.iter().copied().for_each(visit),
            Self::InLine { line, place } => {
                let jobs = lines[*line].jobs[..*place].iter();
                jobs.map(|job| Trigger::finish(*job)).for_each(visit);
            }
            Self::Line(line, offset) => {
                let trigger = |job: &usize| Trigger { event: Event::Finish(*job), offset: *offset };
                line.jobs.iter().map(trigger).for_each(visit);
            }
        }
    }
}

/// The largest of some numbers, the second largest and so on, from one.
fn largest(rank: usize, values: &mut [u64]) -> u64 {
    let place = values.len() - rank;
    *values.select_nth_unstable(place).1
}

#[cfg(test)]
mod tests {
    use super::{Event, Line, Rule, Trigger, largest};

    #[test]
    fn the_largest_of_some_numbers_is_counted_from_one() {
        let ranked = [1, 2, 3, 4].map(|rank| largest(rank, &mut [30, 10, 40, 20]));
        assert_eq!(ranked, [40, 30, 20, 10]);
        assert_eq!([1, 2, 3].map(|rank| largest(rank, &mut [7, 7, 5])), [7, 7, 5]);
    }

    #[test]
    fn a_rule_comes_to_what_it_says() {
        // Step n finishes at 10 n.
        let value = |rule: &Rule| {
            let lines = [Line { slots: 2, from: 0, jobs: vec![4, 2, 3] }];
            rule.value(&lines, &|Trigger { event, offset }| match event {
                Event::Moment(_) => offset,
                Event::Finish(step) => 10 * step as u64 + offset,
            })
        };
        let trigger = |step, offset| Trigger { event: Event::Finish(step), offset };
        let three = || vec![trigger(1, 25), trigger(2, 0), trigger(3, 0)];
        let each = || three().into_iter().map(Rule::After).collect();
        assert_eq!(value(&Rule::After(trigger(1, 25))), 35);
        assert_eq!(value(&Rule::Max(each())), 35);
        assert_eq!(value(&Rule::Max(Vec::new())), 0);
        assert_eq!(value(&Rule::Min(each())), 20);
        assert_eq!(value(&Rule::Largest(2, three())), 30);
        // s4 until 40 and s2 until 20, so the next one until 30.
        assert_eq!(value(&Rule::InLine { line: 0, place: 2 }), 20);
        assert_eq!(value(&Rule::InLine { line: 0, place: 3 }), 30);
        let line = Line { slots: 2, from: 0, jobs: vec![4, 2, 3] };
        assert_eq!(value(&Rule::Line(line, 3)), 43);
    }
}
