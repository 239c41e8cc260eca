//! What the recorder of the samples had arranged, and what of its requests was cut short.

use fake_docker::files::tar::{EntryKind, Header, Writer};
use jiff::Timestamp;

/// Requests that went before those of a section.
pub(crate) const BEFORE: &[(&str, &[(&str, &str)])] = &[
    (
        "life cycle",
        &[(
            "/containers/create?name=lc",
            r#"{"Image":"busybox","Cmd":["sleep","300"]}"#,
        )],
    ),
    (
        "hijack, the bytes",
        &[
            (
                "/containers/create?name=hr",
                r#"{"Image":"busybox","Cmd":["sleep","300"]}"#,
            ),
            ("/containers/hr/start", ""),
        ],
    ),
    (
        "archive",
        &[
            (
                "/containers/create?name=ar",
                r#"{"Image":"busybox","Cmd":["sleep","300"]}"#,
            ),
            (
                "/containers/create?name=ro",
                r#"{"Image":"busybox","Cmd":["true"],"HostConfig":{"ReadonlyRootfs":true}}"#,
            ),
        ],
    ),
    ("images", &[("/images/busybox/tag?repo=two&tag=1", "")]),
];

/// Samples that were made before, of one container that had ended: it made room for the next.
pub(crate) const PASSING: &[&str] = &["/containers/create?name=hc"];

/// The ends of bodies that were cut short.
const ENDS: &[(&str, &str)] = &[(
    r#""PortBindings": {"80/tcp": [{"HostPort": "80"#,
    r#""}]}}}"#,
)];

/// Bodies that were sent as plain text, and where to.
const PLAIN: &[(&str, &str)] = &[("/containers/create", r#"{"Image": "busybox"}"#)];

/// Samples that are BuildKit's.
pub(crate) const BUILDKIT: &[&str] = &["POST /build?version=2", "POST /build/prune"];

/// Samples that say nothing of what was asked, and the reason.
pub(crate) const UNTOLD: &[(&str, &str)] = &[(
    "POST /images/create?fromImage=busybox&platform=windows/amd64",
    "all tags of the recorder's mirror, which are not told elsewhere",
)];

/// What a body is said to be.
pub(crate) fn kind(target: &str, body: &[u8]) -> &'static str {
    let is_json = matches!(body.first(), Some(b'{' | b'['));
    let is_plain = PLAIN
        .iter()
        .any(|(to, plain)| *to == target && plain.as_bytes() == body);
    match target {
        _ if is_plain => "text/plain",
        _ if is_json => "application/json",
        _ if target.starts_with("/images") || target.starts_with("/build") => "application/x-tar",
        _ if target.contains("/archive") => "application/x-tar",
        _ => "application/json",
    }
}

/// A body as it was sent: of those that were cut short, what the recorder had in them.
pub(crate) fn whole(body: Vec<u8>) -> Vec<u8> {
    completed(&body).unwrap_or(body)
}

fn completed(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    for (end, more) in ENDS {
        if text.ends_with(end) {
            return Some([body, more.as_bytes()].concat());
        }
    }
    let name = text.split('\0').next()?;
    let file = |name: &str| vec![entry(name, EntryKind::File)];
    let entries = match name {
        "l" => vec![
            entry("l", EntryKind::Symlink("/etc".to_owned())),
            entry("l/via-link", EntryKind::File),
        ],
        "h" => vec![entry(
            "h",
            EntryKind::HardLink("../../etc/passwd".to_owned()),
        )],
        "manifest.json" => {
            let manifest = br#"[{"Config":"nope.json","RepoTags":["x:1"],"Layers":[]}]"#;
            return Some(archive(vec![(
                header(name, EntryKind::File),
                manifest.to_vec(),
            )]));
        }
        "a" | "../../escape" | "/abs" | "etc" if body.len() > name.len() => file(name),
        _ => return None,
    };
    Some(archive(entries))
}

/// Dockerfiles whose context held a file beside them, by what they do with it.
const WITH_A_FILE: &str = "COPY --chown=nobody a ";

/// A build's context.
pub(crate) fn context(dockerfile: &[u8]) -> Vec<u8> {
    let header = header("Dockerfile", EntryKind::File);
    let mut entries = vec![(header, dockerfile.to_vec())];
    if String::from_utf8_lossy(dockerfile).contains(WITH_A_FILE) {
        entries.push(entry("a", EntryKind::File));
    }
    archive(entries)
}

fn header(name: &str, kind: EntryKind) -> Header {
    Header::new(name, kind, 0o644, Timestamp::UNIX_EPOCH)
}

fn entry(name: &str, kind: EntryKind) -> (Header, Vec<u8>) {
    let content = if kind == EntryKind::File {
        b"x".to_vec()
    } else {
        Vec::new()
    };
    (header(name, kind), content)
}

fn archive(entries: Vec<(Header, Vec<u8>)>) -> Vec<u8> {
    let mut archive = Writer::new();
    for (header, content) in entries {
        archive.add(header, &content);
    }
    archive.finish()
}
