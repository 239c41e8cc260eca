//! `group`: resource groups.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::answer::{Answer, Level, value};
use crate::backend::resource_manager::read::Group;
use crate::backend::resource_manager::{Client, ResourceManager, Thing};
use crate::backend::site::resource_manager::canonical;
use crate::cli::group::{GroupCommand, GroupCreateArgs, GroupDeleteArgs, GroupNameArgs};
use crate::commands::{CommandResult, Context};
use crate::failure::Failure;

/// `group …`.
pub async fn run(context: &Context, command: GroupCommand) -> CommandResult {
    match command {
        GroupCommand::List => list(context).await,
        GroupCommand::Create(args) => create(context, &args).await,
        GroupCommand::Show(args) => show(context, &args).await,
        GroupCommand::Delete(args) => delete(context, &args).await,
    }
}

async fn list(context: &Context) -> CommandResult {
    let answer = Answer::none().with(Level::Info, "Listing resource groups");
    let all = context.resource_manager()?.groups().await?;
    if all.is_empty() {
        return Ok(answer
            .with(Level::Info, "No matched resource groups were found")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                one.location.clone(),
                one.state().to_owned(),
                tags(one.tags.as_ref()),
            ]
        })
        .collect();
    let json = Value::Array(all.iter().map(value).collect());
    let headers = ["Name", "Location", "Provisioning State", "Tags"];
    Ok(Answer::table(&headers, &rows, json).into())
}

/// Tags, as the 0.10 CLI joined them.
pub(super) fn tags(tags: Option<&BTreeMap<String, String>>) -> String {
    let all: Vec<String> = tags
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if all.is_empty() {
        "null".to_owned()
    } else {
        all.join(";")
    }
}

async fn create(context: &Context, args: &GroupCreateArgs) -> CommandResult {
    let client = context.resource_manager()?;
    let location = args
        .location
        .as_ref()
        .or(args.location_option.as_ref())
        .ok_or_else(|| {
            Failure::new("a resource group needs a location")
                .with_hint("`azure location list` lists them")
        })?;
    let tags = args
        .tags
        .as_deref()
        .map(read_tags)
        .transpose()?
        .unwrap_or_default();
    let found = client.group(&args.name).await?;
    if let Some(found) = &found
        && !found.location.eq_ignore_ascii_case(&canonical(location))
    {
        return Err(Failure::new(format!(
            "resource group {} exists in {}",
            args.name, found.location
        )));
    }
    let mut body = json!({"location": canonical(location)});
    // What a group that is there is tagged with stays, unless other tags were typed.
    let kept = found.as_ref().and_then(|group| group.tags.clone());
    let tags = if args.tags.is_some() {
        tags
    } else {
        kept.unwrap_or_default()
    };
    if !tags.is_empty() {
        body["tags"] = value(&tags);
    }
    let put = client
        .put(Thing::Group, &args.name, &args.name, body)
        .await?;
    let word = if put.is_new { "Created" } else { "Updated" };
    let mut answer =
        Answer::none().with(Level::Info, format!("{word} resource group {}", args.name));
    if let Ok(group) = serde_json::from_value::<Group>(put.body.clone()) {
        answer = answer.with_lines(Level::Data, lines(&group));
    }
    Ok(answer.with_json(put.body).into())
}

/// `name=value;name2=value2`.
fn read_tags(text: &str) -> Result<BTreeMap<String, String>, Failure> {
    text.split(';')
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = name.trim();
            if name.is_empty() {
                Err(Failure::new(format!(
                    "`{part}` is no tag: write NAME=VALUE"
                )))
            } else {
                Ok((name.to_owned(), value.to_owned()))
            }
        })
        .collect()
}

async fn show(context: &Context, args: &GroupNameArgs) -> CommandResult {
    let client = context.resource_manager()?;
    let group = found(&client, &args.name).await?;
    Ok(Answer::none()
        .with_lines(Level::Data, lines(&group))
        .with_json(value(&group))
        .into())
}

async fn found(client: &Client, name: &str) -> Result<Group, Failure> {
    client.group(name).await?.ok_or_else(|| {
        Failure::new(format!("Resource group '{name}' could not be found."))
            .with_hint("`azure group list` lists them")
    })
}

fn lines(group: &Group) -> Vec<String> {
    [
        ("Id", group.id.clone()),
        ("Name", group.name.clone()),
        ("Location", group.location.clone()),
        ("Provisioning State", group.state().to_owned()),
        ("Tags", tags(group.tags.as_ref())),
    ]
    .into_iter()
    .map(|(label, value)| format!("{label:<20}: {value}"))
    .collect()
}

async fn delete(context: &Context, args: &GroupDeleteArgs) -> CommandResult {
    let client = Arc::new(context.resource_manager()?);
    let name = &args.name;
    found(&client, name).await?;
    let question = format!("Delete resource group {name} with all that is in it? [y/n] ");
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    let begun = client.delete(Thing::Group, name, name).await?;
    let backend = ResourceManager::new(client);
    context.settled(&backend, begun).await?;
    Ok(Answer::none()
        .with(Level::Info, format!("Deleted resource group {name}"))
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_and_told_alike() {
        let read = read_tags("a=1;b=x=y; c").unwrap();
        assert_eq!(tags(Some(&read)), "a=1;b=x=y;c=");
        assert!(read_tags("=1").is_err());
        assert_eq!(tags(None), "null");
    }
}
