//! `GET /images/get`, `GET /images/{name}/get`, `POST /images/load`.

use axum::body::Bytes;
use futures_util::stream;

use super::lines;
use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;

pub(in crate::api) fn save(call: &Call) -> Outcome {
    let names = match call.name.as_str() {
        "" => call.query.all("names").map(str::to_owned).collect(),
        name => vec![name.to_owned()],
    };
    let engine = &call.engine;
    let parts = engine.change_images(|images, _, notes| images.save(&names, notes))?;
    let parts = parts.into_iter().map(Bytes::from_owner);
    Ok(Answer::stream("application/x-tar", stream::iter(parts)))
}

pub(in crate::api) async fn load(call: &mut Call) -> Outcome {
    let archive = call.body.pieces(call.engine.limits().archive_bytes).await?;
    call.engine.check_room_for_image(archive.len() as u64)?;
    let quiet = call.flag("quiet");
    let told = call
        .engine
        .change_images(|images, _, notes| images.load(archive, quiet, notes));
    Ok(lines(told))
}
