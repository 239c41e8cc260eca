//! Machines out of recorded deployments: the request that makes them, and the time it takes
//! until they stand as recorded.

use fake_azure::command::agent;

use crate::bodies::{hosted_service_in, operation, root, shutdown, storage_in};
use crate::xml::Node;

use super::{Arranged, Scene, escaped, every, written};

const WEST: &str = "<Location>West US</Location>";

fn provisioning(role: &Node, instance: Option<&Node>) -> String {
    let os = role.text("OSVirtualHardDisk/OS");
    let name = instance.map_or_else(String::new, |i| i.text("HostName"));
    let name = if name.is_empty() {
        role.text("RoleName")
    } else {
        name
    };
    if os == "Windows" {
        let name: String = name.chars().take(15).collect();
        let listener =
            "<WinRM><Listeners><Listener><Protocol>Https</Protocol></Listener></Listeners></WinRM>";
        let remote = if role.has("DefaultWinRmCertificateThumbprint") {
            listener
        } else {
            ""
        };
        return format!(
            "<ConfigurationSet><ConfigurationSetType>WindowsProvisioningConfiguration</ConfigurationSetType><ComputerName>{name}</ComputerName><AdminPassword>Pa$$w0rd1</AdminPassword><ResetPasswordOnFirstLogon>false</ResetPasswordOnFirstLogon>{remote}<AdminUsername>azureuser</AdminUsername></ConfigurationSet>"
        );
    }
    crate::bodies::linux(&escaped(&name), "azureuser", "Pa$$w0rd1")
}

/// The children of `Role` in a request, out of those in an answer.
fn role_inner(role: &Node, instance: Option<&Node>) -> String {
    let mut inner = format!(
        "<RoleName>{}</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets>{}",
        escaped(&role.text("RoleName")),
        provisioning(role, instance)
    );
    let mut network = String::new();
    let set = role.find("ConfigurationSets/ConfigurationSet").cloned();
    for mut child in set.unwrap_or_default().children {
        if child.name == "InputEndpoints" {
            for endpoint in &mut child.children {
                endpoint.children.retain(|node| node.name != "Vip");
            }
        }
        network += &written(&child);
    }
    inner += "<ConfigurationSet>";
    inner += &network;
    inner += "</ConfigurationSet></ConfigurationSets>";
    for name in ["ResourceExtensionReferences", "AvailabilitySetName"] {
        inner += &role.find(name).map_or_else(String::new, written);
    }
    let disks = role.all("DataVirtualHardDisks").iter().map(|disk| {
        let mut disk = disk.clone();
        disk.children
            .retain(|node| ["HostCaching", "DiskName", "Lun"].contains(&node.name.as_str()));
        written(&disk)
    });
    let disks: String = disks.collect();
    inner += "<DataVirtualHardDisks>";
    inner += &disks;
    inner += "</DataVirtualHardDisks>";
    for name in ["OSVirtualHardDisk", "RoleSize", "ProvisionGuestAgent"] {
        inner += &role.find(name).map_or_else(String::new, written);
    }
    if let Some(debug) = role.find("DebugSettings") {
        let enabled = debug.has("BootDiagnosticsEnabled");
        inner += "<DebugSettings><BootDiagnosticsEnabled>";
        inner += if enabled { "true" } else { "false" };
        inner += "</BootDiagnosticsEnabled></DebugSettings>";
    }
    inner
}

/// How many seconds after its creation a machine stands as recorded.
fn far(instance: &Node) -> u64 {
    let agent = instance.text("GuestAgentStatus/Status");
    let message = instance.text("GuestAgentStatus/FormattedMessage/Message");
    let told = instance.find("ResourceExtensionStatusList");
    let transitioning = told.is_some_and(|list| {
        list.children
            .iter()
            .any(|e| e.text("ExtensionSettingStatus/Status") == "Transitioning")
    });
    match (
        instance.text("InstanceStatus").as_str(),
        instance.text("PowerState").as_str(),
    ) {
        ("RoleStateUnknown", "Starting") => 41,
        ("CreatingVM", _) => 60,
        ("StartingVM", _) => 90,
        ("RoleStateUnknown", _) => 120,
        ("Provisioning", _) => 160,
        ("ReadyRole", _) if agent == "Ready" && told.is_none() => 310,
        ("ReadyRole", _) if transitioning => 330,
        ("ReadyRole", _) if agent == "NotReady" && !message.contains("unresponsive") => 230,
        _ => 600,
    }
}

impl Scene {
    /// Makes the storage accounts that these blobs lie in.
    pub(super) async fn accounts_of(
        &self,
        links: impl Iterator<Item = String>,
        place: &str,
    ) -> Arranged {
        self.accounts(links, place, "Standard_LRS").await
    }

    pub(super) async fn accounts(
        &self,
        links: impl Iterator<Item = String>,
        place: &str,
        kind: &str,
    ) -> Arranged {
        let mut names: Vec<String> = links
            .filter_map(|link| {
                let host = link.split("://").nth(1)?;
                host.split('.').next().map(str::to_owned)
            })
            .collect();
        names.sort();
        names.dedup();
        for name in names {
            let new = storage_in(&name, place).replace("Standard_LRS", kind);
            self.made("POST", "/services/storageservices", &new).await?;
        }
        Ok(())
    }

    /// Makes the deployment, and lets time pass until its machines stand as recorded.
    pub(super) async fn deployment(&self, service: &str, recorded: &Node, place: &str) -> Arranged {
        let roles = recorded.all("RoleList");
        let instances = recorded.all("RoleInstanceList");
        let mut links = Vec::new();
        every(recorded, "MediaLink", &mut links);
        let mut types = Vec::new();
        every(recorded, "IOType", &mut types);
        let premium = types.iter().any(|kind| kind.content == "Provisioned");
        self.accounts(
            links.iter().map(|link| link.content.clone()),
            place,
            if premium {
                "Premium_LRS"
            } else {
                "Standard_LRS"
            },
        )
        .await?;
        if let Some(reserved) = recorded.find("ReservedIPName") {
            let new = format!("<Name>{}</Name>{WEST}", reserved.content);
            self.made(
                "POST",
                "/services/networking/reservedips",
                &root("ReservedIP", &new),
            )
            .await?;
        }
        // Machines that are not as far came later.
        let furthest = instances.iter().map(far).max().unwrap_or(600);
        let body_of = |role: &Node| {
            let name = role.text("RoleName");
            let instance = instances.iter().find(|i| i.text("RoleName") == name);
            let later = instance.map_or(0, |i| furthest - far(i));
            (later, role_inner(role, instance))
        };
        let (first, later): (Vec<_>, Vec<_>) = roles
            .iter()
            .map(body_of)
            .partition(|(later, _)| *later == 0);
        let list: Vec<&str> = first
            .iter()
            .flat_map(|(_, inner)| ["<Role>", inner, "</Role>"])
            .collect();
        let list = list.concat();
        let label = recorded.text("Label");
        let label = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, label);
        let label = String::from_utf8(label.map_err(|e| e.to_string())?).unwrap();
        let mut inner = format!(
            "<Name>{}</Name><DeploymentSlot>Production</DeploymentSlot><Label>{}</Label><RoleList>{list}</RoleList>",
            escaped(&recorded.text("Name")),
            escaped(&label)
        );
        for name in ["VirtualNetworkName", "ReservedIPName"] {
            inner += &recorded.find(name).map_or_else(String::new, written);
        }
        let path = format!("/services/hostedservices/{service}/deployments");
        let body = root("Deployment", &inner);
        let made = self.stage.post(&path, &body).await;
        if made.status != 202 {
            return Err(format!(
                "POST {path}: {} {} {} ← {body}",
                made.status,
                made.detail(),
                made.body
            ));
        }
        if recorded.text("Status") == "Deploying" {
            return Ok(());
        }
        let mut passed = 0;
        for (after, inner) in later {
            self.stage.advance(after - passed);
            passed = after;
            let name = recorded.text("Name");
            let path = format!("/services/hostedservices/{service}/deployments/{name}/roles");
            let body = root("PersistentVMRole", &inner);
            let asked = self.stage.post(&path, &body).await;
            if asked.status != 202 {
                return Err(format!("POST {path}: {} {}", asked.body, asked.detail()));
            }
        }
        self.stage.advance(furthest - passed);
        self.mishaps(service, recorded).await
    }

    /// Machines that were stopped, and agents that fell silent.
    async fn mishaps(&self, service: &str, recorded: &Node) -> Arranged {
        for instance in recorded.all("RoleInstanceList") {
            let role = instance.text("RoleName");
            if instance.text("InstanceStatus") == "StoppedDeallocated" {
                let name = recorded.text("Name");
                let path = format!(
                    "/services/hostedservices/{service}/deployments/{name}/roleinstances/{role}/Operations"
                );
                self.made("POST", &path, &shutdown("StoppedDeallocated"))
                    .await?;
            }
            if instance.has("MaintenanceStatus") {
                let name = recorded.text("Name");
                let path = format!(
                    "/services/hostedservices/{service}/deployments/{name}/roleinstances/{role}/Operations"
                );
                self.made(
                    "POST",
                    &path,
                    &operation("PerformMaintenanceOnRoleOperation"),
                )
                .await?;
                self.stage.advance(600);
            }
            let message = instance.text("GuestAgentStatus/FormattedMessage/Message");
            if message.contains("unresponsive") {
                let silence = agent::Command::Silence {
                    service: service.into(),
                    role: role.into(),
                };
                let azure = &self.stage.azure;
                let fallen = azure.cloud().perform(azure.subscription_id(), silence);
                fallen.map_err(|refusal| refusal.to_string())?;
            }
        }
        Ok(())
    }

    /// Makes a hosted service out of nothing but its name.
    pub(super) async fn plain_service(&self, name: &str) -> Arranged {
        self.made(
            "POST",
            "/services/hostedservices",
            &hosted_service_in(name, WEST),
        )
        .await
    }

    /// A deployment of which only one role was recorded.
    pub(super) async fn around(&self, service: &str, deployment: &str, role: &Node) -> Arranged {
        let mut whole = Node::default();
        let leaf = |name: &str, content: &str| Node {
            name: name.to_owned(),
            content: content.to_owned(),
            ..Node::default()
        };
        whole.children.push(leaf("Name", deployment));
        whole
            .children
            .push(leaf("Label", &crate::bodies::base64(deployment)));
        let mut list = leaf("RoleList", "");
        list.children.push(role.clone());
        whole.children.push(list);
        self.plain_service(service).await?;
        self.deployment(service, &whole, WEST).await?;
        self.stage.advance(600);
        Ok(())
    }
}
