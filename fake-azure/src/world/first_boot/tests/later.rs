//! After the first boot: run command, extensions, other boots, and being kept.

use serde_json::json;

use super::*;

fn nothing() -> [(String, String); 0] {
    []
}

#[test]
fn run_command_tells_what_its_script_printed() {
    let mut boot = boot("#cloud-config\npackages: [docker.io]\n");
    let output = boot.run(
        b"echo out; echo err >&2; hostname; exit 3",
        &nothing(),
        now(),
    );
    assert_eq!(
        (
            output.code,
            output.stdout.as_slice(),
            output.stderr.as_slice()
        ),
        (Some(3), &b"out\nv\n"[..], &b"err\n"[..])
    );
    let parameters = [("name", "you"), ("", "all of"), ("b", "you")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = boot.run(
        b"#!/bin/bash\n[[ $name == you ]] && echo \"hi $2 $1 $b$4\"",
        &parameters,
        now(),
    );
    assert_eq!(
        (output.code, output.stdout.as_slice()),
        (Some(0), &b"hi all of you you\n"[..])
    );
    let output = boot.run(b"systemctl is-active docker; systemctl stop docker; tail -1 /var/log/cloud-init-output.log", &nothing(), now());
    assert!(output.stdout.starts_with(b"active\n"));
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::Stopped);
    let output = boot.run(b"sleep 90", &nothing(), now());
    assert_eq!(output.at.duration_since(now()).as_secs(), 90);
}

#[test]
fn the_docker_extension_yields_what_it_was_told() {
    use crate::world::docker_settings::{Generation, Settings};
    let certs = [&pems().ca, &pems().certificate, &pems().key].map(|pem| STANDARD.encode(pem));
    let encoded = |value: serde_json::Value| STANDARD.encode(value.to_string());
    let public = encoded(json!({"docker": {"port": "2376"}}));
    let protected = encoded(json!({"certs": {"ca": certs[0], "cert": certs[1], "key": certs[2]}}));
    let settings = Settings {
        public: &public,
        protected: &protected,
    };
    let settings = DockerSettings::read(Generation::Azure, settings).unwrap();
    let mut boot = Boot::of(machine(), None, now());
    boot.docker_extension(settings.as_ref(), now());
    assert_eq!(boot.engine().ok(), settings.as_ref());
    boot.power_off();
    boot.power_on(now());
    assert_eq!(boot.engine().ok(), settings.as_ref());
    // Without a port it brings an engine that listens on its socket.
    let mut boot = Boot::of(machine(), None, now());
    boot.docker_extension(None, now());
    assert_listens(&boot, &[], "plain");
}

#[test]
fn the_custom_script_extension_feeds_the_same_files() {
    let script = format!(
        "set -e\nmkdir -p /etc/docker\necho {} | base64 -d > /etc/docker/ca.pem\nprintf '%s' '{}' | tee /etc/docker/server-cert.pem > /dev/null\n\
         cat > /etc/docker/server-key.pem <<'EOF'\n{}EOF\nmkdir -p /etc/systemd/system/docker.service.d\n\
         cat > /etc/systemd/system/docker.service.d/tls.conf <<EOF\n[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H fd:// -H tcp://0.0.0.0:2376 {TLS_FLAGS}\nEOF\n\
         apt-get update -q\napt-get install -qy docker.io\necho done\n",
        STANDARD.encode(&pems().ca),
        pems().certificate,
        pems().key
    );
    for settings in [
        json!({"script": STANDARD.encode(&script)}),
        json!({"commandToExecute": script}),
    ] {
        let mut boot = Boot::of(machine(), None, now());
        let script = CustomScript::read(&json!({}), &settings).unwrap();
        let output = boot.custom_script(&script, now());
        assert_eq!(
            (
                output.code,
                String::from_utf8_lossy(&output.stdout).ends_with("done\n")
            ),
            (Some(0), true)
        );
        assert_listens(&boot, &["0.0.0.0:2376"], "mutual");
        assert!(!format!("{script:?}{output:?}{boot:?}").contains("PRIVATE"));
    }
    let mut boot = Boot::of(machine(), None, now());
    let script = json!({"fileUris": ["https://get.docker.com/install.sh"], "commandToExecute": "sh install.sh"});
    boot.custom_script(&CustomScript::read(&script, &json!({})).unwrap(), now());
    assert!(boot.engine().is_ok(), "{}", told(&boot));
}

#[test]
fn what_docker_machine_types_comes_to_an_engine() {
    let mut boot = Boot::of(machine(), None, now());
    let flags = "DOCKER_OPTS='\n-H tcp://0.0.0.0:2376\n'\n";
    let unit = format!(
        "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --storage-driver overlay2 {} --label provider=azure\n",
        TLS_FLAGS
            .replace("server-cert", "server")
            .replace("server-key", "key")
    );
    for (line, input) in [
        ("sudo hostname v && echo \"v\" | sudo tee /etc/hostname", ""),
        (
            "if ! type docker; then curl -sSL https://get.docker.com | sh -; fi",
            "",
        ),
        ("sudo mkdir -p /etc/docker", ""),
        ("sudo tee /etc/docker/ca.pem", &pems().ca),
        ("sudo tee /etc/docker/server.pem", &pems().certificate),
        ("sudo tee /etc/docker/key.pem", &pems().key),
        ("sudo mkdir -p /etc/systemd/system/docker.service.d", ""),
        (
            "sudo tee /etc/systemd/system/docker.service.d/10-machine.conf",
            &unit,
        ),
        ("sudo tee /etc/default/docker", flags),
        ("sudo systemctl daemon-reload", ""),
        ("sudo systemctl -f restart docker", ""),
        ("sudo systemctl -f enable docker", ""),
    ] {
        let output = boot.type_in(line, input.as_bytes(), now());
        assert_eq!(
            output.code,
            Some(0),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_listens(&boot, &["0.0.0.0:2376"], "mutual");
}

#[test]
fn at_later_boots_what_is_enabled_starts_and_bootcmd_runs_again() {
    let document = "#cloud-config\npackages: [docker.io]\nbootcmd:\n- echo boot >> /boots\nruncmd:\n- echo run >> /runs\n";
    let mut boot = boot(document);
    boot.power_off();
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::Stopped);
    boot.power_on(now());
    assert!(boot.engine().is_ok());
    assert_eq!(
        (file(&boot, "/boots"), file(&boot, "/runs")),
        ("boot\nboot\n".to_owned(), "run\n".to_owned())
    );
    boot.run(b"systemctl disable docker", &nothing(), now());
    boot.power_off();
    boot.power_on(now());
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::Stopped);
    // What was changed on the disk counts from the next boot on.
    let change = "mkdir -p /etc/systemd/system/docker.service.d; printf '[Service]\\nExecStart=\\nExecStart=dockerd -H tcp://0.0.0.0:2375\\n' > /etc/systemd/system/docker.service.d/a.conf; systemctl enable docker";
    boot.run(change.as_bytes(), &nothing(), now());
    boot.power_off();
    boot.power_on(now());
    assert_listens(&boot, &["0.0.0.0:2375"], "plain");
}

#[test]
fn a_machine_may_start_itself_anew() {
    for document in [
        "#cloud-config\npackages: [docker.io]\nruncmd: [systemctl stop docker]\npower_state: {mode: reboot}\nbootcmd: [echo boot >> /boots]\n",
        "#cloud-config\npackages: [docker.io]\nruncmd: [systemctl stop docker, reboot, touch /never]\nbootcmd: [echo boot >> /boots]\n",
    ] {
        let boot = boot(document);
        assert!(boot.engine().is_ok(), "{}", told(&boot));
        assert_eq!(file(&boot, "/boots"), "boot\nboot\n");
        assert_eq!(boot.file("/never"), None);
        assert_eq!(boot.power(), Power::Stay);
    }
    assert_eq!(boot("#!/bin/sh\nshutdown -h now\n").power(), Power::Off);
}

#[test]
fn a_boot_is_kept_and_comes_back() {
    let document = format!(
        "#cloud-config\nwrite_files:\n{}packages: [docker.io]\nruncmd: [ln -s /etc/docker /d, rm /etc/fstab, mkfifo /pipe]\n",
        certificate_files()
    );
    let boot = boot(&document);
    let kept = serde_json::to_string(&boot).unwrap();
    let mut back: Boot = serde_json::from_str(&kept).unwrap();
    assert!(back == boot);
    assert_eq!(back.file("/etc/fstab"), None);
    assert_eq!(file(&back, "/d/ca.pem"), pems().ca);
    let output = back.run(
        b"test -p /pipe && stat -c %a /etc/docker/server-key.pem",
        &nothing(),
        now(),
    );
    assert_eq!(output.stdout, b"600\n");
}
