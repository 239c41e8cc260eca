//! The extensions of one machine: what is told of them, and how they are changed.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::machine::Found;
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{
    ExtensionParameter, ExtensionReference, Role, Secret,
};
use crate::cli::vm::extension::{ExtensionGetArgs, ExtensionSetArgs};
use crate::failure::Failure;
use crate::input;

pub(super) fn same(left: Option<&str>, right: &str) -> bool {
    left.is_some_and(|left| left.eq_ignore_ascii_case(right))
}

/// A cell of a fixed width: what is longer is cut, what is shorter padded.
pub(super) fn cell(text: &str, width: usize) -> String {
    if text.chars().count() > width {
        let kept: String = text.chars().take(width.saturating_sub(3)).collect();
        return format!("{kept}...");
    }
    format!("{text:width$}")
}

pub(super) fn none() -> Answer {
    Answer::none()
        .with(Level::Info, "No extensions found")
        .with_json(json!([]))
}

pub(super) fn decoded(base64: &str) -> Option<String> {
    let bytes = STANDARD.decode(base64.trim()).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The extensions of a machine that are asked for.
pub(super) fn shown_of(found: &Found, args: &ExtensionGetArgs) -> Answer {
    let wanted = [
        args.extension_name.as_deref(),
        args.publisher_name.as_deref(),
        args.reference_name.as_deref(),
    ];
    let is_wanted = |one: &&ExtensionReference| {
        let has = [&one.name, &one.publisher, &one.reference_name];
        wanted.iter().all(Option::is_none)
            || wanted
                .iter()
                .zip(has)
                .any(|(wanted, has)| same(*wanted, has.as_deref().unwrap_or_default()))
    };
    let all: Vec<&ExtensionReference> = found
        .role()
        .resource_extension_references
        .iter()
        .flatten()
        .filter(is_wanted)
        .collect();
    if all.is_empty() {
        return none();
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                cell(&text(&one.publisher), 20),
                cell(&text(&one.name), 15),
                cell(&text(&one.reference_name), 25),
                text(&one.version),
                text(&one.state),
            ]
        })
        .collect();
    let headers = [
        "Publisher",
        "Extension name",
        "ReferenceName",
        "Version",
        "State",
    ];
    let json = all.iter().map(|one| with_settings(one)).collect();
    Answer::table(&headers, &rows, json)
}

/// A reference with its public settings as text; private ones are nobody's to see.
fn with_settings(reference: &ExtensionReference) -> Value {
    let mut json = view::json(reference);
    for (index, parameter) in reference
        .resource_extension_parameter_values
        .iter()
        .enumerate()
    {
        if !same(parameter.kind.as_deref(), "Private")
            && let Some(text) = parameter.value.as_ref().and_then(|v| decoded(v.expose()))
        {
            json["resourceExtensionParameterValues"][index]["value"] = text.into();
        }
    }
    json
}

/// Gives a machine an extension, or takes it away.
pub(super) async fn apply(
    context: &Context,
    client: &Client,
    found: &Found,
    args: ExtensionSetArgs,
) -> CommandResult {
    let mut role = found.role().clone();
    if role.provision_guest_agent != Some(true) {
        return Err(Failure::new(
            "Provision Guest Agent must be enabled on the VM before setting VM Extension.",
        ));
    }
    let label = if args.uninstall {
        "Uninstalling vm extension"
    } else if args.disable {
        "Disabling vm extension"
    } else {
        "Updating vm extension"
    };
    put(&mut role, args)?;
    role.default_win_rm_certificate_thumbprint = None;
    context.terminal.progress(label);
    let name = role.role_name.clone().unwrap_or_default();
    let accepted = client
        .update_role(&found.service, &found.deployment.name, &name, &role)
        .await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

/// Puts the extension in the place of what the machine has of it, or adds it.
fn put(role: &mut Role, args: ExtensionSetArgs) -> Result<(), Failure> {
    let is_legacy = is_legacy(&args);
    let key = |kind: &str| {
        let kind = if is_legacy { "" } else { kind };
        Some(format!("{}{kind}ConfigParameter", args.extension_name))
    };
    let public = config(
        args.public_config.map(SecretString::from),
        args.public_config_path.as_deref(),
    )?;
    let private = config(args.private_config, args.private_config_path.as_deref())?;
    let parameters = [("Public", public), ("Private", private)]
        .into_iter()
        .filter_map(|(kind, text)| {
            Some(ExtensionParameter {
                key: key(kind),
                value: Some(Secret::new(STANDARD.encode(text?.expose_secret()))),
                kind: (!is_legacy).then(|| kind.to_owned()),
            })
        })
        .collect();
    let state = if args.uninstall {
        "Uninstall"
    } else if args.disable {
        "Disable"
    } else {
        "Enable"
    };
    let all = role.resource_extension_references.get_or_insert_default();
    let at = all.iter().position(|one| {
        same(one.name.as_deref(), &args.extension_name)
            && same(one.publisher.as_deref(), &args.publisher_name)
    });
    let kept_name = at.and_then(|at| all[at].reference_name.clone());
    let reference = ExtensionReference {
        reference_name: args
            .reference_name
            .or(kept_name)
            .or_else(|| Some(args.extension_name.clone())),
        publisher: Some(args.publisher_name),
        name: Some(args.extension_name),
        version: Some(args.extension_version),
        resource_extension_parameter_values: parameters,
        state: (!is_legacy).then(|| state.to_owned()),
    };
    match at {
        Some(at) => all[at] = reference,
        None => all.push(reference),
    }
    Ok(())
}

/// Two early extensions know neither a state nor kinds of settings.
fn is_legacy(args: &ExtensionSetArgs) -> bool {
    ["VMAccessAgent", "DiagnosticsAgent"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(&args.extension_name))
        && args
            .publisher_name
            .eq_ignore_ascii_case("Microsoft.Compute")
        && args.extension_version == "0.1"
}

/// A configuration: the file's text, if one is named, else the text itself.
fn config(
    text: Option<SecretString>,
    path: Option<&Path>,
) -> Result<Option<SecretString>, Failure> {
    let Some(path) = path else {
        return Ok(text.filter(|text| !text.expose_secret().is_empty()));
    };
    input::read_text(path, input::LONGEST_CONFIGURATION)
        .map(|text| Some(SecretString::from(text.as_str())))
        .map_err(|error| {
            Failure::new(format!(
                "failed to read the configuration `{}`",
                path.display()
            ))
            .with_cause(error.to_string())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(name: &str, version: &str) -> ExtensionSetArgs {
        ExtensionSetArgs {
            vm_name: "web".to_owned(),
            extension_name: name.to_owned(),
            publisher_name: "Microsoft.Compute".to_owned(),
            extension_version: version.to_owned(),
            reference_name: None,
            public_config: Some("{}".to_owned()),
            public_config_path: None,
            private_config: None,
            private_config_path: None,
            disable: false,
            uninstall: false,
            dns_name: None,
        }
    }

    #[test]
    fn a_cell_is_as_wide_as_its_column() {
        assert_eq!(
            cell("Microsoft.VisualStudio.Azure.RemoteDebug", 20),
            "Microsoft.VisualS..."
        );
        assert_eq!(cell("BGInfo", 8), "BGInfo  ");
    }

    #[test]
    fn an_extension_set_again_keeps_its_reference_name() {
        let mut role = Role::default();
        let mut first = args("BGInfo", "1.*");
        first.reference_name = Some("info".to_owned());
        put(&mut role, first).unwrap();

        put(&mut role, args("bginfo", "2.*")).unwrap();

        let all = role.resource_extension_references.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].reference_name.as_deref(), Some("info"));
        assert_eq!(all[0].version.as_deref(), Some("2.*"));
        let parameter = &all[0].resource_extension_parameter_values[0];
        assert_eq!(
            parameter.key.as_deref(),
            Some("bginfoPublicConfigParameter")
        );
        assert_eq!(parameter.value.as_ref().unwrap().expose(), "e30=");
    }

    #[test]
    fn an_early_extension_has_neither_a_state_nor_kinds_of_settings() {
        let mut role = Role::default();

        put(&mut role, args("VMAccessAgent", "0.1")).unwrap();

        let all = role.resource_extension_references.unwrap();
        assert_eq!(all[0].state, None);
        let parameter = &all[0].resource_extension_parameter_values[0];
        assert_eq!(
            parameter.key.as_deref(),
            Some("VMAccessAgentConfigParameter")
        );
        assert_eq!(parameter.kind, None);
    }
}
