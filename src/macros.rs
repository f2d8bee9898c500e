//! The macros: an arm for each way to write one, one call behind it.

/// Makes a [`Scenario`](crate::Scenario) of its notation, which is checked while
/// the code compiles.
///
/// A name that is no ASCII identifier is written in quotes. Commas at the end
/// are allowed.
///
/// # Examples
///
/// ```
/// use makespan::scenario;
///
/// let scenario = scenario!(seq(auth: 20ms, spawn(profile: 0.5ms, "GET /orders": 2s)));
/// assert_eq!(scenario.to_string(), "seq(auth: 20ms, spawn(profile: 500us, \"GET /orders\": 2s))");
/// ```
///
/// Wrong syntax is a compile error with the column, here
/// ``scenario notation, column 7: expected `:` after a step's name``:
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
/// # Examples
///
/// ```
/// use makespan::law;
///
/// let law = law!(auth + max(profile, 2 * (orders + 5ms)) + sum(attempt));
/// assert_eq!(law.to_string(), "auth + max(profile, 2 * (orders + 5ms)) + sum(attempt)");
/// ```
///
/// Wrong syntax is a compile error with the column, here
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
        #[allow(unused_mut)]
        let mut constants = $crate::__private::Constants::new();
        $($crate::__constant!(constants $notation);)*
        constants
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
/// ``duration notation, column 1: expected a duration with its unit, such as `350ms` or `1.5s` ``:
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
        $crate::__private::assert_makespan(
            ::core::convert::AsRef::<$crate::Trace>::as_ref(&$run),
            $makespan,
        )
    };
}

/// Asserts that code takes what a law comes to, whatever its latencies; or that one
/// run did.
///
/// In `assert_law!(future => law)` the left side is evaluated anew for every case,
/// inside a runtime of its own, so it stands in a plain `#[test]`. Each
/// [`delay`](crate::delay()) in it takes what the case says, and the makespan must be
/// what the law comes to in every case. A failure is shrunk to the smallest
/// latencies that show it. It needs the `proptest` feature; [`Checker`](crate::Checker)
/// is the same with more than its defaults, and the [guide](crate::guide) has a recipe
/// for what async code does.
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
    ($future:expr => $($law:tt)+) => {
        $crate::__assert_law_of_code!(assert_law: $future => $($law)+)
    };
    ($run:expr, $($law:tt)+) => {
        $crate::__private::assert_law_of(
            ::core::convert::AsRef::<$crate::Trace>::as_ref(&$run),
            $crate::law!($($law)+),
        )
    };
}

/// Asserts that code keeps a law, as [`assert_law!`](crate::assert_law) does, and that
/// the law says enough: that no simple change of composition would keep it, too.
///
/// A *mutant* is the law of code that was changed in one place: of calls side by side
/// that run one after the other, of an `.await` that is missing, of a race that another
/// one wins. [`Mutants`](crate::Mutants) tells which there are, and
/// [`Checker::mutants`](crate::Checker::mutants) tries them with more than defaults.
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
    ($future:expr => $($law:tt)+) => {
        $crate::__assert_law_of_code!(assert_mutants_caught: $future => $($law)+)
    };
}

/// Holds code to a law: what `assert_law!(future => law)` and its like expand to. A
/// `cfg` in a macro's body is that of the caller, so there are two.
#[doc(hidden)]
#[cfg(feature = "proptest")]
#[macro_export]
macro_rules! __assert_law_of_code {
    ($assert:ident: $future:expr => $($law:tt)+) => {
        $crate::__private::$assert(
            $crate::__private::Site {
                manifest_dir: ::core::option_env!("CARGO_MANIFEST_DIR"),
                file: ::core::file!(),
            },
            ::core::stringify!($future),
            async || $future.await,
            &$crate::law!($($law)+),
        )
    };
}

/// The same where nothing can generate latencies.
#[doc(hidden)]
#[cfg(not(feature = "proptest"))]
#[macro_export]
macro_rules! __assert_law_of_code {
    ($assert:ident: $($any:tt)*) => {
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
/// are equal; with the words `before` and `after`, by their places in the log.
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
/// # Ok::<(), makespan::Error>(())
/// ```
///
/// Wrong syntax is a compile error with the column, here
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
            ::core::convert::AsRef::<$crate::Trace>::as_ref(&$run),
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
/// [`Pace`](crate::Pace) tells the notation, which is checked while the code compiles.
/// [`Pace::verify`](crate::Pace::verify) returns the same as a `Result`.
///
/// # Panics
///
/// If the steps come otherwise, with what was expected and seen side by side; if no
/// step is called so; if the run is too short for a rate to be broken. At the line of
/// the caller.
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
/// Wrong syntax is a compile error with the column, here
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
            ::core::convert::AsRef::<$crate::Trace>::as_ref(&$run),
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
            ::core::convert::AsRef::<$crate::Trace>::as_ref(&$run),
            &[$(&$line),+],
        )
    };
    ($run:expr, $($line:expr),+ $(,)?) => {
        $crate::__private::assert_log(
            ::core::convert::AsRef::<$crate::Trace>::as_ref(&$run),
            &[$(&$line),+],
        )
    };
}
