//! The name that may have been meant.

/// Longer names are not compared: nobody mistypes a page.
const LONGEST: usize = 100;

/// More letters than these of any name are not counted: it is too long by then.
const COUNTED: usize = 200;

/// Returns the name among `known` that is nearest to one that is not among them,
/// if any is near: one of the same letters in another case, or one that is a few
/// slips of the keyboard away, at most one for every three letters. Of several
/// the first.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    // Of a name of one letter nothing is left after a slip.
    let most = (length.max(3) / 3).min(length.saturating_sub(1));
    let lower = name.to_lowercase();
    let slips = |other: &str| {
        let is_near = other.chars().take(COUNTED).count().abs_diff(length) <= most;
        if !is_near {
            return None;
        }
        if other.to_lowercase() == lower {
            return Some(0);
        }
        Some(strsim::damerau_levenshtein(name, other)).filter(|slips| *slips <= most)
    };
    let near = known.filter_map(|other| Some((slips(other)?, other)));
    near.min_by_key(|(slips, _)| *slips).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const PAGE: &str = include_str!("nearest.rs");

    #[test]
    fn two_slips_in_four_letters_are_too_many_and_so_are_more_than_a_hundred_letters() {
        let among = |name: &str, known: &str| nearest(name, [known].into_iter()).is_some();
        assert!(among("abcd", "abcx") && !among("abcd", "abxy"));
        let long = |count: usize, last: &str| "a".repeat(count - 1) + last;
        assert!(among(&long(100, "b"), &long(100, "c")));
        assert!(!among(&long(101, "b"), &long(101, "c")));
    }

    #[test]
    fn a_slip_for_every_three_letters_is_near() {
        let among = |name: &str, known: &[&'static str]| nearest(name, known.iter().copied());
        assert_eq!(among("auht", &["orders", "auth"]), Some("auth"));
        assert_eq!(among("profil", &["orders", "profile"]), Some("profile"));
        assert_eq!(among("AUTH", &["auth"]), Some("auth"));
        assert_eq!(among("A", &["b", "a"]), Some("a"));
        assert_eq!(among("ordres", &["order", "orders"]), Some("orders"));
        assert_eq!(among("a", &["b"]), None);
        assert_eq!(among("auth", &["orders", "profile"]), None);
        assert_eq!(among("auth", &[]), None);
        assert_eq!(among(&"a".repeat(101), &["b"]), None);
        assert_eq!(among(&"a".repeat(100), &[PAGE]), None);
    }
}
