//! Route tables, and the subnets that have them.

use crate::world::route_table::Command;
use crate::world::{Hop, Prefix, Route, RouteTable};

use super::contract::Cursor;
use super::route::{self, routes};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[route::Route] = routes! {
    GET "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}/effectiveroutetable": "Get Effective Route Table";
    GET "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}/networkinterfaces/{interface}/effectiveroutetable": "Get Effective Route Table";
    GET "/services/networking/routetables": "List Route Tables" => list;
    POST "/services/networking/routetables": "Create Route Table" => create;
    GET "/services/networking/routetables/{name}": "Get Route Table" => get;
    DELETE "/services/networking/routetables/{name}": "Delete Route Table" => delete;
    PUT "/services/networking/routetables/{name}/routes/{route}": "Set Route" => set_route;
    DELETE "/services/networking/routetables/{name}/routes/{route}": "Delete Route" => delete_route;
    GET "/services/networking/virtualnetwork/{network}/subnets/{subnet}/routetables": "Get Route Table Of Subnet" => get_of_subnet;
    POST "/services/networking/virtualnetwork/{network}/subnets/{subnet}/routetables": "Add Route Table To Subnet" => add_to_subnet;
    DELETE "/services/networking/virtualnetwork/{network}/subnets/{subnet}/routetables": "Remove Route Table From Subnet" => remove_from_subnet;
    POST "/services/networking/routetables/{name}/migration": "Migrate Route Table";
};

/// Kinds of next hops; an appliance is told by its address.
const HOPS: &[(&str, Hop)] = &[
    ("VirtualAppliance", Hop::VirtualAppliance),
    ("VPNGateway", Hop::VpnGateway),
    ("VNETLocal", Hop::VnetLocal),
    ("Internet", Hop::Internet),
    ("Null", Hop::Null),
];

/// List Route Tables.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let tables = call.here().route_tables().map(head);
    Ok(Answer::Document(element("RouteTables").all(tables)))
}

/// Get Route Table, with its routes where `detailLevel=full` asks for them.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let table = call.here().route_table(call.name(0))?;
    let full = call
        .parameter("detailLevel")
        .is_some_and(|level| level.eq_ignore_ascii_case("full"));
    let routes = full.then(|| element("RouteList").all(table.routes.iter().map(describe)));
    Ok(Answer::Document(head(table).maybe(routes)))
}

fn head(table: &RouteTable) -> Xml {
    element("RouteTable")
        .text("Name", &table.name)
        .maybe_text("Label", table.label.as_deref())
        .text("Location", &table.location)
        .text("RouteTableState", "Created")
}

fn describe(route: &Route) -> Xml {
    let hop = element("NextHopType")
        .text("Type", route.hop.as_str())
        .maybe_text("IpAddress", route.hop_address);
    element("Route")
        .text("Name", &route.name)
        .text("AddressPrefix", route.prefix)
        .with(hop)
        .text("RouteState", "Created")
}

/// Create Route Table.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (name, label, location) = call.regional("RouteTable")?;
    call.perform(Command::Create {
        name: name.into(),
        label,
        location: location.into(),
    })?;
    Ok(Answer::Accepted)
}

/// Delete Route Table.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Accepted)
}

/// Set Route; the path names it.
pub(crate) fn set_route(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [table, name] = call.owned();
    let route = call
        .document("Route")?
        .read(&["Name", "AddressPrefix", "NextHopType"], |c| {
            read_route(c, name.to_string())
        })?;
    call.perform(Command::SetRoute { table, route })?;
    Ok(Answer::Accepted)
}

fn read_route(c: &Cursor<'_>, name: String) -> Result<Route, Refused> {
    c.text::<String>("Name")?;
    let prefix = c.expect("AddressPrefix")?.value::<Prefix>()?;
    let (hop, hop_address) = c.expect("NextHopType")?.read(&["Type", "IpAddress"], |c| {
        let hop = c.expect("Type")?.word_in_any_case(HOPS)?;
        Ok((hop, c.filled_value("IpAddress")?))
    })?;
    if hop == Hop::VirtualAppliance && hop_address.is_none() {
        return Err(Refused::invalid_xml("NextHopType: IpAddress is missing"));
    }
    Ok(Route {
        name: name.into(),
        prefix,
        hop,
        hop_address,
    })
}

/// Delete Route.
pub(crate) fn delete_route(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [table, route] = call.owned();
    call.perform(Command::DeleteRoute { table, route })?;
    Ok(Answer::Accepted)
}

/// Get Route Table, of a subnet.
pub(crate) fn get_of_subnet(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let links = call.here().subnet_links(call.name(0), call.name(1))?;
    let table = links.and_then(|links| links.route_table.as_deref());
    let table = table.ok_or_else(|| Refused::resource("no route table"))?;
    Ok(Answer::Document(
        element("RouteTableAssociation").text("RouteTableName", table),
    ))
}

/// Add Route Table, to a subnet.
pub(crate) fn add_to_subnet(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let table = call
        .document("RouteTableAssociation")?
        .read(&["RouteTableName"], |c| c.required("RouteTableName"))?;
    link(call, Some(table))
}

/// Remove Route Table, from a subnet.
pub(crate) fn remove_from_subnet(call: &mut Call<'_>) -> Result<Answer, Refused> {
    link(call, None)
}

fn link(call: &mut Call<'_>, table: Option<String>) -> Result<Answer, Refused> {
    let [network, subnet] = call.owned();
    call.perform(Command::Link {
        network,
        subnet,
        table: table.map(Into::into),
    })?;
    Ok(Answer::Accepted)
}
