//! Every write of the old CLI that the real service accepted must be accepted here.
//!
//! Each is sent to a simulator of its own, in which what it needs was made before: the names
//! in the path, and the accounts, images, networks and certificates that its body names.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use fake_azure::world::Place;
use rcgen::{CertificateParams, KeyPair};
use regex::Regex;
use serde_json::Value;

use crate::bodies::{
    Machine, UBUNTU, WINDOWS, base64, hosted_service_in, root, slot, storage_in, thumbprint,
};
use crate::stage::{Stage, builder};

struct Write {
    method: String,
    /// Below the subscription.
    path: String,
    body: String,
    status: u16,
}

fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/transcripts");
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

fn writes(file: &Path) -> Vec<Write> {
    let text = std::fs::read_to_string(file).unwrap();
    let recording: Value = serde_json::from_str(&text).unwrap();
    let exchanges = recording["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| step["exchanges"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    exchanges
        .map(|exchange| Write {
            method: text(&exchange["method"]),
            path: text(&exchange["path"]).get(37..).unwrap_or("").to_owned(),
            body: text(&exchange["request_body"]),
            status: u16::try_from(exchange["status"].as_u64().unwrap_or(0)).unwrap(),
        })
        .filter(|write| ["POST", "PUT"].contains(&&*write.method) && !write.body.is_empty())
        .filter(|write| (200..300).contains(&write.status))
        .collect()
}

/// All texts of an element in a body.
fn texts(body: &str, element: &str) -> Vec<String> {
    let expression = Regex::new(&format!("<{element}>([^<]*)</{element}>")).unwrap();
    expression
        .captures_iter(body)
        .map(|c| c[1].to_owned())
        .collect()
}

/// The name that stands behind this word in a path.
fn name(path: &str, word: &str) -> Option<String> {
    let mut segments = path.split(['/', '?']);
    segments.find(|s| s.eq_ignore_ascii_case(word))?;
    segments.next().map(str::to_owned)
}

/// Makes everything that a write needs, and gives it back as it can be sent.
async fn arrange(write: &Write) -> (Stage, String) {
    // Their suite did not know its own location, and the answer was recorded with another.
    let mut body = write
        .body
        .replace(">undefined</Location>", ">West US</Location>");
    let west = "<Location>West US</Location>";
    let mut seeds = builder();
    let place = texts(&body, "Location")
        .pop()
        .unwrap_or_else(|| "West US".to_owned());
    let attribute = Regex::new(" AffinityGroup=\"([^\"]*)\"").unwrap();
    let in_network = attribute.captures_iter(&body).map(|c| c[1].to_owned());
    let groups = texts(&body, "AffinityGroup").into_iter().chain(in_network);
    for group in groups.collect::<std::collections::BTreeSet<_>>() {
        seeds = seeds.affinity_group(group, &*place);
    }
    let subnets = texts(&body, "SubnetName");
    let fixed = texts(&body, "StaticVirtualNetworkIPAddress");
    for network in texts(&body, "VirtualNetworkName") {
        let block = fixed
            .first()
            .map_or("10.0.0.0/23".to_owned(), |ip| format!("{ip}/23"));
        let named: Vec<_> = subnets
            .iter()
            .map(|name| (name.as_str(), &*block))
            .collect();
        let whole = if named.is_empty() {
            vec![("Subnet-1", &*block)]
        } else {
            named
        };
        let west = Place::Location("West US".to_owned());
        seeds = seeds.virtual_network(network, west, block.clone(), &whole);
    }
    let stage = Stage::of(seeds).await;
    let mut accounts: Vec<String> = texts(&body, "MediaLink")
        .iter()
        .filter_map(|link| {
            link.split("://")
                .nth(1)?
                .split('.')
                .next()
                .map(str::to_owned)
        })
        .collect();
    accounts.push("store".to_owned());
    accounts.extend(name(&write.path, "storageservices"));
    accounts.sort();
    accounts.dedup();
    for account in accounts {
        let made = stage
            .post("/services/storageservices", &storage_in(&account, west))
            .await;
        // A second of the same name, or one that the subscription has from the start.
        assert!([202, 409].contains(&made.status), "{account}: {made:?}");
    }
    let os = if body.contains("<OS>Windows") || body.contains("WindowsProvisioning") {
        "Windows"
    } else {
        "Linux"
    };
    for image in texts(&body, "SourceImageName") {
        if stage.get(&format!("/services/images/{image}")).await.status == 404 {
            // A disk made from an own image goes to the image's account.
            let account = texts(&body, "MediaLink").pop();
            let account = account.as_deref().and_then(|link| link.split('/').nth(2));
            let host = account.unwrap_or("store.blob.core.windows.net");
            let link = format!("https://{host}/images/{image}.vhd");
            let new = format!(
                "<Label>l</Label><MediaLink>{link}</MediaLink><Name>{image}</Name><OS>{os}</OS>"
            );
            stage
                .post("/services/images", &root("OSImage", &new))
                .await
                .is(200);
        }
    }
    for reserved in texts(&body, "ReservedIPName") {
        let new = format!("<Name>{reserved}</Name>{west}");
        stage
            .post(
                "/services/networking/reservedips",
                &root("ReservedIP", &new),
            )
            .await
            .is(202);
    }
    if let Some(service) = name(&write.path, "hostedservices") {
        let new = hosted_service_in(&service, west);
        stage.post("/services/hostedservices", &new).await.is(201);
        for sent in texts(&body, "Fingerprint") {
            body = body.replace(&sent, &certificate(&stage, &service).await);
        }
        if let (Some(deployment), Some(role)) = (
            name(&write.path, "deployments"),
            name(&write.path, "roles").or_else(|| name(&write.path, "roleinstances")),
        ) {
            machine(&stage, &service, &deployment, &role, os, &body).await;
        }
    }
    (stage, body)
}

/// Uploads a certificate: which one it is nobody knows, so the body is to name ours.
async fn certificate(stage: &Stage, service: &str) -> String {
    let key = KeyPair::generate().unwrap();
    let made = CertificateParams::default().self_signed(&key).unwrap();
    let data = base64(made.pem());
    let inner = format!("<Data>{data}</Data><CertificateFormat>pfx</CertificateFormat>");
    let path = format!("/services/hostedservices/{service}/certificates");
    stage
        .post(&path, &root("CertificateFile", &inner))
        .await
        .is(202);
    thumbprint(made.der())
}

/// Makes the machine that an update is about, with the disks that the update names.
async fn machine(stage: &Stage, service: &str, deployment: &str, role: &str, os: &str, body: &str) {
    let mut machine = if os == "Windows" {
        Machine::windows(role)
    } else {
        Machine::ubuntu(role)
    };
    if os == "Windows" {
        machine.provisioning = crate::bodies::windows("host", "azureuser", "Pa$$w0rd1");
    }
    machine.endpoints.clear();
    let disks = Regex::new("<DataVirtualHardDisk>.*?</DataVirtualHardDisk>").unwrap();
    let system = disks.replace_all(body, "");
    let link = texts(&system, "MediaLink").pop();
    let link = link.unwrap_or("https://store.blob.core.windows.net/vhds/system.vhd".to_owned());
    let image = texts(&system, "SourceImageName").pop();
    let image = image.unwrap_or(if os == "Windows" { WINDOWS } else { UBUNTU }.to_owned());
    let disk = texts(&system, "DiskName").pop();
    let disk = disk.map_or(String::new(), |name| format!("<DiskName>{name}</DiskName>"));
    machine.os_disk = format!(
        "<OSVirtualHardDisk>{disk}<MediaLink>{link}</MediaLink><SourceImageName>{image}</SourceImageName></OSVirtualHardDisk>"
    );
    for data in disks.find_iter(body) {
        let one = |element: &str| texts(data.as_str(), element).pop();
        let (name, link) = (one("DiskName").unwrap(), one("MediaLink").unwrap());
        let new = format!("<Label>l</Label><MediaLink>{link}</MediaLink><Name>{name}</Name>");
        stage
            .post("/services/disks", &root("Disk", &new))
            .await
            .is(200);
        let lun = one("Lun").map_or(String::new(), |lun| format!("<Lun>{lun}</Lun>"));
        machine.data_disks += "<DataVirtualHardDisk><DiskName>";
        machine.data_disks += &(name + "</DiskName>" + &lun + "</DataVirtualHardDisk>");
    }
    let path = format!("/services/hostedservices/{service}/deployments");
    let asked = stage.post(&path, &machine.deployment(deployment)).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&slot(service)).await.status, 200);
}

#[tokio::test]
async fn every_write_that_the_real_service_accepted_is_accepted() {
    let mut accepted = 0;
    let mut refused = BTreeMap::new();
    let (mut all, mut later) = (0, 0);
    for file in transcripts() {
        for (n, write) in writes(&file).iter().enumerate() {
            let (stage, body) = arrange(write).await;
            let answer = stage.call(&write.method, &write.path, &body).await;
            all += 1;
            if answer.status == write.status {
                accepted += 1;
            } else if answer.status == 501 {
                later += 1;
            } else {
                let what = format!("{} #{n} {} {}", file.display(), write.method, write.path);
                let why = format!("{} {} {}", answer.status, answer.detail(), answer.body);
                refused.insert(what, format!("{why}\n{body}"));
            }
        }
    }
    let mut stderr = std::io::stderr();
    if all == 0 {
        writeln!(
            stderr,
            "SKIPPED: no transcripts of the old CLI in ../shared/transcripts"
        )
        .unwrap();
        return;
    }
    writeln!(
        stderr,
        "accepted {accepted} of {all} ({later} of operations not modelled yet)"
    )
    .unwrap();
    assert!(refused.is_empty(), "{refused:#?}");
    assert_eq!(later, 0);
}
