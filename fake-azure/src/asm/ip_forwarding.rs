//! Whether machines and their network interfaces pass on what is not for them.

use crate::world::network_interface::Command;

use super::contract::Body;
use super::route::{Route, routes};
use super::writer::element;
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}";
    GET "/ipforwarding": "Get IP Forwarding" => get;
    POST "/ipforwarding": "Set IP Forwarding" => set;
    GET "/networkinterfaces/{interface}/ipforwarding": "Get IP Forwarding Of Network Interface" => get_of_interface;
    POST "/networkinterfaces/{interface}/ipforwarding": "Set IP Forwarding Of Network Interface" => set_of_interface;
};

/// What `IPForwarding` may say.
pub(crate) const STATES: &[(&str, bool)] = &[("Enabled", true), ("Disabled", false)];

/// Get IP Forwarding, of a role.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = call.here().deployment(call.name(0), call.name(1))?;
    Ok(describe(deployment.role(call.name(2))?.ip_forwarding))
}

/// Get IP Forwarding, of a network interface.
pub(crate) fn get_of_interface(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = call.here().deployment(call.name(0), call.name(1))?;
    let role = deployment.role(call.name(2))?;
    Ok(describe(role.interface(call.name(3))?.ip_forwarding))
}

fn describe(forwards: bool) -> Answer {
    let state = if forwards { "Enabled" } else { "Disabled" };
    Answer::Document(element("IPForwarding").text("State", state))
}

/// Set IP Forwarding, of a role.
pub(crate) fn set(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let forwards = wanted(&call.document("IPForwarding")?)?;
    change(call, None, forwards)
}

/// Set IP Forwarding, of a network interface.
pub(crate) fn set_of_interface(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let forwards = wanted(&call.document("IPForwarding")?)?;
    let interface = call.name(3).into();
    change(call, Some(interface), forwards)
}

fn wanted(body: &Body<'_>) -> Result<bool, Refused> {
    body.read(&["State"], |c| c.expect("State")?.word_in_any_case(STATES))
}

fn change(
    call: &mut Call<'_>,
    interface: Option<String>,
    forwards: bool,
) -> Result<Answer, Refused> {
    let of = call.role_path();
    call.perform(Command::Forwarding {
        of,
        interface: interface.map(Into::into),
        forwards,
    })?;
    Ok(Answer::Accepted)
}
