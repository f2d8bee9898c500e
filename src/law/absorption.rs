//! Which of two terms can never be the larger one.

use crate::law::extremes::Extreme;
use crate::law::normal::{Normal, Part};

/// How many steps a comparison may take. A larger question is answered with no.
const STEPS: u32 = 500;

/// Returns whether `small` is at most `large` whatever the latencies. A yes is
/// sure; a no may mean that it was not seen.
pub(super) fn is_at_most(small: &Normal<'_>, large: &Normal<'_>) -> bool {
    look(small.clone(), large.clone(), &mut { STEPS })
}

fn look<'a>(mut small: Normal<'a>, mut large: Normal<'a>, steps: &mut u32) -> bool {
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    let shared = small.shared(&large);
    small.take_away(&shared);
    large.take_away(&shared);
    if small.is_zero() {
        return true;
    }
    if large.is_zero() {
        return false;
    }
    // A `max` is below something exactly if all of its terms are, and below a
    // `min` is exactly what is below all of its terms. Nothing is lost by it.
    if let Some(mut ways) = opened(&small, Extreme::Max) {
        return ways.all(|way| look(way, large.clone(), steps));
    }
    if let Some(mut ways) = opened(&large, Extreme::Min) {
        return ways.all(|way| look(small.clone(), way, steps));
    }
    // Below a `max`, below one of its terms is enough; a `min` is below
    // something if one of its terms is.
    opened(&small, Extreme::Min)
        .is_some_and(|mut ways| ways.any(|way| look(way, large.clone(), steps)))
        || opened(&large, Extreme::Max)
            .is_some_and(|mut ways| ways.any(|way| look(small.clone(), way, steps)))
}

/// The sum with each term of its first extreme of this kind in the extreme's
/// place, if it has one.
fn opened<'a, 'b>(
    sum: &'b Normal<'a>,
    kind: Extreme,
) -> Option<impl Iterator<Item = Normal<'a>> + use<'a, 'b>> {
    let is_of_kind =
        |(part, _): &(Part<'_>, u128)| matches!(part, Part::Extreme(it, _) if *it == kind);
    let place = sum.parts.iter().position(is_of_kind)?;
    let (Part::Extreme(_, terms), times) = &sum.parts[place] else {
        return None;
    };
    let mut rest = sum.clone();
    rest.parts.remove(place);
    Some(terms.iter().map(move |term| Normal::sum(vec![rest.clone(), term.clone().times(*times)])))
}
