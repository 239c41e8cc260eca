//! Extension settings whose bytes are nearly right.

use serde_json::json;
use simulation::mutation::{Mutation, count, try_out};

use super::*;

const CA: &str = include_str!("../../../../fixtures/pki/old-cli/ca.pem");
const CERTIFICATE: &str = include_str!("../../../../fixtures/pki/old-cli/server-cert.pem");
const KEY: &str = include_str!("../../../../fixtures/pki/old-cli/server-key.pem");

const WORDS: &[&str] = &[
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "\"docker\"",
    "\"port\"",
    "\"certs\"",
    "\\u0000",
    "\\ud800",
    "-----BEGIN ",
    "-----END CERTIFICATE-----",
    "-----BEGIN RSA PRIVATE KEY-----",
    "\\n",
    "=",
    "====",
    "AzureCloud",
    "\u{feff}",
    "\0",
];

/// Public and private settings, parted by a line feed.
fn seeds() -> Vec<String> {
    let coded = |pem: &str| STANDARD.encode(pem);
    let open_tech =
        json!({"ca": coded(CA), "server-cert": coded(CERTIFICATE), "server-key": coded(KEY)});
    let azure = json!({"certs": {"ca": coded(CA), "cert": coded(CERTIFICATE), "key": coded(KEY)}});
    let plain = json!({"certs": {"ca": CA, "cert": CERTIFICATE, "key": KEY}, "login": {"a": "b"}});
    vec![
        format!("{{\"dockerport\": \"4243\"}}\n{open_tech}"),
        format!(
            "{}\n{azure}",
            json!({"docker": {"port": "2376", "options": ["-D"]}, "azure-environment": "AzureCloud"})
        ),
        format!(
            "{}\n{plain}",
            json!({"docker": {"port": "2376"}, "compose": {"web": {}}})
        ),
    ]
}

#[test]
fn settings_that_are_nearly_right() {
    let seeds = seeds();
    let [mut served, mut wrong] = [0; 2];
    try_out(
        Mutation::new(19, &seeds, WORDS),
        count(3000),
        |origin, input| {
            let right = input == seeds[origin].as_bytes();
            let mut parts = input.splitn(2, |byte| *byte == b'\n');
            let mut part = || STANDARD.encode(parts.next().unwrap_or_default());
            let (public, protected) = (part(), part());
            let settings = Settings {
                public: &public,
                protected: &protected,
            };
            for generation in [Generation::OpenTech, Generation::Azure] {
                match DockerSettings::read(generation, settings) {
                    Ok(read) => {
                        assert!(
                            read.as_ref()
                                .is_none_or(|read| read.listeners[0].port() > 0)
                        );
                        served += 1;
                    }
                    Err(fault) => {
                        // Words for a status; the key is for nobody's eyes.
                        assert!(
                            !fault.is_empty() && !fault.contains("PRIVATE KEY"),
                            "{fault}"
                        );
                        assert!(
                            !right || (origin == 0) == (generation == Generation::Azure),
                            "{fault}"
                        );
                        wrong += 1;
                    }
                }
            }
        },
    );
    assert!(
        served > 500 && wrong > 500,
        "{served} served, {wrong} wrong"
    );
}

#[test]
fn settings_that_are_not_even_base64() {
    let seeds = [STANDARD.encode("{\"dockerport\": \"4243\"}"), String::new()];
    try_out(
        Mutation::new(23, &seeds, &["=", "\n", "_"]),
        count(1000),
        |_, input| {
            let settings = Settings {
                public: &String::from_utf8_lossy(input),
                protected: "",
            };
            for generation in [Generation::OpenTech, Generation::Azure] {
                DockerSettings::read(generation, settings).ok();
            }
        },
    );
}
