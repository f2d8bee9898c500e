//! The project's own check: `.ci/run`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// What `.ci/run` says for a verb where cargo has no such subcommand, and whether it passes.
fn run_without(subcommand: &str, verb: &str, ci: Option<&str>) -> (bool, String) {
    let folder = format!("own-check-{subcommand}-{}-{}", ci.is_some(), std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let cargo = folder.join("cargo");
    let lacks = format!("#!/bin/sh\n[ \"$1\" != {subcommand} ] || exit 101\n");
    fs::write(&cargo, lacks).expect("a file");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let path = std::env::var("PATH").expect("a path");
    let mut command = Command::new("bash");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).arg(verb);
    command.env("PATH", format!("{}:{path}", folder.display())).env_remove("CI");
    let output = command.envs(ci.map(|ci| ("CI", ci))).output().expect("it starts");
    fs::remove_dir_all(folder).expect("it is ours");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_missing_formatter_or_linter_fails_in_ci_and_only_there() {
    for (subcommand, verb, component) in [("fmt", "fmt", "rustfmt"), ("clippy", "lint", "clippy")] {
        let (passes, said) = run_without(subcommand, verb, None);
        let skipped = format!("\n== {verb}\nskipped: no {component} here\n");
        assert!(passes && said.starts_with(&skipped), "{said}");
        let (passes, said) = run_without(subcommand, verb, Some("true"));
        let missing = format!(
            "\n== {verb}\nno {component} here, and with CI=true none may be missing: \
             rustup component add {component}\n"
        );
        assert!(!passes, "{said}");
        assert_eq!(said, missing);
    }
}
