//! The role that a plan asks for, with exactly the elements that the 0.8 CLI sent.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;

use super::super::service_management::read::{
    ConfigurationSet, DebugSettings, InputEndpoint, IpConfiguration, NetworkInterface, OsDisk,
    PublicIp, Role, Secret, Ssh, SshKey,
};
use super::extension;
use crate::backend::site::classic::{Interface, MachineParts, NeededMachine};
use crate::backend::{Account, ImageKind, MachinePlan, Secrets, SshKey as PlannedKey};

/// Describes a machine, whose disk goes to the address `disk`.
pub(super) fn role(needed: &NeededMachine, disk: Option<String>, secrets: &Secrets) -> Role {
    let NeededMachine {
        common: machine,
        parts,
    } = needed;
    let mut sets: Vec<ConfigurationSet> = provisioning(machine, secrets).into_iter().collect();
    sets.extend(network(machine, parts));
    let mut role = Role {
        role_name: Some(machine.name.to_string()),
        role_type: Some("PersistentVMRole".to_owned()),
        configuration_sets: Some(sets),
        resource_extension_references: machine
            .docker
            .as_ref()
            .map(|docker| vec![extension::reference(docker, secrets.daemon.as_ref())]),
        availability_set_name: parts.availability_set.clone(),
        role_size: Some(machine.size.to_string()),
        provision_guest_agent: Some(true),
        debug_settings: machine.boot_diagnostics.map(|enabled| DebugSettings {
            boot_diagnostics_enabled: Some(enabled),
            ..DebugSettings::default()
        }),
        ..Role::default()
    };
    match machine.image.kind {
        ImageKind::Disk => {
            role.os_virtual_hard_disk = Some(OsDisk {
                media_link: disk,
                source_image_name: Some(machine.image.name.clone()),
                ..OsDisk::default()
            });
        }
        ImageKind::Machine { .. } => {
            role.vm_image_name = Some(machine.image.name.clone());
            role.media_location = disk;
        }
    }
    role
}

fn provisioning(machine: &MachinePlan, secrets: &Secrets) -> Option<ConfigurationSet> {
    let password = secrets
        .password
        .as_ref()
        .map(|text| Secret::new(text.expose_secret()));
    let custom_data = secrets
        .custom_data
        .as_ref()
        .map(|data| Secret::new(BASE64_STANDARD.encode(data)));
    match &machine.account {
        Account::OfTheImage => None,
        Account::Windows { user } => Some(ConfigurationSet {
            configuration_set_type: Some(ConfigurationSet::WINDOWS.to_owned()),
            computer_name: Some(machine.name.to_string()),
            admin_password: password,
            reset_password_on_first_logon: Some(false),
            admin_username: Some(user.to_string()),
            custom_data,
            ..ConfigurationSet::default()
        }),
        Account::Linux {
            user,
            password_over_ssh,
            key,
        } => Some(ConfigurationSet {
            configuration_set_type: Some(ConfigurationSet::LINUX.to_owned()),
            host_name: Some(machine.name.to_string()),
            user_name: Some(user.to_string()),
            user_password: password,
            disable_ssh_password_authentication: password_over_ssh.map(|allowed| !allowed),
            ssh: key
                .as_ref()
                .and_then(PlannedKey::certificate)
                .map(|key| Ssh {
                    public_keys: vec![SshKey {
                        fingerprint: Some(key.thumbprint.clone()),
                        path: Some(format!("/home/{user}/.ssh/authorized_keys")),
                    }],
                    ..Ssh::default()
                }),
            custom_data,
            ..ConfigurationSet::default()
        }),
    }
}

fn network(machine: &MachinePlan, parts: &MachineParts) -> Option<ConfigurationSet> {
    if machine.endpoints.is_empty() && !parts.full_network {
        return None;
    }
    let endpoints = machine
        .endpoints
        .iter()
        .map(|endpoint| InputEndpoint {
            local_port: Some(endpoint.local.to_string()),
            name: Some(endpoint.name.clone()),
            port: Some(endpoint.public.to_string()),
            protocol: Some("tcp".to_owned()),
            ..InputEndpoint::default()
        })
        .collect();
    let public_ips = parts
        .public_address
        .iter()
        .map(|name| PublicIp {
            name: Some(name.clone()),
            ..PublicIp::default()
        })
        .collect();
    let interfaces: Vec<NetworkInterface> = parts.interfaces.iter().map(interface).collect();
    Some(ConfigurationSet {
        configuration_set_type: Some(ConfigurationSet::NETWORK.to_owned()),
        input_endpoints: Some(endpoints),
        subnet_names: Some(parts.subnets.clone()),
        static_virtual_network_ip_address: parts.static_address.map(|address| address.to_string()),
        public_ips: parts.full_network.then_some(public_ips),
        network_interfaces: (!interfaces.is_empty()).then_some(interfaces),
        ..ConfigurationSet::default()
    })
}

fn interface(interface: &Interface) -> NetworkInterface {
    NetworkInterface {
        name: Some(interface.name.clone()),
        ip_configurations: vec![IpConfiguration {
            subnet_name: Some(interface.subnet.clone()),
            static_virtual_network_ip_address: interface
                .static_address
                .map(|address| address.to_string()),
        }],
        network_security_group: interface.security_group.clone(),
        ip_forwarding: interface
            .forwards
            .map(|forwards| if forwards { "Enabled" } else { "Disabled" }.to_owned()),
    }
}
