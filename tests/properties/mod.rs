//! Properties of everything that the strategies generate.

mod notation;
mod reach;
mod scenarios;
mod shrinking;
mod sizes;
mod texts;
