//! `config`: settings of this CLI. They lie in our own profile file; the old CLI's `config.json`
//! is its own.

use serde_json::json;

use super::{CommandResult, Context};
use crate::answer::{Answer, Level, value};
use crate::cli::config::{ConfigDeleteArgs, ConfigModeArgs, ConfigSetArgs};
use crate::failure::Failure;
use crate::settings::mode::{MODE, Mode};

/// `config list`.
pub fn list(context: &Context) -> CommandResult {
    let profile = context.profile()?;
    let answer = Answer::none().with(Level::Info, "Getting config settings");
    if profile.settings().is_empty() {
        return Ok(answer
            .with(Level::Info, "No config settings found")
            .with_json(json!({}))
            .into());
    }
    let rows: Vec<Vec<String>> = profile
        .settings()
        .iter()
        .map(|(name, value)| vec![name.clone(), value.clone()])
        .collect();
    let table = Answer::table(&["Setting", "Value"], &rows, value(profile.settings()));
    let json = value(profile.settings());
    Ok(answer
        .with_lines(
            Level::Data,
            table.lines().iter().map(|(_, line)| line.clone()),
        )
        .with_json(json)
        .into())
}

/// `config set`.
pub fn set(context: &Context, args: &ConfigSetArgs) -> CommandResult {
    let mut profile = context.profile_to_change()?;
    profile.set(&args.name, &args.value);
    profile.write().map_err(|error| Failure::of(&error))?;
    Ok(Answer::none()
        .with(
            Level::Info,
            format!("Setting \"{}\" to value \"{}\"", args.name, args.value),
        )
        .with(Level::Info, "Changes saved")
        .into())
}

/// `config delete`.
pub fn delete(context: &Context, args: &ConfigDeleteArgs) -> CommandResult {
    let mut profile = context.profile_to_change()?;
    let line = format!("Deleting \"{}\"", args.name);
    let answer = Answer::none().with(Level::Info, line);
    if !profile.unset(&args.name) {
        let line = format!("Setting \"{}\" does not exist", args.name);
        return Ok(Answer::absent(line).into());
    }
    profile.write().map_err(|error| Failure::of(&error))?;
    Ok(answer.with(Level::Info, "Changes saved").into())
}

/// `config mode`.
pub fn mode(context: &Context, args: &ConfigModeArgs) -> CommandResult {
    let mode: Mode = args
        .mode
        .parse::<Mode>()
        .map_err(|error| Failure::of(&error))?;
    let mut profile = context.profile_to_change()?;
    profile.set(MODE, &mode.to_string());
    profile.write().map_err(|error| Failure::of(&error))?;
    let mut answer = Answer::none().with(Level::Info, format!("New mode is {mode}"));
    if mode == Mode::Arm && profile.logins().is_empty() {
        answer = answer.with(Level::Warn, "Nobody is signed in: `azure login` signs in");
    }
    Ok(answer.into())
}
