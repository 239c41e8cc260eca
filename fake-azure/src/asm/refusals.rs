//! How the service says no: the world's reasons, and the skin's own, as status, code and words.

use std::fmt;

use crate::world::{Clash, Counted, Elsewhere, Failure, Refusal as Reason, Thing, Twice};

/// A request that the service turns down: status, code and message as they go over the wire.
///
/// Statuses, codes and messages are those of the real service where a recording or its
/// documentation tells them (Service Management REST API, "Service Management Status and
/// Error Codes"); docs/fidelity.md lists the choices where nothing does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// HTTP status.
    pub status: u16,
    /// The `Code` of the error body.
    pub code: String,
    /// The `Message` of the error body.
    pub message: String,
    /// What exactly was at fault, for the journal and the header `x-fake-azure-detail`.
    pub detail: Option<String>,
}
impl Refused {
    /// A refusal with words of its own.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            detail: None,
        }
    }

    /// Adds what exactly was at fault.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What was at fault; where the message names it already, the message.
    pub(crate) fn fault(&self) -> &str {
        let detail = self.detail.as_deref().unwrap_or_default();
        if detail.trim().is_empty() {
            &self.message
        } else {
            detail
        }
    }

    /// 400 `BadRequest`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 400 `BadRequest` for a value of the wrong type or out of its range.
    pub fn parameter(detail: impl Into<String>) -> Self {
        Self::bad_request("A parameter was incorrect").detail(detail)
    }

    /// 400 `InvalidXmlRequest`.
    pub fn invalid_xml(detail: impl Into<String>) -> Self {
        Self::new(
            400,
            "InvalidXmlRequest",
            "The request body's XML was invalid or not correctly specified.",
        )
        .detail(detail)
    }

    /// 400 `MissingOrInvalidRequiredQueryParameter`.
    pub fn query(detail: impl Into<String>) -> Self {
        Self::new(
            400,
            "MissingOrInvalidRequiredQueryParameter",
            "A required query parameter was not specified for this request or was specified incorrectly.",
        )
        .detail(detail)
    }

    /// 404 `ResourceNotFound`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "ResourceNotFound", message)
    }

    /// 404 `ResourceNotFound` in the service's generic words.
    pub fn resource(detail: impl Into<String>) -> Self {
        Self::not_found("The specified resource does not exist.").detail(detail)
    }

    /// 409 `ConflictError`.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "ConflictError", message)
    }

    /// 403 `ForbiddenError`, as the real service answers unknown subscriptions and certificates.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            403,
            "ForbiddenError",
            "The server failed to authenticate the request. Verify that the certificate is valid and is associated with this subscription.",
        )
        .detail(detail)
    }

    /// 501 for an operation that the real service has and the simulator has not.
    pub fn not_modelled(operation: &str) -> Self {
        Self::new(
            501,
            "NotImplemented",
            format!(
                "The operation '{operation}' is not modelled by this simulator; docs/fidelity.md lists what is."
            ),
        )
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

/// What the service calls a kind of things in its messages.
fn word(what: Thing) -> &'static str {
    match what {
        Thing::AffinityGroup => "affinity group",
        Thing::Certificate => "certificate",
        Thing::Deployment => "deployment",
        Thing::Disk => "disk",
        Thing::DnsServer => "DNS server",
        Thing::Extension => "extension",
        Thing::HostedService => "hosted service",
        Thing::Image => "image",
        Thing::ImageDataDisk => "data disk",
        Thing::LoadBalancedSet => "load balanced endpoint set",
        Thing::LoadBalancer => "load balancer",
        Thing::Location => "location",
        Thing::ManagementCertificate => "management certificate",
        Thing::NetworkInterface => "network interface",
        Thing::Operation => "operation",
        Thing::ReservedIp => "reserved IP",
        Thing::ResourceType => "resource type",
        Thing::Role => "role",
        Thing::RouteTable => "route table",
        Thing::SecurityGroup => "network security group",
        Thing::StorageAccount => "storage account",
        Thing::VirtualIp => "virtual IP",
        Thing::VirtualNetwork => "virtual network",
    }
}

fn missing(what: Thing, name: &str) -> Refused {
    match what {
        Thing::AffinityGroup | Thing::HostedService | Thing::Certificate => {
            Refused::not_found(format!("The {} does not exist.", word(what))).detail(name)
        }
        Thing::Disk | Thing::Image => Refused::not_found(format!(
            "The {} with the specified name does not exist.",
            word(what)
        ))
        .detail(name),
        Thing::Location => {
            Refused::not_found("The location does not exist.").detail(format!("Location: `{name}`"))
        }
        Thing::Deployment => {
            Refused::not_found(format!("The deployment name '{name}' does not exist."))
        }
        Thing::Role => Refused::not_found(format!(
            "Role {name} was not found in the currently deployed service."
        )),
        Thing::StorageAccount => {
            Refused::not_found(format!("The storage account '{name}' was not found."))
        }
        Thing::ResourceType => Refused::not_found("The service name is unknown.").detail(name),
        Thing::VirtualNetwork => Refused::bad_request(format!(
            "Virtual network '{name}' not found. Either it does not exist or it is an Azure Resource Manager resource, which cannot be used with Cloud Services."
        )),
        Thing::ImageDataDisk => Refused::resource(format!("data disk `{name}` of the image")),
        _ => Refused::resource(format!("{} `{name}`", word(what))),
    }
}

fn exists(what: Thing, name: &str) -> Refused {
    match what {
        Thing::Role => Refused::conflict(format!(
            "The role name '{name}' is already in use in the deployment."
        )),
        Thing::DnsServer | Thing::VirtualIp => {
            Refused::conflict(format!("The {} name {name} is already in use.", word(what)))
        }
        Thing::ManagementCertificate => {
            Refused::conflict("The management certificate is already there.").detail(name)
        }
        _ => {
            let article = match what {
                Thing::AffinityGroup | Thing::Image => "An",
                _ => "A",
            };
            Refused::conflict(format!(
                "{article} {} with the specified name already exists.",
                word(what)
            ))
            .detail(name)
        }
    }
}

fn taken(what: Thing, name: &str, own: bool) -> String {
    match (what, own) {
        (Thing::StorageAccount, true) => {
            format!("A storage account named '{name}' already exists in the subscription.")
        }
        (Thing::StorageAccount, false) => {
            format!("The storage account named '{name}' is already taken.")
        }
        _ => "The specified DNS name is already taken.".to_owned(),
    }
}

/// The words of a name that somebody has, as a question after it is answered.
pub(super) fn availability(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Taken { what, name, own } => Some(taken(*what, name, *own)),
        _ => None,
    }
}

fn bad_name(what: Thing, name: &str) -> Refused {
    let words = match what {
        Thing::StorageAccount => "The name is not a valid storage account name. Storage account names must be between 3 and 24 characters in length and use numbers and lower-case letters only.".to_owned(),
        Thing::VirtualIp => "The virtual IP name is invalid.".to_owned(),
        _ => format!("The {} name is invalid.", word(what)),
    };
    Refused::bad_request(words).detail(name)
}

fn renamed(what: Thing, name: &str) -> Refused {
    Refused::bad_request(format!("A {} cannot be given another name.", word(what))).detail(name)
}

fn in_use(what: Thing, name: &str, by: &str) -> Refused {
    Refused::conflict(match what {
        Thing::AffinityGroup => {
            format!("The affinity group {name} is in use, e.g. by {by}, and cannot be deleted.")
        }
        Thing::StorageAccount => format!(
            "Storage account {name} has some active image(s) and/or disk(s), e.g. {by}. Ensure these image(s) and/or disk(s) are removed before deleting this storage account."
        ),
        Thing::Certificate => {
            format!("The certificate with thumbprint {name} is in use by role {by}.")
        }
        _ => format!("The {} {name} is in use by {by}.", word(what)),
    })
}

fn elsewhere(what: &Elsewhere, there: &str, here: &str) -> Refused {
    let there = match what {
        Elsewhere::ReservedIp(name) => format!("The reserved IP {name} is in {there}"),
        Elsewhere::VirtualNetwork(name) => format!("The virtual network {name} is in {there}"),
        Elsewhere::Blob(link) => format!("The storage account of {link} is in {there}"),
        Elsewhere::ImageDisk(link) => {
            return Refused::bad_request(format!(
                "The VHDs of a VM image must be in one location: {link} is in {there}, the OS disk in {here}."
            ));
        }
    };
    Refused::bad_request(format!(
        "{there}, and the hosted service in {here}: they must be in the same location."
    ))
}

fn twice(what: Twice, name: &str) -> Refused {
    match what {
        Twice::Extension => {
            Refused::conflict(format!("The extension reference {name} is used twice."))
        }
        Twice::NetworkInterface => Refused::conflict(format!(
            "The network interface name {name} is used twice in the role."
        )),
        Twice::Endpoint => Refused::bad_request(format!(
            "The endpoint name {name} is used more than once in the role."
        )),
        Twice::LoadBalancedSet => Refused::bad_request(format!(
            "The load balanced endpoint set {name} is used by two endpoints of the role."
        )),
    }
}

/// What the service calls what it counts.
fn counted(what: Counted) -> &'static str {
    match what {
        Counted::Cores => "cores count",
        Counted::HostedServices => "hosted service count",
        Counted::ReservedIps => "reserved IP count",
        Counted::StorageAccounts => "storage account count",
    }
}

/// What a subscription may have no more of; where it is told, how much it may have and has, and
/// how much more it asks for.
fn limit(of: &str, told: Option<(usize, usize, usize)>) -> Refused {
    let told = told.map(|(most, current, increment)| {
        format!(
            " The limit for resource type '{of}' is {most} per subscription, the current count is {current}, and the requested increment is {increment}."
        )
    });
    Refused::new(
        403,
        "ForbiddenError",
        format!(
            "The subscription policy limit for resource type '{of}' was exceeded.{}",
            told.unwrap_or_default()
        ),
    )
}

/// The service's own fault.
fn internal(detail: &str) -> Refused {
    Refused::new(
        500,
        "InternalError",
        "The server encountered an internal error. Please retry the request.",
    )
    .detail(detail)
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Clash(clash) => clash.into(),
            Failure::SizeNotOffered { operation, region } => Self::new(
                400,
                "LocationNotFoundForRoleSize",
                format!(
                    "The operation '{operation}' failed: 'The requested VM tier is currently not available in Region ({region}) for this subscription. Please try another tier or deploy to a different location.'"
                ),
            ),
            Failure::NoRoom => Self::new(
                409,
                "Compute.OverconstrainedAllocationRequest",
                "The VM size (or combination of VM sizes) required by this deployment cannot be provisioned due to deployment request constraints. If possible, try relaxing constraints such as virtual network bindings, deploying to a hosted service with no other deployment in it and to a different affinity group or with no affinity group, or try deploying to a different region.",
            ),
            Failure::Arranged {
                http_status,
                code,
                message,
            } => Self::new(http_status, &code, message),
        }
    }
}

impl From<Clash> for Refused {
    fn from(clash: Clash) -> Self {
        match clash {
            Clash::Port(port) => Self::bad_request(format!(
                "Port {port} is already in use by one of the endpoints in this deployment. Ensure that the port numbers are unique across endpoints within a deployment."
            )),
            Clash::LocalPort { port, endpoint } => Self::bad_request(format!(
                "Local Port {port} for endpoint {endpoint} is already in use by one of the other endpoints in this role. Ensure that the local port numbers are unique across endpoints within a role."
            )),
        }
    }
}

impl From<Reason> for Refused {
    #[expect(clippy::too_many_lines, reason = "one arm for each reason")]
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NoSubscription(id) => {
                Self::forbidden(format!("there is no subscription `{id}`"))
            }
            Reason::Missing(what, name) => missing(what, &name),
            Reason::NoDeployment => Self::not_found("No deployments were found."),
            Reason::NoDataDisk { role, lun } => {
                Self::resource(format!("data disk {lun} of role `{role}`"))
            }
            Reason::NoSubnet { network, subnet } => {
                Self::resource(format!("subnet `{subnet}` of virtual network `{network}`"))
            }
            Reason::NoExtension {
                publisher,
                name,
                version,
            } => Self::resource(format!("extension `{publisher}.{name}`, version `{version}`")),
            Reason::NoMember { what, of, name } => {
                Self::resource(format!("{what} `{name}` of `{of}`"))
            }
            Reason::Unset(what) => Self::resource(format!("no {}", word(what))),
            Reason::NoServiceCertificate(thumbprint) => Self::not_found(format!(
                "The certificate with thumbprint {thumbprint} was not found."
            )),
            Reason::Exists(what, name) => exists(what, &name),
            Reason::Taken { what, name, own } => {
                Self::conflict(taken(what, &name, own)).detail(name)
            }
            Reason::SlotOccupied => {
                Self::conflict("The specified deployment slot Production is occupied.")
            }
            Reason::BadName(what, name) => bad_name(what, &name),
            Reason::Renamed(what, name) => renamed(what, &name),
            Reason::BadValue(told) => Self::parameter(told),
            Reason::Incomplete(told) => Self::invalid_xml(told),
            Reason::Limit { of, most } => limit(&of, most.map(|most| (most, most, 1))),
            Reason::Quota {
                what,
                limit: most,
                current,
                increment,
            } => limit(counted(what), Some((most as usize, current, increment))),
            Reason::Locked(id) => Self::conflict(format!(
                "Windows Azure is currently performing an operation with x-ms-requestid {id} on this deployment that requires exclusive access."
            )),
            Reason::DiskLocked { deployment, disk } => Self::conflict(format!(
                "Windows Azure is currently performing an operation on deployment '{deployment}' that requires exclusive access. Please try again later for operation on disk or image '{disk}' associated with the deployment."
            )),
            Reason::DiskInUse {
                disk,
                role,
                service,
                deployment,
            } => Self::bad_request(format!(
                "A disk with name {disk} is currently in use by virtual machine {role} running within hosted service {service}, deployment {deployment}."
            )),
            Reason::Unsettled(Thing::StorageAccount, name) => {
                Self::conflict(format!("The storage account '{name}' is being created."))
            }
            Reason::Unsettled(_, name) => {
                Self::conflict("A conflict occurred to prevent the operation from completing.")
                    .detail(name)
            }
            Reason::InUse { what, name, by } => in_use(what, &name, &by),
            Reason::ReservedIpInUse {
                name,
                service,
                deployment,
            } => Self::conflict(format!(
                "The reserved IP {name} is in use by deployment {deployment} of hosted service {service}."
            )),
            Reason::ReservedIpTaken { name, service } => Self::conflict(format!(
                "The reserved IP {name} is already in use by hosted service {service}."
            )),
            Reason::ReservedIpUnmade(name) => {
                Self::conflict(format!("The reserved IP {name} is being created."))
            }
            Reason::HasDeployment(name) => Self::conflict(
                "A hosted service cannot be deleted while it still contains deployments.",
            )
            .detail(name),
            Reason::HasReservedIp { deployment, other } => Self::conflict(format!(
                "The deployment {deployment} has the reserved IP {other} already."
            )),
            Reason::HasNotReservedIp { deployment, name } => Self::bad_request(format!(
                "The deployment {deployment} does not have the reserved IP {name}."
            )),
            Reason::NoEndpoints {
                deployment,
                reserved,
            } => Self::bad_request(format!(
                "The deployment {deployment} uses ReservedIP {reserved} but does not contain any endpoints. Add an endpoint to the deployment."
            )),
            Reason::NoPublicAddress(deployment) => Self::conflict(format!(
                "The deployment {deployment} has no address while none of its machines runs."
            )),
            Reason::Elsewhere { what, there, here } => elsewhere(&what, &there, &here),
            Reason::BlobInUse { what, name, link } => {
                let article = if what == Thing::Image { "An" } else { "A" };
                Self::conflict(format!(
                    "{article} {} with name {name} already uses the blob {link}.",
                    word(what)
                ))
            }
            Reason::BlobTwice(link) => {
                Self::conflict(format!("The blob {link} is used by two disks of the image."))
            }
            Reason::LunTwice(lun) => Self::conflict(format!(
                "The logical unit number {lun} is used by two data disks."
            )),
            Reason::NoPremium { size, link } => Self::bad_request(format!(
                "The VM size {size} does not support disks in premium storage, and {link} is in an account of type Premium_LRS."
            )),
            Reason::NoPageBlobs(account) => Self::bad_request(format!(
                "The storage account {account} is of type Standard_ZRS, which holds no page blobs, so no VHD can be in it."
            )),
            Reason::OtherAccount { source, target } => Self::bad_request(format!(
                "The disk's VHD must be in the same account as the VHD of the source image (source account: {}, target account: {}).",
                source.host().unwrap_or_default(),
                target.host().unwrap_or_default(),
            )),
            Reason::RootContainer(link) => Self::bad_request(
                "Creating OS disks in $root storage container is not supported. Use another container.",
            )
            .detail(format!("MediaLink: `{link}`")),
            Reason::PlatformImage { name, verb } => {
                Self::bad_request(format!("A platform image cannot be {verb}.")).detail(name)
            }
            Reason::NotShutDown(role) => Self::conflict(format!(
                "Role {role} must be shut down before it is captured."
            )),
            Reason::NotReady(role) => Self::conflict(format!("Role {role} is not ready yet.")),
            Reason::NotRunning(role) => Self::conflict(format!(
                "Role {role} is not running and so cannot be restarted or redeployed."
            )),
            Reason::LastRole(role) => Self::bad_request(format!(
                "Role {role} is the only role present in the deployment and so cannot be removed. Please delete the deployment or add another role before removing this role."
            )),
            Reason::OsDiskStays(disk) => {
                Self::bad_request("The OS disk of a role cannot be exchanged.").detail(disk)
            }
            Reason::NoSystemOn(disk) => {
                Self::bad_request("A data disk cannot be used as the OS disk of a role.")
                    .detail(disk)
            }
            Reason::NoSystem => Self::bad_request(
                "The role has no OS disk: neither an image nor a disk was named.",
            )
            .detail("OSVirtualHardDisk"),
            Reason::ManySystems => Self::bad_request(
                "A role is made from one of a VM image, an OS image, a VHD elsewhere and a disk.",
            )
            .detail("VMImageName, OSVirtualHardDisk"),
            Reason::NoAgent(reference) => Self::bad_request(
                "Provision Guest Agent must be enabled on the VM before setting VM Extension.",
            )
            .detail(format!("ResourceExtensionReference `{reference}`")),
            Reason::NoMaintenance => internal("no maintenance is scheduled for the role"),
            Reason::NoProvisioning { os, role } => Self::bad_request(format!(
                "A {os} image needs a provisioning configuration set, and role {role} has none."
            )),
            Reason::OtherSystem { set, os } => Self::bad_request(format!(
                "The configuration set {set} does not fit an image with {os}."
            )),
            Reason::NoCredentials => {
                Self::bad_request("Either a password or an SSH key is needed for the user.")
                    .detail("UserPassword")
            }
            Reason::NoPassword => {
                Self::bad_request("A password is needed where SSH accepts passwords.")
                    .detail("UserPassword")
            }
            Reason::ReservedUser(name) => {
                Self::bad_request("The specified user name is not allowed.").detail(name)
            }
            Reason::WeakPassword { least, most } => Self::bad_request(format!(
                "The supplied password must be between {least}-{most} characters long and must satisfy at least 3 of password complexity requirements from the following: 1) Contains an uppercase character 2) Contains a lowercase character 3) Contains a numeric digit 4) Contains a special character."
            ))
            .detail("the password"),
            Reason::NoVirtualNetwork { what, which } => Self::bad_request(format!(
                "{what} can be given only in a deployment with a virtual network."
            ))
            .detail(which),
            Reason::AddressOutside(address) => Self::bad_request(format!(
                "The static address {address} doesn't belong to the address space defined by the role's subnets."
            )),
            Reason::AddressKept(address) => Self::bad_request(format!(
                "The static address {address} is one of those that the service keeps of every subnet."
            )),
            Reason::AddressInUse(address) => {
                Self::conflict(format!("The static address {address} is already in use."))
            }
            Reason::NetworkFull(name) => Self::bad_request(format!(
                "The virtual network {name} has no address left."
            )),
            Reason::NetworkInUse(name) => Self::bad_request(format!(
                "The virtual network {name} is in use: it cannot be removed, moved or lose addresses or a subnet."
            )),
            Reason::TwiceInNetworks { what, name } => Self::conflict(format!(
                "The {what} name {name} is used more than once in the network configuration."
            )),
            Reason::InterfacesStay { added: Some(name) } => Self::bad_request(
                "Network interfaces cannot be added to a role that is there.",
            )
            .detail(name),
            Reason::InterfacesStay { added: None } => Self::bad_request(
                "Network interfaces cannot be taken from a role that is there.",
            ),
            Reason::TwiceInRole { what, name } => twice(what, &name),
            Reason::ManyEndpoints(most) => Self::bad_request(format!(
                "A deployment has at most {most} input endpoints."
            )),
            Reason::NoPort => {
                Self::bad_request("There is no public port left for the endpoint.")
            }
            Reason::SetDiffers {
                set,
                in_probe: true,
            } => Self::bad_request(format!(
                "The endpoints of the load balanced endpoint set {set} must have the same probe: update the whole set."
            )),
            Reason::SetDiffers {
                set,
                in_probe: false,
            } => Self::bad_request(format!(
                "The endpoints of the load balanced endpoint set {set} must have the same port, protocol and load balancer."
            )),
            Reason::HasLoadBalancer(name) => Self::bad_request(format!(
                "LoadBalancer already exists: {name}. Only one internal load balancer allowed per deployment."
            )),
            Reason::ManyVirtualIps { deployment, most } => Self::conflict(format!(
                "The deployment {deployment} has {most} virtual IPs, and can have no more."
            )),
            Reason::ListFull { what, name, most } => Self::conflict(format!(
                "The {} {name} has {most} {}, and can have no more.",
                word(what),
                if what == Thing::RouteTable {
                    "routes"
                } else {
                    "rules"
                }
            )),
            Reason::SamePriority { other, name } => Self::conflict(format!(
                "The rules {other} and {name} have the same priority and direction."
            )),
            Reason::SamePrefix { other, name } => Self::conflict(format!(
                "The routes {other} and {name} have the same address prefix."
            )),
            Reason::Guarded(group) => Self::conflict(format!(
                "The network security group {group} guards it already."
            )),
            Reason::Registered(resource) => Self::conflict(format!(
                "The resource type {resource} is already registered for this subscription."
            )),
            Reason::EngineTaken(holder) => Self::conflict(format!(
                "The simulator stands in front of one real Docker engine, and the machine '{holder}' \
                 has it. Start the simulator with --engine-shared to let machines share it."
            )),
            Reason::NotWritten(why) => internal(&why),
        }
    }
}
