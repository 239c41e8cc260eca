//! A simulator of classic Azure for tests: the Service Management API over mutual TLS, and for
//! every simulated virtual machine with the Docker extension a live Docker endpoint on a
//! loopback address of its own.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use fake_azure::{FakeAzure, Pace};
//!
//! let azure = FakeAzure::builder().pace(Pace::ByHand).start().await?;
//! // Point any client at it …
//! assert!(azure.management_url().starts_with("https://127.0.0.1:"));
//! let settings = std::fs::read_to_string(azure.publish_settings())?;
//! assert!(settings.contains(azure.subscription_id().as_str()));
//! // … let time pass, and look.
//! azure.cloud().advance(std::time::Duration::from_secs(600));
//! let services = azure.cloud().act(|world, _| world.of(azure.subscription_id()).services().count());
//! assert_eq!(services, 0);
//! azure.shutdown().await;
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! The simulator runs on a thread of its own, so a test may wait for a process that talks to it;
//! [`Builder::in_callers_runtime`] keeps it in the caller's runtime.
//!
//! Nothing is global: two simulators in one process are two clouds, each with loopback
//! addresses of its own.

mod admin;
mod arm;
mod asm;
mod azure_names;
mod ca_bundle;
mod cloud;
pub mod command;
mod credentials;
mod docker_options;
pub mod docker_serve;
mod ending;
pub mod faults;
mod folder;
mod guest;
mod home;
mod hosts;
mod instance_metadata;
mod journal;
mod leaves;
pub mod log;
mod login;
mod metadata;
mod net;
mod notice;
mod origin;
mod output;
mod pace;
mod proxy;
mod scripts;
pub mod serve;
mod simulator;
mod skin;
mod state;
mod thumbprint;
mod tls_material;
mod uploads;
pub mod view;
mod world;

pub use arm::{ManagedOperation, managed_operations};
pub use asm::{Modelled, Refused, operations};
pub use cloud::{Cloud, Hand, NotRestored};
pub use credentials::{Credentials, CredentialsError};
pub use docker_options::{DockerOptions, EngineOptions};
pub use fake_docker;
pub use guest::engine_address::{EngineAddress, InvalidEngineAddress};
pub use guest::real_engine::EngineAway;
pub use journal::Entry;
pub use notice::Notice;
pub use pace::{InvalidPace, Pace};
pub use proxy::Upstream;
pub use scripts::ScriptsError;
pub use simulation::log::Storage;
pub use simulator::{Builder, FakeAzure, StartError, Subscription};
pub use state::{InvalidState, StateError};
pub use uploads::Limits;
pub use world::directory::Approval;
pub use world::{OperationId, SubscriptionId};
