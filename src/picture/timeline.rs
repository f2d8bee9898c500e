//! A trace as lanes of text.

use std::fmt;

use crate::picture::axis::Axis;
use crate::picture::columns::{cut, pad, width, wrap};
use crate::picture::lanes::{DRAWN, Lane, Lanes};
use crate::picture::look::{Ink, Look, Stream};
use crate::picture::rows::{WithBlanks, axis, in_flight, lane, legend};
use crate::time::VirtualTime;
use crate::trace::Trace;

/// A trace drawn as lanes of text: a lane for each step, task by task.
///
/// # Shape
///
/// `├──┤` is a step that finished, `├──×` one that was cancelled, `├──▸` one that
/// was still going on at the end, `│` one that took no time on this scale. Steps on
/// the [critical path](Trace::critical_path) are heavy: `┝━━┥`. One that finished at
/// the same instant as another ends in `╡`.
///
/// `╭` is where the task of a step was created, and `┄` behind it is time in which
/// the task waited for its turn or for a permit; `┄╯` behind a step is when its task
/// was joined. Only scenarios tell so; of any other code tasks are known by their
/// steps.
///
/// The axis has the times at which something happens, exactly and in readable
/// units, as far as there is room: the beginning and the end, then those of the
/// critical path, then the others. It is to scale, but where a gap in which nothing
/// happens is ten times as long as everything shorter together: there it is cut
/// short, and `╱╱` goes through all that is drawn.
///
/// Of more than 40 steps, 40 are drawn, those of the critical path before others;
/// a row tells how many were going on at once.
///
/// # Determinism
///
/// Equal traces have equal drawings, byte for byte, 80 columns wide and without
/// colours wherever they are shown, unless [`with_width`](Self::with_width) or
/// [`for_terminal`](Self::for_terminal) says otherwise.
///
/// # Examples
///
/// ```
/// let trace = makespan::scenario!(spawn(coro1: 2s, coro2: 1s)).run()?;
///
/// assert_eq!(
///     trace.timeline().with_width(52).to_string(),
///     "task 1 coro1 ╭━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥\n\
///      task 2 coro2 ╭──────────────────┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╯\n             \
///                   0ms                1s                2s\n             \
///                   ━ critical path   ╭ spawned   ╯ joined",
/// );
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    lanes: Lanes,
    look: Look,
}

impl Trace {
    /// Draws the trace as lanes of text, 80 columns wide.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        Timeline { lanes: Lanes::of(self, DRAWN), look: Look::PLAIN }
    }
}

impl Timeline {
    /// Sets how many columns a line may take, names included: up to 1,000, and as
    /// many as the names and a short lane need.
    #[must_use]
    pub fn with_width(mut self, columns: usize) -> Self {
        self.look.columns = columns.min(1_000);
        self
    }

    /// Draws it as the terminal behind standard output shows it best: as wide as that
    /// is, and in colours, unless the environment has `NO_COLOR`. Where standard output
    /// is no terminal, and without the `pictures` feature, nothing changes.
    #[must_use]
    pub fn for_terminal(mut self) -> Self {
        self.look = Look::of(Stream::Out);
        self
    }

    #[must_use]
    pub(crate) fn with_look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }
}

/// The names in front of lanes, all of the same width.
pub(super) struct Margin {
    labels: Vec<String>,
    pub(super) width: usize,
}

impl Margin {
    /// The tasks and names of lanes, each in so many columns at most.
    pub(super) fn of<'a>(lanes: impl Iterator<Item = &'a Lane>, most: usize) -> Self {
        let (mut tasks, mut names) = (Vec::new(), Vec::new());
        let mut above = None;
        for lane in lanes {
            let is_same = above == lane.task;
            tasks.push(lane.task.filter(|_| !is_same).map_or(String::new(), |it| it.to_string()));
            names.push(cut(&lane.label, most));
            above = lane.task;
        }
        let widest = |labels: &[String]| labels.iter().map(|it| width(it)).max().unwrap_or(0);
        let task_column = match widest(&tasks) {
            0 => 0,
            columns => columns + 1,
        };
        let name_column = widest(&names);
        let labels = tasks.iter().zip(&names);
        let labels = labels
            .map(|(task, name)| format!("{}{}", pad(task, task_column), pad(name, name_column)));
        Self { labels: labels.collect(), width: task_column + name_column }
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(String::as_str)
    }
}

/// How many columns a name may take.
const LABEL: usize = 40;

/// The least that shows a beginning, an end and something between.
pub(super) const SHORTEST: usize = 8;

/// The points in time that an axis is to tell, in the order of their weight.
pub(super) fn wanted(lanes: &Lanes) -> impl Iterator<Item = VirtualTime> + '_ {
    let critical = lanes.lanes.iter().filter(|lane| lane.is_critical);
    critical.chain(&lanes.lanes).flat_map(|lane| [lane.end, lane.start])
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lanes, look } = self;
        let busy = "in flight";
        let mut margin = Margin::of(lanes.lanes.iter(), LABEL);
        if lanes.hidden > 0 {
            margin.width = margin.width.max(busy.len());
        }
        let columns = look.columns.saturating_sub(margin.width + 1).max(SHORTEST);
        let scale = Axis::over(&lanes.instants());
        for (label, it) in margin.labels().zip(&lanes.lanes) {
            let row = lane(it, &scale, columns).painted(*look, WithBlanks::No);
            writeln!(f, "{} {row}", pad(label, margin.width))?;
        }
        let busiest = (lanes.hidden > 0).then(|| in_flight(lanes, &scale, columns));
        if let Some((row, _)) = &busiest {
            let row = row.painted(*look, WithBlanks::No);
            writeln!(f, "{}", format!("{} {row}", pad(busy, margin.width)).trim_end())?;
        }
        let indent = pad("", margin.width);
        let ticks = axis(&scale, lanes.makespan, wanted(lanes), columns);
        write!(f, "{indent} {}", ticks.painted(*look, WithBlanks::No))?;
        if let Some((_, most)) = busiest {
            let drawn = lanes.lanes.len();
            let all = drawn + lanes.hidden;
            let notes = [format!("{drawn} of {all} steps"), format!("at most {most} at once")];
            wrap(notes, columns).iter().try_for_each(|line| write!(f, "\n{indent} {line}"))?;
        }
        let legend = wrap(legend(lanes.lanes.iter(), &[&scale]), columns);
        let mut legend = legend.iter().map(|line| look.paint(Ink::Faint, line));
        legend.try_for_each(|line| write!(f, "\n{indent} {line}"))
    }
}
