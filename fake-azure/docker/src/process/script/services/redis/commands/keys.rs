//! Keys, whatever their values are.

use super::scan::{Pattern, Scan};
use super::{Call, Command, Outcome, error, reads, syntax, writes};
use crate::process::script::services::redis::protocol::Reply;
use crate::process::script::services::redis::store::{DATABASES, Expiry, Value};

/// How many unfinished scans are kept in mind.
const MOST_CURSORS: usize = 1024;

pub(super) static COMMANDS: [Command; 29] = [
    writes("copy", -3, copy),
    reads("dbsize", 1, |call| Ok(Reply::count(call.database().len()))),
    writes("del", -2, del),
    reads("exists", -2, exists),
    writes("expire", -3, |call| expire(call, 1000, true)),
    writes("expireat", -3, |call| expire(call, 1000, false)),
    reads("expiretime", 2, |call| expires(call, 1000, false)),
    writes("flushall", -1, |call| {
        call.state.store.clear();
        Ok(Reply::OK)
    }),
    writes("flushdb", -1, |call| {
        call.database().clear();
        Ok(Reply::OK)
    }),
    reads("keys", 2, keys),
    writes("move", 3, transfer),
    reads("object", -2, object),
    writes("persist", 2, persist),
    writes("pexpire", -3, |call| expire(call, 1, true)),
    writes("pexpireat", -3, |call| expire(call, 1, false)),
    reads("pexpiretime", 2, |call| expires(call, 1, false)),
    reads("pttl", 2, |call| expires(call, 1, true)),
    reads("randomkey", 1, |call| {
        let database = call.database();
        let first = database.iter().next().map(|(key, ..)| key.as_slice());
        Ok(Reply::maybe(first))
    }),
    writes("rename", 3, |call| rename(call, false)),
    writes("renamenx", 3, |call| rename(call, true)),
    reads("scan", -2, scan),
    writes("swapdb", 3, swapdb),
    reads("touch", -2, exists),
    reads("ttl", 2, |call| expires(call, 1000, true)),
    reads("type", 2, |call| {
        let key = call.args[0].clone();
        Ok(Reply::Simple(
            call.database().get(&key).map_or("none", Value::kind),
        ))
    }),
    writes("unlink", -2, del),
    reads("dump", 2, |_| Err(error("ERR DUMP is not simulated"))),
    writes("restore", -4, |_| {
        Err(error("ERR RESTORE is not simulated"))
    }),
    reads("sort", -2, |_| Err(error("ERR SORT is not simulated"))),
];

fn del(call: &mut Call<'_>) -> Outcome {
    let database = call.state.store.database(call.session.database, call.now);
    let keys = call.args.iter();
    Ok(Reply::count(
        keys.filter(|key| database.remove(key).is_some()).count(),
    ))
}

fn exists(call: &mut Call<'_>) -> Outcome {
    let database = call.state.store.database(call.session.database, call.now);
    let keys = call.args.iter();
    Ok(Reply::count(
        keys.filter(|key| database.get(key).is_some()).count(),
    ))
}

fn expire(call: &mut Call<'_>, factor: i64, from_now: bool) -> Outcome {
    let base = if from_now { call.now } else { 0 };
    let at = call
        .integer(1)?
        .checked_mul(factor)
        .and_then(|ms| ms.checked_add(base));
    let at = at.ok_or_else(|| error("ERR invalid expire time in 'expire' command"))?;
    let key = &call.args[0];
    let now = call.now;
    let option = call.option(2);
    let database = call.state.store.database(call.session.database, now);
    if database.expires(key) == Expiry::NoEntry {
        return Ok(Reply::flag(false));
    }
    let old = database.expires(key).moment();
    let wanted = match option.as_str() {
        "" => true,
        "NX" => old.is_none(),
        "XX" => old.is_some(),
        "GT" => old.is_some_and(|old| at > old),
        "LT" => old.is_none_or(|old| at < old),
        other => return Err(error(format!("ERR Unsupported option {other}"))),
    };
    if !wanted {
        return Ok(Reply::flag(false));
    }
    if at <= now {
        database.remove(key);
    } else {
        database.expire(key, Some(at));
    }
    Ok(Reply::flag(true))
}

fn expires(call: &mut Call<'_>, factor: i64, from_now: bool) -> Outcome {
    let now = call.now;
    let key = call.args[0].clone();
    Ok(Reply::Integer(match call.database().expires(&key) {
        Expiry::NoEntry => -2,
        Expiry::Never => -1,
        // Half a unit counts, as in a time that was just set.
        Expiry::At(at) if from_now => (at - now + factor / 2) / factor,
        Expiry::At(at) => at / factor,
    }))
}

fn persist(call: &mut Call<'_>) -> Outcome {
    let key = call.args[0].clone();
    let database = call.database();
    let had = database.expires(&key).moment().is_some();
    database.expire(&key, None);
    Ok(Reply::flag(had))
}

fn keys(call: &mut Call<'_>) -> Outcome {
    let pattern = Pattern::new(&call.args[0]);
    let database = call.database();
    let keys = database.iter().map(|(key, ..)| key);
    Ok(Reply::bulks(keys.filter(|key| pattern.matches(key))))
}

fn scan(call: &mut Call<'_>) -> Outcome {
    let scan = Scan::read(call, 0)?;
    let from = match scan.cursor {
        0 => None,
        cursor => match call.state.cursors.remove(&cursor) {
            Some(key) => Some(key),
            // A cursor that nobody knows is at the end.
            None => {
                return Ok(Reply::Array(vec![
                    Reply::bulk("0"),
                    Reply::Array(Vec::new()),
                ]));
            }
        },
    };
    let database = call.state.store.database(call.session.database, call.now);
    let mut found = Vec::new();
    let mut last = None;
    let mut all = database.after(from.as_ref());
    for (key, value) in all.by_ref().take(scan.count) {
        last = Some(key.clone());
        let kind = scan.kind.as_ref().is_none_or(|kind| kind == value.kind());
        if kind && scan.fits(key) {
            found.push(Reply::bulk(key.clone()));
        }
    }
    let more = all.next().is_some();
    let cursor = match last.filter(|_| more) {
        None => 0,
        Some(key) => {
            call.state.last_cursor += 1;
            let cursor = call.state.last_cursor;
            call.state.cursors.insert(cursor, key);
            if call.state.cursors.len() > MOST_CURSORS {
                call.state.cursors.pop_first();
            }
            cursor
        }
    };
    Ok(Reply::Array(vec![
        Reply::bulk(cursor.to_string()),
        Reply::Array(found),
    ]))
}

fn rename(call: &mut Call<'_>, only_new: bool) -> Outcome {
    let (from, to) = (&call.args[0], &call.args[1]);
    let database = call.state.store.database(call.session.database, call.now);
    if database.get(from).is_none() {
        return Err(error("ERR no such key"));
    }
    if only_new && database.get(to).is_some() {
        return Ok(Reply::flag(false));
    }
    if let Some((value, expires)) = database.remove(from) {
        database.put(to, value, expires);
    }
    Ok(if only_new {
        Reply::flag(true)
    } else {
        Reply::OK
    })
}

fn copy(call: &mut Call<'_>) -> Outcome {
    let replace = match call.option(2).as_str() {
        "" => false,
        "REPLACE" => true,
        _ => return Err(syntax()),
    };
    let (from, to) = (&call.args[0], &call.args[1]);
    let database = call.state.store.database(call.session.database, call.now);
    let Some(value) = database.get(from).cloned() else {
        return Ok(Reply::flag(false));
    };
    let expires = database.expires(from).moment();
    if database.get(to).is_some() && !replace {
        return Ok(Reply::flag(false));
    }
    database.put(to, value, expires);
    // A copy writes what was never sent.
    if !call.state.store.has_room(call.state.store.used() / 16) {
        return Err(error(
            "OOM command not allowed when used memory > 'maxmemory'.",
        ));
    }
    Ok(Reply::flag(true))
}

fn transfer(call: &mut Call<'_>) -> Outcome {
    let number = number(call, 1)?;
    let key = &call.args[0];
    if call
        .state
        .store
        .database(number, call.now)
        .get(key)
        .is_some()
    {
        return Ok(Reply::flag(false));
    }
    let taken = call
        .state
        .store
        .database(call.session.database, call.now)
        .remove(key);
    let moved = taken.is_some();
    if let Some((value, expires)) = taken {
        call.state
            .store
            .database(number, call.now)
            .put(key, value, expires);
    }
    Ok(Reply::flag(moved))
}

fn swapdb(call: &mut Call<'_>) -> Outcome {
    let (one, other) = (number(call, 0)?, number(call, 1)?);
    call.state.store.swap(one, other);
    Ok(Reply::OK)
}

/// The number of a database.
pub(super) fn number(call: &Call<'_>, at: usize) -> Result<usize, super::Refusal> {
    let number = usize::try_from(call.integer(at)?).ok();
    let number = number.filter(|number| *number < DATABASES);
    number.ok_or_else(|| error("ERR DB index is out of range"))
}

fn object(call: &mut Call<'_>) -> Outcome {
    let what = call.option(0);
    let key = call.args.get(1).cloned().unwrap_or_default();
    let database = call.database();
    let Some(value) = database.get(&key) else {
        return Ok(Reply::Null);
    };
    Ok(match what.as_str() {
        "ENCODING" => Reply::bulk(match value {
            Value::Text(text) if super::integer(text).is_some() => "int",
            Value::Text(text) if text.len() <= 44 => "embstr",
            Value::Text(_) => "raw",
            _ => "listpack",
        }),
        "REFCOUNT" => Reply::Integer(1),
        "IDLETIME" | "FREQ" => Reply::Integer(0),
        _ => return Err(syntax()),
    })
}
