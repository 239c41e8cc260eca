//! Programs: what a process runs, and how a file says which program it is.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::task::Process;

/// What a process runs.
pub trait Program: Send + Sync {
    /// Runs to the end and returns the exit code.
    ///
    /// The future is dropped when a signal ends the process.
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8>;
}

impl<F> Program for F
where
    F: Fn(Process) -> BoxFuture<'static, u8> + Send + Sync,
{
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8> {
        (*self)(process)
    }
}

/// The programs that a space knows.
pub trait Programs: Send + Sync + fmt::Debug {
    /// A program that a script declares for this command line, whatever the files say.
    ///
    /// `path` is the file that was found for `args[0]`, if one was.
    fn declared(&self, path: Option<&str>, args: &[String]) -> Option<Arc<dyn Program>> {
        let _ = (path, args);
        None
    }

    /// The program that a program file names.
    fn named(&self, name: &str) -> Option<Arc<dyn Program>>;
}

/// The four bytes that an executable of Linux begins with.
const MAGIC: &[u8] = b"\x7fELF";
/// What follows in an executable of this simulator; then its name and a line feed.
const MARK: &[u8] = b"\x02\x01\x01 simulated program ";
/// The longest name of a program, in bytes.
const LONGEST: usize = 255;

/// The content of an executable file that is the program of this name.
pub fn image_of(name: &str) -> Vec<u8> {
    [MAGIC, MARK, name.as_bytes(), b"\n"].concat()
}

/// The program that an executable file with this content is.
pub fn name_in(content: &[u8]) -> Option<&str> {
    let rest = content.strip_prefix(MAGIC)?.strip_prefix(MARK)?;
    let end = rest.iter().take(LONGEST + 1).position(|b| *b == b'\n')?;
    std::str::from_utf8(&rest[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_file_tells_its_name() {
        assert_eq!(name_in(&image_of("busybox")), Some("busybox"));
        assert_eq!(name_in(b"\x7fELF\x02\x01\x01\0\0"), None);
        assert_eq!(name_in(b"#!/bin/sh\n"), None);
        assert_eq!(name_in(b""), None);
    }
}
