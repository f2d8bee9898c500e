//! What a picture says in words.

use std::fmt::Write as _;

use crate::picture::columns::{cut, width};
use crate::picture::lanes::{Close, Lane, Lanes};
use crate::picture::svg::busy::highest;
use crate::picture::svg::length::Length;
use crate::picture::svg::page::{Anchor, Face, Page};
use crate::time::Spelled;
use crate::trace::{CriticalLink, CriticalPath, End, Trace};

/// A picture's words that are about the whole of it.
pub(super) struct Words {
    /// `makespan 350ms`.
    pub(super) head: String,
    /// How many steps there are, and at most how many went on at once.
    pub(super) steps: String,
    /// The critical path, without its name.
    pub(super) path: String,
    /// What is not drawn, if anything is not.
    pub(super) hidden: Option<String>,
}

/// The baseline of the head, and from one line to the next.
const HEAD: Length = Length::px(40);
const LINE: Length = Length::px(19);

/// What a critical path is told behind.
const PATH: &str = "critical path  ";

/// So much of a name is told where there are other things to be told.
const NAME: usize = 40;

impl Words {
    /// In so many columns at most, each.
    pub(super) fn of(trace: &Trace, path: &CriticalPath, lanes: &Lanes, room: Length) -> Self {
        // All that were going on are counted already where some have no lane.
        let most = match highest(lanes) {
            0 => trace.max_concurrency(),
            highest => highest,
        };
        let drawn = lanes.lanes.len();
        let count = drawn + lanes.hidden;
        let steps = match (count, most) {
            (0, _) => "no steps".to_owned(),
            (1, _) => "1 step".to_owned(),
            // Only steps that take time go on at one.
            (_, 0) => format!("{count} steps"),
            _ => format!("{count} steps, at most {most} at once"),
        };
        let hidden = (lanes.hidden > 0)
            .then(|| format!("{drawn} of {count} steps are drawn, the critical ones first"));
        Self {
            head: format!("makespan {}", Spelled(lanes.makespan.since_start())),
            steps,
            path: told(path, Face::Body.columns(room) - PATH.len()),
            hidden,
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let path = format!("{PATH}{}", self.path);
        [self.steps.clone(), path].into_iter().chain(self.hidden.clone())
    }

    /// Where they end.
    pub(super) fn bottom(&self) -> Length {
        HEAD + LINE * self.lines().count() + Length::px(14)
    }

    pub(super) fn draw(&self, page: &mut Page, x: Length) {
        page.text(("head", Face::Head), (Anchor::Start, x, HEAD), &self.head);
        for (line, y) in self.lines().zip(1..) {
            page.text(("faint", Face::Body), (Anchor::Start, x, HEAD + LINE * y), &line);
        }
    }

    /// The same as sentences, for whom it is read out to.
    pub(super) fn sentences(&self) -> String {
        let mut text = format!("{}; {}", self.head, self.steps);
        write!(text, "; critical path: {}", self.path).expect("a string takes all of it");
        if let Some(hidden) = &self.hidden {
            write!(text, "; {hidden}").expect("a string takes all of it");
        }
        text
    }
}

/// The critical path, as much of its beginning as there is room for.
fn told(path: &CriticalPath, columns: usize) -> String {
    const JOINT: &str = " -> ";
    let mut links = path.links();
    let mut told = String::new();
    while let Some(it) = links.next() {
        let it = link(it);
        let joint = if told.is_empty() { "" } else { JOINT };
        let rest = links.len();
        let more = if rest > 0 { format!("{JOINT}{rest} more") } else { String::new() };
        if !told.is_empty() && width(&told) + JOINT.len() + width(&it) + more.len() > columns {
            write!(told, "{JOINT}{} more", rest + 1).expect("a string takes all of it");
            return told;
        }
        told.push_str(joint);
        told.push_str(&it);
    }
    if told.is_empty() { path.to_string() } else { told }
}

fn link(link: &CriticalLink) -> String {
    let took = Spelled(link.duration());
    let Some(step) = &link.step else { return format!("{took} of waiting") };
    let sign = if matches!(step.end, End::Cancelled(_)) { " (cut)" } else { "" };
    format!("{} {took}{sign}", cut(&step.name.to_string(), NAME))
}

/// How long a step took, as far as it is drawn.
pub(super) fn took(lane: &Lane) -> String {
    let span = lane.end.since_start().saturating_sub(lane.start.since_start());
    let more = if lane.close == Close::Open { "+" } else { "" };
    format!("{}{more}", Spelled(span))
}

/// All that there is to say of a step, a line each.
pub(super) fn of_step(lane: &Lane) -> String {
    let mut lines = vec![lane.label.clone()];
    let task = lane.ran_in.map(|task| task.to_string()).unwrap_or_default();
    lines.extend(lane.ran_in.map(|_| match lane.spawned {
        Some(spawned) => format!("in {task}, spawned {spawned}"),
        None => format!("in {task}"),
    }));
    lines.push(format!("starts {}", lane.start));
    let (end, took) = (lane.end, took(lane));
    lines.push(match lane.close {
        Close::Finished => format!("finishes {end}, after {took}"),
        Close::Tied => format!("finishes {end}, after {took}, and so do others"),
        Close::Cancelled => format!("cancelled {end}, after {took}"),
        Close::Open => format!("still going on at the end, {end}"),
    });
    lines.extend(lane.joined.map(|joined| format!("{task} joined {joined}")));
    lines.extend(lane.is_critical.then(|| "on the critical path".to_owned()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::told;
    use crate::name::StepName;
    use crate::time::VirtualTime;
    use crate::trace::{Event, EventKind, TaskId, Trace};

    #[test]
    fn as_much_of_a_critical_path_is_told_as_there_is_room_for() {
        let event = |at, kind| Event::new(VirtualTime::after_ticks(at), TaskId::ROOT, kind);
        let step = |(name, start, end): (&str, u64, u64)| {
            let name = StepName::new(name, None);
            [event(start, EventKind::Start(name.clone())), event(end, EventKind::Finish(name))]
        };
        let steps = [("a", 0, 1), ("b", 1, 3), ("c", 3, 6)].into_iter().flat_map(step);
        let path = Trace::from_events(steps, Duration::from_millis(6)).critical_path();
        assert_eq!(told(&path, 98), "a 1ms -> b 2ms -> c 3ms");
        // So many as `a 1ms -> b 2ms -> 1 more` has: what comes is not looked at.
        assert_eq!(told(&path, 24), "a 1ms -> b 2ms -> c 3ms");
        assert_eq!(told(&path, 23), "a 1ms -> 2 more");
        assert_eq!(told(&path, 0), "a 1ms -> 2 more");
    }
}
