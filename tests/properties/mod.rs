//! Properties of everything that the strategies generate.

mod laws;
mod notation;
mod one_run;
mod reach;
mod scenarios;
mod shrinking;
mod sizes;
mod texts;
