//! What asyncio does with the same programs.
//!
//! `record.py` runs a thousand random programs on CPython's own event loop,
//! and `recorded.txt` has what they did. It shares nothing with this crate but
//! the notation, not even the language. Tokio and the oracle are held to it up
//! to the order of the events at one instant, which is nobody's promise.
//!
//! The last entries of the recording have a remark: there the two runtimes are
//! known to differ. They are held to differ, so that the list stays true.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use makespan::{Scenario, Trace};

use crate::large::large;

/// What asyncio did with one program.
#[derive(Clone)]
struct Recording {
    notation: &'static str,
    /// Why tokio does something else, if it does.
    difference: Option<&'static str>,
    makespan: &'static str,
    log: String,
}

fn recordings() -> Vec<Recording> {
    include_str!("recorded.txt").trim_end().split("\n\n").skip(1).map(recording).collect()
}

fn recording(entry: &'static str) -> Recording {
    let mut lines = entry.lines().peekable();
    let notation = lines.next().and_then(|line| line.strip_prefix("program "));
    let difference = lines.peek().and_then(|line| line.strip_prefix("differs "));
    if difference.is_some() {
        lines.next();
    }
    let makespan = lines.next().and_then(|line| line.strip_prefix("makespan "));
    Recording {
        notation: notation.expect("an entry begins with its program"),
        difference,
        makespan: makespan.expect("an entry has its makespan before its events"),
        log: lines.collect::<Vec<_>>().join("\n"),
    }
}

fn agreed() -> impl Iterator<Item = Recording> {
    recordings().into_iter().filter(|recording| recording.difference.is_none())
}

fn differing() -> impl Iterator<Item = Recording> {
    recordings().into_iter().filter(|recording| recording.difference.is_some())
}

fn scenario(notation: &str) -> Scenario {
    notation.parse().expect("asyncio was given a scenario in notation")
}

fn predicted(notation: &str) -> Trace {
    scenario(notation).predict().expect("a recorded program can be predicted")
}

fn run(notation: &str) -> Trace {
    scenario(notation).run().expect("a recorded program can be run")
}

impl Recording {
    /// Tells how a trace disagrees with asyncio, if it does.
    fn disagreement(&self, trace: &Trace) -> Option<String> {
        let (makespan, log) = (format!("{}ms", trace.makespan().as_millis()), trace.to_string());
        if makespan == self.makespan && instants(&log) == instants(&self.log) {
            return None;
        }
        Some(format!(
            "asyncio disagrees: {}\n\nasyncio, {}:\n{}\n\nmakespan, {makespan}:\n{log}",
            self.notation, self.makespan, self.log,
        ))
    }
}

/// The events of a log by instant: the instants in log order, the events of
/// each in the order of the alphabet.
fn instants(log: &str) -> Vec<(&str, Vec<&str>)> {
    let mut instants: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in log.lines() {
        let (time, event) = line.split_once(' ').expect("a line is a time and an event");
        match instants.last_mut() {
            Some((last, events)) if *last == time => events.push(event),
            _ => instants.push((time, vec![event])),
        }
    }
    for (_, events) in &mut instants {
        events.sort_unstable();
    }
    instants
}

/// Fails with all that is known about the smallest program that is not played
/// as asyncio played it.
fn check(played: fn(&str) -> Trace) {
    let disagreements: Vec<_> = agreed()
        .filter_map(|recording| recording.disagreement(&played(recording.notation)))
        .collect();
    if let Some(smallest) = disagreements.iter().min_by_key(|text| text.len()) {
        panic!("of all programs, {} disagree; the smallest:\n{smallest}", disagreements.len());
    }
}

#[test]
fn tokio_runs_every_program_as_asyncio_does() {
    check(run);
}

#[test]
fn the_oracle_predicts_what_asyncio_does() {
    check(predicted);
}

#[test]
fn where_asyncio_is_said_to_differ_it_does() {
    for recording in differing() {
        let trace = run(recording.notation);
        assert!(
            recording.disagreement(&trace).is_some(),
            "{} is said to differ, but does not:\n{trace}",
            recording.notation,
        );
        assert_eq!(trace, predicted(recording.notation), "{}", recording.notation);
    }
}

#[test]
fn a_disagreement_is_told_with_the_program_and_both_logs() {
    let recording = Recording {
        notation: "seq(a: 1ms, b: 2ms)",
        difference: None,
        makespan: "3ms",
        log: "+0ms a starts\n+1ms a finishes\n+1ms b starts\n+3ms b finishes".to_owned(),
    };
    assert_eq!(recording.disagreement(&run("seq(a: 1ms, b: 2ms)")), None);
    assert_eq!(
        recording.disagreement(&run("spawn(a: 1ms, b: 2ms)")).as_deref(),
        Some(
            "asyncio disagrees: seq(a: 1ms, b: 2ms)\n\n\
             asyncio, 3ms:\n\
             +0ms a starts\n+1ms a finishes\n+1ms b starts\n+3ms b finishes\n\n\
             makespan, 2ms:\n\
             +0ms a starts\n+0ms b starts\n+1ms a finishes\n+2ms b finishes"
        ),
    );
}

#[test]
fn events_of_one_instant_agree_in_any_order_and_no_others() {
    let log = "+0ms a starts\n+0ms b starts\n+1ms a finishes\n+2ms b finishes";
    let flipped = "+0ms b starts\n+0ms a starts\n+1ms a finishes\n+2ms b finishes";
    let out_of_time = "+0ms a starts\n+0ms b starts\n+2ms b finishes\n+1ms a finishes";
    assert_eq!(instants(log), instants(flipped));
    assert_ne!(instants(log), instants(out_of_time));
}

/// Every program is moved from what asyncio did in each of these ways, or one in ten is.
#[test]
fn no_altered_recording_agrees() {
    let step = (10 / large(10)) as usize;
    for recording in agreed().step_by(step) {
        let trace = predicted(recording.notation);
        let unaltered: Vec<_> = recording.log.lines().map(str::to_owned).collect();
        let mut altered = vec![Recording { makespan: "1h", ..recording.clone() }];
        for (index, line) in unaltered.iter().enumerate() {
            let mut moves = |lines: Vec<String>| {
                altered.push(Recording { log: lines.join("\n"), ..recording.clone() });
            };
            let with = |line: String| {
                let mut lines = unaltered.clone();
                lines[index] = line;
                lines
            };
            moves(with(one_millisecond_later(line)));
            moves(with(format!("{line} twice")));
            moves([&unaltered[..index], &unaltered[index + 1..]].concat());
            moves([&unaltered[..=index], &unaltered[index..]].concat());
        }
        for altered in altered {
            assert!(
                altered.disagreement(&trace).is_some(),
                "{} agrees with\n{}",
                recording.notation,
                altered.log,
            );
        }
    }
}

fn one_millisecond_later(line: &str) -> String {
    let (time, event) = line[1..].split_once("ms ").expect("a line begins with `+5ms`");
    let time: u64 = time.parse().expect("asyncio counts whole milliseconds");
    format!("+{}ms {event}", time + 1)
}

/// Swaps one form for another wherever it stands. Not every program tells them
/// apart, as not every one has two children or a queue; most do.
#[test]
fn a_swapped_form_is_noticed() {
    let mut report = String::new();
    for (form, other) in [
        ("seq(", "spawn("),
        ("seq(", "join("),
        ("spawn(", "seq("),
        ("spawn(", "race("),
        ("tasks(", "seq("),
        ("join(", "seq("),
        ("join(", "race("),
        ("race(", "seq("),
        ("race(", "join("),
        ("limit(1, ", "spawn("),
        ("limit(2, ", "limit(1, "),
    ] {
        let with_form = agreed().filter(|recording| recording.notation.contains(form));
        let noticed: Vec<_> = with_form
            .map(|recording| {
                let swapped = recording.notation.replace(form, other);
                // A race of nobody is not even a program.
                scenario(&swapped)
                    .predict()
                    .map_or(true, |trace| recording.disagreement(&trace).is_some())
            })
            .collect();
        let (count, all) = (noticed.iter().filter(|is| **is).count(), noticed.len());
        let _ = writeln!(report, "{count:5} of {all:3}  {other}..) for {form}..)");
        assert!(count * 2 > all, "most programs tell no difference:\n{report}");
    }
    show(&report);
}

/// How often each thing occurs.
type Counts = BTreeMap<String, usize>;

/// Walks over a notation: counts the forms and steps, what stands directly in
/// what, and returns how many forms are inside one another at the most.
fn count_forms(notation: &str, counts: &mut Counts) -> usize {
    let mut count = |what: String| *counts.entry(what).or_default() += 1;
    let (mut open, mut deepest) = (Vec::new(), 0);
    let mut word_from = 0;
    for (at, byte) in notation.bytes().enumerate() {
        let word = match byte {
            b'(' => &notation[word_from..at],
            b':' => "step",
            _ => "",
        };
        if !word.is_empty() {
            count(word.to_owned());
            if let Some(parent) = open.last() {
                count(format!("{parent}>{word}"));
            }
        }
        match byte {
            b'(' => open.push(word),
            b')' => drop(open.pop()),
            _ => {}
        }
        deepest = deepest.max(open.len());
        if !byte.is_ascii_alphanumeric() {
            word_from = at + 1;
        }
    }
    deepest
}

/// Counts what is worth agreeing on: cuts, ties, queues, and things that take
/// no time or hold nothing.
fn count_events(recording: &Recording, counts: &mut Counts) {
    let has_many =
        |events: &[&str], verb| events.iter().filter(|event| event.ends_with(verb)).count() > 1;
    let instants = instants(&recording.log);
    let is = |what: &str| recording.notation.contains(what);
    for (what, occurs) in [
        ("with a cut", recording.log.contains("cancelled")),
        ("with a step that never starts", step_count(recording) > starts(&recording.log)),
        (
            "with finishes at one instant",
            instants.iter().any(|(_, events)| has_many(events, "finishes")),
        ),
        (
            "with starts at one later instant",
            instants.iter().skip(1).any(|(_, events)| has_many(events, "starts")),
        ),
        ("with a step of no time", is(": 0ms")),
        ("with an empty form", is("()")),
        ("in the same order on tokio", run(recording.notation).to_string() == recording.log),
    ] {
        *counts.entry(what.to_owned()).or_default() += usize::from(occurs);
    }
}

fn step_count(recording: &Recording) -> usize {
    recording.notation.matches(':').count()
}

fn starts(log: &str) -> usize {
    log.lines().filter(|line| line.ends_with("starts")).count()
}

#[test]
fn the_recording_covers_every_form_in_every_other() {
    let mut counts = Counts::new();
    let mut deepest = 0;
    for recording in agreed() {
        deepest = deepest.max(count_forms(recording.notation, &mut counts));
        count_events(&recording, &mut counts);
    }
    let programs = agreed().count();
    let mut report = format!("{programs} programs, {deepest} forms deep\n");
    for (what, count) in &counts {
        let _ = writeln!(report, "{count:5}  {what}");
    }
    show(&report);

    let at_least = |least: usize, what: &str| {
        let count = counts.get(what).copied().unwrap_or_default();
        assert!(count >= least, "{what} occurs {count} times, {least} are wanted:\n{report}");
    };
    assert_eq!(programs, 1_000);
    assert!(deepest >= 6, "{report}");
    let everything = ["step", "seq", "spawn", "tasks", "join", "race", "timeout", "limit"];
    for parent in &everything[1..] {
        at_least(300, parent);
        for child in everything {
            // These are what asyncio cuts in another way.
            if !(matches!(*parent, "race" | "timeout") && matches!(child, "spawn" | "limit")) {
                at_least(20, &format!("{parent}>{child}"));
            }
        }
    }
    for what in [
        "with a cut",
        "with a step that never starts",
        "with finishes at one instant",
        "with starts at one later instant",
        "with a step of no time",
        "with an empty form",
    ] {
        at_least(100, what);
    }
}

#[expect(clippy::print_stdout, reason = "what was counted, for `--nocapture`")]
fn show(report: &str) {
    println!("{report}");
}
