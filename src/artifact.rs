//! What a failing assertion leaves behind: a panic, and files for who wants them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::picture::{Look, Stream};
use crate::verdict::Failure;

/// The environment variable that names the folder for the files.
const FOLDER: &str = "MAKESPAN_ARTIFACTS";

/// Panics with a failure at the line of the caller. With `MAKESPAN_ARTIFACTS` in the
/// environment the failure is kept there, and the message says where.
#[track_caller]
pub(crate) fn fail(failure: &Failure) -> ! {
    let caller = Location::caller();
    let told = failure.told(Look::of(Stream::Err));
    let Some(folder) = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()) else {
        panic!("{told}");
    };
    let folder = PathBuf::from(folder);
    // Tests may change their working directory, and CI services look from another one.
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    match keep(failure, &folder.join(unique(&test_name(caller)))) {
        Ok(kept) => panic!("{told}\n\n  kept in {}", kept.display()),
        Err(error) => panic!("{told}\n\n  nothing could be kept in {}: {error}", folder.display()),
    }
}

/// Writes a failure to files in a folder of its own, and returns that.
fn keep(failure: &Failure, folder: &Path) -> io::Result<PathBuf> {
    // What an earlier run left there would be taken for a part of this one.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let write = |name: &str, text: String| fs::write(folder.join(name), text + "\n");
    write("failure.txt", failure.to_string())?;
    if let Some(law) = failure.law() {
        write("law.txt", law.to_string())?;
    }
    if let Some(scenario) = failure.scenario() {
        write("scenario.txt", scenario.to_string())?;
    }
    for (which, trace) in [("actual", failure.actual()), ("expected", failure.expected())] {
        let Some(trace) = trace else { continue };
        write(&format!("{which}.log"), format!("{trace:#}"))?;
        #[cfg(feature = "pictures")]
        {
            write(&format!("{which}.svg"), trace.to_svg())?;
            write(&format!("{which}.perfetto.json"), trace.to_perfetto())?;
        }
    }
    Ok(folder.to_owned())
}

/// What the running test is called. Its thread bears its name; where tests run one
/// at a time on the main thread, the line of the assertion stands for it.
fn test_name(caller: &Location<'_>) -> String {
    let thread = std::thread::current();
    match thread.name() {
        Some(name) if name != "main" => name.to_owned(),
        _ => format!("{} line {}", caller.file(), caller.line()),
    }
}

/// A name for a folder that no other failure of this process has: a test may fail
/// more than one assertion.
fn unique(test: &str) -> String {
    static TAKEN: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
    let name = file_name(test);
    // OK to go on with, since nothing in here panics half way.
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let count = taken.entry(name.clone()).or_default();
    *count += 1;
    if *count == 1 { name } else { format!("{name}-{count}") }
}

/// A text as a file's name on any system: ASCII letters, digits, `_`, `-` and `.`, a
/// hundred of them at most. Where something is lost by that, a number made of the
/// whole text keeps the name apart from others.
fn file_name(text: &str) -> String {
    const MOST: usize = 100;
    let paths = text.replace("::", ".");
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
    let plain: String = paths.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
    // No hidden file, and no way up.
    let plain = plain.trim_start_matches('.');
    if plain == paths && !plain.is_empty() && plain.len() <= MOST {
        return plain.to_owned();
    }
    let kept = &plain[..plain.len().min(MOST)];
    format!("{kept}-{:016x}", fingerprint(text))
}

/// A number made of a text, the same everywhere and for ever.
///
/// # Source
///
/// FNV-1a: G. Fowler, L. C. Noll, K.-P. Vo, <https://datatracker.ietf.org/doc/html/rfc9923>.
fn fingerprint(text: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    text.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use std::panic::Location;
    use std::thread::Builder;

    use super::{file_name, fingerprint, test_name, unique};

    #[test]
    fn a_test_s_name_is_a_file_s_name() {
        assert_eq!(file_name("pages::loads_together"), "pages.loads_together");
        for hostile in ["../../etc/passwd", "a b", "<script>", "名前", "", "..", "a/b\\c:d\0"] {
            let name = file_name(hostile);
            assert!(
                !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0', '<']),
                "{name}"
            );
            assert!(!name.is_empty());
        }
        assert_ne!(file_name("a b"), file_name("a:b"), "what differs is kept apart");
        let long = "x".repeat(10_000);
        assert!(file_name(&long).len() <= 120);
        assert_ne!(file_name(&long), file_name(&format!("{long}y")));
    }

    #[test]
    fn a_test_is_called_as_its_thread_is_or_by_its_line_on_one_that_is_no_test_s() {
        let here = Location::caller();
        let line = format!("{} line {}", here.file(), here.line());
        let name_in = |thread: Builder| {
            let named = thread.spawn(|| test_name(here)).expect("a thread");
            named.join().expect("no panic")
        };
        assert_eq!(name_in(Builder::new().name("it::fails".to_owned())), "it::fails");
        assert_eq!(name_in(Builder::new().name("main".to_owned())), line);
        assert_eq!(name_in(Builder::new()), line);
    }

    #[test]
    fn a_number_made_of_a_text_is_that_of_fnv_1a() {
        // As its authors publish them.
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fingerprint("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_second_failure_of_a_test_has_a_folder_of_its_own() {
        assert_eq!(["it::fails", "it::fails"].map(unique), ["it.fails", "it.fails-2"]);
    }
}
