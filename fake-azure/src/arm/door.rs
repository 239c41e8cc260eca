//! The door of Resource Manager: subscription, version, route; answers on the wire.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Request, Response, header};
use simulation::http::Query;

use super::envelope::{self, Envelope};
use super::meant::{below, segments};
use super::{Answer, Call, Refused, table};
use crate::cloud::{Cloud, Hand};
use crate::faults::NO_CODE;
use crate::login::Claims;
use crate::world::operation;
use crate::world::request::OperationFault;
use crate::world::resource_manager::offers::providers::is_api_version;
use crate::world::resource_manager::{Conditions, Failure, Progress, RequestFault};
use crate::world::{
    Failure as ClassicFailure, OperationId, RequestFault as ClassicFault, SubscriptionId,
};

/// The routes of Resource Manager.
pub(crate) fn router(cloud: Cloud) -> Router {
    Router::new().fallback(answer).with_state(cloud)
}

/// What a request says of itself.
pub(super) struct Asked<'a> {
    pub(super) head: &'a axum::http::request::Parts,
    pub(super) body: &'a [u8],
    pub(super) base: String,
    pub(super) id: OperationId,
    pub(super) fault: Option<RequestFault>,
    pub(super) tenant: String,
}

async fn answer(State(cloud): State<Cloud>, request: Request<Body>) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    // It came whole, and was bounded there.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let fault = head.extensions.remove::<ClassicFault>();
    let claims = head.extensions.get::<Arc<Claims>>();
    let tenant = claims
        .map(|claims| claims.tenant.clone())
        .unwrap_or_default();
    let asked = Asked {
        base: base(&head),
        id: cloud.new_request_id(),
        fault: fault.map(arranged),
        tenant,
        head: &head,
        body: &body,
    };
    let result = cloud.act(|world, now| carry_out(world, now, &asked));
    envelope::sealed(
        result,
        &Envelope {
            head: &head,
            id: &asked.id,
            now: cloud.now(),
        },
    )
}

/// A fault as a rule arranges it that knows no API, for this one.
fn arranged(fault: ClassicFault) -> RequestFault {
    let fault = match fault {
        ClassicFault::Machine(flawed) => return RequestFault::Machine(flawed),
        ClassicFault::Machines(flawed) => return RequestFault::Machines(flawed),
        ClassicFault::Operation(fault) => fault,
    };
    let end = match fault.end {
        operation::Progress::InProgress => Progress::InProgress,
        operation::Progress::Succeeded => Progress::Succeeded,
        operation::Progress::Failed { error } => {
            // Rules arrange words alone.
            let (code, message) = match error {
                ClassicFailure::Arranged { code, message, .. } => (code, message),
                _ => (NO_CODE.to_owned(), String::new()),
            };
            Progress::Failed {
                error: Failure::Arranged { code, message },
            }
        }
    };
    RequestFault::Operation(OperationFault {
        takes_effect: fault.takes_effect,
        end,
    })
}

/// How the service was called.
fn base(head: &axum::http::request::Parts) -> String {
    let named = head.headers.get(header::HOST);
    let host = head
        .uri
        .authority()
        .map(ToString::to_string)
        .or_else(|| Some(named?.to_str().ok()?.to_owned()));
    format!("https://{}", host.unwrap_or_default())
}

/// Does what was asked.
pub(super) fn carry_out(
    world: &mut Hand<'_>,
    now: jiff::Timestamp,
    asked: &Asked<'_>,
) -> Result<Answer, Refused> {
    let head = asked.head;
    let segments = segments(head.uri.path());
    let (path, is_above) = below(&segments);
    let query = Query::of(&head.uri);
    let version = query
        .pairs()
        .find(|(key, _)| key.eq_ignore_ascii_case("api-version"));
    match version {
        None => return Err(Refused::no_version()),
        Some((_, version)) if !is_api_version(version) => {
            return Err(Refused::version(version));
        }
        Some(_) => {}
    }
    let subscription = SubscriptionId::new(match (is_above, segments.get(1)) {
        (false, Some(id)) => id,
        _ => "",
    });
    if !is_above {
        if !is_guid(subscription.as_str()) {
            return Err(Refused::no_guid(subscription.as_str()));
        }
        world.world().managed(&subscription)?;
    }
    let found = table::find(&head.method, path, &query, is_above)?;
    let handler = found
        .route
        .handler
        .ok_or_else(|| Refused::not_modelled(found.route.operation))?;
    let tag = |name| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    let mut call = Call {
        world: world.again(),
        now,
        subscription,
        id: asked.id.clone(),
        object: format!("/{}", path.join("/")),
        fault: asked.fault.clone(),
        target: head
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        names: found.values,
        kind: found.route.kind,
        query,
        body: asked.body,
        conditions: Conditions {
            if_match: tag(header::IF_MATCH),
            if_none_match: tag(header::IF_NONE_MATCH),
        },
        tenant: &asked.tenant,
        base: &asked.base,
    };
    handler(&mut call)
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, b)| match n {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}
