//! What nobody uses, and since when.

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use crate::bodies::{Machine, base64, root, slot, thumbprint};
use crate::stage::Stage;

const RESERVED: &str = "/services/networking/reservedips";

/// Kind, name, and seconds without a user.
type Told = (String, String, i64);

async fn orphans(stage: &Stage) -> Vec<Told> {
    let (status, told) = stage.admin("orphans", None).await;
    assert_eq!(status, 200, "{told}");
    let now: jiff::Timestamp = told["now"].as_str().unwrap().parse().unwrap();
    told["orphans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|orphan| {
            let since: jiff::Timestamp = orphan["since"].as_str().unwrap().parse().unwrap();
            let age = orphan["age_seconds"].as_i64().unwrap();
            assert_eq!(now.duration_since(since).as_secs(), age, "{orphan}");
            assert_eq!(
                orphan["subscription"],
                json!(stage.azure.subscription_id().as_str())
            );
            let text = |field: &str| orphan[field].as_str().unwrap().to_owned();
            (text("kind"), text("name"), age)
        })
        .collect()
}

/// The orphans of a stage by kind and name, each at least so old and hardly older: the simulator's
/// clock goes on by itself while a test runs.
async fn assert_orphans(stage: &Stage, expected: &[(&str, &str, i64)]) {
    let found = orphans(stage).await;
    let told: Vec<_> = found
        .iter()
        .map(|(kind, name, _)| (kind.as_str(), name.as_str()))
        .collect();
    let wanted: Vec<_> = expected
        .iter()
        .map(|(kind, name, _)| (*kind, *name))
        .collect();
    assert_eq!(told, wanted);
    for ((kind, name, age), (_, _, least)) in found.iter().zip(expected) {
        assert!(
            (*least..least + DAY / 2).contains(age),
            "{kind} {name}: {age}, not {least}"
        );
    }
}

const DAY: i64 = 86_400;

fn pass_days(stage: &Stage, days: u64) {
    stage.advance(days * DAY.unsigned_abs());
}

async fn with_certificate(stage: &Stage, service: &str) -> String {
    let made = CertificateParams::new(vec!["web".to_owned()])
        .unwrap()
        .self_signed(&KeyPair::generate().unwrap())
        .unwrap();
    let body = root(
        "CertificateFile",
        &format!(
            "<Data>{}</Data><CertificateFormat>pfx</CertificateFormat>",
            base64(made.pem())
        ),
    );
    let path = format!("/services/hostedservices/{service}/certificates");
    let asked = stage.post(&path, &body).await.is(202);
    stage.done(asked).await;
    thumbprint(made.der()).to_ascii_uppercase()
}

/// A machine that names a certificate, in a deployment that has a reserved address.
fn machine(thumbprint: &str) -> String {
    let mut machine = Machine::ubuntu("web");
    machine.provisioning = format!(
        "<ConfigurationSet><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>web</HostName><UserName>azureuser</UserName><DisableSshPasswordAuthentication>true</DisableSshPasswordAuthentication><SSH><PublicKeys><PublicKey><Fingerprint>{thumbprint}</Fingerprint><Path>/home/azureuser/.ssh/authorized_keys</Path></PublicKey></PublicKeys></SSH></ConfigurationSet>"
    );
    machine.deployment_with("web", "<ReservedIPName>fixed</ReservedIPName>")
}

#[tokio::test]
async fn each_kind_is_an_orphan_until_it_is_used_and_again_when_its_last_user_goes() {
    let stage = Stage::new().await;
    assert_orphans(&stage, &[]).await;
    stage.storage().await;
    stage.service("web").await;
    let reserved = root(
        "ReservedIP",
        "<Name>fixed</Name><Location>West US</Location>",
    );
    let asked = stage.post(RESERVED, &reserved).await;
    stage.done(asked).await;
    let thumbprint = with_certificate(&stage, "web").await;
    pass_days(&stage, 3);
    let unused = |age| {
        [
            ("hosted-service", "web", age),
            ("reserved-ip", "fixed", age),
            ("service-certificate", thumbprint.as_str(), age),
            ("storage-account", "store", age),
        ]
    };
    assert_orphans(&stage, &unused(3 * DAY)).await;

    let deployments = "/services/hostedservices/web/deployments";
    let asked = stage.post(deployments, &machine(&thumbprint)).await.is(202);
    stage.done(asked).await;
    assert_orphans(&stage, &[]).await;

    pass_days(&stage, 2);
    let disks = stage.get("/services/disks").await.document();
    let disk = disks.text("Disk/Name");
    let asked = stage.delete(&slot("web")).await;
    stage.done(asked).await;
    pass_days(&stage, 5);
    let mut left = vec![("disk", disk.as_str(), 5 * DAY)];
    left.extend(&unused(5 * DAY)[..3]);
    assert_orphans(&stage, &left).await;

    // The account is an orphan since its last disk went, not since the machine did.
    stage
        .delete(&format!("/services/disks/{disk}"))
        .await
        .is(200);
    pass_days(&stage, 1);
    let mut left = unused(6 * DAY);
    left[3].2 = DAY;
    assert_orphans(&stage, &left).await;

    // It is a part of the state.
    let (_, snapshot) = stage.admin("snapshot", None).await;
    assert_eq!(stage.admin("reset", Some(json!({}))).await.0, 200);
    assert_orphans(&stage, &[]).await;
    assert_eq!(stage.admin("restore", Some(snapshot)).await.0, 200);
    assert_orphans(&stage, &left).await;

    for path in [
        "/services/hostedservices/web",
        &format!("{RESERVED}/fixed"),
        "/services/storageservices/store",
    ] {
        let gone = stage.delete(path).await;
        if gone.status == 202 {
            stage.done(gone).await;
        }
    }
    assert_orphans(&stage, &[]).await;
}

#[tokio::test]
async fn what_is_made_under_an_old_name_is_new() {
    let stage = Stage::new().await;
    stage.service("web").await;
    pass_days(&stage, 9);
    stage.delete("/services/hostedservices/web").await.is(200);
    stage.service("web").await;
    let first = with_certificate(&stage, "web").await;
    let mut expected = vec![
        ("hosted-service", "web", 0),
        ("service-certificate", first.as_str(), 0),
    ];
    assert_orphans(&stage, &expected).await;
    // A service's certificates go with it, and say whose they are.
    let (_, told) = stage.admin("orphans", None).await;
    assert_eq!(told["orphans"][1]["hosted_service"], json!("web"));
    assert_eq!(told["orphans"][0].get("hosted_service"), None::<&Value>);
    stage.delete("/services/hostedservices/web").await.is(200);
    expected.clear();
    assert_orphans(&stage, &expected).await;
}
