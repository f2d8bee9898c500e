//! Every limit moved to one tick before, exactly at and one tick after each instant at
//! which something ends: where a tie is decided, it is decided as documented.

use std::collections::BTreeSet;
use std::time::Duration;

use makespan::strategy::{scenarios, sequential, spawned};
use makespan::{End, Failure, Scenario, TICK, TaskId, Trace, VirtualTime};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::large::one_in;
use crate::programs::Program;
use crate::properties::edit::ticks;
use crate::properties::metamorphic::edited::{acting, before, step_of, without, without_tasks_of};
use crate::properties::metamorphic::refused;
use crate::properties::notation::Node;
use crate::properties::timing::{Timing, timings};

type Verdict = Result<(), TestCaseError>;

/// Longer than anything else in a scenario here takes.
const FAR: Duration = Duration::from_secs(30 * 86_400);

/// Scenarios in which there is time for something that is far.
pub(crate) fn small() -> impl Strategy<Value = Node> {
    let node = |scenario: Scenario| Node::of(&scenario).within_a_day().in_whole_ticks();
    scenarios().steps(1..=8).prop_map(move |it| node(it).with_names_of_their_own())
}

/// The instants at which something ends, and their neighbours.
pub(crate) fn around_ends(trace: &Trace) -> BTreeSet<VirtualTime> {
    let ends = trace.steps().into_iter().filter_map(|step| step.end.time());
    ends.chain([VirtualTime::after(trace.makespan())])
        .map(VirtualTime::since_start)
        .flat_map(|end| [end.saturating_sub(TICK), end, end + TICK])
        .map(VirtualTime::after)
        .collect()
}

/// What a run inside a timeout is to be, and how many steps it decides a tie about.
fn is_cut_at(
    node: &Node,
    whole: &Trace,
    cut: &Trace,
    limit: VirtualTime,
) -> Result<usize, TestCaseError> {
    if limit.since_start() > whole.makespan() {
        prop_assert_eq!(whole, cut);
        return Ok(0);
    }
    prop_assert_eq!(cut.makespan(), limit.since_start());
    prop_assert_eq!(before(whole, limit), before(cut, limit));
    if limit == VirtualTime::START {
        return Ok(0);
    }
    // A task that ends in this instant is not asked any more: the limit was set before
    // any timer of a task that it is around.
    prop_assert!(acting(cut, limit).iter().all(|task| *task == TaskId::ROOT), "{cut:#}");
    let mut ties = 0;
    for step in cut.steps().into_iter().filter(|step| step.start < limit) {
        if step.end.time().is_some_and(|end| end < limit) {
            continue;
        }
        let parents = node.parents_of(step.name.name().as_str());
        let duration = node.duration_of(step.name.name().as_str());
        let is_due = VirtualTime::after(step.start.since_start() + duration) == limit;
        ties += usize::from(is_due);
        let expected = match (step.task, is_due) {
            (TaskId::ROOT, true) if parents.contains(&"race") => {
                // It has ended too, unless another won.
                prop_assert_eq!(step.end.time(), Some(limit));
                continue;
            }
            // In one task the work is asked first.
            (TaskId::ROOT, true) => End::Finished(limit),
            (TaskId::ROOT, false) => End::Cancelled(limit),
            _ => End::Open,
        };
        prop_assert_eq!(step.end, expected, "{}", step.name);
    }
    Ok(ties)
}

/// A run that is cut after so long.
type Cut = fn(Duration, &Scenario) -> Result<Trace, Failure>;

const TIMEOUT: Cut =
    |limit, work| Ok(Scenario::timeout(limit, work.clone()).verify()?.into_trace());

/// Runs that are cut at each limit around each end; how many ties that decides.
fn sweep(node: &Node, cut: Cut) -> Result<usize, TestCaseError> {
    let whole = node.scenario().run()?;
    let mut ties = 0;
    for limit in around_ends(&whole) {
        let cut = cut(limit.since_start(), &node.scenario())?;
        ties += is_cut_at(node, &whole, &cut, limit)?;
    }
    Ok(ties)
}

/// When what takes a duration begins, and the instants at which it may end together with
/// something else. `None` if it never begins.
fn instants(
    node: &Node,
    number: usize,
) -> Result<Option<(VirtualTime, BTreeSet<VirtualTime>)>, TestCaseError> {
    // A mark before it changes nothing; see the metamorphic laws.
    let mut next = 0..;
    let mut marked = node.clone();
    marked.each_mut(&mut |node| {
        if node.is_timed() && next.next() == Some(number) {
            node.duration = FAR;
            let mark = Node::step("mark", Duration::ZERO);
            node.wrap(|it| Node::group("seq", [mark, it]));
        }
    });
    let trace = marked.scenario().run()?;
    let mark = trace.steps().into_iter().find(|step| step.name.name().as_str() == "mark");
    Ok(mark.map(|mark| {
        let ends = trace.steps().into_iter().filter_map(|step| step.end.time());
        let ends = ends.filter(|end| *end > mark.start && end.since_start() < FAR);
        (mark.start, ends.collect())
    }))
}

fn with_duration(node: &Node, number: usize, duration: Duration) -> Node {
    let mut next = 0..;
    node.clone().with_durations(&mut |it| if next.next() == Some(number) { duration } else { it })
}

/// Each instant at which a duration may end with something else: a tick before, at it and
/// a tick after. The makespan is that of the law, which is worked out here once more, and
/// grows by a tick at most. Returns how many instants there are.
fn duration_sweep(node: &Node, which: Index, slip: Duration) -> Result<usize, TestCaseError> {
    let count = node.all().iter().filter(|it| it.is_timed()).count();
    let number = which.index(count.max(1));
    let Some((start, instants)) = instants(node, number)? else {
        return Ok(0);
    };
    for instant in &instants {
        let exact = instant.since_start() - start.since_start();
        let mut last = None;
        for duration in [exact - TICK, exact, exact + TICK] {
            let meant = with_duration(node, number, duration);
            let run = with_duration(node, number, duration + slip).scenario().verify()?;
            let makespan = run.makespan();
            prop_assert_eq!(makespan, ticks(meant.ticks()));
            prop_assert!(last.is_none_or(|last| last == makespan || last + TICK == makespan));
            prop_assert!(meant.scenario().check(run.trace())?.is_empty());
            last = Some(makespan);
        }
    }
    Ok(instants.len())
}

/// The same of a program that people write: it takes what its law comes to, and no task
/// acts at the limit but the one that it is set in.
fn program_sweep(timing: &Timing, slip: u64) -> Verdict {
    let whole = timing.run()?;
    for limit in around_ends(whole.trace()) {
        let millis = u64::try_from(limit.since_start().as_millis())?;
        let program = |limit| Program::Timeout(limit, Box::new(timing.program.clone()));
        let cut = Timing { program: program(millis + slip), ..timing.clone() }.run()?;
        prop_assert_eq!(cut.makespan(), ticks(timing.ticks(&program(millis))));
        prop_assert_eq!(before(whole.trace(), limit), before(cut.trace(), limit));
        if limit.since_start() > whole.makespan() {
            prop_assert_eq!(whole.trace(), cut.trace());
        } else if millis > 0 {
            let acting = acting(cut.trace(), limit);
            prop_assert!(acting.iter().all(|task| *task == TaskId::ROOT), "{:?}", cut.trace());
        }
    }
    Ok(())
}

/// Every call ends one tick before, with and one tick after each other thing.
fn call_sweep(timing: &Timing, which: Index, slip: u64) -> Verdict {
    if timing.latencies.is_empty() {
        return Ok(());
    }
    let number = which.index(timing.latencies.len());
    let with = |latency| {
        let mut timing = timing.clone();
        timing.latencies[number] = latency;
        timing
    };
    let far = with(1_000_000).run()?;
    let name = format!("s{number}");
    let steps = far.trace().steps();
    let Some(step) = steps.iter().find(|step| step.name.name().as_str() == name) else {
        return Ok(());
    };
    let ends = far.trace().events().filter(|event| step_of(event).is_some());
    let ends: BTreeSet<_> = ends.map(|event| event.time).filter(|it| *it > step.start).collect();
    for end in ends {
        let exact = end.since_start() - step.start.since_start();
        let exact = u64::try_from(exact.as_millis())?;
        for latency in [exact - 1, exact, exact + 1] {
            let meant = with(latency);
            let run = with(latency + slip).run()?;
            prop_assert_eq!(run.makespan(), ticks(meant.ticks(&meant.program)));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(one_in(4))]

    #[test]
    fn a_duration_around_any_end_is_held_to_the_oracle_and_the_law(node in small(), which: Index) {
        duration_sweep(&node, which, Duration::ZERO)?;
    }

    #[test]
    fn a_timeout_around_any_end_decides_ties_as_documented(node in small()) {
        sweep(&node, TIMEOUT)?;
    }

    #[test]
    fn a_timeout_around_any_end_of_a_program_decides_ties_as_documented(timing in timings()) {
        program_sweep(&timing, 0)?;
    }

    #[test]
    fn a_call_around_any_end_of_a_program_is_held_to_its_law(timing in timings(), which: Index) {
        call_sweep(&timing, which, 0)?;
    }
}

#[test]
fn ties_are_many_in_the_own_task_and_with_others() {
    let (mut own, mut others, mut limits) = (0, 0, 0);
    refused(&(small(), any::<Index>()), 200, |(node, which)| {
        let ties = sweep(&node, TIMEOUT)?;
        let spawns = node.all().iter().any(|node| node.is(&["spawn", "tasks", "limit"]));
        *(if spawns { &mut others } else { &mut own }) += usize::from(ties > 0);
        limits += duration_sweep(&node, which, Duration::ZERO)?;
        Ok(())
    });
    assert!(own > 50 && others > 50, "{own} and {others} of 200 scenarios");
    assert!(limits > 200, "{limits} instants in 200 scenarios");
}

#[test]
fn ties_that_are_decided_otherwise_are_refused() {
    // The limit is asked before the work.
    const LIMIT_FIRST: Cut = |limit, work| {
        let cut = Scenario::raced([Scenario::step("alarm", limit), work.clone()]);
        Ok(without(cut.verify()?.trace(), &["alarm"]))
    };
    // The limit is told by a task, which comes behind those that it is around.
    const LIMIT_LAST: Cut = |limit, work| {
        let alarm = Scenario::spawned([Scenario::step("alarm", limit)]);
        let cut = Scenario::raced([work.clone(), alarm]);
        Ok(without_tasks_of(cut.verify()?.trace(), "alarm"))
    };
    const LATE: Cut = |limit, work| TIMEOUT(limit + TICK, work);
    let rows = |scenario: &Scenario| Node::of(scenario).in_whole_ticks().with_names_of_their_own();
    let own_task = sequential().steps(1..=4).prop_map(move |it| rows(&it));
    let tasks = spawned().steps(1..=4).prop_map(move |it| rows(&it));
    let refusals = |cut: Cut| {
        let own = refused(&own_task, 100, |node| sweep(&node, cut).map(drop));
        (own, refused(&tasks, 100, |node| sweep(&node, cut).map(drop)))
    };
    assert_eq!(refusals(TIMEOUT), (0, 0));
    // Each is wrong about ties of one kind, and right about the others.
    let (own, tasks) = refusals(LIMIT_FIRST);
    assert!(own > 90 && tasks == 0, "{own} and {tasks}");
    let (own, tasks) = refusals(LIMIT_LAST);
    assert!(own == 0 && tasks > 90, "{own} and {tasks}");
    let (own, tasks) = refusals(LATE);
    assert!(own > 90 && tasks > 90, "{own} and {tasks}");
}

#[test]
fn durations_that_are_off_by_a_tick_are_refused() {
    let mut applied = 0;
    let scenarios = refused(&(small(), any::<Index>()), 200, |(node, which)| {
        applied += usize::from(duration_sweep(&node, which, Duration::ZERO)? > 0);
        duration_sweep(&node, which, TICK).map(drop)
    });
    // It is seen in the log, if not in the makespan; but not of a limit around nothing.
    assert!(applied > 100 && scenarios * 20 > applied * 19, "{scenarios} of {applied}");
    let programs = refused(&timings(), 200, |timing| program_sweep(&timing, 1));
    assert!(programs > 100, "{programs}");
    let calls =
        refused(&(timings(), any::<Index>()), 200, |(timing, which)| call_sweep(&timing, which, 1));
    assert!(calls > 50, "{calls}");
}
