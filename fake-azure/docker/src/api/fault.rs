//! Reasons become answers: which status goes with which.

use hyper::StatusCode;
use serde::Serialize;

use super::answer::Answer;
use super::routes::Route;
use crate::fault::Fault;

#[derive(Serialize)]
struct Message {
    message: String,
}

/// Says that a route of the real engine is not modelled.
pub(super) fn not_modelled(route: &Route) -> Fault {
    Fault::NotModelled {
        method: route.method.to_string(),
        pattern: route.pattern.replace(":.*}", "}"),
    }
}

/// The status that goes with a reason.
pub(super) fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::PageNotFound
        | Fault::NotFound(_)
        | Fault::NoSuchContainer(_)
        | Fault::NoSuchExec(_)
        | Fault::NoSuchImage(_)
        | Fault::NoSuchPlugin(_) => StatusCode::NOT_FOUND,
        Fault::NotModelled { .. } => StatusCode::NOT_IMPLEMENTED,
        Fault::BlankImage | Fault::Reference(_) | Fault::Invalid(_) => StatusCode::BAD_REQUEST,
        Fault::Forbidden(_) => StatusCode::FORBIDDEN,
        Fault::NotSwarmManager | Fault::NotInSwarm | Fault::Unavailable(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Fault::NotModified => StatusCode::NOT_MODIFIED,
        Fault::Conflict(_) => StatusCode::CONFLICT,
        Fault::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

/// Makes the answer that carries the sentence.
pub(super) fn answer(fault: &Fault) -> Answer {
    match fault {
        Fault::NotModified => Answer::empty(StatusCode::NOT_MODIFIED),
        other => message(status(other), &other.to_string()),
    }
}

/// Makes an answer that carries any sentence.
pub(super) fn message(status: StatusCode, message: &str) -> Answer {
    let message = message.to_owned();
    Answer::json(status, &Message { message })
}
