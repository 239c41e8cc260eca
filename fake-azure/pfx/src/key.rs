//! Private keys as PKCS#8.

use zeroize::Zeroizing;

use crate::Error;
use crate::asn1::{self, Element, Elements, INTEGER, OCTET_STRING, SEQUENCE};

/// Returns the key with exactly the three fields version, algorithm, key.
///
/// Windows adds attributes and newer writers the public key; the old CLI's
/// decoder and some others take a fourth field for damage.
pub(crate) fn plain(pkcs8: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut fields = Elements::new(pkcs8).expect(SEQUENCE)?.inside();
    fields.expect(INTEGER)?;
    let algorithm = fields.expect(SEQUENCE)?;
    let key = Zeroizing::new(fields.octets()?.into_owned());
    let wrapped = Zeroizing::new(asn1::octet_string(&key));
    let parts: [&[u8]; 3] = [&asn1::integer(0), algorithm.whole, &wrapped];
    Ok(Zeroizing::new(asn1::sequence(&parts)))
}

/// Says whether the certificate holds the public half of the key, where that can be told.
///
/// The public half stands in every RSA key and in nearly every elliptic one, in
/// the very bytes that a certificate of it must contain.
pub(crate) fn belongs(pkcs8: &[u8], certificate: &[u8]) -> Option<bool> {
    let public = public_half(pkcs8).ok().flatten()?;
    (!public.is_empty()).then(|| {
        certificate
            .windows(public.len())
            .any(|bytes| bytes == public)
    })
}

fn public_half(pkcs8: &[u8]) -> Result<Option<&[u8]>, Error> {
    let mut fields = Elements::new(pkcs8).expect(SEQUENCE)?.inside();
    fields.expect(INTEGER)?;
    fields.expect(SEQUENCE)?;
    let key = fields.expect(OCTET_STRING)?;
    let Ok(key) = key.inside().expect(SEQUENCE) else {
        return Ok(None); // Ed25519: the seed alone
    };
    let mut fields = key.inside();
    fields.expect(INTEGER)?;
    let second = fields.any()?;
    if second.tag == INTEGER {
        return Ok(Some(second.body)); // RSA: the modulus
    }
    let mut public = None;
    while let Some(Element { tag, body, .. }) = fields.next()? {
        if tag == 0xa1 {
            public = Elements::new(body).next()?.map(|bits| bits.body);
        }
    }
    Ok(public)
}
