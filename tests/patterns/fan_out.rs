//! Calls that need nothing of each other, at the same time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, ready};

use makespan::delay;
use tokio::task::JoinSet;

use super::{Refused, accepts, pairs, refuses};

pairs! {
    independent_calls_overlap { dashboard(), dashboard_in_turn() => auth + max(profile, orders) }
    calls_that_may_fail_overlap { checkout(), checkout_in_turn() => max(quota, stock) }
    a_refusal_ends_the_wait { refused_at_once(), refused_after_all() => quota }
    handles_are_awaited_after_all_are_spawned { tasks(), task_by_task() => max(profile, orders) }
    a_join_set_is_filled_before_it_is_emptied { join_set(), join_set_in_turn() => max(shard) }
    every_future_of_a_join_is_polled { shards_joined(), shards_polled_in_turn() => max(shard) }
    an_iterator_of_tasks_is_collected { collected(), lazily_spawned() => max(shard) }
    an_async_block_runs_when_it_is_spawned { started(), only_made() => max(profile, orders) }
    what_is_joined_is_not_awaited_before { both_joined(), one_awaited() => max(profile, orders) }
    a_tuple_of_awaits_is_no_join { pair_joined(), pair_awaited() => max(profile, orders) }
    fields_of_a_struct_are_joined { page_joined(), page_awaited() => max(head, body) }
    arguments_of_a_call_are_joined { args_joined(), args_awaited() => user + max(cart, offers) }
    the_same_is_asked_for_once { asked_once(), asked_twice() => config[0] + max(user, cart) }
    local_tasks_overlap { local_tasks(), local_task_by_task() => max(left, right) }
    a_task_in_a_task_overlaps { nested(), nested_in_turn() => max(a, max(b, c)) }
}

async fn dashboard() {
    delay("auth").await;
    tokio::join!(delay("profile"), delay("orders"));
}

async fn dashboard_in_turn() {
    delay("auth").await;
    let profile = delay("profile");
    let orders = delay("orders");
    profile.await;
    orders.await;
}

async fn checkout() {
    let checked = async { tokio::try_join!(accepts("quota"), accepts("stock")) };
    assert!(checked.await.is_ok());
}

async fn checkout_in_turn() {
    let checked = async {
        accepts("quota").await?;
        accepts("stock").await
    };
    assert!(checked.await.is_ok());
}

async fn refused_at_once() {
    let checked = tokio::try_join!(refuses("quota"), accepts("stock"));
    assert!(checked.is_err());
}

async fn refused_after_all() {
    let (quota, stock) = tokio::join!(refuses("quota"), accepts("stock"));
    assert!(quota.and(stock).is_err());
}

async fn tasks() {
    let (profile, orders) = (tokio::spawn(delay("profile")), tokio::spawn(delay("orders")));
    profile.await.expect("it does not panic");
    orders.await.expect("it does not panic");
}

async fn task_by_task() {
    tokio::spawn(delay("profile")).await.expect("it does not panic");
    tokio::spawn(delay("orders")).await.expect("it does not panic");
}

async fn join_set() {
    let mut shards = JoinSet::new();
    for _ in 0..4 {
        shards.spawn(delay("shard"));
    }
    while let Some(shard) = shards.join_next().await {
        shard.expect("it does not panic");
    }
}

async fn join_set_in_turn() {
    let mut shards = JoinSet::new();
    for _ in 0..4 {
        shards.spawn(delay("shard"));
        if let Some(shard) = shards.join_next().await {
            shard.expect("it does not panic");
        }
    }
}

fn shards() -> Vec<Pin<Box<makespan::Delay>>> {
    (0..3).map(|_| Box::pin(delay("shard"))).collect()
}

async fn shards_joined() {
    let mut left = shards();
    let join_all = poll_fn(|cx| {
        left.retain_mut(|shard| shard.as_mut().poll(cx).is_pending());
        if left.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    });
    join_all.await;
}

async fn shards_polled_in_turn() {
    let mut left = shards();
    let join_all = poll_fn(|cx| {
        while let Some(shard) = left.last_mut() {
            // It returns here, and the others are not polled before this one is done.
            ready!(shard.as_mut().poll(cx));
            left.pop();
        }
        Poll::Ready(())
    });
    join_all.await;
}

async fn collected() {
    let tasks: Vec<_> = (0..3).map(|_| tokio::spawn(delay("shard"))).collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

async fn lazily_spawned() {
    // Nobody has collected it: each turn of the loop spawns one.
    let tasks = (0..3).map(|_| tokio::spawn(delay("shard")));
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

async fn started() {
    let profile = tokio::spawn(async { delay("profile").await });
    delay("orders").await;
    profile.await.expect("it does not panic");
}

async fn only_made() {
    let profile = async { delay("profile").await };
    delay("orders").await;
    profile.await;
}

async fn both_joined() {
    tokio::join!(delay("profile"), delay("orders"));
}

async fn one_awaited() {
    let profile = delay("profile").await;
    tokio::join!(async { profile }, delay("orders"));
}

async fn pair_joined() {
    if let (Ok(()), Ok(())) = tokio::join!(accepts("profile"), accepts("orders")) {}
}

async fn pair_awaited() {
    if let (Ok(()), Ok(())) = (accepts("profile").await, accepts("orders").await) {}
}

struct Page {
    head: Result<(), Refused>,
    body: Result<(), Refused>,
}

impl Page {
    fn is_whole(&self) -> bool {
        self.head.is_ok() && self.body.is_ok()
    }
}

async fn page_joined() {
    let (head, body) = tokio::join!(accepts("head"), accepts("body"));
    assert!(Page { head, body }.is_whole());
}

async fn page_awaited() {
    let page = Page { head: accepts("head").await, body: accepts("body").await };
    assert!(page.is_whole());
}

fn render(cart: Result<(), Refused>, offers: Result<(), Refused>) {
    assert!(cart.is_ok() && offers.is_ok());
}

async fn args_joined() {
    delay("user").await;
    let (cart, offers) = tokio::join!(accepts("cart"), accepts("offers"));
    render(cart, offers);
}

async fn args_awaited() {
    delay("user").await;
    render(accepts("cart").await, accepts("offers").await);
}

async fn asked_once() {
    accepts("config").await.expect("it accepts");
    tokio::join!(delay("user"), delay("cart"));
}

async fn asked_twice() {
    async fn with_config(name: &'static str) {
        accepts("config").await.expect("it accepts");
        delay(name).await;
    }
    tokio::join!(with_config("user"), with_config("cart"));
}

async fn local_tasks() {
    let left = tokio::task::spawn_local(delay("left"));
    let right = tokio::task::spawn_local(delay("right"));
    let (left, right) = (left.await, right.await);
    left.and(right).expect("they do not panic");
}

async fn local_task_by_task() {
    let left = tokio::task::spawn_local(delay("left")).await;
    let right = tokio::task::spawn_local(delay("right")).await;
    left.and(right).expect("they do not panic");
}

async fn nested() {
    let outer = tokio::spawn(async {
        let inner = tokio::spawn(delay("c"));
        delay("b").await;
        inner.await.expect("it does not panic");
    });
    delay("a").await;
    outer.await.expect("it does not panic");
}

async fn nested_in_turn() {
    let outer = tokio::spawn(async {
        delay("b").await;
        tokio::spawn(delay("c")).await.expect("it does not panic");
    });
    delay("a").await;
    outer.await.expect("it does not panic");
}
