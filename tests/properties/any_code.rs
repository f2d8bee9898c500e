//! What holds of any code: laws that are right hold, laws that are wrong do not,
//! and a law that is found is right.

use makespan::{Checker, Error, Law, Runner};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::large::one_in;
use crate::programs::{Program, graphs, programs};

fn check(program: &Program, law: &Law) -> Result<makespan::Coverage, makespan::Failure> {
    // `PROPTEST_CASES` says how many programs, and not their square.
    Checker::new().cases(256).without_seeds().verify(|| program.future(), law)
}

/// What code is found to obey, if anything.
fn found(program: &Program) -> Result<Option<Law>, Error> {
    match makespan::infer(|| program.future()) {
        Ok(law) => Ok(Some(law.into_law())),
        Err(error) if error.is_lawless() => Ok(None),
        Err(error) => Err(error),
    }
}

proptest! {
    #![proptest_config(one_in(4))]

    #[test]
    fn the_law_of_a_program_holds(program in programs()) {
        match check(&program, &program.law()) {
            // What stands behind a wait that a timeout always cuts never runs.
            Err(failure) if failure.error().is_some_and(Error::is_unknown_name) => {}
            verdict => drop(verdict?),
        }
    }

    #[test]
    fn a_slip_of_the_pen_breaks_the_law(program in programs(), slip in any::<prop::sample::Index>()) {
        let slips = program.slips();
        if slips.is_empty() {
            return Ok(());
        }
        let (meant, written) = (program.law(), slip.get(&slips));
        if meant.equivalent(&written.law()) {
            return Ok(());
        }
        let failure = check(written, &meant).expect_err("the laws differ");
        let told = failure.to_string();
        let is_unknown = failure.error().is_some_and(Error::is_unknown_name);
        prop_assert!(told.starts_with("timing law broken") || is_unknown, "{told}");
    }

    #[test]
    fn a_law_that_is_found_is_the_law(program in programs()) {
        if let Some(law) = found(&program)? {
            prop_assert!(law.equivalent(&program.law()), "{law} for {}", program.law());
        }
    }

    #[test]
    fn the_law_of_a_graph_is_found(graph in graphs()) {
        let law = makespan::infer(async || graph.run().await)?;
        prop_assert!(law.equivalent(&graph.law()), "{law} for {}", graph.law());
    }

    #[test]
    fn two_runs_on_the_same_latencies_are_one(program in programs(), millis in 0..400_u64) {
        let latency = std::time::Duration::from_millis(millis);
        let runner = (0..12).fold(Runner::new(), |runner, index| {
            runner.latency(format!("s{index}"), latency * (index % 3))
        });
        let (one, two) = (runner.run(program.future())?, runner.run(program.future())?);
        prop_assert_eq!(one.trace(), two.trace());
    }
}

#[test]
fn of_most_programs_a_law_is_found() {
    const PROGRAMS: usize = 100;
    let mut runner = TestRunner::deterministic();
    let mut found_one = 0;
    for _ in 0..PROGRAMS {
        let program = programs().new_tree(&mut runner).expect("a program").current();
        found_one += usize::from(found(&program).expect("it runs").is_some());
    }
    assert!(found_one >= PROGRAMS - 2, "{found_one} of {PROGRAMS}");
}
