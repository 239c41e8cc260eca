//! Which extensions a machine will have.

use super::Refusal;
use super::refusal::Twice;
use super::role::{ExtensionReference, ExtensionState, NewExtension, Parameter, Visibility};
use crate::world::catalogue;
use crate::world::extension::Verdict;
use crate::world::phase::Life;

/// References as they will stand. Settings that are not shown cannot be sent back by a client
/// that reads a role, changes it and writes it, so those stay as they were.
pub(super) fn check_extensions(
    new: Option<Vec<NewExtension>>,
    old: Option<&[ExtensionReference]>,
    installation: Option<Life>,
) -> Result<Option<Vec<ExtensionReference>>, Refusal> {
    let Some(new) = new else { return Ok(None) };
    let mut references: Vec<ExtensionReference> = Vec::with_capacity(new.len());
    for mut extension in new {
        if extension.state == ExtensionState::Uninstall {
            continue;
        }
        let known = catalogue::extension(&extension.publisher, &extension.name);
        if known.and_then(|k| k.resolve(&extension.version)).is_none() {
            return Err(Refusal::NoExtension {
                publisher: extension.publisher,
                name: extension.name,
                version: extension.version,
            });
        }
        if references
            .iter()
            .any(|r| r.reference == extension.reference)
        {
            return Err(Refusal::TwiceInRole {
                what: Twice::Extension,
                name: extension.reference,
            });
        }
        let before = old.into_iter().flatten().find(|r| {
            r.reference == extension.reference
                && r.publisher == extension.publisher
                && r.name == extension.name
        });
        if let Some(before) = before
            && !extension.parameters.iter().any(Parameter::is_hidden)
        {
            extension.parameters.extend(before.hidden_parameters());
        }
        let verdict = extension.verdict();
        let parameters = left_by(&verdict, extension.parameters);
        let unchanged = before.filter(|before| {
            before.version == extension.version
                && sorted(&before.parameters) == sorted(&parameters)
                && before.verdict.certificates() == verdict.certificates()
        });
        let (verdict, installation) = match unchanged {
            Some(before) => (before.verdict.clone(), before.installation),
            None => (verdict, installation),
        };
        references.push(ExtensionReference {
            reference: extension.reference,
            publisher: extension.publisher,
            name: extension.name,
            version: extension.version,
            parameters,
            parameters_told: extension.parameters_told,
            state: extension.state,
            verdict,
            installation,
        });
    }
    Ok(Some(references))
}

/// The settings to keep: certificates that the verdict holds are not kept twice, as each of ten
/// thousand hosts may have its own.
fn left_by(verdict: &Verdict, mut parameters: Vec<Parameter>) -> Vec<Parameter> {
    if verdict.certificates().is_some() {
        parameters.retain(|parameter| !parameter.is_hidden());
        parameters.shrink_to_fit();
    }
    parameters
}

fn sorted(parameters: &[Parameter]) -> Vec<(bool, Option<Visibility>, &str)> {
    let mut all: Vec<_> = parameters
        .iter()
        .map(|p| (p.is_hidden(), p.visibility, p.value.as_str()))
        .collect();
    all.sort_by_key(|(is_hidden, _, value)| (*is_hidden, *value));
    all
}
