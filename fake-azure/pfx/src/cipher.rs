//! Encryption under a password: PKCS#12's own schemes and PBES2.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{
    BlockCipher, BlockDecryptMut, BlockEncryptMut, BlockSizeUser, InnerIvInit, KeyInit, KeyIvInit,
    consts::U8,
};
use der::Encode;
use der::oid::ObjectIdentifier;
use des::{TdesEde2, TdesEde3};
use pkcs5::EncryptionScheme;
use pkcs5::pbes2::{Kdf, Parameters};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use rc2::Rc2;
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::asn1::{self, Element, OBJECT_IDENTIFIER, SEQUENCE};
use crate::password::Secret;
use crate::{Cipher, Error, MOST_ITERATIONS, oid, salt};

/// The iterations that a file may still ask for.
///
/// Counted over the whole file, so that many small parts cannot hide what one
/// large part may not ask.
pub(crate) struct Budget(u32);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(MOST_ITERATIONS)
    }

    pub(crate) fn spend(&mut self, iterations: u32) -> Result<u32, Error> {
        self.0 = self
            .0
            .checked_sub(iterations)
            .ok_or(Error::TooManyIterations)?;
        Ok(iterations)
    }
}

/// Decrypts `data` by what its algorithm identifier says.
pub(crate) fn decrypt(
    algorithm: &Element<'_>,
    secret: &Secret,
    data: &[u8],
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut fields = algorithm.inside();
    let name = fields.expect(OBJECT_IDENTIFIER)?;
    if name.is(oid::PBES2) {
        return decrypt_pbes2(algorithm, secret, data, budget);
    }
    let known = [
        oid::PBE_3DES,
        oid::PBE_3DES_TWO_KEYS,
        oid::PBE_RC2_128,
        oid::PBE_RC2_40,
    ];
    if !known.iter().any(|oid| name.is(*oid)) {
        return Err(Error::Unsupported(format!("cipher {}", name.dotted())));
    }
    let mut parameters = fields.expect(SEQUENCE)?.inside();
    let salt = parameters.octets()?;
    let iterations = parameters.expect(asn1::INTEGER)?.number()?;
    let derived = Derived {
        secret,
        salt: &salt,
        iterations: budget.spend(iterations)?,
    };
    let wrong_length = |_| Error::Malformed;
    if name.is(oid::PBE_3DES) {
        let cipher = TdesEde3::new_from_slice(&derived.key(24)).map_err(wrong_length)?;
        open(cipher, &derived, data)
    } else if name.is(oid::PBE_3DES_TWO_KEYS) {
        let cipher = TdesEde2::new_from_slice(&derived.key(16)).map_err(wrong_length)?;
        open(cipher, &derived, data)
    } else if name.is(oid::PBE_RC2_128) {
        let cipher = Rc2::new_with_eff_key_len(&derived.key(16), 128);
        open(cipher, &derived, data)
    } else {
        let cipher = Rc2::new_with_eff_key_len(&derived.key(5), 40);
        open(cipher, &derived, data)
    }
}

/// Encrypts `data`; returns the algorithm identifier and the encrypted bytes.
pub(crate) fn encrypt(
    cipher: Cipher,
    secret: &Secret,
    data: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let iterations = secret.iterations();
    match cipher {
        Cipher::TripleDes => {
            let salt = salt::fresh::<8>();
            let derived = Derived {
                secret,
                salt: &salt,
                iterations: iterations.into(),
            };
            let encryptor =
                cbc::Encryptor::<TdesEde3>::new_from_slices(&derived.key(24), &derived.iv())
                    .map_err(|_| Error::Malformed)?;
            let encrypted = encryptor.encrypt_padded_vec_mut::<Pkcs7>(data);
            Ok((
                pbe_identifier(oid::PBE_3DES, &salt, iterations.into()),
                encrypted,
            ))
        }
        Cipher::Aes256 => {
            let salt = salt::fresh::<16>();
            let iv = salt::fresh::<16>();
            let scheme = Parameters::pbkdf2_sha256_aes256cbc(iterations.into(), &salt, &iv)
                .map(EncryptionScheme::from)
                .map_err(|_| Error::Malformed)?;
            let encrypted = scheme
                .encrypt(&secret.plain, data)
                .map_err(|_| Error::Malformed)?;
            let identifier = scheme.to_der().map_err(|_| Error::Malformed)?;
            Ok((identifier, encrypted))
        }
    }
}

fn pbe_identifier(name: ObjectIdentifier, salt: &[u8], iterations: u32) -> Vec<u8> {
    let parameters = asn1::sequence(&[&asn1::octet_string(salt), &asn1::integer(iterations)]);
    asn1::sequence(&[&asn1::object_identifier(name), &parameters])
}

/// PKCS#12's own derivation with SHA-1 (RFC 7292, appendix B).
struct Derived<'a> {
    secret: &'a Secret,
    salt: &'a [u8],
    iterations: u32,
}

impl Derived<'_> {
    fn key(&self, length: usize) -> Zeroizing<Vec<u8>> {
        self.bytes(Pkcs12KeyType::EncryptionKey, length)
    }

    fn iv(&self) -> Zeroizing<Vec<u8>> {
        self.bytes(Pkcs12KeyType::Iv, 8)
    }

    fn bytes(&self, kind: Pkcs12KeyType, length: usize) -> Zeroizing<Vec<u8>> {
        let rounds = i32::try_from(self.iterations).unwrap_or(i32::MAX);
        let wide = &self.secret.wide;
        Zeroizing::new(derive_key::<Sha1>(wide, self.salt, kind, rounds, length))
    }
}

fn open<C>(cipher: C, derived: &Derived<'_>, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>
where
    C: BlockCipher + BlockDecryptMut + BlockEncryptMut + BlockSizeUser<BlockSize = U8>,
{
    let iv = derived.iv();
    cbc::Decryptor::<C>::inner_iv_slice_init(cipher, &iv)
        .map_err(|_| Error::Malformed)?
        .decrypt_padded_vec_mut::<Pkcs7>(data)
        .map(Zeroizing::new)
        .map_err(|_| Error::WrongPassword)
}

fn decrypt_pbes2(
    algorithm: &Element<'_>,
    secret: &Secret,
    data: &[u8],
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let unsupported = || Error::Unsupported("a variant of PBES2".to_owned());
    let scheme = EncryptionScheme::try_from(algorithm.whole).map_err(|_| unsupported())?;
    // scrypt's cost is memory: a hostile file could ask for all there is, and no exporter uses it.
    let Some(Kdf::Pbkdf2(parameters)) = scheme.pbes2().map(|parameters| &parameters.kdf) else {
        return Err(unsupported());
    };
    budget.spend(parameters.iteration_count)?;
    scheme
        .decrypt(&secret.plain, data)
        .map(Zeroizing::new)
        .map_err(|_| Error::WrongPassword)
}
