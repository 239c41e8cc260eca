//! Network security groups, and what they guard.

use crate::world::security_group::Command;
use crate::world::{
    Access, Direction, Guarded, RuleProtocol, SecurityGroup, SecurityRule, default_rules,
};

use super::contract::Cursor;
use super::route::{Route, routes};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    GET "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networksecuritygroups": "Get Network Security Group Of Role" => get_of_role;
    POST "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networksecuritygroups": "Add Network Security Group To Role" => add_to_role;
    DELETE "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networksecuritygroups/{group}": "Remove Network Security Group From Role" => remove_from_role;
    GET "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/networksecuritygroups": "Get Network Security Group Of Network Interface" => get_of_interface;
    POST "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/networksecuritygroups": "Add Network Security Group To Network Interface" => add_to_interface;
    DELETE "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/networksecuritygroups/{group}": "Remove Network Security Group From Network Interface" => remove_from_interface;
    GET "/services/networking/networksecuritygroups": "List Network Security Groups" => list;
    POST "/services/networking/networksecuritygroups": "Create Network Security Group" => create;
    GET "/services/networking/networksecuritygroups/{name}": "Get Network Security Group" => get;
    DELETE "/services/networking/networksecuritygroups/{name}": "Delete Network Security Group" => delete;
    PUT "/services/networking/networksecuritygroups/{name}/rules/{rule}": "Set Network Security Rule" => set_rule;
    DELETE "/services/networking/networksecuritygroups/{name}/rules/{rule}": "Delete Network Security Rule" => delete_rule;
    GET "/services/networking/virtualnetwork/{network}/subnets/{subnet}/networksecuritygroups": "Get Network Security Group Of Subnet" => get_of_subnet;
    POST "/services/networking/virtualnetwork/{network}/subnets/{subnet}/networksecuritygroups": "Add Network Security Group To Subnet" => add_to_subnet;
    DELETE "/services/networking/virtualnetwork/{network}/subnets/{subnet}/networksecuritygroups/{group}": "Remove Network Security Group From Subnet" => remove_from_subnet;
    POST "/services/networking/networksecuritygroups/{name}/migration": "Migrate Network Security Group";
};

const RULE: &[&str] = &[
    "Name",
    "Type",
    "Priority",
    "Action",
    "SourceAddressPrefix",
    "SourcePortRange",
    "DestinationAddressPrefix",
    "DestinationPortRange",
    "Protocol",
];

/// List Network Security Groups.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let groups = call.here().security_groups().map(head);
    Ok(Answer::Document(
        element("NetworkSecurityGroups").all(groups),
    ))
}

/// Get Network Security Group, with its rules where `detaillevel=Full` asks for them.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let group = call.here().security_group(call.name(0))?;
    let rules = match call.parameter("detaillevel") {
        Some(level) if level.eq_ignore_ascii_case("Full") => {
            let own = group.rules.iter().map(|rule| describe(rule, false));
            let standing = default_rules();
            let standing = standing.iter().map(|rule| describe(rule, true));
            Some(element("Rules").all(own.chain(standing).collect::<Vec<_>>()))
        }
        _ => None,
    };
    Ok(Answer::Document(head(group).maybe(rules)))
}

fn head(group: &SecurityGroup) -> Xml {
    element("NetworkSecurityGroup")
        .text("Name", &group.name)
        .maybe_text("Label", group.label.as_deref())
        .text("Location", &group.location)
}

fn describe(rule: &SecurityRule, standing: bool) -> Xml {
    element("Rule")
        .text("Name", &rule.name)
        .text("Type", rule.direction.as_str())
        .text("Priority", rule.priority)
        .text("Action", rule.action.as_str())
        .text("SourceAddressPrefix", &rule.source_prefix)
        .text("SourcePortRange", &rule.source_ports)
        .text("DestinationAddressPrefix", &rule.destination_prefix)
        .text("DestinationPortRange", &rule.destination_ports)
        .text("Protocol", rule.protocol.as_str())
        .text("State", "Active")
        .maybe_text("IsDefault", standing.then_some(true))
}

/// Create Network Security Group.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (name, label, location) = call.regional("NetworkSecurityGroup")?;
    call.perform(Command::Create {
        name: name.into(),
        label,
        location: location.into(),
    })?;
    Ok(Answer::Accepted)
}

/// Delete Network Security Group.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Accepted)
}

/// Set Network Security Rule; the path names it.
pub(crate) fn set_rule(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [group, name] = call.owned();
    let rule = call
        .document("Rule")?
        .read(RULE, |c| read_rule(c, name.to_string()))?;
    call.perform(Command::SetRule { group, rule })?;
    Ok(Answer::Accepted)
}

fn read_rule(c: &Cursor<'_>, name: String) -> Result<SecurityRule, Refused> {
    c.text::<String>("Name")?;
    Ok(SecurityRule {
        name: name.into(),
        direction: c.expect("Type")?.word_in_any_case(&[
            ("Inbound", Direction::Inbound),
            ("Outbound", Direction::Outbound),
        ])?,
        priority: c.expect("Priority")?.value()?,
        action: c
            .expect("Action")?
            .word_in_any_case(&[("Allow", Access::Allow), ("Deny", Access::Deny)])?,
        source_prefix: c.required("SourceAddressPrefix")?,
        source_ports: c.required("SourcePortRange")?,
        destination_prefix: c.required("DestinationAddressPrefix")?,
        destination_ports: c.required("DestinationPortRange")?,
        protocol: c.expect("Protocol")?.word_in_any_case(&[
            ("TCP", RuleProtocol::Tcp),
            ("UDP", RuleProtocol::Udp),
            ("*", RuleProtocol::Any),
        ])?,
    })
}

/// Delete Network Security Rule.
pub(crate) fn delete_rule(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [group, rule] = call.owned();
    call.perform(Command::DeleteRule { group, rule })?;
    Ok(Answer::Accepted)
}

fn subnet(call: &Call<'_>) -> Guarded {
    let [network, subnet] = call.owned();
    Guarded::Subnet { network, subnet }
}

fn role(call: &Call<'_>) -> Guarded {
    Guarded::Role(call.role_path())
}

fn interface(call: &Call<'_>) -> Guarded {
    Guarded::Interface {
        of: call.role_path(),
        interface: call.name(3).into(),
    }
}

fn show(call: &Call<'_>, guarded: &Guarded) -> Result<Answer, Refused> {
    let name = call.here().guard_of(guarded)?;
    Ok(Answer::Document(
        element("NetworkSecurityGroup")
            .text("Name", name)
            .text("State", "Created"),
    ))
}

/// Get Network Security Group, of a subnet.
pub(crate) fn get_of_subnet(call: &mut Call<'_>) -> Result<Answer, Refused> {
    show(call, &subnet(call))
}

/// Get Network Security Group, of a role.
pub(crate) fn get_of_role(call: &mut Call<'_>) -> Result<Answer, Refused> {
    show(call, &role(call))
}

/// Get Network Security Group, of a network interface.
pub(crate) fn get_of_interface(call: &mut Call<'_>) -> Result<Answer, Refused> {
    show(call, &interface(call))
}

fn add(call: &mut Call<'_>, guarded: Guarded) -> Result<Answer, Refused> {
    let group = call
        .document("NetworkSecurityGroup")?
        .read(&["Name"], |c| c.required("Name"))?;
    call.perform(Command::Guard { guarded, group })?;
    Ok(Answer::Accepted)
}

fn remove(call: &mut Call<'_>, guarded: Guarded) -> Result<Answer, Refused> {
    let group = call.names.last().cloned().unwrap_or_default();
    call.perform(Command::Unguard {
        guarded,
        group: group.into(),
    })?;
    Ok(Answer::Accepted)
}

/// Add Network Security Group, to a subnet.
pub(crate) fn add_to_subnet(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let guarded = subnet(call);
    add(call, guarded)
}

/// Add Network Security Group, to a role.
pub(crate) fn add_to_role(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let guarded = role(call);
    add(call, guarded)
}

/// Add Network Security Group, to a network interface.
pub(crate) fn add_to_interface(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let guarded = interface(call);
    add(call, guarded)
}

/// Remove Network Security Group, from a subnet.
pub(crate) fn remove_from_subnet(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let guarded = subnet(call);
    remove(call, guarded)
}

/// Remove Network Security Group, from a role.
pub(crate) fn remove_from_role(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let guarded = role(call);
    remove(call, guarded)
}

/// Remove Network Security Group, from a network interface.
pub(crate) fn remove_from_interface(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let guarded = interface(call);
    remove(call, guarded)
}
