//! How a text looks where it is shown: how wide, and with what colours.

use std::fmt;

/// How wide a drawing is where nobody says otherwise.
pub(crate) const COLUMNS: usize = 80;

/// The width of a text, and whether it is coloured.
///
/// What is compared, kept or sent anywhere is [`Look::PLAIN`], whatever the
/// terminal; only what is shown to somebody looks as the terminal can show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) columns: usize,
    pub(crate) has_colour: bool,
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    /// What made the run as long as it was.
    Critical,
    /// What was dropped before it was done.
    Cut,
    /// What is expected.
    Right,
    /// What is not as expected.
    Wrong,
    /// What only helps to read the rest.
    Faint,
}

impl Look {
    /// 80 columns without colours, wherever it is shown.
    pub(crate) const PLAIN: Self = Self { columns: COLUMNS, has_colour: false };

    /// As a terminal shows it, if the stream is one: as wide, and in colours unless
    /// the environment has `NO_COLOR` or the terminal has none. Otherwise plain.
    #[cfg(feature = "pictures")]
    pub(crate) fn of(stream: Stream) -> Self {
        use std::io::IsTerminal as _;

        use terminal_size::{Width, terminal_size_of};

        /// Narrower than that nothing can be seen, and wider is not easier to read.
        const USUAL: std::ops::RangeInclusive<usize> = 40..=160;
        let (is_terminal, size) = match stream {
            Stream::Out => (std::io::stdout().is_terminal(), terminal_size_of(std::io::stdout())),
            Stream::Err => (std::io::stderr().is_terminal(), terminal_size_of(std::io::stderr())),
        };
        if !is_terminal {
            return Self::PLAIN;
        }
        let columns = size.map_or(COLUMNS, |(Width(columns), _)| usize::from(columns));
        let has_colour = anstyle_query::term_supports_ansi_color() && !anstyle_query::no_color();
        Self { columns: columns.clamp(*USUAL.start(), *USUAL.end()), has_colour }
    }

    /// Plain, since nothing here knows of terminals.
    #[cfg(not(feature = "pictures"))]
    pub(crate) fn of(_: Stream) -> Self {
        Self::PLAIN
    }

    /// The same, narrower or wider.
    #[must_use]
    pub(crate) fn with_columns(self, columns: usize) -> Self {
        Self { columns, ..self }
    }

    /// The text in the colour of what it is, where there are colours.
    pub(crate) fn paint<T: fmt::Display>(self, ink: Ink, text: T) -> Painted<T> {
        let ink = if self.has_colour { ink } else { Ink::Plain };
        Painted { ink, text }
    }
}

/// A text in its colour.
pub(crate) struct Painted<T> {
    ink: Ink,
    text: T,
}

#[cfg(feature = "pictures")]
impl Ink {
    const fn style(self) -> anstyle::Style {
        use anstyle::{AnsiColor, Style};

        match self {
            Self::Plain => Style::new(),
            Self::Critical => AnsiColor::Yellow.on_default(),
            Self::Cut => AnsiColor::Magenta.on_default(),
            Self::Right => AnsiColor::Green.on_default(),
            Self::Wrong => AnsiColor::Red.on_default().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    #[cfg(feature = "pictures")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.ink.style();
        write!(f, "{style}{}{style:#}", self.text)
    }

    #[cfg(not(feature = "pictures"))]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = self.ink;
        fmt::Display::fmt(&self.text, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ink, Look};

    #[test]
    fn a_plain_look_has_no_escapes() {
        assert_eq!(Look::PLAIN.paint(Ink::Wrong, "late").to_string(), "late");
    }

    #[cfg(feature = "pictures")]
    #[test]
    fn colours_end_where_the_text_does() {
        let look = Look { has_colour: true, ..Look::PLAIN };
        assert_eq!(look.paint(Ink::Wrong, "late").to_string(), "\u{1b}[1m\u{1b}[31mlate\u{1b}[0m");
        assert_eq!(look.paint(Ink::Plain, "late").to_string(), "late");
    }
}
