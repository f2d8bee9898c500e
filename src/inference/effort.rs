//! What a search takes: how many runs, over how much virtual time, for which answer.

use std::fmt::Write;

use crate::error::Error;
use crate::inference::stand_in::{ByHand, Notes, of_notation};
use crate::inference::sweep::{of_scenario, of_seed};
use crate::inference::{Finding, Latency, Sample, Subject, infer};

/// A subject whose runs are counted.
struct Counted<'a> {
    subject: &'a mut dyn Subject,
    runs: usize,
    /// How long they took together, in ticks.
    ticks: u64,
}

impl Subject for Counted<'_> {
    fn sample(&mut self, latency: Latency) -> Result<Sample, Error> {
        let sample = self.subject.sample(latency)?;
        self.runs += 1;
        self.ticks += sample.makespan;
        Ok(sample)
    }
}

/// How a search goes, in a line.
fn told(subject: &mut dyn Subject) -> String {
    let mut counted = Counted { subject, runs: 0, ticks: 0 };
    let finding = infer(&mut counted).expect("it runs");
    let all = format!("{} runs of {}ms", counted.runs, counted.ticks);
    match finding {
        Finding::Law(it) => {
            format!("{all}, {} to confirm, the longest {}ms: {}", it.runs, it.longest, it.law)
        }
        Finding::NoLaw(it) => format!("{all}: {it}"),
    }
}

/// Calls one after another. From some run on, one that takes longer than it ever
/// has is cut at what it has taken before, then and ever after; and so on, one call
/// at a time. A law is true of all that was seen, and then broken.
fn one_timeout_after_another(calls: usize) -> impl FnMut(&mut Notes) -> u64 {
    let (mut runs, mut quiet_until) = (0, 150);
    let (mut longest, mut timeouts) = (vec![0; calls], vec![None; calls]);
    move |notes| {
        runs += 1;
        let mut now = 0;
        for call in 0..calls {
            let latency = notes.run(&format!("call{call}"), now) - now;
            if runs > quiet_until && timeouts[call].is_none() && latency > longest[call] {
                // What is run close to this one comes next.
                (timeouts[call], quiet_until) = (Some(longest[call]), runs + 12);
            }
            longest[call] = latency.max(longest[call]);
            now += timeouts[call].map_or(latency, |timeout: u64| timeout.min(latency));
        }
        now
    }
}

/// Each line changes with the search, and is looked at then: as few runs as
/// before, or what they are for?
#[test]
fn a_search_of_a_scenario_takes_these_runs() {
    let mut lines = String::new();
    for seed in 1..=60 {
        let scenario = of_seed(seed);
        let _ = writeln!(lines, "{scenario}\n    {}", told(&mut of_scenario(&scenario)));
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn a_search_among_namesakes_takes_these_runs() {
    let mut lines = String::new();
    for notation in [
        "seq(a: _, a: _, a: _)",
        "spawn(a: _, a: _)",
        "race(a: _, a: _, a: _)",
        "seq(a: _, b: _, a: _)",
        "seq(spawn(a: _, b: _), spawn(a: _, b: _), spawn(a: _, b: _))",
        "limit(2, a: _, a: _, a: _, a: _, a: _)",
        "limit(1, a: _, a: _, b: _)",
        "limit(3, spawn(a: _, a: _), b: _, b: _, b: _)",
        "spawn(timeout(1s, a: _), timeout(1s, a: _), timeout(3s, a: _))",
        "timeout(5s, limit(2, a: _, b: _, c: _))",
        "seq(race(a: _, timeout(50ms, b: _)), a: _)",
        "join(seq(x: _, limit(2, a: _, b: _, c: _, d: _)), timeout(20s, y: _))",
    ] {
        let _ = writeln!(lines, "{notation}\n    {}", told(&mut of_notation(notation)));
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn a_search_of_code_takes_these_runs() {
    let mut lines = String::new();
    let mut add = |what: &str, code: &mut dyn FnMut(&mut Notes) -> u64| {
        let _ = writeln!(lines, "{what}\n    {}", told(&mut ByHand(code)));
    };
    add("nothing", &mut |_| 0);
    add("a constant", &mut |_| 300);
    add("a constant after", &mut |notes| notes.run("a", 0) + 50);
    add("at least", &mut |notes| notes.run("a", 5).max(2_000));
    add("constants apart", &mut |notes| (notes.run("a", 0) + 10).max(notes.run("b", 0) + 25));
    add("backoff", &mut |notes| {
        (0..4).fold(0, |now, number| notes.run("attempt", now + (50 << number) - 50))
    });
    add("retries, each cut", &mut |notes| {
        let first = notes.run("attempt", 0).min(1_000);
        notes.run("attempt", first + 100).min(first + 1_100)
    });
    add("a hedge", &mut |notes| {
        let first = notes.run("a", 0);
        if first > 50 { first.min(notes.run("b", 50)) } else { first }
    });
    add("a quorum", &mut |notes| {
        let mut ends = ["a", "b", "c"].map(|name| notes.run(name, 0));
        ends.sort_unstable();
        ends[1]
    });
    add("a loser goes no further", &mut |notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        let c = if b < a { notes.run("c", b) } else { u64::MAX };
        notes.run("d", a.min(c))
    });
    add("detached", &mut |notes| {
        let a = notes.run("a", 0);
        notes.run("metrics", 0);
        notes.run("log", a);
        notes.run("b", a)
    });
    add("a graph that is no tree", &mut |notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        let c = notes.run("c", a.max(b));
        c.max(notes.run("d", b))
    });
    add("twenty side by side", &mut |notes| {
        (0..20).map(|number| notes.run(&format!("call{number}"), 0)).max().unwrap_or(0)
    });
    add("twelve under one timeout", &mut |notes| {
        let ends = (0..12).map(|number| notes.run(&format!("call{number}"), 0).min(100));
        ends.max().unwrap_or(0)
    });
    add("by the winner", &mut |notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        if a <= b { a + 100 } else { b + 200 }
    });
    add("an extra call", &mut |notes| {
        let a = notes.run("a", 0);
        if a > 5_000 { notes.run("extra", a) } else { a }
    });
    add("polling", &mut |notes| notes.run("a", 0).div_ceil(100) * 100);
    add("one or the other", &mut |notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        if a <= b { notes.run("c", a) } else { notes.run("d", b) }
    });
    add("half way", &mut |notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        notes.run("c", a.midpoint(b))
    });
    add("as often as it fits", &mut |notes| {
        let mut now = 0;
        while now < 3_000 {
            now = notes.run("page", now) + 500;
        }
        now
    });
    add("a quorum under a timeout", &mut |notes| {
        let mut ends = ["a", "b", "c"].map(|name| notes.run(name, 0));
        ends.sort_unstable();
        ends[1].min(1_000)
    });
    add("a timeout more as soon as all others are known", &mut one_timeout_after_another(20));
    insta::assert_snapshot!(lines);
}
