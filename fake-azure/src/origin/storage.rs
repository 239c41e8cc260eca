//! Storage accounts by their public names: none of them holds anything.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use simulation::http::Query;

use crate::skin::{Noted, with};

/// Answers as an account does that has no containers.
pub(super) fn answer(head: &Parts) -> Response<Body> {
    let query = Query::of(&head.uri);
    let is_list = head.uri.path() == "/" && query.first("comp") == "list";
    let (status, text) = if is_list && head.method == Method::GET {
        let list = "<EnumerationResults><Containers /><NextMarker /></EnumerationResults>";
        (StatusCode::OK, list.to_owned())
    } else {
        let error = "<Error><Code>ContainerNotFound</Code>\
            <Message>The specified container does not exist.</Message></Error>";
        (StatusCode::NOT_FOUND, error.to_owned())
    };
    let text = format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>{text}");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    with(response.headers_mut(), "Content-Type", "application/xml");
    if !status.is_success() {
        with(
            response.headers_mut(),
            "x-ms-error-code",
            "ContainerNotFound",
        );
    }
    response.extensions_mut().insert(Noted {
        request_id: None,
        detail: Some("storage accounts hold nothing here".to_owned()),
    });
    response
}
