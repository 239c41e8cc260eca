//! Resource groups.

use serde_json::{Value, json};

use super::operations::group_token;
use super::resources::{self, Filter};
use super::route::{Route, routes};
use super::{Answer, Call, Content, Refused};
use crate::world::names::Name;
use crate::world::resource_manager::document::{self, Body};
use crate::world::resource_manager::export::Options;
use crate::world::resource_manager::group::{self, KNOWN};
use crate::world::resource_manager::path::ResourceId;
use crate::world::resource_manager::{Command, Refusal};

pub(super) const ROUTES: &[Route] = routes! {
    below "";
    GET "/resourcegroups": "List Resource Groups" => list;
    PUT "/resourcegroups/{group}": "Create or Update Resource Group" => put;
    GET "/resourcegroups/{group}": "Get Resource Group" => get;
    HEAD "/resourcegroups/{group}": "Check Resource Group" => head;
    PATCH "/resourcegroups/{group}": "Update Resource Group" => patch;
    DELETE "/resourcegroups/{group}": "Delete Resource Group" => delete;
    GET "/resourcegroups/{group}/resources": "List Resources of Resource Group" => resources;
    POST "/resourcegroups/{group}/exportTemplate": "Export Template of Resource Group" => export;
    POST "/resourcegroups/{group}/moveResources": "Move Resources";
    POST "/resourcegroups/{group}/validateMoveResources": "Validate Move of Resources";
};

fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let here = call.here()?;
    let filter = Filter::read(call.parameter("$filter").unwrap_or_default())?;
    let all = here
        .held
        .groups
        .values()
        .map(|group| here.told_group(group));
    Ok(call.paged(all.filter(|told| filter.fits(told)).collect()))
}

fn put(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
    let was_there = call.here()?.group(&name).is_ok();
    let body = call.document()?;
    let (_, skipped) = document::taken(&KNOWN, &body);
    call.perform(Command::Group(group::Command::Put {
        name: name.clone(),
        body: Body(body),
    }))?;
    let here = call.here()?;
    Ok(Answer {
        status: if was_there { 200 } else { 201 },
        body: Some(Content::Document(here.told_group(here.group(&name)?))),
        headers: Vec::new(),
        skipped,
        notes: Vec::new(),
    })
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let here = call.here()?;
    Ok(Answer::document(here.told_group(here.group(call.name(0))?)))
}

fn head(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let is_there = call.here()?.group(call.name(0)).is_ok();
    Ok(Answer::bare(if is_there { 204 } else { 404 }))
}

fn patch(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
    let body = call.document()?;
    let (_, skipped) = document::taken(&KNOWN, &body);
    call.perform(Command::Group(group::Command::Patch {
        name: name.clone(),
        body: Body(body),
    }))?;
    let here = call.here()?;
    Ok(Answer {
        skipped,
        ..Answer::document(here.told_group(here.group(&name)?))
    })
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
    let performed = call.perform(Command::Group(group::Command::Delete { name }))?;
    if call.is_over(&performed) {
        return Ok(Answer::bare(200));
    }
    let location = format!(
        "{}/subscriptions/{}/operationresults/{}?api-version={}",
        call.base,
        call.subscription,
        group_token(&call.id),
        call.version()
    );
    Ok(Answer::bare(202)
        .header("Location", location)
        .header("Retry-After", "1"))
}

/// Export Template of Resource Group.
fn export(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
    let body = call.document()?;
    let format = body["outputFormat"].as_str().unwrap_or("Json");
    if !format.eq_ignore_ascii_case("Json") {
        return Err(Refused::not_modelled(&format!("An export as {format}")));
    }
    let wanted = wanted(&name, &body["resources"])?;
    let options = Options::read(body["options"].as_str().unwrap_or_default());
    let here = call.here()?;
    let template = here.exported(&name, wanted.as_deref(), options)?;
    Ok(Answer::document(json!({ "template": template })))
}

/// The resources of a group that are named; none where all are.
fn wanted(group: &str, told: &Value) -> Result<Option<Vec<ResourceId>>, Refused> {
    let all = told.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = all.iter().map(|one| one.as_str().unwrap_or_default());
    let mut named = Vec::new();
    for text in texts {
        if text == "*" {
            return Ok(None);
        }
        let id = ResourceId::read(text).filter(|id| id.part.is_empty());
        let here = id.filter(|id| id.path.group.eq_ignore_ascii_case(group));
        let id = here.ok_or_else(|| Refusal::MalformedReference {
            value: text.to_owned(),
            place: "resources".to_owned(),
        })?;
        named.push(id);
    }
    Ok((!named.is_empty()).then_some(named))
}

fn resources(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = Name::from(call.name(0));
    call.here()?.group(call.name(0))?;
    let told = resources::briefly(call, Some(&name))?;
    Ok(call.paged(told))
}
