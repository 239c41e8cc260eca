//! The plan, as `--dry-run` prints it.

use super::document;
use super::narrator::Line;
use super::words::{self, classic, resource_manager};
use crate::backend::{Account, Plan, SitePlan, Standing};
use crate::pki::docker::Planned;
use crate::provision::Preview;

/// The plan, for people and for programs.
pub fn shown(preview: &Preview) -> Vec<Line> {
    let lines = lines(preview).into_iter().map(Line::Data);
    let document = Line::Document(document::planned(preview));
    lines.chain([document]).collect()
}

/// One line for each part of the plan, then one for each step.
pub fn lines(preview: &Preview) -> Vec<String> {
    let mut lines = parts(&preview.plan);
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
