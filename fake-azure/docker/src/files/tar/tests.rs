use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

mod strangers;

fn read_within(bytes: &[u8], limits: Limits) -> Result<Vec<(Header, Vec<u8>)>, TarError> {
    let mut reader = Reader::new(bytes, limits);
    let mut entries = Vec::new();
    while let Some(header) = reader.next_entry()? {
        let content = reader.content()?;
        entries.push((header, content));
    }
    Ok(entries)
}

fn read(bytes: &[u8]) -> Result<Vec<(Header, Vec<u8>)>, TarError> {
    read_within(bytes, Limits::default())
}

fn header(path: &str) -> Header {
    Header::new(path, EntryKind::File, 0o644, Timestamp::UNIX_EPOCH)
}

/// A block as an old program may have written it: fields, then the sum.
fn block(name: &[u8], flag: u8, size: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    block[..name.len()].copy_from_slice(name);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..124 + size.len()].copy_from_slice(size);
    block[156] = flag;
    change(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

#[test]
fn what_is_written_is_read() {
    let time: Timestamp = "2026-11-24T01:46:35.16888491Z".parse().unwrap();
    let long = "directory/".repeat(30) + "ünïcode";
    let kinds = [
        EntryKind::File,
        EntryKind::HardLink(long.clone()),
        EntryKind::Symlink("../elsewhere".to_owned()),
        EntryKind::CharDevice { major: 1, minor: 3 },
        EntryKind::BlockDevice {
            major: 259,
            minor: 70_000,
        },
        EntryKind::Fifo,
    ];
    let headers = kinds.into_iter().flat_map(|kind| {
        let plain = Header {
            kind,
            ..header("plain")
        };
        let rich = Header {
            path: long.clone(),
            mode: 0o7755,
            uid: u32::MAX,
            gid: 2_097_152,
            user: "somebody with a name that is longer than 32".to_owned(),
            group: "wheel".to_owned(),
            modified: time,
            xattrs: BTreeMap::from([
                ("user.a=b".replace('=', "-"), b"x\ny=\0\xff".to_vec()),
                ("security.capability".to_owned(), vec![1, 0, 0, 2]),
                ("user.empty".to_owned(), Vec::new()),
            ]),
            ..plain.clone()
        };
        [plain, rich]
    });
    let mut writer = Writer::new();
    let mut wanted = Vec::new();
    for (number, header) in headers.enumerate() {
        let content = match header.kind {
            EntryKind::File => vec![b'x'; 511 + number],
            _ => Vec::new(),
        };
        writer.add(header.clone(), &content);
        let size = content.len() as u64;
        wanted.push((Header { size, ..header }, content));
    }
    assert_eq!(read(&writer.finish()).unwrap(), wanted);
}

#[test]
fn a_directory_ends_in_a_slash() {
    let mut writer = Writer::new();
    let directory = Header {
        kind: EntryKind::Directory,
        ..header("d")
    };
    writer.add(directory, b"");
    let entries = read(&writer.finish()).unwrap();
    assert_eq!(entries[0].0.path, "d/");
    // Old programs have no other sign of a directory.
    let old = block(b"old/", b'0', b"0\0", |_| {});
    assert_eq!(read(&old).unwrap()[0].0.kind, EntryKind::Directory);
}

#[test]
fn long_names_and_large_numbers_of_gnu_are_read() {
    let path = "p".repeat(300);
    let link = "l".repeat(300);
    let mut bytes = block(b"././@LongLink", b'K', b"0000454\0", |_| {});
    bytes.extend(padded(link.clone().into_bytes()));
    bytes.extend(block(b"././@LongLink", b'L', b"0000455\0", |_| {}));
    bytes.extend(padded([path.as_bytes(), b"\0"].concat()));
    bytes.extend(block(b"p", b'2', b"0\0", |block| {
        block[257..265].copy_from_slice(b"ustar  \0");
        block[108..116].copy_from_slice(&[0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        block[136..148].fill(0xff);
        block[345..351].copy_from_slice(b"not me");
    }));
    let entries = read(&bytes).unwrap();
    let header = &entries[0].0;
    assert_eq!(header.path, path);
    assert_eq!(header.kind, EntryKind::Symlink(link));
    assert_eq!(header.uid, u32::MAX);
    assert_eq!(header.modified.as_second(), -1);
}

#[test]
fn the_parts_of_a_ustar_path_are_joined() {
    let bytes = block(b"name", b'0', b"0\0", |block| {
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[345..351].copy_from_slice(b"prefix");
    });
    assert_eq!(read(&bytes).unwrap()[0].0.path, "prefix/name");
}

#[test]
fn records_of_the_whole_archive_are_passed_over() {
    let record = b"16 path=ignored\n".to_vec();
    let mut bytes = block(b"g", b'g', b"0000020\0", |_| {});
    bytes.extend(padded(record));
    bytes.extend(block(b"name", b'0', b"0\0", |_| {}));
    assert_eq!(read(&bytes).unwrap()[0].0.path, "name");
}

#[test]
fn only_files_have_content_whatever_is_claimed() {
    let mut bytes = block(b"d/", b'5', b"0000777\0", |_| {});
    bytes.extend(block(b"name", b'0', b"0\0", |_| {}));
    let entries = read(&bytes).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].0.size, 0);
}

#[test]
fn an_archive_ends_at_two_empty_blocks_or_with_its_bytes() {
    let entry = block(b"a", b'0', b"0\0", |_| {});
    let after = block(b"b", b'0', b"0\0", |_| {});
    let count = |bytes: &[u8]| read(bytes).map(|entries| entries.len());
    assert_eq!(count(b"").unwrap(), 0);
    assert_eq!(count(&entry).unwrap(), 1);
    assert_eq!(count(&[&entry[..], &[0; BLOCK]].concat()).unwrap(), 1);
    assert_eq!(count(&[&entry[..], &END, &after].concat()).unwrap(), 1);
    // The docker CLI ends the context of `build -f` outside it with the last file's bytes.
    let file = [&block(b"a", b'0', b"3\0", |_| {})[..BLOCK], b"abc"].concat();
    assert_eq!(count(&file).unwrap(), 1);
    assert_eq!(count(&[&file[..], &[0; 7]].concat()).unwrap(), 1);
    assert!(matches!(
        count(&file[..BLOCK + 2]),
        Err(TarError::Truncated)
    ));
    assert!(matches!(
        count(&file[..BLOCK - 2]),
        Err(TarError::Truncated)
    ));
    let one_empty = [&entry[..], &[0; BLOCK], &after].concat();
    assert!(matches!(count(&one_empty), Err(TarError::Header)));
}

#[test]
fn what_is_no_archive_is_refused_in_the_engines_words() {
    let words = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(words(b"not a tar"), "unexpected EOF");
    assert_eq!(words(&[b'x'; 600]), "archive/tar: invalid tar header");
    let mut cut = block(b"a", b'0', b"0000002\0", |_| {});
    cut.push(b'x');
    assert_eq!(words(&cut), "unexpected EOF");
    let mut spoilt = block(b"a", b'0', b"0\0", |_| {});
    spoilt[0] = b'b';
    assert_eq!(words(&spoilt), "archive/tar: invalid tar header");
    let sparse = |parts: &'static [u8]| {
        words(&block(b"s", b'S', b"0\0", |block| {
            block[386..386 + parts.len()].copy_from_slice(parts);
        }))
    };
    let outside = b"00000000005\x0000000000000\x00";
    assert_eq!(sparse(outside), "archive/tar: invalid tar header");
}

#[test]
fn records_that_are_none_are_refused() {
    for record in [
        &b"9 path=x\n"[..],
        b"8 path=x\n",
        b"99999999999999999999 a=b\n",
        b"-1 a=b\n",
        b"0 \n",
        b"6 abc\n",
        b"nothing",
        b"7 \xff=bc\n",
        b"15 mtime=1.x2y\n",
        b"9 uid=-1\n",
        b"9 size=x\n",
    ] {
        let size = format!("{:07o}\0", record.len());
        let mut bytes = block(b"x", b'x', size.as_bytes(), |_| {});
        bytes.extend(padded(record.to_vec()));
        bytes.extend(block(b"name", b'0', b"0\0", |_| {}));
        let refused = read(&bytes);
        let fine = record.starts_with(b"9 path");
        assert_eq!(refused.is_ok(), fine, "{:?}", record.escape_ascii());
    }
}

#[test]
fn claims_of_size_cost_nothing() {
    let bytes = block(b"a", b'0', b"77777777777\0", |_| {});
    assert!(matches!(read(&bytes), Err(TarError::Truncated)));
    let bytes = block(b"x", b'x', b"77777777777\0", |_| {});
    assert!(matches!(read(&bytes), Err(TarError::Header)));
}

#[test]
fn limits_are_kept() {
    let mut writer = Writer::new();
    for name in ["a", "b", "long-name"] {
        writer.add(header(name), &[b'x'; 600]);
    }
    let bytes = writer.finish();
    let limits = |entries, bytes, path| Limits {
        entries,
        bytes,
        path,
    };
    let refusal = |limits| read_within(&bytes, limits).unwrap_err();
    assert!(read_within(&bytes, limits(3, 5632, 9)).is_ok());
    let refused = refusal(limits(2, 5632, 9));
    assert!(matches!(refused, TarError::TooManyEntries(2)), "{refused}");
    let refused = refusal(limits(3, 4000, 9));
    assert!(matches!(refused, TarError::TooLarge(4000)), "{refused}");
    let refused = refusal(limits(3, 5632, 8));
    assert!(matches!(refused, TarError::PathTooLong(8)), "{refused}");
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}", "[a-zü/]{90,160}", "[^\0]{1,20}"]
}

fn any_header() -> impl Strategy<Value = Header> {
    let kind = prop_oneof![
        Just(EntryKind::File),
        Just(EntryKind::Directory),
        Just(EntryKind::Fifo),
        name().prop_map(EntryKind::HardLink),
        name().prop_map(EntryKind::Symlink),
        (0_u32..1 << 21, 0_u32..1 << 21)
            .prop_map(|(major, minor)| EntryKind::CharDevice { major, minor }),
    ];
    let xattrs = prop::collection::btree_map("[a-z.]{1,9}", any::<Vec<u8>>(), 0..3);
    let ids = (any::<u32>(), 0_u32..100, 0_u32..0o10_000);
    let times = (-62_000_000_000_i64..200_000_000_000, 0_i32..1_000_000_000);
    (name(), kind, ids, times, xattrs).prop_map(|(path, kind, ids, time, xattrs)| {
        let modified = Timestamp::new(time.0, time.1).unwrap();
        let path = match kind {
            EntryKind::Directory => path + "/",
            _ => path.trim_end_matches('/').to_owned() + "x",
        };
        Header {
            uid: ids.0,
            gid: ids.1,
            xattrs,
            ..Header::new(path, kind, ids.2, modified)
        }
    })
}

proptest! {
    #[test]
    fn any_entry_comes_back(header in any_header(), content: Vec<u8>) {
        let content = match header.kind {
            EntryKind::File => content,
            _ => Vec::new(),
        };
        let mut writer = Writer::new();
        writer.add(header.clone(), &content);
        let size = content.len() as u64;
        let entries = read(&writer.finish()).unwrap();
        prop_assert_eq!(entries, vec![(Header { size, ..header }, content)]);
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _either_way = read(&bytes);
    }

    #[test]
    fn no_spoilt_archive_does_harm(
        headers in prop::collection::vec(any_header(), 1..4),
        spoilt in prop::collection::vec((any::<usize>(), any::<u8>()), 1..5),
    ) {
        let mut writer = Writer::new();
        for header in headers {
            writer.add(header, b"content");
        }
        let mut bytes = writer.finish();
        let length = bytes.len();
        for (at, byte) in spoilt {
            bytes[at % length] ^= byte;
        }
        // Mend the sums, so that what is spoilt is looked at.
        for block in bytes.chunks_exact_mut(BLOCK) {
            if block[257..262] == *b"ustar" {
                block[148..156].fill(b' ');
                let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
                block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            }
        }
        let _either_way = read(&bytes);
    }
}
