//! Resource providers and their registration.

use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::resource_manager::Command;
use crate::world::resource_manager::offers::providers::{self, Registration};

pub(super) const ROUTES: &[Route] = routes! {
    below "/providers";
    GET "": "List Providers" => list;
    GET "/{namespace}": "Get Provider" => get;
    POST "/{namespace}/register": "Register Provider" => register;
    POST "/{namespace}/unregister": "Unregister Provider" => unregister;
};

fn registration(call: &Call<'_>, namespace: &str) -> Registration {
    match call.here() {
        Ok(here) if !here.is_registered(namespace) => Registration::NotRegistered,
        _ => Registration::Registered,
    }
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::document(providers::listed(
        &call.subscription,
        |namespace| registration(call, namespace),
    )))
}

fn told(call: &Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0);
    let one = providers::one(&call.subscription, name, registration(call, name));
    one.map(Answer::document)
        .ok_or_else(|| Refused::no_namespace(name))
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    told(call)
}

fn register(call: &mut Call<'_>) -> Result<Answer, Refused> {
    told(call)?;
    let namespace = call.name(0).to_owned();
    call.perform(Command::Register { namespace })?;
    told(call)
}

fn unregister(call: &mut Call<'_>) -> Result<Answer, Refused> {
    told(call)?;
    let namespace = call.name(0).to_owned();
    call.perform(Command::Unregister { namespace })?;
    told(call)
}

/// List Tenant Providers.
pub(super) fn list_of_tenant(_: &mut Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::document(providers::listed_of_tenant()))
}

/// Get Tenant Provider.
pub(super) fn get_of_tenant(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let one = providers::one_of_tenant(call.name(0));
    one.map(Answer::document)
        .ok_or_else(|| Refused::no_namespace(call.name(0)))
}
