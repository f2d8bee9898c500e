//! In what one law differs from another, in words.

use makespan::Law;

fn law(text: &str) -> Law {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn difference(meant: &str, observed: &str) -> Option<String> {
    law(meant).difference(&law(observed))
}

#[test]
fn a_single_change_is_told_in_words() {
    for (meant, observed, words) in [
        ("max(a, b)", "a + b", "a and b run one after the other"),
        ("max(a, b, c)", "a + b + c", "a, b and c run one after the other"),
        ("max(a, b)", "min(a, b)", "the first of a and b ends the wait"),
        ("max(a, b, c)", "max(a, c)", "nothing waits for b"),
        ("max(a, b, c)", "max(a, c) + b", "b does not run beside the rest"),
        ("max(a, b + c)", "a", "nothing waits for `b + c`"),
        ("min(a, b)", "max(a, b)", "the last of a and b ends the wait"),
        ("min(a, b)", "a + b", "a and b run one after the other"),
        ("min(a, 10ms)", "a", "no limit of 10ms is kept"),
        ("min(a, b, c)", "min(a, c)", "the end of b does not end the wait"),
        ("a + b", "max(a, b)", "a and b run side by side"),
        ("a + b + c", "a + c", "nothing waits for b"),
        ("a + b + c", "a + max(b, c)", "b and c run side by side"),
        ("a + b + c", "b + max(a, c)", "a and c run side by side"),
        ("a + b + c", "max(a + c, b)", "b runs beside the rest"),
        ("sum(a)", "max(a)", "every a runs at once"),
        ("max(a)", "sum(a)", "every a runs after the one before it"),
        ("sum(a)", "min(a)", "the first a ends the wait"),
        ("sum(a)", "limit(2, a)", "at most 2 of a run at once"),
        ("a + 20ms", "a + 30ms", "20ms is 30ms there"),
        ("limit(2, a, b, c)", "max(a, b, c)", "a, b and c run all at once"),
        ("limit(2, a, b, c)", "a + b + c", "a, b and c run one after the other"),
        ("limit(2, a, b, c, d)", "limit(3, a, b, c, d)", "at most 3 of a, b, c and d run at once"),
        ("limit(3, a, b, c, d)", "limit(2, a, b, c, d)", "at most 2 of a, b, c and d run at once"),
        ("3 * a", "a", "a counts once, not 3 times"),
        ("a", "a + 5ms", "5ms come on top"),
        ("a", "min(a, 5ms)", "there is a limit of 5ms"),
        ("a", "a + b", "b comes on top"),
        ("a", "max(a, b)", "it waits for b as well"),
        // Inside of all that can hold something.
        ("max(max(a, b) + c, d)", "max(a + b + c, d)", "a and b run one after the other"),
        ("min(max(a, b), c)", "min(a + b, c)", "a and b run one after the other"),
        ("limit(2, max(a, b), c, d)", "limit(2, a + b, c, d)", "a and b run one after the other"),
    ] {
        assert_eq!(difference(meant, observed).as_deref(), Some(words), "{meant}: {observed}");
    }
}

#[test]
fn what_no_single_change_explains_is_not_told() {
    for (meant, observed) in [
        ("a + b", "b + a"),
        ("a", "b"),
        ("a + max(b, c)", "max(a, b) + d"),
        // Nothing is on top that is spoken of already, and no limit is another one
        // while it is still kept elsewhere.
        ("a + b", "a + 2 * b"),
        ("max(a + 10ms, b + 10ms)", "max(a + 20ms, b + 10ms)"),
    ] {
        assert_eq!(difference(meant, observed), None, "{meant}: {observed}");
    }
}

#[test]
fn of_laws_of_more_than_forty_terms_nothing_is_told() {
    let fan_out = |count: usize, function: &str| {
        let names: Vec<_> = (0..count).map(|number| format!("s{number}")).collect();
        format!("{function}({})", names.join(", "))
    };
    let told = |meant, observed| {
        difference(&fan_out(meant, "max"), &fan_out(observed, "min")).unwrap_or_default()
    };
    assert!(told(40, 40).starts_with("the first of s0, s1, "), "{}", told(40, 40));
    assert_eq!(told(41, 41), "");
    let more = |meant, observed| {
        difference(&fan_out(meant, "max"), &fan_out(observed, "max")).unwrap_or_default()
    };
    assert_eq!(more(39, 40), "it waits for s39 as well");
    assert_eq!((more(40, 41), more(41, 40)), (String::new(), String::new()));
}
