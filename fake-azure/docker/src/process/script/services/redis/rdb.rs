//! The file that a server leaves: Redis' own format, as far as plain values go.

use super::store::{DATABASES, Sorted, Store, Value};

/// How a file begins: its name and the version of the format.
const MAGIC: &[u8] = b"REDIS0009";
const EXPIRES: u8 = 0xFC;
const RESIZE: u8 = 0xFB;
const AUXILIARY: u8 = 0xFA;
const EXPIRES_SECONDS: u8 = 0xFD;
const SELECT: u8 = 0xFE;
const END: u8 = 0xFF;

const TEXT: u8 = 0;
const LIST: u8 = 1;
const SET: u8 = 2;
const HASH: u8 = 4;
const SORTED: u8 = 5;

/// Writes all that is kept.
pub(super) fn write(store: &Store) -> Vec<u8> {
    let mut to = MAGIC.to_vec();
    for (number, database) in store.databases() {
        if database.len() == 0 {
            continue;
        }
        to.push(SELECT);
        length(&mut to, number);
        for (key, value, expires) in database.iter() {
            if let Some(at) = expires {
                to.push(EXPIRES);
                to.extend(at.to_le_bytes());
            }
            entry(&mut to, key, value);
        }
    }
    to.push(END);
    // No sum: readers take zeros for that.
    to.extend([0; 8]);
    to
}

fn entry(to: &mut Vec<u8>, key: &[u8], value: &Value) {
    match value {
        Value::Text(bytes) => {
            to.push(TEXT);
            text(to, key);
            text(to, bytes);
        }
        Value::List(list) => {
            to.push(LIST);
            text(to, key);
            length(to, list.len());
            for bytes in list {
                text(to, bytes);
            }
        }
        Value::Set(set) => {
            to.push(SET);
            text(to, key);
            length(to, set.len());
            for bytes in set {
                text(to, bytes);
            }
        }
        Value::Hash(hash) => {
            to.push(HASH);
            text(to, key);
            length(to, hash.len());
            for (field, bytes) in hash {
                text(to, field);
                text(to, bytes);
            }
        }
        Value::Sorted(sorted) => {
            to.push(SORTED);
            text(to, key);
            length(to, sorted.len());
            for (member, score) in sorted.iter() {
                text(to, member);
                to.extend(score.to_le_bytes());
            }
        }
    }
}

fn length(to: &mut Vec<u8>, length: usize) {
    match u32::try_from(length) {
        Ok(length @ 0..64) => to.extend(&length.to_be_bytes()[3..]),
        Ok(length @ 64..16_384) => to.extend(&(length | 0x4000).to_be_bytes()[2..]),
        Ok(length) => {
            to.push(0x80);
            to.extend(length.to_be_bytes());
        }
        Err(_) => {
            to.push(0x81);
            to.extend((length as u64).to_be_bytes());
        }
    }
}

fn text(to: &mut Vec<u8>, bytes: &[u8]) {
    length(to, bytes.len());
    to.extend(bytes);
}

/// Reads a file; none when it is no such file, or has what is not read here.
pub(super) fn read(bytes: &[u8], now: i64) -> Option<Store> {
    let version = bytes.strip_prefix(b"REDIS")?.get(..4)?;
    version.iter().all(u8::is_ascii_digit).then_some(())?;
    let mut reader = Reader { rest: &bytes[9..] };
    let mut store = Store::default();
    let (mut number, mut expires) = (0, None);
    loop {
        match reader.byte()? {
            END => return Some(store),
            SELECT => number = reader.length().filter(|number| *number < DATABASES)?,
            RESIZE => {
                reader.length()?;
                reader.length()?;
            }
            AUXILIARY => {
                reader.text()?;
                reader.text()?;
            }
            EXPIRES => expires = Some(i64::from_le_bytes(reader.array()?)),
            EXPIRES_SECONDS => {
                expires = i64::from(u32::from_le_bytes(reader.array()?)).checked_mul(1000);
            }
            kind => {
                let key = reader.text()?;
                let value = reader.value(kind)?;
                if !store.has_room(key.len()) {
                    return None;
                }
                let expires = expires.take();
                if expires.is_none_or(|at| at > now) {
                    store.database(number, now).put(&key, value, expires);
                }
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn length(&mut self) -> Option<usize> {
        let first = self.byte()?;
        match first >> 6 {
            0 => Some(usize::from(first)),
            1 => Some(usize::from(first & 0x3F) << 8 | usize::from(self.byte()?)),
            2 if first == 0x80 => usize::try_from(u32::from_be_bytes(self.array()?)).ok(),
            2 if first == 0x81 => usize::try_from(u64::from_be_bytes(self.array()?)).ok(),
            _ => None,
        }
    }

    /// A text, or a number that stands for one.
    fn text(&mut self) -> Option<Vec<u8>> {
        let number = match self.rest.first()? {
            0xC0 => {
                self.byte()?;
                i32::from(i8::from_le_bytes(self.array()?))
            }
            0xC1 => {
                self.byte()?;
                i32::from(i16::from_le_bytes(self.array()?))
            }
            0xC2 => {
                self.byte()?;
                i32::from_le_bytes(self.array()?)
            }
            _ => {
                let length = self.length()?;
                return self.take(length).map(<[u8]>::to_vec);
            }
        };
        Some(number.to_string().into_bytes())
    }

    fn value(&mut self, kind: u8) -> Option<Value> {
        if kind == TEXT {
            return self.text().map(Value::Text);
        }
        let count = self.length()?;
        Some(match kind {
            LIST => Value::List((0..count).map(|_| self.text()).collect::<Option<_>>()?),
            SET => Value::Set((0..count).map(|_| self.text()).collect::<Option<_>>()?),
            HASH => {
                let pair = |_| Some((self.text()?, self.text()?));
                Value::Hash((0..count).map(pair).collect::<Option<_>>()?)
            }
            SORTED => {
                let mut sorted = Sorted::default();
                for _ in 0..count {
                    let member = self.text()?;
                    sorted.set(&member, f64::from_le_bytes(self.array()?));
                }
                Value::Sorted(sorted)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut store = Store::default();
        let database = store.database(3, 0);
        let text = |length: usize| vec![b'x'; length];
        for length in [0, 1, 63, 64, 16_383, 16_384, 70_000] {
            database.put(&text(length), Value::Text(text(length)), None);
        }
        database.put(b"list", Value::List([text(1), text(2)].into()), Some(99));
        database.put(b"set", Value::Set([text(1)].into()), None);
        database.put(b"hash", Value::Hash([(text(1), text(2))].into()), None);
        let mut sorted = Sorted::default();
        sorted.set(b"m", -1.5);
        database.put(b"sorted", Value::Sorted(sorted), None);
        let all = |store: &Store| -> Vec<_> {
            let entries = store.databases().flat_map(|(number, database)| {
                database
                    .iter()
                    .map(move |(k, v, e)| (number, k.clone(), v.clone(), e))
            });
            entries.collect()
        };
        let bytes = write(&store);
        assert_eq!(all(&read(&bytes, 0).unwrap()), all(&store));
        assert_eq!(
            read(&bytes, 100).unwrap().database(3, 100).get(b"list"),
            None
        );
        for end in 0..bytes.len().min(2_000) {
            assert!(read(&bytes[..end], 0).is_none());
        }
    }
}
