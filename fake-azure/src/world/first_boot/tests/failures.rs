//! What does not start in life.

use super::*;

/// A boot whose dockerd has these flags and this configuration.
fn with(flags: &str, configuration: Option<&str>) -> Boot {
    let configuration = configuration.map_or_else(String::new, |json| {
        let json = serde_json::to_string(json).unwrap();
        format!("- path: /etc/docker/daemon.json\n  content: {json}\n")
    });
    boot(&format!(
        "#cloud-config\nwrite_files:\n{}{configuration}- path: /etc/systemd/system/docker.service.d/a.conf\n  content: |\n    [Service]\n    ExecStart=\n    ExecStart={flags}\n\
         packages: [docker.io]\nruncmd:\n- systemctl restart docker || echo failed $?\n",
        certificate_files()
    ))
}

#[track_caller]
fn assert_fails(boot: &Boot, words: &str) {
    let why = boot
        .engine()
        .map(|settings| settings.listeners.clone())
        .unwrap_err();
    assert!(why.to_string().contains(words), "{why}");
    assert!(boot.has_docker());
    // The machine tells it itself, and nobody else does.
    assert!(
        boot.journal()
            .join("\n")
            .contains(words.lines().next().unwrap()),
        "{}",
        told(boot)
    );
    let output = file(boot, "/var/log/cloud-init-output.log");
    assert!(output.contains("failed 1"), "{output}");
    assert!(!format!("{why:?}{boot:?}").contains("/etc/docker"));
}

#[test]
fn what_is_told_twice_is_refused() {
    let hosts = r#"{"hosts": ["tcp://0.0.0.0:2376"]}"#;
    assert_fails(
        &with("/usr/bin/dockerd -H fd://", Some(hosts)),
        "the following directives are specified both as a flag and in the configuration file: hosts: (from flag: [fd://], from file: [tcp://0.0.0.0:2376])",
    );
    assert_fails(
        &with(
            &format!("dockerd -H tcp://0.0.0.0:2376 {TLS_FLAGS}"),
            Some(r#"{"tlsverify": true}"#),
        ),
        "tlsverify: (from flag: true, from file: true)",
    );
    // The packaged unit has a host already.
    let boot = boot(&format!(
        "#cloud-config\nwrite_files:\n- path: /etc/docker/daemon.json\n  content: '{hosts}'\npackages: [docker.io]\n"
    ));
    assert!(matches!(boot.engine(), Err(WhyNot::Both { .. })));
}

#[test]
fn a_bad_configuration_is_refused() {
    for (text, words) in [
        (r#"{"hosts": ["fd://"],}"#, "invalid character"),
        (r#"{"hosts": ["fd://"]"#, "unexpected end of JSON input"),
        (
            r#"{"hsots": ["fd://"]}"#,
            "the following directives don't match any configuration option: hsots",
        ),
        (r#"{"hosts": "fd://"}"#, "cannot unmarshal"),
        (r#"{"tlsverify": "yes"}"#, "cannot unmarshal"),
        ("[]", "cannot unmarshal"),
    ] {
        assert_fails(&with("dockerd", Some(text)), words);
    }
    assert!(with("dockerd", Some("")).engine().is_ok());
    assert_fails(
        &with("dockerd --config-file=/etc/docker/other.json", None),
        "open /etc/docker/other.json: no such file or directory",
    );
}

#[test]
fn a_bad_command_line_is_refused() {
    for (line, words) in [
        ("dockerd --tls-verify", "unknown flag: --tls-verify"),
        ("dockerd -Z", "unknown shorthand flag: 'Z' in -Z"),
        ("dockerd daemon", "accepts no arguments"),
        (
            "dockerd --tlsverify=maybe",
            "invalid argument \"maybe\" for \"--tlsverify\"",
        ),
        ("dockerd --mtu big", "invalid argument \"big\""),
        ("dockerd -H", "flag needs an argument: -H"),
        ("dockerd -H http://0.0.0.0:1", "invalid bind address"),
        (
            "dockerd -H tcp://10.9.9.9:2376",
            "cannot assign requested address",
        ),
        (
            "dockerd -H tcp://0.0.0.0:2375 -H tcp://127.0.0.1:2375",
            "address already in use",
        ),
        (
            "/usr/sbin/dockerd -H fd://",
            "/usr/sbin/dockerd: No such file or directory",
        ),
        ("/bin/true", "/bin/true is not dockerd"),
    ] {
        assert_fails(&with(line, None), words);
    }
}

#[test]
fn certificates_that_are_no_good_are_refused() {
    assert_fails(
        &with(
            &format!(
                "dockerd -H tcp://0.0.0.0:2376 {}",
                TLS_FLAGS.replace("server-key", "key")
            ),
            None,
        ),
        "could not load X509 key pair: open /etc/docker/key.pem: no such file or directory",
    );
    assert_fails(
        &with(
            &format!(
                "dockerd -H tcp://0.0.0.0:2376 {}",
                TLS_FLAGS.replace("/ca.pem", "/authority.pem")
            ),
            None,
        ),
        "could not read CA certificate \"/etc/docker/authority.pem\"",
    );
    // Without any names they are looked for at home.
    assert_fails(
        &with("dockerd -H tcp://0.0.0.0:2376 --tlsverify", None),
        "/root/.docker/cert.pem",
    );
    let key = KeyPair::generate().unwrap().serialize_pem();
    let other = certificate_files().replace(&STANDARD.encode(&pems().key), &STANDARD.encode(key));
    let document = |files: &str| {
        format!(
            "#cloud-config\nwrite_files:\n{files}- path: /etc/systemd/system/docker.service.d/a.conf\n  content: |\n    [Service]\n    ExecStart=\n    ExecStart=dockerd -H tcp://0.0.0.0:2376 {TLS_FLAGS}\n\
             packages: [docker.io]\n"
        )
    };
    let boot_of_other = boot(&document(&other));
    let why = boot_of_other.engine().unwrap_err();
    assert!(
        matches!(why, WhyNot::Certificates(reason) if reason.contains("private key does not match public key")),
        "{why}"
    );
    let broken =
        certificate_files().replace(&STANDARD.encode(&pems().ca), &STANDARD.encode("no PEM"));
    assert!(matches!(
        boot(&document(&broken)).engine(),
        Err(WhyNot::Certificates(_))
    ));
}

#[test]
fn a_unit_that_systemd_refuses_does_not_start() {
    let drop_in = |content: &str| {
        let content = serde_json::to_string(content).unwrap();
        boot(&format!(
            "#cloud-config\nwrite_files:\n- path: /etc/systemd/system/docker.service.d/a.conf\n  content: {content}\npackages: [docker.io]\n"
        ))
    };
    let of = |content: &str| drop_in(content).engine().map(drop).map_err(Clone::clone);
    // It adds a command to that of the package.
    assert_eq!(
        of("[Service]\nExecStart=dockerd -H tcp://0.0.0.0:2375\n"),
        Err(WhyNot::SeveralCommands)
    );
    assert_eq!(of("[Service]\nExecStart=\n"), Err(WhyNot::NoCommand));
    assert_eq!(
        of("[Service]\nExecStart=\nExecStart=dockerd 'a\n"),
        Err(WhyNot::BadLine)
    );
    assert_eq!(
        of("[Service]\nEnvironmentFile=/etc/nowhere\n"),
        Err(WhyNot::NoEnvironmentFile("/etc/nowhere".to_owned()))
    );
    // What stands in no section, or in another one, is for nothing.
    assert_eq!(
        of("ExecStart=\nExecStart=dockerd -H tcp://0.0.0.0:2375\n"),
        Ok(())
    );
    let masked = boot(
        "#cloud-config\npackages: [docker.io]\nruncmd:\n- systemctl stop docker\n- systemctl mask docker\n- systemctl start docker\n",
    );
    assert_eq!(masked.engine().unwrap_err(), &WhyNot::Masked);
}

#[test]
fn custom_data_that_is_none_leaves_a_machine_as_it_is() {
    for (custom_data, note) in [
        ("", None),
        ("hello", Some(Note::PartLeftOut)),
        (
            "#cloud-config\npackages: [docker.io\nruncmd: x\n",
            Some(Note::BadConfig),
        ),
        ("#cloud-config\n- a list\n", Some(Note::BadConfig)),
        (
            "#cloud-config\npackages: [docker.io]\n---\nb: 1\n",
            Some(Note::BadConfig),
        ),
        (
            "#cloud-config\nkey: !thing x\npackages: [docker.io]\n",
            Some(Note::BadConfig),
        ),
        (
            "#include\nhttps://example.com/docker.yaml\n",
            Some(Note::PartLeftOut),
        ),
        ("#part-handler\nimport os\n", Some(Note::PartLeftOut)),
        ("packages: [docker.io]\n", Some(Note::PartLeftOut)),
        (" \n#cloud-config\npackages: [jq]\n", None),
    ] {
        let boot = boot(custom_data);
        assert_eq!(
            boot.engine().unwrap_err(),
            &WhyNot::NotInstalled,
            "{custom_data}"
        );
        assert_eq!(boot.notes().next(), note, "{custom_data}");
    }
    let boot = Boot::of(
        machine(),
        Some(&CustomData::of_bytes(vec![0x1f, 0x8b, 0, 0, 255])),
        now(),
    );
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::NotInstalled);
    let boot = Boot::of(machine(), None, now());
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::NotInstalled);
    assert!(file(&boot, "/home/me/.ssh/authorized_keys").contains("me@there"));
    assert_eq!(CustomData::of_base64("%%%").map(drop), None);
}

#[test]
fn an_owner_who_is_not_there_yet_ends_the_writing_of_files() {
    let document = "#cloud-config\nwrite_files:\n- {path: /first, owner: 'me:me', content: a}\n- {path: /second, content: b}\n- {path: /third, owner: 'me:me', content: c, defer: true}\n";
    let boot = boot(document);
    assert_eq!(file(&boot, "/first"), "a");
    assert_eq!(boot.file("/second"), None);
    assert_eq!(file(&boot, "/third"), "c");
}
