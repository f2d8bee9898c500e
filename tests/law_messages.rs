//! What is said of laws that do not read or do not evaluate, letter by letter.

use std::time::Duration;

use makespan::{Law, StepName, law};

#[test]
fn a_law_that_does_not_read_names_the_place() {
    let term = "expected a name, a duration such as `20ms`, or a function such as `max(..)`";
    let number = "a number is a count, as in `3 * a`, or has a unit, as in `3ms`";
    let unit = "a duration ends in one of the units ns, us, ms, s, min, h, d";
    let character = "no notation uses this character";
    let end = "expected `+` or the end: a notation holds one law";
    let inside = "expected `+`, `,` or `)`";
    let limit = "a limit begins with its permits: `limit(2, ..)`";
    let place = "a place is a whole number: `attempt[0]`";
    let none = "a function holds one law at least";
    let cases = [
        ("", 1, term),
        ("+ a", 1, term),
        ("a +", 4, term),
        ("a + + b", 5, term),
        ("a + )", 5, term),
        ("()", 2, term),
        ("(a", 3, "expected `+` or `)`"),
        ("(a, b)", 3, "expected `+` or `)`"),
        ("(a,)", 3, "expected `+` or `)`"),
        ("(a b)", 4, "expected `+` or `)`"),
        ("a b", 3, end),
        ("a, b", 2, end),
        ("a,, ", 2, end),
        (", ", 1, term),
        ("a)", 2, end),
        ("a \"b\"", 3, end),
        ("a 2s", 3, end),
        ("\"max\"(a)", 6, end),
        ("a: 2s", 2, "a name in a law has no duration; `scenario!` gives it one"),
        ("max(a b)", 7, inside),
        ("max(a", 6, inside),
        ("max(a]", 6, inside),
        ("max(,)", 5, term),
        ("max(a,, b)", 7, term),
        ("max()", 5, none),
        ("sum()", 5, none),
        ("min( )", 6, none),
        ("avg(a)", 1, "the functions are sum, max, min and limit"),
        ("seq(a)", 1, "the functions are sum, max, min and limit"),
        ("limit(a, b)", 7, limit),
        ("limit(2s, b)", 7, limit),
        ("limit()", 7, limit),
        ("limit(2)", 8, "expected `,` and what the limit is for"),
        ("limit(2 a)", 9, "expected `,` and what the limit is for"),
        ("limit(2,)", 9, none),
        ("limit(0, a)", 7, "under a limit of 0 nothing can start"),
        ("3", 1, number),
        ("a + 3", 5, number),
        ("3 a", 1, number),
        ("3 *", 4, term),
        ("2 * 3 * a", 5, "one count is the most: write `6 * a`, not `2 * 3 * a`"),
        ("a * 3", 3, "the count comes first: `3 * a`"),
        ("a * b", 3, "the count comes first: `3 * a`"),
        ("2s * a", 4, "the count comes first: `3 * a`"),
        ("1.5 * a", 4, unit),
        ("a[", 3, place),
        ("a[]", 3, place),
        ("a[b]", 3, place),
        ("a[1s]", 3, place),
        ("a[-1]", 3, character),
        ("a[0", 4, "expected `]`"),
        ("a[0)", 4, "expected `]`"),
        ("a[0][1]", 5, "only a name has places, such as `attempt[0]`"),
        ("5ms[0]", 4, "only a name has places, such as `attempt[0]`"),
        ("max(a, b)[0]", 10, "only a name has places, such as `attempt[0]`"),
        ("a - b", 3, character),
        ("-1ms", 1, character),
        ("a / 2", 3, character),
        ("1e3ms", 2, unit),
        ("0x10ms", 2, unit),
        ("5 ms", 1, number),
        ("1.5", 4, unit),
        ("0.5ns", 1, "nothing is shorter than 1ns"),
        ("caf\u{e9}", 4, "a name beyond ASCII letters is written in quotes"),
        ("a + \"b", 5, "this quote is never closed"),
    ];
    for (notation, column, problem) in cases {
        let error = notation.parse::<Law>().expect_err(notation);
        assert!(error.is_notation());
        let first = format!("law notation, line 1, column {column}: {problem}");
        let caret = format!("  {notation}\n  {:>column$}", "^");
        assert_eq!(error.to_string(), format!("{first}\n{caret}"), "{notation}");
    }
}

#[test]
fn a_comma_at_the_end_changes_nothing() {
    assert_eq!(law!(a + b,), law!(a + b));
    assert_eq!(law!(max(a, b,),).to_string(), "max(a, b)");
}

#[test]
fn the_line_is_named_too() {
    assert_eq!(
        "max(\n  a,\n  b c,\n)".parse::<Law>().expect_err("a `+` is missing").to_string(),
        "law notation, line 3, column 5: expected `+`, `,` or `)`\n    b c,\n      ^"
    );
}

#[test]
#[should_panic(expected = "law notation, column 12: the count comes first: `3 * a`")]
fn the_macro_s_check_stops_the_compilation_with_the_column() {
    // In a constant this panic is the compile error. Columns count characters.
    makespan::__private::check_law("\"caf\u{e9}\" + a * 3");
}

#[test]
#[should_panic(expected = "law notation, column 106: the count comes first: `3 * a`")]
fn the_macro_s_check_counts_beyond_a_hundred() {
    makespan::__private::check_law(&format!("{} + a * 3", "a".repeat(100)));
}

#[test]
fn brackets_have_a_depth_that_is_too_much() {
    let nested = |open: &str, depth| format!("{}a{}", open.repeat(depth), ")".repeat(depth));
    for open in ["(", "max(b, "] {
        assert!(nested(open, 256).parse::<Law>().is_ok());
        let error = nested(open, 257).parse::<Law>().expect_err("too deep").to_string();
        let first = error.lines().next().expect("a line");
        let column = 256 * open.len() + 1;
        assert_eq!(
            first,
            format!(
                "law notation, line 1, column {column}: \
                 nested too deeply: 256 brackets inside one another are the most"
            )
        );
    }
}

#[test]
fn an_evaluation_that_fails_says_what_to_write() {
    let tell = |law: Law, latency: fn(&StepName) -> Option<Duration>| {
        let error = law.evaluate(latency).expect_err("it fails");
        assert!(error.is_evaluation());
        error.to_string()
    };
    let several =
        |step: &StepName| step.index().map(|_| Duration::ZERO).filter(|_| step.index() < Some(2));
    assert_eq!(tell(law!(a[2]), several), "the law speaks of `a[2]`, which has no latency here");
    assert_eq!(tell(law!(b + a), |_| None), "the law speaks of `b`, which has no latency here");
    assert_eq!(
        tell(law!(b[0] + "GET /"), several),
        "the law speaks of `\"GET /\"`, and several steps have that name; write `sum(\"GET /\")`, \
         `max(\"GET /\")` or the like for all of them, `\"GET /\"[0]` for the first"
    );
    assert_eq!(
        tell(law!(sum(a)), |_| Some(Duration::ZERO)),
        "the law speaks of every `a`, and the latencies for `a[0]`, `a[1]` and so on do not end"
    );
    assert_eq!(
        tell(law!(2 * a), |_| Some(Duration::from_secs(u64::MAX / 1_000))),
        "`2 * a` is longer than a `Duration` holds"
    );
}
