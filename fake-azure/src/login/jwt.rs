//! Signed tokens, as RFC 7515 and RFC 7519 write them: three parts in base64url.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 32 << 10;

/// A token that was taken apart; whether its signature is good is another question.
#[derive(Debug)]
pub(super) struct Read<'t> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

/// Takes a token apart.
pub(super) fn read(token: &str) -> Option<Read<'_>> {
    if token.len() > LONGEST {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let object = |part: &str| match serde_json::from_slice(&unpadded(part)?).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    };
    Some(Read {
        header: object(header)?,
        claims: object(claims)?,
        signed,
        signature: unpadded(signature)?,
    })
}

/// Some clients pad what need not be padded.
fn unpadded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

impl Read<'_> {
    /// A text of the header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// A text among the claims.
    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A moment among the claims, in seconds.
    pub(super) fn moment(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what is out of range is no moment and stays none"
        )]
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// Whether this key of ours has signed it.
    pub(super) fn is_signed_by(&self, key: &ParsedPublicKey) -> bool {
        self.header("alg") == Some("RS256")
            && key
                .verify_sig(self.signed.as_bytes(), &self.signature)
                .is_ok()
    }

    /// Whether this RSA key, as certificates hold it, has signed it.
    pub(super) fn is_signed_by_certified(&self, public_key: &[u8]) -> bool {
        let algorithm = match self.header("alg") {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("PS256") => &RSA_PSS_2048_8192_SHA256,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, public_key)
            .verify(self.signed.as_bytes(), &self.signature)
            .is_ok()
    }
}

/// Signs claims with RS256.
pub(super) fn sign(key: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    if let Err(error) = key.sign(
        &RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    ) {
        // The buffer is as long as the key: there is nothing else to go wrong but memory.
        tracing::error!(%error, "a token is not signed");
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
