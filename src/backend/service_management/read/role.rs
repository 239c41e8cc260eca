//! What a machine was asked to be: read from the service, changed, and sent back.
//!
//! Every field is optional: `None` is not sent. A list that the service left out is read as an
//! empty one, and goes back as an empty element, as the old CLI did it.

use super::super::record::{list, one, record};
use super::super::value::Secret;

record! {
    /// A machine as it was asked for (`PersistentVMRole`).
    pub struct Role {
        /// Its name.
        role_name: Option<String> = "RoleName",
        /// Always empty for machines.
        os_version: Option<String> = one("OsVersion").told(),
        /// `PersistentVMRole`.
        role_type: Option<String> = "RoleType",
        /// Its settings; the service tells those of the network alone.
        configuration_sets: Option<Vec<ConfigurationSet>> =
            list("ConfigurationSets", "ConfigurationSet").kept(),
        /// The extensions it was given.
        resource_extension_references: Option<Vec<ExtensionReference>> =
            list("ResourceExtensionReferences", "ResourceExtensionReference").kept(),
        /// The VM image it is made from.
        vm_image_name: Option<String> = "VMImageName",
        /// Where the disks of a VM image are copied to.
        media_location: Option<String> = "MediaLocation",
        /// The availability set it belongs to.
        availability_set_name: Option<String> = "AvailabilitySetName",
        /// Its data disks.
        data_virtual_hard_disks: Option<Vec<DataDisk>> =
            list("DataVirtualHardDisks", "DataVirtualHardDisk").kept(),
        /// Its label.
        label: Option<String> = one("Label").told(),
        /// The disk it boots from.
        os_virtual_hard_disk: Option<OsDisk> = "OSVirtualHardDisk",
        /// Its size.
        role_size: Option<String> = "RoleSize",
        /// The certificate of its remote management.
        default_win_rm_certificate_thumbprint: Option<String> = "DefaultWinRmCertificateThumbprint",
        /// Is an agent installed in it?
        provision_guest_agent: Option<bool> = "ProvisionGuestAgent",
        /// Whether its boot is recorded.
        debug_settings: Option<DebugSettings> = "DebugSettings",
    }
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

record! {
    /// One set of settings; its type says which fields count.
    pub struct ConfigurationSet {
        /// `NetworkConfiguration`, `LinuxProvisioningConfiguration` or `WindowsProvisioningConfiguration`.
        configuration_set_type: Option<String> = "ConfigurationSetType",
        /// Ports open to the world (network).
        input_endpoints: Option<Vec<InputEndpoint>> =
            list("InputEndpoints", "InputEndpoint").kept(),
        /// Subnets of the virtual network (network).
        subnet_names: Option<Vec<String>> = list("SubnetNames", "SubnetName").kept(),
        /// A fixed address inside (network).
        static_virtual_network_ip_address: Option<String> = "StaticVirtualNetworkIPAddress",
        /// Public addresses of its own (network).
        public_ips: Option<Vec<PublicIp>> = list("PublicIPs", "PublicIP").kept(),
        /// Further interfaces (network).
        network_interfaces: Option<Vec<NetworkInterface>> =
            list("NetworkInterfaces", "NetworkInterface").kept(),
        /// Its security group (network).
        network_security_group: Option<String> = "NetworkSecurityGroup",
        /// The machine's name (Windows).
        computer_name: Option<String> = "ComputerName",
        /// Its administrator's password (Windows).
        admin_password: Option<Secret> = "AdminPassword",
        /// Must the password be changed? (Windows)
        reset_password_on_first_logon: Option<bool> = "ResetPasswordOnFirstLogon",
        /// Does it update itself? (Windows)
        enable_automatic_updates: Option<bool> = "EnableAutomaticUpdates",
        /// Its time zone (Windows).
        time_zone: Option<String> = "TimeZone",
        /// Certificates of the service that go into it (Windows).
        stored_certificate_settings: Option<Vec<CertificateSetting>> =
            list("StoredCertificateSettings", "CertificateSetting").kept(),
        /// Its administrator's name (Windows).
        admin_username: Option<String> = "AdminUsername",
        /// The machine's name (Linux).
        host_name: Option<String> = "HostName",
        /// Its user's name (Linux).
        user_name: Option<String> = "UserName",
        /// Its user's password (Linux).
        user_password: Option<Secret> = "UserPassword",
        /// Does ssh refuse passwords? (Linux)
        disable_ssh_password_authentication: Option<bool> = "DisableSshPasswordAuthentication",
        /// The keys that ssh takes (Linux).
        ssh: Option<Ssh> = "SSH",
        /// A file for the machine, in base64 (both).
        custom_data: Option<Secret> = "CustomData",
    }
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

record! {
    /// A port of the machine that is open to the world.
    #[derive(PartialEq, Eq)]
    pub struct InputEndpoint {
        /// The load-balanced set it belongs to.
        load_balanced_endpoint_set_name: Option<String> = "LoadBalancedEndpointSetName",
        /// The port inside.
        local_port: Option<String> = "LocalPort",
        /// Its name.
        name: Option<String> = "Name",
        /// The port outside.
        port: Option<String> = "Port",
        /// How the load balancer asks whether it lives.
        load_balancer_probe: Option<Probe> = "LoadBalancerProbe",
        /// `tcp` or `udp`.
        protocol: Option<String> = "Protocol",
        /// The public address.
        vip: Option<String> = "Vip",
        /// Do answers go past the load balancer?
        enable_direct_server_return: Option<bool> = "EnableDirectServerReturn",
        /// The internal load balancer it belongs to.
        load_balancer_name: Option<String> = "LoadBalancerName",
        /// Who may use it.
        endpoint_acl: Option<EndpointAcl> = "EndpointAcl",
        /// How long an idle connection lives, in minutes.
        idle_timeout_in_minutes: Option<u32> = "IdleTimeoutInMinutes",
        /// `sourceIP`, `sourceIPProtocol` or `none`.
        load_balancer_distribution: Option<String> = "LoadBalancerDistribution",
        /// The public address' name.
        virtual_ip_name: Option<String> = "VirtualIPName",
    }

    /// How a load balancer asks whether a machine lives.
    #[derive(PartialEq, Eq)]
    pub struct Probe {
        /// The path to ask for (http).
        path: Option<String> = "Path",
        /// The port to ask at.
        port: Option<u32> = "Port",
        /// `tcp` or `http`.
        protocol: Option<String> = "Protocol",
        /// How often, in seconds.
        interval_in_seconds: Option<u32> = "IntervalInSeconds",
        /// When it gives up, in seconds.
        timeout_in_seconds: Option<u32> = "TimeoutInSeconds",
    }

    /// Who may use an endpoint.
    #[derive(PartialEq, Eq)]
    pub struct EndpointAcl {
        /// The rules, in no particular order.
        rules: Vec<AclRule> = list("Rules", "Rule"),
    }

    /// One rule on who may use an endpoint.
    #[derive(PartialEq, Eq)]
    pub struct AclRule {
        /// Its place among the rules.
        order: Option<u32> = "Order",
        /// `permit` or `deny`.
        action: Option<String> = "Action",
        /// Whom it is about, as address and prefix.
        remote_subnet: Option<String> = "RemoteSubnet",
        /// What its owner says of it.
        description: Option<String> = "Description",
    }

    /// A public address of one machine, as asked for.
    #[derive(PartialEq, Eq)]
    pub struct PublicIp {
        /// Its name.
        name: Option<String> = "Name",
        /// How long an idle connection lives, in minutes.
        idle_timeout_in_minutes: Option<u32> = "IdleTimeoutInMinutes",
        /// The first word of its public name.
        domain_name_label: Option<String> = "DomainNameLabel",
    }

    /// A further interface of a machine.
    #[derive(PartialEq, Eq)]
    pub struct NetworkInterface {
        /// Its name.
        name: Option<String> = "Name",
        /// Its addresses.
        ip_configurations: Vec<IpConfiguration> = list("IPConfigurations", "IPConfiguration"),
        /// The security group that guards it.
        network_security_group: Option<String> = "NetworkSecurityGroup",
        /// Does it forward packets? `Enabled` or `Disabled`.
        ip_forwarding: Option<String> = "IPForwarding",
    }

    /// An address of a further interface.
    #[derive(PartialEq, Eq)]
    pub struct IpConfiguration {
        /// The subnet it lies in.
        subnet_name: Option<String> = "SubnetName",
        /// A fixed address.
        static_virtual_network_ip_address: Option<String> = "StaticVirtualNetworkIPAddress",
    }

    /// A certificate of the service that goes into a Windows machine.
    #[derive(PartialEq, Eq)]
    pub struct CertificateSetting {
        /// `LocalMachine`.
        store_location: Option<String> = "StoreLocation",
        /// For instance `My`.
        store_name: Option<String> = "StoreName",
        /// Its SHA-1, upper-case hexadecimal.
        thumbprint: Option<String> = "Thumbprint",
    }

    /// The keys that ssh takes.
    #[derive(PartialEq, Eq)]
    pub struct Ssh {
        /// Keys that may sign in.
        public_keys: Vec<SshKey> = list("PublicKeys", "PublicKey").filled(),
        /// Keys that the machine itself holds.
        key_pairs: Vec<SshKey> = list("KeyPairs", "KeyPair").filled(),
    }

    /// A certificate of the service and the file of the machine that gets its key.
    #[derive(PartialEq, Eq)]
    pub struct SshKey {
        /// SHA-1 of the certificate, upper-case hexadecimal.
        fingerprint: Option<String> = "Fingerprint",
        /// The file inside.
        path: Option<String> = "Path",
    }

    /// An extension that a machine was given.
    pub struct ExtensionReference {
        /// The machine's own name for it.
        reference_name: Option<String> = "ReferenceName",
        /// Who made it.
        publisher: Option<String> = "Publisher",
        /// Its name.
        name: Option<String> = "Name",
        /// Its version, or a pattern such as `1.*`.
        version: Option<String> = "Version",
        /// Its settings.
        resource_extension_parameter_values: Vec<ExtensionParameter> =
            list("ResourceExtensionParameterValues", "ResourceExtensionParameterValue"),
        /// `Enable`, `Disable` or `Uninstall`.
        state: Option<String> = "State",
    }

    /// Settings of an extension.
    pub struct ExtensionParameter {
        /// Their name.
        key: Option<String> = "Key",
        /// The settings in base64; private ones are never told by the service.
        value: Option<Secret> = "Value",
        /// `Public` or `Private`.
        kind: Option<String> = "Type",
    }

    /// A data disk of a machine.
    #[derive(PartialEq, Eq)]
    pub struct DataDisk {
        /// `None`, `ReadOnly` or `ReadWrite`.
        host_caching: Option<String> = "HostCaching",
        /// Its label.
        label: Option<String> = "DiskLabel",
        /// The disk's name.
        name: Option<String> = "DiskName",
        /// Its number; the service leaves out a 0.
        lun: Option<u32> = "Lun",
        /// Its size, in GB.
        logical_disk_size_in_gb: Option<u32> = "LogicalDiskSizeInGB",
        /// Where it lies.
        media_link: Option<String> = "MediaLink",
        /// What it is copied from.
        source_media_link: Option<String> = "SourceMediaLink",
        /// For instance `Standard`.
        io_type: Option<String> = "IOType",
    }

    /// The disk that a machine boots from.
    #[derive(PartialEq, Eq)]
    pub struct OsDisk {
        /// `None`, `ReadOnly` or `ReadWrite`.
        host_caching: Option<String> = "HostCaching",
        /// Its label.
        label: Option<String> = "DiskLabel",
        /// The disk's name.
        name: Option<String> = "DiskName",
        /// Where it lies.
        media_link: Option<String> = "MediaLink",
        /// The image it was made from.
        source_image_name: Option<String> = "SourceImageName",
        /// `Linux` or `Windows`.
        os: Option<String> = "OS",
        /// The image elsewhere that it was made from.
        remote_source_image_link: Option<String> = "RemoteSourceImageLink",
        /// For instance `Standard`.
        io_type: Option<String> = "IOType",
        /// The size it was made larger to, in GB.
        resized_size_in_gb: Option<u32> = "ResizedSizeInGB",
    }

    /// Whether the boot of a machine is recorded, and where.
    #[derive(PartialEq, Eq)]
    pub struct DebugSettings {
        /// Is it?
        boot_diagnostics_enabled: Option<bool> = "BootDiagnosticsEnabled",
        /// Where the picture of its screen lies.
        console_screenshot_blob_uri: Option<String> = "ConsoleScreenshotBlobUri",
        /// Where the text of its console lies.
        serial_output_blob_uri: Option<String> = "SerialOutputBlobUri",
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
