//! How large the large inputs of tests are.

/// The environment variable that asks for the whole size.
const WHOLE: &str = "TESTS_LARGE";

/// The size, or a tenth of it in a build that is not optimised.
///
/// There a test of a million events takes half a minute of processor time, and holds no time
/// to a limit: what it says of the result, it says of a tenth as well. `.ci/run test` asks
/// for the whole, and so may everybody: `TESTS_LARGE=1 cargo test`.
pub(crate) fn large(size: u32) -> u32 {
    let is_whole = !cfg!(debug_assertions) || std::env::var_os(WHOLE).is_some_and(|it| it == "1");
    if is_whole { size } else { size / 10 }
}
