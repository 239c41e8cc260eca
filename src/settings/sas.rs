//! What the options of `storage account sas create` mean, and the signature over them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::Sha256;

/// The version of the storage service whose rules the signature follows.
const VERSION: &str = "2018-03-28";

/// Why the options make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SasError {
    /// A letter stands for nothing.
    #[error("Given  \"{given}\" is invalid, supported values are: {}", apart(.letters))]
    Letters {
        /// What was typed.
        given: char,
        /// The letters there are.
        letters: &'static str,
    },
    /// There is no letter.
    #[error("{0} is required")]
    NoLetter(&'static str),
    /// A moment is none.
    #[error("The value of {what} is no date: \"{given}\"")]
    Moment {
        /// Which.
        what: &'static str,
        /// What was typed.
        given: String,
    },
    /// It begins after it ends.
    #[error("--start has to be before --expiry")]
    Reversed,
    /// The protocol is none.
    #[error("Given  \"{0}\" is invalid, supported values are: HttpsOnly, HttpsOrHttp")]
    Protocol(String),
    /// The key is none.
    #[error("the key of the storage account is not base64")]
    Key,
}

fn apart(letters: &str) -> String {
    let each: Vec<String> = letters.chars().map(String::from).collect();
    each.join(", ")
}

/// What a signature permits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    services: String,
    resource_types: String,
    permissions: String,
    start: Option<String>,
    expiry: String,
    addresses: Option<String>,
    protocol: Option<&'static str>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed<'a> {
    /// Letters of services.
    pub services: &'a str,
    /// Letters of types of resources.
    pub resource_types: &'a str,
    /// Letters of permissions.
    pub permissions: &'a str,
    /// From when.
    pub start: Option<&'a str>,
    /// Until when.
    pub expiry: &'a str,
    /// From which addresses.
    pub addresses: Option<&'a str>,
    /// Over which protocols.
    pub protocol: Option<&'a str>,
}

/// The letters of `given` in the order in which the service writes them, each once.
fn letters(what: &'static str, given: &str, letters: &'static str) -> Result<String, SasError> {
    if given.is_empty() {
        return Err(SasError::NoLetter(what));
    }
    if let Some(given) = given.chars().find(|letter| !letters.contains(*letter)) {
        return Err(SasError::Letters { given, letters });
    }
    Ok(letters
        .chars()
        .filter(|letter| given.contains(*letter))
        .collect())
}

/// A moment to the second; a date alone is its midnight, and the zone is that of Greenwich.
fn moment(what: &'static str, given: &str) -> Result<Timestamp, SasError> {
    let text = given.trim();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| {
            let civil: DateTime = text.parse().ok()?;
            TimeZone::UTC.to_timestamp(civil).ok()
        })
        .ok_or_else(|| SasError::Moment {
            what,
            given: given.to_owned(),
        })
}

fn shown(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Understands what was typed.
pub fn understand(typed: &Typed<'_>) -> Result<Permit, SasError> {
    let expiry = moment("expiry", typed.expiry)?;
    let start = typed.start.map(|text| moment("start", text)).transpose()?;
    if start.is_some_and(|start| start >= expiry) {
        return Err(SasError::Reversed);
    }
    let protocol = match typed.protocol {
        None => None,
        Some(word) if word.eq_ignore_ascii_case("HttpsOnly") => Some("https"),
        Some(word) if word.eq_ignore_ascii_case("HttpsOrHttp") => Some("https,http"),
        Some(word) => return Err(SasError::Protocol(word.to_owned())),
    };
    Ok(Permit {
        services: letters("services", typed.services, "bfqt")?,
        resource_types: letters("resourceTypes", typed.resource_types, "sco")?,
        permissions: letters("permissions", typed.permissions, "rwdlacup")?,
        start: start.map(shown),
        expiry: shown(expiry),
        addresses: typed.addresses.map(str::to_owned),
        protocol,
    })
}

impl Permit {
    /// The query that permits it to whoever has it, signed with the account's key.
    pub fn sign(&self, account: &str, key: &str) -> Result<String, SasError> {
        let key = zeroize::Zeroizing::new(STANDARD.decode(key.trim()).map_err(|_| SasError::Key)?);
        let start = self.start.as_deref().unwrap_or_default();
        let addresses = self.addresses.as_deref().unwrap_or_default();
        let protocol = self.protocol.unwrap_or_default();
        let text = [
            account,
            &self.permissions,
            &self.services,
            &self.resource_types,
            start,
            &self.expiry,
            addresses,
            protocol,
            VERSION,
            "",
        ]
        .join("\n");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| SasError::Key)?;
        mac.update(text.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let mut query = String::new();
        for (name, value) in [
            ("sv", VERSION),
            ("ss", &self.services),
            ("srt", &self.resource_types),
            ("sp", &self.permissions),
            ("st", start),
            ("se", &self.expiry),
            ("sip", addresses),
            ("spr", protocol),
            ("sig", &signature),
        ] {
            if !value.is_empty() {
                let joint = if query.is_empty() { "" } else { "&" };
                let _ = write!(query, "{joint}{name}={}", escaped(value));
            }
        }
        Ok(query)
    }
}

/// As a part of an address's query.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(typed: &Typed<'_>) -> String {
        understand(typed).unwrap().sign("acct", "c2VjcmV0").unwrap()
    }

    /// What the old CLI printed for the same words.
    #[test]
    fn the_signature_is_the_old_clis() {
        let short = Typed {
            services: "b",
            resource_types: "s",
            permissions: "r",
            expiry: "2030-01-01T00:00:00Z",
            ..Typed::default()
        };
        let long = Typed {
            services: "btq",
            resource_types: "so",
            permissions: "rlw",
            start: Some("2029-01-01T10:00:00Z"),
            expiry: "2030-01-01",
            addresses: Some("10.0.0.1-10.0.0.9"),
            protocol: Some("HttpsOnly"),
        };

        assert_eq!(
            signed(&short),
            "sv=2018-03-28&ss=b&srt=s&sp=r&se=2030-01-01T00%3A00%3A00Z&sig=Y5mRe2GtOhZQLZYLhgCj40TIMK9%2Fgd2Suab2RyyXqxY%3D"
        );
        assert_eq!(
            signed(&long),
            "sv=2018-03-28&ss=bqt&srt=so&sp=rwl&st=2029-01-01T10%3A00%3A00Z&se=2030-01-01T00%3A00%3A00Z&sip=10.0.0.1-10.0.0.9&spr=https&sig=%2BzO6xLhdc30QdE%2Bi5uQIGD6w72Sy75LEL0ejGtJcbTE%3D"
        );
    }

    #[test]
    fn what_permits_nothing_is_refused() {
        let good = Typed {
            services: "b",
            resource_types: "s",
            permissions: "r",
            expiry: "2030-01-01",
            ..Typed::default()
        };
        for (wrong, words) in [
            (
                Typed {
                    services: "bx",
                    ..good.clone()
                },
                "Given  \"x\" is invalid, supported values are: b, f, q, t",
            ),
            (
                Typed {
                    permissions: "",
                    ..good.clone()
                },
                "permissions is required",
            ),
            (
                Typed {
                    expiry: "soon",
                    ..good.clone()
                },
                "The value of expiry is no date: \"soon\"",
            ),
            (
                Typed {
                    start: Some("2031-01-01"),
                    ..good.clone()
                },
                "--start has to be before --expiry",
            ),
            (
                Typed {
                    protocol: Some("http"),
                    ..good.clone()
                },
                "Given  \"http\" is invalid, supported values are: HttpsOnly, HttpsOrHttp",
            ),
        ] {
            assert_eq!(understand(&wrong).unwrap_err().to_string(), words);
        }
        let permit = understand(&good).unwrap();
        assert_eq!(permit.sign("acct", "no base64!"), Err(SasError::Key));
    }
}
