//! The notation: what it reads, what it refuses, how it writes.

use std::time::Duration;

use makespan::{Scenario, scenario};

#[track_caller]
fn reads_back(scenario: &Scenario) {
    let text = scenario.to_string();
    assert_eq!(text.parse::<Scenario>().as_ref(), Ok(scenario), "{text}");
}

#[test]
fn the_macro_reads_every_form() {
    let written = scenario!(seq(
        a: 2s,
        spawn(b: 0.5ms, "two words": 1min),
        tasks(),
        join(c: 1h),
        race(d: 1d, e: 3ns,),
        timeout(1.25s, f: 7us),
        limit(2, g: 0s, h: 1_000ms),
        limit(1),
    ));
    assert_eq!(
        written.to_string(),
        "seq(a: 2s, spawn(b: 500us, \"two words\": 1min), tasks(), join(c: 1h), \
         race(d: 1d, e: 3ns), timeout(1250ms, f: 7us), limit(2, g: 0ms, h: 1s), limit(1))"
    );
    reads_back(&written);
}

#[test]
fn space_means_nothing() {
    let spaced = " seq ( a :\t1s ,\r\n b : 2s , ) ";
    assert_eq!(spaced.parse(), Ok(scenario!(seq(a: 1s, b: 2s))));
}

#[test]
fn durations_are_exact_in_every_unit() {
    let nanos = |text: &str| match format!("a: {text}").parse::<Scenario>() {
        Ok(scenario) => {
            let law = scenario.to_string();
            assert_eq!(law.parse(), Ok(scenario));
            law
        }
        Err(error) => panic!("{error}"),
    };
    assert_eq!(nanos("1ns"), "a: 1ns");
    assert_eq!(nanos("1.000001ms"), "a: 1000001ns");
    assert_eq!(nanos("0.1us"), "a: 100ns");
    assert_eq!(nanos("5µs"), "a: 5us");
    assert_eq!(nanos("5μs"), "a: 5us");
    assert_eq!(nanos("90s"), "a: 90s");
    assert_eq!(nanos("120s"), "a: 2min");
    assert_eq!(nanos("1.5h"), "a: 90min");
    assert_eq!(nanos("0.25d"), "a: 6h");
    assert_eq!(nanos("00.50s"), "a: 500ms");
    assert_eq!(nanos("18446744073709551615s"), "a: 18446744073709551615s");
}

#[test]
fn any_duration_reads_back() {
    for duration in [Duration::MAX, Duration::ZERO, Duration::new(1, 1), Duration::from_nanos(999)]
    {
        reads_back(&Scenario::step("a", duration));
    }
}

#[test]
fn any_name_reads_back() {
    let long = "x".repeat(10_000);
    let names = [
        "a",
        "_",
        "a1",
        "1a",
        "",
        " ",
        "seq",
        "max",
        "limit",
        "two words",
        "\"",
        "\\",
        "'",
        "\n",
        "\r\t\0",
        "\u{7f}",
        "\u{202e}evil",
        "zero\u{200b}width",
        "caf\u{e9}",
        "e\u{301}",
        "🦀",
        "<script>alert(1)</script>",
        "a: 2s), b",
        "{}",
        &long,
    ];
    for name in names {
        reads_back(&Scenario::step(name, Duration::from_millis(1)));
    }
}

#[test]
fn what_deceives_a_reader_is_escaped() {
    let shown = |name: &str| Scenario::step(name, Duration::from_millis(1)).to_string();
    assert_eq!(shown("a\u{202e}b"), "\"a\\u{202e}b\": 1ms");
    assert_eq!(shown("a\u{200b}b"), "\"a\\u{200b}b\": 1ms");
    // A blank of braille and a letter without a shape, which `escape_debug` leaves as they are.
    assert_eq!(shown("a\u{2800}b"), "\"a\\u{2800}b\": 1ms");
    assert_eq!(shown("a\u{3164}b"), "\"a\\u{3164}b\": 1ms");
    assert_eq!(shown("a\nb\u{1b}[31m"), "\"a\\nb\\u{1b}[31m\": 1ms");
    assert_eq!(shown("it's"), "\"it's\": 1ms");
}

#[test]
fn escapes_mean_what_they_mean_in_rust() {
    let named = Scenario::step("\" \\ ' \n \r \t \0 A \u{7f} \u{e9}", Duration::from_secs(1));
    assert_eq!(scenario!("\" \\ \' \n \r \t \0 \x41 \x7f \u{e9}": 1s), named);
}

#[test]
fn a_word_is_a_form_only_before_its_bracket() {
    assert_eq!(scenario!(seq(seq: 1s, limit: 2s)).to_string(), "seq(\"seq\": 1s, \"limit\": 2s)");
}

#[test]
fn equality_is_of_content() {
    let (a, b) = (scenario!(seq(a: 1s, b: 2s)), scenario!(seq(a: 1s, b: 2s)));
    assert_eq!(a, b);
    assert_eq!(a, a.clone());
    for other in [
        scenario!(seq(a: 1s, b: 1s)),
        scenario!(seq(a: 1s, c: 2s)),
        scenario!(seq(b: 2s, a: 1s)),
        scenario!(spawn(a: 1s, b: 2s)),
        scenario!(seq(a: 1s, b: 2s, c: 0s)),
        scenario!(seq(a: 1s, seq(b: 2s))),
        scenario!(a: 1s),
    ] {
        assert_ne!(a, other);
    }
    assert_ne!(scenario!(limit(1, a: 1s)), scenario!(limit(2, a: 1s)));
    assert_ne!(scenario!(timeout(1s, a: 1s)), scenario!(timeout(2s, a: 1s)));
}

#[test]
fn debug_prints_what_can_be_pasted() {
    assert_eq!(format!("{:?}", scenario!(seq(a: 1s))), "scenario!(seq(a: 1s))");
}
