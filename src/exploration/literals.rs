//! Durations that are written in the sources of the code under test.
//!
//! As a fuzzer has a dictionary: code that treats a window of time in its own way has the ends of
//! the window in it, as a rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// No more files than these are read, so that a check does not wait for a large crate. The file
/// of the assertion is the first.
const FILES: usize = 256;

/// No more literals than these are used. Each costs some runs.
const LITERALS: usize = 96;

/// What was found in files. They are read once, and not for every check of a test binary.
struct Known<T>(Mutex<BTreeMap<PathBuf, Vec<T>>>);

static FILES_OF: Known<PathBuf> = Known(Mutex::new(BTreeMap::new()));
static DURATIONS_OF: Known<(u32, i64)> = Known(Mutex::new(BTreeMap::new()));

impl<T: Clone> Known<T> {
    fn get(&self, path: &Path, find: impl FnOnce(&Path) -> Vec<T>) -> Vec<T> {
        // No code of others runs under the lock, so a poisoned one is intact.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(path.to_path_buf()).or_insert_with(|| find(path)).clone()
    }
}

/// The source files of a package and of its tests.
fn sources(package: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![package.join("src"), package.join("tests")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The durations in ticks that the sources of a package seem to name: those of the file of the
/// assertion first, beginning with the lines around it, then those of the package.
pub(crate) fn literals(package: &Path, file: &Path, line: u32) -> Vec<i64> {
    let mut files = FILES_OF.get(package, sources);
    files.retain(|other| other != file);
    files.insert(0, file.to_path_buf());
    // Those nearby first.
    let shared = |other: &Path| {
        file.components().zip(other.components()).take_while(|(a, b)| a == b).count()
    };
    files.sort_by_key(|other| std::cmp::Reverse(shared(other)));
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files.iter().take(FILES) {
        if found.len() >= LITERALS {
            break;
        }
        let mut durations = DURATIONS_OF.get(file, |file| {
            fs::read_to_string(file).map_or_else(|_| Vec::new(), |text| of_text(&text))
        });
        durations.sort_by_key(|(at, _)| at.abs_diff(if found.is_empty() { line } else { 0 }));
        found.extend(durations.into_iter().map(|(_, it)| it).filter(|it| seen.insert(*it)));
    }
    found.truncate(LITERALS);
    found
}

/// The durations that a text seems to name, each with its line. A number is one if a unit is
/// around it: in the function that it is given to, behind it, or on its line.
fn of_text(text: &str) -> Vec<(u32, i64)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split("//").next().unwrap_or_default();
        let bytes = line.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let is_word = |at: usize| bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_';
            if !bytes[at].is_ascii_digit() || (at > 0 && is_word(at - 1)) {
                at += 1;
                continue;
            }
            let end = (at..bytes.len()).find(|it| !is_word(*it)).unwrap_or(bytes.len());
            let word = line[at..end].replace('_', "");
            let digits =
                word.find(|it: char| !it.is_ascii_digit()).map_or(&*word, |end| &word[..end]);
            let ticks = unit(&word[digits.len()..], &line[..at], line);
            if let (Ok(count), Some(ticks)) = (digits.parse::<i64>(), ticks) {
                let duration = count.checked_mul(ticks).filter(|it| (2..LONGEST).contains(it));
                found.extend(duration.map(|it| (number, it)));
            }
            at = end;
        }
    }
    found
}

/// Thirty days: what is longer is no latency.
const LONGEST: i64 = 30 * 86_400_000;

/// How many ticks one of a number is.
fn unit(suffix: &str, before: &str, line: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 7] = [
        ("ms", 1),
        ("millis", 1),
        ("s", 1_000),
        ("secs", 1_000),
        ("min", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
    ];
    if let Some((_, ticks)) = UNITS.iter().find(|(unit, _)| *unit == suffix) {
        return Some(*ticks);
    }
    if !matches!(suffix, "" | "u64" | "u128" | "u32" | "i64" | "usize") {
        return None;
    }
    let function = before.trim_end().trim_end_matches('(');
    let is_call = |name: &str| before.trim_end().ends_with('(') && function.ends_with(name);
    let calls = [("millis", 1), ("ms", 1), ("secs", 1_000), ("mins", 60_000), ("hours", 3_600_000)];
    if let Some((_, ticks)) = calls.iter().find(|(name, _)| is_call(name)) {
        return Some(*ticks);
    }
    let lower = line.to_ascii_lowercase();
    let words =
        [("millis", 1), ("milli", 1), ("_ms", 1), ("sec", 1_000), ("duration", 1), ("elapsed", 1)];
    words.iter().find(|(word, _)| lower.contains(word)).map(|(_, ticks)| *ticks)
}

#[cfg(test)]
mod tests {
    use super::of_text;

    #[test]
    fn a_number_with_a_unit_around_it_is_a_duration() {
        let of = |text: &str| of_text(text).into_iter().map(|(_, it)| it).collect::<Vec<_>>();
        assert_eq!(of("const LIMIT: Duration = Duration::from_millis(1_237);"), [1_237]);
        assert_eq!(of("sleep(Duration::from_secs(25)).await;"), [25_000]);
        assert_eq!(of("if began.elapsed().as_secs() == 60 {"), [60_000]);
        assert_eq!(of("if began.elapsed() > ms(20) && left.as_millis() < 90u128 {"), [20, 90]);
        assert_eq!(of("assert_law!(a() => a + 500ms + 2min);"), [500, 120_000]);
        assert_eq!(of("const PAUSE_MS: u64 = 75;"), [75]);
        assert_eq!(of("let page2 = pages[17]; // 3s"), [0; 0]);
        assert_eq!(of("// from_millis(8)"), [0; 0]);
    }
}
