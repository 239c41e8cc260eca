use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::files::tar::{Limits, Writer};
use crate::files::tree::Tree;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn later() -> Timestamp {
    Timestamp::from_second(60).unwrap()
}

fn view() -> View {
    let view = View::of(Tree::new(NOW));
    view.create_dir("/tmp", 0o1777, ROOT, NOW).unwrap();
    view.create_dir("/etc", 0o755, ROOT, NOW).unwrap();
    view.write("/etc/passwd", "root", 0o644, ROOT, NOW).unwrap();
    view
}

fn archive(entries: &[(&str, EntryKind)]) -> Vec<u8> {
    let mut writer = Writer::new();
    for (path, kind) in entries {
        let header = Header::new(*path, kind.clone(), 0o644, later());
        writer.add(header, path.as_bytes());
    }
    writer.finish()
}

fn extract(
    view: &View,
    at: &str,
    entries: &[(&str, EntryKind)],
    rules: Rules,
) -> Result<(), String> {
    let bytes = archive(entries);
    let reader = Reader::new(&*bytes, Limits::default());
    let extraction = Extraction::new(view, at, reader, rules, Some(later()));
    let run = extraction.and_then(Extraction::run);
    run.map_err(|error| error.to_string())
}

fn plain(view: &View, at: &str, entries: &[(&str, EntryKind)]) -> Result<(), String> {
    extract(view, at, entries, Rules::default())
}

fn symlink(target: &str) -> EntryKind {
    EntryKind::Symlink(target.to_owned())
}

fn hard_link(target: &str) -> EntryKind {
    EntryKind::HardLink(target.to_owned())
}

fn text(view: &View, path: &str) -> String {
    String::from_utf8(view.read(path, ROOT).unwrap().to_vec()).unwrap()
}

#[test]
fn names_that_lead_out_are_refused_in_the_engines_words() {
    let view = view();
    let refusal = |path: &str| plain(&view, "/tmp", &[(path, EntryKind::File)]).unwrap_err();
    assert_eq!(
        refusal("../../escape"),
        r#"invalid entry name "../../escape""#
    );
    assert_eq!(refusal(".."), r#"invalid entry name "..""#);
    assert_eq!(refusal("a/../../b"), r#"invalid entry name "../b""#);
    let refusal = |target| plain(&view, "/tmp", &[("h", hard_link(target))]).unwrap_err();
    assert_eq!(
        refusal("../../etc/passwd"),
        r#"invalid hardlink target "../../etc/passwd""#
    );
    assert_eq!(refusal("none"), "link none h: no such file or directory");
    assert_eq!(
        refusal("/etc/passwd"),
        "link etc/passwd h: no such file or directory"
    );
}

#[test]
fn absolute_names_and_links_stay_inside() {
    let view = view();
    plain(
        &view,
        "/tmp",
        &[
            ("/abs", EntryKind::File),
            ("/../../up", EntryKind::File),
            ("l", symlink("/etc")),
            ("l/via-link", EntryKind::File),
            ("far", symlink("../../../etc/passwd")),
            ("far/x", EntryKind::File),
        ],
    )
    .unwrap();
    assert_eq!(text(&view, "/tmp/etc/passwd/x"), "far/x");
    assert_eq!(text(&view, "/tmp/abs"), "/abs");
    assert_eq!(text(&view, "/tmp/up"), "/../../up");
    assert_eq!(text(&view, "/tmp/etc/via-link"), "l/via-link");
    assert_eq!(view.read_link("/tmp/l", ROOT).unwrap(), "/etc");
    assert!(!view.exists("/etc/via-link", ROOT));
    assert_eq!(text(&view, "/etc/passwd"), "root");
}

#[test]
fn files_take_the_place_of_what_was_there() {
    let view = view();
    view.create_dir_all("/tmp/a/deep", 0o700, ROOT, NOW)
        .unwrap();
    view.write("/tmp/b", "old", 0o600, ROOT, NOW).unwrap();
    view.create_dir("/tmp/c", 0o700, ROOT, NOW).unwrap();
    view.write("/tmp/c/kept", "", 0o600, ROOT, NOW).unwrap();
    view.symlink("/etc/passwd", "/tmp/d", ROOT, NOW).unwrap();
    let entries = [
        ("a", EntryKind::File),
        ("b", EntryKind::Directory),
        ("c", EntryKind::Directory),
        ("d", EntryKind::File),
    ];
    plain(&view, "/tmp", &entries).unwrap();
    assert_eq!(text(&view, "/tmp/a"), "a");
    assert!(view.is_dir("/tmp/b", ROOT));
    assert!(view.exists("/tmp/c/kept", ROOT));
    assert_eq!(view.stat("/tmp/c", ROOT).unwrap().meta.mode, 0o644);
    assert_eq!(text(&view, "/tmp/d"), "d");
    assert_eq!(text(&view, "/etc/passwd"), "root");
}

#[test]
fn a_directory_for_a_file_can_be_refused() {
    let view = view();
    let rules = Rules {
        no_overwrite_dir_non_dir: true,
        ..Rules::default()
    };
    let over_directory = extract(&view, "/", &[("etc", EntryKind::File)], rules.clone());
    assert_eq!(
        over_directory.unwrap_err(),
        r#"cannot overwrite directory "etc" with non-directory "/""#
    );
    let entries = [("etc/passwd", EntryKind::Directory)];
    assert_eq!(
        extract(&view, "/", &entries, rules.clone()).unwrap_err(),
        r#"cannot overwrite non-directory "etc/passwd" with directory "/""#
    );
    let entries = [
        ("etc", EntryKind::Directory),
        ("etc/passwd", EntryKind::File),
    ];
    extract(&view, "/", &entries, rules).unwrap();
}

#[test]
fn hard_links_are_one_file() {
    let view = view();
    let entries = [
        ("d/a", EntryKind::File),
        ("b", hard_link("d/a")),
        ("c", hard_link("/b")),
    ];
    plain(&view, "/tmp", &entries).unwrap();
    let stat = |path: &str| view.stat(path, ROOT).unwrap();
    assert_eq!(stat("/tmp/d/a").links, 3);
    assert_eq!(stat("/tmp/d/a").ino, stat("/tmp/c").ino);
}

#[test]
fn times_of_directories_survive_what_is_put_into_them() {
    let view = view();
    let entries = [("d", EntryKind::Directory), ("d/f", EntryKind::File)];
    let bytes = archive(&entries);
    let much_later = Timestamp::from_second(1000).unwrap();
    let reader = Reader::new(&*bytes, Limits::default());
    let extraction =
        Extraction::new(&view, "/tmp", reader, Rules::default(), Some(much_later)).unwrap();
    extraction.run().unwrap();
    let modified = |path: &str| view.stat(path, ROOT).unwrap().meta.modified;
    assert_eq!(modified("/tmp/d"), later());
    assert_eq!(modified("/tmp/d/f"), later());
    assert_eq!(modified("/tmp"), much_later);
}

#[test]
fn owners_are_the_archives_or_the_given_one() {
    let view = view();
    let header = Header {
        uid: 5,
        gid: 6,
        mode: 0o4755,
        ..Header::new("f", EntryKind::File, 0, NOW)
    };
    for (owner, wanted) in [(None, (5, 6)), (Some((1, 2)), (1, 2))] {
        let mut writer = Writer::new();
        writer.add(header.clone(), b"");
        let bytes = writer.finish();
        let reader = Reader::new(&*bytes, Limits::default());
        let rules = Rules {
            owner,
            ..Rules::default()
        };
        let extraction = Extraction::new(&view, "/", reader, rules, Some(NOW)).unwrap();
        extraction.run().unwrap();
        let meta = view.stat("/f", ROOT).unwrap().meta;
        assert_eq!((meta.uid, meta.gid), wanted);
        assert_eq!(meta.mode, 0o4755);
    }
}

#[test]
fn what_is_no_file_and_what_does_not_fit_is_said() {
    let view = view();
    let kind = plain(&view, "/tmp", &[("x", EntryKind::Other(b'Z'))]);
    assert_eq!(kind.unwrap_err(), "unhandled tar header type 90");
    let through = plain(&view, "/etc", &[("passwd/x", EntryKind::File)]);
    assert_eq!(through.unwrap_err(), "mkdir /passwd: not a directory");
    let limits = crate::files::Limits {
        bytes: 5,
        files: 99,
    };
    view.root().lock().unwrap().set_limits(limits);
    let full = plain(&view, "/tmp", &[("long-name", EntryKind::File)]);
    assert_eq!(
        full.unwrap_err(),
        "open /long-name: no space left on device"
    );
}

#[test]
fn a_large_file_takes_several_steps() {
    let view = view();
    let mut writer = Writer::new();
    let header = Header::new("large", EntryKind::File, 0o644, NOW);
    writer.add(header, &vec![b'x'; 3 << 20]);
    let bytes = writer.finish();
    let reader = Reader::new(&*bytes, Limits::default());
    let mut extraction =
        Extraction::new(&view, "/tmp", reader, Rules::default(), Some(NOW)).unwrap();
    let mut steps = 0;
    while extraction.step().unwrap() {
        assert_eq!(view.exists("/tmp/large", ROOT), steps > 2, "{steps}");
        steps += 1;
    }
    assert_eq!(steps, 4);
    assert_eq!(view.stat("/tmp/large", ROOT).unwrap().size, 3 << 20);
}

fn any_entry() -> impl Strategy<Value = (String, EntryKind)> {
    let path = || prop::collection::vec("[ab]|\\.\\.|\\.|\\.wh\\.a|\\.wh\\.\\.wh\\.\\.opq|", 1..5);
    let path = move || path().prop_map(|parts| parts.join("/"));
    let kind = prop_oneof![
        3 => Just(EntryKind::File),
        3 => Just(EntryKind::Directory),
        1 => Just(EntryKind::Fifo),
        3 => path().prop_map(EntryKind::Symlink),
        2 => path().prop_map(EntryKind::HardLink),
    ];
    (path(), kind)
}

proptest! {
    #[test]
    fn nothing_is_ever_written_outside(
        entries in prop::collection::vec(any_entry(), 0..12),
        whiteouts: bool,
    ) {
        let view = view();
        view.create_dir("/tmp/x", 0o755, ROOT, NOW).unwrap();
        view.symlink("/etc", "/tmp/x/a", ROOT, NOW).unwrap();
        let outside = |view: &View| {
            let names = ["/", "/tmp", "/etc"].map(|path| view.read_dir(path, ROOT).unwrap());
            (names, text(view, "/etc/passwd"))
        };
        let before = outside(&view);
        let borrowed: Vec<_> = entries.iter().map(|(path, kind)| (path.as_str(), kind.clone())).collect();
        let rules = Rules { whiteouts, ..Rules::default() };
        let _either_way = extract(&view, "/tmp/x", &borrowed, rules);
        prop_assert_eq!(outside(&view), before);
    }
}
