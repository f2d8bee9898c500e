//! Texts as the grammars of the notations have them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fuzz::text::HOSTILE;

/// A text of each of the notations.
#[derive(Clone, Debug)]
pub(super) struct Valid {
    pub(super) scenario: String,
    pub(super) law: String,
    pub(super) order: String,
    pub(super) pace: String,
}

pub(super) fn valid() -> impl Strategy<Value = Valid> {
    (scenario(), law(), order(), pace()).prop_map(|(scenario, law, order, pace)| Valid {
        scenario,
        law,
        order,
        pace,
    })
}

fn name() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        6 => select(&["a", "b", "c", "job", "_", "start", "per", "\"max\"", "\"a\\u{202e}\\n\""][..])
            .prop_map(str::to_owned),
        1 => vec(select(HOSTILE), 0..6).prop_map(|text| {
            // Each hostile character as it is, but those that end a quoted text.
            let text: String = text.into_iter().filter(|it| !['"', '\\'].contains(it)).collect();
            format!("\"{text}\"")
        }),
    ]
}

fn time() -> impl Strategy<Value = String> + Clone {
    let unit = select(&["ns", "us", "µs", "μs", "ms", "s", "min", "h", "d"][..]);
    prop_oneof![
        (0..1_000_u32, unit).prop_map(|(number, unit)| format!("{number}{unit}")),
        (0..100_u32, 0..1_000_u32).prop_map(|(whole, part)| format!("{whole}.{part:03}ms")),
        Just("18446744073709551615.999999999s".to_owned()),
    ]
}

pub(super) fn scenario() -> impl Strategy<Value = String> {
    let step = (name(), time()).prop_map(|(name, time)| format!("{name}: {time}"));
    step.prop_recursive(5, 24, 4, |inner| {
        let list = vec(inner.clone(), 0..5).prop_map(|list| list.join(", "));
        let form = select(&["seq", "spawn", "tasks", "join", "race"][..]);
        prop_oneof![
            (form, list.clone()).prop_map(|(form, list)| format!("{form}({list})")),
            (time(), inner).prop_map(|(limit, inner)| format!("timeout({limit}, {inner})")),
            (0..4_u32, list).prop_map(|(permits, list)| format!("limit({permits}, {list})")),
        ]
    })
}

pub(super) fn law() -> impl Strategy<Value = String> {
    let place = prop_oneof![3 => Just(None), 1 => (0..3_u32).prop_map(Some)];
    let atom = (name(), place).prop_map(|(name, place)| match place {
        Some(place) => format!("{name}[{place}]"),
        None => name,
    });
    prop_oneof![3 => atom, 1 => time()].prop_recursive(5, 24, 4, |inner| {
        let several = || vec(inner.clone(), 1..5);
        let fold = select(&["sum", "max", "min", "limit(2,", "limit(1,"][..]);
        prop_oneof![
            several().prop_map(|terms| format!("({})", terms.join("+"))),
            (fold, several()).prop_map(|(fold, list)| match fold.strip_suffix(',') {
                Some(fold) => format!("{fold}, {})", list.join(", ")),
                None => format!("{fold}({},)", list.join(", ")),
            }),
            (1..5_u32, inner.clone()).prop_map(|(count, it)| format!("({count} * ({it}))")),
        ]
    })
}

pub(super) fn order() -> impl Strategy<Value = String> {
    let moment = || {
        let edge = select(&["", "[0]", "[7]"][..]);
        (name(), edge, select(&["start", "finish"][..]))
            .prop_map(|(name, place, edge)| format!("{name}{place}.{edge}"))
    };
    let later = || prop_oneof![Just(String::new()), time().prop_map(|time| format!(" + {time}"))];
    prop_oneof![
        (moment(), later(), select(&["<", "<=", "==", "!=", ">=", ">"][..]), moment(), later())
            .prop_map(|(one, by, relation, two, later)| format!(
                "{one}{by} {relation} {two}{later}"
            )),
        (moment(), select(&["before", "after"][..]), moment())
            .prop_map(|(one, relation, two)| format!("{one} {relation} {two}")),
    ]
}

pub(super) fn pace() -> impl Strategy<Value = String> {
    let times = vec((1..4_u32, 0..500_u64), 1..6);
    let series = select(&["start", "finish", "pause"][..]);
    prop_oneof![
        (name(), series, times).prop_map(|(name, series, times)| {
            // Starts and finishes come in order, pauses as they like.
            let mut last = 0;
            let times = times.into_iter().map(|(count, time)| {
                last = if series == "pause" { time } else { last + time };
                format!("{count} * {last}ms")
            });
            format!("{name}.{series}: {}", times.collect::<Vec<_>>().join(", "))
        }),
        (name(), 1..9_u32, 1..500_u32)
            .prop_map(|(name, most, per)| format!("{name}.start: {most} per {per}ms")),
    ]
}
