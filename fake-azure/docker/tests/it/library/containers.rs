//! bollard runs containers.

use axum::body::Bytes;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ContainerUpdateBody};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptionsBuilder,
    DownloadFromContainerOptionsBuilder, KillContainerOptionsBuilder, ListContainersOptionsBuilder,
    LogsOptionsBuilder, PruneContainersOptions, RemoveContainerOptionsBuilder,
    RenameContainerOptionsBuilder, RestartContainerOptionsBuilder, StatsOptionsBuilder,
    StopContainerOptionsBuilder, TopOptionsBuilder, UploadToContainerOptionsBuilder,
    WaitContainerOptionsBuilder,
};
use bollard::{Docker, body_full};
use fake_docker::files::tar::{EntryKind, Header, Limits, Reader, Writer};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use tokio::io::AsyncWriteExt as _;

use super::client;

/// Makes a container of busybox that does this.
async fn made(docker: &Docker, name: &str, cmd: &[&str], more: ContainerCreateBody) -> String {
    let options = CreateContainerOptionsBuilder::default().name(name).build();
    let body = ContainerCreateBody {
        image: Some("busybox".to_owned()),
        cmd: Some(cmd.iter().map(ToString::to_string).collect()),
        ..more
    };
    let made = docker.create_container(Some(options), body).await.unwrap();
    assert!(made.warnings.is_empty());
    made.id
}

async fn started(docker: &Docker, name: &str, cmd: &[&str]) {
    made(docker, name, cmd, ContainerCreateBody::default()).await;
    docker.start_container(name, None).await.unwrap();
}

/// What was written to the two streams.
async fn read(output: impl Stream<Item = Result<LogOutput, Error>>) -> (String, String) {
    let (mut out, mut err) = (String::new(), String::new());
    let mut output = Box::pin(output);
    while let Some(piece) = output.next().await {
        match piece.unwrap() {
            LogOutput::StdErr { message } => err += &String::from_utf8_lossy(&message),
            piece => out += &String::from_utf8_lossy(&piece.into_bytes()),
        }
    }
    (out, err)
}

async fn ended(docker: &Docker, name: &str) -> i64 {
    let options = WaitContainerOptionsBuilder::default()
        .condition("not-running")
        .build();
    let mut wait = Box::pin(docker.wait_container(name, Some(options)));
    match wait.next().await.unwrap() {
        Ok(told) => told.status_code,
        Err(Error::DockerContainerWaitError { code, .. }) => code,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn bollard_types_at_a_container_and_reads_it_to_its_end() {
    let docker = client().await;
    let interactive = ContainerCreateBody {
        open_stdin: Some(true),
        stdin_once: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..ContainerCreateBody::default()
    };
    let script = "read line; echo got $line; echo wrong >&2; exit 3";
    made(&docker, "typed", &["sh", "-c", script], interactive).await;
    let options = AttachContainerOptionsBuilder::default()
        .stream(true)
        .stdin(true)
        .stdout(true)
        .stderr(true)
        .build();

    let mut attached = docker
        .attach_container("typed", Some(options))
        .await
        .unwrap();
    docker.start_container("typed", None).await.unwrap();
    attached.input.write_all(b"hello\n").await.unwrap();
    attached.input.shutdown().await.unwrap();

    let (out, err) = read(attached.output).await;
    assert_eq!((out.as_str(), err.as_str()), ("got hello\n", "wrong\n"));
    assert_eq!(ended(&docker, "typed").await, 3);
    let shown = docker.inspect_container("typed", None).await.unwrap();
    assert_eq!(shown.state.unwrap().exit_code, Some(3));
}

#[tokio::test]
async fn bollard_reads_logs_from_their_beginning_their_end_and_as_they_come() {
    let docker = client().await;
    let script = "for i in 1 2 3; do echo out $i; done; echo err >&2";
    started(&docker, "logger", &["sh", "-c", script]).await;
    let options = LogsOptionsBuilder::default().stdout(true).stderr(true);

    let followed = read(docker.logs("logger", Some(options.clone().follow(true).build()))).await;

    assert_eq!(
        (followed.0.as_str(), followed.1.as_str()),
        ("out 1\nout 2\nout 3\n", "err\n")
    );
    let last = options.clone().stderr(false).tail("2").build();
    let last = read(docker.logs("logger", Some(last))).await;
    assert!(
        last.0.ends_with("out 3\n") && !last.0.contains("out 1"),
        "{last:?}"
    );
    let stamped = read(docker.logs("logger", Some(options.timestamps(true).build()))).await;
    let (stamp, line) = stamped.0.lines().next().unwrap().split_once(' ').unwrap();
    assert_eq!(line, "out 1");
    stamp.parse::<jiff::Timestamp>().unwrap();
}

#[tokio::test]
async fn bollard_runs_commands_beside_a_container() {
    let docker = client().await;
    started(&docker, "host", &["sleep", "300"]).await;
    let options = CreateExecOptions {
        cmd: Some(vec!["sh", "-c", "cat; echo $A in $(pwd) >&2; exit 4"]),
        env: Some(vec!["A=b"]),
        working_dir: Some("/tmp"),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..CreateExecOptions::default()
    };

    let exec = docker.create_exec("host", options).await.unwrap().id;
    let start = StartExecOptions::default();
    let StartExecResults::Attached { output, mut input } =
        docker.start_exec(&exec, Some(start)).await.unwrap()
    else {
        panic!("not attached")
    };
    input.write_all(b"typed\n").await.unwrap();
    input.shutdown().await.unwrap();

    let (out, err) = read(output).await;
    assert_eq!((out.as_str(), err.as_str()), ("typed\n", "b in /tmp\n"));
    let shown = docker.inspect_exec(&exec).await.unwrap();
    assert_eq!((shown.running, shown.exit_code), (Some(false), Some(4)));
}

#[tokio::test]
async fn bollard_moves_a_container_through_its_states() {
    let docker = client().await;
    started(&docker, "one", &["sleep", "300"]).await;
    let status = async |name: &str| {
        let shown = docker.inspect_container(name, None).await.unwrap();
        shown.state.unwrap().status.unwrap().to_string()
    };

    docker.pause_container("one").await.unwrap();
    assert_eq!(status("one").await, "paused");
    docker.unpause_container("one").await.unwrap();
    let options = RenameContainerOptionsBuilder::default().name("two").build();
    docker.rename_container("one", options).await.unwrap();
    let update = ContainerUpdateBody {
        memory: Some(64 << 20),
        memory_swap: Some(128 << 20),
        ..ContainerUpdateBody::default()
    };
    docker.update_container("two", update).await.unwrap();
    let shown = docker.inspect_container("two", None).await.unwrap();
    assert_eq!(shown.host_config.unwrap().memory, Some(64 << 20));
    let at_once = RestartContainerOptionsBuilder::default().t(0).build();
    docker
        .restart_container("two", Some(at_once))
        .await
        .unwrap();
    assert_eq!(status("two").await, "running");
    let options = TopOptionsBuilder::default().build();
    let top = docker.top_processes("two", Some(options)).await.unwrap();
    assert_eq!(top.processes.unwrap().len(), 1);
    let once = StatsOptionsBuilder::default()
        .stream(false)
        .one_shot(true)
        .build();
    let used: Vec<_> = docker.stats("two", Some(once)).try_collect().await.unwrap();
    assert_eq!(used[0].name.as_deref(), Some("/two"));
    assert!(used[0].pids_stats.as_ref().unwrap().current.unwrap() > 0);
    let options = KillContainerOptionsBuilder::default()
        .signal("KILL")
        .build();
    docker.kill_container("two", Some(options)).await.unwrap();
    assert_eq!(ended(&docker, "two").await, 137);

    let stopped = StopContainerOptionsBuilder::default().t(0).build();
    // One that stands already is no mistake of bollard's.
    docker.stop_container("two", Some(stopped)).await.unwrap();
    let all = ListContainersOptionsBuilder::default().all(true).build();
    assert_eq!(docker.list_containers(Some(all)).await.unwrap().len(), 1);
    let pruned = docker
        .prune_containers(None::<PruneContainersOptions>)
        .await
        .unwrap();
    assert_eq!(pruned.containers_deleted.unwrap().len(), 1);
}

#[tokio::test]
async fn bollard_copies_files_in_and_out() {
    let docker = client().await;
    started(&docker, "files", &["sleep", "300"]).await;
    let mut archive = Writer::new();
    let header = Header::new("note", EntryKind::File, 0o640, jiff::Timestamp::UNIX_EPOCH);
    archive.add(header, b"kept\n");
    let options = UploadToContainerOptionsBuilder::default()
        .path("/tmp")
        .build();

    let upload = body_full(Bytes::from(archive.finish()));
    docker
        .upload_to_container("files", Some(options), upload)
        .await
        .unwrap();
    let options = DownloadFromContainerOptionsBuilder::default()
        .path("/tmp/note")
        .build();
    let pieces = docker.download_from_container("files", Some(options));
    let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();

    let archive = pieces.concat();
    let mut archive = Reader::new(archive.as_slice(), Limits::default());
    let header = archive.next_entry().unwrap().unwrap();
    assert_eq!((header.path.as_str(), header.mode), ("note", 0o640));
    assert_eq!(archive.content().unwrap(), b"kept\n");
    let changes = docker.container_changes("files").await.unwrap().unwrap();
    let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["/tmp", "/tmp/note"]);
    let exported: Vec<Bytes> = docker
        .export_container("files")
        .try_collect()
        .await
        .unwrap();
    assert!(exported.concat().len() > 1024);
    let force = RemoveContainerOptionsBuilder::default()
        .force(true)
        .v(true)
        .build();
    docker.remove_container("files", Some(force)).await.unwrap();
}
