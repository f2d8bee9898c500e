//! Units of time, and what is wrong with a number that has none.

use crate::lexer::mistake::{Mistake, Part};
use crate::lexer::{Lexer, Token};

/// How many nanoseconds a unit has.
pub(super) const fn nanos(unit: &[u8]) -> Option<u128> {
    Some(match unit {
        b"ns" => 1,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"min" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        b"d" => 86_400_000_000_000,
        _ => return None,
    })
}

/// What is wrong with a number that ends in something else than a unit.
pub(super) const fn unknown(unit: &[u8], number: Part, to: usize) -> Mistake {
    let problem = match unit {
        b"nsec" | b"nsecs" | b"nano" | b"nanos" | b"nanosecond" | b"nanoseconds" => {
            "`$2` is not a unit; write `$1ns`"
        }
        b"usec" | b"usecs" | b"micro" | b"micros" | b"microsecond" | b"microseconds" => {
            "`$2` is not a unit; write `$1us`"
        }
        b"msec" | b"msecs" | b"milli" | b"millis" | b"millisecond" | b"milliseconds" | b"mS"
        | b"Ms" | b"MS" => "`$2` is not a unit; write `$1ms`",
        b"sec" | b"secs" | b"second" | b"seconds" | b"S" => "`$2` is not a unit; write `$1s`",
        b"m" | b"mins" | b"minute" | b"minutes" => "`$2` is not a unit; write `$1ms` or `$1min`",
        b"hr" | b"hrs" | b"hour" | b"hours" | b"H" => "`$2` is not a unit; write `$1h`",
        b"day" | b"days" | b"D" => "`$2` is not a unit; write `$1d`",
        _ => {
            "`$2` is not a unit, which is one of ns, us, ms, s, min, h, d; \
             a name that begins with a digit is quoted: \"$1$2\""
        }
    };
    Mistake::new(number.1, problem).with(number, (number.1, to))
}

/// What is wrong where a duration was expected: `otherwise`, unless it is clear what was
/// meant. The token was read with the lexer, or with a copy of it.
pub(crate) const fn missing(lexer: &Lexer, token: Token, otherwise: &'static str) -> Mistake {
    let at = token.at();
    match token {
        Token::Count { from, .. } => number_without_unit(lexer, from),
        Token::Word { from, to } if lexer.in_macro && is_constant(lexer.bytes((from, to))) => {
            Mistake::new(at, "a constant of the code is written in braces: `{$1}`")
                .with((from, to), (0, 0))
        }
        _ => Mistake::new(at, otherwise),
    }
}

/// What is wrong with a number that nothing but a unit can follow.
pub(super) const fn number_without_unit(lexer: &Lexer, from: usize) -> Mistake {
    let text = lexer.text();
    let mut to = from;
    while to < text.len() && matches!(text[to], b'0'..=b'9' | b'_' | b'.') {
        to += 1;
    }
    if text[to - 1] == b'.' {
        to -= 1;
    }
    let mut ahead = lexer.from(to);
    if has_point(text, from, to) && matches!(ahead.next(), Ok(Token::Mark { byte: b'*', .. })) {
        return Mistake::new(from, "a count is a whole number, and `$1` is not")
            .with((from, to), (0, 0));
    }
    match unit_behind(lexer, to) {
        Some(unit) => Mistake::new(from, "a unit follows its number without a blank: `$1$2`")
            .with((from, to), unit),
        None => {
            Mistake::new(from, "`$1` has no unit; write `$1ms` or `$1s`").with((from, to), (0, 0))
        }
    }
}

const fn has_point(text: &[u8], from: usize, to: usize) -> bool {
    let mut at = from;
    while at < to && text[at] != b'.' {
        at += 1;
    }
    at < to
}

/// The unit that stands there, with a blank before it.
pub(crate) const fn unit_behind(lexer: &Lexer, at: usize) -> Option<Part> {
    let mut ahead = lexer.from(at);
    match ahead.next() {
        Ok(Token::Word { from, to }) => match nanos(lexer.bytes((from, to))) {
            Some(_) => Some((from, to)),
            None => None,
        },
        _ => None,
    }
}

/// Whether a name is written as the constants of Rust are: two characters at least,
/// capitals, digits and underscores, of which the first is a capital.
pub(crate) const fn is_like_a_constant(name: &str) -> bool {
    is_constant(name.as_bytes())
}

const fn is_constant(name: &[u8]) -> bool {
    let mut at = 0;
    while at < name.len() {
        if !matches!(name[at], b'A'..=b'Z' | b'0'..=b'9' | b'_') {
            return false;
        }
        at += 1;
    }
    name.len() > 1 && name[0].is_ascii_uppercase()
}
