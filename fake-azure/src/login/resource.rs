//! What a token is to be for.

use super::form::Form;
use super::{Refusal, Version};

/// What stands in a scope besides the resource.
const WORDS: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The resource of a program that names none but wants to know its user.
const GRAPH: &str = "https://graph.microsoft.com";

/// The audience that a form asks for. A program that signs in as itself has to ask for all
/// that it may do (`/.default`).
pub(super) fn of_form(
    form: &Form,
    version: Version,
    tenant: &str,
    is_program: bool,
) -> Result<String, Refusal> {
    match version {
        Version::One => match form.get("resource") {
            Some(resource) => of_resource(resource, tenant),
            // Programs of the second generation say so at the first's address, too.
            None => match form.get("scope") {
                Some(scope) => of_scope(scope, tenant, is_program),
                None => Err(Refusal::missing("resource")),
            },
        },
        Version::Two => of_scope(form.required("scope")?, tenant, is_program),
    }
}

/// The audience of a resource: itself.
pub(super) fn of_resource(resource: &str, tenant: &str) -> Result<String, Refusal> {
    if is_url(resource) || is_guid(resource) {
        Ok(resource.to_owned())
    } else {
        Err(Refusal::no_resource(resource, tenant))
    }
}

/// The audience of a scope: what stands before one `/.default`, its slash and all; or before the
/// name of a permission.
fn of_scope(scope: &str, tenant: &str, is_program: bool) -> Result<String, Refusal> {
    let mut asked = scope
        .split_ascii_whitespace()
        .filter(|word| !WORDS.contains(word));
    let Some(first) = asked.next() else {
        if is_program {
            return Err(Refusal::no_scope(scope));
        }
        return Ok(GRAPH.to_owned());
    };
    let resource = match first.strip_suffix("/.default") {
        Some(resource) => resource,
        None if is_program => return Err(Refusal::no_scope(first)),
        None => first
            .rsplit_once('/')
            .map_or(first, |(resource, _)| resource),
    };
    of_resource(resource, tenant)
}

/// Whether this is an absolute URL: a scheme, and something behind it.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let mut letters = scheme.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.trim_matches('/').is_empty()
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Whether this is an application's identifier, as which resources are known, too.
fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_is_what_stands_before_one_default() {
        for (scope, audience) in [
            (
                "https://management.core.windows.net//.default",
                "https://management.core.windows.net/",
            ),
            (
                "https://management.azure.com/.default",
                "https://management.azure.com",
            ),
            (
                "openid https://127.0.0.1:1//.default offline_access",
                "https://127.0.0.1:1/",
            ),
            ("api://x/.default", "api://x"),
        ] {
            assert_eq!(of_scope(scope, "t", true).unwrap(), audience);
        }
        let scope = "https://management.azure.com/user_impersonation";
        assert_eq!(
            of_scope(scope, "t", false).unwrap(),
            "https://management.azure.com"
        );
        assert_eq!(
            of_scope(scope, "t", true).unwrap_err().error,
            "invalid_scope"
        );
    }

    #[test]
    fn what_is_no_url_is_no_resource() {
        for wrong in [
            "management",
            "https://",
            "https:///",
            "://x",
            "https://a b",
            "1:2",
        ] {
            let refusal = of_resource(wrong, "t").unwrap_err();
            assert_eq!(refusal.error, "invalid_resource", "{wrong}");
        }
        let guid = "00000003-0000-0000-c000-000000000000";
        assert_eq!(of_resource(guid, "t").unwrap(), guid);
    }
}
