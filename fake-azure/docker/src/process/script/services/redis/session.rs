//! A client of a Redis server.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use super::commands::{COMMANDS, Call, Outcome, Refusal, error};
use super::protocol::{Incoming, Nonsense, Reply, Words};
use super::pubsub::Mailbox;
use super::server::{Shared, State};
use crate::process::Connection;
use crate::process::script::timeline::Timeline;
use crate::process::task::CHUNK;

/// The most commands of a transaction.
const MOST_QUEUED: usize = 10_000;

/// What a server knows of one client.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: u64,
    pub(super) database: usize,
    pub(super) authenticated: bool,
    /// Whether it speaks the third version of the protocol.
    pub(super) third: bool,
    /// The transaction that was begun.
    pub(super) queue: Option<Queue>,
    pub(super) watched: Vec<Watched>,
    /// Replies that go out before that of the command.
    pub(super) extra: Vec<Reply>,
    pub(super) leaving: bool,
}

/// The commands of a transaction.
#[derive(Debug, Default)]
pub(super) struct Queue {
    commands: Vec<Words>,
    /// Whether one was refused already.
    broken: bool,
}

/// A key that must not change before a transaction is carried out.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) database: usize,
    pub(super) key: Vec<u8>,
    pub(super) version: u64,
}

impl Session {
    pub(super) fn new(id: u64, open: bool) -> Self {
        Self {
            id,
            database: 0,
            authenticated: open,
            third: false,
            queue: None,
            watched: Vec::new(),
            extra: Vec::new(),
            leaving: false,
        }
    }

    pub(super) fn reset(&mut self, open: bool) {
        *self = Self::new(self.id, open);
    }

    pub(super) fn forget_transaction(&mut self) {
        self.queue = None;
        self.watched.clear();
    }

    /// Carries a command out.
    pub(super) fn handle(&mut self, state: &mut State, words: &Words, now: i64) -> Outcome {
        let Some((name, args)) = words.split_first() else {
            return Ok(Reply::Silence);
        };
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let outcome = self.prepare(state, &name, words);
        if outcome.is_err()
            && let Some(queue) = &mut self.queue
        {
            queue.broken = true;
        }
        if let Some(reply) = outcome? {
            return Ok(reply);
        }
        if name == "exec" && self.queue.is_some() {
            return self.exec(state, now);
        }
        self.run(state, &name, args, now)
    }

    /// What is answered without carrying the command out: refusals, and the queue.
    fn prepare(
        &mut self,
        state: &State,
        name: &str,
        words: &Words,
    ) -> Result<Option<Reply>, Refusal> {
        let Some(command) = COMMANDS.get(name) else {
            let shown = String::from_utf8_lossy(&words[0])
                .chars()
                .take(128)
                .collect::<String>();
            let args = words.iter().skip(1).take(16);
            let args = args.map(|word| {
                let word = String::from_utf8_lossy(word);
                format!("'{}' ", word.chars().take(128).collect::<String>())
            });
            let args = args.collect::<String>();
            return Err(error(format!(
                "ERR unknown command '{shown}', with args beginning with: {args}"
            )));
        };
        if !command.takes(words.len()) {
            return Err(error(format!(
                "ERR wrong number of arguments for '{name}' command"
            )));
        }
        if !self.authenticated && !matches!(name, "auth" | "hello" | "quit" | "reset") {
            return Err(error("NOAUTH Authentication required."));
        }
        let allowed = [
            "subscribe",
            "unsubscribe",
            "psubscribe",
            "punsubscribe",
            "ping",
            "quit",
            "reset",
        ];
        if !self.third && state.channels(self.id) > 0 && !allowed.contains(&name) {
            return Err(error(format!(
                "ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT \
                 / RESET are allowed in this context"
            )));
        }
        let at_once = ["exec", "discard", "multi", "watch", "quit", "reset"];
        if let Some(queue) = &mut self.queue
            && !at_once.contains(&name)
        {
            if queue.commands.len() >= MOST_QUEUED {
                return Err(error("ERR the transaction is too long"));
            }
            queue.commands.push(words.clone());
            return Ok(Some(Reply::Simple("QUEUED")));
        }
        Ok(None)
    }

    fn run(&mut self, state: &mut State, name: &str, args: &[Vec<u8>], now: i64) -> Outcome {
        let Some(command) = COMMANDS.get(name) else {
            return Ok(Reply::Silence);
        };
        if command.writes {
            let bytes = args.iter().map(Vec::len).sum();
            if !matches!(name, "del" | "unlink" | "flushall" | "flushdb")
                && !state.store.has_room(bytes)
            {
                return Err(error(
                    "OOM command not allowed when used memory > 'maxmemory'.",
                ));
            }
        }
        state.commands += 1;
        let outcome = (command.run)(&mut Call {
            state,
            session: self,
            now,
            args,
        });
        if command.writes && outcome.is_ok() {
            state.unsaved += 1;
            state.changed.notify_waiters();
        }
        outcome
    }

    fn exec(&mut self, state: &mut State, now: i64) -> Outcome {
        let queue = self.queue.take().unwrap_or_default();
        let watched = std::mem::take(&mut self.watched);
        if queue.broken {
            return Err(error(
                "EXECABORT Transaction discarded because of previous errors.",
            ));
        }
        let changed = watched.iter().any(|watched| {
            let database = state.store.database(watched.database, now);
            database.version(&watched.key) != watched.version
        });
        if changed {
            return Ok(Reply::NullArray);
        }
        let mut replies = Vec::new();
        for words in &queue.commands {
            let name = String::from_utf8_lossy(&words[0]).to_ascii_lowercase();
            replies.push(match self.run(state, &name, &words[1..], now) {
                Ok(reply) => reply,
                Err(Refusal::Error(words)) => Reply::Error(words),
                // Within a transaction nothing waits.
                Err(Refusal::Wait(_)) => Reply::NullArray,
            });
        }
        Ok(Reply::Array(replies))
    }
}

/// Speaks with a client until it goes; tells when the server is to end.
pub(super) async fn converse(shared: Arc<Shared>, connection: Connection) -> Option<()> {
    let (mut session, mailbox) = shared.enter(connection.peer());
    let mut client = Client {
        shared: &shared,
        connection: &connection,
        incoming: Incoming::default(),
        out: Vec::new(),
        mailbox: &mailbox,
        time: Timeline::new(shared.clock()),
    };
    client.serve(&mut session).await;
    shared.leave(session.id);
    shared.is_ending().then_some(())
}

struct Client<'a> {
    shared: &'a Shared,
    connection: &'a Connection,
    incoming: Incoming,
    out: Vec<u8>,
    mailbox: &'a Mailbox,
    time: Timeline,
}

impl Client<'_> {
    async fn serve(&mut self, session: &mut Session) {
        loop {
            loop {
                match self.incoming.command() {
                    Ok(Some(words)) => {
                        if !self.answer(session, &words).await {
                            self.flush().await;
                            return;
                        }
                    }
                    Ok(None) => break,
                    Err(Nonsense(problem)) => {
                        let reply = Reply::error(format!("ERR Protocol error: {problem}"));
                        reply.write(&mut self.out, session.third);
                        self.flush().await;
                        return;
                    }
                }
            }
            if !self.flush().await {
                return;
            }
            self.incoming.rest();
            tokio::select! {
                biased;
                messages = self.mailbox.take() => {
                    let Some(messages) = messages else {
                        return;
                    };
                    for message in messages {
                        message.write(&mut self.out, session.third);
                    }
                }
                bytes = self.connection.read(CHUNK) => match bytes {
                    Ok(bytes) if !bytes.is_empty() => self.incoming.extend(&bytes),
                    _ => return,
                },
            }
            self.time.catch_up();
        }
    }

    /// Answers a command; false when the client goes.
    async fn answer(&mut self, session: &mut Session, words: &Words) -> bool {
        let mut limit = None;
        loop {
            let changed = self.shared.changed();
            let mut changed = std::pin::pin!(changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            let outcome = self.shared.handle(session, words, self.time.now());
            for reply in session.extra.drain(..) {
                reply.write(&mut self.out, session.third);
            }
            let wait = match outcome {
                Ok(reply) => {
                    reply.write(&mut self.out, session.third);
                    break;
                }
                Err(Refusal::Error(words)) => {
                    Reply::Error(words).write(&mut self.out, session.third);
                    break;
                }
                Err(Refusal::Wait(wait)) => wait,
            };
            let now = self.time.now().as_millisecond();
            let until = limit.get_or_insert_with(|| {
                wait.map(|wait| now.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX)))
            });
            let left = until.map(|until| u64::try_from(until - now).unwrap_or_default());
            if left == Some(0) {
                Reply::NullArray.write(&mut self.out, session.third);
                break;
            }
            if !self.flush().await {
                return false;
            }
            let mut time = self.time.clone();
            let sleep = async {
                match left {
                    Some(left) => time.sleep(Duration::from_millis(left)).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = changed => self.time.catch_up(),
                () = sleep => self.time = time,
                bytes = self.connection.read(CHUNK) => match bytes {
                    Ok(bytes) if !bytes.is_empty() => self.incoming.extend(&bytes),
                    _ => return false,
                },
            }
        }
        self.shared.save_if_wanted(self.time.now()).await;
        self.time.step().await;
        if self.out.len() > CHUNK && !self.flush().await {
            return false;
        }
        !session.leaving
    }

    async fn flush(&mut self) -> bool {
        let out = std::mem::take(&mut self.out);
        out.is_empty() || self.connection.write(&out).await.is_ok()
    }
}
