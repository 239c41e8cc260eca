//! Texts and numbers.

use super::{
    Call, Command, Outcome, error, float, integer, not_an_integer, range, reads, syntax, text,
    text_mut, writes,
};
use crate::process::script::services::redis::protocol::{Reply, double};
use crate::process::script::services::redis::store::Value;

/// The longest text, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

pub(super) static COMMANDS: [Command; 22] = [
    writes("append", 3, append),
    writes("decr", 2, |call| add(call, Ok(-1))),
    writes("decrby", 3, |call| {
        let by = call.integer(1)?.checked_neg();
        add(
            call,
            by.ok_or_else(|| error("ERR decrement would overflow")),
        )
    }),
    reads("get", 2, get),
    writes("getdel", 2, getdel),
    writes("getex", -2, getex),
    reads("getrange", 4, getrange),
    writes("getset", 3, getset),
    writes("incr", 2, |call| add(call, Ok(1))),
    writes("incrby", 3, |call| {
        let by = call.integer(1);
        add(call, by)
    }),
    writes("incrbyfloat", 3, add_float),
    reads("mget", -2, mget),
    writes("mset", -3, mset),
    writes("msetnx", -3, msetnx),
    writes("psetex", 4, |call| setex(call, 1)),
    writes("set", -3, set),
    writes("setex", 4, |call| setex(call, 1000)),
    writes("setnx", 3, setnx),
    writes("setrange", 4, setrange),
    reads("strlen", 2, strlen),
    reads("substr", 4, getrange),
    reads("lcs", -3, |_| Err(error("ERR LCS is not simulated"))),
];

fn get(call: &mut Call<'_>) -> Outcome {
    let (key, database) = (call.args[0].clone(), call.database());
    Ok(Reply::maybe(text(database, &key)?.map(Vec::as_slice)))
}

/// What `EX`, `PX`, `EXAT` and `PXAT` say: when the value is forgotten.
fn moment(call: &Call<'_>, option: &str, at: usize) -> Result<i64, super::Refusal> {
    let number = call.integer(at)?;
    let factor = if option.starts_with('E') { 1000 } else { 1 };
    let base = if option.ends_with("AT") { 0 } else { call.now };
    let at = number
        .checked_mul(factor)
        .and_then(|ms| ms.checked_add(base));
    at.filter(|_| number > 0)
        .ok_or_else(|| error("ERR invalid expire time in 'set' command"))
}

fn set(call: &mut Call<'_>) -> Outcome {
    let (mut expires, mut keep, mut give) = (None, false, false);
    let mut only = None;
    let mut at = 2;
    while at < call.args.len() {
        let option = call.option(at);
        match option.as_str() {
            "NX" if only.is_none() => only = Some(false),
            "XX" if only.is_none() => only = Some(true),
            "GET" => give = true,
            "KEEPTTL" if expires.is_none() => keep = true,
            "EX" | "PX" | "EXAT" | "PXAT" if expires.is_none() && !keep => {
                at += 1;
                if at >= call.args.len() {
                    return Err(syntax());
                }
                expires = Some(moment(call, &option, at)?);
            }
            _ => return Err(syntax()),
        }
        at += 1;
    }
    let (key, value) = (&call.args[0], call.args[1].clone());
    let database = call.state.store.database(call.session.database, call.now);
    let old = if give {
        Reply::maybe(text(database, key)?.map(Vec::as_slice))
    } else {
        Reply::Null
    };
    let there = database.get(key).is_some();
    if only.is_some_and(|only| only != there) {
        return Ok(old);
    }
    if keep {
        expires = database.expires(key).moment();
    }
    database.put(key, Value::Text(value), expires);
    Ok(if give { old } else { Reply::OK })
}

fn setex(call: &mut Call<'_>, factor: i64) -> Outcome {
    let number = call.integer(1)?;
    let at = number
        .checked_mul(factor)
        .and_then(|ms| ms.checked_add(call.now));
    let Some(at) = at.filter(|_| number > 0) else {
        return Err(error("ERR invalid expire time in 'setex' command"));
    };
    let (key, value) = (&call.args[0], call.args[2].clone());
    let database = call.state.store.database(call.session.database, call.now);
    database.put(key, Value::Text(value), Some(at));
    Ok(Reply::OK)
}

fn setnx(call: &mut Call<'_>) -> Outcome {
    let (key, value) = (&call.args[0], call.args[1].clone());
    let database = call.state.store.database(call.session.database, call.now);
    let fresh = database.get(key).is_none();
    if fresh {
        database.put(key, Value::Text(value), None);
    }
    Ok(Reply::flag(fresh))
}

fn getset(call: &mut Call<'_>) -> Outcome {
    let old = get(call)?;
    let (key, value) = (&call.args[0], call.args[1].clone());
    let database = call.state.store.database(call.session.database, call.now);
    database.put(key, Value::Text(value), None);
    Ok(old)
}

fn getdel(call: &mut Call<'_>) -> Outcome {
    let old = get(call)?;
    let key = call.args[0].clone();
    call.database().remove(&key);
    Ok(old)
}

fn getex(call: &mut Call<'_>) -> Outcome {
    let value = get(call)?;
    let key = call.args[0].clone();
    match call.option(1).as_str() {
        "" => {}
        "PERSIST" => {
            call.database().expire(&key, None);
        }
        option @ ("EX" | "PX" | "EXAT" | "PXAT") => {
            let at = moment(call, option, 2)?;
            call.database().expire(&key, Some(at));
        }
        _ => return Err(syntax()),
    }
    Ok(value)
}

fn mget(call: &mut Call<'_>) -> Outcome {
    let keys = call.args.to_vec();
    let database = call.database();
    let value = |key: &Vec<u8>| match database.get(key) {
        Some(Value::Text(text)) => Reply::bulk(text.clone()),
        _ => Reply::Null,
    };
    Ok(Reply::Array(keys.iter().map(value).collect()))
}

fn pairs<'a>(call: &Call<'a>, name: &str) -> Result<&'a [[Vec<u8>; 2]], super::Refusal> {
    let (pairs, rest) = call.args.as_chunks::<2>();
    if rest.is_empty() {
        return Ok(pairs);
    }
    Err(error(format!(
        "ERR wrong number of arguments for '{name}' command"
    )))
}

fn mset(call: &mut Call<'_>) -> Outcome {
    for [key, value] in pairs(call, "mset")? {
        call.database().put(key, Value::Text(value.clone()), None);
    }
    Ok(Reply::OK)
}

fn msetnx(call: &mut Call<'_>) -> Outcome {
    let pairs = pairs(call, "msetnx")?;
    let database = call.database();
    if pairs.iter().any(|[key, _]| database.get(key).is_some()) {
        return Ok(Reply::flag(false));
    }
    mset(call)?;
    Ok(Reply::flag(true))
}

fn append(call: &mut Call<'_>) -> Outcome {
    let (key, more) = (&call.args[0], &call.args[1]);
    let database = call.state.store.database(call.session.database, call.now);
    let text = text_mut(database, key)?;
    if text.len() + more.len() > LONGEST {
        return Err(error("ERR string exceeds maximum allowed size"));
    }
    text.extend(more);
    Ok(Reply::count(text.len()))
}

fn strlen(call: &mut Call<'_>) -> Outcome {
    let (key, database) = (call.args[0].clone(), call.database());
    Ok(Reply::count(text(database, &key)?.map_or(0, Vec::len)))
}

fn getrange(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (call.integer(1)?, call.integer(2)?);
    let (key, database) = (call.args[0].clone(), call.database());
    let part = text(database, &key)?.map(|text| text[range(from, to, text.len())].to_vec());
    Ok(Reply::bulk(part.unwrap_or_default()))
}

fn setrange(call: &mut Call<'_>) -> Outcome {
    let at = usize::try_from(call.integer(1)?);
    let at = at.map_err(|_| error("ERR offset is out of range"))?;
    let (key, part) = (&call.args[0], &call.args[2]);
    let end = at.saturating_add(part.len());
    if end > LONGEST {
        return Err(error("ERR string exceeds maximum allowed size"));
    }
    let database = call.state.store.database(call.session.database, call.now);
    if part.is_empty() {
        return Ok(Reply::count(text(database, key)?.map_or(0, Vec::len)));
    }
    let text = text_mut(database, key)?;
    if text.len() < end {
        text.resize(end, 0);
    }
    text[at..end].copy_from_slice(part);
    let length = text.len();
    call.state.store.has_room(end);
    Ok(Reply::count(length))
}

fn add(call: &mut Call<'_>, by: Result<i64, super::Refusal>) -> Outcome {
    let by = by?;
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    let old = match text(database, key)? {
        Some(text) => integer(text).ok_or_else(not_an_integer)?,
        None => 0,
    };
    let new = old
        .checked_add(by)
        .ok_or_else(|| error("ERR increment or decrement would overflow"))?;
    *text_mut(database, key)? = new.to_string().into_bytes();
    Ok(Reply::Integer(new))
}

fn add_float(call: &mut Call<'_>) -> Outcome {
    let by = call.float(1)?;
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    let old = match text(database, key)? {
        Some(text) => float(text).ok_or_else(|| error("ERR value is not a valid float"))?,
        None => 0.0,
    };
    let new = old + by;
    if !new.is_finite() {
        return Err(error("ERR increment would produce NaN or Infinity"));
    }
    let written = double(new).into_bytes();
    text_mut(database, key)?.clone_from(&written);
    Ok(Reply::Bulk(written))
}
