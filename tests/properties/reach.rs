//! What the strategies reach, counted: a property holds only for what was tried.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use makespan::{End, EventKind, MAX_DURATION, Scenario, TaskId, Trace, strategy};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::properties::notation::Node;

const FORMS: [&str; 7] = ["seq", "spawn", "tasks", "join", "race", "timeout", "limit"];

/// How many scenarios show something, by what it is. What is expected stands
/// here from the beginning.
#[derive(Default)]
struct Counts(BTreeMap<String, usize>);

impl Counts {
    fn note(&mut self, what: impl Into<String>, is_there: bool) {
        *self.0.entry(what.into()).or_default() += usize::from(is_there);
    }

    #[expect(clippy::print_stdout, reason = "the table is for people: `cargo test -- --nocapture`")]
    fn each_is_at_least(&self, least: usize) {
        for (what, count) in &self.0 {
            println!("{count:>6}  {what}");
        }
        let rare: Vec<_> = self.0.iter().filter(|(_, count)| **count < least).collect();
        assert!(rare.is_empty(), "fewer than {least} scenarios: {rare:?}");
    }
}

fn generate(strategy: &impl Strategy<Value = Scenario>, cases: usize) -> Vec<Scenario> {
    let mut runner = TestRunner::deterministic();
    (0..cases).map(|_| strategy.new_tree(&mut runner).expect("a case").current()).collect()
}

#[test]
fn scenarios_reach_everything() {
    let mut counts = Counts::default();
    for scenario in generate(&strategy::scenarios(), 3_000) {
        let node = Node::of(&scenario);
        note_size(&mut counts, &node);
        note_durations(&mut counts, &node);
        note_nesting(&mut counts, &node);
        let trace = scenario.predict().unwrap();
        note_instants(&mut counts, &trace);
        note_operations(&mut counts, &trace);
        note_cuts(&mut counts, &node, &trace);
    }
    counts.each_is_at_least(12);
}

#[test]
fn sequences_and_tasks_reach_ties_edges_and_width() {
    for strategy in [strategy::sequential(), strategy::spawned()] {
        let mut counts = Counts::default();
        for scenario in generate(&strategy, 3_000) {
            let node = Node::of(&scenario);
            note_size(&mut counts, &node);
            note_durations(&mut counts, &node);
            if node.word != "seq" {
                counts.note("form: spawn", node.word == "spawn");
                counts.note("form: tasks", node.word == "tasks");
                note_instants(&mut counts, &scenario.predict().unwrap());
            }
        }
        // Without nesting nothing ends with what began at another time.
        counts.0.remove("instant: two steps end that began at different times");
        counts.each_is_at_least(12);
    }
}

#[test]
fn an_exhausted_source_still_ends() {
    // A fuzzer's input that is used up answers zero to everything.
    let rng = TestRng::from_seed(RngAlgorithm::PassThrough, &[]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for strategy in [
        strategy::sequential(),
        strategy::spawned(),
        strategy::scenarios(),
        strategy::scenarios().steps(100),
    ] {
        let scenario = strategy.new_tree(&mut runner).unwrap().current();
        assert!(scenario.predict().is_ok(), "{scenario}");
    }
}

#[test]
#[should_panic(expected = "no number of steps is in an empty range")]
fn an_empty_range_of_steps_panics() {
    let _ = strategy::scenarios().steps(3..3);
}

fn note_size(counts: &mut Counts, node: &Node) {
    let steps = node.steps();
    for (what, sizes) in [
        ("0", 0..=0),
        ("1", 1..=1),
        ("2 to 5", 2..=5),
        ("6 to 12", 6..=12),
        ("62 and more", 62..=usize::MAX),
    ] {
        counts.note(format!("steps: {what}"), sizes.contains(&steps.len()));
    }
    let names: BTreeSet<_> = steps.iter().map(|step| &step.name).collect();
    counts.note("names: all the same", steps.len() > 1 && names.len() == 1);
    counts.note("names: some the same", names.len() > 1 && names.len() < steps.len());
    counts.note("names: all different", steps.len() > 1 && names.len() == steps.len());
}

fn note_durations(counts: &mut Counts, node: &Node) {
    let durations: Vec<_> = node.steps().iter().map(|step| step.duration).collect();
    let mut note = |what: String, is: &dyn Fn(Duration) -> bool| {
        counts.note(what, durations.iter().any(|duration| is(*duration)));
    };
    note("duration: zero".to_owned(), &|duration| duration.is_zero());
    note("duration: below 1ms".to_owned(), &|it| !it.is_zero() && it < Duration::from_millis(1));
    note("duration: 1ns".to_owned(), &|it| it == Duration::from_nanos(1));
    note("duration: odd, above 1ms".to_owned(), &|it| {
        it > Duration::from_millis(1) && !it.subsec_nanos().is_multiple_of(1_000_000)
    });
    for level in 0..=5 {
        let slots = 64_u128.pow(level)..64_u128.pow(level + 1);
        let is_on = |duration: Duration| slots.contains(&duration.as_millis());
        note(format!("duration: level {level} of the wheel"), &is_on);
    }
    for level in 1..=5 {
        let edge = 64_u64.pow(level);
        for (what, millis) in [("-1", edge - 1), ("+0", edge), ("+1", edge + 1)] {
            note(format!("duration: 64^{level}{what}ms"), &|it| {
                it == Duration::from_millis(millis)
            });
        }
    }
}

fn note_nesting(counts: &mut Counts, node: &Node) {
    for outer in FORMS {
        for inner in FORMS {
            counts.note(format!("nested: {inner} in {outer}"), node.has(outer, inner));
        }
        if !["race", "timeout"].contains(&outer) {
            let is_empty = |node: &&Node| node.word == outer && node.children.is_empty();
            counts.note(format!("empty: {outer}"), node.all().iter().any(is_empty));
        }
    }
    let is_cap = |duration| duration == MAX_DURATION;
    counts.note("cap: a step", node.steps().iter().any(|step| is_cap(step.duration)));
    let has_far_limit = |node: &&Node| node.word == "timeout" && is_cap(node.duration);
    counts.note("cap: a timeout", node.all().iter().any(has_far_limit));
}

/// What happens at one instant in several tasks.
fn note_instants(counts: &mut Counts, trace: &Trace) {
    let mut tasks = BTreeMap::<_, BTreeSet<TaskId>>::new();
    for event in trace.events() {
        if matches!(event.kind, EventKind::Start(_) | EventKind::Finish(_)) {
            tasks.entry(event.time).or_default().insert(event.task);
        }
    }
    let most = tasks.values().map(BTreeSet::len).max().unwrap_or(0);
    counts.note("instant: more than 61 tasks", most > 61);

    let mut ends = BTreeMap::<_, (BTreeSet<_>, BTreeSet<_>)>::new();
    for step in trace.steps() {
        if let End::Finished(time) = step.end
            && time > step.start
        {
            let (tasks, starts) = ends.entry(time).or_default();
            tasks.insert(step.task);
            starts.insert(step.start);
        }
    }
    let has = |is: fn(&(BTreeSet<_>, BTreeSet<_>)) -> bool| ends.values().any(is);
    counts.note("instant: timers of two tasks tie", has(|(tasks, _)| tasks.len() > 1));
    counts.note("instant: timers of 62 tasks tie", has(|(tasks, _)| tasks.len() > 61));
    counts.note(
        "instant: two steps end that began at different times",
        has(|(_, starts)| starts.len() > 1),
    );
}

/// What is ready at once in a single poll, and who waits for a permit.
fn note_operations(counts: &mut Counts, trace: &Trace) {
    let events: Vec<_> = trace.events().collect();
    let is_finish = |kind: &EventKind| matches!(kind, EventKind::Finish(_));
    let is_step = |kind: &EventKind| is_finish(kind) || matches!(kind, EventKind::Start(_));
    // Consecutive events of one task at one instant, steps and nothing else: a
    // task that goes back to the queue would let others in between, or it is
    // the only one.
    let most = events
        .chunk_by(|a, b| (a.time, a.task) == (b.time, b.task) && is_step(&b.kind))
        .map(|turn| turn.iter().filter(|event| is_finish(&event.kind)).count())
        .max();
    counts.note("poll: more than 128 steps end", most > Some(128));

    let mut starts = BTreeMap::new();
    for event in &events {
        if matches!(event.kind, EventKind::Start(_)) {
            starts.entry(event.task).or_insert(event.time);
        }
    }
    let mut waiting = BTreeMap::<_, usize>::new();
    for event in &events {
        if let EventKind::Spawn(task) = event.kind
            && starts.get(&task).is_some_and(|start| *start > event.time)
        {
            *waiting.entry((event.task, event.time)).or_default() += 1;
        }
    }
    let most = waiting.into_values().max().unwrap_or(0);
    counts.note("limit: some wait", most > 0);
    counts.note("limit: more than 128 wait", most > 128);
}

/// Steps that are cut, and what had to happen until then.
fn note_cuts(counts: &mut Counts, node: &Node, trace: &Trace) {
    let names: BTreeMap<_, _> =
        node.steps().iter().map(|step| (step.name.as_str(), step.duration)).collect();
    let is_unique = names.len() == node.steps().len();
    let instants: BTreeSet<_> = trace.events().map(|event| event.time).collect();
    let steps = trace.steps();
    // The longest of which at least so many instants passed between its start
    // and its end by a cut.
    let longest = |passed: usize| {
        steps
            .iter()
            .filter_map(|step| match step.end {
                End::Cancelled(time) if is_unique && time > step.start => {
                    let between = instants.range(step.start..time).skip(1).count();
                    (between >= passed).then(|| names[step.name.name().as_str()])
                }
                _ => None,
            })
            .max()
    };
    let day = Duration::from_secs(86_400);
    counts.note("cut: any", steps.iter().any(|step| matches!(step.end, End::Cancelled(_))));
    counts.note("cut: left running", !trace.unfinished().is_empty());
    counts.note("cut: a day, after 2 other instants", longest(2) >= Some(day));
    counts.note("cut: the cap, after 2 other instants", longest(2) == Some(MAX_DURATION));
}
