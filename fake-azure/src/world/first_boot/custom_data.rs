//! A machine's custom data: what somebody gave it before its first boot.

use std::fmt;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use secrecy::{ExposeSecret as _, SecretSlice};

/// How many bytes may come out of compressed ones.
const MOST: u64 = 16 << 20;
/// What gzip files begin with.
const GZIP: &[u8] = b"\x1f\x8b";

/// The bytes that a machine gets as custom data. A secret.
#[derive(Clone)]
pub(crate) struct CustomData(SecretSlice<u8>);

impl CustomData {
    /// What a client sends: base64, in which there may be line breaks; `None` when it is none.
    pub(crate) fn of_base64(text: &str) -> Option<Self> {
        let bare: String = text.split_ascii_whitespace().collect();
        STANDARD.decode(bare).ok().map(Self::of_bytes)
    }

    /// What the machine finds.
    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self(SecretSlice::from(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for CustomData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomData").finish_non_exhaustive()
    }
}

/// What is in a gzip file; `None` when it is none, a broken one, or one of more than 16 MiB.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(GZIP) {
        return None;
    }
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes)
        .take(MOST + 1)
        .read_to_end(&mut unpacked);
    (read.is_ok() && unpacked.len() as u64 <= MOST).then_some(unpacked)
}
