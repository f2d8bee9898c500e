//! What holds for every text.

use std::time::Duration;

use makespan::{Name, Scenario};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

/// Texts that look like the notation, and are mostly not.
fn near_notation() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z(),: ]{1,4}",
        "(seq|spawn|tasks|join|race|timeout|limit)\\(",
        "[0-9]{1,3}(\\.[0-9]{1,3})?(ns|us|µs|ms|s|min|h|d)?",
        "\"(\\\\.|[^\"])*\"?",
        "\\PC",
    ];
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_name_reads_back_and_shows_nothing_that_deceives(name: String) {
        let scenario = Scenario::step(name.as_str(), Duration::from_millis(1));
        let shown = scenario.to_string();
        prop_assert_eq!(shown.parse::<Scenario>()?, scenario);
        prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
        prop_assert_eq!(shown.lines().count(), 1);
        let kept = Name::from(name.as_str());
        prop_assert_eq!(kept.as_str(), name);
    }

    #[test]
    fn any_duration_reads_back(duration: Duration) {
        let scenario = Scenario::timeout(duration, Scenario::step("a", duration));
        prop_assert_eq!(scenario.to_string().parse::<Scenario>()?, scenario);
    }

    #[test]
    fn any_text_is_read_or_refused_with_the_place(text: String) { reads_or_refuses(&text)?; }

    #[test]
    fn almost_a_notation_is_read_or_refused_with_the_place(text in near_notation()) {
        reads_or_refuses(&text)?;
    }
}

fn reads_or_refuses(text: &str) -> Result<(), TestCaseError> {
    match text.parse::<Scenario>() {
        Ok(scenario) => prop_assert_eq!(scenario.to_string().parse::<Scenario>()?, scenario),
        Err(error) => {
            prop_assert!(error.is_notation());
            // The caret stands under a column of the line that is shown.
            let text = error.to_string();
            let (problem, excerpt) = text.split_once('\n').expect("a line for the place");
            prop_assert!(problem.starts_with("scenario notation, line "), "{}", problem);
            let (line, caret) = excerpt.split_once('\n').expect("a line for the caret");
            prop_assert!(caret.width() <= line.width() + 1, "{}", text);
            let turns = text.contains("\u{202e}");
            prop_assert!(!turns);
        }
    }
    Ok(())
}
