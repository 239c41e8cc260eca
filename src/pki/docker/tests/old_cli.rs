//! Sets as the old CLI makes them, by the same commands of OpenSSL.

use std::process::Command;

use jiff::SignedDuration;

use super::*;
use crate::pki::docker::{NoTlsVerify, Warning};

/// OpenSSL stamps its certificates with the machine's time, a day later they are valid for sure.
#[expect(
    clippy::disallowed_methods,
    reason = "a stranger's program goes by the machine's clock"
)]
fn today() -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(2)
}

/// Runs `openssl` with words split at blanks, or says that there is none.
fn openssl(folder: &Path, command: &str) -> Option<()> {
    let output = Command::new("openssl")
        .args(command.split(' '))
        .current_dir(folder)
        .output();
    match output {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "openssl {command}: {said}");
            Some(())
        }
        Err(error) => {
            println!(
                "SKIPPED: the `openssl` program cannot be run ({error}); install it to run this test"
            );
            None
        }
    }
}

fn old_set(traditional: &str) -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let subject = "/C=AU/ST=Some-State/O=Internet_Widgits_Pty_Ltd/CN=*";
    let genrsa = format!("genrsa -des3 {traditional}-passout pass:Docker123 -out");
    let run = |command: &str| openssl(folder.path(), command);
    run(&format!("{genrsa} ca-key.pem 2048"))?;
    run(&format!(
        "req -new -x509 -days 365 -key ca-key.pem -passin pass:Docker123 -subj {subject} -out ca.pem"
    ))?;
    for (key, certificate, extra) in [
        ("server-key.pem", "server-cert.pem", ""),
        ("key.pem", "cert.pem", " -extfile extfile.cnf"),
    ] {
        crate::files::replace(
            &folder.path().join("extfile.cnf"),
            b"extendedKeyUsage = clientAuth",
        )
        .unwrap();
        run(&format!("{genrsa} {key} 2048"))?;
        run(&format!(
            "req -new -key {key} -passin pass:Docker123 -subj {subject} -out leaf.csr"
        ))?;
        run(&format!(
            "x509 -req -days 365 -set_serial 1 -in leaf.csr -CA ca.pem -CAkey ca-key.pem \
             -passin pass:Docker123 -out {certificate}{extra}"
        ))?;
        run(&format!(
            "rsa -in {key} {traditional}-passin pass:Docker123 -out {key}"
        ))?;
    }
    Some(folder)
}

#[test]
fn a_set_of_the_old_cli_is_used_and_tlsverify_warned_of() {
    for traditional in ["", "-traditional "] {
        let Some(folder) = old_set(traditional) else {
            return;
        };
        let before = contents(folder.path());

        let plan = look_at(folder.path(), today()).unwrap();

        assert!(plan.is_whole(), "{traditional}");
        let server = folder.path().join("server-cert.pem");
        assert_eq!(
            plan.warnings(),
            [
                Warning::TlsVerifyFails {
                    certificate: server.clone(),
                    why: NoTlsVerify::NoNames
                },
                Warning::SubjectOfAuthority(server),
            ]
        );
        let set = plan.carry_out().unwrap();
        assert!(!set.good_for_localhost);
        assert!(set.client_config().is_ok());
        assert_eq!(contents(folder.path()), before);
    }
}

#[test]
fn a_missing_pair_is_made_under_the_old_clis_encrypted_authority_key() {
    for traditional in ["", "-traditional "] {
        let Some(folder) = old_set(traditional) else {
            return;
        };
        for name in ["server-key.pem", "server-cert.pem", "cert.pem"] {
            fs::remove_file(folder.path().join(name)).unwrap();
        }

        let set = look_at(folder.path(), today())
            .unwrap()
            .carry_out()
            .unwrap();

        assert_eq!(set.made.len(), 3);
        assert_eq!(set.tls_verify, Ok(()));
        openssl(
            folder.path(),
            "verify -CAfile ca.pem -purpose sslserver server-cert.pem",
        )
        .unwrap();
        openssl(
            folder.path(),
            "verify -CAfile ca.pem -purpose sslclient cert.pem",
        )
        .unwrap();
    }
}

#[test]
fn openssl_verifies_a_made_set() {
    let folder = tempfile::tempdir().unwrap();
    look_at(folder.path(), today())
        .unwrap()
        .carry_out()
        .unwrap();

    for command in [
        "verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_hostname web.cloudapp.net server-cert.pem",
        "verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_ip 127.0.0.1 server-cert.pem",
        "verify -x509_strict -CAfile ca.pem -purpose sslclient cert.pem",
        "pkey -in ca-key.pem -noout",
    ] {
        let Some(()) = openssl(folder.path(), command) else {
            return;
        };
    }
}

#[test]
fn an_authority_key_under_an_unknown_pass_phrase_is_refused() {
    let Some(folder) = old_set("") else { return };
    let Some(()) = openssl(
        folder.path(),
        "pkcs8 -topk8 -in ca-key.pem -passin pass:Docker123 -passout pass:other -out sealed.pem",
    ) else {
        return;
    };
    fs::rename(
        folder.path().join("sealed.pem"),
        folder.path().join("ca-key.pem"),
    )
    .unwrap();

    let error = look_at(folder.path(), today()).unwrap_err();

    assert!(
        matches!(error, CertFolderError::Unparsable { .. }),
        "{error:?}"
    );
}
