//! The texts of mistakes, which do not depend on the compiler that shows them.

use std::panic::catch_unwind;

use unicode_width::UnicodeWidthStr as _;

use crate::lexer::mistake::{Mistake, refuse};

/// The text that stops a compilation.
fn refused(notation: &'static str, mistake: Mistake) -> String {
    let panic = catch_unwind(|| refuse("law", notation, mistake)).expect_err("it always panics");
    panic.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn a_mistake_shows_the_notation_and_a_caret_under_the_place() {
    let mistake = Mistake::new(4, "`$1` is no part; quote \"$2\", not $0").with((4, 5), (0, 8));
    assert_eq!(
        refused("http-get + a", mistake),
        "law notation, column 5: `-` is no part; quote \"http-get\", not `-`\n  http-get + a\n      ^"
    );
}

#[test]
fn what_is_found_is_a_whole_token_or_the_end() {
    let found = |notation: &str, at| Mistake::new(at, "$0").problem(notation).as_str().to_owned();
    for (notation, at, expected) in [
        ("a + bcd", 4, "`bcd`"),
        ("a + 1.5ms", 4, "`1.5ms`"),
        ("a => b", 2, "`=>`"),
        ("a && b", 2, "`&&`"),
        ("a::b", 1, "`::`"),
        ("a, b", 1, "`,`"),
        ("a)", 1, "`)`"),
        ("a + {f(\"}\")} * b", 4, "`{f(\"}\")}`"),
        ("a \"b c\" d", 2, "`\"b c\"`"),
        ("a ; b", 2, "`;`"),
        ("a \u{e9}", 2, "`\u{e9}`"),
        ("a \"b", 2, "`\"`"),
        ("a", 1, "the end"),
        ("", 0, "the end"),
    ] {
        assert_eq!(found(notation, at), expected, "{notation}");
    }
}

#[test]
fn a_long_notation_is_shown_around_the_place_and_a_long_part_by_its_beginning() {
    let long: &'static str = Box::leak(format!("{0} {0} {0}", "a".repeat(100)).into_boxed_str());
    let mistake = Mistake::new(101, "quote $1").with((101, 201), (0, 0));
    let shown = format!("{} {}", "a".repeat(39), "a".repeat(32));
    assert_eq!(
        refused(long, mistake),
        format!(
            "law notation, column 102: quote {}..\n  {shown}\n  {}^",
            "a".repeat(40),
            " ".repeat(40)
        )
    );
}

#[test]
fn the_longest_text_fits() {
    let widest: &'static str = Box::leak("\u{1f600}".repeat(500).into_boxed_str());
    let whole = (0, widest.len());
    let mistake = Mistake::new(widest.len() / 2, "$1 $2 $0").with(whole, whole);
    let text = refused(widest, mistake);
    assert!(text.ends_with(&format!("\n  {}^", " ".repeat(80))), "{text}");
}

#[test]
fn a_line_break_in_a_name_breaks_no_line() {
    assert_eq!(
        refused("\"a\nb\" c", Mistake::new(6, "here")),
        "law notation, column 7: here\n  \"a b\" c\n        ^"
    );
}

#[test]
fn a_notation_of_nothing_is_not_shown() {
    assert_eq!(
        refused("", Mistake::new(0, "it is missing")),
        "law notation, column 1: it is missing"
    );
}

#[test]
fn the_caret_is_under_the_place_behind_wide_characters() {
    for name in [
        "caf\u{e9}",
        "\u{540d}\u{524d}",
        "\u{d55c}\u{ae00}",
        "\u{1f980}",
        "\u{ff21}",
        "\u{3042}\u{20000}",
    ] {
        let notation: &'static str = Box::leak(format!("\"{name}\" x").into_boxed_str());
        let text = refused(notation, Mistake::new(notation.len() - 1, "here"));
        let caret = text.lines().nth(2).expect("a caret");
        assert_eq!(caret.len() - 1, 2 + notation.width() - 1, "{text}");
    }
}
