use super::super::super::file_table::FileTable;
use super::super::super::yaml;
use super::*;

/// What is written for the entries of a list.
fn written(entries: &str) -> (View, Vec<String>) {
    let config = yaml::read(&format!("write_files:\n{entries}")).unwrap();
    let files = FileTable::default().view();
    let complaints = write(&files, &config, false, Timestamp::UNIX_EPOCH);
    (files, complaints)
}

#[test]
fn content_comes_out_of_every_encoding() {
    let packed = "H4sIAAAAAAACA8vIBACsKpPYAgAAAA==";
    for (encoding, content) in [
        ("''", "hi"),
        ("text/plain", "hi"),
        ("b64", "aGk="),
        ("BASE64", "\"aG\\nk=\""),
        ("gz+b64", packed),
        ("gzip+base64", packed),
        ("nothing-known", "hi"),
        ("gzip", &format!("!!binary {packed}")),
        ("b64", "!!binary YUdrPQ=="),
    ] {
        let (files, complaints) = written(&format!(
            "- {{path: /a/b, encoding: {encoding}, content: {content}}}\n"
        ));
        assert_eq!(complaints, Vec::<String>::new(), "{encoding}");
        assert_eq!(
            *files.read("/a/b", &Credentials::ROOT).unwrap(),
            b"hi",
            "{encoding} {content}"
        );
    }
    let (files, complaints) =
        written("- {path: /a, encoding: gz, content: hi}\n- {path: /b, content: hi}\n");
    assert_eq!(
        (complaints.len(), files.exists("/b", &Credentials::ROOT)),
        (1, false)
    );
}

#[test]
fn permissions_and_owners_are_those_that_are_told() {
    let (files, complaints) = written(
        "- {path: /a, permissions: 0640, owner: 'www-data:adm'}\n- {path: /b, permissions: '0755', owner: syslog}\n- {path: c, append: yes, content: 1}\n- {path: /c, append: 1, content: 2}\n- {content: nowhere}\n",
    );
    let meta = |path: &str| {
        let meta = files.stat(path, &Credentials::ROOT).unwrap().meta;
        (meta.mode, meta.uid, meta.gid)
    };
    assert_eq!(
        [meta("/a"), meta("/b"), meta("/c")],
        [(0o640, 33, 4), (0o755, 104, 0), (0o644, 0, 0)]
    );
    assert_eq!(*files.read("/c", &Credentials::ROOT).unwrap(), b"12");
    assert_eq!(complaints.len(), 1);
}
