//! Answers that are part of nginx or stand in its configuration.

use super::status::{reason, title};
use super::{Passage, Stop};
use crate::process::script::message::Response;
use crate::process::script::services::nginx::config::Return;

impl Passage<'_> {
    pub(super) fn status(&self) -> Response {
        let body = "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \n\
                    Reading: 0 Writing: 1 Waiting: 0 \n";
        self.plain(200)
            .header("content-type", "text/plain")
            .bytes(body.as_bytes())
    }

    pub(super) fn returned(&self, action: &Return) -> Stop {
        let text = action.text.as_ref().map(|text| self.facts().fill(text));
        match (action.status, text) {
            (301 | 302 | 303 | 307 | 308, Some(to)) => {
                let to = if to.starts_with('/') {
                    self.here(&to)
                } else {
                    to
                };
                Stop::Done(Box::new(
                    self.builtin(action.status).header("location", &to),
                ))
            }
            (status, Some(text)) => {
                let response = self
                    .plain(status)
                    .header("content-type", &self.level.default_type);
                Stop::Done(Box::new(response.bytes(text.into_bytes())))
            }
            (204, None) => Stop::Done(Box::new(self.plain(204))),
            (status, None) if status < 400 => Stop::Done(Box::new(self.plain(status))),
            (status, None) => Stop::Error(status),
        }
    }

    /// The page that is part of nginx for a status.
    pub(super) fn error(&self, status: u16) -> Response {
        let response = self.builtin(status);
        match status {
            400 | 413 | 414 => response.header("connection", "close"),
            _ => response,
        }
    }

    pub(super) fn builtin(&self, status: u16) -> Response {
        let Some(words) = title(status) else {
            return self.plain(status);
        };
        let server = self.server_words();
        let body = format!(
            "<html>\r\n<head><title>{words}</title></head>\r\n<body>\r\n\
             <center><h1>{words}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n\
             </html>\r\n"
        );
        self.plain(status)
            .header("content-type", "text/html")
            .bytes(body.into_bytes())
    }

    /// The whole address of a path of this server: the name that was asked for, and the port at
    /// which it listens.
    pub(super) fn here(&self, path: &str) -> String {
        let facts = self.facts();
        match self.port {
            80 => format!("http://{}{path}", facts.host()),
            port => format!("http://{}:{port}{path}", facts.host()),
        }
    }

    fn server_words(&self) -> String {
        if self.level.tokens {
            format!("nginx/{}", self.answerer.version)
        } else {
            "nginx".to_owned()
        }
    }

    /// An answer with the headers that every answer has.
    pub(super) fn plain(&self, status: u16) -> Response {
        self.own_headers(Response::new(status).because(reason(status)))
    }

    pub(super) fn own_headers(&self, response: Response) -> Response {
        response
            .header("server", &self.server_words())
            .dated(self.now)
    }
}
