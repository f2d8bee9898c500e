//! Rules found from runs that are written down.

use crate::inference::history::History;
use crate::inference::rule::{Event, Rule, Trigger};
use crate::inference::stand_in::history_of;
use crate::inference::timing::{DEEPEST, Gap, Start, Timing};

fn found(history: &History) -> Timing<'_> {
    Timing::find(history).unwrap_or_else(|gap| panic!("{gap:?}"))
}

fn gap(history: &History) -> Gap {
    Timing::find(history).err().expect("no rule")
}

/// Three runs in which `x` comes so long after `a`, and then the end.
fn follows(offset: u64) -> History {
    let run = |latency| {
        let start = latency + offset;
        ([("a", latency, Some(0)), ("x", 1, Some(start))], start + 1)
    };
    let runs = [5, 7, 20].map(run);
    history_of(&runs.each_ref().map(|(steps, end)| (&steps[..], *end)))
}

#[test]
fn what_follows_one_step_at_once_waits_for_it() {
    let history = follows(0);
    let (timing, observed) = (found(&history), [(0, 5), (1, 7), (2, 20)]);
    let a = Some(Trigger::finish(0));
    assert_eq!(timing.only_trigger(Some(1), &observed), a);
    assert_eq!(timing.only_trigger(Some(1), &observed[..2]), a);
    assert_eq!(timing.only_trigger(Some(1), &observed[1..2]), a);
    assert_eq!(timing.only_trigger(Some(1), &[]), None);
    let x = Some(Trigger::finish(1));
    assert_eq!(timing.only_trigger(None, &[(0, 6), (1, 8), (2, 21)]), x);
    assert_eq!(timing.only_trigger(None, &[(0, 6), (1, 8), (2, 22)]), None);
}

#[test]
fn what_follows_one_step_after_the_same_time_has_done_so_three_times() {
    let history = follows(3);
    let (timing, observed) = (found(&history), [(0, 8), (1, 10), (2, 23)]);
    let a = Some(Trigger { event: Event::Finish(0), offset: 3 });
    assert_eq!(timing.only_trigger(Some(1), &observed), a);
    assert_eq!(timing.only_trigger(Some(1), &observed[..2]), None);
}

#[test]
fn nothing_waits_for_itself_or_for_what_starts_later() {
    let run = |start| ([("x", 0, Some(start)), ("a", 3, Some(start))], start + 3);
    let runs = [50; 3].map(run);
    let history = history_of(&runs.each_ref().map(|(steps, end)| (&steps[..], *end)));
    let timing = found(&history);
    assert_eq!(timing.only_trigger(Some(0), &[(0, 50), (1, 50), (2, 50)]), None);
    assert_eq!(timing.only_trigger(Some(0), &[(0, 53), (1, 53), (2, 53)]), None);
    // But `a` comes with `x`, or at its end.
    let x = Some(Trigger::finish(0));
    assert_eq!(timing.only_trigger(Some(1), &[(0, 50), (1, 50), (2, 50)]), x);
}

#[test]
fn a_step_that_starts_later_than_the_run_begins_is_followed_from_its_finish() {
    // `x` behind `a`, which starts 10 after the beginning.
    let run = |latency| {
        let (start, x) = (10 + latency, 1 + latency % 4);
        ([("a", latency, Some(10)), ("x", x, Some(start))], start + x)
    };
    let runs = [5, 7, 20].map(run);
    let history = history_of(&runs.each_ref().map(|(steps, end)| (&steps[..], *end)));
    let timing = found(&history);
    let a = Some(Trigger::finish(0));
    assert_eq!(timing.only_trigger(Some(1), &[(0, 15), (1, 17), (2, 30)]), a);
    let rules: Vec<_> = timing.moments.iter().map(|moment| moment.rule.clone()).collect();
    let late = Trigger { event: Event::Moment(0), offset: 10 };
    assert_eq!(rules[1..], [late, Trigger::finish(0), Trigger::finish(1)].map(Rule::After));
}

#[test]
fn a_time_after_the_beginning_that_was_seen_once_is_chance() {
    let late: &[_] = &[("x", 1, Some(50))];
    let gap = gap(&history_of(&[(late, 51)]));
    assert_eq!((gap.step, gap.run), (Some(0), 0));
    let history = history_of(&[(late, 51); 3]);
    let timing = found(&history);
    assert!(matches!(timing.starts[..], [Start::At(1)]));
    let late = Rule::After(Trigger { event: Event::Moment(0), offset: 50 });
    assert_eq!(timing.moments[1].rule, late);
}

#[test]
fn what_no_rule_fits_is_told_with_runs_in_which_each_trigger_decides() {
    // The end comes with `a` in two runs and with `b` in others, whichever is less.
    let run = |a, b, end| ([("a", a, Some(0)), ("b", b, Some(0))], end);
    let runs = [run(1, 5, 1), run(5, 1, 5), run(2, 6, 6), run(6, 2, 2), run(7, 7, 7), run(1, 9, 1)];
    let gap = gap(&history_of(&runs.each_ref().map(|(steps, end)| (&steps[..], *end))));
    // The last run in which `a` decides alone, that for `b`, and one from the middle.
    assert_eq!((gap.step, &gap.telling[..], gap.run), (None, &[5, 3][..], 3));
    assert_eq!(gap.triggers, [0, 1]);
}

/// `x` comes with `a` or with the last of a chain of so many steps, whichever is
/// first. In the first two runs that is `a`, and the chain never starts; so many
/// other steps do that they are looked at first, and `x` before the chain.
fn behind_a_chain(length: usize) -> History {
    let names = |kind: &str, count: usize| -> Vec<_> {
        (0..count).map(|number| format!("{kind}{number}")).collect()
    };
    let (chain, beside) = (names("chain", length), names("beside", length + 2));
    let mut runs = Vec::new();
    for a in [10, 20] {
        let mut steps = vec![("a", a, Some(0))];
        steps.extend(beside.iter().map(|name| (&name[..], 3, Some(0))));
        steps.push(("x", 1, Some(a)));
        steps.extend(chain.iter().map(|name| (&name[..], 100, None)));
        runs.push((steps, a + 1));
    }
    for run in 1..=3 {
        let mut steps = vec![("a", 10_000, Some(0))];
        let mut now = 0;
        for (number, name) in chain.iter().enumerate() {
            let latency = run + number as u64 % 3;
            steps.push((name, latency, Some(now)));
            now += latency;
        }
        steps.push(("x", 1, Some(now)));
        runs.push((steps, now + 1));
    }
    history_of(&runs.iter().map(|(steps, end)| (&steps[..], *end)).collect::<Vec<_>>())
}

#[test]
fn what_is_looked_for_step_behind_step_may_be_64_steps_away() {
    let history = behind_a_chain(DEEPEST);
    let timing = found(&history);
    let number = |name: &str| history.namesakes(&name.into()).expect("a step")[&0];
    let Start::At(start) = timing.starts[number("x")] else { panic!("no rule for `x`") };
    let both = [number("a"), number("chain63")].map(|step| Rule::After(Trigger::finish(step)));
    assert_eq!(timing.moments[start].rule, Rule::Min(both.into()));
    let history = behind_a_chain(DEEPEST + 1);
    let gap = gap(&history);
    // Of the first step of the chain, in the first run in which it starts.
    let (name, _) = &history.steps()[gap.step.expect("a step")];
    assert_eq!((name.as_str(), gap.run), ("chain0", 2));
}
