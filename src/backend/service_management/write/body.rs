//! The bodies of the requests that make and change things.

use super::super::read::{DataDisk, InputEndpoint, LoadBalancer, Role, Secret};
use super::{Body, Document, Elements, role};
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
                .list("RoleList", "Role", Some(self.roles.as_slice()), role::role)
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

/// Makes an affinity group.
#[derive(Debug, Clone)]
pub struct CreateAffinityGroup {
    /// Its name.
    pub name: String,
    /// Its label, plain.
    pub label: String,
    /// What is said of it.
    pub description: Option<String>,
    /// Where it lies.
    pub location: String,
}

impl Body for CreateAffinityGroup {
    fn document(&self) -> Document {
        Document::new("CreateAffinityGroup", |root| {
            root.text("Name", &self.name)
                .base64("Label", &self.label)
                .maybe("Description", self.description.as_ref())
                .text("Location", &self.location);
        })
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

/// Changes a storage account.
#[derive(Debug, Clone, Default)]
pub struct UpdateStorageAccount {
    /// What is said of it.
    pub description: Option<String>,
    /// Its label, plain.
    pub label: Option<String>,
    /// For instance `Standard_LRS`.
    pub account_type: Option<String>,
}

impl Body for UpdateStorageAccount {
    fn document(&self) -> Document {
        Document::new("UpdateStorageServiceInput", |root| {
            root.maybe("Description", self.description.as_ref());
            if let Some(label) = &self.label {
                root.base64("Label", label);
            }
            root.maybe("AccountType", self.account_type.as_ref());
        })
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

/// Reserves a public address.
#[derive(Debug, Clone)]
pub struct CreateReservedIp {
    /// Its name.
    pub name: String,
    /// Its label, plain.
    pub label: Option<String>,
    /// Where it lies.
    pub location: String,
}

impl Body for CreateReservedIp {
    fn document(&self) -> Document {
        Document::new("ReservedIP", |root| {
            root.text("Name", &self.name)
                .maybe("Label", self.label.as_ref())
                .text("Location", &self.location);
        })
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

/// Makes a disk of a blob.
#[derive(Debug, Clone)]
pub struct CreateDisk {
    /// Its name.
    pub name: String,
    /// Its label, plain.
    pub label: String,
    /// Where the blob lies.
    pub media_link: String,
    /// `Linux` or `Windows`; absent when nothing boots from it.
    pub os: Option<String>,
}

impl Body for CreateDisk {
    fn document(&self) -> Document {
        Document::new("Disk", |root| {
            root.maybe("OS", self.os.as_ref())
                .text("Label", &self.label)
                .text("MediaLink", &self.media_link)
                .text("Name", &self.name);
        })
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
        Document::new("DataVirtualHardDisk", |root| role::data_disk(&self.0, root))
    }
}

/// Changes what the machines of load-balanced sets share.
#[derive(Debug, Clone, Default)]
pub struct LoadBalancedSets(pub Vec<InputEndpoint>);

impl Body for LoadBalancedSets {
    fn document(&self) -> Document {
        Document::new("LoadBalancedEndpointList", |root| {
            for endpoint in &self.0 {
                root.parent("InputEndpoint", |at| role::shared_endpoint(endpoint, at));
            }
        })
    }
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
        Document::new("LoadBalancer", |root| {
            root.text("Name", &self.name);
            if let Some(frontend) = &self.frontend {
                root.parent("FrontendIpConfiguration", |at| {
                    at.maybe("Type", frontend.kind.as_ref());
                    at.maybe("SubnetName", frontend.subnet_name.as_ref());
                    at.maybe(
                        "StaticVirtualNetworkIPAddress",
                        frontend.static_virtual_network_ip_address.as_ref(),
                    );
                });
            }
        })
    }
}
