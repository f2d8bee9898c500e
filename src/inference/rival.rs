//! Runs that tell a law from its nearest rivals.
//!
//! A rule that is wrong is most often nearly right: what it takes to be the finish
//! of a step is that finish cut by a timeout, or no earlier than something else.
//! So every trigger of every rule gets rivals, the smaller and the larger of it and
//! of each other event, and those that say the same on all runs so far are looked
//! at: a rival that some latencies tell from the rule costs one run on those.

use std::cmp::Ordering;

use crate::inference::assignment::{Assignment, Spread};
use crate::inference::forecast::Forecast;
use crate::inference::history::History;
use crate::inference::rule::{Event, Rule, Trigger};
use crate::inference::sampling::long;
use crate::random::Random;

/// How many runs there are at most.
const RUNS: usize = 64;

/// How many rivals there are at most, and how many assignments are looked at for
/// one that tells them apart.
const MOST: usize = 600;
const LOOKED_AT: usize = 1_500;

/// On how many runs to come a rival is to say something else: what decides there
/// may be cut before it shows.
const TOLD: usize = 4;

/// How often a rival or one of its triggers may be looked at, and as how much a
/// moment counts that has to be worked out.
const WORK: usize = 400_000;
const WORK_OF_A_MOMENT: usize = 8;

/// What a rule would say were one of its triggers the smaller or the larger of
/// itself and something else.
struct Rival {
    moment: usize,
    trigger: Trigger,
    other: Trigger,
    is_smaller: bool,
    /// On how many runs that are still to be made it says something else.
    told: usize,
}

/// The runs, drawn from what `draw` gives.
pub(super) fn telling(
    history: &History,
    forecast: &Forecast,
    constants: &[u64],
    random: &mut Random,
    mut draw: impl FnMut(&mut Random) -> Assignment,
) -> Vec<Assignment> {
    if history.steps().len() > forecast.starts.len() {
        // The rules know nothing of a step that was met since.
        return Vec::new();
    }
    let mut rivals = rivals(forecast, constants, random);
    let mut work = WORK;
    // The latest runs were drawn to break the law, and tell most.
    for run in history.runs().iter().rev() {
        let mut happened = vec![false; forecast.rules.len()];
        happened[forecast.end] = true;
        for (start, moment) in run.starts.iter().zip(&forecast.starts) {
            if let (Some(_), Some(moment)) = (start, moment) {
                happened[*moment] = true;
            }
        }
        let moments = forecast.moments(&run.latencies);
        let differs = |rival: &Rival, work: &mut usize| {
            happened[rival.moment] && rival.differs(forecast, (&run.latencies, &moments), work)
        };
        rivals.retain(|rival| !differs(rival, &mut work));
    }
    let mut runs = Vec::new();
    for _ in 0..LOOKED_AT {
        if rivals.is_empty() || runs.len() == RUNS || work == 0 {
            break;
        }
        let assignment = match random.below(3) {
            0 => draw(random),
            _ => mixed(history, constants, random),
        };
        let latencies: Vec<_> = (history.steps().iter())
            .map(|(name, index)| assignment.latency(name, *index))
            .collect();
        let moments = forecast.moments(&latencies);
        work = work.saturating_sub(WORK_OF_A_MOMENT * moments.len());
        let happens: Vec<_> = moments.iter().map(|it| *it <= moments[forecast.end]).collect();
        let mut is_telling = false;
        for rival in &mut rivals {
            if happens[rival.moment] && rival.differs(forecast, (&latencies, &moments), &mut work) {
                rival.told += 1;
                is_telling = true;
            }
        }
        if is_telling {
            rivals.retain(|rival| rival.told < TOLD);
            runs.push(assignment);
        }
    }
    runs
}

/// Latencies below one bound, a constant or any other, some of them far below: so
/// that a sum of several may be less than one.
fn mixed(history: &History, constants: &[u64], random: &mut Random) -> Assignment {
    let steps = history.steps().len();
    let class = random.place(constants.len() + 1);
    let most = match constants.get(class) {
        Some(constant) => 2 * constant,
        None => 2 << random.below(u64::from(long(steps).max(2).ilog2())),
    };
    let most = most.min(long(steps));
    let none = Spread::Even { least: 0, span: 1 };
    let mut assignment = Assignment::new(random.next(), none);
    for step in history.steps() {
        let span = most >> random.below(4);
        assignment.choose(step, random.below(span + 1));
    }
    assignment
}

/// Every rival, or as many as there may be, chosen at random.
fn rivals(forecast: &Forecast, constants: &[u64], random: &mut Random) -> Vec<Rival> {
    let mut rivals = Vec::new();
    for moment in 0..=forecast.end {
        if matches!(forecast.rules[moment], Rule::InLine { .. }) {
            // It has not been put together from its triggers.
            continue;
        }
        let constant = |offset: &u64| Trigger { event: Event::Moment(0), offset: *offset };
        let others: Vec<_> = (constants.iter().map(constant))
            .chain(forecast.known_before(moment).map(|event| Trigger { event, offset: 0 }))
            .collect();
        forecast.rules[moment].each_trigger(&forecast.lines, &mut |trigger| {
            for other in others.iter().filter(|other| **other != trigger) {
                for is_smaller in [true, false] {
                    rivals.push(Rival { moment, trigger, other: *other, is_smaller, told: 0 });
                }
            }
        });
    }
    if rivals.len() > MOST {
        for place in 0..MOST {
            let other = place + random.place(rivals.len() - place);
            rivals.swap(place, other);
        }
        rivals.truncate(MOST);
    }
    rivals
}

impl Rival {
    /// Whether it says something else than the rule. It does not once the work that
    /// may be done is.
    fn differs(
        &self,
        forecast: &Forecast,
        (latencies, moments): (&[u64], &[u64]),
        work: &mut usize,
    ) -> bool {
        if *work == 0 {
            return false;
        }
        *work -= 1;
        let time =
            |trigger: Trigger| forecast.time(trigger.event, moments, latencies) + trigger.offset;
        let (said, one, other) = (moments[self.moment], time(self.trigger), time(self.other));
        let at = if self.is_smaller { one.min(other) } else { one.max(other) };
        // What stays on its side of what the rule says does not move it.
        let crosses = match at.cmp(&one) {
            Ordering::Equal => false,
            Ordering::Less => one >= said && at < said,
            Ordering::Greater => one <= said && at > said,
        };
        if !crosses {
            return false;
        }
        let at = at.saturating_sub(self.trigger.offset);
        let rule = &forecast.rules[self.moment];
        rule.each_trigger(&forecast.lines, &mut |_| *work = work.saturating_sub(1));
        let with = |event| match event == self.trigger.event {
            true => at,
            false => forecast.time(event, moments, latencies),
        };
        rule.value(&forecast.lines, &with) != said
    }
}

#[cfg(test)]
mod tests {
    use super::{Forecast, MOST, RUNS, Rival, Rule, Trigger, rivals, telling};
    use crate::inference::assignment::{Assignment, Spread};
    use crate::inference::stand_in::history_of;
    use crate::random::Random;

    /// The rule for the end of steps that all start at once.
    fn side_by_side(steps: usize, rule: fn(Vec<Rule>) -> Rule) -> Forecast {
        let all = (0..steps).map(|step| Rule::After(Trigger::finish(step))).collect();
        Forecast {
            rules: vec![Rule::Max(Vec::new()), rule(all)],
            lines: Vec::new(),
            starts: vec![Some(0); steps],
            end: 1,
        }
    }

    /// How many runs tell the rivals of a rule for so many steps, where one run of
    /// more steps was seen.
    fn told(steps: usize, seen: usize) -> usize {
        let names: Vec<_> = (0..seen).map(|step| format!("s{step}")).collect();
        let run: Vec<_> = names.iter().map(|name| (&name[..], 0, Some(0))).collect();
        let history = history_of(&[(&run, 0)]);
        let draw = |random: &mut Random| {
            Assignment::new(random.next(), Spread::Even { least: 0, span: 1_000 })
        };
        let forecast = side_by_side(steps, Rule::Max);
        telling(&history, &forecast, &[], &mut Random::new(1), draw).len()
    }

    #[test]
    fn rivals_are_told_by_few_runs() {
        // Each of two is the smaller of both in its place: told four times each.
        assert_eq!(told(2, 2), 8);
        assert_eq!(told(1, 1), 0);
        assert_eq!(told(30, 30), RUNS);
    }

    #[test]
    fn nothing_is_told_of_steps_that_the_rules_do_not_know() {
        assert_eq!(told(2, 3), 0);
    }

    #[test]
    fn of_many_rivals_some_are_chosen() {
        let of = |constants: u64, random: &mut Random| {
            let constants: Vec<_> = (1..=constants).collect();
            rivals(&side_by_side(15, Rule::Max), &constants, random)
        };
        // Each of 15 triggers beside 14 others and 6 constants, either way: all of
        // them, and nothing is drawn for it.
        let mut random = Random::new(1);
        let all = of(6, &mut random);
        assert_eq!((all.len(), random.next()), (600, Random::new(1).next()));
        let mut steps: Vec<_> = all.iter().map(|rival| rival.trigger).collect();
        assert!(steps.is_sorted());
        steps.dedup();
        assert_eq!(steps.len(), 15);
        let chosen = of(7, &mut Random::new(1));
        assert_eq!(chosen.len(), MOST);
        assert!(!chosen.iter().map(|rival| rival.trigger).is_sorted());
    }

    #[test]
    fn what_stays_on_its_side_of_the_rule_is_told_at_a_look() {
        // Whether the smaller or the larger of one step and the other in its place
        // says something else, and how much work that is.
        let differs = |rule, one, other, is_smaller| {
            let forecast = side_by_side(2, rule);
            let latencies = [5, 3];
            let (trigger, other) = (Trigger::finish(one), Trigger::finish(other));
            let rival = Rival { moment: 1, trigger, other, is_smaller, told: 0 };
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
        let rival = Rival { moment: 1, trigger, other, is_smaller: true, told: 0 };
        let mut work = 0;
        assert!(!rival.differs(&side_by_side(2, Rule::Max), (&[5, 3], &[0, 5]), &mut work));
        assert_eq!(work, 0);
    }
}
