//! The notation of paces: what it reads, what it refuses and how it is written.

use makespan::Pace;

fn pace(text: &str) -> Pace {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_form_reads_and_displays_as_it_is_written() {
    for text in [
        "attempt.start: 0ms",
        "attempt.start: 0ms, 110ms, 320ms",
        "attempt.finish: 5 * 10ms, 1s",
        "attempt.pause: 400ms, 2 * 100ms, 200ms",
        "call.start: 2 per 100ms",
        "call.finish: 1 per 1min",
        "\"GET /orders\".start: 3 per 1s",
        "\"max\".pause: 1ns",
        "start.start: 1ms",
        "per.finish: 2 per 1ms",
    ] {
        assert_eq!(pace(text).to_string(), text);
        assert_eq!(format!("{:?}", pace(text)), text);
    }
}

#[test]
fn blanks_and_units_change_nothing() {
    for (text, shown) in [
        ("a . start:0ms,1000ms", "a.start: 0ms, 1s"),
        ("a.start\n:\t0ms ,0.5s,", "a.start: 0ms, 500ms"),
        ("a.start: 1 * 1_000ms", "a.start: 1s"),
        ("\"a\".start: 2per 100ms", ""),
        ("a.start: 2 per 0.1s", "a.start: 2 per 100ms"),
    ] {
        if shown.is_empty() {
            // A unit stands right behind its number.
            assert!(text.parse::<Pace>().is_err());
            continue;
        }
        assert_eq!(pace(text).to_string(), shown);
        assert_eq!(pace(text), pace(shown));
    }
    assert_ne!(pace("a.start: 2 * 0ms"), pace("a.start: 0ms"));
    assert_ne!(pace("a.start: 0ms"), pace("a.finish: 0ms"));
}

#[test]
fn a_pace_that_does_not_read_names_the_place() {
    let head = "expected the steps and what of them, such as `attempt.start:`, found $0";
    let dot = "expected `.start`, `.finish` or `.pause`, found $0";
    let series = "expected `start`, `finish` or `pause`, found $0";
    let piece = "expected a time such as `100ms`, or a rate such as `2 per 100ms`, found $0";
    let end = "expected `,` or the end, found $0";
    let unit = "expected a unit, `* 100ms` or `per 100ms`, found $0";
    let backwards = "time goes backwards here";
    // What is found stands for `$0`.
    let cases = [
        ("", 1, head, "the end"),
        ("5ms", 1, head, "`5ms`"),
        ("a", 2, dot, "the end"),
        ("a: 5ms", 2, dot, "`:`"),
        ("a[0].start: 5ms", 2, "a pace is of every step of a name; an order is of one", ""),
        ("a.stop: 5ms", 3, series, "`stop`"),
        ("a.: 5ms", 3, series, "`:`"),
        ("a.start 5ms", 9, "expected `:`, found `5ms`", ""),
        ("a.start:", 9, piece, "the end"),
        ("a.start: ,", 10, piece, "`,`"),
        ("a.start: b", 10, piece, "`b`"),
        ("a.start: 0ms,, 1ms", 14, piece, "`,`"),
        ("a.start: 0ms 1ms", 14, end, "`1ms`"),
        ("a.start: 5", 11, unit, "the end"),
        ("a.start: 5, 6", 11, unit, "`,`"),
        ("a.start: 0 * 5ms", 10, "expected 1 at least, found `0`", ""),
        ("a.start: 0 per 5ms", 10, "expected 1 at least, found `0`", ""),
        ("a.start: 2 * 5", 14, "`5` has no unit; write `5ms` or `5s`", ""),
        ("a.start: 2 per second", 16, "expected a duration such as `100ms`, found `second`", ""),
        ("a.start: 2 per 0ms", 16, "nothing comes within a span of no length", ""),
        (
            "a.start: 2 per 1s, 3 per 1min",
            18,
            "expected the end, found `,`: a rate stands alone",
            "",
        ),
        ("a.start: 0ms, 2 per 1s", 15, "a rate stands alone", ""),
        ("a.pause: 2 per 1s", 10, "a rate counts starts or finishes; pauses are listed", ""),
        ("a.start: 20ms, 10ms", 16, backwards, ""),
        ("a.finish: 20ms, 3 * 10ms", 21, backwards, ""),
        ("http-get.start: 5ms", 5, "`-` is not part of a name; quote it: \"http-get\"", ""),
        ("a.b.pause: 5ms", 2, "`.` is not part of a name; quote it: \"a.b\"", ""),
        ("a::b.start: 5ms", 2, "`::` is not part of a name; quote it: \"a::b\"", ""),
        ("a.start: 5 ms", 10, "a unit follows its number without a blank: `5ms`", ""),
        ("a.start: 2 per 5 ms", 16, "a unit follows its number without a blank: `5ms`", ""),
        ("a.start: LIMIT", 10, piece, "`LIMIT`"),
    ];
    for (text, column, problem, found) in cases {
        let problem = problem.replace("$0", found);
        let error = text.parse::<Pace>().expect_err(text);
        assert!(error.is_notation());
        let expected = format!("pace notation, line 1, column {column}: {problem}\n");
        assert!(error.to_string().starts_with(&expected), "{text}: {error}");
    }
    // Pauses have no order.
    pace("a.pause: 20ms, 10ms");
}
