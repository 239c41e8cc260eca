//! Network security groups, and what they guard.

use crate::world::{GuardChange, Guarded, Refusal, SecurityGroup, SecurityRule, default_rules};

use super::contract::Cursor;
use super::writer::{Xml, element};
use super::{Answer, Call};

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
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let groups = call.world.security_groups(&call.subscription).map(head);
    Ok(Answer::Document(
        element("NetworkSecurityGroups").all(groups),
    ))
}

/// Get Network Security Group, with its rules where `detaillevel=Full` asks for them.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let group = call
        .world
        .security_group(&call.subscription, call.name(0))?;
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
        .text("Type", rule.direction)
        .text("Priority", rule.priority)
        .text("Action", rule.action)
        .text("SourceAddressPrefix", &rule.source_prefix)
        .text("SourcePortRange", &rule.source_ports)
        .text("DestinationAddressPrefix", &rule.destination_prefix)
        .text("DestinationPortRange", &rule.destination_ports)
        .text("Protocol", rule.protocol)
        .text("State", "Active")
        .maybe_text("IsDefault", standing.then_some(true))
}

/// Create Network Security Group.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (name, label, location) = call.regional("NetworkSecurityGroup")?;
    call.world.create_security_group(
        &call.subscription,
        call.id.clone(),
        &name,
        label,
        &location,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Delete Network Security Group.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [name] = call.owned();
    call.world
        .delete_security_group(&call.subscription, call.id.clone(), &name, call.now)?;
    Ok(Answer::Accepted)
}

/// Set Network Security Rule; the path names it.
pub(crate) fn set_rule(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [group, name] = call.owned();
    let rule = call
        .document("Rule")?
        .read(RULE, |c| read_rule(c, name.clone()))?;
    call.world
        .set_security_rule(&call.subscription, call.id.clone(), &group, rule, call.now)?;
    Ok(Answer::Accepted)
}

fn read_rule(c: &Cursor<'_>, name: String) -> Result<SecurityRule, Refusal> {
    c.text("Name")?;
    Ok(SecurityRule {
        name,
        direction: c
            .expect("Type")?
            .word_in_any_case(&[("Inbound", "Inbound"), ("Outbound", "Outbound")])?,
        priority: c.expect("Priority")?.value()?,
        action: c
            .expect("Action")?
            .word_in_any_case(&[("Allow", "Allow"), ("Deny", "Deny")])?,
        source_prefix: c.required("SourceAddressPrefix")?,
        source_ports: c.required("SourcePortRange")?,
        destination_prefix: c.required("DestinationAddressPrefix")?,
        destination_ports: c.required("DestinationPortRange")?,
        protocol: c.expect("Protocol")?.word_in_any_case(&[
            ("TCP", "TCP"),
            ("UDP", "UDP"),
            ("*", "*"),
        ])?,
    })
}

/// Delete Network Security Rule.
pub(crate) fn delete_rule(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [group, rule] = call.owned();
    call.world.delete_security_rule(
        &call.subscription,
        call.id.clone(),
        &group,
        &rule,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

fn subnet(names: &[String]) -> Guarded<'_> {
    Guarded::Subnet {
        network: &names[0],
        subnet: &names[1],
    }
}

fn role(names: &[String]) -> Guarded<'_> {
    Guarded::Role {
        service: &names[0],
        deployment: &names[1],
        role: &names[2],
        interface: None,
    }
}

fn interface(names: &[String]) -> Guarded<'_> {
    Guarded::Role {
        service: &names[0],
        deployment: &names[1],
        role: &names[2],
        interface: Some(&names[3]),
    }
}

fn show(call: &Call<'_>, guarded: Guarded<'_>) -> Result<Answer, Refusal> {
    let name = call.world.guard_of(&call.subscription, guarded)?;
    Ok(Answer::Document(
        element("NetworkSecurityGroup")
            .text("Name", name)
            .text("State", "Created"),
    ))
}

/// Get Network Security Group, of a subnet.
pub(crate) fn get_of_subnet(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    show(call, subnet(&call.names))
}

/// Get Network Security Group, of a role.
pub(crate) fn get_of_role(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    show(call, role(&call.names))
}

/// Get Network Security Group, of a network interface.
pub(crate) fn get_of_interface(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    show(call, interface(&call.names))
}

fn add(
    call: &mut Call<'_>,
    guarded: for<'n> fn(&'n [String]) -> Guarded<'n>,
    operation: &'static str,
) -> Result<Answer, Refusal> {
    let group = call
        .document("NetworkSecurityGroup")?
        .read(&["Name"], |c| c.required("Name"))?;
    let names = call.names.clone();
    call.world.set_guard(
        &call.subscription,
        call.id.clone(),
        guarded(&names),
        GuardChange::Add(&group),
        operation,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

fn remove(
    call: &mut Call<'_>,
    guarded: for<'n> fn(&'n [String]) -> Guarded<'n>,
    operation: &'static str,
) -> Result<Answer, Refusal> {
    let names = call.names.clone();
    let group = names.last().map(String::as_str).unwrap_or_default();
    call.world.set_guard(
        &call.subscription,
        call.id.clone(),
        guarded(&names),
        GuardChange::Remove(group),
        operation,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Add Network Security Group, to a subnet.
pub(crate) fn add_to_subnet(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    add(call, subnet, "Add Network Security Group To Subnet")
}

/// Add Network Security Group, to a role.
pub(crate) fn add_to_role(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    add(call, role, "Add Network Security Group To Role")
}

/// Add Network Security Group, to a network interface.
pub(crate) fn add_to_interface(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    add(
        call,
        interface,
        "Add Network Security Group To Network Interface",
    )
}

/// Remove Network Security Group, from a subnet.
pub(crate) fn remove_from_subnet(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    remove(call, subnet, "Remove Network Security Group From Subnet")
}

/// Remove Network Security Group, from a role.
pub(crate) fn remove_from_role(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    remove(call, role, "Remove Network Security Group From Role")
}

/// Remove Network Security Group, from a network interface.
pub(crate) fn remove_from_interface(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    remove(
        call,
        interface,
        "Remove Network Security Group From Network Interface",
    )
}
