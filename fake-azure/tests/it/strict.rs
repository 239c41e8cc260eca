//! Bodies are read by data contract: order, name space, what must and may be there, types.

use crate::bodies::{Machine, NAMESPACE, endpoint, hosted_service, root};
use crate::stage::{Stage, builder};

const INVALID: (u16, &str) = (400, "InvalidXmlRequest");
const PARAMETER: (u16, &str) = (400, "BadRequest");

/// The body is refused so, with this element at fault, and has no effect.
async fn refused(stage: &Stage, path: &str, body: &str, how: (u16, &str), detail: &str) {
    let answer = stage.post(path, body).await;
    let (status, code, message) = answer.refusal();
    assert_eq!((status, code.as_str()), how, "{body} {}", answer.detail());
    let words = if how == INVALID {
        "The request body's XML was invalid or not correctly specified."
    } else {
        "A parameter was incorrect"
    };
    assert_eq!(message, words, "{body}");
    assert!(answer.detail().contains(detail), "{}", answer.detail());
    let journal = stage.azure.cloud().journal();
    assert_eq!(
        journal.last().unwrap().detail.as_deref(),
        Some(answer.detail())
    );
    let services = stage.get("/services/hostedservices").await.document();
    assert!(services.children.is_empty());
}

/// A simulator that refuses what the real service skips.
async fn strict() -> Stage {
    Stage::of(builder().refuse_misplaced(true)).await
}

/// The body is taken, and what was skipped in it is told.
async fn taken(stage: &Stage, path: &str, body: &str, skipped: &str) {
    let answer = stage.post(path, body).await;
    assert!(answer.status < 300, "{body} {}", answer.body);
    assert_eq!(answer.detail(), format!("skipped: {skipped}"), "{body}");
    let journal = stage.azure.cloud().journal();
    assert_eq!(
        journal.last().unwrap().detail.as_deref(),
        Some(answer.detail())
    );
}

fn create(inner: &str) -> String {
    root("CreateHostedService", inner)
}

#[tokio::test]
async fn elements_that_are_unknown_misplaced_or_twice_are_skipped() {
    let path = "/services/hostedservices";
    let place = "<Location>West US</Location>";
    for (inner, skipped) in [
        (
            format!("<ServiceName>a</ServiceName><Label>YQ==</Label>{place}<Colour/>"),
            "CreateHostedService/Colour",
        ),
        (
            format!(
                "<Colour><Deep/>red</Colour><ServiceName>a</ServiceName><Label>YQ==</Label>{place}"
            ),
            "CreateHostedService/Colour",
        ),
        (
            format!(
                "<ServiceName>a</ServiceName><ServiceName>b</ServiceName><Label>YQ==</Label>{place}"
            ),
            "CreateHostedService/ServiceName",
        ),
        (
            format!(
                "<ServiceName>a</ServiceName><Label>YQ==</Label>{place}<Description>d</Description>"
            ),
            "CreateHostedService/Description",
        ),
        (
            format!("<ServiceName>a</ServiceName><Label colour=\"red\">YQ==</Label>{place}"),
            "Label/@colour",
        ),
        (
            format!(
                "<ServiceName>a</ServiceName><Label>YQ==</Label><Description xmlns=\"urn:x\">d</Description>{place}"
            ),
            "CreateHostedService/Description",
        ),
    ] {
        let stage = Stage::new().await;
        taken(&stage, path, &create(&inner), skipped).await;
        let shown = stage.get("/services/hostedservices/a").await.is(200);
        let description = shown.document();
        let description = description.find("HostedServiceProperties/Description");
        assert_eq!(description.unwrap().content, "", "{inner}");
        let stage = strict().await;
        refused(&stage, path, &create(&inner), PARAMETER, "").await;
    }
}

#[tokio::test]
async fn what_is_missing_once_the_rest_is_skipped_is_refused() {
    let path = "/services/hostedservices";
    for (inner, missing, skipped) in [
        (
            "<Label>YQ==</Label><ServiceName>a</ServiceName><Location>West US</Location>",
            "ServiceName",
            "CreateHostedService/ServiceName",
        ),
        (
            "<ServiceName>a</ServiceName><Location>West US</Location><Label>YQ==</Label>",
            "Label",
            "CreateHostedService/Label",
        ),
    ] {
        let stage = Stage::new().await;
        refused(&stage, path, &create(inner), INVALID, missing).await;
        refused(&stage, path, &create(inner), INVALID, skipped).await;
        refused(&strict().await, path, &create(inner), PARAMETER, missing).await;
    }
}

#[tokio::test]
async fn what_no_reading_takes_is_refused_in_both() {
    let path = "/services/hostedservices";
    for stage in [Stage::new().await, strict().await] {
        for (inner, detail) in [
            (
                "<ServiceName>a</ServiceName>text<Label>YQ==</Label><Location>West US</Location>",
                "text",
            ),
            (
                "<ServiceName>a</ServiceName><Label>YQ==</Label><Location>West US</Location><AffinityGroup>g</AffinityGroup>",
                "AffinityGroup",
            ),
            (
                "<ServiceName><Deep/></ServiceName><Label>YQ==</Label><Location>West US</Location>",
                "ServiceName",
            ),
        ] {
            refused(&stage, path, &create(inner), PARAMETER, detail).await;
        }
        for (inner, detail) in [
            (
                "<ServiceName>a</ServiceName><Label>YQ==</Label>",
                "Location",
            ),
            ("<ServiceName>a</ServiceName>", "Label"),
            ("", "ServiceName"),
            (
                "<servicename>a</servicename><Label>YQ==</Label><Location>West US</Location>",
                "ServiceName",
            ),
        ] {
            refused(&stage, path, &create(inner), INVALID, detail).await;
        }
    }
}

/// docker-machine 0.6 writes one structure for every kind of set, and a list of instances; it
/// shipped so.
#[tokio::test]
async fn what_docker_machine_shipped_with_is_taken() {
    let path = "/services/hostedservices/web/deployments";
    let body = include_str!("../../../fixtures/clients/docker-machine/create-deployment.xml");
    let stage = Stage::new().await;
    stage.storage().await;
    stage.service("web").await;
    let asked = stage.post(path, body).await.is(202);
    assert_eq!(
        asked.detail(),
        "skipped: Deployment/RoleInstanceList, ConfigurationSet/InputEndpoints, ConfigurationSet/DisableSshPasswordAuthentication, ConfigurationSet/SSH"
    );
    stage.done(asked).await;
    let shown = stage
        .get("/services/hostedservices/web/deploymentslots/Production")
        .await
        .document();
    let endpoints = "RoleList/Role/ConfigurationSets/ConfigurationSet/InputEndpoints";
    let names: Vec<_> = shown
        .find(endpoints)
        .unwrap()
        .children
        .iter()
        .map(|endpoint| endpoint.text("Name"))
        .collect();
    assert_eq!(names, ["docker", "ssh"]);
    let strict = strict().await;
    strict.storage().await;
    strict.service("web").await;
    let refused = strict.post(path, body).await.refused();
    assert_eq!(refused, (400, "BadRequest".to_owned()));
}

/// Recorded in 2015: the thumbprint behind the protocol was not used.
#[tokio::test]
async fn a_thumbprint_behind_its_protocol_is_not_used() {
    let stage = Stage::new().await;
    let listener = |inner: &str| {
        let mut machine = Machine::windows("web");
        machine.provisioning = machine.provisioning.replace(
            "<AdminUsername>",
            &format!(
                "<WinRM><Listeners><Listener>{inner}</Listener></Listeners></WinRM><AdminUsername>"
            ),
        );
        machine
    };
    let unknown =
        "<CertificateThumbprint>0000000000000000000000000000000000000000</CertificateThumbprint>";
    let behind = listener(&format!("<Protocol>Https</Protocol>{unknown}"));
    let asked = stage.machine("web", &behind).await.is(202);
    assert_eq!(asked.detail(), "skipped: Listener/CertificateThumbprint");
    stage.done(asked).await;
    stage.service("other").await;
    let before = listener(&format!("{unknown}<Protocol>Https</Protocol>"));
    assert_eq!(stage.deploy("other", &before).await.status, 404);
}

#[tokio::test]
async fn another_root_name_space_or_prefix_is_refused_and_a_bound_prefix_is_not() {
    let stage = Stage::new().await;
    let path = "/services/hostedservices";
    let inner = "<ServiceName>a</ServiceName><Label>YQ==</Label><Location>West US</Location>";
    for body in [
        format!("<CreateHostedService>{inner}</CreateHostedService>"),
        format!("<CreateHostedService xmlns=\"urn:x\">{inner}</CreateHostedService>"),
        format!("<Create xmlns=\"{NAMESPACE}\">{inner}</Create>"),
        format!("<w:CreateHostedService>{inner}</w:CreateHostedService>"),
        create(inner) + &create(inner),
        format!(
            "<!DOCTYPE a>{}",
            create(inner).replace(
                "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>",
                ""
            )
        ),
    ] {
        refused(&stage, path, &body, INVALID, "").await;
    }
    let strange = create(&inner.replace("<Label>", "<Label xmlns=\"urn:x\">"));
    refused(&stage, path, &strange, INVALID, "Label").await;
    let strict = strict().await;
    for body in [
        strange,
        create(&inner.replace("<Label>", "<Label colour=\"red\">")),
    ] {
        refused(&strict, path, &body, PARAMETER, "Label").await;
    }
    let prefixed = inner.replace("</", "<\u{1}").replace('<', "<w:");
    let prefixed = prefixed.replace("<w:\u{1}", "</w:");
    let body = format!(
        "<w:CreateHostedService xmlns:w=\"{NAMESPACE}\">{prefixed}</w:CreateHostedService>"
    );
    stage.post(path, &body).await.is(201);
}

#[tokio::test]
async fn a_body_that_is_ill_formed_cut_short_or_missing_is_refused() {
    let stage = Stage::new().await;
    let path = "/services/hostedservices";
    let whole = hosted_service("web");
    for cut in (0..whole.len()).step_by(7) {
        refused(&stage, path, &whole[..cut], INVALID, "").await;
    }
    for body in [
        "no xml",
        "{\"ServiceName\": \"a\"}",
        "<a",
        "<a></b>",
        "<a>&unknown;</a>",
        "\u{feff}",
        "<a b=c/>",
    ] {
        refused(&stage, path, body, INVALID, "").await;
    }
    let raw = create(
        "<ServiceName>a</ServiceName><Label>YQ==</Label><Description>R&D</Description><Location>West US</Location>",
    );
    refused(&stage, path, &raw, INVALID, "ill-formed").await;
    let deep = format!("{}{}", "<a>".repeat(500), "</a>".repeat(500));
    refused(
        &stage,
        path,
        &root("CreateHostedService", &deep),
        INVALID,
        "deep",
    )
    .await;
    stage.post(path, &format!("\u{feff}{whole}")).await.is(201);
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_refused() {
    let stage = Stage::new().await;
    let request = stage
        .request("POST", "/services/hostedservices")
        .body(vec![0x3c, 0xff, 0xfe]);
    assert_eq!(request.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn values_of_a_wrong_type_are_incorrect_parameters() {
    let stage = Stage::new().await;
    stage.storage().await;
    let path = "/services/hostedservices/web/deployments";
    let machine = Machine::ubuntu("web");
    let with = |f: &dyn Fn(&mut Machine)| {
        let mut machine = machine.clone();
        f(&mut machine);
        machine.deployment("web")
    };
    for port in ["3.2", "0", "65536", "-1", "", "22 22", "x", "1e3"] {
        for body in [
            with(&|m| m.endpoints = vec![endpoint("docker", port, "4243")]),
            with(&|m| m.endpoints = vec![endpoint("docker", "4243", port)]),
        ] {
            refused(&stage, path, &body, PARAMETER, "Port").await;
        }
    }
    for (from, to, detail) in [
        (
            "<Protocol>tcp</Protocol>",
            "<Protocol>sctp</Protocol>",
            "Protocol",
        ),
        (
            "true</ProvisionGuestAgent>",
            "yes</ProvisionGuestAgent>",
            "ProvisionGuestAgent",
        ),
        (
            "PersistentVMRole</RoleType>",
            "WebRole</RoleType>",
            "RoleType",
        ),
        (
            "false</DisableSshPasswordAuthentication>",
            "no</DisableSshPasswordAuthentication>",
            "DisableSshPasswordAuthentication",
        ),
        (
            "LinuxProvisioningConfiguration</ConfigurationSetType>",
            "Linux</ConfigurationSetType>",
            "ConfigurationSetType",
        ),
        (
            "<Name>ssh</Name>",
            &format!("<Name>{}</Name>", "x".repeat(81)),
            "Name",
        ),
        (
            "<RoleName>web</RoleName>",
            "<RoleName></RoleName>",
            "RoleName",
        ),
    ] {
        let body = machine.deployment("web").replace(from, to);
        refused(&stage, path, &body, PARAMETER, detail).await;
    }
    let label =
        create("<ServiceName>a</ServiceName><Label>plain text</Label><Location>West US</Location>");
    refused(
        &stage,
        "/services/hostedservices",
        &label,
        PARAMETER,
        "Label",
    )
    .await;
}

#[tokio::test]
async fn a_role_is_read_in_the_order_of_its_schema() {
    let stage = strict().await;
    let path = "/services/hostedservices/web/deployments";
    let whole = Machine::ubuntu("web").deployment("web");
    let swap = |a: &str, b: &str| {
        let both = format!("{a}{b}");
        assert!(whole.contains(&both), "{both}");
        whole.replace(&both, &format!("{b}{a}"))
    };
    for body in [
        swap(
            "<Name>web</Name>",
            "<DeploymentSlot>Production</DeploymentSlot>",
        ),
        swap(
            "<RoleName>web</RoleName>",
            "<RoleType>PersistentVMRole</RoleType>",
        ),
        swap("<LocalPort>22</LocalPort>", "<Name>ssh</Name>"),
        swap("<Port>22</Port>", "<Protocol>tcp</Protocol>"),
        swap("<SubnetNames/>", "<PublicIPs/>"),
        swap("<HostName>web</HostName>", "<UserName>azureuser</UserName>"),
        swap(
            "<RoleSize>Small</RoleSize>",
            "<ProvisionGuestAgent>true</ProvisionGuestAgent>",
        ),
    ] {
        refused(&stage, path, &body, PARAMETER, "").await;
    }
}

#[tokio::test]
async fn nil_elements_and_empty_lists_are_nothing() {
    let stage = Stage::new().await;
    stage.storage().await;
    let body = create(
        "<ServiceName>web</ServiceName><Label>YQ==</Label><Description xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"true\"/><Location>West US</Location>",
    );
    stage.post("/services/hostedservices", &body).await.is(201);
    let mut machine = Machine::ubuntu("web");
    machine.network = "<SubnetNames/><PublicIPs/><NetworkInterfaces/>".to_owned();
    let body = machine.deployment("web").replace(
        "<OSVirtualHardDisk>",
        "<DataVirtualHardDisks/><OSVirtualHardDisk>",
    );
    let asked = stage
        .post("/services/hostedservices/web/deployments", &body)
        .await;
    stage.done(asked).await;
    let shown = stage.get("/services/hostedservices/web").await.document();
    let description = shown.find("HostedServiceProperties/Description").unwrap();
    assert_eq!(
        description.attributes,
        [("i:nil".to_owned(), "true".to_owned())]
    );
}

#[tokio::test]
async fn what_xml_does_not_allow_is_refused() {
    let stage = Stage::new().await;
    let path = "/services/hostedservices";
    let whole = hosted_service("web");
    let with = |what: &str| whole.replace("<Location>", &format!("{what}<Location>"));
    for (body, detail) in [
        (format!(" {whole}"), "declaration"),
        (
            whole.replace("?><", "?><?xml version=\"1.0\"?><"),
            "declaration",
        ),
        (format!("\u{feff}\u{feff}{whole}"), ""),
        (whole.replace("West US", "West\u{1}US"), "U+0001"),
        (whole.replace("West US", "West&#2;US"), "U+0002"),
        (whole.replace("West US", "West]]>US"), "]]>"),
        (with("<!-- a -- b -->"), "ill-formed"),
        (with("<1a/>"), "not the name of an element"),
        (
            whole.replace("<Location>", "<Location x:y=\"1\">"),
            "prefix",
        ),
        (
            whole.replace("<Location>", "<Location a=\"1\" a=\"2\">"),
            "ill-formed",
        ),
    ] {
        refused(&stage, path, &body, INVALID, detail).await;
    }
    let instance = "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"";
    for (attribute, detail) in [("i:nil=\"true\"", "nil"), ("i:type=\"Place\"", "Place")] {
        let body = whole.replace("<Location>", &format!("<Location {instance} {attribute}>"));
        refused(&stage, path, &body, PARAMETER, detail).await;
    }
    stage.post(path, &with("<!-- where -->")).await.is(201);
}

#[tokio::test]
async fn a_role_is_sent_back_as_it_was_read() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::windows("web")).await;
    let path = "/services/hostedservices/web/deployments/web/roles/web";
    let read = stage.get(path).await.is(200).body;
    assert!(read.contains("i:type"), "{read}");
    stage.put(path, &read).await.is(202);
    let wrong = read.replace(
        "NetworkConfigurationSet",
        "LinuxProvisioningConfigurationSet",
    );
    assert_eq!(stage.put(path, &wrong).await.refused().0, 400);
}

#[tokio::test]
async fn lengths_hold_at_their_edges() {
    let stage = Stage::new().await;
    stage.storage().await;
    let services = "/services/hostedservices";
    let service = |name: &str, label: usize, description: usize| {
        create(&format!(
            "<ServiceName>{name}</ServiceName><Label>{}</Label><Description>{}</Description><Location>West US</Location>",
            crate::bodies::base64("l".repeat(label)),
            "ü".repeat(description)
        ))
    };
    let long = "x".repeat(63);
    for (body, detail) in [
        (service("web", 101, 1024), "Label"),
        (service("web", 100, 1025), "Description"),
    ] {
        refused(&stage, services, &body, PARAMETER, detail).await;
    }
    let longer = service(&(long.clone() + "x"), 1, 1);
    assert_eq!(
        stage.post(services, &longer).await.refusal().2,
        "The hosted service name is invalid."
    );
    stage
        .post(services, &service(&long, 100, 1024))
        .await
        .is(201);
    stage.service("web").await;
    let path = "/services/hostedservices/web/deployments";
    let machine = |host: usize, data: usize, label: usize| {
        let mut machine = Machine::ubuntu("web");
        let data = crate::bodies::base64(vec![b'd'; data]);
        machine.provisioning = crate::bodies::linux(&"h".repeat(host), "azureuser", "Pa$$w0rd1")
            .replace(
                "</ConfigurationSet>",
                &format!("<CustomData>{data}</CustomData></ConfigurationSet>"),
            );
        let label = format!("<Label>{}</Label>", "l".repeat(label));
        machine
            .deployment("web")
            .replace("<Label>web</Label>", &label)
    };
    for (body, detail) in [
        (machine(65, 65536, 100), "HostName"),
        (machine(64, 65537, 100), "CustomData"),
        (machine(64, 65536, 101), "Label"),
    ] {
        let answer = stage.post(path, &body).await;
        assert_eq!(answer.refusal().2, "A parameter was incorrect");
        assert!(answer.detail().contains(detail), "{}", answer.detail());
    }
    stage.post(path, &machine(64, 65536, 100)).await.is(202);
}

#[tokio::test]
async fn a_document_that_says_to_be_no_xml_1_0_in_utf_8_is_refused() {
    let stage = Stage::new().await;
    let path = "/services/hostedservices";
    let whole = hosted_service("web");
    for declaration in [
        "version=\"1.0\" encoding=\"utf-16\"",
        "version=\"1.7\"",
        "version=\"1.0\" encoding=\"klingon\"",
    ] {
        let right = "version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"";
        let body = whole.replace(right, declaration);
        assert_ne!(body, whole);
        refused(&stage, path, &body, INVALID, "declaration").await;
    }
}

/// The old CLI writes passwords as they are, so that some make a document ill-formed.
#[tokio::test]
async fn no_part_of_a_password_is_told_when_it_spoils_a_document() {
    let stage = Stage::new().await;
    let path = "/services/hostedservices/web/deployments";
    let whole = Machine::ubuntu("web").deployment("web");
    for (password, how) in [
        ("Pa$<Secret1>word", INVALID),
        ("Pa$&Secret1;word", INVALID),
        ("Pa$<Secret1/>word", PARAMETER),
        ("Pa$<Secret1 word", INVALID),
        ("Pa$<s:Secret1/>word", INVALID),
        ("Pa$</Secret1>word", INVALID),
    ] {
        let body = whole.replace("Pa$$w0rd1", password);
        let answer = stage.post(path, &body).await;
        let (status, code, _) = answer.refusal();
        assert_eq!((status, code.as_str()), how, "{password}");
        assert!(!answer.detail().contains("Secret1"), "{}", answer.detail());
        assert!(!answer.detail().is_empty());
        let journal = format!("{:?}", stage.azure.cloud().journal());
        assert!(!journal.contains("Secret1"), "{journal}");
    }
}
