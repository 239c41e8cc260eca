//! What networks alone have: subnets, rules, and names that are to be had.

use serde_json::json;

use super::resources;
use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::resource_manager::document;
use crate::world::resource_manager::offers::regions;
use crate::world::resource_manager::offers::usage::usage;
use crate::world::resource_manager::public_address::{Method, public_name};
use crate::world::resource_manager::{Core, Kind, Path};

pub(super) const SUBNETS: &[Route] = routes! {
    below "/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}/subnets" of Subnet;
    GET "": "List Subnets" => subnets;
    GET "/{subnet}": "Get Subnet" => resources::get;
    HEAD "/{subnet}": "Check Subnet" => resources::head;
    PUT "/{subnet}": "Create or Update Subnet" => resources::put;
    DELETE "/{subnet}": "Delete Subnet" => resources::delete;
};

pub(super) const RULES: &[Route] = routes! {
    below "/resourceGroups/{group}/providers/Microsoft.Network/networkSecurityGroups/{name}" of SecurityRule;
    GET "/defaultSecurityRules": "List Default Security Rules" => default_rules;
    GET "/defaultSecurityRules/{rule}": "Get Default Security Rule" => default_rule;
    GET "/securityRules": "List Security Rules" => rules;
    GET "/securityRules/{rule}": "Get Security Rule" => resources::get;
    HEAD "/securityRules/{rule}": "Check Security Rule" => resources::head;
    PUT "/securityRules/{rule}": "Create or Update Security Rule" => resources::put;
    DELETE "/securityRules/{rule}": "Delete Security Rule" => resources::delete;
};

pub(super) const OTHERS: &[Route] = routes! {
    below "";
    GET "/providers/Microsoft.Network/locations/{location}/CheckDnsNameAvailability": "Check DNS Name Availability" => name_availability;
    GET "/providers/Microsoft.Network/locations/{location}/usages": "List Network Usage" => usages;
    POST "/resourceGroups/{group}/providers/Microsoft.Network/networkInterfaces/{name}/effectiveNetworkSecurityGroups": "List Effective Security Groups";
    POST "/resourceGroups/{group}/providers/Microsoft.Network/networkInterfaces/{name}/effectiveRouteTable": "Get Effective Route Table";
};

pub(super) const ADDRESSES: &[Route] = routes! {
    below "/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}/CheckIPAddressAvailability" of VirtualNetwork;
    GET "": "Check IP Address Availability" => address_availability;
    POST "": "Check IP Address Availability" => address_availability;
};

/// What the list is part of.
fn parent(call: &Call<'_>, kind: Kind) -> Result<Path, Refused> {
    let path = Path {
        group: call.name(0).to_owned(),
        kind,
        name: call.name(1).to_owned(),
        child: None,
    };
    call.here()?.resource(&path)?;
    Ok(path)
}

/// List Subnets.
fn subnets(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = parent(call, Kind::VirtualNetwork)?;
    let all = call.here()?.told_subnets(&path)?;
    Ok(Answer::list(all))
}

/// List Security Rules.
fn rules(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = parent(call, Kind::SecurityGroup)?;
    let all = call.here()?.told_rules(&path)?;
    Ok(Answer::list(all))
}

/// List Default Security Rules.
fn default_rules(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = parent(call, Kind::SecurityGroup)?;
    let all = call.here()?.told_default_rules(&path)?;
    Ok(Answer::list(all))
}

/// Get Default Security Rule.
fn default_rule(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = parent(call, Kind::SecurityGroup)?;
    let name = call.name(2);
    let all = call.here()?.told_default_rules(&path)?;
    let mut all = all.into_iter();
    let found = all.find(|rule| {
        let known = rule["name"].as_str();
        known.is_some_and(|known| known.eq_ignore_ascii_case(name))
    });
    let missing = || {
        let id = path.id(&call.subscription);
        Refused::from(crate::world::resource_manager::Refusal::NoChild(format!(
            "{id}/defaultSecurityRules/{name}"
        )))
    };
    found.map(Answer::document).ok_or_else(missing)
}

/// Check IP Address Availability.
fn address_availability(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    here.resource(&path)?;
    let address = call.parameter("ipAddress").unwrap_or_default();
    Ok(Answer::document(here.told_availability(&path, address)?))
}

/// List Network Usage.
fn usages(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let location = call.name(0);
    let region = regions::region(location).ok_or_else(|| Refused::no_location(location))?;
    let here = call.here()?;
    let used = |is_counted: fn(&Core) -> bool| {
        let all = here.held.shelf.iter().map(|(_, resource)| resource);
        let counted = all.filter(|one| one.location == region.name && is_counted(&one.core));
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    };
    let networks = used(|core| matches!(core, Core::VirtualNetwork(_)));
    let fixed =
        used(|core| matches!(core, Core::PublicAddress(one) if one.method == Method::Static));
    let groups = used(|core| matches!(core, Core::SecurityGroup(_)));
    let addresses = used(|core| matches!(core, Core::PublicAddress(_)));
    let interfaces = used(|core| matches!(core, Core::Interface(_)));
    // What a subscription may have of these unless it asks for more, as documented.
    let rows = [
        ("VirtualNetworks", "Virtual Networks", (networks, 1000)),
        (
            "StaticPublicIPAddresses",
            "Static Public IP Addresses",
            (fixed, 1000),
        ),
        (
            "NetworkSecurityGroups",
            "Network Security Groups",
            (groups, 5000),
        ),
        (
            "PublicIPAddresses",
            "Public IP Addresses",
            (addresses, 1000),
        ),
        (
            "NetworkInterfaces",
            "Network Interfaces",
            (interfaces, 65_536),
        ),
    ];
    let told = rows.into_iter().map(|(name, label, of)| {
        let mut told = usage(name, label, of);
        let id = format!(
            "/subscriptions/{}/providers/Microsoft.Network/locations/{}/usages/{name}",
            call.subscription, region.name
        );
        document::set(&mut told, "id", id);
        told
    });
    Ok(Answer::list(told.collect()))
}

/// Check DNS Name Availability.
fn name_availability(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let location = call.name(0);
    let region = regions::region(location).ok_or_else(|| Refused::no_location(location))?;
    let label = call.parameter("domainNameLabel").unwrap_or_default();
    if !crate::world::resource_manager::public_address::is_label(label) {
        let bad = crate::world::resource_manager::NetworkRefusal::Label(label.to_owned());
        return Err(crate::world::resource_manager::Refusal::from(bad).into());
    }
    let name = public_name(label, region.name);
    let is_taken = call.world.world().has_public_name(&name);
    Ok(Answer::document(json!({ "available": !is_taken })))
}
