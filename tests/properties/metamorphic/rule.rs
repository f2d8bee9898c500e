//! Rules by which a scenario is rewritten, and slips that look like them.

use makespan::MAX_DURATION;

use crate::properties::edit::{Choices, ticks, ticks_of};
use crate::properties::notation::Node;

/// A way to rewrite a part of a scenario. Where it does not apply, it says no.
pub(crate) type Rewrite = fn(&mut Node, &mut Choices) -> bool;

/// A rewrite with its name.
pub(crate) type Rule = (&'static str, Rewrite);

/// Rewrites every part; returns how many a rule applied to.
pub(crate) fn everywhere(node: &mut Node, rule: Rewrite, choices: &mut Choices) -> usize {
    let mut count = 0;
    node.each_mut(&mut |node| count += usize::from(rule(node, choices)));
    count
}

/// What changes nothing: the log is the same, event by event.
pub(crate) const NOTHING: [Rule; 8] = [
    ("a part of a tick is a whole one", |node, _| {
        let whole = ticks(ticks_of(node.duration));
        node.is_timed() && std::mem::replace(&mut node.duration, whole) != whole
    }),
    ("seq(a, b, c) is seq(a, seq(b, c))", |node, choices| node.is(&["seq"]) && nest(node, choices)),
    ("join(a, b, c) is join(a, join(b, c))", |node, choices| {
        node.is(&["join"]) && nest(node, choices)
    }),
    ("seq(a, seq(b, c)) is seq(a, b, c), join alike", |node, _| {
        node.is(&["seq", "join"]) && flatten(node)
    }),
    ("a is seq(a), join(a) and race(a)", |node, choices| {
        node.wrap(|it| Node::group(["seq", "join", "race"][choices.below(3)], [it]));
        true
    }),
    ("spawn(a, b) is limit(2, a, b)", |node, choices| {
        let most = [node.children.len().max(1), node.children.len() + 1, usize::MAX];
        if node.is(&["spawn"]) {
            node.wrap(|it| Node::limit(most[choices.below(3)], it.children));
            return true;
        }
        let is_wide = node.is(&["limit"]) && node.permits >= node.children.len();
        if is_wide {
            node.word = "spawn".to_owned();
        }
        is_wide
    }),
    ("a longer timeout is none", |node, choices| {
        let longer = node.ticks() + [1, 2, 64][choices.below(3)];
        let is_possible = ticks(longer) <= MAX_DURATION;
        if is_possible {
            node.wrap(|it| Node::timeout(ticks(longer), it));
        }
        is_possible
    }),
    ("of two timeouts the shorter counts", |node, choices| {
        let limit = node.duration;
        let longer = (limit + ticks(choices.below(3) as u64)).min(MAX_DURATION);
        if !node.is(&["timeout"]) {
            return false;
        }
        if choices.coin() {
            node.wrap(|it| Node::timeout(longer, it));
        } else {
            node.children[0].wrap(|it| Node::timeout(longer, it));
        }
        true
    }),
];

/// What looks as if it changed nothing.
pub(crate) const NOT_NOTHING: [Rule; 8] = [
    ("a part of a tick is none", |node, _| {
        let whole = ticks(ticks_of(node.duration));
        let is_part = node.is_timed() && whole != node.duration;
        if is_part {
            node.duration = whole - ticks(1);
        }
        is_part
    }),
    ("seq(a, b, c) is seq(a, join(b, c))", |node, _| {
        let is_long = node.is(&["seq"]) && node.children.len() > 2;
        if is_long {
            let rest = node.children.split_off(1);
            node.children.push(Node::group("join", rest));
        }
        is_long
    }),
    ("join(a, b) is join(b, a)", |node, _| {
        node.children.reverse();
        node.is(&["join"]) && node.children.len() > 1
    }),
    ("a is spawn(a)", |node, _| {
        node.wrap(|it| Node::group("spawn", [it]));
        true
    }),
    ("spawn(a, b) is tasks(a, b), the order of joins too", |node, _| {
        let is_spawn = node.is(&["spawn"]);
        if is_spawn {
            node.word = "tasks".to_owned();
        }
        is_spawn
    }),
    ("spawn(a, b) is limit(1, a, b)", |node, _| {
        let is_several = node.is(&["spawn"]) && node.children.len() > 1;
        if is_several {
            node.wrap(|it| Node::limit(it.children.len() - 1, it.children));
        }
        is_several
    }),
    ("a timeout of exactly the makespan is none, around tasks too", |node, _| {
        let is_tasks = node.is(&["spawn", "tasks", "limit"]) && node.ticks() > 0;
        if is_tasks {
            let exact = ticks(node.ticks());
            node.wrap(|it| Node::timeout(exact, it));
        }
        is_tasks
    }),
    ("of two timeouts the longer counts", |node, _| {
        let is_timeout = node.is(&["timeout"]) && ticks_of(node.duration) > 0;
        if is_timeout {
            let shorter = ticks(ticks_of(node.duration) - 1);
            node.children[0].wrap(|it| Node::timeout(shorter, it));
        }
        is_timeout
    }),
];

/// What adds steps called `zero`, which take no time, and `far`, which never end, and
/// changes nothing else.
pub(crate) const ADDED: [Rule; 3] = [
    ("a zero in a sequence", |node, choices| {
        add(node, "seq", Node::step("zero", ticks(0)), choices)
    }),
    ("a zero in a join", |node, choices| add(node, "join", Node::step("zero", ticks(0)), choices)),
    ("a longer step in a race", |node, choices| {
        let longer = ticks(node.ticks() + 1 + choices.below(2) as u64);
        let is_possible = longer <= MAX_DURATION;
        is_possible && add(node, "race", Node::step("far", longer), choices)
    }),
];

/// What adds more than it looks.
pub(crate) const NOT_ONLY_ADDED: [Rule; 4] = [
    ("a zero in a race", |node, choices| add(node, "race", Node::step("zero", ticks(0)), choices)),
    ("a tick in a sequence", |node, choices| {
        add(node, "seq", Node::step("zero", ticks(1)), choices)
    }),
    ("a zero in a task", |node, choices| add(node, "spawn", Node::step("zero", ticks(0)), choices)),
    ("a step as long in a race", |node, _| {
        let far = Node::step("far", ticks(node.ticks()));
        node.wrap(|it| Node::group("race", [far, it]));
        true
    }),
];

/// What leaves every step where it was, cut or not, where no tie is to be decided.
pub(crate) const PERMUTED: [Rule; 4] = [
    ("the children of a spawn in another order", |node, choices| permute("spawn", node, choices)),
    ("the children of tasks in another order", |node, choices| permute("tasks", node, choices)),
    ("the children of a join in another order", |node, choices| permute("join", node, choices)),
    ("the children of a race in another order", |node, choices| permute("race", node, choices)),
];

/// The same for what adds tasks or takes them away.
pub(crate) const REGROUPED: [Rule; 5] = [
    ("tasks(a, b, c) is tasks(a, tasks(b, c)), spawn alike", |node, choices| {
        node.is(&["tasks", "spawn"]) && !node.children.is_empty() && nest(node, choices)
    }),
    ("race(a, b, c) is race(a, race(b, c))", |node, choices| {
        node.is(&["race"]) && nest(node, choices)
    }),
    ("a is tasks(a)", |node, _| {
        node.wrap(|it| Node::group("tasks", [it]));
        true
    }),
    ("join(a, b) is tasks(a, b)", |node, _| exchange(node, &["join"], "tasks")),
    ("a zero in a group of tasks", |node, choices| {
        let is_group = node.is(&["spawn", "tasks", "limit"]);
        if is_group {
            let place = choices.below(node.children.len() + 1);
            node.children.insert(place, Node::step("zero", ticks(0)));
        }
        is_group
    }),
];

/// What leaves every step where it was if nothing is cut, however ties fall.
pub(crate) const UNCUT: [Rule; 4] = [
    ("a is spawn(a) and limit(2, a)", |node, choices| {
        let form = if choices.coin() { Node::group("spawn", []) } else { Node::limit(2, []) };
        node.wrap(|it| Node { children: vec![it], ..form });
        true
    }),
    ("tasks(a, b) is spawn(a, b)", |node, _| exchange(node, &["tasks"], "spawn")),
    ("spawn(a, b) is join(a, b)", |node, _| exchange(node, &["spawn"], "join")),
    ("seq(a, b) is limit(1, a, b)", |node, _| limit(node, &["seq"], 1)),
];

/// What changes the makespan of some scenarios.
pub(crate) const ANOTHER_MAKESPAN: [Rule; 3] = [
    ("join(a, b) is race(a, b)", |node, _| {
        !node.children.is_empty() && exchange(node, &["join"], "race")
    }),
    ("seq(a, b) is limit(2, a, b)", |node, _| limit(node, &["seq"], 2)),
    ("a zero in a race", |node, choices| add(node, "race", Node::step("zero", ticks(0)), choices)),
];

fn exchange(node: &mut Node, words: &[&str], word: &str) -> bool {
    let applies = node.is(words);
    if applies {
        node.word = word.to_owned();
    }
    applies
}

fn limit(node: &mut Node, words: &[&str], permits: usize) -> bool {
    let applies = exchange(node, words, "limit");
    if applies {
        node.permits = permits;
    }
    applies
}

/// Puts some neighbours among the children in a group of their own, sometimes none.
fn nest(node: &mut Node, choices: &mut Choices) -> bool {
    let from = choices.below(node.children.len() + 1);
    // A race of nobody cannot run.
    let least = usize::from(node.is(&["race"]));
    let most = node.children.len() - from;
    if most < least {
        return false;
    }
    let count = least + choices.below(most - least + 1);
    let inner: Vec<_> = node.children.drain(from..from + count).collect();
    node.children.insert(from, Node::group(&node.word, inner));
    true
}

fn flatten(node: &mut Node) -> bool {
    let children = std::mem::take(&mut node.children);
    let count = children.len();
    let same = |child: &Node| child.word == node.word;
    let has_same = children.iter().any(same);
    let flat = children.into_iter().flat_map(|mut child| {
        if same(&child) { std::mem::take(&mut child.children) } else { vec![child] }
    });
    node.children = flat.collect();
    has_same && count > 0
}

/// Puts a step before or behind, in a group that is there or in one around it.
fn add(node: &mut Node, word: &str, step: Node, choices: &mut Choices) -> bool {
    if !node.is(&[word]) {
        node.wrap(|it| Node::group(word, [it]));
    }
    let place = choices.below(node.children.len() + 1);
    node.children.insert(place, step);
    true
}

fn permute(word: &str, node: &mut Node, choices: &mut Choices) -> bool {
    if !node.is(&[word]) || node.children.len() < 2 {
        return false;
    }
    // Another order, and not by chance the same.
    let last = node.children.len() - 1;
    node.children.rotate_left(1 + choices.below(last));
    choices.shuffle(&mut node.children[..last]);
    true
}
