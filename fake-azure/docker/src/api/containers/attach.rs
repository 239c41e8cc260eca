//! `POST /containers/{id}/attach` and `GET /containers/{id}/attach/ws`: a connection becomes a
//! container's standard streams.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderValue};
use sha1::{Digest, Sha1};

use super::logs;
use crate::api::Outcome;
use crate::api::answer::{Answer, MULTIPLEXED, RAW};
use crate::api::call::{Call, PYTHON_BUFFER};
use crate::fault::Fault;
use crate::state::container::Status;
use crate::stream::detach::DetachKeys;
use crate::stream::hijack::{self, Input, Session, Target};
use crate::stream::websocket::{self, Messages};

/// What a web socket's server adds to the client's key before it hashes it (RFC 6455).
const WEBSOCKET_KEY: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The kind of a taken-over stream; before API 1.42 all were called raw.
pub(in crate::api) fn kind(call: &Call, is_tty: bool) -> &'static str {
    if is_tty || call.version.is_below("1.42") {
        RAW
    } else {
        MULTIPLEXED
    }
}

/// Hands a connection over to a session, in the words that the client asked for.
pub(in crate::api) fn hand_over(call: &Call, is_tty: bool, session: Session) -> Answer {
    let work = Box::new(|wire| Box::pin(hijack::serve(wire, session)) as _);
    let answer = if call.wants_upgrade() {
        Answer::upgrade(kind(call, is_tty), "tcp", work)
    } else {
        Answer::raw(work)
    };
    if call.reads_beside_its_buffer() {
        answer.with_head_of(PYTHON_BUFFER)
    } else {
        answer
    }
}

/// Which of a container's streams somebody wants.
#[derive(Clone, Copy)]
struct Streams {
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

impl Streams {
    fn asked(call: &Call) -> Self {
        Self {
            stdin: call.flag("stdin"),
            stdout: call.flag("stdout"),
            stderr: call.flag("stderr"),
        }
    }
}

pub(in crate::api) fn attach(call: &Call) -> Outcome {
    let session = session(call, Streams::asked(call))?;
    Ok(hand_over(call, session.raw, session).unsigned())
}

pub(in crate::api) fn attach_websocket(call: &Call) -> Outcome {
    let streams = if call.version.is_below("1.42") {
        Streams {
            stdin: true,
            stdout: true,
            stderr: true,
        }
    } else {
        Streams::asked(call)
    };
    let messages = if call.version.is_below("1.28") {
        Messages::Text
    } else {
        Messages::Binary
    };
    // A container that is not there is told first, as one that cannot be attached to is.
    call.engine.container_id(&call.name)?;
    let Some(accept) = websocket_accept(&call.headers) else {
        return Ok(Answer::text(
            StatusCode::BAD_REQUEST,
            "not websocket protocol",
        ));
    };
    let session = Session {
        raw: true,
        ..session(call, streams)?
    };
    let work = Box::new(move |wire| Box::pin(websocket::serve(wire, session, messages)) as _);
    Ok(Answer::upgrade("", "websocket", work)
        .with(header::SEC_WEBSOCKET_ACCEPT, accept)
        .unsigned())
}

/// The answer to the key of a web socket's client, if it is one.
fn websocket_accept(headers: &HeaderMap) -> Option<HeaderValue> {
    let has = |name, word: &str| {
        let mut values = headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
        values.any(|v| v.split(',').any(|v| v.trim().eq_ignore_ascii_case(word)))
    };
    if !has(header::UPGRADE, "websocket")
        || !has(header::CONNECTION, "upgrade")
        || !has(header::SEC_WEBSOCKET_VERSION, "13")
    {
        return None;
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?;
    let digest = Sha1::new().chain_update(key).chain_update(WEBSOCKET_KEY);
    HeaderValue::try_from(STANDARD.encode(digest.finalize())).ok()
}

/// Attaches to a container.
fn session(call: &Call, streams: Streams) -> Result<Session, Fault> {
    let Streams {
        stdin,
        stdout,
        stderr,
    } = streams;
    let keys = DetachKeys::parse(call.query.first("detachKeys"))?;
    let id = call.engine.container_id(&call.name)?;
    let life = call.engine.life(id)?;
    let (is_tty, open_stdin, stdin_once, status) = {
        let state = call.engine.state();
        let container = state.containers.get(id);
        let container = container.ok_or_else(|| Fault::NoSuchContainer(call.name.clone()))?;
        let config = &container.config;
        (
            config.tty,
            config.open_stdin,
            config.stdin_once,
            container.state.status,
        )
    };
    if status == Status::Paused {
        let words = format!(
            "container {} is paused, unpause the container before attach",
            call.name
        );
        return Err(Fault::Conflict(words));
    }
    if status == Status::Restarting {
        let words = format!(
            "container {} is restarting, wait until the container is running",
            call.name
        );
        return Err(Fault::Conflict(words));
    }
    let before = if call.flag("logs") {
        logs::whole(&call.engine, id, stdout, stderr, is_tty)
    } else {
        Vec::new()
    };
    let streams = call.flag("stream");
    let output = (streams && (stdout || stderr)).then(|| life.stdio.attach(stdout, stderr));
    let typed = streams && stdin && open_stdin;
    call.engine.note(call.engine.now(), id, "attach", &[]);
    let input = typed.then(|| {
        if !is_tty && !matches!(status, Status::Running) {
            life.stdio.prepare_input();
        }
        Input {
            target: Target::Container(life),
            keys: is_tty.then_some(keys),
            closes: stdin_once && !is_tty,
            clock: call.engine.clock().clone(),
        }
    });
    Ok(Session {
        before,
        output,
        input,
        raw: is_tty,
        pauses: status == Status::Running && call.reads_beside_its_buffer(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_socket_s_key_is_answered_as_the_standard_s_example_is() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (header::UPGRADE, "WebSocket"),
            (header::CONNECTION, "keep-alive, Upgrade"),
            (header::SEC_WEBSOCKET_VERSION, "13"),
            (header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            assert_eq!(websocket_accept(&headers), None);
            headers.insert(name, HeaderValue::from_static(value));
        }
        let accept = websocket_accept(&headers).unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
