//! Text in columns, whatever its characters take.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text, or as much of its beginning as fits into so many columns.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    const SIGN: &str = "..";
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut room = columns.saturating_sub(SIGN.len());
    let fits = |character: &char| {
        let taken = character.width().unwrap_or(0);
        let fits = taken <= room;
        room = room.saturating_sub(taken);
        fits
    };
    text.chars().take_while(fits).chain(SIGN.chars()).collect()
}

/// The text, and blanks behind it up to so many columns. A format string cannot
/// do this: it counts characters, and panics beyond 65,535 of them.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// The lines of a text, each on a line of its own behind so many blanks.
pub(crate) fn indent(text: &str, columns: usize) -> String {
    let lines = text.lines().map(|line| match line.trim_end() {
        "" => "\n".to_owned(),
        line => format!("\n{}{line}", pad("", columns)),
    });
    lines.collect()
}

/// Pieces of text beside one another in lines of so many columns, as many as fit;
/// a piece that is wider has a line of its own.
pub(crate) fn wrap(pieces: impl IntoIterator<Item = String>, columns: usize) -> Vec<String> {
    const APART: &str = "   ";
    let mut lines = Vec::<String>::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if width(line) + APART.len() + width(&piece) <= columns => {
                line.push_str(APART);
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{cut, indent, pad, width, wrap};

    #[test]
    fn wide_and_combining_characters_take_what_they_take() {
        assert_eq!([width("ab"), width("名前"), width("e\u{301}")], [2, 4, 1]);
        assert_eq!(pad("名", 4), "名  ");
        assert_eq!(pad("abcd", 2), "abcd");
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcd..");
        assert_eq!(cut("名前名前", 7), "名前..");
        assert_eq!(cut("名前名前", 8), "名前名前");
        assert_eq!(width(&pad("", 100_000)), 100_000);
    }

    #[test]
    fn pieces_stand_beside_one_another_while_they_fit() {
        let wrapped = |columns| wrap(["ab", "名前", "c"].map(str::to_owned), columns);
        assert_eq!(wrapped(80), ["ab   名前   c"]);
        assert_eq!(wrapped(9), ["ab   名前", "c"]);
        assert_eq!(wrapped(8), ["ab", "名前   c"]);
        assert_eq!(wrapped(1), ["ab", "名前", "c"]);
    }

    #[test]
    fn an_indented_text_has_no_blanks_at_the_end_of_a_line() {
        assert_eq!(indent("a \n\nb", 2), "\n  a\n\n  b");
        assert_eq!(indent("", 2), "");
    }
}
