//! When the moments of a run's steps were.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::name::Name;
use crate::order::{Edge, Moment, Order};
use crate::text::shorten;
use crate::time::VirtualTime;
use crate::trace::{Kind, Trace};
use crate::verdict::sighting::{Seen, Sighting};

/// When the steps of a run started and ended, by name.
pub(super) struct Moments {
    /// In the order of the steps' places, each with its number.
    steps: BTreeMap<Name, Vec<(u32, Sighting)>>,
    /// The names in the order in which the log speaks of them.
    names: Vec<Name>,
    end: VirtualTime,
}

impl Moments {
    pub(super) fn new(trace: &Trace) -> Self {
        let mut places = vec![None; trace.names.len()];
        let mut steps = BTreeMap::<Name, Vec<(u32, Sighting)>>::new();
        let mut names = Vec::new();
        let entries = trace.entries.iter().filter(|entry| entry.kind.is_of_step());
        // Lines of the log, in which there are no tasks.
        for (position, entry) in entries.enumerate() {
            let number = entry.subject as usize;
            let name = &trace.names[number];
            let namesakes = steps.entry(name.clone()).or_insert_with(|| {
                names.push(name.clone());
                Vec::new()
            });
            let place = *places[number].get_or_insert(namesakes.len());
            if place == namesakes.len() {
                namesakes.push((entry.subject, Sighting::default()));
            }
            let sighting = &mut namesakes[place].1;
            let seen = Some(Seen { position, time: entry.time });
            match entry.kind {
                Kind::Start => sighting.start = seen,
                Kind::Finish => sighting.finish = seen,
                _ => sighting.cancel = seen,
            }
        }
        Self { steps, names, end: VirtualTime::after(trace.makespan()) }
    }

    /// The number of the step that a moment is of, and when the moment was.
    pub(super) fn find(&self, order: &Order, moment: &Moment) -> Result<(u32, Seen), Error> {
        let Moment { step, edge, .. } = moment;
        let namesakes = self.steps.get(step.name()).map_or(&[][..], Vec::as_slice);
        let (number, sighting) = match (step.index(), namesakes) {
            (None, [_, _, ..]) => {
                let count = namesakes.len();
                return Err(Error::several_moments(step.name(), edge.word(), count));
            }
            (_, []) => return Err(Error::unknown_moment(step, &self.names)),
            (index, _) => namesakes
                .get(index.unwrap_or(0))
                .ok_or_else(|| Error::unknown_place(step, namesakes.len()))?,
        };
        let seen = match edge {
            Edge::Start => sighting.start,
            Edge::Finish => sighting.finish,
        };
        let seen = seen.ok_or_else(|| {
            let called = shorten(step);
            let because = format!(
                "has nothing to look at: `{called}.{}` never came, {}",
                edge.word(),
                self.why(&called, *edge, sighting)
            );
            Error::undecided(order.to_string(), because)
        })?;
        Ok((*number, seen))
    }

    fn why(&self, step: &str, edge: Edge, sighting: &Sighting) -> String {
        match (edge, sighting.cancel) {
            // Only of a log put together by hand.
            (Edge::Start, _) => format!("the log lacks the start of `{step}`"),
            (Edge::Finish, Some(cancel)) => format!("`{step}` was cut at {}", cancel.time),
            (Edge::Finish, None) => {
                format!("`{step}` was still going on at the end, {}", self.end)
            }
        }
    }
}
