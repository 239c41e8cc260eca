//! `vm docker ls` and `vm docker env`: what there is, whether Docker answers, what a shell needs.

use std::os::unix::fs::PermissionsExt;

use crate::simulator::{Simulator, is_here};

const HOST: &str =
    r#"azure vm docker create -e 22 -l "West US" web Ubuntu-14_04 me 'Pa$$w0rd1' >&2"#;

#[test]
fn hosts_are_listed_with_what_docker_answers_or_why_it_does_not() {
    let simulator = Simulator::start();
    let script = format!(
        r#"
        azure vm docker ls
        {HOST}
        azure vm create plain Ubuntu-14_04 me 'Pa$$w0rd1' -l "West US" >&2
        azure vm docker ls
        azure vm docker ls --json >all
        mkdir -p empty
        azure vm docker ls -C empty
        cat all
        "#
    );
    let ran = simulator.sh(&script, &[]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("info:    No Docker hosts found\n"),
        "{}",
        ran.stdout
    );
    let line = regex::Regex::new(
        r"(?m)^data:    web   ReadyRole  web\.cloudapp\.net  127\.[0-9.]+:4243  28\.5\.2 *$",
    )
    .expect("an expression");
    assert!(line.is_match(&ran.stdout), "{}", ran.stdout);
    assert!(!ran.stdout.contains("plain"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no answer (TLS: `"), "{}", ran.stdout);
    let begin = ran.stdout.rfind("[\n").expect("JSON");
    let all: serde_json::Value = serde_json::from_str(&ran.stdout[begin..]).expect("JSON");
    assert_eq!(all[0]["host"], "web.cloudapp.net");
    assert_eq!(all[0]["port"], 4243);
    assert_eq!(all[0]["docker"]["answers"], true);
    assert_eq!(all[0]["docker"]["version"], "28.5.2");
}

#[test]
fn a_shell_that_obeys_meets_the_host() {
    let simulator = Simulator::start();
    let script = format!(
        r#"
        {HOST}
        eval "$(azure vm docker env web --shell sh)"
        env | grep '^DOCKER_' | sort
        if command -v docker >/dev/null; then docker info --format '{{{{.Name}}}}'; fi
        eval "$(azure vm docker env --unset --shell bash)"
        ! env | grep '^DOCKER_' || exit 1
        "#
    );
    let ran = simulator.sh(&script, &[]);

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    let home = simulator.room.home();
    let expected = format!(
        "DOCKER_CERT_PATH={}\nDOCKER_HOST=tcp://web.cloudapp.net:4243\nDOCKER_TLS_VERIFY=1\n",
        home.join(".docker").display()
    );
    assert!(ran.stdout.starts_with(&expected), "{}", ran.stdout);
    if is_here("docker", "install Docker's command line") {
        assert!(ran.stdout.ends_with("web\n"), "{}", ran.stdout);
    }
}

#[test]
fn a_shell_is_told_how_it_was_asked() {
    let simulator = Simulator::start();
    let script = format!(
        r"
        {HOST}
        azure vm docker env web --shell fish -d web.cloudapp.net
        azure vm docker env --unset --shell fish
        "
    );
    let ran = simulator.sh(&script, &[]);

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    for line in [
        "# azure vm docker env web --shell fish --dns-name web.cloudapp.net | source\n",
        "# azure vm docker env --unset --shell fish | source\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}{}", ran.stdout);
    }
}

#[test]
fn env_answers_for_no_other_host_than_the_one_named() {
    let simulator = Simulator::start();
    let script = format!(
        r#"
        {HOST}
        azure vm docker create -e 23 -c -p 4244 -n web-2 web Ubuntu-14_04 me 'Pa$$w0rd1' >&2
        azure vm delete -q web >&2
        azure vm docker env web && exit 1
        azure vm docker env web-2 >&2 || exit 2
        find "${{AZURE_CONFIG_DIR:-$HOME/.azure}}" -type d -name hosts -prune -exec rm -r {{}} + >&2
        azure vm docker env web && exit 3
        echo end
        "#
    );
    let ran = simulator.sh(&script, &[]);

    assert_eq!(ran.stdout, "end\n", "{}", ran.stderr);
    for words in [
        "Docker host `web` of `web` is not there",
        "the Docker host of `web` is called `web-2`",
        "export DOCKER_HOST='tcp://web.cloudapp.net:4244'",
    ] {
        assert!(ran.stderr.contains(words), "{words}{}", ran.stderr);
    }
}

#[test]
fn env_is_one_document_for_programs() {
    let simulator = Simulator::start();
    let script = format!(
        r"
        {HOST}
        azure vm docker env web --json > env.json && azure vm docker env --unset --json > unset.json
        cat env.json unset.json
        "
    );
    let ran = simulator.sh(&script, &[]);

    let documents: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&ran.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
    let [set, unset] = documents.as_slice() else {
        panic!("two documents: {}", ran.stdout)
    };
    assert_eq!(set["name"], "web");
    assert_eq!(set["port"], 4243);
    assert_eq!(
        set["environment"]["DOCKER_HOST"],
        "tcp://web.cloudapp.net:4243"
    );
    assert_eq!(set["environment"]["DOCKER_TLS_VERIFY"], "1");
    assert!(set["environment"]["DOCKER_TLS"].is_null());
    for name in [
        "DOCKER_HOST",
        "DOCKER_TLS_VERIFY",
        "DOCKER_TLS",
        "DOCKER_CERT_PATH",
    ] {
        assert!(
            unset["environment"]
                .get(name)
                .is_some_and(serde_json::Value::is_null)
        );
        assert!(set["environment"].get(name).is_some());
    }
}

#[test]
fn what_is_asked_wrongly_of_env_is_told() {
    let simulator = Simulator::start();
    let ran = simulator.sh(&format!("{HOST}\nazure vm docker env webb"), &[]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("no Docker host is called `webb`"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("did you mean `web`"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("DOCKER"), "{}", ran.stdout);
    let ran = simulator.sh("azure vm docker env web --shell tcsh", &[]);
    assert!(
        ran.stderr
            .contains("supported values are: sh, bash, zsh, fish, powershell, cmd"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_context_is_made_by_the_docker_command_or_its_absence_is_told() {
    let simulator = Simulator::start();
    let script = r#"#!/bin/sh
case "$2" in inspect) exit 1;; *) echo "$@";; esac > "$HOME/said" 2>&1
"#;
    let docker = simulator.room.write("bin/docker", script);
    std::fs::set_permissions(&docker, PermissionsExt::from_mode(0o755)).expect("its mode");
    let ran = simulator.sh(
        &format!(
            r#"
            {HOST}
            without=$(command -v azure)
            ! PATH=/nowhere "$without" vm docker env web --context 2>none || exit 1
            PATH=$HOME/bin:$PATH azure vm docker env web --context
            cat none "$HOME/said"
            "#
        ),
        &[],
    );

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout
            .contains("error:   there is no docker command here"),
        "{}",
        ran.stdout
    );
    let folder = simulator.room.home().join(".docker");
    let folder = folder.display();
    let said = format!(
        "context create web --docker host=tcp://web.cloudapp.net:4243,ca={folder}/ca.pem,cert={folder}/cert.pem,key={folder}/key.pem\n"
    );
    assert!(ran.stdout.ends_with(&said), "{}", ran.stdout);
}
