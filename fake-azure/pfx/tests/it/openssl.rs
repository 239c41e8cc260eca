//! OpenSSL, a stranger to this code, reads what is written and writes what is read.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use pfx::{Cipher, EmptyPassword, Error, Password};
use tempfile::TempDir;

use crate::{CERTIFICATE, KEY, contents};

/// Runs `openssl`, or says that there is none.
fn openssl<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Option<Output> {
    Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .inspect_err(|error| {
            _ = std::io::Write::write_all(
&mut std::io::stderr(),
format!("SKIPPED: the `openssl` program cannot be run ({error}); install it to run this test\n").as_bytes(),
).ok();
        })
        .ok()
}

/// A folder with the key and its certificate as PEM files.
fn folder() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.der"), KEY).unwrap();
    std::fs::write(folder.path().join("cert.der"), CERTIFICATE).unwrap();
    for command in [
        [
            "pkcs8", "-inform", "DER", "-nocrypt", "-in", "key.der", "-out", "key.pem",
        ]
        .as_slice(),
        &[
            "x509", "-inform", "DER", "-in", "cert.der", "-out", "cert.pem",
        ],
    ] {
        let output = openssl(folder.path(), command)?;
        assert!(output.status.success(), "{output:?}");
    }
    Some(folder)
}

#[test]
fn openssl_reads_what_is_written() {
    let Some(folder) = folder() else { return };
    let cases = [
        (Password::Empty(EmptyPassword::ZeroLength), "pass:"),
        (Password::Empty(EmptyPassword::TwoZeroBytes), "pass:"),
        (Password::Text("Pa$$w0rd1"), "pass:Pa$$w0rd1"),
        (Password::Text("pässwörd"), "pass:pässwörd"),
    ];
    for cipher in [Cipher::TripleDes, Cipher::Aes256] {
        for (password, passin) in cases {
            let file = pfx::write(&contents(), password, cipher).unwrap();
            std::fs::write(folder.path().join("ours.pfx"), file).unwrap();

            let output = openssl(
                folder.path(),
                [
                    "pkcs12", "-legacy", "-in", "ours.pfx", "-nodes", "-passin", passin,
                ],
            )
            .unwrap();

            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{cipher:?} {password:?}: {said}");
            let pem = String::from_utf8(output.stdout).unwrap();
            let key = std::fs::read_to_string(folder.path().join("key.pem")).unwrap();
            let certificate = std::fs::read_to_string(folder.path().join("cert.pem")).unwrap();
            assert!(pem.contains(key.trim()), "{cipher:?} {password:?}");
            assert!(pem.contains(certificate.trim()), "{cipher:?} {password:?}");
        }
    }
}

#[test]
fn what_openssl_writes_is_read() {
    let Some(folder) = folder() else { return };
    let legacy = "-legacy";
    let ways: &[&[&str]] = &[
        &[],
        &["-nomac"],
        &["-macalg", "sha1"],
        &["-macalg", "sha512", "-iter", "50000"],
        &["-keypbe", "AES-128-CBC", "-certpbe", "AES-192-CBC"],
        &["-keypbe", "NONE", "-certpbe", "NONE"],
        &["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"],
        &[legacy],
        &[legacy, "-descert"],
        &[legacy, "-nomac"],
        &[
            legacy,
            "-keypbe",
            "PBE-SHA1-RC2-40",
            "-certpbe",
            "PBE-SHA1-RC2-128",
        ],
        &[
            legacy,
            "-keypbe",
            "PBE-SHA1-2DES",
            "-certpbe",
            "PBE-SHA1-3DES",
        ],
    ];
    for way in ways {
        for password in ["", "Pa$$w0rd1"] {
            let passout = format!("pass:{password}");
            let fixed = [
                "pkcs12",
                "-export",
                "-inkey",
                "key.pem",
                "-in",
                "cert.pem",
                "-out",
                "theirs.pfx",
                "-passout",
                &passout,
            ];

            let output = openssl(folder.path(), fixed.iter().chain(*way)).unwrap();

            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{way:?}: {said}");
            let file = std::fs::read(folder.path().join("theirs.pfx")).unwrap();
            assert_eq!(
                pfx::read(&file, password),
                Ok(contents()),
                "{way:?} {password:?}"
            );
            if !way.contains(&"NONE") {
                assert_eq!(
                    pfx::read(&file, "wrong"),
                    Err(Error::WrongPassword),
                    "{way:?}"
                );
            }
        }
    }
}

#[test]
fn a_file_without_a_key_gives_its_certificates() {
    let Some(folder) = folder() else { return };

    let output = openssl(
        folder.path(),
        [
            "pkcs12",
            "-export",
            "-nokeys",
            "-in",
            "cert.pem",
            "-out",
            "theirs.pfx",
            "-passout",
            "pass:x",
        ],
    )
    .unwrap();

    assert!(output.status.success(), "{output:?}");
    let file = std::fs::read(folder.path().join("theirs.pfx")).unwrap();
    assert_eq!(
        pfx::certificates(&file, "x"),
        Ok(vec![CERTIFICATE.to_vec()])
    );
    assert_eq!(pfx::read(&file, "x"), Err(Error::NoKey));
}
