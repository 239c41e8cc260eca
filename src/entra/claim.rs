//! What stands in a token. It is read and not believed: whoever the token is for checks it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// The payload of a token.
pub(super) fn payload(token: &str) -> Option<Value> {
    let part = token.split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(part.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A text in a token.
pub(super) fn text(token: &str, name: &str) -> Option<String> {
    Some(payload(token)?.get(name)?.as_str()?.to_owned())
}

/// The tenant that a token is of.
pub fn tenant_of(token: &str) -> Option<String> {
    text(token, "tid")
}

/// The name of whoever a token is of: a user's, or an application's id.
pub fn user_of(token: &str) -> Option<String> {
    ["upn", "unique_name", "preferred_username", "appid", "oid"]
        .iter()
        .find_map(|name| text(token, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_who_it_is_of() {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(r#"{"tid":"T","appid":"app"}"#);
        let token = format!("e30.{payload}.x");
        assert_eq!(tenant_of(&token).as_deref(), Some("T"));
        assert_eq!(user_of(&token).as_deref(), Some("app"));
        assert_eq!(user_of("no token"), None);
    }
}
