//! Ports: what a program answers to whoever connects.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Deserializer, de};

use super::bytes::Bytes;
use super::reply::Reply;
use super::route::{Http, Route};
use super::span::Span;
use super::talk::Talk;
use super::text::Text;
use crate::process::Connection;
use crate::process::network::Transport;

/// A port that a program listens on.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its number, 1 to 65535; a text, so that it may come from the environment.
    pub number: Text,
    /// How long after the program's start, or after the step that opens it, it is open.
    pub after: Duration,
    /// How long it is open; to the end of the program when it is not said.
    pub closes: Option<Duration>,
    /// How bytes come to it.
    pub transport: Transport,
    /// What is answered there.
    pub speaks: Speaks,
}

/// What is answered on a port.
#[derive(Clone, Debug)]
pub enum Speaks {
    /// HTTP by routes.
    Http(Arc<Http>),
    /// A protocol of lines.
    Talk(Arc<Talk>),
    /// Bytes.
    Raw(Arc<Raw>),
    /// Everything that arrives is sent back.
    Echo,
    /// The connection is taken and nothing is ever said.
    Hang,
    /// The connection is taken and closed at once.
    Close,
    /// A function of the test's.
    Function(OnConnection),
}

/// A protocol of bytes: what is sent at first, and after each time that something arrives.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// What is sent first.
    pub greeting: Bytes,
    /// What is sent when something arrives for the first time, the second, and so on; after
    /// the last of them the connection is closed.
    pub replies: Vec<Bytes>,
    /// Whether the connection is kept open instead, without another word.
    pub hold: bool,
}

/// A function that handles connections.
#[derive(Clone)]
pub struct OnConnection(Arc<dyn Fn(Connection) -> BoxFuture<'static, ()> + Send + Sync>);

impl OnConnection {
    /// Wraps a function.
    pub fn new<F, R>(function: F) -> Self
    where
        F: Fn(Connection) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self(Arc::new(move |connection| Box::pin(function(connection))))
    }

    pub(super) fn handle(&self, connection: Connection) -> BoxFuture<'static, ()> {
        (self.0)(connection)
    }
}

impl fmt::Debug for OnConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnConnection(…)")
    }
}

impl Port {
    /// A port of this number, open from the start.
    pub fn new(number: u16, speaks: impl Into<Speaks>) -> Self {
        Self {
            number: Text::literal(number.to_string()),
            after: Duration::ZERO,
            closes: None,
            transport: Transport::Tcp,
            speaks: speaks.into(),
        }
    }

    /// Takes datagrams: each that arrives is a line or something else that is answered, and each
    /// answer is one.
    #[must_use]
    pub fn udp(mut self) -> Self {
        self.transport = Transport::Udp;
        self
    }

    /// Opens it later.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }

    /// Closes it again after it has been open for so long.
    #[must_use]
    pub fn closes_after(mut self, open: Duration) -> Self {
        self.closes = Some(open);
        self
    }
}

impl From<Http> for Speaks {
    fn from(http: Http) -> Self {
        Self::Http(Arc::new(http))
    }
}

impl From<Talk> for Speaks {
    fn from(talk: Talk) -> Self {
        Self::Talk(Arc::new(talk))
    }
}

impl From<Raw> for Speaks {
    fn from(raw: Raw) -> Self {
        Self::Raw(Arc::new(raw))
    }
}

impl From<OnConnection> for Speaks {
    fn from(function: OnConnection) -> Self {
        Self::Function(function)
    }
}

/// A port's number: a number, or a text that gives one.
struct Number(Text);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port from 1 to 65535, or a text such as \"{env.PORT:-8080}\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
                match u16::try_from(number) {
                    Ok(1..) => Ok(Number(Text::literal(number.to_string()))),
                    _ => Err(E::invalid_value(de::Unexpected::Signed(number), &self)),
                }
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                let text = Text::parse(text).map_err(E::custom)?;
                match text.as_literal().map(str::parse::<u16>) {
                    None | Some(Ok(1..)) => Ok(Number(text)),
                    Some(_) => Err(E::custom("a port is a number from 1 to 65535")),
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    number: Number,
    after: Option<Span>,
    closes: Option<Span>,
    #[serde(default)]
    udp: bool,
    #[serde(default)]
    route: Vec<Route>,
    access_log: Option<Text>,
    not_found: Option<Reply>,
    talk: Option<Talk>,
    raw: Option<WrittenRaw>,
    does: Option<Does>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRaw {
    #[serde(default)]
    greeting: Bytes,
    #[serde(default)]
    replies: Vec<Bytes>,
    #[serde(default)]
    hold: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Does {
    Echo,
    Hang,
    Close,
}

impl Written {
    fn port(self) -> Result<Port, &'static str> {
        let http = !self.route.is_empty() || self.not_found.is_some();
        if self.udp && http {
            return Err("`route` does not go with `udp`");
        }
        let speaks_first = self.talk.as_ref().is_some_and(Talk::speaks_first)
            || self
                .raw
                .as_ref()
                .is_some_and(|raw| !raw.greeting.0.is_empty());
        if self.udp && speaks_first {
            return Err(
                "over UDP a visitor speaks first: `greeting` and `prompt` do not go with `udp`",
            );
        }
        if self.access_log.is_some() && !http {
            return Err("`access_log` goes with `route`");
        }
        let http = http.then(|| {
            Speaks::from(Http {
                routes: self.route,
                access_log: self.access_log,
                not_found: self.not_found,
            })
        });
        let raw = self.raw.map(|raw| {
            Speaks::from(Raw {
                greeting: raw.greeting,
                replies: raw.replies,
                hold: raw.hold,
            })
        });
        let does = self.does.map(|does| match does {
            Does::Echo => Speaks::Echo,
            Does::Hang => Speaks::Hang,
            Does::Close => Speaks::Close,
        });
        let mut ways = [http, self.talk.map(Speaks::from), raw, does]
            .into_iter()
            .flatten();
        let (Some(speaks), None) = (ways.next(), ways.next()) else {
            return Err("a port answers in one way: `route`s, `talk`, `raw`, or `does`");
        };
        Ok(Port {
            number: self.number.0,
            after: self.after.unwrap_or_default().0,
            closes: self.closes.map(|closes| closes.0),
            transport: if self.udp {
                Transport::Udp
            } else {
                Transport::Tcp
            },
            speaks,
        })
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?
            .port()
            .map_err(de::Error::custom)
    }
}
