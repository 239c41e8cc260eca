//! What the service asks a token to prove.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// The longest claims that are believed, in bytes.
const LONGEST: usize = 8 << 10;

/// The claims in a `WWW-Authenticate` header, as the JSON that they are; none when it asks for none.
pub(super) fn claims(header: &str) -> Option<String> {
    let encoded = parameter(header, "claims")?;
    let bytes = [
        BASE64_STANDARD,
        BASE64_STANDARD_NO_PAD,
        BASE64_URL_SAFE_NO_PAD,
    ]
    .iter()
    .find_map(|alphabet| alphabet.decode(encoded).ok())
    .filter(|bytes| bytes.len() <= LONGEST)?;
    let text = String::from_utf8(bytes).ok()?;
    serde_json::from_str::<serde_json::Value>(&text)
        .is_ok_and(|value| value.is_object())
        .then_some(text)
}

/// The value of a parameter of a challenge, without its quotes.
fn parameter<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header
        .split([',', ' '])
        .filter_map(|part| part.trim().split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_tells_its_claims() {
        let json = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
        let encoded = BASE64_STANDARD.encode(json);
        let header = format!(
            "Bearer authorization_uri=\"https://l/\", error=\"insufficient_claims\", claims=\"{encoded}\""
        );
        assert_eq!(claims(&header).as_deref(), Some(json));
        for header in [
            "Bearer authorization_uri=\"https://l/\"",
            "Bearer claims=\"!!\"",
            "Bearer claims=\"Zm9v\"",
        ] {
            assert_eq!(claims(header), None, "{header}");
        }
    }
}
