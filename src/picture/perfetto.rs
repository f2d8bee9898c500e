//! A trace as a file for the Perfetto UI.

use std::io::{BufWriter, Error, Write};

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use crate::picture::tracks::Meeting;
use crate::picture::tracks::Slice;
use crate::picture::tracks::Track;
use crate::picture::tracks::Tracks;
use crate::picture::tracks::What;
use crate::time::{Millis, VirtualTime};
use crate::trace::{End, Step, Trace};

/// The number of the one process. Its first track has the same, so that it is the
/// main thread. Not 0: that is a kernel's.
const PROCESS: usize = 1;

/// How many tracks there are before those of tasks.
const RUN: usize = 1;

impl Trace {
    /// Returns the trace as a file that the [Perfetto UI](https://ui.perfetto.dev)
    /// opens, and whatever else reads the Trace Event Format.
    ///
    /// # Shape
    ///
    /// JSON, one record a line. The first track, `run`, has the makespan. Then
    /// come the tasks by their numbers, a slice for each step. Where steps of one
    /// task overlap, as in a `join!`, it has more tracks: `task 1 (2)`. A step
    /// that was cut is called `name (cancelled)`, one that was still going on at
    /// the end, up to which it is drawn, `name (unfinished)`. Names are written as
    /// in the log. Where tasks are spawned or joined, both tasks have a mark
    /// without duration, and an arrow leads from one to the other; the traces of
    /// scenarios have these. The number that the UI shows behind the name of a
    /// track counts tracks.
    ///
    /// # Units
    ///
    /// Microseconds of virtual time since the beginning of the run, with three
    /// decimals where they are needed: exact. The UI reads decimals as exactly up
    /// to 100 days.
    ///
    /// # Determinism
    ///
    /// Equal traces of which the same latencies are known give the same bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// let trace = makespan::scenario!(spawn(coro1: 2s, coro2: 1s)).run()?;
    ///
    /// let file = trace.to_perfetto();
    /// assert!(file.contains(r#""name":"coro1","pid":1,"tid":3,"ts":0,"dur":2000000,"#));
    /// assert!(file.contains(r#""args":{"name":"task 1"}"#));
    /// // std::fs::write("run.json", file)?;
    /// # Ok::<(), makespan::Error>(())
    /// ```
    ///
    /// # Source
    ///
    /// [Trace Event Format](https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU),
    /// as the importer of Perfetto's trace processor reads it.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "memory takes all, and JSON is text")]
    pub fn to_perfetto(&self) -> String {
        let mut file = Vec::new();
        File::of(self).write(&mut file).expect("memory takes all that is written to it");
        String::from_utf8(file).expect("JSON is text")
    }

    /// Writes what [`to_perfetto`](Self::to_perfetto) returns, without keeping it
    /// in memory.
    ///
    /// # Errors
    ///
    /// What the writer returns.
    ///
    /// # Examples
    ///
    /// ```
    /// let trace = makespan::scenario!(seq(a: 2s, b: 1s)).run()?;
    /// let mut file = Vec::new();
    /// trace.write_perfetto(&mut file)?;
    /// assert_eq!(file, trace.to_perfetto().into_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_perfetto(&self, writer: impl Write) -> Result<(), Error> {
        let mut writer = BufWriter::new(writer);
        File::of(self).write(&mut writer)?;
        writer.flush()
    }
}

/// What the records are made from.
struct File<'a> {
    trace: &'a Trace,
    steps: Vec<Step>,
    tracks: Tracks,
}

impl<'a> File<'a> {
    fn of(trace: &'a Trace) -> Self {
        let steps = trace.steps();
        let tracks = Tracks::of(trace, &steps);
        Self { trace, steps, tracks }
    }

    fn write(&self, writer: impl Write) -> Result<(), Error> {
        let mut records = Records { writer, is_first: true };
        records.begin()?;
        records.add(&Metadata::process())?;
        records.add(&Metadata::name(0, "run".to_owned()))?;
        records.add(&Metadata::order(0))?;
        for (index, track) in self.tracks.tracks.iter().enumerate() {
            records.add(&Metadata::name(RUN + index, name_of(*track)))?;
            records.add(&Metadata::order(RUN + index))?;
        }
        records.add(&self.run())?;
        for slice in &self.tracks.slices {
            records.add(&self.slice(slice))?;
            // An arrow binds to the slice that was begun last on its track, so
            // its ends follow their slices at once.
            for (end, meeting) in ends(&slice.what) {
                let (track, time) = (RUN + slice.track, slice.start);
                let name = if slice.what.is_spawn() { "spawn" } else { "join" };
                records.add(&Arrow { end, id: meeting.id, name, track, time })?;
            }
        }
        records.end()
    }

    /// The makespan as a slice: it sets the beginning and the end of the axis.
    fn run(&self) -> Complete {
        let makespan = self.trace.makespan();
        Complete {
            category: "run",
            name: format!("makespan {}", Millis(makespan)),
            track: 0,
            start: VirtualTime::START,
            end: VirtualTime::after(makespan),
            about: Vec::new(),
        }
    }

    fn slice(&self, slice: &Slice) -> Complete {
        let spoken_of = |meetings: &[Meeting]| match meetings {
            [meeting] => meeting.of.to_string(),
            _ => format!("{} tasks", meetings.len()),
        };
        let (category, name, about) = match &slice.what {
            What::Step(index) => {
                let step = &self.steps[*index];
                ("step", called(step), told(step))
            }
            What::Spawns(tasks) => ("task", format!("spawns {}", spoken_of(tasks)), Vec::new()),
            What::Joins(tasks) => ("task", format!("joins {}", spoken_of(tasks)), Vec::new()),
            What::Spawned(by) => ("task", "spawned".to_owned(), vec![("by", by.by.to_string())]),
            What::Joined(by) => ("task", "joined".to_owned(), vec![("by", by.by.to_string())]),
        };
        let (track, start, end) = (RUN + slice.track, slice.start, slice.end);
        Complete { category, name, track, start, end, about }
    }
}

fn name_of(track: Track) -> String {
    match track.lane {
        0 => track.task.to_string(),
        lane => format!("{} ({})", track.task, lane + 1),
    }
}

fn called(step: &Step) -> String {
    match step.end {
        End::Finished(_) => step.name.to_string(),
        End::Cancelled(_) => format!("{} (cancelled)", step.name),
        End::Open => format!("{} (unfinished)", step.name),
    }
}

/// What the log says of a step, with its words. A log put together by hand may
/// end it before it starts, which is no slice.
fn told(step: &Step) -> Vec<(&'static str, String)> {
    let mut about = vec![("starts", step.start.to_string())];
    match step.end {
        End::Finished(time) => about.push(("finishes", time.to_string())),
        End::Cancelled(time) => about.push(("cancelled", time.to_string())),
        End::Open => {}
    }
    if let Some(latency) = step.latency {
        about.push(("latency", Millis(latency).to_string()));
    }
    about
}

/// The ends of arrows that a slice has.
fn ends(what: &What) -> impl Iterator<Item = (ArrowEnd, Meeting)> + '_ {
    let (end, meetings) = match what {
        What::Step(_) => (ArrowEnd::From, &[][..]),
        What::Spawns(meetings) => (ArrowEnd::From, &meetings[..]),
        What::Spawned(meeting) => (ArrowEnd::To, std::slice::from_ref(meeting)),
        What::Joined(meeting) => (ArrowEnd::From, std::slice::from_ref(meeting)),
        What::Joins(meetings) => (ArrowEnd::To, &meetings[..]),
    };
    meetings.iter().map(move |meeting| (end, *meeting))
}

/// Writes records, one a line.
struct Records<W> {
    writer: W,
    is_first: bool,
}

impl<W: Write> Records<W> {
    fn begin(&mut self) -> Result<(), Error> {
        self.writer.write_all(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n")
    }

    fn add(&mut self, record: &impl Serialize) -> Result<(), Error> {
        if !self.is_first {
            self.writer.write_all(b",\n")?;
        }
        self.is_first = false;
        Ok(serde_json::to_writer(&mut self.writer, record)?)
    }

    fn end(&mut self) -> Result<(), Error> {
        self.writer.write_all(b"\n]}\n")
    }
}

/// Something that lasts, or a mark that does not.
struct Complete {
    category: &'static str,
    name: String,
    track: usize,
    start: VirtualTime,
    end: VirtualTime,
    about: Vec<(&'static str, String)>,
}

impl Serialize for Complete {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lasted = nanos(self.end) - nanos(self.start);
        let mut record = serializer.serialize_map(None)?;
        record.serialize_entry("ph", "X")?;
        record.serialize_entry("cat", self.category)?;
        record.serialize_entry("name", &self.name)?;
        record.serialize_entry("pid", &PROCESS)?;
        record.serialize_entry("tid", &(PROCESS + self.track))?;
        record.serialize_entry("ts", &Micros(nanos(self.start)))?;
        record.serialize_entry("dur", &Micros(lasted))?;
        if !self.about.is_empty() {
            record.serialize_entry("args", &About(&self.about))?;
        }
        record.end()
    }
}

struct About<'a>(&'a [(&'static str, String)]);

impl Serialize for About<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[derive(Clone, Copy)]
enum ArrowEnd {
    From,
    To,
}

/// One end of an arrow from slice to slice; the other has the same id.
struct Arrow {
    end: ArrowEnd,
    id: usize,
    name: &'static str,
    track: usize,
    time: VirtualTime,
}

impl Serialize for Arrow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_map(None)?;
        match self.end {
            ArrowEnd::From => record.serialize_entry("ph", "s")?,
            ArrowEnd::To => {
                record.serialize_entry("ph", "f")?;
                // It ends at the slice that encloses it, not at the next one.
                record.serialize_entry("bp", "e")?;
            }
        }
        record.serialize_entry("cat", "task")?;
        record.serialize_entry("name", self.name)?;
        record.serialize_entry("id", &self.id)?;
        record.serialize_entry("pid", &PROCESS)?;
        record.serialize_entry("tid", &(PROCESS + self.track))?;
        record.serialize_entry("ts", &Micros(nanos(self.time)))?;
        record.end()
    }
}

/// What a track or the process is called, or where a track comes.
struct Metadata {
    what: &'static str,
    track: usize,
    value: Value,
}

enum Value {
    Name(String),
    Order(usize),
}

impl Metadata {
    fn process() -> Self {
        Self { what: "process_name", track: 0, value: Value::Name("makespan".to_owned()) }
    }

    fn name(track: usize, name: String) -> Self {
        Self { what: "thread_name", track, value: Value::Name(name) }
    }

    fn order(track: usize) -> Self {
        Self { what: "thread_sort_index", track, value: Value::Order(track) }
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_map(None)?;
        record.serialize_entry("ph", "M")?;
        record.serialize_entry("name", self.what)?;
        record.serialize_entry("pid", &PROCESS)?;
        record.serialize_entry("tid", &(PROCESS + self.track))?;
        record.serialize_entry("args", &self.value)?;
        record.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serializer.serialize_map(None)?;
        match self {
            Self::Name(name) => value.serialize_entry("name", name)?,
            Self::Order(place) => value.serialize_entry("sort_index", place)?,
        }
        value.end()
    }
}

fn nanos(time: VirtualTime) -> u64 {
    u64::try_from(time.since_start().as_nanos()).expect("a point in time has 64 bits")
}

/// Nanoseconds, written as microseconds: as a number without decimals wherever it
/// has none, which readers take as it is, and else with all that it has.
struct Micros(u64);

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        if rest == 0 {
            return serializer.serialize_u64(whole);
        }
        let number = RawValue::from_string(format!("{whole}.{rest:03}"));
        number.expect("digits around a point are a number").serialize(serializer)
    }
}
