//! Wakers that know whether they were used, and on which thread.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Wake, Waker};
use std::thread::{self, ThreadId};

use crate::runtime::outside::is_pool_thread;

/// A waker that notes that it was used, and whether by another thread than its own.
pub(super) struct HomeWaker {
    inner: Waker,
    home: ThreadId,
    /// Whether anybody has woken since this was last asked, or nobody has asked yet:
    /// a future that has not been polled with this waker is to be polled.
    is_woken: AtomicBool,
    /// Wakers that follow one another share it, since an old one may be used long after.
    outside: Arc<Outside>,
}

/// How often a waker has been used, and those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wakes {
    /// By threads of the run's own runtime for blocking tasks.
    pub(super) by_pool: u32,
    /// By other threads.
    pub(super) by_foreign: u32,
    /// By the thread that the run is on.
    pub(super) by_home: u32,
}

/// What is known of other threads.
#[derive(Default)]
struct Outside {
    /// The name of the first one that has woken, if it has one.
    first: OnceLock<Option<String>>,
    /// Whether one has woken since this was last asked.
    is_woken: AtomicBool,
    /// How often one has woken that is the runtime's own, for blocking tasks: for these its
    /// clock waits.
    by_pool: AtomicU32,
    /// How often another one has woken.
    by_foreign: AtomicU32,
    /// How often its home has.
    by_home: AtomicU32,
}

impl HomeWaker {
    /// The waker to hand on in place of `inner`: the one of last time, if it
    /// still stands for the same.
    pub(super) fn around(last: &mut Option<Arc<Self>>, inner: &Waker) -> Waker {
        let home = match last {
            Some(home) if is_same(&home.inner, inner) => home,
            _ => {
                let outside = last.take().map(|last| Arc::clone(&last.outside)).unwrap_or_default();
                let home = thread::current().id();
                let is_woken = AtomicBool::new(true);
                last.insert(Arc::new(Self { inner: inner.clone(), home, is_woken, outside }))
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
        self.outside.first.get().cloned()
    }

    /// Whether another thread has woken since this was last asked.
    pub(super) fn take_outside_wake(&self) -> bool {
        self.outside.is_woken.swap(false, Ordering::Relaxed)
    }

    /// How often it has been used, and by whom.
    pub(super) fn wakes(&self) -> Wakes {
        let Outside { by_pool, by_foreign, by_home, .. } = &*self.outside;
        let [by_pool, by_foreign, by_home] =
            [by_pool, by_foreign, by_home].map(|count| count.load(Ordering::Relaxed));
        Wakes { by_pool, by_foreign, by_home }
    }

    /// Whether it has been used, as `take_wake`, without taking it.
    pub(super) fn is_woken(&self) -> bool {
        self.is_woken.load(Ordering::Acquire)
    }

    /// Whether it has been used since this was last asked, or was never asked.
    pub(super) fn take_wake(&self) -> bool {
        // What was written before the wake is seen by the poll that follows.
        self.is_woken.swap(false, Ordering::AcqRel)
    }

    fn note(&self) {
        self.is_woken.store(true, Ordering::Release);
        let current = thread::current();
        if current.id() == self.home {
            self.outside.by_home.fetch_add(1, Ordering::Relaxed);
        } else {
            self.outside.first.get_or_init(|| current.name().map(str::to_owned));
            self.outside.is_woken.store(true, Ordering::Relaxed);
            let by =
                if is_pool_thread() { &self.outside.by_pool } else { &self.outside.by_foreign };
            by.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whether two wakers are of one task. `will_wake` compares the addresses of tables that
/// the compiler may lay down several times, and fails for the waker of tokio's `block_on`
/// and its clone. What a waker holds is at one address as long as it is held; only where
/// it holds nothing does that say nothing.
fn is_same(one: &Waker, other: &Waker) -> bool {
    one.will_wake(other) || one.data() == other.data() && !one.data().is_null()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Poll, Wake, Waker};

    use super::HomeWaker;

    /// A task that counts its wakes.
    #[derive(Default)]
    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn what_is_awaited_by_one_task_and_then_by_another_wakes_the_other() {
        let (one, other) = (Arc::new(Task::default()), Arc::new(Task::default()));
        let mut last = None;
        HomeWaker::around(&mut last, &Waker::from(Arc::clone(&one))).wake();
        HomeWaker::around(&mut last, &Waker::from(Arc::clone(&other))).wake();
        let wakes = |task: &Task| task.0.load(Ordering::Relaxed);
        assert_eq!((wakes(&one), wakes(&other)), (1, 1));
    }

    #[test]
    fn a_wake_is_reported_once_and_a_new_waker_counts_as_woken() {
        let (one, other) = (Arc::new(Task::default()), Arc::new(Task::default()));
        let mut last = None;
        let waker = HomeWaker::around(&mut last, &Waker::from(Arc::clone(&one)));
        let take = |last: &Option<Arc<HomeWaker>>| last.as_ref().expect("a waker").take_wake();
        assert_eq!([take(&last), take(&last)], [true, false]);
        waker.wake();
        assert_eq!([take(&last), take(&last)], [true, false]);
        HomeWaker::around(&mut last, &Waker::from(one));
        assert!(!take(&last), "it is the same waker");
        HomeWaker::around(&mut last, &Waker::from(other));
        assert!(take(&last));
    }

    #[test]
    fn the_waker_of_a_runtime_is_the_same_at_every_poll() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (mut last, mut wakes) = (None, Vec::new());
        runtime.block_on(std::future::poll_fn(|cx| {
            HomeWaker::around(&mut last, cx.waker());
            wakes.push(last.as_ref().expect("a waker").take_wake());
            cx.waker().wake_by_ref();
            if wakes.len() == 3 { Poll::Ready(()) } else { Poll::Pending }
        }));
        assert_eq!(wakes, [true, false, false]);
    }

    #[test]
    fn a_wake_by_another_thread_is_known_whoever_is_polled_next() {
        let mut last = None;
        let task = || Waker::from(Arc::new(Task::default()));
        let waker = HomeWaker::around(&mut last, &task());
        waker.wake_by_ref();
        let home = last.clone().expect("the last one");
        assert!(home.other_thread().is_none() && !home.take_outside_wake());
        let outside = std::thread::Builder::new().name("outside".to_owned());
        outside.spawn(move || waker.wake()).expect("a thread").join().expect("no panic");
        HomeWaker::around(&mut last, &task());
        let home = last.expect("the last one");
        assert_eq!(home.other_thread(), Some(Some("outside".to_owned())));
        assert!(home.take_outside_wake());
        assert!(!home.take_outside_wake(), "it is told once");
    }
}
