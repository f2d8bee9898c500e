//! Notations with a mistake each: the error has the notation, a caret under the place, and
//! what was probably meant, at the line of the macro.

use makespan::{assert_law, assert_makespan, assert_order, assert_pace, law, scenario};

async fn f() {}

fn main() {
    assert_law!(f() => http-get);
    assert_law!(f() => max(a b));
    assert_law!(f() => a => b);
    assert_law!(f() => );
    law!(a - b);
    law!(a * 3);
    law!(500);
    law!(500 ms);
    law!(5sec);
    law!(1.5);
    law!(Max(a, b));
    law!(a.b);
    law!(a::b);
    law!(auth && b);
    law!('a');
    law!(a+);
    law!("名前" + café);
    law!(min(a, {}));
    law!(
        auth + max(profile, orders) + auth + max(profile, orders) + auth + profile
            + max(profile orders)
    );
    scenario!(seq(a: LIMIT));
    let run = scenario!(a: 1s).run().expect("it runs");
    // A law is not parsed as Rust.
    assert_law!(run, max(a b));
    assert_order!(run, a.start + LIMIT < b.end);
    assert_order!(run, a.start < b.end);
    assert_pace!(run, a.start: 20ms, 10ms);
    assert_makespan!(run, 350);
}
