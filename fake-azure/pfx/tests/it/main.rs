//! PKCS#12 from outside: against OpenSSL, against itself, against bytes without sense.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, say what they skip, and write into folders of their own"
)]

mod arbitrary;
mod ber;
mod openssl;
mod round_trip;

/// An RSA-2048 key, PKCS#8 in DER.
const KEY: &[u8] = include_bytes!("../data/key.der");
/// Its certificate in DER.
const CERTIFICATE: &[u8] = include_bytes!("../data/cert.der");

fn contents() -> pfx::Contents {
    pfx::Contents {
        key: KEY.to_vec().into(),
        certificates: vec![CERTIFICATE.to_vec()],
    }
}
