//! What was probably meant where a law does not read.

use crate::lexer::{Lexer, Mistake, Part, Token, is_sign, sign_in_a_name, unit_behind};

const NONE: Part = (0, 0);

/// Where a term was expected.
pub(super) const fn no_term(text: &[u8], token: Token) -> Mistake {
    let at = token.at();
    let is_end = matches!(token, Token::End { .. } | Token::Mark { byte: b')' | b',', .. });
    Mistake::new(
        at,
        match byte_before(text, at) {
            None if is_end => {
                "a law is missing: expected a name, a duration such as `20ms`, or a function \
                 such as `max(..)`"
            }
            Some(b'+') if is_end => {
                "nothing follows the `+`: expected a name, a duration such as `20ms`, or a \
                 function such as `max(..)`"
            }
            _ => {
                "expected a name, a duration such as `20ms`, or a function such as `max(..)`, \
                 found $0"
            }
        },
    )
}

/// Behind a number without a unit, where a `*` was expected and `token` was read.
pub(super) const fn no_count(lexer: &Lexer, from: usize, token: Token) -> Mistake {
    let text = lexer.text();
    let mut to = from;
    while to < text.len() && (text[to].is_ascii_digit() || text[to] == b'_') {
        to += 1;
    }
    match (unit_behind(lexer, to), token) {
        (Some(unit), _) => Mistake::new(from, "a unit follows its number without a blank: `$1$2`")
            .with((from, to), unit),
        (None, Token::Word { from: name, to: end } | Token::Quoted { from: name, to: end }) => {
            Mistake::new(from, "a count has a `*` behind it: `$1 * $2`")
                .with((from, to), (name, end))
        }
        _ => Mistake::new(
            from,
            "`$1` has no unit; write `$1ms` for a duration, `$1 * a` for a count",
        )
        .with((from, to), NONE),
    }
}

/// Behind a term, where a `+` was expected and `token` was read.
pub(super) const fn behind(lexer: &Lexer, term: Option<Part>, token: Token) -> Option<Mistake> {
    let (text, at) = (lexer.text(), token.at());
    if let Token::End { .. } = token {
        return None;
    }
    match text[at] {
        b'*' => Some(product(lexer, term, at)),
        b':' if at + 1 < text.len() && text[at + 1] == b':' => sign_in_a_name(text, at),
        b':' => Some(Mistake::new(at, "a name in a law has no duration; `scenario!` gives it one")),
        b'.' => Some(match sign_in_a_name(text, at) {
            Some(mistake) => mistake,
            None => Mistake::new(
                at,
                "a law has durations, not moments such as `.start`; `assert_order!` compares those",
            ),
        }),
        b'=' if at + 1 < text.len() && text[at + 1] == b'>' => {
            Some(Mistake::new(at, "one `=>` is the most: it is between the code and its law"))
        }
        b'-' => Some(Mistake::new(at, "$0 is not part of a law, which adds and never subtracts")),
        b'/' => {
            Some(Mistake::new(at, "$0 is not part of a law; a count multiplies, as in `3 * a`"))
        }
        b'&' => Some(of_two(
            lexer,
            term,
            at,
            "$0 is not part of a law; for both at once write `max($1, $2)`",
            "$0 is not part of a law; for both at once write `max(.., ..)`",
        )),
        b'|' => Some(of_two(
            lexer,
            term,
            at,
            "$0 is not part of a law; for the first of two write `min($1, $2)`",
            "$0 is not part of a law; for the first of two write `min(.., ..)`",
        )),
        _ => None,
    }
}

/// Two terms with nothing between them, of which the second was read last.
pub(super) const fn two_terms(
    lexer: &Lexer,
    term: Option<Part>,
    token: Token,
    is_function: bool,
) -> Option<Mistake> {
    let Some(one) = term else { return None };
    let mut ahead = *lexer;
    let other = match (token, ahead.next()) {
        (Token::Word { .. }, Ok(Token::Mark { byte: b'(', .. })) => return None,
        (Token::Word { from, .. } | Token::Quoted { from, .. } | Token::Time { from, .. }, _) => {
            (from, lexer.position())
        }
        _ => return None,
    };
    let problem = if is_function {
        "expected `+`, `,` or `)`, found $0; did you mean `$1, $2`?"
    } else {
        "expected `+`, found $0; did you mean `$1 + $2`?"
    };
    Some(Mistake::new(token.at(), problem).with(one, other))
}

/// Something that is no function, and has a bracket behind it.
pub(super) const fn no_function(lexer: &Lexer, name: Part) -> Mistake {
    let mut ahead = *lexer;
    if let Ok(Token::Mark { byte: b')', .. }) = ahead.next() {
        return Mistake::new(name.0, "a step is its name alone: `$1`").with(name, NONE);
    }
    let problem = match meant(lexer.bytes(name)) {
        b"sum" => "`$1` is not a function of laws; did you mean `sum`?",
        b"max" => "`$1` is not a function of laws; did you mean `max`?",
        b"min" => "`$1` is not a function of laws; did you mean `min`?",
        b"limit" => "`$1` is not a function of laws; did you mean `limit`?",
        _ => "`$1` is not a function of laws, which are sum, max, min and limit",
    };
    Mistake::new(name.0, problem).with(name, NONE)
}

/// The function that has the name in another case, or does what the name says elsewhere.
const fn meant(name: &[u8]) -> &'static [u8] {
    const MEANT: [(&[u8], &[u8]); 16] = [
        (b"sum", b"sum"),
        (b"seq", b"sum"),
        (b"add", b"sum"),
        (b"max", b"max"),
        (b"maximum", b"max"),
        (b"join", b"max"),
        (b"spawn", b"max"),
        (b"tasks", b"max"),
        (b"all", b"max"),
        (b"min", b"min"),
        (b"minimum", b"min"),
        (b"race", b"min"),
        (b"select", b"min"),
        (b"timeout", b"min"),
        (b"limit", b"limit"),
        (b"semaphore", b"limit"),
    ];
    let mut index = 0;
    while index < MEANT.len() {
        if is_alike(MEANT[index].0, name) {
            return MEANT[index].1;
        }
        index += 1;
    }
    b""
}

const fn is_alike(lower: &[u8], name: &[u8]) -> bool {
    let mut index = 0;
    while index < lower.len() && index < name.len() {
        if lower[index] != name[index].to_ascii_lowercase() {
            return false;
        }
        index += 1;
    }
    lower.len() == name.len()
}

/// A `*` behind a term.
const fn product(lexer: &Lexer, term: Option<Part>, at: usize) -> Mistake {
    let Some(term) = term else { return Mistake::new(at, "the count comes first: `3 * a`") };
    if lexer.text()[term.0] == b'{' {
        return Mistake::new(at, "a constant in braces is a duration; a count is written out");
    }
    let mut ahead = *lexer;
    match ahead.next() {
        Ok(Token::Count { from, .. }) => Mistake::new(at, "the count comes first: `$2 * $1`")
            .with(term, (from, ahead.position())),
        _ => Mistake::new(at, "the count comes first, a whole number: `3 * $1`").with(term, NONE),
    }
}

/// A sign between two terms, whose first character was read.
const fn of_two(
    lexer: &Lexer,
    term: Option<Part>,
    at: usize,
    known: &'static str,
    unknown: &'static str,
) -> Mistake {
    let text = lexer.text();
    let mut ahead = *lexer;
    while ahead.position() < text.len() && is_sign(text[ahead.position()]) {
        let _ = ahead.next();
    }
    match (term, ahead.next()) {
        (Some(one), Ok(Token::Word { from, to } | Token::Quoted { from, to })) => {
            Mistake::new(at, known).with(one, (from, to))
        }
        _ => Mistake::new(at, unknown),
    }
}

/// The last byte before a place that is no blank.
const fn byte_before(text: &[u8], at: usize) -> Option<u8> {
    let mut before = at;
    while before > 0 {
        before -= 1;
        if !text[before].is_ascii_whitespace() {
            return Some(text[before]);
        }
    }
    None
}
