//! Traces as files for the Perfetto UI, and the reader that the files are held to.

use std::time::Duration;

use makespan::{Event, EventKind, Scenario, StepName, TaskId, Trace, VirtualTime, scenario};

use crate::large::large;
use crate::trace_events::{Reading, read};

fn drawn(trace: &Trace) -> Reading {
    read(&trace.to_perfetto()).expect("it keeps the rules")
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn a_sequence_lies_on_one_track_below_the_makespan() {
    let drawn = drawn(&scenario!(seq(a: 2s, b: 1s)).run().expect("it runs"));
    assert_eq!(drawn.track_names(), ["run", "task 0"]);
    assert_eq!(drawn.drawn("run"), ["makespan 3000ms 0..3000"]);
    assert_eq!(drawn.drawn("task 0"), ["a 0..2000", "b 2000..3000"]);
    assert_eq!(drawn.arrows_told(), [""; 0]);
}

#[test]
fn a_task_has_a_track_and_arrows_lead_to_its_spawn_and_from_its_join() {
    let drawn = drawn(&scenario!(seq(a: 1s, spawn(b: 2s, c: 1s))).run().expect("it runs"));
    assert_eq!(drawn.track_names(), ["run", "task 0", "task 1", "task 2"]);
    assert_eq!(
        drawn.drawn("task 0"),
        ["a 0..1000", "spawns 2 tasks 1000..1000", "joins 2 tasks 3000..3000"]
    );
    assert_eq!(drawn.drawn("task 2"), ["c 1000..2000", "spawned 1000..1000", "joined 3000..3000"]);
    assert_eq!(
        drawn.arrows_told(),
        [
            "spawn: task 0 spawns 2 tasks -> task 1 spawned",
            "spawn: task 0 spawns 2 tasks -> task 2 spawned",
            "join: task 1 joined -> task 0 joins 2 tasks",
            "join: task 2 joined -> task 0 joins 2 tasks",
        ]
    );
}

#[test]
fn steps_that_overlap_in_a_task_have_tracks_of_their_own() {
    let drawn = drawn(&scenario!(seq(join(a: 3s, b: 1s, c: 2s), d: 1s)).run().expect("it runs"));
    assert_eq!(drawn.track_names(), ["run", "task 0", "task 0 (2)", "task 0 (3)"]);
    assert_eq!(drawn.drawn("task 0"), ["a 0..3000", "d 3000..4000"]);
    assert_eq!(drawn.drawn("task 0 (2)"), ["b 0..1000"]);
    assert_eq!(drawn.drawn("task 0 (3)"), ["c 0..2000"]);
}

#[test]
fn what_was_cut_and_what_was_not_done_says_so() {
    let trace = scenario!(race(seq(timeout(2s, a: 5s), b: 1s), spawn(c: 1h))).run();
    let drawn = drawn(&trace.expect("it runs"));
    assert_eq!(drawn.drawn("task 0"), ["a (cancelled) 0..2000", "b 2000..3000",]);
    assert_eq!(drawn.drawn("task 1"), ["c (unfinished) 0..3000", "spawned 0..0"]);
    let about = &drawn.slices.iter().find(|it| it.name == "a (cancelled)").expect("a").about;
    let told: Vec<_> = about.iter().map(|(key, value)| format!("{key} {value}")).collect();
    assert_eq!(told, ["cancelled +2000ms", "starts +0ms"]);
}

#[test]
fn a_delay_that_was_cut_says_what_it_would_have_taken() {
    let runner = makespan::Runner::new().latency("a", ms(50));
    let run = runner.run(async { tokio::time::timeout(ms(20), makespan::delay("a")).await });
    let drawn = drawn(run.expect("it runs").trace());
    assert_eq!(drawn.drawn("task 0"), ["a (cancelled) 0..20"]);
    assert_eq!(drawn.slices[1].about["latency"], "50ms");
}

#[test]
fn an_empty_run_is_a_file_too() {
    let drawn = drawn(&scenario!(seq()).run().expect("it runs"));
    assert_eq!(drawn.drawn("run"), ["makespan 0ms 0..0"]);
    assert_eq!(drawn.slices.len(), 1);
}

#[test]
fn the_file_is_as_it_is() {
    let trace = scenario!(spawn(a: 2s)).run().expect("it runs");
    let expected = r#"{"displayTimeUnit":"ms","traceEvents":[
{"ph":"M","name":"process_name","pid":1,"tid":1,"args":{"name":"makespan"}},
{"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"run"}},
{"ph":"M","name":"thread_sort_index","pid":1,"tid":1,"args":{"sort_index":0}},
{"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"task 0"}},
{"ph":"M","name":"thread_sort_index","pid":1,"tid":2,"args":{"sort_index":1}},
{"ph":"M","name":"thread_name","pid":1,"tid":3,"args":{"name":"task 1"}},
{"ph":"M","name":"thread_sort_index","pid":1,"tid":3,"args":{"sort_index":2}},
{"ph":"X","cat":"run","name":"makespan 2000ms","pid":1,"tid":1,"ts":0,"dur":2000000},
{"ph":"X","cat":"task","name":"spawns task 1","pid":1,"tid":2,"ts":0,"dur":0},
{"ph":"s","cat":"task","name":"spawn","id":0,"pid":1,"tid":2,"ts":0},
{"ph":"X","cat":"task","name":"spawned","pid":1,"tid":3,"ts":0,"dur":0,"args":{"by":"task 0"}},
{"ph":"f","bp":"e","cat":"task","name":"spawn","id":0,"pid":1,"tid":3,"ts":0},
{"ph":"X","cat":"step","name":"a","pid":1,"tid":3,"ts":0,"dur":2000000,"args":{"starts":"+0ms","finishes":"+2000ms"}},
{"ph":"X","cat":"task","name":"joined","pid":1,"tid":3,"ts":2000000,"dur":0,"args":{"by":"task 0"}},
{"ph":"s","cat":"task","name":"join","id":3,"pid":1,"tid":3,"ts":2000000},
{"ph":"X","cat":"task","name":"joins task 1","pid":1,"tid":2,"ts":2000000,"dur":0},
{"ph":"f","bp":"e","cat":"task","name":"join","id":3,"pid":1,"tid":2,"ts":2000000}
]}
"#;
    assert_eq!(trace.to_perfetto(), expected);
}

#[test]
fn nanoseconds_are_kept() {
    let at = |nanos| VirtualTime::after(Duration::from_nanos(nanos));
    let event = |time, kind| Event::new(time, TaskId::ROOT, kind);
    let times = [1, 999, 1_000, 1_001, 123_456_789_012_345, 8_640_000_000_000_001];
    for start in times {
        let name = || StepName::from("a");
        let events = [
            event(at(start), EventKind::Start(name())),
            event(at(start + 7), EventKind::Finish(name())),
        ];
        let trace = Trace::from_events(events, Duration::from_nanos(start + 7));
        let drawn = drawn(&trace);
        let step = drawn.slices.iter().find(|it| it.category == "step").expect("a step");
        assert_eq!((step.start, step.duration), (start, 7));
    }
    let odd = Trace::from_events([], Duration::from_nanos(1_234_005));
    assert!(odd.to_perfetto().contains(r#""ts":0,"dur":1234.005}"#));
}

#[test]
fn names_that_are_hostile_are_whole_and_inert() {
    let long = "x".repeat(10_000);
    let names = [
        "<script>alert(1)</script>",
        "say \"hi\" \\ back",
        "two\nlines\r\n",
        "\u{202e}right to left\u{200f}",
        "\u{1}\u{7f}\u{9b}\u{0}",
        "👩‍👩‍👧 family",
        "</script>]}",
        "",
        &long,
    ];
    let scenario = Scenario::joined(names.map(|name| Scenario::step(name, ms(5))));
    let trace = scenario.run().expect("it runs");
    let file = trace.to_perfetto();
    // Nothing but the line breaks between the records.
    assert!(file.chars().all(|it| it == '\n' || !it.is_control()));
    assert!(!file.contains('\u{202e}'));
    assert_eq!(file.lines().count(), 2 + 3 + 2 * names.len() + 1 + names.len());
    let drawn = read(&file).expect("it keeps the rules");
    for name in names {
        let name = StepName::new(name, None).to_string();
        assert_eq!(drawn.slices.iter().filter(|it| it.name == name).count(), 1, "{name}");
    }
}

#[test]
fn a_log_put_together_by_hand_is_drawn_whatever_it_says() {
    let at = |time| VirtualTime::after(ms(time));
    let event = |time, task, kind| Event::new(at(time), TaskId::new(task), kind);
    let name = StepName::from;
    let trace = Trace::from_events(
        [
            event(9, 7, EventKind::Start(name("late"))),
            event(3, 7, EventKind::Finish(name("late"))),
            event(5, u32::MAX, EventKind::Spawn(TaskId::new(u32::MAX))),
            event(5, 0, EventKind::Spawn(TaskId::new(7))),
            event(5, 7, EventKind::Spawn(TaskId::new(7))),
            event(4, 7, EventKind::Join(TaskId::new(0))),
            event(1, 3, EventKind::Finish(name("never started"))),
            event(2, 7, EventKind::Start(name("open"))),
        ],
        ms(1),
    );
    let drawn = drawn(&trace);
    assert_eq!(drawn.track_names(), ["run", "task 0", "task 7", "task 4294967295"]);
    assert_eq!(
        drawn.drawn("task 7"),
        [
            "open (unfinished) 2..2",
            "joins task 0 4..4",
            "spawned 5..5",
            "spawns task 7 5..5",
            "spawned 5..5",
            "late 9..9",
        ]
    );
    let late = drawn.slices.iter().find(|it| it.name == "late").expect("it is there");
    assert_eq!((&*late.about["starts"], &*late.about["finishes"]), ("+9ms", "+3ms"));
    assert_eq!(drawn.arrows.len(), 4);
}

#[test]
fn more_steps_without_duration_than_a_track_can_stack_are_all_there() {
    let scenario = Scenario::sequential((0..2_000).map(|_| Scenario::step("a", ms(0))));
    let drawn = drawn(&scenario.run().expect("it runs"));
    assert_eq!(drawn.slices.iter().filter(|it| it.category == "step").count(), 2_000);
    assert_eq!(drawn.tracks.len(), 1 + 8); // 2,000 / 256
    // The time after, there is one track again.
    let [b, c] = ["b", "c"].map(|name| Scenario::step(name, ms(1)));
    let drawn = self::drawn(&Scenario::sequential([scenario, b, c]).run().expect("it runs"));
    // 2,000 - 7 * 256 = 208, and what lasts comes first.
    assert_eq!(drawn.drawn("task 0 (8)").len(), 209);
    assert_eq!(drawn.drawn("task 0 (8)")[0], "b 0..1");
    assert_eq!(drawn.drawn("task 0").last().map(String::as_str), Some("c 1..2"));
}

#[test]
#[expect(clippy::disallowed_types, reason = "it is the real time that counts")]
#[expect(clippy::print_stdout, reason = "the time is told")]
fn a_large_trace_is_a_whole_file() {
    let count = large(250_000); // a spawn, a start, a finish and a join each
    let calls = |index: u32| {
        let event =
            |time, task, kind| Event::new(VirtualTime::after(ms(time)), TaskId::new(task), kind);
        let (from, to, task) = (index.into(), u64::from(index) + 1, index + 1);
        [
            event(from, 0, EventKind::Spawn(TaskId::new(task))),
            event(from, task, EventKind::Start(StepName::from("call"))),
            event(to, task, EventKind::Finish(StepName::from("call"))),
            event(to, 0, EventKind::Join(TaskId::new(task))),
        ]
    };
    let trace = Trace::from_events((0..count).flat_map(calls), ms(count.into()));
    let tasks = count as usize;
    assert_eq!(trace.len(), 4 * tasks);
    let timed = || {
        let began = std::time::Instant::now();
        let file = trace.to_perfetto();
        (began.elapsed(), file)
    };
    // The best of three: the machine has other work too.
    let tries = if cfg!(debug_assertions) { 1 } else { 3 };
    let (took, file) = (0..tries).map(|_| timed()).min().expect("there is one");
    println!("{} events, {} bytes: {took:?}", trace.len(), file.len());
    assert!(cfg!(debug_assertions) || took < Duration::from_secs(2), "{took:?}");
    assert!(serde_json::from_str::<&serde_json::value::RawValue>(&file).is_ok());
    let count = |front: &str| file.lines().filter(|line| line.starts_with(front)).count();
    assert_eq!(count(r#"{"ph":"X","cat":"step","#), tasks);
    assert_eq!(count(r#"{"ph":"s","#), 2 * tasks);
    assert_eq!(count(r#"{"ph":"f","#), 2 * tasks);
    assert_eq!(count(r#"{"ph":"M","name":"thread_name","#), 2 + tasks);
}

/// A file that keeps the rules, with records that may not.
fn with(records: &str) -> Result<Reading, String> {
    let track = |number: u32| {
        format!(
            r#"{{"ph":"M","name":"thread_name","pid":1,"tid":{number},"args":{{"name":"{number}"}}}},
            {{"ph":"M","name":"thread_sort_index","pid":1,"tid":{number},"args":{{"sort_index":1}}}},"#
        )
    };
    let tracks = [track(1), track(2)].concat();
    read(&format!(r#"{{"displayTimeUnit":"ms","traceEvents":[{tracks}{records}]}}"#))
}

#[test]
fn the_reader_refuses_what_breaks_a_rule() {
    let slice = |track: u32, start: u32, duration: u32| {
        format!(
            r#"{{"ph":"X","cat":"c","name":"n","pid":1,"tid":{track},"ts":{start},"dur":{duration}}}"#
        )
    };
    let arrow = |phase: &str, id: u32, track: u32, time: u32| {
        format!(
            r#"{{"ph":"{phase}","bp":"e","cat":"c","name":"n","id":{id},"pid":1,"tid":{track},"ts":{time}}}"#
        )
    };
    let refused = |records: &[String]| with(&records.join(",")).expect_err("it breaks a rule");
    let problem =
        |records: &[String]| refused(records).split(':').next().unwrap_or_default().to_owned();
    let whole =
        [slice(1, 0, 5), slice(1, 5, 5), arrow("s", 1, 1, 5), slice(2, 5, 0), arrow("f", 1, 2, 5)];
    assert_eq!(with(&whole.join(",")).expect("it keeps the rules").arrows.len(), 1);

    assert_eq!(problem(&[slice(1, 0, 5), slice(1, 4, 5)]), "it overlaps `n`");
    assert_eq!(problem(&[slice(1, 2, 5), slice(1, 1, 5)]), "it comes too late");
    assert_eq!(problem(&[slice(3, 0, 5)]), "its track has no name");
    assert_eq!(problem(&[slice(0, 0, 5)]), "number 0 is another's");
    assert_eq!(problem(&[arrow("s", 1, 1, 0)]), "an arrow binds to no slice");
    assert_eq!(problem(&[arrow("s", 1, 3, 0)]), "an arrow's track has no slice");
    assert_eq!(problem(&[slice(1, 0, 5), arrow("f", 1, 1, 0)]), "an arrow ends that has not begun");
    assert_eq!(problem(&[slice(1, 0, 5), arrow("s", 1, 1, 0)]), "arrow 1 does not end");
    let twice = [slice(1, 0, 5), arrow("s", 1, 1, 0), arrow("s", 1, 1, 0)];
    assert_eq!(problem(&twice), "two arrows share an id");
    assert_eq!(
        problem(&[slice(1, 0, 5), arrow("s", 1, 1, 6)]),
        "an arrow binds to a slice of another time"
    );
    let next = whole.join(",").replace(r#""bp":"e""#, r#""bp":"n""#);
    assert!(with(&next).expect_err("it breaks a rule").starts_with("an arrow ends at the next"));
    let deep: Vec<_> = (0..513).map(|_| slice(1, 0, 0)).collect();
    assert_eq!(problem(&deep), "it lies too deep");
    assert_eq!(problem(&[slice(1, 0, 5).replace("\"X\"", "\"Q\"")]), "its phase is unknown");
    assert_eq!(problem(&[slice(1, 0, 5).replace("\"dur\":5", "\"dur\":-5")]), "`dur` is no time");
    assert_eq!(problem(&[slice(1, 0, 5).replace(",\"dur\":5", "")]), "it has no `dur`");
    assert_eq!(problem(&[slice(1, 0, 5).replace("\"cat\":\"c\",", "")]), "`cat` is no text");
    assert_eq!(
        problem(&[slice(1, 0, 5).replace("\"tid\":1", "\"tid\":\"x\"")]),
        "`tid` is no whole number"
    );
    let lone = r#"{"ph":"M","name":"thread_name","pid":1,"tid":9,"args":{"name":"lone"}}"#;
    assert_eq!(problem(&[lone.to_owned()]), "tracks lack a name of their own, or a place");
    let other = lone.replace("thread_name", "colour");
    assert_eq!(problem(&[other]), "it says what nobody reads");
    assert!(read("[]").is_err() && read("{}").is_err() && read("{").is_err());
    assert!(read(r#"{"traceEvents":[]}"#).is_err());
}
