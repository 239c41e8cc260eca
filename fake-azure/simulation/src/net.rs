//! Sockets: listening, accepting, and cutting off.

mod listener;
mod reset;
mod task;
mod visitors;

use std::time::Duration;

pub use listener::{Arrivals, Listening, Socket, accept, listen, listen_unix};
pub use reset::{Reset, Resettable};
pub use task::Task;
pub use visitors::{Trouble, Work, at_work, raise_open_files, trouble};

/// How long a client may take over its TLS handshake.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
