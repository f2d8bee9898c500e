//! Metamorphic laws: what becomes of a run when the program is changed in a way whose
//! effect is known beforehand. Nobody has to know what the run itself should be.

pub(crate) mod edited;
mod programs;
mod rule;
mod scenarios;
mod times;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{TestCaseError, TestRunner};

/// The cases that a property refuses, of so many that are the same every time.
pub(crate) fn refused<S: Strategy>(
    strategy: &S,
    cases: usize,
    mut property: impl FnMut(S::Value) -> Result<(), TestCaseError>,
) -> usize {
    let mut runner = TestRunner::deterministic();
    let cases = (0..cases).map(|_| strategy.new_tree(&mut runner).expect("a case").current());
    cases.filter_map(|case| property(case).err()).count()
}
