//! Assertions without a law.

use makespan::{assert_law, assert_mutants_caught};

async fn f() {}

fn main() {
    assert_law!(f());
    assert_law!(f() auth);
    assert_mutants_caught!(f(), auth);
}
