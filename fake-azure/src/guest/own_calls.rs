//! What a machine's own `docker` was told, carried out by its engine.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use fake_docker::Engine;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use simulation::Clock;

use super::client_words::{NotCarriedOut, Wish, quoted, read, reference};
use crate::journal::{Entry, Journal};

/// How much of an answer is read, and of a connection is on its way.
const MOST: usize = 1 << 20;

/// Why something was not done.
enum Trouble {
    /// The engine said no.
    Status(u16),
    /// It did not answer.
    Silence,
}

/// What commands of a machine are carried out with.
#[derive(Clone, Debug)]
pub(super) struct OwnCalls {
    pub(super) machine: String,
    pub(super) clock: Clock,
    pub(super) journal: Arc<Journal>,
    /// One command after the other.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl OwnCalls {
    pub(super) fn new(machine: String, clock: Clock, journal: Arc<Journal>) -> Self {
        Self {
            machine,
            clock,
            journal,
            turn: Arc::default(),
        }
    }

    /// Carries these commands out, one after the other. What went otherwise is told by its kind
    /// alone: words of a machine's own scripts stay inside.
    pub(super) async fn carry_out(self, engine: Engine, calls: Vec<Vec<String>>) {
        let _turn = self.turn.lock().await;
        for words in calls {
            match read(&words) {
                Err(NotCarriedOut) => self.tell("a command is not carried out".to_owned()),
                Ok(wishes) => {
                    for wish in wishes {
                        match fulfil(&engine, wish).await {
                            Ok(()) => continue,
                            Err(Trouble::Status(status)) => {
                                self.tell(format!("the engine answered a command with {status}"));
                            }
                            Err(Trouble::Silence) => {
                                self.tell("the engine did not answer a command".to_owned());
                            }
                        }
                        break;
                    }
                }
            }
        }
    }

    fn tell(&self, detail: String) {
        let (now, machine) = (self.clock.now(), self.machine.clone());
        self.journal
            .write(|number| Entry::note(number, now, "Docker Of Machine", machine, detail));
    }
}

async fn fulfil(engine: &Engine, wish: Wish) -> Result<(), Trouble> {
    match wish {
        Wish::Ask { method, path, body } => ask(engine, method, &path, body).await.map(drop),
        Wish::Image { name, anew } => {
            let path = format!("/images/{}/json", quoted(&name));
            if !anew && ask(engine, Method::GET, &path, None).await.is_ok() {
                return Ok(());
            }
            let (repository, tag) = reference(&name);
            let path = format!(
                "/images/create?fromImage={}&tag={}",
                quoted(repository),
                quoted(tag)
            );
            ask(engine, Method::POST, &path, None).await.map(drop)
        }
        Wish::Container { name, body, starts } => {
            let name = name.map(|name| format!("?name={}", quoted(&name)));
            let path = format!("/containers/create{}", name.unwrap_or_default());
            let made = ask(engine, Method::POST, &path, Some(body)).await?;
            let Some(id) = made["Id"].as_str().filter(|_| starts) else {
                return Ok(());
            };
            let path = format!("/containers/{id}/start");
            ask(engine, Method::POST, &path, None).await.map(drop)
        }
    }
}

/// Asks an engine as a client does, and waits until it has said everything.
async fn ask(
    engine: &Engine,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Trouble> {
    let (ours, theirs) = tokio::io::duplex(MOST);
    let engine = engine.clone();
    let serving = async move { engine.serve(theirs).await };
    let asking = async {
        let silence = |_| Trouble::Silence;
        let (mut sender, connection) = http1::handshake(TokioIo::new(ours))
            .await
            .map_err(silence)?;
        let body = body.map(|body| body.to_string());
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "docker")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.unwrap_or_default()))
            .map_err(|_| Trouble::Silence)?;
        let answered = async move {
            let answer = sender.send_request(request).await.map_err(silence)?;
            let status = answer.status().as_u16();
            let said = to_bytes(Body::new(answer.into_body()), MOST).await;
            let said = said.map_err(|_| Trouble::Silence)?;
            Ok((status, said))
        };
        let (_, answered) = tokio::join!(connection, answered);
        answered
    };
    let ((), asked) = tokio::join!(serving, asking);
    let (status, said) = asked?;
    if status >= 400 {
        return Err(Trouble::Status(status));
    }
    Ok(serde_json::from_slice(&said).unwrap_or_default())
}
