use pfx::{Cipher, Contents, EmptyPassword, Error, Password};

use crate::{CERTIFICATE, KEY, contents};

const CIPHERS: [Cipher; 2] = [Cipher::TripleDes, Cipher::Aes256];

#[test]
fn what_is_written_is_read() {
    let passwords = [
        (Password::Empty(EmptyPassword::ZeroLength), ""),
        (Password::Empty(EmptyPassword::TwoZeroBytes), ""),
        (Password::Text("Pa$$w0rd1"), "Pa$$w0rd1"),
        (Password::Text("pässwörd 🔑"), "pässwörd 🔑"),
    ];
    for cipher in CIPHERS {
        for (written, given) in passwords {
            let file = pfx::write(&contents(), written, cipher).unwrap();

            assert_eq!(
                pfx::read(&file, given),
                Ok(contents()),
                "{cipher:?} {written:?}"
            );
            assert_eq!(
                pfx::certificates(&file, given),
                Ok(contents().certificates),
                "{cipher:?} {written:?}"
            );
        }
    }
}

#[test]
fn a_wrong_password_is_told_from_a_damaged_file() {
    for cipher in CIPHERS {
        let file = pfx::write(&contents(), Password::Text("right"), cipher).unwrap();

        assert_eq!(pfx::read(&file, "wrong"), Err(Error::WrongPassword));
        assert_eq!(pfx::read(&file, ""), Err(Error::WrongPassword));
        assert_eq!(pfx::read(&file[..40], "right"), Err(Error::Malformed));
    }
}

#[test]
fn an_empty_text_is_a_password_of_two_zero_bytes() {
    let file = pfx::write(&contents(), Password::Text(""), Cipher::TripleDes).unwrap();

    assert_eq!(pfx::read(&file, ""), Ok(contents()));
}

#[test]
fn the_keys_own_certificate_comes_first() {
    // Not a certificate at all, but the file does not mind.
    let other = b"\x30\x03\x02\x01\x07".to_vec();
    let authority_first = Contents {
        key: KEY.to_vec().into(),
        certificates: vec![other.clone(), CERTIFICATE.to_vec()],
    };
    let password = Password::Empty(EmptyPassword::ZeroLength);
    let file = pfx::write(&authority_first, password, Cipher::TripleDes).unwrap();

    let read = pfx::read(&file, "").unwrap();

    assert_eq!(read.certificates, [CERTIFICATE.to_vec(), other]);
}

#[test]
fn a_fourth_field_of_the_key_is_left_out() {
    // PKCS#8's attributes, here an empty set of them, as Windows appends a full one.
    let mut with_attributes = KEY.to_vec();
    with_attributes.extend([0xa0, 0]);
    let length = u16::try_from(with_attributes.len() - 4).unwrap();
    with_attributes[2..4].copy_from_slice(&length.to_be_bytes());
    let contents_with = Contents {
        key: with_attributes.into(),
        certificates: vec![CERTIFICATE.to_vec()],
    };
    let password = Password::Empty(EmptyPassword::ZeroLength);

    let file = pfx::write(&contents_with, password, Cipher::TripleDes).unwrap();

    assert_eq!(pfx::read(&file, ""), Ok(contents()));
}

#[test]
fn nothing_secret_is_in_the_debug_output() {
    let shown = format!("{:?} {:?}", contents(), Password::Text("hunter2"));

    assert_eq!(shown, "Contents { certificates: 1, .. } Text(..)");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let no_key = Contents {
        key: b"-----BEGIN".to_vec().into(),
        certificates: vec![CERTIFICATE.to_vec()],
    };
    let no_certificate = Contents {
        key: KEY.to_vec().into(),
        certificates: vec![],
    };
    let password = Password::Text("x");

    assert_eq!(
        pfx::write(&no_key, password, Cipher::Aes256),
        Err(Error::NotPkcs8)
    );
    assert_eq!(
        pfx::write(&no_certificate, password, Cipher::Aes256),
        Err(Error::NoCertificate)
    );
}
