//! Bodies of requests.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::image::Urn;
use super::kind::Kind;
use crate::backend::site::resource_manager::{At, Cidr};
use crate::backend::{Account, Endpoint, MachinePlan, Secrets, SshKey};

/// Where a network's addresses lie, and its subnet's.
const NETWORK: &str = "10.0.0.0/16";
const SUBNET: &str = "10.0.0.0/24";

/// The name of the one subnet.
const SUBNET_NAME: &str = "default";

/// The priority of the first rule.
const FIRST_PRIORITY: usize = 1000;

/// The tags by which what a run made is known.
pub(super) mod tag {
    /// What made it.
    pub(in super::super) const MADE_BY: &str = "created-by";
    /// The value of that.
    pub(in super::super) const US: &str = "azure vm docker create";
    /// The host that it is a part of.
    pub(in super::super) const HOST: &str = "docker-host";
    /// The run that made it.
    pub(in super::super) const RUN: &str = "run";
    /// The port of Docker.
    pub(in super::super) const PORT: &str = "docker-port";
}

/// The tags of a thing.
pub(super) fn tags(at: &At) -> Value {
    let mut tags = Map::new();
    tags.insert(tag::MADE_BY.to_owned(), tag::US.into());
    tags.insert(tag::HOST.to_owned(), at.host.as_str().into());
    if let Some(run) = &at.run {
        tags.insert(tag::RUN.to_owned(), run.as_str().into());
    }
    Value::Object(tags)
}

/// A resource group.
pub(super) fn group(at: &At) -> Value {
    json!({"location": at.location, "tags": tags(at)})
}

/// Rules that let each port in, from everywhere or from some blocks.
pub(super) fn security_group(at: &At, ports: &[Endpoint], open_to: &[Cidr]) -> Value {
    let rules: Vec<Value> = ports
        .iter()
        .enumerate()
        .map(|(n, port)| {
            let mut properties = json!({
                "protocol": "Tcp",
                "sourcePortRange": "*",
                "destinationPortRange": port.local.get().to_string(),
                "destinationAddressPrefix": "*",
                "access": "Allow",
                "priority": FIRST_PRIORITY + n,
                "direction": "Inbound",
            });
            if open_to.is_empty() {
                properties["sourceAddressPrefix"] = "*".into();
            } else {
                properties["sourceAddressPrefixes"] = open_to.iter().map(Cidr::to_string).collect();
            }
            json!({"name": format!("allow-{}", port.name), "properties": properties})
        })
        .collect();
    json!({
        "location": at.location,
        "tags": tags(at),
        "properties": {"securityRules": rules},
    })
}

/// A network with its subnet.
pub(super) fn network(at: &At) -> Value {
    json!({
        "location": at.location,
        "tags": tags(at),
        "properties": {
            "addressSpace": {"addressPrefixes": [NETWORK]},
            "subnets": [{"name": SUBNET_NAME, "properties": {"addressPrefix": SUBNET}}],
        },
    })
}

/// A public address that stays, with its label.
pub(super) fn address(at: &At, label: &str) -> Value {
    json!({
        "location": at.location,
        "tags": tags(at),
        "sku": {"name": "Standard"},
        "properties": {
            "publicIPAllocationMethod": "Static",
            "dnsSettings": {"domainNameLabel": label},
        },
    })
}

/// An interface; the address goes with it.
pub(super) fn interface(
    at: &At,
    subscription: &str,
    [security_group, network, address]: [&str; 3],
) -> Value {
    let id = |kind, name: &str| id(subscription, &at.group, kind, name);
    let subnet = format!(
        "{}/subnets/{SUBNET_NAME}",
        id(Kind::VirtualNetwork, network)
    );
    json!({
        "location": at.location,
        "tags": tags(at),
        "properties": {
            "networkSecurityGroup": {"id": id(Kind::SecurityGroup, security_group)},
            "ipConfigurations": [{
                "name": "ip",
                "properties": {
                    "primary": true,
                    "privateIPAllocationMethod": "Dynamic",
                    "subnet": {"id": subnet},
                    "publicIPAddress": {
                        "id": id(Kind::PublicAddress, address),
                        "properties": {"deleteOption": "Delete"},
                    },
                },
            }],
        },
    })
}

/// A machine; its disk and its interface go with it.
pub(super) fn machine(
    at: &At,
    subscription: &str,
    interface: &str,
    machine: &MachinePlan,
    secrets: &Secrets,
    custom_data: Option<&[u8]>,
) -> Value {
    let mut tags = tags(at);
    if let Some(docker) = &machine.docker {
        tags[tag::PORT] = docker.port.to_string().into();
    }
    json!({
        "location": at.location,
        "tags": tags,
        "properties": {
            "hardwareProfile": {"vmSize": machine.size.as_str()},
            "storageProfile": {
                "imageReference": Urn::reference(&machine.image.name),
                "osDisk": {
                    "createOption": "FromImage",
                    "caching": "ReadWrite",
                    "deleteOption": "Delete",
                    "managedDisk": {"storageAccountType": "StandardSSD_LRS"},
                },
            },
            "osProfile": profile(machine, secrets, custom_data),
            "networkProfile": {"networkInterfaces": [{
                "id": id(subscription, &at.group, Kind::Interface, interface),
                "properties": {"primary": true, "deleteOption": "Delete"},
            }]},
        },
    })
}

fn profile(machine: &MachinePlan, secrets: &Secrets, custom_data: Option<&[u8]>) -> Value {
    let mut profile = json!({"computerName": machine.name.as_str()});
    if let Account::Linux { user, key, .. } = &machine.account {
        let mut linux = json!({"disablePasswordAuthentication": secrets.password.is_none()});
        if let Some(SshKey::Public(key)) = key {
            linux["ssh"] = json!({"publicKeys": [{
                "path": format!("/home/{user}/.ssh/authorized_keys"),
                "keyData": key.line,
            }]});
        }
        profile["adminUsername"] = user.as_str().into();
        profile["linuxConfiguration"] = linux;
    }
    if let Some(password) = &secrets.password {
        profile["adminPassword"] = password.expose_secret().into();
    }
    if let Some(data) = custom_data {
        profile["customData"] = BASE64_STANDARD.encode(data).into();
    }
    profile
}

/// The id of a thing.
pub(super) fn id(subscription: &str, group: &str, kind: Kind, name: &str) -> String {
    format!(
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/{}/{}/{name}",
        kind.namespace(),
        kind.kind()
    )
}
