//! The texts that people read, letter by letter.

use makespan::{Error, Scenario, Trace, scenario};

#[track_caller]
fn refusal(notation: &str) -> String {
    let error: Error = notation.parse::<Scenario>().expect_err("it does not read");
    assert!(error.is_notation());
    error.to_string()
}

#[test]
fn a_notation_that_does_not_read_names_the_place() {
    let step = "expected a step such as `name: 2s`, or a form such as `seq(..)`, found $0";
    let colon = "expected `:` after a step's name, found $0";
    let quoted = "expected `:` after a step's quoted name, found $0";
    let duration = "expected a duration with its unit, such as `2s` or `0.5ms`, found $0";
    let end = "expected the end, found $0: a notation holds one scenario";
    let inside = "expected `,` or `)`, found $0";
    let limit = "a limit begins with its permits: `limit(2, ..)`";
    let escapes = "the escapes are \\\" \\\\ \\' \\n \\r \\t \\0 \\x7f and \\u{..}";
    // What is found stands for `$0`.
    let cases = [
        ("", 1, step, "the end"),
        ("a", 2, colon, "the end"),
        ("\"a b\" 2s", 7, quoted, "`2s`"),
        ("a:", 3, duration, "the end"),
        ("a: 2", 4, "`2` has no unit; write `2ms` or `2s`", ""),
        ("a: 2 s", 4, "a unit follows its number without a blank: `2s`", ""),
        (
            "a: 2x",
            5,
            "`x` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that begins with a digit is quoted: \"2x\"",
            "",
        ),
        (
            "a: 1e3s",
            5,
            "`e3s` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that begins with a digit is quoted: \"1e3s\"",
            "",
        ),
        (
            "a: 0x10s",
            5,
            "`x10s` is not a unit, which is one of ns, us, ms, s, min, h, d; a name that begins with a digit is quoted: \"0x10s\"",
            "",
        ),
        ("a: 1.5", 4, "`1.5` has no unit; write `1.5ms` or `1.5s`", ""),
        ("a: 1.s", 4, "`1` has no unit; write `1ms` or `1s`", ""),
        ("a: 0.5ns", 4, "nothing is shorter than 1ns", ""),
        ("a: -1s", 4, "nothing is negative here, and nothing is subtracted", ""),
        ("a: 18446744073709551616s", 4, "this is longer than a `Duration` holds", ""),
        ("a: 1000000000000000000000000000000000s", 4, "this number has too many digits", ""),
        ("a: 1000000000000000000000000000000ns", 4, "this is longer than a `Duration` holds", ""),
        ("a: 1000000000000000000000000000001ns", 4, "this number has too many digits", ""),
        ("a: 0.0000000000000000000000000000001s", 4, "this number has too many digits", ""),
        ("a: 0.000000000000000000000000000001s", 4, "nothing is shorter than 1ns", ""),
        ("a: 2s b: 1s", 7, end, "`b`"),
        ("a: 2s)", 6, end, "`)`"),
        ("seq(a: 2s", 10, inside, "the end"),
        ("seq(a: 2s b: 2s)", 11, inside, "`b`"),
        ("seq(, a: 2s)", 5, step, "`,`"),
        ("seq(a: 2s,, b: 2s)", 11, step, "`,`"),
        (
            "all(a: 2s)",
            1,
            "`all` is not a form, which is one of seq, spawn, tasks, join, race, timeout and limit",
            "",
        ),
        ("\"seq\"(a: 2s)", 6, quoted, "`(`"),
        ("timeout(a: 2s)", 9, "a timeout begins with its duration: `timeout(500ms, ..)`", ""),
        ("timeout(1s)", 11, "expected `,` and what the timeout is for, found `)`", ""),
        ("timeout(1s,)", 12, step, "`)`"),
        (
            "timeout(1s, a: 1s, b: 1s)",
            20,
            "a timeout holds one scenario; `seq(..)` or `join(..)` makes one of several",
            "",
        ),
        ("limit(a: 1s)", 7, limit, ""),
        ("limit(2s, a: 1s)", 7, limit, ""),
        ("limit(2 a: 1s)", 9, inside, "`a`"),
        ("caf\u{e9}: 1s", 4, "a name beyond ASCII letters is written in quotes: \"café\"", ""),
        ("\"a: 1s", 1, "this quote is never closed", ""),
        ("\"\\q\": 1s", 2, escapes, ""),
        ("\"\\xff\": 1s", 2, escapes, ""),
        ("\"\\u{d800}\": 1s", 2, escapes, ""),
        ("\"\\u41}\": 1s", 2, escapes, ""),
        ("\"\\u{}\": 1s", 2, escapes, ""),
        ("\"\\u{41\": 1s", 2, escapes, ""),
        ("\"\\u{1234567}\": 1s", 2, escapes, ""),
        ("http-get: 1s", 5, "`-` is not part of a name; quote it: \"http-get\"", ""),
        ("http.get: 1s", 5, "`.` is not part of a name; quote it: \"http.get\"", ""),
        ("http::get: 1s", 5, "`::` is not part of a name; quote it: \"http::get\"", ""),
        ("a:: 1s", 2, duration, "`::`"),
        ("a. : 1s", 2, colon, "`.`"),
        ("'a': 1s", 1, "names are quoted with `\"`: \"a\"", ""),
        // At run time it is a name that means nothing here.
        ("a: LIMIT", 4, duration, "`LIMIT`"),
        ("timeout(500, a: 1s)", 9, "`500` has no unit; write `500ms` or `500s`", ""),
    ];
    for (notation, column, problem, found) in cases {
        let problem = problem.replace("$0", found);
        let first = format!("scenario notation, line 1, column {column}: {problem}");
        let caret = format!("  {notation}\n  {:>column$}", "^");
        assert_eq!(refusal(notation), format!("{first}\n{caret}"), "{notation}");
    }
}

#[test]
fn a_long_notation_shows_the_line_around_the_place() {
    let long = format!("seq({} b 2s)", "a: 1s, ".repeat(100));
    assert_eq!(
        refusal(&long),
        "scenario notation, line 1, column 708: expected `:` after a step's name, found `2s`\n  \
           , a: 1s, a: 1s, a: 1s, a: 1s, a: 1s,  b 2s)\n                                          \
           ^"
    );
    assert_eq!(
        refusal("seq(\n\ta: 1s,\n\tb 2s,\n)"),
        "scenario notation, line 3, column 4: expected `:` after a step's name, found `2s`\n   b 2s,\n     ^"
    );
}

// Found by `properties::texts::any_text_is_read_or_refused_with_the_place`, shrunk to
// this; its seed is in proptest-regressions/. The property took a character for a
// column, and the caret stood where it should.
#[test]
fn the_caret_stands_behind_wide_characters() {
    assert_eq!(
        refusal("\"㆐𬺰\""),
        "scenario notation, line 1, column 5: expected `:` after a step's quoted name, found the end\n  \
           \"㆐𬺰\"\n        ^"
    );
}

#[test]
fn what_deceives_a_reader_is_not_shown() {
    assert_eq!(
        refusal("seq(\"a\u{202e}b\": 1s x)"),
        "scenario notation, line 1, column 15: expected `,` or `)`, found `x`\n  \
           seq(\"a\u{fffd}b\": 1s x)\n                ^"
    );
}

#[test]
#[should_panic(
    expected = "scenario notation, column 8: expected `:` after a step's quoted name, found `2s`\n  \
                \"caf\u{e9}\" 2s\n         ^"
)]
fn the_macro_s_check_stops_the_compilation_with_the_column() {
    // In a constant this panic is the compile error. Columns count characters.
    makespan::__private::check("\"caf\u{e9}\" 2s");
}

#[test]
#[should_panic(expected = "scenario, at race: an empty race, which nobody can win")]
fn a_law_of_what_cannot_run_panics_with_the_error() {
    let _ = scenario!(race()).law();
}

/// The text of what fails if `actual` was run in the place of `meant`.
#[track_caller]
fn failure(meant: &Scenario, actual: Trace) -> String {
    let failure = meant.verify_trace(actual).expect_err("it is broken");
    assert_eq!(format!("{failure:?}"), failure.to_string());
    failure.to_string()
}

#[test]
fn a_broken_scenario_shows_both_logs_and_what_to_paste() {
    let meant = scenario!(spawn(a: 2ms, b: 1ms));
    assert_eq!(
        failure(&meant, scenario!(seq(a: 2ms, b: 1ms)).run().expect("it runs")),
        "\
scenario broken: spawned max, law, log
  spawned max: spawn(a: 2ms, b: 1ms) should take max(2, 1) = 2ms, but took 3ms
  law: max(a, b) is 2ms, but the run took 3ms
  log: event 1 should be `+0ms task 1 spawned`, but is `+0ms a starts`

    expected             actual
  > +0ms task 1 spawned  +0ms a starts
    +0ms task 2 spawned  +2ms a finishes
    +0ms a starts        +2ms b starts
    +0ms b starts        +3ms b finishes
    +1ms b finishes
    +2ms a finishes
    +2ms task 1 joined
    +2ms task 2 joined
    +2ms done            +3ms done

       expected                             actual
    a  ╭━━━━━━━━━━━━━━━━━━━━━━┥             ┝━━━━━━━━━━━━━━━━━━━━━━┥
  > b  ╭──────────┤┄┄┄┄┄┄┄┄┄┄┄╯                                    ┝━━━━━━━━━━┥
       0ms        1ms         2ms           0ms                    2ms      3ms

       > differs first, at +0ms   ━ critical path   ╭ spawned   ╯ joined

  scenario!(spawn(a: 2ms, b: 1ms))"
    );
}

#[test]
fn long_logs_are_shown_around_the_first_event_that_differs() {
    let row = |last: &str| -> Scenario {
        let steps: Vec<_> = (0..30).map(|number| format!("s{number}: 1ms")).collect();
        format!("seq({}, \"名前\": {last}, t: 1ms)", steps.join(", ")).parse().expect("it reads")
    };
    let text = failure(&row("1ms"), row("2ms").run().expect("it runs"));
    let (_, logs) = text.split_once("\n\n").expect("a gap before the logs");
    let (logs, rest) = logs.split_once("\n\n").expect("a gap behind the logs");
    let (_, paste) = rest.rsplit_once("\n\n").expect("a gap behind the timelines");
    assert_eq!(
        logs,
        "    expected               actual
    (53 equal before)
    +27ms s26 finishes     +27ms s26 finishes
    +27ms s27 starts       +27ms s27 starts
    +28ms s27 finishes     +28ms s27 finishes
    +28ms s28 starts       +28ms s28 starts
    +29ms s28 finishes     +29ms s28 finishes
    +29ms s29 starts       +29ms s29 starts
    +30ms s29 finishes     +30ms s29 finishes
    +30ms \"名前\" starts    +30ms \"名前\" starts
  > +31ms \"名前\" finishes  +32ms \"名前\" finishes
    +31ms t starts         +32ms t starts
    +32ms t finishes       +33ms t finishes
    +32ms done             +33ms done"
    );
    assert_eq!(paste, format!("  {:?}", row("1ms")));
}

#[test]
fn a_log_that_ends_early_shows_what_is_missing() {
    let steps: Vec<_> = (0..20).map(|number| format!("s{number}: 1ms")).collect();
    let meant: Scenario = format!("seq({})", steps.join(", ")).parse().expect("it reads");
    let text = failure(&meant, scenario!(seq(s0: 1ms)).run().expect("it runs"));
    let logs = text.split("\n\n").nth(1).expect("the logs");
    assert_eq!(
        logs,
        "    expected          actual
    +0ms s0 starts    +0ms s0 starts
    +1ms s0 finishes  +1ms s0 finishes
  > +1ms s1 starts
    +2ms s1 finishes
    +2ms s2 starts
    +3ms s2 finishes
    +3ms s3 starts
    +4ms s3 finishes
    +4ms s4 starts
    +5ms s4 finishes
    +5ms s5 starts
    +6ms s5 finishes
    +6ms s6 starts
    +7ms s6 finishes
    (26 more behind)"
    );
}

#[test]
fn a_law_that_fills_pages_is_cut_in_the_middle() {
    let wide = |last: u32| -> Scenario {
        let steps: Vec<_> = (0..1_000).map(|number| format!("s{number}: 1ms")).collect();
        format!("spawn({}, last: {last}ms)", steps.join(", ")).parse().expect("it reads")
    };
    let text = failure(&wide(1), wide(2).run().expect("it runs"));
    let law = text.lines().nth(2).expect("a line about the law");
    assert_eq!(
        law,
        "  law: max(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, \
         s17, s18, s19, .. s985, s986, s987, s988, s989, s990, s991, s992, s993, s994, s995, \
         s996, s997, s998, s999, last) is 1ms, but the run took 2ms"
    );
}

#[test]
fn timelines_are_drawn_to_scale() {
    let trace = scenario!(seq(race(a: 2ms, b: 8ms), spawn(c: 6ms, d: 0ms))).run();
    assert_eq!(
        trace.expect("it runs").timeline().with_width(26).to_string(),
        "task 0 a ┝━━━┥\n       \
                b ├───×\n\
         task 1 c     ╭━━━━━━━━━━━┥\n\
         task 2 d     │┄┄┄┄┄┄┄┄┄┄┄╯\n         \
                  0ms 2ms       8ms\n         \
                  ━ critical path\n         \
                  × cancelled\n         \
                  ╭ spawned\n         \
                  ╯ joined"
    );
    let open = scenario!(race(spawn(a: 4ms), b: 2ms)).run().expect("it runs");
    assert_eq!(
        open.timeline().with_width(18).to_string(),
        "task 0 b ┝━━━━━━━┥\n\
         task 1 a ╭───────▸\n         \
                  0ms   2ms\n         \
                  ━ critical path\n         \
                  ▸ unfinished\n         \
                  ╭ spawned"
    );
    let empty = scenario!(seq()).run().expect("it runs");
    assert_eq!(empty.timeline().with_width(10).to_string(), " 0ms");
}
