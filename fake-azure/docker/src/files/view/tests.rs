use std::sync::Arc;

use super::*;
use crate::files::{Open, Want};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const ROOT: &Credentials = &Credentials::ROOT;

fn later() -> Timestamp {
    Timestamp::from_second(100).unwrap()
}

fn user() -> Credentials {
    Credentials::new(1000, 1000)
}

fn view() -> View {
    let view = View::of(Tree::new(NOW));
    view.create_dir_all("/usr/bin", 0o755, ROOT, NOW).unwrap();
    view.create_dir("/tmp", 0o1777, ROOT, NOW).unwrap();
    view.write("/usr/bin/env", "elf", 0o755, ROOT, NOW).unwrap();
    view.symlink("usr/bin", "/bin", ROOT, NOW).unwrap();
    view
}

fn text(view: &View, path: &str) -> String {
    String::from_utf8(view.read(path, ROOT).unwrap().to_vec()).unwrap()
}

fn names(view: &View, path: &str) -> Vec<String> {
    let listed = view.read_dir(path, ROOT).unwrap();
    listed.into_iter().map(|entry| entry.name).collect()
}

fn volume(words: &str) -> Source {
    let mut tree = Tree::new(NOW);
    let node = Node::File(words.into());
    tree.put("/data", Meta::new(0o644, NOW), node).unwrap();
    Source {
        tree: tree.shared(),
        inside: "/".to_owned(),
        read_only: false,
        system: FileSystem::Disk,
    }
}

#[test]
fn a_path_goes_through_links_and_dots_as_the_kernel_goes() {
    let view = view();
    view.symlink("/bin/env", "/tmp/e", ROOT, NOW).unwrap();
    for path in [
        "/bin/env",
        "//bin/./env",
        "/tmp/../bin/env",
        "/../../bin/env",
        "/bin/../bin/env",
        "/tmp/e",
    ] {
        assert_eq!(text(&view, path), "elf", "{path}");
    }
    // `..` of a linked directory is the parent of where it leads.
    assert_eq!(names(&view, "/bin/.."), ["bin"]);
    assert_eq!(
        view.canonical("/bin/../bin/env", ROOT).unwrap(),
        "/usr/bin/env"
    );
    assert_eq!(view.canonical("/", ROOT).unwrap(), "/");
}

#[test]
fn a_path_that_leads_nowhere_says_why() {
    let view = view();
    view.symlink("/loop", "/loop", ROOT, NOW).unwrap();
    view.symlink("/gone", "/dangling", ROOT, NOW).unwrap();
    let why = |path: &str| view.stat(path, ROOT).unwrap_err();

    assert_eq!(why(""), Errno::NotFound);
    assert_eq!(why("relative"), Errno::Invalid);
    assert_eq!(why("/no"), Errno::NotFound);
    assert_eq!(why("/no/more"), Errno::NotFound);
    assert_eq!(why("/usr/bin/env/x"), Errno::NotDirectory);
    assert_eq!(why("/usr/bin/env/"), Errno::NotDirectory);
    assert_eq!(why("/usr/bin/env/.."), Errno::NotDirectory);
    assert_eq!(why("/loop"), Errno::Loop);
    assert_eq!(why("/dangling"), Errno::NotFound);
    assert_eq!(why(&format!("/{}", "x".repeat(256))), Errno::NameTooLong);
    assert_eq!(why(&"/x".repeat(3000)), Errno::NameTooLong);
    assert_eq!(
        view.lstat("/dangling", ROOT).unwrap().target.unwrap(),
        "/gone"
    );
    assert_eq!(view.read_link("/usr", ROOT), Err(Errno::Invalid));
}

#[test]
fn forty_links_are_followed_and_no_more() {
    let view = view();
    view.write("/tmp/0", "end", 0o644, ROOT, NOW).unwrap();
    for link in 1..=41 {
        let target = format!("{}", link - 1);
        view.symlink(&target, &format!("/tmp/{link}"), ROOT, NOW)
            .unwrap();
    }
    assert_eq!(text(&view, "/tmp/40"), "end");
    assert_eq!(view.read("/tmp/41", ROOT), Err(Errno::Loop));
}

#[test]
fn writing_through_a_dangling_link_makes_what_it_names() {
    let view = view();
    view.symlink("made", "/tmp/link", ROOT, NOW).unwrap();
    view.write("/tmp/link", "x", 0o644, ROOT, NOW).unwrap();
    assert_eq!(text(&view, "/tmp/made"), "x");
    let create_new = Open {
        create_new: true,
        write: true,
        ..Open::default()
    };
    let refused = view.open("/tmp/link", create_new, ROOT, NOW);
    assert_eq!(refused.unwrap_err(), Errno::Exists);
}

#[test]
fn directories_on_the_way_must_let_pass() {
    let view = view();
    view.create_dir("/root", 0o700, ROOT, NOW).unwrap();
    view.write("/root/key", "k", 0o666, ROOT, NOW).unwrap();
    let why = |path: &str| view.read(path, &user()).unwrap_err();
    assert_eq!(why("/root/key"), Errno::Access);
    assert_eq!(why("/root/none"), Errno::Access);
    assert_eq!(why("/root/.."), Errno::Access);
    view.chmod("/root", 0o711, ROOT).unwrap();
    assert_eq!(*view.read("/root/key", &user()).unwrap(), b"k");
    assert_eq!(view.read_dir("/root", &user()), Err(Errno::Access));
    let refused = view.write("/root/new", "", 0o644, &user(), NOW);
    assert_eq!(refused, Err(Errno::Access));
    assert_eq!(view.access("/root/key", Want::WRITE, &user()), Ok(()));
    assert_eq!(
        view.access("/root/key", Want::EXECUTE, &user()),
        Err(Errno::Access)
    );
}

#[test]
fn a_sticky_directory_guards_the_files_of_others() {
    let view = view();
    let other = Credentials::new(2000, 2000);
    view.write("/tmp/mine", "", 0o666, &user(), NOW).unwrap();
    let refusal = Err(Errno::NotPermitted);
    assert_eq!(view.remove_file("/tmp/mine", &other, NOW), refusal);
    assert_eq!(view.rename("/tmp/mine", "/tmp/his", &other, NOW), refusal);
    view.remove_file("/tmp/mine", &user(), NOW).unwrap();
}

#[test]
fn new_files_belong_to_who_made_them_and_to_the_group_of_a_marked_directory() {
    let view = view();
    view.create_dir("/shared", 0o2777, ROOT, NOW).unwrap();
    view.chown("/shared", None, Some(50), ROOT).unwrap();
    view.create_dir("/shared/d", 0o755, &user(), NOW).unwrap();
    view.write("/tmp/f", "", 0o640, &user(), NOW).unwrap();
    let owner = |path: &str| {
        let meta = view.stat(path, ROOT).unwrap().meta;
        (meta.uid, meta.gid, meta.mode)
    };
    assert_eq!(owner("/shared/d"), (1000, 50, 0o2755));
    assert_eq!(owner("/tmp/f"), (1000, 1000, 0o640));
}

#[test]
fn only_owners_change_modes_and_only_root_gives_away() {
    let view = view();
    view.write("/tmp/f", "", 0o644, &user(), NOW).unwrap();
    let other = Credentials::new(2000, 2000);
    let refusal = Err(Errno::NotPermitted);
    assert_eq!(view.chmod("/tmp/f", 0o600, &other), refusal);
    assert_eq!(view.chown("/tmp/f", Some(2000), None, &user()), refusal);
    assert_eq!(view.chown("/tmp/f", None, Some(1), &user()), refusal);
    view.chown("/tmp/f", Some(1000), Some(1000), &user())
        .unwrap();
    view.chmod("/tmp/f", 0o4755, &user()).unwrap();
    view.chown("/tmp/f", Some(5), None, ROOT).unwrap();
    assert_eq!(view.stat("/tmp/f", ROOT).unwrap().meta.mode, 0o755);
    assert_eq!(view.set_modified("/tmp/f", later(), &user(), NOW), refusal);
}

#[test]
fn a_write_by_somebody_else_takes_the_set_user_id_bit() {
    let view = view();
    view.write("/tmp/f", "", 0o777, ROOT, NOW).unwrap();
    view.chmod("/tmp/f", 0o4777, ROOT).unwrap();
    view.append("/tmp/f", b"x", 0, ROOT, NOW).unwrap();
    assert_eq!(view.stat("/tmp/f", ROOT).unwrap().meta.mode, 0o4777);
    view.append("/tmp/f", b"y", 0, &user(), NOW).unwrap();
    assert_eq!(view.stat("/tmp/f", ROOT).unwrap().meta.mode, 0o777);
}

#[test]
fn taking_away_minds_the_kind() {
    let view = view();
    let file = |path: &str| view.remove_file(path, ROOT, NOW).unwrap_err();
    let directory = |path: &str| view.remove_dir(path, ROOT, NOW).unwrap_err();

    assert_eq!(file("/usr"), Errno::IsDirectory);
    assert_eq!(file("/none"), Errno::NotFound);
    assert_eq!(file("/usr/bin/env/"), Errno::NotDirectory);
    assert_eq!(directory("/usr"), Errno::NotEmpty);
    assert_eq!(directory("/usr/bin/env"), Errno::NotDirectory);
    assert_eq!(directory("/bin/"), Errno::NotDirectory);
    assert_eq!(directory("/"), Errno::Busy);
    assert_eq!(directory("/usr/."), Errno::Invalid);
    assert_eq!(directory("/usr/.."), Errno::NotEmpty);
    assert_eq!(
        view.remove_all("/bin/", ROOT, NOW),
        Err(Errno::NotDirectory)
    );

    view.remove_all("/bin", ROOT, NOW).unwrap();
    assert_eq!(text(&view, "/usr/bin/env"), "elf");
    view.remove_all("/usr", ROOT, later()).unwrap();
    assert_eq!(names(&view, "/"), ["tmp"]);
    assert_eq!(view.stat("/", ROOT).unwrap().meta.modified, later());
}

#[test]
fn what_one_may_not_empty_stays() {
    let view = view();
    view.create_dir_all("/tmp/a/b", 0o755, ROOT, NOW).unwrap();
    view.write("/tmp/a/b/f", "", 0o666, ROOT, NOW).unwrap();
    view.chmod("/tmp", 0o777, ROOT).unwrap();
    let refused = view.remove_all("/tmp/a", &user(), NOW);
    assert_eq!(refused, Err(Errno::Access));
    assert!(view.exists("/tmp/a/b/f", ROOT));
}

#[test]
fn renaming_minds_the_kind_too() {
    let view = view();
    view.create_dir_all("/a/b", 0o755, ROOT, NOW).unwrap();
    view.create_dir("/empty", 0o755, ROOT, NOW).unwrap();
    view.write("/f", "f", 0o644, ROOT, NOW).unwrap();
    view.write("/g", "g", 0o644, ROOT, NOW).unwrap();
    let why = |from: &str, to: &str| view.rename(from, to, ROOT, NOW).unwrap_err();

    assert_eq!(why("/a", "/a/b/c"), Errno::Invalid);
    assert_eq!(why("/a", "/a/b"), Errno::Invalid);
    assert_eq!(why("/a", "/f"), Errno::NotDirectory);
    assert_eq!(why("/f", "/a"), Errno::IsDirectory);
    assert_eq!(why("/f", "/new/"), Errno::NotDirectory);
    assert_eq!(why("/empty", "/a"), Errno::NotEmpty);
    assert_eq!(why("/a", "/none/x"), Errno::NotFound);
    assert_eq!(why("/none", "/x"), Errno::NotFound);
    assert_eq!(why("/a/.", "/x"), Errno::Busy);
    assert_eq!(why("/a", "/"), Errno::Busy);

    view.rename("/f", "/g", ROOT, NOW).unwrap();
    assert_eq!(text(&view, "/g"), "f");
    view.rename("/a", "/empty", ROOT, NOW).unwrap();
    assert_eq!(names(&view, "/empty"), ["b"]);
    view.link("/g", "/h", ROOT, NOW).unwrap();
    view.rename("/g", "/h", ROOT, NOW).unwrap();
    assert_eq!(view.stat("/g", ROOT).unwrap().links, 2);
    view.rename("/empty/", "/moved/", ROOT, NOW).unwrap();
    assert!(view.is_dir("/moved/b", ROOT));
}

#[test]
fn an_open_file_works_on_when_its_name_is_gone() {
    let view = view();
    let how = Open {
        read: true,
        ..Open::to_write(0o644)
    };
    let file = view.open("/tmp/f", how, ROOT, NOW).unwrap();
    file.write_at(0, b"hello", NOW).unwrap();
    view.remove_file("/tmp/f", ROOT, NOW).unwrap();
    view.write("/tmp/f", "another", 0o644, ROOT, NOW).unwrap();

    file.write_at(7, b"world", NOW).unwrap();
    assert_eq!(file.read_at(0, 100).unwrap(), b"hello\0\0world");
    assert_eq!(file.read_at(100, 1).unwrap(), b"");
    assert_eq!(file.stat().unwrap().links, 0);
    let twin = file.clone();
    drop(file);
    twin.truncate(2, NOW).unwrap();
    assert_eq!(*twin.read_all().unwrap(), b"he");
    drop(twin);
    assert_eq!(text(&view, "/tmp/f"), "another");
    assert_eq!(lock(view.root()).usage().bytes, 3 + 7 + 7);
}

#[test]
fn an_open_file_does_only_what_it_was_opened_for() {
    let view = view();
    let file = view.open("/usr/bin/env", Open::READ, ROOT, NOW).unwrap();
    assert_eq!(file.write_at(0, b"x", NOW), Err(Errno::BadDescriptor));
    let file = view
        .open("/usr/bin/env", Open::to_append(0), ROOT, NOW)
        .unwrap();
    assert_eq!(file.read_at(0, 1), Err(Errno::BadDescriptor));
    assert_eq!(file.write_at(0, b"!", NOW), Ok(4));
    assert_eq!(text(&view, "/bin/env"), "elf!");
    let directory = view.open("/usr", Open::READ, ROOT, NOW).unwrap();
    assert_eq!(directory.read_at(0, 1), Err(Errno::IsDirectory));
    let refused = view.open("/usr", Open::to_write(0), ROOT, NOW);
    assert_eq!(refused.unwrap_err(), Errno::IsDirectory);
}

#[test]
fn a_mount_covers_what_was_there() {
    let mut view = view();
    view.write("/tmp/below", "", 0o644, ROOT, NOW).unwrap();
    view.mount("/tmp", volume("v"), NOW).unwrap();

    assert_eq!(names(&view, "/tmp"), ["data"]);
    assert_eq!(names(&view, "/tmp/.."), ["bin", "tmp", "usr"]);
    assert_ne!(
        view.stat("/tmp", ROOT).unwrap().device,
        view.stat("/", ROOT).unwrap().device
    );
    let busy = Err(Errno::Busy);
    assert_eq!(view.remove_all("/tmp", ROOT, NOW), busy);
    assert_eq!(view.remove_dir("/tmp", ROOT, NOW), busy);
    assert_eq!(view.rename("/tmp", "/x", ROOT, NOW), busy);
    let crossing = Err(Errno::CrossDevice);
    assert_eq!(view.rename("/tmp/data", "/x", ROOT, NOW), crossing);
    assert_eq!(view.link("/tmp/data", "/x", ROOT, NOW), crossing);

    view.mount("/tmp", volume("w"), NOW).unwrap();
    assert_eq!(text(&view, "/tmp/data"), "w");
    view.mount("/tmp/deep/er", volume("x"), NOW).unwrap();
    assert_eq!(text(&view, "/tmp/deep/er/data"), "x");
    let at: Vec<_> = view.mounts().map(|mount| mount.at).collect();
    assert_eq!(at, ["/", "/tmp", "/tmp", "/tmp/deep/er"]);
}

#[test]
fn a_file_can_be_mounted_and_what_is_missing_is_made() {
    let mut view = view();
    let file = Source {
        inside: "/data".to_owned(),
        ..volume("127.0.0.1")
    };
    view.mount("/etc/hosts", file.clone(), NOW).unwrap();
    assert_eq!(text(&view, "/etc/hosts"), "127.0.0.1");
    view.append("/etc/hosts", b" x", 0, ROOT, NOW).unwrap();
    assert_eq!(text(&view, "/etc/hosts"), "127.0.0.1 x");
    assert_eq!(lock(view.root()).usage().bytes, 3 + 7);

    let listed = view.read_dir("/etc", ROOT).unwrap();
    assert_eq!(listed[0].kind, Kind::File);
    assert_eq!(
        view.mount("/tmp", file.clone(), NOW),
        Err(Errno::NotDirectory)
    );
    assert_eq!(
        view.mount("/bin/env", volume(""), NOW),
        Err(Errno::NotDirectory)
    );
    assert_eq!(view.mount("/", volume(""), NOW), Err(Errno::Busy));
    let missing = Source {
        inside: "/none".to_owned(),
        ..file
    };
    assert_eq!(view.mount("/x", missing, NOW), Err(Errno::NotFound));
}

#[test]
fn one_tree_mounted_twice_is_one_device_and_two_mounts() {
    let mut view = view();
    let source = volume("v");
    view.mount("/a", source.clone(), NOW).unwrap();
    let read_only = Source {
        read_only: true,
        ..source
    };
    view.mount("/b", read_only, NOW).unwrap();
    let stat = |path: &str| view.stat(path, ROOT).unwrap();
    assert_eq!(stat("/a/data"), stat("/b/data"));
    view.write("/a/data", "new", 0, ROOT, NOW).unwrap();
    assert_eq!(text(&view, "/b/data"), "new");
    assert_eq!(
        view.link("/a/data", "/b/x", ROOT, NOW),
        Err(Errno::CrossDevice)
    );
}

#[test]
fn nothing_is_written_to_what_is_read_only() {
    let mut view = view();
    view.mount("/rw", volume("v"), NOW).unwrap();
    view.set_read_only_root(true);
    let read_only = Err(Errno::ReadOnly);
    assert_eq!(view.write("/new", "", 0o644, ROOT, NOW), read_only);
    assert_eq!(view.write("/bin/env", "", 0o644, ROOT, NOW), read_only);
    assert_eq!(view.create_dir("/new", 0o755, ROOT, NOW), read_only);
    assert_eq!(
        view.create_dir("/usr", 0o755, ROOT, NOW),
        Err(Errno::Exists)
    );
    assert_eq!(view.remove_all("/usr", ROOT, NOW), read_only);
    assert_eq!(view.rename("/usr", "/x", ROOT, NOW), read_only);
    assert_eq!(view.chmod("/usr", 0o700, ROOT), read_only);
    assert_eq!(view.symlink("x", "/y", ROOT, NOW), read_only);
    assert_eq!(view.access("/usr", Want::WRITE, ROOT), read_only);
    view.write("/rw/data", "x", 0o644, ROOT, NOW).unwrap();
    assert_eq!(view.create_dir_all("/usr/bin", 0o755, ROOT, NOW), Ok(()));
    // The runtime still makes what it needs for a mount.
    view.mount("/made", volume("m"), NOW).unwrap();
    assert_eq!(text(&view, "/made/data"), "m");
}

#[test]
fn a_clone_keeps_its_mounts_and_shares_the_files() {
    let first = view();
    let mut second = first.clone();
    second.mount("/mnt", volume("v"), NOW).unwrap();
    assert_eq!(names(&first, "/mnt"), Vec::<String>::new());
    second.write("/tmp/f", "x", 0o644, ROOT, NOW).unwrap();
    assert_eq!(text(&first, "/tmp/f"), "x");
}

#[test]
fn links_out_of_a_mount_lead_into_the_root_of_the_view() {
    let mut view = view();
    let source = volume("v");
    {
        let mut tree = lock(&source.tree);
        let link = Node::Symlink("/usr/bin/env".to_owned());
        tree.put("/out", Meta::new(0o777, NOW), link).unwrap();
        let link = Node::Symlink("../../../usr".to_owned());
        tree.put("/up", Meta::new(0o777, NOW), link).unwrap();
    }
    view.mount("/mnt", source, NOW).unwrap();
    assert_eq!(text(&view, "/mnt/out"), "elf");
    assert_eq!(names(&view, "/mnt/up"), ["bin"]);
}

#[test]
fn special_files_are_made_and_told_apart() {
    let view = view();
    let null = Node::CharDevice { major: 1, minor: 3 };
    view.mknod("/tmp/null", null.clone(), 0o666, ROOT, NOW)
        .unwrap();
    view.mknod("/tmp/fifo", Node::Fifo, 0o644, &user(), NOW)
        .unwrap();
    let refused = view.mknod("/tmp/x", null, 0o666, &user(), NOW);
    assert_eq!(refused, Err(Errno::NotPermitted));
    let stat = view.stat("/tmp/null", ROOT).unwrap();
    assert_eq!((stat.kind, stat.rdev), (Kind::CharDevice, Some((1, 3))));
    let file = view
        .open("/tmp/null", Open::to_append(0), &user(), NOW)
        .unwrap();
    assert_eq!(file.write_at(0, b"x", NOW), Err(Errno::NoDevice));
    assert_eq!(view.read("/tmp/fifo", ROOT), Err(Errno::NoDevice));
}

#[test]
fn a_full_tree_says_so() {
    let view = view();
    let limits = crate::files::Limits {
        bytes: 20,
        files: 50,
    };
    lock(view.root()).set_limits(limits);
    let words = "x".repeat(21);
    let full = Err(Errno::NoSpace);
    assert_eq!(view.write("/tmp/f", words.as_str(), 0o644, ROOT, NOW), full);
    let file = view.open("/tmp/f", Open::to_append(0), ROOT, NOW).unwrap();
    assert_eq!(file.truncate(u64::MAX, NOW), full);
    assert_eq!(file.truncate(1 << 40, NOW), full);
    assert_eq!(file.stat().unwrap().size, 0);
}

#[test]
fn a_file_system_tells_how_full_it_is() {
    let mut view = view();
    view.mount("/mnt", volume("12345"), NOW).unwrap();
    let space = view.space("/mnt/data", ROOT).unwrap();
    assert_eq!(space.mount.at, "/mnt");
    assert_eq!(space.usage, crate::files::Usage { bytes: 5, files: 1 });
    assert_eq!(view.space("/usr/bin", ROOT).unwrap().mount.at, "/");
    assert_eq!(view.space("/none", ROOT), Err(Errno::NotFound));
}

#[test]
fn a_view_can_begin_at_a_directory_and_does_not_lead_out_of_it() {
    let mut view = view();
    view.mount("/usr/mnt", volume("v"), NOW).unwrap();
    let inner = view.chroot("/usr", ROOT).unwrap();
    assert_eq!(names(&inner, "/"), ["bin", "mnt"]);
    assert_eq!(names(&inner, "/../.."), ["bin", "mnt"]);
    assert_eq!(text(&inner, "/mnt/data"), "v");
    inner.symlink("/bin/env", "/link", ROOT, NOW).unwrap();
    assert_eq!(text(&inner, "/link"), "elf");
    assert_eq!(inner.canonical("/bin/../link", ROOT).unwrap(), "/bin/env");
    let refused = view.chroot("/usr/bin/env", ROOT);
    assert_eq!(refused.unwrap_err(), Errno::NotDirectory);
}

#[test]
fn a_snapshot_goes_its_own_way() {
    let mut view = view();
    let source = volume("v");
    view.mount("/a", source.clone(), NOW).unwrap();
    view.mount("/b", source, NOW).unwrap();
    let copy = view.snapshot();
    view.write("/a/data", "new", 0, ROOT, NOW).unwrap();
    copy.write("/b/more", "x", 0o644, ROOT, NOW).unwrap();
    assert_eq!(text(&copy, "/a/data"), "v");
    assert_eq!(names(&copy, "/a"), ["data", "more"]);
    assert_eq!(names(&view, "/b"), ["data"]);
}

#[test]
fn times_are_those_of_the_last_change() {
    let view = view();
    view.write("/tmp/f", "x", 0o644, ROOT, NOW).unwrap();
    view.append("/tmp/f", b"y", 0o644, ROOT, later()).unwrap();
    let modified = |path: &str| view.stat(path, ROOT).unwrap().meta.modified;
    assert_eq!(modified("/tmp/f"), later());
    assert_eq!(modified("/tmp"), NOW);
    view.remove_file("/tmp/f", ROOT, later()).unwrap();
    assert_eq!(modified("/tmp"), later());
}

#[test]
fn files_are_seen_by_all_views_of_one_tree() {
    let tree = Tree::new(NOW).shared();
    let (first, second) = (View::new(Arc::clone(&tree)), View::new(tree));
    first.write("/f", "x", 0o644, ROOT, NOW).unwrap();
    assert_eq!(text(&second, "/f"), "x");
}
