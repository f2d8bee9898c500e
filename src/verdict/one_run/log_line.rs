//! The lines of a log, read back.

use std::fmt;

use crate::error::Error;
use crate::lexer::{Lexer, Mistake, Token, name_in, place};
use crate::name::StepName;
use crate::time::VirtualTime;
use crate::trace::{Event, EventKind, Kind, Trace};

/// What a line of a log of steps says. Lines are in order of time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) time: VirtualTime,
    step: StepName,
    kind: Kind,
}

/// The lines of a run's log of steps.
pub(super) fn of(trace: &Trace) -> Vec<Line> {
    let line = |event: Event| {
        let (step, kind) = match event.kind {
            EventKind::Start(step) => (step, Kind::Start),
            EventKind::Finish(step) => (step, Kind::Finish),
            EventKind::Cancel(step) => (step, Kind::Cancel),
            EventKind::Spawn(_) | EventKind::Join(_) => return None,
        };
        Some(Line { time: event.time, step, kind })
    };
    trace.events().filter_map(line).collect()
}

/// Reads lines as [`Trace`] displays them. Blank lines, and blanks around a line,
/// change nothing.
///
/// A line that no log can have is an error: nothing would ever match it.
pub(super) fn read(text: &str) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::<Line>::new();
    let mut line_at = 0;
    for text_of_line in text.split_inclusive('\n') {
        let refuse = |at, problem: &str| Error::notation("log", text, line_at + at, problem);
        if !text_of_line.trim().is_empty() {
            let line = line(text_of_line.trim_end())
                .map_err(|it| refuse(it.at, it.problem(text_of_line).as_str()))?;
            if lines.last().is_some_and(|last| line.time < last.time) {
                let at = text_of_line.find('+').unwrap_or_default();
                return Err(refuse(at, "time goes backwards here"));
            }
            lines.push(line);
        }
        line_at += text_of_line.len();
    }
    Ok(lines)
}

fn line(text: &str) -> Result<Line, Mistake> {
    const WHOLE: &str = "expected a line such as `+20ms auth finishes`";
    const TIME: &str = "expected a time such as `+20ms`";
    const VERB: &str = "expected `starts`, `finishes` or `cancelled`";
    let mut lexer = Lexer::new(text);
    match lexer.next()? {
        Token::Mark { byte: b'+', .. } => {}
        token => return mistake_of(token, WHOLE),
    }
    let time = match lexer.next()? {
        Token::Time { value, .. } => VirtualTime::after(value),
        token => return mistake_of(token, TIME),
    };
    let name = match lexer.next()? {
        token @ (Token::Word { .. } | Token::Quoted { .. }) => token,
        token => return mistake_of(token, "expected the name of a step"),
    };
    let (mut index, mut verb) = (None, lexer.next()?);
    if let Token::Mark { byte: b'[', .. } = verb {
        index = Some(place(&mut lexer)?);
        verb = lexer.next()?;
    }
    let kinds = [Kind::Start, Kind::Finish, Kind::Cancel];
    let said = match verb {
        Token::Word { from, to } => &text[from..to],
        token => return mistake_of(token, VERB),
    };
    let Some(kind) = kinds.into_iter().find(|kind| kind.verb() == said) else {
        return mistake_of(verb, VERB);
    };
    match lexer.next()? {
        Token::End { .. } => {
            Ok(Line { time, step: StepName::new(name_in(text, name), index), kind })
        }
        token => mistake_of(token, "expected the end of the line"),
    }
}

fn mistake_of<T>(token: Token, problem: &'static str) -> Result<T, Mistake> {
    Err(Mistake::new(token.at(), problem))
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.time, self.step, self.kind.verb())
    }
}
