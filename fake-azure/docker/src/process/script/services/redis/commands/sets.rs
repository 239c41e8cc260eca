//! Sets.

use std::collections::BTreeSet;

use super::scan::Scan;
use super::{Call, Command, Outcome, reads, set, set_mut, writes};
use crate::process::script::services::redis::protocol::Reply;
use crate::process::script::services::redis::store::Value;

pub(super) static COMMANDS: [Command; 17] = [
    writes("sadd", -3, add),
    reads("scard", 2, |call| {
        let (key, database) = (call.args[0].clone(), call.database());
        Ok(Reply::count(set(database, &key)?.map_or(0, BTreeSet::len)))
    }),
    reads("sdiff", -2, |call| combined(call, 0, difference)),
    writes("sdiffstore", -3, |call| store(call, difference)),
    reads("sinter", -2, |call| combined(call, 0, intersection)),
    writes("sinterstore", -3, |call| store(call, intersection)),
    reads("sismember", 3, |call| {
        let member = call.args[1].clone();
        let (key, database) = (call.args[0].clone(), call.database());
        Ok(Reply::flag(
            set(database, &key)?.is_some_and(|set| set.contains(&member)),
        ))
    }),
    reads("smembers", 2, |call| combined(call, 0, union)),
    reads("smismember", -3, |call| {
        let database = call.state.store.database(call.session.database, call.now);
        let set = set(database, &call.args[0])?;
        let members = call.args[1..].iter();
        let is = |member| Reply::flag(set.is_some_and(|set| set.contains(member)));
        Ok(Reply::Array(members.map(is).collect()))
    }),
    writes("smove", 4, transfer),
    writes("spop", -2, |call| pick(call, true)),
    reads("srandmember", -2, |call| pick(call, false)),
    writes("srem", -3, remove),
    reads("sscan", -3, |call| {
        let scan = Scan::read(call, 1)?;
        let (key, database) = (call.args[0].clone(), call.database());
        let members = set(database, &key)?.into_iter().flatten();
        let members = Reply::bulks(members.filter(|member| scan.fits(member)));
        Ok(Reply::Array(vec![Reply::bulk("0"), members]))
    }),
    reads("sunion", -2, |call| combined(call, 0, union)),
    writes("sunionstore", -3, |call| store(call, union)),
    reads("sintercard", -3, |call| {
        let count = call.count(0)?.min(call.args.len().saturating_sub(1));
        let keys = &call.args[1..=count];
        let sets = gather(call, keys)?;
        Ok(Reply::count(intersection(&sets).len()))
    }),
];

type Members = BTreeSet<Vec<u8>>;

fn add(call: &mut Call<'_>) -> Outcome {
    let database = call.state.store.database(call.session.database, call.now);
    let set = set_mut(database, &call.args[0])?;
    let members = call.args[1..].iter();
    Ok(Reply::count(
        members
            .filter(|member| set.insert((*member).clone()))
            .count(),
    ))
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if set(database, key)?.is_none() {
        return Ok(Reply::Integer(0));
    }
    let set = set_mut(database, key)?;
    let members = call.args[1..].iter();
    let removed = members.filter(|member| set.remove(*member)).count();
    database.tidy(key);
    Ok(Reply::count(removed))
}

fn transfer(call: &mut Call<'_>) -> Outcome {
    let (from, to, member) = (&call.args[0], &call.args[1], &call.args[2]);
    let database = call.state.store.database(call.session.database, call.now);
    set(database, to)?;
    if set(database, from)?.is_none_or(|set| !set.contains(member)) {
        return Ok(Reply::flag(false));
    }
    set_mut(database, from)?.remove(member);
    database.tidy(from);
    set_mut(database, to)?.insert(member.clone());
    Ok(Reply::flag(true))
}

/// Which members are taken follows from their order: there is no chance in a simulated server.
fn pick(call: &mut Call<'_>, away: bool) -> Outcome {
    let count = if call.args.len() > 1 {
        Some(call.integer(1)?)
    } else {
        None
    };
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    let Some(members) = set(database, key)? else {
        return Ok(if count.is_some() {
            Reply::Array(Vec::new())
        } else {
            Reply::Null
        });
    };
    let many = usize::try_from(count.unwrap_or(1).unsigned_abs()).unwrap_or(usize::MAX);
    let picked: Vec<Vec<u8>> = members.iter().take(many).cloned().collect();
    if away {
        let set = set_mut(database, key)?;
        for member in &picked {
            set.remove(member);
        }
        database.tidy(key);
    }
    Ok(match count {
        Some(_) => Reply::Set(picked.into_iter().map(Reply::Bulk).collect()),
        None => picked.into_iter().next().map_or(Reply::Null, Reply::Bulk),
    })
}

fn union(sets: &[Members]) -> Members {
    sets.iter().flatten().cloned().collect()
}

fn intersection(sets: &[Members]) -> Members {
    let Some((first, rest)) = sets.split_first() else {
        return Members::new();
    };
    let everywhere = |member: &&Vec<u8>| rest.iter().all(|set| set.contains(*member));
    first.iter().filter(everywhere).cloned().collect()
}

fn difference(sets: &[Members]) -> Members {
    let Some((first, rest)) = sets.split_first() else {
        return Members::new();
    };
    let nowhere = |member: &&Vec<u8>| rest.iter().all(|set| !set.contains(*member));
    first.iter().filter(nowhere).cloned().collect()
}

fn gather(call: &mut Call<'_>, keys: &[Vec<u8>]) -> Result<Vec<Members>, super::Refusal> {
    let database = call.state.store.database(call.session.database, call.now);
    let members = |key: &Vec<u8>| Ok(set(database, key)?.cloned().unwrap_or_default());
    keys.iter().map(members).collect()
}

fn combined(call: &mut Call<'_>, from: usize, how: fn(&[Members]) -> Members) -> Outcome {
    let keys = &call.args[from..];
    let sets = gather(call, keys)?;
    Ok(Reply::Set(
        how(&sets).into_iter().map(Reply::Bulk).collect(),
    ))
}

fn store(call: &mut Call<'_>, how: fn(&[Members]) -> Members) -> Outcome {
    let keys = &call.args[1..];
    let sets = gather(call, keys)?;
    let members = how(&sets);
    let count = members.len();
    let bytes = members.iter().map(Vec::len).sum();
    if !call.state.store.has_room(bytes) {
        return Err(super::error(
            "OOM command not allowed when used memory > 'maxmemory'.",
        ));
    }
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    database.put(key, Value::Set(members), None);
    database.tidy(key);
    Ok(Reply::count(count))
}
