//! `GET /images/search`.

use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::filters::Filters;
use crate::fault::Fault;

/// How many repositories are told of when nobody says how many.
const LIMIT: usize = 25;
/// The most that one may ask for.
const LIMIT_MAX: usize = 100;

#[derive(Serialize)]
struct Repository {
    star_count: u32,
    is_official: bool,
    name: &'static str,
    is_automated: bool,
    description: &'static str,
}

pub(in crate::api) fn search(call: &Call) -> Outcome {
    let limit = match call.number("limit") {
        Ok(None | Some(0)) => LIMIT,
        Ok(Some(limit)) => usize::try_from(limit)
            .ok()
            .filter(|limit| *limit <= LIMIT_MAX)
            .ok_or_else(|| outside(limit))?,
        Err(error) => return Err(Fault::Invalid(format!("invalid limit specified: {error}"))),
    };
    let filters = Filters::of(&call.query, &["is-automated", "is-official", "stars"])?;
    let (automated, official) = (filters.flag("is-automated")?, filters.flag("is-official")?);
    filters.each("stars", |stars| stars.parse::<u32>().is_ok())?;
    let stars = filters
        .values("stars")
        .filter_map(|stars| stars.parse::<u32>().ok());
    let stars = stars.max().unwrap_or_default();
    let found = call
        .engine
        .registry()
        .search(call.query.first("term"), limit)?;
    let found = found.into_iter().filter(|found| {
        found.stars >= stars
            && official.is_none_or(|official| found.is_official == official)
            && automated != Some(true)
    });
    let repositories = found.map(|found| Repository {
        star_count: found.stars,
        is_official: found.is_official,
        name: found.name,
        is_automated: false,
        description: found.description,
    });
    Ok(Answer::ok(&repositories.collect::<Vec<_>>()))
}

fn outside(limit: i64) -> Fault {
    Fault::Invalid(format!(
        "limit {limit} is outside the range of [1, {LIMIT_MAX}]"
    ))
}
