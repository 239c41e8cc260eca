//! The checksum over a file's contents, keyed by the password.

use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::{Digest, FixedOutputReset, KeyInit};
use hmac::{Mac, SimpleHmac};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::asn1::{self, Element, OBJECT_IDENTIFIER, SEQUENCE};
use crate::cipher::Budget;
use crate::password::Secret;
use crate::{Cipher, Error, oid, salt};

const NULL: [u8; 2] = [5, 0];

#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(name: &Element<'_>) -> Result<Self, Error> {
        [
            (oid::SHA1, Self::Sha1),
            (oid::SHA224, Self::Sha224),
            (oid::SHA256, Self::Sha256),
            (oid::SHA384, Self::Sha384),
            (oid::SHA512, Self::Sha512),
        ]
        .into_iter()
        .find_map(|(oid, hash)| name.is(oid).then_some(hash))
        .ok_or_else(|| Error::Unsupported(format!("checksum {}", name.dotted())))
    }

    fn mac(self, secret: &Secret, salt: &[u8], iterations: u32, content: &[u8]) -> Tag {
        let tag = match self {
            Self::Sha1 => tag::<Sha1>,
            Self::Sha224 => tag::<Sha224>,
            Self::Sha256 => tag::<Sha256>,
            Self::Sha384 => tag::<Sha384>,
            Self::Sha512 => tag::<Sha512>,
        };
        Tag(tag(secret, salt, iterations, content))
    }
}

/// A computed checksum; `None` only if a key of the hash's own length were refused.
struct Tag(Option<Vec<u8>>);

fn tag<D>(secret: &Secret, salt: &[u8], iterations: u32, content: &[u8]) -> Option<Vec<u8>>
where
    D: Digest + FixedOutputReset + BlockSizeUser,
{
    let rounds = i32::try_from(iterations).unwrap_or(i32::MAX);
    let length = <D as Digest>::output_size();
    let key = derive_key::<D>(&secret.wide, salt, Pkcs12KeyType::Mac, rounds, length);
    let mut mac = <SimpleHmac<D> as KeyInit>::new_from_slice(&key).ok()?;
    mac.update(content);
    Some(mac.finalize().into_bytes().to_vec())
}

/// A file's `MacData`, read.
pub(crate) struct MacData<'a> {
    hash: Hash,
    expected: Vec<u8>,
    salt: std::borrow::Cow<'a, [u8]>,
    iterations: u32,
}

impl<'a> MacData<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Result<Self, Error> {
        let mut fields = element.inside();
        let mut digest_info = fields.expect(SEQUENCE)?.inside();
        let hash = Hash::of(
            &digest_info
                .expect(SEQUENCE)?
                .inside()
                .expect(OBJECT_IDENTIFIER)?,
        )?;
        let expected = digest_info.octets()?.into_owned();
        let salt = fields.octets()?;
        let iterations = match fields.next()? {
            Some(count) => count.number()?,
            None => 1,
        };
        Ok(Self {
            hash,
            expected,
            salt,
            iterations,
        })
    }

    /// Says whether `content` is what was checksummed under this password.
    pub(crate) fn verifies(
        &self,
        secret: &Secret,
        content: &[u8],
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let iterations = budget.spend(self.iterations)?;
        let found = self.hash.mac(secret, &self.salt, iterations, content);
        Ok(found.0.is_some_and(|found| found == self.expected))
    }
}

/// Writes the `MacData` over `content`.
pub(crate) fn write(cipher: Cipher, secret: &Secret, content: &[u8]) -> Result<Vec<u8>, Error> {
    let (hash, name) = match cipher {
        Cipher::TripleDes => (Hash::Sha1, oid::SHA1),
        Cipher::Aes256 => (Hash::Sha256, oid::SHA256),
    };
    let salt = salt::fresh::<8>();
    let iterations = u32::from(secret.iterations());
    let found = hash.mac(secret, &salt, iterations, content);
    let found = found.0.ok_or(Error::Malformed)?;
    let algorithm = asn1::sequence(&[&asn1::object_identifier(name), &NULL]);
    let digest_info = asn1::sequence(&[&algorithm, &asn1::octet_string(&found)]);
    Ok(asn1::sequence(&[
        &digest_info,
        &asn1::octet_string(&salt),
        &asn1::integer(iterations),
    ]))
}
