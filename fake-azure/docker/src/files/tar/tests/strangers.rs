//! GNU tar reads what is written here and writes what is read here.

use std::io::Write;
use std::process::{Command, Stdio};

use jiff::Timestamp;

use super::super::{Limits, Reader};
use crate::files::extract::{Extraction, Rules};
use crate::files::pack::{Pack, Times};
use crate::files::{Credentials, Node, Tree, View};

const ROOT: &Credentials = &Credentials::ROOT;

/// Runs tar with an archive on its input; nothing comes of it where there is no tar.
fn tar(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new("tar")
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("tar is missing: its judgement was not heard");
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "tar {arguments:?}");
    Some(output.stdout)
}

fn view() -> View {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let now = time("2026-01-02T03:04:05Z");
    let view = View::of(Tree::new(now));
    let deep = format!("/{}", "deep/".repeat(25));
    view.create_dir_all(&deep, 0o755, ROOT, now).unwrap();
    view.write(&format!("{deep}file"), "deep", 0o640, ROOT, now)
        .unwrap();
    view.write("/ünïcode", vec![b'x'; 1000], 0o4755, ROOT, now)
        .unwrap();
    view.link("/ünïcode", "/twin", ROOT, now).unwrap();
    view.symlink("../far", "/link", ROOT, now).unwrap();
    view.mknod("/fifo", Node::Fifo, 0o644, ROOT, now).unwrap();
    view.write("/empty", "", 0o600, ROOT, now).unwrap();
    let exact = time("2020-01-02T03:04:05.123456789Z");
    view.set_modified("/empty", exact, ROOT, now).unwrap();
    view
}

/// What is in a view, as `tar -tv` would list it, without owners.
fn listed(view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    let mut todo = vec![String::new()];
    while let Some(path) = todo.pop() {
        let whole = format!("/{path}");
        let stat = view.lstat(&whole, ROOT).unwrap();
        let content = view.read(&whole, ROOT).ok().filter(|_| stat.is_file());
        lines.push(format!(
            "{} {path} {} {:?} {}",
            stat.mode_text(),
            stat.meta.modified,
            stat.target,
            content.map_or(0, |content| content.len()),
        ));
        if stat.is_dir() {
            let slash = if path.is_empty() { "" } else { "/" };
            let entries = view.read_dir(&whole, ROOT).unwrap();
            todo.extend(
                entries
                    .into_iter()
                    .map(|entry| format!("{path}{slash}{}", entry.name)),
            );
        }
    }
    lines.sort();
    lines.retain(|line| !line.contains("  ")); // the root is not in an archive
    lines
}

fn extracted(bytes: &[u8]) -> View {
    let view = View::of(Tree::new(Timestamp::UNIX_EPOCH));
    let reader = Reader::new(bytes, Limits::default());
    let extraction = Extraction::new(&view, "/", reader, Rules::default(), None).unwrap();
    extraction.run().unwrap();
    view
}

#[test]
fn gnu_tar_lists_what_is_written_here() {
    let bytes = Pack::new(&view(), "/", "", Times::Exact)
        .unwrap()
        .into_bytes();
    let Some(listed) = tar(&["-tv", "--full-time", "--numeric-owner"], &bytes) else {
        return;
    };
    let listed = String::from_utf8(listed).unwrap();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let listed: Vec<String> = listed.lines().map(words).collect();
    for line in [
        "-rw------- 0/0 0 2020-01-02 03:04:05.123456789 empty",
        "prw-r--r-- 0/0 0 2026-01-02 03:04:05 fifo",
        "lrwxrwxrwx 0/0 0 2026-01-02 03:04:05 link -> ../far",
        "-rwsr-xr-x 0/0 1000 2026-01-02 03:04:05 twin",
        "hrwsr-xr-x 0/0 0 2026-01-02 03:04:05 ünïcode link to twin",
        "drwxr-xr-x 0/0 0 2026-01-02 03:04:05 deep/",
    ] {
        assert!(listed.contains(&line.to_owned()), "{line}\n{listed:#?}");
    }
}

#[test]
fn all_formats_of_gnu_tar_are_read_and_say_what_was_written() {
    let wanted = view();
    let bytes = Pack::new(&wanted, "/", "", Times::Exact)
        .unwrap()
        .into_bytes();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    let unpack = ["-x", "-p", "--no-same-owner", "-C", at];
    if tar(&unpack, &bytes).is_none() {
        return;
    }
    for format in ["posix", "gnu", "oldgnu"] {
        let option = format!("--format={format}");
        let pack = ["-c", &option, "-C", at, "--sort=name", "."];
        let archive = tar(&pack, b"").unwrap_or_default();
        let back = extracted(&archive);
        let told = |view| {
            let told = listed(view).into_iter();
            let coarse = |line: String| match format {
                "posix" => line,
                _ => line.replace(".123456789Z", "Z"),
            };
            told.map(coarse).collect::<Vec<_>>()
        };
        assert_eq!(told(&back), told(&wanted), "{format}");
        let links = |path: &str| back.stat(path, ROOT).unwrap().links;
        assert_eq!(links("/twin"), 2, "{format}");
    }
}

#[test]
fn files_with_holes_are_read_in_all_of_gnu_tar_s_formats() {
    let script = "cd \"$(mktemp -d)\" && printf begin >f && truncate -s 100000 f && \
        printf middle >>f && truncate -s 300000 f && truncate -s 5000 hole && printf x >last && \
        for n in 1 2 3 4 5 6 7 8 9; do truncate -s +20000 many; printf $n >>many; done && \
        tar -cS \"$@\" f hole many last && rm -r \"$PWD\"";
    for format in [
        &["--format=gnu"][..],
        &["--format=posix", "--sparse-version=0.0"],
        &["--format=posix", "--sparse-version=0.1"],
        &["--format=posix", "--sparse-version=1.0"],
    ] {
        let output = Command::new("sh")
            .args(["-c", script, "sh"])
            .args(format)
            .output();
        let archive = match output {
            Ok(output) if output.status.success() => output.stdout,
            _ => {
                println!("tar or truncate is missing: their judgement was not heard");
                return;
            }
        };
        let view = extracted(&archive);
        let mut whole = vec![0; 300_000];
        whole[..5].copy_from_slice(b"begin");
        whole[100_000..100_006].copy_from_slice(b"middle");
        assert!(*view.read("/f", ROOT).unwrap() == *whole, "{format:?}");
        assert!(
            *view.read("/hole", ROOT).unwrap() == *vec![0; 5000],
            "{format:?}"
        );
        let many = view.read("/many", ROOT).unwrap();
        assert_eq!(many.len(), 180_009, "{format:?}");
        let digits: Vec<u8> = many.iter().copied().filter(|byte| *byte != 0).collect();
        assert_eq!(digits, b"123456789", "{format:?}");
        assert_eq!(*view.read("/last", ROOT).unwrap(), *b"x", "{format:?}");
    }
}

#[test]
fn names_that_are_no_text_come_out_as_they_went_in() {
    let mut writer = super::super::Writer::new();
    let header = super::super::Header::new(
        "gr\u{effc}n",
        super::super::EntryKind::File,
        0o644,
        Timestamp::UNIX_EPOCH,
    );
    writer.add(header, b"1");
    let archive = writer.finish();
    let bytes = b"gr\xfcn";
    assert!(archive.windows(bytes.len()).any(|window| window == bytes));
    let view = extracted(&archive);
    assert_eq!(*view.read("/gr\u{effc}n", ROOT).unwrap(), *b"1");
    let again = Pack::new(&view, "/", "", Times::Exact)
        .unwrap()
        .into_bytes();
    let Some(listed) = tar(&["-t", "--quoting-style=escape"], &again) else {
        return;
    };
    assert!(String::from_utf8(listed).unwrap().contains("gr\\374n"));
}
