//! Archives: of those that clients sent, the members were recorded and not the bytes.

use fake_docker::files::tar::{EntryKind, Header, Limits, Reader, Writer};
use serde_json::{Value, json};

use super::exchange::text;

/// Contents of which something shows in an answer: the commands, the member, what it holds.
const CONTENTS: &[(&str, &str, &str)] = &[
    (
        "",
        "Dockerfile",
        "FROM busybox:latest AS base\nARG WHO=world\nLABEL a=b\nRUN echo \"hi $WHO\" > /greet && \
         cat /greet\nFROM base\nCOPY data.txt /data.txt\nWORKDIR /w\nENV X=1\nEXPOSE 8080\n\
         CMD [\"cat\",\"/greet\"]\n",
    ),
    (
        "173",
        "Dockerfile",
        "FROM busybox:latest\nRUN echo about to fail && false\n",
    ),
    ("174", "Dockerfile", "FROM busybox\nRUN echo stdin\n"),
    ("175", "Dockerfile", "FRM busybox\n"),
    ("", "data.txt", "data\n"),
    ("", ".dockerignore", "ignored.txt\n"),
];

/// An archive of these members.
pub(crate) fn archive(command: &str, members: &Value) -> Vec<u8> {
    let mut archive = Writer::new();
    for member in members.as_array().into_iter().flatten() {
        let name = text(&member["name"]);
        let kind = match text(&member["type"]) {
            "5" => EntryKind::Directory,
            "2" => EntryKind::Symlink("busybox".to_owned()),
            _ => EntryKind::File,
        };
        let mode = u32::from_str_radix(text(&member["mode"]).trim_start_matches("0o"), 8).unwrap();
        let is_file = kind == EntryKind::File;
        let header = Header::new(name, kind, mode, jiff::Timestamp::UNIX_EPOCH);
        let size = usize::try_from(member["size"].as_u64().unwrap()).unwrap();
        let base = name.rsplit('/').next().unwrap_or(name);
        let mut known = CONTENTS.iter().rev();
        let content = known
            .find(|(of, name, _)| *name == base && command.starts_with(of))
            .map_or_else(
                || vec![0; if is_file { size } else { 0 }],
                |(_, _, text)| text.as_bytes().to_vec(),
            );
        archive.add(header, &content);
    }
    archive.finish()
}

/// The members of an archive; `None` when it is none.
pub(crate) fn members(bytes: &[u8]) -> Option<Value> {
    let mut archive = Reader::new(bytes, Limits::default());
    let mut members = Vec::new();
    while let Some(header) = archive.next_entry().ok()? {
        members.push(json!({
            "name": header.path.trim_end_matches('/'),
            "type": match header.kind {
                EntryKind::Directory => "5",
                EntryKind::Symlink(_) => "2",
                EntryKind::HardLink(_) => "1",
                _ => "0",
            },
            "size": header.size,
            "mode": format!("0o{:o}", header.mode & 0o7777),
        }));
    }
    Some(json!(members))
}
