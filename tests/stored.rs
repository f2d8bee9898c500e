//! What is stored by serde, and what is refused when it is read.

use std::fmt::Debug;
use std::time::Duration;

use makespan::{
    Event, Law, Name, Runner, Scenario, StepName, TaskId, Trace, VirtualTime, delay, law, scenario,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, from_str, from_value, json, to_string, to_value};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Why it is not read.
fn refused<T: DeserializeOwned + Debug>(stored: Value) -> String {
    from_value::<T>(stored).expect_err("it is refused").to_string()
}

#[test]
fn small_things_are_stored_as_what_they_are() {
    assert_eq!(to_string(&Name::from("GET /\n")).expect("json"), r#""GET /\n""#);
    let step = StepName::new("attempt", Some(1));
    assert_eq!(to_string(&step).expect("json"), r#"{"name":"attempt","place":1}"#);
    assert_eq!(to_string(&StepName::from("a")).expect("json"), r#"{"name":"a","place":null}"#);
    assert_eq!(to_string(&TaskId::new(7)).expect("json"), "7");
    assert_eq!(to_string(&VirtualTime::after(ms(2))).expect("json"), "2000000");
    let last = VirtualTime::after(Duration::MAX);
    assert_eq!(from_str::<VirtualTime>(&to_string(&last).expect("json")).expect("read"), last);
}

#[test]
fn scenarios_and_laws_are_stored_as_they_are_written() {
    let scenario = scenario!(seq(auth: 20ms, spawn("GET /": 50ms)));
    let stored = to_string(&scenario).expect("json");
    assert_eq!(stored, r#""seq(auth: 20ms, spawn(\"GET /\": 50ms))""#);
    let stored = to_string(&law!(auth + max(profile, orders))).expect("json");
    assert_eq!(stored, r#""auth + max(profile, orders)""#);
}

#[test]
fn a_text_that_is_none_is_refused_with_the_place() {
    assert_eq!(
        refused::<Scenario>(json!("seq(a 2s)")),
        "scenario notation, line 1, column 7: expected `:` after a step's name, found `2s`\n  \
         seq(a 2s)\n        ^"
    );
    assert!(refused::<Law>(json!("a +")).starts_with("law notation, line 1, column 4: "));
    assert_eq!(refused::<Law>(json!(3)), "invalid type: integer `3`, expected a string");
}

#[test]
fn a_trace_is_stored_as_told() {
    let trace = scenario!(spawn(a: 2s)).run().expect("it runs");
    let expected = json!({
        "version": 1,
        "makespan": 2_000_000_000_u64,
        "tolerance": 0,
        "latencies": [],
        "events": [
            { "time": 0, "task": 0, "kind": { "spawn": 1 } },
            { "time": 0, "task": 1, "kind": { "start": { "name": "a", "place": null } } },
            {
                "time": 2_000_000_000_u64,
                "task": 1,
                "kind": { "finish": { "name": "a", "place": null } },
            },
            { "time": 2_000_000_000_u64, "task": 0, "kind": { "join": 1 } },
        ],
    });
    assert_eq!(to_value(&trace).expect("json"), expected);
    assert_eq!(from_value::<Trace>(expected).expect("it is read"), trace);
    let event: Event = from_str(r#"{"time":5,"task":1,"kind":{"cancel":{"name":"a","place":0}}}"#)
        .expect("it is read");
    assert_eq!(event.to_string(), "+0.000005ms a[0] cancelled");
}

#[test]
fn what_a_step_would_have_taken_is_kept() {
    let runner = Runner::new().latency("a", ms(50)).latency("b", ms(10));
    let run = runner.run(async {
        let _ = tokio::time::timeout(ms(20), delay("a")).await;
        delay("b").await;
    });
    let run = run.expect("it runs");
    let read: Trace = from_str(&to_string(run.trace()).expect("json")).expect("it is read");
    assert_eq!(read.steps(), run.trace().steps());
    assert_eq!(read.steps()[0].latency, Some(ms(50)));
    // The law is evaluated on latencies: without them this could not be decided.
    law!(min(a, 20ms) + b).verify(&read).expect("as before");
}

#[test]
fn the_tolerance_of_a_wall_clock_is_kept() {
    let law = law!(a);
    let runner = Runner::wall(ms(60_000)).latency("a", ms(1));
    let trace = runner.run(async { delay("a").await }).expect("it runs").into_trace();
    let mut stored = to_value(&trace).expect("json");
    assert_eq!(stored["tolerance"], json!(60_000_000_000_u64));
    let read = |stored: &Value| from_value::<Trace>(stored.clone()).expect("it is read");
    law.verify(&read(&stored)).expect("it took a little more");
    // Without it, it took too long.
    stored["tolerance"] = json!(0);
    law.verify(&read(&stored)).expect_err("it took a little more");
}

fn with(field: &str, value: Value) -> Value {
    let trace = scenario!(seq(a: 1s, a: 2s)).predict().expect("it runs");
    let mut stored = to_value(&trace).expect("json");
    stored[field] = value;
    stored
}

#[test]
fn a_trace_that_is_none_is_refused() {
    let event =
        |place: Value| json!({"time":0,"task":0,"kind":{"start":{"name":"a","place":place}}});
    assert_eq!(
        refused::<Trace>(with("version", json!(2))),
        "version 2 of a trace, where version 1 is read"
    );
    assert_eq!(
        refused::<Trace>(with("events", json!([event(json!(3))]))),
        "event 0 of a trace, `+0ms a[3] starts`, should be `+0ms a starts`"
    );
    assert_eq!(
        refused::<Trace>(with("events", json!([event(json!(1)), event(json!(0))]))),
        "event 0 of a trace, `+0ms a[1] starts`, should be `+0ms a[0] starts`"
    );
    assert_eq!(
        refused::<Trace>(with("latencies", json!([1]))),
        "1 latencies of a trace in which 2 steps start"
    );
    assert_eq!(
        refused::<Trace>(with("makespan", json!(-1))),
        "invalid value: integer `-1`, expected u64"
    );
    let huge = r#"{"version":1,"makespan":99999999999999999999}"#;
    assert!(
        from_str::<Trace>(huge).expect_err("too large").to_string().starts_with("invalid type")
    );
    assert!(refused::<Trace>(with("more", json!(1))).starts_with("unknown field `more`"));
    let unknown = json!([{"time":0,"task":0,"kind":{"vanish":1}}]);
    assert!(refused::<Trace>(with("events", unknown)).starts_with("unknown variant `vanish`"));
    assert_eq!(refused::<Trace>(json!({"version": 1, "makespan": 1})), "missing field `tolerance`");
}

#[test]
fn a_law_that_was_inferred_is_stored_as_a_law() {
    let found = makespan::infer(|| delay("auth")).expect("a law");
    assert_eq!(to_string(&*found).expect("json"), r#""auth""#);
}
