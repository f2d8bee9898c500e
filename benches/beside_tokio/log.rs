//! The log that those beside which makespan is measured keep by hand: the same
//! fields as makespan's own, in as many bytes.

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) nanos: u64,
    pub(crate) task: u32,
    /// A step's number from 0, or a task's, as `kind` has it.
    pub(crate) subject: u32,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Spawn,
    Start,
    Finish,
    Join,
}

/// The task in which all begins.
pub(crate) const ROOT: u32 = 0;
