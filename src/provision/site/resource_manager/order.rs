//! What can be ordered of Resource Manager alone.

use serde::{Deserialize, Serialize};

use super::problem::ResourceProblem;
use crate::backend::site::resource_manager::Cidr;

/// The longest name of a group.
const LONGEST_GROUP: usize = 90;

/// The part of an order that only Resource Manager knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceOrder {
    /// The resource group that all lies in.
    pub resource_group: String,
    /// From where the ports are reached; everywhere when it is empty.
    #[serde(default)]
    pub open_to: Vec<Cidr>,
}

impl ResourceOrder {
    /// Checks the names of the group and of the host, and that they are one host's.
    pub(in crate::provision) fn check_names(
        &self,
        host: &str,
        machine: Option<&str>,
    ) -> Result<(), ResourceProblem> {
        if !is_group(&self.resource_group) {
            return Err(ResourceProblem::GroupName(self.resource_group.clone()));
        }
        if !is_label(&host.to_ascii_lowercase()) {
            return Err(ResourceProblem::Label(host.to_owned()));
        }
        match machine {
            Some(machine) if !machine.eq_ignore_ascii_case(host) => {
                Err(ResourceProblem::OtherMachine(machine.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// Letters, digits and `_-.()`, and no dot at the end.
fn is_group(name: &str) -> bool {
    (1..=LONGEST_GROUP).contains(&name.chars().count())
        && !name.ends_with('.')
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_-.()".contains(letter))
}

/// The first part of a public name: 3 to 63 letters, digits and hyphens, a letter first and no
/// hyphen last.
fn is_label(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_the_services_rules() {
        for (name, is) in [
            ("web", true),
            ("we", false),
            ("1web", false),
            ("web-", false),
            ("a-b-1", true),
        ] {
            assert_eq!(is_label(name), is, "{name}");
        }
        for (name, is) in [
            ("my.group_(1)", true),
            ("g.", false),
            ("", false),
            ("a b", false),
        ] {
            assert_eq!(is_group(name), is, "{name}");
        }
    }
}
