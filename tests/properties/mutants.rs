//! What is said of a law's mutants is what the code does that is changed so.

use std::time::Duration;

use makespan::{Checker, Coverage, Error, Failure, Law, Mutant, delay};
use proptest::prelude::*;

use crate::large::one_in;
use crate::programs::{Program, programs};

/// Runs code that was changed so that it obeys a mutant, and holds it to the law that
/// was meant. What it does not wait for any more runs all the same.
fn changed(checker: &Checker, mutant: &Mutant, meant: &Law) -> Result<Coverage, Failure> {
    let program = Program::of(mutant.law());
    let left = program.names();
    let dropped: Vec<_> = meant.names().map(|name| name.as_str().to_owned()).collect();
    let dropped: Vec<_> = dropped.into_iter().filter(|name| !left.contains(name)).collect();
    let code = async || {
        for name in &dropped {
            tokio::spawn(delay(name.clone()));
        }
        program.future().await;
    };
    checker.verify(code, meant)
}

fn is_unknown_name(failure: &Failure) -> bool {
    failure.error().is_some_and(Error::is_unknown_name)
}

/// Latencies of which some are nothing, some tie, and some dwarf the rest.
fn latencies() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(prop::sample::select(vec![0, 0, 1, 1, 2, 5, 100, 400]), 12)
}

proptest! {
    #![proptest_config(one_in(8))]

    #[test]
    fn a_mutant_is_missed_exactly_where_the_changed_code_passes(
        program in programs(),
        millis in latencies(),
    ) {
        let law = program.law();
        // One set of latencies and no other, so that chance has no part in it.
        let each = millis.iter().enumerate();
        let checker = each.fold(Checker::new().cases(2).without_seeds(), |checker, (index, it)| {
            let latency = Duration::from_millis(*it);
            checker.latency(format!("s{index}"), latency..=latency)
        });
        let mutants = match checker.mutants(|| program.future(), &law) {
            Ok(mutants) => mutants,
            // What stands behind a wait that a timeout always cuts never runs.
            Err(failure) => {
                prop_assert!(is_unknown_name(&failure), "{failure}");
                return Ok(());
            }
        };
        for mutant in mutants.iter() {
            match changed(&checker, mutant, &law) {
                Ok(_) => prop_assert!(!mutant.is_caught(), "{law}: {mutant}"),
                Err(failure) => prop_assert!(
                    mutant.is_caught() || is_unknown_name(&failure),
                    "{law}: {mutant}\n{failure}"
                ),
            }
        }
    }

    #[test]
    fn what_catches_a_mutant_catches_the_changed_code(program in programs()) {
        let law = program.law();
        let checker = Checker::new().cases(64).without_seeds();
        let mutants = match checker.mutants(|| program.future(), &law) {
            Ok(mutants) => mutants,
            Err(failure) => {
                prop_assert!(is_unknown_name(&failure), "{failure}");
                return Ok(());
            }
        };
        for mutant in mutants.caught() {
            let witness = mutant.witness().expect("it is caught").iter().cloned();
            let pinned = Checker::new().cases(0).budget(0).without_seeds().case(witness);
            prop_assert!(changed(&pinned, mutant, &law).is_err(), "{law}: {mutant}");
        }
    }
}
