//! Keys, made and read.

use rcgen::{KeyPair, PublicKeyData as _};

use super::{Call, Failed};

/// What stands before the seed of an Ed25519 key in PKCS#8 (RFC 8410).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A new key of the machine.
pub(super) fn new(call: &Call<'_>) -> Result<KeyPair, Failed> {
    let mut der = PKCS8.to_vec();
    der.extend(call.draw("key"));
    KeyPair::try_from(der).map_err(|error| format!("Error generating key: {error}"))
}

/// The key of a file.
pub(super) async fn of_file(call: &mut Call<'_>, name: &str) -> Result<KeyPair, Failed> {
    let pem = call.read(Some(name)).await?;
    let start = pem.find("-----BEGIN ").map_or("", |at| &pem[at..]);
    // Parameters of a curve stand before its key.
    let start = match start.strip_prefix("-----BEGIN EC PARAMETERS-----") {
        Some(rest) => rest.find("-----BEGIN ").map_or("", |at| &rest[at..]),
        None => start,
    };
    KeyPair::from_pem(start).map_err(|_| format!("Could not read private key from {name}"))
}

/// Whether two keys are one.
pub(super) fn is_of(key: &KeyPair, public: &[u8]) -> bool {
    key.subject_public_key_info() == public
}

/// Writes a key, which is not put under a cipher here.
pub(super) async fn write(
    call: &mut Call<'_>,
    name: Option<&str>,
    key: &KeyPair,
) -> Result<(), Failed> {
    call.write(name, &key.serialize_pem().replace("\r\n", "\n"), 0o600)
        .await
}

/// Refuses to ask for a pass phrase: nobody sits before the machine.
pub(super) fn check_pass(call: &Call<'_>, is_asked: bool) -> Result<(), Failed> {
    let is_told = ["passout", "pass"]
        .iter()
        .any(|name| call.options.value(name).is_some());
    if is_asked && !is_told {
        return Err("Error getting passwords".to_owned());
    }
    Ok(())
}

/// `genrsa`, `genpkey`, `ecparam -genkey`.
pub(super) async fn generate(call: &mut Call<'_>) -> Result<(), Failed> {
    check_pass(call, call.options.has_cipher())?;
    let key = new(call)?;
    let to = call.options.value("out").map(str::to_owned);
    write(call, to.as_deref(), &key).await
}

/// `rsa`, `ec`, `pkey`: a key, or the public half of it.
pub(super) async fn copy(call: &mut Call<'_>) -> Result<(), Failed> {
    let Some(from) = call.options.value("in").map(str::to_owned) else {
        call.is_more();
        return Ok(());
    };
    let key = of_file(call, &from).await?;
    let to = call.options.value("out").map(str::to_owned);
    if call.options.has("pubout") {
        let pem = key.public_key_pem().replace("\r\n", "\n");
        return call.write(to.as_deref(), &pem, 0o666).await;
    }
    check_pass(call, call.options.has_cipher())?;
    if call.options.has("noout") {
        return Ok(());
    }
    write(call, to.as_deref(), &key).await
}
