//! What is written as a cloud-config is what the machine has: files, users and commands.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;

/// How the content of a file is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Text,
    Base64,
    Gzip,
    Both,
}

/// The words for each form, of which one is taken.
const WORDS: &[(Form, &str)] = &[
    (Form::Text, ""),
    (Form::Text, "text/plain"),
    (Form::Base64, "b64"),
    (Form::Base64, "base64"),
    (Form::Gzip, "gz"),
    (Form::Gzip, "gzip"),
    (Form::Both, "gz+b64"),
    (Form::Both, "gz+base64"),
    (Form::Both, "gzip+b64"),
    (Form::Both, "gzip+base64"),
];

/// An entry of `write_files`.
#[derive(Clone, Debug)]
struct Written {
    path: String,
    text: String,
    /// What is more than text, for forms that can hold it.
    bytes: Vec<u8>,
    form: (Form, &'static str),
    mode: Option<u32>,
    owner: Option<&'static str>,
    append: bool,
    defer: bool,
}

#[derive(Clone, Debug)]
struct User {
    name: String,
    gecos: String,
    shell: &'static str,
}

/// A command, in a list or as a line.
#[derive(Clone, Debug)]
enum Ran {
    List(Vec<String>),
    Line(String),
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

impl Written {
    fn content(&self) -> Vec<u8> {
        match self.form.0 {
            Form::Text => self.text.clone().into_bytes(),
            _ => self.bytes.clone(),
        }
    }

    /// The entry, as JSON with a tag of YAML where bytes stand in it as they are.
    fn entry(&self) -> String {
        let content = match self.form.0 {
            Form::Text => json!(self.text).to_string(),
            Form::Base64 => json!(STANDARD.encode(&self.bytes)).to_string(),
            Form::Gzip => format!("!!binary {}", json!(STANDARD.encode(gzip(&self.bytes)))),
            Form::Both => json!(STANDARD.encode(gzip(&self.bytes))).to_string(),
        };
        let mut members = vec![
            format!("\"path\": {}", json!(self.path)),
            format!("\"content\": {content}"),
        ];
        if !self.form.1.is_empty() {
            members.push(format!("\"encoding\": {}", json!(self.form.1)));
        }
        if let Some(mode) = self.mode {
            members.push(format!("\"permissions\": \"0{mode:03o}\""));
        }
        if let Some(owner) = self.owner {
            members.push(format!("\"owner\": {}", json!(owner)));
        }
        for (name, is_so) in [("append", self.append), ("defer", self.defer)] {
            if is_so {
                members.push(format!("\"{name}\": true"));
            }
        }
        format!("{{{}}}", members.join(", "))
    }
}

fn text() -> impl Strategy<Value = String> {
    "[ -~éß☃\n\t]{0,60}"
}

fn written() -> impl Strategy<Value = Written> {
    let paths = [
        "/srv/a",
        "/srv/below/b",
        "/srv/below/deep/c d",
        "/opt/e",
        "/etc/motd",
    ];
    let modes = [0o600, 0o640, 0o644, 0o755, 0o400, 0o777];
    let owners = ["root:root", "daemon:daemon", "root:adm", "bin:root"];
    (
        select(paths.map(str::to_owned).to_vec()),
        text(),
        vec(any::<u8>(), 0..200),
        select(WORDS),
        proptest::option::of(select(modes.to_vec())),
        proptest::option::of(select(owners.to_vec())),
        any::<bool>(),
        proptest::bool::weighted(0.2),
    )
        .prop_map(
            |(path, text, bytes, form, mode, owner, append, defer)| Written {
                path,
                text,
                bytes,
                form,
                mode,
                owner,
                append,
                defer,
            },
        )
}

fn ran() -> impl Strategy<Value = Ran> {
    prop_oneof![
        vec("[ -~é]{0,20}", 0..4).prop_map(Ran::List),
        "[ -~é]{0,20}".prop_map(Ran::Line),
    ]
}

fn user() -> impl Strategy<Value = User> {
    (
        "[a-z][a-z0-9]{3,8}x",
        "[A-Za-z][A-Za-z ]{0,9}",
        select(vec!["/bin/sh", "/bin/bash"]),
    )
        .prop_map(|(name, gecos, shell)| User { name, gecos, shell })
}

fn document(files: &[Written], users: &[User], commands: &[Ran]) -> String {
    let files: Vec<String> = files.iter().map(Written::entry).collect();
    let mut all = vec![json!("default")];
    all.extend(
        users
            .iter()
            .map(|user| json!({"name": user.name, "gecos": user.gecos, "shell": user.shell})),
    );
    let commands: Vec<_> = commands
        .iter()
        .map(|ran| match ran {
            Ran::List(words) => {
                let script = "for word in \"$@\"; do printf '%s\\n' \"$word\"; done >> /ran";
                let start = ["sh", "-c", script, "sh"].map(str::to_owned);
                json!([&start, words.as_slice()].concat())
            }
            Ran::Line(text) => {
                json!(format!(
                    "printf '%s\\n' '{}' >> /ran",
                    text.replace('\'', "'\\''")
                ))
            }
        })
        .collect();
    format!(
        "#cloud-config\n{{\"write_files\": [{}], \"users\": {}, \"runcmd\": {}}}\n",
        files.join(", "),
        json!(all),
        json!(commands)
    )
}

/// What is at each path in the end: content, permissions, and owner.
fn expected(files: &[Written]) -> BTreeMap<String, (Vec<u8>, u32, String)> {
    let mut there: BTreeMap<String, (Vec<u8>, u32, String)> = BTreeMap::new();
    let (late, early): (Vec<_>, Vec<_>) = files.iter().partition(|one| one.defer);
    for one in early.into_iter().chain(late) {
        let before = there.get(&one.path).map(|(content, ..)| content.clone());
        let mut content = before.filter(|_| one.append).unwrap_or_default();
        content.extend(one.content());
        let owner = one.owner.unwrap_or("root:root").to_owned();
        there.insert(
            one.path.clone(),
            (content, one.mode.unwrap_or(0o644), owner),
        );
    }
    there
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_machine_has_what_its_cloud_config_says(
        files in vec(written(), 0..8),
        users in vec(user(), 0..3),
        commands in vec(ran(), 0..4),
        is_packed in any::<bool>(),
    ) {
        let document = document(&files, &users, &commands);
        let bytes = if is_packed { gzip(document.as_bytes()) } else { document.clone().into_bytes() };
        let custom_data = CustomData::of_base64(&STANDARD.encode(bytes)).unwrap();
        let mut boot = Boot::of(machine(), Some(&custom_data), now());
        prop_assert!(boot.notes().next().is_none(), "{}\n{document}", told(&boot));
        for (path, (content, mode, owner)) in expected(&files) {
            let found = boot.file(&path);
            prop_assert_eq!(found.as_ref(), Some(&content), "{} of {}", path, document);
            let line = format!("stat -c '%a %U:%G' '{path}'");
            let said = boot.type_in(&line, b"", now());
            let said = String::from_utf8(said.stdout).unwrap();
            prop_assert_eq!(said.trim(), format!("{mode:o} {owner}"), "{} of {}", path, document);
        }
        let words: Vec<String> = commands
            .iter()
            .flat_map(|ran| match ran {
                Ran::List(words) => words.clone(),
                Ran::Line(text) => vec![text.clone()],
            })
            .map(|word| word + "\n")
            .collect();
        let found = boot.file("/ran").unwrap_or_default();
        prop_assert_eq!(String::from_utf8(found).unwrap(), words.concat(), "{}", document);
        let accounts = file(&boot, "/etc/passwd");
        let mut seen = std::collections::BTreeSet::new();
        for user in users.iter().filter(|user| seen.insert(user.name.clone())) {
            let line = accounts.lines().find(|line| line.starts_with(&format!("{}:", user.name)));
            let fields: Vec<&str> = line.unwrap_or_default().split(':').collect();
            let home = format!("/home/{}", user.name);
            prop_assert_eq!(&fields[4..], &[user.gecos.as_str(), &home, user.shell], "{}", document);
        }
    }
}
