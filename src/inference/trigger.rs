//! What may have triggered something: the fewest events that explain every run.

use std::collections::BTreeMap;

use crate::inference::rule::{Event, Trigger};

/// How many different constants may lie between something and what triggers it.
const CONSTANTS: usize = 12;

/// How many of the runs without an explanation vote on a constant.
const VOTES: usize = 96;

/// Something that happened in one run, and what had happened before it there.
pub(super) struct Occurrence<'a> {
    /// The number of the run.
    pub(super) run: usize,
    pub(super) time: u64,
    /// The steps by their would-be finishes, sorted.
    finishes: &'a [(u64, usize)],
    /// Whether a step had started.
    has_started: Box<dyn Fn(usize) -> bool + 'a>,
}

impl<'a> Occurrence<'a> {
    pub(super) fn new(
        run: usize,
        time: u64,
        finishes: &'a [(u64, usize)],
        has_started: impl Fn(usize) -> bool + 'a,
    ) -> Self {
        Self { run, time, finishes, has_started: Box::new(has_started) }
    }

    /// The steps that finished at a time.
    fn finished_at(&self, time: u64) -> impl Iterator<Item = usize> + '_ {
        let from = self.finishes.partition_point(|(finish, _)| *finish < time);
        self.finishes[from..]
            .iter()
            .take_while(move |(finish, _)| *finish == time)
            .map(|(_, step)| *step)
            .filter(|step| (self.has_started)(*step))
    }

    /// The steps that had finished before, with how long before.
    fn finished_before(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.finishes
            .iter()
            .take_while(|(finish, _)| *finish < self.time)
            .filter(|(_, step)| (self.has_started)(*step))
            .map(|(finish, step)| (*step, self.time - finish))
    }
}

/// Returns what explains every run, or else the number of a run that is left
/// over. `moments` are those known, by run; `at_once` says from which of them on
/// the moments count that something coincided with, and not just followed.
pub(super) fn explain(
    occurrences: &[Occurrence<'_>],
    moments: &[&[u64]],
    with_moments: Coincidence,
) -> Result<Vec<Trigger>, usize> {
    let mut cover = Cover { explained: vec![0; occurrences.len()], triggers: Vec::new() };
    let at_once = |it: &Occurrence<'_>| {
        let mut events: Vec<_> = it.finished_at(it.time).map(Event::Finish).collect();
        let counting = match with_moments {
            Coincidence::OfFinishes => 1,
            Coincidence::OfAny => moments.len(),
        };
        let coincides = |number: &usize| moments[*number][it.run] == it.time;
        events.extend((0..counting).filter(coincides).map(Event::Moment));
        events
    };
    cover.extend(0, &occurrences.iter().map(at_once).collect::<Vec<_>>());
    for _ in 0..CONSTANTS {
        let Some(first) = cover.explained.iter().position(|count| *count == 0) else {
            return Ok(cover.without_the_redundant());
        };
        let left = || {
            let all = occurrences.iter().zip(&cover.explained);
            all.filter(|(_, count)| **count == 0).map(|(occurrence, _)| occurrence)
        };
        let mut votes = BTreeMap::<u64, usize>::new();
        for occurrence in left().take(VOTES) {
            let mut offsets: Vec<_> =
                occurrence.finished_before().map(|(_, offset)| offset).collect();
            offsets.extend(moments.iter().filter_map(|column| {
                occurrence.time.checked_sub(column[occurrence.run]).filter(|it| *it > 0)
            }));
            offsets.sort_unstable();
            offsets.dedup();
            offsets.into_iter().for_each(|offset| *votes.entry(offset).or_default() += 1);
        }
        let most = votes.values().copied().max().unwrap_or(0);
        if most < 2 {
            return Err(occurrences[first].run);
        }
        let offset = votes.into_iter().find(|(_, count)| *count == most).map_or(0, |it| it.0);
        let behind = |it: &Occurrence<'_>| {
            let Some(before) = it.time.checked_sub(offset) else {
                return Vec::new();
            };
            let same = (0..moments.len()).filter(|number| moments[*number][it.run] == before);
            let events = same.map(Event::Moment);
            events.chain(it.finished_at(before).map(Event::Finish)).collect()
        };
        cover.extend(offset, &occurrences.iter().map(behind).collect::<Vec<_>>());
    }
    match cover.explained.iter().position(|count| *count == 0) {
        Some(first) => Err(occurrences[first].run),
        None => Ok(cover.without_the_redundant()),
    }
}

/// What may explain something without any time between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coincidence {
    /// The finish of a step, or the beginning.
    OfFinishes,
    /// That, or a moment for which a rule is known.
    OfAny,
}

/// Triggers, each with the runs that it explains.
struct Cover {
    /// How many triggers explain a run.
    explained: Vec<usize>,
    triggers: Vec<(Trigger, Vec<usize>)>,
}

impl Cover {
    /// Takes up one event after another, always the one that explains most of
    /// what is left. `events` has those of each run that would.
    fn extend(&mut self, offset: u64, events: &[Vec<Event>]) {
        let mut runs_of = BTreeMap::<Event, Vec<usize>>::new();
        for (run, events) in events.iter().enumerate() {
            for event in events {
                runs_of.entry(*event).or_default().push(run);
            }
        }
        // How much of what is left each explains, kept up to date.
        let mut gains: BTreeMap<Event, usize> = runs_of
            .iter()
            .map(|(event, runs)| {
                (*event, runs.iter().filter(|run| self.explained[**run] == 0).count())
            })
            .collect();
        loop {
            let mut best = None::<(Event, usize)>;
            for (event, gain) in &gains {
                if *gain > best.map_or(0, |(_, most)| most) {
                    best = Some((*event, *gain));
                }
            }
            let Some((event, _)) = best else {
                return;
            };
            let runs = runs_of.remove(&event).unwrap_or_default();
            for run in &runs {
                if self.explained[*run] == 0 {
                    for other in &events[*run] {
                        if let Some(gain) = gains.get_mut(other) {
                            *gain -= 1;
                        }
                    }
                }
                self.explained[*run] += 1;
            }
            self.triggers.push((Trigger { event, offset }, runs));
        }
    }

    /// What explains little may be chance: it goes if the others explain it too.
    fn without_the_redundant(mut self) -> Vec<Trigger> {
        self.triggers.sort_by_key(|(trigger, runs)| (runs.len(), std::cmp::Reverse(*trigger)));
        let explained = &mut self.explained;
        self.triggers.retain(|(_, runs)| {
            let is_redundant = runs.iter().all(|run| explained[*run] > 1);
            if is_redundant {
                runs.iter().for_each(|run| explained[*run] -= 1);
            }
            !is_redundant
        });
        let mut triggers: Vec<_> = self.triggers.into_iter().map(|(trigger, _)| trigger).collect();
        triggers.sort_unstable();
        triggers
    }
}

#[cfg(test)]
mod tests {
    use super::{Coincidence, Cover, Occurrence, explain};
    use crate::inference::rule::{Event, Trigger};

    fn at(event: Event, offset: u64) -> Trigger {
        Trigger { event, offset }
    }

    /// What explains the times of something, run by run, beside the finishes of
    /// two steps in each, and a moment.
    fn explained(
        times: &[u64],
        finishes: &[[u64; 2]],
        moment: &[u64],
        coincidence: Coincidence,
    ) -> Result<Vec<Trigger>, usize> {
        let sorted = |[one, other]: &[u64; 2]| {
            let mut finishes = [(*one, 0), (*other, 1)];
            finishes.sort_unstable();
            finishes
        };
        let finishes: Vec<_> = finishes.iter().map(sorted).collect();
        let occurrence = |(run, (time, finishes)): (usize, (&u64, _))| {
            Occurrence::new(run, *time, finishes, |_| true)
        };
        let occurrences: Vec<_> = times
            .iter()
            .zip(finishes.iter().map(|it| &it[..]))
            .enumerate()
            .map(occurrence)
            .collect();
        explain(&occurrences, &[&vec![0; times.len()], moment], coincidence)
    }

    #[test]
    fn what_explains_every_run_is_as_little_as_will_do() {
        let of_finishes = |times: &[u64], finishes: &[[u64; 2]]| {
            explained(times, finishes, &vec![1_000; times.len()], Coincidence::OfFinishes)
        };
        let finish = |step| at(Event::Finish(step), 0);
        assert_eq!(of_finishes(&[5, 7, 9], &[[5, 6], [7, 3], [9, 1]]), Ok(vec![finish(0)]));
        let both = Ok(vec![finish(0), finish(1)]);
        assert_eq!(of_finishes(&[5, 7, 9], &[[5, 6], [7, 3], [1, 9]]), both);
        // Each time 3 after the second one: a constant has to recur.
        let behind = [[9, 2], [99, 4], [20, 6]];
        assert_eq!(of_finishes(&[5, 7, 9], &behind), Ok(vec![at(Event::Finish(1), 3)]));
        assert_eq!(of_finishes(&[5, 8, 19], &behind), Err(0));
        assert_eq!(of_finishes(&[9, 8, 20], &behind), Err(1));
    }

    #[test]
    fn a_moment_explains_what_coincides_with_it_where_any_may() {
        let (times, moment) = ([5, 8, 19], [5, 8, 19]);
        let finishes = [[100, 1], [100, 2], [100, 3]];
        let any = explained(&times, &finishes, &moment, Coincidence::OfAny);
        assert_eq!(any, Ok(vec![at(Event::Moment(1), 0)]));
        let of_finishes = explained(&times, &finishes, &moment, Coincidence::OfFinishes);
        assert_eq!(of_finishes, Err(0));
        // What follows it after a time is explained in either way.
        let behind = explained(&[7, 10, 21], &finishes, &moment, Coincidence::OfFinishes);
        assert_eq!(behind, Ok(vec![at(Event::Moment(1), 2)]));
    }

    #[test]
    fn of_two_that_explain_the_same_one_is_redundant() {
        let trigger = |step| at(Event::Finish(step), 0);
        let left = |triggers: &[&[usize]]| {
            let mut explained = vec![0; 4];
            triggers.iter().copied().flatten().for_each(|run| explained[*run] += 1);
            let triggers = triggers.iter().enumerate();
            let triggers = triggers.map(|(step, runs)| (trigger(step), runs.to_vec())).collect();
            Cover { explained, triggers }.without_the_redundant()
        };
        assert_eq!(left(&[&[0, 1, 2, 3], &[0, 1, 2, 3]]), [trigger(0)]);
        assert_eq!(left(&[&[0, 1], &[0, 1, 2], &[2, 3]]), [trigger(1), trigger(2)]);
        // Each of three is explained twice: two have to stay.
        assert_eq!(left(&[&[0, 1, 3], &[1, 2, 3], &[0, 2, 3]]), [trigger(0), trigger(1)]);
        assert_eq!(left(&[&[0, 1], &[2, 3]]), [trigger(0), trigger(1)]);
    }
}
