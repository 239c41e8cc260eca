//! Who may come to an admin API: its owner, and no page in a browser.
//!
//! A page of anybody's can make a browser send requests to this machine. What it cannot do is
//! leave out where it comes from, send JSON as such without asking first, or call this machine
//! by another name than its own.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::fault;

/// Looks at everybody before they come in; clones are the same gate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    token: Option<Arc<str>>,
}

impl Gate {
    /// A gate at which this token has to be shown.
    pub(crate) fn new(token: Option<&str>) -> Self {
        Self {
            token: token.map(Arc::from),
        }
    }

    /// Why somebody may not come in.
    pub(crate) fn refusal(&self, head: &Parts) -> Option<Response> {
        let forbidden = |words: &str| Some(fault(StatusCode::FORBIDDEN, words));
        let host = text(&head.headers, &header::HOST);
        let called = head.uri.authority().map(axum::http::uri::Authority::as_str);
        if !called.into_iter().chain(host).all(is_own_name) {
            return forbidden(
                "this machine's own names alone are answered: an address or localhost",
            );
        }
        let own = host.map(|host| format!("http://{host}"));
        let is_own = |origin: &HeaderValue| {
            let own = own.as_deref().unwrap_or_default();
            origin.as_bytes().eq_ignore_ascii_case(own.as_bytes())
        };
        if !head.headers.get_all(header::ORIGIN).iter().all(is_own) {
            return forbidden("pages of others are not answered");
        }
        let site = text(&head.headers, &HeaderName::from_static("sec-fetch-site"));
        let writes = !matches!(head.method, Method::GET | Method::HEAD);
        if writes && !matches!(site, None | Some("same-origin" | "none")) {
            return forbidden("pages of others change nothing");
        }
        let hidden = |token: &str| !shows(&head.headers, token);
        if self.token.as_deref().is_some_and(hidden) {
            let words = "say `Authorization: Bearer TOKEN`, with the token of --admin-token";
            let mut response = fault(StatusCode::UNAUTHORIZED, words);
            let ask = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
            return Some(response);
        }
        if writes && !may_be_json(&head.headers) {
            let words = "bodies are JSON: say `Content-Type: application/json`";
            return Some(fault(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
        }
        None
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    // What is not even text is nobody's name.
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Whether this is an address or `localhost`, with or without a port. A name that an attacker
/// lets point here is none of these.
fn is_own_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// Whether a body may be what it has to be: said so, said nothing of, or said to be a form, as
/// `curl -d` says of whatever it sends. A form of a browser's is no JSON.
fn may_be_json(headers: &HeaderMap) -> bool {
    let Some(kind) = text(headers, &header::CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind == "application/json"
        || kind.starts_with("application/") && kind.ends_with("+json")
        || kind == "application/x-www-form-urlencoded"
}

fn shows(headers: &HeaderMap, token: &str) -> bool {
    let shown = text(headers, &header::AUTHORIZATION).unwrap_or_default();
    let Some((scheme, shown)) = shown.split_once(' ') else {
        return false;
    };
    // All of it is looked at, however early it differs.
    let same = shown.len() == token.len()
        && shown
            .bytes()
            .zip(token.bytes())
            .fold(0, |differs, (a, b)| differs | (a ^ b))
            == 0;
    scheme.eq_ignore_ascii_case("bearer") && same
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn status(gate: &Gate, method: &str, uri: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        gate.refusal(&head).map_or(200, |r| r.status().as_u16())
    }

    #[test]
    fn this_machine_alone_is_answered_for() {
        let asked = |host| status(&Gate::default(), "GET", "/_fake/world", &[("host", host)]);
        for own in [
            "localhost",
            "LocalHost:1",
            "127.0.0.1:80",
            "[::1]:80",
            "10.0.0.7",
        ] {
            assert_eq!(asked(own), 200, "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example:80",
            "127.0.0.1.evil.example",
            "[evil]:80",
            "",
            "é",
        ] {
            assert_eq!(asked(foreign), 403, "{foreign}");
        }
        assert_eq!(status(&Gate::default(), "GET", "/", &[]), 200);
        let whole = "http://evil.example/_fake/world";
        let host = [("host", "127.0.0.1")];
        assert_eq!(status(&Gate::default(), "GET", whole, &host), 403);
    }

    #[test]
    fn pages_of_others_are_refused_and_its_own_are_not() {
        let host = ("host", "127.0.0.1:8000");
        let asked = |name, value| {
            status(
                &Gate::default(),
                "POST",
                "/_fake/reset",
                &[host, (name, value)],
            )
        };
        assert_eq!(asked("origin", "http://127.0.0.1:8000"), 200);
        for origin in [
            "http://evil.example",
            "null",
            "http://127.0.0.1:8001",
            "https://127.0.0.1:8000",
            "",
        ] {
            assert_eq!(asked("origin", origin), 403, "{origin}");
        }
        assert_eq!(asked("sec-fetch-site", "same-origin"), 200);
        assert_eq!(asked("sec-fetch-site", "cross-site"), 403);
    }

    #[test]
    fn bodies_are_json_or_what_curl_says() {
        let asked = |kind| {
            status(
                &Gate::default(),
                "POST",
                "/_fake/break",
                &[("content-type", kind)],
            )
        };
        for kind in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
            "application/x-www-form-urlencoded",
        ] {
            assert_eq!(asked(kind), 200, "{kind}");
        }
        for kind in [
            "text/plain",
            "text/plain;application/json",
            "multipart/form-data; boundary=a",
            "",
        ] {
            assert_eq!(asked(kind), 415, "{kind}");
        }
    }

    #[test]
    fn a_token_has_to_be_shown() {
        let gate = Gate::new(Some("s3cret"));
        let asked = |shown| status(&gate, "GET", "/_fake/world", &[("authorization", shown)]);
        assert_eq!(asked("Bearer s3cret"), 200);
        assert_eq!(asked("bearer s3cret"), 200);
        for wrong in [
            "Bearer s3cres",
            "Bearer s3cret ",
            "Basic s3cret",
            "s3cret",
            "Bearer ",
        ] {
            assert_eq!(asked(wrong), 401, "{wrong}");
        }
        assert_eq!(status(&gate, "GET", "/", &[]), 401);
    }
}
