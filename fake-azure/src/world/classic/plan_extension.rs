//! Which extensions a machine will have.

use super::Refusal;
use super::refusal::Twice;
use super::role::{ExtensionReference, ExtensionState, NewExtension, Parameter, Visibility};
use crate::world::catalogue;
use crate::world::names::same;
use crate::world::phase::Life;

/// References as they will stand. Settings that are not shown cannot be sent back by a client
/// that reads a role, changes it and writes it, so those stay as they were.
pub(super) fn check_extensions(
    new: Option<Vec<NewExtension>>,
    old: Option<&[ExtensionReference]>,
    installation: Option<Life>,
) -> Result<Option<Vec<ExtensionReference>>, Refusal> {
    let Some(new) = new else { return Ok(None) };
    let mut references: Vec<ExtensionReference> = Vec::new();
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
            .any(|r| same(&r.reference, &extension.reference))
        {
            return Err(Refusal::TwiceInRole {
                what: Twice::Extension,
                name: extension.reference,
            });
        }
        let before = old.into_iter().flatten().find(|r| {
            same(&r.reference, &extension.reference)
                && same(&r.publisher, &extension.publisher)
                && same(&r.name, &extension.name)
        });
        let hidden = |v: &Option<Visibility>| *v == Some(Visibility::Private);
        if let Some(before) = before
            && !extension.parameters.iter().any(|p| hidden(&p.visibility))
        {
            extension.parameters.extend(
                before
                    .parameters
                    .iter()
                    .filter(|p| hidden(&p.visibility))
                    .cloned(),
            );
        }
        let unchanged = before.filter(|before| {
            let settings = |list: &[Parameter]| -> Vec<(Option<Visibility>, String)> {
                let mut all: Vec<_> = list
                    .iter()
                    .map(|p| (p.visibility, p.value.clone()))
                    .collect();
                all.sort_by_key(|(v, value)| (*v == Some(Visibility::Private), value.clone()));
                all
            };
            before.version == extension.version
                && settings(&before.parameters) == settings(&extension.parameters)
        });
        let (verdict, installation) = match unchanged {
            Some(before) => (before.verdict.clone(), before.installation),
            None => (extension.verdict(), installation),
        };
        references.push(ExtensionReference {
            reference: extension.reference,
            publisher: extension.publisher,
            name: extension.name,
            version: extension.version,
            parameters: extension.parameters,
            parameters_told: extension.parameters_told,
            state: extension.state,
            verdict,
            installation,
        });
    }
    Ok(Some(references))
}
