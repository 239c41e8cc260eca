//! Ten thousand hosts in one simulator, made over the wire, one after another.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair,
};
use rustls::ClientConfig;
use rustls_pki_types::PrivateKeyDer;

use crate::client::{Connection, trusting};
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
    many(room, "machines with ssh", Docker::None)?;
    let shared = docker_extension(room)?;
    many(
        room,
        "Docker hosts, each with open doors",
        Docker::Shared(&shared),
    )?;
    many(room, "with own certificates, a hundred asked", Docker::Own)
}

/// What a host has of Docker.
#[derive(Clone, Copy)]
enum Docker<'a> {
    None,
    /// The extension with the same certificates everywhere.
    Shared(&'a str),
    /// Certificates that no other host has; the hosts are made over four connections, and each
    /// hundredth is asked for its information.
    Own,
}

const CONNECTIONS: usize = 4;
const ASKED: usize = 100;

const DOCKER_ENDPOINT: &str = "<InputEndpoint><LocalPort>4243</LocalPort><Name>docker</Name><Port>4243</Port><Protocol>tcp</Protocol></InputEndpoint>";

fn many(room: &Room, what: &str, docker: Docker<'_>) -> Outcome<()> {
    let simulator = room.simulator()?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(room.connect(&simulator)?);
    }
    let endpoint = match docker {
        Docker::None => "",
        Docker::Shared(_) | Docker::Own => DOCKER_ENDPOINT,
    };
    let mut to_ask = Vec::new();
    let services = format!("{}/services/hostedservices", room.subscription);
    let storage = format!("{}/services/storageservices", room.subscription);
    connections[0].expect(202, "POST", &storage, &account())?;
    let (before, _) = memory(simulator.pid())?;
    let mut parts = Vec::new();
    let mut part = Instant::now();
    for number in 1..=HOSTS {
        let name = format!("host-{number}");
        let (extension, at) = match docker {
            Docker::None => (String::new(), 0),
            Docker::Shared(extension) => (extension.to_owned(), 0),
            Docker::Own => {
                let set = Set::make(&format!("{name}.cloudapp.net"))?;
                if number % (HOSTS / ASKED) == 0 {
                    to_ask.push((format!("{name}.cloudapp.net"), set.client()?));
                }
                (set.extension(), number % CONNECTIONS)
            }
        };
        let connection = &mut connections[at];
        connection.expect(201, "POST", &services, &service(&name))?;
        let deployments = format!("{services}/{name}/deployments");
        connection.expect(
            202,
            "POST",
            &deployments,
            &deployment(&name, &extension, endpoint),
        )?;
        if number % PART == 0 {
            parts.push(part.elapsed());
            part = Instant::now();
        }
    }
    let hosts = fs::read_to_string(simulator.text("hosts_file")?)?;
    for (name, client) in &to_ask {
        let mut docker = Connection::named(address(&hosts, name)?, client, name)?;
        docker.expect(200, "GET", "/info", "")?;
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

/// The storage account that all disks lie in.
pub(crate) fn account() -> String {
    document(
        "CreateStorageServiceInput",
        "<ServiceName>figures</ServiceName><Label>Zg==</Label><Location>West US</Location><AccountType>Standard_LRS</AccountType>",
    )
}

/// Makes so many cloud services with a machine each, and the account that their disks lie in.
pub(crate) fn fill(room: &Room, connection: &mut Connection, count: usize) -> Outcome<()> {
    let services = format!("{}/services/hostedservices", room.subscription);
    let storage = format!("{}/services/storageservices", room.subscription);
    connection.expect(202, "POST", &storage, &account())?;
    for number in 1..=count {
        let name = format!("host-{number}");
        connection.expect(201, "POST", &services, &service(&name))?;
        let path = format!("{services}/{name}/deployments");
        connection.expect(202, "POST", &path, &deployment(&name, "", ""))?;
    }
    Ok(())
}

/// A machine without endpoints that is added to a deployment.
pub(crate) fn added(name: &str) -> String {
    document(
        "PersistentVMRole",
        &format!(
            "<RoleName>{name}</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets><ConfigurationSet><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>{name}</HostName><UserName>azureuser</UserName><UserPassword>Pa$$w0rd1</UserPassword><DisableSshPasswordAuthentication>false</DisableSshPasswordAuthentication></ConfigurationSet></ConfigurationSets><OSVirtualHardDisk><MediaLink>https://figures.blob.core.windows.net/vhds/{name}.vhd</MediaLink><SourceImageName>{IMAGE}</SourceImageName></OSVirtualHardDisk><RoleSize>Small</RoleSize><ProvisionGuestAgent>true</ProvisionGuestAgent>"
        ),
    )
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
            "<Name>{name}</Name><DeploymentSlot>Production</DeploymentSlot><Label>{name}</Label><RoleList><Role><RoleName>{name}</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets><ConfigurationSet><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>{name}</HostName><UserName>azureuser</UserName><UserPassword>Pa$$w0rd1</UserPassword><DisableSshPasswordAuthentication>false</DisableSshPasswordAuthentication></ConfigurationSet><ConfigurationSet><ConfigurationSetType>NetworkConfiguration</ConfigurationSetType><InputEndpoints><InputEndpoint><LocalPort>22</LocalPort><Name>ssh</Name><Port>22</Port><Protocol>tcp</Protocol></InputEndpoint>{endpoint}</InputEndpoints></ConfigurationSet></ConfigurationSets>{extension}<OSVirtualHardDisk><MediaLink>https://figures.blob.core.windows.net/vhds/{name}.vhd</MediaLink><SourceImageName>{IMAGE}</SourceImageName></OSVirtualHardDisk><RoleSize>Small</RoleSize><ProvisionGuestAgent>true</ProvisionGuestAgent></Role></RoleList>"
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
    Ok(extension([ca?, certificate?, key?]))
}

/// The extension's reference with these certificates in base64: authority, server, its key.
fn extension([ca, certificate, key]: [String; 3]) -> String {
    let private = format!(r#"{{"ca":"{ca}","server-cert":"{certificate}","server-key":"{key}"}}"#);
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
    format!(
        "<ResourceExtensionReferences><ResourceExtensionReference><ReferenceName>DockerExtension</ReferenceName><Publisher>MSOpenTech.Extensions</Publisher><Name>DockerExtension</Name><Version>0.6</Version><ResourceExtensionParameterValues>{values}</ResourceExtensionParameterValues><State>enable</State></ResourceExtensionReference></ResourceExtensionReferences>"
    )
}

/// Where the hosts file leads a Docker host's name.
fn address(hosts: &str, name: &str) -> Outcome<SocketAddr> {
    // What was true before stands behind a `#`.
    let lines = hosts.lines().filter(|line| !line.starts_with('#'));
    let mut lines = lines.map(|line| line.split_ascii_whitespace());
    let found = lines.find_map(|mut words| {
        let address = words.next()?;
        words.any(|word| word == name).then_some(address)
    });
    let address: Ipv4Addr = found
        .ok_or_else(|| format!("the hosts file has no {name}"))?
        .parse()?;
    Ok(SocketAddr::from((address, 4243)))
}

/// An authority, and what it has signed.
struct Set {
    ca: Certificate,
    server: (Certificate, KeyPair),
    client: (Certificate, KeyPair),
}

impl Set {
    fn make(name: &str) -> Outcome<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);
        let signed = |usage| -> Outcome<_> {
            let key = KeyPair::generate()?;
            let mut params = CertificateParams::new([name.to_owned()])?;
            params.extended_key_usages = vec![usage];
            Ok((params.signed_by(&key, &issuer)?, key))
        };
        Ok(Self {
            server: signed(ExtendedKeyUsagePurpose::ServerAuth)?,
            client: signed(ExtendedKeyUsagePurpose::ClientAuth)?,
            ca,
        })
    }

    fn extension(&self) -> String {
        let (certificate, key) = &self.server;
        extension(
            [self.ca.pem(), certificate.pem(), key.serialize_pem()].map(|pem| STANDARD.encode(pem)),
        )
    }

    fn client(&self) -> Outcome<Arc<ClientConfig>> {
        let (certificate, key) = &self.client;
        trusting(
            self.ca.der().clone(),
            certificate.der().clone(),
            PrivateKeyDer::try_from(key.serialize_der())?,
        )
    }
}
