//! A listed layer as the tar archive and the gzip file that registries keep.

use jiff::Timestamp;

use super::contents::{Contents, EntryKind};
use crate::files::tar::{self, Header, Writer};

/// The most that one stored block of a gzip file holds.
const STORED: usize = 65_535;

/// Packs the files into a tar archive whose bytes follow from them and from `modified`.
pub(super) fn tar(contents: &Contents, modified: Timestamp) -> Vec<u8> {
    let mut archive = Writer::new();
    for (path, entry) in contents.entries() {
        let (kind, content) = match &entry.kind {
            EntryKind::Directory => (tar::EntryKind::Directory, [].as_slice()),
            EntryKind::File(content) => (tar::EntryKind::File, content.as_slice()),
            EntryKind::Symlink(target) => (tar::EntryKind::Symlink(target.clone()), [].as_slice()),
        };
        let header = Header {
            uid: entry.uid,
            gid: entry.gid,
            ..Header::new(path, kind, entry.mode, modified)
        };
        archive.add(header, content);
    }
    archive.finish()
}

/// Wraps bytes as a gzip file without compressing them: what a compressor makes of them
/// changes from version to version, and the digest of a layer must not.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut rest = bytes;
    loop {
        let (block, after) = rest.split_at(rest.len().min(STORED));
        file.push(u8::from(after.is_empty()));
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    file.extend(crc32(bytes).to_le_bytes());
    let length = u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or_default();
    file.extend(length.to_le_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let register = bytes.iter().fold(u32::MAX, |register, byte| {
        let [low, ..] = register.to_le_bytes();
        TABLE[usize::from(low ^ byte)] ^ (register >> 8)
    });
    !register
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut number = 0;
    while number < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let mut register = number as u32;
        let mut bit = 0;
        while bit < 8 {
            register = (register >> 1) ^ if register & 1 == 1 { 0xedb8_8320 } else { 0 };
            bit += 1;
        }
        table[number] = register;
        number += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
