#!/usr/bin/env python3
"""Records what CPython's asyncio does with random programs of steps.

    python3 tests/asyncio/record.py > tests/asyncio/recorded.txt
    python3 tests/asyncio/record.py --check
    python3 tests/asyncio/record.py 'seq(coro1: 2s, coro2: 1s)'

The first form writes the recording that the Rust tests read, the second tells
whether this Python still does what is recorded, and the third runs one program.
Nothing but the standard library is needed, of Python 3.11 or later.

A program is a tree of steps in makespan's notation. Here each form is made of
asyncio's own primitives, and they run on asyncio's own event loop, of which
only the clock is virtual. Times are whole milliseconds throughout, as `int`.

Tokio and asyncio mean the same by these programs, but for four things, which
the generator therefore leaves out. `DIFFERENCES` has an example of each.

- A tie decides: two branches of a race end at one instant, or a timeout is over
  at an instant at which something happens in its work.
- Detached tasks: there is no `spawn` or `limit` in what a race or a timeout may
  cut. Asyncio cancels the task that a cancelled task is awaiting.
- No time at all: `asyncio.sleep(0)` suspends, and branches of a race are tasks
  that all begin, so nothing in what may be cut takes 0 ms, and a timeout of 0 ms
  has a single step for its work.
- The end: what is cut but not yet gone when a program ends, logs nothing. On
  tokio that is an aborted task, in asyncio a cancelled one that `gather` does
  not wait for. A program that may cut such goes on for one more step.
"""

from __future__ import annotations

import asyncio
import platform
import random
import re
import selectors
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 20240229
PROGRAMS = 1_000
MOST_STEPS = 25
DEEPEST = 6
RECORDING = Path(__file__).with_name("recorded.txt")

FIRST = ["seq(coro1: 2s, coro2: 1s)", "spawn(coro1: 2s, coro2: 1s)"]

DIFFERENCES = [
    (
        "seq(timeout(1ms, spawn(a: 3ms, b: 3ms)), c: 5ms)",
        "cancelling a task cancels the task it awaits; a dropped JoinHandle detaches",
    ),
    (
        "seq(timeout(1ms, limit(1, a: 3ms, b: 3ms)), c: 9ms)",
        "a is cancelled and hands on its permit; dropped JoinHandles detach",
    ),
    (
        "race(a: 2ms, seq(b: 2ms, c: 2ms))",
        "a tie decides: branches are tasks that all wake; a poll ends the race at its first winner",
    ),
    (
        "timeout(2ms, a: 2ms)",
        "a tie decides: cancelling has the better of a result; a poll has it of the timer",
    ),
    (
        "race(a: 0ms, b: 1ms)",
        "branches are tasks that all begin; a poll that is ready ends the race at once",
    ),
    (
        "timeout(0ms, a: 0ms)",
        "asyncio.sleep(0) suspends; tokio's sleep(0) is ready",
    ),
    (
        "timeout(0ms, join(a: 1ms))",
        "gather makes tasks, and these are cancelled before they begin",
    ),
    (
        "timeout(1ms, tasks(a: 2ms))",
        "a TaskGroup waits for what it cancelled; a JoinSet is dropped and the program over",
    ),
    (
        "timeout(1ms, join(a: 2ms, race(race(b: 2ms))))",
        "gather, cancelled, waits for the first child alone; a drop goes all the way at once",
    ),
]


# Programs.


@dataclass(frozen=True)
class Step:
    """`name: 5ms`."""

    name: str
    duration: int

    def __str__(self) -> str:
        return f"{self.name}: {written(self.duration)}"


@dataclass(frozen=True)
class Group:
    """A form and its children. The number is a timeout's limit or a limit's permits."""

    form: str
    children: tuple[Program, ...]
    number: int | None = None

    def __str__(self) -> str:
        items = [str(child) for child in self.children]
        if self.number is not None:
            is_time = self.form == "timeout"
            items.insert(0, written(self.number) if is_time else str(self.number))
        return f"{self.form}({', '.join(items)})"


Program = Step | Group


def written(milliseconds: int) -> str:
    """A duration as the notation has it."""
    if milliseconds and milliseconds % 1_000 == 0:
        return f"{milliseconds // 1_000}s"
    return f"{milliseconds}ms"


def parsed(notation: str) -> Program:
    """Reads the notation: as much of it as this script writes."""
    tokens = re.findall(r"\w+|[(),:]", notation)
    program = parsed_program(tokens)
    if tokens:
        raise ValueError(f"{notation}: nothing is expected behind the program: {tokens}")
    return program


def parsed_program(tokens: list[str]) -> Program:
    """Takes one program off the front of the tokens."""
    word, mark = tokens.pop(0), tokens.pop(0)
    if mark == ":":
        return Step(word, parsed_duration(tokens.pop(0)))
    number = None
    if word == "timeout":
        number = parsed_duration(tokens.pop(0))
    elif word == "limit":
        number = int(tokens.pop(0))
    children = []
    while tokens[0] != ")":
        if tokens[0] == ",":
            tokens.pop(0)
        else:
            children.append(parsed_program(tokens))
    tokens.pop(0)
    return Group(word, tuple(children), number)


def parsed_duration(token: str) -> int:
    """Reads `500ms` or `2s`."""
    matched = re.fullmatch(r"(\d+)(ms|s)", token)
    if matched is None:
        raise ValueError(f"{token} is no duration of whole milliseconds")
    return int(matched[1]) * (1_000 if matched[2] == "s" else 1)


# The loop.


class VirtualClock(selectors.SelectSelector):
    """A selector that takes no time: where the loop would wait, the clock jumps."""

    now = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("stalled: nothing is ready and no timer is set")
        self.now += max(0, timeout)
        return super().select(0)


class NumberedTask(asyncio.Task[None]):
    """A task that hashes by its number.

    A `TaskGroup` keeps its tasks in a set. Hashed by address, they would be
    cancelled in another order in every recording.
    """

    def __init__(self, number: int, *args: Any, **kwargs: Any) -> None:
        self.number = number
        super().__init__(*args, **kwargs)

    def __hash__(self) -> int:
        return self.number


class VirtualLoop(asyncio.SelectorEventLoop):
    """Asyncio's event loop on a virtual clock that counts whole milliseconds."""

    def __init__(self) -> None:
        self._virtual_clock = VirtualClock()
        self._tasks_made = 0
        super().__init__(self._virtual_clock)
        # A timer is due when it is less than this ahead: one of this very
        # instant is, one of the next millisecond is not.
        self._clock_resolution = 0.5
        self.set_task_factory(self._make_task)

    def time(self) -> int:
        return self._virtual_clock.now

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Any, **kwargs: Any
    ) -> NumberedTask:
        self._tasks_made += 1
        return NumberedTask(self._tasks_made, coroutine, loop=loop, **kwargs)


# Running a program.


@dataclass(frozen=True)
class Recording:
    """What asyncio did: the makespan, and the events, one a line."""

    makespan: int
    events: tuple[str, ...]


def recorded(program: Program) -> Recording:
    """Runs a program on a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(Player().record(program))


class Player:
    """Plays programs by asyncio's own primitives, and logs what the steps do."""

    def __init__(self) -> None:
        self.events: list[str] = []

    async def record(self, program: Program) -> Recording:
        """Plays the whole. Its end closes the log."""
        await self.play(program)
        return Recording(self.now(), tuple(self.events))

    def now(self) -> int:
        """The time of the loop, which began at zero."""
        time = asyncio.get_running_loop().time()
        assert isinstance(time, int), f"{time!r} is no whole millisecond"
        return time

    def log(self, name: str, verb: str) -> None:
        """Writes one event down."""
        self.events.append(f"+{self.now()}ms {name} {verb}")

    def play(self, program: Program) -> Coroutine[Any, Any, None]:
        """The coroutine of a program. It does nothing before it is awaited."""
        if isinstance(program, Step):
            return self.step(program)
        forms: dict[str, Callable[[Group], Coroutine[Any, Any, None]]] = {
            "seq": self.seq,
            "spawn": self.spawn,
            "tasks": self.tasks,
            "join": self.join,
            "race": self.race,
            "timeout": self.timeout,
            "limit": self.limit,
        }
        return forms[program.form](program)

    async def step(self, step: Step) -> None:
        self.log(step.name, "starts")
        try:
            await asyncio.sleep(step.duration)
        except asyncio.CancelledError:
            self.log(step.name, "cancelled")
            raise
        self.log(step.name, "finishes")

    async def seq(self, group: Group) -> None:
        coroutines = [self.play(child) for child in group.children]
        try:
            for coroutine in coroutines:
                await coroutine
        finally:
            # Those that a cut keeps from being awaited; the others are over.
            for coroutine in coroutines:
                coroutine.close()

    async def spawn(self, group: Group) -> None:
        tasks = [asyncio.create_task(self.play(child)) for child in group.children]
        for task in tasks:
            await task

    async def tasks(self, group: Group) -> None:
        async with asyncio.TaskGroup() as tasks:
            for child in group.children:
                tasks.create_task(self.play(child))

    async def join(self, group: Group) -> None:
        await asyncio.gather(*(self.play(child) for child in group.children))

    async def race(self, group: Group) -> None:
        branches = [asyncio.create_task(self.play(child)) for child in group.children]
        try:
            done, _ = await asyncio.wait(branches, return_when=asyncio.FIRST_COMPLETED)
            for winner in done:
                winner.result()
        finally:
            for branch in branches:
                branch.cancel()
            await asyncio.wait(branches)

    async def timeout(self, group: Group) -> None:
        (work,) = group.children
        try:
            async with asyncio.timeout(group.number):
                await self.play(work)
        except TimeoutError:
            pass

    async def limit(self, group: Group) -> None:
        assert group.number is not None
        semaphore = asyncio.Semaphore(group.number)

        async def permitted(child: Program) -> None:
            async with semaphore:
                await self.play(child)

        tasks = [asyncio.create_task(permitted(child)) for child in group.children]
        for task in tasks:
            await task


# Drawing programs.

# What may be cut: forms that leave no task behind, so that each of them takes a
# time of its own, wherever it stands.
CUTTABLE = ["seq", "seq", "tasks", "join", "race", "timeout"]
FORMS = [*CUTTABLE, "spawn", "spawn", "limit", "limit"]


@dataclass(frozen=True)
class Span:
    """How long something that may be cut takes, and when something happens in it."""

    end: int
    instants: frozenset[int]


def span(program: Program) -> Span:
    """The span of something that may be cut, if nothing cuts it."""
    if isinstance(program, Step):
        return Span(program.duration, frozenset([program.duration]))
    spans = [span(child) for child in program.children]
    if program.form == "seq":
        end = 0
        instants: set[int] = set()
        for child in spans:
            instants |= {end + instant for instant in child.instants}
            end += child.end
        return Span(end, frozenset(instants))
    if program.form in ("join", "tasks"):
        end = max(child.end for child in spans)
    elif program.form == "race":
        end = min(child.end for child in spans)
    else:
        assert program.form == "timeout" and program.number is not None
        end = min(program.number, spans[0].end)
    # What would come after the end is cut, and what comes with it is the end.
    before = {instant for child in spans for instant in child.instants if instant < end}
    return Span(end, frozenset(before | {end}))


def tie_decides(group: Group) -> bool:
    """Whether at the instant of the cut something else happens in what is cut."""
    spans = [span(child) for child in group.children]
    if group.form == "timeout":
        return group.number in spans[0].instants
    cut = min(child.end for child in spans)
    return sum(cut in child.instants for child in spans) > 1


class Generator:
    """Draws programs.

    All its chance comes from `Random.random`, the only method of which Python
    promises the same numbers in every version.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def below(self, bound: int) -> int:
        """A whole number from zero up to the bound, which is excluded."""
        return int(self.random.random() * bound)

    def one_of(self, choices: list[Any]) -> Any:
        return choices[self.below(len(choices))]

    def program(self) -> Program:
        """A whole program: small ones more often than large ones."""
        steps = 1 + min(self.below(MOST_STEPS), self.below(MOST_STEPS))
        depth = 1 + self.below(DEEPEST)
        program = self.part(steps, depth, is_cuttable=False)
        if may_cut_tasks(program):
            # One step more, so that what is cut is gone before the end.
            program = Group("seq", (program, Step("", 1)))
        names = (chr(ord("a") + number) for number in range(MOST_STEPS + 1))
        return named(program, names)

    def part(self, steps: int, depth: int, is_cuttable: bool) -> Program:
        """A part with so many steps and at most so many forms inside one another."""
        if depth == 0 or (steps == 1 and self.below(4) > 0):
            return Step("", self.duration(is_cuttable))
        form = self.one_of(CUTTABLE if is_cuttable else FORMS)
        if form == "timeout" and depth == 1 and steps > 1:
            form = "join"
        if form not in ("race", "timeout"):
            return self.uncut(form, steps, depth, is_cuttable)
        while tie_decides(group := self.cut(form, steps, depth, is_cuttable)):
            pass
        return group

    def uncut(self, form: str, steps: int, depth: int, is_cuttable: bool) -> Group:
        """A group that runs all its children to their ends."""
        children = self.parts(steps, depth, is_cuttable)
        if not is_cuttable and depth > 1 and self.below(15) == 0:
            nothing = Group(self.one_of(["seq", "spawn", "tasks", "join"]), ())
            children.insert(self.below(len(children) + 1), nothing)
        permits = 1 + self.below(4) if form == "limit" else None
        return Group(form, tuple(children), permits)

    def cut(self, form: str, steps: int, depth: int, is_cuttable: bool) -> Group:
        """A race or a timeout, whoever wins."""
        if form == "race":
            return Group(form, tuple(self.parts(steps, depth, is_cuttable=True)))
        work = self.part(steps, depth - 1, is_cuttable=True)
        if not is_cuttable and isinstance(work, Step) and self.below(10) == 0:
            return Group(form, (work,), 0)
        return Group(form, (work,), 1 + self.below(2 * span(work).end))

    def parts(self, steps: int, depth: int, is_cuttable: bool) -> list[Program]:
        """Children that share the steps between them."""
        count = steps if depth == 1 else 1 + self.below(min(steps, 6))
        shares = [1] * count
        for _ in range(steps - count):
            shares[self.below(count)] += 1
        return [self.part(share, depth - 1, is_cuttable) for share in shares]

    def duration(self, is_cuttable: bool) -> int:
        """Short ones, so that there are many ties, and some of any size."""
        if is_cuttable:
            return 1 + self.below(30)
        return self.one_of([0, 1, 2, 2, 3, 4, 5, 5, 10, 1 + self.below(50), 1_000])


def may_cut_tasks(program: Program, is_cuttable: bool = False) -> bool:
    """Whether what may be cut has tasks that it may not wait for, here or on tokio."""
    if isinstance(program, Step):
        return False
    if is_cuttable and program.form in ("join", "tasks"):
        return True
    is_cuttable = is_cuttable or program.form in ("race", "timeout")
    return any(may_cut_tasks(child, is_cuttable) for child in program.children)


def named(program: Program, names: Iterator[str]) -> Program:
    """The program, its steps named in the order in which they are written."""
    if isinstance(program, Step):
        return Step(next(names), program.duration)
    children = tuple(named(child, names) for child in program.children)
    return Group(program.form, children, program.number)


# Writing the recording.


def notations() -> list[str]:
    """The programs of the recording, no two of them the same."""
    generator = Generator(SEED)
    # A dict and not a set, for its order.
    drawn = dict.fromkeys(FIRST)
    while len(drawn) < PROGRAMS:
        drawn[str(generator.program())] = None
    return list(drawn)


def entry(notation: str, remark: str | None = None) -> str:
    """One program and what it did. What is run is what the notation says."""
    recording = recorded(parsed(notation))
    lines = [f"program {notation}"]
    if remark is not None:
        lines.append(f"differs {remark}")
    return "\n".join([*lines, f"makespan {recording.makespan}ms", *recording.events])


def header() -> str:
    return (
        f"# What asyncio of CPython {platform.python_version()} did with {PROGRAMS} programs on a virtual clock.\n"
        f"# Written by tests/asyncio/record.py with seed {SEED}.\n"
        "# At the end, with a remark, are those that tokio runs in another way."
    )


def body() -> str:
    """All entries, with an empty line between any two."""
    entries = [entry(notation) for notation in notations()]
    entries += [entry(notation, remark) for notation, remark in DIFFERENCES]
    return "\n\n".join(entries) + "\n"


def check() -> int:
    """Compares all but the header, which names the Python that recorded."""
    _, _, recording = RECORDING.read_text(encoding="utf-8").partition("\n\n")
    if recording == body():
        return 0
    print(f"{RECORDING} is not what this Python records", file=sys.stderr)
    return 1


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        return check()
    if arguments:
        print("\n\n".join(entry(notation) for notation in arguments))
    else:
        sys.stdout.write(f"{header()}\n\n{body()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
