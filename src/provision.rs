//! The story of a Docker host: check, plan, create, wait, verify.

mod check;
mod create;
mod engine;
mod family;
mod order;
mod place;
mod problem;
mod ssh;
mod subnet;
mod wait;

pub use check::{PasswordSource, check};
pub use create::create;
pub use engine::TlsEngines;
pub use order::{CUSTOM_DATA_MOST, DEFAULT_SIZE, Order, Valid};
pub use problem::Problem;
pub use ssh::{KeyWish, SshEndpoint, SshWish};
pub use wait::{Awaited, EngineInfo, Engines, Missing, NotReady, Ready, Waiting};
