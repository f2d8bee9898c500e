//! What a line says of a case, and that it says all of it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::strategy::Just;
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};

use crate::checker::case::{Case, Rest};
use crate::checker::pin::{Again, pin};
use crate::checker::range::Ranges;
use crate::name::{Name, StepName};

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The line of a case in a check without ranges.
fn line(latencies: &[(&str, Option<usize>, u64)]) -> Option<String> {
    let latencies: Vec<_> = latencies
        .iter()
        .map(|(name, index, millis)| (StepName::new(*name, *index), ms(*millis)))
        .collect();
    pin(&latencies, &|_| Duration::ZERO, Again::Never)
}

/// The same for steps of one name.
fn jobs(millis: &[u64]) -> String {
    let jobs = millis.iter().enumerate().map(|(index, millis)| ("job", Some(index), *millis));
    line(&jobs.collect::<Vec<_>>()).expect("it has latencies")
}

/// What is said of so many latencies that no two are alike.
fn too_many(again: Again) -> String {
    let entry = |(index, millis)| (StepName::new("job", Some(index)), ms(millis));
    let latencies: Vec<_> = (0..99).zip(1..).map(entry).collect();
    pin(&latencies, &|_| Duration::ZERO, again).expect("it has latencies")
}

#[test]
fn a_case_without_latencies_has_no_line() {
    assert_eq!(line(&[]), None);
}

#[test]
fn up_to_eight_latencies_are_all_written() {
    assert_eq!(
        line(&[("a", None, 0), ("say \"b\"", Some(1), 20)]).as_deref(),
        Some(
            "  to pin it: Checker::new().case([(\"a\", Duration::from_millis(0)), \
             (\"say \\\"b\\\"[1]\", Duration::from_millis(20))])"
        )
    );
    assert_eq!(jobs(&[1; 8]).matches("Duration::from_millis(1)").count(), 8);
}

#[test]
fn of_more_latencies_those_that_take_no_time_are_left_out() {
    assert_eq!(
        jobs(&[0, 0, 0, 7, 0, 0, 0, 0, 5]),
        "  to pin it: Checker::new().case([(\"job[3]\", Duration::from_millis(7)), \
         (\"job[8]\", Duration::from_millis(5))])"
    );
    // One of them has to stay: the type of an empty list is not known.
    assert_eq!(
        jobs(&[0; 9]),
        "  to pin it: Checker::new().case([(\"job[0]\", Duration::from_millis(0))])"
    );
}

#[test]
fn a_latency_that_most_steps_of_a_name_have_is_that_of_the_name() {
    assert_eq!(
        jobs(&[30; 60]),
        "  to pin it: Checker::new().case([(\"job\", Duration::from_millis(30))])"
    );
    // What has another latency is written behind it, and so is what takes no time.
    assert_eq!(
        jobs(&[30, 30, 30, 0, 30, 30, 7, 30, 30]),
        "  to pin it: Checker::new().case([(\"job\", Duration::from_millis(30)), \
         (\"job[3]\", Duration::from_millis(0)), (\"job[6]\", Duration::from_millis(7))])"
    );
}

#[test]
fn what_a_range_gives_where_nothing_is_said_is_written() {
    let latencies: Vec<_> = (0..9).map(|it| (StepName::new("job", Some(it)), ms(0))).collect();
    let at_least_5 = |_: &StepName| ms(5);
    assert_eq!(
        pin(&latencies, &at_least_5, Again::Never).as_deref(),
        Some("  to pin it: Checker::new().case([(\"job\", Duration::from_millis(0))])")
    );
}

#[test]
fn a_line_that_would_be_too_long_says_how_the_case_comes_back() {
    let many = "  to pin it: 99 latencies are too many to paste";
    for (again, behind) in [
        (Again::Pinned, "; it is pinned already"),
        (Again::Seed, "; its seed is kept, and the next check begins with it"),
        (Again::Always, "; every check tries it, and finds it again"),
        (Again::Never, ", and no seed is kept here; with fewer steps it can be pinned"),
    ] {
        assert_eq!(too_many(again), format!("{many}{behind}"));
    }
    // Eight names that are as long as that are as bad.
    let name = "a".repeat(100);
    let entry = |(index, millis)| (StepName::new(&*name, Some(index)), ms(millis));
    let latencies: Vec<_> = (0..8).zip(1..).map(entry).collect();
    let line = pin(&latencies, &|_| Duration::ZERO, Again::Pinned).expect("it has latencies");
    assert_eq!(line, "  to pin it: 8 latencies are too many to paste; it is pinned already");
}

#[test]
fn whole_seconds_are_written_as_seconds_from_ten_on() {
    let written = |millis| {
        let line = line(&[("a", None, millis)]).expect("it has a latency");
        let (_, behind) = line.split_once("\"a\", Duration::").expect("its latency");
        behind.strip_suffix(")])").expect("the end of the call").to_owned()
    };
    let cases = [
        (9_000, "from_millis(9000)"),
        (10_000, "from_secs(10)"),
        (10_001, "from_millis(10001)"),
        (14_400_000, "from_secs(14400)"),
    ];
    for (millis, expected) in cases {
        assert_eq!(written(millis), expected);
    }
}

#[test]
fn a_name_that_ends_like_an_index_is_no_index() {
    assert_eq!(
        line(&[("page[1]", None, 1), ("b", Some(1), 2)]).as_deref(),
        Some(
            "  to pin it: Checker::new().case([(StepName::new(\"page[1]\", None), \
             Duration::from_millis(1)), (StepName::new(\"b\", Some(1)), \
             Duration::from_millis(2))])"
        )
    );
}

/// The entries of a line, read as the compiler reads them; nothing if it has no call.
fn read(line: &str) -> Option<Vec<(StepName, Duration)>> {
    let call = line.strip_prefix("  to pin it: Checker::new().case([")?;
    let entries = call.strip_suffix("])").expect("the end of the call").split("), (");
    let each = entries.map(|entry| {
        let (step, latency) = entry.rsplit_once(", Duration::from_").expect("a latency");
        let step = match step.trim_start_matches('(').strip_prefix("StepName::new(") {
            None => StepName::from(step.trim_matches(['(', '"'])),
            Some(both) => {
                let (name, index) = both.trim_end_matches(')').rsplit_once(", ").expect("both");
                let index = index.strip_prefix("Some(").map(|it| it.parse().expect("an index"));
                StepName::new(name.trim_matches('"'), index)
            }
        };
        let (unit, count) = latency.trim_end_matches(')').split_once('(').expect("a count");
        let count = count.parse().expect("a number");
        (step, if unit == "secs" { Duration::from_secs(count) } else { ms(count) })
    });
    Some(each.collect())
}

proptest! {
    /// What a line says gives every step that its case asked for the latency that it had,
    /// with the ranges of the check and, as it is written, without.
    #[test]
    fn a_line_gives_every_step_the_latency_of_its_case(
        chosen in vec(
            (0..4_usize, prop_oneof![4 => 0..3_u64, 1 => Just(14_400_000), 1 => 0..100_000_u64]),
            0..40,
        ),
        least in vec(0..3_u64, 4),
    ) {
        const NAMES: [&str; 4] = ["a", "GET /b", "c[1]", "max"];
        let mut ranges = Ranges::default();
        for (name, least) in NAMES.iter().zip(&least) {
            ranges.set(StepName::new(*name, None), &(ms(*least)..));
        }
        let mut counts = [0; 4];
        let chosen: BTreeMap<_, _> = chosen
            .iter()
            .map(|(name, ticks)| {
                counts[*name] += 1;
                (StepName::new(NAMES[*name], Some(counts[*name] - 1)), *ticks)
            })
            .collect();
        let ranges = Rc::new(ranges);
        let case = Case::new(chosen.clone(), Rest::Fixed(0), &ranges);
        for step in chosen.keys() {
            case.ticks(step.name(), step.index().unwrap_or(0));
        }
        let line = pin(&case.told(), &|step| case.left_out(step), Again::Seed);
        prop_assert_eq!(line.is_none(), chosen.is_empty());
        if let Some(entries) = line.as_deref().and_then(read) {
            prop_assert!(!entries.is_empty());
            let pinned: BTreeMap<_, _> = entries
                .into_iter()
                .map(|(step, latency)| (step, u64::try_from(latency.as_millis()).unwrap_or(0)))
                .collect();
            for ranges in [ranges, Rc::default()] {
                let again = Case::new(pinned.clone(), Rest::Fixed(0), &ranges);
                for (step, ticks) in &chosen {
                    let name: &Name = step.name();
                    prop_assert_eq!(again.ticks(name, step.index().unwrap_or(0)), *ticks);
                }
            }
        }
    }
}
