//! Files in memory: `--tmpfs`, mounts of type `tmpfs`, `/dev/shm`.

use std::sync::{Arc, OnceLock, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use crate::fault::Fault;
use crate::files::{
    Credentials, FileSystem, Limits, MODE_BITS, Meta, SharedTree, Source, Tree, View,
};
use crate::state::host_config::MountRequest;

/// What the engine says of each of them unless it is told otherwise.
const DEFAULTS: [&str; 4] = ["nosuid", "nodev", "noexec", "relatime"];

/// What is said of a file system in memory.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) read_only: bool,
    flags: Vec<String>,
    size: Option<u64>,
    inodes: Option<u64>,
    mode: Option<u32>,
    uid: Option<u32>,
    gid: Option<u32>,
}

impl Wish {
    /// Reads options as `mount -o` takes them: `size=1m,mode=700,exec`.
    ///
    /// # Errors
    /// When the engine does not know one.
    pub(super) fn read(options: &str, memory: u64) -> Result<Self, Fault> {
        let mut wish = Self {
            read_only: false,
            flags: DEFAULTS.map(str::to_owned).to_vec(),
            size: None,
            inodes: None,
            mode: None,
            uid: None,
            gid: None,
        };
        for option in options.split(',').filter(|option| !option.is_empty()) {
            wish.take(option, memory)?;
        }
        Ok(wish)
    }

    /// Reads the options of a mount of type `tmpfs`.
    ///
    /// # Errors
    /// When the engine does not know one.
    pub(super) fn of_mount(request: &MountRequest, memory: u64) -> Result<Self, Fault> {
        let mut text = Vec::new();
        let told = |key: &str| request.tmpfs_options.as_ref()?.get(key);
        if let Some(size) = told("SizeBytes").and_then(Value::as_u64).filter(|s| *s > 0) {
            text.push(format!("size={size}"));
        }
        if let Some(mode) = told("Mode").and_then(Value::as_u64).filter(|m| *m > 0) {
            text.push(format!("mode={mode:o}"));
        }
        for option in told("Options")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let words = option.as_array().into_iter().flatten();
            let words: Vec<&str> = words.filter_map(Value::as_str).collect();
            text.push(words.join("="));
        }
        let mut wish = Self::read(&text.join(","), memory)?;
        wish.read_only |= request.read_only;
        Ok(wish)
    }

    fn take(&mut self, option: &str, memory: u64) -> Result<(), Fault> {
        let unknown = || Fault::Internal(format!("invalid tmpfs option [{option:?}]"));
        let Some((name, value)) = option.split_once('=') else {
            return self.switch(option).ok_or_else(unknown);
        };
        let wrong = || {
            Fault::Internal(format!(
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting \"tmpfs\" to rootfs: mount tmpfs: {option}: invalid argument"
            ))
        };
        let number = || value.parse().map_err(|_| wrong());
        match name {
            "size" => self.size = Some(size(value, memory).ok_or_else(wrong)?),
            "nr_blocks" => {
                let blocks = size(value, 0).ok_or_else(wrong)?;
                self.size = Some(blocks.saturating_mul(4096));
            }
            "nr_inodes" => self.inodes = Some(size(value, 0).ok_or_else(wrong)?),
            "mode" => {
                let mode = u32::from_str_radix(value, 8).map_err(|_| wrong())?;
                self.mode = Some(mode & MODE_BITS);
            }
            "uid" => self.uid = Some(number()?),
            "gid" => self.gid = Some(number()?),
            "mpol" => {}
            _ => return Err(unknown()),
        }
        Ok(())
    }

    /// Takes a word that has no value; nothing when there is no such word.
    fn switch(&mut self, word: &str) -> Option<()> {
        let (on, off): (&str, &[&str]) = match word {
            "ro" | "rw" => {
                self.read_only = word == "ro";
                return Some(());
            }
            "exec" | "suid" | "dev" => {
                self.flags
                    .retain(|flag| flag.strip_prefix("no") != Some(word));
                return Some(());
            }
            "relatime" | "noatime" | "strictatime" => {
                (word, &["relatime", "noatime", "strictatime"])
            }
            "noexec" | "nosuid" | "nodev" | "sync" | "dirsync" | "mand" | "nodiratime" => {
                (word, &[word])
            }
            "defaults" | "async" | "nomand" | "diratime" | "norelatime" | "atime"
            | "nostrictatime" | "bind" | "rbind" | "private" | "rprivate" | "shared"
            | "rshared" | "slave" | "rslave" | "unbindable" | "runbindable" | "remount" => {
                return Some(());
            }
            _ => return None,
        };
        self.flags.retain(|flag| !off.contains(&flag.as_str()));
        self.flags.push(on.to_owned());
        Some(())
    }

    /// Makes the files. Where a folder is already, its permissions are taken over.
    pub(super) fn source(&self, view: &View, at: &str, memory: u64, now: Timestamp) -> Source {
        let there = view.stat(at, &Credentials::ROOT).ok();
        let there = there.map(|stat| stat.meta.mode & MODE_BITS);
        let mode = self.mode.or(there).unwrap_or(0o1777);
        let mut options = self.flags.join(",");
        let mut tell = |word: String| {
            options.push(',');
            options.push_str(&word);
        };
        if let Some(size) = self.size {
            tell(format!("size={}k", size.div_ceil(1024)));
        }
        if let Some(inodes) = self.inodes {
            tell(format!("nr_inodes={inodes}"));
        }
        if mode != 0o1777 {
            tell(format!("mode={mode:03o}"));
        }
        for (name, id) in [("uid", self.uid), ("gid", self.gid)] {
            if let Some(id) = id.filter(|id| *id != 0) {
                tell(format!("{name}={id}"));
            }
        }
        let mut tree = Tree::new(now);
        let default = Limits::default();
        tree.set_limits(Limits {
            bytes: self.size.filter(|size| *size > 0).unwrap_or(memory / 2),
            files: self
                .inodes
                .filter(|most| *most > 0)
                .unwrap_or(default.files),
        });
        let owned = |meta: &mut Meta| {
            meta.mode = mode;
            meta.uid = self.uid.unwrap_or(0);
            meta.gid = self.gid.unwrap_or(0);
        };
        // The root is always there.
        tree.set_meta(Tree::ROOT, owned).ok();
        Source {
            tree: tree.shared(),
            inside: "/".to_owned(),
            read_only: self.read_only,
            system: FileSystem::in_memory("tmpfs", options),
        }
    }
}

/// `/dev/shm`, of so many bytes.
pub(super) fn shared_memory(size: u64, now: Timestamp) -> Source {
    static BASE: OnceLock<Arc<Tree>> = OnceLock::new();
    /// Most containers have as much: the first one's size, and what is told of it.
    static USUAL: OnceLock<(u64, FileSystem)> = OnceLock::new();
    let base = BASE.get_or_init(|| {
        let tree: SharedTree = Tree::new(now).shared();
        let mut tree = tree.lock().unwrap_or_else(PoisonError::into_inner);
        // The root is always there.
        tree.set_meta(Tree::ROOT, |meta| meta.mode = 0o1777).ok();
        Arc::new(tree.flattened())
    });
    let mut tree = Tree::on(base.clone());
    tree.set_limits(Limits {
        bytes: size,
        ..Limits::default()
    });
    let described = |size: u64| {
        let options = format!("nosuid,nodev,noexec,relatime,size={}k", size.div_ceil(1024));
        FileSystem::in_memory("shm", options)
    };
    let (usual, description) = USUAL.get_or_init(|| (size, described(size)));
    let system = if size == *usual {
        description.clone()
    } else {
        described(size)
    };
    Source {
        tree: tree.shared(),
        inside: "/".to_owned(),
        read_only: false,
        system,
    }
}

/// Reads a size as the kernel does: a number with `k`, `m`, `g` or `t`, or a part of the memory
/// in percent.
fn size(text: &str, memory: u64) -> Option<u64> {
    if let Some(percent) = text.strip_suffix('%') {
        return Some(memory / 100 * percent.parse::<u64>().ok()?);
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1_u64 << 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(options: &str) -> Result<String, String> {
        let wish = Wish::read(options, 1000).map_err(|fault| fault.to_string())?;
        let view = View::of(Tree::new(Timestamp::UNIX_EPOCH));
        match wish.source(&view, "/t", 1000, Timestamp::UNIX_EPOCH).system {
            FileSystem::Memory(memory) => Ok(memory.options.clone()),
            FileSystem::Disk => Err("a disk".to_owned()),
        }
    }

    #[test]
    fn options_are_told_as_the_kernel_tells_them() {
        let plain = "nosuid,nodev,noexec,relatime";
        for (options, words) in [
            ("", plain.to_owned()),
            ("mode=700,size=1m", format!("{plain},size=1024k,mode=700")),
            ("size=50%", format!("{plain},size=1k")),
            ("mode=1777,uid=0,gid=7", format!("{plain},gid=7")),
            ("exec,suid", "nodev,relatime".to_owned()),
            ("noatime", "nosuid,nodev,noexec,noatime".to_owned()),
        ] {
            assert_eq!(told(options), Ok(words), "{options}");
        }
    }

    #[test]
    fn what_no_option_is_is_refused() {
        let refused = Err("invalid tmpfs option [\"nonsense\"]".to_owned());
        assert_eq!(told("nonsense"), refused);
        assert!(told("size=much").is_err());
        assert!(told("mode=9").is_err());
    }
}
