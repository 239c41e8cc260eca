//! `GET /images/json`.

use std::collections::BTreeSet;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::filters::Filters;
use crate::state::image::{ImageFilters, Summary};

const FILTERS: &[&str] = &["before", "dangling", "label", "reference", "since", "until"];

pub(in crate::api) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    let owned = |key| filters.values(key).map(str::to_owned).collect();
    let mut chosen = ImageFilters {
        dangling: filters.flag("dangling")?,
        labels: owned("label"),
        before: owned("before"),
        since: owned("since"),
        until: filters.until(call.engine.now())?,
        references: owned("reference"),
    };
    // Old clients name the repository in a parameter of its own.
    let name = call.query.first("filter");
    if call.version.is_below("1.41") && !name.is_empty() {
        chosen.references.push(name.to_owned());
    }
    let state = call.engine.state();
    let mut images = state.images.list(&chosen, call.flag("all"))?;
    if call.flag("shared-size") {
        let shown: BTreeSet<_> = images.iter().map(|image| image.id).collect();
        let shared = state.images.shared_sizes(&shown);
        for image in &mut images {
            let size = shared.get(&image.id).copied().unwrap_or_default();
            image.shared_size = i64::try_from(size).unwrap_or(i64::MAX);
        }
    }
    for image in &mut images {
        as_of(call, image);
    }
    Ok(Answer::ok(&images))
}

/// Gives an image the shape that a client of an older version knows.
fn as_of(call: &Call, image: &mut Summary) {
    if call.version.is_below("1.43") {
        let is_nameless = |names: &Option<Vec<String>>| names.as_ref().is_none_or(Vec::is_empty);
        if is_nameless(&image.repo_tags) && is_nameless(&image.repo_digests) {
            image.repo_tags = Some(vec!["<none>:<none>".to_owned()]);
            image.repo_digests = Some(vec!["<none>@<none>".to_owned()]);
        }
    }
    if call.version.is_below("1.44") {
        image.virtual_size = Some(image.size);
    }
}
