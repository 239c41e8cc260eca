//! What every service that is asked over HTTP has alike: where it is, how long it is waited for, what
//! may be repeated, and what an absent answer means.

mod connect;
mod doubt;
mod endpoint;
mod exchange;
mod patience;
pub(in crate::backend) mod retry;
mod silence;
mod talk;

pub use connect::{Heard, ask, client, local_client};
pub(in crate::backend) use connect::{builder, unusable, whole};
pub(in crate::backend) use doubt::{Doubt, Validity};
pub use endpoint::{Endpoint, EndpointError};
pub use exchange::{Exchange, Observer, Waits};
pub use patience::Patience;
pub(in crate::backend) use silence::{Distrust, PROXY_PASSWORD, Silence};
pub(in crate::backend) use talk::{Talk, polls, request_id};
