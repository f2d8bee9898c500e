//! The limit of virtual time: exact, and what it is beyond.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use makespan::{Error, Runner, delay};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const DAY: Duration = Duration::from_secs(86_400);

/// The error of a run that did not end within its limit.
#[track_caller]
fn unended<F: Future>(runner: &Runner, future: F) -> Error {
    runner.run(future).err().expect("it does not end in time")
}

#[test]
fn a_root_that_ticks_is_past_the_virtual_limit() {
    for limit in [ms(1), ms(63), ms(4_096), ms(60_000), ms(300_000)] {
        let error = unended(&Runner::new().virtual_limit(limit), async {
            loop {
                sleep(ms(100)).await;
            }
        });
        assert!(error.is_past_virtual_limit(), "{limit:?}: {error}");
    }
}

#[test]
fn a_timer_past_the_limit_is_no_stall() {
    let runner = Runner::new().virtual_limit(ms(1_000));
    let error = unended(&runner, async { sleep(Duration::from_secs(300 * 86_400)).await });
    assert!(error.is_past_virtual_limit(), "{error}");
}

#[test]
fn the_virtual_limit_is_exact() {
    let runner = Runner::new().virtual_limit(ms(1_000));
    assert!(runner.run(async { sleep(ms(1_000)).await }).is_ok());
    let error = unended(&runner, async { sleep(ms(1_001)).await });
    assert_eq!(error.to_string(), "done at +1001ms, past the virtual limit of 1s");
    // Latencies that were given do not count.
    let runner = runner.latency("a", ms(5_000));
    let both = |rest| async move {
        delay("a").await;
        sleep(ms(rest)).await;
    };
    assert!(runner.run(both(1_000)).is_ok());
    let error = unended(&runner, both(1_001));
    assert_eq!(
        error.to_string(),
        "done at +6001ms, past the virtual limit of 1s, not counting 5s of latencies"
    );
}

#[test]
fn a_timer_years_ahead_is_no_stall() {
    for days in [2, 300, 700, 783, 790, 800, 1_000, 3_650, 10_950] {
        let error = unended(&Runner::new(), async { sleep(DAY * days).await });
        assert_eq!(error.to_string(), "still ticking past the virtual limit of 1d", "{days} days");
    }
    let error = unended(&Runner::new(), async { sleep(Duration::MAX).await });
    assert_eq!(error.to_string(), "still ticking past the virtual limit of 1d");
}

#[test]
fn latencies_of_more_than_two_years_are_too_many() {
    let runner = Runner::new().latency("year", makespan::MAX_DURATION);
    let error = unended(&runner, async {
        for _ in 0..3 {
            delay("year").await;
        }
    });
    assert_eq!(
        error.to_string(),
        "still ticking past two years, which is more than any run may take\n  \
         unfinished: year[2] since +730d"
    );
}

#[test]
fn what_is_past_its_limit_is_not_polled_any_more() {
    // Tokio's wheel has no boundary between the limit's guard and the timer, so that nothing
    // but the timer itself is seen.
    let is_polled = Cell::new(false);
    let error = unended(&Runner::new().virtual_limit(ms(1_000)), async {
        sleep(ms(1_025)).await;
        is_polled.set(true);
    });
    assert_eq!(error.to_string(), "still ticking past the virtual limit of 1s");
    assert!(!is_polled.get());
}

#[test]
fn latencies_that_are_given_later_put_the_limit_off() {
    let runner = Runner::new().latency("call", ms(40 * 3_600_000)).virtual_limit(DAY);
    let stalled = |wait| async move {
        sleep(ms(10)).await;
        let _ = timeout(wait, delay("call")).await;
        pending::<()>().await;
    };
    // Before the day is over it stood there; what comes behind it is seen as well.
    for (wait, at) in [(ms(5), "+15ms"), (Duration::MAX, "+1d 16h 10ms")] {
        let error = unended(&runner, stalled(wait));
        assert!(error.is_stalled());
        assert!(error.to_string().starts_with(&format!("stalled at {at}: ")), "{at}: {error}");
    }
}

/// What another thread sends that has ended by then.
fn sent_by_another_thread(sender: oneshot::Sender<()>) {
    std::thread::spawn(move || sender.send(())).join().expect("no panic").expect("it is sent");
}

#[test]
fn an_answer_from_outside_behind_the_limit_is_one_that_was_waited_for() {
    let told = "waiting at +64ms for another thread: ";
    let runner = Runner::new().virtual_limit(ms(100));
    // At 64 ms and at 104: tokio's wheel has no boundary in between.
    let late = async || {
        sleep(ms(64)).await;
        sleep(ms(40)).await;
    };
    let (sender, receiver) = oneshot::channel();
    let between_polls = unended(&runner, async {
        tokio::spawn(async move {
            late().await;
            sent_by_another_thread(sender);
        });
        receiver.await
    });
    assert!(between_polls.to_string().starts_with(told), "{between_polls}");
    let in_a_poll = unended(&runner, async {
        late().await;
        let (sender, receiver) = oneshot::channel();
        let mut receiver = pin!(receiver);
        poll_fn(|cx| Poll::Ready(receiver.as_mut().poll(cx).is_pending())).await;
        sent_by_another_thread(sender);
        receiver.await
    });
    assert!(in_a_poll.to_string().starts_with(told), "{in_a_poll}");
    let by_itself = unended(&runner, late());
    assert_eq!(by_itself.to_string(), "done at +104ms, past the virtual limit of 100ms");
}

#[test]
fn a_limit_of_more_than_two_years_is_one_of_two_years() {
    // All that tokio's timer wheel holds, but for what is needed behind it.
    let most = ms(60 * 64_u64.pow(5));
    for (limit, told) in [
        (most, "the virtual limit of 745d 15h 41m 49.44s"),
        (most + ms(1), "two years, which is more than any run may take"),
        (Duration::MAX, "two years, which is more than any run may take"),
    ] {
        let ticking = async {
            loop {
                sleep(DAY).await;
            }
        };
        let error = unended(&Runner::new().virtual_limit(limit), ticking);
        assert_eq!(error.to_string(), format!("still ticking past {told}"));
    }
}
