//! Pages of a journal: `?after=N&limit=M`.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use simulation::http::Query;

use super::fault;

/// Which entries of a journal are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Those after the entry of this number.
    pub(crate) after: u64,
    /// Up to so many.
    pub(crate) most: usize,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, _: &S) -> Result<Self, Response> {
        let query = Query::of(&head.uri);
        let wrong = |name| {
            let words = format!("`{name}` is a number of entries, counted from 1");
            fault(StatusCode::BAD_REQUEST, words)
        };
        Ok(Self {
            after: number(&query, "after", 0).map_err(wrong)?,
            most: number(&query, "limit", usize::MAX).map_err(wrong)?,
        })
    }
}

/// A number, or the name of what is none.
fn number<'n, T: FromStr>(query: &Query, name: &'n str, unless: T) -> Result<T, &'n str> {
    query
        .get(name)
        .map_or(Ok(unless), |text| text.parse().map_err(|_| name))
}
