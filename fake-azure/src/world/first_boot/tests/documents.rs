//! Documents as references and tutorials have them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// The document of the reference.
fn reference() -> String {
    format!(
        "#cloud-config\nwrite_files:\n{}\
         - path: /etc/systemd/system/docker.service.d/10-tls.conf\n  content: |\n    [Service]\n    ExecStart=\n    \
         ExecStart=/usr/bin/dockerd -H fd:// -H tcp://0.0.0.0:2376 --containerd=/run/containerd/containerd.sock {TLS_FLAGS}\n\
         package_update: true\npackages: [docker.io]\nruncmd:\n- [systemctl, daemon-reload]\n\
         - [systemctl, enable, --now, docker]\n- [systemctl, restart, docker]\n- [usermod, -aG, docker, me]\n",
        certificate_files()
    )
}

#[test]
fn the_document_of_the_reference_comes_to_an_engine_with_mutual_tls() {
    let boot = boot(&reference());
    assert_listens(&boot, &["0.0.0.0:2376"], "mutual");
    let tls = boot.engine().unwrap().tls.clone().unwrap();
    assert!(tls.key == pems().key.as_bytes());
    assert!(file(&boot, "/etc/group").contains("docker:x:119:me\n"));
    assert!(boot.notes().next().is_none());
    let again = self::boot(&reference());
    assert!(boot == again);
}

#[test]
fn it_does_so_packed_in_base64_and_as_json() {
    let packed = |text: &str| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let sent = STANDARD.encode(packed(&reference()));
    let wrapped: Vec<_> = sent
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let custom_data = CustomData::of_base64(&wrapped.join("\r\n")).unwrap();
    let boot = Boot::of(machine(), Some(&custom_data), now());
    assert_listens(&boot, &["0.0.0.0:2376"], "mutual");

    let unit =
        format!("[Service]\nExecStart=\nExecStart=dockerd -H tcp://0.0.0.0:2376 {TLS_FLAGS}\n");
    let mut files = vec![
        serde_json::json!({"path": "/etc/systemd/system/docker.service.d/x.conf", "content": unit}),
    ];
    for (name, pem) in [
        ("ca", &pems().ca),
        ("server-cert", &pems().certificate),
        ("server-key", &pems().key),
    ] {
        files.push(serde_json::json!({"path": format!("/etc/docker/{name}.pem"), "content": pem}));
    }
    let json = serde_json::json!({"write_files": files, "packages": [["docker.io", "20.10.21-0ubuntu1~22.04.3"]]});
    assert_listens(
        &self::boot(&format!("#cloud-config\n{json}\n")),
        &["0.0.0.0:2376"],
        "mutual",
    );
}

#[test]
fn microsofts_tutorial_opens_an_engine_to_everybody() {
    // Hosts stand in daemon.json, so its drop-in takes them out of the unit.
    let boot = boot(
        "#cloud-config\npackage_upgrade: true\nwrite_files:\n- path: /etc/systemd/system/docker.service.d/docker.conf\n  content: |\n    \
         [Service]\n      ExecStart=\n      ExecStart=/usr/bin/dockerd\n- path: /etc/docker/daemon.json\n  content: |\n    {\n      \
         \"hosts\": [\"fd://\",\"tcp://127.0.0.1:2375\"]\n    }\nruncmd:\n- apt-get update && apt-get install -y docker.io\n\
         - curl -sSL https://get.docker.com/ | sh\n- usermod -aG docker azureuser\n",
    );
    assert_listens(&boot, &["127.0.0.1:2375"], "plain");
    assert!(!boot.engine().unwrap().answers_on(2375));
}

#[test]
fn docker_ce_comes_by_its_repository() {
    let sources = "#cloud-config\napt:\n  sources:\n    docker.list:\n      source: deb [arch=amd64] https://download.docker.com/linux/ubuntu $RELEASE stable\n      \
        keyid: 9DC858229FC7DD38854AE2D88D81803C0EBFCD88\npackages:\n- docker-ce\n- docker-ce-cli\n- containerd.io\n";
    let boot = boot(sources);
    assert_listens(&boot, &[], "plain");
    assert!(boot.notes().next().is_none());
    assert_eq!(
        file(&boot, "/etc/apt/sources.list.d/docker.list"),
        "deb [arch=amd64] https://download.docker.com/linux/ubuntu jammy stable\n"
    );

    // Docker's own page, as a script.
    let script = "#!/bin/bash\nset -euo pipefail\nfor pkg in docker.io docker-doc docker-compose podman-docker containerd runc; do sudo apt-get remove $pkg; done\n\
        sudo apt-get update\nsudo apt-get install -y ca-certificates curl\nsudo install -m 0755 -d /etc/apt/keyrings\n\
        sudo curl -fsSL https://download.docker.com/linux/ubuntu/gpg -o /etc/apt/keyrings/docker.asc\nsudo chmod a+r /etc/apt/keyrings/docker.asc\n\
        echo \\\n  \"deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/ubuntu \\\n  \
        $(. /etc/os-release && echo \"${UBUNTU_CODENAME:-$VERSION_CODENAME}\") stable\" | \\\n  sudo tee /etc/apt/sources.list.d/docker.list > /dev/null\n\
        sudo apt-get update\nsudo apt-get install -y docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin\n\
        sudo docker run hello-world\n";
    let boot = self::boot(script);
    assert_listens(&boot, &[], "plain");
    assert_eq!(boot.docker_calls(), [["run", "hello-world"]]);
    assert_eq!(
        file(&boot, "/etc/apt/sources.list.d/docker.list"),
        "deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/ubuntu   jammy stable\n"
    );
    assert!(boot.notes().next().is_none());
    // Without any source it comes all the same, and that is told.
    let boot = self::boot("#cloud-config\npackages: [docker-ce]\n");
    assert!(boot.engine().is_ok());
    assert_eq!(boot.notes().collect::<Vec<_>>(), [Note::UnknownSource]);
}

#[test]
fn the_script_that_installs_docker_is_known_by_every_way_to_fetch_it() {
    for line in [
        "curl -fsSL https://get.docker.com | sh",
        "curl -fsSL https://get.docker.com -o get-docker.sh && sh get-docker.sh",
        "curl -fsSLo /tmp/i.sh https://get.docker.com; chmod +x /tmp/i.sh; /tmp/i.sh",
        "wget -qO- https://get.docker.com/ | sh",
        "wget https://get.docker.com -O install.sh; bash install.sh",
        "sh -c \"$(curl -fsSL get.docker.com)\"",
        "curl https://releases.rancher.com/install-docker/20.10.sh | sh",
    ] {
        let document = format!(
            "#cloud-config\nruncmd:\n- {}\n",
            serde_json::to_string(line).unwrap()
        );
        let boot = boot(&document);
        assert!(boot.engine().is_ok(), "{line}\n{}", told(&boot));
    }
}

#[test]
fn a_drop_in_may_come_by_a_here_document() {
    let document = format!(
        "#cloud-config\nwrite_files:\n{}packages: docker.io\nruncmd:\n- mkdir -p /etc/systemd/system/docker.service.d\n- |\n  \
         cat > /etc/systemd/system/docker.service.d/override.conf <<'EOF'\n  [Service]\n  ExecStart=\n  ExecStart=/usr/bin/dockerd \\\n    -H fd:// \\\n    \
         -H tcp://0.0.0.0:2376 \\\n    {TLS_FLAGS}\n  EOF\n- systemctl daemon-reload && systemctl restart docker\n",
        certificate_files()
    );
    assert_listens(&boot(&document), &["0.0.0.0:2376"], "mutual");
    // As systemd's own way to change a unit.
    let document = "#cloud-config\npackages: [docker.io]\nruncmd:\n- |\n  env SYSTEMD_EDITOR=tee systemctl edit docker.service <<EOF\n  [Service]\n  \
        ExecStart=\n  ExecStart=/usr/bin/dockerd -H fd:// -H tcp://\n  EOF\n  systemctl restart docker\n";
    assert_listens(&boot(document), &["127.0.0.1:2375"], "plain");
}

#[test]
fn debians_unit_takes_docker_opts() {
    let debian = Machine {
        image: Image::of("Debian", "debian-12"),
        ..machine()
    };
    let document = format!(
        "#cloud-config\nwrite_files:\n{}- path: /etc/default/docker\n  defer: true\n  content: |\n    DOCKER_OPTS=\"-H tcp://0.0.0.0:2376 {TLS_FLAGS}\"\n\
         packages: [docker.io]\nruncmd:\n- service docker restart\n",
        certificate_files()
    );
    assert_listens(&boot_of(debian, &document), &["0.0.0.0:2376"], "mutual");
    // Ubuntu's does not.
    assert_listens(&boot(&document), &[], "plain");
}

#[test]
fn other_images_have_other_packages() {
    let other = || Machine {
        image: Image::of("RedHat", "RHEL"),
        ..machine()
    };
    let document =
        "#cloud-config\npackages: [moby-engine]\nruncmd:\n- systemctl enable --now docker\n";
    assert_listens(&boot_of(other(), document), &[], "plain");
    // There a package does not start what it brings.
    let boot = boot_of(
        other(),
        "#!/bin/sh\ndnf config-manager --add-repo https://download.docker.com/linux/rhel/docker-ce.repo\ndnf -y install docker-ce\n",
    );
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::Stopped);
    let boot = boot_of(other(), "#!/bin/sh\napt-get install -y docker.io\n");
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::NotInstalled);
}

#[test]
fn parts_of_a_message_are_carried_out_in_their_order() {
    // As `cloud-init devel make-mime` writes it.
    let unit =
        format!("[Service]\nExecStart=\nExecStart=dockerd -H tcp://0.0.0.0:2376 {TLS_FLAGS}\n");
    let part = |kind: &str, name: &str, text: &str| {
        format!(
            "--===============123==\nContent-Type: text/{kind}; charset=\"utf-8\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\
             Content-Disposition: attachment; filename=\"{name}\"\n\n{}\n\n",
            STANDARD.encode(text)
        )
    };
    let head = "Content-Type: multipart/mixed; boundary=\"===============123==\"\nMIME-Version: 1.0\nNumber-Attachments: 3\n\n";
    let files = format!("#cloud-config\nwrite_files:\n{}", certificate_files());
    let more = format!(
        "#cloud-config\nmerge_how: 'list(append)+dict(no_replace,recurse_list)+str()'\nwrite_files:\n- path: /etc/systemd/system/docker.service.d/a.conf\n  content: {}\n",
        serde_json::to_string(&unit).unwrap()
    );
    let script = "#!/bin/sh\napt-get update\napt-get -y install docker.io\n";
    let message = format!(
        "{head}{}{}{}--===============123==--\n",
        part("cloud-config", "certs.yaml", &files),
        part("cloud-config", "unit.yaml", &more),
        part("x-shellscript", "install.sh", script)
    );
    assert_listens(&boot(&message), &["0.0.0.0:2376"], "mutual");
    // A later list takes the place of an earlier one unless it is told otherwise.
    let replaced = more.replace(
        "merge_how: 'list(append)+dict(no_replace,recurse_list)+str()'\n",
        "",
    );
    let message = message.replace(&STANDARD.encode(&more), &STANDARD.encode(&replaced));
    let boot = boot(&message);
    assert!(
        matches!(boot.engine(), Err(WhyNot::NoFile { .. })),
        "{}",
        told(&boot)
    );
}

#[test]
fn an_archive_holds_several_documents() {
    let document = "#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    packages: [docker.io]\n\
        - |\n  #!/bin/sh\n  echo script > /script\n- type: text/cloud-boothook\n  content: |\n    #!/bin/sh\n    echo hook > /hook\n- {content: 'runcmd: [touch /run-too]'}\n";
    let boot = boot(document);
    assert!(boot.engine().is_ok(), "{}", told(&boot));
    assert_eq!(file(&boot, "/script"), "script\n");
    assert_eq!(file(&boot, "/hook"), "hook\n");
    assert_eq!(file(&boot, "/run-too"), "");
}

#[test]
fn a_template_names_its_machine() {
    let document = "## template: jinja\n#cloud-config\nwrite_files:\n- path: /name\n  content: '{{ v1.local_hostname }} on {{ v1.cloud_name }}'\n";
    assert_eq!(file(&boot(document), "/name"), "v on azure");
    let document =
        "## template: jinja\n#cloud-config\n{% if true %}packages: [docker.io]{% endif %}\n";
    let boot = boot(document);
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::NotInstalled);
    assert_eq!(boot.notes().collect::<Vec<_>>(), [Note::PartLeftOut]);
}

#[test]
fn an_engine_may_listen_in_many_ways() {
    let with = |flags: &str| {
        boot(&format!(
            "#cloud-config\nwrite_files:\n{}- path: /etc/systemd/system/docker.service.d/a.conf\n  content: |\n    [Service]\n    ExecStart=\n    ExecStart=dockerd {flags}\npackages: [docker.io]\n",
            certificate_files()
        ))
    };
    assert_listens(&with("-H unix:///run/docker.sock"), &[], "plain");
    assert_listens(
        &with("-H fd:// -H tcp://0.0.0.0:2375"),
        &["0.0.0.0:2375"],
        "plain",
    );
    assert_listens(
        &with(&format!(
            "-H fd:// -H=tcp://10.0.0.4:2376 --host tcp://127.0.0.1:2377 {TLS_FLAGS}"
        )),
        &["10.0.0.4:2376", "127.0.0.1:2377"],
        "mutual",
    );
    let tls = TLS_FLAGS.replace("--tlsverify", "--tls");
    assert_listens(
        &with(&format!("-DH tcp://0.0.0.0:2376 {tls}")),
        &["0.0.0.0:2376"],
        "server",
    );
    let tls = TLS_FLAGS.replace("--tlsverify", "--tlsverify=false");
    assert_listens(
        &with(&format!("-H 0.0.0.0:2376 {tls}")),
        &["0.0.0.0:2376"],
        "server",
    );
    assert_listens(&with("-H tcp://[::]:2375"), &["[::]:2375"], "plain");
}

#[test]
fn certificates_may_be_told_by_the_configuration() {
    let json = serde_json::json!({
        "hosts": ["fd://", "tcp://0.0.0.0:2376"], "tlsverify": true, "tlscacert": "/etc/docker/ca.pem",
        "tlscert": "/etc/docker/server-cert.pem", "tlskey": "/etc/docker/server-key.pem",
        "log-driver": "json-file", "log-opts": {"max-size": "10m"}, "features": {"buildkit": true},
        "default-address-pools": [{"base": "10.10.0.0/16", "size": 24}],
    });
    let document = format!(
        "#cloud-config\nwrite_files:\n{}- path: /etc/docker/daemon.json\n  content: '{json}'\n- path: /etc/systemd/system/docker.service.d/a.conf\n  \
         content: \"[Service]\\nExecStart=\\nExecStart=/usr/bin/dockerd --containerd=/run/containerd/containerd.sock\\n\"\npackages: [docker.io]\n",
        certificate_files()
    );
    assert_listens(&boot(&document), &["0.0.0.0:2376"], "mutual");
}

#[test]
fn a_package_leaves_the_administrators_file_as_it_was_written_before() {
    let document = format!(
        "#cloud-config\nwrite_files:\n{}- path: /etc/default/docker\n  content: |\n    DOCKER_OPTS=\"-H tcp://0.0.0.0:2376 {TLS_FLAGS}\"\n\
        packages: [docker.io]\nruncmd:\n- [systemctl, daemon-reload]\n- [systemctl, restart, docker]\n",
        certificate_files()
    );
    let mut machine = machine();
    machine.image = Image::of("Debian", "debian-12");
    let boot = boot_of(machine, &document);
    assert!(file(&boot, "/etc/default/docker").starts_with("DOCKER_OPTS"));
    let (listeners, tls) = listens(&boot);
    assert!(
        listeners.contains(&"0.0.0.0:2376".to_owned()),
        "{listeners:?}"
    );
    assert_eq!(tls, "mutual");
}
