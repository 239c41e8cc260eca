//! What runs in a container: processes without a kernel.
//!
//! A [`Space`] is what a container's processes share (files, process table, network, clock); a
//! [`Process`] is what one of them has for itself. A [`Program`] is an async function over a
//! process. Each process is a task of its own, so a signal can end it at any moment, a pause stops
//! its polling, and the end of process 1 ends all.
//!
//! None of this knows an engine: a machine without Docker can run the same programs.

pub mod accounts;
pub mod bounds;
pub mod descriptor;
pub mod exit;
pub mod fifo;
pub mod init;
pub mod launch;
pub mod locks;
pub mod machine;
pub mod network;
pub mod pipe;
pub mod proc;
pub mod program;
pub mod script;
pub mod shell;
pub mod signal;
pub mod space;
pub mod task;
mod terminals;
pub mod tools;
pub mod tty;

pub use accounts::Accounts;
pub use bounds::Bounds;
pub use descriptor::{Descriptor, Descriptors, Sink};
pub use exit::Exit;
pub use fifo::Fifos;
pub use launch::{Launch, LaunchError};
pub use machine::Machine;
pub use network::{Connection, Interface, Isolated, Listener, Network};
pub use program::{Program, Programs};
pub use signal::Signal;
pub use space::{Child, Pid, ProcessInfo, Space, SpaceBuilder};
pub use task::Process;
pub use tty::Tty;
