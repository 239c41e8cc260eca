//! Hashes: fields with values.

use std::collections::BTreeMap;

use super::scan::Scan;
use super::{Call, Command, Outcome, error, float, hash, hash_mut, integer, reads, writes};
use crate::process::script::services::redis::protocol::{Reply, double};

pub(super) static COMMANDS: [Command; 15] = [
    writes("hdel", -3, del),
    reads("hexists", 3, |call| Ok(Reply::flag(find(call)?.is_some()))),
    reads("hget", 3, |call| Ok(Reply::maybe(find(call)?.as_deref()))),
    reads("hgetall", 2, |call| each(call, true, true)),
    writes("hincrby", 4, add),
    writes("hincrbyfloat", 4, add_float),
    reads("hkeys", 2, |call| each(call, true, false)),
    reads("hlen", 2, |call| {
        let (key, database) = (call.args[0].clone(), call.database());
        Ok(Reply::count(hash(database, &key)?.map_or(0, BTreeMap::len)))
    }),
    reads("hmget", -3, mget),
    writes("hmset", -4, |call| {
        set(call)?;
        Ok(Reply::OK)
    }),
    reads("hscan", -3, scan),
    writes("hset", -4, set),
    writes("hsetnx", 4, setnx),
    reads("hstrlen", 3, |call| {
        Ok(Reply::count(find(call)?.map_or(0, |value| value.len())))
    }),
    reads("hvals", 2, |call| each(call, false, true)),
];

fn find(call: &mut Call<'_>) -> Result<Option<Vec<u8>>, super::Refusal> {
    let (key, field) = (&call.args[0], &call.args[1]);
    let database = call.state.store.database(call.session.database, call.now);
    Ok(hash(database, key)?
        .and_then(|hash| hash.get(field))
        .cloned())
}

fn set(call: &mut Call<'_>) -> Outcome {
    let (pairs, rest) = call.args[1..].as_chunks::<2>();
    if !rest.is_empty() {
        return Err(error("ERR wrong number of arguments for 'hset' command"));
    }
    let database = call.state.store.database(call.session.database, call.now);
    let hash = hash_mut(database, &call.args[0])?;
    let mut fresh = 0;
    for [field, value] in pairs {
        fresh += usize::from(hash.insert(field.clone(), value.clone()).is_none());
    }
    Ok(Reply::count(fresh))
}

fn setnx(call: &mut Call<'_>) -> Outcome {
    if find(call)?.is_some() {
        return Ok(Reply::flag(false));
    }
    set(call)
}

fn del(call: &mut Call<'_>) -> Outcome {
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if hash(database, key)?.is_none() {
        return Ok(Reply::Integer(0));
    }
    let hash = hash_mut(database, key)?;
    let fields = call.args[1..].iter();
    let removed = fields.filter(|field| hash.remove(*field).is_some()).count();
    database.tidy(key);
    Ok(Reply::count(removed))
}

fn mget(call: &mut Call<'_>) -> Outcome {
    let database = call.state.store.database(call.session.database, call.now);
    let hash = hash(database, &call.args[0])?;
    let fields = call.args[1..].iter();
    let value = |field| hash.and_then(|hash| hash.get(field)).map(Vec::as_slice);
    Ok(Reply::Array(
        fields.map(|field| Reply::maybe(value(field))).collect(),
    ))
}

fn each(call: &mut Call<'_>, fields: bool, values: bool) -> Outcome {
    let (key, database) = (call.args[0].clone(), call.database());
    let mut all = Vec::new();
    for (field, value) in hash(database, &key)?.into_iter().flatten() {
        if fields {
            all.push(Reply::bulk(field.clone()));
        }
        if values {
            all.push(Reply::bulk(value.clone()));
        }
    }
    Ok(if fields && values {
        Reply::Map(all)
    } else {
        Reply::Array(all)
    })
}

fn scan(call: &mut Call<'_>) -> Outcome {
    let scan = Scan::read(call, 1)?;
    let (key, database) = (call.args[0].clone(), call.database());
    let mut all = Vec::new();
    for (field, value) in hash(database, &key)?.into_iter().flatten() {
        if scan.fits(field) {
            all.push(Reply::bulk(field.clone()));
            if !scan.no_values {
                all.push(Reply::bulk(value.clone()));
            }
        }
    }
    Ok(Reply::Array(vec![Reply::bulk("0"), Reply::Array(all)]))
}

fn add(call: &mut Call<'_>) -> Outcome {
    let by = call.integer(2)?;
    let old = match find(call)? {
        Some(value) => integer(&value).ok_or_else(|| error("ERR hash value is not an integer"))?,
        None => 0,
    };
    let new = old
        .checked_add(by)
        .ok_or_else(|| error("ERR increment or decrement would overflow"))?;
    put(call, new.to_string())?;
    Ok(Reply::Integer(new))
}

fn add_float(call: &mut Call<'_>) -> Outcome {
    let by = call.float(2)?;
    let old = match find(call)? {
        Some(value) => float(&value).ok_or_else(|| error("ERR hash value is not a float"))?,
        None => 0.0,
    };
    let written = double(old + by);
    put(call, written.clone())?;
    Ok(Reply::bulk(written))
}

fn put(call: &mut Call<'_>, value: String) -> Result<(), super::Refusal> {
    let database = call.state.store.database(call.session.database, call.now);
    let hash = hash_mut(database, &call.args[0])?;
    hash.insert(call.args[1].clone(), value.into_bytes());
    Ok(())
}
