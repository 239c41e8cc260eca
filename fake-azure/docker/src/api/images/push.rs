//! `POST /images/{name}/push`.

use super::follow;
use crate::api::Outcome;
use crate::api::call::Call;
use crate::api::registry_auth;
use crate::reference::Named;

pub(in crate::api) fn push(call: &Call) -> Outcome {
    let name = Named::of_parts(&call.name, call.query.first("tag"))?;
    let login = registry_auth::of_header(call);
    let engine = &call.engine;
    let steps = {
        let registry = engine.registry();
        engine.state().images.push(&registry, &name, &login)
    };
    Ok(follow(engine, steps))
}
