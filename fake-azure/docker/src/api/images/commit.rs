//! `POST /commit`: an image of what a container is.

use hyper::StatusCode;
use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::commit::CommitRequest;
use crate::reference::Named;
use crate::registry::Digest;
use crate::state::config::Config;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Committed {
    id: Digest,
}

pub(in crate::api) async fn commit(call: &mut Call) -> Outcome {
    let name = match call.query.first("repo") {
        "" => None,
        repository => Some(Named::of_parts(repository, call.query.first("tag"))?),
    };
    let config: Option<Config> = call.optional_document().await?;
    let text = |key| call.query.first(key).to_owned();
    let request = CommitRequest {
        container: text("container"),
        name,
        author: text("author"),
        comment: text("comment"),
        changes: call.query.all("changes").map(str::to_owned).collect(),
        config,
        // Pausing goes without saying.
        pause: call.query.first("pause").is_empty() || call.flag("pause"),
    };
    call.engine.check_room_for_image(0)?;
    let id = call.engine.commit(request)?;
    Ok(Answer::json(StatusCode::CREATED, &Committed { id }))
}
