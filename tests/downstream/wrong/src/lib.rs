//! A crate whose examples do not compile.
