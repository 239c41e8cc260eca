//! Request bodies, as the old CLI writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::stage::Stage;

pub(crate) const NAMESPACE: &str = "http://schemas.microsoft.com/windowsazure";
pub(crate) const UBUNTU: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";
pub(crate) const WINDOWS: &str =
    "a699494373c04fc0bc8f2bb1389d6106__Windows-Server-2012-R2-201408.01-en.us-127GB.vhd";

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// The SHA-1 of a certificate in lower-case hexadecimal.
pub(crate) fn thumbprint(der: &[u8]) -> String {
    let digest = Sha1::digest(der);
    digest
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .map(|n| char::from_digit(n.into(), 16).unwrap())
        .collect()
}

/// A document with this root.
pub(crate) fn root(name: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><{name} xmlns=\"{NAMESPACE}\">{inner}</{name}>"
    )
}

pub(crate) fn hosted_service(name: &str) -> String {
    hosted_service_in(name, "<Location>West US</Location>")
}

pub(crate) fn hosted_service_in(name: &str, place: &str) -> String {
    let label = base64(name);
    root(
        "CreateHostedService",
        &format!("<ServiceName>{name}</ServiceName><Label>{label}</Label>{place}"),
    )
}

pub(crate) fn storage(name: &str) -> String {
    storage_in(name, "<Location>West US</Location>")
}

pub(crate) fn storage_in(name: &str, place: &str) -> String {
    let label = base64(name);
    root(
        "CreateStorageServiceInput",
        &format!(
            "<ServiceName>{name}</ServiceName><Label>{label}</Label>{place}<AccountType>Standard_LRS</AccountType>"
        ),
    )
}

/// A virtual machine to be made; every part can be exchanged.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) provisioning: String,
    pub(crate) endpoints: Vec<String>,
    /// What follows the endpoints in the network's set.
    pub(crate) network: String,
    pub(crate) extensions: String,
    pub(crate) data_disks: String,
    pub(crate) os_disk: String,
    pub(crate) size: String,
    pub(crate) agent: String,
}

pub(crate) fn endpoint(name: &str, public: &str, local: &str) -> String {
    format!(
        "<InputEndpoint><LocalPort>{local}</LocalPort><Name>{name}</Name><Port>{public}</Port><Protocol>tcp</Protocol></InputEndpoint>"
    )
}

pub(crate) fn linux(host: &str, user: &str, password: &str) -> String {
    format!(
        "<ConfigurationSet><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>{host}</HostName><UserName>{user}</UserName><UserPassword>{password}</UserPassword><DisableSshPasswordAuthentication>false</DisableSshPasswordAuthentication></ConfigurationSet>"
    )
}

pub(crate) fn windows(computer: &str, user: &str, password: &str) -> String {
    format!(
        "<ConfigurationSet><ConfigurationSetType>WindowsProvisioningConfiguration</ConfigurationSetType><ComputerName>{computer}</ComputerName><AdminPassword>{password}</AdminPassword><ResetPasswordOnFirstLogon>false</ResetPasswordOnFirstLogon><AdminUsername>{user}</AdminUsername></ConfigurationSet>"
    )
}

pub(crate) fn os_disk(blob: &str, image: &str) -> String {
    format!(
        "<OSVirtualHardDisk><MediaLink>https://store.blob.core.windows.net/vhd-store/{blob}.vhd</MediaLink><SourceImageName>{image}</SourceImageName></OSVirtualHardDisk>"
    )
}

/// A reference to an extension with public and private settings.
pub(crate) fn extension(
    publisher: &str,
    name: &str,
    version: &str,
    public: &str,
    private: &str,
) -> String {
    let value = |text: &str, kind: &str| {
        format!(
            "<ResourceExtensionParameterValue><Key>ignored</Key><Value>{}</Value><Type>{kind}</Type></ResourceExtensionParameterValue>",
            base64(text)
        )
    };
    format!(
        "<ResourceExtensionReference><ReferenceName>{name}</ReferenceName><Publisher>{publisher}</Publisher><Name>{name}</Name><Version>{version}</Version><ResourceExtensionParameterValues>{}{}</ResourceExtensionParameterValues><State>enable</State></ResourceExtensionReference>",
        value(private, "Private"),
        value(public, "Public"),
    )
}

impl Machine {
    /// A small Ubuntu with ssh open.
    pub(crate) fn ubuntu(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            provisioning: linux(name, "azureuser", "Pa$$w0rd1"),
            endpoints: vec![endpoint("ssh", "22", "22")],
            network: "<SubnetNames/><PublicIPs/>".to_owned(),
            extensions: String::new(),
            data_disks: String::new(),
            os_disk: os_disk(name, UBUNTU),
            size: "Small".to_owned(),
            agent: "<ProvisionGuestAgent>true</ProvisionGuestAgent>".to_owned(),
        }
    }

    /// A Windows server with its remote desktop open.
    pub(crate) fn windows(name: &str) -> Self {
        Self {
            provisioning: windows(name, "azureuser", "Pa$$w0rd1"),
            endpoints: vec![endpoint("rdp", "3389", "3389")],
            os_disk: os_disk(name, WINDOWS),
            ..Self::ubuntu(name)
        }
    }

    /// With a reference to an extension.
    pub(crate) fn with(mut self, extension: &str) -> Self {
        self.extensions += extension;
        self
    }

    /// With a further endpoint.
    pub(crate) fn opened(mut self, name: &str, public: u16, local: u16) -> Self {
        self.endpoints
            .push(endpoint(name, &public.to_string(), &local.to_string()));
        self
    }

    /// The children of `Role` and `PersistentVMRole`.
    pub(crate) fn inner(&self) -> String {
        let list = |name: &str, inner: &str| {
            if inner.is_empty() {
                String::new()
            } else {
                format!("<{name}>{inner}</{name}>")
            }
        };
        format!(
            "<RoleName>{}</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets>{}<ConfigurationSet><ConfigurationSetType>NetworkConfiguration</ConfigurationSetType>{}{}</ConfigurationSet></ConfigurationSets>{}{}{}<RoleSize>{}</RoleSize>{}",
            self.name,
            self.provisioning,
            list("InputEndpoints", &self.endpoints.concat()),
            self.network,
            list("ResourceExtensionReferences", &self.extensions),
            list("DataVirtualHardDisks", &self.data_disks),
            self.os_disk,
            self.size,
            self.agent,
        )
    }

    /// A body of Add Role and Update Role.
    pub(crate) fn role(&self) -> String {
        root("PersistentVMRole", &self.inner())
    }

    /// A body of Update Role: nobody is provisioned again, and the disk is the one there is.
    pub(crate) fn changed(&self) -> String {
        let mut changed = self.clone();
        changed.provisioning.clear();
        changed.os_disk = "<OSVirtualHardDisk/>".to_owned();
        changed.role()
    }

    /// A body of Create Deployment.
    pub(crate) fn deployment(&self, name: &str) -> String {
        self.deployment_with(name, "")
    }

    /// With what follows the roles, such as a network's name.
    pub(crate) fn deployment_with(&self, name: &str, rest: &str) -> String {
        root(
            "Deployment",
            &format!(
                "<Name>{name}</Name><DeploymentSlot>Production</DeploymentSlot><Label>{name}</Label><RoleList><Role>{}</Role></RoleList>{rest}",
                self.inner()
            ),
        )
    }
}

/// What is asked of a role instance.
pub(crate) fn operation(kind: &str) -> String {
    root(kind, &format!("<OperationType>{kind}</OperationType>"))
}

pub(crate) fn shutdown(post: &str) -> String {
    root(
        "ShutdownRoleOperation",
        &format!(
            "<OperationType>ShutdownRoleOperation</OperationType><PostShutdownAction>{post}</PostShutdownAction>"
        ),
    )
}

/// Paths of a service whose deployment has its name.
pub(crate) fn service(name: &str) -> String {
    format!("/services/hostedservices/{name}")
}

pub(crate) fn slot(name: &str) -> String {
    format!("/services/hostedservices/{name}/deploymentslots/Production")
}

pub(crate) fn roles(name: &str) -> String {
    format!("/services/hostedservices/{name}/deployments/{name}/roles")
}

pub(crate) fn operations(name: &str, role: &str) -> String {
    format!("/services/hostedservices/{name}/deployments/{name}/roleinstances/{role}/Operations")
}

impl Stage {
    /// Makes the storage account that all bodies put their disks in, at any pace.
    pub(crate) async fn storage(&self) {
        let made = self
            .post("/services/storageservices", &storage("store"))
            .await
            .is(202);
        self.advance(60);
        self.done(made).await;
    }

    /// Makes a hosted service.
    pub(crate) async fn service(&self, name: &str) {
        self.post("/services/hostedservices", &hosted_service(name))
            .await
            .is(201);
    }

    /// Makes a storage account, a hosted service, and asks for a machine in it.
    pub(crate) async fn machine(&self, service: &str, machine: &Machine) -> crate::stage::Answer {
        let there = self.get("/services/storageservices/store").await;
        if there.status == 404 {
            self.storage().await;
        }
        self.service(service).await;
        self.deploy(service, machine).await
    }

    /// Asks for a deployment.
    pub(crate) async fn deploy(&self, service: &str, machine: &Machine) -> crate::stage::Answer {
        let path = format!("/services/hostedservices/{service}/deployments");
        self.post(&path, &machine.deployment(service)).await
    }

    /// A machine that is there and ready, on a stage where time is done with at once.
    pub(crate) async fn ready(&self, service: &str, machine: &Machine) {
        let asked = self.machine(service, machine).await.is(202);
        self.done(asked).await;
    }
}
