//! The key that tokens are signed with, made when the first one is, and ready to be used again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;

use crate::cloud::Cloud;
use crate::world::directory::{Change, Secret, SigningKey};

use super::refusal::Refusal;

/// The keys of an authority; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    ready: Mutex<Option<Arc<Key>>>,
    /// One key is made, however many ask for the first token at a time.
    making: tokio::sync::Mutex<()>,
}

/// A key that is ready to sign and to verify.
pub(crate) struct Key {
    pub(super) id: String,
    pub(super) pair: RsaKeyPair,
    pub(super) public: ParsedPublicKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// The key that the directory has now, if it has one.
    pub(super) fn now(&self, cloud: &Cloud) -> Option<Arc<Key>> {
        cloud.look(|world| {
            let kept = world.directory().key()?;
            let mut ready = self.0.ready.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(key) = ready.as_ref().filter(|key| key.id == kept.id) {
                return Some(key.clone());
            }
            let key = Arc::new(Key::read(kept)?);
            *ready = Some(key.clone());
            Some(key)
        })
    }

    /// The key to sign with; made now where there is none.
    pub(super) async fn made(&self, cloud: &Cloud) -> Result<Arc<Key>, Refusal> {
        if let Some(key) = self.now(cloud) {
            return Ok(key);
        }
        let _alone = self.0.making.lock().await;
        if let Some(key) = self.now(cloud) {
            return Ok(key);
        }
        let made = tokio::task::spawn_blocking(generate).await;
        let made = made.ok().flatten().ok_or_else(Refusal::unavailable)?;
        cloud
            .act(|hand, _| hand.change_directory(Change::KeyMade(made)))
            .map_err(|error| Refusal::not_written(&error))?;
        self.now(cloud).ok_or_else(Refusal::unavailable)
    }
}

/// Makes a key: RSA of 2048 bits, some tenths of a second.
fn generate() -> Option<SigningKey> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
    let id = URL_SAFE_NO_PAD.encode(Sha1::digest(pair.public_key().as_ref()));
    let pkcs8 = pair.as_der().ok()?;
    Some(SigningKey {
        id,
        pkcs8: Secret::new(STANDARD.encode(pkcs8.as_ref())),
    })
}

impl Key {
    /// The key that was written down.
    fn read(kept: &SigningKey) -> Option<Self> {
        let pkcs8 = STANDARD.decode(kept.pkcs8.text()).ok()?;
        let pair = RsaKeyPair::from_pkcs8(&pkcs8).ok()?;
        let public = pair.public_key().as_ref();
        Some(Self {
            id: kept.id.clone(),
            public: ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).ok()?,
            pair,
        })
    }

    /// The public half, as a JSON Web Key.
    pub(super) fn shown(&self, issuer: &str) -> Option<Value> {
        let public = self.pair.public_key().as_ref();
        let (_, public) = RSAPublicKey::from_der(public).ok()?;
        let number = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            URL_SAFE_NO_PAD.encode(&bytes[zeros..])
        };
        Some(json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "x5t": self.id,
            "n": number(public.modulus),
            "e": number(public.exponent),
            "issuer": issuer,
        }))
    }
}
