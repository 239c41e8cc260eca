//! Carries out the steps of a plan, with the way back in hand.

use crate::backend::Step;
use crate::saga::{Saga, Stop, Surroundings};

/// Takes every step in turn. The caller unwinds or keeps the saga when this fails.
pub(super) async fn create<'a>(
    steps: &'a [Box<dyn Step>],
    saga: &mut Saga<'a>,
    around: Surroundings<'_>,
) -> Result<(), Stop> {
    for step in steps {
        saga.take(step.as_ref(), around).await?;
    }
    Ok(())
}
