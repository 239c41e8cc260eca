//! What a file's safes hold: keys and certificates, with the mark that pairs them.

use zeroize::Zeroizing;

use crate::asn1::{CONTEXT_0, Element, Elements, OBJECT_IDENTIFIER, SEQUENCE, SET};
use crate::cipher::{self, Budget};
use crate::password::Secret;
use crate::{Error, key, oid};

/// How deep safes may stand in safes; nobody writes even two.
const DEEPEST: u8 = 4;

/// The keys and certificates found so far.
#[derive(Default)]
pub(crate) struct Bags {
    pub(crate) keys: Vec<Marked<Zeroizing<Vec<u8>>>>,
    pub(crate) certificates: Vec<Marked<Vec<u8>>>,
}

/// A thing and its `localKeyId`, which pairs a certificate with its key.
pub(crate) struct Marked<T> {
    pub(crate) thing: T,
    pub(crate) mark: Option<Vec<u8>>,
}

impl Bags {
    /// Takes in the bags of one safe.
    pub(crate) fn take_in(
        &mut self,
        safe: &[u8],
        secret: &Secret,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let safe = Elements::new(safe).expect(SEQUENCE)?;
        self.take_in_nested(&safe, secret, budget, DEEPEST)
    }

    fn take_in_nested(
        &mut self,
        safe: &Element<'_>,
        secret: &Secret,
        budget: &mut Budget,
        deeper: u8,
    ) -> Result<(), Error> {
        let deeper = deeper.checked_sub(1).ok_or(Error::Malformed)?;
        let mut bags = safe.inside();
        while let Some(bag) = bags.next()? {
            let mut fields = bag.inside();
            let kind = fields.expect(OBJECT_IDENTIFIER)?;
            let content = fields.expect(CONTEXT_0)?;
            let mark = local_key_id(fields)?;
            if kind.is(oid::KEY_BAG) {
                let thing = key::plain(content.body)?;
                self.keys.push(Marked { thing, mark });
            } else if kind.is(oid::SHROUDED_KEY_BAG) {
                let thing = shrouded_key(&content, secret, budget)?;
                self.keys.push(Marked { thing, mark });
            } else if kind.is(oid::CERT_BAG) {
                if let Some(thing) = x509(&content)? {
                    self.certificates.push(Marked { thing, mark });
                }
            } else if kind.is(oid::SAFE_CONTENTS_BAG) {
                let inner = content.inside().expect(SEQUENCE)?;
                self.take_in_nested(&inner, secret, budget, deeper)?;
            }
            // Revocation lists and secrets are of no use here.
        }
        Ok(())
    }
}

fn shrouded_key(
    content: &Element<'_>,
    secret: &Secret,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut fields = content.inside().expect(SEQUENCE)?.inside();
    let algorithm = fields.expect(SEQUENCE)?;
    let encrypted = fields.octets()?;
    let decrypted = cipher::decrypt(&algorithm, secret, &encrypted, budget)?;
    // A wrong password that happens to end in good padding gives bytes without sense.
    key::plain(&decrypted).map_err(|_| Error::WrongPassword)
}

fn x509(content: &Element<'_>) -> Result<Option<Vec<u8>>, Error> {
    let mut fields = content.inside().expect(SEQUENCE)?.inside();
    if !fields.expect(OBJECT_IDENTIFIER)?.is(oid::X509_CERTIFICATE) {
        return Ok(None);
    }
    let certificate = fields.expect(CONTEXT_0)?.inside().octets()?;
    Ok(Some(certificate.into_owned()))
}

fn local_key_id(mut fields: Elements<'_>) -> Result<Option<Vec<u8>>, Error> {
    let Some(attributes) = fields.next()? else {
        return Ok(None);
    };
    let mut attributes = attributes.inside();
    while let Some(attribute) = attributes.next()? {
        let mut fields = attribute.inside();
        if fields.expect(OBJECT_IDENTIFIER)?.is(oid::LOCAL_KEY_ID) {
            let id = fields.expect(SET)?.inside().octets()?;
            return Ok(Some(id.into_owned()));
        }
    }
    Ok(None)
}
