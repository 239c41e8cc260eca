//! Roles: virtual machines, as they are asked for and as they are.

use crate::world::word::words;
use std::fmt;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::pace::Pace;

use super::network_interface::{NetworkInterface, NewNetworkInterface};
use crate::world::docker_settings::Settings;
use crate::world::extension::Verdict;
use crate::world::flaw::{DockerFlaw, Flaws};
use crate::world::phase::{Course, Extensions, Life, Phase};
use crate::world::{Caching, Link, Name, OperatingSystem, Prefix, Size, Thumbprint};

/// A secret that `Debug` does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A role to be made (`Role` in a new deployment, `PersistentVMRole` to add or update).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewRole {
    /// Its name, unique in the deployment.
    pub name: Name,
    /// How a generalized system is to be set up.
    pub provisioning: Option<Provisioning>,
    /// Its network, when it was told.
    pub network: Option<NewNetwork>,
    /// Extensions, when they were told.
    pub extensions: Option<Vec<NewExtension>>,
    /// The VM image that it is made from.
    pub vm_image: Option<Name>,
    /// Where the disks of a VM image go.
    pub media_location: Option<String>,
    /// Machines that must not fail together.
    pub availability_set: Option<Name>,
    /// Data disks, when they were told.
    pub data_disks: Option<Vec<NewDataDisk>>,
    /// The OS disk.
    pub os_disk: Option<NewOsDisk>,
    /// Its size by name.
    pub size: Option<Name>,
    /// Whether the guest agent is wanted.
    pub provision_guest_agent: Option<bool>,
    /// What `DebugSettings` says, when it was there at all; empty ones say no.
    pub boot_diagnostics: Option<bool>,
    /// Sizes of the disks of a VM image, where they are to be larger (`VMImageInput`).
    pub image_disk_sizes: Option<ImageDiskSizes>,
    /// A licence of the owner's own, such as `Windows_Server`.
    pub license_type: Option<String>,
}

/// Larger sizes for disks of a VM image, in GiB.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ImageDiskSizes {
    /// The OS disk's.
    pub os: Option<u32>,
    /// Data disks', by their name in the image.
    pub data: Vec<(Name, u32)>,
}

/// How a generalized system is set up at its first boot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Provisioning {
    /// `LinuxProvisioningConfiguration`.
    Linux {
        /// The machine's own name.
        host_name: Name,
        /// The first user.
        user_name: Name,
        /// Its password.
        password: Option<Secret>,
        /// Whether ssh refuses passwords; the service's default is that it does.
        disable_ssh_password: Option<bool>,
        /// Thumbprints of service certificates whose keys may sign in.
        ssh_certificates: Vec<Thumbprint>,
        /// Data for the machine, decoded.
        custom_data: Option<Vec<u8>>,
    },
    /// `WindowsProvisioningConfiguration`.
    Windows {
        /// The machine's own name; the role's when absent.
        computer_name: Option<Name>,
        /// The administrator's name.
        admin_name: Option<Name>,
        /// The administrator's password.
        admin_password: Secret,
        /// Thumbprints of service certificates to install.
        certificates: Vec<Thumbprint>,
        /// Data for the machine, decoded.
        custom_data: Option<Vec<u8>>,
        /// Listeners of the remote shell.
        winrm: Vec<WinRmListener>,
    },
}

/// A listener of Windows Remote Management.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WinRmListener {
    /// Over https, or http.
    pub https: bool,
    /// The service certificate that it shows; the service makes one when absent.
    pub certificate: Option<Thumbprint>,
}

impl Provisioning {
    /// The service certificates that the machine uses.
    pub(crate) fn certificates(&self) -> Vec<Thumbprint> {
        match self {
            Self::Linux {
                ssh_certificates, ..
            } => ssh_certificates.clone(),
            Self::Windows {
                certificates,
                winrm,
                ..
            } => {
                let listeners = winrm.iter().filter_map(|l| l.certificate.clone());
                certificates.iter().cloned().chain(listeners).collect()
            }
        }
    }

    /// The listener of WinRM over https, if there is one.
    pub(crate) fn https_listener(&self) -> Option<&WinRmListener> {
        match self {
            Self::Linux { .. } => None,
            Self::Windows { winrm, .. } => winrm.iter().find(|listener| listener.https),
        }
    }
}

/// `NetworkConfiguration`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewNetwork {
    /// Endpoints that lead to the machine.
    pub endpoints: Vec<NewEndpoint>,
    /// Subnets of the deployment's network.
    pub subnets: Vec<Name>,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
    /// Public addresses of the machine's own.
    pub public_ips: Vec<PublicIp>,
    /// Network interfaces besides the first.
    pub interfaces: Vec<NewNetworkInterface>,
    /// The network security group that is to guard it.
    pub security_group: Option<Name>,
    /// Whether it passes on what is not for it.
    pub ip_forwarding: bool,
}

/// An input endpoint as it is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewEndpoint {
    /// Its name, unique in the role.
    pub name: Option<Name>,
    /// The public port; the service picks one when absent.
    pub port: Option<u16>,
    /// The other settings.
    pub settings: EndpointSettings,
}

/// An input endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Endpoint {
    /// Its name, unique in the role.
    pub name: Name,
    /// The public port.
    pub port: u16,
    /// The other settings.
    pub settings: EndpointSettings,
}

/// What an endpoint has besides its name and public port.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndpointSettings {
    /// `tcp` or `udp`.
    pub protocol: Protocol,
    /// The port inside the machine.
    pub local_port: u16,
    /// The load-balanced set that shares the public port.
    pub load_balanced_set: Option<Name>,
    /// How the load balancer finds out that the machine lives.
    pub probe: Option<Probe>,
    /// Direct server return.
    pub direct_server_return: bool,
    /// Who may come in, in order.
    pub acl: Vec<AclRule>,
    /// Minutes after which silent connections are cut.
    pub idle_timeout_minutes: Option<u32>,
    /// By what a load balancer tells callers apart, where it was told.
    pub distribution: Option<Distribution>,
    /// The virtual IP that the endpoint is on, when it was told.
    pub virtual_ip_name: Option<Name>,
    /// The internal load balancer that it is on, instead of the public address.
    pub load_balancer: Option<Name>,
}

words! {
    /// A transport protocol.
    pub enum Protocol {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
    }
}

words! {
    /// What a load balancer finds out by whether a machine lives.
    pub enum ProbeProtocol {
        /// Whether a port takes connections.
        Tcp = "tcp",
        /// Whether a path is there.
        Http = "http",
    }
}

words! {
    /// What an access list does with whom a rule is about.
    pub enum AclAction {
        /// They may come in.
        Permit = "permit",
        /// They may not.
        Deny = "deny",
    }
}

words! {
    /// By what a load balancer tells callers apart that stay with one machine.
    pub enum Distribution {
        /// By their addresses.
        SourceIp = "sourceIP",
        /// By their addresses and the protocol.
        SourceIpProtocol = "sourceIPProtocol",
        /// They do not stay.
        None = "none",
    }
}

/// `LoadBalancerProbe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The path that http asks for.
    pub path: Option<String>,
    /// The port.
    pub port: u16,
    /// What is asked for.
    pub protocol: ProbeProtocol,
    /// Seconds between probes.
    pub interval_seconds: u32,
    /// Seconds until the machine counts as gone.
    pub timeout_seconds: u32,
}

/// A rule of an endpoint's access list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AclRule {
    /// Its place in the list.
    pub order: u32,
    /// Whether those may come in.
    pub action: AclAction,
    /// The block of addresses that it is about.
    pub remote_subnet: Prefix,
    /// What it is for.
    pub description: Option<String>,
}

/// A public address of a machine's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublicIp {
    /// Its name.
    pub name: Name,
    /// Minutes after which silent connections are cut.
    pub idle_timeout_minutes: Option<u32>,
    /// A DNS label of its own.
    pub domain_name_label: Option<Name>,
    /// The address; none while the machine is deallocated.
    pub address: Option<Ipv4Addr>,
}

/// A reference to an extension as it is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewExtension {
    /// The name of the reference.
    pub reference: Name,
    /// Who publishes the extension.
    pub publisher: Name,
    /// The extension's name.
    pub name: Name,
    /// Its version: `1.*`, `0.6`, or a whole one.
    pub version: String,
    /// Its settings.
    pub parameters: Vec<Parameter>,
    /// Whether its settings were spoken of, be it that there are none.
    pub parameters_told: bool,
    /// What is to be done with it.
    pub state: ExtensionState,
}

words! {
    /// What is to be done with an extension.
    #[derive(Default)]
    pub enum ExtensionState {
        /// Install and run it.
        #[default]
        Enable = "Enable",
        /// Stop it.
        Disable = "Disable",
        /// Remove it.
        Uninstall = "Uninstall",
    }
}

/// A setting of an extension.
#[derive(Clone, Serialize, Deserialize)]
pub struct Parameter {
    /// Its key.
    pub key: String,
    /// Its value, base64 as it was sent.
    pub value: String,
    /// `Public` or `Private`; the oldest extensions say neither.
    pub visibility: Option<Visibility>,
}

impl Parameter {
    /// Whether only the machine reads it.
    pub(super) fn is_hidden(&self) -> bool {
        self.visibility == Some(Visibility::Private)
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("key", &self.key)
            .field("visibility", &self.visibility)
            .finish_non_exhaustive()
    }
}

words! {
    /// Whether a setting is shown again.
    pub enum Visibility {
        /// It is.
        Public = "Public",
        /// Only the machine reads it.
        Private = "Private",
    }
}

impl NewExtension {
    /// What a machine will make of it.
    pub(super) fn verdict(&self) -> Verdict {
        let told = |visibility| {
            let mut parameters = self.parameters.iter();
            let found = parameters.find(|p| p.visibility == Some(visibility));
            found.map_or("", |parameter| &parameter.value)
        };
        let settings = Settings {
            public: told(Visibility::Public),
            protected: told(Visibility::Private),
        };
        Verdict::of(&self.publisher, &self.name, &self.version, settings)
    }
}

/// An extension of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionReference {
    /// The name of the reference.
    pub reference: Name,
    /// Who publishes the extension.
    pub publisher: Name,
    /// The extension's name.
    pub name: Name,
    /// The version as it was asked for.
    pub version: String,
    /// Its settings, without certificates that the verdict holds.
    pub parameters: Vec<Parameter>,
    /// Whether its settings were spoken of, be it that there are none.
    pub parameters_told: bool,
    /// What was to be done with it.
    pub state: ExtensionState,
    /// What the machine makes of it.
    pub(crate) verdict: Verdict,
    /// Its installation on a machine that was there before; none where it comes with the
    /// machine's boot.
    pub(crate) installation: Option<Life>,
}

impl ExtensionReference {
    /// The settings that may be shown again.
    pub fn public_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| !p.is_hidden())
    }

    /// The settings that only the machine reads; those that its engine has made use of are told
    /// again from what the engine has.
    pub(super) fn hidden_parameters(&self) -> Vec<Parameter> {
        let kept = self.parameters.iter().filter(|p| p.is_hidden()).cloned();
        let used = self.verdict.protected_settings(&self.publisher, &self.name);
        kept.chain(used.map(|value| Parameter {
            key: String::new(),
            value,
            visibility: Some(Visibility::Private),
        }))
        .collect()
    }
}

/// An OS disk as it is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewOsDisk {
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: Option<Caching>,
    /// What it is called.
    pub label: Option<String>,
    /// An existing disk.
    pub disk_name: Option<Name>,
    /// Where the VHD goes.
    pub media_link: Option<Link>,
    /// The image that it is made from.
    pub source_image: Option<Name>,
    /// A VHD elsewhere that it is copied from.
    pub remote_source: Option<Link>,
    /// `Linux` or `Windows`, where nothing else tells.
    pub os: Option<OperatingSystem>,
    /// Its size in GiB, where it is to be larger than its source.
    pub resized_gb: Option<u32>,
}

/// A data disk as it is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewDataDisk {
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: Option<Caching>,
    /// What it is called.
    pub label: Option<String>,
    /// An existing disk.
    pub disk_name: Option<Name>,
    /// Its logical unit number; 0 when absent.
    pub lun: u32,
    /// Its size in GiB.
    pub size_gb: Option<u32>,
    /// Where the VHD goes.
    pub media_link: Option<Link>,
    /// A VHD to start from.
    pub source_media_link: Option<Link>,
}

/// A role: a virtual machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// Its name, unique in the deployment.
    pub name: Name,
    /// The name that it gave itself.
    pub host_name: Name,
    /// Its system.
    pub os: OperatingSystem,
    /// Its size.
    pub size: Size,
    /// Machines that must not fail together.
    pub availability_set: Option<Name>,
    /// Endpoints that lead to it, by name.
    pub endpoints: Vec<Endpoint>,
    /// Subnets of the deployment's network.
    pub subnets: Vec<Name>,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
    /// Public addresses of its own.
    pub public_ips: Vec<PublicIp>,
    /// Network interfaces besides the first.
    pub interfaces: Vec<NetworkInterface>,
    /// The network security group that guards it.
    pub security_group: Option<Name>,
    /// Whether it passes on what is not for it.
    pub ip_forwarding: bool,
    /// Its extensions; `None` when nobody ever spoke of any.
    pub extensions: Option<Vec<ExtensionReference>>,
    /// Its OS disk by name.
    pub os_disk: Name,
    /// Its data disks by name, each with its logical unit number.
    pub data_disks: Vec<(u32, Name)>,
    /// Whether the guest agent was wanted.
    pub provision_guest_agent: Option<bool>,
    /// Its boot diagnostics.
    pub boot_diagnostics: BootDiagnostics,
    /// The certificate of its remote desktop or ssh server.
    pub remote_access_thumbprint: Thumbprint,
    /// The certificate of its WinRM listener; Windows only.
    pub winrm_thumbprint: Option<Thumbprint>,
    /// Its address inside; none while it is deallocated.
    pub address: Option<Ipv4Addr>,
    /// Thumbprints of the service certificates that it was set up with.
    pub certificates: Vec<Thumbprint>,
    /// A licence of the owner's own.
    pub license_type: Option<String>,
    /// Whether the image brought an agent along.
    pub(crate) agent_in_image: bool,
    /// Tells this machine from any other of its name, before or after.
    pub(crate) serial: u64,
    pub(crate) life: Life,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flaws: Option<Box<Flaws>>,
    /// Whether its customer had maintenance done.
    pub(crate) maintained: bool,
}

/// What a machine's boot diagnostics are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BootDiagnostics {
    /// Nobody ever spoke of them.
    #[default]
    Unset,
    /// Switched off.
    Off,
    /// Screenshots and logs go to blobs of this prefix.
    On {
        /// `http://{account}.blob.core.windows.net/bootdiagnostics{guid}/{service}.{private id}.{role}`.
        prefix: String,
    },
}

impl Role {
    /// Whether an agent runs in the machine.
    pub(crate) fn has_agent(&self) -> bool {
        let is_silent = self.flaws.as_ref().is_some_and(|flaws| flaws.silent_agent);
        self.agent_in_image && self.provision_guest_agent == Some(true) && !is_silent
    }

    /// Where the machine stands.
    pub(crate) fn phase(&self, pace: Pace, now: Timestamp) -> &'static Phase {
        self.life.phase(self.own_pace(pace), now)
    }

    /// When the machine's extensions will be done, where that is a matter of time.
    pub(crate) fn done_at(&self, pace: Pace) -> Option<Timestamp> {
        self.life.done_at(self.own_pace(pace))
    }

    /// The pace at which the machine boots.
    fn own_pace(&self, pace: Pace) -> Pace {
        match (&self.flaws, self.life.course) {
            (Some(flaws), Course::Up(boot)) => flaws.pace(pace, boot),
            _ => pace,
        }
    }

    /// Whether this is wrong with its Docker.
    pub(crate) fn has_docker_flaw(&self, flaw: DockerFlaw) -> bool {
        let own = self.flaws.as_ref().and_then(|flaws| flaws.docker);
        own == Some(flaw)
    }

    /// When the machine dies, if it does.
    pub(crate) fn death(&self, pace: Pace) -> Option<Timestamp> {
        self.flaws.as_ref()?.death(self.life, pace)
    }

    /// How far an extension of the machine is: not before the machine is ready for it.
    pub(crate) fn progress_of(
        &self,
        extension: &ExtensionReference,
        pace: Pace,
        now: Timestamp,
    ) -> Extensions {
        match (self.phase(pace, now).extensions, extension.installation) {
            (Extensions::Done, Some(installation)) => installation.phase(pace, now).extensions,
            (progress, _) => progress,
        }
    }

    /// The extensions that are to run.
    pub(crate) fn enabled_extensions(&self) -> impl Iterator<Item = &ExtensionReference> {
        self.extensions
            .iter()
            .flatten()
            .filter(|e| e.state == ExtensionState::Enable)
    }
}
