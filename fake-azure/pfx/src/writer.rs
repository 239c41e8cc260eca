//! Writing a file.

use der::oid::ObjectIdentifier;
use sha1::{Digest, Sha1};

use crate::asn1::{
    CONTEXT_0, SET, integer, object_identifier as name, octet_string, sequence, value,
};
use crate::password::Secret;
use crate::{Cipher, Contents, Error, Password, cipher, key, mac, oid};

/// Writes a file: the certificates in a plain safe, the key encrypted in one of its own, a checksum.
///
/// Two safes with one bag kind each is the shape that the strictest readers
/// (Go's, the old CLI's) take; certificates are public and need no cipher.
pub fn write(
    contents: &Contents,
    password: Password<'_>,
    cipher: Cipher,
) -> Result<Vec<u8>, Error> {
    let own = contents.certificates.first().ok_or(Error::NoCertificate)?;
    let secret = Secret::new(password);
    let mark = local_key_id(&Sha1::digest(own));

    let mut certificates = Vec::new();
    for (nth, certificate) in contents.certificates.iter().enumerate() {
        let attributes: &[u8] = if nth == 0 { &mark } else { &[] };
        certificates.extend(certificate_bag(certificate, attributes));
    }
    let key = key::plain(&contents.key).map_err(|_| Error::NotPkcs8)?;
    let (algorithm, encrypted) = cipher::encrypt(cipher, &secret, &key)?;
    let shrouded = sequence(&[&algorithm, &octet_string(&encrypted)]);

    let safes = sequence(&[
        &data(&sequence(&[&certificates])),
        &data(&sequence(&[&bag(oid::SHROUDED_KEY_BAG, &shrouded, &mark)])),
    ]);
    let checksum = mac::write(cipher, &secret, &safes)?;
    Ok(sequence(&[&integer(3), &data(&safes), &checksum]))
}

/// Writes a `ContentInfo` of plain data.
fn data(content: &[u8]) -> Vec<u8> {
    let content = value(CONTEXT_0, &[&octet_string(content)]);
    sequence(&[&name(oid::DATA), &content])
}

fn bag(kind: ObjectIdentifier, content: &[u8], attributes: &[u8]) -> Vec<u8> {
    sequence(&[&name(kind), &value(CONTEXT_0, &[content]), attributes])
}

fn certificate_bag(certificate: &[u8], attributes: &[u8]) -> Vec<u8> {
    let certificate = value(CONTEXT_0, &[&octet_string(certificate)]);
    let content = sequence(&[&name(oid::X509_CERTIFICATE), &certificate]);
    bag(oid::CERT_BAG, &content, attributes)
}

/// Writes the attributes that pair the key with its certificate; Windows goes by nothing else.
fn local_key_id(id: &[u8]) -> Vec<u8> {
    let id = value(SET, &[&octet_string(id)]);
    value(SET, &[&sequence(&[&name(oid::LOCAL_KEY_ID), &id])])
}
