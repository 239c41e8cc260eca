//! The story of a Docker host: check, plan, create, wait, verify.

mod check;
mod engine;
mod failure;
mod family;
mod intent;
mod job;
mod look;
mod order;
mod outcome;
mod problem;
mod records;
mod recover;
mod remove;
mod run;
mod site;
mod ssh;
mod stays;
mod wait;

pub use check::{Checked, PasswordSource, check};
pub use engine::{Dialler, OverTls, TlsEngines};
pub use failure::{CreateFailure, Left};
pub use intent::{DockerNote, Intent, Stage};
pub use job::{DockerWish, Job};
pub use order::{Order, SiteOrder, Valid};
pub use outcome::{DockerHost, Outcome, Preview};
pub use problem::Problem;
pub use records::{Entry, Held, RecordError, Records};
pub use recover::{Recovered, recover};
pub use remove::{Removal, Removed};
pub use run::{Ports, run};
pub use site::classic::order::ClassicOrder;
pub use site::classic::problem::{Apart, ClassicProblem, InNetwork};
pub use site::classic::removal::ClassicStays;
pub use ssh::{KeyWish, SshEndpoint, SshWish};
pub use stays::{Kept, Stays, Why};
pub use wait::{Awaited, EngineInfo, Engines, Missing, NotReady, Ready, Waiting};
