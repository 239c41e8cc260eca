//! Reading a file.

use std::borrow::Cow;

use crate::asn1::{CONTEXT_0, CONTEXT_0_PRIMITIVE, Elements, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};
use crate::bag::Bags;
use crate::cipher::{self, Budget};
use crate::mac::MacData;
use crate::password::Secret;
use crate::{Contents, Error, key, oid};

/// Reads the key and the certificates of a file; an empty password is tried in both its kinds.
///
/// Of several keys the first is taken. The checksum is verified when there is one.
pub fn read(file: &[u8], password: &str) -> Result<Contents, Error> {
    let bags = open(file, password)?;
    let mut certificates = bags.certificates;
    let key = bags.keys.into_iter().next().ok_or(Error::NoKey)?;
    let own = certificates
        .iter()
        .position(|certificate| key::belongs(&key.thing, &certificate.thing) == Some(true))
        .or_else(|| {
            certificates
                .iter()
                .position(|certificate| key.mark.is_some() && certificate.mark == key.mark)
        })
        .unwrap_or(0);
    if let Some(up_to_own) = certificates.get_mut(..=own) {
        up_to_own.rotate_right(1);
    }
    Ok(Contents {
        key: key.thing,
        certificates: certificates
            .into_iter()
            .map(|certificate| certificate.thing)
            .collect(),
    })
}

/// Reads the certificates of a file in the order they stand in, whether it has a key or not.
pub fn certificates(file: &[u8], password: &str) -> Result<Vec<Vec<u8>>, Error> {
    let bags = open(file, password)?;
    if bags.certificates.is_empty() {
        return Err(Error::NoCertificate);
    }
    Ok(bags
        .certificates
        .into_iter()
        .map(|certificate| certificate.thing)
        .collect())
}

fn open(file: &[u8], password: &str) -> Result<Bags, Error> {
    let mut fields = Elements::new(file).expect(SEQUENCE)?.inside();
    fields.expect(INTEGER)?;
    let content = data(&mut fields.expect(SEQUENCE)?.inside())?;
    let mut budget = Budget::new();
    let mac = fields.next()?.map(|mac| MacData::read(&mac)).transpose()?;

    for secret in Secret::candidates(password) {
        if let Some(mac) = &mac
            && !mac.verifies(&secret, &content, &mut budget)?
        {
            continue;
        }
        match bags(&content, &secret, &mut budget) {
            Err(Error::WrongPassword) => {}
            other => return other,
        }
    }
    Err(Error::WrongPassword)
}

/// Takes a `ContentInfo` of plain data.
fn data<'a>(fields: &mut Elements<'a>) -> Result<Cow<'a, [u8]>, Error> {
    let kind = fields.expect(OBJECT_IDENTIFIER)?;
    if !kind.is(oid::DATA) {
        let what = format!("content of type {}", kind.dotted());
        return Err(Error::Unsupported(what));
    }
    fields.expect(CONTEXT_0)?.inside().octets()
}

fn bags(content: &[u8], secret: &Secret, budget: &mut Budget) -> Result<Bags, Error> {
    let mut bags = Bags::default();
    let mut safes = Elements::new(content).expect(SEQUENCE)?.inside();
    while let Some(safe) = safes.next()? {
        let mut fields = safe.inside();
        if fields
            .clone()
            .expect(OBJECT_IDENTIFIER)?
            .is(oid::ENCRYPTED_DATA)
        {
            let decrypted = encrypted_safe(&mut fields, secret, budget)?;
            bags.take_in(&decrypted, secret, budget)
                .map_err(|error| match error {
                    // A wrong password that happens to end in good padding.
                    Error::Malformed => Error::WrongPassword,
                    other => other,
                })?;
        } else {
            bags.take_in(&data(&mut fields)?, secret, budget)?;
        }
    }
    Ok(bags)
}

fn encrypted_safe(
    fields: &mut Elements<'_>,
    secret: &Secret,
    budget: &mut Budget,
) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    fields.expect(OBJECT_IDENTIFIER)?;
    let mut envelope = fields
        .expect(CONTEXT_0)?
        .inside()
        .expect(SEQUENCE)?
        .inside();
    envelope.expect(INTEGER)?;
    let mut info = envelope.expect(SEQUENCE)?.inside();
    info.expect(OBJECT_IDENTIFIER)?;
    let algorithm = info.expect(SEQUENCE)?;
    let encrypted = info.any()?;
    if ![CONTEXT_0, CONTEXT_0_PRIMITIVE].contains(&encrypted.tag) {
        return Err(Error::Malformed);
    }
    cipher::decrypt(&algorithm, secret, &encrypted.octets()?, budget)
}
