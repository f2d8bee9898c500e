//! What is in braces is Rust, in which braces need not be braces.

use crate::lexer::constant::{behind_the_braces, written_out};

#[test]
fn braces_in_texts_and_characters_do_not_count() {
    for group in [
        "{LIMIT}",
        "{ config.timeout() * 2 }",
        "{{{}}{}}",
        "{ f(\"}\") }",
        "{ f(\"\\\"}\", \"\\\\\") }",
        "{ f(r\"}\\\") }",
        "{ f(r#\"}\"}\"#) }",
        "{ f(br##\"}\"#\"##, b\"}\", c\"}\") }",
        "{ f('}', '{', '\\'', b'}', '\\u{7d}', '\u{540d}') }",
        "{ f::<'a>('b') }",
        "{ 'outer: loop { break 'outer ms(1) } }",
        "{ r#type }",
        "{ br }",
        "{ caf\u{e9}(\"}\") }",
    ] {
        for behind in ["", ", b}", "}", "\""] {
            let text = format!("{group}{behind}");
            assert_eq!(behind_the_braces(text.as_bytes(), 0), Some(group.len()), "{text}");
        }
    }
}

#[test]
fn braces_that_are_never_closed_have_no_end() {
    for text in ["{", "{{}", "{ \"}", "{ r\"}", "{ r#\"}\"", "{ '}'", "{ '", "{ '\\", "{ \"\\"] {
        assert_eq!(behind_the_braces(text.as_bytes(), 0), None, "{text}");
    }
}

#[test]
fn values_are_written_out_in_their_order_and_joined_to_no_word() {
    let written = |notation: &str, values: &[&str]| written_out(notation, values.iter());
    assert_eq!(written("a + b", &[]), "a + b");
    assert_eq!(written("min(a, {X}) + {Y}", &["1ms", "2ms"]), "min(a, 1ms) + 2ms");
    assert_eq!(written("a.start: 2 per{X}", &["1ms"]), "a.start: 2 per 1ms");
    assert_eq!(written("a.start: {X}before", &["1ms"]), "a.start: 1ms before");
    // In quotes they are a name.
    assert_eq!(written("\"{X}\" + {Y}", &["1ms"]), "\"{X}\" + 1ms");
}
