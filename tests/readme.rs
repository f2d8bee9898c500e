//! The programs of the README, word for word; `tidy` holds them to be the same.

mod dashboard {
    use makespan::{assert_law, delay};

    async fn dashboard() {
        delay("auth").await; // a fake: in your test it stands for a call
        tokio::join!(delay("profile"), delay("orders"));
    }

    #[test]
    fn profile_and_orders_load_together() {
        assert_law!(dashboard() => auth + max(profile, orders));
    }

    #[test]
    fn the_law_is_found() -> Result<(), makespan::Error> {
        let law = makespan::infer(dashboard)?;
        assert_eq!(law.to_string(), "auth + max(profile, orders)");
        Ok(())
    }
}

mod by_hand {
    use makespan::scenario;
    use std::time::Duration;

    #[test]
    fn tasks_take_the_maximum() -> Result<(), makespan::Failure> {
        let by_await = scenario!(seq(profile: 2s, orders: 1s));
        let by_task = scenario!(spawn(profile: 2s, orders: 1s));

        assert_eq!(by_await.verify()?.makespan(), Duration::from_secs(3)); // profile + orders
        assert_eq!(by_task.verify()?.makespan(), Duration::from_secs(2)); // max(profile, orders)
        Ok(())
    }
}

mod generated {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_scenario_is_predicted(s in makespan::strategy::scenarios()) { s.verify()?; }
    }
}
