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

/// The file in a folder of ours that lists the others. Without it a folder is somebody's.
const LIST: &str = ".makespan";

/// Panics with a failure at the line of the caller. With `MAKESPAN_ARTIFACTS` in the
/// environment the failure is kept there, and the message says where.
#[track_caller]
pub(crate) fn fail(failure: Failure) -> ! {
    let failure = keep(failure, Location::caller());
    panic!("{}", failure.told(Look::of(Stream::Err)))
}

/// Keeps a failure where `MAKESPAN_ARTIFACTS` says, unless it is kept already. It then says
/// where it is.
pub(crate) fn keep(failure: Failure, caller: &Location<'_>) -> Failure {
    let folder = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
    let Some(folder) = folder.filter(|_| !failure.is_kept()) else { return failure };
    let folder = from_the_workspace(Path::new(&folder));
    let kept = match write_below(&folder, &test_name(caller), &failure) {
        Ok(kept) => format!("kept in {}", kept.display()),
        Err(error) => format!("nothing could be kept in {}: {error}", folder.display()),
    };
    failure.with_kept(kept)
}

/// A path that means the same for every member of a workspace, from wherever its tests run:
/// one that is relative begins at the root of the workspace.
fn from_the_workspace(path: &Path) -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = manifest.map(|package| workspace_of(&package)).unwrap_or_default();
    let path = root.join(path);
    // Where Cargo runs no test, it begins where the process stands.
    std::path::absolute(&path).unwrap_or(path)
}

/// The root of the workspace of a package: the nearest folder upwards whose manifest has a
/// workspace, as Cargo finds it; else the package itself is one.
fn workspace_of(package: &Path) -> PathBuf {
    let has_workspace = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.lines().any(|line| line.trim_start().starts_with("[workspace"))
    };
    package.ancestors().find(has_workspace).unwrap_or(package).to_owned()
}

/// Writes a failure to files in a folder of its own, and returns that.
fn write_below(folder: &Path, test: &str, failure: &Failure) -> io::Result<PathBuf> {
    // Two test binaries may have a test of the same name, and so may two packages.
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let parts = [package, binary_name()];
    let parts = parts.iter().filter(|part| !part.is_empty()).map(|part| file_name(part));
    let folder = folder.join(parts.collect::<PathBuf>());
    let files = files_of(failure);
    let mut taken = 0;
    loop {
        let folder = folder.join(unique(test));
        if is_free(&folder, &files)? {
            return write_into(&folder, &files).map(|()| folder);
        }
        taken += 1;
        if taken == MOST_TAKEN {
            return Err(io::Error::other("all folders for this test are somebody else's"));
        }
    }
}

/// So many folders with the name of a test may be somebody's. Nobody makes more by hand.
const MOST_TAKEN: usize = 100;

/// The files of a failure: their names and what is in them.
fn files_of(failure: &Failure) -> Vec<(String, String)> {
    let mut files = vec![("failure.txt".to_owned(), failure.to_string())];
    if let Some(law) = failure.law() {
        files.push(("law.txt".to_owned(), law.to_string()));
    }
    if let Some(scenario) = failure.scenario() {
        files.push(("scenario.txt".to_owned(), scenario.to_string()));
    }
    for (which, trace) in [("actual", failure.actual()), ("expected", failure.planned())] {
        let Some(trace) = trace else { continue };
        files.push((format!("{which}.log"), format!("{trace:#}")));
        #[cfg(feature = "pictures")]
        {
            files.push((format!("{which}.svg"), trace.to_svg()));
            files.push((format!("{which}.perfetto.json"), trace.to_perfetto()));
        }
    }
    files
}

/// Whether nothing in the folder is lost if these files are written there: it is not there,
/// or empty, or an earlier run has made it and nobody else's file has one of the names.
/// What the earlier run has left there is removed, since it would be taken for a part of
/// this one.
fn is_free(folder: &Path, files: &[(String, String)]) -> io::Result<bool> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
        // A link leads to what is somebody's.
        Ok(found) if !found.is_dir() => return Ok(false),
        Ok(_) => {}
    }
    let Ok(list) = fs::read_to_string(folder.join(LIST)) else {
        return Ok(fs::read_dir(folder)?.next().is_none());
    };
    for name in list.lines().filter(|name| is_ours(name)) {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(!files.iter().any(|(name, _)| fs::symlink_metadata(folder.join(name)).is_ok()))
}

/// Whether a file of ours may have that name. Whoever edits a list removes nothing else.
fn is_ours(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "failure.txt",
        "law.txt",
        "scenario.txt",
        "actual.log",
        "actual.svg",
        "actual.perfetto.json",
        "expected.log",
        "expected.svg",
        "expected.perfetto.json",
    ];
    NAMES.contains(&name)
}

fn write_into(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // First, so that a process that ends half way leaves a folder of ours.
    let names: Vec<_> = files.iter().map(|(name, _)| &**name).collect();
    fs::write(folder.join(LIST), names.join("\n") + "\n")?;
    files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), format!("{text}\n")))
}

/// The name of the test binary, without the number that Cargo adds to it; nothing if it
/// has none.
fn binary_name() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    without_number(&stem).to_owned()
}

fn without_number(stem: &str) -> &str {
    const DIGITS: usize = 16;
    let is_number = |end: &str| {
        end.len() == DIGITS && end.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    match stem.rsplit_once('-') {
        Some((name, end)) if is_number(end) => name,
        _ => stem,
    }
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

    use super::{file_name, fingerprint, test_name, unique, without_number, workspace_of};

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
    fn a_binary_has_its_name_without_the_number_of_its_build() {
        assert_eq!(without_number("laws-0123456789abcdef"), "laws");
        for whole in ["laws", "laws-0123456789abcde", "laws-0123456789abcdeg", "rust_out", ""] {
            assert_eq!(without_number(whole), whole);
        }
    }

    #[test]
    fn a_package_without_a_workspace_is_its_own_root() {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(workspace_of(here), here);
        // A workspace of its own below another package.
        let crates = here.join("tests/crates");
        assert_eq!(workspace_of(&crates), crates);
        let member = here.join("tests/downstream/member");
        assert_eq!(workspace_of(&member), here.join("tests/downstream"));
    }

    #[test]
    fn a_second_failure_of_a_test_has_a_folder_of_its_own() {
        assert_eq!(["it::fails", "it::fails"].map(unique), ["it.fails", "it.fails-2"]);
    }
}
