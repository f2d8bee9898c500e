//! A crate below the root of its workspace: `file!()` is relative to that root.

#[cfg(test)]
mod pages;
