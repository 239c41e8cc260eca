//! The real docker CLI against a simulated host: what it shows, and what TLS refuses.

use crate::simulator::{Simulator, is_here};

/// Makes the host as the page that started all this does.
const CREATE: &str = r#"azure vm docker create -e 22 -l "West US" my-docker-host \
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB" \
    azureuser "Pa\$\$w0rd1" >/dev/null
    host=tcp://my-docker-host.cloudapp.net:4243
    "#;

fn with_docker(script: &str) -> Option<crate::clean_room::Ran> {
    if !is_here(
        "docker",
        "install Docker's command line (Debian: .ci/programs does it)",
    ) {
        return None;
    }
    let ran = Simulator::start().sh(&format!("{CREATE}{script}"), &[]);
    (!ran.stderr.contains("do not resolve")).then_some(ran)
}

#[test]
fn info_and_version_answer_with_and_without_the_name_verified() {
    for tls in ["--tls", "--tlsverify"] {
        let script = format!("docker {tls} -H $host info; docker {tls} -H $host version");
        let Some(ran) = with_docker(&script) else {
            return;
        };
        assert_eq!(ran.code, Some(0), "{tls}: {}", ran.stderr);
        for words in [
            "Server Version: ",
            "Containers: 0",
            "Storage Driver: overlay2",
            "Client",
            "Server",
        ] {
            assert!(
                ran.stdout.contains(words),
                "{tls}: no `{words}` in {}",
                ran.stdout
            );
        }
    }
}

/// Each refusal: what to do to the certificates, and words of Go's TLS for it.
const REFUSALS: [(&str, &str, &[&str]); 4] = [
    (
        "no client certificate",
        "curl --silent --show-error --insecure https://${host#tcp://}/_ping",
        &["certificate required", "alert", "error"],
    ),
    (
        "another authority's certificate",
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout k.pem -out c.pem -days 1 2>/dev/null
        docker --tls --tlscert c.pem --tlskey k.pem -H $host info",
        &["unknown certificate authority", "bad certificate", "certificate"],
    ),
    (
        "a host under another authority",
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout k.pem -out c.pem -days 1 2>/dev/null
        docker --tlsverify --tlscacert c.pem -H $host info",
        &["certificate signed by unknown authority"],
    ),
    (
        "no TLS at all",
        "docker -H $host info",
        &["Client sent an HTTP request to an HTTPS server"],
    ),
];

#[test]
fn tls_refuses_strangers() {
    for (case, script, words) in REFUSALS {
        let Some(ran) = with_docker(script) else {
            return;
        };
        assert_ne!(ran.code, Some(0), "{case}: {}", ran.stdout);
        let said = ran.stdout + &ran.stderr;
        assert!(
            words.iter().any(|word| said.contains(word)),
            "{case}: {said}"
        );
    }
}

#[test]
fn a_host_by_a_name_that_is_not_its_own_fails_verification_alone() {
    let script = "address=$(getent hosts my-docker-host.cloudapp.net | cut -d' ' -f1)
        docker --tls -H tcp://$address:4243 version >/dev/null
        ! docker --tlsverify -H tcp://$address:4243 version";
    let Some(ran) = with_docker(script) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("x509: certificate"), "{}", ran.stderr);
}

#[test]
fn a_host_that_is_shut_down_or_deleted_does_not_answer() {
    let script = "azure vm shutdown my-docker-host >/dev/null
        ! docker --tls -H $host version 2>/dev/null >&2
        azure vm start my-docker-host >/dev/null
        docker --tls -H $host version >/dev/null
        azure vm delete -q my-docker-host >/dev/null
        ! docker --tls -H $host version 2>/dev/null >&2
        getent hosts my-docker-host.cloudapp.net | grep '^127[.]'";
    let Some(ran) = with_docker(script) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
}
