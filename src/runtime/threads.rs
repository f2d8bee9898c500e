//! What the operating system knows of this process's threads, where it says so: on Linux.

#[cfg(target_os = "linux")]
use std::fs::File;

/// A thread as the operating system sees it.
#[derive(Debug)]
pub(super) struct Thread {
    #[cfg(target_os = "linux")]
    stat: File,
}

impl Thread {
    /// This one.
    #[cfg(target_os = "linux")]
    pub(super) fn current() -> Option<Self> {
        Some(Self { stat: File::open("/proc/thread-self/stat").ok()? })
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn current() -> Option<Self> {
        None
    }

    /// Whether it sleeps until something wakes it, and not for a lock of the kernel's.
    #[cfg(target_os = "linux")]
    pub(super) fn is_asleep(&self) -> bool {
        use std::os::unix::fs::FileExt;

        let mut text = [0; 512];
        let read = self.stat.read_at(&mut text, 0).unwrap_or_default();
        // Its number, its name in parentheses, which may be any, and then its state.
        let name_ends = text[..read].iter().rposition(|it| *it == b')');
        name_ends.is_some_and(|at| text[at..read].starts_with(b") S"))
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn is_asleep(&self) -> bool {
        false
    }
}

/// How many threads this process has, counted from an unknown number: only a change says
/// something.
#[cfg(target_os = "linux")]
pub(super) fn count() -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    use std::sync::OnceLock;

    // Kept open: to look it up takes three times as long as to ask. The folder has a link
    // for each thread. In a fork it is still that of the parent, and does not change.
    static TASKS: OnceLock<Option<File>> = OnceLock::new();
    let tasks = TASKS.get_or_init(|| File::open("/proc/self/task").ok());
    tasks.as_ref()?.metadata().ok().map(|it| it.nlink())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn count() -> Option<u64> {
    None
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use crate::runtime::threads::{Thread, count};

    #[test]
    fn a_thread_that_waits_is_asleep_and_one_that_runs_is_not() {
        assert!(!Thread::current().expect("this is Linux").is_asleep());
        let (send, received) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let waiting = thread::spawn(move || {
            send.send(Thread::current().expect("this is Linux")).expect("it is waited for");
            ends.recv()
        });
        let other = received.recv().expect("it was sent");
        while !other.is_asleep() {
            thread::yield_now();
        }
        drop(end);
        waiting.join().expect("it does not panic").expect_err("nothing was sent");
    }

    #[test]
    fn a_process_has_a_thread() {
        assert!(count().expect("this is Linux") >= 1);
    }
}
