//! How Azure names certificates.

use sha1::{Digest as _, Sha1};

/// The SHA-1 of a certificate in upper-case hexadecimal: how Azure names certificates.
pub(crate) fn thumbprint(der: &[u8]) -> String {
    Sha1::digest(der)
        .iter()
        .fold(String::with_capacity(40), |text, byte| {
            format!("{text}{byte:02X}")
        })
}
