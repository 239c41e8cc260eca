//! `/_fake/approve`: somebody signs in with the code that a program shows.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Body, failed, fault};
use crate::cloud::Cloud;
use crate::world::directory::{Change, Secret};

/// Which code it is, and what becomes of it.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "which code to approve, such as {\"user_code\": \"ABC\"}, or {} for the only one"
)]
pub(super) struct Approve {
    /// The code as it is typed; the only one that waits, unless told.
    user_code: Option<String>,
    /// Who signs in; the tenant's first user, unless told.
    user: Option<String>,
    /// Somebody says no.
    #[serde(default)]
    decline: bool,
}

pub(super) async fn answer(State(cloud): State<Cloud>, Body(asked): Body<Approve>) -> Response {
    cloud.act(|hand, now| {
        let directory = hand.world().directory();
        let waiting: Vec<(Secret, String)> = directory
            .waiting_codes(now)
            .filter(|(_, typed)| {
                let wanted = asked.user_code.as_ref();
                wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(typed))
            })
            .map(|(code, typed)| (code, typed.to_owned()))
            .collect();
        let [(code, typed)] = waiting.as_slice() else {
            let words = if asked.user_code.is_some() {
                "no program waits with this code"
            } else {
                "say which code it is, as `user_code`: not just one program waits"
            };
            return fault(StatusCode::NOT_FOUND, words);
        };
        let user = match (asked.decline, directory.user(asked.user.as_deref())) {
            (true, _) => None,
            (false, Ok(user)) => Some(user.name.clone()),
            (false, Err(_)) => {
                return fault(StatusCode::NOT_FOUND, "there is no such user");
            }
        };
        let change = Change::DeviceCodeAnswered {
            code: code.clone(),
            user: user.clone(),
        };
        match hand.change_directory(change) {
            Ok(()) => Json(json!({ "user_code": typed, "user": user })).into_response(),
            Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error),
        }
    })
}
