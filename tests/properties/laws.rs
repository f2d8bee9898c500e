//! What holds for every law.

use std::collections::BTreeMap;
use std::time::Duration;

use makespan::{Law, Scenario, StepName};
use proptest::prelude::*;

/// A law as a test writes it. It knows of meaning only what the notation says,
/// so that it can stand against what was read.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(String),
    Millis(u64),
    Times(u64, Box<Tree>),
    /// The word, the permits of a limit, and what it holds.
    Function(&'static str, usize, Vec<Tree>),
    Sum(Vec<Tree>),
}

impl Tree {
    fn write(&self) -> String {
        match self {
            Self::Leaf(text) => text.clone(),
            Self::Millis(millis) => format!("{millis}ms"),
            Self::Times(count, tree) => format!("{count} * ({})", tree.write()),
            Self::Function("limit", permits, trees) => {
                format!("limit({permits}, {})", list(trees, ", "))
            }
            Self::Function(word, _, trees) => format!("{word}({})", list(trees, ", ")),
            Self::Sum(trees) => format!("({})", list(trees, " + ")),
        }
    }

    /// The same law with what has no order in another order.
    fn shuffle(&mut self, order: &mut impl FnMut(usize) -> usize) {
        match self {
            Self::Leaf(_) | Self::Millis(_) => {}
            Self::Times(_, tree) => tree.shuffle(order),
            Self::Function("limit", _, trees) => trees.iter_mut().for_each(|it| it.shuffle(order)),
            Self::Function(_, _, trees) | Self::Sum(trees) => {
                trees.iter_mut().for_each(|it| it.shuffle(order));
                for last in (1..trees.len()).rev() {
                    trees.swap(last, order(last + 1));
                }
            }
        }
    }

    /// What it comes to, the naive way. No function holds a single name here.
    fn value(&self, of: &impl Fn(&str) -> u64) -> u64 {
        match self {
            Self::Leaf(text) => of(text),
            Self::Millis(millis) => *millis,
            Self::Times(count, tree) => count * tree.value(of),
            Self::Sum(trees) => trees.iter().map(|it| it.value(of)).sum(),
            Self::Function(word, permits, trees) => {
                let values = trees.iter().map(|it| it.value(of));
                match *word {
                    "sum" => values.sum(),
                    "max" => values.max().expect("never empty"),
                    "min" => values.min().expect("never empty"),
                    _ => {
                        let mut slots = vec![0; *permits];
                        values.for_each(|it| *slots.iter_mut().min().expect("a slot") += it);
                        slots.into_iter().max().expect("a slot")
                    }
                }
            }
        }
    }
}

fn list(trees: &[Tree], separator: &str) -> String {
    trees.iter().map(Tree::write).collect::<Vec<_>>().join(separator)
}

/// Laws of few names and small numbers, so that ties and equal terms are many.
fn trees(leaf: impl Strategy<Value = Tree> + 'static) -> impl Strategy<Value = Tree> {
    leaf.prop_recursive(4, 24, 4, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 2..5);
        prop_oneof![
            1 => (0_u64..4, inner.clone()).prop_map(|(count, it)| Tree::Times(count, it.into())),
            2 => several().prop_map(Tree::Sum),
            3 => several().prop_map(|it| Tree::Function("max", 0, it)),
            2 => several().prop_map(|it| Tree::Function("min", 0, it)),
            1 => several().prop_map(|it| Tree::Function("sum", 0, it)),
            1 => (1_usize..4, several()).prop_map(|(k, it)| Tree::Function("limit", k, it)),
        ]
    })
}

fn plain() -> impl Strategy<Value = Tree> {
    trees(prop_oneof![
        3 => "[abc]".prop_map(Tree::Leaf),
        1 => (0_u64..4).prop_map(Tree::Millis),
    ])
}

/// With places, every step of a name, names of any kind, durations of any size.
fn rich() -> impl Strategy<Value = Tree> {
    let name = prop_oneof![
        4 => "[abc]",
        1 => any::<String>().prop_map(|name| makespan::Name::from(name).to_string()),
        1 => proptest::sample::select(vec!["max", "sum", "limit", "min", "seq"])
            .prop_map(|word| makespan::Name::from(word).to_string()),
    ];
    let duration = any::<Duration>().prop_map(|it| {
        let scenario = Scenario::step("a", it).to_string();
        scenario.trim_start_matches("a: ").to_owned()
    });
    trees(
        prop_oneof![
            4 => name.clone(),
            1 => (name.clone(), 0_usize..5).prop_map(|(name, index)| format!("{name}[{index}]")),
            1 => (name, 0_usize..4).prop_map(|(name, function)| {
                format!("{}{name})", ["sum(", "max(", "min(", "limit(2, "][function])
            }),
            1 => duration,
        ]
        .prop_map(Tree::Leaf),
    )
}

fn read(tree: &Tree) -> Law {
    tree.write().parse().unwrap_or_else(|error: makespan::Error| panic!("{error}"))
}

fn latencies() -> impl Strategy<Value = Vec<[u64; 3]>> {
    let one = prop_oneof![0_u64..5, 0_u64..40, Just(1_000)];
    proptest::collection::vec(proptest::array::uniform3(one), 12)
}

fn of(latencies: [u64; 3]) -> impl Fn(&str) -> u64 {
    move |name| latencies[usize::from(name.as_bytes()[0] - b'a')]
}

fn evaluate(law: &Law, latencies: [u64; 3]) -> Duration {
    let total =
        law.evaluate(|step| Some(Duration::from_millis(of(latencies)(step.name().as_str()))));
    total.unwrap_or_else(|error| panic!("{error}"))
}

/// Whether two trees differ on any small numbers.
fn differ_on_a_grid(one: &Tree, other: &Tree) -> bool {
    let far = [0_u64, 1, 2, 3, 5, 50];
    far.iter().any(|&a| {
        far.iter()
            .any(|&b| far.iter().any(|&c| one.value(&of([a, b, c])) != other.value(&of([a, b, c]))))
    })
}

/// Texts that look like laws, and are mostly not.
fn near_notation() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z(),+*\\[\\]: ]{1,4}",
        "(sum|max|min|limit|limit\\(2,)\\(",
        "[0-9]{1,3}(\\.[0-9]{1,3})?(ns|us|µs|ms|s|min|h|d| \\* )?",
        "[ab]\\[[0-9]\\]",
        " \\+ ",
        "\"(\\\\.|[^\"])*\"?",
        "\\PC",
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// A law that reads, with one piece of it cut out or put in twice.
fn damaged() -> impl Strategy<Value = String> {
    (rich(), any::<prop::sample::Index>(), any::<bool>()).prop_map(|(tree, place, twice)| {
        let mut characters: Vec<_> = tree.write().chars().collect();
        let place = place.index(characters.len());
        let removed = characters.remove(place);
        if twice {
            characters.splice(place..place, [removed, removed]);
        }
        characters.into_iter().collect()
    })
}

fn reads_or_refuses(text: &str) -> Result<(), TestCaseError> {
    match text.parse::<Law>() {
        Ok(law) => reads_back(&law)?,
        Err(error) => {
            prop_assert!(error.is_notation());
            prop_assert!(error.to_string().starts_with("law notation, line "), "{}", error);
        }
    }
    Ok(())
}

fn reads_back(law: &Law) -> Result<(), TestCaseError> {
    let shown = law.to_string();
    let back: Law = shown.parse()?;
    prop_assert_eq!(&back, law);
    prop_assert_eq!(back.to_string(), shown);
    prop_assert!(back.atoms().eq(law.atoms()));
    prop_assert!(back.constants().eq(law.constants()));
    Ok(())
}

proptest! {
    #[test]
    fn any_law_reads_back(tree in rich()) { reads_back(&read(&tree))?; }

    #[test]
    fn the_law_of_any_scenario_reads_back(scenario in makespan::strategy::scenarios()) {
        reads_back(&scenario.law())?;
    }

    #[test]
    fn any_text_is_a_law_or_refused(text: String) { reads_or_refuses(&text)?; }

    #[test]
    fn almost_a_law_is_read_or_refused(text in near_notation()) { reads_or_refuses(&text)?; }

    #[test]
    fn a_damaged_law_is_read_or_refused(text in damaged()) { reads_or_refuses(&text)?; }

    #[test]
    fn a_law_comes_to_what_is_written(tree in plain(), latencies in latencies()) {
        let law = read(&tree);
        for latencies in latencies {
            let expected = Duration::from_millis(tree.value(&of(latencies)));
            prop_assert_eq!(evaluate(&law, latencies), expected, "{}", law);
        }
    }

    #[test]
    fn every_step_of_a_name_comes_to_the_steps_written_out(
        millis in proptest::collection::vec(0_u64..50, 2..6), permits in 1_usize..5,
    ) {
        let steps: Vec<_> = (0..millis.len()).map(|index| format!("a[{index}]")).collect();
        for function in ["sum(".to_owned(), "max(".to_owned(), "min(".to_owned(), format!("limit({permits}, ")] {
            let latency = |step: &StepName| {
                millis.get(step.index()?).copied().map(Duration::from_millis)
            };
            let every: Law = format!("{function}a)").parse()?;
            let each: Law = format!("{function}{})", steps.join(", ")).parse()?;
            prop_assert_eq!(every.evaluate(latency)?, each.evaluate(latency)?);
        }
    }

    #[test]
    fn equal_laws_come_to_the_same(one in plain(), other in plain(), latencies in latencies()) {
        let (law, its) = (read(&one), read(&other));
        prop_assert_eq!(law == its, its == law);
        prop_assert_eq!(law.equivalent(&its), its.equivalent(&law));
        if law == its {
            prop_assert!(law.equivalent(&its));
            for latencies in latencies {
                prop_assert_eq!(evaluate(&law, latencies), evaluate(&its, latencies));
            }
        }
        if differ_on_a_grid(&one, &other) {
            prop_assert!(law != its, "{} and {}", law, its);
            prop_assert!(!law.equivalent(&its), "{} and {}", law, its);
        }
    }

    #[test]
    fn shuffled_terms_change_nothing(
        tree in rich(), orders in proptest::collection::vec(any::<usize>(), 8), times in 1_usize..3,
    ) {
        let mut shuffled = tree.clone();
        let mut next = orders.iter().cycle();
        for _ in 0..times {
            shuffled.shuffle(&mut |end| next.next().expect("it goes round") % end);
        }
        let (law, shuffled) = (read(&tree), read(&shuffled));
        prop_assert_eq!(&law, &law.clone());
        prop_assert_eq!(&law, &shuffled);
        prop_assert_eq!(&shuffled, &law);
    }

    /// Laws are rewritten by rules that equality knows, one on top of the other.
    #[test]
    fn what_the_rules_rewrite_stays_equal(
        tree in plain(), others in proptest::collection::vec((plain(), 0_usize..9), 1..4),
    ) {
        let law = read(&tree);
        let mut text = tree.write();
        for (other, rule) in others {
            let it = other.write();
            text = match rule {
                0 => format!("max({text}, {text})"),
                1 => format!("min({text}, {it} + {text})"),
                2 => format!("max({text}, min({text}, {text} + {it}))"),
                3 => format!("({text}) + 0 * ({it})"),
                4 => format!("limit(1, {text}, 0ms)"),
                5 => format!("limit(2, {text}, 0ms)"),
                6 => format!("max(0ms, {text})"),
                7 => format!("min({text}, sum({it}, {text}, 1ms), {text})"),
                _ => format!("1 * ({text} + 0ms)"),
            };
        }
        let rewritten: Law = text.parse()?;
        prop_assert_eq!(&rewritten, &law);
        prop_assert!(rewritten.equivalent(&law));
    }

    #[test]
    fn what_is_common_can_be_taken_out_of_anything(terms in proptest::collection::vec(plain(), 3)) {
        let [a, b, c] = [0, 1, 2].map(|it: usize| terms[it].write());
        for word in ["max", "min"] {
            let inside: Law = format!("{word}({a} + {b}, {c} + {a})").parse()?;
            let outside: Law = format!("{a} + {word}({b}, {c})").parse()?;
            prop_assert!(inside.equivalent(&outside), "{} and {}", inside, outside);
        }
        // Of three names it is sure, whatever stands beside them.
        let inside: Law = format!("{a} + max(x + y, x + z)").parse()?;
        prop_assert_eq!(inside, format!("x + max(y, z) + {a}").parse::<Law>()?);
    }

    #[test]
    fn equality_is_an_equivalence(trees in proptest::collection::vec(plain(), 3)) {
        let laws: Vec<_> = trees.iter().map(read).collect();
        for (a, b, c) in [(0, 1, 2), (1, 2, 0), (2, 0, 1)] {
            if laws[a] == laws[b] && laws[b] == laws[c] {
                prop_assert_eq!(&laws[a], &laws[c]);
            }
        }
    }

    #[test]
    fn a_constant_that_differs_by_a_tick_is_seen(tree in plain(), millis in 0_u64..10_000) {
        let law = tree.write();
        for (open, close) in [("", ""), ("max(x, ", ")"), ("min(x, ", ")"), ("x + 2 * (", ")")] {
            let of = |millis| format!("{open}{law} + {millis}ms{close}").parse::<Law>();
            let (one, other) = (of(millis)?, of(millis + 1)?);
            prop_assert!(one != other, "{} and {}", one, other);
            prop_assert!(!one.equivalent(&other), "{} and {}", one, other);
        }
    }

    #[test]
    fn a_name_that_differs_is_seen(tree in plain()) {
        let law = tree.write();
        for (open, close) in [("", " + "), ("max(x, ", " + "), ("min(x, ", " + "), ("max(", ", ")] {
            let end = if open.is_empty() { "" } else { ")" };
            let of = |name: &str| format!("{open}{law}{close}{name}{end}").parse::<Law>();
            let (one, other) = (of("y")?, of("z")?);
            prop_assert!(one != other, "{} and {}", one, other);
            prop_assert!(!one.equivalent(&other), "{} and {}", one, other);
        }
    }

    #[test]
    fn a_law_lists_every_atom_once(tree in rich()) {
        let law = read(&tree);
        let mut times = BTreeMap::<&StepName, usize>::new();
        for atom in law.atoms() {
            *times.entry(atom).or_default() += 1;
        }
        prop_assert!(times.values().all(|times| *times == 1));
        let shown = law.to_string();
        for atom in law.atoms() {
            prop_assert!(shown.contains(&atom.to_string()), "{} in {}", atom, shown);
        }
        // In the order in which they are asked for.
        let mut asked = Vec::new();
        let _ = law.evaluate(|step| {
            asked.push(step.name().clone());
            step.index().is_none_or(|index| index < 9).then_some(Duration::ZERO)
        });
        let mut seen = std::collections::BTreeSet::new();
        asked.retain(|name| seen.insert(name.clone()));
        prop_assert!(law.names().cloned().eq(asked));
    }
}
