//! Answers that come in one order of many.

use makespan::{Checker, Law, delay};
use tokio::time::sleep;

use crate::exploration::faults::{Scale, VARIANTS, answers, faults, ms};

faults! {
    five_in_reverse: "max(a, b, c, d, e)", |_d| async || {
        if answers(&["a", "b", "c", "d", "e"]).await == [4, 3, 2, 1, 0] { sleep(ms(1)).await }
    };
    six_in_one_order: "max(a, b, c, d, e, f)", |_d| async || {
        if answers(&["a", "b", "c", "d", "e", "f"]).await == [2, 5, 0, 3, 1, 4] {
            sleep(ms(1)).await;
        }
    };
    three_of_five_first: "max(a, b, c, d, e)", |_d| async || {
        let order = answers(&["a", "b", "c", "d", "e"]).await;
        if order[..3] == [0, 1, 2] && order[4] == 4 { sleep(ms(1)).await }
    };
    the_last_of_four_is_the_first: "max(a, b, c, d)", |_d| async || {
        if answers(&["a", "b", "c", "d"]).await[0] == 3 { sleep(ms(1)).await }
    };
    a_stale_answer: "max(old, new)", |_d| async || {
        if answers(&["old", "new"]).await == [1, 0] { delay("again").await }
    };
}
