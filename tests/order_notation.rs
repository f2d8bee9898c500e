//! The notation of orders: what it reads, what it refuses and how it is written.

use makespan::{Name, Order};
use proptest::prelude::*;

fn order(text: &str) -> Order {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_form_reads_and_displays_as_it_is_written() {
    for text in [
        "a.start < b.start",
        "auth.finish <= profile.start",
        "a.start == b.finish",
        "a.start != b.finish",
        "attempt[0].finish >= attempt[12].start",
        "a.finish > b.start",
        "a.finish before b.start",
        "a.finish after b.start",
        "a.finish + 100ms <= b.start",
        "b.start == a.finish + 500us",
        "a.start + 1s < a.finish + 1500ms",
        "\"GET /orders\".start < \"max\".finish",
        "\"a\\n\\\"b\\\"\"[3].start < c.start",
        "start.start < finish.finish",
        "before.start before after.start",
    ] {
        assert_eq!(order(text).to_string(), text);
        assert_eq!(format!("{:?}", order(text)), text);
    }
}

#[test]
fn blanks_and_units_change_nothing() {
    for (text, shown) in [
        ("a . start<b . finish", "a.start < b.finish"),
        ("a[ 0 ].start\n\t<=\nb.start", "a[0].start <= b.start"),
        ("a.start + 0ms < b.start", "a.start < b.start"),
        ("a.start + 0.5s < b.start + 1_000ms", "a.start + 500ms < b.start + 1s"),
        ("\"a\".start < b.start", "a.start < b.start"),
    ] {
        assert_eq!(order(text).to_string(), shown);
        assert_eq!(order(text), order(shown));
    }
    assert_ne!(order("a.start < b.start"), order("b.start > a.start"));
}

#[test]
fn an_order_that_does_not_read_names_the_place() {
    let moment = "expected a moment such as `auth.start` or `auth.finish`, found $0";
    let edge = "expected `.start` or `.finish`, found $0";
    let word = "expected `start` or `finish`, found $0";
    let relation = "expected `<`, `<=`, `==`, `!=`, `>=`, `>`, `before` or `after`, found $0";
    let time = "expected a duration with its unit, such as `100ms`, found $0";
    let end = "expected the end, found $0: a notation holds one order";
    let places = "`before` and `after` compare places in the log, to which no time is added";
    let place = "a place is a whole number, as in `attempt[0]`, found $0";
    let closed = "expected `]`, found $0";
    // What is found stands for `$0`.
    let cases = [
        ("", 1, moment, "the end"),
        ("100ms < a.start", 1, moment, "`100ms`"),
        ("< b.start", 1, moment, "`<`"),
        ("a", 2, edge, "the end"),
        ("a < b", 3, edge, "`<`"),
        ("a[0] < b.start", 6, edge, "`<`"),
        ("a.", 3, word, "the end"),
        ("a.end < b.start", 3, word, "`end`"),
        ("a.starts < b.start", 3, word, "`starts`"),
        ("a.\"start\" < b.start", 3, word, "`\"start\"`"),
        ("a.start", 8, relation, "the end"),
        ("a.start b.start", 9, relation, "`b`"),
        ("a.start , b.start", 9, relation, "`,`"),
        ("a.start until b.start", 9, relation, "`until`"),
        ("a.start ! b.start", 9, relation, "`!`"),
        ("a.start = b.start", 9, "times are compared with `==`", ""),
        ("a.start < = b.start", 11, moment, "`=`"),
        ("a.start === b.start", 11, moment, "`=`"),
        ("a.start <", 10, moment, "the end"),
        ("a.start < b", 12, edge, "the end"),
        ("a.start + b.start < c.start", 11, time, "`b`"),
        ("a.start + 100 < c.start", 11, "`100` has no unit; write `100ms` or `100s`", ""),
        ("a.start + < c.start", 11, time, "`<`"),
        (
            "a.start + 1x < c.start",
            12,
            "`x` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that begins with a digit is quoted: \"1x\"",
            "",
        ),
        ("a.start + 1ms + 1ms < c.start", 15, relation, "`+`"),
        ("a.start - 1ms < c.start", 9, relation, "`-`"),
        ("a.start < b.start + 1ms + 1ms", 25, end, "`+`"),
        ("a.start < b.start < c.start", 19, end, "`<`"),
        ("a.start < b.start, c.start < d.start", 18, end, "`,`"),
        ("a.start < b.start,", 18, end, "`,`"),
        ("a[b].start < c.start", 3, place, "`b`"),
        ("a[].start < c.start", 3, place, "`]`"),
        ("a[1ms].start < c.start", 3, place, "`1ms`"),
        ("a[0.start < c.start", 4, closed, "`.`"),
        ("a[0 .start < c.start", 5, closed, "`.`"),
        ("a.start + 1ms before b.start", 15, places, ""),
        ("a.start after b.start + 1ms", 9, places, ""),
        (
            "caf\u{e9}.start < b.start",
            4,
            "a name beyond ASCII letters is written in quotes: \"café\"",
            "",
        ),
        ("\"a.start < b.start", 1, "this quote is never closed", ""),
        ("http-get.start < b.start", 5, "`-` is not part of a name; quote it: \"http-get\"", ""),
        ("a.b.finish < b.start", 2, "`.` is not part of a name; quote it: \"a.b\"", ""),
        ("a::b.start < b.start", 2, "`::` is not part of a name; quote it: \"a::b\"", ""),
        ("a.b-c.start < b.start", 4, "`-` is not part of a name; quote it: \"a.b-c\"", ""),
        ("a.start < b.start.finish", 18, end, "`.`"),
        ("a.start + 5 ms < b.start", 11, "a unit follows its number without a blank: `5ms`", ""),
        ("a.start + LIMIT < b.start", 11, time, "`LIMIT`"),
    ];
    for (notation, column, problem, found) in cases {
        let problem = problem.replace("$0", found);
        let error = notation.parse::<Order>().expect_err(notation);
        assert!(error.is_notation());
        let first = format!("order notation, line 1, column {column}: {problem}");
        let caret = format!("  {notation}\n  {:>column$}", "^");
        assert_eq!(error.to_string(), format!("{first}\n{caret}"), "{notation}");
    }
}

#[test]
#[should_panic(expected = "order notation, column 33: times are compared with `==`\n  \
                           \"caf\u{e9}\".start < b.start, a.start = b.start,\n                                  ^")]
fn the_macro_s_check_stops_the_compilation_with_the_column() {
    // In a constant this panic is the compile error. Columns count characters.
    makespan::__private::check_orders("\"caf\u{e9}\".start < b.start, a.start = b.start,");
}

#[test]
fn a_list_of_the_macro_may_end_in_a_comma() {
    let list = makespan::__private::order_literals("a.start < b.start, b.start < c.start,", &[]);
    assert_eq!(list, [order("a.start < b.start"), order("b.start < c.start")]);
    makespan::__private::check_orders("a.start < b.start, b.start < c.start,");
}

#[test]
#[should_panic(
    expected = "duration notation, column 1: `350` has no unit; write `350ms` or `350s`\n  350\n  ^"
)]
fn a_makespan_without_a_unit_stops_the_compilation() {
    makespan::__private::duration("350");
}

#[test]
#[should_panic(
    expected = "duration notation, column 5: `m` is not a unit; write `0.35ms` or `0.35min`\n  0.35m\n      ^"
)]
fn a_makespan_in_a_unit_that_there_is_not_stops_the_compilation() {
    makespan::__private::duration("0.35m");
}

/// A moment as it is written.
fn moments() -> impl Strategy<Value = String> {
    let place = proptest::option::of(any::<u32>());
    let later = proptest::option::of(1_u64..);
    (any::<String>(), place, any::<bool>(), later).prop_map(|(name, place, is_start, later)| {
        let place = place.map(|place| format!("[{place}]")).unwrap_or_default();
        let later = later.map(|later| format!(" + {later}ns")).unwrap_or_default();
        let word = if is_start { "start" } else { "finish" };
        format!("{}{place}.{word}{later}", Name::from(name))
    })
}

proptest! {
    #[test]
    fn any_order_reads_back(
        left in moments(),
        right in moments(),
        relation in proptest::sample::select(vec!["<", "<=", "==", "!=", ">=", ">"]),
    ) {
        let order: Order = format!("{left} {relation} {right}").parse()?;
        let shown = order.to_string();
        prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
        prop_assert_eq!(shown.parse::<Order>()?, order);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ab.\\[\\]0-9 <=!>+ms\"é\\\\]{0,30}|\\PC{0,30}") {
        match text.parse::<Order>() {
            Ok(order) => prop_assert_eq!(order.to_string().parse::<Order>()?, order),
            Err(error) => prop_assert!(error.is_notation()),
        }
    }
}
