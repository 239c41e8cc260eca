use jiff::Timestamp;

use super::*;
use crate::files::tar::{EntryKind, Header, Writer};
use crate::files::{Credentials, Meta, Node};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const ROOT: &Credentials = &Credentials::ROOT;

fn names(layer: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(layer, Limits::default());
    let mut names = Vec::new();
    while let Some(header) = reader.next_entry().unwrap() {
        names.push(match header.kind {
            EntryKind::HardLink(target) => format!("{} = {target}", header.path),
            _ => header.path,
        });
    }
    names
}

fn base() -> Tree {
    let mut tree = Tree::new(NOW);
    for path in ["/d/a", "/d/b", "/d/e/f", "/g"] {
        let node = Node::File(path.into());
        tree.put(path, Meta::new(0o644, NOW), node).unwrap();
    }
    tree
}

fn changed(work: impl FnOnce(&View)) -> (Arc<Tree>, Tree) {
    let base = base().into_base();
    let view = View::of(Tree::on(Arc::clone(&base)));
    work(&view);
    let tree = view.root().lock().unwrap().clone();
    (base, tree)
}

#[test]
fn a_layer_names_what_changed_and_what_is_gone() {
    let (base, tree) = changed(|view| {
        view.write("/d/new", "x", 0o644, ROOT, NOW).unwrap();
        view.link("/d/new", "/d/twin", ROOT, NOW).unwrap();
        view.remove_all("/d/e", ROOT, NOW).unwrap();
        view.remove_file("/g", ROOT, NOW).unwrap();
    });
    let layer = Layer::new(Some(&base), &tree, Times::Exact);
    assert!(!layer.is_empty());
    let bytes = layer.into_bytes();
    assert_eq!(
        names(&bytes),
        ["d/", "d/.wh.e", "d/new", "d/twin = d/new", ".wh.g"]
    );
    let again = Layer::new(Some(&base), &tree, Times::Exact).into_bytes();
    assert_eq!(again, bytes);
}

#[test]
fn a_layer_without_a_base_is_the_whole_tree() {
    let bytes = Layer::new(None, &base(), Times::Seconds).into_bytes();
    assert_eq!(names(&bytes), ["d/", "d/a", "d/b", "d/e/", "d/e/f", "g"]);
    let tree = apply(Tree::new(NOW), &*bytes, Limits::default()).unwrap();
    assert_eq!(super::changes(&base(), &tree), []);
}

#[test]
fn nothing_changed_is_an_empty_archive() {
    let (base, tree) = changed(|_| {});
    let layer = Layer::new(Some(&base), &tree, Times::Seconds);
    assert!(layer.is_empty());
    assert_eq!(layer.into_bytes(), [0; 1024]);
}

#[test]
fn directories_of_a_layer_keep_their_times_and_others_theirs() {
    let later: Timestamp = "2026-01-01T00:00:00.123Z".parse().unwrap();
    let (base, tree) = changed(|view| {
        view.write("/d/e/new", "x", 0o644, ROOT, later).unwrap();
    });
    for (times, wanted) in [(Times::Exact, 123_000_000), (Times::Seconds, 0)] {
        let bytes = Layer::new(Some(&base), &tree, times).into_bytes();
        let back = apply(Tree::on(Arc::clone(&base)), &*bytes, Limits::default()).unwrap();
        let modified = |path: &str| back.get(back.find(path).unwrap()).unwrap().meta.modified;
        for path in ["/d/e", "/d/e/new"] {
            assert_eq!(modified(path).as_second(), later.as_second(), "{path}");
            assert_eq!(modified(path).subsec_nanosecond(), wanted, "{path}");
        }
        assert_eq!(modified("/d"), NOW);
    }
}

#[test]
fn an_opaque_directory_loses_what_lower_layers_had() {
    let mut writer = Writer::new();
    let mut add = |path: &str, kind| writer.add(Header::new(path, kind, 0o644, NOW), b"");
    add("d/", EntryKind::Directory);
    add("d/e/", EntryKind::Directory);
    add("d/new", EntryKind::File);
    add("d/.wh..wh..opq", EntryKind::File);
    add("d/after", EntryKind::File);
    add(".wh..wh.plnk", EntryKind::Directory);
    add(".wh.none", EntryKind::File);
    let layer = writer.finish();
    let tree = apply(base(), &*layer, Limits::default()).unwrap();
    let names = |path: &str| {
        let names = tree.entries(tree.find(path).unwrap()).unwrap().keys();
        names.cloned().collect::<Vec<_>>()
    };
    assert_eq!(names("/"), ["d", "g"]);
    assert_eq!(names("/d"), ["after", "e", "new"]);
    assert_eq!(names("/d/e"), Vec::<String>::new());
}
