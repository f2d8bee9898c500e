//! Patterns as people write them, each in a right and in a wrong version: its law
//! holds for the one and catches the other, at the defaults of `assert_law!`.
//!
//! A wrong version is none that anybody would write on purpose. It compiles, it
//! returns the same, and no test that looks at results tells it from the right one.

mod batching;
mod bounded;
mod cancelling;
mod fan_out;
mod graph;
mod handing_over;
mod hedging;
mod looping;
mod pacing;
mod pipeline;
mod retry;
mod sharing;
mod shutdown;
mod ties;
mod timeout;

use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use makespan::{Checker, Coverage, Failure, Law, delay};

/// One pattern: what holds, and what is caught.
struct Pair {
    name: &'static str,
    /// Panics if the law does not hold.
    right: fn(),
    wrong: fn() -> Result<Coverage, Failure>,
}

/// Makes the table of a family, and its test.
macro_rules! pairs {
    ($($(#[$doc:meta])* $name:ident { $right:expr, $wrong:expr => $($law:tt)+ })+) => {
        pub(super) static FAMILY: $crate::patterns::Family = $crate::patterns::Family::new(&[
            $($crate::patterns::Pair {
                name: stringify!($name),
                right: || makespan::assert_law!($right => $($law)+),
                wrong: || $crate::patterns::check(|| Box::pin($wrong), &makespan::law!($($law)+)),
            }),+
        ]);

        #[test]
        fn each_law_holds_and_catches_what_is_wrong() {
            FAMILY.verify();
        }
    };
}
use pairs;

/// What `assert_law!` does, without its panic and its seeds.
fn check(code: fn() -> Pin<Box<dyn Future<Output = ()>>>, law: &Law) -> Result<Coverage, Failure> {
    Checker::new().without_seeds().verify(code, law)
}

/// Pairs of one kind.
struct Family {
    pairs: &'static [Pair],
    /// How many held and how many were caught, once that is known.
    verified: OnceLock<(usize, usize)>,
}

const FAMILIES: [&Family; 15] = [
    &batching::FAMILY,
    &bounded::FAMILY,
    &cancelling::FAMILY,
    &fan_out::FAMILY,
    &graph::FAMILY,
    &handing_over::FAMILY,
    &hedging::FAMILY,
    &looping::FAMILY,
    &pacing::FAMILY,
    &pipeline::FAMILY,
    &retry::FAMILY,
    &sharing::FAMILY,
    &shutdown::FAMILY,
    &ties::FAMILY,
    &timeout::FAMILY,
];

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What a dependency says that refuses.
#[derive(Debug)]
struct Refused;

/// A dependency that answers.
async fn accepts(name: &'static str) -> Result<(), Refused> {
    delay(name).await;
    Ok(())
}

/// A dependency that answers with an error.
async fn refuses(name: &'static str) -> Result<(), Refused> {
    delay(name).await;
    Err(Refused)
}

impl Family {
    const fn new(pairs: &'static [Pair]) -> Self {
        Self { pairs, verified: OnceLock::new() }
    }

    /// Counts the right versions that held and the wrong ones that were caught.
    /// Panics at the first that did not, or was not.
    fn verify(&self) -> (usize, usize) {
        *self.verified.get_or_init(|| {
            let (mut held, mut caught) = (0, 0);
            for pair in self.pairs {
                (pair.right)();
                held += 1;
                let failure = (pair.wrong)().expect_err(pair.name).to_string();
                assert!(failure.contains("law"), "{}: {failure}", pair.name);
                caught += 1;
            }
            (held, caught)
        })
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "it tells how many there are")]
fn there_are_more_than_forty_of_them() {
    let counts = FAMILIES.map(Family::verify);
    let held: usize = counts.iter().map(|(held, _)| held).sum();
    let caught: usize = counts.iter().map(|(_, caught)| caught).sum();
    println!("{held} pairs: {held} right held, {caught} wrong caught");
    assert!(held >= 40 && caught == held);
}

#[test]
fn what_is_spawned_last_has_not_run_at_all() {
    async fn load_and_forget_to_save() {
        delay("load").await;
        tokio::spawn(delay("save"));
    }
    let failure = check(|| Box::pin(load_and_forget_to_save()), &makespan::law!(load + save));
    let failure = failure.expect_err("nobody waits for it").to_string();
    assert!(failure.contains("`save`"), "{failure}");
}
