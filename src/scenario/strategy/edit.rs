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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Names, Naming, letter, nodes, rename, replace, retime, times};
    use crate::scenario::tree::Scenario;

    const NOTATION: &str = "seq(a: 1ms, timeout(2ms, join(b: 3ms)), a: 4ms)";

    fn read(notation: &str) -> Scenario {
        notation.parse().unwrap()
    }

    #[test]
    fn steps_are_lettered_and_then_numbered() {
        let letters = [0, 1, 25, 26, 27, 299].map(|place| letter(place).to_string());
        assert_eq!(letters, ["a", "b", "z", "s27", "s28", "s300"]);
        assert_eq!(letter(u32::MAX).to_string(), "s4294967296");
    }

    #[test]
    fn names_are_unique_or_go_on_being_shared() {
        let renamed = |naming| {
            let mut names = Names::new(naming);
            let odd = read("seq(job: 1ms, x: 2ms, join(job: 3ms, y: 4ms))");
            rename(&odd, &mut |name| names.rename(name)).to_string()
        };
        assert_eq!(renamed(Naming::Unique), "seq(a: 1ms, b: 2ms, join(c: 3ms, d: 4ms))");
        assert_eq!(renamed(Naming::Shared), "seq(a: 1ms, b: 2ms, join(a: 3ms, c: 4ms))");
    }

    #[test]
    fn durations_are_those_of_steps_and_timeouts_as_they_are_written() {
        let scenario = read(NOTATION);
        assert_eq!(times(&scenario), [1, 2, 3, 4].map(Duration::from_millis));
        let twice = retime(&scenario, &mut |time| time * 2).to_string();
        assert_eq!(twice, "seq(a: 2ms, timeout(4ms, join(b: 6ms)), a: 8ms)");
        assert_eq!(retime(&scenario, &mut |time| time), scenario);
    }

    #[test]
    fn each_node_is_replaced_in_its_place() {
        let scenario = read(NOTATION);
        let written: Vec<_> = nodes(&scenario).into_iter().map(Scenario::to_string).collect();
        let expected = [
            (NOTATION, "z: 0ms"),
            ("a: 1ms", "seq(z: 0ms, timeout(2ms, join(b: 3ms)), a: 4ms)"),
            ("timeout(2ms, join(b: 3ms))", "seq(a: 1ms, z: 0ms, a: 4ms)"),
            ("join(b: 3ms)", "seq(a: 1ms, timeout(2ms, z: 0ms), a: 4ms)"),
            ("b: 3ms", "seq(a: 1ms, timeout(2ms, join(z: 0ms)), a: 4ms)"),
            ("a: 4ms", "seq(a: 1ms, timeout(2ms, join(b: 3ms)), z: 0ms)"),
        ];
        assert_eq!(written, expected.map(|(node, _)| node));
        let other = read("z: 0ms");
        for (place, (node, replaced)) in expected.into_iter().enumerate() {
            assert_eq!(replace(&scenario, place, &other).to_string(), replaced, "{node}");
        }
        assert_eq!(replace(&scenario, expected.len(), &other), scenario, "there is no such place");
    }
}
