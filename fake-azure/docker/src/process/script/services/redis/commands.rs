//! The commands of Redis.

#[expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]
mod admin;
#[expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]
mod connection;
mod hashes;
#[expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]
mod keys;
mod lists;
mod scan;
mod sets;
mod sorted;
#[expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]
mod strings;

pub(super) use scan::Pattern;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::protocol::Reply;
use super::server::State;
use super::session::Session;
use super::store::{Database, Value};

/// A command with its words, and whom it is for.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) session: &'a mut Session,
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// The words after the command.
    pub(super) args: &'a [Vec<u8>],
}

/// Why a command gives no reply of its own.
#[derive(Debug)]
pub(super) enum Refusal {
    Error(String),
    /// It waits for something to change, so many milliseconds at most, or for ever.
    Wait(Option<u64>),
}

pub(super) type Outcome = Result<Reply, Refusal>;

/// A command of the table.
#[derive(Clone, Copy)]
pub(super) struct Command {
    pub(super) name: &'static str,
    /// How many words it has with its name; a negative number is the least.
    pub(super) arity: i8,
    /// Whether it changes what is kept.
    pub(super) writes: bool,
    pub(super) run: fn(&mut Call<'_>) -> Outcome,
}

/// A command that only reads.
const fn reads(name: &'static str, arity: i8, run: fn(&mut Call<'_>) -> Outcome) -> Command {
    Command {
        name,
        arity,
        writes: false,
        run,
    }
}

/// A command that changes something.
const fn writes(name: &'static str, arity: i8, run: fn(&mut Call<'_>) -> Outcome) -> Command {
    Command {
        name,
        arity,
        writes: true,
        run,
    }
}

/// All commands, by name in lower case.
pub(super) static COMMANDS: LazyLock<BTreeMap<&'static str, Command>> = LazyLock::new(|| {
    let tables: [&[Command]; 8] = [
        &admin::COMMANDS,
        &connection::COMMANDS,
        &hashes::COMMANDS,
        &keys::COMMANDS,
        &lists::COMMANDS,
        &sets::COMMANDS,
        &sorted::COMMANDS,
        &strings::COMMANDS,
    ];
    let all = tables.into_iter().flatten();
    all.map(|command| (command.name, *command)).collect()
});

impl Command {
    /// Whether a command line has as many words as it should.
    pub(super) fn takes(&self, words: usize) -> bool {
        let arity = usize::from(self.arity.unsigned_abs());
        if self.arity < 0 {
            words >= arity
        } else {
            words == arity
        }
    }
}

impl Call<'_> {
    /// The database that the client has chosen.
    fn database(&mut self) -> &mut Database {
        self.state.store.database(self.session.database, self.now)
    }

    fn arg(&self, at: usize) -> &[u8] {
        self.args.get(at).map_or(&[], Vec::as_slice)
    }

    /// An argument as text, for what is no data.
    fn text(&self, at: usize) -> String {
        String::from_utf8_lossy(self.arg(at)).into_owned()
    }

    /// An argument in upper case, for options.
    fn option(&self, at: usize) -> String {
        self.text(at).to_ascii_uppercase()
    }

    fn integer(&self, at: usize) -> Result<i64, Refusal> {
        integer(self.arg(at)).ok_or_else(not_an_integer)
    }

    fn count(&self, at: usize) -> Result<usize, Refusal> {
        let number = self.integer(at)?;
        usize::try_from(number).map_err(|_| error("ERR value is out of range, must be positive"))
    }

    fn float(&self, at: usize) -> Result<f64, Refusal> {
        float(self.arg(at)).ok_or_else(|| error("ERR value is not a valid float"))
    }
}

pub(super) fn error(words: impl Into<String>) -> Refusal {
    Refusal::Error(words.into())
}

fn syntax() -> Refusal {
    error("ERR syntax error")
}

fn not_an_integer() -> Refusal {
    error("ERR value is not an integer or out of range")
}

fn wrong_type() -> Refusal {
    error("WRONGTYPE Operation against a key holding the wrong kind of value")
}

fn integer(bytes: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(bytes).ok()?;
    // No sign, zeros or spaces that would be written differently.
    text.parse()
        .ok()
        .filter(|number: &i64| number.to_string() == text)
}

fn float(bytes: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?;
    let number = match text.to_ascii_lowercase().as_str() {
        "inf" | "+inf" | "infinity" => f64::INFINITY,
        "-inf" | "-infinity" => f64::NEG_INFINITY,
        other => other.parse().ok()?,
    };
    (!number.is_nan()).then_some(number)
}

/// The range of a list of `length` that two numbers name; those below zero count from its end.
fn range(from: i64, to: i64, length: usize) -> std::ops::Range<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let from = if from < 0 {
        (length.saturating_add(from)).max(0)
    } else {
        from
    };
    let to = if to < 0 {
        length.saturating_add(to)
    } else {
        to.min(length - 1)
    };
    if from > to || from >= length {
        return 0..0;
    }
    let index = |number: i64| usize::try_from(number).unwrap_or_default();
    index(from)..index(to) + 1
}

/// Looks at a value of one kind.
macro_rules! kind {
    ($look:ident, $change:ident, $variant:ident, $type:ty) => {
        fn $look<'a>(database: &'a Database, key: &[u8]) -> Result<Option<&'a $type>, Refusal> {
            match database.get(key) {
                None => Ok(None),
                Some(Value::$variant(value)) => Ok(Some(value)),
                Some(_) => Err(wrong_type()),
            }
        }

        fn $change<'a>(database: &'a mut Database, key: &[u8]) -> Result<&'a mut $type, Refusal> {
            match database.or_insert(key, || Value::$variant(Default::default())) {
                Value::$variant(value) => Ok(value),
                _ => Err(wrong_type()),
            }
        }
    };
}

kind!(text, text_mut, Text, Vec<u8>);
kind!(list, list_mut, List, std::collections::VecDeque<Vec<u8>>);
kind!(hash, hash_mut, Hash, BTreeMap<Vec<u8>, Vec<u8>>);
kind!(set, set_mut, Set, std::collections::BTreeSet<Vec<u8>>);
kind!(sorted, sorted_mut, Sorted, super::store::Sorted);
