use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::files::{Credentials, Meta, Node, View};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const ROOT: &Credentials = &Credentials::ROOT;

fn later() -> Timestamp {
    Timestamp::from_second(60).unwrap()
}

fn base() -> Arc<Tree> {
    let mut tree = Tree::new(NOW);
    for path in ["/etc/passwd", "/etc/group", "/usr/bin/env", "/usr/lib/a/b"] {
        let node = Node::File(path.into());
        tree.put(path, Meta::new(0o644, NOW), node).unwrap();
    }
    let tmp = Node::Directory([].into());
    tree.put("/tmp", Meta::new(0o1777, NOW), tmp).unwrap();
    tree.into_base()
}

/// What is told after something was done, as `docker diff` prints it.
fn told(work: impl FnOnce(&View)) -> Vec<String> {
    let base = base();
    let view = View::of(Tree::on(Arc::clone(&base)));
    work(&view);
    let tree = view.root().lock().unwrap().clone();
    lines(&changes(&base, &tree))
}

fn lines(changes: &[Change]) -> Vec<String> {
    let letter = |kind| match kind {
        ChangeKind::Modified => 'C',
        ChangeKind::Added => 'A',
        ChangeKind::Deleted => 'D',
    };
    let lines = changes.iter();
    lines
        .map(|change| format!("{} {}", letter(change.kind), change.path))
        .collect()
}

#[test]
fn nothing_is_told_of_a_fresh_container() {
    assert_eq!(told(|_| {}), Vec::<String>::new());
    let read = |view: &View| drop(view.read("/etc/passwd", ROOT));
    assert_eq!(told(read), Vec::<String>::new());
}

#[test]
fn new_files_come_after_their_directories() {
    let told = told(|view| {
        view.create_dir_all("/scratch/deep", 0o755, ROOT, later())
            .unwrap();
        view.write("/scratch/deep/f", "", 0o644, ROOT, later())
            .unwrap();
        view.write("/tmp/f", "", 0o644, ROOT, later()).unwrap();
        view.write("/etc/a", "", 0o644, ROOT, later()).unwrap();
    });
    assert_eq!(
        told,
        [
            "C /etc",
            "A /etc/a",
            "A /scratch",
            "A /scratch/deep",
            "A /scratch/deep/f",
            "C /tmp",
            "A /tmp/f"
        ]
    );
}

#[test]
fn what_is_gone_is_told_once() {
    let told = told(|view| {
        view.remove_all("/usr", ROOT, later()).unwrap();
        view.remove_file("/etc/group", ROOT, later()).unwrap();
    });
    assert_eq!(told, ["C /etc", "D /etc/group", "D /usr"]);
}

#[test]
fn a_change_deep_down_tells_of_all_directories_above() {
    let append = |view: &View| view.append("/usr/lib/a/b", b"x", 0, ROOT, later()).unwrap();
    assert_eq!(
        told(append),
        ["C /usr", "C /usr/lib", "C /usr/lib/a", "C /usr/lib/a/b"]
    );
    let chmod = |view: &View| view.chmod("/usr/lib", 0o700, ROOT).unwrap();
    assert_eq!(told(chmod), ["C /usr", "C /usr/lib"]);
}

#[test]
fn only_the_time_of_a_directory_is_no_change() {
    let told = told(|view| {
        view.write("/tmp/f", "", 0o644, ROOT, later()).unwrap();
        view.remove_file("/tmp/f", ROOT, later()).unwrap();
        view.chmod("/", 0o700, ROOT).unwrap();
    });
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn the_same_again_is_no_change() {
    let told = told(|view| {
        view.chmod("/etc/passwd", 0o600, ROOT).unwrap();
        view.chmod("/etc/passwd", 0o644, ROOT).unwrap();
        view.write("/etc/group", "/etc/group", 0o644, ROOT, NOW)
            .unwrap();
    });
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn a_file_for_a_directory_and_the_other_way_round() {
    let told = told(|view| {
        view.remove_all("/usr", ROOT, NOW).unwrap();
        view.write("/usr", "", 0o644, ROOT, NOW).unwrap();
        view.remove_file("/etc/passwd", ROOT, NOW).unwrap();
        view.create_dir_all("/etc/passwd/d", 0o755, ROOT, NOW)
            .unwrap();
    });
    assert_eq!(
        told,
        ["C /etc", "C /etc/passwd", "A /etc/passwd/d", "C /usr"]
    );
}

#[test]
fn a_name_more_is_one_change_to_a_person_and_two_to_a_layer() {
    let base = base();
    let view = View::of(Tree::on(Arc::clone(&base)));
    view.link("/etc/passwd", "/etc/shadow", ROOT, NOW).unwrap();
    let tree = view.root().lock().unwrap().clone();
    let changes = changes(&base, &tree);
    assert_eq!(lines(&changes), ["C /etc", "A /etc/shadow"]);
    let all = with_all_names(&tree, changes);
    assert_eq!(lines(&all), ["C /etc", "C /etc/passwd", "A /etc/shadow"]);
}

#[test]
fn trees_that_share_nothing_are_compared_by_what_is_in_them() {
    let (first, second) = (base(), base());
    assert_eq!(changes(&first, &second), []);
    let mut other = Tree::on(second);
    other
        .put("/new", Meta::new(0o644, NOW), Node::Fifo)
        .unwrap();
    assert_eq!(lines(&changes(&first, &other)), ["A /new"]);
    assert_eq!(lines(&changes(&other, &first)), ["D /new"]);
}
