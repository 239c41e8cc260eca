//! Internal load balancers, load-balanced endpoint sets, DNS servers and further virtual IPs of
//! deployments.

use crate::world::{Deployment, dns_server, load_balancer, virtual_ip};

use super::network_reader;
use super::route::{Route, routes};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}/deployments/{deployment}";
    POST "" if "comp" = "UpdateLbSet": "Update Load-Balanced Endpoint Set" => update_sets;
    POST "/loadbalancers": "Create Internal Load Balancer" => create;
    PUT "/loadbalancers/{name}": "Update Internal Load Balancer" => update;
    DELETE "/loadbalancers/{name}": "Delete Internal Load Balancer" => delete;
    POST "/dnsservers": "Add DNS Server" => add_dns_server;
    PUT "/dnsservers/{name}": "Update DNS Server" => update_dns_server;
    DELETE "/dnsservers/{name}": "Delete DNS Server" => delete_dns_server;
    POST "/virtualIPs/{name}": "Add Virtual IP" => add_virtual_ip;
    DELETE "/virtualIPs/{name}": "Delete Virtual IP" => delete_virtual_ip;
    POST "/{name}": "Add Virtual IP" => add_virtual_ip;
};

/// Create Internal Load Balancer.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = network_reader::load_balancer(&call.document("LoadBalancer")?, None)?;
    let to = call.deployment_path();
    call.perform(load_balancer::Command::Add { to, new })?;
    Ok(Answer::Accepted)
}

/// Update Internal Load Balancer.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = network_reader::load_balancer(&call.document("LoadBalancer")?, Some(call.name(2)))?;
    let (of, name) = (call.deployment_path(), call.name(2).into());
    call.perform(load_balancer::Command::Update { of, name, new })?;
    Ok(Answer::Accepted)
}

/// Delete Internal Load Balancer.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (of, name) = (call.deployment_path(), call.name(2).into());
    call.perform(load_balancer::Command::Delete { of, name })?;
    Ok(Answer::Accepted)
}

/// Update Load-Balanced Endpoint Set.
pub(crate) fn update_sets(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let sets = call
        .document("LoadBalancedEndpointList")?
        .list("InputEndpoint", network_reader::shared_endpoint)?;
    if sets.is_empty() {
        return Err(Refused::invalid_xml(
            "LoadBalancedEndpointList: there is no InputEndpoint in it",
        ));
    }
    let of = call.deployment_path();
    call.perform(load_balancer::Command::UpdateSets { of, sets })?;
    Ok(Answer::Accepted)
}

/// Add DNS Server.
pub(crate) fn add_dns_server(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let server = network_reader::dns_server(&call.document("DnsServer")?, None)?;
    let at = call.deployment_path();
    call.perform(dns_server::Command::Add { at, server })?;
    Ok(Answer::Accepted)
}

/// Update DNS Server.
pub(crate) fn update_dns_server(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let server = network_reader::dns_server(&call.document("DnsServer")?, Some(call.name(2)))?;
    let (at, name) = (call.deployment_path(), call.name(2).into());
    call.perform(dns_server::Command::Update { at, name, server })?;
    Ok(Answer::Accepted)
}

/// Delete DNS Server.
pub(crate) fn delete_dns_server(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (at, name) = (call.deployment_path(), call.name(2).into());
    call.perform(dns_server::Command::Delete { at, name })?;
    Ok(Answer::Accepted)
}

/// Add Virtual IP.
pub(crate) fn add_virtual_ip(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (at, name) = (call.deployment_path(), call.name(2).into());
    call.perform(virtual_ip::Command::Add { at, name })?;
    Ok(Answer::Accepted)
}

/// Delete Virtual IP.
pub(crate) fn delete_virtual_ip(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (at, name) = (call.deployment_path(), call.name(2).into());
    call.perform(virtual_ip::Command::Delete { at, name })?;
    Ok(Answer::Accepted)
}

/// `LoadBalancers` of a deployment.
pub(crate) fn describe(deployment: &Deployment) -> Xml {
    let list = deployment.load_balancers.iter().map(|balancer| {
        let frontend = element("FrontendIpConfiguration")
            .text("Type", "Private")
            .maybe_text("SubnetName", balancer.subnet.as_deref())
            .text("StaticVirtualNetworkIPAddress", balancer.address);
        element("LoadBalancer")
            .text("Name", &balancer.name)
            .with(frontend)
    });
    element("LoadBalancers").all(list)
}
