//! Steps that go on elsewhere than in their run.

use tokio::runtime::Handle;

use crate::error::Error;
use crate::runtime::live::is_live;
use crate::runtime::probe::{Named, with, with_found};

/// The run that is being recorded on this thread.
pub(in crate::runtime) fn current_run() -> Option<u64> {
    with_found(|found| Some(found.run))
}

impl Named {
    /// Whether a future of the step can be polled on here: in its run, on another thread
    /// while that goes on, and behind it as long as its runtime is there. In another run it
    /// cannot, and ends that one.
    ///
    /// # Panics
    ///
    /// Where there is no run that could end for it. `what` is the future, as code writes it.
    pub(in crate::runtime) fn can_go_on(&self, what: impl FnOnce() -> String) -> bool {
        let is_in_its_runtime = || {
            let runtime = Handle::try_current().map(|runtime| runtime.id());
            self.runtime.is_some_and(|its| runtime.is_ok_and(|runtime| runtime == its))
        };
        match current_run() {
            Some(run) if run == self.run => true,
            // A task that has outlived its run goes on in somebody's runtime.
            _ if is_in_its_runtime() => true,
            Some(_) => {
                with(|recorder| recorder.fail(Error::began_in_another_run(what())));
                false
            }
            None if is_live(self.run) => true,
            None => panic!("{}", Error::began_in_another_run(what())),
        }
    }
}
