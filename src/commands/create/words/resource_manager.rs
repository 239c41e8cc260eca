//! The words for what only Resource Manager knows.

pub mod task;

use crate::backend::site::resource_manager::ResourcePlan;
use crate::provision::{ResourceProblem, ResourceStays};

/// What is wrong with the part of an order that only Resource Manager knows.
pub fn problem(problem: &ResourceProblem) -> String {
    match problem {
        ResourceProblem::NoLocation => "--location is required for a new resource group".to_owned(),
        ResourceProblem::OtherMachine(name) => format!(
            "--vm-name \"{name}\" cannot be had in arm mode: a machine is called as its host is"
        ),
        other => other.to_string(),
    }
}

/// What it knows of a plan, as the name and the value of each line.
pub fn plan(plan: &ResourcePlan) -> Vec<(&'static str, String)> {
    let from = if plan.open_to.is_empty() {
        "everywhere".to_owned()
    } else {
        let blocks: Vec<String> = plan.open_to.iter().map(ToString::to_string).collect();
        blocks.join(", ")
    };
    vec![("Open to", from)]
}

/// What only Resource Manager knows and a removal leaves.
pub fn stays(thing: &ResourceStays) -> String {
    let ResourceStays::Group(name) = thing;
    format!("resource group `{name}`")
}
