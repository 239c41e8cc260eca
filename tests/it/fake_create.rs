//! `vm docker create --fake`, as a library: the main job from words to Docker's answer.

use std::sync::{Arc, Mutex};

use azure::backend::service_management::Transport;
use azure::cli::vm::docker::DockerCreateArgs;
use azure::clock::SystemClock;
use azure::commands::create::narrator::{Line, Narrator};
use azure::commands::create::password::Ask;
use azure::commands::create::session::Session;
use azure::commands::docker_create::docker_create_fake;
use azure::saga::Interrupt;
use azure::settings::create::{self, Context};
use clap::Parser;
use secrecy::SecretString;

#[derive(Debug, Parser)]
struct Words {
    #[command(flatten)]
    args: DockerCreateArgs,
}

struct Nobody;

impl Ask for Nobody {
    fn ask(&self, _question: &str) -> std::io::Result<Option<SecretString>> {
        Ok(None)
    }

    fn line(&self) -> std::io::Result<SecretString> {
        Ok(SecretString::default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_job_ends_with_docker_s_own_words_and_lines_to_type() {
    let home = tempfile::tempdir().expect("a folder");
    let words = [
        "azure",
        "--fake",
        "--exit",
        "-e",
        "22",
        "-l",
        "West US",
        "my-docker-host",
        "Ubuntu-14_04",
        "azureuser",
        "Pa$$w0rd1",
    ];
    let args = Words::try_parse_from(words).expect("words").args;
    let context = Context {
        home: Some(home.path()),
        current: home.path(),
        wait: None,
        nonce: "0123456789abcdef",
    };
    let settings = create::docker(args, context).expect("settings");
    let said = Arc::new(Mutex::new(Vec::new()));
    let page = {
        let said = Arc::clone(&said);
        move |line: Line| said.lock().expect("no panic").push(line)
    };
    let events = Narrator::new(page.clone());
    let connect = |connection| Transport::new(connection, Arc::new(SystemClock));
    let interrupt = Interrupt::never();
    let session = Session {
        clock: &SystemClock,
        events: &events,
        ask: &Nobody,
        password: None,
        interrupt: &interrupt,
        context,
        profile_folder: home.path(),
        records: None,
    };

    let ended = docker_create_fake(&settings, session, &page, &connect).await;

    assert!(ended.is_ok(), "{ended:?}");
    let said = said.lock().expect("no panic").clone();
    let data: Vec<&str> = said
        .iter()
        .filter_map(|line| match line {
            Line::Data(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(data.contains(&"Name: my-docker-host"), "{data:?}");
    assert!(
        data.iter().any(|line| line.starts_with("Server Version: ")),
        "{data:?}"
    );
    for option in [
        "docker --tls -H tcp://127.0.0.1:",
        "docker --tlsverify -H tcp://127.0.0.1:",
    ] {
        let typed = said
            .iter()
            .any(|line| matches!(line, Line::Info(text) if text.trim_start().starts_with(option)));
        assert!(typed, "{option}: {said:?}");
    }
    assert!(home.path().join(".docker/ca.pem").exists());
}

#[test]
fn what_only_a_simulator_can_be_told_needs_one() {
    let home = tempfile::tempdir().expect("a folder");
    let understood = |options: &[&str]| {
        let typed = ["azure", "host", "image", "user", "Pa$$w0rd1"];
        let words = typed.iter().chain(options);
        let args = Words::try_parse_from(words).expect("words").args;
        let context = Context {
            home: Some(home.path()),
            current: home.path(),
            wait: None,
            nonce: "0123456789abcdef",
        };
        create::docker(args, context)
    };

    for options in [&["--seed", "7"][..], &["--engine", "unix:///docker.sock"]] {
        let refused = understood(options).expect_err("no simulator").to_string();
        assert!(refused.ends_with("say --fake, too"), "{refused}");
        let mut with = options.to_vec();
        with.extend(["--fake", "-l", "West US"]);
        let settings = understood(&with).expect("settings");
        assert!(!settings.simulated.is_empty());
    }
}
