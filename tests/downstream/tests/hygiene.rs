//! The macros where nothing has its usual meaning: no prelude, and names of the
//! caller's own for what they might rely on.

#![no_implicit_prelude]
#![allow(dead_code, unused_macros, reason = "what is here is not to be used")]

mod alloc {}
mod core {}
mod std {}

struct Box;
struct Duration;
struct Option;
struct Result;
struct String;
struct Vec;
#[allow(non_camel_case_types, reason = "as the primitive type")]
struct str;

macro_rules! env {
    () => {};
}
macro_rules! file {
    () => {};
}
macro_rules! law {
    () => {};
}
macro_rules! panic {
    () => {};
}
macro_rules! stringify {
    () => {};
}

async fn one_by_one() {
    ::makespan::delay("a").await;
    ::makespan::delay("b").await;
}

#[::core::prelude::v1::test]
fn macros_mean_the_same_whatever_the_caller_has_names_for() {
    // Nor do they bring in names of their own.
    const MAKESPAN: usize = 0;
    ::makespan::assert_law!(one_by_one() => a + b);
    let ms = ::core::time::Duration::from_millis;
    let runner = ::makespan::Runner::new().latency("a", ms(1)).latency("b", ms(2));
    let runs = [runner.run(one_by_one()).expect("it ends")];
    ::makespan::assert_law!(runs[MAKESPAN], a + b);
    ::makespan::assert_makespan!(runs[MAKESPAN], 3ms);
    ::makespan::assert_makespan!(runs[MAKESPAN], ms(3));
    ::makespan::assert_order!(runs[MAKESPAN], a.finish <= b.start);
    ::makespan::assert_log!(
        runs[MAKESPAN],
        "+0ms a starts",
        "+1ms a finishes",
        "+1ms b starts",
        "+3ms b finishes",
    );
    let checker = ::makespan::Checker::new();
    ::makespan::assert_law!(checker, one_by_one() => a + b + {ms(0)});
    ::makespan::assert_mutants_caught!(checker, one_by_one() => a + b);
    ::makespan::assert_law!(runs[MAKESPAN], a + b + { ms(0) });
    ::makespan::assert_pace!(runs[MAKESPAN], a.finish: {ms(1)});
    let law = ::makespan::law!(a + b);
    law.verify(runs[MAKESPAN].trace()).expect("it holds");
    let scenario = ::makespan::scenario!(seq(a: 1ms, b: 2ms));
    ::makespan::assert_makespan!(scenario.run().expect("it runs"), 3ms);
}
