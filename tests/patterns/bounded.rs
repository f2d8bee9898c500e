//! So many at a time, and no more.

use std::collections::VecDeque;
use std::sync::Arc;

use makespan::delay;
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use super::pairs;

pairs! {
    permits_are_as_many_as_meant { uploads(2), uploads(3) => limit(2, job) }
    permits_are_not_one_too_few { uploads(3), uploads(2) => limit(3, job) }
    a_permit_is_held_while_the_job_runs { uploads(3), permit_dropped() => limit(3, job) }
    a_permit_is_shared { uploads(2), semaphore_each() => limit(2, job) }
    a_permit_is_not_held_too_long {
        rendered_outside(), rendered_inside() => query[0] + max(render[0], query[1] + render[1])
    }
    a_window_slides { sliding(), chunked() => limit(2, page) }
    a_slow_page_does_not_hold_up_the_window { sliding(), in_order() => limit(2, page) }
    workers_share_a_queue { workers(3), queue_locked() => limit(3, job) }
    jobs_are_not_dealt_out_beforehand { workers(2), dealt() => limit(2, job) }
    a_slot_is_taken_before_the_spawn { slot_first(), slot_kept() => limit(2, job) + report }
    one_slot_means_in_turn { uploads(1), uploads(2) => sum(job) }
}

async fn uploads(permits: usize) {
    let slots = Arc::new(Semaphore::new(permits));
    let mut jobs = JoinSet::new();
    for _ in 0..6 {
        let slots = Arc::clone(&slots);
        jobs.spawn(async move {
            let _slot = slots.acquire().await.expect("it is open");
            delay("job").await;
        });
    }
    jobs.join_all().await;
}

async fn permit_dropped() {
    let slots = Arc::new(Semaphore::new(3));
    let mut jobs = JoinSet::new();
    for _ in 0..6 {
        let slots = Arc::clone(&slots);
        jobs.spawn(async move {
            // `_` binds nothing: the permit is back before the job begins.
            let _ = slots.acquire().await.expect("it is open");
            delay("job").await;
        });
    }
    jobs.join_all().await;
}

async fn semaphore_each() {
    let mut jobs = JoinSet::new();
    for _ in 0..6 {
        jobs.spawn(async {
            let slots = Semaphore::new(2);
            let _slot = slots.acquire().await.expect("it is open");
            delay("job").await;
        });
    }
    jobs.join_all().await;
}

async fn rendered_outside() {
    let slots = Semaphore::new(1);
    let report = async || {
        let slot = slots.acquire().await.expect("it is open");
        delay("query").await;
        drop(slot);
        delay("render").await;
    };
    tokio::join!(report(), report());
}

async fn rendered_inside() {
    let slots = Semaphore::new(1);
    let report = async || {
        let _slot = slots.acquire().await.expect("it is open");
        delay("query").await;
        delay("render").await;
    };
    tokio::join!(report(), report());
}

async fn sliding() {
    let mut pages = JoinSet::new();
    for _ in 0..5 {
        if pages.len() == 2 {
            pages.join_next().await;
        }
        pages.spawn(delay("page"));
    }
    pages.join_all().await;
}

async fn chunked() {
    for chunk in [0, 1, 2, 3, 4].chunks(2) {
        let pages: JoinSet<_> = chunk.iter().map(|_| delay("page")).collect();
        pages.join_all().await;
    }
}

async fn in_order() {
    let mut pages = VecDeque::new();
    for _ in 0..5 {
        if pages.len() == 2
            && let Some(oldest) = pages.pop_front()
        {
            let oldest: JoinHandle<()> = oldest;
            oldest.await.expect("it does not panic");
        }
        pages.push_back(tokio::spawn(delay("page")));
    }
    for page in pages {
        page.await.expect("it does not panic");
    }
}

type Queue = Arc<Mutex<mpsc::Receiver<u32>>>;

fn queue() -> Queue {
    let (jobs, queue) = mpsc::channel(6);
    (0..6).for_each(|job| jobs.try_send(job).expect("there is room"));
    Arc::new(Mutex::new(queue))
}

async fn workers(count: usize) {
    let queue = queue();
    let work = async |queue: Queue| {
        loop {
            let job = queue.lock().await.recv().await;
            if job.is_none() {
                return;
            }
            delay("job").await;
        }
    };
    let workers: JoinSet<_> = (0..count).map(|_| work(Arc::clone(&queue))).map(Box::pin).collect();
    workers.join_all().await;
}

async fn queue_locked() {
    let queue = queue();
    let mut workers = JoinSet::new();
    for _ in 0..3 {
        let queue = Arc::clone(&queue);
        workers.spawn(async move {
            // The guard lives as long as what the loop looks at, which is all of its body.
            while let Some(_job) = queue.lock().await.recv().await {
                delay("job").await;
            }
        });
    }
    workers.join_all().await;
}

async fn dealt() {
    let worker = async || {
        for _ in 0..3 {
            delay("job").await;
        }
    };
    tokio::join!(worker(), worker());
}

async fn slot_first() {
    let slots = Arc::new(Semaphore::new(2));
    let mut jobs = JoinSet::new();
    for _ in 0..4 {
        let slot = Arc::clone(&slots).acquire_owned().await.expect("it is open");
        jobs.spawn(async move {
            delay("job").await;
            drop(slot);
        });
    }
    jobs.join_all().await;
    delay("report").await;
}

async fn slot_kept() {
    let slots = Arc::new(Semaphore::new(2));
    let mut jobs = JoinSet::new();
    for _ in 0..4 {
        let slot = Arc::clone(&slots).acquire_owned().await.expect("it is open");
        jobs.spawn(async move {
            delay("job").await;
            slot.forget(); // it never comes back, so the third job waits for good
        });
    }
    jobs.join_all().await;
    delay("report").await;
}
