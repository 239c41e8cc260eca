//! Files with holes: which parts of them an archive has, in the four ways in which it is told.

use std::collections::{BTreeMap, VecDeque};

use super::{BLOCK, TarError, number};

/// The beginning of the keys of GNU's records.
const KEY: &str = "GNU.sparse.";
/// How many parts a file may have.
const MOST: usize = 1 << 16;

/// A part of a file: where it begins, and how long it is.
pub(super) type Part = (u64, u64);

/// What of a file is not a hole.
#[derive(Debug, Default)]
pub(super) struct Sparse {
    parts: VecDeque<Part>,
    /// How far it was read.
    at: u64,
    size: u64,
}

/// What comes next of a file.
pub(super) enum Next {
    /// So many zeros, which the archive does not have.
    Hole(u64),
    /// So many bytes of the archive.
    Content(u64),
    End,
}

impl Sparse {
    /// Makes a file of its parts, of which the archive has `stored` bytes.
    pub(super) fn new(parts: Vec<Part>, size: u64, stored: u64) -> Result<Self, TarError> {
        let mut end = 0_u64;
        let mut sum = 0_u64;
        for (offset, length) in &parts {
            let next = offset.checked_add(*length).ok_or(TarError::Header)?;
            if *offset < end || next > size {
                return Err(TarError::Header);
            }
            end = next;
            sum += length;
        }
        if sum != stored {
            return Err(TarError::Header);
        }
        let parts = parts.into_iter().filter(|(_, length)| *length > 0);
        Ok(Self {
            parts: parts.collect(),
            at: 0,
            size,
        })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// What comes next, at most `most` bytes of it.
    pub(super) fn next(&mut self, most: u64) -> Next {
        while self
            .parts
            .front()
            .is_some_and(|(offset, length)| offset + length == self.at)
        {
            self.parts.pop_front();
        }
        let next = match self.parts.front() {
            Some((offset, length)) if *offset <= self.at => {
                Next::Content(most.min(offset + length - self.at))
            }
            Some((offset, _)) => Next::Hole(most.min(offset - self.at)),
            None if self.at < self.size => Next::Hole(most.min(self.size - self.at)),
            None => Next::End,
        };
        if let Next::Hole(count) | Next::Content(count) = next {
            self.at += count;
        }
        next
    }
}

/// The parts that a block of the old format tells, from `at` on, and whether another block of them
/// follows.
pub(super) fn old_parts(
    block: &[u8; BLOCK],
    at: usize,
    count: usize,
    parts: &mut Vec<Part>,
) -> Result<bool, TarError> {
    let number = |at: usize| {
        let number = number::read(&block[at..at + 12]).ok_or(TarError::Header)?;
        u64::try_from(number).map_err(|_| TarError::Header)
    };
    for index in 0..count {
        let at = at + 24 * index;
        if block[at] == 0 {
            break;
        }
        parts.push((number(at)?, number(at + 12)?));
    }
    check_count(parts)?;
    Ok(block[at + 24 * count] != 0)
}

/// What records of pax tell of a file with holes.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// The offsets and lengths of the first way, in turn.
    pub(super) numbers: Vec<u64>,
    /// The whole list of the second way.
    map: Option<Vec<u8>>,
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// Whether the list stands before the content.
    pub(super) is_ahead: bool,
}

impl Records {
    /// Takes a file's records out of all of them; `numbers` are those that stand there repeatedly.
    pub(super) fn take(
        records: &mut BTreeMap<String, Vec<u8>>,
        numbers: Vec<u64>,
    ) -> Result<Option<Self>, TarError> {
        if !records.keys().any(|key| key.starts_with(KEY)) {
            return Ok(None);
        }
        let mut record = |key: &str| records.remove(&format!("{KEY}{key}"));
        let size = record("realsize").or_else(|| record("size"));
        let told = Self {
            numbers,
            map: record("map"),
            name: record("name"),
            size: size.map(|size| natural(&size)).transpose()?,
            is_ahead: record("major").is_some_and(|major| major == b"1"),
        };
        records.retain(|key, _| !key.starts_with(KEY));
        Ok(Some(told))
    }

    /// The parts, where they do not stand before the content.
    pub(super) fn parts(&self) -> Result<Vec<Part>, TarError> {
        match &self.map {
            Some(map) => {
                let numbers: Result<Vec<u64>, TarError> =
                    map.split(|byte| *byte == b',').map(natural).collect();
                pairs(&numbers?)
            }
            None => pairs(&self.numbers),
        }
    }
}

/// Reads parts out of offsets and lengths in turn.
pub(super) fn pairs(numbers: &[u64]) -> Result<Vec<Part>, TarError> {
    if !numbers.len().is_multiple_of(2) {
        return Err(TarError::Header);
    }
    let parts: Vec<Part> = numbers
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect();
    check_count(&parts)?;
    Ok(parts)
}

/// Reads a number in decimals.
pub(super) fn natural(text: &[u8]) -> Result<u64, TarError> {
    let text = std::str::from_utf8(text).map_err(|_| TarError::Header)?;
    text.parse().map_err(|_| TarError::Header)
}

/// Whether a count of parts is one that is read.
pub(super) fn is_too_many(count: u64) -> bool {
    count > MOST as u64
}

fn check_count(parts: &[Part]) -> Result<(), TarError> {
    if parts.len() > MOST {
        return Err(TarError::Header);
    }
    Ok(())
}
