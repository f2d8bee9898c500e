//! The macros: one arm each, one call behind it.

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
    ($($notation:tt)+) => {{
        const _: () = $crate::__private::check(::core::stringify!($($notation)+));
        $crate::__private::literal(::core::stringify!($($notation)+))
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
    ($($notation:tt)+) => {{
        const _: () = $crate::__private::check_law(::core::stringify!($($notation)+));
        $crate::__private::law_literal(::core::stringify!($($notation)+))
    }};
}
