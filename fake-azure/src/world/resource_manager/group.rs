//! Resource groups: what holds resources together, and goes with all of them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::document::{self, Body, Document, Known};
use super::effect::Effect;
use super::refusal::Refusal;
use super::tags;
use super::view::View;
use crate::world::names::Name;
use crate::world::operation::OperationId;

/// A resource group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Its name as it was written first.
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) document: Document,
    /// What deletes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deletion: Option<OperationId>,
}

/// What can be asked about groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    Put { name: String, body: Body },
    Patch { name: String, body: Body },
    Delete { name: String },
}

pub(crate) const KNOWN: Known = Known::Object(&[
    ("id", Known::Told),
    ("name", Known::Told),
    ("type", Known::Told),
    ("properties", Known::Told),
    ("location", Known::Any),
    ("tags", Known::Any),
    ("managedBy", Known::Any),
]);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    location: Option<String>,
    tags: std::collections::BTreeMap<String, String>,
}

/// 1 to 90 letters, digits, `_-.()`, and no dot at the end.
fn is_group_name(name: &str) -> bool {
    (1..=90).contains(&name.chars().count())
        && !name.ends_with('.')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '(' | ')'))
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Put { name, body } => put(scope, &name, &body.0),
            Self::Patch { name, body } => patch(scope, &name, &body.0),
            Self::Delete { name } => delete(scope, &name),
        }
    }
}

fn put(scope: &Scope<'_>, name: &str, body: &Value) -> Result<Decided, Refusal> {
    if !is_group_name(name) {
        return Err(Refusal::InvalidGroupName(name.to_owned()));
    }
    let (body, _) = document::taken(&KNOWN, body);
    let written: Written = document::typed(&body)?;
    tags::check(&written.tags)?;
    let old = scope.held.groups.get(&Name::from(name));
    if old.is_some() {
        scope.writable_group(name)?;
    }
    let wanted = written.location.ok_or(Refusal::NoLocation)?;
    let location = View::region(&wanted, "resourceGroups")?;
    if let Some(old) = old
        && old.location != location
    {
        return Err(Refusal::GroupElsewhere {
            wanted: location,
            here: old.location.clone(),
        });
    }
    let group = Group {
        name: old.map_or(name, |old| &old.name).to_owned(),
        location,
        document: Document::of(&KNOWN, &body),
        deletion: None,
    };
    Ok(Decided::done("Create or Update Resource Group").change(Change::Group(group)))
}

fn patch(scope: &Scope<'_>, name: &str, body: &Value) -> Result<Decided, Refusal> {
    let old = scope.writable_group(name)?;
    let (body, _) = document::taken(&KNOWN, body);
    let written: Written = document::typed(&body)?;
    tags::check(&written.tags)?;
    if let Some(wanted) = written.location {
        let wanted = View::region(&wanted, "resourceGroups")?;
        if wanted != old.location {
            return Err(Refusal::GroupElsewhere {
                wanted,
                here: old.location.clone(),
            });
        }
    }
    let mut whole = old.document.read();
    if let Some(tags) = body.get("tags") {
        document::set(&mut whole, "tags", tags.clone());
    }
    let group = Group {
        document: Document::of(&KNOWN, &whole),
        ..old.clone()
    };
    Ok(Decided::done("Update Resource Group").change(Change::Group(group)))
}

fn delete(scope: &Scope<'_>, name: &str) -> Result<Decided, Refusal> {
    let old = scope.writable_group(name)?;
    if let Some((id, by)) = scope.used_from_outside(&Name::from(name)) {
        let refusal = Refusal::GroupInUse {
            group: old.name.clone(),
            id,
            by,
        };
        return Ok(Decided::failing("Delete Resource Group", refusal));
    }
    let going = Group {
        deletion: Some(scope.id.clone()),
        ..old.clone()
    };
    Ok(Decided::accepted("Delete Resource Group", 60)
        .change(Change::Group(going))
        .at_end(Effect::DeleteGroup(Name::from(name))))
}

impl<'w> View<'w> {
    /// The group of this name.
    pub(crate) fn group(self, name: &str) -> Result<&'w Group, Refusal> {
        let found = self.held.groups.get(&Name::from(name));
        found.ok_or_else(|| Refusal::NoGroup(name.to_owned()))
    }

    /// The same, when it may be written to.
    pub(super) fn writable_group(self, name: &str) -> Result<&'w Group, Refusal> {
        let group = self.group(name)?;
        if self.is_going(group) {
            return Err(Refusal::GroupGoing(group.name.clone()));
        }
        Ok(group)
    }

    pub(super) fn is_going(self, group: &Group) -> bool {
        let deletion = group.deletion.as_ref();
        deletion.is_some_and(|operation| self.is_running(operation))
    }

    /// A resource of a group that one of another group refers to, and that one.
    pub(super) fn used_from_outside(self, group: &Name) -> Option<(String, String)> {
        self.held.shelf.of_group(group).find_map(|(key, _)| {
            let mut users = self.held.shelf.users(key);
            let user = users.find(|user| user.group != *group)?;
            Some((self.id_of(key), self.id_of(user)))
        })
    }

    /// The name of a group as it was written first.
    pub(crate) fn group_name(self, name: &'w str) -> &'w str {
        let found = self.held.groups.get(&Name::from(name));
        found.map_or(name, |group| &group.name)
    }

    /// The identifier of a group.
    pub(super) fn group_id(self, group: &Group) -> String {
        format!("/subscriptions/{}/resourceGroups/{}", self.id, group.name)
    }

    /// A group as the service tells it.
    pub(crate) fn told_group(self, group: &Group) -> Value {
        let mut told = group.document.read();
        document::set(&mut told, "id", self.group_id(group));
        document::set(&mut told, "name", group.name.clone());
        document::set(&mut told, "type", "Microsoft.Resources/resourceGroups");
        document::set(&mut told, "location", group.location.clone());
        let state = if self.is_going(group) {
            "Deleting"
        } else {
            "Succeeded"
        };
        document::set(&mut told, "properties", json!({"provisioningState": state}));
        told
    }
}
