//! What a process reads from and writes to: pipes to its streams, or a terminal.

use std::sync::Arc;

use super::stdio::Stdio;
use crate::process::{Descriptor, Descriptors, Tty};
use crate::state::log::Stream;

/// What a process reads from and writes to.
pub(super) struct Console {
    /// Its terminal, if it has one.
    pub(super) tty: Option<Arc<Tty>>,
    /// Its open descriptors.
    pub(super) descriptors: Descriptors,
}

impl Console {
    /// A terminal of this many rows and columns. One of which nobody says how large it is has none, as
    /// the kernel makes it, until somebody does.
    pub(super) fn terminal(stdio: &Arc<Stdio>, size: [u32; 2]) -> Self {
        let [rows, columns] = size.map(|asked| u16::try_from(asked).unwrap_or_default());
        let screen = stdio.sink(Stream::Stdout);
        let tty = Arc::new(Tty::new(screen, rows, columns));
        let open = Descriptor::Tty(tty.clone());
        Self {
            tty: Some(tty),
            descriptors: Descriptors::standard(open.clone(), open.clone(), open),
        }
    }

    /// Streams of their own; standard input is empty unless somebody may type.
    pub(super) fn streams(stdio: &Arc<Stdio>, has_input: bool) -> Self {
        let input = if has_input {
            Descriptor::Reader(Arc::new(stdio.open_input()))
        } else {
            Descriptor::Null
        };
        Self {
            tty: None,
            descriptors: Descriptors::standard(
                input,
                Descriptor::Sink(stdio.sink(Stream::Stdout)),
                Descriptor::Sink(stdio.sink(Stream::Stderr)),
            ),
        }
    }
}
