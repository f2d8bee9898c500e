//! All orders of events: their numbers, and that each run is in one of them, which predicts it.

mod brute_force;
mod counts;
mod faults;
mod programs;
mod reports;
