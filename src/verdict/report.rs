//! How a claim that a run broke is told.

use std::fmt;

use crate::error::Error;
use crate::picture::columns::{pad, width};
use crate::text::shorten;
use crate::time::Millis;
use crate::trace::Trace;

/// A claim that a run broke: what was claimed, what was seen, and the run.
///
/// ```text
/// timing law broken
///   law       auth + max(profile, orders)
///   expected  +1ms
///   actual    +2ms     critical path: profile 1ms -> orders 1ms
///
///   profile ├───┤
/// ```
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Report {
    headline: String,
    /// What stands between the headline and the timeline, blank lines included.
    lines: Vec<String>,
    trace: Option<Trace>,
    error: Option<Error>,
    /// What stands behind the timeline.
    end: Option<String>,
}

impl Report {
    pub(crate) fn new(headline: impl Into<String>, trace: &Trace) -> Self {
        let headline = headline.into();
        Self { headline, lines: Vec::new(), trace: Some(trace.clone()), error: None, end: None }
    }

    /// A claim on a run that did not end.
    #[cfg(feature = "proptest")]
    pub(crate) fn of_error(headline: impl Into<String>, error: Error) -> Self {
        let headline = headline.into();
        Self { headline, lines: Vec::new(), trace: None, error: Some(error), end: None }
    }

    /// Adds a line behind the timeline.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub(crate) fn with_end(mut self, end: &str) -> Self {
        self.end = Some(end.to_owned());
        self
    }

    /// Adds lines as they are.
    #[must_use]
    pub(crate) fn with_text(mut self, text: &str) -> Self {
        self.lines.extend(text.lines().map(str::to_owned));
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
            let indent = pad("", indent);
            self.lines.push(format!("{indent}{}  {text}", pad(&label, widest)));
        }
        self
    }

    pub(crate) fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    pub(crate) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

/// What the run took, and what that was made of.
pub(crate) fn actual(trace: &Trace) -> String {
    let (took, path) = (Millis(trace.makespan()), trace.critical_path());
    if path.is_empty() {
        return format!("+{took}");
    }
    format!("+{took}     critical path: {}", shorten(path))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)?;
        for line in &self.lines {
            write!(f, "\n{line}")?;
        }
        if let Some(error) = &self.error {
            f.write_str("\n")?;
            error.to_string().lines().try_for_each(|line| write!(f, "\n  {line}"))?;
        }
        match &self.trace {
            Some(trace) if trace.starts().next().is_none() => {
                f.write_str("\n\n  no step started")?;
            }
            Some(trace) => {
                // Two columns are what the drawing is indented by.
                let timeline = trace.timeline().with_width(78).to_string();
                f.write_str("\n")?;
                timeline.lines().try_for_each(|line| write!(f, "\n  {line}"))?;
            }
            None => {}
        }
        self.end.as_ref().map_or(Ok(()), |end| write!(f, "\n\n{end}"))
    }
}
