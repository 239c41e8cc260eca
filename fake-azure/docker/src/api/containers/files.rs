//! A container's files: `docker cp`, `export`, `diff`.

use axum::body::Bytes;
use futures_util::stream;
use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::user;
use crate::fault::Fault;
use crate::files::View;
use crate::files::archive::{self, ArchiveError};
use crate::files::changes::changes;
use crate::files::extract::Rules;
use crate::files::pack::Pack;

/// The kind of an archive.
const TAR: &str = "application/x-tar";

/// The refusal of what cannot be copied.
fn refused(error: &ArchiveError, container: &str) -> Fault {
    match error {
        ArchiveError::Missing(_) => Fault::NotFound(format!("{error} in container {container}")),
        ArchiveError::NotDirectory | ArchiveError::ReadOnlyRoot | ArchiveError::ReadOnlyVolume => {
            Fault::Invalid(error.to_string())
        }
        _ => Fault::Internal(error.to_string()),
    }
}

/// The files of a container, running or not, and the path that the client named.
fn looked_at(call: &Call) -> Result<(View, String), Fault> {
    let path = call.query.first("path");
    if path.is_empty() {
        return Err(Fault::Invalid(
            "bad parameter: pathcannot be empty".to_owned(),
        ));
    }
    let id = call.engine.container_id(&call.name)?;
    Ok((call.engine.view_of(id)?, path.to_owned()))
}

fn path_stat(stat: &archive::PathStat) -> Result<HeaderValue, Fault> {
    HeaderValue::try_from(stat.header_value())
        .map_err(|_| Fault::Internal("the path cannot be told in a header".to_owned()))
}

const PATH_STAT: HeaderName = HeaderName::from_static("x-docker-container-path-stat");

pub(in crate::api) fn head(call: &Call) -> Outcome {
    let (view, path) = looked_at(call)?;
    let stat = archive::stat(&view, &path).map_err(|error| refused(&error, &call.name))?;
    Ok(Answer::empty(StatusCode::OK).with(PATH_STAT, path_stat(&stat)?))
}

pub(in crate::api) fn get(call: &Call) -> Outcome {
    let (view, path) = looked_at(call)?;
    let (stat, pack) = archive::get(&view, &path).map_err(|error| refused(&error, &call.name))?;
    note(call, "archive-path")?;
    Ok(Answer::stream(TAR, parts(pack)).with(PATH_STAT, path_stat(&stat)?))
}

/// An archive, piece by piece.
fn parts(pack: Pack) -> impl futures_util::Stream<Item = Bytes> + Send + 'static {
    stream::iter(pack.map(Bytes::from_owner))
}

pub(in crate::api) async fn put(call: &mut Call) -> Outcome {
    let (view, path) = looked_at(call)?;
    let owner = call
        .flag("copyUIDGID")
        .then(|| owner(call, &view))
        .transpose()?;
    let rules = Rules {
        no_overwrite_dir_non_dir: call.flag("noOverwriteDirNonDir"),
        owner: owner.flatten(),
        whiteouts: false,
    };
    let limits = *call.engine.limits();
    let body = call.body.pieces(limits.archive_bytes).await?;
    let now = call.engine.now();
    let name = call.name.clone();
    let failed = |error: ArchiveError| refused(&error, &name);
    let mut extraction =
        archive::put(&view, &path, body, limits.archive(), rules, now).map_err(failed)?;
    let mut steps = 0_u32;
    while extraction.step().map_err(|error| failed(error.into()))? {
        steps += 1;
        if steps.is_multiple_of(64) {
            tokio::task::yield_now().await;
        }
    }
    note(call, "extract-to-dir")?;
    Ok(Answer::empty(StatusCode::OK))
}

/// Writes down that files went in or out.
fn note(call: &Call, action: &str) -> Result<(), Fault> {
    let id = call.engine.container_id(&call.name)?;
    call.engine.note(call.engine.now(), id, action, &[]);
    Ok(())
}

/// The user and group of the container's processes.
fn owner(call: &Call, view: &View) -> Result<Option<(u32, u32)>, Fault> {
    let id = call.engine.container_id(&call.name)?;
    let told = {
        let state = call.engine.state();
        state
            .containers
            .get(id)
            .map(|c| c.config.user.clone())
            .unwrap_or_default()
    };
    if told.is_empty() {
        return Ok(None);
    }
    let user = user::find(view, &told, &[])?;
    Ok(Some((user.credentials.uid, user.credentials.gid)))
}

pub(in crate::api) fn export(call: &Call) -> Outcome {
    let id = call.engine.container_id(&call.name)?;
    let files = call.engine.tree_of(id)?;
    let pack = archive::export(&files).map_err(|errno| Fault::Internal(errno.to_string()))?;
    call.engine.note(call.engine.now(), id, "export", &[]);
    Ok(Answer::stream("application/octet-stream", parts(pack)))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    path: String,
    kind: u8,
}

pub(in crate::api) fn diff(call: &Call) -> Outcome {
    let id = call.engine.container_id(&call.name)?;
    let files = call.engine.tree_of(id)?;
    let tree = files
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let changed: Vec<Change> = match tree.base() {
        None => Vec::new(),
        Some(base) => changes(base, &tree)
            .into_iter()
            .map(|change| Change {
                kind: change.kind.number(),
                path: change.path,
            })
            .collect(),
    };
    Ok(Answer::ok(&(!changed.is_empty()).then_some(changed)))
}
