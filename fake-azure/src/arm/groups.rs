//! Resource groups.

use super::operations::group_token;
use super::resources::{self, Filter};
use super::route::{Route, routes};
use super::{Answer, Call, Content, Refused};
use crate::world::names::Name;
use crate::world::resource_manager::Command;
use crate::world::resource_manager::document::{self, Body};
use crate::world::resource_manager::group::{self, KNOWN};

pub(super) const ROUTES: &[Route] = routes! {
    below "";
    GET "/resourcegroups": "List Resource Groups" => list;
    PUT "/resourcegroups/{group}": "Create or Update Resource Group" => put;
    GET "/resourcegroups/{group}": "Get Resource Group" => get;
    HEAD "/resourcegroups/{group}": "Check Resource Group" => head;
    PATCH "/resourcegroups/{group}": "Update Resource Group" => patch;
    DELETE "/resourcegroups/{group}": "Delete Resource Group" => delete;
    GET "/resourcegroups/{group}/resources": "List Resources of Resource Group" => resources;
    POST "/resourcegroups/{group}/exportTemplate": "Export Template of Resource Group";
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

fn resources(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = Name::from(call.name(0));
    call.here()?.group(call.name(0))?;
    let told = resources::briefly(call, Some(&name))?;
    Ok(call.paged(told))
}
