//! The client's side of the protocol.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::table::Title;
use crate::process::Connection;
use crate::process::script::services::postgres::message::{Body, Message, Wire, texts};
use crate::process::script::services::postgres::types;
use crate::process::script::services::secret::{Scram, md5_hex, salted};
use crate::process::script::services::sql::Kind;

/// The most that a server may ask a password to be hashed.
const MOST_ITERATIONS: u32 = 100_000;
/// What the client calls itself in an exchange; each is an exchange of its own.
const NONCE: &str = "c2ltdWxhdGVkLWNsaWVudA";

/// What came back.
pub(super) enum Answer {
    Rows {
        fields: Vec<Title>,
        rows: Vec<Vec<Option<String>>>,
    },
    Done(String),
    Failed {
        words: String,
        at: Option<usize>,
    },
}

pub(super) struct Client<'a> {
    wire: Wire<'a>,
}

impl<'a> Client<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            wire: Wire::new(connection),
        }
    }

    /// Comes in; the words of the refusal when that fails.
    pub(super) async fn enter(
        &mut self,
        user: &str,
        database: &str,
        password: Option<&str>,
    ) -> Result<(), String> {
        let given = texts([
            "user",
            user,
            "database",
            database,
            "application_name",
            "psql",
            "",
        ]);
        let length = u32::try_from(given.len() + 8).unwrap_or(u32::MAX);
        self.wire.put_raw(
            &[
                &length.to_be_bytes()[..],
                &196_608_u32.to_be_bytes(),
                &given,
            ]
            .concat(),
        );
        let gone = || "server closed the connection unexpectedly".to_owned();
        loop {
            self.wire.flush().await.ok_or_else(gone)?;
            let mut message = self.wire.message().await.ok_or_else(gone)?;
            match message.kind {
                b'R' => {
                    let method = message.body.number().ok_or_else(gone)?;
                    self.prove(method, message.body, user, password)?;
                }
                b'E' => {
                    let (severity, words, _) = failure(&mut message.body);
                    return Err(format!("{severity}:  {words}"));
                }
                b'Z' => return Ok(()),
                _ => {}
            }
        }
    }

    fn prove(
        &mut self,
        method: i32,
        mut body: Body,
        user: &str,
        password: Option<&str>,
    ) -> Result<(), String> {
        if method == 0 || method == 12 {
            return Ok(());
        }
        let password = password.ok_or("fe_sendauth: no password supplied")?;
        match method {
            3 => self.wire.put(b'p', &texts([password])),
            5 => {
                let salt = body.rest().to_vec();
                let inner = md5_hex(format!("{password}{user}").as_bytes());
                let sum = format!("md5{}", md5_hex(&[inner.as_bytes(), &salt].concat()));
                self.wire.put(b'p', &texts([sum.as_str()]));
            }
            10 => {
                let first = format!("n,,n=,r={NONCE}");
                let length = u32::try_from(first.len()).unwrap_or(u32::MAX).to_be_bytes();
                let mut bytes = texts(["SCRAM-SHA-256"]);
                bytes.extend(length);
                bytes.extend(first.as_bytes());
                self.wire.put(b'p', &bytes);
            }
            11 => {
                let server_first = String::from_utf8_lossy(body.rest()).into_owned();
                let last = proof(&server_first, password).ok_or("malformed SCRAM message")?;
                self.wire.put(b'p', last.as_bytes());
            }
            other => return Err(format!("authentication method {other} not supported")),
        }
        Ok(())
    }

    /// Asks, and gathers all that comes back; none when the server is gone.
    pub(super) async fn query(&mut self, text: &str) -> Option<Vec<Answer>> {
        self.wire.put(b'Q', &texts([text]));
        self.wire.flush().await?;
        let mut answers = Vec::new();
        let (mut fields, mut rows) = (Vec::new(), Vec::new());
        loop {
            let Message { kind, mut body } = self.wire.message().await?;
            match kind {
                b'T' => {
                    for _ in 0..body.short()? {
                        let name = body.text()?;
                        body.take(6)?;
                        let kind = types::kind(body.number()?);
                        body.take(8)?;
                        let number = kind.is_some_and(|kind| {
                            matches!(
                                kind,
                                Kind::Int2
                                    | Kind::Int4
                                    | Kind::Int8
                                    | Kind::Numeric
                                    | Kind::Float4
                                    | Kind::Float8
                            )
                        });
                        fields.push((name, number));
                    }
                }
                b'D' => {
                    let mut row = Vec::new();
                    for _ in 0..body.short()? {
                        let length = usize::try_from(body.number()?);
                        row.push(match length {
                            Ok(length) => {
                                Some(String::from_utf8_lossy(body.take(length)?).into_owned())
                            }
                            Err(_) => None,
                        });
                    }
                    rows.push(row);
                }
                b'C' => {
                    if !fields.is_empty() {
                        answers.push(Answer::Rows {
                            fields: std::mem::take(&mut fields),
                            rows: std::mem::take(&mut rows),
                        });
                    }
                    answers.push(Answer::Done(body.text()?));
                }
                b'E' => {
                    let (_, words, at) = failure(&mut body);
                    answers.push(Answer::Failed { words, at });
                }
                b'Z' => return Some(answers),
                _ => {}
            }
        }
    }
}

/// The severity, the words and the place of a failure.
fn failure(body: &mut Body) -> (String, String, Option<usize>) {
    let (mut severity, mut words, mut at) = (String::new(), String::new(), None);
    while let Some(kind) = body.byte().filter(|kind| *kind != 0) {
        let Some(text) = body.text() else {
            break;
        };
        match kind {
            b'S' => severity = text,
            b'M' => words = text,
            b'P' => at = text.parse::<usize>().ok().and_then(|at| at.checked_sub(1)),
            _ => {}
        }
    }
    (severity, words, at)
}

fn proof(server_first: &str, password: &str) -> Option<String> {
    let part = |name: &str| {
        server_first
            .split(',')
            .find_map(|part| part.strip_prefix(name))
    };
    let (nonce, salt, iterations) = (part("r=")?, part("s=")?, part("i=")?);
    let iterations = iterations
        .parse()
        .ok()
        .filter(|count| *count <= MOST_ITERATIONS)?;
    let salted = salted(password, &STANDARD.decode(salt).ok()?, iterations);
    let without_proof = format!("c=biws,r={nonce}");
    let messages = format!("n=,r={NONCE},{server_first},{without_proof}");
    let scram = Scram {
        salted: &salted,
        messages: &messages,
    };
    Some(format!(
        "{without_proof},p={}",
        STANDARD.encode(scram.proof())
    ))
}
