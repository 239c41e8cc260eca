//! What a machine was asked to be: read from the service, changed, and sent back.
//!
//! Every field is optional: `None` is not sent. A list that the service left out is read as an
//! empty one, and goes back as an empty element, as the old CLI did it.

use serde::{Deserialize, Serialize};

use super::value::{Secret, empty};

/// A machine as it was asked for (`PersistentVMRole`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Role {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// Always empty for machines.
    #[serde(
        rename(serialize = "oSVersion", deserialize = "OsVersion"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os_version: Option<String>,
    /// `PersistentVMRole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_type: Option<String>,
    /// Its settings; the service tells those of the network alone.
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub configuration_sets: Option<Vec<ConfigurationSet>>,
    /// The extensions it was given.
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub resource_extension_references: Option<Vec<ExtensionReference>>,
    /// The VM image it is made from.
    #[serde(
        rename(serialize = "vMImageName", deserialize = "VMImageName"),
        skip_serializing_if = "Option::is_none"
    )]
    pub vm_image_name: Option<String>,
    /// Where the disks of a VM image are copied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_location: Option<String>,
    /// The availability set it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_set_name: Option<String>,
    /// Its data disks.
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub data_virtual_hard_disks: Option<Vec<DataDisk>>,
    /// Its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The disk it boots from.
    #[serde(
        rename(serialize = "oSVirtualHardDisk", deserialize = "OSVirtualHardDisk"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os_virtual_hard_disk: Option<OsDisk>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_size: Option<String>,
    /// The certificate of its remote management.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_win_rm_certificate_thumbprint: Option<String>,
    /// Is an agent installed in it?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provision_guest_agent: Option<bool>,
    /// Whether its boot is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_settings: Option<DebugSettings>,
}

impl Role {
    /// The settings of the network, if there are any.
    pub fn network(&self) -> Option<&ConfigurationSet> {
        self.configuration_sets
            .iter()
            .flatten()
            .find(|set| set.is_network())
    }

    /// The role as it goes back after a change: the service keeps what only it may say. Extensions go
    /// along, with the agent that they need, because it takes away those that it is not sent.
    #[must_use]
    pub fn for_update(mut self) -> Self {
        self.default_win_rm_certificate_thumbprint = None;
        self.resource_extension_references = self
            .resource_extension_references
            .filter(|references| !references.is_empty());
        if self.resource_extension_references.is_none() {
            self.provision_guest_agent = None;
        }
        self
    }

    /// Is it a virtual machine, and not a web or worker role?
    pub fn is_machine(&self) -> bool {
        self.role_type.as_deref() == Some("PersistentVMRole")
    }
}

/// One set of settings; its type says which fields count.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ConfigurationSet {
    /// `NetworkConfiguration`, `LinuxProvisioningConfiguration` or `WindowsProvisioningConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set_type: Option<String>,
    /// Ports open to the world (network).
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub input_endpoints: Option<Vec<InputEndpoint>>,
    /// Subnets of the virtual network (network).
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub subnet_names: Option<Vec<String>>,
    /// A fixed address inside (network).
    #[serde(
        rename(
            serialize = "staticVirtualNetworkIPAddress",
            deserialize = "StaticVirtualNetworkIPAddress"
        ),
        skip_serializing_if = "Option::is_none"
    )]
    pub static_virtual_network_ip_address: Option<String>,
    /// Public addresses of its own (network).
    #[serde(
        rename(serialize = "publicIPs", deserialize = "PublicIPs"),
        default = "empty",
        skip_serializing_if = "Option::is_none"
    )]
    pub public_ips: Option<Vec<PublicIp>>,
    /// Further interfaces (network).
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub network_interfaces: Option<Vec<NetworkInterface>>,
    /// Its security group (network).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_security_group: Option<String>,
    /// The machine's name (Windows).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computer_name: Option<String>,
    /// Its administrator's password (Windows).
    #[serde(skip_serializing)]
    pub admin_password: Option<Secret>,
    /// Must the password be changed? (Windows)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_password_on_first_logon: Option<bool>,
    /// Does it update itself? (Windows)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_automatic_updates: Option<bool>,
    /// Its time zone (Windows).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Certificates of the service that go into it (Windows).
    #[serde(default = "empty", skip_serializing_if = "Option::is_none")]
    pub stored_certificate_settings: Option<Vec<CertificateSetting>>,
    /// Its administrator's name (Windows).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_username: Option<String>,
    /// The machine's name (Linux).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    /// Its user's name (Linux).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Its user's password (Linux).
    #[serde(skip_serializing)]
    pub user_password: Option<Secret>,
    /// Does ssh refuse passwords? (Linux)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_ssh_password_authentication: Option<bool>,
    /// The keys that ssh takes (Linux).
    #[serde(
        rename(serialize = "sshSettings", deserialize = "SSH"),
        skip_serializing_if = "Option::is_none"
    )]
    pub ssh: Option<Ssh>,
    /// A file for the machine, in base64 (both).
    #[serde(skip_serializing)]
    pub custom_data: Option<Secret>,
}

impl ConfigurationSet {
    /// The type of the network's settings.
    pub const NETWORK: &'static str = "NetworkConfiguration";
    /// The type of a Linux machine's first settings.
    pub const LINUX: &'static str = "LinuxProvisioningConfiguration";
    /// The type of a Windows machine's first settings.
    pub const WINDOWS: &'static str = "WindowsProvisioningConfiguration";

    /// Are these the network's settings?
    pub fn is_network(&self) -> bool {
        self.configuration_set_type.as_deref() == Some(Self::NETWORK)
    }
}

/// A port of the machine that is open to the world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct InputEndpoint {
    /// The load-balanced set it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balanced_endpoint_set_name: Option<String>,
    /// The port inside.
    #[serde(serialize_with = "port", skip_serializing_if = "Option::is_none")]
    pub local_port: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The port outside.
    #[serde(serialize_with = "port", skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// How the load balancer asks whether it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_probe: Option<Probe>,
    /// `tcp` or `udp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The public address.
    #[serde(
        rename(serialize = "virtualIPAddress", deserialize = "Vip"),
        skip_serializing_if = "Option::is_none"
    )]
    pub vip: Option<String>,
    /// Do answers go past the load balancer?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_direct_server_return: Option<bool>,
    /// The internal load balancer it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_name: Option<String>,
    /// Who may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_acl: Option<EndpointAcl>,
    /// How long an idle connection lives, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout_in_minutes: Option<u32>,
    /// `sourceIP`, `sourceIPProtocol` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_distribution: Option<String>,
    /// The public address' name.
    #[serde(
        rename(serialize = "virtualIPName", deserialize = "VirtualIPName"),
        skip_serializing_if = "Option::is_none"
    )]
    pub virtual_ip_name: Option<String>,
}

/// How a load balancer asks whether a machine lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Probe {
    /// The path to ask for (http).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The port to ask at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
    /// `tcp` or `http`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// How often, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_in_seconds: Option<u32>,
    /// When it gives up, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<u32>,
}

/// Who may use an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct EndpointAcl {
    /// The rules, in no particular order.
    pub rules: Vec<AclRule>,
}

/// One rule on who may use an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct AclRule {
    /// Its place among the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// `permit` or `deny`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Whom it is about, as address and prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_subnet: Option<String>,
    /// What its owner says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A public address of one machine, as asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct PublicIp {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How long an idle connection lives, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout_in_minutes: Option<u32>,
    /// The first word of its public name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name_label: Option<String>,
}

/// A further interface of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct NetworkInterface {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its addresses.
    #[serde(rename(serialize = "iPConfigurations", deserialize = "IPConfigurations"))]
    pub ip_configurations: Vec<IpConfiguration>,
    /// The security group that guards it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_security_group: Option<String>,
    /// Does it forward packets? `Enabled` or `Disabled`.
    #[serde(
        rename(serialize = "iPForwarding", deserialize = "IPForwarding"),
        skip_serializing_if = "Option::is_none"
    )]
    pub ip_forwarding: Option<String>,
}

/// An address of a further interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct IpConfiguration {
    /// The subnet it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_name: Option<String>,
    /// A fixed address.
    #[serde(
        rename(
            serialize = "staticVirtualNetworkIPAddress",
            deserialize = "StaticVirtualNetworkIPAddress"
        ),
        skip_serializing_if = "Option::is_none"
    )]
    pub static_virtual_network_ip_address: Option<String>,
}

/// A certificate of the service that goes into a Windows machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct CertificateSetting {
    /// `LocalMachine`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_location: Option<String>,
    /// For instance `My`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_name: Option<String>,
    /// Its SHA-1, upper-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
}

/// The keys that ssh takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Ssh {
    /// Keys that may sign in.
    pub public_keys: Vec<SshKey>,
    /// Keys that the machine itself holds.
    pub key_pairs: Vec<SshKey>,
}

/// A certificate of the service and the file of the machine that gets its key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct SshKey {
    /// SHA-1 of the certificate, upper-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The file inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// An extension that a machine was given.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ExtensionReference {
    /// The machine's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_name: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its version, or a pattern such as `1.*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its settings.
    pub resource_extension_parameter_values: Vec<ExtensionParameter>,
    /// `Enable`, `Disable` or `Uninstall`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// Settings of an extension.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ExtensionParameter {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The settings in base64; private ones are never told by the service.
    #[serde(skip_serializing)]
    pub value: Option<Secret>,
    /// `Public` or `Private`.
    #[serde(
        rename(serialize = "type", deserialize = "Type"),
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
}

/// A data disk of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct DataDisk {
    /// `None`, `ReadOnly` or `ReadWrite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_caching: Option<String>,
    /// Its label.
    #[serde(
        rename(serialize = "label", deserialize = "DiskLabel"),
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// The disk's name.
    #[serde(
        rename(serialize = "name", deserialize = "DiskName"),
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Its number; the service leaves out a 0.
    #[serde(
        rename(serialize = "logicalUnitNumber", deserialize = "Lun"),
        skip_serializing_if = "Option::is_none"
    )]
    pub lun: Option<u32>,
    /// Its size, in GB.
    #[serde(
        rename(serialize = "logicalDiskSizeInGB", deserialize = "LogicalDiskSizeInGB"),
        skip_serializing_if = "Option::is_none"
    )]
    pub logical_disk_size_in_gb: Option<u32>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_link: Option<String>,
    /// What it is copied from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_media_link: Option<String>,
    /// For instance `Standard`.
    #[serde(
        rename(serialize = "iOType", deserialize = "IOType"),
        skip_serializing_if = "Option::is_none"
    )]
    pub io_type: Option<String>,
}

/// The disk that a machine boots from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct OsDisk {
    /// `None`, `ReadOnly` or `ReadWrite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_caching: Option<String>,
    /// Its label.
    #[serde(
        rename(serialize = "label", deserialize = "DiskLabel"),
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// The disk's name.
    #[serde(
        rename(serialize = "name", deserialize = "DiskName"),
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_link: Option<String>,
    /// The image it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_image_name: Option<String>,
    /// `Linux` or `Windows`.
    #[serde(
        rename(serialize = "operatingSystem", deserialize = "OS"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os: Option<String>,
    /// The image elsewhere that it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_source_image_link: Option<String>,
    /// For instance `Standard`.
    #[serde(
        rename(serialize = "iOType", deserialize = "IOType"),
        skip_serializing_if = "Option::is_none"
    )]
    pub io_type: Option<String>,
    /// The size it was made larger to, in GB.
    #[serde(
        rename(serialize = "resizedSizeInGB", deserialize = "ResizedSizeInGB"),
        skip_serializing_if = "Option::is_none"
    )]
    pub resized_size_in_gb: Option<u32>,
}

/// Whether the boot of a machine is recorded, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct DebugSettings {
    /// Is it?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_diagnostics_enabled: Option<bool>,
    /// Where the picture of its screen lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console_screenshot_blob_uri: Option<String>,
    /// Where the text of its console lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_output_blob_uri: Option<String>,
}

/// A port goes out as typed, so that the service judges it, and is a number in JSON.
#[expect(clippy::ref_option, reason = "the shape that serde calls")]
fn port<S: serde::Serializer>(value: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = value.as_deref().unwrap_or_default();
    match text.parse::<u64>() {
        Ok(number) => serializer.serialize_u64(number),
        Err(_) => serializer.serialize_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_go_back_with_the_agent_that_they_need() {
        let role = |references: Vec<ExtensionReference>| Role {
            resource_extension_references: Some(references),
            provision_guest_agent: Some(true),
            ..Role::default()
        };

        let with = role(vec![ExtensionReference::default()]).for_update();
        let without = role(Vec::new()).for_update();

        assert_eq!(
            with.resource_extension_references.map(|all| all.len()),
            Some(1)
        );
        assert_eq!(with.provision_guest_agent, Some(true));
        assert!(without.resource_extension_references.is_none());
        assert_eq!(without.provision_guest_agent, None);
    }
}
