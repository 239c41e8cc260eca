//! What services check passwords with.

use hmac::{Hmac, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};

/// How often a password is hashed.
pub(super) const ITERATIONS: u32 = 4096;

/// The MD5 sum in hexadecimal.
pub(super) fn md5_hex(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|d| char::from_digit(u32::from(d), 16))
        .collect()
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(super) fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// The password as SCRAM-SHA-256 hashes it.
pub(super) fn salted(password: &str, salt: &[u8], iterations: u32) -> [u8; 32] {
    let mut round = hmac(password.as_bytes(), &[salt, &1_u32.to_be_bytes()].concat());
    let mut sum = round;
    for _ in 1..iterations {
        round = hmac(password.as_bytes(), &round);
        for (sum, byte) in sum.iter_mut().zip(round) {
            *sum ^= byte;
        }
    }
    sum
}

/// What both sides of a SCRAM exchange work with.
pub(super) struct Scram<'a> {
    pub(super) salted: &'a [u8; 32],
    /// The messages so far: the client's first without its head, the server's first, the
    /// client's last without its proof.
    pub(super) messages: &'a str,
}

impl Scram<'_> {
    /// What the client proves that it knows the password with.
    pub(super) fn proof(&self) -> [u8; 32] {
        let key = hmac(self.salted, b"Client Key");
        let signature = hmac(&sha256(&key), self.messages.as_bytes());
        let mut proof = key;
        for (proof, byte) in proof.iter_mut().zip(signature) {
            *proof ^= byte;
        }
        proof
    }

    /// What the server proves the same with.
    pub(super) fn signature(&self) -> [u8; 32] {
        let key = hmac(self.salted, b"Server Key");
        hmac(&key, self.messages.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn scram_is_that_of_the_standard() {
        // RFC 7677, section 3.
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let salted = salted("pencil", &salt, 4096);
        let messages = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let scram = Scram {
            salted: &salted,
            messages,
        };
        assert_eq!(
            STANDARD.encode(scram.proof()),
            "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert_eq!(
            STANDARD.encode(scram.signature()),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        );
    }

    #[test]
    fn sums_are_written_in_hexadecimal() {
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
