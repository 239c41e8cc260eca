//! A page in the owner's browser, and whoever else has no business at the admin port.

use fake_azure::Limits;
use reqwest::{Client, Method};
use serde_json::Value;

use crate::stage::{Stage, builder};

async fn asked(
    stage: &Stage,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Value) {
    let url = format!("{}/_fake/{path}", stage.azure.admin_url());
    let client = Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method, url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn a_page_of_a_stranger_neither_reads_nor_changes_anything() {
    let stage = Stage::new().await;
    stage
        .post(
            "/services/hostedservices",
            &crate::bodies::hosted_service("web"),
        )
        .await
        .is(201);
    let drop = r#"{"effect": {"drop": true}}"#;
    let rebound = [("host", "rebound.example:80")];
    let (status, told) = asked(&stage, Method::GET, "world", &rebound, "").await;
    assert_eq!(status, 403);
    assert!(told.get("subscriptions").is_none());
    let foreign = [("origin", "https://evil.example")];
    let form = [("content-type", "text/plain")];
    for (path, body) in [
        ("reset", ""),
        ("reset", "{}"),
        ("break", drop),
        ("advance", r#"{"seconds": 9}"#),
    ] {
        assert_eq!(
            asked(&stage, Method::POST, path, &foreign, body).await.0,
            403
        );
        assert_eq!(asked(&stage, Method::POST, path, &form, body).await.0, 415);
    }
    let (status, _) = asked(&stage, Method::POST, "reset", &[], "a=1&b=2").await;
    assert_eq!(status, 400);
    // Neither was the world reset nor is anything to go wrong.
    stage.get("/services/hostedservices/web").await.is(200);
    let (_, told) = stage
        .admin("break", Some(serde_json::json!({"clear": true})))
        .await;
    assert_eq!(told, serde_json::json!([]));
    // Its owner may do all of that.
    let json = [("content-type", "application/json")];
    assert_eq!(
        asked(&stage, Method::POST, "reset", &json, "{}").await.0,
        200
    );
    let curl = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(
        asked(&stage, Method::POST, "break", &curl, drop).await.0,
        200
    );
}

#[tokio::test]
async fn whoever_has_no_token_is_not_answered_where_one_was_given() {
    let stage = Stage::of(builder().admin_token("s3cret")).await;
    let shown = [("authorization", "Bearer s3cret")];
    let wrong = [("authorization", "Bearer secret")];
    assert_eq!(asked(&stage, Method::GET, "world", &shown, "").await.0, 200);
    assert_eq!(asked(&stage, Method::GET, "world", &wrong, "").await.0, 401);
    assert_eq!(asked(&stage, Method::POST, "reset", &[], "").await.0, 401);
    assert_eq!(
        asked(&stage, Method::POST, "reset", &shown, "").await.0,
        200
    );
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_with_its_limit() {
    let limits = Limits {
        body_bytes: 1000,
        ..Limits::default()
    };
    let stage = Stage::of(builder().limits(limits)).await;
    let long = "x".repeat(1001);
    let (status, told) = asked(&stage, Method::POST, "break", &[], &long).await;
    assert_eq!(status, 413);
    assert_eq!(told["error"], "the body is longer than 1000 bytes");
}

#[tokio::test]
async fn faults_that_are_too_large_or_costly_are_refused_by_their_field() {
    let stage = Stage::new().await;
    let long = "x".repeat(100_000);
    for (rule, field) in [
        (serde_json::json!({"effect": {"explode": true}}), "`effect`"),
        (
            serde_json::json!({"effect": {"status": "x"}}),
            "`effect.status`",
        ),
        (
            serde_json::json!({"effect": {"status": 500, "message": long}}),
            "`effect.message`",
        ),
        (
            serde_json::json!({"effect": {"fail_operation": {"code": "a", "message": long}}}),
            "`effect.fail_operation.message`",
        ),
        (
            serde_json::json!({"match": {"path": "(a{1000}){100}"}, "effect": {"drop": true}}),
            "`match.path`",
        ),
        (
            serde_json::json!({"match": {"path": long}, "effect": {"drop": true}}),
            "`match.path`",
        ),
    ] {
        let (status, told) = stage.admin("break", Some(rule)).await;
        assert_eq!(status, 400);
        let error = told["error"].as_str().unwrap();
        assert!(error.contains(field) && error.len() < 500, "{error}");
    }
}
