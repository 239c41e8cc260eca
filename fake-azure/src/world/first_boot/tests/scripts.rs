//! Scripts: they run, as far as a machine without a network goes.

use super::*;

#[test]
fn a_script_of_the_file_table_is_run_by_its_path() {
    let document = "#cloud-config\nwrite_files:\n- path: /opt/setup.sh\n  permissions: '0755'\n  content: |\n    #!/bin/bash\n    \
        install_docker() {\n      for attempt in 1 2 3 4 5; do\n        apt-get update && apt-get install -y \"$1\" && return 0\n        sleep 10\n      done\n      return 1\n    }\n    \
        install_docker docker.io || exit 1\n    until systemctl is-active --quiet docker; do sleep 1; done\n    echo ready > /opt/ready\n\
        runcmd:\n- [/opt/setup.sh]\n";
    let boot = boot(document);
    assert!(boot.engine().is_ok(), "{}", told(&boot));
    assert_eq!(file(&boot, "/opt/ready"), "ready\n");
    // Another script starts it, too.
    let document = document
        .replace("- [/opt/setup.sh]", "- bash /opt/other.sh")
        .replace(
            "runcmd:",
            "- {path: /opt/other.sh, content: 'cd /opt && exec ./setup.sh'}\nruncmd:",
        );
    assert_eq!(file(&self::boot(&document), "/opt/ready"), "ready\n");
}

#[test]
fn sleeping_takes_no_time_and_waiting_in_vain_comes_to_an_end() {
    let boot = boot("#cloud-config\nruncmd:\n- sleep 600\n- date -u +%H:%M > /later\n");
    assert_eq!(file(&boot, "/later"), "09:10\n");
    let boot = self::boot("#!/bin/sh\nuntil docker info; do sleep 5; done\ntouch /never\n");
    assert_eq!(boot.notes().collect::<Vec<_>>(), [Note::Unfinished]);
    assert_eq!(boot.file("/never"), None);
    for endless in [
        "while :; do :; done",
        "cat /dev/zero > /dev/null",
        "f() { f & }; f; f; sleep 9999999",
        "tail -f /dev/null",
        "yes | cat > /dev/null",
    ] {
        let boot = self::boot(&format!("#!/bin/sh\n{endless}\n"));
        assert_eq!(
            boot.notes().collect::<Vec<_>>(),
            [Note::Unfinished],
            "{endless}"
        );
    }
}

#[test]
fn whoever_is_asked_and_says_nothing_gets_nothing() {
    let boot = boot("#!/bin/sh\napt-get install docker.io\n");
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::NotInstalled);
    for line in [
        "yes | apt-get install docker.io",
        "apt-get install docker.io --yes",
        "apt-get -qq install docker.io",
        "DEBIAN_FRONTEND=noninteractive apt-get -yq install docker.io=20.10 -o Dpkg::Options::=--force-confold",
        "echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/90yes; apt install docker.io",
    ] {
        let boot = self::boot(&format!("#!/bin/sh\n{line}\n"));
        assert!(boot.engine().is_ok(), "{line}\n{}", told(&boot));
    }
}

#[test]
fn what_is_not_simulated_is_counted_and_succeeds() {
    let boot = boot(
        "#!/bin/sh\nset -e\nfrobnicate --all\npython3 -c 'print(1)'\n/usr/bin/ansible-playbook x.yml\nufw allow 2376/tcp\ntouch /done\n",
    );
    assert_eq!(file(&boot, "/done"), "");
    let unknown: Vec<_> = boot.unknown_programs().collect();
    assert_eq!(
        unknown,
        ["ansible-playbook", "frobnicate", "python3", "ufw"]
    );
    // But Docker is not there before it is.
    let boot = self::boot(
        "#!/bin/sh\nif ! command -v docker; then apt-get install -y docker.io; fi\ndocker ps\n",
    );
    assert!(boot.engine().is_ok());
    assert_eq!(boot.docker_calls(), [["ps"]]);
    let boot = self::boot("#!/bin/sh\nset -e\ndocker ps\ntouch /never\n");
    assert_eq!(boot.file("/never"), None);
}

#[test]
fn units_are_read_when_systemd_is_told() {
    let unit = "mkdir -p /etc/systemd/system/docker.service.d\nprintf '[Service]\\nExecStart=\\nExecStart=dockerd -H tcp://0.0.0.0:2375\\n' > /etc/systemd/system/docker.service.d/a.conf\n";
    let boot = boot(&format!(
        "#!/bin/sh\napt-get install -y docker.io\n{unit}systemctl restart docker\n"
    ));
    assert_listens(&boot, &[], "plain");
    assert!(
        file(&boot, "/var/log/cloud-init-output.log").contains("Run 'systemctl daemon-reload'")
    );
    let boot = self::boot(&format!(
        "#!/bin/sh\napt-get install -y docker.io\n{unit}systemctl daemon-reload\nsystemctl restart docker\n"
    ));
    assert_listens(&boot, &["0.0.0.0:2375"], "plain");
    // Started already is started: only a restart reads anything anew.
    let boot = self::boot(&format!(
        "#!/bin/sh\napt-get install -y docker.io\n{unit}systemctl daemon-reload\nsystemctl start docker\n"
    ));
    assert_listens(&boot, &[], "plain");
}

#[test]
fn a_daemon_may_be_started_by_hand_or_by_another_unit() {
    let stop = "apt-get install -y docker.io\nsystemctl disable --now docker docker.socket\n";
    let boot = boot(&format!(
        "#!/bin/sh\n{stop}nohup dockerd -H tcp://0.0.0.0:2375 >/var/log/d.log 2>&1 &\n"
    ));
    assert_listens(&boot, &["0.0.0.0:2375"], "plain");
    let unit = "cat > /etc/systemd/system/engine.service <<E\n[Service]\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2377\n[Install]\nWantedBy=multi-user.target\nE\nsystemctl enable --now engine\n";
    let mut boot = self::boot(&format!("#!/bin/sh\n{stop}{unit}"));
    assert_listens(&boot, &["0.0.0.0:2377"], "plain");
    boot.power_off();
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::Stopped);
    boot.power_on(now());
    assert_listens(&boot, &["0.0.0.0:2377"], "plain");
    // One that has a port of its own runs beside nothing.
    let boot =
        self::boot("#!/bin/sh\napt-get install -y docker.io\ndockerd -H tcp://0.0.0.0:2375\n");
    assert_listens(&boot, &[], "plain");
}

#[test]
fn a_oneshot_unit_runs_its_script() {
    let document = "#cloud-config\nwrite_files:\n- path: /opt/i.sh\n  permissions: '0755'\n  content: |\n    #!/bin/sh\n    apt-get install -y docker.io\n\
        - path: /etc/systemd/system/i.service\n  content: |\n    [Service]\n    Type=oneshot\n    ExecStart=/opt/i.sh\nruncmd:\n- systemctl daemon-reload\n- systemctl start i\n";
    assert!(boot(document).engine().is_ok());
}

#[test]
fn commands_are_quoted_as_cloud_init_quotes_them() {
    let boot = boot(
        "#cloud-config\nbootcmd:\n- echo $INSTANCE_ID boot > /boot-too\nruncmd:\n- [sh, -c, 'echo \"it''s $0\"']\n- [echo, 0644, yes, ~, 1.5]\n-\n- echo $((1 + 1))\n",
    );
    let output = file(&boot, "/var/log/cloud-init-output.log");
    assert!(
        output.ends_with("it's sh\n420 True None 1.5\n2\n"),
        "{output}"
    );
    // Something else in the list, and none of it is run.
    let boot = self::boot("#cloud-config\nruncmd:\n- touch /never\n- {a: b}\n");
    assert_eq!(boot.file("/never"), None);
}

#[test]
fn scripts_with_the_line_ends_of_windows_run() {
    let boot = boot(
        "#!/bin/sh\r\necho hi > /hi\r\nif true; then\r\n  apt-get install -y docker.io\r\nfi\r\n",
    );
    assert_eq!(file(&boot, "/hi"), "hi\n");
    assert!(boot.engine().is_ok());
}

#[test]
fn docker_can_be_taken_away_and_come_back() {
    let boot = boot("#!/bin/sh\napt-get install -y docker.io\napt-get remove -y docker.io\n");
    assert_eq!(boot.engine().unwrap_err(), &WhyNot::NotInstalled);
    let boot = self::boot(
        "#!/bin/sh\napt-get install -y docker.io\napt-get purge -y docker.io\napt-get install -y docker.io\n",
    );
    assert!(boot.engine().is_ok());
    let boot = self::boot("#!/bin/sh\nsnap install docker\n");
    assert_listens(&boot, &[], "plain");
    assert_eq!(boot.notes().collect::<Vec<_>>(), [Note::Snap]);
}
