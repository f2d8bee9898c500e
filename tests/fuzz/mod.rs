//! Whatever is read, compared or drawn: nothing panics, nothing hangs, and what is
//! written reads back.
//!
//! `cargo test` tries some dozens of cases of each property, `.ci/run fuzz` as many as fit
//! into an hour. It counts cases by counting tests, so every test here is a property that
//! takes all the cases it is given; but not those in `example`, which it skips.

mod comparison;
mod drawing;
mod event;
mod example;
mod grammar;
mod notation;
mod text;

use proptest::prelude::ProptestConfig;

/// As many cases as `PROPTEST_CASES` says, and fewer than usual where it says nothing.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { 64 };
    ProptestConfig { cases, ..usual }
}
