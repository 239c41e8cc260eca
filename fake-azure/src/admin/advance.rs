//! `/_fake/advance`: time that passes at once.

use std::error::Error;
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{failed, fault};

/// How far to move a clock.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "how far to move the clock, such as {\"seconds\": 60}"
)]
pub(crate) struct Advance {
    seconds: f64,
}

impl Advance {
    /// Lets `advance` move its clock and tell what it then shows.
    pub(crate) fn carry_out<E: Error>(
        &self,
        advance: impl FnOnce(Duration) -> Result<Timestamp, E>,
    ) -> Response {
        // A century is enough for any test, and keeps timestamps in their range.
        const MOST: f64 = 100.0 * 366.0 * 86_400.0;
        if !(0.0..=MOST).contains(&self.seconds) {
            return fault(
                StatusCode::BAD_REQUEST,
                "`seconds` is a number from 0 to a century",
            );
        }
        match advance(Duration::from_secs_f64(self.seconds)) {
            Ok(now) => Json(json!({ "now": now.to_string() })).into_response(),
            Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error),
        }
    }
}
