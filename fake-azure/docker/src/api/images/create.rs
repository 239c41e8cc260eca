//! `POST /images/create`: pulling, and making images of archives.

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::registry_auth;
use crate::build::change;
use crate::engine::image::platform_asked;
use crate::fault::Fault;
use crate::faults::{EngineFault, Pull};
use crate::reference::Named;
use crate::registry::{Refusal, Registry};
use crate::state::config::Config;
use crate::state::image::{Import, Message, Step};

use super::{follow, lines};

pub(in crate::api) async fn create(call: &mut Call) -> Outcome {
    if call.query.first("fromImage").is_empty() {
        import(call).await
    } else {
        pull(call).await
    }
}

async fn pull(call: &mut Call) -> Outcome {
    let platform = platform_asked(call.query.first("platform"))?;
    let name = Named::of_parts(call.query.first("fromImage"), call.query.first("tag"))?;
    let login = registry_auth::of_header(call);
    let engine = &call.engine;
    engine.check_room_for_image(0)?;
    let wrong = match &call.wrong {
        Some(EngineFault::Pull(wrong)) => Some(wrong),
        _ => None,
    };
    let slow = wrong.map(Pull::pause).filter(|pause| !pause.is_zero());
    let nearby = engine.nearby_registry(name.domain(), &login).await;
    let mut other = match nearby {
        Some(mut nearby) => Some(nearby.mirror(&name).await),
        None => None,
    };
    if let Some(pause) = slow {
        other
            .get_or_insert_with(|| engine.registry().clone())
            .set_pace(pause);
    }
    let plan = |registry: &Registry| {
        let state = engine.state();
        state.images.pull(registry, &name, platform.as_ref())
    };
    let mut steps = match &other {
        Some(registry) => plan(registry)?,
        None => plan(&engine.registry())?,
    };
    if let Some(words) = wrong.and_then(|wrong| wrong.fail.as_deref()) {
        break_off(&mut steps, words);
    }
    Ok(follow(engine, steps))
}

/// Lets a pull fail half-way through what it fetches.
fn break_off(steps: &mut Vec<Step>, words: &str) {
    let fetched = steps
        .iter()
        .position(|step| matches!(step, Step::Receive(_)));
    steps.truncate(fetched.unwrap_or(steps.len()).div_ceil(2));
    steps.push(Step::Say(Message::error(words)));
}

async fn import(call: &mut Call) -> Outcome {
    let repository = call.query.first("repo");
    let name = match repository {
        "" => None,
        repository => Some(Named::of_parts(repository, call.query.first("tag"))?),
    };
    let platform = platform_asked(call.query.first("platform"))?;
    let source = call.query.first("fromSrc").to_owned();
    if source != "-" {
        return Err(Refusal::of_url(&source).into());
    }
    let archive = call.body.pieces(call.engine.limits().archive_bytes).await?;
    call.engine.check_room_for_image(archive.len() as u64)?;
    let changes: Vec<String> = call.query.all("changes").map(str::to_owned).collect();
    let config = change::change(Config::default(), &changes)
        .map_err(|error| Fault::Invalid(error.to_string()))?;
    let import = Import {
        config,
        comment: call.query.first("message").to_owned(),
        platform,
        name,
    };
    let engine = &call.engine;
    let id = engine.change_images(|images, _, notes| images.import(archive, import, notes))?;
    Ok(told(&id.to_string()))
}

fn told(status: &str) -> Answer {
    lines(vec![Message::status(status)])
}
