//! What goes into the key derivation for a password.

use std::fmt;

use zeroize::Zeroizing;

/// What "no password" puts into the key derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyPassword {
    /// No bytes at all, as classic Azure's own files.
    ZeroLength,
    /// The two zero bytes that end every password, as OpenSSL writes it.
    TwoZeroBytes,
}

/// A password to write a file with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Password<'a> {
    /// None, in either of its two kinds.
    Empty(EmptyPassword),
    /// Some; an empty text is [`EmptyPassword::TwoZeroBytes`].
    Text(&'a str),
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(kind) => f.debug_tuple("Empty").field(kind).finish(),
            Self::Text(_) => f.write_str("Text(..)"),
        }
    }
}

/// A password in the two forms that the two families of algorithms take.
pub(crate) struct Secret {
    /// PKCS#12's own: UTF-16, big endian, ended by two zero bytes.
    pub(crate) wide: Zeroizing<Vec<u8>>,
    /// PKCS#5's: the text's own bytes.
    pub(crate) plain: Zeroizing<Vec<u8>>,
}

impl Secret {
    pub(crate) fn new(password: Password<'_>) -> Self {
        let (text, end): (&str, &[u8]) = match password {
            Password::Empty(EmptyPassword::ZeroLength) => ("", &[]),
            Password::Empty(EmptyPassword::TwoZeroBytes) => ("", &[0, 0]),
            Password::Text(text) => (text, &[0, 0]),
        };
        // Room for all from the start: growing would leave copies behind.
        let mut wide = Zeroizing::new(Vec::with_capacity(2 * text.len() + end.len()));
        wide.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        wide.extend_from_slice(end);
        Self {
            wide,
            plain: Zeroizing::new(text.as_bytes().to_vec()),
        }
    }

    /// How many iterations of the key derivation to write: what OpenSSL and Windows write, and
    /// next to none where everybody knows the password. Not 1, which is the checksum's default
    /// and would have to be left out.
    pub(crate) fn iterations(&self) -> u16 {
        if self.plain.is_empty() { 2 } else { 2048 }
    }

    /// Returns what a given password may stand for: an empty one is either kind.
    pub(crate) fn candidates(password: &str) -> Vec<Self> {
        if password.is_empty() {
            [EmptyPassword::TwoZeroBytes, EmptyPassword::ZeroLength]
                .map(|kind| Self::new(Password::Empty(kind)))
                .into()
        } else {
            vec![Self::new(Password::Text(password))]
        }
    }
}
