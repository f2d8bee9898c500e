//! Programs as futures, generated together with the law that they obey by
//! construction: what nobody has to be trusted to have computed.

mod graph;

pub(crate) use graph::graphs;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use makespan::{Law, delay};
use proptest::prelude::*;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// A program whose delays are all called differently.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    Call(String),
    Wait(u64),
    Seq(Vec<Program>),
    Spawn(Vec<Program>),
    Join(Vec<Program>),
    Race(Vec<Program>),
    Timeout(u64, Box<Program>),
    Limit(usize, Vec<Program>),
}

type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Program {
    /// The program as a person would write it.
    pub(crate) fn future(&self) -> BoxFuture {
        let futures = |parts: &[Self]| parts.iter().map(Self::future).collect::<Vec<_>>();
        match self {
            Self::Call(name) => Box::pin(delay(name.as_str())),
            Self::Wait(millis) => {
                let duration = Duration::from_millis(*millis);
                Box::pin(async move { sleep(duration).await })
            }
            Self::Seq(parts) => {
                let parts = futures(parts);
                Box::pin(async move {
                    for part in parts {
                        part.await;
                    }
                })
            }
            Self::Spawn(parts) => {
                let parts = futures(parts);
                Box::pin(async move {
                    let handles: Vec<_> = parts.into_iter().map(tokio::spawn).collect();
                    for handle in handles {
                        handle.await.expect("no part panics");
                    }
                })
            }
            Self::Join(parts) => {
                let parts = futures(parts);
                Box::pin(async move {
                    let mut tasks: JoinSet<()> = parts.into_iter().collect();
                    while let Some(ended) = tasks.join_next().await {
                        ended.expect("no part panics");
                    }
                })
            }
            Self::Race(parts) => {
                let mut parts = futures(parts);
                Box::pin(async move {
                    std::future::poll_fn(|cx| {
                        let mut polled = parts.iter_mut().map(|part| part.as_mut().poll(cx));
                        polled.find(|it| it.is_ready()).unwrap_or(std::task::Poll::Pending)
                    })
                    .await;
                })
            }
            Self::Timeout(limit, part) => {
                let (limit, part) = (Duration::from_millis(*limit), part.future());
                Box::pin(async move {
                    let _ = timeout(limit, part).await;
                })
            }
            Self::Limit(permits, parts) => {
                let (permits, parts) = (Arc::new(Semaphore::new(*permits)), futures(parts));
                Box::pin(async move {
                    let with_permit = |part: BoxFuture| {
                        let permits = Arc::clone(&permits);
                        tokio::spawn(async move {
                            let _permit = permits.acquire().await.expect("nobody closes it");
                            part.await;
                        })
                    };
                    let handles: Vec<_> = parts.into_iter().map(with_permit).collect();
                    for handle in handles {
                        handle.await.expect("no part panics");
                    }
                })
            }
        }
    }

    /// The law that it obeys.
    pub(crate) fn law(&self) -> Law {
        self.notation().parse().expect("a law")
    }

    fn notation(&self) -> String {
        let list = |parts: &[Self]| parts.iter().map(Self::notation).collect::<Vec<_>>().join(", ");
        match self {
            Self::Call(name) => name.clone(),
            Self::Wait(millis) => format!("{millis}ms"),
            Self::Seq(parts) => format!("sum({}, 0ms)", list(parts)),
            Self::Spawn(parts) | Self::Join(parts) => format!("max({}, 0ms)", list(parts)),
            Self::Race(parts) => format!("min({}, {})", list(parts), parts[0].notation()),
            Self::Timeout(limit, part) => format!("min({limit}ms, {})", part.notation()),
            Self::Limit(permits, parts) => format!("limit({permits}, {}, 0ms)", list(parts)),
        }
    }

    /// The programs that one slip of the pen makes of this one.
    pub(crate) fn slips(&self) -> Vec<Self> {
        let mut slips = Vec::new();
        match self {
            Self::Call(_) => {}
            Self::Wait(millis) => slips.push(Self::Wait(millis + 1)),
            Self::Timeout(limit, part) => {
                slips.push(Self::Timeout(limit + 1, part.clone()));
                slips.push((**part).clone());
                let around = |part| Self::Timeout(*limit, Box::new(part));
                slips.extend(part.slips().into_iter().map(around));
            }
            Self::Seq(parts) => slips.extend(self.slips_of(parts, &[Self::Join, Self::Race])),
            Self::Spawn(parts) | Self::Join(parts) => {
                slips.extend(self.slips_of(parts, &[Self::Seq, Self::Race]));
            }
            Self::Race(parts) => slips.extend(self.slips_of(parts, &[Self::Join, Self::Seq])),
            Self::Limit(permits, parts) => {
                slips.push(Self::Limit(permits + 1, parts.clone()));
                slips.extend(self.slips_of(parts, &[Self::Join, Self::Seq]));
            }
        }
        slips
    }

    fn slips_of(&self, parts: &[Self], forms: &[fn(Vec<Self>) -> Self]) -> Vec<Self> {
        let mut slips: Vec<_> = forms.iter().map(|form| form(parts.to_vec())).collect();
        for (index, part) in parts.iter().enumerate() {
            for slip in part.slips() {
                let mut parts = parts.to_vec();
                parts[index] = slip;
                slips.push(match self {
                    Self::Seq(_) => Self::Seq(parts),
                    Self::Spawn(_) => Self::Spawn(parts),
                    Self::Join(_) => Self::Join(parts),
                    Self::Race(_) => Self::Race(parts),
                    Self::Limit(permits, _) => Self::Limit(*permits, parts),
                    Self::Call(_) | Self::Wait(_) | Self::Timeout(..) => return slips,
                });
            }
        }
        slips
    }

    fn each_call(&mut self, visit: &mut impl FnMut(&mut String)) {
        match self {
            Self::Call(name) => visit(name),
            Self::Wait(_) => {}
            Self::Timeout(_, part) => part.each_call(visit),
            Self::Seq(parts)
            | Self::Spawn(parts)
            | Self::Join(parts)
            | Self::Race(parts)
            | Self::Limit(_, parts) => parts.iter_mut().for_each(|part| part.each_call(visit)),
        }
    }
}

/// Programs of up to some ten calls.
pub(crate) fn programs() -> impl Strategy<Value = Program> {
    let leaf = prop_oneof![
        8 => Just(Program::Call(String::new())),
        1 => (0..300_u64).prop_map(Program::Wait),
    ];
    let nested = leaf.prop_recursive(3, 10, 4, |part| {
        let parts = || prop::collection::vec(part.clone(), 1..4);
        prop_oneof![
            3 => parts().prop_map(Program::Seq),
            2 => parts().prop_map(Program::Spawn),
            2 => parts().prop_map(Program::Join),
            1 => parts().prop_map(Program::Race),
            1 => (1..300_u64, part.clone()).prop_map(|(it, part)| Program::Timeout(it, Box::new(part))),
            1 => (1..4_usize, parts()).prop_map(|(it, parts)| Program::Limit(it, parts)),
        ]
    });
    nested.prop_map(|mut program| {
        let mut count = 0;
        program.each_call(&mut |name| {
            *name = format!("s{count}");
            count += 1;
        });
        program
    })
}
