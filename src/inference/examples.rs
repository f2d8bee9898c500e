//! Laws that are found and such as are not, one by one.

use crate::inference::stand_in::{ByHand, Given, Notes, Predicted, of_notation};
use crate::inference::{Finding, Subject, infer};
use crate::law::Law;
use crate::scenario::Scenario;

fn found(subject: &mut dyn Subject) -> Law {
    match infer(subject).expect("it runs") {
        Finding::Law(found) => found.law,
        Finding::NoLaw(not_found) => panic!("{not_found}"),
    }
}

fn not_found(subject: &mut dyn Subject) -> String {
    match infer(subject).expect("it runs") {
        Finding::Law(found) => panic!("found {}", found.law),
        Finding::NoLaw(not_found) => not_found.to_string(),
    }
}

/// Takes a notation with `_` for every latency that is to be given.
#[track_caller]
fn check(notation: &str, law: &str) {
    let inferred = found(&mut of_notation(notation));
    assert_eq!(inferred.to_string(), law);
    assert_eq!(inferred, law.parse().expect("a law"));
}

#[test]
fn sequences_fan_outs_and_races_are_found() {
    check("seq(a: _, b: _, c: _)", "a + b + c");
    check("spawn(a: _, b: _, c: _)", "max(a, b, c)");
    check("race(a: _, b: _)", "min(a, b)");
    check("seq(auth: _, spawn(profile: _, orders: _))", "auth + max(profile, orders)");
    check("spawn(seq(a: _, join(b: _, c: _)), d: _)", "max(a + max(b, c), d)");
    check("spawn(race(a: _, b: _), race(c: _, d: _))", "max(min(a, b), min(c, d))");
    check("seq(race(a: _, b: _), c: _)", "min(a, b) + c");
    check("race(seq(a: _, b: _), seq(c: _, d: _))", "min(a + b, c + d)");
    check("seq(spawn(a: _, b: _), spawn(c: _, d: _), e: _)", "max(a, b) + max(c, d) + e");
}

#[test]
fn timeouts_are_found() {
    check("timeout(100ms, a: _)", "min(100ms, a)");
    check("seq(timeout(100ms, a: _), b: _)", "min(100ms, a) + b");
    check("seq(x: _, timeout(2s, seq(a: _, b: _)), c: _)", "x + min(2s, a + b) + c");
    check(
        "spawn(timeout(1s, a: _), timeout(1s, b: _), timeout(1s, c: _))",
        "min(1s, max(a, b, c))",
    );
    check("spawn(timeout(1s, a: _), timeout(300ms, b: _))", "max(min(1s, a), min(300ms, b))");
    check("seq(timeout(3ms, a: _), timeout(20s, b: _))", "min(3ms, a) + min(20s, b)");
}

#[test]
fn namesakes_are_spoken_of_together_where_they_all_are() {
    check("seq(attempt: _, attempt: _, attempt: _)", "sum(attempt)");
    check("spawn(worker: _, worker: _)", "max(worker)");
    check("race(a: _, a: _, a: _)", "min(a)");
    check("seq(a: _, b: _, a: _)", "a[0] + b + a[1]");
    check("seq(x: _, spawn(w: _, w: _, z: _))", "x + max(max(w), z)");
    check("limit(2, job: _, job: _, job: _, job: _, job: _)", "limit(2, job)");
    check(
        "seq(x: _, limit(3, j: _, j: _, j: _, j: _, j: _, j: _, j: _), y: _)",
        "x + limit(3, j) + y",
    );
    check("limit(2, a: _, b: _, c: _, d: _, e: _)", "limit(2, a, b, c, d, e)");
    check("limit(2, a: _, b: _, c: _)", "limit(2, a, b, c)");
}

#[test]
fn graphs_that_are_no_trees_are_found() {
    // c waits for a and b, d for b alone.
    let mut crossed = ByHand(|notes: &mut Notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        let (c, d) = (notes.run("c", a.max(b)), notes.run("d", b));
        c.max(d)
    });
    let law = found(&mut crossed);
    assert_eq!(law.to_string(), "max(max(a, b) + c, b + d)");
}

#[test]
fn constants_are_found() {
    let text = |subject: &mut dyn Subject| found(subject).to_string();
    let mut after = ByHand(|notes: &mut Notes| notes.run("a", 0) + 50);
    assert_eq!(text(&mut after), "a + 50ms");
    let mut both = ByHand(|notes: &mut Notes| notes.run("a", 0).max(notes.run("b", 0)) + 10);
    assert_eq!(text(&mut both), "max(a, b) + 10ms");
    let mut backoff = ByHand(|notes: &mut Notes| {
        let first = notes.run("attempt", 0);
        notes.run("attempt", first + 100)
    });
    assert_eq!(text(&mut backoff), "attempt[0] + 100ms + attempt[1]");
    let mut doubled = ByHand(|notes: &mut Notes| {
        (0..4).fold(0, |now, number| notes.run("attempt", now + (50 << number) - 50))
    });
    assert_eq!(
        text(&mut doubled),
        "attempt[0] + 50ms + attempt[1] + 150ms + attempt[2] + 350ms + attempt[3]"
    );
    let mut hedge = ByHand(|notes: &mut Notes| {
        let first = notes.run("a", 0);
        if first > 50 { first.min(notes.run("b", 50)) } else { first }
    });
    assert_eq!(text(&mut hedge), "min(a, 50ms + b)");
    let mut constant = ByHand(|_: &mut Notes| 300);
    assert_eq!(text(&mut constant), "300ms");
    let mut nothing = ByHand(|_: &mut Notes| 0);
    assert_eq!(text(&mut nothing), "0ms");
    let mut different =
        ByHand(|notes: &mut Notes| (notes.run("a", 0) + 10).max(notes.run("b", 0) + 25));
    assert_eq!(text(&mut different), "max(a + 10ms, b + 25ms)");
    let mut at_least = ByHand(|notes: &mut Notes| notes.run("a", 5).max(2_000));
    assert_eq!(text(&mut at_least), "max(2s, 5ms + a)");
}

#[test]
fn many_side_by_side_are_found_whole() {
    for (count, is_min) in [(50, false), (50, true)] {
        let mut subject = ByHand(|notes: &mut Notes| {
            let ends: Vec<_> =
                (0..count).map(|number| notes.run(&format!("call{number}"), 0)).collect();
            if is_min { ends.into_iter().min() } else { ends.into_iter().max() }.unwrap_or(0)
        });
        let law = found(&mut subject);
        assert_eq!(law.atoms().count(), count);
    }
}

#[test]
fn many_under_one_timeout_are_found_whole() {
    let mut subject = ByHand(|notes: &mut Notes| {
        let ends = (0..50).map(|number| notes.run(&format!("call{number}"), 0).min(100));
        ends.max().unwrap_or(0)
    });
    let names: Vec<_> = (0..50).map(|number| format!("call{number}")).collect();
    assert_eq!(found(&mut subject).to_string(), format!("min(100ms, max({}))", names.join(", ")));
}

#[test]
fn loops_and_retries_are_found() {
    let text = |subject: &mut dyn Subject| found(subject).to_string();
    // Pages one after another, each split in two requests.
    let mut pages = ByHand(|notes: &mut Notes| {
        (0..3).fold(0, |now, _| {
            let (one, other) = (notes.run("head", now), notes.run("body", now));
            one.max(other)
        })
    });
    assert_eq!(
        text(&mut pages),
        "max(head[0], body[0]) + max(head[1], body[1]) + max(head[2], body[2])"
    );
    // Two attempts, each of them cut after a second.
    let mut retries = ByHand(|notes: &mut Notes| {
        let first = notes.run("attempt", 0).min(1_000);
        notes.run("attempt", first + 100).min(first + 1_100)
    });
    assert_eq!(text(&mut retries), "min(1s, attempt[0]) + 100ms + min(1s, attempt[1])");
    // The fastest two of three, as a quorum has it.
    let mut quorum = ByHand(|notes: &mut Notes| {
        let mut ends = ["a", "b", "c"].map(|name| notes.run(name, 0));
        ends.sort_unstable();
        ends[1]
    });
    assert_eq!(text(&mut quorum), "max(min(a, b), min(a, c), min(b, c))");
    // What loses the race goes no further.
    let mut loser = ByHand(|notes: &mut Notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        let c = if b < a { notes.run("c", b) } else { u64::MAX };
        let end = a.min(c);
        notes.run("d", end)
    });
    assert_eq!(text(&mut loser), "min(a, b + c) + d");
}

#[test]
fn what_is_awaited_by_no_one_is_not_spoken_of() {
    let mut detached = ByHand(|notes: &mut Notes| {
        let a = notes.run("a", 0);
        notes.run("metrics", 0);
        notes.run("log", a);
        notes.run("b", a)
    });
    assert_eq!(found(&mut detached).to_string(), "a + b");
}

#[test]
fn what_has_no_law_gets_none() {
    let told = |subject: &mut dyn Subject, start: &str| {
        let text = not_found(subject);
        assert!(text.starts_with(start), "{text}");
        // Two or three runs that show it.
        assert!((2..=3).contains(&text.matches(" with ").count()), "{text}");
    };
    let ends = "no rule explains when it ends: +";
    let mut by_winner = ByHand(|notes: &mut Notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        if a <= b { a + 100 } else { b + 200 }
    });
    told(&mut by_winner, ends);
    let mut extra_call = ByHand(|notes: &mut Notes| {
        let a = notes.run("a", 0);
        if a > 5_000 { notes.run("extra", a) } else { a }
    });
    told(&mut extra_call, ends);
    let mut extra_sleep = ByHand(|notes: &mut Notes| {
        let a = notes.run("a", 0);
        if a > 5_000 { a + 1_000 } else { a }
    });
    told(&mut extra_sleep, ends);
    for quantum in [2, 100, 10_000] {
        let polling = |notes: &mut Notes| notes.run("a", 0).div_ceil(quantum) * quantum;
        told(&mut ByHand(polling), ends);
    }
    let mut either = ByHand(|notes: &mut Notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        if a <= b { notes.run("c", a) } else { notes.run("d", b) }
    });
    told(&mut either, ends);
    let mut half_way = ByHand(|notes: &mut Notes| {
        let (a, b) = (notes.run("a", 0), notes.run("b", 0));
        notes.run("c", a.midpoint(b))
    });
    told(&mut half_way, "no rule explains when `c` starts: +");
    let mut loops = ByHand(|notes: &mut Notes| {
        let mut now = 0;
        while now < 3_000 {
            now = notes.run("page", now) + 500;
        }
        now
    });
    told(&mut loops, ends);
}

#[test]
fn what_cannot_be_run_is_an_error() {
    let mut nested = Predicted(|_: Given<'_>| Scenario::raced([]));
    assert!(infer(&mut nested).is_err_and(|error| error.is_scenario()));
}

#[test]
fn the_same_code_has_the_same_law_in_the_same_words() {
    let infer_once = || match infer(&mut of_notation("seq(a: _, spawn(b: _, c: _))")) {
        Ok(Finding::Law(found)) => (found.law.to_string(), found.runs, found.longest),
        other => panic!("{other:?}"),
    };
    let once = infer_once();
    assert_eq!(infer_once(), once);
    let (text, runs, longest) = once;
    assert_eq!(text, "a + max(b, c)");
    // An hour at least was tried, and hundreds of runs.
    assert!(runs > 100 && longest > 3_600_000, "{runs} runs up to {longest}ms");
}
