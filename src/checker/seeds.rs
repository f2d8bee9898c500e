//! Where seeds of failing cases are kept: at the top of the caller's crate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where an assertion stands.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The folder of the caller's manifest.
    pub manifest_dir: &'static str,
    /// What `file!()` says there.
    pub file: &'static str,
}

/// The folder that proptest uses, too.
const FOLDER: &str = "proptest-regressions";

impl Site {
    /// The file for the seeds of the assertions in one source file, below the
    /// folder of the manifest.
    ///
    /// `file!()` is relative to the workspace, which may be any folder above the
    /// manifest, or it is absolute: what is left of it below the manifest counts.
    pub(super) fn seeds(self) -> PathBuf {
        let (manifest, file) = (Path::new(self.manifest_dir), Path::new(self.file));
        let below = file.strip_prefix(manifest).unwrap_or(file);
        let mut rest = below.components();
        let mut inside = below;
        while !manifest.join(inside).is_file() {
            if rest.next().is_none() {
                // The source is not there any more; its name still is.
                inside = below;
                break;
            }
            inside = rest.as_path();
        }
        // As proptest does it for modules of a library.
        let inside = inside.strip_prefix("src").unwrap_or(inside);
        Path::new(FOLDER).join(inside).with_extension("txt")
    }

    /// The same, from the root of the file system, as proptest wants it.
    pub(super) fn seeds_for_ever(self) -> &'static str {
        let path = Path::new(self.manifest_dir).join(self.seeds());
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
