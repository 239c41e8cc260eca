//! Internal load balancers, load-balanced endpoint sets, DNS servers and further virtual IPs of
//! deployments.

use crate::world::{Deployment, Refusal};

use super::network_reader;
use super::writer::{Xml, element};
use super::{Answer, Call};

/// Create Internal Load Balancer.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let new = network_reader::load_balancer(&call.document("LoadBalancer")?, None)?;
    let [service, deployment] = call.owned();
    call.world.add_load_balancer(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        new,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Update Internal Load Balancer.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let new = network_reader::load_balancer(&call.document("LoadBalancer")?, Some(call.name(2)))?;
    let [service, deployment, name] = call.owned();
    call.world.update_load_balancer(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        &name,
        new,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Delete Internal Load Balancer.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [service, deployment, name] = call.owned();
    call.world.delete_load_balancer(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        &name,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Update Load-Balanced Endpoint Set.
pub(crate) fn update_sets(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let sets = call
        .document("LoadBalancedEndpointList")?
        .list("InputEndpoint", network_reader::shared_endpoint)?;
    if sets.is_empty() {
        return Err(Refusal::invalid_xml(
            "LoadBalancedEndpointList: there is no InputEndpoint in it",
        ));
    }
    let [service, deployment] = call.owned();
    call.world.update_load_balanced_sets(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        sets,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Add DNS Server.
pub(crate) fn add_dns_server(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let server = network_reader::dns_server(&call.document("DnsServer")?, None)?;
    let [service, deployment] = call.owned();
    call.world.add_dns_server(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        server,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Update DNS Server.
pub(crate) fn update_dns_server(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let server = network_reader::dns_server(&call.document("DnsServer")?, Some(call.name(2)))?;
    let [service, deployment, name] = call.owned();
    call.world.update_dns_server(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        &name,
        server,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Delete DNS Server.
pub(crate) fn delete_dns_server(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [service, deployment, name] = call.owned();
    call.world.delete_dns_server(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        &name,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Add Virtual IP.
pub(crate) fn add_virtual_ip(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [service, deployment, name] = call.owned();
    call.world.add_virtual_ip(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        &name,
        call.now,
    )?;
    Ok(Answer::Accepted)
}

/// Delete Virtual IP.
pub(crate) fn delete_virtual_ip(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let [service, deployment, name] = call.owned();
    call.world.delete_virtual_ip(
        &call.subscription,
        call.id.clone(),
        &service,
        &deployment,
        &name,
        call.now,
    )?;
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
