//! Scenarios from choices. What is built here can always run.
//!
//! OK because of two sums. The durations of a palette add up to half of the cap
//! at most, and so does whatever is built of them: a timeout takes no longer than
//! what it holds. A step from beyond the palette stands only where a race or a
//! timeout cuts it; beside it, under the same cut, there is at most the other half.

use std::time::Duration;

use crate::name::Name;
use crate::scenario::strategy::draw::Draw;
use crate::scenario::strategy::edit::{letter, rename};
use crate::scenario::strategy::palette::{Palette, far};
use crate::scenario::tree::{Form, Scenario};
use crate::scenario::validity::MAX_DURATION;

const FORMS: [Form; 7] = [
    Form::Sequential,
    Form::Spawned,
    Form::Tasks,
    Form::Joined,
    Form::Raced,
    Form::Timeout(Duration::ZERO),
    Form::Limited(1),
];

/// More tasks than tokio polls before it looks at its timers: 61.
const MANY_TASKS: usize = 62;

/// More ready operations than tokio's cooperative budget for a poll: 128.
const MANY_OPERATIONS: usize = 129;

/// How many steps to draw where nobody has said it: few, now and then many,
/// seldom none.
pub(super) fn usual_steps(draw: &mut Draw<'_>) -> usize {
    if draw.one_in(16) {
        return if draw.one_in(2) {
            draw.count(MANY_TASKS + 2..=99)
        } else {
            draw.count(MANY_OPERATIONS + 7..=180)
        };
    }
    if draw.one_in(64) {
        return 0;
    }
    let most = draw.pick(&[4, 8, 12]);
    draw.count(1..=most)
}

/// A flat group of so many steps in one of these forms.
pub(super) fn flat(draw: &mut Draw<'_>, forms: &[Form], steps: usize) -> Scenario {
    let palette = Palette::draw(draw, steps);
    let form = draw.pick(forms);
    let mut growth = Growth::new(draw, palette);
    let whole = growth.row(form, steps);
    named(draw, &whole)
}

/// A scenario of any shape with so many steps.
pub(super) fn any(draw: &mut Draw<'_>, steps: usize) -> Scenario {
    let palette = Palette::draw(draw, steps);
    let depth = draw.pick(&[1, 2, 2, 3, 3, 4, 6]);
    let is_wide = steps >= MANY_TASKS + 2 && !draw.one_in(4);
    let mut growth = Growth::new(draw, palette);
    let whole = if is_wide { growth.wide(steps) } else { growth.tree(steps, depth) };
    named(draw, &whole)
}

/// Names the steps `a`, `b`, `c` as they are written; sometimes all of them, or
/// some, `job`.
fn named(draw: &mut Draw<'_>, scenario: &Scenario) -> Scenario {
    let job = Name::from("job");
    let share = match draw.number(0..=15) {
        14 => 2,
        15 => 1,
        _ => 0,
    };
    let mut numbers = 0..;
    rename(scenario, &mut |_| {
        let letter = letter(numbers.next().unwrap_or(0));
        if share > 0 && draw.one_in(share) { job.clone() } else { letter }
    })
}

/// Grows a tree; its steps have no names yet.
struct Growth<'d, 'a> {
    draw: &'d mut Draw<'a>,
    palette: Palette,
    unnamed: Name,
}

impl<'d, 'a> Growth<'d, 'a> {
    fn new(draw: &'d mut Draw<'a>, palette: Palette) -> Self {
        Self { draw, palette, unnamed: Name::from("") }
    }

    fn step(&mut self) -> Scenario {
        let duration = self.palette.duration(self.draw);
        Scenario::step(self.unnamed.clone(), duration)
    }

    fn row(&mut self, form: Form, steps: usize) -> Scenario {
        let children = (0..steps).map(|_| self.step()).collect();
        Scenario::group(form, children)
    }

    /// A tree with so many steps, no more than `depth` forms deep but for what
    /// is empty or far.
    fn tree(&mut self, steps: usize, depth: usize) -> Scenario {
        if steps == 0 {
            return self.empty();
        }
        if steps == 1 && (depth == 0 || !self.draw.one_in(4)) {
            return self.step();
        }
        if steps > 2 && self.draw.one_in(8) {
            return self.meeting(steps);
        }
        let below = depth.saturating_sub(1);
        match self.form(steps) {
            Form::Timeout(_) if self.draw.one_in(3) => {
                let limit = self.palette.duration(self.draw);
                Scenario::timeout(limit, self.far_tree(steps, below))
            }
            // With no depth left a timeout would have to hold a group after all.
            Form::Timeout(_) if depth > 0 => self.timeout(steps, below),
            Form::Raced if steps > 1 && !self.draw.one_in(3) => self.race_with_far(steps, below),
            Form::Timeout(_) => self.row(Form::Sequential, steps),
            form if depth == 0 => self.row(form, steps),
            form => {
                let mut children: Vec<_> =
                    self.parts(steps).into_iter().map(|part| self.tree(part, below)).collect();
                if self.draw.one_in(24) {
                    let place = self.draw.count(0..=children.len());
                    children.insert(place, self.empty());
                }
                Scenario::group(form, children)
            }
        }
    }

    /// A form for so many steps; what it holds besides is drawn by its kind.
    fn form(&mut self, steps: usize) -> Form {
        match self.draw.pick(&FORMS) {
            Form::Limited(_) => Form::Limited(self.permits(steps)),
            form => form,
        }
    }

    fn permits(&mut self, steps: usize) -> usize {
        match self.draw.number(0..=11) {
            // More than anyone asks for.
            0 => steps + 1,
            1 => usize::MAX,
            _ => self.draw.count(1..=steps.clamp(1, 4)),
        }
    }

    /// Splits so many steps among some children.
    fn parts(&mut self, steps: usize) -> Vec<usize> {
        let count = match self.draw.number(0..=3) {
            0 => steps.min(12),
            _ => self.draw.count(1..=steps.min(4)),
        };
        let mut parts = vec![1; count];
        let mut rest = steps - count;
        while rest > 0 {
            let more = self.draw.count(1..=rest);
            let lucky = self.draw.count(0..=count - 1);
            parts[lucky] += more;
            rest -= more;
        }
        parts
    }

    fn empty(&mut self) -> Scenario {
        match self.form(1) {
            // A race of nobody cannot run, and a timeout holds something.
            Form::Raced | Form::Timeout(_) => {
                let limit = self.palette.duration(self.draw);
                Scenario::timeout(limit, Scenario::sequential([]))
            }
            form => Scenario::group(form, Vec::new()),
        }
    }

    fn timeout(&mut self, steps: usize, depth: usize) -> Scenario {
        let child = self.tree(steps, depth);
        let limit = if self.draw.one_in(6) {
            far(self.draw, MAX_DURATION)
        } else {
            self.palette.limit(self.draw, child.ticks())
        };
        Scenario::timeout(limit, child)
    }

    /// A sequence, and beside it a step that ends with it or with one of its
    /// steps: a tie of what began at different times.
    fn meeting(&mut self, steps: usize) -> Scenario {
        let row: Vec<_> = (1..steps).map(|_| self.step()).collect();
        let met = self.draw.count(1..=row.len());
        let ticks = row[..met].iter().map(Scenario::ticks).sum();
        let step = Scenario::step(self.unnamed.clone(), Duration::from_millis(ticks));
        let mut children = vec![Scenario::sequential(row), step];
        if self.draw.one_in(2) {
            children.reverse();
        }
        let form = match self.form(steps) {
            Form::Sequential | Form::Timeout(_) => Form::Spawned,
            Form::Limited(_) => Form::Limited(2),
            form => form,
        };
        Scenario::group(form, children)
    }

    /// A race in which one child is far and the others are not.
    fn race_with_far(&mut self, steps: usize, depth: usize) -> Scenario {
        let mut parts = self.parts(steps);
        if parts.len() == 1 || self.draw.one_in(2) {
            // Much goes on beside one step, or one step beside much.
            parts = vec![1, steps - 1];
            if self.draw.one_in(2) {
                parts.reverse();
            }
        }
        let lost = self.draw.count(0..=parts.len() - 1);
        let children =
            parts
                .into_iter()
                .enumerate()
                .map(|(place, part)| {
                    if place == lost { self.far_tree(part, depth) } else { self.tree(part, depth) }
                })
                .collect();
        Scenario::group(Form::Raced, children)
    }

    /// A tree with a step that is not meant to end.
    fn far_tree(&mut self, steps: usize, depth: usize) -> Scenario {
        // By itself it may take all there is; beside others it leaves their half.
        let most = if steps == 1 { MAX_DURATION } else { MAX_DURATION / 2 };
        let far = Scenario::step(self.unnamed.clone(), far(self.draw, most));
        if steps == 1 {
            return far;
        }
        let mut children: Vec<_> =
            self.parts(steps - 1).into_iter().map(|part| self.tree(part, depth)).collect();
        let place = self.draw.count(0..=children.len());
        children.insert(place, far);
        let form = match self.form(steps) {
            Form::Timeout(_) => Form::Sequential,
            form => form,
        };
        Scenario::group(form, children)
    }

    /// Very many steps side by side or in a row, by themselves or with a step
    /// before and one behind.
    fn wide(&mut self, steps: usize) -> Scenario {
        if self.draw.one_in(2) {
            return self.wide_row(steps);
        }
        let (first, row, last) = (self.step(), self.wide_row(steps - 2), self.step());
        match self.form(2) {
            Form::Timeout(_) => {
                let limit = self.palette.limit(self.draw, row.ticks());
                Scenario::sequential([first, Scenario::timeout(limit, row), last])
            }
            form => Scenario::group(form, vec![first, row, last]),
        }
    }

    fn wide_row(&mut self, steps: usize) -> Scenario {
        let most = if self.draw.one_in(2) { 2 } else { 1 };
        let mut few: Vec<_> = (0..most).map(|_| self.palette.duration(self.draw)).collect();
        let form = match self.draw.number(0..=6) {
            0 => Form::Spawned,
            1 => Form::Tasks,
            2 => Form::Joined,
            3 | 4 => {
                // Behind what takes no time nobody would wait.
                few[0] = few[0].max(Duration::from_nanos(1));
                Form::Limited(self.draw.count(1..=3))
            }
            _ if steps >= MANY_OPERATIONS => {
                // So many that are ready at once, in a single poll.
                let form = self.draw.pick(&[Form::Sequential, Form::Joined]);
                let palette = std::mem::replace(&mut self.palette, Palette::plain(Duration::ZERO));
                let row = self.row(form, steps);
                self.palette = palette;
                return row;
            }
            _ => self.form(steps),
        };
        let form = if matches!(form, Form::Timeout(_)) { Form::Spawned } else { form };
        let children = (0..steps)
            .map(|_| Scenario::step(self.unnamed.clone(), self.draw.pick(&few)))
            .collect();
        Scenario::group(form, children)
    }
}

#[cfg(test)]
mod tests;
