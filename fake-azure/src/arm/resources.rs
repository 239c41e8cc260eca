//! Resources of all kinds alike: made, shown, listed and deleted.

use serde_json::Value;

use super::operations::Way;
use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::names::Name;
use crate::world::resource_manager::document::{self, Body};
use crate::world::resource_manager::offers::regions;
use crate::world::resource_manager::resource::Resource;
use crate::world::resource_manager::{Command, Kind, known};

pub(super) const ROUTES: &[Route] = routes! {
    below "";
    GET "/resources": "List Resources" => list_everything;
};

/// Create or Update.
pub(super) fn put(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let way = match call.here()?.told_at(&path) {
        Ok(_) => Way::Update,
        Err(_) => Way::Create,
    };
    let body = call.document()?;
    let (_, skipped) = document::taken(known(path.kind), &body);
    let performed = call.perform(Command::Put {
        path: path.clone(),
        body: Body(body),
        conditions: call.conditions.clone(),
    })?;
    // Those that answer at once do so with 200, new or not.
    let way = match path.kind {
        Kind::AvailabilitySet => Way::Update,
        _ => way,
    };
    call.written(&performed, &path, way, skipped)
}

/// Update.
pub(super) fn patch(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let body = call.document()?;
    let (_, skipped) = document::taken(known(path.kind), &body);
    call.here()?.told_at(&path)?;
    let performed = call.perform(Command::Patch {
        path: path.clone(),
        body: Body(body),
    })?;
    call.written(&performed, &path, Way::Update, skipped)
}

/// Get.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    call.look_at_machine(&path);
    let told = call.here()?.told_at(&path)?;
    Ok(Answer::document(told))
}

/// Check.
pub(super) fn head(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let is_there = call.here()?.told_at(&path).is_ok();
    Ok(Answer::bare(if is_there { 204 } else { 404 }))
}

/// Delete.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    here.group(&path.group)?;
    let location = here.held_location(&path);
    let is_there = here.told_at(&path).is_ok();
    let performed = call.perform(Command::Delete {
        path: path.clone(),
        conditions: call.conditions.clone(),
    })?;
    if !is_there {
        return Ok(Answer::bare(204));
    }
    if call.is_over(&performed) {
        return Ok(Answer::bare(200));
    }
    Ok(call.pending(Answer::bare(202), path.kind, &location, Way::Act))
}

/// List those of a group.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let here = call.here()?;
    let group = here.group(call.name(0))?;
    let name = Name::from(&group.name);
    let all = here.held.shelf.of_group(&name);
    let of_kind = all.filter(|(key, _)| Some(key.kind) == call.kind);
    Ok(Answer::list(
        of_kind
            .map(|(key, resource)| call.listed(here, key, resource))
            .collect(),
    ))
}

/// List those of the subscription.
pub(super) fn list_all(call: &mut Call<'_>) -> Result<Answer, Refused> {
    listed_where(call, |_| true)
}

/// List those of a region.
pub(super) fn list_in_region(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let named = call.name(0);
    let region = regions::region(named).ok_or_else(|| Refused::no_location(named))?;
    listed_where(call, |resource| resource.location == region.name)
}

fn listed_where(call: &Call<'_>, is_wanted: impl Fn(&Resource) -> bool) -> Result<Answer, Refused> {
    let here = call.here()?;
    let all = here.held.shelf.iter();
    let wanted = all.filter(|(key, resource)| Some(key.kind) == call.kind && is_wanted(resource));
    Ok(Answer::list(
        wanted
            .map(|(key, resource)| call.listed(here, key, resource))
            .collect(),
    ))
}

/// List Resources.
fn list_everything(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let told = briefly(call, None)?;
    Ok(call.paged(told))
}

/// Resources of all kinds, of one group or of all, without their properties.
pub(super) fn briefly(call: &Call<'_>, group: Option<&Name>) -> Result<Vec<Value>, Refused> {
    let filter = Filter::read(call.parameter("$filter").unwrap_or_default())?;
    let here = call.here()?;
    let expands = |what| call.expands(what);
    let mut told = Vec::new();
    for (key, resource) in here.held.shelf.iter() {
        if group.is_some_and(|group| *group != key.group) {
            continue;
        }
        let mut one = here.told_briefly(key, resource);
        if !filter.fits(&one) {
            continue;
        }
        if expands("createdTime") {
            document::set(&mut one, "createdTime", resource.created.to_string());
        }
        if expands("changedTime") {
            document::set(&mut one, "changedTime", resource.changed.to_string());
        }
        if expands("provisioningState") {
            let state = here.provisioning_state(resource);
            document::set(&mut one, "provisioningState", state);
        }
        told.push(one);
        let extensions = here.told_extensions_briefly(key, resource);
        for (mut extension, state) in extensions {
            if !filter.fits(&extension) {
                continue;
            }
            if expands("provisioningState") {
                document::set(&mut extension, "provisioningState", state);
            }
            told.push(extension);
        }
    }
    Ok(told)
}

/// What of a list is wanted: `a eq 'b' and c eq 'd'`.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<(String, String)>);

impl Filter {
    pub(super) fn read(text: &str) -> Result<Self, Refused> {
        let mut terms = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let term = term(rest).ok_or_else(|| Refused::filter(text))?;
            let (name, value, after) = term;
            terms.push((name.to_ascii_lowercase(), value));
            rest = after.trim_start();
            if rest.is_empty() {
                break;
            }
            let word = rest
                .get(..4)
                .filter(|word| word.eq_ignore_ascii_case("and "));
            rest = match word {
                Some(_) => rest[4..].trim_start(),
                None => return Err(Refused::filter(text)),
            };
        }
        Ok(Self(terms))
    }

    pub(super) fn fits(&self, told: &Value) -> bool {
        let text = |value: &Value, wanted: &str| {
            value
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
        };
        let tags = told.get("tags").and_then(Value::as_object);
        let tag = |wanted: &str| {
            let mut tags = tags.into_iter().flatten();
            tags.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value)
        };
        let of = |wanted: &str| self.0.iter().find(|(name, _)| name == wanted);
        self.0.iter().all(|(name, wanted)| match name.as_str() {
            "resourcegroup" => told["id"].as_str().is_some_and(|id| {
                let group = id.split('/').nth(4);
                group.is_some_and(|group| group.eq_ignore_ascii_case(wanted))
            }),
            "resourcetype" => text(&told["type"], wanted),
            "name" => text(&told["name"], wanted),
            "location" => text(&told["location"], wanted),
            "tagname" => match of("tagvalue") {
                None => tag(wanted).is_some(),
                Some((_, value)) => tag(wanted).is_some_and(|tag| text(tag, value)),
            },
            // A value is looked at with its name.
            _ => true,
        })
    }
}

/// The first term of a filter, and what follows it.
fn term(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let (word, rest) = rest.split_at_checked(2)?;
    if !word.eq_ignore_ascii_case("eq") {
        return None;
    }
    let rest = rest.trim_start().strip_prefix('\'')?;
    let mut value = String::new();
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            value.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            // A quote within is doubled.
            value.push('\'');
        } else {
            return Some((name, value, &rest[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_are_terms_that_all_must_fit() {
        let told = json!({"id": "/subscriptions/s/resourceGroups/G/providers/x/y/v", "name": "v",
            "type": "X/y", "tags": {"Env": "it's"}});
        let fits = |text: &str| Filter::read(text).map(|filter| filter.fits(&told)).ok();
        assert_eq!(fits(""), Some(true));
        assert_eq!(fits("resourceGroup eq 'g' and name eq 'V'"), Some(true));
        assert_eq!(fits("tagName eq 'env' and tagValue eq 'it''s'"), Some(true));
        assert_eq!(fits("tagName eq 'env' and tagValue eq 'no'"), Some(false));
        assert_eq!(fits("resourceType eq 'x/z'"), Some(false));
        assert_eq!(fits("name eq 'v"), None);
        assert_eq!(fits("name eq 'v' or name eq 'w'"), None);
    }
}
