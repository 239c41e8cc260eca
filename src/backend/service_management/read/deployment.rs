//! Deployments and the machines that run in them.

use serde::{Deserialize, Serialize};

use super::role::Role;
use super::value::{Moment, label};

/// What fills a slot of a cloud service.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// `Production` or `Staging`.
    pub deployment_slot: String,
    /// The service's own id of it, 32 hexadecimal digits.
    #[serde(rename(serialize = "privateId", deserialize = "PrivateID"))]
    pub private_id: String,
    /// For instance `Running`, `Suspended`, `Deploying`.
    pub status: String,
    /// Its label, decoded.
    #[serde(deserialize_with = "label")]
    pub label: Option<String>,
    /// `http://NAME.cloudapp.net/`; absent while it is being made.
    #[serde(rename(serialize = "uri", deserialize = "Url"))]
    pub url: Option<String>,
    /// The machines.
    #[serde(rename(serialize = "roleInstances", deserialize = "RoleInstanceList"))]
    pub role_instances: Vec<RoleInstance>,
    /// What the machines were asked to be.
    #[serde(rename(serialize = "roles", deserialize = "RoleList"))]
    pub roles: Vec<Role>,
    /// Is an operation under way?
    pub locked: Option<bool>,
    /// The virtual network that it belongs to.
    pub virtual_network_name: Option<String>,
    /// When it was made.
    pub created_time: Option<Moment>,
    /// When it was last changed.
    pub last_modified_time: Option<Moment>,
    /// Its public addresses.
    #[serde(rename(serialize = "virtualIPAddresses", deserialize = "VirtualIPs"))]
    pub virtual_ips: Vec<VirtualIp>,
    /// The reserved address that it uses.
    #[serde(rename(serialize = "reservedIPName", deserialize = "ReservedIPName"))]
    pub reserved_ip_name: Option<String>,
    /// The suffix of the machines' names inside.
    pub internal_dns_suffix: Option<String>,
    /// Its internal load balancers.
    #[serde(skip_serializing)]
    pub load_balancers: Vec<LoadBalancer>,
}

/// A load balancer that serves the inside of a virtual network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// Where it is reached.
    #[serde(
        rename(
            serialize = "frontendIPConfiguration",
            deserialize = "FrontendIpConfiguration"
        ),
        skip_serializing_if = "Option::is_none"
    )]
    pub frontend: Option<Frontend>,
}

/// Where an internal load balancer is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Frontend {
    /// `Private`.
    #[serde(
        rename(serialize = "type", deserialize = "Type"),
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// The subnet that its address lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_name: Option<String>,
    /// Its address.
    #[serde(
        rename(
            serialize = "staticVirtualNetworkIPAddress",
            deserialize = "StaticVirtualNetworkIPAddress"
        ),
        skip_serializing_if = "Option::is_none"
    )]
    pub static_virtual_network_ip_address: Option<String>,
}

impl Deployment {
    /// The public name, from the deployment's address.
    pub fn dns_name(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        Some(host.split(['/', ':']).next().unwrap_or(host))
    }

    /// The machine of the role called `role`.
    pub fn instance(&self, role: &str) -> Option<&RoleInstance> {
        self.role_instances
            .iter()
            .find(|instance| instance.role_name == role)
    }
}

/// A public address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct VirtualIp {
    /// The address.
    pub address: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Does the public name lead to it?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_dns_programmed: Option<bool>,
    /// Is it a reserved one? No part of the JSON.
    #[serde(skip_serializing)]
    pub is_reserved: Option<bool>,
    /// The reserved address' name; no part of the JSON.
    #[serde(skip_serializing, rename(deserialize = "ReservedIPName"))]
    pub reserved_ip_name: Option<String>,
}

/// One machine as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct RoleInstance {
    /// The role that it is made from.
    pub role_name: String,
    /// Its own name, which is the role's.
    pub instance_name: String,
    /// For instance `ReadyRole`, `StoppedDeallocated`.
    pub instance_status: Option<String>,
    /// Its size.
    pub instance_size: Option<String>,
    /// Words on its status.
    pub instance_state_details: Option<String>,
    /// Why it failed.
    pub instance_error_code: Option<String>,
    /// Its address inside.
    #[serde(rename(serialize = "iPAddress", deserialize = "IpAddress"))]
    pub ip_address: Option<String>,
    /// Its ports that are open to the world.
    pub instance_endpoints: Vec<InstanceEndpoint>,
    /// `Starting`, `Started`, `Stopping`, `Stopped` or `Unknown`.
    pub power_state: Option<String>,
    /// The name it calls itself.
    pub host_name: Option<String>,
    /// The certificate of its remote desktop.
    pub remote_access_certificate_thumbprint: Option<String>,
    /// What the agent inside says.
    pub guest_agent_status: Option<GuestAgentStatus>,
    /// What the extensions say.
    pub resource_extension_status_list: Vec<ExtensionStatus>,
    /// Its own public addresses.
    #[serde(rename(serialize = "publicIPs", deserialize = "PublicIPs"))]
    pub public_ips: Vec<InstancePublicIp>,
    /// Planned maintenance.
    pub maintenance_status: Option<MaintenanceStatus>,
}

/// A port of a machine that is open to the world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct InstanceEndpoint {
    /// The port inside.
    pub local_port: Option<u16>,
    /// Its name.
    pub name: String,
    /// The port outside.
    #[serde(rename(serialize = "port", deserialize = "PublicPort"))]
    pub public_port: Option<u16>,
    /// `tcp` or `udp`.
    pub protocol: Option<String>,
    /// The public address.
    #[serde(rename(serialize = "virtualIPAddress", deserialize = "Vip"))]
    pub vip: Option<String>,
    /// How long an idle connection lives, in minutes.
    pub idle_timeout_in_minutes: Option<u32>,
}

/// A public address of one machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct InstancePublicIp {
    /// Its name.
    pub name: String,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How long an idle connection lives, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout_in_minutes: Option<u32>,
}

/// What the agent inside a machine says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct GuestAgentStatus {
    /// When it last said something.
    pub timestamp: Option<Moment>,
    /// Its version, or `Unknown`.
    pub guest_agent_version: Option<String>,
    /// `Ready` or `NotReady`.
    pub status: String,
    /// Its words.
    pub formatted_message: Option<LocalizedMessage>,
}

/// Words for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct LocalizedMessage {
    /// For instance `en-US`.
    pub language: String,
    /// The words.
    pub message: String,
}

/// What the handler of an extension says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ExtensionStatus {
    /// Publisher and name, joined by a dot.
    pub handler_name: String,
    /// The version in use.
    pub version: String,
    /// `Installing`, `Ready`, `NotReady` or `Unresponsive`.
    pub status: String,
    /// Its words.
    pub formatted_message: Option<LocalizedMessage>,
    /// What the extension made of its settings.
    pub extension_setting_status: Option<ExtensionSettingStatus>,
}

/// What an extension made of its settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ExtensionSettingStatus {
    /// When it said so.
    pub timestamp: Option<Moment>,
    /// Its name.
    pub name: Option<String>,
    /// What it is doing.
    pub operation: Option<String>,
    /// `Transitioning`, `Success`, `Warning` or `Error`.
    pub status: String,
    /// Its words.
    pub formatted_message: Option<LocalizedMessage>,
}

/// Planned maintenance of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct MaintenanceStatus {
    /// May its owner start it?
    pub is_customer_initiated_maintenance_allowed: Option<bool>,
}
