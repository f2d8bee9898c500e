//! The model: nodes that start, resume, finish and are cut; tasks that take
//! turns; a clock that moves when nobody is ready.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::name::Name;
use crate::oracle::program::{Action, NodeId, Program};
use crate::oracle::scheduler::{Life, Scheduler, Task};
use crate::oracle::timers::Timers;
use crate::scenario::Scenario;
use crate::time::VirtualTime;
use crate::trace::{Entry, Kind, TaskId, Trace};

/// How far a node has come. A node runs once at most, so `Over` is for good.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Ahead,
    Live,
    Over,
}

/// What is known of a node while it runs.
#[derive(Clone, Copy)]
struct Activity {
    phase: Phase,
    task: u32,
    /// A sequence: the place of the child it awaits. A join: how many children
    /// are not over. A group of tasks: how many it has joined.
    count: u32,
    /// A group of tasks: the number of its first task.
    first_task: u32,
}

/// A fair semaphore: who comes first is served first.
struct Semaphore {
    free: usize,
    waiting: VecDeque<u32>,
}

pub(super) struct Model {
    program: Program,
    activities: Vec<Activity>,
    scheduler: Scheduler,
    timers: Timers,
    semaphores: BTreeMap<NodeId, Semaphore>,
    /// For `tasks(..)`, which of them have ended and are not joined yet.
    ended: BTreeMap<NodeId, VecDeque<u32>>,
    now: u64,
    log: Vec<Entry>,
}

impl Model {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let program = Program::new(scenario);
        let idle = Activity { phase: Phase::Ahead, task: 0, count: 0, first_task: 0 };
        Self {
            activities: vec![idle; program.len()],
            scheduler: Scheduler::default(),
            timers: Timers::default(),
            semaphores: BTreeMap::new(),
            ended: BTreeMap::new(),
            now: 0,
            // A step has two events at most, and so has a task.
            log: Vec::with_capacity(2 * (scenario.step_count() + scenario.task_count())),
            program,
        }
    }

    /// Runs until the whole scenario is over. What is still going on then is
    /// not looked at any more.
    pub(super) fn run(mut self, names: Arc<[Name]>) -> Trace {
        let root = self.scheduler.spawn(self.program.whole());
        while self.scheduler.task(root).life != Life::Ended {
            match self.scheduler.next_turn() {
                Some((task, woken)) => {
                    self.take_turn(task, &woken);
                    self.scheduler.end_turn(task, woken);
                }
                None => self.move_clock(),
            }
        }
        let makespan = self.time();
        Trace::new(names, self.log, makespan)
    }

    fn time(&self) -> VirtualTime {
        VirtualTime::after(Duration::from_millis(self.now))
    }

    fn log(&mut self, task: u32, kind: Kind, subject: u32) {
        self.log.push(Entry { time: self.time(), task: TaskId(task), subject, kind });
    }

    // The clock.

    /// Goes to the next deadline and fires every timer that is due there.
    fn move_clock(&mut self) {
        let mut moved = false;
        while let Some((deadline, node)) = self.timers.next() {
            if moved && deadline != self.now {
                return;
            }
            self.timers.pop();
            // The timer of a node that was cut is gone; it moves no clock.
            if self.activities[node as usize].phase == Phase::Live {
                self.now = deadline;
                moved = true;
                self.wake(node);
            }
        }
        assert!(moved, "a scenario always has a task that is ready or a timer that is set");
    }

    fn wake(&mut self, node: NodeId) {
        self.scheduler.wake(self.activities[node as usize].task, node);
    }

    // Tasks.

    fn take_turn(&mut self, number: u32, woken: &[NodeId]) {
        let &Task { root, life, is_aborted, .. } = self.scheduler.task(number);
        if is_aborted {
            self.scheduler.task_mut(number).life = Life::Ended;
            self.cut(root);
        } else if life == Life::Begun {
            for &node in woken {
                // One of those before may have cut it.
                if self.activities[node as usize].phase == Phase::Live {
                    self.resume(node);
                }
            }
        } else if self.has_permit(number) {
            self.scheduler.task_mut(number).life = Life::Begun;
            if self.start(root, number) {
                self.end(number);
            }
        }
    }

    /// The group that spawned a task.
    fn spawner(&self, task: u32) -> Option<(NodeId, u32)> {
        self.program.node(self.scheduler.task(task).root).parent
    }

    /// Whether a task may begin; takes a permit or queues for one.
    fn has_permit(&mut self, task: u32) -> bool {
        let Some((group, _)) = self.spawner(task) else {
            return true;
        };
        let Some(semaphore) = self.semaphores.get_mut(&group) else {
            return true;
        };
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
    fn end(&mut self, task: u32) {
        self.scheduler.task_mut(task).life = Life::Ended;
        let Some((group, place)) = self.spawner(task) else {
            return;
        };
        if let Some(semaphore) = self.semaphores.get_mut(&group) {
            match semaphore.waiting.pop_front() {
                Some(next) => self.scheduler.make_ready(next),
                None => semaphore.free += 1,
            }
        }
        let Activity { phase, count, .. } = self.activities[group as usize];
        if phase != Phase::Live {
            return;
        }
        match self.ended.get_mut(&group) {
            Some(ended) => {
                ended.push_back(task);
                self.wake(group);
            }
            // Handles are awaited in order; nobody listens to the later ones yet.
            None if place == count => self.wake(group),
            None => {}
        }
    }

    // Nodes.

    /// Polls a node for the first time; returns whether it is over at once.
    fn start(&mut self, id: NodeId, task: u32) -> bool {
        self.activities[id as usize].phase = Phase::Live;
        self.activities[id as usize].task = task;
        let children = self.program.child_count(id);
        let is_over = match self.program.node(id).action {
            Action::Step { number, ticks } => {
                self.log(task, Kind::Start, number);
                if ticks == 0 {
                    self.log(task, Kind::Finish, number);
                } else {
                    self.timers.set(self.now + ticks, id);
                }
                ticks == 0
            }
            Action::Sequence => self.advance(id, 0),
            Action::Join => {
                let mut open = 0;
                for place in 0..children {
                    open += u32::from(!self.start(self.program.child(id, place), task));
                }
                self.activities[id as usize].count = open;
                open == 0
            }
            Action::Race => {
                let won =
                    (0..children).any(|place| self.start(self.program.child(id, place), task));
                if won {
                    self.cut_children(id);
                }
                won
            }
            Action::Timeout { ticks } => {
                let work = self.program.child(id, 0);
                if self.start(work, task) {
                    true
                } else if ticks == 0 {
                    self.cut(work);
                    true
                } else {
                    self.timers.set(self.now + ticks, id);
                    false
                }
            }
            Action::Spawn => self.spawn_children(id),
            Action::Tasks => {
                self.ended.insert(id, VecDeque::new());
                self.spawn_children(id)
            }
            Action::Limit { permits } => {
                self.semaphores.insert(id, Semaphore { free: permits, waiting: VecDeque::new() });
                self.spawn_children(id)
            }
        };
        if is_over {
            self.activities[id as usize].phase = Phase::Over;
        }
        is_over
    }

    /// Starts the children of a sequence from one on, up to the first that is
    /// not over at once. Returns whether there was none.
    fn advance(&mut self, id: NodeId, from: u32) -> bool {
        let task = self.activities[id as usize].task;
        for place in from..self.program.child_count(id) {
            self.activities[id as usize].count = place;
            if !self.start(self.program.child(id, place), task) {
                return false;
            }
        }
        true
    }

    fn spawn_children(&mut self, id: NodeId) -> bool {
        let by = self.activities[id as usize].task;
        let children = self.program.child_count(id);
        for place in 0..children {
            let task = self.scheduler.spawn(self.program.child(id, place));
            if place == 0 {
                self.activities[id as usize].first_task = task;
            }
            self.log(by, Kind::Spawn, task);
        }
        children == 0
    }

    /// Polls a node that woke.
    fn resume(&mut self, id: NodeId) {
        let task = self.activities[id as usize].task;
        match self.program.node(id).action {
            Action::Step { number, .. } => {
                self.log(task, Kind::Finish, number);
                self.finish(id);
            }
            Action::Timeout { .. } => {
                self.cut_children(id);
                self.finish(id);
            }
            Action::Spawn | Action::Limit { .. } => {
                let Activity { mut count, first_task, .. } = self.activities[id as usize];
                let children = self.program.child_count(id);
                while count < children
                    && self.scheduler.task(first_task + count).life == Life::Ended
                {
                    self.log(task, Kind::Join, first_task + count);
                    count += 1;
                }
                self.activities[id as usize].count = count;
                if count == children {
                    self.finish(id);
                }
            }
            Action::Tasks => {
                while let Some(ended) = self.ended.get_mut(&id).and_then(VecDeque::pop_front) {
                    self.log(task, Kind::Join, ended);
                    self.activities[id as usize].count += 1;
                }
                if self.activities[id as usize].count == self.program.child_count(id) {
                    self.finish(id);
                }
            }
            Action::Sequence | Action::Join | Action::Race => {
                unreachable!("nothing wakes a group whose children run in its own task")
            }
        }
    }

    /// A node is over: goes outwards as far as that ends what is around it.
    fn finish(&mut self, id: NodeId) {
        let mut id = id;
        loop {
            let Activity { task, .. } = self.activities[id as usize];
            self.activities[id as usize].phase = Phase::Over;
            if self.scheduler.task(task).root == id {
                return self.end(task);
            }
            let (parent, place) = self.program.node(id).parent.expect("only a root has none");
            let is_over = match self.program.node(parent).action {
                Action::Sequence => self.advance(parent, place + 1),
                Action::Join => {
                    self.activities[parent as usize].count -= 1;
                    self.activities[parent as usize].count == 0
                }
                Action::Race => {
                    self.cut_children(parent);
                    true
                }
                _ => true,
            };
            if !is_over {
                return;
            }
            id = parent;
        }
    }

    /// Drops a node. What was going on in its task ends here; its tasks are
    /// aborted or left running, as their form has it.
    fn cut(&mut self, id: NodeId) {
        let Activity { phase, task, count, first_task } = self.activities[id as usize];
        if phase != Phase::Live {
            return;
        }
        self.activities[id as usize].phase = Phase::Over;
        match self.program.node(id).action {
            Action::Step { number, .. } => self.log(task, Kind::Cancel, number),
            Action::Sequence => self.cut(self.program.child(id, count)),
            Action::Join | Action::Race | Action::Timeout { .. } => self.cut_children(id),
            Action::Tasks => {
                for place in 0..self.program.child_count(id) {
                    self.scheduler.abort(first_task + place);
                }
            }
            Action::Spawn | Action::Limit { .. } => {}
        }
    }

    fn cut_children(&mut self, id: NodeId) {
        for place in 0..self.program.child_count(id) {
            self.cut(self.program.child(id, place));
        }
    }
}
