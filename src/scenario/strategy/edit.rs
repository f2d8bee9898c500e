//! Small changes to a tree, each a new tree.
//!
//! OK to recurse because only scenarios that were generated get here, and their
//! depth is small.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::name::Name;
use crate::scenario::tree::{Form, Scenario, View};

/// The name of the step that is written at this place, counted from 0: `a` to
/// `z`, then `s27` and so on.
pub(super) fn letter(place: u32) -> Name {
    match u8::try_from(place) {
        Ok(place @ 0..26) => Name::from(char::from(b'a' + place).to_string()),
        _ => Name::from(format!("s{}", u64::from(place) + 1)),
    }
}

/// How steps are named anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Naming {
    /// `a`, `b`, `c` as they are written.
    Unique,
    /// The same, but those that share a name go on sharing one.
    Shared,
}

/// New names for steps, asked for in the order in which they are written.
pub(super) struct Names {
    naming: Naming,
    count: u32,
    known: BTreeMap<Name, Name>,
}

impl Names {
    pub(super) fn new(naming: Naming) -> Self {
        Self { naming, count: 0, known: BTreeMap::new() }
    }

    pub(super) fn rename(&mut self, old: &Name) -> Name {
        if let Some(name) = self.known.get(old) {
            return name.clone();
        }
        let name = letter(self.count);
        self.count += 1;
        if self.naming == Naming::Shared {
            self.known.insert(old.clone(), name.clone());
        }
        name
    }
}

/// The same with other names, in the order in which the steps are written.
pub(super) fn rename(scenario: &Scenario, name: &mut impl FnMut(&Name) -> Name) -> Scenario {
    match scenario.view() {
        View::Step { name: old, duration } => Scenario::step(name(old), duration),
        View::Group(group) => {
            let children = group.children.iter().map(|child| rename(child, name)).collect();
            Scenario::group(group.form, children)
        }
    }
}

/// The same with other durations, in the order in which they are written: those
/// of steps and the limits of timeouts.
pub(super) fn retime(scenario: &Scenario, time: &mut impl FnMut(Duration) -> Duration) -> Scenario {
    match scenario.view() {
        View::Step { name, duration } => Scenario::step(name.clone(), time(duration)),
        View::Group(group) => {
            let form = match group.form {
                Form::Timeout(limit) => Form::Timeout(time(limit)),
                form => form,
            };
            let children = group.children.iter().map(|child| retime(child, time)).collect();
            Scenario::group(form, children)
        }
    }
}

/// The durations in the order in which they are written.
pub(super) fn times(scenario: &Scenario) -> Vec<Duration> {
    nodes(scenario)
        .into_iter()
        .filter_map(|node| match node.view() {
            View::Step { duration, .. } => Some(duration),
            View::Group(group) => match group.form {
                Form::Timeout(limit) => Some(limit),
                _ => None,
            },
        })
        .collect()
}

/// Steps and groups in the order in which they are written.
pub(super) fn nodes(scenario: &Scenario) -> Vec<&Scenario> {
    let mut pending = vec![scenario];
    let mut nodes = Vec::new();
    while let Some(node) = pending.pop() {
        nodes.push(node);
        pending.extend(node.children().iter().rev());
    }
    nodes
}

/// The same with another node at this place of [`nodes`].
pub(super) fn replace(scenario: &Scenario, place: usize, node: &Scenario) -> Scenario {
    replace_from(scenario, &mut { place }, node)
}

/// `ahead` counts the nodes that come before the place; past it, it stays at the
/// end of all numbers.
fn replace_from(scenario: &Scenario, ahead: &mut usize, node: &Scenario) -> Scenario {
    if *ahead == 0 {
        *ahead = usize::MAX;
        return node.clone();
    }
    if *ahead == usize::MAX {
        return scenario.clone();
    }
    *ahead -= 1;
    match scenario.view() {
        View::Step { .. } => scenario.clone(),
        View::Group(group) => {
            let children = group.children.iter().map(|child| replace_from(child, ahead, node));
            Scenario::group(group.form, children.collect())
        }
    }
}
