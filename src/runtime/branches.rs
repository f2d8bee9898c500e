//! Futures side by side inside one task.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

pub(super) type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs all to their ends.
pub(super) async fn join(futures: impl Iterator<Item = BoxFuture>) {
    let mut branches = Branches::new(futures);
    let mut open = branches.branches.len();
    poll_fn(|cx| {
        branches.poll_woken(cx, || {
            open -= 1;
            false
        });
        if open == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Runs all until the first has ended, then drops the rest in order.
pub(super) async fn race(futures: impl Iterator<Item = BoxFuture>) {
    let mut branches = Branches::new(futures);
    poll_fn(|cx| {
        let mut won = false;
        branches.poll_woken(cx, || {
            won = true;
            true
        });
        if won { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Futures of which each has a waker of its own, so that only those are polled
/// that woke: polling all of them at every wake would be quadratic.
struct Branches {
    // In order of declaration; dropped in that order too.
    branches: Vec<Branch>,
    woken: Arc<Woken>,
}

struct Branch {
    future: Option<BoxFuture>,
    waker: Waker,
    signal: Arc<Signal>,
}

/// Which branches woke, and who polls them.
struct Woken {
    state: Mutex<(Vec<usize>, Waker)>,
}

/// A branch's waker: puts the branch on the list once, then wakes the task.
struct Signal {
    index: usize,
    is_listed: AtomicBool,
    woken: Arc<Woken>,
}

impl Branches {
    fn new(futures: impl Iterator<Item = BoxFuture>) -> Self {
        let woken = Arc::new(Woken { state: Mutex::new((Vec::new(), Waker::noop().clone())) });
        let branches: Vec<_> = futures
            .enumerate()
            .map(|(index, future)| {
                let is_listed = AtomicBool::new(true);
                let signal = Arc::new(Signal { index, is_listed, woken: Arc::clone(&woken) });
                let waker = Waker::from(Arc::clone(&signal));
                Branch { future: Some(future), waker, signal }
            })
            .collect();
        woken.lock().0 = (0..branches.len()).collect();
        Self { branches, woken }
    }

    /// Polls the branches that woke, in order of declaration, and tells of each
    /// that ended; stops where `ended` says so.
    fn poll_woken(&mut self, cx: &Context<'_>, mut ended: impl FnMut() -> bool) {
        let mut woken = {
            let (list, waker) = &mut *self.woken.lock();
            waker.clone_from(cx.waker());
            std::mem::take(list)
        };
        woken.sort_unstable();
        for index in woken {
            let branch = &mut self.branches[index];
            branch.signal.is_listed.store(false, Ordering::Release);
            let Some(future) = &mut branch.future else {
                continue;
            };
            if let Poll::Ready(()) = future.as_mut().poll(&mut Context::from_waker(&branch.waker)) {
                branch.future = None;
                if ended() {
                    return;
                }
            }
        }
    }
}

impl Woken {
    fn lock(&self) -> std::sync::MutexGuard<'_, (Vec<usize>, Waker)> {
        // No code of others runs under the lock, so a poisoned one is intact.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.is_listed.swap(true, Ordering::AcqRel) {
            return;
        }
        let waker = {
            let (list, waker) = &mut *self.woken.lock();
            list.push(self.index);
            waker.clone()
        };
        waker.wake();
    }
}
