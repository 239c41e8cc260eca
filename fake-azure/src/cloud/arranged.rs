//! The faults that were arranged in a cloud, and which of its calls they hit.

use std::error::Error;
use std::sync::{MutexGuard, PoisonError};

use simulation::chance::seed_of_part;
use simulation::faults::{Call, Hit, InvalidRule};

use super::Cloud;
use crate::faults::{Break, Called, CloudFault, FaultPlan, Faults, Fired, Told};
use crate::state::{Record, StateError};

/// The faults that were asked for.
#[derive(Debug)]
pub(super) struct Arranged {
    pub(super) faults: Faults,
    /// Those that are there from the start.
    pub(super) plan: FaultPlan,
    /// Counts how often they were taken back.
    pub(super) cleared: u64,
}

/// The part of the seed that faults by chance follow from.
const FAULTS: u64 = 1 << 63;

/// The faults that a cloud begins with: those that a plan tells, and those that were arranged
/// before its process ended.
pub(crate) fn begin_faults(saved: Option<Faults>, seed: u64, plan: &FaultPlan) -> Faults {
    let mut faults = saved.unwrap_or_else(|| Faults::seeded(seed_of_part(seed, FAULTS)));
    if let Err(error) = faults.plan(&plan.faults) {
        // A plan was looked at when it was read.
        tracing::error!(%error, "a fault of the plan is not arranged");
    }
    faults
}

impl Cloud {
    pub(super) fn faults(&self) -> MutexGuard<'_, Arranged> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arranges a fault. What cannot be written down is not arranged.
    pub fn break_next(&self, fault: Break) -> Result<(), InvalidRule> {
        let file = self.file();
        let mut arranged = self.faults();
        arranged.faults.check(&fault)?;
        if let Some(file) = file {
            let record = Record::of_break(self.now(), fault.clone());
            let written = file.append(&record);
            written.map_err(|error| InvalidRule::NotWritten(error.with_cause()))?;
        }
        arranged.faults.add(fault).map(drop)
    }

    /// All faults that were arranged since they were taken back last, and what each did.
    pub fn breaks(&self) -> Vec<Told<CloudFault>> {
        self.faults().faults.told()
    }

    /// Takes all faults back and tells what they did. Where a state file cannot be written they
    /// stay.
    pub fn clear_breaks(&self) -> Vec<Fired> {
        self.try_clear_breaks().unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn Error, "no fault is taken back");
            Vec::new()
        })
    }

    /// Takes all faults back, when that can be written down, and tells what they did.
    pub(crate) fn try_clear_breaks(&self) -> Result<Vec<Fired>, StateError> {
        let file = self.file();
        let mut arranged = self.faults();
        if let Some(file) = file {
            file.append(&Record::of_mending(self.now()))?;
        }
        arranged.cleared += 1;
        let told = arranged.faults.clear();
        drop(arranged);
        self.0.cleared.notify_waiters();
        Ok(told)
    }

    /// Waits until the faults are taken back.
    pub(crate) async fn wait_for_clearing(&self) {
        let before = self.faults().cleared;
        loop {
            let mut cleared = std::pin::pin!(self.0.cleared.notified());
            // From here on no change is missed.
            cleared.as_mut().enable();
            if self.faults().cleared != before {
                return;
            }
            cleared.await;
        }
    }

    /// Whether no fault waits for a call.
    pub(crate) fn is_faultless(&self) -> bool {
        self.faults().faults.is_idle()
    }

    /// Counts a call; the fault that hits it, if one does.
    pub(crate) fn hit(&self, call: &Call<'_>) -> Option<Hit<CloudFault>> {
        let file = self.file();
        let mut arranged = self.faults();
        if !arranged.faults.are_about(call) {
            return None;
        }
        let now = self.now();
        if let Some(file) = file
            && let Err(error) = file.append(&Record::of_call(now, Called::new(call)))
        {
            // What is not written down has not happened.
            tracing::error!(error = &error as &dyn Error, "a call does not count");
            return None;
        }
        arranged.faults.hit(call, now)
    }
}
