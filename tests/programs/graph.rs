//! Graphs of calls, generated together with their laws: each waits for all of some
//! earlier ones, or for the first of them, whatever those hang on themselves.

use std::sync::Arc;

use makespan::{Law, delay};
use proptest::prelude::*;
use tokio::sync::Semaphore;

/// What one call waits for.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    after: Vec<usize>,
    waits_for_all: bool,
}

/// Calls `s0`, `s1` and so on, all of them awaited in the end.
#[derive(Clone, Debug)]
pub(crate) struct Graph(Vec<Node>);

impl Graph {
    /// Every call in a task of its own, that is let go by those it waits for.
    pub(crate) async fn run(&self) {
        let gates: Arc<[Semaphore]> = self.0.iter().map(|_| Semaphore::new(0)).collect();
        let call = |(number, node): (usize, &Node)| {
            let gates = Arc::clone(&gates);
            let waited_for = if node.waits_for_all { node.after.len() } else { 1 };
            let waited_for = u32::try_from(waited_for.min(node.after.len())).expect("few");
            let behind = self.0.iter().enumerate();
            let opens: Vec<_> = behind
                .filter(|(_, node)| node.after.contains(&number))
                .map(|(later, _)| later)
                .collect();
            tokio::spawn(async move {
                let _gone = gates[number].acquire_many(waited_for).await.expect("it stays open");
                delay(format!("s{number}")).await;
                opens.into_iter().for_each(|later| gates[later].add_permits(1));
            })
        };
        for call in self.0.iter().enumerate().map(call).collect::<Vec<_>>() {
            call.await.expect("no call panics");
        }
    }

    /// The law that it obeys.
    pub(crate) fn law(&self) -> Law {
        let mut finishes = Vec::<String>::new();
        for (number, node) in self.0.iter().enumerate() {
            let waited_for: Vec<_> =
                node.after.iter().map(|earlier| finishes[*earlier].clone()).collect();
            let fold = if node.waits_for_all { "max" } else { "min" };
            finishes.push(match &waited_for[..] {
                [] => format!("s{number}"),
                // In a fold of its own it would stand for all steps of its name.
                [one] => format!("({one} + s{number})"),
                some => format!("({fold}({}) + s{number})", some.join(", ")),
            });
        }
        format!("max({})", finishes.join(", ")).parse().expect("a law")
    }
}

/// Graphs of two to seven calls.
pub(crate) fn graphs() -> impl Strategy<Value = Graph> {
    let node = (any::<u8>(), prop::bool::weighted(0.7));
    prop::collection::vec(node, 2..8).prop_map(|nodes| {
        let nodes = nodes.into_iter().enumerate().map(|(number, (bits, waits_for_all))| {
            // Some three of eight are waited for.
            let bits = bits & bits.rotate_left(3) | 1_u8.rotate_left(u32::from(bits) % 11);
            let after = (0..number).filter(|earlier| bits >> earlier & 1 == 1).collect();
            Node { after, waits_for_all }
        });
        Graph(nodes.collect())
    })
}
