//! What must be there for a recorded answer to a GET.

use crate::bodies::{Machine, base64, root, storage};
use crate::xml::Node;

use super::super::comparison::Body;
use super::super::recordings::Exchange;
use super::{Arranged, Scene, escaped, is_nil, written};

pub(super) async fn arrange(scene: &mut Scene, exchange: &Exchange, body: &Body) -> Arranged {
    let words: Vec<String> = exchange.words().iter().map(|w| w.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let empty = Node::default();
    let document = body.document().unwrap_or(&empty);
    let found = exchange.status == 200;
    match words.as_slice() {
        ["affinitygroups"] => {
            for group in &document.children {
                scene.group(group).await?;
            }
        }
        ["affinitygroups", _] if found => {
            scene.group(document).await?;
            let place = format!("<AffinityGroup>{}</AffinityGroup>", document.text("Name"));
            for account in document.all("StorageServices") {
                let new = crate::bodies::storage_in(&account.text("ServiceName"), &place);
                scene
                    .made("POST", "/services/storageservices", &new)
                    .await?;
            }
        }
        ["operations", _] => scene.operation(document).await?,
        ["services", "hostedservices"] => {
            for (n, service) in document.children.iter().enumerate() {
                scene.service(service).await?;
                let had_any = !service
                    .all("HostedServiceProperties/ExtendedProperties")
                    .is_empty();
                if service.has("DefaultWinRmCertificateThumbprint") {
                    scene.remote_windows(service, n).await?;
                } else if had_any {
                    scene.past(service, n).await?;
                }
            }
        }
        ["services", "hostedservices", _] => {
            scene.service(document).await?;
            let had_any = !document
                .all("HostedServiceProperties/ExtendedProperties")
                .is_empty();
            if let Some(deployment) = document.find("Deployments/Deployment") {
                let name = document.text("ServiceName");
                scene
                    .deployment(&name, deployment, &place(document))
                    .await?;
            } else if had_any {
                scene.past(document, 0).await?;
            }
        }
        ["services", "hostedservices", _, "deploymentslots", _] => {
            let service = exchange.name("hostedservices").unwrap_or_default();
            scene.plain_service(service).await?;
            if found {
                let west = "<Location>West US</Location>";
                scene.deployment(service, document, west).await?;
            }
        }
        [
            "services",
            "hostedservices",
            _,
            "deployments",
            _,
            "roles",
            _,
        ] => {
            let named = |word: &str| exchange.name(word).unwrap_or_default();
            scene
                .around(named("hostedservices"), named("deployments"), document)
                .await?;
        }
        ["services", "storageservices"] => {
            for account in &document.children {
                scene.account(account).await?;
            }
        }
        ["services", "storageservices", _] => scene.account(document).await?,
        ["services", "storageservices", _, "keys"] => {
            let name = exchange.name("storageservices").unwrap_or_default();
            scene
                .made("POST", "/services/storageservices", &storage(name))
                .await?;
        }
        ["services", "networking", ..] => super::networks::arrange(scene, exchange, body).await?,
        ["services", "disks", ..] => {
            // Premium storage shows in the disks' type.
            let mut disks = Vec::new();
            super::every(document, "Disk", &mut disks);
            disks.retain(|disk| disk.text("IOType") == "Provisioned");
            if let Some(first) = disks.first() {
                let links = disks.iter().map(|disk| disk.text("MediaLink"));
                scene.accounts(links, &place(first), "Premium_LRS").await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Where a thing is, as an element.
fn place(node: &Node) -> String {
    let properties = ["HostedServiceProperties", "StorageServiceProperties"];
    let told = properties.iter().find_map(|name| node.find(name));
    let told = told.unwrap_or(node);
    ["AffinityGroup", "Location"]
        .iter()
        .find_map(|name| told.find(name))
        .map_or_else(String::new, written)
}

fn description(node: Option<&Node>) -> String {
    node.filter(|node| !is_nil(node))
        .map_or_else(String::new, written)
}

/// The owner's own properties: without those that the service adds.
fn properties(node: Option<&Node>) -> String {
    let Some(node) = node else {
        return String::new();
    };
    // Newer portals name another group, and the region in their own way.
    let named = node.children.iter().any(|property| {
        property.text("Name") == "ResourceLocation"
            && !property.text("Value").contains(char::is_uppercase)
    });
    let own = node.children.iter().filter(|property| {
        let services = ["ResourceGroup", "ResourceLocation"];
        !services.contains(&property.text("Name").as_str()) || named
    });
    let own: String = own.map(written).collect();
    if own.is_empty() {
        own
    } else {
        format!("<ExtendedProperties>{own}</ExtendedProperties>")
    }
}

impl Scene {
    async fn group(&self, node: &Node) -> Arranged {
        let new = format!(
            "<Name>{}</Name><Label>{}</Label>{}<Location>{}</Location>",
            escaped(&node.text("Name")),
            node.text("Label"),
            description(node.find("Description")),
            node.text("Location")
        );
        self.made(
            "POST",
            "/affinitygroups",
            &root("CreateAffinityGroup", &new),
        )
        .await
    }

    async fn service(&self, node: &Node) -> Arranged {
        let new = format!(
            "<ServiceName>{}</ServiceName><Label>{}</Label>{}{}{}",
            node.text("ServiceName"),
            node.text("HostedServiceProperties/Label"),
            description(node.find("HostedServiceProperties/Description")),
            place(node),
            properties(node.find("HostedServiceProperties/ExtendedProperties"))
        );
        let new = root("CreateHostedService", &new);
        self.made("POST", "/services/hostedservices", &new).await
    }

    async fn account(&self, node: &Node) -> Arranged {
        let new = format!(
            "<ServiceName>{}</ServiceName>{}<Label>{}</Label>{}{}<AccountType>{}</AccountType>",
            node.text("ServiceName"),
            description(node.find("StorageServiceProperties/Description")),
            node.text("StorageServiceProperties/Label"),
            place(node),
            properties(node.find("ExtendedProperties")),
            node.text("StorageServiceProperties/AccountType")
        );
        let new = root("CreateStorageServiceInput", &new);
        self.made("POST", "/services/storageservices", &new).await
    }

    /// A Windows machine that can be managed from afar: its certificate is the service's.
    async fn remote_windows(&self, service: &Node, n: usize) -> Arranged {
        let name = service.text("ServiceName");
        let account = format!("store{n}");
        let link = format!("https://{account}.blob.core.windows.net/vhds/{n}.vhd");
        self.accounts_of([link.clone()].into_iter(), &place(service))
            .await?;
        let mut machine = Machine::windows("web");
        machine.provisioning = machine.provisioning.replace(
            "<AdminUsername>",
            "<WinRM><Listeners><Listener><Protocol>Https</Protocol></Listener></Listeners></WinRM><AdminUsername>",
        );
        machine.os_disk = machine.os_disk.replace(
            "https://store.blob.core.windows.net/vhd-store/web.vhd",
            &link,
        );
        let path = format!("/services/hostedservices/{name}/deployments");
        self.made("POST", &path, &machine.deployment(&name)).await
    }

    /// A deployment that is gone: since then the service is in a resource group.
    async fn past(&self, service: &Node, n: usize) -> Arranged {
        let name = service.text("ServiceName");
        let account = format!("past{n}");
        let link = format!("https://{account}.blob.core.windows.net/vhds/{n}.vhd");
        self.accounts_of([link.clone()].into_iter(), &place(service))
            .await?;
        let mut machine = Machine::ubuntu("web");
        machine.os_disk = machine.os_disk.replace(
            "https://store.blob.core.windows.net/vhd-store/web.vhd",
            &link,
        );
        let path = format!("/services/hostedservices/{name}/deployments");
        self.made("POST", &path, &machine.deployment(&name)).await?;
        let gone = format!("{path}/{name}?comp=media");
        self.made("DELETE", &gone, "").await
    }

    /// An operation that stands as recorded.
    async fn operation(&mut self, recorded: &Node) -> Arranged {
        let id = match recorded.text("Status").as_str() {
            "Failed" => {
                let message = recorded.text("Error/Message");
                let port = message.split(' ').nth(1).unwrap_or("22");
                let port = port.parse().map_err(|_| message.clone())?;
                self.plain_service("web").await?;
                self.made("POST", "/services/storageservices", &storage("store"))
                    .await?;
                let machine = Machine::ubuntu("web")
                    .opened("one", port, 80)
                    .opened("two", port, 81);
                let asked = self.stage.deploy("web", &machine).await.is(202);
                self.stage.advance(90);
                asked.request_id().to_owned()
            }
            status => {
                let asked = self
                    .stage
                    .post("/services/storageservices", &storage("store"))
                    .await
                    .is(202);
                if status == "Succeeded" {
                    self.stage.advance(90);
                }
                asked.request_id().to_owned()
            }
        };
        self.path = format!("/operations/{id}");
        Ok(())
    }
}

/// A label as it travels.
pub(super) fn label(text: &str) -> String {
    base64(text)
}
