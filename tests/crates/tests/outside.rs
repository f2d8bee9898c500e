//! Crates that wait for something outside of the runtime: a thread of their own, a server.
//! The virtual clock jumps ahead of them, unless it is asked to wait.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use makespan::{Error, Run, Runner, Warning};
use sqlx::sqlite::SqlitePoolOptions;

use crate::ms;

/// Many times what a database in memory or a server in the process takes.
const PATIENCE: Duration = Duration::from_millis(500);

/// SQLite runs on a thread of its own. A pool gives up after 30 s.
async fn connect() -> Result<(), sqlx::Error> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?;
    assert_eq!(one, 1);
    Ok(())
}

/// A server on a thread of its own, which works for so long on each request.
fn server(works: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.expect("a client");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                client.read_exact(&mut byte).expect("a request");
                request.extend(byte);
            }
            #[expect(clippy::disallowed_methods, reason = "the server works in real time")]
            thread::sleep(works);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong";
            // Nobody may be there any more.
            let _ = client.write_all(answer);
        }
    });
    address
}

/// A request that is given up after 2 s.
async fn get(server: SocketAddr) -> Result<String, reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().timeout(ms(2_000)).build()?;
    client.get(format!("http://{server}/")).send().await?.text().await
}

fn is_answered<T>(run: &Run<T>) -> bool {
    run.warnings().iter().any(|it| matches!(it, Warning::AnsweredFromOutside { .. }))
}

/// Whether nothing is doubtful but that a pool or a client leaves tasks behind.
fn is_well<T>(run: &Run<T>) -> bool {
    run.warnings().iter().all(|it| matches!(it, Warning::LeakedTasks { .. }))
}

#[test]
fn sqlx_connects_in_no_virtual_time_where_the_clock_waits() -> Result<(), Error> {
    let run = Runner::new().wait_for_outside(PATIENCE).run(connect())?;
    assert!(run.output.is_ok(), "{:?}", run.output);
    assert_eq!(run.makespan(), ms(0));
    assert!(is_well(&run), "{:?}", run.warnings());
    Ok(())
}

/// What makes a run suspicious is that the process has more threads than before, so where
/// others end at the same time one may pass unseen.
#[test]
fn sqlx_is_seen_to_answer_from_outside() -> Result<(), Error> {
    for _ in 0..10 {
        if is_answered(&Runner::new().run(connect())?) {
            return Ok(());
        }
    }
    panic!("none of ten runs has a warning")
}

#[test]
fn reqwest_gets_its_answer_in_no_virtual_time_where_the_clock_waits() -> Result<(), Error> {
    for works in [ms(0), ms(100)] {
        let runner = Runner::new().wait_for_outside(PATIENCE).io();
        let run = runner.run(get(server(works)))?;
        assert_eq!(run.makespan(), ms(0));
        assert!(is_well(&run), "{:?}", run.warnings());
        assert_eq!(run.output.expect("it answers"), "pong");
    }
    Ok(())
}

#[test]
fn reqwest_is_seen_to_be_answered_from_outside() -> Result<(), Error> {
    for works in [ms(5), ms(50)] {
        let run = Runner::new().io().run(get(server(works)))?;
        assert!(
            is_answered(&run),
            "{:?} after {:?}: {:?}",
            run.output,
            run.makespan(),
            run.warnings()
        );
    }
    Ok(())
}

/// As long as the clock waits on suspicion and longer: then nothing has seen it.
#[test]
fn reqwest_times_out_where_the_answer_takes_too_long() -> Result<(), Error> {
    let run = Runner::new().io().run(get(server(ms(1_000))))?;
    assert_eq!(run.makespan(), ms(2_000));
    assert!(run.output.expect_err("it is given up").is_timeout());
    Ok(())
}
