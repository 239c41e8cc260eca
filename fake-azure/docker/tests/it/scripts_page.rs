//! docs/scripts.md: its documents are given to an engine, its commands are run against it, and
//! what they print is what the page says.

use std::fmt::Write as _;
use std::path::Path;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptionsBuilder, CreateImageOptionsBuilder,
    InspectContainerOptions, LogsOptionsBuilder, StartContainerOptions, StopContainerOptions,
    WaitContainerOptions,
};
use bollard::{API_DEFAULT_VERSION, Docker};
use fake_docker::Engine;
use fake_docker::process::script::Scripts;
use futures_util::{Stream, StreamExt as _};
use tokio::io::AsyncWriteExt as _;

use crate::docker::listen;

/// A fenced part of the page: its language, the line it begins at, and its text.
struct Fence {
    language: String,
    line: usize,
    text: String,
}

fn fences(page: &str) -> Vec<Fence> {
    let mut all = Vec::new();
    let mut open: Option<Fence> = None;
    for (at, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => all.extend(open.take()),
            (Some(language), None) => {
                open = Some(Fence {
                    language: language.to_owned(),
                    line: at + 1,
                    text: String::new(),
                });
            }
            (None, Some(fence)) => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (None, None) => {}
        }
    }
    all
}

/// The words of a command line; quotes keep spaces.
fn words(line: &str) -> Vec<String> {
    let (mut all, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in line.chars() {
        match (character, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (' ', None) => all.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    all.extend(word);
    all
}

/// What a shell on the machine of the page's reader does.
struct Reader {
    docker: Docker,
    last_code: i64,
}

impl Reader {
    async fn run(&mut self, line: &str) -> String {
        let (typed, command) = match line.split_once(" | docker ") {
            Some((typed, command)) => (typed, format!("docker {command}")),
            None => ("", line.to_owned()),
        };
        let typed = words(typed).pop().unwrap_or_default().replace("\\n", "\n");
        let words = words(&command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["echo", "$?"] => format!("{}\n", self.last_code),
            ["docker", "run", rest @ ..] => self.run_container(rest, &typed).await,
            ["docker", "exec", name, command @ ..] => self.exec(name, command).await,
            ["docker", "stop", name] => {
                let stopped = self
                    .docker
                    .stop_container(name, None::<StopContainerOptions>);
                stopped.await.unwrap();
                format!("{name}\n")
            }
            ["docker", "wait", name] => format!("{}\n", self.wait(name).await),
            ["docker", "logs", name] => self.logs(name).await,
            other => panic!("the test does not know {other:?}"),
        }
    }

    async fn run_container(&mut self, mut rest: &[&str], typed: &str) -> String {
        let mut body = ContainerCreateBody::default();
        let (mut detached, mut name) = (false, String::new());
        while let Some((flag, after)) = rest.split_first().filter(|(w, _)| w.starts_with('-')) {
            rest = after;
            let mut value = || {
                let (value, after) = rest.split_first().unwrap();
                rest = after;
                (*value).to_owned()
            };
            match *flag {
                "--rm" => {}
                "-d" => detached = true,
                "-i" => (body.open_stdin, body.stdin_once) = (Some(true), Some(true)),
                "--name" => name = value(),
                "--hostname" => body.hostname = Some(value()),
                "--entrypoint" => body.entrypoint = Some(vec![value()]),
                "-e" => body.env.get_or_insert_default().push(value()),
                other => panic!("the test does not know {other}"),
            }
        }
        let (image, command) = rest.split_first().unwrap();
        body.image = Some((*image).to_owned());
        body.host_config = Some(HostConfig::default());
        if !command.is_empty() {
            body.cmd = Some(command.iter().map(|word| (*word).to_owned()).collect());
        }
        let tagged = if image.contains(':') {
            (*image).to_owned()
        } else {
            format!("{image}:latest")
        };
        let pull = CreateImageOptionsBuilder::new().from_image(&tagged).build();
        let mut pulled = std::pin::pin!(self.docker.create_image(Some(pull), None, None));
        while let Some(step) = pulled.next().await {
            step.unwrap();
        }
        let options = CreateContainerOptionsBuilder::new().name(&name).build();
        let created = self
            .docker
            .create_container(Some(options), body)
            .await
            .unwrap();
        let attach = AttachContainerOptionsBuilder::new()
            .stdin(true)
            .stdout(true)
            .stderr(true)
            .stream(true)
            .build();
        let attached = self
            .docker
            .attach_container(&created.id, Some(attach))
            .await;
        let mut attached = attached.unwrap();
        let started = self
            .docker
            .start_container(&created.id, None::<StartContainerOptions>);
        started.await.unwrap();
        if detached {
            return format!("{}\n", created.id);
        }
        attached.input.write_all(typed.as_bytes()).await.unwrap();
        attached.input.shutdown().await.unwrap();
        let printed = gathered(attached.output).await;
        self.last_code = self.wait(&created.id).await;
        printed
    }

    async fn exec(&mut self, name: &str, command: &[&str]) -> String {
        let options = CreateExecOptions {
            cmd: Some(command.to_vec()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let exec = self.docker.create_exec(name, options).await.unwrap();
        let started = self.docker.start_exec(&exec.id, None).await.unwrap();
        let StartExecResults::Attached { output, .. } = started else {
            panic!("the exec went away");
        };
        gathered(output).await
    }

    async fn wait(&self, name: &str) -> i64 {
        let ended = self
            .docker
            .wait_container(name, None::<WaitContainerOptions>);
        // A code that is not 0 is an error to the client; the engine is asked for it.
        let _ended = std::pin::pin!(ended).next().await;
        let inspected = self
            .docker
            .inspect_container(name, None::<InspectContainerOptions>);
        inspected.await.unwrap().state.unwrap().exit_code.unwrap()
    }

    async fn logs(&self, name: &str) -> String {
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).build();
        gathered(self.docker.logs(name, Some(options))).await
    }
}

async fn gathered(output: impl Stream<Item = Result<LogOutput, bollard::errors::Error>>) -> String {
    let mut output = std::pin::pin!(output);
    let mut all = Vec::new();
    while let Some(part) = output.next().await {
        all.extend_from_slice(&part.unwrap().into_bytes());
    }
    String::from_utf8(all).unwrap()
}

/// Whether lines are those that the page shows; `…` stands for one that differs each time.
fn is_shown(printed: &str, shown: &str) -> bool {
    let (printed, shown): (Vec<&str>, Vec<&str>) =
        (printed.lines().collect(), shown.lines().collect());
    printed.len() == shown.len()
        && printed
            .iter()
            .zip(&shown)
            .all(|(one, two)| *two == "…" || one == two)
}

#[tokio::test]
async fn the_page_tells_the_truth() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scripts.md");
    let page = std::fs::read_to_string(path).unwrap();
    let fences = fences(&page);
    let mut scripts = Scripts::new();
    let documents = fences.iter().filter(|fence| fence.language == "toml");
    for document in documents {
        let name = format!("scripts.md, line {}", document.line);
        // An image of the page is that of the first document that has it.
        scripts.merge(Scripts::parse(&name, &document.text).unwrap());
    }
    let address = listen(Engine::builder().scripts(scripts).build()).await;
    let docker =
        Docker::connect_with_http(&format!("tcp://{address}"), 20, API_DEFAULT_VERSION).unwrap();
    let mut reader = Reader {
        docker: docker.negotiate_version().await.unwrap(),
        last_code: 0,
    };
    let (mut run, mut wrong) = (0, String::new());
    for session in fences.iter().filter(|fence| fence.language == "console") {
        for part in session.text.split("\n$ ") {
            let part = part.strip_prefix("$ ").unwrap_or(part);
            let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
            let printed = reader.run(command).await;
            run += 1;
            if !is_shown(&printed, shown) {
                let line = session.line;
                writeln!(wrong, "after line {line}: $ {command}\n{printed}").unwrap();
            }
        }
    }
    assert!(run > 30, "{run} commands");
    assert!(wrong.is_empty(), "{wrong}");
}
