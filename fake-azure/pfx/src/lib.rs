//! PKCS#12: a private key and its certificates in one file.
//!
//! Made for the files of classic Azure, whose password is *zero-length*: no byte
//! at all goes into the key derivation, while most programs put two zero bytes
//! there for "no password". This crate reads both and writes either.
//!
//! ```
//! # fn main() -> Result<(), pfx::Error> {
//! # let key = include_bytes!("../tests/data/key.der");
//! # let certificate = include_bytes!("../tests/data/cert.der");
//! let contents = pfx::Contents {
//!     key: key.to_vec().into(),
//!     certificates: vec![certificate.to_vec()],
//! };
//! let empty = pfx::Password::Empty(pfx::EmptyPassword::ZeroLength);
//! let file = pfx::write(&contents, empty, pfx::Cipher::TripleDes)?;
//!
//! assert_eq!(pfx::read(&file, "")?.certificates, contents.certificates);
//! # Ok(())
//! # }
//! ```

mod asn1;
mod bag;
mod cipher;
mod key;
mod mac;
mod oid;
mod password;
mod reader;
mod salt;
mod writer;

use std::fmt;

use zeroize::Zeroizing;

pub use crate::password::{EmptyPassword, Password};
pub use crate::reader::{certificates, read};
pub use crate::writer::write;

/// The most iterations of a key derivation that one file may ask for, all its parts together.
///
/// Ten times what the most careful exporters use, and seconds of work at worst.
pub const MOST_ITERATIONS: u32 = 5_000_000;

/// What a file holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    /// The private key: PKCS#8 in DER, not encrypted, without attributes.
    pub key: Zeroizing<Vec<u8>>,
    /// The certificates in DER, the key's own first.
    pub certificates: Vec<Vec<u8>>,
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contents")
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

/// How the private key is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// `pbeWithSHAAnd3-KeyTripleDES-CBC` and a SHA-1 MAC: every reader since 1999.
    TripleDes,
    /// PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC, and a SHA-256 MAC: readers since about 2010.
    Aes256,
}

/// Why a file could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a PKCS#12 file, or end early.
    #[error("this is not a PKCS#12 file, or it is damaged")]
    Malformed,
    /// The password does not open the file.
    #[error("the password does not open this PKCS#12 file")]
    WrongPassword,
    /// The file is encrypted or protected in a way that is not understood.
    #[error("this PKCS#12 file uses {0}, which is not understood")]
    Unsupported(String),
    /// The file asks for more work than any honest one.
    #[error(
        "this PKCS#12 file asks for more than {MOST_ITERATIONS} iterations of its key derivation"
    )]
    TooManyIterations,
    /// There is no private key in the file.
    #[error("there is no private key in this PKCS#12 file")]
    NoKey,
    /// There is no certificate in the file.
    #[error("there is no certificate in this PKCS#12 file")]
    NoCertificate,
    /// The key to be written is not PKCS#8 in DER.
    #[error("the private key is not PKCS#8 in DER")]
    NotPkcs8,
}
