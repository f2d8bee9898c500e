//! What the types promise to those who use them.

use std::fmt::Debug;

use makespan::{
    Check, CriticalLink, CriticalPath, Error, Event, EventKind, Failure, Law, Mutant, Mutants,
    Mutation, Name, Order, Pace, Runner, Scenario, Step, StepName, TaskId, Timeline, Trace,
    Verified, Violation, VirtualTime,
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
