//! Runs that make a step decide which never has.
//!
//! That all of `s3`, `s4` and `s5` outlast five others is rare among runs at
//! random, and without it nobody knows of the `min(s3, s4, s5)` among them. So
//! whatever decides instead of the step in question is moved out of its way:
//! down to nothing where it came after the step, far up where it came before.
//! Laws grow with each latency, so every move brings the end closer to the step,
//! or goes past it and is taken back.

use crate::error::Error;
use crate::inference::Subject;
use crate::inference::assignment::{Assignment, Spread};
use crate::inference::history::{History, Run};
use crate::inference::sampling::{LONGEST_RUN, zoomed};
use crate::random::Random;

/// At which magnitudes it is tried: what a constant decides at one may be
/// decided by a step at a lower one.
const MAGNITUDES: [u32; 6] = [6, 4, 2, 0, 9, 12];

/// At how many of them it has to come off: once may be a coincidence.
const AT_MAGNITUDES: usize = 2;

/// How many times longer, by powers of two, a run is tried in which a step was
/// brought to decide; each is on top of the one before.
const ZOOMS: [u32; 3] = [3, 4, 5];

/// How many runs all of it may cost, for each of few steps and for each of many,
/// and besides.
const RUNS_OF_A_STEP: usize = 6;
const RUNS: usize = 60;

/// How often a step is to decide, and up to how many steps are few: more of them
/// are brought to decide once.
const OFTEN: usize = 3;
const FEW: usize = 12;

/// How far out of the way a step has been moved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    Moved,
    /// Both ways, to no avail.
    Stuck,
}

/// For each of these steps looks for a run in which it decides when something
/// comes: the start of a step, or the end if none is given.
pub(super) fn bring_to_decide(
    history: &mut History,
    subject: &mut dyn Subject,
    random: &mut Random,
    steps: &[usize],
    when: Option<usize>,
) -> Result<(), Error> {
    let count = history.steps().len();
    let mut budget = if count > FEW { count } else { RUNS_OF_A_STEP * count } + RUNS;
    for step in steps.iter().filter(|step| Some(**step) != when) {
        let mut times = 0;
        for magnitude in MAGNITUDES {
            if bring(history, subject, random, (*step, when, magnitude), &mut budget)? {
                // The same at other magnitudes: a constant may cut it there.
                for zoom in ZOOMS {
                    let Some(less) = budget.checked_sub(1) else {
                        return Ok(());
                    };
                    budget = less;
                    let brought = history.runs().last();
                    let longer = |latency: u64| latency << zoom;
                    let longer = brought.and_then(|run| zoomed(history, run, longer));
                    if let Some(assignment) = longer {
                        history.observe(subject, assignment)?;
                    }
                }
                times += 1;
            }
            if times == AT_MAGNITUDES || budget == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// The steps that decided too seldom, so many times as often where it matters.
pub(super) fn idle(history: &History, times: usize) -> Vec<usize> {
    let decided = decided(history);
    let often = if decided.len() > FEW { 1 } else { OFTEN * times };
    (0..decided.len()).filter(|step| decided[*step] < often).collect()
}

/// In how many runs the finish of each step, and of no other, was what a start
/// or the end waited for. Some of it is coincidence.
fn decided(history: &History) -> Vec<usize> {
    let mut decided = vec![0; history.steps().len()];
    for run in history.runs() {
        let mut waited_for: Vec<_> = run.starts.iter().flatten().map(|(start, _)| *start).collect();
        waited_for.push(run.end);
        waited_for.sort_unstable();
        let mut finishes: Vec<_> =
            (0..decided.len()).filter_map(|step| Some((run.finish(step)?, step))).collect();
        finishes.sort_unstable();
        for group in finishes.chunk_by(|one, other| one.0 == other.0) {
            if let [(finish, step)] = group
                && waited_for.binary_search(finish).is_ok()
            {
                decided[*step] += 1;
            }
        }
    }
    decided
}

fn bring(
    history: &mut History,
    subject: &mut dyn Subject,
    random: &mut Random,
    (step, when, magnitude): (usize, Option<usize>, u32),
    budget: &mut usize,
) -> Result<bool, Error> {
    let size = 1 << magnitude;
    let count = history.steps().len();
    let mut places = vec![Place::Free; count];
    let far = (4 * size * count as u64).min(LONGEST_RUN / (2 * count as u64));
    let mut assignment = Assignment::new(random.next(), Spread::Even { least: size, span: size });
    let mut raised = None;
    for _ in 0..2 * count + 2 {
        let Some(less) = budget.checked_sub(1) else {
            return Ok(false);
        };
        *budget = less;
        history.observe(subject, assignment.clone())?;
        places.resize(history.steps().len(), Place::Free);
        let run = &history.runs()[history.runs().len() - 1];
        let Some(time) = when.map_or(Some(run.end), |step| Some(run.starts[step]?.0)) else {
            // It was cut before it started.
            return Ok(false);
        };
        let others = (0..places.len()).filter(|it| Some(*it) != when);
        let deciding: Vec<_> = others.filter(|it| run.finish(*it) == Some(time)).collect();
        let is_free = |other: &&usize| **other != step && places[**other] == Place::Free;
        if deciding.contains(&step) && !deciding.iter().any(|other| is_free(&other)) {
            return Ok(true);
        }
        // A step that has not even started would have finished later.
        let finish = run.finish(step);
        let is_late = finish.is_some_and(|finish| time > finish);
        let movable = deciding.into_iter().filter(|it| *it != step && places[*it] != Place::Stuck);
        let chosen = movable.min_by_key(|it| places[*it] == Place::Moved);
        let (other, latency) = match (chosen, raised.take()) {
            (Some(other), _) if is_late => (other, 0),
            (Some(other), _) => {
                raised = Some(other);
                // Just past the step, so that no constant is reached instead.
                let past = finish.map(|finish| {
                    run.latencies[other] + (finish - time) + 1 + random.below(size / 2 + 1)
                });
                (other, past.unwrap_or_else(|| far + random.below(far)))
            }
            // A constant decides instead of what was moved far up.
            (None, Some(other)) => (other, 0),
            (None, None) => return Ok(false),
        };
        places[other] = match (chosen, places[other]) {
            (Some(_), Place::Free) => Place::Moved,
            _ => Place::Stuck,
        };
        assignment.choose(&history.steps()[other], latency);
    }
    Ok(false)
}

impl Run {
    /// The would-be finish of a step that started.
    fn finish(&self, step: usize) -> Option<u64> {
        self.starts[step].map(|(start, _)| start + self.latencies[step])
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_RUN, RUNS, bring_to_decide};
    use crate::inference::history::History;
    use crate::inference::stand_in::{ByHand, Notes, history_of};
    use crate::random::Random;

    /// The runs that are made to let the last of so many steps decide the end.
    fn brought(steps: usize, code: fn(&mut Notes, usize) -> u64) -> History {
        let names: Vec<_> = (0..steps).map(|step| format!("s{step}")).collect();
        let run: Vec<_> = names.iter().map(|name| (&name[..], 0, Some(0))).collect();
        let mut history = history_of(&[(&run, 0)]);
        let mut subject = ByHand(|notes: &mut Notes| code(notes, steps));
        let mut random = Random::new(1);
        bring_to_decide(&mut history, &mut subject, &mut random, &[steps - 1], None)
            .expect("it runs");
        history
    }

    /// The first of all but the last, which starts in no run; among short ones
    /// nobody decides.
    fn without_the_last(notes: &mut Notes, steps: usize) -> u64 {
        let ends = (0..steps - 1).map(|step| notes.run(&format!("s{step}"), 0));
        ends.min().filter(|first| *first >= 4_096).unwrap_or(0)
    }

    #[test]
    fn what_is_moved_far_up_leaves_the_run_within_six_hours() {
        let history = brought(40, without_the_last);
        let totals = history.runs().iter().map(|run| run.latencies.iter().sum::<u64>());
        let longest = totals.max().unwrap_or(0);
        assert!((LONGEST_RUN / 2..=LONGEST_RUN).contains(&longest), "{longest}");
    }

    #[test]
    fn no_more_runs_are_made_than_may_be() {
        // One for each of many steps, besides those for all.
        assert!(brought(40, without_the_last).runs().len() <= 1 + 40 + RUNS);
    }
}
