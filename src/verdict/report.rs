//! How a claim that a run broke is told.

use std::fmt;

use crate::error::Error;
use crate::law::{Law, Planned};
use crate::name::StepName;
use crate::picture::columns::{indent, pad, width};
use crate::picture::{Comparison, DRAWN, Ink, Lanes, Look, Marks};
use crate::text::shorten;
use crate::time::Readable;
use crate::trace::{Event, EventKind, TaskId, Trace};
use crate::verdict::one_run::Observed;

/// A claim that a run broke: what was claimed, what was seen, and the run.
///
/// ```text
/// timing law broken
///   law       auth + max(profile, orders)
///   expected  +1ms
///   actual    +2ms     critical path: profile 1ms -> orders 1ms
///
///             expected            actual
///     profile ├────────┤          ┝━━━━━━━━┥
///   > orders  ├────────┤                   ┝━━━━━━━━┥
/// ```
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Report {
    headline: String,
    /// What stands between the headline and the timeline, blank lines included.
    lines: Vec<Line>,
    trace: Option<Trace>,
    /// A run that is not drawn here, since the error draws it.
    undrawn: Option<Trace>,
    /// What the law says should have happened, drawn beside what did, and what of that
    /// is told to differ.
    plan: Option<(Lanes, Marks)>,
    /// The same as a trace, for the files that a failure leaves behind.
    planned: Option<Trace>,
    law: Option<Law>,
    error: Option<Error>,
    /// What stands behind the timeline.
    end: Option<String>,
}

/// A line of a report: what is in front of it, and what it says.
#[derive(Clone, PartialEq, Eq)]
struct Line {
    front: String,
    text: String,
}

impl Report {
    pub(crate) fn new(headline: impl Into<String>, trace: &Trace) -> Self {
        Self { trace: Some(trace.clone()), ..Self::without_trace(headline) }
    }

    /// A claim on a run that did not end.
    pub(crate) fn of_error(headline: impl Into<String>, error: Error) -> Self {
        Self { error: Some(error), ..Self::without_trace(headline) }
    }

    /// Adds the run that the error is about, for the files that a failure leaves behind.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub(crate) fn of_run(mut self, trace: Option<Trace>) -> Self {
        self.undrawn = trace;
        self
    }

    /// A claim that no single run decides.
    pub(crate) fn without_trace(headline: impl Into<String>) -> Self {
        let headline = headline.into();
        let lines = Vec::new();
        Self {
            headline,
            lines,
            trace: None,
            undrawn: None,
            plan: None,
            planned: None,
            law: None,
            error: None,
            end: None,
        }
    }

    /// Adds the law that is broken; where it can be told what it says should have
    /// happened, that is drawn beside what did.
    #[must_use]
    pub(crate) fn with_law(mut self, law: &Law, observed: &Observed<'_>) -> Self {
        // Attempts and the pauses between them are added in whatever order.
        let marks = if law.has_one_schedule() { Marks::Part } else { Marks::None };
        let planned = observed.schedule(law);
        self.planned = planned.as_deref().map(trace_of);
        self.plan = planned.map(|planned| {
            let ends = planned.iter().map(|it| it.end).max();
            (Lanes::of_plan(&planned, ends.unwrap_or_default(), DRAWN), marks)
        });
        self.law = Some(law.clone());
        self
    }

    /// Adds why nothing could decide the claim.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub(crate) fn with_error(mut self, error: Error) -> Self {
        self.error = Some(error);
        self
    }

    /// Adds a line behind the timeline, if there is one.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub(crate) fn with_end(mut self, end: Option<String>) -> Self {
        self.end = end;
        self
    }

    /// Adds lines as they are.
    #[must_use]
    pub(crate) fn with_text(mut self, text: &str) -> Self {
        let lines = text.lines().map(str::to_owned);
        self.lines.extend(lines.map(|text| Line { front: String::new(), text }));
        self
    }

    /// Adds rows of a label and a text, the texts below one another; every line
    /// is indented by so many columns.
    #[must_use]
    pub(crate) fn with_rows<L: AsRef<str>>(
        mut self,
        indent: usize,
        rows: impl IntoIterator<Item = (L, String)>,
    ) -> Self {
        /// Behind a label that is longer than that, no other text is aligned.
        const WIDEST: usize = 60;
        let rows: Vec<_> = rows.into_iter().map(|(l, text)| (shorten(l.as_ref()), text)).collect();
        let widths = rows.iter().map(|(label, _)| width(label)).filter(|it| *it <= WIDEST);
        let widest = widths.max().unwrap_or(0);
        for (label, text) in rows {
            let front = format!("{}{}  ", pad("", indent), pad(&label, widest));
            self.lines.push(Line { front, text });
        }
        self
    }

    pub(crate) fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref().or(self.undrawn.as_ref())
    }

    /// What the law says should have happened, if a law is broken.
    pub(crate) fn planned(&self) -> Option<&Trace> {
        self.planned.as_ref()
    }

    pub(crate) fn law(&self) -> Option<&Law> {
        self.law.as_ref()
    }

    pub(crate) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, look: Look) -> fmt::Result {
        write!(f, "{}", look.paint(Ink::Wrong, &self.headline))?;
        for Line { front, text } in &self.lines {
            let ink = match front.trim() {
                "expected" => Ink::Right,
                "actual" => Ink::Wrong,
                _ => Ink::Plain,
            };
            write!(f, "\n{front}{}", look.paint(ink, text))?;
        }
        for note in self.trace.iter().flat_map(Trace::notes) {
            write!(f, "\n  note  {note}")?;
        }
        if let Some(error) = &self.error {
            write!(f, "\n{}", indent(&error.to_string(), 2))?;
        }
        match &self.trace {
            Some(trace) if trace.started().next().is_none() => {
                f.write_str("\n\n  no step started")?;
            }
            Some(trace) => {
                write!(f, "\n{}", drawn(look, |look| self.drawing(trace, look)))?;
            }
            None => {}
        }
        self.end.as_ref().map_or(Ok(()), |end| write!(f, "\n\n{end}"))
    }

    fn drawing(&self, trace: &Trace, look: Look) -> String {
        match &self.plan {
            None => trace.timeline().with_look(look).to_string(),
            Some((expected, marks)) => {
                let actual = &Lanes::of(trace, DRAWN);
                Comparison { expected, actual, marks: *marks, look }.to_string()
            }
        }
    }
}

/// What a law says should have happened, as a run in which it did.
fn trace_of(planned: &[Planned]) -> Trace {
    let mut events = Vec::with_capacity(2 * planned.len());
    for it in planned {
        let step = it.step.clone().unwrap_or_else(|| StepName::new(it.label.as_str(), None));
        let end = if it.is_cut { EventKind::Cancel } else { EventKind::Finish };
        for (time, kind) in [(it.start, EventKind::Start(step.clone())), (it.end, end(step))] {
            events.push(Event { time, task: TaskId::ROOT, kind });
        }
    }
    // A start comes before the end of its own step, also where that takes no time.
    events.sort_by_key(|event| event.time);
    let end = planned.iter().map(|it| it.end).max().unwrap_or_default();
    Trace::from_events(events, end.since_start())
}

/// A drawing as it stands in a failure: indented, and narrower by as much.
pub(super) fn drawn(look: Look, drawing: impl FnOnce(Look) -> String) -> String {
    const INDENT: usize = 2;
    indent(&drawing(look.with_columns(look.columns - INDENT)), INDENT)
}

/// What the run took, and what that was made of.
pub(crate) fn actual(trace: &Trace) -> String {
    let (took, path) = (Readable(trace.makespan()), trace.critical_path());
    if path.is_empty() {
        return format!("+{took}");
    }
    format!("+{took}     critical path: {}", shorten(path))
}

#[cfg(all(test, feature = "pictures"))]
mod tests {
    use crate::picture::Look;

    #[test]
    fn what_is_right_is_green_and_what_is_wrong_is_red() {
        let trace = crate::scenario!(seq(a: 2ms, b: 1ms)).predict().expect("it is predicted");
        let claim = crate::law!(max(a, b));
        let failure = claim.verify(&trace).expect_err("3 ms are no 2 ms");
        let coloured = failure.told(Look { has_colour: true, ..Look::PLAIN }).to_string();
        let lines: Vec<_> = coloured.lines().take(4).collect();
        let [headline, law, expected, actual] = lines[..] else { unreachable!() };
        let (red, green, end) = ("\u{1b}[1m\u{1b}[31m", "\u{1b}[32m", "\u{1b}[0m");
        assert_eq!(headline, format!("{red}timing law broken{end}"));
        assert_eq!(law, "  law       max(a, b)");
        assert_eq!(expected, format!("  expected  {green}+2ms{end}"));
        let critical = "critical path: a 2ms -> b 1ms";
        assert_eq!(actual, format!("  actual    {red}+3ms     {critical}{end}"));
    }

    #[test]
    fn a_broken_law_is_kept_with_its_failure() {
        let trace = crate::scenario!(seq(a: 2ms, b: 1ms)).predict().expect("it is predicted");
        let claim = crate::law!(max(a, b));
        let failure = claim.verify(&trace).expect_err("3 ms are no 2 ms");
        assert_eq!(failure.law(), Some(claim));
    }
}
