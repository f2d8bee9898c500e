//! A crate whose tests are in `tests`.
