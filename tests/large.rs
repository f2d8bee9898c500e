//! How large the large inputs of tests are, and how many cases the dear properties try.

use proptest::prelude::ProptestConfig;

/// The environment variable that asks for the whole size.
const WHOLE: &str = "TESTS_LARGE";

/// The size, or a tenth of it in a build that is not optimised.
///
/// There a test of a million events takes half a minute of processor time, and holds no time
/// to a limit: what it says of the result, it says of a tenth as well. `.ci/run test` asks
/// for the whole, and so may everybody: `TESTS_LARGE=1 cargo test`.
pub(crate) fn large(size: u32) -> u32 {
    if is_whole() { size } else { size / 10 }
}

/// How many cases a property tries of which each case is dear: one of so many of the usual
/// number, and a quarter of those where `large` is a tenth. `PROPTEST_CASES` goes before both.
pub(crate) fn one_in(share: u32) -> ProptestConfig {
    let share = if is_whole() { share } else { 4 * share };
    ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(share))
}

fn is_whole() -> bool {
    !cfg!(debug_assertions) || std::env::var_os(WHOLE).is_some_and(|it| it == "1")
}
