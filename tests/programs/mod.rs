//! Programs as futures, generated together with the law that they obey by
//! construction: what nobody has to be trusted to have computed.

mod graph;

pub(crate) use graph::graphs;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// The tasks of a program that are alive, counted by themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alive(Arc<AtomicUsize>);

/// One task among those that are alive, until it is dropped.
struct OneOf(Alive);

impl Alive {
    pub(crate) fn tasks(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// A task that is alive from now on.
    fn task(&self, part: BoxFuture) -> impl Future<Output = ()> + Send + use<> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let one = OneOf(self.clone());
        async move {
            part.await;
            drop(one);
        }
    }
}

impl Drop for OneOf {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Program {
    /// The program as a person would write it.
    pub(crate) fn future(&self) -> BoxFuture {
        self.counted(&Alive::default())
    }

    /// The same, its tasks counted.
    pub(crate) fn counted(&self, alive: &Alive) -> BoxFuture {
        let futures = |parts: &[Self]| parts.iter().map(|it| it.counted(alive)).collect::<Vec<_>>();
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
                let (alive, parts) = (alive.clone(), futures(parts));
                Box::pin(async move {
                    let spawn = |part| tokio::spawn(alive.task(part));
                    let handles: Vec<_> = parts.into_iter().map(spawn).collect();
                    for handle in handles {
                        handle.await.expect("no part panics");
                    }
                })
            }
            Self::Join(parts) => {
                let (alive, parts) = (alive.clone(), futures(parts));
                Box::pin(async move {
                    let parts = parts.into_iter().map(|part| alive.task(part));
                    let mut tasks: JoinSet<()> = parts.collect();
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
                let (limit, part) = (Duration::from_millis(*limit), part.counted(alive));
                Box::pin(async move {
                    let _ = timeout(limit, part).await;
                })
            }
            Self::Limit(permits, parts) => {
                let (permits, parts) = (Arc::new(Semaphore::new(*permits)), futures(parts));
                let alive = alive.clone();
                Box::pin(async move {
                    let with_permit = |part: BoxFuture| {
                        let permits = Arc::clone(&permits);
                        tokio::spawn(alive.task(Box::pin(async move {
                            let _permit = permits.acquire().await.expect("nobody closes it");
                            part.await;
                        })))
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
            // Around a single name it would speak of every step of that name.
            Self::Race(parts) if parts.len() == 1 => parts[0].notation(),
            Self::Race(parts) => format!("min({})", list(parts)),
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
                slips.extend(self.around(parts));
            }
            if parts.len() > 1 {
                let mut rest = parts.to_vec();
                rest.remove(index);
                slips.extend(self.around(rest));
            }
        }
        slips
    }

    /// The same form around other parts, if it has any.
    fn around(&self, parts: Vec<Self>) -> Option<Self> {
        Some(match self {
            Self::Seq(_) => Self::Seq(parts),
            Self::Spawn(_) => Self::Spawn(parts),
            Self::Join(_) => Self::Join(parts),
            Self::Race(_) => Self::Race(parts),
            Self::Limit(permits, _) => Self::Limit(*permits, parts),
            Self::Call(_) | Self::Wait(_) | Self::Timeout(..) => return None,
        })
    }

    /// A program that obeys a law, of names without places, functions around several
    /// and milliseconds.
    pub(crate) fn of(law: &Law) -> Self {
        let text = law.to_string();
        let mut rest = text.as_str();
        let program = Self::read(&mut rest);
        assert_eq!(rest, "", "all of `{text}` is read");
        program
    }

    /// Reads up to the end of an argument.
    fn read(rest: &mut &str) -> Self {
        let mut terms = Vec::new();
        loop {
            let end = rest.find(['(', ')', ',', ' ']).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            *rest = behind;
            terms.push(match word {
                "max" => Self::Join(Self::list(rest)),
                "min" => Self::Race(Self::list(rest)),
                "limit" => {
                    let (permits, jobs) = rest[1..].split_once(", ").expect("permits");
                    *rest = jobs;
                    Self::Limit(permits.parse().expect("a number"), Self::arguments(rest))
                }
                _ => match word.strip_suffix("ms").filter(|it| !it.is_empty()) {
                    Some(millis) => Self::Wait(millis.parse().expect("milliseconds")),
                    None => Self::Call(word.to_owned()),
                },
            });
            match rest.strip_prefix(" + ") {
                Some(behind) => *rest = behind,
                None if terms.len() == 1 => return terms.remove(0),
                None => return Self::Seq(terms),
            }
        }
    }

    fn list(rest: &mut &str) -> Vec<Self> {
        *rest = rest.strip_prefix('(').expect("a function");
        Self::arguments(rest)
    }

    fn arguments(rest: &mut &str) -> Vec<Self> {
        let mut arguments = vec![Self::read(rest)];
        while let Some(behind) = rest.strip_prefix(", ") {
            *rest = behind;
            arguments.push(Self::read(rest));
        }
        *rest = rest.strip_prefix(')').expect("the end of a function");
        arguments
    }

    /// What its calls are named.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.clone().each_mut(&mut |part| {
            if let Self::Call(name) = part {
                names.push(name.clone());
            }
        });
        names
    }

    /// What it is made of.
    pub(crate) fn parts_mut(&mut self) -> &mut [Self] {
        match self {
            Self::Call(_) | Self::Wait(_) => &mut [],
            Self::Timeout(_, part) => std::slice::from_mut(part),
            Self::Seq(parts)
            | Self::Spawn(parts)
            | Self::Join(parts)
            | Self::Race(parts)
            | Self::Limit(_, parts) => parts,
        }
    }

    /// Visits every part, itself last; what a visit adds is not visited.
    pub(crate) fn each_mut(&mut self, visit: &mut impl FnMut(&mut Self)) {
        self.parts_mut().iter_mut().for_each(|part| part.each_mut(visit));
        visit(self);
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
        program.each_mut(&mut |part| {
            if let Program::Call(name) = part {
                *name = format!("s{count}");
                count += 1;
            }
        });
        program
    })
}
