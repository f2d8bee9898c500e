//! Which rule fits given times, and that none does.

use crate::inference::fit::{Column, WIDEST_TREE, fit, peeled, tree};
use crate::inference::rule::{Rule, Trigger};

/// What happened `times[step][run]` at the finish of each step.
fn columns<const N: usize>(times: &[[u64; N]]) -> Vec<Column> {
    let column = |(step, times): (usize, &[u64; N])| Column {
        trigger: Trigger::finish(step),
        times: times.to_vec(),
    };
    times.iter().enumerate().map(column).collect()
}

fn after(step: usize) -> Rule {
    Rule::After(Trigger::finish(step))
}

#[test]
fn one_trigger_is_the_rule_if_it_fits_every_run() {
    assert_eq!(fit(&columns(&[[1, 2]]), &[1, 2]), Some(after(0)));
    assert_eq!(fit(&columns(&[[1, 2]]), &[1, 3]), None);
}

#[test]
fn layers_are_taken_off_from_the_outside() {
    // min(s0, max(s1, s2)), where each decides once.
    let layered = columns(&[[1, 9, 9], [8, 2, 1], [8, 1, 3]]);
    let inside = Rule::Max(vec![after(1), after(2)]);
    let rule = Rule::Min(vec![after(0), inside]);
    assert_eq!(peeled(&layered, &[1, 2, 3]), Some(rule));
    // max(s1, min(s0, s2))
    let layered = columns(&[[3, 5, 9], [6, 1, 2], [1, 7, 4]]);
    let inside = Rule::Min(vec![after(0), after(2)]);
    assert_eq!(peeled(&layered, &[6, 5, 4]), Some(Rule::Max(vec![after(1), inside])));
}

#[test]
fn inside_the_layers_there_may_be_a_rank() {
    // min(s0, the second of s1, s2 and s3)
    let quorum = columns(&[[5, 9, 9, 9], [6, 1, 2, 3], [7, 2, 3, 1], [8, 3, 1, 2]]);
    let rank = Rule::Largest(2, [1, 2, 3].map(Trigger::finish).into());
    let rule = Rule::Min(vec![after(0), rank]);
    assert_eq!(fit(&quorum, &[5, 2, 2, 2]), Some(rule));
}

#[test]
fn without_layers_or_with_what_is_broken_around_them_nothing_is_found() {
    // Each of two decides against the other in both ways.
    let neither = columns(&[[1, 5, 2, 6], [5, 1, 6, 2]]);
    assert_eq!(fit(&neither, &[1, 5, 6, 2]), None);
    assert_eq!(peeled(&neither, &[1, 5, 6, 2]), None);
    // One trigger explains it all, another has no place.
    let needless = columns(&[[1, 5], [3, 2]]);
    assert_eq!(peeled(&needless, &[1, 5]), None);
    // No trigger explains the last run.
    let missing = columns(&[[1, 9, 9], [8, 2, 1]]);
    assert_eq!(peeled(&missing, &[1, 2, 3]), None);
}

#[test]
fn a_tree_is_looked_for_over_so_many_triggers() {
    // In each run another one is the last.
    let last = |steps: usize| {
        let column = |step: usize| Column {
            trigger: Trigger::finish(step),
            times: (0..steps).map(|run| if run == step { 9 } else { 1 }).collect(),
        };
        tree(&(0..steps).map(column).collect::<Vec<_>>(), &vec![9; steps])
    };
    assert_eq!(last(WIDEST_TREE), Some(Rule::Max((0..WIDEST_TREE).map(after).collect())));
    assert_eq!(last(WIDEST_TREE + 1), None);
}
