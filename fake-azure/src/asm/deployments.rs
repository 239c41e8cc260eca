//! Deployments.

use std::fmt::Write as _;

use crate::world::deployment::Command;
use crate::world::{
    Agent, Deployment, DeploymentPath, Disks, Extensions, HostedService, InstanceStatus, Look,
    NewDeployment, OperatingSystem, Phase, Role, Setting, Stage,
};

use super::route::{Route, routes};
use super::subscription::base64_of;
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused, load_balancers, network_reader, role_reader, roles};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}";
    POST "/deployments": "Create Virtual Machine Deployment" => create;
    GET "/deploymentslots/{slot}": "Get Deployment" => get_in_slot;
    POST "/deploymentslots/{slot}" if "comp" = "config": "Change Deployment Configuration";
    POST "/deploymentslots/{slot}" if "comp" = "status": "Update Deployment Status";
    POST "/deploymentslots/{slot}" if "comp" = "upgrade": "Upgrade Deployment";
    POST "/deploymentslots/{slot}" if "comp" = "walkupgradedomain": "Walk Upgrade Domain";
    POST "/deploymentslots/{slot}" if "comp" = "rollback": "Rollback Update Or Upgrade";
    POST "/deploymentslots/{slot}": "Create Deployment";
    DELETE "/deploymentslots/{slot}": "Delete Deployment" => delete_in_slot;
    GET "/deployments/{deployment}": "Get Deployment" => get;
    POST "/deployments/{deployment}" if "comp" = "config": "Change Deployment Configuration";
    POST "/deployments/{deployment}" if "comp" = "status": "Update Deployment Status";
    POST "/deployments/{deployment}" if "comp" = "upgrade": "Upgrade Deployment";
    POST "/deployments/{deployment}" if "comp" = "walkupgradedomain": "Walk Upgrade Domain";
    POST "/deployments/{deployment}" if "comp" = "rollback": "Rollback Update Or Upgrade";
    DELETE "/deployments/{deployment}": "Delete Deployment" => delete;
    POST "/deployments/{deployment}/package": "Get Package";
    POST "/deployments/{deployment}/migration": "Migrate Deployment";
    GET "/deployments/{deployment}/events": "List Rebuild Events";
    GET "/deploymentslots/{slot}/events": "List Rebuild Events";
    POST "/deploymentslots/{slot}/package": "Get Package";
};

/// The members of a new deployment.
const DEPLOYMENT: &[&str] = &[
    "Name",
    "DeploymentSlot",
    "Label",
    "RoleList",
    "VirtualNetworkName",
    "Dns",
    "ReservedIPName",
    "LoadBalancers",
];

/// Create Virtual Machine Deployment.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = call.document("Deployment")?.read(DEPLOYMENT, |c| {
        let name = c.required("Name")?;
        let production = c
            .expect("DeploymentSlot")?
            .word_in_any_case(&[("Production", true), ("Staging", false)])?;
        let label = c.required("Label")?;
        let roles = c.expect("RoleList")?.list("Role", role_reader::role)?;
        let virtual_network = c.filled("VirtualNetworkName")?;
        let dns = c.maybe("Dns")?.map(|dns| {
            dns.read(&["DnsServers"], |c| {
                c.maybe("DnsServers")?
                    .map(|list| list.list("DnsServer", network_reader::new_dns_server))
                    .transpose()
            })
        });
        let dns_servers = dns.transpose()?.flatten().unwrap_or_default();
        let reserved_ip = c.filled("ReservedIPName")?;
        let load_balancers = c
            .maybe("LoadBalancers")?
            .map(|list| list.list("LoadBalancer", network_reader::new_load_balancer))
            .transpose()?
            .unwrap_or_default();
        if !production {
            return Err(Refused::bad_request(
                "Virtual machines can only be deployed to the production slot.",
            )
            .detail("DeploymentSlot: `Staging`"));
        }
        Ok(NewDeployment {
            name,
            label,
            roles,
            virtual_network,
            reserved_ip,
            dns_servers,
            load_balancers,
        })
    })?;
    let [service] = call.owned();
    call.perform(Command::Create { service, new })?;
    Ok(Answer::Accepted)
}

/// Get Deployment, by its slot.
pub(crate) fn get_in_slot(call: &mut Call<'_>) -> Result<Answer, Refused> {
    check_slot(call)?;
    call.here().production(call.name(0))?;
    show(call)
}

/// Get Deployment, by its name.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    call.here().deployment(call.name(0), call.name(1))?;
    show(call)
}

fn show(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let held = call.here().service(call.name(0))?;
    let document = describe(call, held, call.here().production(call.name(0))?);
    let [service] = call.owned();
    call.look(&Look::Service(service));
    Ok(Answer::Document(document))
}

/// Delete Deployment, by its slot.
pub(crate) fn delete_in_slot(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = in_slot(call)?;
    remove(call, deployment)
}

/// Delete Deployment, by its name.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = call.name(1).into();
    remove(call, deployment)
}

fn remove(call: &mut Call<'_>, deployment: String) -> Result<Answer, Refused> {
    let disks = Disks::of_media(call.with_media()?);
    let [service] = call.owned();
    let of = DeploymentPath {
        service,
        deployment: deployment.into(),
    };
    call.perform(Command::Delete { of, disks })?;
    Ok(Answer::Accepted)
}

/// The name of the deployment in the slot that the path names.
pub(crate) fn in_slot(call: &Call<'_>) -> Result<String, Refused> {
    check_slot(call)?;
    let deployment = call.here().production(call.name(0))?;
    Ok(deployment.name.to_string())
}

/// The staging slot of a service is always empty here.
fn check_slot(call: &Call<'_>) -> Result<(), Refused> {
    let slot = call.name(1);
    call.here().service(call.name(0))?;
    if slot.eq_ignore_ascii_case("Production") {
        Ok(())
    } else if slot.eq_ignore_ascii_case("Staging") {
        Err(Refused::not_found("No deployments were found."))
    } else {
        Err(Refused::parameter(format!("slot: `{slot}`")))
    }
}

/// A deployment as the service shows it.
pub(crate) fn describe(call: &Call<'_>, service: &HostedService, deployment: &Deployment) -> Xml {
    let deploying = deployment.status() == "Deploying";
    let host = service.public_name();
    let locked = deploying || call.here().unlocked(&service.name).is_err();
    let instances = deployment
        .roles
        .iter()
        .map(|role| instance(call, deployment, role));
    let shown = deployment.roles.iter().map(|role| {
        roles::describe(
            call,
            deployment,
            role,
            element("Role").attribute("i:type", "PersistentVMRole"),
            true,
        )
    });
    let vip = deployment.vip.map(|address| {
        let reserved = deployment.reserved_ip.as_ref();
        element("VirtualIP")
            .text("Address", address)
            .text("IsDnsProgrammed", true)
            .text("Name", deployment.vip_name())
            .maybe_text("IsReserved", reserved.map(|_| "true"))
            .maybe_text("ReservedIPName", reserved)
    });
    let further = deployment
        .virtual_ips
        .iter()
        .map(|name| element("VirtualIP").text("Name", name));
    let downtime = call
        .world
        .world()
        .ground
        .catalogue
        .maintenance
        .map(|planned| {
            element("PersistentVMDowntime")
                .text("StartTime", seconds(planned.start))
                .text("EndTime", seconds(planned.end))
                .text("Status", "PersistentVMUpdateScheduled")
        });
    let network = deployment
        .virtual_network
        .as_deref()
        .and_then(|name| call.here().virtual_network(name).ok());
    element("Deployment")
        .text("Name", &deployment.name)
        .text("DeploymentSlot", "Production")
        .text("PrivateID", &deployment.private_id)
        .text("Status", deployment.status())
        .text("Label", base64_of(&deployment.label))
        .maybe_text("Url", (!deploying).then(|| format!("http://{host}/")))
        .text("Configuration", base64_of(&configuration(deployment)))
        .with(element("RoleInstanceList").all(instances))
        .text("UpgradeDomainCount", 1)
        .with(element("RoleList").all(shown))
        .with(element("SdkVersion"))
        .text("Locked", locked)
        .text("RollbackAllowed", false)
        .maybe_text("VirtualNetworkName", deployment.virtual_network.as_deref())
        .maybe(dns(deployment))
        .text("CreatedTime", seconds(deployment.created))
        .text("LastModifiedTime", seconds(deployment.modified))
        .with(element("ExtendedProperties"))
        .maybe(downtime)
        .with(element("VirtualIPs").all(vip.into_iter().chain(further)))
        .maybe_text("ReservedIPName", deployment.reserved_ip.as_deref())
        .text("InternalDnsSuffix", &deployment.internal_dns_suffix)
        .with(load_balancers::describe(deployment))
        .maybe_text("VirtualNetworkId", network.map(|n| &n.id))
}

/// The DNS servers of a deployment, if it has any of its own.
fn dns(deployment: &Deployment) -> Option<Xml> {
    let servers = deployment.dns_servers.iter().map(|(name, address)| {
        element("DnsServer")
            .text("Name", name)
            .text("Address", address)
    });
    (!deployment.dns_servers.is_empty())
        .then(|| element("Dns").with(element("DnsServers").all(servers)))
}

fn configuration(deployment: &Deployment) -> String {
    let mut out = String::from(
        "<ServiceConfiguration xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration\">\r\n",
    );
    for role in &deployment.roles {
        let name = quick_xml::escape::escape(role.name.as_str());
        // Writing into a string cannot fail.
        write!(
            out,
            "  <Role name=\"{name}\">\r\n    <Instances count=\"1\" />\r\n  </Role>\r\n"
        )
        .ok();
    }
    out + "</ServiceConfiguration>"
}

fn instance(call: &Call<'_>, deployment: &Deployment, role: &Role) -> Xml {
    let phase = role.phase(call.world.world().ground.pace, call.now);
    let head = element("RoleInstance")
        .text("RoleName", &role.name)
        .text("InstanceName", &role.name)
        .text("InstanceStatus", InstanceStatus::from(phase.stage));
    if phase.stage == Stage::Deallocated {
        return head
            .text("PowerState", phase.power)
            .text("RemoteAccessCertificateThumbprint", remote_access(role));
    }
    let endpoints = role.endpoints.iter().map(|endpoint| {
        element("InstanceEndpoint")
            .text("Name", &endpoint.name)
            .maybe_text("Vip", deployment.address_of(endpoint))
            .text("PublicPort", endpoint.port)
            .text("LocalPort", endpoint.settings.local_port)
            .text("Protocol", endpoint.settings.protocol.as_str())
            .maybe_text(
                "IdleTimeoutInMinutes",
                endpoint.settings.idle_timeout_minutes,
            )
    });
    // A machine tells its name while it is provisioned, and its certificate when it is ready.
    let ready = phase.stage == Stage::Ready;
    let named = ready || phase.stage == Stage::Provisioning;
    let addresses = (!role.public_ips.is_empty()).then(|| {
        element("PublicIPs").all(role.public_ips.iter().map(|ip| {
            element("PublicIP")
                .text("Name", &ip.name)
                .maybe_text("Address", ip.address)
                .maybe_text("IdleTimeoutInMinutes", ip.idle_timeout_minutes)
                .text_or_nil("DomainNameLabel", ip.domain_name_label.as_deref())
        }))
    });
    head.text("InstanceUpgradeDomain", 0)
        .text("InstanceFaultDomain", 0)
        .text("InstanceSize", role.size)
        .with(element("InstanceStateDetails"))
        .maybe_text("IpAddress", role.address)
        .maybe((!role.endpoints.is_empty()).then(|| element("InstanceEndpoints").all(endpoints)))
        .text("PowerState", phase.power)
        .maybe_text("HostName", named.then_some(&role.host_name))
        .maybe_text(
            "RemoteAccessCertificateThumbprint",
            ready.then(|| remote_access(role)),
        )
        .maybe(agent(call, role, phase))
        .maybe(extensions(call, role, phase))
        .maybe(addresses)
        .maybe((!role.interfaces.is_empty()).then(|| {
            element("NetworkInterfaces").all(role.interfaces.iter().map(|interface| {
                let address = element("IPConfiguration")
                    .text("SubnetName", &interface.subnet)
                    .maybe_text("Address", interface.address);
                element("NetworkInterface")
                    .text("Name", &interface.name)
                    .text("MacAddress", &interface.mac_address)
                    .with(element("IPConfigurations").with(address))
            }))
        }))
        .maybe(role.maintained.then(|| maintenance(phase)))
}

/// What became of the maintenance that a customer asked for.
fn maintenance(phase: &Phase) -> Xml {
    let status = element("MaintenanceStatus").text("IsCustomerInitiatedMaintenanceAllowed", false);
    if phase.stage != Stage::Ready {
        return status;
    }
    status
        .text("LastOperationResultCode", "MaintenanceCompleted")
        .text(
            "LastOperationResultString",
            "User initiated maintenance on the Virtual Machine was successfully completed. ",
        )
}

/// Windows shows the SHA-1 of its remote desktop's certificate, Linux the MD5 of its ssh key.
fn remote_access(role: &Role) -> String {
    let thumbprint = &role.remote_access_thumbprint;
    if role.os == OperatingSystem::Windows {
        thumbprint.to_string()
    } else {
        thumbprint
            .chars()
            .take(32)
            .collect::<String>()
            .to_ascii_lowercase()
    }
}

fn agent(call: &Call<'_>, role: &Role, phase: &Phase) -> Option<Xml> {
    if role.provision_guest_agent != Some(true) || phase.agent == Agent::Absent {
        return None;
    }
    let ready = role.has_agent() && phase.agent == Agent::Ready;
    let (version, status, message) = if let (true, Some(last)) = (ready, role.life.silent_since) {
        (
            "Unknown",
            "NotReady",
            format!(
                "VM Agent is unresponsive. Status was last reported at {}.",
                seconds(last)
            ),
        )
    } else if ready {
        let version = if role.os == OperatingSystem::Windows {
            "2.5.1198.709"
        } else {
            "WALinuxAgent-2.0.8"
        };
        (
            version,
            "Ready",
            "GuestAgent is running and accepting new configurations.".to_owned(),
        )
    } else {
        (
            "Unknown",
            "NotReady",
            format!("Status not available for role {}.", role.name),
        )
    };
    Some(
        element("GuestAgentStatus")
            .text("ProtocolVersion", "1.0")
            .text("Timestamp", seconds(call.now))
            .text("GuestAgentVersion", version)
            .text("Status", status)
            .with(formatted("en-US", &message)),
    )
}

fn formatted(language: &str, message: &str) -> Xml {
    element("FormattedMessage")
        .text("Language", language)
        .text("Message", message)
}

fn extensions(call: &Call<'_>, role: &Role, phase: &Phase) -> Option<Xml> {
    if !role.has_agent() || phase.agent != Agent::Ready || role.life.silent_since.is_some() {
        return None;
    }
    // At first the agent speaks of itself alone.
    if phase.extensions == Extensions::Waiting {
        return None;
    }
    // The agent tells of its handlers by name.
    let mut enabled: Vec<_> = role
        .enabled_extensions()
        .map(|extension| {
            (
                format!("{}.{}", extension.publisher, extension.name),
                extension,
            )
        })
        .collect();
    enabled.sort_by(|(one, _), (other, _)| one.cmp(other));
    let list = enabled.into_iter().map(|(handler, extension)| {
        let done = role.progress_of(extension, call.world.world().ground.pace, call.now)
            == Extensions::Done;
        let verdict = &extension.verdict;
        let enabled = format!(
            "Plugin enabled (name: {handler}, version: {}).",
            verdict.version
        );
        let setting = verdict.setting();
        let plain = (done && setting.is_none()).then(|| formatted("en-US", &enabled));
        let setting = setting.map(|setting| setting_status(call, &setting, done));
        // The handler is there before what its settings ask for is done.
        let installed = done || setting.is_some();
        element("ResourceExtensionStatus")
            .text("HandlerName", handler)
            .text("Version", &verdict.version)
            .text("Status", if installed { "Ready" } else { "Installing" })
            .maybe(plain)
            .maybe(setting)
    });
    Some(element("ResourceExtensionStatusList").all(list))
}

fn setting_status(call: &Call<'_>, setting: &Setting<'_>, done: bool) -> Xml {
    let (status, message) = match (setting.error, done) {
        (_, false) => ("Transitioning", setting.operation.to_owned()),
        (None, true) => ("Success", setting.done.to_owned()),
        (Some(error), true) => ("Error", error.to_owned()),
    };
    element("ExtensionSettingStatus")
        .text("Timestamp", seconds(call.now))
        .maybe_text("Name", setting.name)
        .text("Operation", setting.operation)
        .text("Status", status)
        .with(formatted(setting.language, &message))
}
