//! The files of containers, volumes and images, held in memory.
//!
//! Nothing here touches the machine's own files, and nothing waits.
//!
//! | module | what |
//! |---|---|
//! | `node` | what a file is: metadata, content, kinds |
//! | `tree` | a copy-on-write tree of inodes over a shared base |
//! | `view` | what a process sees: a root, mounts, paths, permissions |
//! | `open_file` | a file held open, whatever becomes of its name |
//! | `credentials` | who asks |
//! | `errno` | why not, in the words of `strerror` |
//! | `path` | joining and splitting of paths as text |
//! | `tar` | archives as bytes |
//! | `compression` | gzip and others |
//! | `disk` | how many bytes all trees may hold together |
//! | `pieces` | a body that came in pieces, as a reader |
//! | `pack`, `extract` | files into an archive and back |
//! | `changes`, `layer` | what a tree changed over its base, as a list and as an archive |
//! | `init_layer` | what the engine puts over an image itself |
//! | `archive` | what `docker cp` and `docker export` ask for |
//!
//! ```
//! use fake_docker::files::{Credentials, Tree, View};
//!
//! # fn main() -> Result<(), fake_docker::files::Errno> {
//! let now = jiff::Timestamp::UNIX_EPOCH;
//! let view = View::of(Tree::new(now));
//! let root = Credentials::ROOT;
//! view.create_dir_all("/srv/www", 0o755, &root, now)?;
//! view.write("/srv/www/index.html", "hello", 0o644, &root, now)?;
//! view.symlink("/srv/www", "/www", &root, now)?;
//! assert_eq!(*view.read("/www/index.html", &root)?, b"hello");
//! # Ok(())
//! # }
//! ```

pub mod archive;
pub mod changes;
pub mod compression;
pub mod credentials;
pub mod disk;
pub mod errno;
pub mod extract;
pub mod init_layer;
pub mod layer;
pub mod node;
pub mod open_file;
pub mod pack;
pub mod path;
pub mod pieces;
pub mod tar;
pub mod tree;
pub mod view;

pub use credentials::{Capability, Credentials, Denied, Want};
pub use disk::Disk;
pub use errno::Errno;
pub use node::{Content, Ino, Inode, Kind, MODE_BITS, Meta, Node};
pub use open_file::{Open, OpenFile};
pub use tree::{Limits, SharedTree, Tree, Usage};
pub use view::{DirEntry, FileSystem, MountPoint, Source, Space, Stat, View};

#[cfg(test)]
mod tests;
