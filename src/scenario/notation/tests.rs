//! While it compiles a notation is refused for the reason that it would be at run time.

use std::panic::catch_unwind;

use crate::scenario::notation::{check, literal};
use crate::scenario::tree::Scenario;

#[test]
fn what_does_not_read_is_refused_while_compiling_as_it_is_at_run_time() {
    let table = [
        ("", 1),
        ("a", 2),
        ("a: 2", 4),
        ("seq(a: 2s", 10),
        ("seq(a: 2s) b", 12),
        ("seq(a: 2s b: 2s)", 11),
        ("timeout(a: 2s)", 9),
        ("timeout(1s, a: 2s, b: 2s)", 20),
        ("limit(a: 2s)", 7),
        ("limti(2)", 1),
    ];
    for (notation, column) in table {
        let refused = catch_unwind(|| check(notation)).unwrap_err();
        let refused = refused.downcast_ref::<String>().unwrap();
        let (place, problem) = refused.split_once(": ").unwrap();
        assert_eq!(place, format!("scenario notation, column {column}"), "{notation}");
        let error = notation.parse::<Scenario>().unwrap_err().to_string();
        let at_run_time = format!("scenario notation, line 1, column {column}: {problem}");
        assert!(error.starts_with(&at_run_time), "{notation}: {error}");
    }
}

#[test]
fn what_is_let_pass_reads_back_as_it_is_written() {
    for notation in [
        "a: 2s",
        "seq()",
        "limit(2)",
        "limit(2, a: 2s)",
        "timeout(500ms, spawn(a: 2s, tasks(b: 1ms), join(c: 1ns)))",
        "race(\"a b\": 1h, c: 0ms)",
    ] {
        check(notation);
        assert_eq!(literal(notation, &[]).to_string(), notation);
    }
    check("seq(a: 2s,)");
    assert_eq!(literal("seq(a: 2s,)", &[]).to_string(), "seq(a: 2s)");
}
