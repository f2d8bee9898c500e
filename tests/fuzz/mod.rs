//! Whatever is read, compared or drawn: nothing panics, nothing hangs, and what is
//! written reads back.
//!
//! `cargo test` tries a few hundred cases of each property, `.ci/run fuzz` as many as fit
//! into an hour. It counts cases by counting tests, so every test here is a property that
//! takes all the cases it is given; but not those in `example`, which it skips.

mod comparison;
mod drawing;
mod event;
mod example;
mod grammar;
mod notation;
mod text;
