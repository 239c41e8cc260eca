//! `POST /containers/{id}/wait`.

use axum::body::Bytes;
use futures_util::stream;
use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::life::{Condition, Ended};
use crate::fault::Fault;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    status_code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message: String,
}

pub(in crate::api) fn wait(call: &Call) -> Outcome {
    let asked = if call.version.is_below("1.30") {
        ""
    } else {
        call.query.first("condition")
    };
    let condition = match asked {
        "" | "not-running" => Condition::NotRunning,
        "next-exit" => Condition::NextExit,
        "removed" => Condition::Removed,
        other => return Err(Fault::Invalid(format!("invalid condition: {other:?}"))),
    };
    let id = call.engine.container_id(&call.name)?;
    let life = call.engine.life(id)?;
    let ended = {
        let state = call.engine.state();
        let container = state.containers.get(id);
        container
            .filter(|c| condition == Condition::NotRunning && !c.is_running())
            .map(|c| Ended {
                code: c.state.exit_code,
                error: String::new(),
            })
    };
    let told = life.wait(condition);
    // The head goes out at once: clients start the container only when they have it.
    let body = stream::once(async move {
        let ended = match ended {
            Some(ended) => ended,
            // A container that is gone without a word had ended.
            None => told.await.unwrap_or(Ended {
                code: 0,
                error: String::new(),
            }),
        };
        let error = (!ended.error.is_empty()).then_some(Message {
            message: ended.error,
        });
        let body = Body {
            status_code: ended.code,
            error,
        };
        // Two members that JSON has words for.
        let mut text = serde_json::to_vec(&body).unwrap_or_default();
        text.push(b'\n');
        Bytes::from(text)
    });
    Ok(Answer::live("application/json", body))
}
