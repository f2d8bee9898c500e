//! The package needs a target; what it is for is its benchmark.
