//! What must be there for a recorded write, and the writes of which only the answer was
//! recorded.

use rcgen::{CertificateParams, KeyPair};
use regex::Regex;

use crate::bodies::{
    Machine, UBUNTU, WINDOWS, base64, endpoint, hosted_service, root, shutdown, storage,
    storage_in, thumbprint,
};

use super::super::recordings::{Exchange, Story};
use super::seeds::texts;
use super::things::label;
use super::{Arranged, Scene, written};
use crate::xml::Node;

const WEST: &str = "<Location>West US</Location>";

/// A request that the answer tells of.
pub(super) fn body_of(exchange: &Exchange, story: &Story) -> String {
    let location = exchange.headers.get("location");
    let made = location.and_then(|l| l.rsplit('/').next()).unwrap_or("web");
    let words: Vec<String> = exchange.words().iter().map(|w| w.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let refused = exchange.status >= 400;
    match (exchange.method.as_str(), words.as_slice()) {
        ("POST", ["affinitygroups"]) => {
            let label = label(made);
            let new = format!("<Name>{made}</Name><Label>{label}</Label>{WEST}");
            root("CreateAffinityGroup", &new)
        }
        ("POST", ["services", "hostedservices"]) if refused => hosted_service("no_name"),
        ("POST", ["services", "hostedservices"]) => hosted_service(made),
        ("POST", ["services", "hostedservices", _, "certificates"]) => certificate().0,
        ("POST", ["services", "hostedservices", service, "deployments"]) => {
            let mut machine = Machine::ubuntu("web");
            if refused {
                machine.endpoints.push(endpoint("docker", "3.2", "3.2"));
            }
            machine.deployment(service)
        }
        ("POST", [.., "roles"]) => Machine::ubuntu("second").role(),
        ("PUT", [.., "roles", _]) => {
            Machine::ubuntu(exchange.name("roles").unwrap_or("web")).changed()
        }
        ("POST", [.., "roleinstances", _, "operations"]) => shutdown("StoppedDeallocated"),
        ("PUT", ["services", "networking", "media"]) => {
            let read = story[..exchange.number.min(story.len())]
                .iter()
                .rfind(|e| e.path() == exchange.path() && !e.body.is_empty());
            read.map_or_else(String::new, |e| e.body.clone())
        }
        ("POST", ["services", "networking", "reservedips"]) => {
            root("ReservedIP", &format!("<Name>reserved</Name>{WEST}"))
        }
        ("POST", ["services", "storageservices"]) => storage(made),
        ("PUT", ["services", "storageservices", _]) => root(
            "UpdateStorageServiceInput",
            "<Description>changed</Description>",
        ),
        ("POST", ["services", kind @ ("disks" | "images")]) => {
            let answer = Node::parse(&exchange.body);
            let copied = |names: &[&str]| -> String {
                let found = names.iter().filter_map(|name| answer.find(name));
                found.map(written).collect()
            };
            match *kind {
                "disks" => root("Disk", &copied(&["OS", "Label", "MediaLink", "Name"])),
                _ => root("OSImage", &copied(&["Label", "MediaLink", "Name", "OS"])),
            }
        }
        _ => String::new(),
    }
}

/// A certificate to be uploaded, and its thumbprint.
fn certificate() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let made = CertificateParams::default().self_signed(&key).unwrap();
    let data = base64(made.pem());
    let inner = format!("<Data>{data}</Data><CertificateFormat>pfx</CertificateFormat>");
    (root("CertificateFile", &inner), thumbprint(made.der()))
}

pub(super) async fn arrange(scene: &mut Scene, exchange: &Exchange) -> Arranged {
    let words: Vec<String> = exchange.words().iter().map(|w| w.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let named = |word: &str| exchange.name(word).unwrap_or_default().to_owned();
    let taken = exchange.status == 409;
    if taken && words == ["services"] {
        scene.made("PUT", exchange.path(), "").await?;
    }
    match words.as_slice() {
        ["affinitygroups", name] if exchange.status < 400 => {
            let label = label(name);
            let name = named("affinitygroups");
            let new = format!("<Name>{name}</Name><Label>{label}</Label>{WEST}");
            let new = root("CreateAffinityGroup", &new);
            return scene.made("POST", "/affinitygroups", &new).await;
        }
        ["services", "images", _] => {
            scene.store().await?;
            return scene.image(&named("images"), "Linux").await;
        }
        ["services", "disks", _] => {
            scene.store().await?;
            let new = format!(
                "<Label>l</Label><MediaLink>https://store.blob.core.windows.net/a.vhd</MediaLink><Name>{}</Name>",
                named("disks")
            );
            return scene
                .made("POST", "/services/disks", &root("Disk", &new))
                .await;
        }
        ["services", "networking", "reservedips", _] => {
            let new = format!("<Name>{}</Name>{WEST}", named("reservedips"));
            let new = root("ReservedIP", &new);
            return scene
                .made("POST", "/services/networking/reservedips", &new)
                .await;
        }
        _ => {}
    }
    things_named(scene, exchange).await
}

/// Makes everything that the path and the body name.
async fn things_named(scene: &mut Scene, exchange: &Exchange) -> Arranged {
    let body = scene.body.clone();
    let links = texts(None, &body, "MediaLink");
    let mut links: Vec<String> = links.into_iter().collect();
    links.push("https://store.blob".to_owned());
    if let Some(account) = exchange.name("storageservices") {
        links.push(format!("https://{account}.blob"));
    }
    scene.accounts_of(links.into_iter(), WEST).await?;
    let windows = body.contains("<OS>Windows") || body.contains("WindowsProvisioning");
    let os = if windows { "Windows" } else { "Linux" };
    for reserved in texts(None, &body, "ReservedIPName") {
        let new = root("ReservedIP", &format!("<Name>{reserved}</Name>{WEST}"));
        scene
            .made("POST", "/services/networking/reservedips", &new)
            .await?;
    }
    let Some(service) = exchange.name("hostedservices") else {
        return Ok(());
    };
    scene.plain_service(service).await?;
    for sent in texts(None, &body, "Fingerprint") {
        let (upload, thumbprint) = certificate();
        let path = format!("/services/hostedservices/{service}/certificates");
        scene.made("POST", &path, &upload).await?;
        scene.body = scene.body.replace(&sent, &thumbprint);
    }
    let Some(deployment) = exchange.name("deployments") else {
        return Ok(());
    };
    let role = exchange.name("roles").or(exchange.name("roleinstances"));
    // A role that is to be added comes beside another.
    let about = if role.is_some() { body.as_str() } else { "" };
    scene
        .machine(service, deployment, role.unwrap_or("web"), os, about)
        .await?;
    let leaves_another = exchange.method == "DELETE" && role.is_some();
    if leaves_another {
        let path = format!("/services/hostedservices/{service}/deployments/{deployment}/roles");
        let mut other = Machine::ubuntu("other");
        other.endpoints.clear();
        scene.made("POST", &path, &other.role()).await?;
    }
    Ok(())
}

impl Scene {
    async fn store(&self) -> Arranged {
        self.made(
            "POST",
            "/services/storageservices",
            &storage_in("store", WEST),
        )
        .await
    }

    async fn image(&self, name: &str, os: &str) -> Arranged {
        let link = format!("https://store.blob.core.windows.net/images/{name}.vhd");
        let new = format!(
            "<Label>l</Label><MediaLink>{link}</MediaLink><Name>{name}</Name><OS>{os}</OS>"
        );
        self.made("POST", "/services/images", &root("OSImage", &new))
            .await
    }

    /// Makes the machine that a write is about, with the disks that it names.
    async fn machine(
        &self,
        service: &str,
        deployment: &str,
        role: &str,
        os: &str,
        body: &str,
    ) -> Arranged {
        let mut machine = Machine::ubuntu(role);
        if os == "Windows" {
            machine.provisioning = crate::bodies::windows("host", "azureuser", "Pa$$w0rd1");
        }
        machine.endpoints.clear();
        let disks = Regex::new("<DataVirtualHardDisk>.*?</DataVirtualHardDisk>").unwrap();
        let system = disks.replace_all(body, "");
        let one = |text: &str, element: &str| texts(None, text, element).pop_last();
        let link = one(&system, "MediaLink");
        let link = link.unwrap_or("https://store.blob.core.windows.net/vhds/system.vhd".to_owned());
        let image = one(&system, "SourceImageName");
        let image = image.unwrap_or(if os == "Windows" { WINDOWS } else { UBUNTU }.to_owned());
        let disk = one(&system, "DiskName");
        let disk = disk.map_or(String::new(), |name| format!("<DiskName>{name}</DiskName>"));
        machine.os_disk = format!(
            "<OSVirtualHardDisk>{disk}<MediaLink>{link}</MediaLink><SourceImageName>{image}</SourceImageName></OSVirtualHardDisk>"
        );
        for data in disks.find_iter(body) {
            let one = |element: &str| one(data.as_str(), element);
            let (Some(name), Some(link)) = (one("DiskName"), one("MediaLink")) else {
                continue;
            };
            let new = format!("<Label>l</Label><MediaLink>{link}</MediaLink><Name>{name}</Name>");
            self.made("POST", "/services/disks", &root("Disk", &new))
                .await?;
            let lun = one("Lun").map_or(String::new(), |lun| format!("<Lun>{lun}</Lun>"));
            machine.data_disks += "<DataVirtualHardDisk><DiskName>";
            machine.data_disks += &(name + "</DiskName>" + &lun + "</DataVirtualHardDisk>");
        }
        let path = format!("/services/hostedservices/{service}/deployments");
        self.made("POST", &path, &machine.deployment(deployment))
            .await
    }
}
