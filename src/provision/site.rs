//! What one cloud alone checks of an order, behind one trait; which of them it is, is told here.

pub(super) mod classic;

use async_trait::async_trait;

use super::look::Look;
use super::order::SiteOrder;
use super::problem::Problem;
use crate::backend::{Deployment, Host, Image, MachinePlan, SiteFacts, SitePlan};

/// What a cloud checks of the part of an order that it alone knows.
#[async_trait]
pub(super) trait SiteCheck: Send + Sync {
    /// Chooses where a new host goes, and checks that the machine can be there.
    async fn new_host(&mut self, image: &Image) -> Result<(), Problem>;

    /// Holds the order against a host that is there.
    fn standing_host(&mut self, host: &Host) -> Result<(), Problem>;

    /// Checks that the machine can stand beside those of `deployment`.
    fn joins(&self, deployment: &Deployment) -> Result<(), Problem>;

    /// Decides the cloud's own part of the plan. Is the machine the host's first?
    fn plan(&self, machine: &MachinePlan, is_first: bool) -> Result<SitePlan, Problem>;
}

/// Looks up what the order names and only its cloud knows.
pub(super) async fn check(look: Look<'_>) -> Result<Box<dyn SiteCheck + '_>, Problem> {
    match (&look.order.site, look.backend.site_facts()) {
        (SiteOrder::Classic(order), SiteFacts::Classic(facts)) => {
            Ok(Box::new(classic::Check::of(look, order, facts).await?))
        }
    }
}
