//! What is read in any notation reads back as it is written; the rest is refused, with
//! a place inside the text.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use makespan::{Error, Law, Order, Pace, Scenario};
use proptest::prelude::*;

use crate::fuzz::config;
use crate::fuzz::grammar::valid;
use crate::fuzz::text::{bytes, damaged, nested, repeated, soup};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_read_or_refused(text in bytes()) { any_notation(&text)?; }

    #[test]
    fn any_pieces_are_read_or_refused(text in soup()) { any_notation(&text)?; }

    #[test]
    fn any_repetition_is_read_or_refused(text in repeated()) { any_notation(&text)?; }

    #[test]
    fn any_nesting_is_read_or_refused(text in nested()) { any_notation(&text)?; }

    #[test]
    fn a_damaged_text_is_read_or_refused(text in damaged()) { any_notation(&text)?; }

    #[test]
    fn what_the_grammar_makes_is_read(text in valid()) {
        reads_back(&text.scenario.parse::<Scenario>()?)?;
        reads_back(&text.law.parse::<Law>()?)?;
        reads_back(&text.order.parse::<Order>()?)?;
        reads_back(&text.pace.parse::<Pace>()?)?;
    }
}

/// Whatever it is meant to be.
pub(super) fn any_notation(text: &str) -> Result<(), TestCaseError> {
    reads_or_refuses::<Scenario>("scenario", text)?;
    reads_or_refuses::<Law>("law", text)?;
    reads_or_refuses::<Order>("order", text)?;
    reads_or_refuses::<Pace>("pace", text)
}

fn reads_or_refuses<T>(what: &str, text: &str) -> Result<(), TestCaseError>
where
    T: FromStr<Err = Error> + Display + Debug + PartialEq,
{
    match text.parse::<T>() {
        Ok(value) => reads_back(&value),
        Err(error) => is_placed(what, text, &error),
    }
}

fn reads_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: FromStr<Err = Error> + Display + Debug + PartialEq,
{
    let shown = value.to_string();
    prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
    let again = shown.parse::<T>()?;
    prop_assert_eq!(&again, value);
    prop_assert_eq!(again.to_string(), shown);
    Ok(())
}

/// The line and the column are those of a character of the text, or of its end.
pub(super) fn is_placed(what: &str, text: &str, error: &Error) -> Result<(), TestCaseError> {
    prop_assert!(error.is_notation());
    let told = error.to_string();
    let place = told.strip_prefix(&format!("{what} notation, line "));
    let place = place.and_then(|it| it.split_once(", column "));
    let place = place.and_then(|(line, rest)| Some((line, rest.split_once(": ")?.0)));
    let place = place.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    let (line, column): (usize, usize) = place.ok_or_else(|| TestCaseError::fail(told.clone()))?;
    prop_assert!(line >= 1 && column >= 1, "{}", told);
    let line = text.split('\n').nth(line - 1);
    let line = line.ok_or_else(|| TestCaseError::fail(told.clone()))?;
    prop_assert!(column <= line.chars().count() + 1, "{}", told);
    let is_unfit = |it: char| it.is_control() && it != '\n';
    prop_assert!(!told.contains(is_unfit), "{:?}", told);
    Ok(())
}
