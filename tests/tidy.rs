//! The house holds: who imports whom, and what the project says of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. A module may import from floors below its
/// own, and from its own folder.
const FLOORS: [&[&str]; 10] = [
    &["lexer", "name", "nearest", "random", "text", "time"],
    &["error"],
    &["law", "order", "pace", "trace"],
    &["picture", "run", "scenario"],
    &["inference", "oracle", "runtime", "stored"],
    &["exploration"],
    &["verdict"],
    &["artifact", "explore", "infer"],
    &["assertion", "checker", "clocks", "verify"],
    &["guide", "macros", "lib"],
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every source file, with the module at the top level that it belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    let source = root().join("src");
    let mut files = Vec::new();
    walk(&source, &mut files);
    files.sort();
    let module = |path: &Path| {
        let inside = path.strip_prefix(&source).expect("it is below src");
        let top = inside.components().next().expect("a first part").as_os_str();
        top.to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    files.into_iter().map(|path| (module(&path), path)).collect()
}

/// The code of a file without comments, text and its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file");
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
    let without_comments = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    without_comments.collect::<Vec<_>>().join("\n")
}

/// The modules at the top level that a piece of code names.
fn imports(code: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (index, _) in code.match_indices("crate::") {
        // `$crate::` in a macro is the caller's way in, not an import.
        if code[..index].ends_with('$') {
            continue;
        }
        let path = &code[index + "crate::".len()..];
        let end =
            path.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(path.len());
        modules.insert(path[..end].to_owned());
    }
    modules
}

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|floor| floor.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` is on no floor: name it in `FLOORS`"))
}

/// Imports that a floor does not allow, as `file: module`.
fn trespasses(files: &[(String, PathBuf)]) -> Vec<String> {
    let mut found = Vec::new();
    for (module, path) in files {
        let code = code(path);
        for import in imports(&code) {
            let same_folder = import == *module;
            if !same_folder && floor(&import) >= floor(module) {
                found.push(format!("{}: {import}", path.display()));
            }
        }
    }
    found
}

#[test]
fn a_module_imports_only_from_below() {
    let files: Vec<_> = sources().into_iter().filter(|(module, _)| module != "lib").collect();
    assert!(files.len() > 20, "the sources are found");
    assert_eq!(trespasses(&files), [""; 0]);
}

#[test]
fn an_import_from_above_would_be_noticed() {
    assert_eq!(
        imports("use crate::oracle::model;\nlet it = crate::runtime::probe::open();"),
        BTreeSet::from(["oracle".to_owned(), "runtime".to_owned()])
    );
    assert!(floor("oracle") >= floor("runtime"), "neighbours may not import each other");
    assert!(floor("scenario") < floor("verdict"));
}

#[test]
fn imports_are_written_so_that_grep_reads_them() {
    for (_, path) in sources() {
        let code = code(&path);
        // `super` hides from grep which floor it leads to, but in `pub(super)`.
        let code = code.replace("pub(super)", "");
        for forbidden in ["use crate::{", "super", "::*;"] {
            assert!(!code.contains(forbidden), "`{forbidden}` in {}", path.display());
        }
    }
}

/// The modules whose code names a crate, in whatever way.
fn naming(word: &str) -> BTreeSet<String> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '"';
    let names = |code: &str| {
        code.match_indices(word).any(|(index, _)| {
            let behind = &code[index + word.len()..];
            !code[..index].ends_with(is_part) && !behind.starts_with(is_part)
        })
    };
    // A message may name the attribute that a caller has used, an issue, and what is
    // tokio's.
    let said = |path: &Path| {
        let code = code(path).replace("`#[tokio::test", "").replace("(tokio #", "");
        let code = code.replace("tokio's", "");
        code.replace("makespan's `proptest` feature", "")
    };
    let files = sources().into_iter().filter(|(_, path)| names(&said(path)));
    files.map(|(_, path)| inside(&path)).collect()
}

/// A file's path below `src`.
fn inside(path: &Path) -> String {
    path.strip_prefix(root().join("src")).expect("it is below src").display().to_string()
}

#[test]
fn only_the_runtime_names_tokio() {
    let files = naming("tokio");
    assert!(!files.is_empty());
    assert!(files.iter().all(|file| file.starts_with("runtime/")), "{files:?}");
}

#[test]
fn only_the_strategies_and_the_checker_name_proptest() {
    let files = naming("proptest");
    let is_allowed =
        |file: &String| file.starts_with("scenario/strategy/") || file.starts_with("checker/");
    assert!(!files.is_empty());
    assert!(files.iter().all(is_allowed), "{files:?}");
}

#[test]
fn only_the_span_layer_names_tracing() {
    for word in ["tracing_core", "tracing_subscriber"] {
        assert_eq!(naming(word), BTreeSet::from(["runtime/span_layer.rs".to_owned()]), "{word}");
    }
    // The others may name the feature, which is in quotes.
    assert_eq!(naming("tracing"), BTreeSet::new());
}

#[test]
fn only_what_is_for_other_programs_names_serde() {
    let is_allowed = |file: &String| file.starts_with("stored/") || file == "picture/perfetto.rs";
    let files = naming("serde");
    assert!(files.len() > 1 && files.iter().all(is_allowed), "{files:?}");
    assert_eq!(naming("serde_json"), BTreeSet::from(["picture/perfetto.rs".to_owned()]));
}

#[test]
fn no_file_has_become_a_knot() {
    for (_, path) in sources() {
        let lines = code(&path).lines().count();
        assert!(lines <= 400, "{} has {lines} lines of code", path.display());
    }
}

#[test]
fn every_example_in_the_docs_runs() {
    for (_, path) in sources() {
        let text = fs::read_to_string(&path).expect("a source file");
        for fence in text.lines().filter_map(|line| line.trim_start().strip_prefix("/// ```")) {
            assert!(!fence.contains("ignore") && !fence.contains("no_run"), "{}", path.display());
        }
    }
}

/// The pages of the guide, each with its path.
fn guide() -> Vec<(String, String)> {
    let pages = ["src/guide", "src/guide/recipe"].into_iter().flat_map(|folder| {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        entries.map(move |entry| format!("{folder}/{}", entry_name(&entry.expect("an entry"))))
    });
    let mut pages: Vec<_> = pages.filter(|path| path.ends_with(".md")).collect();
    pages.sort();
    pages.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

fn entry_name(entry: &fs::DirEntry) -> String {
    entry.file_name().to_string_lossy().into_owned()
}

#[test]
fn every_program_of_the_guide_runs() {
    let included = read("src/guide/mod.rs");
    for (path, text) in guide() {
        let name = path.strip_prefix("src/guide/").expect("it is there");
        assert!(included.contains(&format!("include_str!(\"{name}\")")), "{path} is included");
        let fences: Vec<_> = text.lines().filter(|line| line.starts_with("```")).collect();
        // A plain fence is a test; any word behind one would make it less than that.
        assert!(fences.iter().all(|fence| *fence == "```"), "{path}: {fences:?}");
        assert_eq!(fences.len() % 2, 0, "{path}");
        assert!(!text.contains("\n    ```"), "{path}");
    }
}

#[test]
fn the_guide_has_a_recipe_for_all_that_it_names() {
    let recipes = [
        "Fan-out",
        "Accidental await in a loop",
        "Retry with backoff",
        "Timeout",
        "Hedging",
        "Bounded concurrency",
        "Pipeline",
        "Single flight",
        "Graceful shutdown",
        "Prefetch",
        "Interval",
        "Channel hand-over",
        "Mutex held across an await",
        "Cancellation",
    ];
    let pages = guide();
    let (start, pages): (Vec<_>, Vec<_>) =
        pages.into_iter().partition(|(path, _)| path.ends_with("start.md"));
    let start = &start[0].1;
    for recipe in recipes {
        let anchor = recipe.to_lowercase().replace(' ', "-");
        let row = start.lines().find(|line| line.contains(&format!("](#{anchor})")));
        let law = row.and_then(|row| row.split('`').nth(1)).unwrap_or_default();
        let page = pages.iter().find(|(_, text)| text.contains(&format!("\n# {recipe}\n")));
        let (_, page) = page.unwrap_or_else(|| panic!("no recipe has the heading `{recipe}`"));
        // The law that the table tells is one that the recipe asserts.
        assert!(!law.is_empty() && page.contains(&format!("=> {law});")), "{recipe}: {law}");
    }
}

#[test]
fn the_changelog_has_what_is_not_released_and_the_version_of_the_manifest() {
    let changelog = read("CHANGELOG.md");
    assert!(changelog.contains("\n## [Unreleased]\n"));
    let version = env!("CARGO_PKG_VERSION");
    // Until the first release there is no version to tell of.
    let released = changelog.lines().filter(|line| line.starts_with("## [")).nth(1);
    let told = released.map_or("0.1.0", |line| line[4..].split(']').next().unwrap_or_default());
    assert_eq!(told, version);
}

#[test]
fn the_readme_shows_the_failure_as_it_reads() {
    let one_by_one = async || {
        makespan::delay("auth").await;
        makespan::delay("profile").await;
        makespan::delay("orders").await;
    };
    let law = makespan::law!(auth + max(profile, orders));
    let verdict = makespan::Checker::new().without_seeds().verify(one_by_one, &law);
    let failure = verdict.expect_err("it is broken").to_string();
    let readme = read("README.md");
    // The code, the number of runs and where the seed is hang on the reader.
    for line in failure.lines().skip(1) {
        let line = line.split("(smallest of").next().unwrap_or_default();
        assert!(readme.contains(line), "{line}");
    }
    assert!(readme.contains("```text\ntiming law broken: dashboard()\n  law       auth"));
}

#[test]
fn the_programs_of_the_readme_are_tests() {
    let (readme, tests) = (read("README.md"), read("tests/readme.rs"));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let programs: Vec<_> = readme.split("```rust\n").skip(1).collect();
    assert_eq!(programs.len(), 4);
    for program in programs {
        let program = words(program.split("```").next().unwrap_or_default());
        assert!(words(&tests).contains(&program), "{program}");
    }
}

#[test]
fn the_readme_shows_what_the_example_prints() {
    let readme = read("README.md");
    let program = makespan::scenario!(spawn(coro1: 2s, coro2: 1s));
    let trace = program.run().expect("it runs");
    let printed = format!("{trace}\n\n{}\n\n2s = {}\n", trace.timeline(), program.law());
    assert!(readme.contains(&printed), "{printed}");
    for line in ["3s = coro1 + coro2", "2s = max(coro1, coro2)"] {
        assert!(readme.contains(line), "`{line}`");
    }
    for command in ["cargo run --example two_coroutines", "cargo test"] {
        assert!(readme.contains(&format!("```sh\n{command}\n```")), "`{command}`");
    }
}
