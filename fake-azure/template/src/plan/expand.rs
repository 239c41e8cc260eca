//! From declarations to resources: loops, conditions, whole names and types.

use serde_json::{Map, Value};

use super::{CopyMode, CopyPosition, Resource, is_deployment};
use crate::directory::{Directory, Entry};
use crate::effort::{Effort, MOST_RESOURCES, RESOURCE};
use crate::evaluate::{Evaluator, Frame, Place, Round};
use crate::identifier::{segments, within};
use crate::problem::{Kind, Problem};
use crate::setting::Setting;
use crate::template::{Declared, Template};
use crate::value::{member, type_word};

/// All resources, without what they wait for.
pub(super) struct Expanded {
    pub(super) resources: Vec<Resource>,
    pub(super) directory: Directory,
}

/// What a child takes from its parent.
#[derive(Clone, Copy)]
struct Parent<'p> {
    kind: &'p str,
    name: &'p str,
    scope: &'p str,
}

struct Expansion<'a> {
    template: &'a Template,
    setting: &'a Setting,
    evaluator: Evaluator<'a>,
    /// The children of each declaration.
    children: Vec<Vec<usize>>,
    expanded: Expanded,
}

/// Expands all declarations of a template.
pub(super) fn expand(
    template: &Template,
    setting: &Setting,
    effort: &Effort,
) -> Result<Expanded, Problem> {
    let mut children = vec![Vec::new(); template.resources.len()];
    for (index, declared) in template.resources.iter().enumerate() {
        if let Some(parent) = declared.parent {
            children[parent].push(index);
        }
    }
    let mut expansion = Expansion {
        template,
        setting,
        evaluator: Evaluator::new(setting, effort),
        children,
        expanded: Expanded {
            resources: Vec::new(),
            directory: Directory::default(),
        },
    };
    for (index, declared) in template.resources.iter().enumerate() {
        if declared.parent.is_none() {
            expansion.declaration(index, None, Frame::at(Place::Identity), &[])?;
        }
    }
    Ok(expansion.expanded)
}

/// A member that is there and not null.
fn given<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    member(members, name).filter(|value| !value.is_null())
}

impl Expansion<'_> {
    fn declaration(
        &mut self,
        index: usize,
        parent: Option<Parent<'_>>,
        frame: Frame<'_>,
        rounds: &[(String, usize)],
    ) -> Result<(), Problem> {
        let template = self.template;
        let declared = &template.resources[index];
        let Some(copy) = given(&declared.members, "copy") else {
            return self.resource(index, parent, frame, rounds, None);
        };
        let (name, count, mode) = self
            .read_loop(copy, frame)
            .map_err(|problem| problem.in_member("copy").in_member(&declared.path))?;
        for round in 0..count {
            let inner = Round {
                name: &name,
                index: round,
                of_resources: true,
                around: frame.round(),
            };
            let mut rounds = rounds.to_vec();
            rounds.push((name.clone(), round));
            let position = CopyPosition {
                name: name.clone(),
                index: round,
                count,
                mode,
            };
            self.resource(
                index,
                parent,
                frame.in_round(&inner),
                &rounds,
                Some(position),
            )?;
        }
        Ok(())
    }

    fn read_loop(
        &self,
        copy: &Value,
        frame: Frame<'_>,
    ) -> Result<(String, usize, CopyMode), Problem> {
        let Value::Object(members) = copy else {
            return Err(Kind::MemberType {
                expected: "Object",
                actual: type_word(copy),
            }
            .into());
        };
        let name = self.name(members, "name", frame)?;
        let count = self.evaluator.rounds(copy, &name, frame)?;
        let serial = match given(members, "mode") {
            None => false,
            Some(_) => self
                .name(members, "mode", frame)?
                .eq_ignore_ascii_case("serial"),
        };
        if !serial {
            return Ok((name, count, CopyMode::Parallel));
        }
        let batch_size = match given(members, "batchSize") {
            None => 1,
            Some(size) => {
                let size = self
                    .evaluator
                    .tree(size, frame)
                    .map_err(|problem| problem.in_member("batchSize"))?;
                size.as_u64()
                    .and_then(|size| usize::try_from(size).ok())
                    .filter(|size| *size > 0)
                    .ok_or_else(|| {
                        Problem::from(Kind::MemberType {
                            expected: "Integer",
                            actual: type_word(&size),
                        })
                        .in_member("batchSize")
                    })?
            }
        };
        Ok((name, count, CopyMode::Serial { batch_size }))
    }

    /// A member that has to come to a text.
    fn name(
        &self,
        members: &Map<String, Value>,
        name: &str,
        frame: Frame<'_>,
    ) -> Result<String, Problem> {
        match given(members, name) {
            None => Err(Kind::MissingMember(name.to_owned()).into()),
            Some(Value::String(text)) => self.evaluator.name(text, frame),
            Some(other) => Err(Kind::MemberType {
                expected: "String",
                actual: type_word(other),
            }
            .into()),
        }
        .map_err(|problem| problem.in_member(name))
    }

    fn resource(
        &mut self,
        index: usize,
        parent: Option<Parent<'_>>,
        frame: Frame<'_>,
        rounds: &[(String, usize)],
        copy: Option<CopyPosition>,
    ) -> Result<(), Problem> {
        self.evaluator.spend(RESOURCE)?;
        let template = self.template;
        let declared = &template.resources[index];
        let resource = self
            .read(index, declared, parent, frame, rounds, copy)
            .map_err(|problem| problem.in_member(&declared.path))?;
        let is_deployed = self
            .is_deployed(declared, frame)
            .map_err(|problem| problem.in_member(&declared.path))?;
        if is_deployed {
            if self.expanded.directory.is_deployed(&resource.id) {
                return Err(Problem::from(Kind::Duplicate(resource.id)).in_member(&declared.path));
            }
            let actual = self.expanded.resources.len() + 1;
            if actual > MOST_RESOURCES {
                return Err(Kind::TooMany {
                    what: "resources",
                    limit: MOST_RESOURCES,
                    actual,
                }
                .into());
            }
        }
        self.expanded.directory.enter(Entry {
            id: resource.id.clone(),
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            api_version: resource.api_version.clone(),
            symbol: resource.symbol.clone(),
            round: resource
                .copy
                .as_ref()
                .map(|copy| (copy.name.clone(), copy.index)),
            resource: is_deployed.then_some(self.expanded.resources.len()),
        });
        let (kind, name, scope) = (
            resource.kind.clone(),
            resource.name.clone(),
            resource.scope.clone(),
        );
        if is_deployed {
            self.expanded.resources.push(resource);
        }
        let parent = Parent {
            kind: &kind,
            name: &name,
            scope: &scope,
        };
        for child in self.children[index].clone() {
            self.declaration(child, Some(parent), frame, rounds)?;
        }
        Ok(())
    }

    fn is_deployed(&self, declared: &Declared, frame: Frame<'_>) -> Result<bool, Problem> {
        if given(&declared.members, "existing") == Some(&Value::Bool(true)) {
            return Ok(false);
        }
        let Some(condition) = given(&declared.members, "condition") else {
            return Ok(true);
        };
        let condition = self
            .evaluator
            .tree(condition, frame)
            .map_err(|problem| problem.in_member("condition"))?;
        match condition {
            Value::Bool(condition) => Ok(condition),
            Value::String(word) if word.eq_ignore_ascii_case("true") => Ok(true),
            Value::String(word) if word.eq_ignore_ascii_case("false") => Ok(false),
            other => Err(Problem::from(Kind::MemberType {
                expected: "Boolean",
                actual: type_word(&other),
            })
            .in_member("condition")),
        }
    }

    fn read(
        &self,
        index: usize,
        declared: &Declared,
        parent: Option<Parent<'_>>,
        frame: Frame<'_>,
        rounds: &[(String, usize)],
        copy: Option<CopyPosition>,
    ) -> Result<Resource, Problem> {
        let members = &declared.members;
        let mut kind = self.name(members, "type", frame)?;
        let mut name = self.name(members, "name", frame)?;
        if let Some(parent) = parent {
            kind = format!("{}/{kind}", parent.kind);
            name = format!("{}/{name}", parent.name);
        }
        let api_version = match given(members, "apiVersion") {
            None => None,
            Some(_) => Some(self.name(members, "apiVersion", frame)?),
        };
        let scope = self.scope(members, &kind, parent, frame)?;
        let fits = segments(&kind) == segments(&name) + 1 && !name.split('/').any(str::is_empty);
        let id = within(&scope, &kind, name.split('/')).filter(|_| fits);
        let Some(id) = id else {
            return Err(Problem::from(Kind::Segments { name, kind }).in_member("name"));
        };
        Ok(Resource {
            kind,
            name,
            id,
            api_version,
            location: None,
            scope,
            symbol: declared.symbol.clone(),
            copy,
            depends_on: Vec::new(),
            declaration: index,
            rounds: rounds.to_vec(),
        })
    }

    /// The identifier of what a resource belongs to.
    fn scope(
        &self,
        members: &Map<String, Value>,
        kind: &str,
        parent: Option<Parent<'_>>,
        frame: Frame<'_>,
    ) -> Result<String, Problem> {
        let own = self.setting.scope.id();
        if given(members, "scope").is_some() {
            let scope = self.name(members, "scope", frame)?;
            return Ok(if scope.starts_with('/') {
                scope.trim_end_matches('/').to_owned()
            } else {
                format!("{own}/providers/{scope}")
            });
        }
        if let Some(parent) = parent {
            return Ok(parent.scope.to_owned());
        }
        let elsewhere = |name| given(members, name).map(|_| self.name(members, name, frame));
        if is_deployment(kind) {
            let subscription = elsewhere("subscriptionId").transpose()?;
            let group = elsewhere("resourceGroup").transpose()?;
            if subscription.is_some() || group.is_some() {
                let subscription = subscription
                    .as_deref()
                    .or_else(|| self.setting.scope.subscription_id())
                    .unwrap_or_default();
                return Ok(match group {
                    Some(group) => format!("/subscriptions/{subscription}/resourceGroups/{group}"),
                    None => format!("/subscriptions/{subscription}"),
                });
            }
        }
        if kind.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups")
            && let Some(subscription) = self.setting.scope.subscription_id()
        {
            return Ok(format!("/subscriptions/{subscription}"));
        }
        Ok(own.to_owned())
    }
}
