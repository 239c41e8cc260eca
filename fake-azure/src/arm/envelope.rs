//! What is around every answer: the headers of the gateway and of the providers.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use jiff::Timestamp;

use super::{Answer, Content, Refused};
use crate::skin::{Noted, with};
use crate::world::OperationId;

/// What an answer is told by.
pub(super) struct Envelope<'a> {
    pub(super) head: &'a Parts,
    pub(super) id: &'a OperationId,
    pub(super) now: Timestamp,
}

/// An answer on its way out.
pub(super) fn sealed(result: Result<Answer, Refused>, about: &Envelope<'_>) -> Response<Body> {
    let (answer, fault) = match result {
        Ok(answer) => (answer, None),
        Err(refused) => {
            let cause = refused.cause;
            let told = format!("{}: {}", refused.code, refused.message);
            let answer = Answer {
                status: refused.status,
                body: Some(Content::Document(refused.document())),
                headers: vec![("x-ms-failure-cause", cause.to_owned())],
                skipped: Vec::new(),
                notes: Vec::new(),
            };
            (answer, Some(told))
        }
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let is_head = about.head.method == Method::HEAD;
    let has_body = answer.body.is_some();
    let etag = answer.body.as_ref().and_then(etag);
    let mut response = match answer.body {
        Some(content) if !is_head => Response::new(Body::from(content.into_json())),
        _ => Response::new(Body::empty()),
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if has_body {
        with(headers, "Content-Type", "application/json; charset=utf-8");
    }
    with(headers, "Cache-Control", "no-cache");
    with(headers, "Pragma", "no-cache");
    with(headers, "Expires", "-1");
    let request_id = about.id.dashed();
    with(headers, "x-ms-request-id", &request_id);
    with(headers, "x-ms-correlation-request-id", &request_id);
    let stamp = about.now.strftime("%Y%m%dT%H%M%SZ");
    with(
        headers,
        "x-ms-routing-request-id",
        &format!("WESTUS:{stamp}:{request_id}"),
    );
    with(
        headers,
        "Strict-Transport-Security",
        "max-age=31536000; includeSubDomains",
    );
    with(headers, "X-Content-Type-Options", "nosniff");
    let (rate, left) = match about.head.method {
        Method::GET | Method::HEAD => ("reads", "16499"),
        Method::DELETE => ("deletes", "199"),
        _ => ("writes", "199"),
    };
    with(
        headers,
        &format!("x-ms-ratelimit-remaining-subscription-{rate}"),
        left,
    );
    if let Some(etag) = &etag {
        with(headers, "ETag", etag);
    }
    let asked = &about.head.headers;
    let wants_back = asked
        .get("x-ms-return-client-request-id")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    if let (true, Some(id)) = (wants_back, asked.get("x-ms-client-request-id")) {
        headers.insert("x-ms-client-request-id", id.clone());
    }
    let skipped = (!answer.skipped.is_empty())
        .then(|| format!("not known, and skipped: {}", answer.skipped.join(", ")));
    let notes = (!answer.notes.is_empty()).then(|| answer.notes.join(", "));
    let details: Vec<String> = [fault, skipped, notes].into_iter().flatten().collect();
    let detail = (!details.is_empty()).then(|| details.join("; "));
    if let Some(detail) = &detail {
        with(headers, "x-fake-azure-detail", &one_line(detail));
    }
    for (name, value) in &answer.headers {
        with(headers, name, value);
    }
    response.extensions_mut().insert(Noted {
        request_id: Some(about.id.clone().into()),
        detail,
    });
    response
}

/// The version of what is told, if it has one.
fn etag(content: &Content) -> Option<String> {
    match content {
        Content::Document(document) => Some(document.get("etag")?.as_str()?.to_owned()),
        Content::Written(_) => None,
    }
}

/// Header values are ASCII on one line; the journal has the whole.
fn one_line(detail: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    };
    detail.chars().map(plain).take(500).collect()
}
