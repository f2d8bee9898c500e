//! Whether a law that holds would be broken by a simple change of the code.

use std::time::Duration;

use makespan::{
    Checker, Failure, Law, Mutants, Mutation, Runner, Timed, assert_law, assert_mutants_caught,
    delay, law, scenario,
};
use tokio::time::{sleep, timeout};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn dashboard() {
    delay("auth").await;
    tokio::join!(delay("profile"), delay("orders"));
}

async fn crawl(pages: usize) {
    let pages: Vec<_> = (0..pages).map(|_| tokio::spawn(delay("page"))).collect();
    for page in pages {
        page.await.expect("it does not panic");
    }
}

fn checker() -> Checker {
    Checker::new().without_seeds()
}

#[track_caller]
fn mutants<F: AsyncFn() -> T, T>(checker: &Checker, code: F, law: &Law) -> Mutants {
    checker.mutants(code, law).unwrap_or_else(|failure| panic!("{failure}"))
}

/// All mutants of a law, without a run that could tell any of them.
#[track_caller]
fn all(law: &Law) -> Vec<String> {
    let mutants = mutants(&checker().cases(0).budget(0), async || {}, law);
    let told = mutants.iter().map(|it| format!("{}: {it}", it.mutation()));
    told.collect()
}

#[test]
fn every_form_has_its_mutants() {
    assert_eq!(all(&law!(a)), ["drop an await: nothing waits for a: 0ms"]);
    assert_eq!(
        all(&law!(a + b + 10ms)),
        [
            "drop an await: nothing waits for a: b + 10ms",
            "parallelise: a and b run side by side: 10ms + max(a, b)",
            "parallelise: a runs beside the rest: max(b + 10ms, a)",
            "drop an await: nothing waits for b: a + 10ms",
            "parallelise: b runs beside the rest: max(a + 10ms, b)",
            "drop an await: nothing waits for 10ms: a + b",
        ]
    );
    assert_eq!(
        all(&law!(max(a, b, c))),
        [
            "serialise: a, b and c run one after the other: a + b + c",
            "swap the winner: the first of a, b and c ends the wait: min(a, b, c)",
            "drop an await: nothing waits for a: max(b, c)",
            "serialise: a does not run beside the rest: max(b, c) + a",
            "drop an await: nothing waits for b: max(a, c)",
            "serialise: b does not run beside the rest: max(a, c) + b",
            "drop an await: nothing waits for c: max(a, b)",
            "serialise: c does not run beside the rest: max(a, b) + c",
        ]
    );
    assert_eq!(
        all(&law!(min(a, 50ms + b))),
        [
            "swap the winner: the last of a and `50ms + b` ends the wait: max(a, 50ms + b)",
            "serialise: a and `50ms + b` run one after the other: a + 50ms + b",
            "swap the winner: the end of a does not end the wait: 50ms + b",
            "swap the winner: the end of `50ms + b` does not end the wait: a",
            "drop an await: nothing waits for 50ms: min(a, b)",
            "drop an await: nothing waits for b: min(a, 50ms)",
            "drop an await: nothing waits for `min(a, 50ms + b)`: 0ms",
        ]
    );
    assert_eq!(
        all(&law!(limit(3, a, b, c, d, e))),
        [
            "parallelise: a, b, c, d and e run all at once: max(a, b, c, d, e)",
            "serialise: a, b, c, d and e run one after the other: a + b + c + d + e",
            "change the permits: at most 2 of a, b, c, d and e run at once: limit(2, a, b, c, d, e)",
            "change the permits: at most 4 of a, b, c, d and e run at once: limit(4, a, b, c, d, e)",
            "drop an await: nothing waits for a: limit(3, b, c, d, e)",
            "drop an await: nothing waits for b: limit(3, a, c, d, e)",
            "drop an await: nothing waits for c: limit(3, a, b, d, e)",
            "drop an await: nothing waits for d: limit(3, a, b, c, e)",
            "drop an await: nothing waits for e: limit(3, a, b, c, d)",
            "drop an await: nothing waits for `limit(3, a, b, c, d, e)`: 0ms",
        ]
    );
    assert_eq!(
        all(&law!(3 * (a + 5ms))),
        [
            "parallelise: `a + 5ms` counts once, not 3 times: a + 5ms",
            "drop an await: nothing waits for one of 3 times `a + 5ms`: 2 * (a + 5ms)",
            "drop an await: nothing waits for a: 3 * 5ms",
            "drop an await: nothing waits for 5ms: 3 * a",
            "drop an await: nothing waits for `3 * (a + 5ms)`: 0ms",
        ]
    );
}

#[test]
fn what_speaks_of_every_step_of_a_name_has_mutants_that_do() {
    assert_eq!(
        all(&law!(sum(job))),
        [
            "parallelise: every job runs at once: max(job)",
            "drop an await: nothing waits for `sum(job)`: 0ms",
        ]
    );
    assert_eq!(
        all(&law!(max(job))),
        [
            "serialise: every job runs after the one before it: sum(job)",
            "swap the winner: the first job ends the wait: min(job)",
            "drop an await: nothing waits for `max(job)`: 0ms",
        ]
    );
    assert_eq!(
        all(&law!(min(job))),
        [
            "swap the winner: the last job ends the wait: max(job)",
            "serialise: every job runs after the one before it: sum(job)",
            "drop an await: nothing waits for `min(job)`: 0ms",
        ]
    );
    assert_eq!(
        all(&law!(limit(2, job))),
        [
            "serialise: every job runs after the one before it: sum(job)",
            "parallelise: every job runs at once: max(job)",
            "change the permits: at most 3 of job run at once: limit(3, job)",
            "drop an await: nothing waits for `limit(2, job)`: 0ms",
        ]
    );
    assert_eq!(
        all(&law!(limit(9, job)))[2..4],
        [
            "change the permits: at most 10 of job run at once: limit(10, job)",
            "change the permits: at most 8 of job run at once: limit(8, job)",
        ]
    );
}

#[test]
fn what_comes_to_the_same_is_no_mutant() {
    assert_eq!(all(&law!(0ms)), [""; 0]);
    // `max(a, a + b)` is `a + b`, so nothing is lost without the first of them, and
    // equal laws are one mutant.
    let told = all(&law!(max(a, a + b)));
    assert!(!told.iter().any(|it| it.ends_with(": a + b")), "{told:?}");
    // Normal forms tell these apart, and no latencies do.
    let law = law!(min(a + b, max(a, b) + min(a, b)));
    let same = law!(max(a, b) + min(a, b));
    assert!(law != same && law.equivalent(&same));
    let mutants = mutants(&checker().cases(0).budget(0), async || {}, &law);
    assert_eq!(mutants.iter().len(), 9);
    assert!(mutants.iter().all(|it| *it.law() != same), "{mutants}");
}

#[test]
fn a_mutant_speaks_of_no_more_than_is_written_in_it() {
    let law = law!(max(a[1], b) + a[1]);
    let mutants = mutants(&checker().cases(0).budget(0), async || {}, &law);
    for mutant in mutants.iter() {
        let read: Law = mutant.law().to_string().parse().expect("it reads back");
        assert_eq!(&read, mutant.law());
        assert!(read.atoms().eq(mutant.law().atoms()), "{mutant}");
    }
}

#[test]
fn with_any_latencies_every_mutant_of_usual_laws_is_caught() {
    assert_mutants_caught!(delay("a") => a);
    assert_mutants_caught!(dashboard() => auth + max(profile, orders));
    assert_mutants_caught!(crawl(3) => max(page));
    let limited = async |limit| timeout(ms(limit), delay("call")).await.is_ok();
    assert_mutants_caught!(limited(500) => min(call, 500ms));
    let again = async || {
        for pause in [100, 200] {
            delay("attempt").await;
            sleep(ms(pause)).await;
        }
        delay("attempt").await;
    };
    assert_mutants_caught!(again() => sum(attempt) + 300ms);
    assert_mutants_caught!(again() => attempt[0] + 100ms + attempt[1] + 200ms + attempt[2]);
}

#[test]
fn mutants_that_are_missed_are_told_with_their_laws_and_reasons() {
    let mutants = mutants(&checker(), || crawl(1), &law!(max(page)));
    assert_eq!(
        mutants.to_string(),
        "max(page): 1 of 3 mutants caught\n  \
           missed  every page runs after the one before it: sum(page)\n          \
                   page never runs more than once\n  \
           missed  the first page ends the wait: min(page)\n          \
                   page never runs more than once"
    );
    assert_eq!(mutants.law(), &law!(max(page)));
    assert_eq!(
        (mutants.iter().len(), mutants.missed().count(), mutants.caught().count()),
        (3, 2, 1)
    );
    assert!(mutants.runs() > 32 && !mutants.is_blind());
    let missed = mutants.missed().next().expect("there are two");
    assert_eq!(missed.mutation(), Mutation::Serialise);
    assert_eq!(missed.change(), "every page runs after the one before it");
    assert_eq!(missed.law(), &law!(sum(page)));
    assert_eq!(missed.reason(), Some("page never runs more than once"));
    assert_eq!((missed.is_caught(), missed.witness()), (false, None));
    let caught = mutants.caught().next().expect("there is one");
    assert_eq!((caught.is_caught(), caught.reason()), (true, None));
    assert!(caught.witness().is_some_and(|it| it.len() == 1 && !it[0].1.is_zero()));
}

/// Why the mutant with this law is missed.
#[track_caller]
fn reason<F: AsyncFn() -> T, T>(checker: &Checker, code: F, law: &Law, missed: &Law) -> String {
    let mutants = mutants(checker, code, law);
    let mutant = mutants.iter().find(|it| it.law() == missed).expect("a mutant has this law");
    mutant.reason().unwrap_or("it is caught").to_owned()
}

async fn two() {
    tokio::join!(delay("a"), delay("b"));
}

async fn three() {
    tokio::join!(delay("a"), delay("b"), delay("c"));
}

async fn in_a_row() {
    delay("a").await;
    delay("b").await;
    delay("c").await;
}

async fn first() {
    tokio::select! { () = delay("a") => {}, () = delay("b") => {} }
}

async fn limited(permits: usize, names: &[&'static str]) {
    let permits = std::sync::Arc::new(tokio::sync::Semaphore::new(permits));
    let with_permit = |name: &'static str| {
        let permits = std::sync::Arc::clone(&permits);
        tokio::spawn(async move {
            let _permit = permits.acquire().await.expect("nobody closes it");
            delay(name).await;
        })
    };
    for job in names.iter().copied().map(with_permit).collect::<Vec<_>>() {
        job.await.expect("it does not panic");
    }
}

/// A checker whose steps of these names take so long, and no other time.
fn fixed(latencies: &[(&'static str, u64)]) -> Checker {
    latencies.iter().fold(checker().cases(8), |checker, (name, millis)| {
        checker.latency(*name, ms(*millis)..=ms(*millis))
    })
}

#[test]
fn a_step_that_never_takes_time_is_the_reason() {
    let zero = fixed(&[("a", 0)]);
    let law = law!(max(a, b));
    assert_eq!(reason(&zero, two, &law, &law!(a + b)), "a never takes time");
    let zeros = fixed(&[("a", 0), ("b", 0)]);
    assert_eq!(reason(&zeros, two, &law, &law!(a + b)), "a and b never take time");
    // Of three all but one.
    let law = law!(max(a, b, c));
    assert_eq!(reason(&zero, three, &law, &law!(a + max(b, c))), "a never takes time");
    assert_eq!(reason(&zeros, three, &law, &law!(a + b + c)), "a and b never take time");
    let law = law!(a + b + c);
    assert_eq!(reason(&zero, in_a_row, &law, &law!(b + c)), "a never takes time");
    assert_eq!(reason(&zero, in_a_row, &law, &law!(max(a, b) + c)), "a never takes time");
    assert_eq!(reason(&zero, in_a_row, &law, &law!(max(a, b + c))), "a never takes time");
}

#[test]
fn an_operand_that_never_decides_is_the_reason() {
    let short = fixed(&[("a", 5), ("b", 9)]);
    let law = law!(max(a, b));
    assert_eq!(reason(&short, two, &law, &law!(b)), "a is never longer than b");
    assert_eq!(reason(&short, two, &law, &law!(a)), "it is caught");
    let law = law!(min(a, b));
    assert_eq!(reason(&short, first, &law, &law!(a)), "b is never shorter than a");
    assert_eq!(reason(&short, first, &law, &law!(b)), "it is caught");
    let limit = async || timeout(ms(500), delay("a")).await.is_ok();
    let law = law!(min(a, 500ms));
    let short = fixed(&[("a", 5)]);
    assert_eq!(reason(&short, limit, &law, &law!(a)), "500ms is never shorter than a");
    let five = async || tokio::join!(three(), delay("d"), delay("e"));
    let law = law!(max(a, b, c, d, e));
    let long = fixed(&[("a", 5), ("b", 9)]);
    assert_eq!(
        reason(&long, five, &law, &law!(max(b, c, d, e))),
        "a is never longer than the rest"
    );
    let same = fixed(&[("a", 5), ("b", 5)]);
    assert_eq!(
        reason(&same, two, &law!(max(a, b)), &law!(min(a, b))),
        "a and b always take equally long"
    );
    assert_eq!(
        reason(&same, first, &law!(min(a, b)), &law!(max(a, b))),
        "a and b always take equally long"
    );
    let none = fixed(&[("a", 0), ("b", 0)]);
    assert_eq!(reason(&none, first, &law!(min(a, b)), &law!(a + b)), "a and b never take time");
}

#[test]
fn steps_that_never_take_time_together_are_the_reason() {
    let pinned = |latencies: &[[(&'static str, u64); 2]]| {
        latencies.iter().fold(checker().cases(0).budget(0), |checker, case| {
            checker.case(case.map(|(name, millis)| (name, ms(millis))))
        })
    };
    let apart = pinned(&[[("a", 5), ("b", 0)], [("a", 0), ("b", 5)]]);
    let law = law!(max(a, b));
    let because = "never more than one of a and b takes time";
    assert_eq!(reason(&apart, two, &law, &law!(a + b)), because);
    let law = law!(a + b + c);
    assert_eq!(reason(&apart, in_a_row, &law, &law!(max(a, b) + c)), because);
    let because = "a and the rest never both take time";
    assert_eq!(reason(&apart, in_a_row, &law, &law!(max(a, b + c))), because);
    let because = "never more than one of a, b and c takes time";
    assert_eq!(reason(&apart, in_a_row, &law, &law!(max(a, b, c))), because);
    let law = law!(max(a, b, c));
    assert_eq!(reason(&apart, three, &law, &law!(a + b + c)), because);
    let because = "a and the rest never both take time";
    assert_eq!(reason(&apart, three, &law, &law!(a + max(b, c))), because);
}

#[test]
fn a_part_that_never_decides_is_the_reason() {
    let law = law!(max(load, min(a, b)));
    let beside = async || tokio::join!(delay("load"), first());
    let long = fixed(&[("load", 90), ("a", 5), ("b", 9)]);
    assert_eq!(reason(&long, beside, &law, &law!(max(load, a, b))), "`min(a, b)` never decides");
}

#[test]
fn too_few_steps_of_a_name_are_the_reason() {
    let law = law!(max(page));
    let once = "page never runs more than once";
    assert_eq!(reason(&checker(), || crawl(1), &law, &law!(sum(page))), once);
    assert_eq!(reason(&checker(), || crawl(2), &law, &law!(sum(page))), "it is caught");
    let jobs = async || limited(3, &["job"; 3]).await;
    let law = law!(limit(3, job));
    let thrice = "job never runs more than 3 times";
    assert_eq!(reason(&checker(), jobs, &law, &law!(max(job))), thrice);
    assert_eq!(reason(&checker(), jobs, &law, &law!(limit(4, job))), thrice);
    assert_eq!(reason(&checker(), jobs, &law, &law!(limit(2, job))), "it is caught");
    let jobs = async || limited(3, &["job"; 2]).await;
    assert_eq!(
        reason(&checker(), jobs, &law, &law!(limit(2, job))),
        "job never runs more than 2 times"
    );
    let jobs = async || limited(3, &["job"; 4]).await;
    assert_eq!(reason(&checker(), jobs, &law, &law!(limit(4, job))), "it is caught");
}

#[test]
fn steps_of_a_name_that_tell_nothing_are_the_reason() {
    let zero = fixed(&[("page", 0)]);
    assert_eq!(
        reason(&zero, || crawl(2), &law!(max(page)), &law!(sum(page))),
        "never more than one page takes time"
    );
    assert_eq!(
        reason(&zero, || crawl(2), &law!(max(page)), &law!(0ms)),
        "`max(page)` never takes time"
    );
    let same = fixed(&[("page", 7)]);
    assert_eq!(
        reason(&same, || crawl(2), &law!(max(page)), &law!(min(page))),
        "every page always takes equally long"
    );
    let jobs = async || limited(3, &["job"; 5]).await;
    let same = fixed(&[("job", 7)]);
    assert_eq!(
        reason(&same, jobs, &law!(limit(3, job)), &law!(limit(4, job))),
        "job always takes as long 4 at a time"
    );
    let short = fixed(&[("job[0]", 9), ("job[1]", 1), ("job[2]", 1)]);
    let jobs = async || limited(2, &["job"; 3]).await;
    assert_eq!(
        reason(&short, jobs, &law!(limit(2, job)), &law!(max(job))),
        "the limit of 2 never makes job longer"
    );
    let first = async || {
        let (one, two) = (tokio::spawn(delay("page")), tokio::spawn(delay("page")));
        tokio::select! { _ = one => {}, _ = two => {} }
    };
    let law = law!(min(page));
    assert_eq!(reason(&zero, first, &law, &law!(sum(page))), "page never takes time");
    assert_eq!(reason(&checker(), first, &law, &law!(sum(page))), "it is caught");
}

#[test]
fn a_limit_that_never_counts_is_the_reason() {
    let law = law!(limit(2, a, b, c));
    let jobs = async || limited(2, &["a", "b", "c"]).await;
    let long = fixed(&[("a", 9), ("b", 1), ("c", 1)]);
    assert_eq!(
        reason(&long, jobs, &law, &law!(max(a, b, c))),
        "the limit of 2 never makes a, b and c longer"
    );
    assert_eq!(reason(&long, jobs, &law, &law!(max(a, b))), "c never makes the rest longer");
    let law = law!(limit(2, a, b, c, d));
    let jobs = async || limited(2, &["a", "b", "c", "d"]).await;
    let long = fixed(&[("a", 9), ("b", 1), ("c", 1), ("d", 1)]);
    assert_eq!(
        reason(&long, jobs, &law, &law!(limit(3, a, b, c, d))),
        "a, b, c and d always take as long 3 at a time"
    );
    let alone = fixed(&[("a", 9), ("b", 0), ("c", 0), ("d", 0)]);
    assert_eq!(reason(&alone, jobs, &law, &law!(a + b + c + d)), "b, c and d never take time");
}

#[test]
fn a_term_that_counts_several_times_and_never_takes_time_is_the_reason() {
    let law = law!(3 * max(page));
    let pages = async || {
        for _ in 0..3 {
            sleep(ms(0)).await;
            delay("page").await;
        }
    };
    let zero = fixed(&[("page", 0)]);
    for missed in [law!(max(page)), law!(2 * max(page))] {
        assert_eq!(reason(&zero, pages, &law, &missed), "`max(page)` never takes time");
    }
}

#[test]
fn a_step_that_is_cut_leaves_a_mutant_undecided_which_is_told_and_does_not_pass() {
    let code = async || {
        let real = async { delay("inner").await }.timed("real");
        let _ = timeout(ms(5), real).await;
    };
    let law = law!(min(real, 5ms));
    let long = checker().latency("inner", ms(6)..);
    let because = "`real` hangs on `real`, which was cut after 5ms: it would have lasted longer, \
                   nobody knows how long";
    assert_eq!(reason(&long, code, &law, &law!(real)), because);
    let failure = mutants(&long, code, &law).verify().expect_err("nothing could decide it");
    assert!(failure.to_string().contains(because), "{failure}");
}

#[test]
fn a_law_that_comes_to_nothing_is_blind() {
    let zero = fixed(&[("a", 0), ("b", 0)]);
    let blind = mutants(&zero, two, &law!(max(a, b)));
    assert!(blind.is_blind());
    assert_eq!(
        blind.to_string(),
        "max(a, b): 0 of 4 mutants caught\n  \
           missed  a and b run one after the other: a + b\n          \
                   a and b never take time\n  \
           missed  the first of a and b ends the wait: min(a, b)\n          \
                   a and b always take equally long\n  \
           missed  nothing waits for a: b\n          \
                   a is never longer than b\n  \
           missed  nothing waits for b: a\n          \
                   b is never longer than a"
    );
    assert!(!mutants(&fixed(&[("a", 0)]), two, &law!(max(a, b))).is_blind());
    assert!(mutants(&checker(), async || {}, &law!(0ms)).is_blind(), "there are none");
}

#[test]
fn without_a_run_nothing_is_caught() {
    let none = mutants(&checker().cases(0).budget(0), two, &law!(max(a, b)));
    assert_eq!((none.runs(), none.is_blind()), (0, true));
    assert!(none.iter().all(|it| it.reason() == Some("nothing was run")));
}

#[test]
fn pinned_cases_count() {
    let pinned = checker().cases(0).budget(0).case([("a", ms(5)), ("b", ms(9))]);
    let mutants = mutants(&pinned, two, &law!(max(a, b)));
    assert_eq!((mutants.runs(), mutants.caught().count()), (1, 3));
    let witness = mutants.caught().next().and_then(|it| it.witness().map(<[_]>::to_vec));
    assert_eq!(witness, Some(vec![("a".into(), ms(5)), ("b".into(), ms(9))]));
}

#[test]
fn a_law_that_does_not_hold_has_no_mutants_but_its_failure() {
    let failure = |code: fn() -> Failure| code().to_string();
    let told = failure(|| {
        let law = law!(max(a, b));
        checker()
            .cases(0)
            .budget(0)
            .case([("a", ms(1)), ("b", ms(2)), ("c", ms(0))])
            .mutants(in_a_row, &law)
            .expect_err("they run one after the other")
    });
    assert!(told.starts_with("timing law broken\n  law       max(a, b)\n"), "{told}");
    let unknown = checker().mutants(two, &law!(max(a, other))).expect_err("it never ran");
    assert!(unknown.error().is_some_and(makespan::Error::is_unknown_name));
}

#[test]
fn many_that_are_missed_are_told_a_dozen_at_a_time() {
    let names: Vec<_> = (0..6).map(|it| format!("s{it}")).collect();
    let law: Law = names.join(" + ").parse().expect("it reads");
    let code = async || {
        for name in &names {
            delay(name.clone()).await;
        }
    };
    let nothing = mutants(&checker().cases(0).budget(0).case([("s0", ms(0))]), code, &law);
    let missed = nothing.missed().count();
    assert!(missed > 20);
    let told = nothing.to_string();
    assert_eq!(told.matches("\n  missed  ").count(), 12);
    assert!(told.ends_with(&format!("\n          and {} more", missed - 12)), "{told}");
}

#[test]
fn a_law_of_very_many_terms_has_its_first_mutants_tried() {
    let count = 1_500;
    let names: Vec<_> = (0..count).map(|it| format!("s{it}")).collect();
    for law in [names.join(" + "), format!("max({})", names.join(", "))] {
        let law: Law = law.parse().expect("it reads");
        let told = mutants(&checker().cases(0).budget(0), async || {}, &law);
        assert!((40..50).contains(&told.iter().len()), "{}", told.iter().len());
        assert!(told.to_string().len() < 10_000, "it is cut short");
    }
}

#[test]
fn one_run_catches_what_its_durations_show() {
    let law = law!(auth + max(profile, orders));
    let run = |auth, profile, orders| {
        let runner = Runner::new().latency("auth", ms(auth)).latency("profile", ms(profile));
        runner.latency("orders", ms(orders)).run(dashboard()).expect("it ends")
    };
    let good = run(20, 50, 330);
    assert_law!(good, auth + max(profile, orders));
    assert_eq!(
        law.mutants(good.trace()).expect("it holds").to_string(),
        "auth + max(profile, orders): 6 of 7 mutants caught\n  \
           missed  nothing waits for profile: auth + orders\n          \
                   profile is never longer than orders"
    );
    let tie = run(20, 50, 50);
    let tie = law.mutants(tie.trace()).expect("it holds");
    let missed: Vec<_> = tie.missed().map(|it| it.law().to_string()).collect();
    assert_eq!(missed, ["auth + min(profile, orders)", "auth + orders", "auth + profile"]);
    let caught = tie.caught().next().and_then(|it| it.witness().map(<[_]>::to_vec));
    let took = [("auth", 20), ("profile", 50), ("orders", 50)];
    assert_eq!(caught, Some(took.map(|(name, millis)| (name.into(), ms(millis))).to_vec()));
    assert!(law.mutants(scenario!(a: 1ms).run().expect("it runs").as_ref()).is_err());
}

#[test]
fn on_a_wall_clock_a_mutant_within_the_tolerance_is_missed() {
    let runner = Runner::wall(ms(10_000)).latency("a", ms(20)).latency("b", ms(1));
    let run = runner.run(in_a_row_of_two()).expect("it ends");
    let mutants = law!(a + b).mutants(run.trace()).expect("it holds");
    // A run that waits for less takes less than its law: nobody sees it in what took longer.
    assert!(mutants.missed().any(|it| it.law() == &law!(b)));
}

async fn in_a_row_of_two() {
    delay("a").await;
    delay("b").await;
}

#[test]
fn the_assertion_fails_with_what_is_missed_and_why() {
    let told = |assertion: &dyn Fn()| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(assertion));
        let payload = caught.expect_err("it panics");
        payload.downcast_ref::<String>().expect("a text").clone()
    };
    assert_eq!(
        told(&|| assert_mutants_caught!(crawl(1) => max(page))),
        "timing law too weak: crawl(1)\n  \
           law     max(page)\n  \
           missed  every page runs after the one before it: sum(page)\n          \
                   page never runs more than once\n  \
           missed  the first page ends the wait: min(page)\n          \
                   page never runs more than once\n  \
           caught  1 of 3 mutants"
    );
}
