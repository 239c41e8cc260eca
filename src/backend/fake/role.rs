//! The machine of a plan, in the world's words.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fake_azure::command::{
    NewEndpoint, NewExtension, NewNetwork, NewOsDisk, NewRole, Provisioning, Secret,
};
use fake_azure::view::{
    EndpointSettings, ExtensionState, Parameter, Protocol, PublicIp, Visibility,
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::backend::site::classic::{MachineParts, NeededMachine};
use crate::backend::{
    Account, DaemonCertificates, DockerPlan, ImageKind, MachinePlan, Secrets as Given, SshKey,
};

pub(super) fn role(needed: &NeededMachine, link: Option<String>, given: &Given) -> NewRole {
    let NeededMachine {
        common: machine,
        parts,
    } = needed;
    let (os_disk, vm_image, media_location) = match machine.image.kind {
        ImageKind::Disk => (
            Some(NewOsDisk {
                media_link: link.map(Into::into),
                source_image: Some(machine.image.name.as_str().into()),
                ..NewOsDisk::default()
            }),
            None,
            None,
        ),
        ImageKind::Machine { .. } => (None, Some(machine.image.name.as_str().into()), link),
    };
    NewRole {
        name: machine.name.as_str().into(),
        provisioning: provisioning(machine, given),
        network: network(machine, parts),
        extensions: machine
            .docker
            .as_ref()
            .map(|docker| vec![extension(docker, given.daemon.as_ref())]),
        vm_image,
        media_location,
        availability_set: parts.availability_set.clone().map(Into::into),
        os_disk,
        size: Some(machine.size.as_str().into()),
        provision_guest_agent: Some(true),
        boot_diagnostics: machine.boot_diagnostics,
        ..NewRole::default()
    }
}

fn provisioning(machine: &MachinePlan, given: &Given) -> Option<Provisioning> {
    let password = given
        .password
        .as_ref()
        .map(|password| Secret::new(password.expose_secret()));
    match &machine.account {
        Account::OfTheImage => None,
        Account::Linux {
            user,
            password_over_ssh,
            key,
        } => Some(Provisioning::Linux {
            host_name: machine.name.as_str().into(),
            user_name: user.as_str().into(),
            password,
            disable_ssh_password: password_over_ssh.map(|allowed| !allowed),
            ssh_certificates: key
                .iter()
                .filter_map(SshKey::certificate)
                .map(|key| key.thumbprint.as_str().into())
                .collect(),
            custom_data: given.custom_data.clone(),
        }),
        Account::Windows { user } => Some(Provisioning::Windows {
            computer_name: Some(machine.name.as_str().into()),
            admin_name: Some(user.as_str().into()),
            admin_password: password.unwrap_or_else(|| Secret::new("")),
            certificates: Vec::new(),
            custom_data: given.custom_data.clone(),
            winrm: Vec::new(),
        }),
    }
}

fn network(machine: &MachinePlan, parts: &MachineParts) -> Option<NewNetwork> {
    if machine.endpoints.is_empty() && !parts.full_network {
        return None;
    }
    Some(NewNetwork {
        endpoints: machine
            .endpoints
            .iter()
            .map(|endpoint| NewEndpoint {
                name: Some(endpoint.name.as_str().into()),
                port: Some(endpoint.public.get()),
                settings: EndpointSettings {
                    protocol: Protocol::Tcp,
                    local_port: endpoint.local.get(),
                    load_balanced_set: None,
                    probe: None,
                    direct_server_return: false,
                    acl: Vec::new(),
                    idle_timeout_minutes: None,
                    distribution: None,
                    virtual_ip_name: None,
                    load_balancer: None,
                },
            })
            .collect(),
        subnets: parts.subnets.iter().map(Into::into).collect(),
        static_ip: parts.static_address,
        public_ips: parts
            .public_address
            .iter()
            .map(|name| PublicIp {
                name: name.into(),
                idle_timeout_minutes: None,
                domain_name_label: None,
                address: None,
            })
            .collect(),
        ..NewNetwork::default()
    })
}

/// The generation of the 0.8 CLI, as the wire has it.
fn extension(docker: &DockerPlan, certificates: Option<&DaemonCertificates>) -> NewExtension {
    let parameter = |visibility: Visibility, settings: String| Parameter {
        key: "ignored".to_owned(),
        value: BASE64_STANDARD.encode(settings),
        visibility: Some(visibility),
    };
    let private = certificates.map(|certificates| {
        json!({
            "ca": BASE64_STANDARD.encode(&certificates.ca),
            "server-cert": BASE64_STANDARD.encode(&certificates.certificate),
            "server-key": BASE64_STANDARD.encode(certificates.key.expose_secret()),
        })
        .to_string()
    });
    let public = json!({ "dockerport": docker.port.to_string() }).to_string();
    NewExtension {
        reference: "DockerExtension".into(),
        publisher: "MSOpenTech.Extensions".into(),
        name: "DockerExtension".into(),
        version: "0.6".to_owned(),
        parameters_told: true,
        parameters: private
            .map(|settings| parameter(Visibility::Private, settings))
            .into_iter()
            .chain([parameter(Visibility::Public, public)])
            .collect(),
        state: ExtensionState::Enable,
    }
}
