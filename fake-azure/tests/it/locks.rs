//! One write at a time: while an operation holds a hosted service, every other one waits.

use rcgen::{CertificateParams, KeyPair};

use fake_azure::Pace;

use crate::bodies::{Machine, base64, operation, operations, roles, root, service, thumbprint};
use crate::stage::{Answer, Stage};

const DEPLOYMENT: &str = "/services/hostedservices/web/deployments/web";
const ADDRESSES: &str = "/services/networking/reservedips";

fn certificate() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let made = CertificateParams::default().self_signed(&key).unwrap();
    let body = format!(
        "<Data>{}</Data><CertificateFormat>cer</CertificateFormat>",
        base64(made.der())
    );
    (root("CertificateFile", &body), thumbprint(made.der()))
}

fn disk(lun: u32) -> String {
    root(
        "DataVirtualHardDisk",
        &format!(
            "<HostCaching>None</HostCaching><Lun>{lun}</Lun><LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/v/{lun}.vhd</MediaLink>"
        ),
    )
}

fn balancer(name: &str) -> String {
    root("LoadBalancer", &format!("<Name>{name}</Name>"))
}

fn dns(name: &str) -> String {
    root(
        "DnsServer",
        &format!("<Name>{name}</Name><Address>8.8.8.8</Address>"),
    )
}

fn address(name: &str, of: &str) -> String {
    root(
        "ReservedIP",
        &format!("<Name>{name}</Name>{of}<Location>West US</Location>"),
    )
}

fn association() -> String {
    root(
        "ReservedIPAssociation",
        "<ServiceName>web</ServiceName><DeploymentName>web</DeploymentName>",
    )
}

fn endpoint_set() -> String {
    "<InputEndpoint><LoadBalancedEndpointSetName>set</LoadBalancedEndpointSetName><LocalPort>80</LocalPort><Name>http</Name><Port>80</Port><Protocol>tcp</Protocol></InputEndpoint>".to_owned()
}

/// A service with one of everything that can be written to.
async fn stage(print: &str, upload: &str) -> Stage {
    let stage = Stage::at(Pace::ByHand).await;
    let mut machine = Machine::ubuntu("web");
    machine.endpoints.push(endpoint_set());
    stage.machine("web", &machine).await.is(202);
    stage.advance(600);
    for (path, body) in [
        (roles("web") + "/web/DataDisks", disk(0)),
        (format!("{DEPLOYMENT}/loadbalancers"), balancer("lb")),
        (format!("{DEPLOYMENT}/dnsservers"), dns("one")),
        (service("web") + "/certificates", upload.to_owned()),
        (ADDRESSES.to_owned(), address("free", "")),
        (ADDRESSES.to_owned(), address("used", "")),
        (
            format!("{ADDRESSES}/used/operations/associate"),
            association(),
        ),
    ] {
        stage.post(&path, &body).await.is(202);
        stage.advance(60);
    }
    let held = format!("{}/certificates/sha1-{print}", service("web"));
    stage.get(&held).await.is(200);
    stage
}

fn is_locked(answer: &Answer, by: &Answer, what: &str) {
    let words = format!(
        "Windows Azure is currently performing an operation with x-ms-requestid {} on this deployment that requires exclusive access.",
        by.request_id()
    );
    assert_eq!(
        answer.refusal(),
        (409, "ConflictError".to_owned(), words),
        "{what} {}",
        answer.detail()
    );
}

fn writes(print: &str, upload: &str) -> Vec<(&'static str, String, String)> {
    let service = service("web");
    let mut changed = Machine::ubuntu("web");
    changed.provisioning.clear();
    let of = "<ServiceName>web</ServiceName><DeploymentName>web</DeploymentName>";
    let mut all = vec![
        (
            "PUT",
            service.clone(),
            root("UpdateHostedService", "<Label>YQ==</Label>"),
        ),
        ("DELETE", service.clone(), String::new()),
        ("DELETE", format!("{service}?comp=media"), String::new()),
        ("POST", format!("{service}/certificates"), upload.to_owned()),
        (
            "DELETE",
            format!("{service}/certificates/sha1-{print}"),
            String::new(),
        ),
        (
            "POST",
            format!("{service}/deployments"),
            Machine::ubuntu("two").deployment("two"),
        ),
        (
            "DELETE",
            format!("{service}/deploymentslots/Production"),
            String::new(),
        ),
        ("DELETE", DEPLOYMENT.to_owned(), String::new()),
        ("POST", roles("web"), Machine::ubuntu("two").role()),
        ("PUT", roles("web") + "/web", changed.changed()),
        ("DELETE", roles("web") + "/web", String::new()),
        ("POST", roles("web") + "/web/DataDisks", disk(1)),
        ("PUT", roles("web") + "/web/DataDisks/0", disk(0)),
        ("DELETE", roles("web") + "/web/DataDisks/0", String::new()),
        ("POST", format!("{DEPLOYMENT}/loadbalancers"), balancer("x")),
        (
            "PUT",
            format!("{DEPLOYMENT}/loadbalancers/lb"),
            balancer("lb"),
        ),
        (
            "DELETE",
            format!("{DEPLOYMENT}/loadbalancers/lb"),
            String::new(),
        ),
        (
            "POST",
            format!("{DEPLOYMENT}?comp=UpdateLbSet"),
            root("LoadBalancedEndpointList", &endpoint_set()),
        ),
        ("POST", format!("{DEPLOYMENT}/dnsservers"), dns("two")),
        ("PUT", format!("{DEPLOYMENT}/dnsservers/one"), dns("one")),
        (
            "DELETE",
            format!("{DEPLOYMENT}/dnsservers/one"),
            String::new(),
        ),
        ("POST", ADDRESSES.to_owned(), address("new", of)),
        (
            "POST",
            format!("{ADDRESSES}/free/operations/associate"),
            association(),
        ),
        (
            "POST",
            format!("{ADDRESSES}/used/operations/disassociate"),
            association(),
        ),
    ];
    all.extend(deeds());
    all
}

/// What is done with machines.
fn deeds() -> Vec<(&'static str, String, String)> {
    let machine = operations("web", "web");
    let named = |kind: &str, inner: &str| {
        root(
            kind,
            &format!("<OperationType>{kind}</OperationType>{inner}"),
        )
    };
    let mut all = Vec::new();
    for kind in [
        "StartRoleOperation",
        "RestartRoleOperation",
        "ShutdownRoleOperation",
        "RedeployRoleOperation",
        "PerformMaintenanceOnRoleOperation",
    ] {
        all.push(("POST", machine.clone(), operation(kind)));
    }
    for kind in ["StartRolesOperation", "ShutdownRolesOperation"] {
        let body = named(kind, "<Roles><Name>web</Name></Roles>");
        all.push(("POST", format!("{DEPLOYMENT}/Roles/Operations"), body));
    }
    all.push((
        "POST",
        machine.clone(),
        named(
            "CaptureRoleOperation",
            "<PostCaptureAction>Delete</PostCaptureAction><TargetImageLabel>l</TargetImageLabel><TargetImageName>im</TargetImageName>",
        ),
    ));
    all.push((
        "POST",
        machine,
        named(
            "CaptureRoleAsVMImageOperation",
            "<OSState>Specialized</OSState><VMImageName>im</VMImageName><VMImageLabel>l</VMImageLabel>",
        ),
    ));
    all
}

#[tokio::test]
async fn every_write_waits_for_the_operation_that_holds_its_service_and_no_read_does() {
    let (upload, print) = certificate();
    let stage = stage(&print, &upload).await;
    let running = stage
        .post(
            &operations("web", "web"),
            &operation("RestartRoleOperation"),
        )
        .await
        .is(202);
    for (method, path, body) in writes(&print, &upload) {
        let answer = stage.call(method, &path, &body).await;
        is_locked(&answer, &running, &format!("{method} {path} {body}"));
    }
    let held = service("web");
    for path in [
        held.clone(),
        format!("{held}?embed-detail=true"),
        format!("{held}/certificates"),
        format!("{held}/deploymentslots/Production"),
        DEPLOYMENT.to_owned(),
        roles("web") + "/web",
        roles("web") + "/web/DataDisks/0",
        format!("/operations/{}", running.request_id()),
    ] {
        stage.get(&path).await.is(200);
    }
    assert_eq!(stage.standing(&running).await, "InProgress");
    stage.service("other").await;
    stage.advance(60);
    assert_eq!(stage.standing(&running).await, "Succeeded");
    stage
        .put(&held, &root("UpdateHostedService", "<Label>YQ==</Label>"))
        .await
        .is(200);
}
