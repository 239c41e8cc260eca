//! Answers to HTTP requests.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, de};

use super::lines::Lines;
use super::span::Span;
use super::talk::pairs;
use super::text::Text;

/// An answer to an HTTP request.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status; 200 when it is not said.
    pub status: Option<u16>,
    /// The headers.
    pub headers: Vec<(String, Text)>,
    /// The body.
    pub body: Content,
    /// How long it takes.
    pub after: Duration,
    /// Values that it keeps for `{state.NAME}`.
    pub set: Vec<(Text, Text)>,
    /// Lines that the program prints to its standard output at that.
    pub log: Lines,
    /// The code that the program ends with after it.
    pub exit: Option<u8>,
}

/// The body of an answer.
#[derive(Clone, Debug, Default)]
pub enum Content {
    /// None.
    #[default]
    Empty,
    /// A text.
    Text(Text),
    /// A JSON value as a text; what variables stand for is escaped as JSON asks.
    Json(Text),
    /// A file of the container.
    File(Text),
}

impl Reply {
    /// A text.
    pub fn text(status: u16, body: impl Into<Text>) -> Self {
        Self {
            status: Some(status),
            body: Content::Text(body.into()),
            ..Self::default()
        }
    }

    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// A value as JSON; texts in it may have variables.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self {
            status: Some(status),
            body: Content::Json(Text::from(value.to_string())),
            ..Self::default()
        }
    }

    /// A file of the container.
    pub fn file(path: impl Into<Text>) -> Self {
        Self {
            body: Content::File(path.into()),
            ..Self::default()
        }
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Text>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Takes its time.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }

    /// Prints a line to the program's standard output.
    #[must_use]
    pub fn logs(mut self, line: impl Into<Text>) -> Self {
        self.log.0.push(line.into());
        self
    }

    /// Ends the program with a code after it.
    #[must_use]
    pub fn exits(mut self, code: u8) -> Self {
        self.exit = Some(code);
        self
    }
}

/// An answer, or a route with an answer, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    on: Option<String>,
    reply: Option<Vec<Reply>>,
    status: Option<u16>,
    headers: Option<Headers>,
    body: Option<Text>,
    json: Option<serde_json::Value>,
    file: Option<Text>,
    after: Option<Span>,
    set: Option<BTreeMap<String, Text>>,
    log: Option<Lines>,
    exit: Option<u8>,
}

impl Written {
    /// What a route is for, and what it answers: what stands in it, or a list.
    pub(super) fn route(mut self) -> Result<(String, Vec<Reply>), String> {
        let on = self
            .on
            .take()
            .ok_or("a route says what it is for: `on = \"GET /path\"`")?;
        match self.reply.take() {
            None => Ok((on, vec![self.reply()?])),
            Some(replies) if replies.is_empty() => Err("a route answers at least once".to_owned()),
            Some(_) if self.says_something() => {
                Err("an answer stands in the route or in its `reply`, not in both".to_owned())
            }
            Some(replies) => Ok((on, replies)),
        }
    }

    fn says_something(&self) -> bool {
        self.status.is_some()
            || self.headers.is_some()
            || self.body.is_some()
            || self.json.is_some()
            || self.file.is_some()
            || self.after.is_some()
            || self.set.is_some()
            || self.log.is_some()
            || self.exit.is_some()
    }

    fn reply(self) -> Result<Reply, String> {
        if self.on.is_some() || self.reply.is_some() {
            return Err("`on` and `reply` stand in a route alone".to_owned());
        }
        if let Some(status) = self.status.filter(|status| !(200..=599).contains(status)) {
            return Err(format!("{status} is no status of an answer: 200 to 599"));
        }
        let Headers(headers) = self.headers.unwrap_or_default();
        for (name, value) in &headers {
            let right = HeaderName::try_from(name.as_str()).is_ok()
                && value
                    .as_literal()
                    .is_none_or(|value| HeaderValue::try_from(value).is_ok());
            if !right {
                return Err(format!("`{name}` is no header that can be sent"));
            }
        }
        let json = self
            .json
            .map(|value| Text::parse(&value.to_string()))
            .transpose()
            .map_err(|error| error.to_string())?;
        let mut contents = [
            self.body.map(Content::Text),
            json.map(Content::Json),
            self.file.map(Content::File),
        ]
        .into_iter()
        .flatten();
        let body = contents.next().unwrap_or_default();
        if contents.next().is_some() {
            return Err("an answer has one of `body`, `json` and `file`".to_owned());
        }
        Ok(Reply {
            status: self.status,
            headers,
            body,
            after: self.after.unwrap_or_default().0,
            set: pairs(self.set.unwrap_or_default()),
            log: self.log.unwrap_or_default(),
            exit: self.exit,
        })
    }
}

/// Headers in the order in which they are written.
#[derive(Default)]
struct Headers(Vec<(String, Text)>);

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> de::Visitor<'de> for InOrder {
            type Value = Headers;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table of headers")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
                let mut headers = Vec::new();
                while let Some(header) = map.next_entry()? {
                    headers.push(header);
                }
                Ok(Headers(headers))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl<'de> Deserialize<'de> for Reply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?
            .reply()
            .map_err(de::Error::custom)
    }
}
