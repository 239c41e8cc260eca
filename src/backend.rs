//! The trait that provisioning is written against, in words that fit more than one cloud.

pub mod classic;
mod effect;
mod error;
mod fact;
pub mod fake;
mod key;
mod operation;
mod plan;
mod reason;
pub mod resource_manager;
pub mod service_management;
pub mod site;
mod task;
pub mod wire;

use std::borrow::Cow;
use std::fmt;

use async_trait::async_trait;

pub use effect::{Begun, DaemonCertificates, Effect, Secrets, Trace};
pub use error::{BoxError, Error, Kind, RequestId, Result};
pub use fact::{
    AgentState, Availability, Deployment, Hardware, Host, Image, ImageKind, Location, Machine,
    MachineState, OpenPort, Os, SetupState,
};
pub use key::{OpenSshKey, SshKey};
pub use operation::{Accepted, LONGEST_POLL, OperationId, Progress};
pub use plan::{Account, DockerPlan, Endpoint, HostPlan, MachinePlan, Plan, Standing};
pub use reason::Reason;
pub use site::classic::Place;
pub use site::{Setup, Site, SiteFacts, SiteHost, SitePlan};
pub use task::Task;

use crate::backoff::Backoff;
use crate::clock::Clock;

/// A cloud in which machines can be made.
///
/// The methods are what provisioning asks, not what any one API offers: questions, the effects that
/// a [`Plan`] comes to, and how one is begun, looked up and undone. What is not there is `None`; a refusal is an error.
/// Implementations keep no promises beyond the conformance suite, and must keep those.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync {
    /// Finds the image of exactly this name, ignoring case, as it is to be had in `location`.
    async fn image(&self, name: &str, location: Option<&str>) -> Result<Option<Image>>;

    /// Lists every image, oldest first as far as the cloud sorts them.
    async fn images(&self) -> Result<Vec<Image>>;

    /// Lists the regions.
    async fn locations(&self) -> Result<Vec<Location>>;

    /// Finds a host of ours, ignoring case.
    async fn host(&self, name: &str) -> Result<Option<Host>>;

    /// Can a host of this name be made in `location`, as far as the cloud tells beforehand?
    async fn availability(&self, name: &str, location: Option<&str>) -> Result<Availability>;

    /// Finds the machines of a host of ours.
    async fn deployment(&self, host: &str) -> Result<Option<Deployment>>;

    /// Turns `plan` into effects, in the order to begin them. Asks, but changes nothing.
    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>>;

    /// Asks for an effect, once.
    async fn begin(&self, effect: &Effect, secrets: &Secrets) -> Result<Begun>;

    /// Looks whether an effect is there.
    async fn look_up(&self, effect: &Effect) -> Result<Trace>;

    /// Takes an effect back. What is gone already fails with [`Kind::NotFound`].
    async fn undo(&self, effect: &Effect) -> Result<Begun>;

    /// Names what others have in what `effect` made, so that it cannot go.
    async fn tenants(&self, effect: &Effect) -> Result<Vec<String>>;

    /// Asks a machine why Docker does not come; `None` where machines are not asked.
    async fn diagnosis(&self, _host: &str, _machine: &str) -> Result<Option<String>> {
        Ok(None)
    }

    /// Tells how an accepted request fares.
    async fn operation(&self, id: &OperationId) -> Result<Progress>;

    /// The domain of the public names of hosts in `location`, as far as it is known before a
    /// deployment tells its own.
    fn domain(&self, location: Option<&str>) -> Cow<'_, str>;

    /// Its sizes, ports and limits.
    fn site(&self) -> Site;

    /// The questions that this cloud alone answers.
    fn site_facts(&self) -> SiteFacts<'_>;

    /// How often an operation is asked after.
    fn polls(&self) -> Backoff {
        Backoff::polls()
    }

    /// How often a machine that boots is looked at.
    fn looks(&self) -> Backoff {
        Backoff::boot()
    }
}

/// What follows from [`Backend`] alone. Nobody else implements it.
#[async_trait]
pub trait BackendExt: Backend {
    /// Waits until an accepted request is carried out; fails with the operation's own error.
    async fn settle(&self, accepted: Accepted, polls: &Backoff, clock: &dyn Clock) -> Result<()> {
        let ask = || self.operation(accepted.operation());
        operation::settle(&accepted, *polls, clock, ask).await
    }

    /// Waits until what was begun is carried out.
    async fn settle_begun(&self, begun: Begun, polls: &Backoff, clock: &dyn Clock) -> Result<()> {
        match begun {
            Begun::Done | Begun::Standing => Ok(()),
            Begun::Accepted(accepted) => self.settle(accepted, polls, clock).await,
        }
    }
}

impl<B: Backend + ?Sized> BackendExt for B {}
