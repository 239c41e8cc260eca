//! Requests that are to go wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use serde::Deserialize;
use simulation::Chance;
use simulation::faults::{Call, Hit};
use simulation::http::{Query, target};

use super::answer::Answer;
use super::call::Upload;
use super::{Done, experimental, fault, path_of, routes, signed};
use crate::engine::Engine;
use crate::faults::{Answered, Effect, EngineFault, Seconds, When, YesOr};

/// How many bytes chance makes up.
const GARBAGE: usize = 256;

/// Answers a request as rightly or wrongly as the engine was told.
pub(super) async fn dispatch(engine: &Engine, head: &Parts, mut upload: Upload) -> Done {
    let Some(Hit {
        when,
        effect,
        chance,
        ..
    }) = hit(engine, head, &mut upload).await
    else {
        return super::dispatch(engine, head, upload, None).await;
    };
    match (when, effect) {
        (_, Effect::Own(fault)) if !matches!(fault, EngineFault::Down(_)) => {
            super::dispatch(engine, head, upload, Some(fault)).await
        }
        (When::Before, Effect::Delay(Seconds(time))) => {
            engine.clock().sleep(time).await;
            super::dispatch(engine, head, upload, None).await
        }
        (When::After, Effect::Delay(Seconds(time))) => {
            let done = super::dispatch(engine, head, upload, None).await;
            engine.clock().sleep(time).await;
            done
        }
        (When::Before, effect) => {
            upload.drain().await;
            if matches!(effect, Effect::Status(_)) {
                refused(engine, head);
            }
            spoiled(
                engine,
                Done::of(Answer::empty(StatusCode::OK)),
                when,
                effect,
                chance,
            )
            .await
        }
        (When::After, effect) => {
            let done = super::dispatch(engine, head, upload, None).await;
            spoiled(engine, done, when, effect, chance).await
        }
    }
}

/// What a request leaves that the engine itself is said to have refused.
fn refused(engine: &Engine, head: &Parts) {
    let path = target::decoded(head.uri.path());
    if let Some((found, _)) = routes::find(&head.method, &path, &Query::of(&head.uri))
        && found.route.pattern == routes::START
        && let Some(name) = found.values.first()
    {
        engine.start_failed(name);
    }
}

/// The fault that hits a request, if one does.
async fn hit(engine: &Engine, head: &Parts, upload: &mut Upload) -> Option<Hit<EngineFault>> {
    if engine.faults().is_idle() {
        return None;
    }
    let told = path_of(&head.uri);
    let path = target::decoded(head.uri.path());
    let query = Query::of(&head.uri);
    let mut call = Call {
        method: head.method.as_str(),
        path: routes::versioned(told).map_or(told, |(_, rest)| rest),
        ..Call::default()
    };
    let found = routes::find(&head.method, &path, &query);
    let operation = found.as_ref().map(|(found, _)| found.route.told());
    if let Some((found, _)) = &found {
        let name = found.values.first().map_or("", String::as_str);
        call.names = names(engine, found.route.pattern, name, &query, upload).await;
    }
    call.operation = operation.as_deref().unwrap_or_default();
    if !engine.faults().are_about(&call) {
        return None;
    }
    let hit = engine.faults().hit(&call, engine.now());
    // Whoever is answered has been counted.
    if let Err(reason) = engine.keep() {
        tracing::error!(reason, "what a fault did cannot be kept");
    }
    hit
}

/// What a request names, by the words that rules have for it.
async fn names(
    engine: &Engine,
    pattern: &str,
    name: &str,
    query: &Query,
    upload: &mut Upload,
) -> Vec<(&'static str, String)> {
    #[derive(Deserialize)]
    struct Made {
        #[serde(rename = "Image")]
        image: String,
    }

    let mut names = Vec::new();
    match pattern {
        "/containers/create" => {
            names.push(("container", query.first("name").to_owned()));
            let body = upload.peek(engine.limits().document_bytes).await;
            if let Ok(Made { image }) = serde_json::from_slice(&body) {
                names.extend(images(&image));
            }
        }
        "/commit" => names.extend(of_container(engine, query.first("container"))),
        "/images/create" => {
            let tag = match query.first("tag") {
                "" => String::new(),
                digest if digest.contains(':') => format!("@{digest}"),
                tag => format!(":{tag}"),
            };
            names.extend(images(&format!("{}{tag}", query.first("fromImage"))));
        }
        "/build" => names.extend(images(query.first("t"))),
        _ if pattern.starts_with("/containers/{") => names.extend(of_container(engine, name)),
        _ if pattern.starts_with("/images/{") => names.extend(images(name)),
        _ if pattern.starts_with("/exec/{") => {
            if let Some(id) = engine.container_of_exec(name) {
                names.extend(of_container(engine, &id));
            }
        }
        _ => {}
    }
    names
}

/// All names of the container that is called so, and of its image.
fn of_container(engine: &Engine, name: &str) -> Vec<(&'static str, String)> {
    let mut names = vec![("container", name.to_owned())];
    if let Some((id, own, image)) = engine.names_of(name) {
        names.extend([("container", id), ("container", own)]);
        names.extend(images(&image));
    }
    names
}

/// An image's name with its tag, and without.
fn images(name: &str) -> impl Iterator<Item = (&'static str, String)> {
    let plain = name.split('@').next().unwrap_or_default();
    let bare = match plain.rsplit_once(':') {
        Some((bare, tag)) if !tag.contains('/') => bare,
        _ => plain,
    };
    let all = [name, bare].map(|name| ("image", name.to_owned()));
    all.into_iter().filter(|(_, name)| !name.is_empty())
}

/// What becomes of an answer that is to be wrong.
async fn spoiled(
    engine: &Engine,
    mut done: Done,
    when: When,
    effect: Effect,
    mut chance: Chance,
) -> Done {
    let what = match effect {
        Effect::Status(answered) => {
            done.answer = Some(error(answered));
            "answered wrongly"
        }
        Effect::Throttle(seconds) => {
            done.answer = Some(error(Answered {
                status: 429,
                code: None,
                message: "toomanyrequests: Too many requests received. Retry after some time."
                    .to_owned(),
                headers: BTreeMap::from([("Retry-After".to_owned(), seconds.to_string())]),
            }));
            "answered wrongly"
        }
        Effect::Garbage(text) => {
            let bytes = match text {
                Some(text) => text.into_bytes(),
                None => chance.bytes::<GARBAGE>().to_vec(),
            };
            done.answer = done.answer.map(|answer| answer.with_body(bytes));
            "answered with garbage"
        }
        Effect::Cut => {
            done.is_cut = true;
            "cut in the middle of the answer,"
        }
        Effect::Hang => {
            engine.faults().wait_for_clearing().await;
            done.answer = None;
            "cut"
        }
        Effect::Own(EngineFault::Down(time)) => {
            let time: Option<Duration> = match time {
                YesOr::Yes => None,
                YesOr::More(Seconds(time)) => Some(time),
            };
            engine.faults().go_down(time, engine.clock());
            done.answer = None;
            "cut"
        }
        Effect::Drop | Effect::Delay(_) | Effect::Own(_) => {
            done.answer = None;
            "cut"
        }
    };
    let when = match when {
        When::Before => "before",
        When::After => "after",
    };
    done.with(format!("{what} {when} it took effect"))
}

fn error(answered: Answered) -> Answer {
    let status = StatusCode::from_u16(answered.status);
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = experimental(signed(fault::message(status, &answered.message)));
    for (name, value) in answered.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer = answer.with(name, value);
        }
    }
    answer
}
