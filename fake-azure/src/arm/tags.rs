//! Tags, written at whatever has them, and the names that a subscription has ready for them.

use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::names::Name;
use crate::world::resource_manager::document::{self, Body};
use crate::world::resource_manager::tags::{self, KNOWN, Target};
use crate::world::resource_manager::{Command, Refusal};

pub(super) const NAMES: &[Route] = routes! {
    below "/tagNames";
    GET "": "List Tags" => list;
    PUT "/{tag}": "Create or Update Tag Name" => define;
    DELETE "/{tag}": "Delete Tag Name" => forget;
    PUT "/{tag}/tagValues/{value}": "Create or Update Tag Value" => define_value;
    DELETE "/{tag}/tagValues/{value}": "Delete Tag Value" => forget_value;
};

/// Tags at a place: a table for each form that the identifier of what has them may have.
macro_rules! at {
    ($place:literal) => {
        routes! {
            below $place;
            GET "/providers/Microsoft.Resources/tags/default": "Get Tags at Scope" => get;
            PUT "/providers/Microsoft.Resources/tags/default": "Create or Update Tags at Scope" => put;
            PATCH "/providers/Microsoft.Resources/tags/default": "Update Tags at Scope" => patch;
            DELETE "/providers/Microsoft.Resources/tags/default": "Delete Tags at Scope" => delete;
        }
    };
}

pub(super) const OF_SUBSCRIPTION: &[Route] = at!("");
pub(super) const OF_GROUPS: &[Route] = at!("/resourceGroups/{group}");
pub(super) const OF_RESOURCES: &[Route] =
    at!("/resourceGroups/{group}/providers/{namespace}/{type}/{name}");
pub(super) const OF_CHILDREN: &[Route] =
    at!("/resourceGroups/{group}/providers/{namespace}/{type}/{name}/{childType}/{child}");
pub(super) const OF_DEPLOYMENTS: &[Route] =
    at!("/providers/Microsoft.Resources/deployments/{deployment}");

/// What the path names as that which has the tags.
fn target(call: &Call<'_>) -> Result<Target, Refused> {
    let id = format!("/subscriptions/{}{}", call.subscription, call.object);
    let found = Target::of(&id).map(|(_, target)| target);
    found.ok_or_else(|| Refusal::NotModelled(format!("Tags of {}", kind(call))).into())
}

/// The type of resource that the path is about, where it is about one.
fn kind(call: &Call<'_>) -> String {
    let words = [call.name(1), call.name(2), call.name(4)];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join("/")
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let target = target(call)?;
    Ok(Answer::document(call.here()?.told_tags_at(&target)?))
}

fn put(call: &mut Call<'_>) -> Result<Answer, Refused> {
    write(call, |target, body| tags::Command::Put { target, body })
}

fn patch(call: &mut Call<'_>) -> Result<Answer, Refused> {
    write(call, |target, body| tags::Command::Patch { target, body })
}

fn write(
    call: &mut Call<'_>,
    command: fn(Target, Body) -> tags::Command,
) -> Result<Answer, Refused> {
    let target = target(call)?;
    let body = call.document()?;
    let (_, skipped) = document::taken(&KNOWN, &body);
    call.perform(Command::Tags(command(target.clone(), Body(body))))?;
    Ok(Answer {
        skipped,
        ..Answer::document(call.here()?.told_tags_at(&target)?)
    })
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let target = target(call)?;
    call.perform(Command::Tags(tags::Command::Clear { target }))?;
    Ok(Answer::bare(200))
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let here = call.here()?;
    let all = here.tag_usage();
    let told = all
        .iter()
        .map(|(name, usage)| here.told_tag_name(name, usage));
    Ok(call.paged(told.collect()))
}

fn define(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
    let was_there = call.here()?.is_tag_defined(&name, None);
    call.perform(Command::Tags(tags::Command::Define { name: name.clone() }))?;
    let here = call.here()?;
    let all = here.tag_usage();
    let found = all.get_key_value(&Name::from(&name));
    let told = found.map(|(name, usage)| here.told_tag_name(name, usage));
    Ok(Answer {
        status: if was_there { 200 } else { 201 },
        ..Answer::document(told.unwrap_or_default())
    })
}

fn define_value(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name, value] = [0, 1].map(|n| call.name(n).to_owned());
    let was_there = call.here()?.is_tag_defined(&name, Some(&value));
    let command = tags::Command::DefineValue {
        name: name.clone(),
        value: value.clone(),
    };
    call.perform(Command::Tags(command))?;
    let all = call.here()?.tag_usage();
    let usage = all.get(&Name::from(&name));
    let count = usage.and_then(|usage| usage.values.get(&value));
    let id = format!("/subscriptions/{}/tagNames/{name}", call.subscription);
    let told = tags::told_tag_value(&id, &value, count.copied().unwrap_or_default());
    Ok(Answer {
        status: if was_there { 200 } else { 201 },
        ..Answer::document(told)
    })
}

fn forget(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
    let was_there = call.here()?.is_tag_defined(&name, None);
    call.perform(Command::Tags(tags::Command::Forget { name }))?;
    Ok(Answer::bare(if was_there { 200 } else { 204 }))
}

fn forget_value(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name, value] = [0, 1].map(|n| call.name(n).to_owned());
    let was_there = call.here()?.is_tag_defined(&name, Some(&value));
    call.perform(Command::Tags(tags::Command::ForgetValue { name, value }))?;
    Ok(Answer::bare(if was_there { 200 } else { 204 }))
}
