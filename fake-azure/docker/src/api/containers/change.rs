//! What changes a container's life: start, stop, kill, pause, rename, resize, removal.

use hyper::StatusCode;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::create::{free, invalid_name};
use crate::engine::names;
use crate::engine::stop::not_running;
use crate::fault::Fault;
use crate::process::Signal;

fn done() -> Answer {
    Answer::empty(StatusCode::NO_CONTENT)
}

pub(in crate::api) async fn start(call: &mut Call) -> Outcome {
    if !call.query.first("checkpoint").is_empty() {
        let words = "checkpoint is only supported in experimental mode";
        return Err(Fault::Invalid(words.to_owned()));
    }
    // Older clients send what the engine once took; newer ones may send an empty object.
    let body = call.body.whole(64 * 1024).await?;
    if body.len() > 2 && !body.iter().all(u8::is_ascii_whitespace) && body != b"null" {
        let words = "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24";
        return Err(Fault::Invalid(words.to_owned()));
    }
    call.engine.start(&call.name)?;
    Ok(done())
}

pub(in crate::api) async fn stop(call: &mut Call) -> Outcome {
    let grace = call.number("t")?;
    call.engine.stop(&call.name, grace).await?;
    Ok(done())
}

pub(in crate::api) async fn restart(call: &mut Call) -> Outcome {
    let grace = call.number("t")?;
    call.engine.restart(&call.name, grace).await?;
    Ok(done())
}

pub(in crate::api) async fn kill(call: &mut Call) -> Outcome {
    call.engine
        .kill(&call.name, call.query.first("signal"))
        .await?;
    Ok(done())
}

pub(in crate::api) fn pause(call: &Call) -> Outcome {
    call.engine.pause(&call.name)?;
    Ok(done())
}

pub(in crate::api) fn unpause(call: &Call) -> Outcome {
    call.engine.unpause(&call.name)?;
    Ok(done())
}

pub(in crate::api) async fn remove(call: &mut Call) -> Outcome {
    if call.flag("link") {
        return Err(Fault::Internal(format!(
            "Could not get parent name for /{}",
            call.name
        )));
    }
    call.engine
        .remove(&call.name, call.flag("force"), call.flag("v"))
        .await?;
    Ok(done())
}

pub(in crate::api) fn rename(call: &Call) -> Outcome {
    let name = call.query.first("name");
    let old = call.name.as_str();
    if name.is_empty() || old.is_empty() {
        let words = "Neither old nor new names may be empty";
        return Err(Fault::Invalid(words.to_owned()));
    }
    let id = call.engine.container_id(old)?;
    let bare = name.strip_prefix('/').unwrap_or(name);
    let now = call.engine.now();
    let mut state = call.engine.state();
    let current = state.containers.get(id).map(|c| c.name.clone());
    let current = current.ok_or_else(|| Fault::NoSuchContainer(old.to_owned()))?;
    if current == bare {
        let words = "Renaming a container with the same name as its current name";
        return Err(Fault::Invalid(words.to_owned()));
    }
    let about = |fault: Fault| match fault {
        Fault::Invalid(words) => Fault::Invalid(format!("Error when allocating new name: {words}")),
        Fault::Conflict(words) => {
            Fault::Conflict(format!("Error when allocating new name: {words}"))
        }
        other => other,
    };
    if !names::is_valid(bare) {
        return Err(about(invalid_name(&format!("/{bare}"))));
    }
    free(&state.containers, bare).map_err(about)?;
    state.containers.rename(id, bare);
    if let Some(mut container) = state.containers.remove(id) {
        call.engine.rename_in_networks(&mut state, &mut container);
        state.containers.insert(container);
    }
    state.tell(now, id, "rename", &[("oldName", format!("/{current}"))]);
    drop(state);
    call.engine.happened();
    Ok(done())
}

/// Reads the size of a terminal: rows and columns.
pub(in crate::api) fn size(call: &Call) -> Result<(u16, u16), Fault> {
    let read = |key: &str, name: &str| {
        let text = call.query.first(key);
        text.parse::<u32>()
            .map(|number| u16::try_from(number).unwrap_or(u16::MAX))
            .map_err(|_| Fault::Invalid(format!("invalid resize {name} {text:?}: invalid syntax")))
    };
    Ok((read("h", "height")?, read("w", "width")?))
}

pub(in crate::api) fn resize(call: &Call) -> Outcome {
    let (rows, columns) = size(call)?;
    let id = call.engine.container_id(&call.name)?;
    let running = call.engine.life(id)?.running();
    let running = running.ok_or_else(|| not_running(id))?;
    if let Some(tty) = &running.tty
        && tty.resize(rows, columns)
    {
        running.space.signal_group(tty.foreground(), Signal::WINCH);
    }
    let more = [("height", rows.to_string()), ("width", columns.to_string())];
    call.engine.note(call.engine.now(), id, "resize", &more);
    Ok(Answer::empty(StatusCode::OK))
}
