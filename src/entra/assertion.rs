//! What an application signs to prove that it has a certificate's key.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::backend::{Error, Kind, Result};
use crate::input;
use crate::pki::armour;
use crate::pki::certificate::Certificate;
use crate::pki::private_key::PrivateKey;

/// How long an assertion is good.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Clocks differ.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);

/// Signs, with the key in `file`, that `client` asks at `audience`; `id` is new for every assertion.
pub(super) fn signed(
    file: &Path,
    client: &str,
    audience: &str,
    id: &str,
    now: Timestamp,
) -> Result<String> {
    let unusable = |why: String| {
        Error::new(
            Kind::Refused,
            format!("the certificate file `{}` cannot be used", file.display()),
        )
        .with_source(why)
    };
    let text =
        input::read_text(file, input::LONGEST_PEM).map_err(|error| unusable(error.to_string()))?;
    let certificate = Certificate::from_pem(armour::certificates(&text).as_bytes())
        .map_err(|error| unusable(error.to_string()))?;
    let key = armour::first_key(&text)
        .ok_or_else(|| unusable("there is no private key in it".to_owned()))?;
    let key = PrivateKey::from_pem(key.as_bytes()).map_err(|error| unusable(error.to_string()))?;
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let header = json!({
        "alg": "RS256",
        "typ": "JWT",
        "x5t": encode(&Sha1::digest(certificate.der())),
        "x5t#S256": encode(&Sha256::digest(certificate.der())),
    });
    let payload = json!({
        "aud": audience,
        "iss": client,
        "sub": client,
        "jti": id,
        "nbf": (now - LEEWAY).as_second(),
        "exp": (now + LIFE).as_second(),
    });
    let message = format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(payload.to_string().as_bytes())
    );
    let signature = key
        .sign_rs256(message.as_bytes())
        .ok_or_else(|| unusable("its key is no RSA key".to_owned()))?;
    Ok(format!("{message}.{}", encode(&signature)))
}
