//! Standard output that gathers small writes.

use super::stop::Stop;
use crate::process::Process;

/// How many bytes gather before they are written.
const ROOM: usize = 16 * 1024;

/// What a tool is about to write to standard output.
///
/// It is written when there is enough of it, before the tool waits for input (see
/// [`Lines`](super::input::Lines)), and by [`Output::flush`].
#[derive(Debug, Default)]
pub(super) struct Output {
    held: Vec<u8>,
}

impl Output {
    /// Writes bytes, now or later.
    pub(super) async fn put(
        &mut self,
        process: &mut Process,
        bytes: impl AsRef<[u8]>,
    ) -> Result<(), Stop> {
        self.held.extend_from_slice(bytes.as_ref());
        if self.held.len() >= ROOM {
            self.flush(process).await?;
        }
        process.step().await;
        Ok(())
    }

    /// Writes what is left.
    pub(super) async fn flush(&mut self, process: &mut Process) -> Result<(), Stop> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        process.write(1, &held).await?;
        Ok(())
    }

    /// Writes what is left, then words to standard error.
    pub(super) async fn complain(
        &mut self,
        process: &mut Process,
        words: impl AsRef<str>,
    ) -> Result<(), Stop> {
        self.flush(process).await?;
        process.complain(words.as_ref()).await;
        Ok(())
    }
}
