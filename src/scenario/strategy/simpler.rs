//! The ways from a scenario to simpler ones, the boldest first.

use std::time::Duration;

use crate::scenario::strategy::edit::{
    Names, Naming, letter, nodes, rename, replace, retime, times,
};
use crate::scenario::strategy::shorter::{Retiming, chunk, chunks, retimed, retimings, round_up};
use crate::scenario::tree::{Form, Group, Scenario, View};

/// A way to a scenario that may be simpler. Their order is the order in which
/// they are tried. Nodes are told by the place at which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Edit {
    /// A group becomes one of its children.
    Hoist { node: usize, child: usize },
    /// A group loses a chunk of its children.
    Delete { node: usize, halvings: u32, from: usize },
    /// A group takes in the children of one of its children.
    Splice { node: usize, child: usize },
    /// The same, and it takes over the child's form.
    Absorb { node: usize, child: usize },
    /// An empty group becomes a step.
    Fill { node: usize },
    /// A group gets a simpler form.
    Reform { node: usize, form: Form },
    /// A chunk of the steps of a sequence becomes one step.
    Fuse { node: usize, halvings: u32, from: usize },
    /// Durations change.
    Retime(Retiming),
    /// Steps get other names.
    Rename(Naming),
}

/// Groups with more children than this lose some before one takes their place.
const FEW: usize = 8;

/// What can be tried on a scenario, in order. Not all of it makes it simpler.
pub(super) fn edits(scenario: &Scenario) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (node, scenario) in nodes(scenario).into_iter().enumerate() {
        if let View::Group(group) = scenario.view() {
            edits_of(group, node, &mut edits);
        }
    }
    edits.extend(retimings(&times(scenario)).into_iter().map(Edit::Retime));
    edits.extend([Naming::Unique, Naming::Shared].map(Edit::Rename));
    edits.sort_unstable();
    edits.dedup();
    edits
}

fn edits_of(group: &Group, node: usize, edits: &mut Vec<Edit>) {
    let count = group.children.len();
    if count <= FEW {
        edits.extend((0..count).map(|child| Edit::Hoist { node, child }));
    }
    // What a timeout holds stays one scenario.
    if !matches!(group.form, Form::Timeout(_)) {
        let delete = |(halvings, from)| Edit::Delete { node, halvings, from };
        edits.extend(chunks(count, 1).map(delete));
        let is_group = |child: &usize| matches!(group.children[*child].view(), View::Group(_));
        for child in (0..count).filter(is_group) {
            edits.extend([Edit::Splice { node, child }, Edit::Absorb { node, child }]);
        }
    }
    if count == 0 {
        edits.push(Edit::Fill { node });
    }
    if group.form == Form::Sequential {
        let fuse = |(halvings, from)| Edit::Fuse { node, halvings, from };
        edits.extend(chunks(count, 2).map(fuse));
    }
    let mut forms = vec![Form::Sequential, Form::Joined, Form::Spawned, Form::Tasks];
    match group.form {
        Form::Limited(permits) => {
            let fewer = [1, 2, count, permits / 2, permits.saturating_sub(1)];
            forms.extend(fewer.map(Form::Limited));
        }
        _ => forms.extend([Form::Limited(1), Form::Raced]),
    }
    edits.extend(forms.into_iter().map(|form| Edit::Reform { node, form }));
}

/// Carries out an edit, if there is a way to do it.
pub(super) fn apply(scenario: &Scenario, edit: Edit) -> Option<Scenario> {
    match edit {
        Edit::Hoist { node, .. }
        | Edit::Delete { node, .. }
        | Edit::Splice { node, .. }
        | Edit::Absorb { node, .. }
        | Edit::Fill { node }
        | Edit::Reform { node, .. }
        | Edit::Fuse { node, .. } => match nodes(scenario).get(node)?.view() {
            View::Step { .. } => None,
            View::Group(group) => Some(replace(scenario, node, &regrouped(group, edit)?)),
        },
        Edit::Retime(retiming) => {
            let mut times = retimed(times(scenario), retiming)?.into_iter();
            Some(retime(scenario, &mut |time| times.next().unwrap_or(time)))
        }
        Edit::Rename(naming) => {
            let mut names = Names::new(naming);
            Some(rename(scenario, &mut |name| names.rename(name)))
        }
    }
}

fn regrouped(group: &Group, edit: Edit) -> Option<Scenario> {
    let mut children = group.children.clone();
    let mut form = group.form;
    match edit {
        Edit::Hoist { child, .. } => return children.get(child).cloned(),
        Edit::Delete { halvings, from, .. } => {
            children.drain(chunk(children.len(), halvings, from));
        }
        Edit::Fill { .. } => return Some(Scenario::step(letter(0), Duration::ZERO)),
        Edit::Splice { child, .. } | Edit::Absorb { child, .. } => {
            let View::Group(inner) = group.children.get(child)?.view() else {
                return None;
            };
            children.splice(child..=child, inner.children.iter().cloned());
            if matches!(edit, Edit::Absorb { .. }) {
                form = inner.form;
            }
            if matches!(form, Form::Timeout(_)) && children.len() != 1 {
                return None;
            }
        }
        Edit::Fuse { halvings, from, .. } => {
            let chunk = chunk(children.len(), halvings, from);
            let step = fused(&children[chunk.clone()])?;
            children.splice(chunk, [step]);
        }
        Edit::Reform { form: simpler, .. } => form = simpler,
        Edit::Retime(_) | Edit::Rename(_) => return None,
    }
    Some(Scenario::group(form, children))
}

/// One step that takes as long as these in a row: each of them ends on a tick.
fn fused(steps: &[Scenario]) -> Option<Scenario> {
    let mut sum = Duration::ZERO;
    let mut first = None;
    for step in steps {
        let View::Step { name, duration } = step.view() else {
            return None;
        };
        first.get_or_insert(name);
        sum += round_up(duration);
    }
    Some(Scenario::step(first?.clone(), sum))
}

#[cfg(test)]
mod tests;
