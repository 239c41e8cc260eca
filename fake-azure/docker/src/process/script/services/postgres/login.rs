//! Who may come in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::message::{Wire, texts};
use crate::process::script::services::secret::{ITERATIONS, Scram, hmac, md5_hex, sha256};
use crate::process::script::services::sql::cluster::SALT;
use crate::process::script::services::sql::{Cluster, Failure};

/// How a client has to show who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Trust,
    Password,
    Md5,
    Scram,
    Reject,
}

impl Method {
    /// Reads `POSTGRES_HOST_AUTH_METHOD`.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "trust" => Self::Trust,
            "password" => Self::Password,
            "md5" => Self::Md5,
            "reject" => Self::Reject,
            _ => Self::Scram,
        }
    }
}

/// A client that wants to come in.
pub(super) struct Login<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) user: &'a str,
    pub(super) peer: std::net::IpAddr,
    /// A number that no other connection has.
    pub(super) number: u32,
}

impl Login<'_> {
    fn refused(&self) -> Failure {
        let words = format!("password authentication failed for user \"{}\"", self.user);
        Failure::new("28P01", words)
    }

    /// Lets the client show who it is; none when it is gone.
    pub(super) async fn check(
        &self,
        wire: &mut Wire<'_>,
        method: Method,
    ) -> Option<Result<(), Failure>> {
        Some(match method {
            Method::Trust if self.cluster.has_role(self.user) => Ok(()),
            Method::Trust => {
                let words = format!("role \"{}\" does not exist", self.user);
                Err(Failure::new("28000", words))
            }
            Method::Reject => {
                let words = format!(
                    "pg_hba.conf rejects connection for host \"{}\", user \"{}\", no encryption",
                    self.peer, self.user
                );
                Err(Failure::new("28000", words))
            }
            Method::Password => {
                wire.put(b'R', &3_i32.to_be_bytes());
                let given = self.answer(wire).await?;
                let known = self.cluster.password(self.user);
                if known.is_some() && known == given {
                    Ok(())
                } else {
                    Err(self.refused())
                }
            }
            Method::Md5 => {
                let salt = self.number.to_be_bytes();
                wire.put(b'R', &[&5_i32.to_be_bytes()[..], &salt].concat());
                let given = self.answer(wire).await?;
                let known = self.cluster.password(self.user).map(|password| {
                    let inner = md5_hex(format!("{password}{}", self.user).as_bytes());
                    format!("md5{}", md5_hex(&[inner.as_bytes(), &salt].concat()))
                });
                if known.is_some() && known == given {
                    Ok(())
                } else {
                    Err(self.refused())
                }
            }
            Method::Scram => return self.scram(wire).await,
        })
    }

    async fn answer(&self, wire: &mut Wire<'_>) -> Option<Option<String>> {
        wire.flush().await?;
        let mut message = wire.message().await?;
        (message.kind == b'p').then(|| message.body.text())
    }

    async fn scram(&self, wire: &mut Wire<'_>) -> Option<Result<(), Failure>> {
        let broken = || Some(Err(Failure::new("08P01", "malformed SCRAM message")));
        let mut methods = 10_i32.to_be_bytes().to_vec();
        methods.extend(texts(["SCRAM-SHA-256", ""]));
        wire.put(b'R', &methods);
        wire.flush().await?;
        let mut first = wire.message().await?;
        if first.kind != b'p' || first.body.text()? != "SCRAM-SHA-256" {
            return broken();
        }
        first.body.number()?;
        let client_first = String::from_utf8_lossy(first.body.rest()).into_owned();
        // After `n,,` or `y,,` comes what counts.
        let Some((head, bare)) = client_first
            .match_indices(',')
            .nth(1)
            .map(|(at, _)| client_first.split_at(at + 1))
        else {
            return broken();
        };
        let Some(nonce) = bare.split(',').find_map(|part| part.strip_prefix("r=")) else {
            return broken();
        };
        let own = STANDARD.encode(&hmac(SALT, &self.number.to_be_bytes())[..18]);
        let salt = STANDARD.encode(SALT);
        let server_first = format!("r={nonce}{own},s={salt},i={ITERATIONS}");
        wire.put(
            b'R',
            &[&11_i32.to_be_bytes()[..], server_first.as_bytes()].concat(),
        );
        wire.flush().await?;
        let mut last = wire.message().await?;
        let client_last = String::from_utf8_lossy(last.body.rest()).into_owned();
        let Some((without_proof, proof)) = client_last.rsplit_once(",p=") else {
            return broken();
        };
        let bound = format!("c={},r={nonce}{own}", STANDARD.encode(head));
        let (Ok(proof), true) = (STANDARD.decode(proof), without_proof == bound) else {
            return broken();
        };
        let Some(salted) = self.cluster.salted(self.user) else {
            return Some(Err(self.refused()));
        };
        let messages = format!("{bare},{server_first},{without_proof}");
        let scram = Scram {
            salted: &salted,
            messages: &messages,
        };
        if sha256(&proof) != sha256(&scram.proof()) {
            return Some(Err(self.refused()));
        }
        let signature = format!("v={}", STANDARD.encode(scram.signature()));
        wire.put(
            b'R',
            &[&12_i32.to_be_bytes()[..], signature.as_bytes()].concat(),
        );
        Some(Ok(()))
    }
}
