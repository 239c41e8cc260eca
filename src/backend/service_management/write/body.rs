//! The bodies of the requests that make and change things.

use super::super::read::{DataDisk, InputEndpoint, LoadBalancer, Role, Secret};
use super::super::record::{Shape, Tag, Wire as _, list, one, record};
use super::{Body, Document, Elements};
use crate::backend::Place;

fn place(place: &Place, at: &mut Elements) {
    match place {
        Place::Location(name) => at.text("Location", name),
        Place::AffinityGroup(name) => at.text("AffinityGroup", name),
    };
}

/// Makes a cloud service.
#[derive(Debug, Clone)]
pub struct CreateHostedService {
    /// Its name: the first label of its public name.
    pub name: String,
    /// Its label, plain.
    pub label: String,
    /// What is said of it.
    pub description: Option<String>,
    /// Where it lies.
    pub place: Place,
}

impl Body for CreateHostedService {
    fn document(&self) -> Document {
        Document::new("CreateHostedService", |root| {
            root.text("ServiceName", &self.name)
                .base64("Label", &self.label)
                .maybe("Description", self.description.as_ref());
            place(&self.place, root);
        })
    }
}

/// Puts a certificate into a cloud service.
#[derive(Clone)]
pub struct CertificateFile {
    /// The bytes of the file: PKCS#12, DER or PEM.
    pub data: zeroize::Zeroizing<Vec<u8>>,
    /// `pfx` or `cer`; the old CLI calls a PEM text `pfx`, and the service takes it.
    pub format: &'static str,
    /// The password of a PKCS#12 file.
    pub password: Option<Secret>,
}

impl std::fmt::Debug for CertificateFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateFile")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Body for CertificateFile {
    fn document(&self) -> Document {
        Document::new("CertificateFile", |root| {
            root.base64("Data", self.data.as_slice())
                .text("CertificateFormat", self.format)
                .maybe("Password", self.password.as_ref().map(Secret::expose));
        })
    }
}

/// Makes a deployment of one or more machines.
#[derive(Debug, Clone, Default)]
pub struct NewDeployment {
    /// Its name.
    pub name: String,
    /// Its label, plain.
    pub label: String,
    /// The machines.
    pub roles: Vec<Role>,
    /// The virtual network that it joins.
    pub virtual_network_name: Option<String>,
    /// The reserved address that it uses.
    pub reserved_ip_name: Option<String>,
}

impl Body for NewDeployment {
    fn document(&self) -> Document {
        Document::new("Deployment", |root| {
            root.text("Name", &self.name)
                .text("DeploymentSlot", "Production")
                .text("Label", &self.label)
                .field(list("RoleList", "Role"), &self.roles)
                .maybe("VirtualNetworkName", self.virtual_network_name.as_ref())
                .maybe("ReservedIPName", self.reserved_ip_name.as_ref());
        })
    }
}

/// What becomes of a machine that is shut down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostShutdown {
    /// It keeps its place, and costs on.
    Stopped,
    /// Its place is given back.
    StoppedDeallocated,
}

/// Something that a machine is told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Run.
    Start,
    /// Run anew.
    Restart,
    /// End.
    Shutdown(PostShutdown),
    /// Become an image of its system disk; the machine goes.
    Capture {
        /// The image's name.
        name: String,
        /// The image's label.
        label: String,
    },
    /// Become an image of the whole machine.
    CaptureMachine {
        /// `Generalized` or `Specialized`.
        os_state: String,
        /// The image's name.
        name: String,
        /// The image's label.
        label: String,
    },
}

impl Body for Operation {
    fn document(&self) -> Document {
        let document = |root: &str, more: &dyn Fn(&mut Elements)| {
            Document::new(root, |at| {
                at.text("OperationType", root);
                more(at);
            })
        };
        match self {
            Self::Start => document("StartRoleOperation", &|_| {}),
            Self::Restart => document("RestartRoleOperation", &|_| {}),
            Self::Shutdown(after) => document("ShutdownRoleOperation", &|at| {
                at.text(
                    "PostShutdownAction",
                    match after {
                        PostShutdown::Stopped => "Stopped",
                        PostShutdown::StoppedDeallocated => "StoppedDeallocated",
                    },
                );
            }),
            Self::Capture { name, label } => document("CaptureRoleOperation", &|at| {
                at.text("PostCaptureAction", "Delete")
                    .text("TargetImageLabel", label)
                    .text("TargetImageName", name);
            }),
            Self::CaptureMachine {
                os_state,
                name,
                label,
            } => document("CaptureRoleAsVMImageOperation", &|at| {
                at.text("OSState", os_state)
                    .text("VMImageName", name)
                    .text("VMImageLabel", label);
            }),
        }
    }
}

record! {
    /// Makes an affinity group.
    pub struct CreateAffinityGroup {
        /// Its name.
        name: String = "Name",
        /// Its label, plain.
        label: String = one("Label").base64(),
        /// What is said of it.
        description: Option<String> = "Description",
        /// Where it lies.
        location: String = "Location",
    }
}

impl Body for CreateAffinityGroup {
    fn document(&self) -> Document {
        Document::of("CreateAffinityGroup", self)
    }
}

/// Makes a storage account.
#[derive(Debug, Clone)]
pub struct CreateStorageAccount {
    /// Its name: 3 to 24 lower-case letters and digits.
    pub name: String,
    /// What is said of it.
    pub description: Option<String>,
    /// Its label, plain.
    pub label: String,
    /// Where it lies.
    pub place: Place,
    /// For instance `Standard_LRS`.
    pub account_type: Option<String>,
}

impl Body for CreateStorageAccount {
    fn document(&self) -> Document {
        Document::new("CreateStorageServiceInput", |root| {
            root.text("ServiceName", &self.name)
                .maybe("Description", self.description.as_ref())
                .base64("Label", &self.label);
            place(&self.place, root);
            root.maybe("AccountType", self.account_type.as_ref());
        })
    }
}

record! {
    /// Changes a storage account.
    pub struct UpdateStorageAccount {
        /// What is said of it.
        description: Option<String> = "Description",
        /// Its label, plain.
        label: Option<String> = one("Label").base64(),
        /// For instance `Standard_LRS`.
        account_type: Option<String> = "AccountType",
    }
}

impl Body for UpdateStorageAccount {
    fn document(&self) -> Document {
        Document::of("UpdateStorageServiceInput", self)
    }
}

/// One of the two keys of a storage account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageKeyKind {
    /// The first.
    Primary,
    /// The second.
    Secondary,
}

impl Body for StorageKeyKind {
    fn document(&self) -> Document {
        Document::new("RegenerateKeys", |root| {
            root.text(
                "KeyType",
                match self {
                    Self::Primary => "primary",
                    Self::Secondary => "secondary",
                },
            );
        })
    }
}

record! {
    /// Reserves a public address.
    pub struct CreateReservedIp {
        /// Its name.
        name: String = "Name",
        /// Its label, plain.
        label: Option<String> = "Label",
        /// Where it lies.
        location: String = "Location",
    }
}

impl Body for CreateReservedIp {
    fn document(&self) -> Document {
        Document::of("ReservedIP", self)
    }
}

/// Makes an image of a disk that lies in a storage account.
#[derive(Debug, Clone)]
pub struct CreateOsImage {
    /// Its name.
    pub name: String,
    /// Its label, plain.
    pub label: String,
    /// Where the disk lies.
    pub media_link: String,
    /// `Linux` or `Windows`.
    pub os: String,
}

impl Body for CreateOsImage {
    fn document(&self) -> Document {
        Document::new("OSImage", |root| {
            root.text("Label", &self.label)
                .text("MediaLink", &self.media_link)
                .text("Name", &self.name)
                .text("OS", &self.os)
                .text("IsPremium", false)
                .text("ShowInGui", true);
        })
    }
}

record! {
    /// Makes a disk of a blob.
    pub struct CreateDisk {
        /// `Linux` or `Windows`; absent when nothing boots from it.
        os: Option<String> = "OS",
        /// Its label, plain.
        label: String = "Label",
        /// Where the blob lies.
        media_link: String = "MediaLink",
        /// Its name.
        name: String = "Name",
    }
}

impl Body for CreateDisk {
    fn document(&self) -> Document {
        Document::of("Disk", self)
    }
}

/// How a host keeps parts of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Not at all.
    None,
    /// What was read.
    ReadOnly,
    /// What was read and written.
    ReadWrite,
}

impl Caching {
    /// The service's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::ReadOnly => "ReadOnly",
            Self::ReadWrite => "ReadWrite",
        }
    }
}

/// Attaches a data disk to a machine.
#[derive(Debug, Clone, Default)]
pub struct AddDisk(pub DataDisk);

impl Body for AddDisk {
    fn document(&self) -> Document {
        Document::of("DataVirtualHardDisk", &self.0)
    }
}

/// Changes what the machines of load-balanced sets share.
#[derive(Debug, Clone, Default)]
pub struct LoadBalancedSets(pub Vec<InputEndpoint>);

impl Body for LoadBalancedSets {
    fn document(&self) -> Document {
        Document::new("LoadBalancedEndpointList", |root| {
            for endpoint in &self.0 {
                root.shape("InputEndpoint", Tag::default(), &shared(endpoint));
            }
        })
    }
}

/// An endpoint of a load-balanced set: here the rules stand before the load balancer.
fn shared(endpoint: &InputEndpoint) -> Shape<'_> {
    let mut shape = endpoint.shape();
    if let Shape::Record(_, fields) = &mut shape {
        let at = |name: &str| fields.iter().position(|(tag, _)| tag.name == name);
        if let (Some(balancer), Some(rules)) = (at("LoadBalancerName"), at("EndpointAcl")) {
            fields.swap(balancer, rules);
        }
    }
    shape
}

/// Names the security group that something is put behind.
#[derive(Debug, Clone)]
pub struct SecurityGroupName(pub String);

impl Body for SecurityGroupName {
    fn document(&self) -> Document {
        Document::new("NetworkSecurityGroup", |root| {
            root.text("Name", &self.0);
        })
    }
}

impl Body for LoadBalancer {
    fn document(&self) -> Document {
        Document::of("LoadBalancer", self)
    }
}

impl Body for Role {
    /// The body that adds this role or puts it in the place of another of its name.
    fn document(&self) -> Document {
        Document::of("PersistentVMRole", self)
    }
}
