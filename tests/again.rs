//! A test of this binary once more, in a process of its own: what it says on standard
//! error, and what it makes of the environment, is nobody else's.

use std::ffi::OsStr;
use std::process::Command;

/// Runs a test where it finds these variables set; returns whether it passed and what it
/// said.
pub(crate) fn again<'a>(
    test: &str,
    variables: impl IntoIterator<Item = (&'a str, &'a OsStr)>,
) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args(["--exact", test, "--nocapture"]);
    command.env("NO_COLOR", "1").env_remove("MAKESPAN_ARTIFACTS").envs(variables);
    let output = command.output().expect("it starts");
    let told = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    let told = told.concat();
    assert!(told.contains("running 1 test"), "there is no {test}: {told}");
    (output.status.success(), told)
}
