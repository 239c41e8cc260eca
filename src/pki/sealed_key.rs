//! The old CLI's authority key, encrypted under a pass phrase that everybody knows.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, KeyIvInit};
use des::TdesEde3;
use md5::{Digest, Md5};
use pkcs8::EncryptedPrivateKeyInfo;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use zeroize::Zeroizing;

/// What the old CLI gives to `openssl` for every authority it makes.
const PASS_PHRASE: &[u8] = b"Docker123";

/// Is the key encrypted, in either of OpenSSL's ways?
pub(super) fn is_sealed(block: &pem::Pem) -> bool {
    block.tag() == "ENCRYPTED PRIVATE KEY" || block.headers().get("DEK-Info").is_some()
}

/// Opens an encrypted key; nothing if it is under another pass phrase or an unknown cipher.
pub(super) fn open(block: &pem::Pem) -> Option<PrivateKeyDer<'static>> {
    if block.tag() == "ENCRYPTED PRIVATE KEY" {
        open_pkcs8(block.contents())
    } else {
        let info = block.headers().get("DEK-Info")?;
        open_traditional(block.tag(), info, block.contents())
    }
}

/// OpenSSL 3 writes PKCS#8 under PBES2.
fn open_pkcs8(der: &[u8]) -> Option<PrivateKeyDer<'static>> {
    let sealed = EncryptedPrivateKeyInfo::try_from(der).ok()?;
    let opened = sealed.decrypt(PASS_PHRASE).ok()?;
    Some(PrivatePkcs8KeyDer::from(opened.as_bytes().to_vec()).into())
}

/// OpenSSL 1 and older wrote the key's own form under a cipher that a header names.
fn open_traditional(tag: &str, info: &str, sealed: &[u8]) -> Option<PrivateKeyDer<'static>> {
    let (cipher, iv) = info.split_once(',')?;
    if cipher.trim() != "DES-EDE3-CBC" {
        return None;
    }
    let iv = hex(iv.trim())?;
    let key = traditional_key(&iv);
    let opened = cbc::Decryptor::<TdesEde3>::new_from_slices(&key[..], &iv)
        .ok()?
        .decrypt_padded_vec_mut::<Pkcs7>(sealed)
        .ok()?;
    match tag {
        "RSA PRIVATE KEY" => Some(PrivatePkcs1KeyDer::from(opened).into()),
        "EC PRIVATE KEY" => Some(PrivateSec1KeyDer::from(opened).into()),
        _ => None,
    }
}

/// OpenSSL's `EVP_BytesToKey` with MD5 and one round; the IV is the salt.
fn traditional_key(salt: &[u8]) -> Zeroizing<[u8; 24]> {
    let first = Md5::new().chain_update(PASS_PHRASE).chain_update(salt);
    let first = first.finalize();
    let second = Md5::new()
        .chain_update(first)
        .chain_update(PASS_PHRASE)
        .chain_update(salt);
    let second = second.finalize();
    let mut key = Zeroizing::new([0; 24]);
    key[..16].copy_from_slice(&first);
    key[16..].copy_from_slice(&second[..8]);
    key
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
