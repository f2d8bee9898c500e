//! Unit tests in a module with a file of its own.

use makespan::{assert_law, delay};

async fn crawl() {
    for _ in 0..2 {
        delay("page").await;
    }
}

#[test]
fn pages_are_loaded_one_after_another() {
    assert_law!(crawl() => sum(page));
}

#[test]
#[ignore = "fails on purpose"]
fn a_unit_test_of_a_member_fails() {
    assert_law!(crawl() => max(page));
}
