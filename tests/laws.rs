//! Laws of scenarios: how they are written and what they come to.

use std::time::Duration;

use makespan::{Error, Law, Scenario, StepName, law, scenario};

#[track_caller]
fn law(scenario: &str) -> String {
    scenario.parse::<Scenario>().expect("it reads").law().to_string()
}

#[test]
fn the_law_is_the_shape_of_the_scenario() {
    assert_eq!(law("a: 1s"), "a");
    assert_eq!(law("seq(a: 1s, b: 1s)"), "a + b");
    for word in ["spawn", "tasks", "join"] {
        assert_eq!(law(&format!("{word}(a: 1s, b: 1s)")), "max(a, b)");
    }
    assert_eq!(law("race(a: 1s, b: 1s)"), "min(a, b)");
    assert_eq!(law("timeout(1.5s, a: 1s)"), "min(1500ms, a)");
    assert_eq!(law("limit(2, a: 1s, b: 1s, c: 1s)"), "limit(2, a, b, c)");
    assert_eq!(law("seq(auth: 1s, spawn(profile: 1s, orders: 1s))"), "auth + max(profile, orders)");
}

#[test]
fn brackets_that_change_nothing_are_left_out() {
    assert_eq!(law("seq(a: 1s, seq(b: 1s, seq(c: 1s)))"), "a + b + c");
    assert_eq!(law("spawn(join(a: 1s, b: 1s), tasks(c: 1s))"), "max(a, b, c)");
    assert_eq!(law("race(a: 1s, race(b: 1s, c: 1s))"), "min(a, b, c)");
    assert_eq!(law("seq(seq(), a: 1s, spawn())"), "a");
    assert_eq!(law("seq()"), "0ms");
    assert_eq!(law("limit(1, a: 1s)"), "a");
    // A minimum with nothing is nothing, and stays.
    assert_eq!(law("race(a: 1s, seq())"), "min(a, 0ms)");
}

#[test]
fn names_are_quoted_where_they_must_be() {
    assert_eq!(law("seq(\"max\": 1s, \"GET /\": 1s)"), "\"max\" + \"GET /\"");
}

#[test]
fn a_law_holds_for_other_durations_too() -> Result<(), Error> {
    let law = scenario!(limit(2, a: 1s, b: 1s, seq(c: 1s, race(d: 1s, e: 1s)))).law();
    let millis = |name: &str| match name {
        "a" => Some(30),
        "b" => Some(10),
        "c" => Some(20),
        "d" => Some(40),
        "e" => Some(50),
        _ => None,
    };
    // The third job begins at 10, when `b` ends: 10 + 20 + min(40, 50) = 70 ms
    let total = law.evaluate(|atom| millis(atom.name().as_str()).map(Duration::from_millis))?;
    assert_eq!(total, Duration::from_millis(70));
    Ok(())
}

#[test]
fn every_atom_and_constant_rounds_up_by_itself() -> Result<(), Error> {
    let law = scenario!(seq(a: 1s, b: 1s, timeout(0.5ms, c: 1s))).law();
    // 1 + 1 + min(1, 1) = 3 ms
    let total = law.evaluate(|_| Some(Duration::from_micros(500)))?;
    assert_eq!(total, Duration::from_millis(3));
    Ok(())
}

#[test]
fn atoms_of_one_name_have_places() -> Result<(), Error> {
    let law = scenario!(seq(job: 1s, job: 1s, other: 1s)).law();
    assert_eq!(law.to_string(), "job[0] + job[1] + other");
    let total = law.evaluate(|atom| {
        Some(Duration::from_millis(match atom.index() {
            Some(0) => 1,
            Some(_) => 10,
            None => 100,
        }))
    })?;
    assert_eq!(total, Duration::from_millis(111));
    Ok(())
}

#[test]
fn a_law_wants_a_latency_for_each_of_its_names() {
    let law = scenario!(seq(a: 1s, b: 1s)).law();
    let error = law.evaluate(|atom| (atom.name().as_str() == "a").then_some(Duration::ZERO));
    let error = error.expect_err("`b` has none");
    assert!(error.is_evaluation());
    assert_eq!(error.to_string(), "the law speaks of `b`, which has no latency here");
}

#[test]
fn a_law_that_overflows_says_so() {
    let error = scenario!(seq(a: 1s, b: 1s)).law().evaluate(|_| Some(Duration::MAX));
    assert_eq!(
        error.expect_err("it overflows").to_string(),
        "`a + b` is longer than a `Duration` holds"
    );
}

#[track_caller]
fn read(text: &str) -> Law {
    text.parse().unwrap_or_else(|error: Error| panic!("{error}"))
}

/// The same by normal form, whichever comes first.
#[track_caller]
fn same(one: &str, other: &str) {
    let (one, other) = (read(one), read(other));
    assert_eq!(one, other);
    assert_eq!(other, one);
    assert!(one.equivalent(&other), "{one} and {other}");
}

/// Not the same, neither by normal form nor by trying.
#[track_caller]
fn different(one: &str, other: &str) {
    let (one, other) = (read(one), read(other));
    assert_ne!(one, other);
    assert_ne!(other, one);
    assert!(!one.equivalent(&other), "{one} and {other}");
    assert!(!other.equivalent(&one), "{other} and {one}");
}

#[test]
fn the_macro_reads_the_whole_notation() {
    let written = law!(
        auth + 3 * max(profile, orders + 0.5ms,)
            + 2 * (a + b)
            + sum(attempt)
            + min(100ms, limit(2, attempt[0], attempt[1], "GET /"[0]))
            + limit(3, job)
    );
    assert_eq!(
        written.to_string(),
        "auth + 3 * max(profile, orders + 500us) + 2 * (a + b) + sum(attempt) \
         + min(100ms, limit(2, attempt[0], attempt[1], \"GET /\"[0])) + limit(3, job)"
    );
    assert_eq!(read(&written.to_string()), written);
    assert_eq!(format!("{written:?}"), written.to_string());
}

#[test]
fn space_in_a_law_means_nothing() {
    for text in ["3*max(a,b[0])+sum( c )", " 3 * max ( a , b [ 0 ] , ) \n+\tsum (c) "] {
        assert_eq!(read(text).to_string(), "3 * max(a, b[0]) + sum(c)");
    }
}

#[test]
fn brackets_stand_only_where_they_are_needed() {
    let shown = |text: &str| read(text).to_string();
    assert_eq!(shown("((a)) + (b + (c))"), "a + b + c");
    assert_eq!(shown("3 * (a)"), "3 * a");
    assert_eq!(shown("3 * (a + b)"), "3 * (a + b)");
    assert_eq!(shown("3 * (2 * a)"), "3 * (2 * a)");
    assert_eq!(shown("3 * sum(a, b)"), "3 * (a + b)");
    assert_eq!(shown("3 * 5ms + 1 * max(a, b)"), "3 * 5ms + 1 * max(a, b)");
    assert_eq!(shown("max(a, max(b, (c)))"), "max(a, b, c)");
    assert_eq!(shown("sum(a, b, 2s)"), "a + b + 2s");
    assert_eq!(shown("limit(2, a + b, c, d)"), "limit(2, a + b, c, d)");
}

#[test]
fn a_function_s_word_counts_only_before_its_bracket() {
    assert_eq!(
        read("max(max, sum[0]) + limit + seq").to_string(),
        "max(\"max\", \"sum\"[0]) + \"limit\" + \"seq\""
    );
    assert_eq!(law!(max + "max"), law!(2 * max));
}

#[test]
fn a_function_around_one_name_speaks_of_every_step_of_it() -> Result<(), Error> {
    let attempts = [30, 10, 20, 10].map(Duration::from_millis);
    let of = |law: Law| law.evaluate(|step| attempts.get(step.index()?).copied());
    // 30 + 10 + 20 + 10 = 70 ms; on 2 slots 30 | 10 + 20, then 10: 40 ms
    assert_eq!(of(law!(sum(attempt)))?, Duration::from_millis(70));
    assert_eq!(of(law!(max(attempt)))?, Duration::from_millis(30));
    assert_eq!(of(law!(min(attempt)))?, Duration::from_millis(10));
    assert_eq!(of(law!(limit(2, attempt)))?, Duration::from_millis(40));
    assert_eq!(of(law!(2 * max(attempt) + attempt[1] + 0.5ms))?, Duration::from_millis(71));
    assert_eq!(of(law!(sum((attempt))))?, Duration::from_millis(70));
    assert_eq!(of(law!(sum("attempt",)))?, Duration::from_millis(70));
    Ok(())
}

#[test]
fn a_function_around_one_of_anything_else_is_just_that() {
    for (text, meaning) in [
        ("max(a[0])", "a[0]"),
        ("sum(a + b)", "a + b"),
        ("max(5ms)", "5ms"),
        ("sum(max(a, b))", "max(a, b)"),
        ("max(sum(a))", "sum(a)"),
        ("limit(2, 3 * a)", "3 * a"),
        ("min(limit(2, a))", "limit(2, a)"),
        ("max(1 * a)", "1 * a"),
        // Two arguments are not one name, though one of them is nothing.
        ("max(a, 0ms)", "a"),
    ] {
        assert_eq!(read(text).to_string(), meaning);
    }
    // The law of a scenario never means every step by accident.
    assert_eq!(law("spawn(a: 1s)"), "a");
    assert_eq!(law("seq(spawn(a: 1s), limit(2, a: 1s))"), "a[0] + a[1]");
}

#[test]
fn a_name_is_looked_for_with_its_place_and_without() -> Result<(), Error> {
    let only = |it: &'static str| {
        move |step: &StepName| (step.to_string() == it).then_some(Duration::from_millis(7))
    };
    let seven = Duration::from_millis(7);
    for law in [law!(a), law!(a[0]), law!(sum(a)), law!(max(a)), law!(limit(2, a))] {
        assert_eq!(law.evaluate(only("a"))?, seven, "{law}");
        assert_eq!(law.evaluate(only("a[0]"))?, seven, "{law}");
    }
    assert!(law!(a).evaluate(only("a[1]")).is_err());
    assert!(law!(a[1]).evaluate(only("a")).is_err());
    for law in [law!(sum(a)), law!(max(a)), law!(min(a)), law!(limit(2, a))] {
        assert_eq!(law.evaluate(|_| None)?, Duration::ZERO, "{law}");
    }
    Ok(())
}

#[test]
fn counts_and_constants_that_overflow_say_so() {
    let most = "18446744073709551615";
    for text in [
        format!("{most} * ({most} * 1ms)"),
        format!("{most} * 1s"),
        "18446744073709551615s + a".to_owned(),
    ] {
        let error = read(&text).evaluate(|_| Some(Duration::ZERO)).expect_err("it overflows");
        assert!(error.to_string().ends_with("is longer than a `Duration` holds"), "{error}");
    }
    assert!(format!("{most}0 * a").parse::<Law>().is_err());
    // What does not decide may be as long as it likes.
    let least = read(&format!("min(a, {most} * 1s)")).evaluate(|_| Some(Duration::ZERO));
    assert_eq!(least, Ok(Duration::ZERO));
}

#[test]
fn a_law_lists_what_it_speaks_of() {
    let law = law!(max(b[1], 5ms) + a + sum(b) + 2 * min(b[1], 0.5ms, 5ms));
    let atoms: Vec<_> = law.atoms().map(ToString::to_string).collect();
    assert_eq!(atoms, ["b[1]", "a", "b"]);
    let names: Vec<_> = law.names().map(ToString::to_string).collect();
    assert_eq!(names, ["b", "a"]);
    let constants: Vec<_> = law.constants().collect();
    assert_eq!(constants, [Duration::from_millis(5), Duration::from_micros(500)]);
}

#[test]
fn sums_are_equal_in_any_order_and_grouping() {
    same("a + b + c", "c + (b + a)");
    same("a + a + a", "3 * a");
    same("2 * (a + 3 * b)", "a + 6 * b + a");
    same("a + 2ms + b + 3ms", "5ms + a + b");
    same("0 * a", "0ms");
    same("2 * 3ms", "6ms");
    different("a + b", "a + c");
    different("a + a", "a");
    different("a + 5ms", "a + 6ms");
    different("a", "a[0] + a[1]");
    different("\"a[0]\"", "a[0]");
}

#[test]
fn constants_are_rounded_before_they_are_folded() {
    same("a + 0.5ms + 0.5ms", "a + 2ms");
    same("2 * 0.5ms", "2ms");
    different("a + 0.5ms + 0.5ms", "a + 1ms");
}

#[test]
fn extremes_are_equal_in_any_order_and_number() {
    same("max(a, b, c)", "max(max(c, a), b, a)");
    same("min(a, b, c)", "min(c, min(b, a, a))");
    same("max(a, a)", "a");
    different("max(a, b)", "min(a, b)");
    different("max(a, b)", "a + b");
    different("max(a, b)", "max(a, c)");
}

#[test]
fn what_never_decides_is_left_out() {
    same("max(a, a + b)", "a + b");
    same("min(a, a + b)", "a");
    same("max(a, 2 * a, b)", "max(2 * a, b)");
    same("max(a + 1ms, a + 2ms, b)", "max(a + 2ms, b)");
    same("min(a + 1ms, a + 2ms, b)", "min(a + 1ms, b)");
    same("max(1ms, a + 2ms)", "a + 2ms");
    same("min(2ms, a + 3ms)", "2ms");
    same("max(a, min(a, b))", "a");
    same("min(a, max(a, b))", "a");
    same("max(b, a + max(b, c))", "a + max(b, c)");
    // What a property found: the inner one opens, and was no longer seen in the sum.
    same("min(a, b, c + min(a, b) + 1ms, a, b)", "min(a, b)");
    same("min(a, b, d, c + min(a, b))", "min(a, b, d)");
    same("max(a, b, min(a + c, max(a, b)))", "max(a, b)");
    same(
        "min(max(b, 2ms), c, max(a, 1ms) + min(max(b, 2ms), c) + 1ms, max(b, 2ms), c, \
         min(a, 1ms) + min(max(b, 2ms), c, max(a, 1ms) + min(max(b, 2ms), c) + 1ms))",
        "min(max(b, 2ms), c)",
    );
    different("max(a, a + b)", "a");
    different("min(a, a + b)", "a + b");
    different("max(2ms, a + 1ms)", "a + 1ms");
    different("max(2ms, a + 1ms)", "a + 2ms");
}

#[test]
fn what_is_common_is_taken_out() {
    same("max(a + b, a + c)", "a + max(b, c)");
    same("min(a + b, c + a, a + 5ms)", "a + min(b, c, 5ms)");
    same("max(2 * a, 2 * b)", "2 * max(a, b)");
    same("max(a + 3ms, b + 5ms)", "3ms + max(a, b + 2ms)");
    same("max(a + max(b, c), a + d)", "a + max(b, c, d)");
    same("max(5ms + max(a, b), c)", "max(a + 5ms, b + 5ms, c)");
    different("max(a + b, a + c)", "a + b + c");
    different("max(a + b, c)", "a + max(b, c)");
    different("2 * max(a, b)", "max(a, b)");
}

#[test]
fn nothing_is_the_least_of_all() {
    same("max(0ms, a)", "a");
    same("min(0ms, a)", "0ms");
    same("a + 0ms", "a");
    different("min(1ms, a)", "0ms");
    different("max(1ms, a)", "a");
}

#[test]
fn a_limit_is_a_sum_at_one_end_and_a_max_at_the_other() {
    same("limit(1, a, b)", "a + b");
    same("limit(2, a, b)", "max(a, b)");
    same("limit(9, a, b, c)", "max(c, a, b)");
    same("limit(1, a)", "sum(a)");
    same("max(2 * a + 4ms, 2 * b + 6ms)", "2 * max(a + 2ms, b + 3ms)");
    same("limit(2, a, 0ms, b, c)", "limit(2, a, b, c)");
    same("limit(2, a, b, c)", "limit(2, b, a, c)");
    same("limit(2, a + b, a + b, b + a)", "2 * (a + b)");
    different("limit(2, a, b, c)", "limit(2, a, c, b)");
    different("limit(2, a, b, c)", "max(a, b, c)");
    different("limit(2, a, b, c)", "a + b + c");
    different("limit(2, a, b, c, d)", "limit(3, a, b, c, d)");
}

#[test]
fn every_step_of_a_name_is_not_one_of_them() {
    different("sum(a)", "a");
    different("max(a)", "a");
    different("sum(a)", "max(a)");
    different("sum(a)", "a[0] + a[1]");
    different("limit(2, a)", "limit(3, a)");
    different("limit(2, a)", "max(a)");
    same("sum(a) + max(b)", "max(b) + sum(a)");
    let both = (read("max(sum(a), a[1])"), read("sum(a)"));
    assert!(both.0.equivalent(&both.1), "one of them is no more than all of them");
}

#[test]
fn equality_multiplies_nothing_out_and_trying_finds_more() {
    for (one, other) in [
        ("max(a + b, a + c, d)", "max(a + max(b, c), d)"),
        ("max(a, b) + min(a, b)", "a + b"),
        ("min(max(a, b), max(a, c))", "max(a, min(b, c))"),
        ("limit(2, a, b, c)", "max(a, b, c + min(a, b))"),
    ] {
        let (one, other) = (read(one), read(other));
        assert!(one != other && one.equivalent(&other), "{one} and {other}");
    }
    different("max(a + b, a + c, d)", "max(a + max(b, c), a + d)");
    // What differs only around one point.
    different("min(max(a, 100ms), max(b, 98ms))", "min(max(a, 100ms), max(b, 99ms))");
    different("max(a, min(b, 101ms))", "max(a, min(b, 100ms))");
    different("max(a + 5s, b)", "max(a + 5001ms, b)");
}

#[test]
fn limits_of_every_step_of_a_name_are_told_apart_where_there_are_more_steps_than_permits() {
    for permits in [1, 2, 3, 4, 7, 20] {
        let (limit, more) = (format!("limit({permits}, a)"), format!("limit({}, a)", permits + 1));
        different(&limit, &more);
        different(&limit, "max(a)");
        different(&format!("b + {limit}"), "b + max(a)");
    }
    different("limit(3, a)", "sum(a)");
}

#[test]
fn what_is_too_large_is_compared_as_it_stands() {
    let row = |count: usize, separator| {
        (0..count).map(|it| format!("s{it}")).collect::<Vec<_>>().join(separator)
    };
    let equal = |rest: String| {
        let (one, other) = (format!("max(a, min(a, b), {rest})"), format!("max(a, {rest})"));
        read(&one) == read(&other)
    };
    // `min(a, b)` beside `a` never decides: seen among 32 terms, of which `rest` are 30,
    assert!(equal(row(30, ", ")));
    assert!(!equal(row(31, ", ")));
    // and where all that is inside counts less than 512: 2 + (2 + 2 + 2) + (1 + 502).
    assert!(equal(row(502, " + ")));
    assert!(!equal(row(503, " + ")));
}

#[test]
fn one_step_among_thousands_is_seen() {
    let row = |count: u32| (0..count).map(|it| format!("s{it}")).collect::<Vec<_>>().join(", ");
    different(&format!("max({})", row(2_000)), &format!("max({})", row(1_999)));
    different(&format!("min({})", row(300)), &format!("min({})", row(299)));
}

#[test]
fn deep_laws_are_compared_cloned_and_dropped() -> Result<(), Error> {
    for (open, close) in [
        ("(", ")"),
        ("max(b, 2 * min(c, d + ", "))"),
        ("2 * (a + ", ")"),
        ("max(b + c, ", ")"),
        ("b + min(c, ", ")"),
        ("limit(2, b, c, ", ", d)"),
        ("b + 1 * max(c, ", ")"),
    ] {
        let depth = 256 / open.matches('(').count();
        let text = format!("{}a{}", open.repeat(depth), close.repeat(depth));
        let deep = read(&text);
        assert_eq!(deep.clone(), read(&deep.to_string()));
        assert_eq!(deep.evaluate(|_| Some(Duration::ZERO))?, Duration::ZERO);
        assert!(deep.equivalent(&deep.clone()));
        assert!(!deep.equivalent(&law!(a + 1ms)));
    }
    // However deep it would go, it is refused before it is built.
    assert!("max(a, ".repeat(100_000).parse::<Law>().is_err());
    assert!("(".repeat(1_000_000).parse::<Law>().is_err());
    Ok(())
}

#[test]
fn a_term_that_lies_within_another_is_seen_among_hundreds_that_share_their_parts() {
    // Every three of twelve steps: each step is in 55 of the 220 terms.
    let mut triples = Vec::new();
    for one in 0..12 {
        for two in 0..one {
            triples.extend((0..two).map(|three| [one, two, three]));
        }
    }
    let text = |steps: &[usize]| {
        let names: Vec<_> = steps.iter().map(|step| format!("s{step}")).collect();
        names.join(" + ")
    };
    let of = |extreme: &str, terms: &[String]| read(&format!("{extreme}({})", terms.join(", ")));
    let texts = |triples: &[[usize; 3]]| triples.iter().map(|it| text(it)).collect::<Vec<_>>();
    for pair in [[1, 0], [11, 10], [11, 0], [6, 5]] {
        let all = [&[text(&pair)], &texts(&triples)[..]].concat();
        // It never decides what the last is, and no term around it is the first.
        assert_eq!(of("max", &all), of("max", &texts(&triples)), "{pair:?}");
        let mut others = triples.clone();
        others.retain(|triple| !pair.iter().all(|step| triple.contains(step)));
        let least = [&[text(&pair)], &texts(&others)[..]].concat();
        assert_eq!(of("min", &all), of("min", &least), "{pair:?}");
    }
}

#[test]
fn laws_of_very_many_terms_are_compared() {
    let count = if cfg!(debug_assertions) { 4_000 } else { 100_000 };
    let list = |of: &dyn Fn(usize) -> String, separator: &str, backwards: bool| {
        let mut terms: Vec<_> = (0..count).map(of).collect();
        if backwards {
            terms.reverse();
        }
        terms.join(separator)
    };
    let kinds: [&dyn Fn(usize) -> String; 7] = [
        &|it| format!("s{it}"),
        &|it| format!("{it} * s"),
        &|it| format!("{it}ms"),
        &|it| format!("s{it} + {it}ms"),
        &|it| format!("t{} + s{it}", it % 2),
        &|it| format!("t{} + s{} + u{}", it % 100, it % 101, it % 103),
        &|it| format!("max(t{}, s{it} + t)", it % 7),
    ];
    for of in kinds {
        for (open, separator) in [("max(", ", "), ("min(", ", "), ("sum(", ", ")] {
            let text = |backwards| format!("{open}b, {})", list(of, separator, backwards));
            let (one, other) = (read(&text(false)), read(&text(true)));
            assert!(one == other, "{open}{}", of(1));
        }
    }
}
