//! Functions that ask what other resources are.

use serde_json::{Value, json};

use super::{Evaluator, Frame, Place};
use crate::functions::{Call, count};
use crate::identifier::is_path;
use crate::problem::{Kind, Problem};
use crate::runtime::Runtime;

/// Whether a function is one of the many that begin with `list` and name an action.
pub(crate) fn is_list(lower: &str) -> bool {
    lower.len() > 4 && lower.starts_with("list")
}

impl Evaluator<'_> {
    /// Calls a function of this kind; `None` if it is none.
    pub(super) fn of_resource(
        &self,
        lower: &str,
        call: &Call<'_>,
        frame: Frame<'_>,
    ) -> Option<Result<Value, Problem>> {
        match lower {
            "reference" => Some(self.reference(call, frame)),
            "references" => Some(self.references(call, frame)),
            "resourceinfo" => Some(self.resource_info(call, frame)),
            _ if is_list(lower) => Some(self.list(call, frame)),
            _ => None,
        }
    }

    fn reference(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
        count(call.name, 1, 3, call.arguments.len())?;
        asked(call, frame)?;
        let (id, known) = self.resolved(call.text(0)?, call.arguments.len() > 1)?;
        let given = optional(call, 1)?;
        let full = wants_all(call, 2)?;
        let value = self.running(call)?.reference(&id, given.or(known), full)?;
        self.effort.copy(&value)?;
        Ok(value)
    }

    /// All resources of a loop.
    fn references(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
        count(call.name, 1, 2, call.arguments.len())?;
        asked(call, frame)?;
        let name = call.text(0)?;
        let full = wants_all(call, 1)?;
        let mut found = self
            .directory
            .into_iter()
            .flat_map(|directory| directory.named(name))
            .peekable();
        if found.peek().is_none() {
            return Err(Kind::ReferenceUnknown(name.to_owned()).into());
        }
        let mut all = Vec::new();
        for entry in found {
            let value =
                self.running(call)?
                    .reference(&entry.id, entry.api_version.as_deref(), full)?;
            self.effort.copy(&value)?;
            all.push(value);
        }
        Ok(all.into())
    }

    fn resource_info(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
        count(call.name, 1, 1, call.arguments.len())?;
        asked(call, frame)?;
        let name = call.text(0)?;
        let entry = match self.directory {
            Some(directory) => directory.one(name)?,
            None => None,
        }
        .ok_or_else(|| Problem::from(Kind::ReferenceUnknown(name.to_owned())))?;
        Ok(json!({
            "id": entry.id,
            "name": entry.name,
            "type": entry.kind,
            "apiVersion": entry.api_version,
        }))
    }

    fn list(&self, call: &Call<'_>, frame: Frame<'_>) -> Result<Value, Problem> {
        count(call.name, 1, 3, call.arguments.len())?;
        asked(call, frame)?;
        let (id, known) = self.resolved(call.text(0)?, call.arguments.len() > 1)?;
        let Some(version) = optional(call, 1)?.or(known) else {
            return Err(call.wrong("the api version is missing"));
        };
        let body = call.arguments.get(2).map(|body| &**body);
        let value = self.running(call)?.list(call.name, &id, version, body)?;
        self.effort.copy(&value)?;
        Ok(value)
    }

    /// The identifier that a name stands for, and the version that the template knows the resource
    /// by. A resource that is not in the template has to be spelled out, and be given a version.
    fn resolved(&self, name: &str, versioned: bool) -> Result<(String, Option<&str>), Problem> {
        let known = match self.directory {
            Some(directory) => directory.one(name)?,
            None => None,
        };
        if let Some(entry) = known {
            return Ok((entry.id.clone(), entry.api_version.as_deref()));
        }
        if !versioned || !is_path(name) {
            return Err(Kind::ReferenceUnknown(name.to_owned()).into());
        }
        let id = if name.starts_with('/') {
            name.to_owned()
        } else {
            format!("{}/providers/{name}", self.setting.scope.id())
        };
        Ok((id, None))
    }

    fn running(&self, call: &Call<'_>) -> Result<&dyn Runtime, Problem> {
        self.runtime
            .ok_or_else(|| Kind::NeedsRuntime(call.name.to_owned()).into())
    }
}

/// Whether resources may be asked about here.
fn asked(call: &Call<'_>, frame: Frame<'_>) -> Result<(), Problem> {
    match frame.place {
        Place::Body | Place::Output => Ok(()),
        _ => Err(Kind::Misplaced(call.name.to_owned()).into()),
    }
}

/// An argument that can be left out or be null.
fn optional<'a>(call: &Call<'a>, index: usize) -> Result<Option<&'a str>, Problem> {
    match call.arguments.get(index) {
        Some(value) if !value.is_null() => call.text(index).map(Some),
        _ => Ok(None),
    }
}

fn wants_all(call: &Call<'_>, index: usize) -> Result<bool, Problem> {
    match optional(call, index)? {
        None => Ok(false),
        Some(word) if word.eq_ignore_ascii_case("full") => Ok(true),
        Some(word) if word.eq_ignore_ascii_case("properties") => Ok(false),
        Some(_) => Err(call.wrong("the last parameter can only be 'Full'")),
    }
}
