//! `GET /distribution/{name}/json`: what a registry has under a name.

use hyper::StatusCode;
use serde::Serialize;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::registry_auth;
use crate::fault::Fault;
use crate::reference::Named;
use crate::registry::Refusal;
use crate::registry::manifest::{Descriptor, DescriptorPlatform};

/// What a registry has under a name.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Distribution {
    descriptor: Descriptor,
    platforms: Vec<DescriptorPlatform>,
}

pub(super) async fn inspect(call: &mut Call) -> Outcome {
    let name = Named::parse(&call.name)?;
    let engine = &call.engine;
    let login = registry_auth::of_header(call);
    let nearby = engine.nearby_registry(name.domain(), &login).await;
    let published = match nearby {
        Some(mut nearby) => nearby.mirror(&name.clone().or_latest()).await.find(&name),
        None => engine.registry().find(&name),
    };
    let published = published.map_err(refused)?;
    let variants = published.variants.iter();
    Ok(Answer::json(
        StatusCode::OK,
        &Distribution {
            descriptor: Descriptor::of(&published.media_type, &*published.document),
            platforms: variants.map(|variant| (&variant.platform).into()).collect(),
        },
    ))
}

/// The refusal, which here is told in the registry's words alone.
fn refused(refusal: Refusal) -> Fault {
    const DENIED: &str = "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n";
    match refusal {
        Refusal::NoAccess(_) => Fault::Unauthorized(DENIED.to_owned()),
        Refusal::NoManifest(_) => Fault::NotFound("manifest unknown: manifest unknown".to_owned()),
        refusal => refusal.into(),
    }
}
