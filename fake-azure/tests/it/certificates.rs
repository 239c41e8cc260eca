//! Service certificates in all the forms in which clients send them.

use crate::bodies::{Machine, base64, root, thumbprint};
use crate::stage::{Answer, Stage};
use pfx::{Cipher, Contents, EmptyPassword, Password};
use rcgen::{CertificateParams, KeyPair};

const PATH: &str = "/services/hostedservices/web/certificates";

struct Made {
    pem: String,
    der: Vec<u8>,
    key: Vec<u8>,
    thumbprint: String,
}

fn certificate() -> Made {
    let key = KeyPair::generate().unwrap();
    let made = CertificateParams::new(vec!["web".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    Made {
        pem: made.pem(),
        der: made.der().to_vec(),
        key: key.serialize_der(),
        thumbprint: thumbprint(made.der()).to_ascii_uppercase(),
    }
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    stage.service("web").await;
    stage
}

async fn upload(stage: &Stage, data: &[u8], format: &str, password: Option<&str>) -> Answer {
    let password = password.map_or(String::new(), |p| format!("<Password>{p}</Password>"));
    let data = base64(data);
    let body = root(
        "CertificateFile",
        &format!("<Data>{data}</Data><CertificateFormat>{format}</CertificateFormat>{password}"),
    );
    stage.post(PATH, &body).await
}

async fn thumbprints(stage: &Stage) -> Vec<String> {
    stage.get(PATH).await.document().each("", "Thumbprint")
}

#[tokio::test]
async fn pem_called_pfx_is_taken_as_the_old_cli_sends_it() {
    let stage = stage().await;
    let made = certificate();
    let asked = upload(&stage, made.pem.as_bytes(), "pfx", None).await;
    stage.done(asked).await;
    let list = stage.get(PATH).await.document();
    let shown = &list.children[0];
    assert_eq!(
        shown.names(),
        [
            "CertificateUrl",
            "Thumbprint",
            "ThumbprintAlgorithm",
            "Data"
        ]
    );
    assert_eq!(shown.text("Thumbprint"), made.thumbprint);
    assert_eq!(shown.text("ThumbprintAlgorithm"), "sha1");
    assert_eq!(shown.text("Data"), base64(&made.der));
    let path = format!("{PATH}/sha1-{}", made.thumbprint);
    assert_eq!(shown.text("CertificateUrl"), stage.url(&path));
    for path in [path.clone(), path.to_ascii_lowercase()] {
        let alone = stage.get(&path).await.document();
        assert_eq!(alone.names(), ["Data"]);
        assert_eq!(alone.text("Data"), base64(&made.der));
    }
    let asked = stage.delete(&path).await;
    stage.done(asked).await;
    assert!(thumbprints(&stage).await.is_empty());
    assert_eq!(stage.get(&path).await.refused().0, 404);
    assert_eq!(stage.delete(&path).await.refused().0, 404);
}

#[tokio::test]
async fn a_real_pfx_is_opened_with_its_password_alone() {
    let stage = stage().await;
    let made = certificate();
    let contents = Contents {
        key: made.key.clone().into(),
        certificates: vec![made.der.clone()],
    };
    let packed = pfx::write(&contents, Password::Text("s3cret"), Cipher::TripleDes).unwrap();
    assert_eq!(
        upload(&stage, &packed, "pfx", Some("wrong"))
            .await
            .refused()
            .0,
        400
    );
    assert_eq!(upload(&stage, &packed, "pfx", None).await.refused().0, 400);
    let asked = upload(&stage, &packed, "pfx", Some("s3cret")).await;
    stage.done(asked).await;
    assert_eq!(thumbprints(&stage).await, [made.thumbprint]);
    for empty in [EmptyPassword::ZeroLength, EmptyPassword::TwoZeroBytes] {
        let made = certificate();
        let contents = Contents {
            key: made.key.into(),
            certificates: vec![made.der],
        };
        let packed = pfx::write(&contents, Password::Empty(empty), Cipher::TripleDes).unwrap();
        let asked = upload(&stage, &packed, "pfx", Some("")).await;
        stage.done(asked).await;
        assert!(thumbprints(&stage).await.contains(&made.thumbprint));
    }
    let journal = format!("{:?}", stage.azure.cloud().journal());
    assert!(!journal.contains("s3cret"));
}

#[tokio::test]
async fn a_bare_certificate_is_a_cer_and_adding_it_twice_changes_nothing() {
    let stage = stage().await;
    let made = certificate();
    for format in ["cer", "CER", "pfx"] {
        let asked = upload(&stage, &made.der, format, None).await;
        stage.done(asked).await;
    }
    assert_eq!(thumbprints(&stage).await, [made.thumbprint]);
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    let stage = stage().await;
    let made = certificate();
    for data in [
        &b"nonsense"[..],
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        &made.der[..made.der.len() - 1],
        &[made.der.clone(), vec![0]].concat(),
    ] {
        for format in ["cer", "pfx"] {
            assert_eq!(
                upload(&stage, data, format, None).await.refused(),
                (400, "BadRequest".to_owned())
            );
        }
    }
    assert_eq!(
        upload(&stage, &made.der, "jks", None).await.refused().0,
        400
    );
    let body = root(
        "CertificateFile",
        "<Data>%</Data><CertificateFormat>cer</CertificateFormat>",
    );
    assert_eq!(stage.post(PATH, &body).await.refused().0, 400);
    let elsewhere = "/services/hostedservices/none/certificates";
    assert_eq!(stage.get(elsewhere).await.refused().0, 404);
    assert!(thumbprints(&stage).await.is_empty());
}

#[tokio::test]
async fn ssh_keys_of_a_machine_must_be_certificates_of_its_service() {
    let stage = stage().await;
    stage.storage().await;
    let made = certificate();
    let mut machine = Machine::ubuntu("web");
    machine.provisioning = format!(
        "<ConfigurationSet><ConfigurationSetType>LinuxProvisioningConfiguration</ConfigurationSetType><HostName>web</HostName><UserName>azureuser</UserName><DisableSshPasswordAuthentication>true</DisableSshPasswordAuthentication><SSH><PublicKeys><PublicKey><Fingerprint>{}</Fingerprint><Path>/home/azureuser/.ssh/authorized_keys</Path></PublicKey></PublicKeys></SSH></ConfigurationSet>",
        made.thumbprint
    );
    let refused = stage.deploy("web", &machine).await.refused();
    assert_eq!(refused, (404, "ResourceNotFound".to_owned()));
    let asked = upload(&stage, made.pem.as_bytes(), "pfx", None).await;
    stage.done(asked).await;
    let asked = stage.deploy("web", &machine).await;
    stage.done(asked).await;
}
