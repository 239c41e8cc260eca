//! Ten thousand hosts in one simulator, made over the wire, one after another.

use std::fs;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::create::{Cli, IMAGE};
use crate::simulator::{Room, memory};
use crate::{Outcome, say};

const HOSTS: usize = 10_000;
/// The first and the last of them are timed apart: a cost that grows shows.
const PART: usize = 1000;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    say(&format!(
        "{:<40} {:>10} {:>10} {:>10} {:>10} {:>10}",
        format!("{HOSTS} hosts, two requests each"),
        "seconds",
        "first 1000",
        "last 1000",
        "MiB",
        "KiB a host"
    ));
    many(room, "machines with ssh", "", "")?;
    let docker = docker_extension(room)?;
    many(
        room,
        "Docker hosts, each with open doors",
        &docker,
        DOCKER_ENDPOINT,
    )
}

const DOCKER_ENDPOINT: &str = "<InputEndpoint><LocalPort>4243</LocalPort><Name>docker</Name><Port>4243</Port><Protocol>tcp</Protocol></InputEndpoint>";

fn many(room: &Room, what: &str, extension: &str, endpoint: &str) -> Outcome<()> {
    let simulator = room.simulator()?;
    let mut connection = room.connect(&simulator)?;
    let services = format!("{}/services/hostedservices", room.subscription);
    let storage = format!("{}/services/storageservices", room.subscription);
    connection.expect(202, "POST", &storage, &document("CreateStorageServiceInput", "<ServiceName>figures</ServiceName><Label>Zg==</Label><Location>West US</Location><AccountType>Standard_LRS</AccountType>"))?;
    let (before, _) = memory(simulator.pid())?;
    let mut parts = Vec::new();
    let mut part = Instant::now();
    for number in 1..=HOSTS {
        let name = format!("host-{number}");
        connection.expect(201, "POST", &services, &service(&name))?;
        let deployments = format!("{services}/{name}/deployments");
        connection.expect(
            202,
            "POST",
            &deployments,
            &deployment(&name, extension, endpoint),
        )?;
        if number % PART == 0 {
            parts.push(part.elapsed());
            part = Instant::now();
        }
    }
    let (after, _) = memory(simulator.pid())?;
    let seconds = |part: Option<&Duration>| part.copied().unwrap_or_default().as_secs_f64();
    let all: Duration = parts.iter().sum();
    let thousands = f64::from(u32::try_from(HOSTS)?);
    say(&format!(
        "{what:<40} {:>10.2} {:>10.2} {:>10.2} {:>10.1} {:>10.1}",
        all.as_secs_f64(),
        seconds(parts.first()),
        seconds(parts.last()),
        after / 1024.0,
        (after - before) / thousands
    ));
    Ok(())
}

pub(crate) fn document(name: &str, inner: &str) -> String {
    format!("<{name} xmlns=\"http://schemas.microsoft.com/windowsazure\">{inner}</{name}>")
}

pub(crate) fn service(name: &str) -> String {
    let label = STANDARD.encode(name);
    document(
        "CreateHostedService",
        &format!(
            "<ServiceName>{name}</ServiceName><Label>{label}</Label><Location>West US</Location>"
        ),
    )
}

pub(crate) fn deployment(name: &str, extension: &str, endpoint: &str) -> String {
    document(
        "Deployment",
        &format!(
            "<Name>{name}</Name><DeploymentSlot>Production</DeploymentSlot><Label>{name}</Label><RoleList><Role><RoleName>{name}</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets><ConfigurationSet><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>{name}</HostName><UserName>azureuser</UserName><UserPassword>Pa$$w0rd1</UserPassword><DisableSshPasswordAuthentication>false</DisableSshPasswordAuthentication></ConfigurationSet><ConfigurationSet><ConfigurationSetType>NetworkConfiguration</ConfigurationSetType><InputEndpoints><InputEndpoint><LocalPort>22</LocalPort><Name>ssh</Name><Port>22</Port><Protocol>tcp</Protocol></InputEndpoint>{endpoint}</InputEndpoints></ConfigurationSet></ConfigurationSets>{extension}<OSVirtualHardDisk><MediaLink>https://figures.blob.core.windows.net/vhds/{name}.vhd</MediaLink><SourceImageName>{IMAGE}</SourceImageName></OSVirtualHardDisk><RoleSize>Small</RoleSize></Role></RoleList>"
        ),
    )
}

/// The extension's reference, with the certificates that our CLI makes.
fn docker_extension(room: &Room) -> Outcome<String> {
    let simulator = room.simulator()?;
    let cli = Cli::new(room, &simulator, room.program("azure"), "hosts-home")?;
    cli.create()?;
    let folder = cli.home().join(".docker");
    let [ca, certificate, key] = ["ca.pem", "server-cert.pem", "server-key.pem"]
        .map(|file| fs::read(folder.join(file)).map(|pem| STANDARD.encode(pem)));
    let private = format!(
        r#"{{"ca":"{}","server-cert":"{}","server-key":"{}"}}"#,
        ca?, certificate?, key?
    );
    let value = |text: &str, kind: &str| {
        format!(
            "<ResourceExtensionParameterValue><Key>ignored</Key><Value>{}</Value><Type>{kind}</Type></ResourceExtensionParameterValue>",
            STANDARD.encode(text)
        )
    };
    let values = [
        value(&private, "Private"),
        value(r#"{"dockerport":"4243"}"#, "Public"),
    ]
    .concat();
    Ok(format!(
        "<ResourceExtensionReferences><ResourceExtensionReference><ReferenceName>DockerExtension</ReferenceName><Publisher>MSOpenTech.Extensions</Publisher><Name>DockerExtension</Name><Version>0.6</Version><ResourceExtensionParameterValues>{values}</ResourceExtensionParameterValues><State>enable</State></ResourceExtensionReference></ResourceExtensionReferences>"
    ))
}
