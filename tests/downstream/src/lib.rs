//! A dashboard, as an application has it.

use std::future::Future;

/// What the application talks to.
pub trait Api: Sync {
    fn auth(&self) -> impl Future<Output = u32> + Send;
    fn profile(&self, user: u32) -> impl Future<Output = String> + Send;
    fn orders(&self, user: u32) -> impl Future<Output = Vec<u32>> + Send;
}

/// Loads both beside each other.
pub async fn dashboard(api: &impl Api) -> (String, Vec<u32>) {
    let user = api.auth().await;
    tokio::join!(api.profile(user), api.orders(user))
}

/// The same with the mistake: one after the other.
pub async fn one_by_one(api: &impl Api) -> (String, Vec<u32>) {
    let user = api.auth().await;
    (api.profile(user).await, api.orders(user).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use makespan::{assert_law, delay};

    struct FakeApi;

    impl Api for FakeApi {
        async fn auth(&self) -> u32 {
            delay("auth").await;
            7
        }

        async fn profile(&self, user: u32) -> String {
            delay("profile").await;
            format!("user {user}")
        }

        async fn orders(&self, user: u32) -> Vec<u32> {
            delay("orders").await;
            vec![user]
        }
    }

    #[test]
    fn profile_and_orders_load_together() {
        assert_law!(dashboard(&FakeApi) => auth + max(profile, orders));
    }

    #[test]
    #[ignore = "fails on purpose"]
    fn a_unit_test_fails() {
        assert_law!(one_by_one(&FakeApi) => auth + max(profile, orders));
    }
}
