//! A connection that was taken over: what a container writes goes out, what is typed goes in.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use simulation::Clock;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::detach::DetachKeys;
use super::frame;
use crate::engine::life::Life;
use crate::engine::stdio::{Attached, Stdio};
use crate::process::{Space, Tty};

/// How long a client that loses what comes together with an answer's head gets to read that, where
/// a long head does not help: Python from 3.14 on reads more at once.
const PAUSE: Duration = Duration::from_millis(10);
/// How many typed bytes are read at once.
const CHUNK: usize = 16 * 1024;

/// The two directions of a taken-over connection.
pub(crate) struct Session {
    /// What comes first, such as the log.
    pub(crate) before: Vec<Bytes>,
    /// What the container writes, if that is wanted.
    pub(crate) output: Option<Attached>,
    /// Where typed bytes go, if they go anywhere.
    pub(crate) input: Option<Input>,
    /// Whether there is a terminal: no frames.
    pub(crate) raw: bool,
    /// Whether the client needs time to read the answer's head before the container writes.
    pub(crate) pauses: bool,
}

/// Where typed bytes go.
pub(crate) struct Input {
    pub(crate) target: Target,
    /// The keys that detach, where they do.
    pub(crate) keys: Option<DetachKeys>,
    /// Whether the end of what is typed is the end of standard input.
    pub(crate) closes: bool,
    /// What time it is.
    pub(crate) clock: Clock,
}

/// Whose input it is.
pub(crate) enum Target {
    /// A container's, which may not have started yet.
    Container(Arc<Life>),
    /// An exec's.
    Exec {
        stdio: Arc<Stdio>,
        space: Arc<Space>,
        tty: Option<Arc<Tty>>,
    },
}

impl Session {
    /// A session that says one thing and ends.
    pub(crate) fn only(words: Bytes, now: Timestamp) -> Self {
        let stdio = Stdio::new(None);
        let output = stdio.attach(true, true);
        stdio.end(now);
        Self {
            before: vec![words],
            output: Some(output),
            input: None,
            raw: true,
            pauses: false,
        }
    }
}

/// Serves a session until the container has ended, the client has gone or detached.
pub(crate) async fn serve(wire: impl AsyncRead + AsyncWrite + Send + 'static, session: Session) {
    let (mut reading, mut writing) = tokio::io::split(wire);
    let Session {
        before,
        output,
        input,
        raw,
        pauses,
    } = session;
    let outgoing = async {
        if pauses {
            simulation::clock::wait(PAUSE).await;
        }
        for piece in before {
            writing.write_all(&piece).await?;
        }
        writing.flush().await?;
        if let Some(output) = output {
            while let Some((stream, bytes)) = output.next().await {
                writing.write_all(&frame::piece(stream, bytes, raw)).await?;
                writing.flush().await?;
            }
        } else {
            // Who only types stays until he has said all.
            std::future::pending::<()>().await;
        }
        std::io::Result::Ok(())
    };
    let incoming = async {
        let Some(mut input) = input else {
            // A client that goes away is noticed; what it sends is nobody's.
            let mut nothing = [0; 256];
            while matches!(reading.read(&mut nothing).await, Ok(1..)) {}
            return Ended::Finished;
        };
        let mut buffer = vec![0; CHUNK];
        loop {
            match reading.read(&mut buffer).await {
                Ok(0) => {
                    input.finish();
                    return if input.closes {
                        Ended::Finished
                    } else {
                        Ended::Closed
                    };
                }
                Err(_) => {
                    input.finish();
                    return Ended::Lost;
                }
                Ok(count) => {
                    if input.take(&buffer[..count]).await {
                        return Ended::Detached;
                    }
                }
            }
        }
    };
    {
        tokio::pin!(outgoing);
        tokio::pin!(incoming);
        tokio::select! {
            _ = &mut outgoing => {}
            how = &mut incoming => {
                match how {
                    // The client closed its half and still reads.
                    Ended::Finished => drop(outgoing.as_mut().await),
                    // So it did, but standard input stays open for others, and the engine takes
                    // it for somebody who leaves: he gets what was said to his last words.
                    Ended::Closed => tokio::select! {
                        _ = &mut outgoing => {}
                        () = simulation::clock::wait(PAUSE) => {}
                    },
                    Ended::Lost | Ended::Detached => {}
                }
            }
        }
    }
    // A client that is gone need not be told of the end.
    writing.shutdown().await.ok();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Finished,
    Closed,
    Lost,
    Detached,
}

impl Input {
    /// Takes typed bytes; whether the keys to detach were among them.
    async fn take(&mut self, bytes: &[u8]) -> bool {
        let (bytes, detached) = match &mut self.keys {
            Some(keys) => {
                let typed = keys.typed(bytes);
                (typed.bytes, typed.detached)
            }
            None => (bytes.to_vec(), false),
        };
        self.target.take(&bytes, &self.clock).await;
        detached
    }

    fn finish(&mut self) {
        if self.closes {
            self.target.stdio().close_input();
        }
    }
}

impl Target {
    fn stdio(&self) -> &Stdio {
        match self {
            Self::Container(life) => &life.stdio,
            Self::Exec { stdio, .. } => stdio,
        }
    }

    async fn take(&self, bytes: &[u8], clock: &Clock) {
        if let Some(input) = self.stdio().input() {
            // A process that closed its input does not read what is typed.
            input.write(bytes).await.ok();
            return;
        }
        let (space, tty) = match self {
            Self::Container(life) => match life.begun().await {
                Some(running) => (running.space, running.tty),
                None => return,
            },
            Self::Exec { space, tty, .. } => (space.clone(), tty.clone()),
        };
        if let Some(tty) = tty {
            for signal in tty.typed(clock.now(), bytes) {
                space.signal_group(tty.foreground(), signal);
            }
        }
    }
}
