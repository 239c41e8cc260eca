//! `POST /images/prune`.

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::filters::Filters;
use crate::state::image::PruneFilters;

pub(in crate::api) fn prune(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, &["dangling", "label", "label!", "until"])?;
    let owned = |key| filters.values(key).map(str::to_owned).collect();
    let chosen = PruneFilters {
        dangling: filters.flag("dangling")?.unwrap_or(true),
        until: filters.until(call.engine.now())?,
        labels: owned("label"),
        without_labels: owned("label!"),
    };
    let engine = &call.engine;
    let pruned =
        engine.change_images(|images, containers, notes| images.prune(&chosen, containers, notes));
    Ok(Answer::ok(&pruned))
}
