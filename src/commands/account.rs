//! `account`: subscriptions and how to reach them.

use serde_json::{Value, json};

use super::{CommandResult, Context, Outcome};
use crate::answer::{Answer, Level};
use crate::backend::site::classic::Cloud;
use crate::cli::account::{
    AccountClearArgs, AccountDownloadArgs, AccountImportArgs, AccountSetArgs, AccountShowArgs,
};
use crate::failure::Failure;
use crate::input::{self, NotText};
use crate::settings::profile::{Profile, ProfileError, Subscription};
use crate::settings::publish::{self, PublishSettingsError};

fn failed(error: &ProfileError) -> Failure {
    let failure = Failure::of(error);
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// What may be told of a subscription: everything but its key.
fn told(subscription: &Subscription, profile: &Profile) -> Value {
    let mut told = json!({
        "id": subscription.id,
        "name": subscription.name,
        "managementCertificate": {"cert": armoured(&subscription.certificate)},
        "isDefault": is_current(subscription, profile),
        "registeredProviders": [],
        "environmentName": environment(subscription, profile),
        "managementEndpointUrl": subscription.management_endpoint_url,
    });
    if let Some(login) = profile.login(subscription) {
        told["user"] = json!({"name": login.name, "type": login.kind()});
        told["tenantId"] = login.tenant.as_str().into();
        told["resourceManagerEndpointUrl"] = login.cloud.resource_manager.as_str().into();
    }
    if !subscription.has_certificate() {
        told["managementCertificate"] = Value::Null;
        told["managementEndpointUrl"] = Value::Null;
    }
    told
}

/// The name of the cloud that the subscription lies in.
fn environment(subscription: &Subscription, profile: &Profile) -> String {
    match profile.login(subscription) {
        Some(login) if !subscription.has_certificate() => login.cloud.name.clone(),
        _ => super::environment::name_of(&subscription.management_endpoint_url, profile),
    }
}

/// The old CLI parted lines of base64 by `\r\n`, and ended those of the armour in `\n`.
fn armoured(pem: &str) -> String {
    let mut text = String::with_capacity(pem.len());
    let mut is_base64 = false;
    for line in pem.lines() {
        let is_armour = line.starts_with("-----");
        if is_base64 && !is_armour {
            text.push('\r');
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
        is_base64 = !is_armour;
    }
    text.push('\n');
    text
}

fn is_current(subscription: &Subscription, profile: &Profile) -> bool {
    profile
        .current()
        .is_some_and(|one| one.id == subscription.id)
}

/// `account list`.
pub fn list(context: &Context) -> CommandResult {
    let profile = context.profile()?;
    let all: Vec<Value> = profile
        .subscriptions()
        .iter()
        .map(|one| told(one, &profile))
        .collect();
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No subscriptions imported")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = profile
        .subscriptions()
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                one.id.clone(),
                is_current(one, &profile).to_string(),
            ]
        })
        .collect();
    Ok(Answer::table(&["Name", "Id", "Current"], &rows, Value::Array(all)).into())
}

/// `account show`.
pub fn show(context: &Context, args: &AccountShowArgs) -> CommandResult {
    let profile = context.profile()?;
    let wanted = args
        .name
        .as_deref()
        .or(args.name_option.as_deref())
        .or(context.common.subscription.as_deref());
    let mut shown = vec![profile.choose(wanted).map_err(|error| failed(&error))?];
    if let Some(wanted) = wanted {
        context.warn_of_namesakes(&profile, wanted);
        shown = profile.all(wanted);
    }
    let lines = shown
        .iter()
        .flat_map(|one| details(one, &profile, args.details));
    let json = shown.iter().map(|one| told(one, &profile)).collect();
    Ok(Answer::none()
        .with_lines(Level::Data, lines)
        .with_json(json)
        .into())
}

fn details(one: &Subscription, profile: &Profile, with_endpoint: bool) -> Vec<String> {
    let yes_no = |is: bool| if is { "Yes" } else { "No" };
    let mut fields = vec![
        ("Name", one.name.clone()),
        ("ID", one.id.clone()),
        ("Is Default", is_current(one, profile).to_string()),
        ("Environment", environment(one, profile)),
        ("Has Certificate", yes_no(one.has_certificate()).to_owned()),
        ("Has Access Token", yes_no(one.login.is_some()).to_owned()),
    ];
    if let Some(login) = profile.login(one) {
        fields.push(("User name", login.name.clone()));
        fields.push(("Tenant ID", login.tenant.clone()));
    }
    if with_endpoint {
        if one.has_certificate() {
            fields.push(("Management Endpoint", one.management_endpoint_url.clone()));
        }
        if let Some(login) = profile.login(one) {
            let endpoint = login.cloud.resource_manager.clone();
            fields.push(("Resource Manager Endpoint", endpoint));
        }
    }
    fields
        .into_iter()
        .map(|(label, value)| format!("{label:<28}: {value}"))
        .chain([String::new()])
        .collect()
}

/// `account set`.
pub fn set(context: &Context, args: &AccountSetArgs) -> CommandResult {
    let mut profile = context.profile_to_change()?;
    context.warn_of_namesakes(&profile, &args.name);
    let one = profile
        .make_current(&args.name)
        .map_err(|error| failed(&error))?;
    let line = format!(
        "Setting subscription to \"{}\" with id \"{}\".",
        one.name, one.id
    );
    profile.write().map_err(|error| failed(&error))?;
    Ok(Answer::none()
        .with(Level::Info, line)
        .with(Level::Info, "Changes saved")
        .into())
}

/// `account import`.
pub fn import(context: &Context, args: &AccountImportArgs) -> CommandResult {
    let unreadable = |why: String| {
        Failure::new(format!("failed to read `{}`", args.file.display())).with_cause(why)
    };
    let bytes = input::read(&args.file, input::LONGEST_SETTINGS)
        .map_err(|error| unreadable(error.to_string()))?;
    let text = match input::text(&bytes) {
        Ok(text) => text,
        // Names in the encoding of an old machine are no reason to refuse the file.
        Err(NotText::NotUtf8) => String::from_utf8_lossy(&bytes).into_owned().into(),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let mut found = publish::read(&text, context.environment.endpoint()).map_err(|error| {
        let failure = Failure::of(&error);
        match &error {
            PublishSettingsError::Certificate { .. } => failure.with_hint(
                "the portal's files carry a PKCS#12 with its key and without a password; `azure account download` tells where to get one",
            ),
            PublishSettingsError::NotXml(_) | PublishSettingsError::NotPublishSettings => failure,
            PublishSettingsError::WebSite => failure.with_hint(
                "`azure account download` tells where to get the settings of a subscription",
            ),
            _ => failure.with_hint("`azure account download` tells where to get a whole file"),
        }
    })?;
    let authority = context.authority()?;
    let mut profile = context.profile_to_change()?;
    let mut answer = Answer::none();
    for mut subscription in found.drain(..) {
        subscription.authority = subscription.authority.or_else(|| authority.clone());
        let new = subscription.clone();
        match profile.import(subscription) {
            Some(old) => answer = answer.with(Level::Info, replaced(&old, &new)),
            None => context.warn_of_namesakes(&profile, &new.name),
        }
    }
    profile.write().map_err(|error| failed(&error))?;
    if let Some(current) = profile.current() {
        answer = answer.with(
            Level::Info,
            format!(
                "Current subscription: \"{}\" with id \"{}\"",
                current.name, current.id
            ),
        );
    }
    Ok(answer.into())
}

/// What a newer file changed of a subscription that was known.
fn replaced(old: &Subscription, new: &Subscription) -> String {
    let changes: Vec<&str> = [
        ("name", old.name != new.name),
        (
            "address",
            old.management_endpoint_url != new.management_endpoint_url,
        ),
        ("certificate", old.certificate != new.certificate),
        ("authority", old.authority != new.authority),
    ]
    .into_iter()
    .filter_map(|(what, differs)| differs.then_some(what))
    .collect();
    let what = if changes.is_empty() {
        "nothing changed".to_owned()
    } else {
        format!("replaced its {}", changes.join(", "))
    };
    format!("Subscription \"{}\" ({}): {what}", new.name, new.id)
}

/// `account clear`.
pub fn clear(context: &Context, args: &AccountClearArgs) -> CommandResult {
    if let Some(wanted) = context.common.subscription.as_deref() {
        let mut profile = context.profile_to_change()?;
        let all = profile.all(wanted);
        if all.len() > 1 {
            let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
            return Err(Failure::new(format!(
                "{} subscriptions are called \"{wanted}\"; nothing was removed",
                all.len()
            ))
            .with_hint(format!("name one by its id: {}", ids.join(", "))));
        }
        let gone = profile.forget(wanted).map_err(|error| failed(&error))?;
        profile.write().map_err(|error| failed(&error))?;
        let line = format!("Removed subscription {} ({})", gone.name, gone.id);
        return Ok(Answer::none().with(Level::Info, line).into());
    }
    if let Some(environment) = &args.environment {
        let mut profile = context.profile_to_change()?;
        let in_it: Vec<String> = profile
            .subscriptions()
            .iter()
            .filter(|one| self::environment(one, &profile).eq_ignore_ascii_case(environment))
            .map(|one| one.id.clone())
            .collect();
        let was_added = profile.forget_environment(environment);
        if !Cloud::is_known(environment) && !was_added && in_it.is_empty() {
            return Err(Failure::new(format!("Unknown environment {environment}")));
        }
        for id in in_it {
            profile.forget(&id).map_err(|error| failed(&error))?;
        }
        profile.write().map_err(|error| failed(&error))?;
        return Ok(Answer::none().into());
    }
    let question = "This will clear all account information. Are you sure? [y/n] ";
    if let Some(outcome) = context.refused(args.quiet, question) {
        return Ok(outcome);
    }
    // A file that is damaged can be removed all the same.
    Profile::remove(context.environment.profile_folder().as_deref())
        .map_err(|error| failed(&error))?;
    Ok(Outcome::Answer(Answer::none().with(
        Level::Info,
        "Account settings cleared successfully",
    )))
}

/// `account download`.
pub fn download(context: &Context, args: &AccountDownloadArgs) -> CommandResult {
    let wanted = args.environment.as_deref().unwrap_or("AzureCloud");
    let profile = context.profile()?;
    let own = profile.environment(wanted);
    let page = own
        .and_then(|(_, endpoints)| endpoints.get("publishingProfileUrl").map(String::as_str))
        .or_else(|| Cloud::named(wanted).and_then(Cloud::publish_settings_page))
        .ok_or_else(|| Failure::new(format!("Unknown environment {wanted}")))?;
    let realm = args
        .realm
        .as_ref()
        .map_or_else(String::new, |realm| format!("&whr={realm}"));
    Ok(Answer::none()
        .with(Level::Info, format!("Launching browser to {page}{realm}"))
        .with(
            Level::Help,
            "Save the downloaded file, then execute the command",
        )
        .with(Level::Help, "  account import <file>")
        .into())
}
