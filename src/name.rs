//! Names of steps, and the one way in which every text writes them.

use std::fmt;
use std::sync::Arc;

/// The words that open a form in one of the notations; as names they are quoted.
const WORDS: [&str; 10] =
    ["seq", "spawn", "tasks", "join", "race", "timeout", "limit", "sum", "max", "min"];

/// The name of a step: any text at all.
///
/// It displays as the notations write it: bare where it is an ASCII identifier
/// that opens no form, otherwise quoted, with everything escaped that could
/// deceive a reader or a terminal (control, bidirectional and zero-width
/// characters).
///
/// # Examples
///
/// ```
/// use makespan::Name;
///
/// assert_eq!(Name::from("auth").to_string(), "auth");
/// assert_eq!(Name::from("GET /orders").to_string(), "\"GET /orders\"");
/// assert_eq!(Name::from("max").to_string(), "\"max\"");
/// assert_eq!(Name::from("a\u{202e}b").to_string(), "\"a\\u{202e}b\"");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// Returns the text itself, unescaped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_bare(&self) -> bool {
        let mut bytes = self.0.bytes();
        bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && bytes.all(|rest| rest.is_ascii_alphanumeric() || rest == b'_')
            && !WORDS.contains(&self.as_str())
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&String> for Name {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Self> for Name {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl From<Arc<str>> for Name {
    fn from(text: Arc<str>) -> Self {
        Self(text)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_bare() {
            return f.write_str(&self.0);
        }
        f.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '\'' => f.write_str("'")?,
                // `escape_debug` escapes what does not print and leaves the rest
                // readable; it lets some format characters pass, so they are named.
                _ if is_deceptive(character) => write!(f, "{}", character.escape_unicode())?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        f.write_str("\"")
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A step by its name, and by its place among the steps of that name where
/// there are several: `auth`, `attempt[1]`. Logs and laws speak of steps so.
///
/// # Shape
///
/// Places count from 0, in the order of first polls.
///
/// # Examples
///
/// ```
/// use makespan::StepName;
///
/// assert_eq!(StepName::new("auth", None).to_string(), "auth");
/// assert_eq!(StepName::new("attempt", Some(1)).to_string(), "attempt[1]");
/// assert_eq!(StepName::from("attempt[1]"), StepName::new("attempt", Some(1)));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepName {
    name: Name,
    index: Option<usize>,
}

impl StepName {
    /// Creates the name of the only step so called, or of one in its place among
    /// several.
    #[must_use]
    pub fn new(name: impl Into<Name>, index: Option<usize>) -> Self {
        Self { name: name.into(), index }
    }

    /// Returns the name, which other steps may bear too.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The same with the index that the step has, which is 0 where it is the only one: `auth`
    /// and `auth[0]` are one step.
    pub(crate) fn indexed(&self) -> Self {
        Self { name: self.name.clone(), index: Some(self.index.unwrap_or(0)) }
    }

    /// Returns the step's place among those of its name, or `None` where it is
    /// the only one.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }
}

impl From<&str> for StepName {
    /// Reads `attempt[1]` as the second step called `attempt`, and anything that
    /// does not end so as a name. A name that itself ends so is given by
    /// [`StepName::new`].
    fn from(text: &str) -> Self {
        let place = text.strip_suffix(']').and_then(|front| front.rsplit_once('['));
        let digits = |digits: &str| {
            digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        match place.and_then(|(name, index)| Some((name, digits(index)?))) {
            Some((name, index)) => Self::new(name, Some(index)),
            None => Self::new(text, None),
        }
    }
}

impl From<String> for StepName {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for StepName {
    /// Reads the text as a `&str` is read.
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Self> for StepName {
    fn from(step: &Self) -> Self {
        step.clone()
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            None => write!(f, "{}", self.name),
            Some(index) => write!(f, "{}[{index}]", self.name),
        }
    }
}

impl fmt::Debug for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bidirectional controls, zero-width and blank characters: they change how a
/// line reads without being seen in it.
pub(crate) const fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
