//! What is said of laws that do not read or do not evaluate, letter by letter.

use std::time::Duration;

use makespan::{Law, StepName, law};

#[test]
fn a_law_that_does_not_read_names_the_place() {
    let term =
        "expected a name, a duration such as `20ms`, or a function such as `max(..)`, found $0";
    let nothing = "nothing follows the `+`: expected a name, a duration such as `20ms`, or a function such as `max(..)`";
    let missing = "a law is missing: expected a name, a duration such as `20ms`, or a function such as `max(..)`";
    let end = "expected `+` or the end, found $0: a notation holds one law";
    let inside = "expected `+`, `,` or `)`, found $0";
    let bracket = "expected `+` or `)`, found $0";
    let none = "a function holds one law at least";
    let limit = "a limit begins with its permits: `limit(2, ..)`";
    let permits = "expected `,` and what the limit is for, found $0";
    let place = "a place is a whole number, as in `attempt[0]`, found $0";
    let places = "only a name has places, such as `attempt[0]`";
    let unit = "`3` has no unit; write `3ms` for a duration, `3 * a` for a count";
    let negative = "nothing is negative here, and nothing is subtracted";
    let moment =
        "a law has durations, not moments such as `.start`; `assert_order!` compares those";
    let closed = "expected `]`, found $0";
    let micro = "`\u{b5}` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that \
                 begins with a digit is quoted: \"5\u{b5}\"";
    // What is found stands for `$0`.
    let cases = [
        ("", 1, missing, ""),
        ("+ a", 1, term, "`+`"),
        ("a +", 4, nothing, ""),
        ("a + + b", 5, term, "`+`"),
        ("a + )", 5, nothing, ""),
        ("()", 2, term, "`)`"),
        ("(a", 3, bracket, "the end"),
        ("(a, b)", 3, bracket, "`,`"),
        ("(a,)", 3, bracket, "`,`"),
        ("(a b)", 4, "expected `+`, found `b`; did you mean `a + b`?", ""),
        ("a b", 3, "expected `+`, found `b`; did you mean `a + b`?", ""),
        ("a, b", 2, end, "`,`"),
        ("a,, ", 2, end, "`,`"),
        (", ", 1, missing, ""),
        ("a)", 2, end, "`)`"),
        ("a \"b\"", 3, "expected `+`, found `\"b\"`; did you mean `a + \"b\"`?", ""),
        ("a 2s", 3, "expected `+`, found `2s`; did you mean `a + 2s`?", ""),
        ("\"max\"(a)", 6, end, "`(`"),
        ("a: 2s", 2, "a name in a law has no duration; `scenario!` gives it one", ""),
        ("max(a b)", 7, inside, "`b`; did you mean `a, b`?"),
        ("max(a", 6, inside, "the end"),
        ("max(a]", 6, inside, "`]`"),
        ("max(,)", 5, term, "`,`"),
        ("max(a,, b)", 7, term, "`,`"),
        ("max()", 5, none, ""),
        ("sum()", 5, none, ""),
        ("min( )", 6, none, ""),
        ("avg(a)", 1, "`avg` is not a function of laws, which are sum, max, min and limit", ""),
        ("seq(a)", 1, "`seq` is not a function of laws; did you mean `sum`?", ""),
        ("limit(a, b)", 7, limit, ""),
        ("limit(2s, b)", 7, limit, ""),
        ("limit()", 7, limit, ""),
        ("limit(2)", 8, permits, "`)`"),
        ("limit(2 a)", 9, permits, "`a`"),
        ("limit(2,)", 9, none, ""),
        ("limit(0, a)", 7, "under a limit of 0 nothing can start", ""),
        ("3", 1, unit, ""),
        ("a + 3", 5, unit, ""),
        ("3 a", 1, "a count has a `*` behind it: `3 * a`", ""),
        ("3 *", 4, term, "the end"),
        ("2 * 3 * a", 5, "one count is the most: write `6 * a`, not `2 * 3 * a`", ""),
        ("a * 3", 3, "the count comes first: `3 * a`", ""),
        ("a * b", 3, "the count comes first, a whole number: `3 * a`", ""),
        ("2s * a", 4, "the count comes first, a whole number: `3 * 2s`", ""),
        ("1.5 * a", 1, "a count is a whole number, and `1.5` is not", ""),
        ("a[", 3, place, "the end"),
        ("a[]", 3, place, "`]`"),
        ("a[b]", 3, place, "`b`"),
        ("a[1s]", 3, place, "`1s`"),
        ("a[-1]", 3, negative, ""),
        ("a[0", 4, closed, "the end"),
        ("a[0)", 4, closed, "`)`"),
        ("a[0][1]", 5, places, ""),
        ("5ms[0]", 4, places, ""),
        ("max(a, b)[0]", 10, places, ""),
        ("a - b", 3, "`-` is not part of a law, which adds and never subtracts", ""),
        ("-1ms", 1, negative, ""),
        ("a / 2", 3, "`/` is not part of a law; a count multiplies, as in `3 * a`", ""),
        (
            "1e3ms",
            2,
            "`e3ms` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that begins with a digit is quoted: \"1e3ms\"",
            "",
        ),
        (
            "0x10ms",
            2,
            "`x10ms` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that begins with a digit is quoted: \"0x10ms\"",
            "",
        ),
        ("5 ms", 1, "a unit follows its number without a blank: `5ms`", ""),
        ("1.5", 1, "`1.5` has no unit; write `1.5ms` or `1.5s`", ""),
        ("0.5ns", 1, "nothing is shorter than 1ns", ""),
        ("5\u{b5}", 2, micro, ""),
        // A character that begins as the micro sign does.
        ("0\u{a1}", 2, "a name beyond ASCII letters is written in quotes: \"0\u{a1}\"", ""),
        ("caf\u{e9}", 4, "a name beyond ASCII letters is written in quotes: \"café\"", ""),
        ("a + \"b", 5, "this quote is never closed", ""),
        ("http-get", 5, "`-` is not part of a name; quote it: \"http-get\"", ""),
        ("max(a, GET/x)", 11, "`/` is not part of a name; quote it: \"GET/x\"", ""),
        ("/orders + a", 1, "`/` is not part of a name; quote it: \"/orders\"", ""),
        ("what?", 5, "`?` is not part of a name; quote it: \"what?\"", ""),
        ("2-phase", 2, "`-` is not part of a name; quote it: \"2-phase\"", ""),
        ("a.b", 2, "`.` is not part of a name; quote it: \"a.b\"", ""),
        ("a::b", 2, "`::` is not part of a name; quote it: \"a::b\"", ""),
        ("a.b::c-d", 2, "`.` is not part of a name; quote it: \"a.b::c-d\"", ""),
        ("a.start", 2, moment, ""),
        ("a.", 2, moment, ""),
        ("a- b", 2, "`-` is not part of a law, which adds and never subtracts", ""),
        ("a -b", 3, "`-` is not part of a law, which adds and never subtracts", ""),
        ("a -1ms", 3, negative, ""),
        ("auth && b", 6, "`&&` is not part of a law; for both at once write `max(auth, b)`", ""),
        (
            "auth & \"b c\"",
            6,
            "`&` is not part of a law; for both at once write `max(auth, \"b c\")`",
            "",
        ),
        ("sum(a) && b", 8, "`&&` is not part of a law; for both at once write `max(.., ..)`", ""),
        (
            "auth || b",
            6,
            "`||` is not part of a law; for the first of two write `min(auth, b)`",
            "",
        ),
        ("a | (b)", 3, "`|` is not part of a law; for the first of two write `min(.., ..)`", ""),
        ("'auth'", 1, "names are quoted with `\"`: \"auth\"", ""),
        ("a + 'get it'", 5, "names are quoted with `\"`: \"get it\"", ""),
        ("'a", 1, "names are quoted with `\"`: \"a\"", ""),
        ("it's", 3, "`'` is not part of a name; quote it: \"it's\"", ""),
        ("a => b", 3, "one `=>` is the most: it is between the code and its law", ""),
        ("a == b", 3, end, "`==`"),
        ("a; b", 2, end, "`;`"),
        ("500", 1, "`500` has no unit; write `500ms` for a duration, `500 * a` for a count", ""),
        ("500 ms", 1, "a unit follows its number without a blank: `500ms`", ""),
        ("a + 1.5 s", 5, "a unit follows its number without a blank: `1.5s`", ""),
        ("5sec", 2, "`sec` is not a unit; write `5s`", ""),
        ("5S", 2, "`S` is not a unit; write `5s`", ""),
        ("5msec", 2, "`msec` is not a unit; write `5ms`", ""),
        ("5usecs", 2, "`usecs` is not a unit; write `5us`", ""),
        ("5nanos", 2, "`nanos` is not a unit; write `5ns`", ""),
        ("5m", 2, "`m` is not a unit; write `5ms` or `5min`", ""),
        ("1.5hours", 4, "`hours` is not a unit; write `1.5h`", ""),
        ("5days", 2, "`days` is not a unit; write `5d`", ""),
        ("Max(a, b)", 1, "`Max` is not a function of laws; did you mean `max`?", ""),
        ("MINIMUM(a, b)", 1, "`MINIMUM` is not a function of laws; did you mean `min`?", ""),
        ("Limit(2, a)", 1, "`Limit` is not a function of laws; did you mean `limit`?", ""),
        ("a + timeout(5s, b)", 5, "`timeout` is not a function of laws; did you mean `min`?", ""),
        ("a + auth()", 5, "a step is its name alone: `auth`", ""),
        ("max(a 5ms)", 7, inside, "`5ms`; did you mean `a, 5ms`?"),
        ("max(a[0] b)", 10, inside, "`b`; did you mean `a[0], b`?"),
        ("max(a sum(b))", 7, inside, "`sum`"),
    ];
    for (notation, column, problem, found) in cases {
        let problem = problem.replace("$0", found);
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
        "law notation, line 3, column 5: expected `+`, `,` or `)`, found `c`; did you mean \
         `b, c`?\n    b c,\n      ^"
    );
}

#[test]
#[should_panic(
    expected = "law notation, column 12: the count comes first: `3 * a`\n  \"caf\u{e9}\" + a * 3\n             ^"
)]
fn the_macro_s_check_stops_the_compilation_with_the_column() {
    // In a constant this panic is the compile error. Columns count characters.
    makespan::__private::check_law("\"caf\u{e9}\" + a * 3");
}

#[test]
#[should_panic(expected = "law notation, column 106: the count comes first: `3 * a`\n  \
                           aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + a * 3\n                                          ^")]
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
