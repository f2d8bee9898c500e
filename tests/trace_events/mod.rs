//! Reads files in the Trace Event Format, and refuses what breaks a rule of it.
//!
//! The rules are those of the format's description, and of the importer of
//! Perfetto's trace processor where that asks for more: of records at one instant it
//! takes slices that last first, the longest before the others, and then the rest in the
//! order of the file; a slice closes what has ended before it on its track; slices nest or
//! do not touch; an arrow binds to the slice that was begun last on its track.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// As deep as the importer keeps slices on a track.
const DEEPEST: usize = 512;

/// What a viewer would draw.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The tracks by their numbers.
    pub(crate) tracks: BTreeMap<u64, Track>,
    pub(crate) slices: Vec<Slice>,
    pub(crate) arrows: Vec<Arrow>,
}

#[derive(Debug, Default)]
pub(crate) struct Track {
    pub(crate) name: String,
    pub(crate) order: Option<u64>,
    /// The slices that are open, by their places.
    open: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slice {
    pub(crate) track: u64,
    pub(crate) category: String,
    pub(crate) name: String,
    /// In nanoseconds.
    pub(crate) start: u64,
    pub(crate) duration: u64,
    pub(crate) about: BTreeMap<String, String>,
    /// In how many others it lies.
    pub(crate) depth: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Arrow {
    pub(crate) name: String,
    /// The slices it leads from and to, by their places.
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Reading {
    /// What is drawn of a track, in the order of the importer: `name start..end`, in
    /// milliseconds.
    pub(crate) fn drawn(&self, track: &str) -> Vec<String> {
        let told = |slice: &Slice| {
            let [start, end] = [slice.start, slice.start + slice.duration].map(|it| it / 1_000_000);
            format!("{} {start}..{end}", slice.name)
        };
        let on = |slice: &&Slice| self.tracks[&slice.track].name == track;
        self.slices.iter().filter(on).map(told).collect()
    }

    /// The names of the tracks, in the order in which they are drawn.
    pub(crate) fn track_names(&self) -> Vec<&str> {
        let mut tracks: Vec<_> = self.tracks.values().collect();
        tracks.sort_by_key(|track| track.order);
        tracks.into_iter().map(|track| track.name.as_str()).collect()
    }

    /// The arrows, as `spawn: task 0 spawns task 1 -> task 1 spawned`.
    pub(crate) fn arrows_told(&self) -> Vec<String> {
        let end = |place: usize| {
            let slice = &self.slices[place];
            format!("{} {}", self.tracks[&slice.track].name, slice.name)
        };
        let told = |it: &Arrow| format!("{}: {} -> {}", it.name, end(it.from), end(it.to));
        self.arrows.iter().map(told).collect()
    }
}

/// Reads a file, or says which rule it breaks.
pub(crate) fn read(file: &str) -> Result<Reading, String> {
    let file: Value = serde_json::from_str(file).map_err(|error| error.to_string())?;
    let records = file["traceEvents"].as_array().ok_or("no `traceEvents`")?;
    if !["ms", "ns"].contains(&file["displayTimeUnit"].as_str().unwrap_or_default()) {
        return Err("`displayTimeUnit` is neither ms nor ns".to_owned());
    }
    // The format's own description asks for no order but that of time.
    take(records.iter())?;
    take(as_imported(records).into_iter())
}

/// In the order of the importer, and not of the file; what only tells of tracks is first.
fn as_imported(records: &[Value]) -> Vec<&Value> {
    let key = |record: &&Value| {
        let time = |field| record.as_object().and_then(|it| nanos(it, field).ok()).unwrap_or(0);
        let lasts = match record["ph"].as_str() {
            Some("M") => u64::MAX,
            Some("X") => time("dur"),
            _ => 0,
        };
        (time("ts"), Reverse(lasts))
    };
    let mut records: Vec<_> = records.iter().collect();
    records.sort_by_key(key);
    records
}

fn take<'a>(records: impl Iterator<Item = &'a Value>) -> Result<Reading, String> {
    let mut reader = Reader::default();
    for record in records {
        let fields = record.as_object().ok_or("a record is no object")?;
        reader.take(fields).map_err(|problem| format!("{problem}: {record}"))?;
    }
    reader.end()
}

#[derive(Default)]
struct Reader {
    reading: Reading,
    now: u64,
    /// The slice that an arrow of this id, name and category leads from.
    begun: BTreeMap<(u64, String, String), Option<usize>>,
}

impl Reader {
    fn take(&mut self, record: &Map<String, Value>) -> Result<(), String> {
        let track = whole(record, "tid")?;
        let process = whole(record, "pid")?;
        if process == 0 || track == 0 {
            return Err("number 0 is another's".to_owned());
        }
        let (phase, name) = (text(record, "ph")?, text(record, "name")?);
        if phase == "M" {
            return self.metadata(track, name, record);
        }
        let time = nanos(record, "ts")?;
        if time < self.now {
            return Err("it comes too late".to_owned());
        }
        self.now = time;
        let category = text(record, "cat")?.to_owned();
        let name = name.to_owned();
        match phase {
            "X" => {
                let duration = nanos(record, "dur")?;
                let about = record.get("args").map_or(Ok(BTreeMap::new()), texts)?;
                let (start, depth) = (time, 0);
                self.slice(Slice { track, category, name, start, duration, about, depth })
            }
            "s" | "f" => {
                if !self.reading.tracks.contains_key(&track) {
                    return Err("an arrow's track has no slice".to_owned());
                }
                let open = &self.reading.tracks[&track].open;
                let bound = *open.last().ok_or("an arrow binds to no slice")?;
                let slice = &self.reading.slices[bound];
                if !(slice.start..=slice.start + slice.duration).contains(&time) {
                    return Err("an arrow binds to a slice of another time".to_owned());
                }
                let key = (whole(record, "id")?, name.clone(), category);
                if phase == "s" {
                    let before = self.begun.insert(key, Some(bound));
                    return before.map_or(Ok(()), |_| Err("two arrows share an id".to_owned()));
                }
                if text(record, "bp")? != "e" {
                    return Err("an arrow ends at the next slice".to_owned());
                }
                let from = self.begun.get_mut(&key).and_then(Option::take);
                let from = from.ok_or("an arrow ends that has not begun")?;
                self.reading.arrows.push(Arrow { name, from, to: bound });
                Ok(())
            }
            _ => Err("its phase is unknown".to_owned()),
        }
    }

    fn metadata(
        &mut self,
        track: u64,
        what: &str,
        record: &Map<String, Value>,
    ) -> Result<(), String> {
        let about = record.get("args").and_then(Value::as_object).ok_or("it has no `args`")?;
        let place = self.reading.tracks.entry(track).or_default();
        match what {
            "process_name" => text(about, "name").map(|_| ()),
            "thread_name" => {
                place.name = text(about, "name")?.to_owned();
                Ok(())
            }
            "thread_sort_index" => {
                place.order = Some(whole(about, "sort_index")?);
                Ok(())
            }
            _ => Err("it says what nobody reads".to_owned()),
        }
    }

    fn slice(&mut self, mut slice: Slice) -> Result<(), String> {
        let track = self.reading.tracks.get_mut(&slice.track).ok_or("its track has no name")?;
        while let Some(open) = track.open.last() {
            let above = &self.reading.slices[*open];
            let end = above.start + above.duration;
            let are_both_marks = above.duration == 0 && slice.duration == 0;
            if end < slice.start || end == slice.start && !are_both_marks {
                track.open.pop();
                continue;
            }
            if slice.start + slice.duration > end {
                return Err(format!("it overlaps `{}`", above.name));
            }
            break;
        }
        if track.open.len() >= DEEPEST {
            return Err("it lies too deep".to_owned());
        }
        slice.depth = track.open.len();
        track.open.push(self.reading.slices.len());
        self.reading.slices.push(slice);
        Ok(())
    }

    fn end(self) -> Result<Reading, String> {
        if let Some(((id, ..), _)) = self.begun.iter().find(|(_, from)| from.is_some()) {
            return Err(format!("arrow {id} does not end"));
        }
        let mut names: Vec<_> = self.reading.tracks.values().map(|track| &track.name).collect();
        names.sort();
        names.dedup();
        let is_named = names.len() == self.reading.tracks.len();
        let is_ordered = self.reading.tracks.values().all(|track| track.order.is_some());
        if !is_named || !is_ordered {
            return Err("tracks lack a name of their own, or a place".to_owned());
        }
        Ok(self.reading)
    }
}

fn text<'a>(fields: &'a Map<String, Value>, field: &str) -> Result<&'a str, String> {
    let text = fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| format!("`{field}` is no text"))
}

fn whole(fields: &Map<String, Value>, field: &str) -> Result<u64, String> {
    let number = fields.get(field).and_then(Value::as_u64);
    number.ok_or_else(|| format!("`{field}` is no whole number"))
}

fn texts(about: &Value) -> Result<BTreeMap<String, String>, String> {
    let about = about.as_object().ok_or("`args` is no object")?;
    let both = |(key, _): (&String, &Value)| Ok((key.clone(), text(about, key)?.to_owned()));
    about.iter().map(both).collect()
}

/// Microseconds as the importer takes them: whole ones as they are, others as a
/// float that it rounds to nanoseconds.
#[expect(clippy::float_arithmetic, reason = "it is what the importer does")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is not negative")]
fn nanos(fields: &Map<String, Value>, field: &str) -> Result<u64, String> {
    let value = fields.get(field).ok_or_else(|| format!("it has no `{field}`"))?;
    match (value.as_u64(), value.as_f64()) {
        (Some(micros), _) => Ok(micros * 1_000),
        (None, Some(micros)) if micros >= 0.0 => Ok((micros * 1_000.0).round() as u64),
        _ => Err(format!("`{field}` is no time")),
    }
}
