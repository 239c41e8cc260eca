//! memcached, by its protocol of lines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::daemon;
use crate::process::task::CHUNK;
use crate::process::{Connection, Process, Signal};

/// The version where the image's environment does not tell it.
const VERSION: &str = "1.6.39";
/// The longest key, the longest line and the longest value, in bytes.
const LONGEST_KEY: usize = 250;
const LONGEST_LINE: usize = 8 * 1024;
const LONGEST_VALUE: usize = 1024 * 1024;
/// How many bytes are kept; the oldest go when more come.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Above so many seconds a time is a moment, not a length.
const MONTH: i64 = 60 * 60 * 24 * 30;

#[derive(Clone, Debug)]
struct Item {
    flags: u32,
    bytes: Vec<u8>,
    /// When it is forgotten, in seconds since 1970.
    expires: Option<i64>,
    unique: u64,
}

#[derive(Debug, Default)]
struct Cache {
    items: BTreeMap<String, Item>,
    /// The keys in the order in which they were set.
    order: BTreeMap<u64, String>,
    bytes: usize,
    last: u64,
    gets: u64,
    hits: u64,
    sets: u64,
}

impl Cache {
    fn get(&mut self, key: &str, now: i64) -> Option<&Item> {
        let gone = self
            .items
            .get(key)
            .is_some_and(|item| item.expires.is_some_and(|at| at <= now));
        if gone {
            self.remove(key);
        }
        self.items.get(key)
    }

    fn remove(&mut self, key: &str) -> bool {
        let Some(item) = self.items.remove(key) else {
            return false;
        };
        self.order.remove(&item.unique);
        self.bytes -= item.bytes.len() + key.len();
        true
    }

    fn put(&mut self, key: &str, flags: u32, bytes: Vec<u8>, expires: Option<i64>) {
        self.remove(key);
        self.last += 1;
        self.bytes += bytes.len() + key.len();
        let item = Item {
            flags,
            bytes,
            expires,
            unique: self.last,
        };
        self.order.insert(self.last, key.to_owned());
        self.items.insert(key.to_owned(), item);
        while self.bytes > MOST_BYTES {
            let Some((_, oldest)) = self.order.pop_first() else {
                break;
            };
            self.remove(&oldest);
        }
    }

    fn clear(&mut self) {
        self.items.clear();
        self.order.clear();
        self.bytes = 0;
    }
}

/// A command that stores: its words, and how many bytes follow.
struct Storing {
    how: String,
    key: String,
    flags: u32,
    expires: Option<i64>,
    unique: u64,
    silent: bool,
}

/// What a line asks for.
enum Asked {
    Answer(Vec<u8>),
    /// So many bytes follow.
    Bytes(Storing, usize),
    Quit,
}

fn expires(seconds: i64, now: i64) -> Option<i64> {
    match seconds {
        0 => None,
        ..0 => Some(i64::MIN),
        1..=MONTH => Some(now + seconds),
        moment => Some(moment),
    }
}

const ERROR: &[u8] = b"ERROR\r\n";
const BAD_LINE: &[u8] = b"CLIENT_ERROR bad command line format\r\n";

impl Cache {
    fn line(&mut self, line: &str, now: i64, version: &str) -> Asked {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let Some((command, args)) = words.split_first() else {
            return Asked::Answer(ERROR.to_vec());
        };
        let silent = args.last() == Some(&"noreply");
        let answer = match (*command, args) {
            ("get" | "gets", keys) if !keys.is_empty() => self.found(keys, *command == "gets", now),
            ("gat" | "gats", [time, keys @ ..]) if !keys.is_empty() => {
                let Ok(seconds) = time.parse() else {
                    return Asked::Answer(b"CLIENT_ERROR invalid exptime argument\r\n".to_vec());
                };
                for key in keys {
                    self.touch(key, expires(seconds, now), now);
                }
                self.found(keys, *command == "gats", now)
            }
            ("set" | "add" | "replace" | "append" | "prepend" | "cas", args) => {
                return storing(command, args, now)
                    .unwrap_or_else(|| Asked::Answer(BAD_LINE.to_vec()));
            }
            ("delete", [key, ..]) => {
                let there = self.get(key, now).is_some();
                self.remove(key);
                if there {
                    b"DELETED\r\n".to_vec()
                } else {
                    b"NOT_FOUND\r\n".to_vec()
                }
            }
            ("incr" | "decr", [key, by, ..]) => self.count(key, by, *command == "incr", now),
            ("touch", [key, time, ..]) => match time.parse() {
                Ok(seconds) if self.touch(key, expires(seconds, now), now) => {
                    b"TOUCHED\r\n".to_vec()
                }
                Ok(_) => b"NOT_FOUND\r\n".to_vec(),
                Err(_) => b"CLIENT_ERROR invalid exptime argument\r\n".to_vec(),
            },
            ("flush_all", _) => {
                self.clear();
                b"OK\r\n".to_vec()
            }
            ("verbosity", [_, ..]) => b"OK\r\n".to_vec(),
            ("version", []) => format!("VERSION {version}\r\n").into_bytes(),
            ("stats", []) => self.stats(now, version).into_bytes(),
            ("stats", _) => b"END\r\n".to_vec(),
            ("quit", _) => return Asked::Quit,
            _ => ERROR.to_vec(),
        };
        Asked::Answer(if silent { Vec::new() } else { answer })
    }

    fn found(&mut self, keys: &[&str], with_unique: bool, now: i64) -> Vec<u8> {
        let mut answer = Vec::new();
        for key in keys {
            if key.len() > LONGEST_KEY {
                return b"CLIENT_ERROR bad command line format\r\n".to_vec();
            }
            self.gets += 1;
            if let Some(item) = self.get(key, now) {
                let unique = if with_unique {
                    format!(" {}", item.unique)
                } else {
                    String::new()
                };
                let head = format!(
                    "VALUE {key} {} {}{unique}\r\n",
                    item.flags,
                    item.bytes.len()
                );
                answer.extend(head.as_bytes());
                answer.extend(&item.bytes);
                answer.extend(b"\r\n");
                self.hits += 1;
            }
        }
        answer.extend(b"END\r\n");
        answer
    }

    fn touch(&mut self, key: &str, expires: Option<i64>, now: i64) -> bool {
        let there = self.get(key, now).is_some();
        if let Some(item) = self.items.get_mut(key) {
            item.expires = expires;
        }
        there
    }

    fn count(&mut self, key: &str, by: &str, up: bool, now: i64) -> Vec<u8> {
        let Ok(by) = by.parse::<u64>() else {
            return b"CLIENT_ERROR invalid numeric delta argument\r\n".to_vec();
        };
        let Some(item) = self.get(key, now).cloned() else {
            return b"NOT_FOUND\r\n".to_vec();
        };
        let number = std::str::from_utf8(&item.bytes)
            .ok()
            .and_then(|text| text.trim().parse::<u64>().ok());
        let Some(number) = number else {
            return b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n".to_vec();
        };
        let number = if up {
            number.wrapping_add(by)
        } else {
            number.saturating_sub(by)
        };
        self.put(
            key,
            item.flags,
            number.to_string().into_bytes(),
            item.expires,
        );
        format!("{number}\r\n").into_bytes()
    }

    fn stats(&self, now: i64, version: &str) -> String {
        let lines = [
            ("pid", "1".to_owned()),
            ("uptime", "0".to_owned()),
            ("time", now.to_string()),
            ("version", version.to_owned()),
            ("pointer_size", "64".to_owned()),
            ("curr_connections", "1".to_owned()),
            ("cmd_get", self.gets.to_string()),
            ("cmd_set", self.sets.to_string()),
            ("get_hits", self.hits.to_string()),
            ("get_misses", (self.gets - self.hits).to_string()),
            ("bytes", self.bytes.to_string()),
            ("curr_items", self.items.len().to_string()),
            ("limit_maxbytes", MOST_BYTES.to_string()),
            ("evictions", "0".to_owned()),
        ];
        let lines = lines.map(|(name, value)| format!("STAT {name} {value}\r\n"));
        lines.concat() + "END\r\n"
    }

    fn store(&mut self, storing: &Storing, bytes: Vec<u8>, now: i64) -> &'static [u8] {
        self.sets += 1;
        let Storing {
            how,
            key,
            flags,
            expires,
            unique,
            ..
        } = storing;
        let old = self.get(key, now).cloned();
        let (flags, bytes, expires) = match (how.as_str(), old) {
            ("set", _) | ("add", None) | ("replace", Some(_)) => (*flags, bytes, *expires),
            ("append", Some(old)) => (old.flags, [old.bytes, bytes].concat(), old.expires),
            ("prepend", Some(old)) => (old.flags, [bytes, old.bytes].concat(), old.expires),
            ("cas", None) => return b"NOT_FOUND\r\n",
            ("cas", Some(old)) if old.unique == *unique => (*flags, bytes, *expires),
            ("cas", Some(_)) => return b"EXISTS\r\n",
            _ => return b"NOT_STORED\r\n",
        };
        if bytes.len() > LONGEST_VALUE {
            return b"SERVER_ERROR object too large for cache\r\n";
        }
        self.put(key, flags, bytes, expires);
        b"STORED\r\n"
    }
}

fn storing(how: &str, args: &[&str], now: i64) -> Option<Asked> {
    let [key, flags, time, length, rest @ ..] = args else {
        return Some(Asked::Answer(ERROR.to_vec()));
    };
    if key.len() > LONGEST_KEY {
        return None;
    }
    let unique = if how == "cas" {
        rest.first()?.parse().ok()?
    } else {
        0
    };
    let storing = Storing {
        how: how.to_owned(),
        key: (*key).to_owned(),
        flags: flags.parse().ok()?,
        expires: expires(time.parse().ok()?, now),
        unique,
        silent: rest.last() == Some(&"noreply"),
    };
    Some(Asked::Bytes(storing, length.parse().ok()?))
}

/// Speaks with a client until it goes.
async fn converse(
    cache: Arc<Mutex<Cache>>,
    clock: simulation::Clock,
    version: String,
    connection: Connection,
) {
    let lock = || cache.lock().unwrap_or_else(PoisonError::into_inner);
    let mut waiting: Vec<u8> = Vec::new();
    let mut storing: Option<(Storing, usize)> = None;
    loop {
        let now = clock.now().as_second();
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            if let Some((_, length)) = &storing {
                let Some(bytes) = waiting.get(at..at + length + 2) else {
                    break;
                };
                let (bytes, end) = bytes.split_at(*length);
                let whole = end == b"\r\n";
                let bytes = bytes.to_vec();
                at += length + 2;
                if let Some((storing, _)) = storing.take() {
                    let answer = if whole {
                        lock().store(&storing, bytes, now)
                    } else {
                        b"CLIENT_ERROR bad data chunk\r\n"
                    };
                    out.extend(if storing.silent { b"" } else { answer });
                }
                continue;
            }
            let rest = &waiting[at..];
            let Some(end) = rest.iter().take(LONGEST_LINE).position(|b| *b == b'\n') else {
                if rest.len() >= LONGEST_LINE {
                    connection
                        .write(b"CLIENT_ERROR line too long\r\n")
                        .await
                        .ok();
                    return;
                }
                break;
            };
            let line = String::from_utf8_lossy(&rest[..end]).into_owned();
            at += end + 1;
            let asked = lock().line(line.trim_end_matches('\r'), now, &version);
            match asked {
                Asked::Answer(answer) => out.extend(answer),
                Asked::Quit => {
                    connection.write(&out).await.ok();
                    return;
                }
                Asked::Bytes(_, length) if length > LONGEST_VALUE => {
                    out.extend(b"SERVER_ERROR object too large for cache\r\n");
                    connection.write(&out).await.ok();
                    return;
                }
                Asked::Bytes(command, length) => storing = Some((command, length)),
            }
        }
        waiting.drain(..at);
        if !out.is_empty() && connection.write(&out).await.is_err() {
            return;
        }
        if waiting.is_empty() {
            // A client that is silent costs nothing.
            waiting = Vec::new();
        }
        match connection.read(CHUNK).await {
            Ok(bytes) if !bytes.is_empty() => waiting.extend(bytes),
            _ => return,
        }
    }
}

/// Runs memcached by its command line.
pub(super) async fn run(mut process: Process) -> u8 {
    let version = process
        .variable("MEMCACHED_VERSION")
        .unwrap_or(VERSION)
        .to_owned();
    let args: Vec<String> = process.args.iter().skip(1).cloned().collect();
    if args
        .iter()
        .any(|arg| matches!(arg.as_str(), "-V" | "--version"))
    {
        return u8::from(
            process
                .print(format!("memcached {version}\n"))
                .await
                .is_err(),
        );
    }
    let port = args
        .iter()
        .position(|arg| matches!(arg.as_str(), "-p" | "--port"));
    let port = port.and_then(|at| args.get(at + 1)?.parse().ok());
    let port = port.or_else(|| {
        args.iter()
            .find_map(|arg| arg.strip_prefix("--port=")?.parse().ok())
    });
    daemon::catch_ends(&process);
    let mut listeners = match daemon::listen(&process, &[port.unwrap_or(11_211)]) {
        Ok(listeners) => listeners,
        Err((port, errno)) => {
            let words = format!("bind(): {errno}\nfailed to listen on TCP port {port}: {errno}\n");
            process.complain(words).await;
            return 71;
        }
    };
    let cache = Arc::new(Mutex::new(Cache::default()));
    let clock = process.space.clock().clone();
    let signal = daemon::connections(&process, &mut listeners, |_, connection| {
        let (cache, clock, version) = (cache.clone(), clock.clone(), version.clone());
        Box::pin(async move {
            converse(cache, clock, version, connection).await;
            None
        })
    })
    .await;
    let name = if signal == Signal::INT {
        "Interrupt"
    } else {
        "Terminated"
    };
    process.complain(format!("Signal handled: {name}.\n")).await;
    0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::process::script::bench::{Bench, NoPrograms, Running};
    use crate::process::script::services::Services;

    async fn started() -> (Bench, Running) {
        let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
        bench.program("/bin/memcached", "memcached");
        let running = bench.start("memcached -p 11211");
        bench.settle().await;
        (bench, running)
    }

    async fn check(bench: &Bench, cases: &[(&str, &str)]) {
        for (asked, expected) in cases {
            let answer = bench.ask(11_211, asked.replace('|', "\r\n")).await;
            assert_eq!(answer.replace("\r\n", "|"), *expected, "{asked}");
        }
    }

    #[tokio::test]
    async fn values_are_kept_changed_and_forgotten() {
        let (bench, running) = started().await;
        check(
            &bench,
            &[
                ("set a 5 0 3|abc|get a|", "STORED|VALUE a 5 3|abc|END|"),
                ("add a 0 0 1|x|add b 0 10 1|7|", "NOT_STORED|STORED|"),
                ("append a 0 0 1|!|gets a|", "STORED|VALUE a 5 4 3|abc!|END|"),
                ("cas a 0 0 1 3|z|cas a 0 0 1 3|y|", "STORED|EXISTS|"),
                (
                    "incr b 5|decr b 100|incr a 1|",
                    "12|0|CLIENT_ERROR cannot increment or decrement non-numeric value|",
                ),
                ("set q 0 0 1 noreply|x|get q nothing|", "VALUE q 0 1|x|END|"),
                ("delete q|delete q|touch a 5|", "DELETED|NOT_FOUND|TOUCHED|"),
                (
                    "version|nonsense|set a b c d|",
                    "VERSION 1.6.39|ERROR|CLIENT_ERROR bad command line format|",
                ),
                ("set a 0 0 2|long|", "CLIENT_ERROR bad data chunk|ERROR|"),
                ("quit|version|", ""),
            ],
        )
        .await;
        bench.pass(Duration::from_secs(10)).await;
        check(&bench, &[("get a b|", "END|"), ("flush_all|", "OK|")]).await;
        running.signal("TERM");
        assert_eq!(running.wait().await, 0);
    }

    #[tokio::test]
    async fn what_is_kept_stays_bounded_and_noise_ends_nothing() {
        let (bench, running) = started().await;
        let big = "x".repeat(1_000_000);
        for number in 0..80 {
            bench
                .ask(11_211, format!("set k{number} 0 0 1000000\r\n{big}\r\n"))
                .await;
        }
        check(&bench, &[("get k0|", "END|")]).await;
        assert!(bench.ask(11_211, "get k79\r\n").await.len() > 1_000_000);
        bench.ask(11_211, vec![0xff; 100_000]).await;
        bench.ask(11_211, "set a 0 0 99999999999\r\n").await;
        assert_eq!(running.exit(), None);
    }
}
