//! Panics of the code under test: what they say, and where.
//!
//! The panic hook is the process's, and it is the only place that knows where a panic
//! happened. So one hook of ours is installed in front of the one that is there. It does
//! nothing on a thread that does not run code under test.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use crate::run::Panicked;
use crate::runtime::probe;

thread_local! {
    static HEARD: RefCell<Option<Heard>> = const { RefCell::new(None) };
}

/// The panics of the run that goes on in this thread.
struct Heard {
    is_quiet: bool,
    /// The last one outside of spawned tasks: if the run ends by a panic, it is this one.
    own: Option<String>,
    /// Those of spawned tasks, which tokio catches.
    of_tasks: Vec<String>,
}

/// Listens to the panics of one run, until it is dropped.
pub(super) struct Listening(());

impl Listening {
    /// Listens from now on. If it `is_quiet`, panics are not printed meanwhile.
    pub(super) fn start(is_quiet: bool) -> Self {
        static INSTALLED: Once = Once::new();
        // A run may begin while a panic unwinds, as in a `drop`: no hook can be set then.
        if !std::thread::panicking() {
            INSTALLED.call_once(|| {
                let previous = panic::take_hook();
                panic::set_hook(Box::new(move |info| {
                    if !hear(info) {
                        previous(info);
                    }
                }));
            });
        }
        HEARD.set(Some(Heard { is_quiet, own: None, of_tasks: Vec::new() }));
        Self(())
    }

    /// What the panics of spawned tasks said.
    pub(super) fn of_tasks(&self) -> Vec<String> {
        HEARD.with_borrow_mut(|heard| {
            heard.as_mut().map(|heard| std::mem::take(&mut heard.of_tasks)).unwrap_or_default()
        })
    }

    /// The panic by which the run has ended.
    pub(super) fn panicked(&self, payload: Box<dyn Any + Send>) -> Panicked {
        let own = HEARD.with_borrow_mut(|heard| heard.as_mut().and_then(|heard| heard.own.take()));
        // A panic that goes on from elsewhere passes no hook.
        let text = own.unwrap_or_else(|| message(&*payload).to_owned());
        Panicked { text, payload }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        HEARD.set(None);
    }
}

/// Whether panics of the run in this thread are kept for a report.
pub(super) fn is_quiet() -> bool {
    let is_quiet = HEARD.try_with(|heard| Some(heard.try_borrow().ok()?.as_ref()?.is_quiet));
    is_quiet.ok().flatten().unwrap_or(false)
}

/// Notes a panic; returns whether it shall not be printed.
fn hear(info: &PanicHookInfo<'_>) -> bool {
    let text = || {
        let message = message(info.payload());
        match info.location() {
            Some(place) => format!("{message}, at {place}"),
            None => message.to_owned(),
        }
    };
    // Neither a thread that ends nor a panic inside of this may panic again.
    let is_quiet = HEARD.try_with(|heard| {
        let mut heard = heard.try_borrow_mut().ok()?;
        let heard = heard.as_mut()?;
        if probe::is_in_spawned_task() {
            heard.of_tasks.push(text());
        } else {
            heard.own = Some(text());
        }
        Some(heard.is_quiet)
    });
    is_quiet.ok().flatten().unwrap_or(false)
}

/// What a panic says, if it says anything.
pub(super) fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a text")
}
