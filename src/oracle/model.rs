//! The model: tasks that take turns, and a clock that moves when nobody is ready.

mod nodes;

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::name::Name;
use crate::oracle::program::{Action, NOBODY, Node, NodeId, Phase, Program};
use crate::oracle::scheduler::{Life, Scheduler, Turn};
use crate::oracle::timers::Timers;
use crate::scenario::Scenario;
use crate::time::VirtualTime;
use crate::trace::{Entry, Kind, TaskId, Trace};

/// A fair semaphore: who comes first is served first.
struct Semaphore {
    free: u32,
    waiting: VecDeque<u32>,
}

pub(super) struct Model {
    program: Program,
    scheduler: Scheduler,
    timers: Timers,
    semaphores: BTreeMap<NodeId, Semaphore>,
    /// For `tasks(..)`, which of them have ended and are not joined yet.
    ended: BTreeMap<NodeId, VecDeque<u32>>,
    /// The nodes of the task whose turn it is that are still to be polled, the
    /// next one last.
    turn: Vec<NodeId>,
    now: u64,
    is_over: bool,
    log: Vec<Entry>,
}

thread_local! {
    /// The last model of the thread, for the memory that it has.
    static SPARE: Cell<Option<Box<Model>>> = const { Cell::new(None) };
}

/// A model of more nodes is not kept: its memory would be more than it saves.
const KEPT: usize = 16_384;

impl Model {
    /// Predicts the trace of a scenario, whose steps have these names.
    pub(super) fn predict(scenario: &Scenario, names: Arc<[Name]>) -> Trace {
        let mut model = SPARE.take().unwrap_or_else(|| Box::new(Self::new()));
        model.load(scenario);
        model.run();
        let trace = Trace::new(names, std::mem::take(&mut model.log), model.time());
        if model.program.len() <= KEPT {
            SPARE.set(Some(model));
        }
        trace
    }

    /// Keeps the memory of a log for the next one.
    pub(super) fn reclaim(log: Vec<Entry>) {
        if log.capacity() <= 2 * KEPT
            && let Some(mut model) = SPARE.take()
        {
            model.log = log;
            SPARE.set(Some(model));
        }
    }

    fn new() -> Self {
        Self {
            program: Program::default(),
            scheduler: Scheduler::new(),
            timers: Timers::default(),
            semaphores: BTreeMap::new(),
            ended: BTreeMap::new(),
            turn: Vec::new(),
            now: 0,
            is_over: false,
            log: Vec::new(),
        }
    }

    /// Makes ready for a scenario. Nothing is left of the one before.
    fn load(&mut self, scenario: &Scenario) {
        let Self { program, scheduler, timers, semaphores, ended, turn, now, is_over, log } = self;
        program.load(scenario);
        scheduler.clear(1 + scenario.task_count());
        timers.clear();
        // To clear an empty map costs as much as a step.
        if !semaphores.is_empty() || !ended.is_empty() {
            semaphores.clear();
            ended.clear();
        }
        turn.clear();
        *now = 0;
        *is_over = false;
        // A step has two events at most, and so has a task.
        log.clear();
        log.reserve_exact(2 * (scenario.step_count() + scenario.task_count()));
    }

    /// Runs until the whole scenario is over. What is still going on then is
    /// not looked at any more.
    fn run(&mut self) {
        self.scheduler.spawn(self.program.whole(), NOBODY);
        while !self.is_over {
            match self.scheduler.next_turn() {
                Some(turn) => self.take_turn(&turn),
                None => self.move_clock(),
            }
        }
    }

    fn node(&self, id: NodeId) -> &Node {
        self.program.node(id)
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        self.program.node_mut(id)
    }

    fn time(&self) -> VirtualTime {
        VirtualTime::after_nanos(self.now * 1_000_000)
    }

    fn log(&mut self, task: u32, kind: Kind, subject: u32) {
        self.log.push(Entry { time: self.time(), task: TaskId(task), subject, kind });
    }

    // The clock.

    /// Goes to the next deadline and fires every timer that is due there.
    fn move_clock(&mut self) {
        let mut moved = false;
        while let Some(deadline) = self.timers.next()
            && (!moved || deadline == self.now)
            && let Some((deadline, node)) = self.timers.pop()
        {
            // The timer of a node that was cut is gone; it moves no clock.
            if self.node(node).phase == Phase::Live {
                self.now = deadline;
                moved = true;
                self.wake(node);
            }
        }
        assert!(moved, "a scenario always has a task that is ready or a timer that is set");
    }

    /// Whether the clock would go to this deadline next, and nobody has a turn
    /// before or at it.
    fn is_next(&self, deadline: u64) -> bool {
        self.scheduler.is_idle() && self.timers.next().is_none_or(|next| deadline < next)
    }

    /// Wakes a task because of one of its nodes.
    fn wake(&mut self, id: NodeId) {
        let node = self.program.node_mut(id);
        let task = node.task;
        if !std::mem::replace(&mut node.is_woken, true) {
            let last = &mut self.scheduler.task_mut(task).woken;
            node.woken_before = std::mem::replace(last, id);
        }
        self.scheduler.make_ready(task);
    }

    // Tasks. What stands on the way of every event is inlined by force, here and in
    // `nodes`: a turn is so little work that its calls made up a seventh of it.

    #[inline(always)]
    fn take_turn(&mut self, turn: &Turn) {
        let &Turn { task, root, life, woken } = turn;
        match life {
            Life::Begun => self.poll_woken(woken),
            Life::New | Life::Queueing => {
                if self.has_permit(task) {
                    self.scheduler.task_mut(task).life = Life::Begun;
                    if self.start(root, task) {
                        self.end(task);
                    }
                }
            }
            Life::Aborted => {
                self.scheduler.task_mut(task).life = Life::Ended;
                self.cut(root);
            }
            Life::Ended => {}
        }
    }

    /// Polls the nodes of a task that woke since its last turn, in their order.
    #[inline(always)]
    fn poll_woken(&mut self, last: NodeId) {
        let mut woken = last;
        while woken != NOBODY {
            let node = self.node_mut(woken);
            node.is_woken = false;
            let before = std::mem::replace(&mut node.woken_before, NOBODY);
            if woken == last && before == NOBODY {
                // The only one.
                return self.poll(woken);
            }
            self.turn.push(woken);
            woken = before;
        }
        self.turn.sort_unstable_by(|one, other| other.cmp(one));
        while let Some(node) = self.turn.pop() {
            self.poll(node);
        }
    }

    /// Polls a node that woke, unless one before it in this turn has cut it.
    #[inline(always)]
    fn poll(&mut self, id: NodeId) {
        if self.node(id).phase == Phase::Live {
            self.resume(id);
        }
    }

    /// Whether a task may begin; takes a permit or queues for one.
    #[inline(always)]
    fn has_permit(&mut self, task: u32) -> bool {
        let group = self.scheduler.task(task).spawner;
        if group == NOBODY || !matches!(self.node(group).action, Action::Limit { .. }) {
            return true;
        }
        let semaphore = self.semaphores.get_mut(&group).expect("a limit that spawns has one");
        let life = &mut self.scheduler.task_mut(task).life;
        // A task that queued is woken only with the permit in its hands.
        if *life == Life::Queueing {
            return true;
        }
        if semaphore.free > 0 {
            semaphore.free -= 1;
            return true;
        }
        *life = Life::Queueing;
        semaphore.waiting.push_back(task);
        false
    }

    /// A task is done: it hands on its permit, then tells who waits for it.
    #[inline(always)]
    fn end(&mut self, task: u32) {
        let it = self.scheduler.task_mut(task);
        it.life = Life::Ended;
        let group = it.spawner;
        if group == NOBODY {
            self.is_over = true;
            return;
        }
        let &Node { action, phase, at, first_task, .. } = self.node(group);
        if let Action::Limit { .. } = action {
            let semaphore = self.semaphores.get_mut(&group).expect("a limit that spawns has one");
            match semaphore.waiting.pop_front() {
                Some(next) => self.scheduler.make_ready(next),
                None => semaphore.free += 1,
            }
        }
        if phase != Phase::Live {
            return;
        }
        if let Action::Tasks = action {
            self.ended.entry(group).or_default().push_back(task);
            self.wake(group);
        } else if task == first_task + at {
            // Handles are awaited in order; nobody listens to the later ones yet.
            self.wake(group);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Entry, KEPT, Model, SPARE};
    use crate::oracle::reclaim;
    use crate::scenario::Scenario;
    use crate::trace::Trace;

    /// Steps beside one another: each a node, and the group one more.
    fn predicted(nodes: usize) -> Trace {
        let step = Scenario::step("a", Duration::from_millis(1));
        let scenario = Scenario::joined(std::iter::repeat_n(step, nodes - 1));
        SPARE.set(None);
        scenario.predict().expect("it runs")
    }

    fn is_kept() -> bool {
        let spare = SPARE.take();
        let is_kept = spare.is_some();
        SPARE.set(spare);
        is_kept
    }

    #[test]
    fn a_model_of_very_many_nodes_is_not_kept() {
        for (nodes, expected) in [(2, true), (KEPT, true), (KEPT + 1, false)] {
            predicted(nodes);
            assert_eq!(is_kept(), expected, "{nodes} nodes");
        }
    }

    #[test]
    fn the_memory_of_a_prediction_that_held_is_for_the_next_one() {
        let held = || SPARE.take().map(|model: Box<Model>| model.log.capacity());
        for (capacity, expected) in [(2 * KEPT, 2 * KEPT), (2 * KEPT + 1, 0)] {
            let mut trace = predicted(2);
            trace.entries = Vec::<Entry>::with_capacity(capacity);
            reclaim(trace);
            assert_eq!(held(), Some(expected));
        }
        let trace = predicted(2);
        let (events, room) = (trace.entries.len(), trace.entries.capacity());
        reclaim(trace);
        let again = Scenario::step("a", Duration::from_millis(1)).predict().expect("it runs");
        assert_eq!((again.entries.len(), again.entries.capacity()), (2, room));
        assert_eq!((events, room), (2, 2));
    }
}
