//! What a process reads from and writes to: pipes to its streams, or a terminal.

use std::sync::Arc;

use super::stdio::Stdio;
use crate::process::{Descriptor, Descriptors, Tty};
use crate::state::log::Stream;

/// Rows and columns of a terminal of which nobody says how large it is.
const SIZE: (u16, u16) = (24, 80);

/// What a process reads from and writes to.
pub(super) struct Console {
    /// Its terminal, if it has one.
    pub(super) tty: Option<Arc<Tty>>,
    /// Its open descriptors.
    pub(super) descriptors: Descriptors,
}

impl Console {
    /// A terminal of this many rows and columns; 0 and what is too large are the default.
    pub(super) fn terminal(stdio: &Arc<Stdio>, [rows, columns]: [u32; 2]) -> Self {
        let size = |asked: u32, default: u16| match u16::try_from(asked) {
            Ok(asked @ 1..) => asked,
            _ => default,
        };
        let screen = stdio.sink(Stream::Stdout);
        let tty = Tty::new(screen, size(rows, SIZE.0), size(columns, SIZE.1));
        let tty = Arc::new(tty);
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
