//! What a Redis server keeps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

/// How many databases there are.
pub(super) const DATABASES: usize = 16;
/// How many bytes are kept at most, keys and values together.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What an entry costs beside its bytes.
const OVERHEAD: usize = 48;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(Vec<u8>),
    List(VecDeque<Vec<u8>>),
    Hash(BTreeMap<Vec<u8>, Vec<u8>>),
    Set(BTreeSet<Vec<u8>>),
    Sorted(Sorted),
}

/// Members with scores, by member and by score.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sorted {
    scores: BTreeMap<Vec<u8>, Score>,
    order: BTreeSet<(Score, Vec<u8>)>,
}

/// A score, in the order of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Score(pub(super) f64);

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Sorted {
    /// Gives a member a score; the score that it had.
    pub(super) fn set(&mut self, member: &[u8], score: f64) -> Option<f64> {
        let old = self.remove(member);
        self.scores.insert(member.to_vec(), Score(score));
        self.order.insert((Score(score), member.to_vec()));
        old
    }

    pub(super) fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let score = self.scores.remove(member)?;
        self.order.remove(&(score, member.to_vec()));
        Some(score.0)
    }

    pub(super) fn score(&self, member: &[u8]) -> Option<f64> {
        self.scores.get(member).map(|score| score.0)
    }

    pub(super) fn len(&self) -> usize {
        self.scores.len()
    }

    /// The members by their scores, the lowest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Vec<u8>, f64)> {
        self.order.iter().map(|(score, member)| (member, score.0))
    }
}

impl Value {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "string",
            Self::List(_) => "list",
            Self::Hash(_) => "hash",
            Self::Set(_) => "set",
            Self::Sorted(_) => "zset",
        }
    }

    /// Whether it is a collection of nothing, which is never kept.
    fn is_gone(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::List(list) => list.is_empty(),
            Self::Hash(hash) => hash.is_empty(),
            Self::Set(set) => set.is_empty(),
            Self::Sorted(sorted) => sorted.len() == 0,
        }
    }

    fn size(&self) -> usize {
        let each = |bytes: &Vec<u8>| bytes.len() + OVERHEAD;
        match self {
            Self::Text(text) => text.len(),
            Self::List(list) => list.iter().map(each).sum(),
            Self::Hash(hash) => hash.iter().map(|(k, v)| each(k) + v.len()).sum(),
            Self::Set(set) => set.iter().map(each).sum(),
            Self::Sorted(sorted) => sorted.scores.keys().map(|m| 2 * each(m)).sum(),
        }
    }
}

#[derive(Clone, Debug)]
struct Entry {
    value: Value,
    /// When it is forgotten, in milliseconds since 1970.
    expires: Option<i64>,
    /// Another one after each change.
    version: u64,
}

/// When an entry is forgotten, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expiry {
    NoEntry,
    Never,
    At(i64),
}

impl Expiry {
    /// The moment, if there is one.
    pub(super) fn moment(self) -> Option<i64> {
        match self {
            Self::At(at) => Some(at),
            Self::NoEntry | Self::Never => None,
        }
    }
}

/// One of the databases.
#[derive(Clone, Debug, Default)]
pub(super) struct Database {
    entries: BTreeMap<Vec<u8>, Entry>,
    /// Which entry is forgotten when, the next first.
    expiries: BTreeSet<(i64, Vec<u8>)>,
    /// How often something was changed.
    changes: u64,
}

/// All that a server keeps.
#[derive(Clone, Debug)]
pub(super) struct Store {
    databases: Vec<Database>,
    /// About how many bytes are kept: never fewer than there are.
    estimate: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            databases: vec![Database::default(); DATABASES],
            estimate: 0,
        }
    }
}

impl Store {
    /// A database, with what has expired by `now` forgotten.
    pub(super) fn database(&mut self, number: usize, now: i64) -> &mut Database {
        let database = &mut self.databases[number % DATABASES];
        database.forget(now);
        database
    }

    pub(super) fn databases(&self) -> impl Iterator<Item = (usize, &Database)> {
        self.databases.iter().enumerate()
    }

    pub(super) fn clear(&mut self) {
        self.databases.iter_mut().for_each(Database::clear);
        self.estimate = 0;
    }

    /// Whether there is room for so many more bytes. Counting anew is paid for by what was
    /// written since the last time.
    pub(super) fn has_room(&mut self, bytes: usize) -> bool {
        self.estimate += bytes + OVERHEAD;
        if self.estimate > MOST_BYTES {
            self.estimate = self.databases.iter().map(Database::size).sum::<usize>() + bytes;
            return self.estimate <= MOST_BYTES - MOST_BYTES / 16;
        }
        true
    }

    pub(super) fn used(&self) -> usize {
        self.databases.iter().map(Database::size).sum()
    }

    /// Takes what another database has, and gives it this one's.
    pub(super) fn swap(&mut self, one: usize, other: usize) {
        self.databases.swap(one % DATABASES, other % DATABASES);
    }
}

impl Database {
    fn forget(&mut self, now: i64) {
        while let Some((at, _)) = self.expiries.first() {
            if *at > now {
                break;
            }
            if let Some((_, key)) = self.expiries.pop_first() {
                self.entries.remove(&key);
            }
        }
    }

    fn size(&self) -> usize {
        let entries = self.entries.iter();
        entries
            .map(|(key, entry)| key.len() + entry.value.size() + OVERHEAD)
            .sum()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many entries will be forgotten.
    pub(super) fn expiring(&self) -> usize {
        self.expiries.len()
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            changes: self.changes,
            ..Self::default()
        };
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<&Value> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// Tells whether an entry is the one that it was; 0 where there is none.
    pub(super) fn version(&self, key: &[u8]) -> u64 {
        self.entries.get(key).map_or(0, |entry| entry.version)
    }

    /// The value, or a new one in its place, to be changed; it keeps its time. Where something
    /// may have been taken out, [`Database::tidy`] follows.
    pub(super) fn or_insert(&mut self, key: &[u8], value: impl FnOnce() -> Value) -> &mut Value {
        self.changes += 1;
        let entry = self.entries.entry(key.to_vec()).or_insert_with(|| Entry {
            value: value(),
            expires: None,
            version: 0,
        });
        entry.version = self.changes;
        &mut entry.value
    }

    /// Removes a collection in which nothing is left.
    pub(super) fn tidy(&mut self, key: &[u8]) {
        if self.get(key).is_some_and(Value::is_gone) {
            self.remove(key);
        }
    }

    /// Puts a value, which is never forgotten unless that is said.
    pub(super) fn put(&mut self, key: &[u8], value: Value, expires: Option<i64>) {
        self.remove(key);
        if let Some(at) = expires {
            self.expiries.insert((at, key.to_vec()));
        }
        self.changes += 1;
        let entry = Entry {
            value,
            expires,
            version: self.changes,
        };
        self.entries.insert(key.to_vec(), entry);
    }

    pub(super) fn remove(&mut self, key: &[u8]) -> Option<(Value, Option<i64>)> {
        let entry = self.entries.remove(key)?;
        if let Some(at) = entry.expires {
            self.expiries.remove(&(at, key.to_vec()));
        }
        Some((entry.value, entry.expires))
    }

    /// When an entry is forgotten.
    pub(super) fn expires(&self, key: &[u8]) -> Expiry {
        match self.entries.get(key).map(|entry| entry.expires) {
            None => Expiry::NoEntry,
            Some(None) => Expiry::Never,
            Some(Some(at)) => Expiry::At(at),
        }
    }

    /// Sets when an entry is forgotten; false when there is none.
    pub(super) fn expire(&mut self, key: &[u8], at: Option<i64>) -> bool {
        let Some(entry) = self.entries.get_mut(key) else {
            return false;
        };
        self.changes += 1;
        entry.version = self.changes;
        if let Some(old) = std::mem::replace(&mut entry.expires, at) {
            self.expiries.remove(&(old, key.to_vec()));
        }
        if let Some(at) = at {
            self.expiries.insert((at, key.to_vec()));
        }
        true
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Vec<u8>, &Value, Option<i64>)> {
        let entries = self.entries.iter();
        entries.map(|(key, entry)| (key, &entry.value, entry.expires))
    }

    /// The entries after a key, in order.
    pub(super) fn after(&self, key: Option<&Vec<u8>>) -> impl Iterator<Item = (&Vec<u8>, &Value)> {
        let from = key.map_or(Bound::Unbounded, Bound::Excluded);
        let entries = self.entries.range::<Vec<u8>, _>((from, Bound::Unbounded));
        entries.map(|(key, entry)| (key, &entry.value))
    }
}
