//! `azure fake orphans`: what nobody uses in a simulator, so that a run of tests can end with it.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::fake_background::Background;
use super::fake_run::ready::Ready;
use crate::answer::{Answer, Level};
use crate::cli::fake::OrphansArgs;
use crate::failure::Failure;
use crate::settings::Environment;
use crate::settings::profile::ProfileError;

/// How long a simulator on this machine may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a simulator tells; the JSON of the command has all of it.
#[derive(Deserialize)]
struct Orphan {
    kind: String,
    name: String,
    hosted_service: Option<String>,
    resource_group: Option<String>,
    subscription: String,
    since: String,
    age_seconds: i64,
}

/// What nobody uses in the simulator that was meant, and whether there is nothing of the kind.
pub async fn orphans(
    args: &OrphansArgs,
    environment: &Environment,
) -> Result<(Answer, bool), Failure> {
    let ready =
        Ready::read(&ready_file(args, environment)?).map_err(|error| Failure::of(&error))?;
    let admin = ready.admin.as_deref().ok_or_else(|| {
        Failure::new(format!(
            "`{}` does not tell where the admin API is",
            ready.file.display()
        ))
    })?;
    let told = ask(&format!("{admin}/_fake/orphans"), environment.admin_token()).await?;
    let unreadable = |error: serde_json::Error| {
        Failure::new("the simulator's answer is no list of orphans").with_cause(error.to_string())
    };
    let orphans: Vec<Orphan> = Deserialize::deserialize(&told["orphans"]).map_err(unreadable)?;
    let is_clean = orphans.is_empty();
    Ok((answer(&orphans, told), is_clean))
}

/// The ready file of the simulator that was meant: the one that was told, or the one that the
/// command runs in, or the one in the background.
fn ready_file(args: &OrphansArgs, environment: &Environment) -> Result<PathBuf, Failure> {
    let of_environment = environment.ready_file().filter(|_| args.name.is_none());
    if let Some(file) = args.join.as_deref().or(of_environment) {
        return Ok(file.to_owned());
    }
    let folder = environment
        .profile_folder()
        .ok_or_else(|| Failure::of(&ProfileError::NoFolder))?;
    Background::of(&folder).ready_file(args.name.as_deref())
}

async fn ask(url: &str, token: Option<&str>) -> Result<Value, Failure> {
    let failed = |error: reqwest::Error| {
        Failure::of(&error.without_url()).said_as("the simulator's admin API does not answer")
    };
    let client = reqwest::Client::builder()
        .http1_only()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(failed)?;
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(failed)?;
    let told: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() {
        return Ok(told);
    }
    let failure = Failure::new(format!("the simulator's admin API answers {status}"));
    let failure = match told["error"].as_str() {
        Some(words) => failure.with_cause(words),
        None => failure,
    };
    Err(if status == reqwest::StatusCode::UNAUTHORIZED {
        failure.with_hint("FAKE_AZURE_ADMIN_TOKEN tells the simulator's --admin-token")
    } else {
        failure
    })
}

fn answer(orphans: &[Orphan], told: Value) -> Answer {
    if orphans.is_empty() {
        return Answer::none()
            .with(Level::Info, "everything is in use")
            .with_json(told);
    }
    let rows: Vec<Vec<String>> = orphans
        .iter()
        .map(|orphan| {
            let within = orphan.hosted_service.as_ref();
            // A group is in nothing but itself.
            let group = orphan.resource_group.as_ref();
            let within = within.or(group.filter(|_| orphan.kind != "resource-group"));
            let name = match within {
                Some(within) => format!("{within}/{}", orphan.name),
                None => orphan.name.clone(),
            };
            vec![
                orphan.kind.clone(),
                name,
                orphan.subscription.clone(),
                orphan.since.clone(),
                age(orphan.age_seconds),
            ]
        })
        .collect();
    let headers = ["Kind", "Name", "Subscription", "Since", "Age"];
    Answer::table(&headers, &rows, told)
}

/// So many seconds in the two largest units that are in them.
fn age(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m {}s", seconds % 60),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (days, hours, _) => format!("{days}d {hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_something_is_told_with_it() {
        let orphan = |kind: &str, within: (Option<&str>, Option<&str>), name: &str| Orphan {
            kind: kind.to_owned(),
            name: name.to_owned(),
            hosted_service: within.0.map(str::to_owned),
            resource_group: within.1.map(str::to_owned),
            subscription: "s".to_owned(),
            since: "then".to_owned(),
            age_seconds: 60,
        };
        let orphans = [
            orphan("disk", (None, None), "plain"),
            orphan("service-certificate", (Some("web"), None), "AB"),
            orphan("managed-disk", (None, Some("g")), "d"),
            orphan("resource-group", (None, Some("empty")), "empty"),
        ];
        let told = answer(&orphans, Value::Null);
        let names: Vec<&str> = told.lines()[2..]
            .iter()
            .filter_map(|(_, line)| line.split_whitespace().nth(1))
            .collect();
        assert_eq!(names, ["plain", "web/AB", "g/d", "empty"]);
    }

    #[test]
    fn an_age_has_its_two_largest_units() {
        for (seconds, told) in [
            (0, "0s"),
            (59, "59s"),
            (61, "1m 1s"),
            (3_600, "1h 0m"),
            (90_061, "1d 1h"),
        ] {
            assert_eq!(age(seconds), told);
        }
    }
}
