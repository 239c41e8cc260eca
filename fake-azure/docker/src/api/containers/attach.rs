//! `POST /containers/{id}/attach`: a connection becomes a container's standard streams.

use axum::body::Bytes;
use futures_util::stream;
use hyper::StatusCode;
use hyper::header;

use super::logs;
use crate::api::Outcome;
use crate::api::answer::{Answer, Wire};
use crate::api::call::Call;
use crate::engine::stdio::Attached;
use crate::fault::Fault;
use crate::state::container::Status;
use crate::stream::detach::DetachKeys;
use crate::stream::frame;
use crate::stream::hijack::{self, Input, Session, Target};

/// What a terminal's bytes, and what frames are called.
pub(in crate::api) const RAW: &str = "application/vnd.docker.raw-stream";
pub(in crate::api) const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";

/// The kind of a taken-over stream; before API 1.42 all were called raw.
pub(in crate::api) fn kind(call: &Call, is_tty: bool) -> &'static str {
    if is_tty || call.version.is_below("1.42") {
        RAW
    } else {
        MULTIPLEXED
    }
}

/// Attaches over a web socket, which is not modelled; what asks for none is told so in the words
/// of the engine's library.
pub(in crate::api) fn over_web_socket(call: &Call) -> Outcome {
    call.engine.container_id(&call.name)?;
    let asked = call.headers.get(header::UPGRADE);
    if asked.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        return Err(crate::api::fault::not_modelled(call.route));
    }
    let words = "not websocket protocol";
    Ok(Answer::text(StatusCode::BAD_REQUEST, words))
}

pub(in crate::api) fn attach(call: &Call) -> Outcome {
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
    let (stdout, stderr) = (call.flag("stdout"), call.flag("stderr"));
    let before = if call.flag("logs") {
        logs::whole(&call.engine, id, stdout, stderr, is_tty)
    } else {
        Vec::new()
    };
    let streams = call.flag("stream");
    let output = (streams && (stdout || stderr)).then(|| life.stdio.attach(stdout, stderr));
    let typed = streams && call.flag("stdin") && open_stdin;
    call.engine.note(call.engine.now(), id, "attach", &[]);
    if !call.wants_upgrade() {
        return Ok(Answer::stream(RAW, pieces(before, output, is_tty)).unsigned());
    }
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
    let session = Session {
        before,
        output,
        input,
        raw: is_tty,
        pauses: status == Status::Running,
    };
    let take_over = move |wire: Wire| hijack::serve(wire, session);
    let answer = Answer::upgrade(
        kind(call, is_tty),
        "tcp",
        Box::new(|wire| Box::pin(take_over(wire))),
    );
    Ok(answer.unsigned())
}

/// What a container writes, as the body of an answer.
pub(in crate::api) fn pieces(
    before: Vec<Bytes>,
    output: Option<Attached>,
    raw: bool,
) -> impl futures_util::Stream<Item = Bytes> + Send + 'static {
    let begin = (before.into_iter(), output);
    stream::unfold(begin, move |(mut before, output)| async move {
        if let Some(piece) = before.next() {
            return Some((piece, (before, output)));
        }
        let (stream, bytes) = output.as_ref()?.next().await?;
        Some((frame::piece(stream, bytes, raw), (before, output)))
    })
}
