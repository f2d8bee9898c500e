//! An order as a value.

use std::time::Duration;

use crate::name::StepName;

/// What is asserted of two moments of a run: `auth.finish <= profile.start`.
///
/// Times are compared: what happens at one instant is equal, however the log
/// orders it. The place in the log counts on request alone, with the words
/// `before` and `after`.
///
/// # Shape
///
/// ```text
/// order    := moment relation moment
/// moment   := name ['[' index ']'] '.' ('start' | 'finish') ['+' duration]
/// relation := '<' | '<=' | '==' | '!=' | '>=' | '>' | 'before' | 'after'
/// ```
///
/// A name that is no ASCII identifier is written in quotes; `attempt[0]` is the
/// first step of several that are called `attempt`. `start` is when a step is
/// polled first, `finish` when it is done: a step that was cut has none. To a
/// moment a duration may be added, but not where places in the log are compared.
///
/// An order displays as it is written and reads back equal. Two orders are equal
/// when they are written alike: `a.start < b.start` is not `b.start > a.start`.
///
/// # Examples
///
/// ```
/// use makespan::{Order, scenario};
///
/// let trace = scenario!(seq(auth: 20ms, spawn(profile: 5ms, orders: 5ms))).run()?;
/// "auth.finish <= profile.start".parse::<Order>()?.verify(&trace)?;
/// "auth.start + 20ms == orders.start".parse::<Order>()?.verify(&trace)?;
///
/// // Both start at +20ms; only the log tells which is first.
/// "profile.start == orders.start".parse::<Order>()?.verify(&trace)?;
/// "profile.start before orders.start".parse::<Order>()?.verify(&trace)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Order {
    pub(crate) left: Moment,
    pub(crate) relation: Relation,
    pub(crate) right: Moment,
}

/// A moment of a step, or some time behind it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    pub(crate) step: StepName,
    pub(crate) edge: Edge,
    pub(crate) later: Duration,
}

/// Which moment of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Edge {
    Start,
    Finish,
}

impl Edge {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Finish => "finish",
        }
    }
}

/// How two moments are compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    Greater,
    /// By the place in the log.
    Before,
    /// By the place in the log.
    After,
}

impl Relation {
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::AtLeast => ">=",
            Self::Greater => ">",
            Self::Before => "before",
            Self::After => "after",
        }
    }

    /// Whether places in the log are compared, and not times.
    pub(crate) const fn is_of_places(self) -> bool {
        matches!(self, Self::Before | Self::After)
    }

    pub(crate) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less | Self::Before => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::AtLeast => left >= right,
            Self::Greater | Self::After => left > right,
        }
    }
}
