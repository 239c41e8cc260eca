use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::files::MODE_BITS;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn meta(mode: u32) -> Meta {
    Meta::new(mode, NOW)
}

fn text(tree: &Tree, path: &str) -> String {
    match &tree.get(tree.find(path).unwrap()).unwrap().node {
        Node::File(content) => String::from_utf8(content.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn image() -> Arc<Tree> {
    let mut tree = Tree::new(NOW);
    tree.put("/etc/passwd", meta(0o644), Node::File("root".into()))
        .unwrap();
    tree.put("/bin/sh", meta(0o755), Node::Symlink("busybox".to_owned()))
        .unwrap();
    tree.put("/bin/busybox", meta(0o755), Node::File("elf".into()))
        .unwrap();
    tree.into_base()
}

fn overwrite(tree: &mut Tree, path: &str, words: &str) -> Result<(), Errno> {
    let ino = tree.find(path).unwrap();
    tree.replace(ino, words.into(), NOW)
}

#[test]
fn a_tree_on_a_base_costs_a_few_words_until_it_is_touched() {
    let base = image();
    let tree = Tree::on(Arc::clone(&base));

    let words = 8;
    assert!(size_of::<Tree>() <= words * size_of::<usize>());
    assert!(!tree.is_touched());
    assert_eq!(tree.usage(), base.usage());
    assert_eq!(tree.own_usage(), Usage::default());
    assert_eq!(text(&tree, "/etc/passwd"), "root");
}

#[test]
fn a_change_is_seen_above_the_base_alone() {
    let base = image();
    let mut tree = Tree::on(Arc::clone(&base));
    overwrite(&mut tree, "/etc/passwd", "root and more").unwrap();
    tree.unlink(tree.find("/bin").unwrap(), "sh", NOW).unwrap();

    assert_eq!(text(&tree, "/etc/passwd"), "root and more");
    assert_eq!(tree.find("/bin/sh"), None);
    assert_eq!(text(&base, "/etc/passwd"), "root");
    assert!(base.find("/bin/sh").is_some());
    assert_eq!(tree.own_usage().bytes, 13);
    assert_eq!(tree.usage().bytes, base.usage().bytes + 9 - 7);
}

#[test]
fn a_clone_keeps_what_it_was_when_the_other_goes_on() {
    let mut tree = Tree::on(image());
    overwrite(&mut tree, "/etc/passwd", "one").unwrap();
    let snapshot = tree.clone();
    overwrite(&mut tree, "/etc/passwd", "two").unwrap();
    assert_eq!(text(&snapshot, "/etc/passwd"), "one");
}

#[test]
fn an_untouched_tree_between_two_is_passed_over() {
    let base = image();
    let between = Tree::on(Arc::clone(&base)).into_base();
    let tree = Tree::on(between);
    assert!(Arc::ptr_eq(tree.base().unwrap(), &base));
}

#[test]
fn many_trees_on_each_other_become_one() {
    let mut base = image();
    for step in 0..100 {
        let mut tree = Tree::on(base);
        let path = format!("/steps/{step}");
        tree.put(&path, meta(0o644), Node::File("x".into()))
            .unwrap();
        base = tree.into_base();
    }
    let mut depth = 0;
    let mut below = base.base();
    while let Some(tree) = below {
        depth += 1;
        below = tree.base();
    }
    assert!(depth <= DEPTH_MAX, "{depth}");
    assert_eq!(base.usage().files, 100 + 6);
    assert_eq!(text(&base, "/steps/0"), "x");
    assert_eq!(text(&base, "/steps/99"), "x");
    assert_eq!(text(&base, "/etc/passwd"), "root");
}

#[test]
fn a_flat_tree_is_the_same_tree() {
    let mut tree = Tree::on(image());
    tree.remove(Tree::ROOT, "bin", NOW).unwrap();
    overwrite(&mut tree, "/etc/passwd", "new").unwrap();
    let flat = tree.flattened();

    assert!(flat.base().is_none());
    assert_eq!(flat.usage(), tree.usage());
    assert_eq!(flat.own_usage(), tree.usage());
    assert_eq!(flat.find("/bin"), None);
    assert_eq!(flat.find("/etc/passwd"), tree.find("/etc/passwd"));
    assert_eq!(text(&flat, "/etc/passwd"), "new");
}

#[test]
fn names_of_one_file_are_one_file() {
    let mut tree = Tree::on(image());
    let (etc, passwd) = (
        tree.find("/etc").unwrap(),
        tree.find("/etc/passwd").unwrap(),
    );
    tree.link(etc, "shadow", passwd, NOW).unwrap();
    overwrite(&mut tree, "/etc/shadow", "both").unwrap();

    assert_eq!(text(&tree, "/etc/passwd"), "both");
    assert_eq!(tree.links(passwd), 2);
    tree.unlink(etc, "passwd", NOW).unwrap();
    assert_eq!(text(&tree, "/etc/shadow"), "both");
    assert_eq!(tree.links(passwd), 1);
    assert_eq!(tree.link(etc, "x", etc, NOW), Err(Errno::NotPermitted));
}

#[test]
fn what_is_held_open_outlives_its_name() {
    let mut tree = Tree::on(image());
    let (etc, passwd) = (
        tree.find("/etc").unwrap(),
        tree.find("/etc/passwd").unwrap(),
    );
    tree.hold(passwd);
    tree.hold(passwd);
    tree.unlink(etc, "passwd", NOW).unwrap();
    assert_eq!(tree.links(passwd), 0);
    tree.release(passwd);
    assert!(tree.get(passwd).is_some());
    tree.release(passwd);
    assert!(tree.get(passwd).is_none());
    assert_eq!(tree.usage().bytes, 3 + 7);
}

#[test]
fn directories_count_links_as_an_overlay_does() {
    let base = image();
    let mut tree = Tree::on(Arc::clone(&base));
    assert_eq!(tree.links(Tree::ROOT), 4);
    tree.put("/etc/new/below", meta(0o755), Node::Directory([].into()))
        .unwrap();
    assert_eq!(tree.links(tree.find("/etc").unwrap()), 1);
    assert_eq!(tree.links(tree.find("/etc/new").unwrap()), 3);
    assert_eq!(tree.links(tree.find("/bin").unwrap()), 2);
}

#[test]
fn a_full_tree_takes_no_more_but_lets_go() {
    let mut tree = Tree::on(image());
    tree.set_limits(Limits {
        bytes: 10,
        files: 5,
    });
    let put = |tree: &mut Tree, path: &str, words: &str| {
        tree.put(path, meta(0o644), Node::File(words.into()))
    };
    put(&mut tree, "/a", "12345").unwrap();
    assert_eq!(put(&mut tree, "/b", "123456"), Err(Errno::NoSpace));
    assert_eq!(
        overwrite(&mut tree, "/a", "12345678901"),
        Err(Errno::NoSpace)
    );
    assert_eq!(text(&tree, "/a"), "12345");
    overwrite(&mut tree, "/a", "1").unwrap();
    put(&mut tree, "/b", "2").unwrap();
    put(&mut tree, "/c", "3").unwrap();
    assert_eq!(put(&mut tree, "/d", ""), Err(Errno::NoSpace));
    tree.remove(Tree::ROOT, "a", NOW).unwrap();
    put(&mut tree, "/d", "").unwrap();
}

#[test]
fn names_that_no_file_can_have_are_refused() {
    let mut tree = Tree::new(NOW);
    let mut refusal = |name: &str| {
        let file = Inode::new(meta(0o644), Node::Fifo);
        tree.create(Tree::ROOT, name, file, NOW).unwrap_err()
    };
    for name in ["", ".", "..", "a/b", "a\0"] {
        assert_eq!(refusal(name), Errno::Invalid, "{name:?}");
    }
    assert_eq!(refusal(&"x".repeat(256)), Errno::NameTooLong);
}

#[test]
fn a_deep_directory_goes_without_deep_calls() {
    let mut tree = Tree::new(NOW);
    let mut directory = Tree::ROOT;
    for _ in 0..20_000 {
        let made = Inode::directory(meta(0o755));
        directory = tree.create(directory, "d", made, NOW).unwrap();
    }
    tree.remove(Tree::ROOT, "d", NOW).unwrap();
    assert_eq!(tree.usage(), Usage::default());
}

#[test]
fn what_was_changed_survives_serde_and_goes_back_on_its_base() {
    let base = image();
    let mut tree = Tree::on(Arc::clone(&base));
    overwrite(&mut tree, "/etc/passwd", "changed").unwrap();
    tree.remove(Tree::ROOT, "bin", NOW).unwrap();
    tree.put("/new", meta(0o600), Node::File("x".into()))
        .unwrap();
    tree.set_limits(Limits {
        bytes: 99,
        files: 99,
    });

    let kept = serde_json::to_string(&tree).unwrap();
    assert!(!kept.contains("cm9vdA"), "the base is not kept: {kept}");
    let back: Tree = serde_json::from_str(&kept).unwrap();
    let mut back = back.with_base(base);

    assert_eq!(back.usage(), tree.usage());
    assert_eq!(back.own_usage(), tree.own_usage());
    assert_eq!(back.limits(), tree.limits());
    assert_eq!(text(&back, "/etc/passwd"), "changed");
    assert_eq!(back.find("/bin"), None);
    // New inodes do not take the numbers of old ones.
    let new = back.put("/newer", meta(0o600), Node::Fifo).unwrap();
    assert!(tree.get(new).is_none());
}

#[test]
fn what_serde_reads_of_an_untouched_tree_is_untouched() {
    let base = image();
    let kept = serde_json::to_string(&Tree::on(Arc::clone(&base))).unwrap();
    let back: Tree = serde_json::from_str(&kept).unwrap();
    assert!(!back.with_base(base).is_touched());
}

#[test]
fn a_mode_holds_permission_bits_alone() {
    assert_eq!(meta(0o100_644).mode, 0o644);
    assert_eq!(meta(u32::MAX).mode, MODE_BITS);
}
