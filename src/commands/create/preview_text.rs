//! The plan, as `--dry-run` prints it.

use super::document;
use super::narrator::Line;
use super::words::{self, classic, resource_manager};
use crate::backend::{Account, Plan, SitePlan, Standing};
use crate::pki::docker::Planned;
use crate::provision::{Next, Preview, Stage, Unfinished};

/// The plan, for people and for programs.
pub fn shown(preview: &Preview) -> Vec<Line> {
    let lines = lines(preview).into_iter().map(Line::Data);
    let ways = preview.unfinished.as_ref().map(|unfinished| {
        Line::Info(format!(
            "`azure vm docker recover --list` lists what is unfinished; `azure vm docker recover {} --undo` takes it back",
            unfinished.machine
        ))
    });
    let document = Line::Document(document::planned(preview));
    lines.chain(ways).chain([document]).collect()
}

/// One line for each part of the plan, then one for each step.
pub fn lines(preview: &Preview) -> Vec<String> {
    let mut lines: Vec<String> = preview.unfinished.iter().flat_map(unfinished).collect();
    lines.extend(preview.plan.iter().flat_map(parts));
    for file in &preview.files {
        if !matches!(file, Planned::Use(_)) {
            lines.push(format!("Step: {file}"));
        }
    }
    lines.extend(
        preview
            .tasks
            .iter()
            .map(|task| format!("Step: {}", words::step(task))),
    );
    lines
}

/// What an earlier run left, and what this one would do with it.
fn unfinished(unfinished: &Unfinished) -> Vec<String> {
    let machine = &unfinished.machine;
    let going = match unfinished.stage {
        Stage::Undoing | Stage::Removing => "take back",
        Stage::Making | Stage::Made => "make",
    };
    let next = match unfinished.next {
        Next::Finish => "this command finishes it",
        Next::TakeBack => "this command takes back the rest and then makes it anew",
        Next::BeginAnew => "nothing of it is there, and this command makes it anew",
    };
    let head = format!("Unfinished: an earlier run began to {going} {machine}; {next}");
    let things = unfinished.things.iter();
    [head]
        .into_iter()
        .chain(things.map(|task| format!("Made by the earlier run: {}", words::thing(task))))
        .collect()
}

fn parts(plan: &Plan) -> Vec<String> {
    let machine = &plan.machine;
    let standing = match &plan.host.standing {
        Standing::New => "new",
        Standing::Empty => "exists, without machines",
        Standing::Inhabited(_) => "exists, with machines",
    };
    let host = match &plan.site {
        SitePlan::Classic(own) => format!(
            "Cloud service: {} in {} ({standing})",
            plan.host.name,
            own.place.name()
        ),
        SitePlan::ResourceManager(own) => {
            let standing = if own.makes_group { "new" } else { "exists" };
            format!(
                "Resource group: {} in {} ({standing})\nHost: {}",
                own.group, own.location, own.public_name
            )
        }
    };
    let mut lines: Vec<String> = host.lines().map(str::to_owned).collect();
    lines.extend([
        format!("Virtual machine: {}, size {}", machine.name, machine.size),
        format!("Image: {}", machine.image.name),
    ]);
    match &machine.account {
        Account::Linux { user, key, .. } => {
            lines.push(format!("User: {user}"));
            lines.extend(key.as_ref().map(words::key));
        }
        Account::Windows { user, .. } => lines.push(format!("User: {user}")),
        Account::OfTheImage => {}
    }
    for endpoint in &machine.endpoints {
        lines.push(format!(
            "Endpoint: {} {} -> {}",
            endpoint.name, endpoint.public, endpoint.local
        ));
    }
    match &plan.site {
        SitePlan::Classic(own) => {
            lines.extend(classic::plan(own).map(|(label, value)| format!("{label}: {value}")));
        }
        SitePlan::ResourceManager(own) => {
            let own = resource_manager::plan(own).into_iter();
            lines.extend(own.map(|(label, value)| format!("{label}: {value}")));
        }
    }
    lines
}
