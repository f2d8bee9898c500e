//! Wakers that know on which thread they are used.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Wake, Waker};
use std::thread::{self, ThreadId};

/// A waker that notes it if another thread than its own wakes by it.
pub(super) struct HomeWaker {
    inner: Waker,
    home: ThreadId,
    /// The name of the first other thread, if it has one. Wakers that follow one
    /// another share it, since an old one may be used long after.
    other: Arc<OnceLock<Option<String>>>,
    /// Whether another thread has woken by this one since it was last asked.
    is_woken_outside: AtomicBool,
}

impl HomeWaker {
    /// The waker to hand on in place of `inner`: the one of last time, if it
    /// still stands for the same.
    pub(super) fn around(last: &mut Option<Arc<Self>>, inner: &Waker) -> Waker {
        let home = match last {
            Some(home) if home.inner.will_wake(inner) => home,
            _ => {
                let other = last.take().map(|last| Arc::clone(&last.other)).unwrap_or_default();
                let home = thread::current().id();
                last.insert(Arc::new(Self {
                    inner: inner.clone(),
                    home,
                    other,
                    is_woken_outside: AtomicBool::new(false),
                }))
            }
        };
        Waker::from(Arc::clone(home))
    }

    /// The waker to hand on in place of `inner`, which is the same every time even
    /// where `will_wake` cannot see it.
    pub(super) fn around_same(last: &mut Option<Arc<Self>>, inner: &Waker) -> Waker {
        match last {
            Some(home) => Waker::from(Arc::clone(home)),
            None => Self::around(last, inner),
        }
    }

    /// What the other thread is called that has woken, if one has.
    pub(super) fn other_thread(&self) -> Option<Option<String>> {
        self.other.get().cloned()
    }

    /// Whether another thread has woken since this was last asked.
    pub(super) fn take_outside_wake(&self) -> bool {
        self.is_woken_outside.swap(false, Ordering::Relaxed)
    }

    fn note(&self) {
        let current = thread::current();
        if current.id() != self.home {
            self.other.get_or_init(|| current.name().map(str::to_owned));
            self.is_woken_outside.store(true, Ordering::Relaxed);
        }
    }
}

impl Wake for HomeWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.note();
        self.inner.wake_by_ref();
    }
}
