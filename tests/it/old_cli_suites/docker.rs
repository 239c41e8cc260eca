//! create_docker and create_ssh.

use super::stage::{LINUX, PASSWORD, Stage, WEST, stages};

/// The machine stands under its name and publishes the daemon's port.
fn shows_docker(stage: &Stage, name: &str, port: u16) {
    let shown = stage.json(&format!("vm show {name}"));
    assert_eq!(shown["VMName"], name);
    let endpoints = shown["Network"]["Endpoints"].as_array().expect("a list");
    assert!(
        endpoints
            .iter()
            .any(|endpoint| endpoint["name"] == "docker" && endpoint["port"] == port),
        "{endpoints:?}"
    );
}

fn has_certificates(stage: &Stage, name: &str, folder: &str) {
    let server = if stage.latest() {
        format!("{name}-server")
    } else {
        "server".to_owned()
    };
    for file in ["ca", "ca-key", "cert", "key"]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("{server}-cert"), format!("{server}-key")])
    {
        assert!(stage.has(&format!("{folder}/{file}.pem")), "{file}");
    }
}

#[test]
fn a_docker_host_with_a_reserved_address_is_made_shown_and_deleted() {
    for stage in stages("reads:1") {
        stage.silent(&format!("network reserved-ip create mine {WEST}"));

        let made = stage.run(&format!(
            "vm docker create clitestvm1 {LINUX} azureuser {PASSWORD} -R mine --json --ssh --location {WEST}"
        ));

        assert_eq!(made.code, Some(0), "{}", made.stderr);
        shows_docker(
            &stage,
            "clitestvm1",
            if stage.latest() { 2376 } else { 4243 },
        );
        has_certificates(&stage, "clitestvm1", ".docker");
        stage.silent("vm delete clitestvm1 -b -q");
    }
}

#[test]
fn a_docker_host_takes_ports_and_folders_of_the_users_and_no_wrong_ones() {
    for stage in stages("instant") {
        let create = |name: &str, options: &str| {
            stage.run(&format!(
                "vm docker create {name} {LINUX} azureuser {PASSWORD} --json {options} --location {WEST}"
            ))
        };

        let made = create(
            "clitestvm2",
            "--ssh --docker-cert-dir certs --docker-port 4113",
        );
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        shows_docker(&stage, "clitestvm2", 4113);
        has_certificates(&stage, "clitestvm2", "certs");

        for (options, words) in [
            (
                "--ssh 22 --docker-port 22",
                "Port 22 is already in use by one of the endpoints in this deployment",
            ),
            ("--ssh 22 --docker-port 3.2", "A parameter was incorrect"),
            ("--ssh 22 --docker-cert-dir no/folder/here", "ENOENT"),
        ] {
            let ran = create("clitestvm3", options);
            assert_eq!(ran.code, Some(1), "{options}");
            assert!(ran.stderr.contains(words), "{options}: {}", ran.stderr);
        }
    }
}

#[test]
fn ssh_by_certificate_and_by_keys_made_for_it_show_their_boot_diagnostics() {
    for stage in stages("instant").filter(Stage::latest) {
        let certificate = stage.certificate();
        let by_certificate = format!("--ssh-cert {certificate} --no-ssh-password");
        let shown = |name: &str| stage.run(&format!("vm show {name} --json")).stdout;

        stage.silent(&format!(
            "vm create clitestvm4 {LINUX} azureuser {by_certificate} --no-ssh-endpoint --location {WEST}"
        ));
        let with = shown("clitestvm4");
        stage.silent(&format!(
            "vm docker create clitestvm5 {LINUX} azureuser {PASSWORD} --ssh --generate-ssh-keys --location {WEST}"
        ));
        shows_docker(&stage, "clitestvm5", 2376);
        stage.silent(&format!(
            "vm create clitestvm6 {LINUX} azureuser {PASSWORD} --ssh --generate-ssh-keys --disable-boot-diagnostics --location {WEST}"
        ));
        let without = shown("clitestvm6");

        for text in ["ConsoleScreenshotBlobUri", "SerialOutputBlobUri"] {
            assert!(with.contains(text) && without.contains(text), "{text}");
        }
        assert!(with.contains("\"BootDiagnosticsEnabled\": true"), "{with}");
        assert!(
            without.contains("\"BootDiagnosticsEnabled\": {}"),
            "{without}"
        );
        for name in ["clitestvm5", "clitestvm6"] {
            assert!(stage.has(&format!(".azure/ssh/{name}-key.pem")), "{name}");
        }
        let refused = stage.refused(&format!(
            "vm create clitestvm7 {LINUX} azureuser {by_certificate} --location {WEST}"
        ));
        assert!(refused.contains("--no-ssh-endpoint"), "{refused}");
    }
}
