//! Whether two laws come to the same, by trying.

use std::collections::BTreeMap;

use crate::law::evaluation::Term;
use crate::law::expr::{Expr, Fold, Law};
use crate::name::{Name, StepName};
use crate::random::Random;
use crate::time::whole_ticks;

/// How many terms may be evaluated, and between how many random assignments that
/// leaves the choice.
const WORK: usize = 20_000_000;
const FEWEST: usize = 64;
const MOST: usize = 4_000;

/// How many kinds of assignments there are.
const KINDS: usize = 8;

/// Up to how many durations every choice of small and large ones is tried.
const ALL_CHOICES: usize = 10;

/// What is far larger than small numbers, and what is larger.
const FAR: u64 = 1 << 20;
const LARGE: u64 = 1 << 16;

/// What the random numbers of each list begin with.
const SEEDS: [u64; 3] = [0x6d61_6b65_7370_616e, 0x6d61_6b65_7370_616f, 0x6d61_6b65_7370_6170];

/// How many more steps of a name are tried than a law mentions one by one, and has
/// permits for.
const MORE_STEPS: usize = 3;

/// With more permits than these, a limit is as good as none.
const PERMITS: usize = 100;

impl Law {
    /// Returns whether the laws come to the same on many assignments of
    /// durations.
    ///
    /// This is a **test, not a proof**: a no is certain, a yes is not. It finds
    /// laws the same that equality tells apart because it multiplies nothing out:
    /// `max(a + b, a + c, d)` and `max(a + max(b, c), d)`.
    ///
    /// # Determinism
    ///
    /// The same laws have the same answer, always. The assignments are small
    /// numbers with ties, each duration far larger and far smaller than the rest (or
    /// evenly chosen ones, where there are thousands), every choice of large ones among up to ten, powers of two, and numbers around the
    /// constants of both laws and their sums and differences; some thousands in
    /// all, and fewer, 64 at least, where a law has more than some thousand terms.
    /// Where a law speaks of every step of a name, their number varies too.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::law;
    ///
    /// let (one, other) = (law!(max(a + b, a + c, d)), law!(max(a + max(b, c), d)));
    /// assert!(one != other && one.equivalent(&other));
    /// assert!(!one.equivalent(&law!(a + max(b, c, d))));
    /// ```
    #[must_use]
    pub fn equivalent(&self, other: &Self) -> bool {
        self == other || Comparison::new(self, other).finds_no_difference()
    }
}

/// A law whose atoms have become places in one list of durations for both.
struct Side<'a> {
    expr: &'a Expr,
    /// For each atom its own duration.
    own: Vec<usize>,
    /// For each atom those of all steps of its name, where they are spoken of.
    every: Vec<&'a [usize]>,
    /// How many of those are more than the law mentions.
    more: usize,
}

/// What is tried: the durations, and how many more steps of a name there are than
/// the laws mention.
struct Assignment {
    durations: Vec<u64>,
    more: usize,
}

struct Comparison<'a> {
    laws: [&'a Law; 2],
    /// The durations: how many, and where those of an atom and of a name are.
    count: usize,
    own: BTreeMap<&'a StepName, usize>,
    every: BTreeMap<&'a Name, Vec<usize>>,
    /// How many steps a name has at least.
    fewest: BTreeMap<&'a Name, usize>,
    /// How many more than that it may have.
    more: usize,
    /// The constants of both laws, in ticks.
    constants: Vec<u64>,
    size: usize,
}

impl<'a> Comparison<'a> {
    fn new(one: &'a Law, other: &'a Law) -> Self {
        let mut it = Self {
            laws: [one, other],
            count: 0,
            own: BTreeMap::new(),
            every: BTreeMap::new(),
            fewest: BTreeMap::new(),
            more: MORE_STEPS,
            constants: one.constants().chain(other.constants()).map(whole_ticks).collect(),
            size: 1,
        };
        for law in it.laws {
            for atom in law.atoms() {
                it.own.entry(atom).or_insert_with(|| {
                    it.count += 1;
                    it.count - 1
                });
                let fewest = it.fewest.entry(atom.name()).or_default();
                *fewest = atom.index().map_or(0, |index| index.saturating_add(1)).max(*fewest);
            }
        }
        for law in it.laws {
            law.expr.each_leaf(&mut |leaf| {
                it.size += 1;
                if let Expr::Every(fold, atom) = leaf {
                    // Up to as many steps as there are permits it is a `max`.
                    if let Fold::Limit(slots) = fold {
                        it.more = it.more.max((*slots).min(PERMITS) + MORE_STEPS);
                    }
                    it.every.entry(law.atoms[*atom as usize].name()).or_default();
                }
            });
        }
        for (name, every) in &mut it.every {
            // Of a name with millions of places the last ones are not reached.
            let fewest = it.fewest.entry(*name).or_default();
            *fewest = (*fewest).min(1_000);
            for index in 0..*fewest + it.more {
                let step = StepName::new((*name).clone(), Some(index));
                every.push(it.own.get(&step).copied().unwrap_or_else(|| {
                    it.count += 1;
                    it.count - 1
                }));
            }
        }
        it.constants.sort_unstable();
        it.constants.dedup();
        it
    }

    fn side(&self, law: &'a Law) -> Side<'_> {
        Side {
            expr: &law.expr,
            own: law.atoms().map(|atom| self.own[atom]).collect(),
            every: law
                .atoms()
                .map(|atom| self.every.get(atom.name()).map_or(&[][..], Vec::as_slice))
                .collect(),
            more: self.more,
        }
    }

    fn finds_no_difference(&self) -> bool {
        let sides = self.laws.map(|law| self.side(law));
        self.outstanding().chain(self.choices()).chain(self.any()).all(|assignment| {
            let [one, other] = sides.each_ref().map(|side| side.value(&assignment));
            one == other
        })
    }

    /// How many assignments are tried where there are any number.
    fn rounds(&self) -> usize {
        (WORK / (self.size + self.count)).clamp(FEWEST, MOST)
    }

    /// One duration far larger and far smaller than the rest: each, or evenly chosen
    /// ones where they are too many.
    fn outstanding(&self) -> impl Iterator<Item = Assignment> + '_ {
        let mut random = Random::new(SEEDS[0]);
        let step = self.count.div_ceil(self.rounds()).max(1);
        (0..self.count).step_by(step).flat_map(move |chosen| {
            [(1, FAR), (FAR, 0)].map(|(rest, its)| {
                let mut durations: Vec<_> =
                    (0..self.count).map(|_| rest + random.below(4)).collect();
                durations[chosen] = its;
                Assignment { durations, more: chosen % (self.more + 1) }
            })
        })
    }

    /// Every choice of large durations among few.
    fn choices(&self) -> impl Iterator<Item = Assignment> + '_ {
        let mut random = Random::new(SEEDS[1]);
        let choices = if self.count > ALL_CHOICES { 0 } else { 1_u64 << self.count };
        (0..choices).map(move |choice| {
            let is_large = |place: usize| (choice >> place) & 1;
            let durations = (0..self.count).map(|place| random.below(5) + is_large(place) * LARGE);
            Assignment { durations: durations.collect(), more: self.more }
        })
    }

    /// Durations of every kind with every number of steps.
    fn any(&self) -> impl Iterator<Item = Assignment> + '_ {
        let mut random = Random::new(SEEDS[2]);
        (0..self.rounds()).map(move |round| {
            let durations = self.durations(round % KINDS, &mut random);
            Assignment { durations, more: round / KINDS % (self.more + 1) }
        })
    }

    /// Durations of one kind, or of every kind at once.
    fn durations(&self, kind: usize, random: &mut Random) -> Vec<u64> {
        /// Behind the last one of them, every kind at once.
        const MIXED: usize = KINDS - 1;
        let largest = self.constants.last().copied().unwrap_or(0).min(1 << 40);
        (0..self.count)
            .map(|_| {
                let kind = if kind == MIXED { random.place(MIXED) } else { kind };
                let around = |tick: u64, random: &mut Random| {
                    (tick.min(1 << 40) + random.below(3)).saturating_sub(1)
                };
                match kind {
                    0 => random.below(3),
                    1 => random.below(12),
                    2 => random.below(4) + random.below(2) * FAR,
                    3 => 1 << random.below(32),
                    4 => {
                        let constant = self.constant(random);
                        around(constant, random)
                    }
                    5 => {
                        let (one, other) = (self.constant(random), self.constant(random));
                        let both = [one.saturating_add(other), one.abs_diff(other)];
                        around(if random.below(2) == 0 { both[0] } else { both[1] }, random)
                    }
                    _ => random.below(2 * largest + 100),
                }
            })
            .collect()
    }

    fn constant(&self, random: &mut Random) -> u64 {
        let place = random.below(self.constants.len() as u64 + 1);
        let place = usize::try_from(place).unwrap_or_default();
        self.constants.get(place).copied().unwrap_or(0)
    }
}

impl Side<'_> {
    /// What the law comes to.
    fn value(&self, Assignment { durations, more }: &Assignment) -> u64 {
        self.expr.value(&mut |term| match term {
            Term::Constant(constant) => whole_ticks(constant),
            Term::Atom(atom) => durations[self.own[atom as usize]],
            Term::Every(fold, atom) => {
                let every = self.every[atom as usize];
                let steps = &every[..every.len() - self.more + more];
                fold.of(&steps.iter().map(|step| durations[*step]).collect::<Vec<_>>())
            }
        })
    }
}

#[cfg(test)]
mod tests;
