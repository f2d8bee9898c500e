//! Orders that a run is held to.

use std::time::Duration;

use crate::error::Error;
use crate::order::{Edge, Moment, Order, Relation};
use crate::text::shorten;
use crate::time::Readable;
use crate::trace::Trace;
use crate::verdict::failure::Failure;
use crate::verdict::one_run::moments::Moments;
use crate::verdict::report::Report;
use crate::verdict::sighting::Seen;

/// An order that does not hold, with the moments that it compares.
struct Broken<'a> {
    order: &'a Order,
    left: Seen,
    right: Seen,
}

impl Order {
    /// Holds a run to the order; [`Trace::verify_orders`] holds it to several.
    ///
    /// # Errors
    ///
    /// If the order does not hold, with both times; if it speaks of a step that
    /// never ran or of a finish that never came, of several steps as of one, or if
    /// it holds in every run, whatever happens.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Order, scenario};
    ///
    /// let trace = scenario!(seq(auth: 20ms, profile: 5ms)).run()?;
    /// "auth.finish <= profile.start".parse::<Order>()?.verify(&trace)?;
    ///
    /// // They are one instant.
    /// assert!("auth.finish < profile.start".parse::<Order>()?.verify(&trace).is_err());
    ///
    /// let unknown = "auth.finish <= profil.start".parse::<Order>()?.verify(&trace);
    /// assert_eq!(
    ///     unknown.unwrap_err().to_string(),
    ///     "no step called `profil` ran; did you mean `profile`? (what ran: auth, profile)",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self, trace: &Trace) -> Result<(), Failure> {
        trace.verify_orders(std::slice::from_ref(self))
    }

    /// Whether the order is broken; an error where the run cannot tell, or where
    /// none could.
    fn broken<'a>(&'a self, moments: &Moments) -> Result<Option<Broken<'a>>, Error> {
        let (one, left) = moments.find(self, &self.left)?;
        let (two, right) = moments.find(self, &self.right)?;
        if one == two && self.cannot_fail() {
            let because = "cannot fail: a step never finishes before it starts".to_owned();
            return Err(Error::undecided(self.to_string(), because));
        }
        if one == two && self.left.edge == self.right.edge {
            let because = "compares a moment with itself".to_owned();
            return Err(Error::undecided(self.to_string(), because));
        }
        let holds = if self.relation.is_of_places() {
            self.relation.holds(&left.position, &right.position)
        } else {
            self.relation.holds(&self.left.time(left), &self.right.time(right))
        };
        Ok((!holds).then_some(Broken { order: self, left, right }))
    }

    /// Whether the order holds however long its step takes, of which both of its
    /// moments are.
    fn cannot_fail(&self) -> bool {
        let (start, finish, relation) = match (self.left.edge, self.right.edge) {
            (Edge::Start, Edge::Finish) => (&self.left, &self.right, self.relation),
            (Edge::Finish, Edge::Start) => (&self.right, &self.left, self.relation.turned()),
            _ => return false,
        };
        match relation {
            Relation::AtMost => start.later <= finish.later,
            Relation::Less | Relation::Unequal => start.later < finish.later,
            Relation::Before => true,
            _ => false,
        }
    }
}

impl Relation {
    /// The same between the sides turned round.
    const fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::AtLeast => Self::AtMost,
            Self::Greater => Self::Less,
            Self::Before => Self::After,
            Self::After => Self::Before,
            Self::Equal | Self::Unequal => self,
        }
    }
}

impl Moment {
    fn time(&self, seen: Seen) -> Duration {
        seen.time.since_start().saturating_add(self.later)
    }

    fn told(&self, seen: Seen, relation: Relation) -> String {
        let time = Readable(self.time(seen));
        if relation.is_of_places() {
            format!("+{time}, line {} of the log", seen.position + 1)
        } else {
            format!("+{time}")
        }
    }
}

impl Broken<'_> {
    fn rows(&self) -> [(String, String); 2] {
        let Order { left, relation, right } = self.order;
        [
            (left.to_string(), left.told(self.left, *relation)),
            (right.to_string(), right.told(self.right, *relation)),
        ]
    }
}

impl Trace {
    /// Holds the run to orders: [`assert_order!`](crate::assert_order!) as a
    /// `Result`.
    ///
    /// # Errors
    ///
    /// If any of them does not hold, with all that do not; if the run cannot tell
    /// of one of them, as [`Order::verify`] has it.
    pub fn verify_orders(&self, orders: &[Order]) -> Result<(), Failure> {
        const SHOWN: usize = 8;
        let moments = Moments::new(self);
        let mut broken = Vec::new();
        for order in orders {
            broken.extend(order.broken(&moments)?);
        }
        match broken.as_slice() {
            [] => Ok(()),
            [one] => {
                let headline = format!("order broken: {}", shorten(one.order));
                Err(Report::new(headline, self).with_rows(2, one.rows()).into())
            }
            several => {
                let headline = format!("{} of {} orders broken", several.len(), orders.len());
                let mut report = Report::new(headline, self);
                for one in several.iter().take(SHOWN) {
                    let order = shorten(one.order);
                    report = report.with_text(&format!("  {order}")).with_rows(4, one.rows());
                }
                if let Some(more) = several.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    report = report.with_text(&format!("  and {more} more"));
                }
                Err(report.into())
            }
        }
    }
}
