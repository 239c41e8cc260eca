//! Goes on with what an earlier run left unfinished, or takes it back.

use super::failure::CreateFailure;
use super::intent::{Intent, Stage, digest};
use super::outcome::Outcome;
use super::ports::Ports;
use super::problem::Problem;
use super::records::Held;
use super::remove::{Removal, Removed};
use super::run::Run;
use crate::input;
use crate::saga::State;

/// How an unfinished run came to its end.
#[derive(Debug)]
pub enum Recovered {
    /// It arrived.
    Finished(Outcome),
    /// What it made is gone again.
    TakenBack,
    /// The removal that it was is done.
    Removed(Removed),
    /// There was nothing to do: it had arrived, or another went on with it.
    Nothing,
}

/// Goes on with what `held` holds, in the direction it was going; `undo` turns a create back.
///
/// What fails on the way stays as it is, to be gone on with another time.
pub async fn recover(
    held: &Held,
    undo: bool,
    ports: Ports<'_>,
) -> Result<Recovered, CreateFailure> {
    let Some(intent) = held.intent() else {
        return Ok(Recovered::Nothing);
    };
    match intent.stage {
        Stage::Made => Ok(Recovered::Nothing),
        Stage::Removing => {
            let removed = Removal::go_on(held, intent, ports).await?;
            Ok(Recovered::Removed(removed))
        }
        Stage::Making if !undo => {
            let custom_data = custom_data(&intent, ports.backend.site().custom_data)?;
            let job = intent.job(custom_data);
            let run = Run::new(&job, ports);
            run.announce_resumption(&intent);
            let saga = run.find_again(held, intent).await?;
            run.go_on(held, saga).await.map(Recovered::Finished)
        }
        Stage::Making | Stage::Undoing => {
            let job = intent.job(None);
            let run = Run::new(&job, ports);
            run.take_back(held, intent).await?;
            Ok(Recovered::TakenBack)
        }
    }
}

/// The data for the first boot, read again where the machine may have to be made.
fn custom_data(intent: &Intent, most: usize) -> Result<Option<Vec<u8>>, Problem> {
    let (Some(path), Some(expected)) = (&intent.custom_data_file, &intent.custom_data_digest)
    else {
        return Ok(None);
    };
    let stands = intent
        .effects
        .iter()
        .any(|noted| noted.effect.is_machine() && noted.state == State::Done);
    if stands {
        return Ok(None);
    }
    let lost = || Problem::CustomDataLost(path.clone());
    let data = input::read_head(path, most + 1).map_err(|_| lost())?;
    let data = data.to_vec();
    let mut order = intent.order.clone();
    order.custom_data = Some(data.clone());
    if digest(&order).as_ref() == Some(expected) {
        Ok(Some(data))
    } else {
        Err(lost())
    }
}
