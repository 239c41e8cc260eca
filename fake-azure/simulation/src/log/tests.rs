use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

const KIND: Kind = Kind {
    name: "things",
    format: 3,
};

fn opened(path: &std::path::Path) -> Result<(Log<LogFile>, Option<Contents>), LogError> {
    Log::open(LogFile::new(path).unwrap(), KIND, Durability::Process)
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    (folder, path)
}

/// A log with a snapshot and two records.
fn made(path: &std::path::Path) -> Vec<u8> {
    let (mut log, found) = opened(path).unwrap();
    assert!(found.is_none());
    log.compact(b"snapshot").unwrap();
    log.append(b"one").unwrap();
    log.append(b"two").unwrap();
    fs::read(path).unwrap()
}

/// What is in a log, to be compared.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    format: u32,
    snapshot: Vec<u8>,
    records: Vec<Vec<u8>>,
    torn: bool,
}

fn told(contents: Option<Contents>) -> Told {
    let contents = contents.unwrap();
    Told {
        format: contents.format,
        snapshot: contents.snapshot().to_vec(),
        records: contents.records().map(<[u8]>::to_vec).collect(),
        torn: contents.torn,
    }
}

fn contents(records: &[&[u8]], torn: bool) -> Told {
    Told {
        format: 3,
        snapshot: b"snapshot".to_vec(),
        records: records.iter().map(|record| record.to_vec()).collect(),
        torn,
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's own files")]
fn write(path: &std::path::Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_was_appended_is_there_again() {
    let (_folder, path) = folder();
    made(&path);
    let (mut log, found) = opened(&path).unwrap();
    assert_eq!(told(found), contents(&[b"one", b"two"], false));
    log.compact(b"snapshot").unwrap();
    drop(log);
    assert_eq!(told(opened(&path).unwrap().1), contents(&[], false));
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_log_that_is_cut_anywhere_tells_all_that_is_whole() {
    let (_folder, path) = folder();
    let whole = made(&path);
    let snapshot_ends = header(KIND).len() + FRAME + b"snapshot".len();
    for length in snapshot_ends..=whole.len() {
        write(&path, &whole[..length]);
        let found = told(opened(&path).unwrap().1);
        let after = length - snapshot_ends;
        let record = FRAME + 3;
        let records = &[&b"one"[..], b"two"][..after / record];
        assert_eq!(
            found,
            contents(records, !after.is_multiple_of(record)),
            "{length}"
        );
        assert_eq!(fs::read(&path).unwrap(), whole[..length], "untouched");
    }
    // Room that was made and not filled.
    let mut roomy = whole.clone();
    roomy.extend([0; 100]);
    write(&path, &roomy);
    let found = told(opened(&path).unwrap().1);
    assert_eq!(found, contents(&[b"one", b"two"], true));
}

#[test]
fn a_length_that_was_damaged_is_told_from_a_record_that_was_being_written() {
    let (_folder, path) = folder();
    let (mut log, _) = opened(&path).unwrap();
    log.compact(b"snapshot").unwrap();
    log.append(b"the first of the records").unwrap();
    log.append(b"the last of the records").unwrap();
    drop(log);
    let mut bytes = fs::read(&path).unwrap();
    bytes[header(KIND).len() + FRAME + b"snapshot".len() + 2] ^= 0x40;
    write(&path, &bytes);
    let refused = opened(&path).map(drop).unwrap_err();
    assert!(matches!(refused, LogError::Damaged { .. }), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), bytes, "untouched");
}

#[test]
fn files_that_are_no_such_log_are_told_apart_and_left_alone() {
    let (_folder, path) = folder();
    let whole = made(&path);
    let mut damaged = whole.clone();
    damaged[header(KIND).len() + FRAME] ^= 1;
    let newer = b"simulation-log 1 things 4\nwhat is this".as_slice();
    let later = b"simulation-log 2 things 3\nwhat is this".as_slice();
    let other = b"simulation-log 1 others 3\nwhat is this".as_slice();
    for (bytes, told) in [
        (
            b"SQLite format 3\0".as_slice(),
            "is not a file of this kind",
        ),
        (b"\n", "is not a file of this kind"),
        (b"simulation-log\n", "makes no sense"),
        (other, "of something else"),
        (newer, "its format is 4, and this one reads up to 3"),
        (later, "its format is 2, and this one reads up to 1"),
        (&damaged, "damaged at byte"),
        (header(KIND).as_bytes(), "damaged at byte"),
    ] {
        write(&path, bytes);
        let error = opened(&path).unwrap_err().to_string();
        assert!(error.contains(told), "{error}, not {told}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{told}");
    }
}

#[test]
fn a_log_goes_on_behind_what_is_whole() {
    let (_folder, path) = folder();
    let mut torn = made(&path);
    torn.extend([9, 0, 0, 0, 1]);
    write(&path, &torn);
    let (mut log, found) = opened(&path).unwrap();
    assert!(matches!(log.append(b"three"), Err(LogError::Broken)));
    log.go_on(found.unwrap().end()).unwrap();
    log.append(b"three").unwrap();
    log.append(b"four").unwrap();
    drop(log);
    assert_eq!(
        told(opened(&path).unwrap().1),
        contents(&[b"one", b"two", b"three", b"four"], false)
    );
}

#[test]
fn an_older_format_is_told_to_whoever_opens() {
    let (_folder, path) = folder();
    let older = Kind { format: 2, ..KIND };
    let storage = LogFile::new(&path).unwrap();
    let (mut log, _) = Log::open(storage, older, Durability::Process).unwrap();
    log.compact(b"old").unwrap();
    drop(log);
    let found = told(opened(&path).unwrap().1);
    assert_eq!((found.format, found.snapshot.as_slice()), (2, &b"old"[..]));
}

#[test]
fn one_process_has_a_log_at_a_time() {
    let (_folder, path) = folder();
    let (mut log, _) = opened(&path).unwrap();
    log.compact(b"snapshot").unwrap();
    assert!(matches!(opened(&path), Err(LogError::InUse)));
    log.compact(b"another").unwrap();
    assert!(matches!(opened(&path), Err(LogError::InUse)));
    drop(log);
    assert_eq!(told(opened(&path).unwrap().1).snapshot, b"another");
}

#[test]
fn of_two_that_begin_a_log_one_has_it() {
    let (_folder, path) = folder();
    let ((mut first, _), (mut second, _)) = (opened(&path).unwrap(), opened(&path).unwrap());
    first.compact(b"first").unwrap();
    assert!(second.compact(b"second").is_err());
    assert!(matches!(second.append(b"x"), Err(LogError::Broken)));
    first.append(b"x").unwrap();
    drop(first);
    assert_eq!(told(opened(&path).unwrap().1).snapshot, b"first");
    let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1);
}

#[test]
fn what_is_no_file_is_none_of_a_log() {
    let (folder, _) = folder();
    let error = opened(folder.path()).unwrap_err();
    assert!(matches!(error, LogError::Foreign(_)), "{error}");
}

#[test]
fn a_link_is_followed_and_stays() {
    let (folder, path) = folder();
    made(&path);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let (mut log, found) = opened(&link).unwrap();
    assert_eq!(told(found).records.len(), 2);
    log.compact(b"through").unwrap();
    drop(log);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(told(opened(&path).unwrap().1).snapshot, b"through");
}

/// A disk that keeps what was synced, and of the rest as much as chance wants; and that is full
/// beyond some length.
#[derive(Debug, Default)]
struct Disk {
    written: Vec<u8>,
    synced: Option<usize>,
    room: Option<usize>,
}

impl Disk {
    /// What is left when the power fails, of which so many unsynced bytes had reached the plates.
    fn after_power_loss(&self, lucky: usize) -> Self {
        let Some(synced) = self.synced else {
            return Self::default();
        };
        let left = (synced + lucky).min(self.written.len());
        Self {
            written: self.written[..left].to_vec(),
            synced: Some(left),
            room: None,
        }
    }
}

impl Storage for &mut Disk {
    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.synced.is_some().then(|| self.written.clone()))
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.room.unwrap_or(usize::MAX) - self.written.len();
        let fits = bytes.len().min(room);
        self.written.extend(&bytes[..fits]);
        if fits < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.written.truncate(usize::try_from(length).unwrap());
        self.synced = self.synced.map(|synced| synced.min(self.written.len()));
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.room.is_some_and(|room| bytes.len() > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.written = bytes.to_vec();
        self.synced = Some(bytes.len());
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.synced = Some(self.written.len());
        Ok(())
    }
}

fn on(disk: &mut Disk, durability: Durability) -> (Log<&mut Disk>, Option<Contents>) {
    Log::open(disk, KIND, durability).unwrap()
}

proptest! {
    #[test]
    fn what_was_synced_survives_the_loss_of_power(
        records in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..20),
        compacted in 0..20_usize,
        lucky in 0..200_usize,
    ) {
        let mut disk = Disk::default();
        let (mut log, _) = on(&mut disk, Durability::Machine);
        log.compact(b"snapshot").unwrap();
        for (n, record) in records.iter().enumerate() {
            if n == compacted {
                log.compact(b"another").unwrap();
            }
            log.append(record).unwrap();
        }
        let mut left = disk.after_power_loss(lucky);
        let (_, found) = on(&mut left, Durability::Machine);
        let found = told(found);
        let kept = if compacted < records.len() { compacted } else { 0 };
        prop_assert_eq!(&found.records, &records[kept..]);
    }

    #[test]
    fn what_was_not_synced_is_lost_from_the_end_and_whole(
        records in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..20),
        lucky in 0..600_usize,
    ) {
        let mut disk = Disk::default();
        let (mut log, _) = on(&mut disk, Durability::Process);
        log.compact(b"snapshot").unwrap();
        for record in &records {
            log.append(record).unwrap();
        }
        let mut left = disk.after_power_loss(lucky);
        let (_, found) = on(&mut left, Durability::Process);
        let found = told(found);
        prop_assert!(records.starts_with(&found.records));
    }
}

#[test]
fn a_full_disk_refuses_a_record_and_keeps_those_before() {
    let mut disk = Disk::default();
    let (mut log, _) = on(&mut disk, Durability::Process);
    log.compact(b"snapshot").unwrap();
    log.append(b"one").unwrap();
    let full = log.storage.written.len() + 4;
    log.storage.room = Some(full);
    let refused = log.append(b"two");
    assert!(matches!(
        refused,
        Err(LogError::Io {
            verb: "written",
            ..
        })
    ));
    assert!(log.compact(&[1; 1000]).is_err());
    // Something is deleted, and there is room again.
    log.storage.room = None;
    log.append(b"two").unwrap();
    let (_, found) = on(&mut disk, Durability::Process);
    assert_eq!(told(found), contents(&[b"one", b"two"], false));
}

#[test]
fn a_log_is_long_when_its_records_outweigh_its_snapshot() {
    let mut disk = Disk::default();
    let (mut log, _) = on(&mut disk, Durability::Process);
    log.compact(&[7; 1000]).unwrap();
    assert!(!log.is_long());
    let slack = usize::try_from(SLACK).unwrap();
    log.append(&vec![7; slack + 1000]).unwrap();
    assert!(!log.is_long());
    log.append(&[7; 2000]).unwrap();
    assert!(log.is_long());
    log.compact(&[7; 1000]).unwrap();
    assert!(!log.is_long());
}
