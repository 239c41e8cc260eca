//! Reading the network of a machine, in the order of the schema.

use std::net::Ipv4Addr;

use crate::world::names::is_dns_label;
use crate::world::{
    AclAction, AclRule, Distribution, EndpointSettings, Name, NewEndpoint, NewLoadBalancer,
    NewNetwork, NewNetworkInterface, Probe, ProbeProtocol, Protocol, PublicIp,
};

use super::Refused;
use super::contract::{Body, Cursor, Node};
use super::ip_forwarding::STATES;
use super::provisioning_reader::stored_certificates;

/// The members of `NetworkConfiguration`, the set.
pub(crate) const NETWORK: &[&str] = &[
    "ConfigurationSetType",
    "InputEndpoints",
    "SubnetNames",
    "StaticVirtualNetworkIPAddress",
    "PublicIPs",
    "NetworkInterfaces",
    "NetworkSecurityGroup",
    "IPForwarding",
    "StoredCertificateSettings",
];
const ENDPOINT: &[&str] = &[
    "LoadBalancedEndpointSetName",
    "LocalPort",
    "Name",
    "Port",
    "LoadBalancerProbe",
    "Protocol",
    "Vip",
    "EnableDirectServerReturn",
    "LoadBalancerName",
    "EndpointAcl",
    "IdleTimeoutInMinutes",
    "LoadBalancerDistribution",
    "VirtualIPName",
];
/// In a set the access list stands before the load balancer.
const SHARED_ENDPOINT: &[&str] = &[
    "LoadBalancedEndpointSetName",
    "LocalPort",
    "Name",
    "Port",
    "LoadBalancerProbe",
    "Protocol",
    "Vip",
    "EnableDirectServerReturn",
    "EndpointAcl",
    "LoadBalancerName",
    "IdleTimeoutInMinutes",
    "LoadBalancerDistribution",
    "VirtualIPName",
];
const LOAD_BALANCER: &[&str] = &["Name", "FrontendIpConfiguration"];
const PROBE: &[&str] = &[
    "Path",
    "Port",
    "Protocol",
    "IntervalInSeconds",
    "TimeoutInSeconds",
];

const PROTOCOLS: &[(&str, Protocol)] = &[("tcp", Protocol::Tcp), ("udp", Protocol::Udp)];

/// `NetworkConfiguration`, after its type.
pub(crate) fn network(c: &Cursor<'_>) -> Result<NewNetwork, Refused> {
    let endpoints = c
        .maybe("InputEndpoints")?
        .map(|list| list.list("InputEndpoint", endpoint))
        .transpose()?;
    let subnets = c
        .maybe("SubnetNames")?
        .map(|list| list.list("SubnetName", |e| e.text().map(Name::from)))
        .transpose()?;
    let static_ip = c.filled_value::<Ipv4Addr>("StaticVirtualNetworkIPAddress")?;
    let public_ips = c
        .maybe("PublicIPs")?
        .map(|list| {
            list.list("PublicIP", |e| {
                e.read(
                    &["Name", "IdleTimeoutInMinutes", "DomainNameLabel"],
                    public_ip,
                )
            })
        })
        .transpose()?;
    if let Some([_, second, ..]) = public_ips.as_deref() {
        return Err(Refused::parameter(format!(
            "PublicIPs: a machine has one, and `{}` is a second",
            second.name
        )));
    }
    let interfaces = c
        .maybe("NetworkInterfaces")?
        .map(|list| {
            list.list("NetworkInterface", |e| {
                e.read(
                    &[
                        "Name",
                        "IPConfigurations",
                        "NetworkSecurityGroup",
                        "IPForwarding",
                    ],
                    interface,
                )
            })
        })
        .transpose()?;
    let security_group = c.filled("NetworkSecurityGroup")?;
    let ip_forwarding = forwarding(c)?;
    // Clients that send a whole set back leave the empty lists of the other kinds in it.
    stored_certificates(c)?;
    Ok(NewNetwork {
        endpoints: endpoints.unwrap_or_default(),
        subnets: subnets.unwrap_or_default(),
        static_ip,
        public_ips: public_ips.unwrap_or_default(),
        interfaces: interfaces.unwrap_or_default(),
        security_group,
        ip_forwarding,
    })
}

/// `NetworkInterface`; each has one address.
fn interface(c: &Cursor<'_>) -> Result<NewNetworkInterface, Refused> {
    let name = c.required("Name")?;
    let address = |e: Node<'_>| {
        e.read(&["SubnetName", "StaticVirtualNetworkIPAddress"], |c| {
            Ok((
                c.required("SubnetName")?,
                c.filled_value("StaticVirtualNetworkIPAddress")?,
            ))
        })
    };
    let addresses = c
        .maybe("IPConfigurations")?
        .map(|list| list.list("IPConfiguration", address))
        .transpose()?
        .unwrap_or_default();
    let [(subnet, static_ip)] = <[_; 1]>::try_from(addresses).map_err(|all| {
        Refused::parameter(format!(
            "NetworkInterface `{name}`: {} IPConfigurations, but it has one",
            all.len()
        ))
    })?;
    Ok(NewNetworkInterface {
        name,
        subnet,
        static_ip,
        security_group: c.filled("NetworkSecurityGroup")?,
        ip_forwarding: forwarding(c)?,
    })
}

fn forwarding(c: &Cursor<'_>) -> Result<bool, Refused> {
    let word = c.word_in_any_case("IPForwarding", STATES)?;
    Ok(word.unwrap_or(false))
}

fn public_ip(c: &Cursor<'_>) -> Result<PublicIp, Refused> {
    let name = c.required_title("Name", 80)?;
    let idle_timeout_minutes = idle_timeout(c)?;
    let domain_name_label = c.filled("DomainNameLabel")?;
    let label = domain_name_label.as_ref();
    if let Some(label) = label.filter(|label: &&Name| !is_dns_label(label)) {
        return Err(Refused::parameter(format!("DomainNameLabel: `{label}`")));
    }
    Ok(PublicIp {
        name,
        idle_timeout_minutes,
        domain_name_label,
        address: None,
    })
}

fn idle_timeout(c: &Cursor<'_>) -> Result<Option<u32>, Refused> {
    match c.value::<u32>("IdleTimeoutInMinutes")? {
        Some(minutes) if !(4..=30).contains(&minutes) => Err(Refused::parameter(format!(
            "IdleTimeoutInMinutes: `{minutes}`"
        ))),
        minutes => Ok(minutes),
    }
}

/// `InputEndpoint` of a role.
fn endpoint(e: Node<'_>) -> Result<NewEndpoint, Refused> {
    e.read(ENDPOINT, |c| read_endpoint(c, Schema::Role))
}

/// `InputEndpoint` of Update Load-Balanced Endpoint Set, where the access list stands before
/// the load balancer and the port inside may be left to the machines.
pub(crate) fn shared_endpoint(e: Node<'_>) -> Result<NewEndpoint, Refused> {
    e.read(SHARED_ENDPOINT, |c| read_endpoint(c, Schema::Set))
}

#[derive(Clone, Copy, PartialEq)]
enum Schema {
    Role,
    Set,
}

fn read_endpoint(c: &Cursor<'_>, schema: Schema) -> Result<NewEndpoint, Refused> {
    let load_balanced_set = match schema {
        Schema::Role => c.title("LoadBalancedEndpointSetName", 80)?,
        Schema::Set => Some(c.required_title("LoadBalancedEndpointSetName", 80)?),
    };
    let local_port = match schema {
        Schema::Role => c.expect("LocalPort")?.port()?,
        Schema::Set => c
            .maybe("LocalPort")?
            .map(|e| e.port())
            .transpose()?
            .unwrap_or(0),
    };
    let name = c.title("Name", 80)?;
    let port = c.maybe("Port")?.map(|e| e.port()).transpose()?;
    let probe = c
        .maybe("LoadBalancerProbe")?
        .map(|e| e.read(PROBE, probe))
        .transpose()?;
    let protocol = c.expect("Protocol")?.word_in_any_case(PROTOCOLS)?;
    c.filled_value::<Ipv4Addr>("Vip")?;
    let direct_server_return = c.boolean("EnableDirectServerReturn")?.unwrap_or(false);
    let load_balancer = c.filled("LoadBalancerName")?;
    let acl = access_list(c)?;
    let idle_timeout_minutes = idle_timeout(c)?;
    let distribution = c.word(
        "LoadBalancerDistribution",
        &[
            ("sourceIP", Distribution::SourceIp),
            ("sourceIPProtocol", Distribution::SourceIpProtocol),
            ("none", Distribution::None),
        ],
    )?;
    let virtual_ip_name = c.filled("VirtualIPName")?;
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
    body: &Body<'_>,
    known: Option<&str>,
) -> Result<NewLoadBalancer, Refused> {
    body.read(LOAD_BALANCER, |c| read_load_balancer(c, known))
}

/// `LoadBalancer` of a new deployment.
pub(crate) fn new_load_balancer(e: Node<'_>) -> Result<NewLoadBalancer, Refused> {
    e.read(LOAD_BALANCER, |c| read_load_balancer(c, None))
}

fn read_load_balancer(c: &Cursor<'_>, known: Option<&str>) -> Result<NewLoadBalancer, Refused> {
    let name = name_or(c, known)?;
    let frontend = c
        .maybe("FrontendIpConfiguration")?
        .map(|e| {
            let members = &["Type", "SubnetName", "StaticVirtualNetworkIPAddress"];
            e.read(members, |c| {
                c.word_in_any_case("Type", &[("Private", ())])?;
                let subnet = c.filled("SubnetName")?;
                Ok((subnet, c.filled_value("StaticVirtualNetworkIPAddress")?))
            })
        })
        .transpose()?;
    let (subnet, static_ip) = frontend.unwrap_or_default();
    Ok(NewLoadBalancer {
        name: name.into(),
        subnet,
        static_ip,
    })
}

/// `DnsServer`: name and address; one that is there (`known`) need not be named again.
pub(crate) fn dns_server(body: &Body<'_>, known: Option<&str>) -> Result<(Name, String), Refused> {
    body.read(&["Name", "Address"], |c| read_dns_server(c, known))
}

/// `DnsServer` of a new deployment.
pub(crate) fn new_dns_server(e: Node<'_>) -> Result<(Name, String), Refused> {
    e.read(&["Name", "Address"], |c| read_dns_server(c, None))
}

fn read_dns_server(c: &Cursor<'_>, known: Option<&str>) -> Result<(Name, String), Refused> {
    let name = name_or(c, known)?;
    let address = c
        .value::<Ipv4Addr>("Address")?
        .ok_or_else(|| Refused::parameter("DnsServer: Address is missing"))?;
    Ok((name.into(), address.to_string()))
}

/// The schema lets names be absent where they are needed all the same.
fn name_or(c: &Cursor<'_>, known: Option<&str>) -> Result<String, Refused> {
    c.text("Name")?
        .or_else(|| known.map(str::to_owned))
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Refused::parameter("Name: missing or empty"))
}

fn access_list(c: &Cursor<'_>) -> Result<Vec<AclRule>, Refused> {
    let rules = c
        .maybe("EndpointAcl")?
        .map(|e| {
            e.read(&["Rules"], |c| {
                c.maybe("Rules")?
                    .map(|list| list.list("Rule", acl_rule))
                    .transpose()
            })
        })
        .transpose()?
        .flatten()
        .unwrap_or_default();
    for (n, rule) in rules.iter().enumerate() {
        if rules[..n].iter().any(|other| other.order == rule.order) {
            return Err(Refused::parameter(format!(
                "EndpointAcl: the order {} stands there twice",
                rule.order
            )));
        }
    }
    Ok(rules)
}

fn probe(c: &Cursor<'_>) -> Result<Probe, Refused> {
    let path: Option<String> = c.filled("Path")?;
    let port = match c.value::<u16>("Port")?.unwrap_or(0) {
        0 => {
            return Err(c.misplaced("Port").unwrap_or_else(|| {
                Refused::bad_request(
                    "Value '0' specified for parameter 'LoadBalancerProbe.Port' is invalid. It must be between 1 and 65535.",
                )
                .detail("LoadBalancerProbe/Port")
            }));
        }
        port => port,
    };
    let protocol = c
        .expect("Protocol")?
        .word_in_any_case(&[("tcp", ProbeProtocol::Tcp), ("http", ProbeProtocol::Http)])?;
    match (protocol, &path) {
        (ProbeProtocol::Http, None) => {
            return Err(Refused::parameter("LoadBalancerProbe/Path: http needs one"));
        }
        (ProbeProtocol::Tcp, Some(path)) => {
            return Err(Refused::parameter(format!(
                "LoadBalancerProbe/Path: `{path}`, but tcp has none"
            )));
        }
        _ => {}
    }
    Ok(Probe {
        path,
        port,
        protocol,
        interval_seconds: at_least(c, "IntervalInSeconds", 5)?.unwrap_or(15),
        timeout_seconds: at_least(c, "TimeoutInSeconds", 11)?.unwrap_or(31),
    })
}

/// A number of seconds with a lower bound ("Create Virtual Machine Deployment").
fn at_least(c: &Cursor<'_>, name: &str, least: u32) -> Result<Option<u32>, Refused> {
    match c.value(name)? {
        Some(seconds) if seconds < least => Err(Refused::parameter(format!("{name}: `{seconds}`"))),
        seconds => Ok(seconds),
    }
}

fn acl_rule(e: Node<'_>) -> Result<AclRule, Refused> {
    e.read(&["Order", "Action", "RemoteSubnet", "Description"], |c| {
        Ok(AclRule {
            order: c.expect("Order")?.value()?,
            action: c
                .expect("Action")?
                .word_in_any_case(&[("permit", AclAction::Permit), ("deny", AclAction::Deny)])?,
            remote_subnet: c.expect("RemoteSubnet")?.value()?,
            description: c.text("Description")?,
        })
    })
}
