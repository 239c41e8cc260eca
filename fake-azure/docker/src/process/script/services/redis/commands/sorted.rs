//! Sorted sets: members with scores.

use super::scan::Scan;
use super::{Call, Command, Outcome, Refusal, error, reads, sorted, sorted_mut, syntax, writes};
use crate::process::script::services::redis::protocol::{Reply, double};
use crate::process::script::services::redis::store::Sorted;

pub(super) static COMMANDS: [Command; 18] = [
    writes("zadd", -4, add),
    reads("zcard", 2, |call| {
        let (key, database) = (call.args[0].clone(), call.database());
        Ok(Reply::count(sorted(database, &key)?.map_or(0, Sorted::len)))
    }),
    reads("zcount", 4, |call| {
        let range = Scores::read(call, 1, 2)?;
        let (key, database) = (call.args[0].clone(), call.database());
        let all = sorted(database, &key)?.into_iter().flat_map(Sorted::iter);
        Ok(Reply::count(
            all.filter(|(_, score)| range.has(*score)).count(),
        ))
    }),
    writes("zincrby", 4, increase),
    writes("zpopmax", -2, |call| pop(call, true)),
    writes("zpopmin", -2, |call| pop(call, false)),
    reads("zrange", -4, range),
    reads("zrangebyscore", -4, |call| by_score(call, false)),
    reads("zrank", -3, |call| rank(call, false)),
    writes("zrem", -3, remove),
    writes("zremrangebyrank", 4, |call| {
        let (from, to) = (call.integer(1)?, call.integer(2)?);
        remove_where(call, |at, _, length| {
            super::range(from, to, length).contains(&at)
        })
    }),
    writes("zremrangebyscore", 4, |call| {
        let range = Scores::read(call, 1, 2)?;
        remove_where(call, |_, score, _| range.has(score))
    }),
    reads("zrevrange", -4, |call| by_index(call, true)),
    reads("zrevrangebyscore", -4, |call| by_score(call, true)),
    reads("zrevrank", -3, |call| rank(call, true)),
    reads("zscan", -3, |call| {
        let scan = Scan::read(call, 1)?;
        let (key, database) = (call.args[0].clone(), call.database());
        let all = sorted(database, &key)?.into_iter().flat_map(Sorted::iter);
        let all = all.filter(|(member, _)| scan.fits(member));
        let pairs = all
            .flat_map(|(member, score)| [Reply::bulk(member.clone()), Reply::bulk(double(score))]);
        Ok(Reply::Array(vec![
            Reply::bulk("0"),
            Reply::Array(pairs.collect()),
        ]))
    }),
    reads("zscore", 3, |call| {
        let member = call.args[1].clone();
        let (key, database) = (call.args[0].clone(), call.database());
        let score = sorted(database, &key)?.and_then(|sorted| sorted.score(&member));
        Ok(score.map_or(Reply::Null, Reply::Double))
    }),
    reads("zmscore", -3, |call| {
        let database = call.state.store.database(call.session.database, call.now);
        let sorted = sorted(database, &call.args[0])?;
        let score = |member: &Vec<u8>| sorted.and_then(|sorted| sorted.score(member));
        let members = call.args[1..].iter();
        Ok(Reply::Array(
            members
                .map(|m| score(m).map_or(Reply::Null, Reply::Double))
                .collect(),
        ))
    }),
];

fn add(call: &mut Call<'_>) -> Outcome {
    let (mut only_new, mut only_old, mut changed, mut increase) = (false, false, false, false);
    let (mut greater, mut less) = (false, false);
    let mut at = 1;
    loop {
        match call.option(at).as_str() {
            "NX" => only_new = true,
            "XX" => only_old = true,
            "GT" => greater = true,
            "LT" => less = true,
            "CH" => changed = true,
            "INCR" => increase = true,
            _ => break,
        }
        at += 1;
    }
    if only_new && (only_old || greater || less) || greater && less {
        return Err(error(
            "ERR GT, LT, and/or NX options at the same time are not compatible",
        ));
    }
    let (pairs, rest) = call.args[at..].as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() || increase && pairs.len() > 1 {
        return Err(syntax());
    }
    let scores: Vec<f64> = pairs
        .iter()
        .map(|[score, _]| {
            super::float(score).ok_or_else(|| error("ERR value is not a valid float"))
        })
        .collect::<Result<_, _>>()?;
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    let sorted = sorted_mut(database, key)?;
    let (mut added, mut updated, mut last) = (0, 0, Reply::Null);
    for ([_, member], score) in pairs.iter().zip(scores) {
        let old = sorted.score(member);
        let score = if increase {
            old.unwrap_or_default() + score
        } else {
            score
        };
        let wanted = match old {
            None => !only_old,
            Some(old) => !(only_new || greater && score <= old || less && score >= old),
        };
        if wanted {
            sorted.set(member, score);
            added += usize::from(old.is_none());
            updated += usize::from(old.is_some_and(|old| old.total_cmp(&score).is_ne()));
            last = Reply::Double(score);
        }
    }
    database.tidy(key);
    Ok(match (increase, changed) {
        (true, _) => last,
        (false, true) => Reply::count(added + updated),
        (false, false) => Reply::count(added),
    })
}

fn increase(call: &mut Call<'_>) -> Outcome {
    let by = call.float(1)?;
    let database = call.state.store.database(call.session.database, call.now);
    let sorted = sorted_mut(database, &call.args[0])?;
    let score = sorted.score(&call.args[2]).unwrap_or_default() + by;
    if score.is_nan() {
        return Err(error("ERR resulting score is not a number (NaN)"));
    }
    sorted.set(&call.args[2], score);
    Ok(Reply::Double(score))
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if sorted(database, key)?.is_none() {
        return Ok(Reply::Integer(0));
    }
    let sorted = sorted_mut(database, key)?;
    let members = call.args[1..].iter();
    let removed = members
        .filter(|member| sorted.remove(member).is_some())
        .count();
    database.tidy(key);
    Ok(Reply::count(removed))
}

fn remove_where(call: &mut Call<'_>, gone: impl Fn(usize, f64, usize) -> bool) -> Outcome {
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if sorted(database, key)?.is_none() {
        return Ok(Reply::Integer(0));
    }
    let sorted = sorted_mut(database, key)?;
    let length = sorted.len();
    let all = sorted.iter().enumerate();
    let members: Vec<Vec<u8>> = all
        .filter(|(at, (_, score))| gone(*at, *score, length))
        .map(|(_, (member, _))| member.clone())
        .collect();
    for member in &members {
        sorted.remove(member);
    }
    database.tidy(key);
    Ok(Reply::count(members.len()))
}

fn pop(call: &mut Call<'_>, highest: bool) -> Outcome {
    let count = if call.args.len() > 1 {
        call.count(1)?
    } else {
        1
    };
    let key = &call.args[0];
    let database = call.state.store.database(call.session.database, call.now);
    if sorted(database, key)?.is_none() {
        return Ok(Reply::Array(Vec::new()));
    }
    let sorted = sorted_mut(database, key)?;
    let owned = |(member, score): (&Vec<u8>, f64)| (member.clone(), score);
    let taken: Vec<(Vec<u8>, f64)> = if highest {
        sorted.iter().rev().take(count).map(owned).collect()
    } else {
        sorted.iter().take(count).map(owned).collect()
    };
    for (member, _) in &taken {
        sorted.remove(member);
    }
    database.tidy(key);
    Ok(pairs(
        taken.iter().map(|(member, score)| (member, *score)),
        true,
    ))
}

fn rank(call: &mut Call<'_>, from_end: bool) -> Outcome {
    let member = call.args[1].clone();
    let (key, database) = (call.args[0].clone(), call.database());
    let Some(sorted) = sorted(database, &key)? else {
        return Ok(Reply::Null);
    };
    let is = |(other, _): (&Vec<u8>, f64)| *other == member;
    let rank = if from_end {
        sorted.iter().rev().position(is)
    } else {
        sorted.iter().position(is)
    };
    Ok(rank.map_or(Reply::Null, Reply::count))
}

fn pairs<'a>(all: impl Iterator<Item = (&'a Vec<u8>, f64)>, with_scores: bool) -> Reply {
    let mut list = Vec::new();
    for (member, score) in all {
        list.push(Reply::bulk(member.clone()));
        if with_scores {
            list.push(Reply::Double(score));
        }
    }
    Reply::Array(list)
}

/// `ZRANGE`, by place or by score, in either direction.
fn range(call: &mut Call<'_>) -> Outcome {
    let options: Vec<String> = (3..call.args.len()).map(|at| call.option(at)).collect();
    let has = |name: &str| options.iter().any(|option| option == name);
    if has("BYLEX") {
        return Err(error("ERR BYLEX is not simulated"));
    }
    if has("BYSCORE") {
        by_score(call, has("REV"))
    } else {
        by_index(call, has("REV"))
    }
}

fn with_scores(call: &Call<'_>) -> bool {
    (3..call.args.len()).any(|at| call.option(at) == "WITHSCORES")
}

fn by_index(call: &mut Call<'_>, reverse: bool) -> Outcome {
    let (from, to) = (call.integer(1)?, call.integer(2)?);
    let scores = with_scores(call);
    let (key, database) = (call.args[0].clone(), call.database());
    let Some(sorted) = sorted(database, &key)? else {
        return Ok(Reply::Array(Vec::new()));
    };
    let range = super::range(from, to, sorted.len());
    let (skip, take) = (range.start, range.len());
    Ok(if reverse {
        pairs(sorted.iter().rev().skip(skip).take(take), scores)
    } else {
        pairs(sorted.iter().skip(skip).take(take), scores)
    })
}

fn by_score(call: &mut Call<'_>, reverse: bool) -> Outcome {
    let range = if reverse {
        Scores::read(call, 2, 1)?
    } else {
        Scores::read(call, 1, 2)?
    };
    let scores = with_scores(call);
    let limit = (3..call.args.len()).find(|at| call.option(*at) == "LIMIT");
    let (skip, take) = match limit {
        None => (0, usize::MAX),
        Some(at) => {
            let count = call.integer(at + 2)?;
            (
                call.count(at + 1)?,
                usize::try_from(count).unwrap_or(usize::MAX),
            )
        }
    };
    let (key, database) = (call.args[0].clone(), call.database());
    let Some(sorted) = sorted(database, &key)? else {
        return Ok(Reply::Array(Vec::new()));
    };
    let fits = |(_, score): &(&Vec<u8>, f64)| range.has(*score);
    Ok(if reverse {
        pairs(
            sorted.iter().rev().filter(fits).skip(skip).take(take),
            scores,
        )
    } else {
        pairs(sorted.iter().filter(fits).skip(skip).take(take), scores)
    })
}

/// A range of scores: `1`, `(1`, `-inf`.
struct Scores {
    least: (f64, bool),
    most: (f64, bool),
}

impl Scores {
    fn read(call: &Call<'_>, least: usize, most: usize) -> Result<Self, Refusal> {
        let read = |at: usize| {
            let word = call.arg(at);
            let (word, open) = match word.strip_prefix(b"(") {
                Some(word) => (word, true),
                None => (word, false),
            };
            let score = super::float(word).ok_or_else(|| error("ERR min or max is not a float"))?;
            Ok((score, open))
        };
        Ok(Self {
            least: read(least)?,
            most: read(most)?,
        })
    }

    fn has(&self, score: f64) -> bool {
        let above = if self.least.1 {
            score > self.least.0
        } else {
            score >= self.least.0
        };
        let below = if self.most.1 {
            score < self.most.0
        } else {
            score <= self.most.0
        };
        above && below
    }
}
