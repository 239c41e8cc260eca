//! Every body of the API, spoiled in every place: what is misplaced is skipped, or refused by a
//! simulator that is told to, and what is wrong is refused by both.

use crate::bodies::{Machine, extension, operations, roles, root, service};
use crate::stage::{Stage, builder};
use crate::xml::Node;

/// A request that is taken when nothing is wrong with its body.
struct Write {
    method: &'static str,
    path: String,
    body: String,
    /// Elements that must be there.
    required: &'static [&'static str],
}

/// Elements that may stand in their list more than once.
const ITEMS: &[&str] = &[
    "Role",
    "ConfigurationSet",
    "InputEndpoint",
    "Rule",
    "SubnetName",
    "PublicIP",
    "ResourceExtensionReference",
    "ResourceExtensionParameterValue",
    "DataVirtualHardDisk",
    "DnsServer",
    "LoadBalancer",
    "ExtendedProperty",
    "DataDiskConfiguration",
    "Name",
];

fn write(
    method: &'static str,
    path: impl Into<String>,
    kind: &str,
    inner: &str,
    required: &'static [&'static str],
) -> Write {
    Write {
        method,
        path: path.into(),
        body: root(kind, inner),
        required,
    }
}

const PROPERTIES: &str = "<ExtendedProperties><ExtendedProperty><Name>n</Name><Value>v</Value></ExtendedProperty></ExtendedProperties>";

/// Groups, services and accounts.
fn places() -> Vec<Write> {
    let new_service = format!(
        "<ServiceName>new</ServiceName><Label>YQ==</Label><Description>d</Description><Location>West US</Location>{PROPERTIES}<ReverseDnsFqdn>a.example.com.</ReverseDnsFqdn>"
    );
    let new_account = format!(
        "<ServiceName>newstore</ServiceName><Description>d</Description><Label>YQ==</Label><Location>West US</Location>{PROPERTIES}<AccountType>Standard_LRS</AccountType>"
    );
    let changed_account = format!(
        "<Description>d</Description><Label>YQ==</Label>{PROPERTIES}<AccountType>Standard_GRS</AccountType>"
    );
    let accounts = "/services/storageservices";
    vec![
        write(
            "POST",
            "/affinitygroups",
            "CreateAffinityGroup",
            "<Name>g</Name><Label>YQ==</Label><Description>d</Description><Location>West US</Location>",
            &["Name", "Label", "Location"],
        ),
        write(
            "POST",
            "/services/hostedservices",
            "CreateHostedService",
            &new_service,
            &["ServiceName", "Label", "Location", "Name", "Value"],
        ),
        write(
            "PUT",
            service("web"),
            "UpdateHostedService",
            &format!("<Label>YQ==</Label><Description>d</Description>{PROPERTIES}"),
            &["Name", "Value"],
        ),
        write(
            "POST",
            format!("{}/certificates", service("web")),
            "CertificateFile",
            "<Data>YQ==</Data><CertificateFormat>cer</CertificateFormat><Password>p</Password>",
            &["Data", "CertificateFormat"],
        ),
        write(
            "POST",
            accounts,
            "CreateStorageServiceInput",
            &new_account,
            &["ServiceName", "Label", "Location"],
        ),
        write(
            "PUT",
            format!("{accounts}/store"),
            "UpdateStorageServiceInput",
            &changed_account,
            &[],
        ),
        write(
            "POST",
            format!("{accounts}/store/keys?action=regenerate"),
            "RegenerateKeys",
            "<KeyType>Primary</KeyType>",
            &["KeyType"],
        ),
    ]
}

/// Images, disks and addresses.
fn things() -> Vec<Write> {
    let link = "<MediaLink>https://store.blob.core.windows.net/v/new.vhd</MediaLink>";
    let image = format!(
        "<Label>l</Label>{link}<Name>im</Name><OS>Linux</OS><Eula>e</Eula><Description>d</Description><ImageFamily>f</ImageFamily><PublishedDate>2016-01-01T00:00:00Z</PublishedDate><IsPremium>false</IsPremium><ShowInGui>true</ShowInGui><PrivacyUri>p</PrivacyUri><IconUri>i</IconUri><RecommendedVMSize>Small</RecommendedVMSize><SmallIconUri>s</SmallIconUri><Language>en</Language>"
    );
    let vm_image = format!(
        "<Name>im</Name><Label>l</Label><Description>d</Description><OSDiskConfiguration><HostCaching>None</HostCaching><OSState>Generalized</OSState><OS>Linux</OS>{link}</OSDiskConfiguration><DataDiskConfigurations><DataDiskConfiguration><HostCaching>None</HostCaching><Lun>3</Lun><MediaLink>https://store.blob.core.windows.net/v/b.vhd</MediaLink></DataDiskConfiguration></DataDiskConfigurations><ShowInGui>true</ShowInGui>"
    );
    vec![
        write(
            "POST",
            "/services/images",
            "OSImage",
            &image,
            &["Label", "MediaLink", "Name", "OS"],
        ),
        write(
            "POST",
            "/services/vmimages",
            "VMImage",
            &vm_image,
            &[
                "Name",
                "Label",
                "OSDiskConfiguration",
                "OSState",
                "OS",
                "MediaLink",
            ],
        ),
        write(
            "POST",
            "/services/disks",
            "Disk",
            &format!("<OS>Linux</OS><Label>l</Label>{link}<Name>new</Name>"),
            &["Label", "MediaLink", "Name"],
        ),
        write(
            "POST",
            "/services/networking/reservedips",
            "ReservedIP",
            "<Name>ip</Name><Label>l</Label><Location>West US</Location>",
            &["Name", "Location"],
        ),
        write(
            "POST",
            "/services/networking/reservedips/ip/operations/associate",
            "ReservedIPAssociation",
            "<ServiceName>web</ServiceName><DeploymentName>web</DeploymentName><VirtualIPName>v</VirtualIPName>",
            &["ServiceName", "DeploymentName"],
        ),
    ]
}

/// A machine with everything that one can have.
fn machine() -> Machine {
    let mut machine = Machine::ubuntu("two").with(&extension(
        "Microsoft.Azure.Extensions",
        "DockerExtension",
        "1.*",
        "{}",
        "{}",
    ));
    machine.provisioning = machine.provisioning.replace(
        "</ConfigurationSet>",
        "<SSH><PublicKeys/><KeyPairs/></SSH><CustomData>aGk=</CustomData></ConfigurationSet>",
    );
    machine.endpoints = vec![
        "<InputEndpoint><LoadBalancedEndpointSetName>set</LoadBalancedEndpointSetName><LocalPort>80</LocalPort><Name>http</Name><Port>8080</Port><LoadBalancerProbe><Path>/</Path><Port>80</Port><Protocol>http</Protocol><IntervalInSeconds>15</IntervalInSeconds><TimeoutInSeconds>31</TimeoutInSeconds></LoadBalancerProbe><Protocol>tcp</Protocol><Vip>1.2.3.4</Vip><EnableDirectServerReturn>false</EnableDirectServerReturn><EndpointAcl><Rules><Rule><Order>1</Order><Action>permit</Action><RemoteSubnet>10.0.0.0/8</RemoteSubnet><Description>d</Description></Rule></Rules></EndpointAcl><IdleTimeoutInMinutes>5</IdleTimeoutInMinutes><LoadBalancerDistribution>sourceIP</LoadBalancerDistribution></InputEndpoint>".to_owned(),
    ];
    machine.network = "<SubnetNames/><PublicIPs><PublicIP><Name>p</Name><IdleTimeoutInMinutes>4</IdleTimeoutInMinutes><DomainNameLabel>l</DomainNameLabel></PublicIP></PublicIPs><NetworkInterfaces/>".to_owned();
    machine.data_disks = "<DataVirtualHardDisk><HostCaching>None</HostCaching><DiskLabel>l</DiskLabel><Lun>1</Lun><LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/v/data.vhd</MediaLink></DataVirtualHardDisk>".to_owned();
    machine.agent +=
        "<DebugSettings><BootDiagnosticsEnabled>false</BootDiagnosticsEnabled></DebugSettings>";
    machine
}

/// Deployments and machines.
fn machines() -> Vec<Write> {
    const ROLE: &[&str] = &[
        "RoleName",
        "RoleType",
        "ConfigurationSetType",
        "HostName",
        "UserName",
        "LocalPort",
        "Protocol",
        "Order",
        "Action",
        "RemoteSubnet",
        "ReferenceName",
        "Publisher",
        "Version",
        "Key",
        "Value",
    ];
    let disk = "<HostCaching>None</HostCaching><DiskLabel>l</DiskLabel><Lun>1</Lun><LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/v/new.vhd</MediaLink>";
    let mut changed = machine();
    changed.provisioning.clear();
    changed.os_disk =
        "<OSVirtualHardDisk><HostCaching>None</HostCaching></OSVirtualHardDisk>".to_owned();
    let dns = "<Dns><DnsServers><DnsServer><Name>d</Name><Address>8.8.8.8</Address></DnsServer></DnsServers></Dns>";
    vec![
        Write {
            method: "POST",
            path: service("empty") + "/deployments",
            body: machine().deployment_with("empty", dns),
            required: &["DeploymentSlot", "RoleList", "RoleName", "RoleType"],
        },
        Write {
            method: "POST",
            path: roles("web"),
            body: machine().role(),
            required: ROLE,
        },
        Write {
            method: "PUT",
            path: roles("web") + "/web",
            body: changed.role().replace(">two<", ">web<"),
            required: &["RoleType"],
        },
        write(
            "POST",
            roles("web") + "/web/DataDisks",
            "DataVirtualHardDisk",
            disk,
            &["MediaLink"],
        ),
        write(
            "PUT",
            roles("web") + "/web/DataDisks/1",
            "DataVirtualHardDisk",
            disk,
            &[],
        ),
    ]
}

/// What is done with machines, and what stands before them.
fn deeds() -> Vec<Write> {
    let deployment = service("web") + "/deployments/web";
    let operations = operations("web", "web");
    let operate = |path: &str, kind: &str, inner: &str, required| {
        let inner = format!("<OperationType>{kind}</OperationType>{inner}");
        write("POST", path, kind, &inner, required)
    };
    vec![
        operate(&operations, "StartRoleOperation", "", &["OperationType"]),
        operate(
            &operations,
            "ShutdownRoleOperation",
            "<PostShutdownAction>Stopped</PostShutdownAction>",
            &["OperationType"],
        ),
        operate(
            &operations,
            "CaptureRoleOperation",
            "<PostCaptureAction>Delete</PostCaptureAction><TargetImageLabel>l</TargetImageLabel><TargetImageName>im</TargetImageName>",
            &[
                "OperationType",
                "PostCaptureAction",
                "TargetImageLabel",
                "TargetImageName",
            ],
        ),
        operate(
            &operations,
            "CaptureRoleAsVMImageOperation",
            "<OSState>Specialized</OSState><VMImageName>im</VMImageName><VMImageLabel>l</VMImageLabel>",
            &["OperationType", "OSState", "VMImageName", "VMImageLabel"],
        ),
        operate(
            &format!("{deployment}/Roles/Operations"),
            "ShutdownRolesOperation",
            "<Roles><Name>web</Name></Roles><PostShutdownAction>Stopped</PostShutdownAction>",
            &["OperationType", "Roles", "Name"],
        ),
        write(
            "POST",
            format!("{deployment}/dnsservers"),
            "DnsServer",
            "<Name>n</Name><Address>9.9.9.9</Address>",
            &[],
        ),
        write(
            "POST",
            format!("{deployment}/loadbalancers"),
            "LoadBalancer",
            "<Name>lb</Name><FrontendIpConfiguration><Type>Private</Type></FrontendIpConfiguration>",
            &[],
        ),
        write(
            "POST",
            format!("{deployment}?comp=UpdateLbSet"),
            "LoadBalancedEndpointList",
            "<InputEndpoint><LoadBalancedEndpointSetName>set</LoadBalancedEndpointSetName><LocalPort>80</LocalPort><Name>http</Name><Port>81</Port><Protocol>tcp</Protocol><EndpointAcl/></InputEndpoint>",
            &["LoadBalancedEndpointSetName", "Protocol"],
        ),
    ]
}

fn written(node: &Node) -> String {
    let attributes = node
        .attributes
        .iter()
        .fold(String::new(), |text, (name, value)| {
            format!("{text} {name}=\"{value}\"")
        });
    let inner: String = node.children.iter().map(written).collect();
    format!("<{0}{attributes}>{1}{inner}</{0}>", node.name, node.content)
}

/// Puts what came of a child back into its parent.
type Back<'a> = &'a dyn Fn(&Node) -> Node;

/// The document with a change in one place, for every place and every change there.
fn everywhere<T>(
    node: &Node,
    change: &dyn Fn(&Node) -> Vec<T>,
    inside: &dyn Fn(Back<'_>, T) -> T,
) -> Vec<T> {
    let mut all = change(node);
    for (n, child) in node.children.iter().enumerate() {
        let back = |other: &Node| {
            let mut copy = node.clone();
            copy.children[n] = other.clone();
            copy
        };
        for other in everywhere(child, change, inside) {
            all.push(inside(&back, other));
        }
    }
    all
}

/// A document in which something is wrong.
struct Spoiled {
    node: Node,
    /// What is at fault.
    name: String,
    /// How it reads once that is skipped; nothing, where no reading takes it.
    read: Option<Node>,
}

fn spoiled_everywhere(node: &Node) -> Vec<Spoiled> {
    everywhere(node, &spoiled, &|back, spoiled| Spoiled {
        node: back(&spoiled.node),
        read: spoiled.read.as_ref().map(back),
        name: spoiled.name,
    })
}

/// The node changed in each of the ways in which its children may be wrong.
fn spoiled(node: &Node) -> Vec<Spoiled> {
    let changed = |name: &str, read: Option<Node>, change: &dyn Fn(&mut Node)| {
        let mut copy = node.clone();
        change(&mut copy);
        Spoiled {
            node: copy,
            name: name.to_owned(),
            read,
        }
    };
    let without = |n: usize| {
        let mut copy = node.clone();
        copy.children.remove(n);
        Some(copy)
    };
    let bogus = || Node {
        name: "Bogus".to_owned(),
        ..Node::default()
    };
    // Where text stands no reading takes an element.
    let as_is = node.content.is_empty().then(|| node.clone());
    let mut all = vec![
        changed("Bogus", as_is, &|node| node.children.push(bogus())),
        changed("colour", Some(node.clone()), &|node| {
            node.attributes
                .push(("colour".to_owned(), "red".to_owned()));
        }),
    ];
    if !node.children.is_empty() {
        let as_is = Some(node.clone());
        all.push(changed("Bogus", as_is, &|node| {
            node.children.insert(0, bogus());
        }));
        all.push(changed("text", None, &|node| {
            node.content = "text".to_owned();
        }));
    }
    for (n, child) in node.children.iter().enumerate() {
        let strange = ("xmlns".to_owned(), "urn:x".to_owned());
        all.push(changed(&child.name, without(n), &|node| {
            node.children[n].attributes.push(strange.clone());
        }));
        if !ITEMS.contains(&child.name.as_str()) {
            let as_is = Some(node.clone());
            all.push(changed(&child.name, as_is, &|node| {
                node.children.insert(n, child.clone());
            }));
        }
        if n > 0 && node.children[n - 1].name != child.name {
            let late = &node.children[n - 1].name;
            all.push(changed(late, without(n - 1), &|node| {
                node.children.swap(n - 1, n);
            }));
        }
    }
    all
}

/// The node without each of its children of this name.
fn without(node: &Node, name: &str) -> Vec<Node> {
    let found = (0..node.children.len()).filter(|n| node.children[*n].name == name);
    found
        .map(|n| {
            let mut copy = node.clone();
            copy.children.remove(n);
            copy
        })
        .collect()
}

async fn stage() -> Stage {
    stage_that(false).await
}

/// A stage that refuses what is misplaced, or skips it.
async fn stage_that(refuses: bool) -> Stage {
    let stage = Stage::of(builder().refuse_misplaced(refuses)).await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    stage.service("empty").await;
    stage
}

/// All there is, but for the time.
async fn world(stage: &Stage) -> serde_json::Value {
    stage.admin("world", None).await.1["subscriptions"].take()
}

fn all() -> Vec<Write> {
    let mut all = places();
    all.extend(things());
    all.extend(machines());
    all.extend(deeds());
    all
}

#[tokio::test]
async fn a_simulator_may_refuse_elements_that_are_unknown_misplaced_or_twice() {
    let stage = stage_that(true).await;
    let before = world(&stage).await;
    for write in all() {
        let right = Node::parse(&write.body);
        for wrong in spoiled_everywhere(&right) {
            let body = written(&wrong.node);
            let answer = stage.call(write.method, &write.path, &body).await;
            let (status, code, message) = answer.refusal();
            assert_eq!(
                (status, code.as_str(), message.as_str()),
                (400, "BadRequest", "A parameter was incorrect"),
                "{body} {}",
                answer.detail()
            );
            assert!(!answer.detail().is_empty(), "{body}");
        }
    }
    assert_eq!(world(&stage).await, before);
}

/// The body without what is skipped is asked for before and after: once it has had its effect,
/// the spoiled one must be answered as it is.
#[tokio::test]
async fn elements_that_are_unknown_misplaced_or_twice_are_read_as_if_they_were_not_there() {
    for write in all() {
        let stage = stage().await;
        let ask = async |node: &Node| {
            let answer = stage.call(write.method, &write.path, &written(node)).await;
            let code = match answer.status {
                200..300 => String::new(),
                _ => answer.refusal().1,
            };
            let detail = answer.detail().to_owned();
            (answer.status, code, detail)
        };
        for wrong in spoiled_everywhere(&Node::parse(&write.body)) {
            let Some(read) = &wrong.read else {
                let (status, code, _) = ask(&wrong.node).await;
                assert_eq!(
                    (status, code.as_str()),
                    (400, "BadRequest"),
                    "{:?}",
                    wrong.node
                );
                continue;
            };
            ask(read).await;
            let (status, code, detail) = ask(&wrong.node).await;
            let (wanted, wanted_code, clean) = ask(read).await;
            let body = written(&wrong.node);
            assert_eq!((status, &code), (wanted, &wanted_code), "{body} {detail}");
            let (_, skipped) = detail.split_once("skipped: ").unwrap_or_default();
            assert!(skipped.contains(&wrong.name), "{body} {detail}");
            assert!(!clean.contains("skipped: "), "{clean}");
        }
    }
}

#[tokio::test]
async fn a_required_element_that_is_missing_makes_a_body_invalid() {
    let stage = stage().await;
    let before = world(&stage).await;
    for write in all() {
        let right = Node::parse(&write.body);
        for name in write.required {
            let wrong = everywhere(&right, &|node| without(node, name), &|back, node| {
                back(&node)
            });
            assert!(!wrong.is_empty(), "{name} {}", write.body);
            let answer = stage
                .call(write.method, &write.path, &written(&wrong[0]))
                .await;
            let (status, code, _) = answer.refusal();
            assert_eq!(
                (status, code.as_str()),
                (400, "InvalidXmlRequest"),
                "{name} {} {}",
                write.body,
                answer.detail()
            );
            assert!(answer.detail().contains(name), "{}", answer.detail());
        }
    }
    assert_eq!(world(&stage).await, before);
}

#[tokio::test]
async fn a_body_as_it_should_be_is_taken() {
    for write in all() {
        let stage = stage().await;
        let written = written(&Node::parse(&write.body));
        let answer = stage.call(write.method, &write.path, &written).await;
        if answer.status >= 300 {
            // What it is about is not there, or it is no certificate.
            let message = answer.refusal().2;
            assert_ne!(message, "A parameter was incorrect", "{}", answer.detail());
            assert_ne!(answer.refusal().1, "InvalidXmlRequest", "{written}");
        }
    }
}

/// Values that no type and no bound of an element allows, one a line: the element, then what
/// stands in it.
const WRONG: &str = "
CreateHostedService ReverseDnsFqdn=a b
CreateHostedService ReverseDnsFqdn=a..b
CreateHostedService Location=
CreateHostedService Name=1 2
UpdateHostedService Label=
UpdateStorageServiceInput Label=
UpdateStorageServiceInput AccountType=standard_lrs
CreateStorageServiceInput AccountType=Fast
RegenerateKeys KeyType=Third
OSImage IsPremium=True
OSImage ShowInGui=yes
OSImage RecommendedVMSize=Huge
OSImage PublishedDate=yesterday
OSImage OS=linux
VMImage Lun=-1
VMImage Lun=64
VMImage OSState=generalized
Disk OS=BeOS
DataVirtualHardDisk LogicalDiskSizeInGB=0
DataVirtualHardDisk LogicalDiskSizeInGB=1024
DataVirtualHardDisk LogicalDiskSizeInGB=5.5
DataVirtualHardDisk LogicalDiskSizeInGB=99999999999
DataVirtualHardDisk HostCaching=Fast
DataVirtualHardDisk Lun=one
PersistentVMRole LoadBalancedEndpointSetName=../x
PersistentVMRole ReferenceName=a/b
PersistentVMRole Order=-1
PersistentVMRole Action=maybe
PersistentVMRole RemoteSubnet=10.0.0.0/33
PersistentVMRole RemoteSubnet=10.0.0.0/+8
PersistentVMRole RemoteSubnet=10.0.0/8
PersistentVMRole Vip=1.2.3.256
PersistentVMRole EnableDirectServerReturn=False
PersistentVMRole IdleTimeoutInMinutes=3
PersistentVMRole IdleTimeoutInMinutes=31
PersistentVMRole IntervalInSeconds=4
PersistentVMRole TimeoutInSeconds=10
PersistentVMRole LoadBalancerDistribution=sourceip
PersistentVMRole Protocol=sctp
PersistentVMRole ProvisionGuestAgent=TRUE
PersistentVMRole BootDiagnosticsEnabled=on
PersistentVMRole DomainNameLabel=a_b
PersistentVMRole Value=!!!
PersistentVMRole State=Perhaps
PersistentVMRole Type=Secret
DnsServer Address=::1
DnsServer Address=8.8.8
LoadBalancer Type=Public
ShutdownRoleOperation PostShutdownAction=stopped
CaptureRoleOperation PostCaptureAction=Keep
";

#[tokio::test]
async fn values_out_of_their_type_or_bounds_are_incorrect_parameters() {
    let stage = stage().await;
    for line in WRONG.trim().lines() {
        let (place, value) = line.split_once('=').unwrap();
        let (kind, name) = place.split_once(' ').unwrap();
        let value = value.replace('<', "&lt;");
        let write = all()
            .into_iter()
            .find(|w| Node::parse(&w.body).name == kind && w.body.contains(&format!("<{name}>")))
            .unwrap_or_else(|| panic!("{line}"));
        let start = write.body.rfind(&format!("<{name}>")).unwrap() + name.len() + 2;
        let end = start + write.body[start..].find('<').unwrap();
        let body = format!("{}{value}{}", &write.body[..start], &write.body[end..]);
        let answer = stage.call(write.method, &write.path, &body).await;
        let (status, code, message) = answer.refusal();
        assert_eq!(
            (status, code.as_str(), message.as_str()),
            (400, "BadRequest", "A parameter was incorrect"),
            "{line} {}",
            answer.detail()
        );
    }
}
