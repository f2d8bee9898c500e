//! The macros: an arm for each way to write one, one call behind it.

/// Makes a [`Scenario`](crate::Scenario) of its notation, which is checked while
/// the code compiles.
///
/// A name that is no ASCII identifier is written in quotes. Commas at the end
/// are allowed. A duration may be a constant of the code: in braces, any expression of
/// type [`Duration`](std::time::Duration).
///
/// # Examples
///
/// ```
/// use makespan::scenario;
///
/// let scenario = scenario!(seq(auth: 20ms, spawn(profile: 0.5ms, "GET /orders": 2s)));
/// assert_eq!(scenario.to_string(), "seq(auth: 20ms, spawn(profile: 500us, \"GET /orders\": 2s))");
///
/// const LIMIT: std::time::Duration = std::time::Duration::from_millis(500);
/// let scenario = scenario!(timeout({LIMIT}, auth: 1s));
/// assert_eq!(scenario.to_string(), "timeout(500ms, auth: 1s)");
/// ```
///
/// Wrong syntax is a compile error with the column and a caret under the place, here
/// ``scenario notation, column 7: expected `:` after a step's name, found `2s` ``:
///
/// ```compile_fail,E0080
/// makespan::scenario!(seq(a 2s));
/// ```
#[macro_export]
macro_rules! scenario {
    ($($notation:tt)*) => {{
        const _: () = $crate::__private::check(::core::stringify!($($notation)*));
        $crate::__private::literal(
            ::core::stringify!($($notation)*),
            &$crate::__constants!($($notation)*),
        )
    }};
}

/// Makes a [`Law`](crate::Law) of its notation, which is checked while the code
/// compiles.
///
/// A duration may be a constant of the code: in braces, any expression of type
/// [`Duration`](std::time::Duration). It is evaluated where the macro is, and the law
/// displays its value.
///
/// # Examples
///
/// ```
/// use makespan::law;
///
/// let law = law!(auth + max(profile, 2 * (orders + 5ms)) + sum(attempt));
/// assert_eq!(law.to_string(), "auth + max(profile, 2 * (orders + 5ms)) + sum(attempt)");
///
/// const LIMIT: std::time::Duration = std::time::Duration::from_millis(500);
/// assert_eq!(law!(min(call, {LIMIT})).to_string(), "min(call, 500ms)");
/// assert_eq!(law!(min(call, {LIMIT * 2} + 1ms)).to_string(), "min(call, 1s + 1ms)");
/// ```
///
/// Wrong syntax is a compile error with the column and a caret under the place, here
/// ``law notation, column 5: the count comes first: `3 * a` ``:
///
/// ```compile_fail,E0080
/// makespan::law!(auth * 3);
/// ```
#[macro_export]
macro_rules! law {
    ($($notation:tt)*) => {{
        const _: () = $crate::__private::check_law(::core::stringify!($($notation)*));
        $crate::__private::law_literal(
            ::core::stringify!($($notation)*),
            &$crate::__constants!($($notation)*),
        )
    }};
}

/// The values of the constants of the code in a notation, in the order in which they are in
/// it. Each token is a macro of its own, so that only brackets nest.
#[doc(hidden)]
#[macro_export]
macro_rules! __constants {
    ($($notation:tt)*) => {{
        let constants = $crate::__private::Constants::new();
        $($crate::__constant!(constants $notation);)*
        constants.values()
    }};
}

/// Keeps the value of one token, if it is a constant in braces.
#[doc(hidden)]
#[macro_export]
macro_rules! __constant {
    ($constants:ident {}) => {};
    ($constants:ident { $($value:tt)* }) => {
        $constants.push({ $($value)* })
    };
    ($constants:ident ( $($notation:tt)* )) => {
        $($crate::__constant!($constants $notation);)*
    };
    ($constants:ident $other:tt) => {};
}

/// Asserts how long a run took.
///
/// The makespan is written as in the notations, `350ms` or `1.5s`, and checked
/// while the code compiles; or it is any expression of type
/// [`Duration`](std::time::Duration). The run is whatever has a
/// [`Trace`](crate::Trace) to refer to. [`Trace::verify_makespan`](crate::Trace::verify_makespan) tells
/// what is exact.
///
/// # Panics
///
/// If the run took another time, at the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_makespan, scenario};
/// use std::time::Duration;
///
/// let run = scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 330ms))).run()?;
/// assert_makespan!(run, 350ms);
/// assert_makespan!(run, Duration::from_millis(20 + 330));
/// # Ok::<(), makespan::Error>(())
/// ```
///
/// A number without a unit is a compile error, here
/// ``duration notation, column 1: `350` has no unit; write `350ms` or `350s` ``:
///
/// ```compile_fail,E0080
/// # let run = makespan::scenario!(a: 1s).run().unwrap();
/// makespan::assert_makespan!(run, 350);
/// ```
#[macro_export]
macro_rules! assert_makespan {
    ($run:expr, $makespan:literal $(,)?) => {
        // No item: its name would be seen by the caller's `$run`.
        $crate::assert_makespan!(
            $run,
            const { $crate::__private::duration(::core::stringify!($makespan)) }
        )
    };
    ($run:expr, $makespan:expr $(,)?) => {
        $crate::__private::assert_makespan($crate::__private::trace_of(&$run), $makespan)
    };
}

/// Asserts that code takes what a law comes to, whatever its latencies; or that one
/// run did.
///
/// In `assert_law!(future => law)` the left side is evaluated again for every case,
/// inside a runtime of its own, so it is in a plain `#[test]`. Each
/// [`delay`](crate::delay()) in it takes what the case says. The orders of events are explored,
/// and the makespan must be what the law says in each of them, at all of its latencies; the
/// guide says [what that covers](crate::guide::orders). A failure is shrunk to the smallest
/// latencies that show it. It needs the `proptest` feature, and the
/// [guide](crate::guide) has a recipe for what async code does.
///
/// `assert_law!(checker, future => law)` does the same with the settings of a
/// [`Checker`](crate::Checker), by value or by reference.
///
/// In `assert_law!(run, law)` it is one run, on the durations that it observed.
/// [`Law::verify`](crate::Law::verify) tells what counts as a step's duration. One
/// run is one set of durations: where two calls take the same time, or one takes
/// none, a wrong law may come to the same as the right one.
///
/// # Panics
///
/// If a run took another time than the law comes to, or did not end; if the law
/// speaks of a step that never ran, or of none; if what it comes to hangs on a step
/// that was cut. At the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_law, delay};
///
/// async fn dashboard() {
///     delay("auth").await;
///     tokio::join!(delay("profile"), delay("orders"));
/// }
///
/// assert_law!(dashboard() => auth + max(profile, orders));
/// ```
///
/// With a checker, and a constant of the code in the law:
///
/// ```
/// use makespan::{Checker, assert_law, delay};
/// use std::time::Duration;
///
/// const LIMIT: Duration = Duration::from_millis(500);
///
/// async fn call() {
///     let _ = tokio::time::timeout(LIMIT, delay("call")).await;
/// }
///
/// let slow = Checker::new().cases(50).latency("call", LIMIT / 2..);
/// assert_law!(slow, call() => min(call, {LIMIT}));
/// ```
///
/// One run:
///
/// ```
/// use makespan::{assert_law, scenario};
///
/// let run = scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 330ms))).run()?;
/// assert_law!(run, auth + max(profile, orders)); // 20 + max(50, 330) = 350 ms
/// # Ok::<(), makespan::Error>(())
/// ```
#[macro_export]
macro_rules! assert_law {
    ($code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_law, , $code => $($law)*)
    };
    ($first:expr, $($rest:tt)+) => {
        $crate::__assert_law!(scan [$first, $($rest)+] $($rest)+)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected a law behind a `=>` or a comma: write `assert_law!(code => law)`, or \
             `assert_law!(run, law)` for one run"
        )
    };
}

/// Which of two things `assert_law!(first, rest)` is: there is a `=>` in the rest, and the
/// first is a checker; or there is none, and the first is a run. The rest of a run is a law,
/// which is not parsed as Rust: no arm before the last two has an `expr`. Eight tokens are
/// looked at in a step: as macros nest 128 deep, a law may have about 1,000 tokens outside
/// of brackets.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_law {
    (scan $all:tt => $($rest:tt)*) => { $crate::__assert_law!(code $all) };
    (scan $all:tt $a:tt => $($rest:tt)*) => { $crate::__assert_law!(code $all) };
    (scan $all:tt $a:tt $b:tt => $($rest:tt)*) => { $crate::__assert_law!(code $all) };
    (scan $all:tt $a:tt $b:tt $c:tt => $($rest:tt)*) => { $crate::__assert_law!(code $all) };
    (scan $all:tt $a:tt $b:tt $c:tt $d:tt => $($rest:tt)*) => { $crate::__assert_law!(code $all) };
    (scan $all:tt $a:tt $b:tt $c:tt $d:tt $e:tt => $($rest:tt)*) => {
        $crate::__assert_law!(code $all)
    };
    (scan $all:tt $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt => $($rest:tt)*) => {
        $crate::__assert_law!(code $all)
    };
    (scan $all:tt $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt $g:tt => $($rest:tt)*) => {
        $crate::__assert_law!(code $all)
    };
    (scan $all:tt $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt $g:tt $h:tt $($rest:tt)*) => {
        $crate::__assert_law!(scan $all $($rest)*)
    };
    (scan $all:tt $($rest:tt)*) => { $crate::__assert_law!(run $all) };
    (code [$checker:expr, $code:expr => $($law:tt)*]) => {
        $crate::__assert_law_of_code!(assert_law, $checker, $code => $($law)*)
    };
    (run [$run:expr, $($law:tt)*]) => {
        $crate::__private::assert_law_of(
            $crate::__private::run_of_law(&$run),
            $crate::law!($($law)*),
        )
    };
}

/// Asserts that code keeps a law, as [`assert_law!`](crate::assert_law) does, and that
/// the law says enough: that no simple change of composition would keep it, too.
///
/// A *mutant* is the law of code that was changed in one place: of calls side by side
/// that run one after the other, of an `.await` that is missing, of a race that another
/// one wins. [`Mutants`](crate::Mutants) tells which there are, and
/// [`Checker::mutants`](crate::Checker::mutants) returns what became of them. As in
/// [`assert_law!`](crate::assert_law), a checker may come first:
/// `assert_mutants_caught!(checker, future => law)`.
///
/// It stands in a plain `#[test]`, and needs the `proptest` feature. No single run shows
/// everything, as of several side by side one is the longest there:
/// [`Law::mutants`](crate::Law::mutants) says how much one shows.
///
/// # Panics
///
/// As [`assert_law!`](crate::assert_law); and if a mutant comes to the same as the law
/// in every run, with each that does and why. At the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_mutants_caught, delay};
///
/// async fn dashboard() {
///     delay("auth").await;
///     tokio::join!(delay("profile"), delay("orders"));
/// }
///
/// assert_mutants_caught!(dashboard() => auth + max(profile, orders));
/// ```
#[macro_export]
macro_rules! assert_mutants_caught {
    ($code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_mutants_caught, , $code => $($law)*)
    };
    ($checker:expr, $code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_mutants_caught, $checker, $code => $($law)*)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected a law behind a `=>`: write `assert_mutants_caught!(code => law)`; for one \
             run there is `Law::mutants`"
        )
    };
}

/// Asserts that code takes no longer than a bound, whatever its latencies: a limit, or any law.
///
/// Every order of events is explored, and in each the longest makespan is exact; see
/// [`Checker::verify_at_most`](crate::Checker::verify_at_most). As in
/// [`assert_law!`](crate::assert_law), a checker may come first.
///
/// # Panics
///
/// If it takes longer at some latencies, with the smallest that show it; if the code does not
/// end. At the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_at_most, delay};
/// use std::time::Duration;
/// use tokio::time::timeout;
///
/// async fn price() {
///     if timeout(Duration::from_millis(500), delay("quote")).await.is_err() {
///         delay("cache").await;
///     }
/// }
///
/// assert_at_most!(price() => 500ms + cache);
/// ```
#[macro_export]
macro_rules! assert_at_most {
    ($code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_at_most, , $code => $($law)*)
    };
    ($checker:expr, $code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_at_most, $checker, $code => $($law)*)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected a bound behind a `=>`: write `assert_at_most!(code => 500ms)`"
        )
    };
}

/// Asserts that code takes no less than a bound, whatever its latencies: a limit, or any law.
///
/// Otherwise as [`assert_at_most!`](crate::assert_at_most).
///
/// # Panics
///
/// If it takes less at some latencies, with the smallest that show it; if the code does not end.
/// At the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_at_least, delay};
///
/// async fn both() {
///     tokio::join!(delay("profile"), delay("orders"));
/// }
///
/// assert_at_least!(both() => profile);
/// ```
#[macro_export]
macro_rules! assert_at_least {
    ($code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_at_least, , $code => $($law)*)
    };
    ($checker:expr, $code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!(assert_at_least, $checker, $code => $($law)*)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected a bound behind a `=>`: write `assert_at_least!(code => 500ms)`"
        )
    };
}

/// Holds code to a law, with a checker or with none: what `assert_law!(code => law)` and its
/// like expand to. A `cfg` in a macro's body is that of the caller, so there are two.
#[doc(hidden)]
#[cfg(feature = "proptest")]
#[macro_export]
macro_rules! __assert_law_of_code {
    ($assert:ident, , $code:expr => $($law:tt)*) => {
        $crate::__assert_law_of_code!($assert, $crate::Checker::new(), $code => $($law)*)
    };
    ($assert:ident, $checker:expr, $code:expr => $($law:tt)*) => {
        $crate::__private::$assert(
            $crate::__private::checker_of(&$checker),
            $crate::__private::Site {
                manifest_dir: ::core::option_env!("CARGO_MANIFEST_DIR"),
                file: ::core::file!(),
            },
            ::core::stringify!($code),
            async || $crate::__private::future_of($code).await,
            &$crate::law!($($law)*),
        )
    };
}

/// The same where nothing can generate latencies.
#[doc(hidden)]
#[cfg(not(feature = "proptest"))]
#[macro_export]
macro_rules! __assert_law_of_code {
    ($assert:ident, $($any:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`",
            ::core::stringify!($assert),
            "!(future => law)` needs makespan's `proptest` feature, which generates the \
             latencies; without it hold one run to the law: \
             `assert_law!(makespan::run(future), law)`"
        ))
    };
}

/// Asserts what came before what in a run.
///
/// Each [`Order`](crate::Order) compares two moments by their times, so that ties
/// are equal; with the words `before` and `after`, by their places in the log. A duration
/// may be a constant of the code in braces, such as `{LIMIT}`.
///
/// # Panics
///
/// If an order does not hold, with all that do not; if the run cannot tell, because
/// a step never ran or never finished; if an order cannot fail. At the line of the
/// caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_order, scenario};
///
/// let run = scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 330ms))).run()?;
/// assert_order!(run, auth.finish <= profile.start, profile.start < orders.finish);
/// assert_order!(run, profile.finish + 280ms == orders.finish);
/// assert_order!(run, profile.start before orders.start);
///
/// const AFTER: std::time::Duration = std::time::Duration::from_millis(280);
/// assert_order!(run, profile.finish + {AFTER} == orders.finish);
/// # Ok::<(), makespan::Error>(())
/// ```
///
/// Wrong syntax is a compile error with the column and a caret under the place, here
/// ``order notation, column 13: times are compared with `==` ``:
///
/// ```compile_fail,E0080
/// # let run = makespan::scenario!(a: 1s).run().unwrap();
/// makespan::assert_order!(run, auth.finish = profile.start);
/// ```
#[macro_export]
macro_rules! assert_order {
    ($run:expr, $($orders:tt)*) => {{
        const _: () = $crate::__private::check_orders(::core::stringify!($($orders)*));
        $crate::__private::assert_orders(
            $crate::__private::trace_of(&$run),
            $crate::__private::order_literals(
                ::core::stringify!($($orders)*),
                &$crate::__constants!($($orders)*),
            ),
        )
    }};
}

/// Asserts when the steps of a name come, one after another: their times, the pauses
/// between them, or how many may come in a while.
///
/// [`Pace`](crate::Pace) tells the notation, which is checked while the code compiles. A
/// duration may be a constant of the code in braces, such as `{LIMIT}`; what needs its
/// value is checked when the macro runs.
/// [`Pace::verify`](crate::Pace::verify) returns the same as a `Result`.
///
/// # Panics
///
/// If the steps come otherwise, with what was expected and seen side by side; if no
/// step is called so; if the run is too short for a rate to be broken; if time goes
/// backwards with the values of the constants. At the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{Timed, assert_pace};
/// use std::time::Duration;
/// use tokio::time::sleep;
///
/// let run = makespan::run(async {
///     for pause in [100, 200, 400] {
///         sleep(Duration::from_millis(10)).timed("attempt").await;
///         sleep(Duration::from_millis(pause)).await;
///     }
///     sleep(Duration::from_millis(10)).timed("attempt").await;
/// });
/// assert_pace!(run, attempt.start: 0ms, 110ms, 320ms, 730ms);
/// assert_pace!(run, attempt.pause: 100ms, 200ms, 400ms);
/// assert_pace!(run, attempt.start: 1 per 110ms); // no more than one in any 110 ms
///
/// const PAUSE: Duration = Duration::from_millis(100);
/// assert_pace!(run, attempt.pause: {PAUSE}, {PAUSE * 2}, {PAUSE * 4});
/// ```
///
/// A burst is a count: all that start at once.
///
/// ```
/// use makespan::{assert_pace, scenario};
///
/// let run = scenario!(limit(2, job: 10ms, job: 10ms, job: 10ms)).run()?;
/// assert_pace!(run, job.start: 2 * 0ms, 10ms);
/// assert_pace!(run, job.finish: 2 * 10ms, 20ms);
/// assert_pace!(run, job.start: 2 per 10ms);
/// # Ok::<(), makespan::Error>(())
/// ```
///
/// Wrong syntax is a compile error with the column and a caret under the place, here
/// ``pace notation, column 16: time goes backwards here``:
///
/// ```compile_fail,E0080
/// # let run = makespan::scenario!(a: 1s).run().unwrap();
/// makespan::assert_pace!(run, a.start: 20ms, 10ms);
/// ```
#[macro_export]
macro_rules! assert_pace {
    ($run:expr, $($pace:tt)*) => {{
        const _: () = $crate::__private::check_pace(::core::stringify!($($pace)*));
        $crate::__private::assert_pace(
            $crate::__private::trace_of(&$run),
            $crate::__private::pace_literal(
                ::core::stringify!($($pace)*),
                &$crate::__constants!($($pace)*),
            ),
        )
    }};
}

/// Asserts the log of a run's steps, line by line.
///
/// Lines at one instant may come in any order, unless they are asked for
/// `exactly:`. They are texts, `&str` or `String`, of one line or of several;
/// [`Trace::verify_log`](crate::Trace::verify_log) tells their shape.
///
/// # Panics
///
/// If the logs differ, with both side by side; if a line is none that a log could
/// have. At the line of the caller.
///
/// # Examples
///
/// ```
/// use makespan::{assert_log, scenario};
///
/// let run = scenario!(spawn(auth: 20ms, profile: 20ms)).run()?;
/// assert_log!(
///     run,
///     "+0ms profile starts",
///     "+0ms auth starts",
///     "+20ms auth finishes",
///     "+20ms profile finishes",
/// );
/// assert_log!(
///     run,
///     exactly: "+0ms auth starts
///               +0ms profile starts
///               +20ms auth finishes
///               +20ms profile finishes"
/// );
/// # Ok::<(), makespan::Error>(())
/// ```
#[macro_export]
macro_rules! assert_log {
    ($run:expr, exactly: $($line:expr),+ $(,)?) => {
        $crate::__private::assert_exact_log(
            $crate::__private::trace_of(&$run),
            &[$(&$line),+],
        )
    };
    ($run:expr, $($line:expr),+ $(,)?) => {
        $crate::__private::assert_log(
            $crate::__private::trace_of(&$run),
            &[$(&$line),+],
        )
    };
}
