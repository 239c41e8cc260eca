//! Lists.

use std::collections::VecDeque;

use super::{Call, Command, Outcome, Refusal, error, list, list_mut, range, reads, syntax, writes};
use crate::process::script::services::redis::protocol::Reply;

pub(super) static COMMANDS: [Command; 19] = [
    writes("blmove", 6, |call| {
        let wait = wait(call, 4)?;
        shift(
            call,
            call.option(2) == "LEFT",
            call.option(3) == "LEFT",
            Err(Refusal::Wait(wait)),
        )
    }),
    writes("blpop", -3, |call| blocking(call, true)),
    writes("brpop", -3, |call| blocking(call, false)),
    writes("brpoplpush", 4, |call| {
        let wait = wait(call, 2)?;
        shift(call, false, true, Err(Refusal::Wait(wait)))
    }),
    reads("lindex", 3, index),
    writes("linsert", 5, insert),
    reads("llen", 2, |call| {
        let (key, database) = (call.args[0].clone(), call.database());
        Ok(Reply::count(list(database, &key)?.map_or(0, VecDeque::len)))
    }),
    writes("lmove", 5, |call| {
        shift(
            call,
            call.option(2) == "LEFT",
            call.option(3) == "LEFT",
            Ok(Reply::Null),
        )
    }),
    writes("lpop", -2, |call| pop(call, true)),
    writes("lpush", -3, |call| push(call, true, false)),
    writes("lpushx", -3, |call| push(call, true, true)),
    reads("lrange", 4, |call| {
        let (from, to) = (call.integer(1)?, call.integer(2)?);
        let (key, database) = (call.args[0].clone(), call.database());
        let list = list(database, &key)?;
        Ok(list.map_or_else(
            || Reply::Array(Vec::new()),
            |list| Reply::bulks(list.range(range(from, to, list.len()))),
        ))
    }),
    writes("lrem", 4, remove),
    writes("lset", 4, set),
    writes("ltrim", 4, trim),
    writes("rpop", -2, |call| pop(call, false)),
    writes("rpoplpush", 3, |call| {
        shift(call, false, true, Ok(Reply::Null))
    }),
    writes("rpush", -3, |call| push(call, false, false)),
    writes("rpushx", -3, |call| push(call, false, true)),
];

fn push(call: &mut Call<'_>, front: bool, only_old: bool) -> Outcome {
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if only_old && database.get(key).is_none() {
        return Ok(Reply::Integer(0));
    }
    let list = list_mut(database, key)?;
    for value in &call.args[1..] {
        if front {
            list.push_front(value.clone());
        } else {
            list.push_back(value.clone());
        }
    }
    Ok(Reply::count(list.len()))
}

fn take(list: &mut VecDeque<Vec<u8>>, front: bool) -> Option<Vec<u8>> {
    if front {
        list.pop_front()
    } else {
        list.pop_back()
    }
}

fn pop(call: &mut Call<'_>, front: bool) -> Outcome {
    let count = if call.args.len() > 1 {
        Some(call.count(1)?)
    } else {
        None
    };
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if list(database, key)?.is_none() {
        return Ok(if count.is_some() {
            Reply::NullArray
        } else {
            Reply::Null
        });
    }
    let list = list_mut(database, key)?;
    let reply = match count {
        None => take(list, front).map_or(Reply::Null, Reply::Bulk),
        Some(count) => {
            let count = count.min(list.len());
            let taken = (0..count).filter_map(|_| take(list, front));
            Reply::Array(taken.map(Reply::Bulk).collect())
        }
    };
    database.tidy(key);
    Ok(reply)
}

/// How long a command waits, in milliseconds; for ever when it says 0.
fn wait(call: &Call<'_>, at: usize) -> Result<Option<u64>, Refusal> {
    let seconds = call
        .float(at)
        .map_err(|_| error("ERR timeout is not a float or out of range"))?;
    if seconds < 0.0 {
        return Err(error("ERR timeout is negative"));
    }
    let time = std::time::Duration::try_from_secs_f64(seconds);
    let time = time.map_err(|_| error("ERR timeout is out of range"))?;
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Ok((seconds > 0.0).then_some(milliseconds.max(1)))
}

fn blocking(call: &mut Call<'_>, front: bool) -> Outcome {
    let wait = wait(call, call.args.len() - 1)?;
    let keys = &call.args[..call.args.len() - 1];
    let database = call.state.store.database(call.session.database, call.now);
    for key in keys {
        if list(database, key)?.is_some()
            && let Some(value) = take(list_mut(database, key)?, front)
        {
            database.tidy(key);
            return Ok(Reply::bulks([key, &value]));
        }
    }
    Err(Refusal::Wait(wait))
}

fn shift(call: &mut Call<'_>, from_front: bool, to_front: bool, otherwise: Outcome) -> Outcome {
    let (from, to) = (&call.args[0], &call.args[1]);
    let database = call.state.store.database(call.session.database, call.now);
    list(database, to)?;
    if list(database, from)?.is_none() {
        return otherwise;
    }
    let value = take(list_mut(database, from)?, from_front).unwrap_or_default();
    database.tidy(from);
    let target = list_mut(database, to)?;
    if to_front {
        target.push_front(value.clone());
    } else {
        target.push_back(value.clone());
    }
    Ok(Reply::Bulk(value))
}

/// A place in a list; those below zero count from its end.
fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 {
        length.checked_add(index)?
    } else {
        index
    };
    usize::try_from(index).ok().filter(|_| index < length)
}

fn index(call: &mut Call<'_>) -> Outcome {
    let at = call.integer(1)?;
    let (key, database) = (call.args[0].clone(), call.database());
    let value = list(database, &key)?.and_then(|list| list.get(place(at, list.len())?));
    Ok(Reply::maybe(value.map(Vec::as_slice)))
}

fn set(call: &mut Call<'_>) -> Outcome {
    let at = call.integer(1)?;
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if list(database, key)?.is_none() {
        return Err(error("ERR no such key"));
    }
    let list = list_mut(database, key)?;
    let place = place(at, list.len()).ok_or_else(|| error("ERR index out of range"))?;
    list[place].clone_from(&call.args[2]);
    Ok(Reply::OK)
}

fn insert(call: &mut Call<'_>) -> Outcome {
    let after = match call.option(1).as_str() {
        "BEFORE" => 0,
        "AFTER" => 1,
        _ => return Err(syntax()),
    };
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if list(database, key)?.is_none() {
        return Ok(Reply::Integer(0));
    }
    let list = list_mut(database, key)?;
    let Some(at) = list.iter().position(|value| *value == call.args[2]) else {
        return Ok(Reply::Integer(-1));
    };
    list.insert(at + after, call.args[3].clone());
    Ok(Reply::count(list.len()))
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let count = call.integer(1)?;
    let (key, value) = (&call.args[0], &call.args[2]);
    let database = call.state.store.database(call.session.database, call.now);
    if list(database, key)?.is_none() {
        return Ok(Reply::Integer(0));
    }
    let list = list_mut(database, key)?;
    let most = if count == 0 {
        u64::MAX
    } else {
        count.unsigned_abs()
    };
    let mut removed = 0;
    let mut keep = |candidate: &Vec<u8>| {
        let gone = candidate == value && removed < most;
        removed += u64::from(gone);
        !gone
    };
    if count < 0 {
        let mut kept: VecDeque<_> = std::mem::take(list)
            .into_iter()
            .rev()
            .filter(|v| keep(v))
            .collect();
        kept.make_contiguous().reverse();
        *list = kept;
    } else {
        list.retain(keep);
    }
    database.tidy(key);
    Ok(Reply::Integer(i64::try_from(removed).unwrap_or(i64::MAX)))
}

fn trim(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (call.integer(1)?, call.integer(2)?);
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if list(database, key)?.is_some() {
        let list = list_mut(database, key)?;
        let kept = range(from, to, list.len());
        list.truncate(kept.end);
        list.drain(..kept.start);
        database.tidy(key);
    }
    Ok(Reply::OK)
}
