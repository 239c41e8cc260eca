//! Debian's cloud-init judges: what a document is, how several are merged, what is written and run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::super::modules::{commands, write_files};
use super::super::part::{Kind, parts};
use super::super::yaml::Yaml;
use super::super::{config, template};
use super::*;

/// What cloud-init makes of each document; none where it is not here.
fn judged(documents: &[Vec<u8>]) -> Option<Vec<Value>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/clients/cloud-init");
    if !folder.join("whole").exists() {
        let told = "SKIPPED: Debian's cloud-init is not here; run tests/clients/cloud-init.sh (needs python3)\n";
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        return None;
    }
    let mut judge = Command::new("python3")
        .arg(root.join("tests/clients/cloud_init.py"))
        .env("PYTHONPATH", &folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = judge.stdin.take().unwrap();
    let lines: String = documents
        .iter()
        .map(|document| STANDARD.encode(document) + "\n")
        .collect();
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = judge.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let results: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(results.len(), documents.len());
    Some(results)
}

fn json_of(value: &Yaml) -> Value {
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(yes) => (*yes).into(),
        Yaml::Int(number) => i64::try_from(*number).unwrap().into(),
        Yaml::Float(number) => (*number).into(),
        Yaml::Text(text) => text.clone().into(),
        Yaml::Bytes(bytes) => json!({"bytes": STANDARD.encode(bytes)}),
        Yaml::List(items) => items.iter().map(json_of).collect(),
        Yaml::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), json_of(value)));
            Value::Object(entries.collect())
        }
    }
}

/// What we make of a document, in the words of the judge.
fn ours(document: &[u8]) -> Value {
    let parts = parts(document, &template::Variables::new());
    let configs = parts.all.iter().filter(|part| part.kind == Kind::Config);
    let (config, _) = config::merged(configs);
    let scripts = parts.all.iter().filter(|part| part.kind != Kind::Config);
    let scripts: BTreeMap<_, _> = scripts
        .map(|part| (part.name.clone(), part.text.clone()))
        .collect();
    let files = FileTable::default().view();
    for deferred in [false, true] {
        write_files::write(&files, &config, deferred, now());
    }
    let mut written = BTreeMap::new();
    for entry in config
        .get("write_files")
        .and_then(Yaml::as_list)
        .unwrap_or_default()
    {
        let path = entry.get("path").map(Yaml::spelled).unwrap_or_default();
        if let Ok(content) = files.read(&path, &Credentials::ROOT) {
            let mode = files.stat(&path, &Credentials::ROOT).unwrap().meta.mode;
            written.insert(path, json!([STANDARD.encode(content.as_slice()), mode]));
        }
    }
    let script = |key: &str| config.get(key).and_then(commands::script);
    json!({
        "config": json_of(&config), "scripts": scripts, "files": written,
        "runcmd": script("runcmd"), "bootcmd": script("bootcmd"),
    })
}

/// Holds our reading of documents against cloud-init's.
#[track_caller]
fn compare(documents: &[Vec<u8>]) -> Option<Vec<Value>> {
    let judged = judged(documents)?;
    for (document, judged) in documents.iter().zip(&judged) {
        let text = String::from_utf8_lossy(document);
        let ours = ours(document);
        if judged.get("error").is_some() {
            // Then it makes nothing of any of it.
            assert_eq!(ours["config"], json!({}), "{text}\n{judged}");
            continue;
        }
        for part in ["config", "scripts", "runcmd", "bootcmd", "files"] {
            // JSON of serde keeps an order that nobody gave here.
            let [ours, theirs] = [&ours[part], &judged[part]].map(sorted);
            assert_eq!(ours, theirs, "{part} of\n{text}");
        }
    }
    Some(judged)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect();
            Value::Object(sorted.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[test]
fn documents_of_this_page_are_what_cloud_init_takes_them_for() {
    let files = certificate_files();
    let valid = [
        format!("#cloud-config\nwrite_files:\n{files}package_update: true\npackages: [docker.io]\nruncmd:\n- [systemctl, daemon-reload]\n"),
        format!("#cloud-config\n{}\n", json!({"packages": [["docker.io", "20.10"]], "runcmd": ["a", ["b", "it's"]]})),
        "#cloud-config\nwrite_files:\n- {path: /a, content: aGk=, encoding: b64, permissions: '0755'}\n- {path: /b, content: ' x ', append: true}\n- {path: /c, defer: true, content: c}\n".to_owned(),
        "#cloud-config\nwrite_files:\n- {path: /gz, encoding: gz+b64, content: H4sIAAAAAAACA8vIBACsKpPYAgAAAA==}\n".to_owned(),
        "#cloud-config\nbootcmd: [echo a, [sh, -c, b]]\nhostname: v\nusers: [default]\n".to_owned(),
    ];
    let others = [
        "#cloud-config\nwrite_files:\n- {path: /a, permissions: 0644, content: x}\n- {path: /b, permissions: 644, content: x}\n- {path: /c, permissions: 0o600, content: x}\n- {path: /d, permissions: rw, content: x}\n- {path: /e, permissions: 1.5, content: 12}\n",
        "#cloud-config\nruncmd: [[a, 0644, yes, ~, 1.5, 22:30], null, b]\n",
        "#cloud-config\nruncmd: [a, {b: c}]\n",
        "#cloud-config\nruncmd: a\n",
        "#cloud-config\n- a\n",
        "#cloud-config\n",
        "#cloud-config\na: [\n",
        "#cloud-config\na: 1\n---\nb: 2\n",
        "#cloud-config\na: !x 1\n",
        " \n#CLOUD-config\nA: 1\n",
        "#cloud-configuration\na: 1\n",
        "\u{feff}#cloud-config\na: 1\n",
        "packages: [a]\n",
        "",
        "hello",
        "#!/bin/sh\r\necho\r\n",
        "#! /bin/sh\necho\r\n",
        "#cloud-config\r\npackages: [a]\r\nruncmd:\r\n- b\r\n",
        "#cloud-config-archive\n- content: |\n    #!/bin/sh\n    a\n  filename: s.sh\n- type: text/cloud-config\n  content: 'a: 1'\n- 'b: 2'\n- {content: 'b: [3]', Merge-Type: 'dict(replace)'}\n- [x]\n",
        "#cloud-config-archive\na: 1\n",
        "#cloud-boothook\n#!/bin/sh\necho\n",
        "#cloud-config\nx: &a {k: [1, 2]}\ny: {<<: *a, z: 1}\nz: *a\n",
        "#cloud-config\nt: 2001-12-14\nu: !!binary aGk=\nv: !!set {a, b}\nw: ? \nx: 'a\n\n  b'\ny: >-\n  a\n  b\n\n  c\nz: |+\n  a\n\n",
    ];
    let documents: Vec<_> = valid
        .iter()
        .map(String::as_str)
        .chain(others)
        .map(|text| text.as_bytes().to_vec())
        .collect();
    let Some(judged) = compare(&documents) else {
        return;
    };
    for judged in &judged[..valid.len()] {
        assert_eq!(judged["complaint"], Value::Null, "{judged}");
    }
}

fn part(kind: &str, headers: &str, text: &str) -> String {
    format!("--b\nContent-Type: {kind}\n{headers}\n{text}\n")
}

fn message(parts: &[String]) -> String {
    format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n{}--b--\n",
        parts.concat()
    )
}

#[test]
fn parts_are_sorted_and_decoded_as_cloud_init_does() {
    let config = "#cloud-config\na: 1";
    let encoded = STANDARD.encode("#!/bin/sh\necho é\n");
    let nested = format!(
        "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/plain\n\n{config}\n--c--\n"
    );
    let documents = [
        message(&[
            part("text/cloud-config", "", "b: 2"),
            part("text/plain", "", config),
        ]),
        message(&[part(
            "text/x-shellscript",
            "Content-Disposition: attachment; filename=\"a b.sh\"\n",
            "#!/bin/sh\necho",
        )]),
        message(&[part("text/x-shellscript", "", config)]),
        message(&[part(
            "text/plain; charset=\"utf-8\"",
            "Content-Transfer-Encoding: base64\n",
            &encoded,
        )]),
        message(&[part(
            "text/plain",
            "Content-Transfer-Encoding: quoted-printable\n",
            "#cloud-config\na: =41=\nb",
        )]),
        message(&[
            part("text/x-unknown", "", config),
            part("application/octet-stream", "", config),
        ]),
        message(&[nested]),
        message(&[
            part("text/x-shellscript", "", "no script"),
            part("text/cloud-boothook", "", "#!/bin/sh\na"),
        ]),
        message(&[
            part("text/cloud-config-archive", "", "- 'a: 1'"),
            part("text/cloud-config", "", "a: 2"),
        ]),
        message(&[part("TEXT/Cloud-Config", "", "a: 1")]).replace('\n', "\r\n"),
        format!(
            "From me\n{}",
            message(&[part("text/cloud-config", "", "a: 1")])
        ),
        "mime-version: 1.0\ncontent-type: text/cloud-config\n\na: 1\n".to_owned(),
        "MIME-Version: 1.0\n\n#cloud-config\na: 1\n".to_owned(),
    ];
    let documents: Vec<_> = documents.map(String::into_bytes).into();
    compare(&documents);
}

/// A cloud-config's value, small enough that keys meet.
fn any_value() -> impl Strategy<Value = Value> {
    let scalar = proptest::prop_oneof![
        proptest::strategy::Just(Value::Null),
        proptest::sample::select(vec![
            json!(1),
            json!(true),
            json!("a"),
            json!("b"),
            json!("")
        ]),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        proptest::prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            any_map(inner),
        ]
    })
}

fn any_map(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = proptest::sample::select(vec!["runcmd", "k", "l"]).prop_map(str::to_owned);
    proptest::collection::btree_map(key, value, 0..3)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

#[test]
fn merging_is_cloud_inits() {
    let how = proptest::sample::select(vec![
        "",
        "list(append)+dict(no_replace,recurse_list)+str()",
        "list()+dict()+str()",
        "dict(replace)+list(append)",
        "list(prepend)+dict(recurse_array)+str(append)",
        "dict(allow_delete,no_replace,recurse_str)+str(append)",
        "list(append)",
        "dict(no_replace)+list(no_replace,recurse_dict)",
        "dict(recurse_list)+list(replace,recurse_list,recurse_dict,recurse_str)+str(append)",
        "nonsense",
        "dict(",
        "list(append)+unknown()",
        "str(append)+dict(recurse_str)",
    ]);
    let told = proptest::sample::select(vec![
        "",
        "Merge-Type",
        "X-Merge-Type",
        "merge_how",
        "merge_type",
        "listed",
        "mapped",
    ]);
    let config = (any_map(any_value()), how, told);
    let documents = proptest::collection::vec(config, 1..4).prop_map(|configs| {
        let parts = configs.into_iter().map(|(mut config, how, told)| {
            let header = match told {
                "Merge-Type" | "X-Merge-Type" => format!("{told}: {how}\n"),
                _ => String::new(),
            };
            if let Value::Object(map) = &mut config {
                match told {
                    "merge_how" | "merge_type" => {
                        map.insert(told.to_owned(), how.into());
                    }
                    "listed" => {
                        map.insert("merge_how".to_owned(), json!([["list", "append"], ["dict", "recurse_list"]]));
                    }
                    "mapped" => {
                        map.insert("merge_how".to_owned(), json!([{"name": "list", "settings": ["prepend"]}, {"name": "dict", "settings": ["no_replace", "recurse_list"]}]));
                    }
                    _ => {}
                }
            }
            part("text/cloud-config", &header, &format!("#cloud-config\n{config}"))
        });
        message(&parts.collect::<Vec<_>>()).into_bytes()
    });
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let documents: Vec<_> = (0..400)
        .map(|_| documents.new_tree(&mut runner).unwrap().current())
        .collect();
    compare(&documents);
}

/// Scalars of any look: what PyYAML makes of them is what we do.
#[test]
fn scalars_are_pyyamls() {
    let scalar = "(0|1|08|0b1|0x|-|\\+|\\.|_|:|e|E|5|inf|nan|yes|No|~|T|true|a){1,4}";
    let scalar = proptest::string::string_regex(scalar).unwrap();
    let documents = proptest::collection::vec(scalar, 1..8).prop_map(|scalars| {
        let lines = scalars
            .iter()
            .enumerate()
            .map(|(at, scalar)| format!("k{at}: {scalar}\n"));
        format!("#cloud-config\n{}", lines.collect::<String>()).into_bytes()
    });
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let documents: Vec<_> = (0..300)
        .map(|_| documents.new_tree(&mut runner).unwrap().current())
        .collect();
    compare(&documents);
}
