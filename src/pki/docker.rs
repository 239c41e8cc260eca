//! The folder of certificates that a Docker host and its clients share.
//!
//! First a look, which reads and decides and changes nothing; then the plan is
//! carried out, which makes what is missing and overwrites nothing.

mod found;
mod issuing;
mod pair;
mod plan;
mod problem;
mod set;
#[cfg(test)]
mod tests;
mod warning;

pub use plan::{CertFolder, CertPlan, Planned};
pub use problem::CertFolderError;
pub use set::{DockerCertificates, NoClientConfig};
pub use warning::{NoTlsVerify, Warning};
