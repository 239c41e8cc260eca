use serde_json::Value;

use super::*;
use crate::files::tar::{EntryKind, Header, Writer};
use crate::files::tree::Tree;
use crate::files::{FileSystem, Meta, Node, Source};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn view() -> View {
    let view = View::of(Tree::new(NOW));
    view.create_dir_all("/etc/deep", 0o755, ROOT, NOW).unwrap();
    view.create_dir("/tmp", 0o1777, ROOT, NOW).unwrap();
    view.chmod("/tmp", 0o1777, ROOT).unwrap();
    view.create_dir("/bin", 0o755, ROOT, NOW).unwrap();
    view.write("/bin/busybox", "elf", 0o755, ROOT, NOW).unwrap();
    view.symlink("busybox", "/bin/sh", ROOT, NOW).unwrap();
    view.symlink("/etc", "/link", ROOT, NOW).unwrap();
    view.write("/etc/passwd", "root", 0o644, ROOT, NOW).unwrap();
    view
}

fn names(pack: Pack) -> Vec<String> {
    let bytes = pack.into_bytes();
    let mut reader = Reader::new(&*bytes, Limits::default());
    let mut names = Vec::new();
    while let Some(header) = reader.next_entry().unwrap() {
        names.push(header.path);
    }
    names
}

fn got(path: &str) -> Vec<String> {
    names(get(&view(), path).unwrap().1)
}

fn told(path: &str) -> Value {
    let stat = stat(&view(), path).unwrap();
    let text = STANDARD.decode(stat.header_value()).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn a_path_is_told_of_as_the_engine_does() {
    let view = view();
    let value = stat(&view, "/bin/sh").unwrap().header_value();
    let text = STANDARD.decode(value).unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        r#"{"name":"sh","size":7,"mode":134218239,"mtime":"1970-01-01T00:00:00Z","linkTarget":"/bin/busybox"}"#
    );
    assert_eq!(told("/tmp/")["mode"], 2_148_532_735_u32);
    assert_eq!(told("/tmp/")["name"], "tmp");
    assert_eq!(told("/tmp/")["size"], 4096);
    assert_eq!(told("/etc/passwd")["mode"], 420);
    assert_eq!(told("etc/passwd")["name"], "passwd");
    assert_eq!(told("/link")["linkTarget"], "/etc");
    assert_eq!(told("/link/")["mode"], 0x8000_01ed_u32);
    assert_eq!(told("/link/.")["name"], ".");
    assert_eq!(told("/")["name"], "/");
}

#[test]
fn a_link_that_leads_nowhere_is_told_as_far_as_it_goes() {
    let view = view();
    let target = |target: &str| {
        let _before = view.remove_file("/bin/l", ROOT, NOW);
        view.symlink(target, "/bin/l", ROOT, NOW).unwrap();
        stat(&view, "/bin/l").unwrap().link_target
    };
    assert_eq!(target("none"), "/bin/none");
    assert_eq!(target("/link/none"), "/etc/none");
    assert_eq!(target("../no/where"), "/no/where");
}

#[test]
fn times_are_written_as_go_writes_them() {
    let view = view();
    let time: Timestamp = "2026-11-24T01:46:35.16888491Z".parse().unwrap();
    view.set_modified("/tmp", time, ROOT, NOW).unwrap();
    let value = stat(&view, "/tmp").unwrap().header_value();
    let text = String::from_utf8(STANDARD.decode(value).unwrap()).unwrap();
    assert!(
        text.contains(r#""mtime":"2026-11-24T01:46:35.16888491Z""#),
        "{text}"
    );
}

#[test]
fn modes_are_gos() {
    let mode = |kind, mode| format!("{:o}", go_mode(kind, mode));
    assert_eq!(mode(Kind::File, 0o4755), format!("{:o}", 1 << 23 | 0o755));
    assert_eq!(mode(Kind::File, 0o2755), format!("{:o}", 1 << 22 | 0o755));
    assert_eq!(
        mode(Kind::CharDevice, 0o666),
        format!("{:o}", 1 << 26 | 1 << 21 | 0o666)
    );
    assert_eq!(mode(Kind::Fifo, 0o644), format!("{:o}", 1 << 25 | 0o644));
}

#[test]
fn an_archive_is_named_after_what_was_asked_for() {
    assert_eq!(got("/etc/passwd"), ["passwd"]);
    assert_eq!(got("/etc"), ["etc/", "etc/deep/", "etc/passwd"]);
    assert_eq!(got("/etc/"), ["etc/", "etc/deep/", "etc/passwd"]);
    assert_eq!(got("/etc/."), ["./", "./deep/", "./passwd"]);
    assert_eq!(got("/link"), ["link"]);
    assert_eq!(got("/link/"), ["link/", "link/deep/", "link/passwd"]);
    assert_eq!(got("/bin/../etc/passwd"), ["passwd"]);
    assert_eq!(got("/")[..3], ["/", "/bin/", "/bin/busybox"]);
}

#[test]
fn an_archive_of_a_small_file_is_as_long_as_the_engines() {
    let (_, pack) = get(&view(), "/etc/passwd").unwrap();
    assert_eq!(pack.into_bytes().len(), 2048);
}

#[test]
fn an_archive_shows_the_files_of_the_moment_it_was_asked_for() {
    let view = view();
    view.write("/etc/large", vec![b'x'; 100_000], 0o644, ROOT, NOW)
        .unwrap();
    let (_, mut pack) = get(&view, "/etc").unwrap();
    pack.next().unwrap();
    view.remove_all("/etc", ROOT, NOW).unwrap();
    let rest: usize = pack.map(|part| part.as_ref().len()).sum();
    assert_eq!(rest % 512, 0);
    assert!(rest > 100_000, "{rest}");
}

#[test]
fn an_export_has_no_mounts_and_no_root() {
    let mut view = view();
    let mut tree = Tree::new(NOW);
    let node = Node::File("".into());
    tree.put("/data", Meta::new(0o644, NOW), node).unwrap();
    let source = Source {
        tree: tree.shared(),
        inside: "/".to_owned(),
        read_only: true,
        system: FileSystem::Disk,
    };
    view.mount("/tmp", source, NOW).unwrap();
    let exported = names(export(view.root()).unwrap());
    assert_eq!(
        exported,
        [
            "bin/",
            "bin/busybox",
            "bin/sh",
            "etc/",
            "etc/deep/",
            "etc/passwd",
            "link",
            "tmp/"
        ]
    );
    assert_eq!(names(get(&view, "/tmp").unwrap().1), ["tmp/", "tmp/data"]);
}

fn file(name: &str) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.add(Header::new(name, EntryKind::File, 0o644, NOW), b"x");
    writer.finish()
}

fn put_into(view: &View, path: &str, archive: &[u8]) -> Result<(), ArchiveError> {
    let put = put(
        view,
        path,
        archive,
        Limits::default(),
        Rules::default(),
        NOW,
    );
    Ok(put?.run()?)
}

#[test]
fn an_archive_goes_into_a_directory_compressed_or_not() {
    let view = view();
    put_into(&view, "/tmp", &file("a")).unwrap();
    put_into(&view, "/link", &file("b")).unwrap();
    let zipped = crate::files::compression::gzip(&file("c"), 6);
    put_into(&view, "/link/", &zipped).unwrap();
    put_into(&view, "/tmp", b"").unwrap();
    assert!(view.exists("/tmp/a", ROOT));
    assert!(view.exists("/etc/b", ROOT));
    assert!(view.exists("/etc/c", ROOT));
}

#[test]
fn what_is_no_place_or_no_archive_is_refused_in_the_engines_words() {
    let mut view = view();
    let words = |view: &View, path: &str, bytes: &[u8]| {
        put_into(view, path, bytes).unwrap_err().to_string()
    };
    let archive = file("a");
    assert_eq!(
        words(&view, "/nosuch", &archive),
        "Could not find the file /nosuch"
    );
    for path in ["/etc/passwd", "/etc/passwd/"] {
        let refused = words(&view, path, &archive);
        assert_eq!(refused, "extraction point is not a directory", "{path}");
    }
    assert_eq!(words(&view, "/tmp", b"not a tar"), "unexpected EOF");
    assert!(
        matches!(stat(&view, "/no/such"), Err(ArchiveError::Missing(path)) if path == "/no/such")
    );

    let source = Source {
        tree: Tree::new(NOW).shared(),
        inside: "/".to_owned(),
        read_only: true,
        system: FileSystem::Disk,
    };
    view.mount("/ro", source.clone(), NOW).unwrap();
    let writable = Source {
        tree: Tree::new(NOW).shared(),
        read_only: false,
        ..source
    };
    view.mount("/rw", writable, NOW).unwrap();
    view.set_read_only_root(true);
    assert_eq!(
        words(&view, "/tmp", &archive),
        "container rootfs is marked read-only"
    );
    assert_eq!(
        words(&view, "/ro", &archive),
        "mounted volume is marked read-only"
    );
    put_into(&view, "/rw", &archive).unwrap();
}
