//! What the types promise to those who use them.

use std::error::Error as _;
use std::fmt::{Debug, Display};
use std::time::Duration;

use makespan::{
    Check, CriticalLink, CriticalPath, Error, Event, EventKind, Failure, Law, Mutant, Mutants,
    Mutation, Name, Order, Pace, Runner, Scenario, Step, StepName, TaskId, Timed, Timeline, Trace,
    Verified, Violation, VirtualTime, delay, infer, law, scenario,
};

#[test]
fn every_type_is_plain_data_that_can_be_sent_kept_and_printed() {
    fn holds<T: Clone + Debug + Send + Sync + Unpin + 'static>() {}
    holds::<Check>();
    holds::<CriticalLink>();
    holds::<CriticalPath>();
    holds::<Error>();
    holds::<Event>();
    holds::<EventKind>();
    holds::<Failure>();
    holds::<Law>();
    holds::<Mutant>();
    holds::<Mutants>();
    holds::<Mutation>();
    holds::<Name>();
    holds::<Order>();
    holds::<Pace>();
    holds::<Runner>();
    holds::<Scenario>();
    holds::<Step>();
    holds::<StepName>();
    holds::<TaskId>();
    holds::<Timeline>();
    holds::<Trace>();
    holds::<Verified>();
    holds::<Violation>();
    holds::<VirtualTime>();
}

#[test]
fn errors_are_errors() {
    fn holds<T: std::error::Error>() {}
    holds::<Error>();
    holds::<Failure>();
}

#[test]
fn errors_are_small_in_a_result() {
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Failure>>(), size_of::<usize>());
}

#[test]
fn what_a_reader_knows_by_its_text_is_debugged_by_it() {
    #[track_caller]
    fn holds(it: impl Debug + Display, text: &str) {
        assert_eq!((format!("{it:?}"), it.to_string()), (text.to_owned(), text.to_owned()));
    }
    holds(Name::from("auth"), "auth");
    holds(Name::from("GET /"), "\"GET /\"");
    holds(StepName::new("attempt", Some(1)), "attempt[1]");
    holds(VirtualTime::after(Duration::from_micros(1_500)), "+1.5ms");
    holds(TaskId::new(2), "task 2");
    let refused = "max()".parse::<Law>().expect_err("it does not read");
    holds(
        refused,
        "law notation, line 1, column 5: a function holds one law at least\n  max()\n      ^",
    );
}

#[test]
fn a_trace_is_debugged_with_its_tasks_and_its_end() {
    let trace = scenario!(spawn(a: 1ms)).predict().expect("it is predicted");
    assert_eq!(
        format!("{trace:?}"),
        "+0ms task 1 spawned\n+0ms a starts\n+1ms a finishes\n+1ms task 1 joined\n+1ms done",
    );
}

#[test]
fn futures_are_debugged_by_the_step_that_they_will_be() {
    assert_eq!(format!("{:?}", delay("auth")), "Delay { name: auth, .. }");
    let timed = std::future::ready(()).timed("get");
    assert_eq!(format!("{timed:?}"), "TimedFuture { name: get, .. }");
}

#[test]
fn a_name_is_text_to_those_who_ask_for_text() {
    assert_eq!(AsRef::<str>::as_ref(&Name::from("GET /")), "GET /");
}

#[test]
fn a_borrowed_string_is_a_name_wherever_a_name_is_asked_for() {
    let name = String::from("job");
    let runner = Runner::new().latency(&name, Duration::from_millis(20));
    let run = runner.run(async {
        delay(&name).await;
        std::future::ready(()).timed(&name).await;
    });
    let run = run.expect("it ends");
    assert_eq!(
        run.trace().steps().iter().filter(|step| *step.name.name() == "job".into()).count(),
        2
    );
    assert_eq!(run.makespan(), Duration::from_millis(20));
    assert_eq!(Name::from(&name), Name::from("job"));
    assert_eq!(Name::from(&Name::from("job")), Name::from("job"));
    // As a `&str` it may have a place.
    assert_eq!(StepName::from(&String::from("job[1]")), StepName::new("job", Some(1)));
}

#[test]
fn only_a_trace_of_nothing_is_empty() {
    let step = scenario!(seq(a: 1ms)).predict().expect("it is predicted");
    assert_eq!((step.is_empty(), step.len()), (false, 2));
    let nothing = scenario!(seq()).predict().expect("it is predicted");
    assert_eq!((nothing.is_empty(), nothing.len()), (true, 0));
}

#[test]
fn what_is_inferred_is_a_law_and_says_how_it_was_found() {
    let inferred = infer(async || delay("a").await).expect("a law");
    assert_eq!(inferred, law!(a));
    assert_ne!(inferred, law!(a + 1ms));
    assert!(inferred.runs() >= 100, "{}", inferred.runs());
    assert!(inferred.longest() >= Duration::from_secs(3_600), "{:?}", inferred.longest());
    let told = format!(
        "a (confirmed on {} runs, latencies from 0ms to {}ms)",
        inferred.runs(),
        inferred.longest().as_millis(),
    );
    assert_eq!(format!("{inferred:?}"), told);
    assert_eq!(format!("{inferred:#}"), told);
}

#[test]
fn a_failure_has_the_error_that_it_is_because_of_for_its_source() {
    let broken = scenario!(limit(0, a: 1ms)).verify().expect_err("it cannot run");
    let source = broken.source().expect("an error");
    assert_eq!(source.to_string(), broken.error().expect("an error").to_string());
}
