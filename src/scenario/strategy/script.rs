//! Choices that are written down, for tests of what comes of them.

use crate::random::Random;
use crate::scenario::strategy::draw::Draw;

/// The last of the choices that there are, however many these are.
pub(super) const LAST: u64 = u64::MAX;

/// What is made of these choices: each of them is asked for, and no other.
#[track_caller]
pub(super) fn made_of<T>(choices: &[u64], make: impl FnOnce(&mut Draw<'_>) -> T) -> T {
    let mut rest = choices.iter();
    let made = make(&mut Draw::new(&mut |count| match rest.next() {
        Some(&LAST) => count - 1,
        Some(&choice) if choice < count => choice,
        Some(choice) => panic!("{choice} of {count} choices, {} before the end", rest.len()),
        None => panic!("one more choice than {choices:?} is asked for, of {count}"),
    }));
    assert_eq!(rest.len(), 0, "choices at the end of {choices:?} are not asked for");
    made
}

/// What is made at random, so many times.
pub(super) fn drawn<T>(times: usize, mut make: impl FnMut(&mut Draw<'_>) -> T) -> Vec<T> {
    let mut random = Random::new(7);
    let mut below = |count| random.below(count);
    let mut draw = Draw::new(&mut below);
    (0..times).map(|_| make(&mut draw)).collect()
}
