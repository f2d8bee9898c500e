//! Where seeds of failing cases are kept: at the top of the caller's crate.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where an assertion stands.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The folder of the caller's manifest, if Cargo built it.
    pub manifest_dir: Option<&'static str>,
    /// What `file!()` says there.
    pub file: &'static str,
}

/// The folder that proptest uses, too.
const FOLDER: &str = "proptest-regressions";

impl Site {
    /// The same with the folder of the manifest of the tests that Cargo runs, if none
    /// was known; none if that is unknown, too.
    pub(super) fn in_a_package(self) -> Option<Self> {
        let running = || std::env::var("CARGO_MANIFEST_DIR").ok().map(for_ever);
        let manifest_dir = Some(self.manifest_dir.or_else(running)?);
        Some(Self { manifest_dir, ..self })
    }

    /// The folder of the package, and the source file of the assertion.
    pub(super) fn source(self) -> Option<(&'static Path, PathBuf)> {
        let package = Path::new(self.manifest_dir?);
        // `file!()` is relative to the workspace, which may be any folder above the manifest.
        let mut folders = package.ancestors().map(|folder| folder.join(self.file));
        Some((package, folders.find(|file| file.is_file())?))
    }

    fn manifest_dir(&self) -> &'static Path {
        Path::new(self.manifest_dir.unwrap_or_default())
    }

    /// The file for the seeds of the assertions in one source file, below the
    /// folder of the manifest.
    ///
    /// `file!()` is relative to the workspace, which may be any folder above the
    /// manifest, or it is absolute: what is left of it below the manifest counts.
    /// It may go through `..`, and the source may be outside of the package; seeds
    /// are inside.
    pub(super) fn seeds(self) -> PathBuf {
        let (manifest, file) = (self.manifest_dir(), Path::new(self.file));
        let mut below = PathBuf::new();
        for component in file.strip_prefix(manifest).unwrap_or(file).components() {
            match component {
                Component::Normal(name) => below.push(name),
                Component::ParentDir => {
                    below.pop();
                }
                Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
            }
        }
        let mut rest = below.components();
        let mut inside = below.as_path();
        while !manifest.join(inside).is_file() {
            if rest.next().is_none() {
                // The source is elsewhere, or not there any more; its name still is.
                let name = below.file_name().map_or(below.as_path(), Path::new);
                inside = if file.is_absolute() { name } else { &below };
                break;
            }
            inside = rest.as_path();
        }
        // As proptest does it for modules of a library.
        let inside = inside.strip_prefix("src").unwrap_or(inside);
        Path::new(FOLDER).join(inside).with_extension("txt")
    }

    /// Whether there are any: where nobody may write, none are kept.
    pub(super) fn has_seeds(self) -> bool {
        self.manifest_dir().join(self.seeds()).is_file()
    }

    /// The same, from the root of the file system, as proptest wants it.
    pub(super) fn seeds_for_ever(self) -> &'static str {
        let path = self.manifest_dir().join(self.seeds());
        for_ever(path.to_string_lossy().into_owned())
    }
}

/// The text, for as long as the process lives. There is one for each source file
/// with an assertion, however often it runs.
pub(super) fn for_ever(text: String) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text.as_str()) {
        return known;
    }
    let text: &'static str = Box::leak(text.into_boxed_str());
    texts.insert(text);
    text
}

#[cfg(test)]
mod tests {
    use super::{Site, for_ever};

    #[test]
    fn seeds_stay_in_their_folder_wherever_the_source_is() {
        let seeds = |file: &'static str| {
            let site = Site { manifest_dir: Some(env!("CARGO_MANIFEST_DIR")), file };
            site.seeds().to_string_lossy().into_owned()
        };
        assert_eq!(seeds("src/law/mod.rs"), "proptest-regressions/law/mod.txt");
        assert_eq!(seeds("tests/lib.rs"), "proptest-regressions/tests/lib.txt");
        assert_eq!(seeds("crates/this/tests/lib.rs"), "proptest-regressions/tests/lib.txt");
        assert_eq!(seeds("tests/gone.rs"), "proptest-regressions/tests/gone.txt");
        let absolute = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lib.rs");
        assert_eq!(seeds(absolute), "proptest-regressions/tests/lib.txt");
        // A module by a `#[path]`, and one outside of the package.
        assert_eq!(seeds("tests/../src/lib.rs"), "proptest-regressions/lib.txt");
        assert_eq!(seeds("../../shared.rs"), "proptest-regressions/shared.txt");
        assert_eq!(seeds("/bin/sh"), "proptest-regressions/sh.txt");
    }

    #[test]
    fn there_are_seeds_where_their_file_is() {
        let site = |file| Site { manifest_dir: Some(env!("CARGO_MANIFEST_DIR")), file };
        assert!(site("src/timelines.rs").has_seeds());
        assert!(!site("src/nothing_ever_failed_here.rs").has_seeds());
    }

    #[test]
    fn the_file_of_seeds_is_told_from_the_root_on() {
        let site = Site { manifest_dir: Some(env!("CARGO_MANIFEST_DIR")), file: "tests/lib.rs" };
        let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/tests/lib.txt");
        assert_eq!(site.seeds_for_ever(), expected);
    }

    #[test]
    fn a_text_is_kept_once_however_often_it_is_asked_for() {
        let (first, again) = (for_ever("a text".to_owned()), for_ever("a text".to_owned()));
        assert_eq!((first, again), ("a text", "a text"));
        assert!(std::ptr::eq(first, again));
    }
}
