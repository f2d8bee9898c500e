//! Changes to a scenario as it is written, for properties that hold two runs
//! against one another.

use std::time::Duration;

use makespan::{MAX_DURATION, TICK};

use crate::properties::notation::Node;

/// Choices from a seed, so that a property has one of them and not hundreds.
pub(crate) struct Choices(u64);

impl Choices {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        // Splitmix: a counter, scrambled.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let count = u64::try_from(count).expect("a small number");
        usize::try_from((mixed ^ (mixed >> 31)) % count).expect("below a small number")
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

pub(crate) fn ticks(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A duration in whole ticks, each part of one counted as a whole.
pub(crate) fn ticks_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(TICK.as_nanos())).expect("at most a year")
}

impl Node {
    pub(crate) fn step(name: &str, duration: Duration) -> Self {
        Self { name: name.to_owned(), duration, ..Self::group("step", []) }
    }

    pub(crate) fn group(word: &str, children: impl Into<Vec<Self>>) -> Self {
        Self {
            word: word.to_owned(),
            name: String::new(),
            duration: Duration::ZERO,
            permits: 0,
            children: children.into(),
        }
    }

    pub(crate) fn timeout(limit: Duration, child: Self) -> Self {
        Self { duration: limit, ..Self::group("timeout", [child]) }
    }

    pub(crate) fn limit(permits: usize, children: impl Into<Vec<Self>>) -> Self {
        Self { permits, ..Self::group("limit", children) }
    }

    /// Puts something around it.
    pub(crate) fn wrap(&mut self, around: impl FnOnce(Self) -> Self) {
        let inner = std::mem::replace(self, Self::group("seq", []));
        *self = around(inner);
    }

    /// Visits it behind all that it holds; what a visit adds is not visited.
    pub(crate) fn each_mut(&mut self, visit: &mut impl FnMut(&mut Self)) {
        self.children.iter_mut().for_each(|child| child.each_mut(visit));
        visit(self);
    }

    /// The words of the forms around the only step of a name, from the outside in.
    pub(crate) fn parents_of(&self, name: &str) -> Vec<&str> {
        let found =
            |child: &&Self| child.all().iter().any(|it| it.is(&["step"]) && it.name == name);
        let mut parents = Vec::new();
        let mut at = self;
        while let Some(child) = at.children.iter().find(found) {
            parents.push(at.word.as_str());
            at = child;
        }
        parents
    }

    /// How long the only step of a name takes.
    pub(crate) fn duration_of(&self, name: &str) -> Duration {
        let step = self.steps().into_iter().find(|step| step.name == name);
        step.expect("a step of this name").duration
    }

    pub(crate) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.word.as_str())
    }

    /// Whether it has a duration of its own.
    pub(crate) fn is_timed(&self) -> bool {
        self.is(&["step", "timeout"])
    }

    /// How many ticks it takes, the naive way.
    pub(crate) fn ticks(&self) -> u64 {
        let children = self.children.iter().map(Self::ticks);
        match self.word.as_str() {
            "step" => ticks_of(self.duration),
            "seq" => children.sum(),
            "race" => children.min().expect("never empty"),
            "timeout" => children.fold(ticks_of(self.duration), u64::min),
            "limit" => {
                let mut slots = vec![0; self.permits.min(self.children.len()).max(1)];
                children.for_each(|it| *slots.iter_mut().min().expect("a slot") += it);
                slots.into_iter().max().expect("a slot")
            }
            _ => children.max().unwrap_or(0),
        }
    }

    /// The same, in which every step has a name of its own.
    pub(crate) fn with_names_of_their_own(mut self) -> Self {
        let mut numbers = 0..;
        self.each_mut(&mut |node| {
            if node.word == "step" {
                node.name = format!("s{}", numbers.next().expect("it never ends"));
            }
        });
        self
    }

    /// The same with every duration replaced.
    pub(crate) fn with_durations(mut self, of: &mut impl FnMut(Duration) -> Duration) -> Self {
        self.each_mut(&mut |node| {
            if node.is_timed() {
                node.duration = of(node.duration);
            }
        });
        self
    }

    pub(crate) fn in_whole_ticks(self) -> Self {
        self.with_durations(&mut |it| ticks(ticks_of(it)))
    }

    /// The same without anything that is far: nothing in it takes longer than a day.
    pub(crate) fn within_a_day(self) -> Self {
        let day = Duration::from_secs(86_400);
        self.with_durations(&mut |it| it.min(day))
    }

    /// The same in which no two sums of durations are equal, so that no two things
    /// end at one instant unless one is the end of the other: every duration is a
    /// power of two, and none is a single tick, so that whoever waits for one tick more
    /// ties with nothing either. Nothing is empty. `None` if there are too many for that.
    pub(crate) fn without_ties(mut self, choices: &mut Choices) -> Option<Self> {
        self.each_mut(&mut |node| {
            if node.children.is_empty() {
                *node = Self::step("filled", TICK);
            }
        });
        let count = self.all().iter().filter(|node| node.is_timed()).count();
        // 2^34 ticks in a row are still within the cap of a year.
        let mut powers: Vec<_> = (1..34).map(|power| ticks(1 << power)).collect();
        powers.truncate(count.max(12));
        choices.shuffle(&mut powers);
        let mut powers = (count <= powers.len()).then_some(powers)?.into_iter();
        Some(self.with_durations(&mut |_| powers.next().expect("enough of them")))
    }

    /// The same without what cuts: all of a race runs, and a timeout is none.
    pub(crate) fn without_cuts(mut self) -> Self {
        self.each_mut(&mut |node| match node.word.as_str() {
            "race" => node.word = "join".to_owned(),
            "timeout" => node.word = "seq".to_owned(),
            _ => {}
        });
        // It may take longer now than there is time.
        match self.scenario().predict() {
            Ok(_) => self,
            Err(_) => self.with_durations(&mut |it| it.min(MAX_DURATION / 1_000)),
        }
    }
}
