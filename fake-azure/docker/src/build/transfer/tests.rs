use super::*;
use crate::files::Tree;
use crate::files::tar::{EntryKind, Header, Writer};

fn early() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn late() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// A tree with a file `f`, a directory `d` and a link in it.
fn sources() -> View {
    let view = View::of(Tree::new(early()));
    view.create_dir_all("/d/sub", 0o700, ROOT, early()).unwrap();
    view.write("/f", "F", 0o4755, ROOT, early()).unwrap();
    view.write("/d/x", "X", 0o640, ROOT, early()).unwrap();
    view.link("/d/x", "/d/sub/y", ROOT, early()).unwrap();
    view.symlink("x", "/d/l", ROOT, early()).unwrap();
    view.lchown("/d/x", Some(7), Some(8), ROOT).unwrap();
    view.chmod("/f", 0o4755, ROOT).unwrap();
    view.symlink("/f", "/to-f", ROOT, early()).unwrap();
    view
}

fn image() -> View {
    View::of(Tree::new(early()))
}

async fn copy(to: &View, source: &str, destination: &str, owner: Option<(u32, u32)>) {
    let from = sources();
    let transfer = Transfer {
        from: &from,
        to,
        owner,
        unpacks: false,
        now: late(),
    };
    transfer.copy(source, destination).await.unwrap();
}

fn ids(view: &View, path: &str) -> (u32, u32) {
    let meta = view.lstat(path, ROOT).unwrap().meta;
    (meta.uid, meta.gid)
}

#[tokio::test]
async fn a_file_keeps_its_mode_and_time_and_gets_an_owner() {
    let to = image();
    copy(&to, "f", "/a/b/g", Some((1, 2))).await;

    let stat = to.stat("/a/b/g", ROOT).unwrap();
    assert_eq!(*to.read("/a/b/g", ROOT).unwrap(), *b"F");
    assert_eq!((stat.meta.mode, stat.meta.modified), (0o4755, early()));
    assert_eq!(ids(&to, "/a/b/g"), (1, 2));
    // Directories that had to be made have the owner and the time of the build.
    let made = to.stat("/a/b", ROOT).unwrap().meta;
    assert_eq!((made.mode, made.uid, made.modified), (0o755, 1, late()));
}

#[tokio::test]
async fn a_slash_or_a_directory_keeps_the_name() {
    let to = image();
    to.create_dir("/there", 0o755, ROOT, early()).unwrap();
    copy(&to, "f", "/new/", None).await;
    copy(&to, "./to-f", "/there", None).await;

    assert!(to.is_file("/new/f", ROOT));
    assert!(to.is_file("/there/to-f", ROOT));
    assert_eq!(*to.read("/there/to-f", ROOT).unwrap(), *b"F");
}

#[tokio::test]
async fn of_a_directory_the_content_is_copied() {
    let to = image();
    copy(&to, "d", "/t", Some((1, 2))).await;

    assert_eq!(to.stat("/t", ROOT).unwrap().meta.mode, 0o755);
    assert_eq!(ids(&to, "/t"), (1, 2));
    let sub = to.stat("/t/sub", ROOT).unwrap().meta;
    assert_eq!((sub.mode, sub.modified), (0o700, early()));
    assert_eq!(to.read_link("/t/l", ROOT).unwrap(), "x");
    assert_eq!(ids(&to, "/t/l"), (1, 2));
    let (x, y) = (
        to.stat("/t/x", ROOT).unwrap(),
        to.stat("/t/sub/y", ROOT).unwrap(),
    );
    assert_eq!((x.ino, x.links), (y.ino, 2));
}

#[tokio::test]
async fn owners_stay_if_nobody_else_is_to_have_the_files() {
    let to = image();
    to.create_dir("/t", 0o711, ROOT, early()).unwrap();
    to.lchown("/t", Some(5), Some(5), ROOT).unwrap();
    copy(&to, "d", "/t", None).await;
    assert_eq!(ids(&to, "/t/x"), (7, 8));

    // A directory that was there keeps what it is.
    copy(&to, "d", "/t", Some((1, 1))).await;
    assert_eq!(ids(&to, "/t"), (5, 5));
    assert_eq!(to.stat("/t", ROOT).unwrap().meta.mode, 0o711);
    assert_eq!(ids(&to, "/t/x"), (1, 1));
}

#[tokio::test]
async fn links_at_the_destination_are_followed_inside_the_image() {
    let to = image();
    to.create_dir("/real", 0o755, ROOT, early()).unwrap();
    to.symlink("../../real", "/link", ROOT, early()).unwrap();
    to.symlink("real/new", "/dangling", ROOT, early()).unwrap();
    copy(&to, "f", "/link/", None).await;
    copy(&to, "f", "/dangling", None).await;
    copy(&to, "f", "/../../real/up", None).await;

    for path in ["/real/f", "/real/new", "/real/up"] {
        assert!(to.is_file(path, ROOT), "{path}");
    }
}

#[tokio::test]
async fn what_is_in_the_way_is_replaced() {
    let to = image();
    to.create_dir_all("/t/x/full", 0o755, ROOT, early())
        .unwrap();
    to.write("/t/sub", "file", 0o644, ROOT, early()).unwrap();
    copy(&to, "d", "/t", None).await;

    assert!(to.is_file("/t/x", ROOT));
    assert!(to.is_dir("/t/sub", ROOT));
}

#[tokio::test]
async fn an_archive_is_unpacked_where_that_is_asked_for() {
    let mut archive = Writer::new();
    let mut header = Header::new("in/file", EntryKind::File, 0o600, early());
    (header.uid, header.gid) = (3, 4);
    archive.add(header, b"content");
    let from = image();
    from.write("/a.tar", archive.finish(), 0o644, ROOT, early())
        .unwrap();
    from.write("/text", "no archive", 0o644, ROOT, early())
        .unwrap();
    let to = image();
    let mut transfer = Transfer {
        from: &from,
        to: &to,
        owner: Some((1, 1)),
        unpacks: true,
        now: late(),
    };
    transfer.copy("a.tar", "/t").await.unwrap();
    transfer.copy("text", "/text").await.unwrap();
    transfer.unpacks = false;
    transfer.copy("a.tar", "/b.tar").await.unwrap();

    assert_eq!(*to.read("/t/in/file", ROOT).unwrap(), *b"content");
    assert_eq!(ids(&to, "/t/in/file"), (3, 4));
    assert!(to.is_file("/text", ROOT) && to.is_file("/b.tar", ROOT));
}
