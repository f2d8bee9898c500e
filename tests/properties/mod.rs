//! Properties of everything that the strategies generate.

mod any_code;
mod boundary;
mod cancellation;
mod edit;
mod laws;
mod logs;
mod metamorphic;
mod mutants;
mod notation;
mod one_run;
mod perfetto;
mod reach;
mod scenarios;
mod shrinking;
mod sizes;
#[cfg(feature = "serde")]
mod stored;
mod texts;
mod timing;
