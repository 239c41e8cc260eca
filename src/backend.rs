//! The trait that provisioning is written against.

mod error;
mod operation;

pub use error::{BoxError, Error, Kind, RequestId, Result};
pub use operation::{Accepted, OperationId, Progress};
