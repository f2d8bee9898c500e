//! Programs as people write them, cut in each way that tokio has.

use std::time::Duration;

use makespan::{Run, StepName, VirtualTime, Warning};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::large::one_in;
use crate::programs::{Alive, Program};
use crate::properties::boundary::around_ends;
use crate::properties::cancellation::{LetGo, Seen, is_cut, spans};
use crate::properties::edit::ticks;
use crate::properties::metamorphic::refused;
use crate::properties::timing::{Timing, timings};

/// Longer than any program here takes.
const REST: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug)]
enum Way {
    Timeout,
    SelectWork,
    SelectLimit,
    Abort,
    DropSet,
    /// No way to cut it: the handle is dropped.
    DropHandle,
}

const WAYS: [Way; 5] = [Way::Timeout, Way::SelectWork, Way::SelectLimit, Way::Abort, Way::DropSet];

impl Way {
    async fn cut(self, after: Duration, work: impl Future<Output = ()> + Send + 'static) {
        match self {
            Self::Timeout => {
                let _ = timeout(after, work).await;
            }
            Self::SelectWork => tokio::select! {
                biased;
                () = work => {}
                () = sleep(after) => {}
            },
            Self::SelectLimit => tokio::select! {
                biased;
                () = sleep(after) => {}
                () = work => {}
            },
            Self::Abort => {
                let task = tokio::spawn(work);
                sleep(after).await;
                task.abort();
            }
            Self::DropSet => {
                let mut tasks = JoinSet::new();
                tasks.spawn(work);
                sleep(after).await;
            }
            Self::DropHandle => {
                let _task = tokio::spawn(work);
                sleep(after).await;
            }
        }
    }
}

/// The program with a mark before each group that is let go, and its steps.
fn marked(mut timing: Timing) -> (Timing, LetGo) {
    let mut steps = LetGo::new();
    let mut next = timing.latencies.len();
    mark(&mut timing.program, None, &mut next, &mut steps);
    timing.latencies.resize(next, 0);
    (timing, steps)
}

fn mark(part: &mut Program, outer: Option<&str>, next: &mut usize, steps: &mut LetGo) {
    if let Program::Call(name) = part {
        steps.insert(name.clone(), outer.map(str::to_owned));
        return;
    }
    let is_outermost = outer.is_none() && matches!(part, Program::Spawn(_) | Program::Limit(..));
    let name = format!("s{next}");
    let outer = if is_outermost { Some(name.as_str()) } else { outer };
    *next += usize::from(is_outermost);
    part.parts_mut().iter_mut().for_each(|part| mark(part, outer, next, steps));
    if is_outermost {
        steps.insert(name.clone(), None);
        let group = std::mem::replace(part, Program::Wait(0));
        *part = Program::Seq(vec![Program::Call(name), group]);
    }
}

/// Runs a program that is cut, and then for so long. It returns how many of its tasks
/// are alive, as they themselves say.
fn cut(
    timing: &Timing,
    way: Way,
    after: Duration,
    rest: Duration,
) -> Result<Run<usize>, TestCaseError> {
    let alive = Alive::default();
    let work = timing.program.counted(&alive);
    let run = timing.runner().run(async move {
        way.cut(after, work).await;
        sleep(rest).await;
        alive.tasks()
    });
    Ok(run?)
}

/// Cuts a program around every instant at which something ends.
fn cut_everywhere(timing: Timing, ways: &[Way], turn: Duration) -> Result<Seen, TestCaseError> {
    let (timing, steps) = marked(timing);
    let lets_go = steps.values().any(Option::is_some) || lets_go(&mut timing.program.clone());
    let alone = timing.run()?;
    // Not cut at all, with time for all that goes on.
    let whole = cut(&timing, Way::SelectWork, REST, REST)?;
    prop_assert_eq!(whole.leaked_tasks(), 0);
    let mut seen = Seen::default();
    for at in around_ends(alone.trace()) {
        if at.since_start() > alone.makespan() {
            continue;
        }
        for &way in ways {
            let run = cut(&timing, way, at.since_start(), REST)?;
            seen += is_cut(&spans(whole.trace()), &spans(run.trace()), at, &steps)?;
            prop_assert!(run.trace().unfinished().is_empty());
            prop_assert_eq!((run.output, run.leaked_tasks()), (0, 0));
            prop_assert_eq!(left_over(&run), []);
            // A task that is aborted needs a turn to end in.
            let run = cut(&timing, way, at.since_start(), turn)?;
            is_counted(&run, at, lets_go)?;
        }
    }
    Ok(seen)
}

fn lets_go(program: &mut Program) -> bool {
    let mut lets_go = false;
    program.each_mut(&mut |part| {
        lets_go |= matches!(part, Program::Spawn(_) | Program::Limit(..));
    });
    lets_go
}

/// What is warned of: how many tasks are left over, and the steps in them. A busy machine
/// may be warned of besides.
fn left_over(run: &Run<usize>) -> Vec<(usize, Vec<StepName>)> {
    let left_over = run.warnings().iter().filter_map(|warning| match warning {
        Warning::LeakedTasks { tasks, steps } => Some((*tasks, steps.clone())),
        _ => None,
    });
    left_over.collect()
}

/// As many tasks are left over as say so themselves, and the steps in them are told.
fn is_counted(run: &Run<usize>, at: VirtualTime, lets_go: bool) -> Result<(), TestCaseError> {
    prop_assert_eq!(run.leaked_tasks(), run.output, "{}", at);
    if !lets_go {
        prop_assert_eq!(run.output, 0);
    }
    let told = left_over(run);
    let unfinished = run.trace().unfinished();
    if run.output == 0 {
        prop_assert_eq!(told, []);
        prop_assert_eq!(unfinished.len(), 0);
    } else {
        let unfinished = unfinished.into_iter().map(|step| step.name).collect();
        prop_assert_eq!(told, [(run.output, unfinished)]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(one_in(8))]

    #[test]
    fn nothing_of_a_program_that_is_cut_comes_later(timing in timings()) {
        cut_everywhere(timing, &WAYS, ticks(1))?;
    }
}

#[test]
fn many_calls_are_cut_and_many_go_on() {
    let mut seen = Seen::default();
    refused(&timings(), 50, |timing| {
        seen += cut_everywhere(timing, &WAYS[..1], ticks(1))?;
        Ok(())
    });
    assert!(seen.cut > 50 && seen.tied > 50 && seen.going_on > 50, "{seen:?}");
}

#[test]
fn what_is_not_cut_as_it_should_be_is_refused() {
    let mut applied = 0;
    let let_go = refused(&timings(), 100, |timing| {
        applied += usize::from(timing.ticks(&timing.program) > 0);
        cut_everywhere(timing, &[Way::DropHandle], ticks(1)).map(drop)
    });
    assert!(let_go * 2 > applied, "{let_go} of {applied}");
    // Without a turn to end in, tasks that were aborted count as left over, and their
    // steps are not seen to end.
    let no_turn = refused(&timings(), 100, |timing| {
        cut_everywhere(timing, &[Way::DropSet], Duration::ZERO).map(drop)
    });
    assert!(no_turn > 50, "{no_turn}");
}
