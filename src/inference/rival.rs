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
