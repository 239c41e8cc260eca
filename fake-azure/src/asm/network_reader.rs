//! Reading the network of a machine, in the order of the schema.

use std::net::Ipv4Addr;

use crate::world::names::is_dns_label;
use crate::world::{
    AclRule, EndpointSettings, NewEndpoint, NewLoadBalancer, NewNetwork, NewNetworkInterface,
    Prefix, Probe, Protocol, PublicIp, Refusal,
};

use super::provisioning_reader::stored_certificates;
use super::reader::{Cursor, Element};

const PROTOCOLS: &[(&str, Protocol)] = &[("tcp", Protocol::Tcp), ("udp", Protocol::Udp)];

/// `NetworkConfiguration`, after its type.
pub(crate) fn network(c: &mut Cursor<'_>) -> Result<NewNetwork, Refusal> {
    let endpoints = c
        .maybe("InputEndpoints")?
        .map(|list| list.list("InputEndpoint", |e| e.read(endpoint)))
        .transpose()?;
    let subnets = c
        .maybe("SubnetNames")?
        .map(|list| list.list("SubnetName", |e| e.text().map(str::to_owned)))
        .transpose()?;
    let static_ip = c.value::<Ipv4Addr>("StaticVirtualNetworkIPAddress")?;
    let public_ips = c
        .maybe("PublicIPs")?
        .map(|list| list.list("PublicIP", |e| e.read(public_ip)))
        .transpose()?;
    if let Some([_, second, ..]) = public_ips.as_deref() {
        return Err(Refusal::parameter(format!(
            "PublicIPs: a machine has one, and `{}` is a second",
            second.name
        )));
    }
    let interfaces = c
        .maybe("NetworkInterfaces")?
        .map(|list| list.list("NetworkInterface", |e| e.read(interface)))
        .transpose()?;
    no_security_group(c)?;
    let ip_forwarding = forwarding(c)?;
    // Clients that send a whole set back leave the empty lists of the other kinds in it.
    stored_certificates(c)?;
    Ok(NewNetwork {
        endpoints: endpoints.unwrap_or_default(),
        subnets: subnets.unwrap_or_default(),
        static_ip,
        public_ips: public_ips.unwrap_or_default(),
        interfaces: interfaces.unwrap_or_default(),
        ip_forwarding,
    })
}

/// `NetworkInterface`; each has one address.
fn interface(c: &mut Cursor<'_>) -> Result<NewNetworkInterface, Refusal> {
    let name = c.required("Name")?;
    let address = |e: &Element| {
        e.read(|c| {
            Ok((
                c.required("SubnetName")?,
                c.value("StaticVirtualNetworkIPAddress")?,
            ))
        })
    };
    let addresses = c
        .maybe("IPConfigurations")?
        .map(|list| list.list("IPConfiguration", address))
        .transpose()?
        .unwrap_or_default();
    let [(subnet, static_ip)] = <[_; 1]>::try_from(addresses).map_err(|all| {
        Refusal::parameter(format!(
            "NetworkInterface `{name}`: {} IPConfigurations, but it has one",
            all.len()
        ))
    })?;
    no_security_group(c)?;
    Ok(NewNetworkInterface {
        name,
        subnet,
        static_ip,
        ip_forwarding: forwarding(c)?,
    })
}

fn forwarding(c: &mut Cursor<'_>) -> Result<bool, Refusal> {
    let word = c
        .maybe("IPForwarding")?
        .map(|e| e.word_in_any_case(&[("Enabled", true), ("Disabled", false)]))
        .transpose()?;
    Ok(word.unwrap_or(false))
}

/// Network security groups are not modelled, so none of any name is there.
fn no_security_group(c: &mut Cursor<'_>) -> Result<(), Refusal> {
    match c.text("NetworkSecurityGroup")? {
        Some(name) if !name.is_empty() => Err(Refusal::resource(format!(
            "network security group `{name}`"
        ))),
        _ => Ok(()),
    }
}

fn public_ip(c: &mut Cursor<'_>) -> Result<PublicIp, Refusal> {
    let name = c.required_title("Name", 80)?;
    let idle_timeout_minutes = idle_timeout(c)?;
    let domain_name_label = c.text("DomainNameLabel")?.filter(|text| !text.is_empty());
    if let Some(label) = domain_name_label.as_deref().filter(|l| !is_dns_label(l)) {
        return Err(Refusal::parameter(format!("DomainNameLabel: `{label}`")));
    }
    Ok(PublicIp {
        name,
        idle_timeout_minutes,
        domain_name_label,
        address: None,
    })
}

fn idle_timeout(c: &mut Cursor<'_>) -> Result<Option<u32>, Refusal> {
    match c.value::<u32>("IdleTimeoutInMinutes")? {
        Some(minutes) if !(4..=30).contains(&minutes) => Err(Refusal::parameter(format!(
            "IdleTimeoutInMinutes: `{minutes}`"
        ))),
        minutes => Ok(minutes),
    }
}

/// `InputEndpoint` of a role.
pub(crate) fn endpoint(c: &mut Cursor<'_>) -> Result<NewEndpoint, Refusal> {
    read_endpoint(c, Schema::Role)
}

/// `InputEndpoint` of Update Load-Balanced Endpoint Set, where the access list stands before
/// the load balancer and the port inside may be left to the machines.
pub(crate) fn shared_endpoint(c: &mut Cursor<'_>) -> Result<NewEndpoint, Refusal> {
    read_endpoint(c, Schema::Set)
}

#[derive(Clone, Copy, PartialEq)]
enum Schema {
    Role,
    Set,
}

fn read_endpoint(c: &mut Cursor<'_>, schema: Schema) -> Result<NewEndpoint, Refusal> {
    let load_balanced_set = match schema {
        Schema::Role => c.title("LoadBalancedEndpointSetName", 80)?,
        Schema::Set => Some(c.required_title("LoadBalancedEndpointSetName", 80)?),
    };
    let local_port = match schema {
        Schema::Role => c.expect("LocalPort")?.port()?,
        Schema::Set => c
            .maybe("LocalPort")?
            .map(Element::port)
            .transpose()?
            .unwrap_or(0),
    };
    let name = c.title("Name", 80)?;
    let port = c.maybe("Port")?.map(Element::port).transpose()?;
    let probe = c
        .maybe("LoadBalancerProbe")?
        .map(|e| e.read(probe))
        .transpose()?;
    let protocol = c.expect("Protocol")?.word_in_any_case(PROTOCOLS)?;
    c.value::<Ipv4Addr>("Vip")?;
    let direct_server_return = c.boolean("EnableDirectServerReturn")?.unwrap_or(false);
    let balancer = |c: &mut Cursor<'_>| -> Result<Option<String>, Refusal> {
        Ok(c.text("LoadBalancerName")?.filter(|name| !name.is_empty()))
    };
    let (load_balancer, acl) = match schema {
        Schema::Role => (balancer(c)?, access_list(c)?),
        Schema::Set => {
            let acl = access_list(c)?;
            (balancer(c)?, acl)
        }
    };
    let idle_timeout_minutes = idle_timeout(c)?;
    let distribution = c
        .maybe("LoadBalancerDistribution")?
        .map(|e| {
            e.word(&[
                ("sourceIP", "sourceIP"),
                ("sourceIPProtocol", "sourceIPProtocol"),
                ("none", "none"),
            ])
            .map(str::to_owned)
        })
        .transpose()?;
    let virtual_ip_name = c.text("VirtualIPName")?.filter(|name| !name.is_empty());
    let settings = EndpointSettings {
        protocol,
        local_port,
        load_balanced_set,
        probe,
        direct_server_return,
        acl,
        idle_timeout_minutes,
        distribution,
        virtual_ip_name,
        load_balancer,
    };
    Ok(NewEndpoint {
        name,
        port,
        settings,
    })
}

/// `LoadBalancer`; one that is there (`known`) need not be named again.
pub(crate) fn load_balancer(
    c: &mut Cursor<'_>,
    known: Option<&str>,
) -> Result<NewLoadBalancer, Refusal> {
    let name = name_or(c, known)?;
    let frontend = c
        .maybe("FrontendIpConfiguration")?
        .map(|e| {
            e.read(|c| {
                c.maybe("Type")?
                    .map(|e| e.word_in_any_case(&[("Private", ())]))
                    .transpose()?;
                let subnet = c.text("SubnetName")?.filter(|name| !name.is_empty());
                Ok((subnet, c.value("StaticVirtualNetworkIPAddress")?))
            })
        })
        .transpose()?;
    let (subnet, static_ip) = frontend.unwrap_or_default();
    Ok(NewLoadBalancer {
        name,
        subnet,
        static_ip,
    })
}

/// `DnsServer`: name and address; one that is there (`known`) need not be named again.
pub(crate) fn dns_server(
    c: &mut Cursor<'_>,
    known: Option<&str>,
) -> Result<(String, String), Refusal> {
    let name = name_or(c, known)?;
    let address = c
        .value::<Ipv4Addr>("Address")?
        .ok_or_else(|| Refusal::parameter("DnsServer: Address is missing"))?;
    Ok((name, address.to_string()))
}

/// The schema lets names be absent where they are needed all the same.
fn name_or(c: &mut Cursor<'_>, known: Option<&str>) -> Result<String, Refusal> {
    c.text("Name")?
        .or_else(|| known.map(str::to_owned))
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Refusal::parameter("Name: missing or empty"))
}

fn access_list(c: &mut Cursor<'_>) -> Result<Vec<AclRule>, Refusal> {
    let rules = c
        .maybe("EndpointAcl")?
        .map(|e| {
            e.read(|c| {
                c.maybe("Rules")?
                    .map(|list| list.list("Rule", |e| e.read(acl_rule)))
                    .transpose()
            })
        })
        .transpose()?
        .flatten()
        .unwrap_or_default();
    for (n, rule) in rules.iter().enumerate() {
        if rules[..n].iter().any(|other| other.order == rule.order) {
            return Err(Refusal::parameter(format!(
                "EndpointAcl: the order {} stands there twice",
                rule.order
            )));
        }
    }
    Ok(rules)
}

fn probe(c: &mut Cursor<'_>) -> Result<Probe, Refusal> {
    let path = c.text("Path")?.filter(|path| !path.is_empty());
    let port = c.maybe("Port")?.map(Element::port).transpose()?;
    let protocol = c
        .expect("Protocol")?
        .word_in_any_case(&[("tcp", "tcp"), ("http", "http")])?;
    match (protocol, &path) {
        ("http", None) => return Err(Refusal::parameter("LoadBalancerProbe/Path: http needs one")),
        ("tcp", Some(path)) => {
            return Err(Refusal::parameter(format!(
                "LoadBalancerProbe/Path: `{path}`, but tcp has none"
            )));
        }
        _ => {}
    }
    Ok(Probe {
        path,
        port,
        protocol: protocol.to_owned(),
        interval_seconds: at_least(c, "IntervalInSeconds", 5)?,
        timeout_seconds: at_least(c, "TimeoutInSeconds", 11)?,
    })
}

/// A number of seconds with a lower bound ("Create Virtual Machine Deployment").
fn at_least(c: &mut Cursor<'_>, name: &str, least: u32) -> Result<Option<u32>, Refusal> {
    match c.value(name)? {
        Some(seconds) if seconds < least => Err(Refusal::parameter(format!("{name}: `{seconds}`"))),
        seconds => Ok(seconds),
    }
}

fn acl_rule(c: &mut Cursor<'_>) -> Result<AclRule, Refusal> {
    Ok(AclRule {
        order: c.expect("Order")?.value()?,
        action: c
            .expect("Action")?
            .word_in_any_case(&[("permit", "permit"), ("deny", "deny")])?
            .to_owned(),
        remote_subnet: c.expect("RemoteSubnet")?.value::<Prefix>()?.to_string(),
        description: c.text("Description")?,
    })
}
