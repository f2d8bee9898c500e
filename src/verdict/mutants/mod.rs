//! Whether a law that holds would be broken by a simple change of the code.

mod trial;

use std::fmt;
use std::time::Duration;

use crate::exploration::Coverage;
use crate::law::{Law, Mutation};
use crate::name::StepName;
use crate::text::shorten;
use crate::trace::Trace;
use crate::verdict::failure::Failure;
use crate::verdict::one_run::Observed;
use crate::verdict::report::Report;

pub(crate) use trial::Trial;

/// The headline of a law that misses mutants, up to the code.
pub(crate) const TOO_WEAK: &str = "timing law too weak";

/// How many of the missed are told one by one.
const TOLD: usize = 12;

/// The mutants of a law that holds: which simple changes of the code would break it
/// there, and which would pass unseen.
///
/// A test cannot change the code that it tests. But a law that holds says how the code
/// is put together, so a change of the code is a change of the law. Each **mutant** is
/// the law of code with one [`Mutation`] in it. It is *caught* if it comes to another
/// makespan than the code had in one run at least, and *missed* if no run tells it from
/// the law: the same change of the code would pass there, too.
///
/// [`Checker::mutants`](crate::Checker::mutants) tells them for code on many latencies,
/// [`Law::mutants`] for one run; [`assert_mutants_caught!`](crate::assert_mutants_caught)
/// asserts that none is missed.
///
/// # Shape
///
/// In the order in which the law is written, outside before inside. Two mutants with
/// equal laws are one, and what comes to the same as the law whatever the latencies is
/// none. What is left out of the wait is taken to run all the same; if it does not even
/// run, its name never runs, which is an error anyway. Of a law of hundreds of
/// terms there are too many to try, and the first ones are.
///
/// It displays how many are caught, and each that is missed with its law and a reason.
///
/// # Examples
///
/// ```
/// use makespan::{Checker, delay, law};
///
/// async fn crawl(pages: u32) {
///     let pages: Vec<_> = (0..pages).map(|_| tokio::spawn(delay("page"))).collect();
///     for page in pages {
///         page.await.expect("it does not panic");
///     }
/// }
///
/// // A single page tells nothing of how several would run.
/// let mutants = Checker::new().mutants(|| crawl(1), &law!(max(page)))?;
/// assert_eq!(
///     mutants.to_string(),
///     "\
/// max(page): 1 of 3 mutants caught
///   missed  every page runs after the one before it: sum(page)
///           page never runs more than once
///   missed  the first page ends the wait: min(page)
///           page never runs more than once"
/// );
///
/// let mutants = Checker::new().mutants(|| crawl(3), &law!(max(page)))?;
/// assert_eq!(mutants.to_string(), "max(page): 3 of 3 mutants caught");
/// # Ok::<(), makespan::Failure>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "mutants that are missed are no failure before `verify`"]
pub struct Mutants {
    law: Law,
    mutants: Vec<Mutant>,
    runs: usize,
    coverage: Coverage,
    headline: String,
}

/// The law of code with one change of composition in it, and whether that is seen.
///
/// It displays the change and the law: `profile and orders run one after the other:
/// auth + profile + orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    mutation: Mutation,
    change: String,
    law: Law,
    fate: Fate,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// On these durations.
    Caught(Vec<(StepName, Duration)>),
    /// Why.
    Missed(String),
}

impl Law {
    /// Tells which simple changes of the code one run would show, if it is held to the
    /// law. The run must keep it, as in [`verify`](Self::verify).
    ///
    /// One run is one set of durations, and where two calls take the same time or one
    /// takes none, much passes unseen.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify): if the run breaks the law, or cannot decide it.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{law, scenario};
    ///
    /// let law = law!(auth + max(profile, orders));
    /// let trace = scenario!(seq(auth: 20ms, spawn(profile: 0ms, orders: 50ms))).run()?;
    /// assert_eq!(
    ///     law.mutants(&trace)?.missed().next().map(ToString::to_string),
    ///     Some("profile and orders run one after the other: auth + profile + orders".to_owned()),
    /// );
    ///
    /// // Durations of which no two sums are the same:
    /// let trace = scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 330ms))).run()?;
    /// assert_eq!(law.mutants(&trace)?.missed().count(), 1); // nothing waits for profile
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn mutants(&self, trace: &Trace) -> Result<Mutants, Failure> {
        self.verify(trace)?;
        let observed = Observed::new(trace);
        let mut trial = Trial::of(self);
        trial.add(trace, &observed, || observed.durations());
        Ok(trial.conclude(TOO_WEAK.to_owned(), Coverage::new(1, 0, Vec::new())))
    }
}

impl Mutants {
    /// Returns the law that they are mutants of.
    #[must_use]
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Returns all of them, in the order in which the law is written.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Mutant> {
        self.mutants.iter()
    }

    /// Returns those that a run tells from the law.
    pub fn caught(&self) -> impl Iterator<Item = &Mutant> {
        self.iter().filter(|it| it.is_caught())
    }

    /// Returns those that no run tells from the law.
    pub fn missed(&self) -> impl Iterator<Item = &Mutant> {
        self.iter().filter(|it| !it.is_caught())
    }

    /// Returns on how many runs they were tried.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// Returns what the law was held against, with the notes on what was not judged.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Returns whether no change at all would be seen: none is caught, or there are
    /// none. Such a law tells that the code took no time, and nothing else.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.caught().next().is_none()
    }

    /// Demands that none is missed.
    ///
    /// # Errors
    ///
    /// If one is, with each that is and why.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Checker, delay, law};
    /// use std::time::Duration;
    ///
    /// let both = async || tokio::join!(delay("profile"), delay("orders"));
    /// let law = law!(max(profile, orders));
    /// Checker::new().mutants(both, &law)?.verify()?;
    ///
    /// let at_once = Checker::new().latency("profile", Duration::ZERO..=Duration::ZERO);
    /// assert_eq!(
    ///     at_once.mutants(both, &law)?.verify().unwrap_err().to_string(),
    ///     "\
    /// timing law too weak
    ///   law     max(profile, orders)
    ///   missed  profile and orders run one after the other: profile + orders
    ///           profile never takes time
    ///   missed  nothing waits for profile: orders
    ///           profile is never longer than orders
    ///   caught  2 of 4 mutants",
    /// );
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify(&self) -> Result<(), Failure> {
        if self.missed().next().is_none() {
            return Ok(());
        }
        let mut rows = vec![("law", shorten(&self.law))];
        rows.extend(self.told());
        rows.push((
            "caught",
            format!("{} of {} mutants", self.caught().count(), self.iter().len()),
        ));
        Err(Report::without_trace(self.headline.clone()).with_rows(2, rows).into())
    }

    /// Those that are missed, as rows.
    fn told(&self) -> Vec<(&'static str, String)> {
        let mut rows = Vec::new();
        for mutant in self.missed().take(TOLD) {
            rows.push(("missed", mutant.to_string()));
            rows.extend(mutant.reason().map(|reason| ("", shorten(reason))));
        }
        let more = self.missed().count().saturating_sub(TOLD);
        if more > 0 {
            rows.push(("", format!("and {more} more")));
        }
        rows
    }
}

impl Mutant {
    /// Returns what kind of change it is.
    #[must_use]
    pub fn mutation(&self) -> Mutation {
        self.mutation
    }

    /// Returns what the code does after it: `nothing waits for orders`.
    #[must_use]
    pub fn change(&self) -> &str {
        &self.change
    }

    /// Returns the law that the code obeys after it.
    #[must_use]
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Returns whether a run tells it from the law.
    #[must_use]
    pub fn is_caught(&self) -> bool {
        matches!(self.fate, Fate::Caught(_))
    }

    /// Returns the durations of the first run that tells it from the law, if one does:
    /// what [`Checker::case`](crate::Checker::case) takes.
    #[must_use]
    pub fn witness(&self) -> Option<&[(StepName, Duration)]> {
        match &self.fate {
            Fate::Caught(witness) => Some(witness),
            Fate::Missed(_) => None,
        }
    }

    /// Returns why no run tells it from the law, if none does.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match &self.fate {
            Fate::Caught(_) => None,
            Fate::Missed(reason) => Some(reason),
        }
    }
}

impl fmt::Display for Mutants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (caught, all) = (self.caught().count(), self.iter().len());
        write!(f, "{}: {caught} of {all} mutants caught", shorten(&self.law))?;
        for (label, text) in self.told() {
            write!(f, "\n  {label:6}  {text}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", shorten(&self.change), shorten(&self.law))
    }
}
