//! What a script answers over HTTP.

use std::sync::{Arc, Mutex, PoisonError};

use hyper::Method;
use simulation::http::router;

use super::http_server::{LONGEST_BODY, serve_http};
use super::message::{Request, Response};
use super::reply::{Content, Reply};
use super::route::{Answers, Http, Route};
use super::stage::{Asked, End, Escaped, Facts, Stage};
use super::timeline::Timeline;
use crate::process::Connection;

/// Answers the requests of a connection by routes.
pub(super) async fn answer(
    stage: Arc<Stage>,
    http: &Http,
    port: u16,
    connection: Connection,
) -> Option<End> {
    let ending = Mutex::new(None);
    let site = Site {
        stage: &stage,
        http,
        port,
        ending: &ending,
    };
    serve_http(
        connection,
        LONGEST_BODY,
        std::future::pending(),
        |request| site.answer(request),
    )
    .await;
    ending.into_inner().unwrap_or_else(PoisonError::into_inner)
}

struct Site<'a> {
    stage: &'a Stage,
    http: &'a Http,
    port: u16,
    /// How the program ends once the answer is on its way.
    ending: &'a Mutex<Option<End>>,
}

impl Site<'_> {
    async fn answer(&self, request: Request) -> Response {
        let mut time = self.stage.timeline();
        let head = request.method == Method::HEAD;
        let mut asked = Asked {
            request,
            values: Vec::new(),
            status: None,
        };
        let response = match self.find(&mut asked) {
            Found::Route(_, route) if let Answers::Function(function) = &route.answers => {
                function.answer(asked.request.clone()).await
            }
            Found::Route(index, route) => match self.turn(index, route) {
                Some(reply) => self.reply(reply, &mut asked, &mut time).await,
                None => Response::new(200),
            },
            Found::OtherMethod => Response::text(405, "method not allowed\n"),
            Found::Nothing => match &self.http.not_found {
                Some(reply) => {
                    let response = self.reply(reply, &mut asked, &mut time).await;
                    if reply.status.is_none() {
                        response.with_status(404)
                    } else {
                        response
                    }
                }
                None => Response::text(404, "not found\n"),
            },
        };
        asked.status = Some(response.status());
        if let Some(line) = &self.http.access_log {
            let line = line.fill(&self.facts(&asked, &time)) + "\n";
            self.stage.write(1, &line, time.now()).await;
        }
        let response = response.dated(time.now());
        if head {
            response.without_body()
        } else {
            response
        }
    }

    fn find(&self, asked: &mut Asked) -> Found<'_> {
        let path = asked.request.decoded_path().into_owned();
        let mut other_method = false;
        for (index, route) in self.http.routes.iter().enumerate() {
            let Some(values) = router::variables(&route.path, &path) else {
                continue;
            };
            if takes(route, &asked.request.method) {
                asked.values = values;
                return Found::Route(index, route);
            }
            other_method = true;
        }
        if other_method {
            Found::OtherMethod
        } else {
            Found::Nothing
        }
    }

    /// The reply whose turn it is.
    fn turn<'a>(&self, index: usize, route: &'a Route) -> Option<&'a Reply> {
        let Answers::Replies(replies) = &route.answers else {
            return None;
        };
        if replies.len() < 2 {
            return replies.first();
        }
        // No counter of a script has such a name.
        let name = format!("\0route {} {index}", self.port);
        let turn = self.stage.memory.count(&name).saturating_sub(1);
        let turn = usize::try_from(turn).unwrap_or(usize::MAX);
        replies.get(turn).or_else(|| replies.last())
    }

    fn facts<'a>(&'a self, asked: &'a Asked, time: &Timeline) -> Facts<'a> {
        let mut facts = self.stage.facts(time.now());
        facts.request = Some(asked);
        facts.peer = Some(asked.request.peer);
        facts
    }

    async fn reply(&self, reply: &Reply, asked: &mut Asked, time: &mut Timeline) -> Response {
        time.sleep(reply.after).await;
        asked.status = Some(reply.status.unwrap_or(200));
        let facts = self.facts(asked, time);
        for (name, value) in &reply.set {
            let (name, value) = (name.fill(&facts), value.fill(&facts));
            self.stage.memory.set(&name, value);
        }
        let response = Response::new(reply.status.unwrap_or(200));
        let mut response = match &reply.body {
            Content::Empty => response,
            Content::Text(text) => response
                .header("content-type", "text/plain; charset=utf-8")
                .bytes(text.fill(&facts).into_bytes()),
            Content::Json(text) => response
                .header("content-type", "application/json")
                .bytes(text.fill(&Escaped(&facts)).into_bytes()),
            Content::File(path) => self.file(response, &path.fill(&facts)),
        };
        for (name, value) in &reply.headers {
            response = response.header(name, &value.fill(&facts));
        }
        let log = reply.log.fill(&facts, "\n");
        self.stage.write(1, &log, time.now()).await;
        if let Some(code) = reply.exit {
            let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
            *ending = Some(End::Exit(code));
            response = response.header("connection", "close");
        }
        response
    }

    fn file(&self, response: Response, path: &str) -> Response {
        let process = &self.stage.process;
        let path = process.path(path);
        match process.space.files().read(&path, &process.user) {
            Ok(content) => response
                .header("content-type", super::media_type::of(&path))
                .shared(content),
            Err(errno) => Response::text(404, format!("{path}: {errno}\n")),
        }
    }
}

enum Found<'a> {
    Route(usize, &'a Route),
    OtherMethod,
    Nothing,
}

fn takes(route: &Route, method: &Method) -> bool {
    match &route.method {
        None => true,
        Some(Method::GET) => matches!(*method, Method::GET | Method::HEAD),
        Some(taken) => taken == method,
    }
}
