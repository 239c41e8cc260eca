//! Images.

pub(super) mod archives;
pub(super) mod commit;
pub(super) mod create;
pub(super) mod list;
pub(super) mod prune;
pub(super) mod push;
pub(super) mod search;

use axum::body::Bytes;
use futures_util::stream;
use hyper::StatusCode;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::engine::Engine;
use crate::engine::image::platform_asked;
use crate::fault::Fault;
use crate::reference::Named;
use crate::registry::Digest;
use crate::state::image::{Message, Step, Usage};

/// The kind of an answer that goes on, line by line.
const LINES: &str = "application/json";

pub(super) fn inspect(call: &Call) -> Outcome {
    let platform = platform_asked(call.query.first("platform"))?;
    let state = call.engine.state();
    let image = state.images.find_for(&call.name, platform.as_ref())?;
    let mut told = state.images.inspect(image);
    if call.version.is_below("1.50") {
        told = told.with_container_keys();
    }
    if call.version.is_below("1.45") {
        told = told.with_container(image);
    }
    if call.version.is_below("1.44") {
        told = told.with_virtual_size();
    }
    Ok(Answer::ok(&told))
}

pub(super) fn history(call: &Call) -> Outcome {
    let state = call.engine.state();
    let image = state.images.find(&call.name)?;
    Ok(Answer::ok(&state.images.history(image)?))
}

pub(super) fn tag(call: &Call) -> Outcome {
    let repository = call.query.first("repo");
    if repository.is_empty() {
        // The real engine says that all is well, and does nothing.
        return Ok(Answer::empty(StatusCode::OK));
    }
    let name = Named::of_parts(repository, call.query.first("tag"))?;
    if name.digest().is_some() {
        let words = "cannot import digest reference";
        return Err(Fault::Invalid(words.to_owned()));
    }
    let engine = &call.engine;
    engine.change_images(|images, _, notes| images.tag(&call.name, &name, notes))?;
    Ok(Answer::empty(StatusCode::CREATED))
}

pub(super) fn remove(call: &Call) -> Outcome {
    if call.name.trim().is_empty() {
        return Err(Fault::BlankImage);
    }
    let (force, prune) = (call.flag("force"), !call.flag("noprune"));
    let removed = call.engine.change_images(|images, containers, notes| {
        images.remove(&call.name, force, prune, containers, notes)
    })?;
    Ok(Answer::ok(&removed))
}

/// What the images use of the disk.
pub(super) fn usage(call: &Call) -> Usage {
    let state = call.engine.state();
    let containers = state.containers.iter();
    let images = containers.filter_map(|container| container.image.parse::<Digest>().ok());
    let mut usage = state.images.usage(images);
    if call.version.is_below("1.44") {
        for image in &mut usage.images {
            image.virtual_size = Some(image.size);
        }
    }
    usage
}

/// Tells what there is to tell, and no more.
fn lines(messages: Vec<Message>) -> Answer {
    let lines = messages
        .into_iter()
        .map(|message| Bytes::from(message.to_line()));
    Answer::stream(LINES, stream::iter(lines))
}

/// Does what a plan says, and tells of it as it goes. It ends where the client goes.
///
/// It keeps a time of its own, so that one advance of the clock lets many steps be taken.
fn follow(engine: &Engine, steps: Vec<Step>) -> Answer {
    let plan = (engine.clone(), steps.into_iter(), engine.now());
    let lines = stream::unfold(plan, |(engine, mut steps, mut now)| async move {
        loop {
            match steps.next()? {
                Step::Say(message) => {
                    return Some((message.to_line().into(), (engine, steps, now)));
                }
                Step::Wait(time) => {
                    now = now.checked_add(time).unwrap_or(now);
                    engine.clock().sleep_until(now).await;
                }
                Step::Receive(arrival) => {
                    engine.change_images(|images, _, notes| images.receive(&arrival, notes));
                }
                Step::Send(departure) => {
                    if let Err(reason) = engine.push(&departure.name, &departure.published) {
                        let words = format!("the push cannot be kept: {reason}");
                        let line = Message::error(words).to_line();
                        return Some((line.into(), (engine, Vec::new().into_iter(), now)));
                    }
                    engine.change_images(|images, _, notes| images.sent(&departure, notes));
                }
                Step::Sent(departure) => {
                    engine.change_images(|images, _, notes| images.sent(&departure, notes));
                }
            }
        }
    });
    Answer::stream(LINES, lines)
}
