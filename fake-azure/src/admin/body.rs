//! What an admin API is told, and how it says no.

use std::error::Error;

use axum::Json;
use axum::extract::FromRequest;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

/// A refusal in words.
pub(crate) fn fault(status: StatusCode, message: impl Into<String>) -> Response {
    (status, Json(json!({ "error": message.into() }))).into_response()
}

/// An error in words, with its causes.
pub(crate) fn failed(status: StatusCode, error: &dyn Error) -> Response {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    fault(status, words)
}

/// JSON whatever its content type says, so that `curl -d` will do.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: for<'de> Deserialize<'de>> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Response> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        Json::<T>::from_bytes(text)
            .map(|Json(value)| Self(value))
            .map_err(|error: JsonRejection| fault(StatusCode::BAD_REQUEST, error.body_text()))
    }
}
