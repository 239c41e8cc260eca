//! Tags of a subscription, its groups and its resources, all written alike; and the names that a
//! subscription has ready for them.
//!
//! Names of tags compare without case and stay as they were written first; values have case.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{DeploymentKey, DeploymentScope};
use super::document::{self, Body, Document, Known};
use super::group::Group;
use super::kind::Kind;
use super::path::{Path, ResourceId};
use super::refusal::{Refusal, TagRefusal};
use super::resource::{Core, Resource};
use super::view::View;
use crate::world::SubscriptionId;
use crate::world::names::Name;
use crate::world::spelling;

/// Tags by their names.
pub(crate) type Tags = BTreeMap<Name, String>;

/// What follows the identifier of what has tags in that of its tags.
pub(crate) const TAGS: &str = "/providers/Microsoft.Resources/tags/default";

/// The type of such tags.
pub(crate) const TYPE: &str = "Microsoft.Resources/tags";

/// Letters that no name of a tag has, unless a service hides the tag.
const RESERVED: &[char] = &['<', '>', '%', '&', '\\', '?', '/'];

/// How names begin that services hide and that may have any letters.
const HIDDEN: &[&str] = &["hidden-", "link:"];

/// What has tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Target {
    Subscription,
    Group(String),
    Resource(Path),
    /// A deployment of a group, or of the subscription.
    Deployment {
        group: Option<String>,
        name: String,
    },
}

/// What can be asked about tags.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    /// Write all tags of something anew.
    Put {
        target: Target,
        body: Body,
    },
    /// Write some of them, or take some away.
    Patch {
        target: Target,
        body: Body,
    },
    /// Take all of them away.
    Clear {
        target: Target,
    },
    /// Have a name ready.
    Define {
        name: String,
    },
    /// Have a value of such a name ready.
    DefineValue {
        name: String,
        value: String,
    },
    Forget {
        name: String,
    },
    ForgetValue {
        name: String,
        value: String,
    },
}

/// The values that a subscription has ready for a name.
pub(crate) type Defined = BTreeMap<Name, BTreeSet<String>>;

/// A name of tags, how often it is used, and with which values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) count: usize,
    pub(crate) values: BTreeMap<String, usize>,
}

pub(crate) const KNOWN: Known = Known::Object(&[
    ("id", Known::Told),
    ("name", Known::Told),
    ("type", Known::Told),
    ("apiVersion", Known::Told),
    ("scope", Known::Told),
    ("dependsOn", Known::Told),
    ("comments", Known::Told),
    ("operation", Known::Any),
    ("properties", Known::Object(&[("tags", Known::Any)])),
]);

#[derive(Deserialize)]
struct Written {
    operation: Option<String>,
    properties: Option<WrittenProperties>,
}

#[derive(Deserialize)]
struct WrittenProperties {
    tags: Option<BTreeMap<String, String>>,
}

/// Refuses tags that the service would not take.
pub(super) fn check(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let is_hidden = |name: &str| {
        let mut all = HIDDEN.iter();
        all.any(|hidden| spelling::begins(name, hidden))
    };
    let is_reserved = |letter: char| RESERVED.contains(&letter) || letter.is_control();
    let bad: Vec<String> = tags
        .keys()
        .filter(|name| !is_hidden(name) && name.contains(is_reserved))
        .cloned()
        .collect();
    if bad.is_empty() {
        Ok(())
    } else {
        Err(TagRefusal::ReservedLetters(bad).into())
    }
}

/// The operation and the tags of a body.
fn read(body: &Value) -> Result<(Option<String>, BTreeMap<String, String>), Refusal> {
    if !body.is_object() {
        return Err(Refusal::Content("An object is expected.".to_owned()));
    }
    let (body, _) = document::taken(&KNOWN, body);
    let written: Written = document::typed(&body)?;
    let properties = written.properties.ok_or_else(|| {
        Refusal::Content("Required property 'properties' not found in JSON.".to_owned())
    })?;
    let tags = properties.tags.unwrap_or_default();
    check(&tags)?;
    Ok((written.operation, tags))
}

/// Tags with these among them; those that are there keep how their names were written.
fn merged(mut tags: Tags, with: BTreeMap<String, String>) -> Tags {
    for (name, value) in with {
        tags.insert(Name::from(&name), value);
    }
    tags
}

/// Tags without these: each by its name, and by its value where one is given.
fn without(mut tags: Tags, gone: &BTreeMap<String, String>) -> Tags {
    for (name, value) in gone {
        let name = Name::from(name);
        let is_meant = |standing: &String| value.is_empty() || standing == value;
        if tags.get(&name).is_some_and(is_meant) {
            tags.remove(&name);
        }
    }
    tags
}

/// Tags as a document has them.
fn told(tags: &Tags) -> Value {
    let members = tags
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), json!(value)));
    Value::Object(members.collect())
}

/// The tags that a document has.
fn tags_of(document: &Document) -> Tags {
    tags_in(&document.read()["tags"])
}

fn tags_in(value: &Value) -> Tags {
    let members = value.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| Some((Name::from(name), value.as_str()?.to_owned())))
        .collect()
}

fn tagged(document: &Document, tags: &Tags) -> Document {
    let mut whole = document.read();
    document::set(&mut whole, "tags", told(tags));
    Document::free(&whole)
}

impl Target {
    /// What has the tags of this identifier, and its subscription; none where it is of no kind that
    /// is modelled.
    pub(crate) fn of(id: &str) -> Option<(SubscriptionId, Self)> {
        let at = id.len().checked_sub(TAGS.len())?;
        let (scope, tail) = id.split_at_checked(at)?;
        if !tail.eq_ignore_ascii_case(TAGS) {
            return None;
        }
        let mut words = scope.split('/').filter(|word| !word.is_empty());
        let is_subscription = words.next()?.eq_ignore_ascii_case("subscriptions");
        let subscription = SubscriptionId::new(words.next().filter(|_| is_subscription)?);
        let words: Vec<&str> = words.collect();
        let is = |place: usize, word: &str| words[place].eq_ignore_ascii_case(word);
        let target = match words.as_slice() {
            [] => Self::Subscription,
            [_, group] if is(0, "resourceGroups") => Self::Group((*group).to_owned()),
            [_, namespace, kind, name] | [_, _, _, namespace, kind, name]
                if namespace.eq_ignore_ascii_case("Microsoft.Resources")
                    && kind.eq_ignore_ascii_case("deployments") =>
            {
                Self::Deployment {
                    group: (words.len() == 6).then(|| words[1].to_owned()),
                    name: (*name).to_owned(),
                }
            }
            _ => {
                let id = ResourceId::read(scope).filter(|id| id.part.is_empty())?;
                Self::Resource(id.path)
            }
        };
        Some((subscription, target))
    }

    /// The identifier of what has the tags.
    fn scope(&self, view: View<'_>) -> String {
        match self {
            Self::Subscription => format!("/subscriptions/{}", view.id),
            Self::Group(name) => match view.group(name) {
                Ok(group) => view.group_id(group),
                Err(_) => format!("/subscriptions/{}/resourceGroups/{name}", view.id),
            },
            Self::Resource(path) => match view.told_at(path) {
                Ok(told) => told["id"].as_str().unwrap_or_default().to_owned(),
                Err(_) => path.id(view.id),
            },
            Self::Deployment { group, name } => {
                view.deployment_id(DeploymentScope(group.as_deref()), name)
            }
        }
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Put { target, body } => {
                let (_, tags) = read(&body.0)?;
                write(scope, &target, &merged(Tags::new(), tags))
            }
            Self::Patch { target, body } => {
                let (operation, tags) = read(&body.0)?;
                let old = scope.tags_at(&target)?;
                let operation = operation.unwrap_or_else(|| "Merge".to_owned());
                let new = match operation.to_ascii_lowercase().as_str() {
                    "merge" => merged(old, tags),
                    "replace" => merged(Tags::new(), tags),
                    "delete" => without(old, &tags),
                    _ => {
                        return Err(Refusal::Content(format!(
                            "Error converting value \"{operation}\" to type 'TagsPatchOperation'."
                        )));
                    }
                };
                write(scope, &target, &new)
            }
            Self::Clear { target } => write(scope, &target, &Tags::new()),
            Self::Define { name } => {
                check(&BTreeMap::from([(name.clone(), String::new())]))?;
                let values = scope.held.defined_tags.get(&Name::from(&name));
                let values = values.cloned().unwrap_or_default();
                Ok(Decided::done("Create or Update Tag Name")
                    .change(Change::DefinedTag(Name::from(&name), values)))
            }
            Self::DefineValue { name, value } => {
                let mut values = scope.defined(&name)?.clone();
                values.insert(value);
                Ok(Decided::done("Create or Update Tag Value")
                    .change(Change::DefinedTag(Name::from(&name), values)))
            }
            Self::Forget { name } => forget(scope, &name),
            Self::ForgetValue { name, value } => {
                let mut values = scope.defined(&name)?.clone();
                let used = scope.tag_usage();
                let used = used.get(&Name::from(&name));
                if used.is_some_and(|used| used.values.get(&value).is_some_and(|n| *n > 0)) {
                    return Err(TagRefusal::ValueUsed { name, value }.into());
                }
                if !values.remove(&value) {
                    return Ok(Decided::nothing());
                }
                Ok(Decided::done("Delete Tag Value")
                    .change(Change::DefinedTag(Name::from(&name), values)))
            }
        }
    }
}

fn forget(scope: &Scope<'_>, name: &str) -> Result<Decided, Refusal> {
    let key = Name::from(name);
    if scope
        .tag_usage()
        .get(&key)
        .is_some_and(|used| used.count > 0)
    {
        return Err(TagRefusal::NameUsed(name.to_owned()).into());
    }
    match scope.held.defined_tags.get(&key) {
        None => Ok(Decided::nothing()),
        Some(values) if !values.is_empty() => Err(TagRefusal::HasValues(name.to_owned()).into()),
        Some(_) => Ok(Decided::done("Delete Tag Name").change(Change::NoDefinedTag(key))),
    }
}

/// Writes the tags of something: at once, as it was otherwise.
fn write(scope: &mut Scope<'_>, target: &Target, tags: &Tags) -> Result<Decided, Refusal> {
    let decided = Decided::done("Create or Update Tags");
    Ok(match target {
        Target::Subscription => decided.change(Change::Tags(tags.clone())),
        Target::Group(name) => {
            let old = scope.writable_group(name)?;
            decided.change(Change::Group(Group {
                document: tagged(&old.document, tags),
                ..old.clone()
            }))
        }
        Target::Deployment { group, name } => {
            let of = DeploymentScope(group.as_deref());
            let old = scope.deployment(of, name)?;
            let key = DeploymentKey::new(of, name);
            let mut deployment = old.clone();
            deployment.tags = Some(Document::free(&told(tags)));
            decided.change(Change::Deployment(key, Box::new(deployment)))
        }
        Target::Resource(path) => {
            scope.writable_group(&path.group)?;
            // Whatever it is, it must be there.
            scope.view.told_at(path)?;
            let old = scope.resource(path)?;
            let mut new = Resource {
                version: old.version + 1,
                changed: scope.now,
                ..old.clone()
            };
            match (path.kind, &mut new.core) {
                (Kind::Subnet | Kind::SecurityRule, _) => {
                    return Err(TagRefusal::NoTagsOn(path.kind.full()).into());
                }
                (Kind::Extension, Core::Machine(machine)) => {
                    let name = path.last();
                    let mut extensions = machine.extensions.iter_mut();
                    if let Some(extension) = extensions.find(|e| e.name.eq_ignore_ascii_case(name))
                    {
                        extension.document = tagged(&extension.document, tags);
                    }
                }
                _ => new.document = tagged(&old.document, tags),
            }
            decided.change(Change::Resource(path.key(), Box::new(new)))
        }
    })
}

impl View<'_> {
    /// The tags of something that is there.
    pub(super) fn tags_at(self, target: &Target) -> Result<Tags, Refusal> {
        Ok(match target {
            Target::Subscription => self.held.tags.clone(),
            Target::Group(name) => tags_of(&self.group(name)?.document),
            Target::Resource(path) => tags_in(&self.told_at(path)?["tags"]),
            Target::Deployment { group, name } => {
                let deployment = self.deployment(DeploymentScope(group.as_deref()), name)?;
                let tags = deployment.tags.as_ref();
                tags.map(|tags| tags_in(&tags.read())).unwrap_or_default()
            }
        })
    }

    /// The tags of something as the service tells them.
    pub(crate) fn told_tags_at(self, target: &Target) -> Result<Value, Refusal> {
        let tags = self.tags_at(target)?;
        Ok(json!({
            "id": format!("{}{TAGS}", target.scope(self)),
            "name": "default",
            "type": TYPE,
            "properties": { "tags": told(&tags) },
        }))
    }

    /// The tags of the subscription itself; none where it has none.
    pub(crate) fn own_tags(self) -> Option<Value> {
        let tags = &self.held.tags;
        (!tags.is_empty()).then(|| told(tags))
    }

    /// The values that are ready for a name.
    fn defined(&self, name: &str) -> Result<&BTreeSet<String>, Refusal> {
        let found = self.held.defined_tags.get(&Name::from(name));
        found.ok_or_else(|| TagRefusal::NotDefined(name.to_owned()).into())
    }

    /// Whether a name is ready, and whether this value of it is.
    pub(crate) fn is_tag_defined(self, name: &str, value: Option<&str>) -> bool {
        let found = self.held.defined_tags.get(&Name::from(name));
        found.is_some_and(|values| value.is_none_or(|value| values.contains(value)))
    }

    /// All names of tags that are ready or used: by the subscription, by groups, by resources and by
    /// extensions.
    pub(crate) fn tag_usage(self) -> BTreeMap<Name, Usage> {
        let mut all: BTreeMap<Name, Usage> = BTreeMap::new();
        for (name, values) in &self.held.defined_tags {
            let usage = all.entry(name.clone()).or_default();
            for value in values {
                usage.values.entry(value.clone()).or_default();
            }
        }
        let mut count = |tags: Tags| {
            for (name, value) in tags {
                let usage = all.entry(name).or_default();
                usage.count += 1;
                *usage.values.entry(value).or_default() += 1;
            }
        };
        count(self.held.tags.clone());
        for group in self.held.groups.values() {
            count(tags_of(&group.document));
        }
        for (_, resource) in self.held.shelf.iter() {
            count(tags_of(&resource.document));
            if let Core::Machine(machine) = &resource.core {
                for extension in &machine.extensions {
                    count(tags_of(&extension.document));
                }
            }
        }
        all
    }

    /// A name of tags as the service tells it.
    pub(crate) fn told_tag_name(self, name: &Name, usage: &Usage) -> Value {
        let id = format!("/subscriptions/{}/tagNames/{}", self.id, name.as_str());
        let values = usage
            .values
            .iter()
            .map(|(value, count)| told_tag_value(&id, value, *count));
        json!({
            "id": id,
            "tagName": name.as_str(),
            "count": {"type": "Total", "value": usage.count},
            "values": values.collect::<Vec<_>>(),
        })
    }
}

/// A value of a name of tags, whose identifier is given.
pub(crate) fn told_tag_value(name: &str, value: &str, count: usize) -> Value {
    json!({
        "id": format!("{name}/tagValues/{value}"),
        "tagValue": value,
        "count": {"type": "Total", "value": count},
    })
}
