//! `account cert`: the certificate that a subscription is entered with.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::cli::account::AccountCertExportArgs;
use crate::failure::Failure;
use crate::files;
use crate::input;
use crate::settings::profile::Subscription;
use crate::settings::publish;

/// `account cert export`.
pub fn export(context: &Context, args: &AccountCertExportArgs) -> CommandResult {
    let subscription = match &args.publishsettings {
        Some(path) => of_file(context, path)?,
        None => context.subscription()?,
    };
    let path = args
        .file
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.pem", subscription.id)));
    let pem = Zeroizing::new(format!(
        "{}{}",
        subscription.key.expose_secret(),
        subscription.certificate
    ));
    let shown = path.display();
    files::replace(&path, pem.as_bytes()).map_err(|error| {
        Failure::new(format!("failed to write `{shown}`")).with_cause(error.to_string())
    })?;
    let line = format!("Certificate exported to {shown}");
    Ok(Answer::none().with(Level::Info, line).into())
}

/// The subscription that was named, else the first of the file.
fn of_file(context: &Context, path: &Path) -> Result<Subscription, Failure> {
    let text = input::read_text(path, input::LONGEST_SETTINGS).map_err(|error| {
        Failure::new(format!("failed to read `{}`", path.display())).with_cause(error.to_string())
    })?;
    let mut all = publish::read(&text, context.environment.endpoint())
        .map_err(|error| Failure::of(&error))?
        .into_iter();
    let Some(wanted) = context.common.subscription.as_deref() else {
        return all
            .next()
            .ok_or_else(|| Failure::new("there is no subscription in the publishSettings file"));
    };
    all.find(|one| one.id.eq_ignore_ascii_case(wanted) || one.name.eq_ignore_ascii_case(wanted))
        .ok_or_else(|| {
            Failure::new(format!(
                "Subscription {wanted} was not found in the publishSettings file"
            ))
        })
}
