//! Sockets: listening, accepting, and cutting off.

mod listener;
mod reset;
mod task;

use std::time::Duration;

pub use listener::{Arrivals, Listening, Socket, accept, listen, listen_unix};
pub use reset::{Reset, Resettable};
pub use task::Task;

/// How long a client may take over its TLS handshake.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
