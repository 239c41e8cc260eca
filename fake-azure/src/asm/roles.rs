//! Roles: made, shown, changed, deleted.

use crate::world::roles::Command;
use crate::world::{
    BootDiagnostics, Deployment, Disks, Endpoint, ExtensionReference, NetworkInterface,
    OperatingSystem, Role, Visibility,
};

use super::route::{Route, routes};
use super::writer::{Xml, element, text};
use super::{Answer, Call, Refused, data_disks, disks, role_reader};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}/deployments/{deployment}";
    POST "/roles": "Add Role" => add;
    GET "/roles/{role}": "Get Role" => get;
    PUT "/roles/{role}": "Update Role" => update;
    DELETE "/roles/{role}": "Delete Role" => delete;
    GET "/roleinstances/{role}/modelfile": "Download RDP File" => model_file;
};

/// Add Role.
pub(crate) fn add(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = Box::new(role_reader::added_role(
        &call.document("PersistentVMRole")?,
    )?);
    let to = call.deployment_path();
    call.perform(Command::Add { to, new })?;
    Ok(Answer::Accepted)
}

/// Get Role.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = call.here().deployment(call.name(0), call.name(1))?;
    let role = deployment.role(call.name(2))?;
    Ok(Answer::Document(describe(
        call,
        deployment,
        role,
        element("PersistentVMRole"),
        false,
    )))
}

/// Update Role.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = role_reader::updated_role(&call.document("PersistentVMRole")?, call.name(2))?;
    let (of, new) = (call.role_path(), Box::new(new));
    call.perform(Command::Update { of, new })?;
    Ok(Answer::Accepted)
}

/// Delete Role.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let disks = Disks::of_media(call.with_media()?);
    let of = call.role_path();
    call.perform(Command::Delete { of, disks })?;
    Ok(Answer::Accepted)
}

/// Download RDP File.
pub(crate) fn model_file(call: &mut Call<'_>) -> Result<Answer, Refused> {
    match call.parameter("FileType") {
        Some(kind) if kind.eq_ignore_ascii_case("RDP") => {}
        other => {
            return Err(Refused::query(format!(
                "FileType: `{}`",
                other.unwrap_or_default()
            )));
        }
    }
    let service = call
        .here()
        .service(call.name(0))
        .map(crate::world::HostedService::public_name);
    let deployment = call.here().deployment(call.name(0), call.name(1))?;
    let role = deployment.role(call.name(2))?;
    let endpoint = role.endpoints.iter().find(|e| e.settings.local_port == 3389).ok_or_else(|| {
        Refused::bad_request("An external endpoint to the Remote Desktop port (3389) must first be added to the role.")
    })?;
    let text = format!(
        "full address:s:{}:{}\r\nprompt for credentials:i:1\r\n",
        service?, endpoint.port
    );
    Ok(Answer::Text {
        content_type: "application/octet-stream",
        text,
    })
}

/// A role as the service shows it, in a deployment or alone. Addresses stand only in the
/// former, and an empty list of subnets too.
pub(crate) fn describe(
    call: &Call<'_>,
    deployment: &Deployment,
    role: &Role,
    root: Xml,
    inside: bool,
) -> Xml {
    let endpoints = role.endpoints.iter().map(|endpoint| {
        let vip = inside.then(|| deployment.address_of(endpoint)).flatten();
        describe_endpoint(endpoint, vip)
    });
    let subnets = role.subnets.iter().map(|name| text("SubnetName", name));
    let addresses = role.public_ips.iter().map(|ip| {
        element("PublicIP")
            .text("Name", &ip.name)
            .maybe_text("IdleTimeoutInMinutes", ip.idle_timeout_minutes)
            .maybe_text("DomainNameLabel", ip.domain_name_label.as_deref())
    });
    let network = element("ConfigurationSet")
        .attribute("i:type", "NetworkConfigurationSet")
        .text("ConfigurationSetType", "NetworkConfiguration")
        .maybe((!role.endpoints.is_empty()).then(|| element("InputEndpoints").all(endpoints)))
        .maybe((inside || !role.subnets.is_empty()).then(|| element("SubnetNames").all(subnets)))
        .maybe_text("StaticVirtualNetworkIPAddress", role.static_ip)
        .maybe((!role.public_ips.is_empty()).then(|| element("PublicIPs").all(addresses)))
        .maybe((!role.interfaces.is_empty()).then(|| {
            element("NetworkInterfaces").all(role.interfaces.iter().map(describe_interface))
        }))
        .maybe_text("NetworkSecurityGroup", role.security_group.as_deref())
        .maybe_text("IPForwarding", role.ip_forwarding.then_some("Enabled"));
    let extensions = role.extensions.as_ref().map(|list| {
        element("ResourceExtensionReferences").all(list.iter().map(describe_extension))
    });
    let data_disks = role
        .data_disks
        .iter()
        .map(|(lun, name)| data_disks::describe(call, *lun, name));
    root.text("RoleName", &role.name)
        .with(element("OsVersion"))
        .text("RoleType", "PersistentVMRole")
        .with(element("ConfigurationSets").with(network))
        .maybe(extensions)
        .maybe_text("AvailabilitySetName", role.availability_set.as_deref())
        .with(element("DataVirtualHardDisks").all(data_disks))
        .with(describe_os_disk(call, role))
        .text("RoleSize", role.size)
        .maybe_text(
            "DefaultWinRmCertificateThumbprint",
            role.winrm_thumbprint.as_deref(),
        )
        .maybe_text("ProvisionGuestAgent", role.provision_guest_agent)
        .maybe(debug_settings(role))
        .maybe_text("LicenseType", role.license_type.as_deref())
}

fn describe_interface(interface: &NetworkInterface) -> Xml {
    let address = element("IPConfiguration")
        .text("SubnetName", &interface.subnet)
        .maybe_text("StaticVirtualNetworkIPAddress", interface.static_ip);
    element("NetworkInterface")
        .text("Name", &interface.name)
        .with(element("IPConfigurations").with(address))
        .maybe_text("NetworkSecurityGroup", interface.security_group.as_deref())
        .maybe_text("IPForwarding", interface.ip_forwarding.then_some("Enabled"))
}

fn describe_endpoint(endpoint: &Endpoint, vip: Option<std::net::Ipv4Addr>) -> Xml {
    let settings = &endpoint.settings;
    let probe = settings.probe.as_ref().map(|probe| {
        element("LoadBalancerProbe")
            .maybe_text("Path", probe.path.as_deref())
            .text("Port", probe.port)
            .text("Protocol", probe.protocol)
            .text("IntervalInSeconds", probe.interval_seconds)
            .text("TimeoutInSeconds", probe.timeout_seconds)
    });
    let rules = settings.acl.iter().map(|rule| {
        element("Rule")
            .text("Order", rule.order)
            .text("Action", rule.action)
            .text("RemoteSubnet", rule.remote_subnet)
            .maybe_text("Description", rule.description.as_deref())
    });
    let acl = (!settings.acl.is_empty())
        .then(|| element("EndpointAcl").with(element("Rules").all(rules)));
    element("InputEndpoint")
        .maybe_text(
            "LoadBalancedEndpointSetName",
            settings.load_balanced_set.as_deref(),
        )
        .text("LocalPort", settings.local_port)
        .text("Name", &endpoint.name)
        .text("Port", endpoint.port)
        .maybe(probe)
        .text("Protocol", settings.protocol.as_str())
        .maybe_text("Vip", vip)
        .text("EnableDirectServerReturn", settings.direct_server_return)
        .maybe_text("LoadBalancerName", settings.load_balancer.as_deref())
        .maybe(acl)
        .maybe_text("IdleTimeoutInMinutes", settings.idle_timeout_minutes)
        .maybe_text("LoadBalancerDistribution", settings.distribution)
        .maybe_text("VirtualIPName", settings.virtual_ip_name.as_deref())
}

fn describe_extension(extension: &ExtensionReference) -> Xml {
    let values = extension.public_parameters().map(|parameter| {
        element("ResourceExtensionParameterValue")
            .text("Key", &parameter.key)
            .text("Value", &parameter.value)
            .maybe_text(
                "Type",
                parameter.visibility.map(|v| {
                    if v == Visibility::Public {
                        "Public"
                    } else {
                        "Private"
                    }
                }),
            )
    });
    element("ResourceExtensionReference")
        .text("ReferenceName", &extension.reference)
        .text("Publisher", &extension.publisher)
        .text("Name", &extension.name)
        .text("Version", &extension.version)
        .maybe(
            extension
                .parameters_told
                .then(|| element("ResourceExtensionParameterValues").all(values)),
        )
        .text("State", extension.state.as_str())
}

fn describe_os_disk(call: &Call<'_>, role: &Role) -> Xml {
    let disk = call.here().disk(&role.os_disk).ok();
    let os_disk = element("OSVirtualHardDisk");
    let Some(disk) = disk else {
        return os_disk.text("DiskName", &role.os_disk);
    };
    os_disk
        .text("HostCaching", disk.host_caching)
        .maybe_text("DiskLabel", disk.label.as_deref())
        .text("DiskName", &disk.name)
        .text("MediaLink", &disk.media_link)
        .maybe_text("SourceImageName", disk.source_image.as_deref())
        .text("OS", role.os)
        .text("IOType", disks::io_type(call, &disk.media_link))
}

/// `DebugSettings` as the service shows them.
fn debug_settings(role: &Role) -> Option<Xml> {
    match &role.boot_diagnostics {
        BootDiagnostics::Unset => None,
        BootDiagnostics::Off => Some(element("DebugSettings")),
        BootDiagnostics::On { prefix } => Some(
            element("DebugSettings")
                .text("BootDiagnosticsEnabled", true)
                .text(
                    "ConsoleScreenshotBlobUri",
                    format!("{prefix}-screenshot.bmp"),
                )
                .maybe(
                    (role.os == OperatingSystem::Linux)
                        .then(|| text("SerialOutputBlobUri", format!("{prefix}-seriallog.txt"))),
                ),
        ),
    }
}
