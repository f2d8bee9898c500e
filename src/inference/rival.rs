//! Runs that tell a law from its nearest rivals.
//!
//! A rule that is wrong is most often nearly right: what it takes to be the finish
//! of a step is that finish cut by a timeout, or no earlier than something else.
//! So every trigger of every rule gets rivals, the smaller and the larger of it and
//! of each other event, and those that say the same on all runs so far are looked
//! at: a rival that some latencies tell from the rule costs one run on those.

use crate::inference::assignment::Assignment;
use crate::inference::forecast::Forecast;
use crate::inference::history::History;
use crate::inference::random::Random;
use crate::inference::rule::{Event, Rule, Trigger};

/// How many runs there are at most.
const RUNS: usize = 64;

/// How many rivals there are at most, and how many assignments are looked at for
/// one that tells them apart.
const MOST: usize = 600;
const LOOKED_AT: usize = 1_500;

/// How often a rival or one of its triggers may be looked at, and as how much a
/// moment counts that has to be worked out.
const WORK: usize = 400_000;
const WORK_OF_A_MOMENT: usize = 8;

/// What a rule would say were one of its triggers the smaller or the larger of
/// itself and something else.
#[derive(Clone, Copy)]
struct Rival {
    moment: usize,
    trigger: Trigger,
    other: Trigger,
    is_smaller: bool,
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
        tell(forecast, (&run.latencies, &moments), &mut rivals, &happened, &mut work);
    }
    let mut runs = Vec::new();
    for _ in 0..LOOKED_AT {
        if rivals.is_empty() || runs.len() == RUNS || work == 0 {
            break;
        }
        let assignment = draw(random);
        let latencies: Vec<_> = (history.steps().iter())
            .map(|(name, index)| assignment.latency(name, *index))
            .collect();
        let moments = forecast.moments(&latencies);
        work = work.saturating_sub(WORK_OF_A_MOMENT * moments.len());
        let happens: Vec<_> = moments.iter().map(|it| *it <= moments[forecast.end]).collect();
        if tell(forecast, (&latencies, &moments), &mut rivals, &happens, &mut work) > 0 {
            runs.push(assignment);
        }
    }
    runs
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
                    rivals.push(Rival { moment, trigger, other: *other, is_smaller });
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

/// Leaves out the rivals that say something else of moments that happen, and
/// returns how many those were. It ends with the work that may be done.
fn tell(
    forecast: &Forecast,
    (latencies, moments): (&[u64], &[u64]),
    rivals: &mut Vec<Rival>,
    happens: &[bool],
    work: &mut usize,
) -> usize {
    let before = rivals.len();
    let time = |trigger: Trigger| forecast.time(trigger.event, moments, latencies) + trigger.offset;
    rivals.retain(|rival| {
        if !happens[rival.moment] || *work == 0 {
            return true;
        }
        *work -= 1;
        let (said, one, other) = (moments[rival.moment], time(rival.trigger), time(rival.other));
        let at = if rival.is_smaller { one.min(other) } else { one.max(other) };
        // What stays on its side of what the rule says does not move it.
        if at == one || (at < one && (one < said || at >= said)) {
            return true;
        }
        if at > one && (one > said || at <= said) {
            return true;
        }
        let at = at.saturating_sub(rival.trigger.offset);
        let mut looked_at = 0;
        let rule = &forecast.rules[rival.moment];
        rule.each_trigger(&forecast.lines, &mut |_| looked_at += 1);
        *work = work.saturating_sub(looked_at);
        let with = |event| match event == rival.trigger.event {
            true => at,
            false => forecast.time(event, moments, latencies),
        };
        rule.value(&forecast.lines, &with) == said
    });
    before - rivals.len()
}
