//! The hosts file: one line `address name` for every public name that there is or was.
//!
//! It may be bound over `/etc/hosts` in another mount namespace, so it is changed in place:
//! a line is appended for a new address, and then one byte of the old one turned into `#`. A name
//! whose host is gone leads to an address where nobody listens: without a line it would be looked
//! up in the world's own name service, and lead to a stranger's host.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The live hosts file.
#[derive(Debug)]
pub(crate) struct HostsFile {
    path: PathBuf,
    file: File,
    length: u64,
    /// Where nobody listens.
    closed: Ipv4Addr,
    lines: HashMap<String, (u64, Ipv4Addr)>,
}

impl HostsFile {
    /// Begins the file anew, with these lines of somebody else's before its own.
    pub(crate) fn create(path: &Path, preamble: &str, closed: Ipv4Addr) -> io::Result<Self> {
        // World-readable as /etc/hosts is, since any user's programs resolve names with it.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o644)
            .open(path)?;
        let mut text = preamble.to_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        file.write_all(text.as_bytes())?;
        Ok(Self {
            path: path.to_owned(),
            file,
            length: text.len() as u64,
            closed,
            lines: HashMap::new(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a name leads to.
    pub(crate) fn address(&self, name: &str) -> Option<Ipv4Addr> {
        self.lines.get(name).map(|(_, address)| *address)
    }

    /// Sets the address of a name; without one it leads nowhere.
    pub(crate) fn set(&mut self, name: &str, address: Option<Ipv4Addr>) -> io::Result<()> {
        let address = address.unwrap_or(self.closed);
        let old = self.lines.get(name).copied();
        if old.is_some_and(|(_, old)| old == address) {
            return Ok(());
        }
        let line = format!("{address} {name}\n");
        self.file.write_all_at(line.as_bytes(), self.length)?;
        self.lines.insert(name.to_owned(), (self.length, address));
        self.length += line.len() as u64;
        match old {
            Some((at, _)) => self.file.write_all_at(b"#", at),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_in_place_and_lead_nowhere_once_their_hosts_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hosts");
        let mut hosts =
            HostsFile::create(&path, "127.0.0.1 localhost", Ipv4Addr::new(127, 1, 0, 0)).unwrap();
        let open_before = File::open(&path).unwrap();
        hosts
            .set("a.example", Some(Ipv4Addr::new(127, 1, 0, 2)))
            .unwrap();
        hosts
            .set("b.example", Some(Ipv4Addr::new(127, 1, 0, 3)))
            .unwrap();
        hosts.set("a.example", None).unwrap();
        hosts
            .set("b.example", Some(Ipv4Addr::new(127, 1, 0, 3)))
            .unwrap();
        hosts
            .set("b.example", Some(Ipv4Addr::new(127, 1, 0, 4)))
            .unwrap();
        let seen = io::read_to_string(open_before).unwrap();
        assert_eq!(
            seen,
            "127.0.0.1 localhost\n#27.1.0.2 a.example\n#27.1.0.3 b.example\n127.1.0.0 a.example\n127.1.0.4 b.example\n"
        );
    }
}
