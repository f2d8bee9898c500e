//! What is stored is read back as it was, and anything else is refused.

use std::fmt::Debug;
use std::time::Duration;

use makespan::{Law, Runner, Scenario, Trace, strategy};
use proptest::prelude::*;
use serde_json::{Value, from_str, from_value, to_string, to_value};

use crate::programs::programs;
use crate::properties::logs::logs;

fn same(trace: &Trace) -> Result<(), TestCaseError> {
    let stored = to_string(trace)?;
    let read: Trace = from_str(&stored)?;
    prop_assert_eq!(&read, trace);
    // Equal traces may differ in what is no part of the log.
    prop_assert_eq!(read.steps(), trace.steps());
    prop_assert_eq!(to_string(&read)?, stored);
    Ok(())
}

/// Changes one thing in what was stored, wherever it is.
fn spoil(value: &mut Value, place: &mut usize, with: &Value) {
    if *place == 0 {
        *value = with.clone();
    }
    *place = place.wrapping_sub(1);
    match value {
        Value::Array(values) => values.iter_mut().for_each(|it| spoil(it, place, with)),
        Value::Object(fields) => fields.values_mut().for_each(|it| spoil(it, place, with)),
        _ => {}
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..4_u64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ab]".prop_map(Value::from),
        "(start|finish|cancel|spawn|join)".prop_map(|word| serde_json::json!({ word: 1 })),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
    ]
}

/// What was stored and then spoiled is refused, or is a value like any other.
fn reads_or_refuses<T>(stored: Value, is_sound: impl Fn(&T) -> bool) -> Result<(), TestCaseError>
where
    T: serde::de::DeserializeOwned + Debug,
{
    if let Ok(read) = from_value::<T>(stored) {
        prop_assert!(is_sound(&read), "{:?}", read);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_scenario_is_read_back(scenario in strategy::scenarios()) {
        let stored = to_string(&scenario)?;
        prop_assert_eq!(from_str::<Scenario>(&stored)?, scenario.clone());
        prop_assert_eq!(from_str::<String>(&stored)?, scenario.to_string());
    }

    #[test]
    fn a_law_is_read_back(scenario in strategy::scenarios(), program in programs()) {
        for law in [scenario.law(), program.law()] {
            let read: Law = from_str(&to_string(&law)?)?;
            prop_assert_eq!(&read, &law);
            prop_assert_eq!(read.to_string(), law.to_string());
        }
    }

    #[test]
    fn a_trace_is_read_back(scenario in strategy::scenarios()) { same(&scenario.predict()?)?; }

    #[test]
    fn a_trace_of_any_code_is_read_back(program in programs(), millis in 0..400_u64) {
        let runner = (0..12).fold(Runner::new(), |runner, index| {
            runner.latency(format!("s{index}"), Duration::from_millis(millis * (index % 3)))
        });
        same(runner.run(program.future())?.trace())?;
    }

    #[test]
    fn any_log_is_read_back(trace in logs()) { same(&trace)?; }

    #[test]
    fn a_trace_that_was_spoiled_is_a_trace_or_refused(
        trace in logs(),
        place in any::<prop::sample::Index>(),
        with in values(),
    ) {
        let mut stored = to_value(&trace)?;
        spoil(&mut stored, &mut place.index(12 * (trace.len() + 1)), &with);
        reads_or_refuses(stored, |read: &Trace| same(read).is_ok() && read.timeline().to_string() != "")?;
    }

    #[test]
    fn any_text_is_a_scenario_or_refused(text: String) {
        reads_or_refuses(Value::from(text.clone()), |read: &Scenario| text.parse().as_ref() == Ok(read))?;
        reads_or_refuses(Value::from(text.clone()), |read: &Law| text.parse().as_ref() == Ok(read))?;
    }
}
