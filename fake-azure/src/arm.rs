//! Resource Manager: what is below `/subscriptions`, `/providers` and `/tenants`. Whoever comes here
//! has shown a good token, whose `Arc<Claims>` is an extension of the request, as is a `RequestFault`
//! that was arranged for it. The answer's [`Noted`](crate::skin::Noted) is what the journal tells.

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Request, Response};

use crate::cloud::Cloud;
use crate::skin::{Meant, failed};

/// The routes of Resource Manager.
pub(crate) fn router(cloud: Cloud) -> Router {
    Router::new().fallback(not_modelled).with_state(cloud)
}

/// What a request is about. Fault rules match what follows the subscription.
pub(crate) fn meant(head: &Parts, _body: &[u8]) -> Meant {
    let whole = head
        .uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    Meant {
        path: below_subscription(&whole),
        shown: whole,
        ..Meant::default()
    }
}

/// The path after the subscription, or the whole where there is none.
fn below_subscription(path: &str) -> String {
    let trimmed = path.trim_start_matches('/');
    let rest = trimmed.split_once('/').and_then(|(first, rest)| {
        let is_subscription = first.eq_ignore_ascii_case("subscriptions");
        is_subscription.then(|| rest.find(['/', '?']).map_or("", |at| &rest[at..]))
    });
    match rest {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        Some(rest) => format!("/{rest}"),
        None => path.to_owned(),
    }
}

async fn not_modelled(request: Request<Body>) -> Response<Body> {
    let (method, path) = (request.method(), request.uri().path());
    failed(
        501,
        "NotImplemented",
        &format!("{method} {path} is not simulated."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_see_what_follows_the_subscription() {
        for (path, seen) in [
            (
                "/subscriptions/s/resourceGroups/g?x=1",
                "/resourceGroups/g?x=1",
            ),
            ("/Subscriptions/s", "/"),
            ("/subscriptions/s?api-version=1", "/?api-version=1"),
            (
                "/subscriptions?api-version=1",
                "/subscriptions?api-version=1",
            ),
            ("/tenants?api-version=1", "/tenants?api-version=1"),
        ] {
            assert_eq!(below_subscription(path), seen);
        }
    }
}
