//! A group as a template that makes the like of it.
//!
//! A resource is exported as a client that has read it could write it back. Names are parameters,
//! and so are the identifiers of what is not exported along, unless it is said otherwise.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::document;
use super::kind::Kind;
use super::offers::providers;
use super::path::{Path, ResourceId};
use super::refusal::Refusal;
use super::resource::{Core, known};
use super::view::View;

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#";

/// How a group is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Whether each resource says where it comes from.
    pub(crate) has_comments: bool,
    /// Whether parameters have what stands there now as their defaults.
    pub(crate) has_defaults: bool,
    pub(crate) literal: Literal,
}

/// What stands in a template as it is, and is no parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Literal {
    #[default]
    Nothing,
    /// The names of resources.
    Names,
    /// These, and the identifiers of what is not exported along.
    All,
}

impl Options {
    /// Reads words with commas between them; those that are unknown say nothing.
    pub(crate) fn read(text: &str) -> Self {
        let has = |wanted: &str| {
            let mut words = text.split(',').map(str::trim);
            words.any(|word| word.eq_ignore_ascii_case(wanted))
        };
        let literal = if has("SkipAllParameterization") {
            Literal::All
        } else if has("SkipResourceNameParameterization") {
            Literal::Names
        } else {
            Literal::Nothing
        };
        Self {
            has_comments: has("IncludeComments"),
            has_defaults: has("IncludeParameterDefaultValue"),
            literal,
        }
    }
}

/// A resource that is exported: where it lies, what it is, and how its name is written.
struct Exported {
    path: Path,
    id: String,
    /// What it is part of, where it is a child, by its identifier.
    parent: Option<String>,
    told: Value,
    /// What stands within the brackets of an expression.
    name: String,
}

/// A template in the making.
struct Export {
    options: Options,
    parameters: Map<String, Value>,
    /// The parameters by what they stand for.
    known: BTreeMap<String, String>,
}

impl View<'_> {
    /// The template of a group, or of those resources of it that are named.
    pub(crate) fn exported(
        self,
        group: &str,
        wanted: Option<&[ResourceId]>,
        options: Options,
    ) -> Result<Value, Refusal> {
        let group = self.group(group)?;
        let mut export = Export {
            options,
            parameters: Map::new(),
            known: BTreeMap::new(),
        };
        let mut chosen = Vec::new();
        match wanted {
            None => {
                let name = crate::world::names::Name::from(&group.name);
                for (key, resource) in self.held.shelf.of_group(&name) {
                    let path = self.path(key, resource);
                    let Core::Machine(machine) = &resource.core else {
                        chosen.push(path);
                        continue;
                    };
                    let extensions = machine.extensions.iter();
                    let extensions: Vec<Path> = extensions
                        .map(|extension| path.child(Kind::Extension, &extension.name))
                        .collect();
                    chosen.push(path);
                    chosen.extend(extensions);
                }
            }
            Some(ids) => chosen.extend(ids.iter().map(|id| id.path.clone())),
        }
        let mut all = Vec::new();
        for path in chosen {
            let told = self.told_at(&path)?;
            let name = export.name(&path);
            all.push(Exported {
                id: path.id(self.id),
                parent: path.parent().map(|parent| parent.id(self.id)),
                path,
                told,
                name,
            });
        }
        let resources: Vec<Value> = all.iter().map(|one| export.resource(one, &all)).collect();
        Ok(json!({
            "$schema": SCHEMA,
            "contentVersion": "1.0.0.0",
            "parameters": export.parameters,
            "variables": {},
            "resources": resources,
        }))
    }
}

/// A text within an expression.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text of a template that is no expression.
fn literal(text: &str) -> Value {
    if text.starts_with('[') {
        json!(format!("[{text}"))
    } else {
        json!(text)
    }
}

impl Export {
    /// An expression for a text: a parameter, which is called so.
    fn parameter(&mut self, title: &str, text: &str) -> String {
        let of = format!("{title}\n{text}");
        if let Some(name) = self.known.get(&of) {
            return format!("parameters({})", quoted(name));
        }
        let plain: String = title
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let mut name = plain.clone();
        let mut number = 1;
        while self.parameters.contains_key(&name) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        let mut parameter = json!({ "type": "String" });
        if self.options.has_defaults {
            parameter["defaultValue"] = literal(text);
        }
        self.parameters.insert(name.clone(), parameter);
        let expression = format!("parameters({})", quoted(&name));
        self.known.insert(of, name);
        expression
    }

    /// An expression for the name of a resource, or of what a child is part of.
    fn name(&mut self, path: &Path) -> String {
        if self.options.literal != Literal::Nothing {
            return quoted(&path.name);
        }
        let title = format!("{}_{}_name", path.kind.words()[0], path.name);
        self.parameter(&title, &path.name)
    }

    fn resource(&mut self, one: &Exported, all: &[Exported]) -> Value {
        let kind = one.path.kind;
        let (body, _) = document::taken(known(kind), &one.told);
        let mut needs = Vec::new();
        if let Some(parent) = &one.parent {
            self.reference(parent, all, &mut needs);
        }
        let mut made = Map::new();
        if self.options.has_comments {
            let words = format!("Generalized from resource: '{}'.", one.id);
            made.insert("comments".to_owned(), json!(words));
        }
        let version = providers::resource_type(&kind.full());
        let version = version.map(|(_, kind)| kind.default_version());
        made.insert("type".to_owned(), json!(kind.full()));
        made.insert("apiVersion".to_owned(), json!(version.unwrap_or_default()));
        let name = match &one.path.child {
            _ if self.options.literal != Literal::Nothing => literal(&one.path.names()),
            None => json!(format!("[{}]", one.name)),
            Some(child) => {
                let rest = quoted(&format!("/{child}"));
                json!(format!("[concat({}, {rest})]", one.name))
            }
        };
        made.insert("name".to_owned(), name);
        let Value::Object(members) = body else {
            return Value::Object(made);
        };
        for (member, value) in members {
            let value = self.value(value, all, &mut needs);
            made.insert(member, value);
        }
        if !needs.is_empty() {
            made.insert("dependsOn".to_owned(), json!(needs));
        }
        Value::Object(made)
    }

    /// A value of a resource, with what it refers to in the place of identifiers.
    fn value(&mut self, value: Value, all: &[Exported], needs: &mut Vec<String>) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name, self.value(value, all, needs)))
                    .collect(),
            ),
            Value::Array(list) => Value::Array(
                list.into_iter()
                    .map(|value| self.value(value, all, needs))
                    .collect(),
            ),
            Value::String(text) => match self.reference(&text, all, needs) {
                Some(expression) => json!(format!("[{expression}]")),
                None => literal(&text),
            },
            value => value,
        }
    }

    /// An expression for the identifier of something, if a text is one; what is exported is needed
    /// before.
    fn reference(
        &mut self,
        text: &str,
        all: &[Exported],
        needs: &mut Vec<String>,
    ) -> Option<String> {
        let id = ResourceId::read(text)?;
        let whole = |path: &Path| path.id(&id.subscription);
        let is = |one: &&Exported, id: &str| one.id.eq_ignore_ascii_case(id);
        let owner = Path {
            kind: id.path.kind.parent().unwrap_or(id.path.kind),
            child: None,
            ..id.path.clone()
        };
        let mut both = [&id.path, &owner].into_iter();
        let Some(found) = both.find_map(|path| all.iter().find(|one| is(one, &whole(path)))) else {
            if self.options.literal == Literal::All {
                return None;
            }
            let title = format!("{}_{}_externalid", owner.kind.words()[0], owner.name);
            let owner_id = whole(&owner);
            let parameter = self.parameter(&title, &owner_id);
            return Some(with_rest(parameter, text.get(owner_id.len()..)));
        };
        let expression = found.identifier();
        let need = format!("[{expression}]");
        if !needs.contains(&need) {
            needs.push(need);
        }
        Some(with_rest(expression, text.get(found.id.len()..)))
    }
}

/// An expression for an identifier, and what follows it.
fn with_rest(expression: String, rest: Option<&str>) -> String {
    match rest.filter(|rest| !rest.is_empty()) {
        None => expression,
        Some(rest) => format!("concat({expression}, {})", quoted(rest)),
    }
}

impl Exported {
    /// An expression for its identifier.
    fn identifier(&self) -> String {
        let kind = quoted(&self.path.kind.full());
        match &self.path.child {
            None => format!("resourceId({kind}, {})", self.name),
            Some(child) => format!("resourceId({kind}, {}, {})", self.name, quoted(child)),
        }
    }
}
