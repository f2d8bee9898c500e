//! Constants of the code in the notations of macros, `{LIMIT}`.

use std::time::Duration;

use makespan::__private::{check, check_law, check_orders, check_pace};
use makespan::__private::{law_literal, literal, order_literals, pace_literal};
use makespan::{
    Law, Order, Pace, Runner, Scenario, assert_law, assert_order, assert_pace, delay, law, scenario,
};
use proptest::prelude::*;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_millis(500);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn call() {
    let _ = timeout(LIMIT, delay("call")).await;
}

#[test]
fn a_law_shows_the_value_of_a_constant() {
    assert_eq!(law!(min(call, { LIMIT })).to_string(), "min(call, 500ms)");
    assert_eq!(law!({ LIMIT }), law!(500ms));
    assert_eq!(
        law!({ ms(1) } + max(a, { ms(2) }, (b + { ms(3) })) + 2 * { ms(4) }).to_string(),
        "1ms + max(a, 2ms, b + 3ms) + 2 * 4ms"
    );
    assert_eq!(law!({ Duration::ZERO }).to_string(), "0ms");
    assert_eq!(law!({ Duration::MAX }).to_string().parse::<Law>(), Ok(law!({ Duration::MAX })));
}

#[test]
fn any_expression_may_be_in_the_braces() {
    let shown = law!(
        { ms("a, }".len() as u64) }
            + { ms(r#"}""#.len() as u64) }
            + { if '}' == '{' { ms(8) } else { ms(1) } }
            + {
                let (first, rest) = (ms(3), [ms(4)]);
                first + rest.iter().sum::<Duration>()
            }
    );
    assert_eq!(shown.to_string(), "4ms + 2ms + 1ms + 7ms");
}

struct Config {
    timeout: Duration,
}

impl Config {
    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn law(&self) -> Law {
        law!(min(call, { self.timeout() * 2 }) + { self.timeout })
    }
}

#[test]
fn a_constant_sees_what_the_caller_sees() {
    let config = Config { timeout: ms(7) };
    assert_eq!(config.law().to_string(), "min(call, 14ms) + 7ms");
    // Names that the macros use themselves.
    let (constants, values, text) = (ms(1), ms(2), ms(3));
    assert_eq!(law!({ constants } + { values } + { text }).to_string(), "1ms + 2ms + 3ms");
    let borrowed = &config;
    assert_eq!(law!({ borrowed.timeout }), law!({ config.timeout }));
}

#[test]
fn every_notation_of_a_macro_takes_constants() {
    assert_law!(call() => min(call, {LIMIT}));
    let run = Runner::new().latency("call", ms(800)).run(call()).expect("it ends");
    assert_law!(run, min(call, { LIMIT }));
    let written = scenario!(seq(a: {ms(1)}, timeout({LIMIT}, limit(2, b: {ms(2)}, c: 3ms))));
    assert_eq!(written.to_string(), "seq(a: 1ms, timeout(500ms, limit(2, b: 2ms, c: 3ms)))");
    let trace = scenario!(seq(a: 1ms, a: 2ms, b: 3ms)).run().expect("it runs");
    assert_order!(trace, a[0].finish + { ms(2) } == b.start, a[0].start < b.start + { ms(1) },);
    assert_pace!(trace, a.start: 0ms, {ms(1)});
    assert_pace!(trace, a.finish: 1 * {ms(1)}, {ms(3)});
    assert_pace!(trace, b.start: {ms(1) + ms(2)});
    let burst = scenario!(limit(1, job: 10ms, job: 10ms)).run().expect("it runs");
    assert_pace!(burst, job.start: 1 per {ms(10)});
}

/// A law of 200 names, and what `$many` makes of it.
macro_rules! of_two_hundred {
    ($many:ident!($($before:tt)*)) => {
        of_two_hundred!(@ten [$many [$($before)*]] [
            a + b + c + d + e + f + g + h + i + j
        ])
    };
    (@ten $to:tt [$($ten:tt)*]) => {
        of_two_hundred!(@hundred $to [
            $($ten)* + $($ten)* + $($ten)* + $($ten)* + $($ten)* + $($ten)* + $($ten)* + $($ten)*
                + $($ten)* + $($ten)*
        ])
    };
    (@hundred [$many:ident [$($before:tt)*]] [$($hundred:tt)*]) => {
        $many!($($before)* $($hundred)* + $($hundred)*)
    };
}

#[test]
fn a_law_of_two_hundred_names_is_one_macro() {
    assert_eq!(of_two_hundred!(law!()).to_string().matches('+').count(), 199);
    let constant = of_two_hundred!(law!({LIMIT} +));
    assert!(constant.to_string().starts_with("500ms + a + b"));
    let names = scenario!(seq(
        a: 1ms, b: 1ms, c: 1ms, d: 1ms, e: 1ms, f: 1ms, g: 1ms, h: 1ms, i: 1ms, j: 1ms,
        rest: 190ms,
    ));
    let run = names.run().expect("it runs");
    // Each of ten names is in it twenty times.
    of_two_hundred!(assert_law!(run,));
}

#[test]
fn at_run_time_a_brace_is_a_mistake() {
    const PROBLEM: &str = "a constant in braces is for macros; write its value";
    #[track_caller]
    fn holds(error: Result<(), makespan::Error>, what: &str, text: &str) {
        let column = text.find('{').expect("a brace") + 1;
        assert_eq!(
            error.expect_err("a brace").to_string(),
            format!(
                "{what} notation, line 1, column {column}: {PROBLEM}\n  {text}\n  {:>column$}",
                '^'
            )
        );
    }
    let law = "min(call, {LIMIT})";
    holds(law.parse::<Law>().map(drop), "law", law);
    let scenario = "seq(a: {LIMIT})";
    holds(scenario.parse::<Scenario>().map(drop), "scenario", scenario);
    let order = "a.start + {LIMIT} < b.start";
    holds(order.parse::<Order>().map(drop), "order", order);
    let pace = "a.start: {LIMIT}";
    holds(pace.parse::<Pace>().map(drop), "pace", pace);
}

#[test]
fn a_name_like_a_constant_that_no_step_has_is_told_how_to_be_one() {
    let told = |names: &str, law: &str| {
        let run = names.parse::<Scenario>().expect("it reads").run().expect("it runs");
        let law = law.parse::<Law>().expect("it reads");
        law.verify(&run).expect_err("an unknown name").to_string()
    };
    assert_eq!(
        told("call: 1ms", "min(call, LIMIT)"),
        "no step called `LIMIT` ran; for a constant of the code write `{LIMIT}` (what ran: call)"
    );
    assert_eq!(
        told("retry_2: 1ms", "RETRY_2"),
        "no step called `RETRY_2` ran; did you mean `retry_2`?; for a constant of the code write \
         `{RETRY_2}` (what ran: retry_2)"
    );
    for name in ["Limit", "limited", "A", "LIMIT[1]", "\"LIMIT 2\""] {
        assert!(!told("call: 1ms", name).contains("constant"), "{name}");
    }
}

#[test]
fn what_needs_a_value_is_checked_when_it_is_known() {
    // In the constant both pass, and with these values they hold.
    check_pace("a.start: 20ms, {LIMIT}");
    check_pace("a.start: 2 per {LIMIT}");
    let later = pace_literal("a.start: 20ms, {LIMIT}", &[ms(20)]);
    assert_eq!(later.to_string(), "a.start: 20ms, 20ms");
    let rate = pace_literal("a.start: 2 per {LIMIT}", &[ms(1)]);
    assert_eq!(rate.to_string(), "a.start: 2 per 1ms");
}

#[test]
#[should_panic(expected = "pace notation, column 25: time goes backwards here\n  \
                           a.start: 20ms, {LIMIT}, 10ms\n                          ^")]
fn times_around_a_constant_are_compared_in_the_constant() {
    check_pace("a.start: 20ms, {LIMIT}, 10ms");
}

#[test]
#[should_panic(
    expected = "law notation, column 8: nothing is in the braces; they hold a constant \
                           of the code\n  min(a, {})\n         ^"
)]
fn braces_around_nothing_are_a_mistake() {
    check_law("min(a, {})");
}

#[test]
#[should_panic(
    expected = "law notation, column 9: a constant in braces is a duration; a count is \
                           written out\n  {COUNT} * a\n          ^"
)]
fn a_constant_is_no_count() {
    check_law("{COUNT} * a");
}

#[test]
fn a_constant_without_braces_is_told_to_have_some() {
    let told = |check: fn(&str), notation: &'static str| {
        let panic = std::panic::catch_unwind(|| check(notation)).expect_err("it is refused");
        let text = panic.downcast_ref::<String>().expect("a text").clone();
        text.lines().next().expect("a line").to_owned()
    };
    const WRITE: &str = "a constant of the code is written in braces: `{LIMIT}`";
    assert_eq!(told(check, "a: LIMIT"), format!("scenario notation, column 4: {WRITE}"));
    assert_eq!(
        told(check, "timeout(LIMIT, a: 1s)"),
        format!("scenario notation, column 9: {WRITE}")
    );
    assert_eq!(
        told(check_orders, "a.start + LIMIT < b.start"),
        format!("order notation, column 11: {WRITE}")
    );
    assert_eq!(told(check_pace, "a.start: LIMIT"), format!("pace notation, column 10: {WRITE}"));
    assert_eq!(
        told(check_pace, "a.start: 2 per LIMIT"),
        format!("pace notation, column 16: {WRITE}")
    );
    let other = told(check, "a: limit");
    assert!(other.ends_with("found `limit`"), "{other}");
}

/// A notation in pieces: text, and constants with their values.
type Pieces = Vec<Result<&'static str, (&'static str, u64)>>;

/// What a constant is written as.
fn constants() -> impl Strategy<Value = Result<&'static str, (&'static str, u64)>> {
    let written = prop::sample::select(vec![
        "{LIMIT}",
        "{ config.timeout() * 2 }",
        "{ f(\"}\") }",
        "{ f(\"{\\\"\", 'a') }",
        "{ r#\"}\"# }",
        "{ if x { '}' } else { '\\'' } }",
        "{ S::<'a>::LIMIT, }",
    ]);
    (written, any::<u64>()).prop_map(Err)
}

/// A duration, as one of the notation's or as a constant.
fn durations() -> impl Strategy<Value = Result<&'static str, (&'static str, u64)>> {
    prop_oneof![constants(), prop::sample::select(vec!["20ms", "1.5s", "0ns"]).prop_map(Ok),]
}

fn pieces(
    parts: impl IntoIterator<Item = &'static str> + Clone,
    durations: Vec<Result<&'static str, (&'static str, u64)>>,
) -> Pieces {
    let mut durations = durations.into_iter();
    let mut pieces = Pieces::new();
    for part in parts {
        pieces.push(Ok(part));
        pieces.extend(durations.next());
    }
    pieces
}

/// A law with durations at any places.
fn laws() -> impl Strategy<Value = Pieces> {
    let leaf = prop_oneof![
        durations().prop_map(|duration| vec![duration]),
        prop::sample::select(vec!["a", "attempt[1]", "\"GET /{id}\"", "sum(b)"])
            .prop_map(|name| vec![Ok(name)]),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let open = prop::sample::select(vec!["max(", "min(", "limit(2, ", "(0ms + ", "3 * ("]);
        (open, prop::collection::vec(inner, 1..4)).prop_map(|(open, terms)| {
            let separator = if open.starts_with(['(', '3']) { " + " } else { ", " };
            let mut pieces = vec![Ok(open)];
            for (index, term) in terms.into_iter().enumerate() {
                pieces.extend((index > 0).then_some(Ok(separator)));
                pieces.extend(term);
            }
            pieces.push(Ok(")"));
            pieces
        })
    })
}

/// The notation with its constants, their values, and the notation with the values.
fn texts(pieces: &Pieces) -> (String, Vec<Duration>, String) {
    let (mut notation, mut values, mut written) = (String::new(), Vec::new(), String::new());
    for piece in pieces {
        match *piece {
            Ok(text) => {
                notation.push_str(text);
                written.push_str(text);
            }
            Err((constant, nanos)) => {
                notation.push_str(constant);
                values.push(Duration::from_nanos(nanos));
                written.push_str(&format!("{nanos}ns"));
            }
        }
    }
    (notation, values, written)
}

proptest! {
    #[test]
    fn a_law_with_constants_is_the_law_with_their_values(law in laws()) {
        let (notation, values, written) = texts(&law);
        check_law(&notation);
        let expected: Law = written.parse()?;
        let law = law_literal(&notation, &values);
        prop_assert_eq!(law.to_string(), expected.to_string());
        prop_assert_eq!(law, expected);
    }

    #[test]
    fn a_scenario_with_constants_is_the_scenario_with_their_values(
        four in prop::collection::vec(durations(), 4),
    ) {
        let parts = ["seq(a: ", ", timeout(", ", \"{b}\": ", "), limit(1, c: ", ",))"];
        let (notation, values, written) = texts(&pieces(parts, four));
        check(&notation);
        prop_assert_eq!(literal(&notation, &values), written.parse::<Scenario>()?);
    }

    #[test]
    fn orders_with_constants_are_the_orders_with_their_values(
        two in prop::collection::vec(durations(), 2),
    ) {
        let parts = ["a[0].start + ", " <= \"{b}\".finish +", ""];
        let (notation, values, written) = texts(&pieces(parts, two));
        check_orders(&notation);
        prop_assert_eq!(order_literals(&notation, &values), [written.parse::<Order>()?]);
    }

    #[test]
    fn a_pace_with_constants_is_the_pace_with_their_values(
        three in prop::collection::vec(durations(), 3),
    ) {
        // Pauses have no order, so that any values make one.
        let parts = ["a.pause: ", ", 2 * ", ", ", ","];
        let (notation, values, written) = texts(&pieces(parts, three));
        check_pace(&notation);
        prop_assert_eq!(pace_literal(&notation, &values), written.parse::<Pace>()?);
    }
}
