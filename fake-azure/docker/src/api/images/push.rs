//! `POST /images/{name}/push`.

use super::follow;
use crate::api::Outcome;
use crate::api::call::Call;
use crate::api::registry_auth;
use crate::reference::Named;

pub(in crate::api) async fn push(call: &mut Call) -> Outcome {
    let name = Named::of_parts(&call.name, call.query.first("tag"))?;
    let login = registry_auth::of_header(call);
    let engine = &call.engine;
    if let Some(mut nearby) = engine.nearby_registry(name.domain(), &login).await {
        let steps = engine.push_nearby(&mut nearby, &name, &login).await;
        return Ok(follow(engine, steps));
    }
    let steps = {
        let registry = engine.registry();
        engine.state().images.push(&registry, &name, &login)
    };
    Ok(follow(engine, steps))
}
