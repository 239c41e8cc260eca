//! What each resource waits for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{CopyMode, Declaration, Plan, Resource, implicit, in_rounds};
use crate::directory::Directory;
use crate::effort::Effort;
use crate::evaluate::{Evaluator, Frame, Place};
use crate::problem::{Kind, Problem};
use crate::value::{member, type_word};

/// Finds out what every resource waits for, and that none waits for itself.
pub(super) fn resolve(plan: &mut Plan, effort: &Effort) -> Result<(), Problem> {
    let evaluator = Evaluator::new(&plan.setting, effort).with_directory(&plan.directory);
    let mut all = Vec::with_capacity(plan.resources.len());
    for (index, resource) in plan.resources.iter().enumerate() {
        let declaration = &plan.declarations[resource.declaration];
        let mut found = in_rounds(&resource.rounds, Frame::at(Place::Body), &mut |frame| {
            let waiting = Waiting {
                evaluator: &evaluator,
                directory: &plan.directory,
                effort,
                index,
            };
            waiting.of(resource, declaration, frame)
        })
        .map_err(|problem| problem.in_member(&declaration.path))?;
        found.extend(batch_before(&plan.resources, index));
        effort.spend(found.len())?;
        all.push(found);
    }
    drop(evaluator);
    for (resource, found) in plan.resources.iter_mut().zip(all) {
        resource.depends_on = found.into_iter().collect();
    }
    match on_a_circle(&plan.resources) {
        None => Ok(()),
        Some(resource) => Err(Problem::from(Kind::CircularDependency(resource.id.clone()))
            .in_member(&plan.declarations[resource.declaration].path)),
    }
}

struct Waiting<'a> {
    evaluator: &'a Evaluator<'a>,
    directory: &'a Directory,
    effort: &'a Effort,
    /// Which resource it is that waits.
    index: usize,
}

impl Waiting<'_> {
    fn of(
        &self,
        resource: &Resource,
        declaration: &Declaration,
        frame: Frame<'_>,
    ) -> Result<BTreeSet<usize>, Problem> {
        let mut found = BTreeSet::new();
        let declared =
            member(&declaration.members, "dependsOn").filter(|declared| !declared.is_null());
        if let Some(declared) = declared {
            self.evaluator
                .tree(declared, frame.moved(Place::Identity))
                .and_then(|names| self.add(&names, &mut found))
                .map_err(|problem| problem.in_member("dependsOn"))?;
        }
        for name in implicit::names(self.evaluator, resource, declaration, frame)? {
            for entry in self.directory.named(&name) {
                self.effort.spend(1)?;
                found.extend(entry.resource);
            }
        }
        Ok(found)
    }

    fn add(&self, names: &Value, found: &mut BTreeSet<usize>) -> Result<(), Problem> {
        match names {
            Value::Null => Ok(()),
            Value::Array(names) => {
                for (index, name) in names.iter().enumerate() {
                    self.add(name, found)
                        .map_err(|problem| problem.in_element(index))?;
                }
                Ok(())
            }
            Value::String(name) => self.add_name(name, found),
            other => Err(Kind::MemberType {
                expected: "String",
                actual: type_word(other),
            }
            .into()),
        }
    }

    fn add_name(&self, name: &str, found: &mut BTreeSet<usize>) -> Result<(), Problem> {
        let (mut known, mut others, mut itself) = (false, false, false);
        for entry in self.directory.named(name) {
            self.effort.spend(1)?;
            known = true;
            if entry.resource == Some(self.index) {
                itself = true;
            } else {
                others = true;
                found.extend(entry.resource);
            }
        }
        if !known {
            return Err(Kind::DependencyUnknown(name.to_owned()).into());
        }
        // A bare name that others have as well means them.
        if itself && !others {
            found.insert(self.index);
        }
        Ok(())
    }
}

/// The resources of the batch before that of this one, if its loop goes in batches.
fn batch_before(resources: &[Resource], index: usize) -> Vec<usize> {
    let resource = &resources[index];
    let Some(copy) = &resource.copy else {
        return Vec::new();
    };
    let CopyMode::Serial { batch_size } = copy.mode else {
        return Vec::new();
    };
    let Some(before) = (copy.index / batch_size).checked_sub(1) else {
        return Vec::new();
    };
    // Rounds of the same loop, in the same rounds of the loops around it.
    let outer = resource.rounds.len() - 1;
    resources[..index]
        .iter()
        .enumerate()
        .filter(|(_, other)| {
            other.declaration == resource.declaration
                && other.rounds[..outer] == resource.rounds[..outer]
                && other
                    .copy
                    .as_ref()
                    .is_some_and(|other| other.index / batch_size == before)
        })
        .map(|(index, _)| index)
        .collect()
}

/// A resource that waits for itself, straight or by way of others.
fn on_a_circle(resources: &[Resource]) -> Option<&Resource> {
    let mut missing: Vec<usize> = resources
        .iter()
        .map(|resource| resource.depends_on.len())
        .collect();
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); resources.len()];
    for (index, resource) in resources.iter().enumerate() {
        for dependency in &resource.depends_on {
            waiting[*dependency].push(index);
        }
    }
    let mut ready: Vec<usize> = (0..resources.len())
        .filter(|index| missing[*index] == 0)
        .collect();
    while let Some(done) = ready.pop() {
        for index in &waiting[done] {
            missing[*index] -= 1;
            if missing[*index] == 0 {
                ready.push(*index);
            }
        }
    }
    // Each that is left waits for another that is left: so many steps lead onto a circle.
    let mut at = missing.iter().position(|missing| *missing > 0)?;
    for _ in 0..resources.len() {
        at = *resources[at]
            .depends_on
            .iter()
            .find(|dependency| missing[**dependency] > 0)?;
    }
    resources.get(at)
}
