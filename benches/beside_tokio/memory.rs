//! What a run of a million tasks takes of memory: each in a process of its own, which
//! tells the most that it ever had. Both hold the durations and the scenario.

use std::fmt;
use std::process::Command;

use crate::bars::Measured;
use crate::case::Case;

/// Says to a process of this program which contender it measures.
const ASKED: &str = "MAKESPAN_BENCH_MEMORY";

/// Where a process reads the most memory that it had, on Linux.
const STATUS: &str = "/proc/self/status";

pub(crate) struct Memory {
    /// In kilobytes: of raw tokio, and of a verified run.
    raw: f64,
    verified: f64,
    ratio: Measured,
}

pub(crate) fn is_asked() -> bool {
    std::env::var_os(ASKED).is_some()
}

/// Does the work that is asked for, and prints the most memory that it took.
pub(crate) fn answer() {
    let case = Case::largest();
    match std::env::var(ASKED).as_deref() {
        Ok("raw") => drop(case.raw_tokio()),
        Ok("verify") => drop(case.each(|scenario| scenario.verify().expect("no broken rule"))),
        _ => {}
    }
    let status = std::fs::read_to_string(STATUS).expect("it is Linux");
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    println!("{}", most.trim().trim_end_matches(" kB"));
}

/// Nothing where a process cannot read its own peak.
pub(crate) fn measure() -> Option<Memory> {
    std::fs::metadata(STATUS).ok()?;
    let peak = |contender: &str| {
        let program = std::env::current_exe().expect("it runs");
        let output = Command::new(program).env(ASKED, contender).output().expect("it starts");
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse::<f64>().expect("a number of kilobytes")
    };
    let (raw, verified) = (peak("raw"), peak("verify"));
    Some(Memory { raw, verified, ratio: Measured::new(vec![verified / raw], Some(1.3)) })
}

impl Memory {
    pub(crate) fn is_missed(&self) -> bool {
        self.ratio.is_missed()
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "memory of a million tasks at most: raw tokio {:.0} MB, verified {:.0} MB, ratio {}",
            self.raw / 1e3,
            self.verified / 1e3,
            self.ratio,
        )
    }
}
