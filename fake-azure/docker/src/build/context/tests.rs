use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::files::tar::{EntryKind, Header, Writer};

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = Writer::new();
    for (path, content) in files {
        let header = Header::new(*path, EntryKind::File, 0o644, now());
        writer.add(header, content.as_bytes());
    }
    writer.finish()
}

async fn context(files: &[(&str, &str)]) -> View {
    unpacked(Cursor::new(archive(files)), Limits::default(), now())
        .await
        .unwrap()
}

async fn refusal(files: &[(&str, &str)], name: &str) -> (String, bool) {
    let refusal = dockerfile(&context(files).await, name, now()).unwrap_err();
    (refusal.to_string(), refusal.is_client_s())
}

#[tokio::test]
async fn a_context_may_be_compressed() {
    let plain = archive(&[("Dockerfile", "FROM a\n"), ("b/c", "d")]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&plain).unwrap();

    for bytes in [plain, gzip.finish().unwrap()] {
        let files = unpacked(Cursor::new(bytes), Limits::default(), now())
            .await
            .unwrap();
        assert_eq!(*files.read("/b/c", ROOT).unwrap(), *b"d");
        assert_eq!(
            dockerfile(&files, "Dockerfile", now())
                .unwrap()
                .stages
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn what_is_no_archive_is_refused_and_nothing_is_an_empty_one() {
    let words = unpacked(&b"not a tar"[..], Limits::default(), now())
        .await
        .unwrap_err();
    assert_eq!(words.to_string(), "unexpected EOF");
    assert!(!words.is_client_s());

    let empty = unpacked(&b""[..], Limits::default(), now()).await.unwrap();
    assert_eq!(
        dockerfile(&empty, "Dockerfile", now())
            .unwrap_err()
            .to_string(),
        "Cannot locate specified Dockerfile: Dockerfile"
    );
}

#[tokio::test]
async fn the_dockerfile_has_the_name_that_was_asked_for() {
    let files = context(&[("dockerfile", "FROM a"), ("d/Other", "FROM b")]).await;

    assert!(dockerfile(&files, "Dockerfile", now()).is_ok());
    assert!(dockerfile(&files, "./d/../d/Other", now()).is_ok());
}

#[tokio::test]
async fn a_dockerfile_that_cannot_be_read_is_refused_in_the_engine_s_words() {
    for (text, words) in [
        ("", "the Dockerfile (Dockerfile) cannot be empty"),
        (
            "# only\n",
            "failed to parse Dockerfile: file with no instructions",
        ),
        (
            "FROM busybox\nENV x\n",
            "failed to parse Dockerfile: ENV must have two arguments",
        ),
        (
            "FROM\n",
            "dockerfile parse error on line 1: FROM requires either one or three arguments",
        ),
        ("RUN x\n", "no build stage in current context"),
    ] {
        let refused = refusal(&[("Dockerfile", text)], "Dockerfile").await;
        assert_eq!(refused, (words.to_owned(), true));
    }
    for (name, words) in [
        ("Other", "Cannot locate specified Dockerfile: Other"),
        ("../x", "forbidden path outside the build context: ../x ()"),
        ("d", "unexpected error reading Dockerfile: is a directory"),
    ] {
        assert_eq!(
            refusal(&[("d/x", "")], name).await,
            (words.to_owned(), false)
        );
    }
}

#[tokio::test]
async fn the_files_of_the_builder_are_taken_out_if_they_are_ignored() {
    let both = [
        ("Dockerfile", "FROM a"),
        (".dockerignore", "*\n!Dockerfile\n"),
        ("b", ""),
    ];
    let files = context(&both).await;
    dockerfile(&files, "Dockerfile", now()).unwrap();

    assert!(files.exists("/Dockerfile", ROOT));
    assert!(!files.exists("/.dockerignore", ROOT));
    // The client would have left it out.
    assert!(files.exists("/b", ROOT));
}
