//! Programs as people write them, rewritten by rules whose effect is known.

use std::collections::BTreeMap;

use makespan::{Timed, Trace};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::programs::Program;
use crate::properties::edit::{Choices, ticks};
use crate::properties::metamorphic::edited::{at, spans, without};
use crate::properties::metamorphic::refused;
use crate::properties::timing::{Timing, timings};

type Verdict = Result<(), TestCaseError>;

/// A way to rewrite a part of a program, which takes so many ticks.
type Rule = (&'static str, fn(&mut Program, u64, &mut Choices) -> bool);

/// The log is the same, event by event.
const NOTHING: [Rule; 6] = [
    ("awaits in a block of their own", |part, _, choices| {
        let Program::Seq(parts) = part else { return false };
        let from = choices.below(parts.len());
        let inner = parts.drain(from..from + choices.below(parts.len() - from) + 1).collect();
        parts.insert(from, Program::Seq(inner));
        true
    }),
    ("a block or a race of one", |part, _, choices| {
        let form = [Program::Seq, Program::Race][choices.below(2)];
        wrap(part, |it| form(vec![it]))
    }),
    ("a wait for nothing", |part, _, choices| {
        let wait = Program::Wait(0);
        let is_first = choices.coin();
        wrap(part, |it| Program::Seq(if is_first { vec![wait, it] } else { vec![it, wait] }))
    }),
    ("permits for all", |part, _, choices| {
        let more = choices.below(2);
        let Program::Spawn(parts) = part else { return false };
        *part = Program::Limit(parts.len() + more, std::mem::take(parts));
        true
    }),
    ("a longer timeout", |part, ticks, choices| {
        let longer = ticks + 1 + choices.below(2) as u64;
        wrap(part, |it| Program::Timeout(longer, Box::new(it)))
    }),
    ("a longer timeout around a timeout", |part, _, choices| {
        let Program::Timeout(limit, _) = part else { return false };
        let longer = *limit + choices.below(2) as u64;
        wrap(part, |it| Program::Timeout(longer, Box::new(it)))
    }),
];

/// Every step is where it was, if no tie is to be decided; the makespan is the same anyway.
const PERMUTED: [Rule; 2] = [
    ("tasks in another order", |part, _, choices| {
        let (Program::Spawn(parts) | Program::Join(parts)) = part else { return false };
        choices.shuffle(parts);
        parts.len() > 1
    }),
    ("a race in another order", |part, _, choices| {
        let Program::Race(parts) = part else { return false };
        choices.shuffle(parts);
        parts.len() > 1
    }),
];

/// The same is true of a task more.
const IDLE: Rule = ("a task that does nothing", |part, _, choices| {
    let (Program::Spawn(parts) | Program::Join(parts) | Program::Limit(_, parts)) = part else {
        return false;
    };
    parts.insert(choices.below(parts.len() + 1), Program::Wait(0));
    true
});

const ANOTHER: [Rule; 5] = [
    ("a wait for a tick", |part, _, _| wrap(part, |it| Program::Seq(vec![it, Program::Wait(1)]))),
    ("a timeout that is too short", |part, ticks, _| {
        ticks > 0 && wrap(part, |it| Program::Timeout(ticks - 1, Box::new(it)))
    }),
    ("tasks awaited one by one", |part, _, _| {
        let (Program::Spawn(parts) | Program::Join(parts)) = part else { return false };
        *part = Program::Seq(std::mem::take(parts));
        true
    }),
    ("a permit too few", |part, _, _| {
        let Program::Spawn(parts) = part else { return false };
        *part = Program::Limit((parts.len() - 1).max(1), std::mem::take(parts));
        true
    }),
    ("a race instead of tasks", |part, _, _| {
        let (Program::Spawn(parts) | Program::Join(parts)) = part else { return false };
        *part = Program::Race(std::mem::take(parts));
        true
    }),
];

fn wrap(part: &mut Program, around: impl FnOnce(Program) -> Program) -> bool {
    let inner = std::mem::replace(part, Program::Wait(0));
    *part = around(inner);
    true
}

/// Applies a rule to every part; returns the program and the number of parts.
fn rewritten(timing: &Timing, rule: Rule, choices: &mut Choices) -> (Timing, usize) {
    let (mut after, mut places) = (timing.clone(), 0);
    after.program.each_mut(&mut |part| {
        let ticks = timing.ticks(part);
        places += usize::from((rule.1)(part, ticks, choices));
    });
    (after, places)
}

fn some(rules: &[Rule], seed: u64) -> (Rule, Choices) {
    let mut choices = Choices::new(seed);
    (rules[choices.below(rules.len())], choices)
}

fn has_one_log(before: &Timing, after: &Timing) -> Verdict {
    let (before, after) = (before.run()?, after.run()?);
    prop_assert_eq!(before.trace(), after.trace());
    prop_assert_eq!(before.leaked_tasks(), after.leaked_tasks());
    Ok(())
}

fn has_one_makespan(before: &Timing, after: &Timing) -> Verdict {
    prop_assert_eq!(before.run()?.makespan(), after.run()?.makespan());
    Ok(())
}

/// So many tasks more may be left over, because they waited for a permit.
fn has_one_log_up_to_ties(before: &Timing, after: &Timing, more: usize) -> Verdict {
    let (before, after) = (before.run()?, after.run()?);
    prop_assert_eq!(spans(before.trace()), spans(after.trace()));
    prop_assert!(before.trace().same_up_to_ties(after.trace()));
    let leaked = before.leaked_tasks()..=before.leaked_tasks() + more;
    prop_assert!(leaked.contains(&after.leaked_tasks()), "{} of {leaked:?}", after.leaked_tasks());
    Ok(())
}

fn is_scaled(before: &Timing, after: &Timing, factor: u32) -> Verdict {
    let (before, after) = (before.run()?, after.run()?);
    prop_assert_eq!(&at(before.trace(), |time| time * factor), after.trace());
    prop_assert_eq!(before.leaked_tasks(), after.leaked_tasks());
    Ok(())
}

fn is_later(before: &Timing, after: &Timing, lead: u64) -> Verdict {
    let (before, after) = (before.run()?, after.run()?);
    let later: Trace = at(before.trace(), |time| time + ticks(lead));
    prop_assert_eq!(&later, after.trace());
    prop_assert_eq!(before.leaked_tasks(), after.leaked_tasks());
    Ok(())
}

/// A name is all that it adds: its step begins with the run and ends with it.
fn is_named(timing: &Timing, named: &Trace) -> Verdict {
    let whole = timing.run()?;
    prop_assert_eq!(whole.trace(), &without(named, &["named"]));
    let lines = named.to_string();
    prop_assert!(lines.starts_with("+0ms named starts"), "{lines}");
    let end = format!("+{}ms named finishes", named.makespan().as_millis());
    prop_assert!(lines.ends_with(&end), "{lines}");
    Ok(())
}

/// The program behind a wait, or beside it.
fn led(timing: &Timing, form: fn(Vec<Program>) -> Program, lead: u64) -> Timing {
    let program = form(vec![Program::Wait(lead), timing.program.clone()]);
    Timing { program, latencies: timing.latencies.clone() }
}

proptest! {
    #[test]
    fn what_changes_nothing_changes_nothing(timing in timings(), seed: u64) {
        let (rule, mut choices) = some(&NOTHING, seed);
        has_one_log(&timing, &rewritten(&timing, rule, &mut choices).0)?;
    }

    #[test]
    fn no_order_of_tasks_changes_the_makespan(timing in timings(), seed: u64) {
        let (rule, mut choices) = some(&[&PERMUTED[..], &[IDLE]].concat(), seed);
        has_one_makespan(&timing, &rewritten(&timing, rule, &mut choices).0)?;
    }

    #[test]
    fn without_ties_an_order_of_tasks_changes_the_log_by_ties_alone(
        timing in timings(), seed: u64,
    ) {
        let (rule, mut choices) = some(&PERMUTED, seed);
        if let Some(timing) = timing.without_ties(&mut choices) {
            has_one_log_up_to_ties(&timing, &rewritten(&timing, rule, &mut choices).0, 0)?;
            let (busier, more) = rewritten(&timing, IDLE, &mut choices);
            has_one_log_up_to_ties(&timing, &busier, more)?;
        }
    }

    #[test]
    fn a_program_that_is_scaled_is_its_log_scaled(timing in timings(), factor in 2..200_u32) {
        let scaled = timing.with_times(&mut |it| it * u64::from(factor));
        is_scaled(&timing, &scaled, factor)?;
    }

    #[test]
    fn a_name_around_a_program_is_all_that_it_adds(timing in timings()) {
        is_named(&timing, timing.runner().run(timing.program.future().timed("named"))?.trace())?;
    }

    #[test]
    fn a_program_that_begins_later_is_its_log_later(timing in timings(), lead in 0..5_000_u64) {
        is_later(&timing, &led(&timing, Program::Seq, lead), lead)?;
    }
}

#[test]
fn what_changes_more_than_it_should_is_refused() {
    type Property = fn(&Timing, &Timing) -> Verdict;
    let cases = (timings(), any::<u64>());
    let mut counts = BTreeMap::new();
    for (rules, property) in
        [(&ANOTHER[..], has_one_makespan as Property), (&PERMUTED[..1], has_one_log)]
    {
        for rule in rules {
            let mut applied = 0;
            let refused = refused(&cases, 200, |(timing, seed)| {
                let (after, places) = rewritten(&timing, *rule, &mut Choices::new(seed));
                applied += usize::from(places > 0);
                property(&timing, &after)
            });
            counts.insert(rule.0, (refused, applied));
        }
    }
    let kept: Vec<_> = counts.iter().filter(|(_, (refused, _))| *refused < 12).collect();
    assert!(kept.is_empty(), "hardly ever refused: {kept:?} of {counts:?}");
}

#[test]
fn a_name_that_moves_a_program_to_a_task_is_refused() {
    let moved = refused(&timings(), 100, |timing| {
        let named = timing.program.future().timed("named");
        let run = timing.runner().run(async { tokio::spawn(named).await.expect("no panic") });
        is_named(&timing, run?.trace())
    });
    assert!(moved > 50, "{moved}");
}

#[test]
fn times_that_do_not_change_alike_are_refused() {
    let waits_stay = refused(&timings(), 200, |timing| {
        let latencies = timing.latencies.iter().map(|it| it * 3).collect();
        is_scaled(&timing, &Timing { latencies, ..timing.clone() }, 3)
    });
    assert!(waits_stay > 20, "{waits_stay}");
    let beside =
        refused(&timings(), 200, |timing| is_later(&timing, &led(&timing, Program::Join, 5), 5));
    assert!(beside > 150, "{beside}");
}

#[test]
fn every_rule_applies_to_many_programs() {
    for rule in [&NOTHING[..], &PERMUTED, &[IDLE]].concat() {
        let mut applied = 0;
        refused(&(timings(), any::<u64>()), 200, |(timing, seed)| {
            applied += usize::from(rewritten(&timing, rule, &mut Choices::new(seed)).1 > 0);
            Ok(())
        });
        assert!(applied >= 12, "{}: {applied} of 200", rule.0);
    }
}
