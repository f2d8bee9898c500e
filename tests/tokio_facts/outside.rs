//! What the clock knows of other threads, blocking tasks and sockets. A run warns of
//! those that it sees, and an error about one that does not end names them.

use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::{DAY, fact, ms, paused};

/// More real time than any of these tests takes: if the clock waited for what it does
/// not wait for, it would wait so long.
const LONG: Duration = Duration::from_secs(5);

/// Whether a future is done before its timeout fires, and the virtual time until then.
async fn within(limit: Duration, future: impl Future) -> (bool, Duration) {
    let began = Instant::now();
    let is_done = timeout(limit, future).await.is_ok();
    (is_done, began.elapsed())
}

/// `Warning::OtherThread` (tokio #4522).
#[tokio::test(start_paused = true)]
async fn the_clock_does_not_wait_for_another_thread() {
    let (sender, reply) = oneshot::channel();
    let (let_it, answer) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        // It is about to answer, and has not yet as the timeout fires.
        let _ = answer.recv_timeout(LONG);
        let _ = sender.send(());
    });
    let observed = within(DAY, reply).await;
    let _ = let_it.send(());
    thread.join().expect("it does not panic");
    fact!(observed, (false, DAY));
}

/// `Warning::OtherThread` is of tasks that came by this queue.
#[tokio::test(start_paused = true)]
async fn only_tasks_that_another_thread_wakes_pass_through_the_global_queue() {
    let woken_by = async |wake: fn(oneshot::Sender<()>)| {
        let (sender, receiver) = oneshot::channel();
        let task = tokio::spawn(receiver);
        sleep(ms(1)).await; // it waits
        wake(sender);
        let depth = Handle::current().metrics().global_queue_depth();
        task.await.expect("it does not panic").expect("it was sent");
        depth
    };
    let by_own = woken_by(|sender| sender.send(()).expect("it is waited for")).await;
    let by_other = woken_by(|sender| {
        let thread = std::thread::spawn(|| sender.send(()));
        thread.join().expect("it does not panic").expect("it is waited for");
    });
    fact!((by_own, by_other.await), (0, 1));
}

/// `Runner::io` runs code with sockets on both sides (tokio #8595).
#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn sockets_inside_a_runtime_do_not_move_the_clock() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (mut client, mut server) = tokio::net::UnixStream::pair().expect("two sockets");
    let serve = tokio::spawn(async move {
        while let Ok(request) = server.read_u8().await {
            sleep(ms(20)).await;
            server.write_u8(request).await.expect("it is written");
        }
    });
    let ask = async {
        for request in 0..10 {
            client.write_u8(request).await.expect("it is written");
            client.read_u8().await.expect("a reply");
        }
    };
    let observed = within(DAY, ask).await;
    serve.abort();
    fact!(observed, (true, ms(200))); // 10 * 20
}

/// `Warning::OtherThread` (tokio #5115).
#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "the task is to block")]
async fn a_timeout_around_a_blocking_task_does_not_fire() {
    let blocking = spawn_blocking(|| std::thread::sleep(ms(5)));
    fact!(within(ms(1), blocking).await, (true, ms(0)));
}

/// `Warning::OtherThread`.
#[tokio::test(start_paused = true)]
async fn a_timeout_around_a_file_does_not_fire() {
    let file = tokio::fs::read(env!("CARGO_MANIFEST_PATH"));
    fact!(within(ms(1), file).await, (true, ms(0)));
}

/// `Warning::OtherThread`.
#[tokio::test(start_paused = true)]
async fn a_timeout_around_the_look_up_of_a_host_does_not_fire() {
    let look_up = tokio::net::lookup_host("localhost:80");
    // Whether there is such a host is no matter.
    fact!(within(ms(1), look_up).await, (true, ms(0)));
}

/// The watchdog answers, and the runtime is dropped without waiting for it (tokio #6242).
#[test]
fn a_blocking_task_that_waits_for_the_clock_never_ends() {
    let runtime = paused();
    let (done, ended) = mpsc::channel();
    let clock = runtime.handle().clone();
    let (sender, released) = oneshot::channel();
    let release = std::thread::spawn(move || {
        // It ends at once, or never.
        let _ = sender.send(ended.recv_timeout(ms(30)).is_ok());
    });
    let ended = runtime.block_on(async {
        let _blocking = spawn_blocking(move || {
            clock.block_on(sleep(ms(5)));
            done.send(())
        });
        released.await.expect("it was sent")
    });
    release.join().expect("it does not panic");
    runtime.shutdown_background();
    fact!(ended, false);
}
