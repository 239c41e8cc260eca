//! How much an engine takes upon itself before it refuses.

use std::time::Duration;

use crate::files::tar;

/// How much an engine takes upon itself before it refuses, so that no client can exhaust the
/// machine that it runs on.
///
/// ```
/// let limits = fake_docker::Limits {
///     containers: 100,
///     ..fake_docker::Limits::default()
/// };
/// let engine = fake_docker::Engine::builder().limits(limits).build();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many containers there may be at once. One more is refused with 500.
    pub containers: usize,
    /// How many images there may be at once. What would make or fetch one more is refused with
    /// 500.
    pub images: usize,
    /// How many execs are remembered: for one more, the oldest that has ended is forgotten. When
    /// all of them run, it is refused with 500.
    pub execs: usize,
    /// How many bytes of each container's output are kept. The oldest lines go.
    pub log_bytes: usize,
    /// How many bytes all files may hold that containers and volumes have beside their images,
    /// and images that were loaded, imported, committed or built. Who writes more finds no space
    /// left on the device.
    pub disk_bytes: u64,
    /// How many bytes a document in a request may have. A longer one is refused with 413.
    pub document_bytes: usize,
    /// How many bytes an archive in a request may have, as it is sent. A longer one is refused
    /// with 413.
    pub archive_bytes: usize,
    /// How many bytes all bodies of requests may have together that have begun and not ended.
    /// One more is refused with 500.
    pub unfinished_bytes: usize,
    /// How many bytes an archive in a request may have when it is unpacked.
    pub unpacked_bytes: u64,
    /// How many entries an archive in a request may have.
    pub archive_entries: u64,
    /// How long a connection may go without the whole head of a request, and how long the body
    /// of a request may pause. The connection is closed then. The machine's time counts, not the
    /// engine's.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            containers: 100_000,
            images: 10_000,
            execs: 10_000,
            log_bytes: 4 << 20,
            disk_bytes: 8 << 30,
            document_bytes: 4 << 20,
            archive_bytes: 1 << 30,
            unfinished_bytes: 2 << 30,
            unpacked_bytes: 2 << 30,
            archive_entries: 1 << 20,
            // As the engine's own server has it.
            silence: Duration::from_mins(5),
        }
    }
}

impl Limits {
    /// How much an archive in a request may hold.
    pub(crate) fn archive(&self) -> tar::Limits {
        tar::Limits {
            entries: self.archive_entries,
            bytes: self.unpacked_bytes,
            ..tar::Limits::default()
        }
    }
}
