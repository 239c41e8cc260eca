//! The role and its parts, element by element.

use super::super::read::{
    AclRule, ConfigurationSet, DataDisk, ExtensionReference, InputEndpoint, NetworkInterface,
    OsDisk, PublicIp, Role, Secret, SshKey,
};
use super::{Body, Document, Elements};

impl Body for Role {
    /// The body that adds this role or puts it in the place of another of its name.
    fn document(&self) -> Document {
        Document::new("PersistentVMRole", |root| role(self, root))
    }
}

pub(super) fn role(role: &Role, at: &mut Elements) {
    at.maybe("RoleName", role.role_name.as_ref());
    at.maybe("RoleType", role.role_type.as_ref());
    at.list(
        "ConfigurationSets",
        "ConfigurationSet",
        role.configuration_sets.as_deref(),
        configuration_set,
    );
    at.list(
        "ResourceExtensionReferences",
        "ResourceExtensionReference",
        role.resource_extension_references.as_deref(),
        extension,
    );
    at.maybe("VMImageName", role.vm_image_name.as_ref());
    at.maybe("MediaLocation", role.media_location.as_ref());
    at.maybe("AvailabilitySetName", role.availability_set_name.as_ref());
    at.list(
        "DataVirtualHardDisks",
        "DataVirtualHardDisk",
        role.data_virtual_hard_disks.as_deref(),
        data_disk,
    );
    if let Some(disk) = &role.os_virtual_hard_disk {
        at.parent("OSVirtualHardDisk", |at| os_disk(disk, at));
    }
    at.maybe("RoleSize", role.role_size.as_ref());
    at.maybe(
        "DefaultWinRmCertificateThumbprint",
        role.default_win_rm_certificate_thumbprint.as_ref(),
    );
    at.maybe("ProvisionGuestAgent", role.provision_guest_agent);
    if let Some(debug) = &role.debug_settings {
        at.parent("DebugSettings", |at| {
            at.maybe("BootDiagnosticsEnabled", debug.boot_diagnostics_enabled);
            at.maybe(
                "ConsoleScreenshotBlobUri",
                debug.console_screenshot_blob_uri.as_ref(),
            );
            at.maybe("SerialOutputBlobUri", debug.serial_output_blob_uri.as_ref());
        });
    }
}

fn configuration_set(set: &ConfigurationSet, at: &mut Elements) {
    at.maybe("ConfigurationSetType", set.configuration_set_type.as_ref());
    at.list(
        "InputEndpoints",
        "InputEndpoint",
        set.input_endpoints.as_deref(),
        input_endpoint,
    );
    if let Some(names) = &set.subnet_names {
        at.parent("SubnetNames", |at| {
            for name in names {
                at.text("SubnetName", name);
            }
        });
    }
    at.maybe(
        "StaticVirtualNetworkIPAddress",
        set.static_virtual_network_ip_address.as_ref(),
    );
    at.list(
        "PublicIPs",
        "PublicIP",
        set.public_ips.as_deref(),
        public_ip,
    );
    at.list(
        "NetworkInterfaces",
        "NetworkInterface",
        set.network_interfaces.as_deref(),
        network_interface,
    );
    at.maybe("NetworkSecurityGroup", set.network_security_group.as_ref());
    provisioning(set, at);
}

fn provisioning(set: &ConfigurationSet, at: &mut Elements) {
    at.maybe("ComputerName", set.computer_name.as_ref());
    at.maybe(
        "AdminPassword",
        set.admin_password.as_ref().map(Secret::expose),
    );
    at.maybe(
        "ResetPasswordOnFirstLogon",
        set.reset_password_on_first_logon,
    );
    at.maybe("EnableAutomaticUpdates", set.enable_automatic_updates);
    at.maybe("TimeZone", set.time_zone.as_ref());
    at.list(
        "StoredCertificateSettings",
        "CertificateSetting",
        set.stored_certificate_settings.as_deref(),
        |setting, at| {
            at.maybe("StoreLocation", setting.store_location.as_ref());
            at.maybe("StoreName", setting.store_name.as_ref());
            at.maybe("Thumbprint", setting.thumbprint.as_ref());
        },
    );
    at.maybe("AdminUsername", set.admin_username.as_ref());
    at.maybe("HostName", set.host_name.as_ref());
    at.maybe("UserName", set.user_name.as_ref());
    at.maybe(
        "UserPassword",
        set.user_password.as_ref().map(Secret::expose),
    );
    at.maybe(
        "DisableSshPasswordAuthentication",
        set.disable_ssh_password_authentication,
    );
    if let Some(ssh) = &set.ssh {
        at.parent("SSH", |at| {
            for (list, item, keys) in [
                ("PublicKeys", "PublicKey", &ssh.public_keys),
                ("KeyPairs", "KeyPair", &ssh.key_pairs),
            ] {
                if !keys.is_empty() {
                    at.list(list, item, Some(keys.as_slice()), ssh_key);
                }
            }
        });
    }
    at.maybe("CustomData", set.custom_data.as_ref().map(Secret::expose));
}

fn ssh_key(key: &SshKey, at: &mut Elements) {
    at.maybe("Fingerprint", key.fingerprint.as_ref());
    at.maybe("Path", key.path.as_ref());
}

fn input_endpoint(endpoint: &InputEndpoint, at: &mut Elements) {
    before_the_balancer(endpoint, at);
    at.maybe("LoadBalancerName", endpoint.load_balancer_name.as_ref());
    access(endpoint, at);
    after_both(endpoint, at);
}

/// An endpoint of a load-balanced set; here the rules stand before the load balancer.
pub(super) fn shared_endpoint(endpoint: &InputEndpoint, at: &mut Elements) {
    before_the_balancer(endpoint, at);
    access(endpoint, at);
    at.maybe("LoadBalancerName", endpoint.load_balancer_name.as_ref());
    after_both(endpoint, at);
}

fn before_the_balancer(endpoint: &InputEndpoint, at: &mut Elements) {
    at.maybe(
        "LoadBalancedEndpointSetName",
        endpoint.load_balanced_endpoint_set_name.as_ref(),
    );
    at.maybe("LocalPort", endpoint.local_port.as_ref());
    at.maybe("Name", endpoint.name.as_ref());
    at.maybe("Port", endpoint.port.as_ref());
    if let Some(probe) = &endpoint.load_balancer_probe {
        at.parent("LoadBalancerProbe", |at| {
            at.maybe("Path", probe.path.as_ref());
            at.maybe("Port", probe.port);
            at.maybe("Protocol", probe.protocol.as_ref());
            at.maybe("IntervalInSeconds", probe.interval_in_seconds);
            at.maybe("TimeoutInSeconds", probe.timeout_in_seconds);
        });
    }
    at.maybe("Protocol", endpoint.protocol.as_ref());
    at.maybe("Vip", endpoint.vip.as_ref());
    at.maybe(
        "EnableDirectServerReturn",
        endpoint.enable_direct_server_return,
    );
}

fn access(endpoint: &InputEndpoint, at: &mut Elements) {
    if let Some(acl) = &endpoint.endpoint_acl {
        at.parent("EndpointAcl", |at| {
            at.list("Rules", "Rule", Some(acl.rules.as_slice()), acl_rule);
        });
    }
}

fn after_both(endpoint: &InputEndpoint, at: &mut Elements) {
    at.maybe("IdleTimeoutInMinutes", endpoint.idle_timeout_in_minutes);
    at.maybe(
        "LoadBalancerDistribution",
        endpoint.load_balancer_distribution.as_ref(),
    );
    at.maybe("VirtualIPName", endpoint.virtual_ip_name.as_ref());
}

fn acl_rule(rule: &AclRule, at: &mut Elements) {
    at.maybe("Order", rule.order);
    at.maybe("Action", rule.action.as_ref());
    at.maybe("RemoteSubnet", rule.remote_subnet.as_ref());
    at.maybe("Description", rule.description.as_ref());
}

fn public_ip(address: &PublicIp, at: &mut Elements) {
    at.maybe("Name", address.name.as_ref());
    at.maybe("IdleTimeoutInMinutes", address.idle_timeout_in_minutes);
    at.maybe("DomainNameLabel", address.domain_name_label.as_ref());
}

fn network_interface(interface: &NetworkInterface, at: &mut Elements) {
    at.maybe("Name", interface.name.as_ref());
    at.list(
        "IPConfigurations",
        "IPConfiguration",
        Some(interface.ip_configurations.as_slice()),
        |configuration, at| {
            at.maybe("SubnetName", configuration.subnet_name.as_ref());
            at.maybe(
                "StaticVirtualNetworkIPAddress",
                configuration.static_virtual_network_ip_address.as_ref(),
            );
        },
    );
    at.maybe(
        "NetworkSecurityGroup",
        interface.network_security_group.as_ref(),
    );
    at.maybe("IPForwarding", interface.ip_forwarding.as_ref());
}

fn extension(extension: &ExtensionReference, at: &mut Elements) {
    at.maybe("ReferenceName", extension.reference_name.as_ref());
    at.maybe("Publisher", extension.publisher.as_ref());
    at.maybe("Name", extension.name.as_ref());
    at.maybe("Version", extension.version.as_ref());
    at.list(
        "ResourceExtensionParameterValues",
        "ResourceExtensionParameterValue",
        Some(extension.resource_extension_parameter_values.as_slice()),
        |parameter, at| {
            at.maybe("Key", parameter.key.as_ref());
            at.maybe("Value", parameter.value.as_ref().map(Secret::expose));
            at.maybe("Type", parameter.kind.as_ref());
        },
    );
    at.maybe("State", extension.state.as_ref());
}

pub(super) fn data_disk(disk: &DataDisk, at: &mut Elements) {
    at.maybe("HostCaching", disk.host_caching.as_ref());
    at.maybe("DiskLabel", disk.label.as_ref());
    at.maybe("DiskName", disk.name.as_ref());
    at.maybe("Lun", disk.lun);
    at.maybe("LogicalDiskSizeInGB", disk.logical_disk_size_in_gb);
    at.maybe("MediaLink", disk.media_link.as_ref());
    at.maybe("SourceMediaLink", disk.source_media_link.as_ref());
    at.maybe("IOType", disk.io_type.as_ref());
}

fn os_disk(disk: &OsDisk, at: &mut Elements) {
    at.maybe("HostCaching", disk.host_caching.as_ref());
    at.maybe("DiskLabel", disk.label.as_ref());
    at.maybe("DiskName", disk.name.as_ref());
    at.maybe("MediaLink", disk.media_link.as_ref());
    at.maybe("SourceImageName", disk.source_image_name.as_ref());
    at.maybe("OS", disk.os.as_ref());
    at.maybe(
        "RemoteSourceImageLink",
        disk.remote_source_image_link.as_ref(),
    );
    at.maybe("IOType", disk.io_type.as_ref());
    at.maybe("ResizedSizeInGB", disk.resized_size_in_gb);
}
