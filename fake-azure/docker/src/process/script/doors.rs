//! The ports of a program, open: who connects gets what the script says.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::conversation::Conversation;
use super::input::Input;
use super::port::{Port, Raw, Speaks};
use super::reception::Reception;
use super::stage::{End, Stage};
use super::timeline::Timeline;
use super::website;
use crate::process::network::Transport;
use crate::process::task::CHUNK;
use crate::process::{Connection, Descriptor, Listener};

impl Stage {
    /// Listens on a port of the script, after its time, and hands it to the program.
    pub(super) async fn listen(&self, port: &Arc<Port>, time: &mut Timeline) -> Option<End> {
        time.sleep(port.after).await;
        let number = port.number.fill(&self.facts(time.now()));
        let Ok(number @ 1..) = number.parse::<u16>() else {
            let problem = format!("`{number}` is no port");
            self.complain(&problem, time.now()).await;
            return Some(End::Exit(1));
        };
        match self.process.listen(port.transport, number) {
            Ok(listener) => {
                self.open(port.clone(), listener);
                None
            }
            Err(errno) => {
                let problem = format!("cannot listen on port {number}: {errno}");
                self.complain(&problem, time.now()).await;
                Some(End::Exit(1))
            }
        }
    }
}

/// Answers on a port until one of its answers ends the program, or the port closes.
pub(super) async fn attend(
    stage: Arc<Stage>,
    port: Arc<Port>,
    mut listener: Listener,
) -> Option<End> {
    let listeners = std::slice::from_mut(&mut listener);
    let mut reception = Reception::default();
    let answering = reception.serve(listeners, |number, connection| {
        answer(stage.clone(), &port, number, connection)
    });
    let Some(open) = port.closes else {
        return Some(answering.await);
    };
    let mut time = stage.timeline();
    tokio::select! {
        end = answering => Some(end),
        () = time.sleep(open) => None,
    }
}

fn answer(
    stage: Arc<Stage>,
    port: &Port,
    number: u16,
    connection: Connection,
) -> BoxFuture<'static, Option<End>> {
    let transport = port.transport;
    match &port.speaks {
        Speaks::Http(http) => {
            let http = http.clone();
            Box::pin(async move { website::answer(stage, &http, number, connection).await })
        }
        Speaks::Talk(talk) => {
            let talk = talk.clone();
            Box::pin(async move {
                let peer = connection.peer();
                let connection = match transport {
                    Transport::Tcp => connection,
                    Transport::Udp => connection.in_lines(),
                };
                let connection = Descriptor::Connection(Arc::new(connection));
                let conversation = Conversation {
                    stage: &stage,
                    talk: &talk,
                    output: Some(connection.clone()),
                    peer: Some(peer),
                };
                conversation
                    .hold(&tokio::sync::Mutex::new(Input::new(Some(connection))))
                    .await
            })
        }
        Speaks::Raw(raw) => {
            let raw = raw.clone();
            Box::pin(async move {
                send(&raw, &connection).await;
                None
            })
        }
        Speaks::Echo => Box::pin(async move {
            echo(&connection).await;
            None
        }),
        Speaks::Hang => Box::pin(async move {
            hang(&connection).await;
            None
        }),
        Speaks::Close => Box::pin(async { None }),
        Speaks::Function(function) => {
            let handled = function.handle(connection);
            Box::pin(async move {
                handled.await;
                None
            })
        }
    }
}

async fn send(raw: &Raw, connection: &Connection) {
    if connection.write(&raw.greeting.0).await.is_err() {
        return;
    }
    for reply in &raw.replies {
        match connection.read(CHUNK).await {
            Ok(bytes) if !bytes.is_empty() => {}
            _ => return,
        }
        if connection.write(&reply.0).await.is_err() {
            return;
        }
    }
    if raw.hold {
        hang(connection).await;
    }
}

async fn echo(connection: &Connection) {
    while let Ok(bytes) = connection.read(CHUNK).await {
        if bytes.is_empty() || connection.write(&bytes).await.is_err() {
            return;
        }
    }
}

/// Reads what comes and says nothing, until the other side is gone.
async fn hang(connection: &Connection) {
    while connection
        .read(CHUNK)
        .await
        .is_ok_and(|bytes| !bytes.is_empty())
    {}
}
