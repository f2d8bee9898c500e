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
use crate::inference::rule::{Event, Trigger};

/// How many runs there are at most.
const RUNS: usize = 64;

/// How many assignments are looked at for one that tells rivals apart.
const LOOKED_AT: usize = 1_500;

/// How many rivals may be asked what they say, all assignments together.
const WORK: usize = 2_000_000;

/// Later than anything, and far from an overflow.
const NEVER: u64 = u64::MAX / 4;

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
        let has_happened = |moment: usize| {
            let starts = run.starts.iter().zip(&forecast.starts);
            moment == forecast.end || { starts }
                .any(|(start, its)| start.is_some() && *its == Some(moment))
        };
        let happened: Vec<_> = (0..forecast.rules.len()).map(has_happened).collect();
        tell(forecast, &run.latencies, &mut rivals, &happened);
        work = work.saturating_sub(rivals.len());
        if work == 0 {
            return Vec::new();
        }
    }
    let mut runs = Vec::new();
    for _ in 0..LOOKED_AT {
        work = work.saturating_sub(rivals.len());
        if rivals.is_empty() || runs.len() == RUNS || work == 0 {
            break;
        }
        let assignment = draw(random);
        let latencies: Vec<_> = (history.steps().iter())
            .map(|(name, index)| assignment.latency(name, *index))
            .collect();
        let moments = forecast.moments(&latencies);
        let happens: Vec<_> = moments.iter().map(|it| *it <= moments[forecast.end]).collect();
        if tell(forecast, &latencies, &mut rivals, &happens) > 0 {
            runs.push(assignment);
        }
    }
    runs
}

/// Every rival, or as many as there may be.
fn rivals(forecast: &Forecast, constants: &[u64], random: &mut Random) -> Vec<Rival> {
    let mut rivals = Vec::new();
    for moment in 0..=forecast.end {
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
    let most = WORK / LOOKED_AT;
    if rivals.len() > most {
        for place in 0..most {
            let other = place + random.place(rivals.len() - place);
            rivals.swap(place, other);
        }
        rivals.truncate(most);
        rivals.sort_by_key(|rival| (rival.moment, rival.trigger));
    }
    rivals
}

/// Leaves out the rivals that say something else of moments that happen, and
/// returns how many those were.
fn tell(
    forecast: &Forecast,
    latencies: &[u64],
    rivals: &mut Vec<Rival>,
    happens: &[bool],
) -> usize {
    let before = rivals.len();
    let moments = forecast.moments(latencies);
    let time =
        |trigger: Trigger| forecast.time(trigger.event, &moments, latencies) + trigger.offset;
    // What the rule says if a trigger is the first or the last of all: it says
    // something between the two, whenever that trigger is.
    let mut last = None::<(usize, Trigger, u64, u64)>;
    rivals.retain(|rival| {
        if !happens[rival.moment] {
            return true;
        }
        let (earliest, latest) = match last {
            Some((moment, trigger, earliest, latest))
                if (moment, trigger) == (rival.moment, rival.trigger) =>
            {
                (earliest, latest)
            }
            _ => {
                let rule = &forecast.rules[rival.moment];
                let with = |time: u64| {
                    let at = |event| match event == rival.trigger.event {
                        true => time,
                        false => forecast.time(event, &moments, latencies),
                    };
                    rule.value(&forecast.lines, &at)
                };
                let (earliest, latest) = (with(0), with(NEVER));
                last = Some((rival.moment, rival.trigger, earliest, latest));
                (earliest, latest)
            }
        };
        let (one, other) = (time(rival.trigger), time(rival.other));
        let at = if rival.is_smaller { one.min(other) } else { one.max(other) };
        at.clamp(earliest, latest.max(earliest)) == one.clamp(earliest, latest.max(earliest))
    });
    before - rivals.len()
}
