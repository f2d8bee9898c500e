//! Small programs at random, as data, and the code that runs them.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, Semaphore, mpsc};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, timeout};

use makespan::delay;

#[derive(Clone, Debug)]
pub(super) enum Program {
    Delay(String),
    Sleep(u64),
    Seq(Vec<Program>),
    Join(Vec<Program>),
    Spawned(Vec<Program>),
    /// The first of two to end; the other one is dropped.
    Race(Box<Program>, Box<Program>),
    Timeout(u64, Box<Program>, Box<Program>),
    /// As a race, with a handler that goes on while the other one waits unpolled.
    Handled(Box<Program>, Box<Program>, Box<Program>),
    /// Tasks that take a permit first.
    Limited(usize, Vec<Program>),
    /// Tasks around one lock.
    Locked(Vec<Program>),
    /// Until so many tasks have sent, and then something else.
    FirstOf(usize, Vec<Program>),
    /// The second if the first took longer than this.
    IfLonger(u64, Box<Program>, Box<Program>),
    /// A task sets a flag after a while; the second is only done if it is set.
    IfFlag(u64, Box<Program>, Box<Program>),
    /// Waits for a notification that comes only if the flag of the first was set in time.
    Notified(u64, Box<Program>),
}

/// What a program needs while it is made.
pub(super) struct Maker<'a> {
    /// The state of a xorshift generator, not zero.
    pub(super) random: &'a mut u64,
    pub(super) delays: usize,
    pub(super) most: usize,
    pub(super) constants: &'a [u64],
}

impl Maker<'_> {
    fn below(&mut self, count: usize) -> usize {
        *self.random ^= *self.random << 13;
        *self.random ^= *self.random >> 7;
        *self.random ^= *self.random << 17;
        usize::try_from((*self.random >> 11) % count as u64).expect("small")
    }

    fn constant(&mut self) -> u64 {
        let place = self.below(self.constants.len());
        self.constants[place]
    }

    fn delay(&mut self) -> Program {
        if self.delays == self.most {
            return Program::Sleep(self.constant());
        }
        self.delays += 1;
        Program::Delay(format!("d{}", self.delays))
    }

    fn several(&mut self, depth: usize) -> Vec<Program> {
        let count = 2 + self.below(2);
        (0..count).map(|_| self.program(depth)).collect()
    }

    fn boxed(&mut self, depth: usize) -> Box<Program> {
        Box::new(self.program(depth))
    }

    pub(super) fn program(&mut self, depth: usize) -> Program {
        if depth == 0 || self.below(5) == 0 {
            return self.delay();
        }
        let next = depth - 1;
        match self.below(13) {
            0 | 1 => Program::Seq(self.several(next)),
            2 => Program::Join(self.several(next)),
            3 => Program::Spawned(self.several(next)),
            4 => Program::Race(self.boxed(next), self.boxed(next)),
            5 => Program::Timeout(self.constant(), self.boxed(next), self.boxed(next)),
            6 => Program::Handled(self.boxed(next), self.boxed(next), self.boxed(next)),
            7 => Program::Limited(1 + self.below(2), self.several(next)),
            8 => Program::Locked(self.several(next)),
            9 => {
                let all = self.several(next);
                Program::FirstOf(1 + self.below(all.len()), all)
            }
            10 => Program::IfLonger(self.constant(), self.boxed(next), self.boxed(next)),
            11 => Program::IfFlag(self.constant(), self.boxed(next), self.boxed(next)),
            _ => Program::Notified(self.constant(), self.boxed(next)),
        }
    }
}

type Running = Pin<Box<dyn Future<Output = ()>>>;

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub(super) fn run(program: Program) -> Running {
    Box::pin(async move {
        match program {
            Program::Delay(name) => delay(name).await,
            Program::Sleep(count) => sleep(ms(count)).await,
            Program::Seq(all) => {
                for each in all {
                    run(each).await;
                }
            }
            Program::Join(all) => join(all.into_iter().map(run).collect()).await,
            Program::Spawned(all) => {
                let tasks: Vec<_> = all.into_iter().map(|it| spawn_local(run(it))).collect();
                for task in tasks {
                    let _ = task.await;
                }
            }
            Program::Race(one, two) => {
                tokio::select! { biased; () = run(*one) => {}, () = run(*two) => {} }
            }
            Program::Timeout(limit, work, fallback) => {
                if timeout(ms(limit), run(*work)).await.is_err() {
                    run(*fallback).await;
                }
            }
            Program::Handled(one, two, handler) => {
                let two = run(*two);
                tokio::pin!(two);
                tokio::select! {
                    biased;
                    () = run(*one) => {
                        run(*handler).await;
                        two.await;
                    }
                    () = &mut two => {}
                }
            }
            Program::Limited(permits, all) => {
                let permits = Arc::new(Semaphore::new(permits));
                let tasks: Vec<_> = (all.into_iter())
                    .map(|it| {
                        let permits = Arc::clone(&permits);
                        spawn_local(async move {
                            let _permit = permits.acquire().await;
                            run(it).await;
                        })
                    })
                    .collect();
                for task in tasks {
                    let _ = task.await;
                }
            }
            Program::Locked(all) => {
                let lock = Rc::new(Mutex::new(()));
                let works = all.into_iter().map(|it| {
                    let lock = Rc::clone(&lock);
                    Box::pin(async move {
                        sleep(ms(1)).await;
                        let _guard = lock.lock().await;
                        run(it).await;
                    }) as Running
                });
                join(works.collect()).await;
            }
            Program::FirstOf(count, all) => {
                let (sender, mut receiver) = mpsc::unbounded_channel();
                for each in all {
                    let sender = sender.clone();
                    spawn_local(async move {
                        run(each).await;
                        let _ = sender.send(());
                    });
                }
                for _ in 0..count {
                    let _ = receiver.recv().await;
                }
            }
            Program::IfLonger(limit, one, two) => {
                let began = Instant::now();
                run(*one).await;
                if began.elapsed() > ms(limit) {
                    run(*two).await;
                }
            }
            Program::IfFlag(after, one, two) => {
                let flag = Rc::new(Cell::new(false));
                let sets = Rc::clone(&flag);
                spawn_local(async move {
                    sleep(ms(after)).await;
                    sets.set(true);
                });
                run(*one).await;
                if flag.get() {
                    run(*two).await;
                }
            }
            Program::Notified(limit, work) => {
                let notify = Rc::new(Notify::new());
                let notifies = Rc::clone(&notify);
                spawn_local(async move {
                    if timeout(ms(limit), run(*work)).await.is_ok() {
                        notifies.notify_one();
                    }
                });
                notify.notified().await;
            }
        }
    })
}

/// All of them inside one task, polled in their order.
async fn join(mut all: Vec<Running>) {
    std::future::poll_fn(|cx| {
        all.retain_mut(|each| each.as_mut().poll(cx).is_pending());
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

impl Program {
    /// The names of its delays.
    pub(super) fn delays(&self) -> Vec<String> {
        let of = |all: &[&Self]| all.iter().flat_map(|each| each.delays()).collect();
        match self {
            Self::Delay(name) => vec![name.clone()],
            Self::Sleep(_) => Vec::new(),
            Self::Seq(all)
            | Self::Join(all)
            | Self::Spawned(all)
            | Self::Limited(_, all)
            | Self::Locked(all)
            | Self::FirstOf(_, all) => of(&all.iter().collect::<Vec<_>>()),
            Self::Race(one, two)
            | Self::Timeout(_, one, two)
            | Self::IfLonger(_, one, two)
            | Self::IfFlag(_, one, two) => of(&[&**one, &**two]),
            Self::Handled(one, two, three) => of(&[&**one, &**two, &**three]),
            Self::Notified(_, one) => one.delays(),
        }
    }
}
