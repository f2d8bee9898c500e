//! A second reader of the notation: it tells tests the shape of a scenario,
//! which the public interface does not.

use std::fmt;
use std::time::Duration;

use makespan::Scenario;

/// A scenario as it is written. A form is called by its word, a step `step`.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) word: String,
    /// Of a step.
    pub(crate) name: String,
    /// Of a step and of a timeout.
    pub(crate) duration: Duration,
    /// Of a limit.
    pub(crate) permits: usize,
    pub(crate) children: Vec<Node>,
}

impl fmt::Debug for Node {
    /// What failed is an expression to paste.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.scenario(), f)
    }
}

impl Node {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let text = scenario.to_string();
        let mut rest = text.as_str();
        let node = Self::read(&mut rest);
        assert_eq!(rest, "", "all of `{text}` is read");
        node
    }

    /// Names as strategies make them have no quotes and need none.
    fn read(rest: &mut &str) -> Self {
        let head = until(rest, &[':', '(']);
        let mark = take(rest);
        let mut node = Self {
            word: head.clone(),
            name: String::new(),
            duration: Duration::ZERO,
            permits: 0,
            children: Vec::new(),
        };
        if mark == ':' {
            node.word = "step".to_owned();
            node.name = head;
            node.duration = duration(until(rest, &[',', ')']).trim());
            return node;
        }
        match node.word.as_str() {
            "timeout" => node.duration = duration(&until(rest, &[',', ')'])),
            "limit" => node.permits = until(rest, &[',', ')']).parse().expect("permits"),
            _ => {}
        }
        loop {
            *rest = rest.trim_start_matches([',', ' ']);
            if rest.starts_with(')') {
                take(rest);
                return node;
            }
            node.children.push(Self::read(rest));
        }
    }

    /// The scenario that is written so.
    pub(crate) fn scenario(&self) -> Scenario {
        let children = || self.children.iter().map(Self::scenario);
        match self.word.as_str() {
            "step" => Scenario::step(self.name.as_str(), self.duration),
            "seq" => Scenario::sequential(children()),
            "spawn" => Scenario::spawned(children()),
            "tasks" => Scenario::tasks(children()),
            "join" => Scenario::joined(children()),
            "race" => Scenario::raced(children()),
            "timeout" => Scenario::timeout(self.duration, self.children[0].scenario()),
            "limit" => Scenario::limited(self.permits, children()),
            word => panic!("a form that is never written: {word}"),
        }
    }

    /// The scenarios that one change of composition makes of this one: a form in the
    /// place of another, a permit more or one fewer, a child that is dropped, a timeout
    /// that is taken away.
    pub(crate) fn changes(&self) -> Vec<Self> {
        const FORMS: [&str; 5] = ["seq", "spawn", "tasks", "join", "race"];
        let mut changes = Vec::new();
        let word = self.word.as_str();
        if word == "timeout" {
            changes.extend(self.children.iter().cloned());
        } else if word != "step" {
            // An empty race could never end.
            let forms = FORMS.iter().filter(|it| **it != word);
            let forms = forms.filter(|it| **it != "race" || !self.children.is_empty());
            changes.extend(forms.map(|form| Self { word: (*form).to_owned(), ..self.clone() }));
            let fewest = usize::from(word == "race");
            for index in 0..self.children.len().saturating_sub(fewest) {
                let mut rest = self.clone();
                rest.children.remove(index);
                changes.push(rest);
            }
        }
        if word == "limit" {
            let permits = [self.permits.saturating_add(1), self.permits.saturating_sub(1).max(1)];
            changes.extend(permits.map(|permits| Self { permits, ..self.clone() }));
        }
        for (index, child) in self.children.iter().enumerate() {
            for change in child.changes() {
                let mut changed = self.clone();
                changed.children[index] = change;
                changes.push(changed);
            }
        }
        changes
    }

    /// It and all that it holds, as they are written.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for child in &self.children {
            all.extend(child.all());
        }
        all
    }

    pub(crate) fn steps(&self) -> Vec<&Self> {
        let mut all = self.all();
        all.retain(|node| node.word == "step");
        all
    }

    /// Whether somewhere a form stands directly inside another.
    pub(crate) fn has(&self, outer: &str, inner: &str) -> bool {
        self.all()
            .iter()
            .any(|node| node.word == outer && node.children.iter().any(|child| child.word == inner))
    }
}

fn until(rest: &mut &str, marks: &[char]) -> String {
    let end = rest.find(marks).unwrap_or(rest.len());
    let (head, tail) = rest.split_at(end);
    *rest = tail;
    head.to_owned()
}

fn take(rest: &mut &str) -> char {
    let mark = rest.chars().next().expect("more text");
    *rest = &rest[mark.len_utf8()..];
    mark
}

fn duration(text: &str) -> Duration {
    let unit = text.find(|c: char| !c.is_ascii_digit()).expect("a unit");
    let (number, unit) = text.split_at(unit);
    let nanos = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => panic!("a unit that is never written: {unit}"),
    };
    Duration::from_nanos(number.parse::<u64>().expect("a number") * nanos)
}
