//! The signs of a drawing whose meaning is not seen at once.

use crate::picture::axis::Axis;
use crate::picture::lanes::{Close, Lane};

/// A sign that a legend explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Critical,
    Tied,
    Cancelled,
    Open,
    Spawned,
    Joined,
    Break,
}

impl Sign {
    /// The signs that these lanes and axes have, in the order of a legend.
    pub(super) fn of<'a>(
        lanes: impl Iterator<Item = &'a Lane> + Clone,
        axes: &[&Axis],
    ) -> impl Iterator<Item = Self> {
        let any = |is: &dyn Fn(&Lane) -> bool| lanes.clone().any(is);
        let some_critical = any(&|it| it.is_critical) && any(&|it| !it.is_critical);
        let signs = [
            (some_critical, Self::Critical),
            (any(&|it| it.close == Close::Tied), Self::Tied),
            (any(&|it| it.close == Close::Cancelled), Self::Cancelled),
            (any(&|it| it.close == Close::Open), Self::Open),
            (any(&|it| it.spawned.is_some()), Self::Spawned),
            (any(&|it| it.joined.is_some_and(|joined| joined > it.end)), Self::Joined),
            (axes.iter().any(|axis| axis.breaks().next().is_some()), Self::Break),
        ];
        signs.into_iter().filter(|(is_there, _)| *is_there).map(|(_, sign)| sign)
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Critical => "critical path",
            Self::Tied => "finished at the same time",
            Self::Cancelled => "cancelled",
            Self::Open => "unfinished",
            Self::Spawned => "spawned",
            Self::Joined => "joined",
            Self::Break => "not to scale",
        }
    }
}
