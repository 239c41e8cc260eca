//! What the engine itself puts over an image before a container writes to it.

use std::sync::Arc;

use jiff::Timestamp;

use super::credentials::Credentials;
use super::errno::Errno;
use super::tree::Tree;
use super::view::View;

enum Made {
    Directory,
    File,
    Link(&'static str),
}

/// The places that a container's own mounts need, and the file by which programs know that
/// they run in a container.
const PLACES: [(&str, Made); 10] = [
    ("/.dockerenv", Made::File),
    ("/dev/console", Made::File),
    ("/dev/pts", Made::Directory),
    ("/dev/shm", Made::Directory),
    ("/etc/hostname", Made::File),
    ("/etc/hosts", Made::File),
    ("/etc/mtab", Made::Link("/proc/mounts")),
    ("/etc/resolv.conf", Made::File),
    ("/proc", Made::Directory),
    ("/sys", Made::Directory),
];

/// Returns the tree that containers of an image begin on, for all of them the same.
///
/// What it adds is in no diff and in no committed image, but in an export.
pub fn init_layer(image: Arc<Tree>, now: Timestamp) -> Result<Arc<Tree>, Errno> {
    let root = &Credentials::ROOT;
    let view = View::of(Tree::on(image));
    for (path, made) in PLACES {
        if view.exists(path, root) {
            continue;
        }
        if let Some((above, _)) = path.rsplit_once('/') {
            view.create_dir_all(above, 0o755, root, now)?;
        }
        // A link that leads nowhere makes way.
        let _before = view.remove_file(path, root, now);
        match made {
            Made::Directory => view.create_dir(path, 0o755, root, now)?,
            Made::File => view.write(path, "", 0o755, root, now)?,
            Made::Link(target) => view.symlink(target, path, root, now)?,
        }
    }
    let tree = view.root().lock().map(|tree| tree.clone());
    Ok(tree.map_err(|_| Errno::InputOutput)?.into_base())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Meta, Node};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn what_an_image_has_stays() {
        let mut image = Tree::new(NOW);
        let hosts = Node::File("own".into());
        image
            .put("/etc/hosts", Meta::new(0o600, NOW), hosts)
            .unwrap();
        let link = Node::Symlink("/nowhere".to_owned());
        image
            .put("/etc/resolv.conf", Meta::new(0o777, NOW), link)
            .unwrap();
        let image = image.into_base();
        let layer = init_layer(Arc::clone(&image), NOW).unwrap();
        let view = View::of(Tree::on(layer));
        let root = &Credentials::ROOT;
        assert_eq!(*view.read("/etc/hosts", root).unwrap(), b"own");
        assert!(view.is_file("/etc/resolv.conf", root));
        assert_eq!(view.read_link("/etc/mtab", root).unwrap(), "/proc/mounts");
        assert_eq!(view.stat("/.dockerenv", root).unwrap().mode(), 0o100_755);
        assert!(view.is_dir("/dev/shm", root));
    }

    #[test]
    fn it_can_be_laid_on_itself() {
        let once = init_layer(Tree::new(NOW).into_base(), NOW).unwrap();
        let twice = init_layer(Arc::clone(&once), NOW).unwrap();
        assert_eq!(crate::files::changes::changes(&once, &twice), []);
    }
}
