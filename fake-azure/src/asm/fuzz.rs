//! Requests whose bytes are nearly right: nothing panics, and what is refused changes nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{Method, Uri};
use jiff::Timestamp;
use simulation::http::Query;
use simulation::http::target::decoded;
use simulation::mutation::{Mutation, count, try_out};

use super::contract::Reading;
use super::reader::NAMESPACE;
use super::{Answer, Call, Misplaced, Refused, table};
use crate::Pace;
use crate::cloud::Hand;
use crate::world::catalogue::Catalogue;
use crate::world::directory::Directory;
use crate::world::gallery::Gallery;
use crate::world::holdings::Holdings;
use crate::world::{OperationId, SubscriptionId, World};

const UBUNTU: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";

fn now() -> Timestamp {
    Timestamp::from_second(1_400_000_000).unwrap()
}

fn subscription() -> SubscriptionId {
    SubscriptionId::new("4fdc5ad5-8e0e-4ac1-b3c7-1ad2d4f0a1b2")
}

/// How often the worlds were asked.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// What a request line and a body come to.
fn ask(
    world: &mut World,
    line: &str,
    body: &[u8],
    misplaced: Misplaced,
) -> Option<Result<Answer, Refused>> {
    let (method, target) = line.split_once(' ')?;
    let (method, uri): (Method, Uri) = (method.parse().ok()?, target.parse().ok()?);
    let path = uri.path().trim_start_matches('/').split('/');
    let path: Vec<_> = path
        .filter(|word| !word.is_empty())
        .map(|word| decoded(word).into_owned())
        .collect();
    let query = Query::of(&uri);
    let found = match table::find(&method, &path, &query) {
        Ok(found) => found,
        Err(refusal) => return Some(Err(refusal)),
    };
    let Some(handler) = found.route.handler else {
        return Some(Err(Refused::not_modelled(found.route.operation)));
    };
    let reading = Reading::new(misplaced);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    let mut call = Call {
        world: Hand::unwritten(world, now()),
        now: now(),
        subscription: subscription(),
        id: OperationId::new(&format!("{number:032x}")),
        object: String::new(),
        fault: None,
        names: found.values,
        query,
        body,
        reading: &reading,
        base: "https://127.0.0.1:1",
    };
    let answered = handler(&mut call);
    if let Some(told) = reading.told() {
        assert!(
            told.len() < 4000,
            "{} bytes about what was skipped",
            told.len()
        );
    }
    Some(answered)
}

fn root(name: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><{name} xmlns=\"{NAMESPACE}\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">{inner}</{name}>"
    )
}

fn role(name: &str) -> String {
    format!(
        "<RoleName>{name}</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets><ConfigurationSet i:type=\"LinuxProvisioningConfigurationSet\"><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>{name}</HostName><UserName>joe</UserName><UserPassword>Pa$$w0rd1</UserPassword><DisableSshPasswordAuthentication>false</DisableSshPasswordAuthentication><CustomData>aGk=</CustomData></ConfigurationSet><ConfigurationSet><ConfigurationSetType>NetworkConfiguration</ConfigurationSetType><InputEndpoints><InputEndpoint><LoadBalancedEndpointSetName>set</LoadBalancedEndpointSetName><LocalPort>80</LocalPort><Name>web</Name><Port>80</Port><LoadBalancerProbe><Path>/</Path><Port>80</Port><Protocol>http</Protocol></LoadBalancerProbe><Protocol>tcp</Protocol><EndpointAcl><Rules><Rule><Order>1</Order><Action>permit</Action><RemoteSubnet>10.0.0.0/8</RemoteSubnet><Description>a</Description></Rule></Rules></EndpointAcl><IdleTimeoutInMinutes>4</IdleTimeoutInMinutes></InputEndpoint><InputEndpoint><LocalPort>4243</LocalPort><Name>docker</Name><Port>4243</Port><Protocol>tcp</Protocol></InputEndpoint></InputEndpoints></ConfigurationSet></ConfigurationSets><ResourceExtensionReferences><ResourceExtensionReference><ReferenceName>DockerExtension</ReferenceName><Publisher>MSOpenTech.Extensions</Publisher><Name>DockerExtension</Name><Version>0.3</Version><ResourceExtensionParameterValues><ResourceExtensionParameterValue><Key>ignored</Key><Value>eyAiZG9ja2VycG9ydCI6ICI0MjQzIiB9</Value><Type>Public</Type></ResourceExtensionParameterValue></ResourceExtensionParameterValues><State>enable</State></ResourceExtensionReference></ResourceExtensionReferences><DataVirtualHardDisks><DataVirtualHardDisk><HostCaching>ReadOnly</HostCaching><Lun>0</Lun><LogicalDiskSizeInGB>10</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/vhds/{name}-data.vhd</MediaLink></DataVirtualHardDisk></DataVirtualHardDisks><OSVirtualHardDisk><MediaLink>https://store.blob.core.windows.net/vhds/{name}.vhd</MediaLink><SourceImageName>{UBUNTU}</SourceImageName></OSVirtualHardDisk><RoleSize>Large</RoleSize><ProvisionGuestAgent>true</ProvisionGuestAgent>"
    )
}

/// Requests that a world like [`world`] takes, as they are.
fn requests() -> Vec<(&'static str, String)> {
    vec![
        (
            "POST /services/hostedservices",
            root(
                "CreateHostedService",
                "<ServiceName>other</ServiceName><Label>ZA==</Label><Description>d</Description><Location>West US</Location><ExtendedProperties><ExtendedProperty><Name>a</Name><Value>b</Value></ExtendedProperty></ExtendedProperties>",
            ),
        ),
        (
            "POST /services/hostedservices/empty/deployments",
            root(
                "Deployment",
                &format!(
                    "<Name>empty</Name><DeploymentSlot>Production</DeploymentSlot><Label>d</Label><RoleList><Role i:type=\"PersistentVMRole\">{}</Role></RoleList><Dns><DnsServers><DnsServer><Name>a</Name><Address>10.0.0.1</Address></DnsServer></DnsServers></Dns>",
                    role("empty")
                ),
            ),
        ),
        (
            "PUT /services/hostedservices/web/deployments/web/roles/web",
            root(
                "PersistentVMRole",
                "<RoleName>web</RoleName><RoleType>PersistentVMRole</RoleType><ConfigurationSets><ConfigurationSet><ConfigurationSetType>NetworkConfiguration</ConfigurationSetType><InputEndpoints><InputEndpoint><LocalPort>22</LocalPort><Name>ssh</Name><Port>22</Port><Protocol>tcp</Protocol></InputEndpoint></InputEndpoints></ConfigurationSet></ConfigurationSets><AvailabilitySetName>set</AvailabilitySetName><OSVirtualHardDisk/><RoleSize>Small</RoleSize>",
            ),
        ),
        (
            "POST /services/hostedservices/web/deployments/web/roleinstances/web/Operations",
            root(
                "ShutdownRoleOperation",
                "<OperationType>ShutdownRoleOperation</OperationType><PostShutdownAction>StoppedDeallocated</PostShutdownAction>",
            ),
        ),
        (
            "POST /services/storageservices",
            root(
                "CreateStorageServiceInput",
                "<ServiceName>another1</ServiceName><Description>d</Description><Label>ZA==</Label><Location>West US</Location><AccountType>Standard_LRS</AccountType>",
            ),
        ),
        (
            "PUT /services/networking/media",
            "<NetworkConfiguration xmlns=\"http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration\"><VirtualNetworkConfiguration><Dns><DnsServers><DnsServer name=\"a\" IPAddress=\"10.0.0.4\"/></DnsServers></Dns><LocalNetworkSites><LocalNetworkSite name=\"l\"><AddressSpace><AddressPrefix>192.168.0.0/16</AddressPrefix></AddressSpace><VPNGatewayAddress>10.1.1.1</VPNGatewayAddress></LocalNetworkSite></LocalNetworkSites><VirtualNetworkSites><VirtualNetworkSite name=\"v\" Location=\"West US\"><AddressSpace><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace><Subnets><Subnet name=\"s\"><AddressPrefix>10.0.0.0/11</AddressPrefix></Subnet></Subnets><DnsServersRef><DnsServerRef name=\"a\"/></DnsServersRef></VirtualNetworkSite></VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>".to_owned(),
        ),
        (
            "POST /services/networking/reservedips",
            root("ReservedIP", "<Name>ip</Name><Label>l</Label><Location>West US</Location>"),
        ),
        (
            "POST /affinitygroups",
            root(
                "CreateAffinityGroup",
                "<Name>group</Name><Label>ZA==</Label><Description>d</Description><Location>West US</Location>",
            ),
        ),
        (
            "POST /services/disks",
            root(
                "Disk",
                "<OS>Linux</OS><Label>l</Label><MediaLink>https://store.blob.core.windows.net/vhds/x.vhd</MediaLink><Name>disk</Name>",
            ),
        ),
        (
            "POST /services/images",
            root(
                "OSImage",
                "<Label>l</Label><MediaLink>https://store.blob.core.windows.net/vhds/i.vhd</MediaLink><Name>image</Name><OS>Linux</OS>",
            ),
        ),
        (
            "POST /services/networking/networksecuritygroups",
            root(
                "NetworkSecurityGroup",
                "<Name>nsg</Name><Label>l</Label><Location>West US</Location>",
            ),
        ),
        (
            "POST /services/hostedservices/web/deployments/web/roles/web/DataDisks",
            root(
                "DataVirtualHardDisk",
                "<HostCaching>None</HostCaching><Lun>3</Lun><LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/vhds/more.vhd</MediaLink>",
            ),
        ),
    ]
}

/// A world with a machine in it.
fn world() -> World {
    let block = "127.77.0.0/16".parse().unwrap();
    let mut world = World::new(
        Pace::default(),
        7,
        block,
        Catalogue::default(),
        Gallery::default(),
        Directory::default(),
    );
    let id = subscription();
    world.add_subscription(id.clone(), "fuzz", Holdings::default());
    world
        .seed_storage_account(&id, "store", "West US", now())
        .unwrap();
    for name in ["empty", "web"] {
        let inner = format!(
            "<ServiceName>{name}</ServiceName><Label>ZA==</Label><Location>West US</Location>"
        );
        let made = root("CreateHostedService", &inner);
        ask(
            &mut world,
            "POST /services/hostedservices",
            made.as_bytes(),
            Misplaced::Refused,
        )
        .unwrap()
        .unwrap();
    }
    let inner = format!(
        "<Name>web</Name><DeploymentSlot>Production</DeploymentSlot><Label>d</Label><RoleList><Role>{}</Role></RoleList>",
        role("web")
    );
    let made = root("Deployment", &inner);
    let line = "POST /services/hostedservices/web/deployments";
    ask(&mut world, line, made.as_bytes(), Misplaced::Refused)
        .unwrap()
        .unwrap();
    world.settle(now());
    world.ground.take_touched();
    world
}

/// Holds an answer to what every answer promises.
fn look(
    base: &World,
    mut after: World,
    answered: Result<Answer, Refused>,
    shown: &serde_json::Value,
) {
    match answered {
        Ok(_) => {
            after.settle(now());
            for owner in after.ground.take_touched() {
                after.presence(&owner, now());
            }
            after.to_json(now());
        }
        Err(refusal) => {
            assert!((400..600).contains(&refusal.status), "{refusal}");
            assert!(
                !refusal.code.is_empty() && !refusal.message.is_empty(),
                "{refusal}"
            );
            assert_eq!(after.to_json(now()), *shown, "{refusal} changed the world");
            assert_eq!(
                after.ground.take_touched(),
                base.clone().ground.take_touched()
            );
        }
    }
}

const WORDS: &[&str] = &[
    "<",
    "/>",
    "</",
    "&",
    "&#0;",
    "&#xD800;",
    "&lt;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE a>",
    "xmlns=\"\"",
    "xmlns:i=\"urn:x\"",
    "i:nil=\"true\"",
    "i:type=\"a\"",
    "\u{feff}",
    "\0",
    "\u{fffe}",
    "<Name>",
    "<Name/>",
    "<RoleName>",
    "<Port>",
    "<InputEndpoint>",
    "</InputEndpoint>",
    "true",
    "false",
    "10.0.0.0/33",
    "255.255.255.255",
    "::1",
    "é",
    "=",
    "%",
    "..",
    "/",
];

#[test]
fn bodies_that_are_nearly_right() {
    let base = world();
    let shown = base.to_json(now());
    let requests = requests();
    let seeds: Vec<&String> = requests.iter().map(|(_, body)| body).collect();
    let mutation = Mutation::new(13, &seeds, WORDS);
    let mut accepted = 0;
    let mut number = 0_usize;
    try_out(mutation, count(4000), |origin, body| {
        let (line, right) = &requests[origin];
        for misplaced in [Misplaced::Skipped, Misplaced::Refused] {
            let mut world = base.clone();
            let answered = ask(&mut world, line, body, misplaced).unwrap();
            if body == right.as_bytes() {
                assert!(answered.is_ok(), "{line}: {answered:?}");
            }
            accepted += usize::from(answered.is_ok());
            number += 1;
            // Which identifiers were given is no part of what is shown.
            look(&base, world, answered, &shown);
        }
    });
    // Inputs of which none is accepted would try nothing but the parser.
    assert!(accepted * 40 > number, "{accepted} of {number}");
}

#[test]
fn paths_that_are_nearly_right() {
    let base = world();
    let shown = base.to_json(now());
    let lines: Vec<String> = table::ROUTES
        .iter()
        .map(|route| {
            let path = route
                .path
                .replace("{service}", "web")
                .replace("{deployment}", "web");
            let path = path
                .replace("{role}", "web")
                .replace("{slot}", "production");
            let path = path.replace("{lun}", "0").replace(['{', '}'], "");
            match route.query {
                None => format!("{} {path}", route.method),
                Some((key, value)) => format!("{} {path}?{key}={value}", route.method),
            }
        })
        .collect();
    let words = &[
        "%2F",
        "%00",
        "%",
        "?",
        "&comp=media",
        "=",
        "..",
        "//",
        "web",
        "GET ",
        "DELETE ",
    ];
    try_out(Mutation::new(17, &lines, words), count(4000), |_, line| {
        let Ok(line) = std::str::from_utf8(line) else {
            return;
        };
        let mut world = base.clone();
        if let Some(answered) = ask(&mut world, line, b"", Misplaced::Skipped) {
            look(&base, world, answered, &shown);
        }
    });
}
