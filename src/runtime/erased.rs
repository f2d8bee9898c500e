//! Any future as one type, so that what runs it is compiled once.
//!
//! tokio's `block_on` and all below it are generic in the future. A test binary runs
//! hundreds of futures: compiled for each of them, that was more than half of its code.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

/// A future of no type of its own, and where it leaves its output.
pub(super) type Erased<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

pin_project! {
    struct WithSlot<'a, F: Future> {
        // It lives until whoever polls it drops it, as it would by itself.
        #[pin]
        future: F,
        output: &'a mut Option<F::Output>,
    }
}

impl<F: Future> Future for WithSlot<'_, F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        **this.output = Some(ready!(this.future.poll(cx)));
        Poll::Ready(())
    }
}

/// The future, which leaves its output there.
pub(super) fn erased<'a, F: Future + 'a>(
    future: F,
    output: &'a mut Option<F::Output>,
) -> Erased<'a> {
    Box::pin(WithSlot { future, output })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::ready;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::erased;

    /// A future that is done at once and says when it is dropped.
    struct Dropped<'a>(&'a Cell<bool>);

    impl Future for Dropped<'_> {
        type Output = u32;

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
            Poll::Ready(7)
        }
    }

    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }

    #[test]
    fn a_future_that_is_done_leaves_its_output_and_lives_until_it_is_dropped() {
        let (is_dropped, mut output) = (Cell::new(false), None);
        let mut future = erased(Dropped(&is_dropped), &mut output);
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!((polled, is_dropped.get()), (Poll::Ready(()), false));
        drop(future);
        assert_eq!((is_dropped.get(), output), (true, Some(7)));
    }

    #[test]
    fn a_future_that_is_not_done_leaves_nothing() {
        let mut output: Option<u32> = None;
        drop(erased(ready(7), &mut output));
        assert_eq!(output, None);
    }
}
