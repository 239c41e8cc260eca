//! Requests that are to go wrong.

use std::collections::BTreeMap;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;

use super::answer::Answer;
use super::call::Upload;
use super::{Done, experimental, fault, path_of, routes, signed};
use crate::engine::Engine;
use crate::faults::{Effect, When};

/// Answers a request as rightly or wrongly as the engine was told.
pub(super) async fn dispatch(engine: &Engine, head: &Parts, upload: Upload) -> Done {
    let path = path_of(&head.uri);
    let below = routes::versioned(path).map_or(path, |(_, rest)| rest);
    let Some((when, effect)) = engine.faults().hit(head.method.as_str(), below) else {
        return super::dispatch(engine, head, upload, None).await;
    };
    match (when, effect) {
        (
            _,
            effect @ (Effect::Pull(_) | Effect::Die(_) | Effect::OutOfMemory(_) | Effect::DiskFull),
        ) => super::dispatch(engine, head, upload, Some(effect)).await,
        (When::Before, Effect::Delay(time)) => {
            engine.clock().sleep(time).await;
            super::dispatch(engine, head, upload, None).await
        }
        (When::After, Effect::Delay(time)) => {
            let done = super::dispatch(engine, head, upload, None).await;
            engine.clock().sleep(time).await;
            done
        }
        (When::Before, effect) => {
            upload.drain().await;
            let answer = without_answer(engine, effect).await;
            Done {
                detail: Some(told(answer.as_ref(), when)),
                answer,
                route: "",
            }
        }
        (When::After, effect) => {
            let route = super::dispatch(engine, head, upload, None).await.route;
            let answer = without_answer(engine, effect).await;
            Done {
                detail: Some(told(answer.as_ref(), when)),
                answer,
                route,
            }
        }
    }
}

/// What is left to say when the rightful answer is not.
async fn without_answer(engine: &Engine, effect: Effect) -> Option<Answer> {
    match effect {
        Effect::Status {
            status,
            message,
            headers,
        } => Some(error(status, &message, headers)),
        Effect::Hang => {
            engine.faults().wait_for_clearing().await;
            None
        }
        Effect::Down(time) => {
            engine.faults().go_down(time, engine.clock());
            None
        }
        _ => None,
    }
}

fn told(answer: Option<&Answer>, when: When) -> String {
    let what = answer.map_or("cut", |_| "answered wrongly");
    let when = match when {
        When::Before => "before",
        When::After => "after",
    };
    format!("{what} {when} it took effect")
}

fn error(status: u16, message: &str, headers: BTreeMap<String, String>) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = experimental(signed(fault::message(status, message)));
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer = answer.with(name, value);
        }
    }
    answer
}
