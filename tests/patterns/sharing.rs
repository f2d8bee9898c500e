//! What several callers share: locks, caches, what is loaded once.

use std::cell::Cell;
use std::sync::Arc;

use makespan::delay;
use tokio::sync::{Mutex, OnceCell, RwLock};
use tokio::task::JoinSet;

use super::pairs;

pairs! {
    callers_share_one_load { cell(), checked_before() => load[0] }
    the_second_caller_finds_what_is_loaded { loaded_once(), loaded_by_each() => load[0] }
    a_lock_is_released_before_the_call { counted(), counted_inside() => max(call) }
    readers_overlap { read(), read_as_writers() => max(read) }
    a_writer_waits_for_readers { replaced(), replaced_meanwhile() => read + refresh }
    what_is_written_behind_is_not_awaited { written_behind(), written_through() => load }
    a_hit_costs_nothing { cached(), cached_by_another_key() => load[0] + render }
    a_guard_is_dropped_before_it_is_taken_again { looked_up(), looked_up_inside() => load }
    keys_do_not_wait_for_each_other { lock_by_key(), one_lock() => max(sum(alice), bob) }
    a_refresh_leaves_readers_alone { stale_while_refreshed(), blocked_while_refreshed() => max(read, refresh) }
    a_cell_is_set_once_it_is_there { warm_cell(), cold_cell() => load[0] + sum(request) }
}

async fn cell() {
    let config = OnceCell::new();
    let get = async || *config.get_or_init(async || delay("load").await).await;
    tokio::join!(get(), get(), get());
}

async fn checked_before() {
    let config = Mutex::new(None);
    let get = async || {
        // Between this look and the next, others look as well.
        if config.lock().await.is_some() {
            return;
        }
        delay("load").await;
        *config.lock().await = Some(());
    };
    tokio::join!(get(), get(), get());
}

async fn loaded_once() {
    let config = Mutex::new(None);
    let get = async || {
        let mut config = config.lock().await;
        if config.is_none() {
            delay("load").await;
            *config = Some(());
        }
    };
    tokio::join!(get(), get());
}

async fn loaded_by_each() {
    let (is_known, config) = (Cell::new(false), Mutex::new(None));
    let get = async || {
        if !is_known.get() {
            let mut config = config.lock().await;
            // Whoever had the lock before has loaded it, and nobody looks again.
            delay("load").await;
            *config = Some(());
            is_known.set(true);
        }
    };
    tokio::join!(get(), get());
}

async fn counted() {
    let calls = Arc::new(Mutex::new(0));
    let mut all = JoinSet::new();
    for _ in 0..3 {
        let calls = Arc::clone(&calls);
        all.spawn(async move {
            *calls.lock().await += 1;
            delay("call").await;
        });
    }
    all.join_all().await;
}

async fn counted_inside() {
    let calls = Arc::new(Mutex::new(0));
    let mut all = JoinSet::new();
    for _ in 0..3 {
        let calls = Arc::clone(&calls);
        all.spawn(async move {
            let mut calls = calls.lock().await;
            *calls += 1;
            delay("call").await;
        });
    }
    all.join_all().await;
}

async fn read() {
    let table = RwLock::new(());
    let read = async || {
        let _table = table.read().await;
        delay("read").await;
    };
    tokio::join!(read(), read(), read());
}

async fn read_as_writers() {
    let table = RwLock::new(());
    let read = async || {
        let _table = table.write().await;
        delay("read").await;
    };
    tokio::join!(read(), read(), read());
}

async fn replaced() {
    let table = RwLock::new(0);
    let read = async {
        let _table = table.read().await;
        delay("read").await;
    };
    let refresh = async {
        let mut table = table.write().await;
        delay("refresh").await;
        *table += 1;
    };
    tokio::join!(biased; read, refresh);
}

async fn replaced_meanwhile() {
    let table = RwLock::new(0);
    let read = async {
        let _table = table.read().await;
        delay("read").await;
    };
    let refresh = async {
        // Out of date by the time that it is written.
        let next = *table.read().await + 1;
        delay("refresh").await;
        *table.write().await = next;
    };
    tokio::join!(biased; read, refresh);
}

async fn written_behind() {
    delay("load").await;
    tokio::spawn(delay("store"));
}

async fn written_through() {
    delay("load").await;
    delay("store").await;
}

async fn found(cache: &mut Vec<String>, key: &str, kept_as: &str) {
    if !cache.iter().any(|known| known == key) {
        delay("load").await;
        cache.push(kept_as.to_owned());
    }
}

async fn cached() {
    let mut cache = Vec::new();
    found(&mut cache, "user/1", "user/1").await;
    found(&mut cache, "user/1", "user/1").await;
    delay("render").await;
}

async fn cached_by_another_key() {
    let mut cache = Vec::new();
    found(&mut cache, "user/1", "user/1/").await;
    found(&mut cache, "user/1", "user/1/").await;
    delay("render").await;
}

async fn looked_up() {
    let cache = Mutex::new(None);
    let known = *cache.lock().await;
    if known.is_none() {
        delay("load").await;
        *cache.lock().await = Some(());
    }
}

async fn looked_up_inside() {
    let cache = Mutex::new(None);
    // What is matched keeps its guard to the end of all arms.
    match *cache.lock().await {
        Some(()) => {}
        None => {
            delay("load").await;
            *cache.lock().await = Some(());
        }
    }
}

async fn lock_by_key() {
    let (of_alice, of_bob) = (Mutex::new(()), Mutex::new(()));
    let update = async |lock: &Mutex<()>, name: &'static str| {
        let _lock = lock.lock().await;
        delay(name).await;
    };
    tokio::join!(update(&of_alice, "alice"), update(&of_alice, "alice"), update(&of_bob, "bob"));
}

async fn one_lock() {
    let of_all = Mutex::new(());
    let update = async |name: &'static str| {
        let _lock = of_all.lock().await;
        delay(name).await;
    };
    tokio::join!(update("alice"), update("alice"), update("bob"));
}

async fn stale_while_refreshed() {
    let table = RwLock::new(0);
    let refresh = async {
        delay("refresh").await;
        *table.write().await += 1;
    };
    let read = async {
        delay("read").await;
        let _table = table.read().await;
    };
    tokio::join!(biased; refresh, read);
}

async fn blocked_while_refreshed() {
    let table = RwLock::new(0);
    let refresh = async {
        let mut table = table.write().await;
        delay("refresh").await;
        *table += 1;
    };
    let read = async {
        let _table = table.read().await;
        delay("read").await;
    };
    tokio::join!(biased; refresh, read);
}

async fn warm_cell() {
    let warm = OnceCell::new();
    for _ in 0..2 {
        warm.get_or_init(async || delay("load").await).await;
        delay("request").await;
    }
}

async fn cold_cell() {
    for _ in 0..2 {
        // One for each request is one for none.
        let warm = OnceCell::new();
        warm.get_or_init(async || delay("load").await).await;
        delay("request").await;
    }
}
