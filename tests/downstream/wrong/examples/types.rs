//! Assertions of something else than they take.

use makespan::{assert_law, assert_makespan, assert_mutants_caught, assert_order, law};

async fn f() {}

fn main() {
    assert_law!(f(), auth);
    assert_law!(f => auth);
    assert_law!(|| f() => auth);
    assert_mutants_caught!(f => auth);
    let run = makespan::run(f());
    assert_law!(run => auth);
    assert_law!(run, f() => auth);
    assert_order!(f(), a.start < b.start);
    assert_makespan!(f(), 1s);
    law!(min(auth, { 5 }));
}
