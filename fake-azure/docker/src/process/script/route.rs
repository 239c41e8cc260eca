//! HTTP by routes: which request is answered with what.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hyper::Method;
use serde::{Deserialize, Deserializer, de};

use super::message::{Request, Response};
use super::reply::{Reply, Written};
use super::text::Text;

/// What a port answers over HTTP.
#[derive(Clone, Debug, Default)]
pub struct Http {
    /// The routes; the first that fits answers.
    pub routes: Vec<Route>,
    /// A line for standard output about each request that was answered.
    pub access_log: Option<Text>,
    /// The answer where no route fits.
    pub not_found: Option<Reply>,
}

/// A route: which requests, and what they get.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method; any when it is not said.
    pub method: Option<Method>,
    /// The path: `/users/{id}`, `/files/{path:.*}`.
    pub path: String,
    /// What is answered.
    pub answers: Answers,
}

/// What a route answers.
#[derive(Clone, Debug)]
pub enum Answers {
    /// The first request gets the first of them, and so on; the last is for all that follow.
    Replies(Vec<Reply>),
    /// A function of the test's.
    Function(OnRequest),
}

/// A function that answers requests.
#[derive(Clone)]
pub struct OnRequest(Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>);

impl OnRequest {
    /// Wraps a function.
    pub fn new<F, R>(function: F) -> Self
    where
        F: Fn(Request) -> R + Send + Sync + 'static,
        R: Future<Output = Response> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(function(request))))
    }

    pub(super) fn answer(&self, request: Request) -> BoxFuture<'static, Response> {
        (self.0)(request)
    }
}

impl fmt::Debug for OnRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRequest(…)")
    }
}

impl Http {
    /// Answers GET requests for a path with a text.
    #[must_use]
    pub fn get(self, path: &str, status: u16, body: impl Into<Text>) -> Self {
        self.route(Method::GET, path, Reply::text(status, body))
    }

    /// Answers POST requests for a path with a text.
    #[must_use]
    pub fn post(self, path: &str, status: u16, body: impl Into<Text>) -> Self {
        self.route(Method::POST, path, Reply::text(status, body))
    }

    /// Answers requests for a path.
    #[must_use]
    pub fn route(self, method: Method, path: &str, reply: Reply) -> Self {
        self.sequence(method, path, vec![reply])
    }

    /// Answers the first request for a path with the first reply, and so on; the last reply is
    /// for all requests that follow.
    #[must_use]
    pub fn sequence(mut self, method: Method, path: &str, replies: Vec<Reply>) -> Self {
        self.routes.push(Route {
            method: Some(method),
            path: path.to_owned(),
            answers: Answers::Replies(replies),
        });
        self
    }

    /// Answers requests of any method for a path with a function.
    #[must_use]
    pub fn handle<F, R>(mut self, path: &str, function: F) -> Self
    where
        F: Fn(Request) -> R + Send + Sync + 'static,
        R: Future<Output = Response> + Send + 'static,
    {
        self.routes.push(Route {
            method: None,
            path: path.to_owned(),
            answers: Answers::Function(OnRequest::new(function)),
        });
        self
    }

    /// Prints a line about each request: `{method} {path} {status}`.
    #[must_use]
    pub fn access_log(mut self, line: impl Into<Text>) -> Self {
        self.access_log = Some(line.into());
        self
    }

    /// Answers where no route fits.
    #[must_use]
    pub fn not_found(mut self, reply: Reply) -> Self {
        self.not_found = Some(reply);
        self
    }
}

impl Route {
    fn new(on: &str, replies: Vec<Reply>) -> Result<Self, String> {
        let wrong =
            || format!("`{on}` is no request: write `GET /path`, or `* /path` for any method");
        let (method, path) = on.split_once(' ').ok_or_else(wrong)?;
        let method = match method {
            "*" => None,
            name if name.bytes().all(|b| b.is_ascii_uppercase()) => {
                Some(Method::try_from(name).map_err(|_| wrong())?)
            }
            _ => return Err(wrong()),
        };
        let path = path.trim();
        if !path.starts_with('/') {
            return Err(wrong());
        }
        Ok(Self {
            method,
            path: path.to_owned(),
            answers: Answers::Replies(replies),
        })
    }
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (on, replies) = Written::deserialize(deserializer)?
            .route()
            .map_err(de::Error::custom)?;
        Self::new(&on, replies).map_err(de::Error::custom)
    }
}
