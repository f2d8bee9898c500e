//! How things end: who is waited for, and how long.

use std::time::Duration;

use makespan::delay;
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::{ms, pairs};

pairs! {
    workers_drain_side_by_side { told_together(), told_in_turn() => max(drain) }
    a_grace_period_is_for_all { grace_for_all(), grace_for_each() => min(max(drain), 5s) }
    a_grace_period_ends { grace_for_all(), no_grace() => min(max(drain), 5s) }
    workers_are_waited_for { told_together(), told_only() => max(drain) }
    the_log_is_flushed_last { flushed_last(), flushed_meanwhile() => max(drain) + flush }
    what_is_in_flight_is_finished { finished(), cut() => max(signal, request) }
    tasks_of_a_set_are_joined { audited(), dropped() => max(reply, max(audit)) }
    a_shutdown_goes_from_the_front_to_the_back { front_first(), all_at_once() => accept + drain + close }
    what_does_not_listen_is_aborted { aborted(), awaited() => signal + min(drain, 500ms) }
    a_hook_that_fails_leaves_the_others { hooks(), hooks_until_error() => max(first, second) + last }
}

async fn worker(mut stop: watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.expect("somebody stops it");
    delay("drain").await;
}

/// Three workers that were told to stop.
async fn told() -> (watch::Sender<bool>, Vec<JoinHandle<()>>) {
    let (stop, stopped) = watch::channel(false);
    let workers = (0..3).map(|_| tokio::spawn(worker(stopped.clone()))).collect();
    stop.send_replace(true);
    (stop, workers)
}

async fn told_together() {
    let (_stop, workers) = told().await;
    for worker in workers {
        worker.await.expect("it does not panic");
    }
}

async fn told_in_turn() {
    let mut workers = Vec::new();
    for _ in 0..3 {
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = tokio::spawn(async {
            stopped.await.expect("somebody stops it");
            delay("drain").await;
        });
        workers.push((stop, worker));
    }
    for (stop, worker) in workers {
        stop.send(()).expect("it listens");
        worker.await.expect("it does not panic");
    }
}

async fn told_only() {
    let (_stop, workers) = told().await;
    // Dropped handles wait for nobody. One turn is enough for all to begin.
    drop(workers);
    tokio::task::yield_now().await;
}

async fn grace_for_all() {
    let all = async {
        let (_stop, workers) = told().await;
        for worker in workers {
            worker.await.expect("it does not panic");
        }
    };
    let _ = timeout(Duration::from_secs(5), all).await;
}

async fn grace_for_each() {
    let (_stop, workers) = told().await;
    for worker in workers {
        let _ = timeout(Duration::from_secs(5), worker).await;
    }
}

async fn no_grace() {
    told_together().await;
}

async fn flushed_last() {
    told_together().await;
    delay("flush").await;
}

async fn flushed_meanwhile() {
    tokio::join!(told_together(), delay("flush"));
}

async fn finished() {
    let signal = tokio::spawn(delay("signal"));
    delay("request").await;
    signal.await.expect("it does not panic");
}

async fn cut() {
    let signal = tokio::spawn(delay("signal"));
    tokio::pin!(signal);
    tokio::select! {
        // The request is dropped where it stands.
        _ = &mut signal => return,
        () = delay("request") => {}
    }
    signal.await.expect("it does not panic");
}

async fn audited() {
    let mut audits: JoinSet<_> = [(); 2].map(|()| delay("audit")).into_iter().collect();
    delay("reply").await;
    // A reply is not held up by them, a shutdown is.
    let rest = async { while audits.join_next().await.is_some() {} };
    rest.await;
}

async fn dropped() {
    let audits: JoinSet<_> = [(); 2].map(|()| delay("audit")).into_iter().collect();
    delay("reply").await;
    drop(audits);
}

async fn front_first() {
    delay("accept").await;
    delay("drain").await;
    delay("close").await;
}

async fn all_at_once() {
    tokio::join!(delay("accept"), delay("drain"), delay("close"));
}

async fn aborted() {
    delay("signal").await;
    let mut drain = tokio::spawn(delay("drain"));
    if timeout(ms(500), &mut drain).await.is_err() {
        drain.abort();
        assert!(drain.await.is_err());
    }
}

async fn awaited() {
    delay("signal").await;
    let mut drain = tokio::spawn(delay("drain"));
    if timeout(ms(500), &mut drain).await.is_err() {
        // It says so, and waits all the same.
        drain.await.expect("it does not panic");
    }
}

async fn hooks() {
    let (first, second) = tokio::join!(super::refuses("first"), super::accepts("second"));
    assert!(first.is_err() && second.is_ok());
    delay("last").await;
}

async fn hooks_until_error() {
    let hooks = tokio::try_join!(super::refuses("first"), super::accepts("second"));
    assert!(hooks.is_err());
    delay("last").await;
}
