//! Every exchange with the simulator, in order. No secrets: neither bodies nor credentials.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::Method;
use jiff::Timestamp;
use serde::Serialize;

/// One exchange.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered, in the simulator's time.
    pub time: Timestamp,
    /// The operation's name in the documentation.
    pub operation: Cow<'static, str>,
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// The path and query as they were asked for.
    pub path: String,
    /// The status of the answer; 0 where the connection was dropped.
    pub status: u16,
    /// The identifier of the request.
    pub request_id: Arc<str>,
    /// What exactly was at fault.
    pub detail: Option<String>,
}

/// What was asked of the simulator so far.
pub(crate) type Journal = simulation::Journal<Entry>;

impl simulation::journal::Record for Entry {
    fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![&mut self.path];
        if let Cow::Owned(method) = &mut self.method {
            texts.push(method);
        }
        texts.extend(&mut self.detail);
        texts
    }
}

/// The methods that clients know. An entry of another has its word to itself.
const METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

/// What an entry says of a method.
pub(crate) fn method(asked: &Method) -> Cow<'static, str> {
    let known = METHODS.iter().find(|method| *asked == **method);
    known.map_or_else(|| asked.to_string().into(), |method| Cow::Borrowed(*method))
}

impl Entry {
    /// Something that no request is behind.
    pub(crate) fn note(
        number: u64,
        time: Timestamp,
        operation: &'static str,
        path: String,
        detail: String,
    ) -> Self {
        Self {
            number,
            time,
            operation: Cow::Borrowed(operation),
            method: Cow::Borrowed(""),
            path,
            status: 0,
            request_id: Arc::default(),
            detail: Some(detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use simulation::journal::Record as _;

    use super::*;

    #[test]
    fn only_methods_that_nobody_knows_are_texts_of_others() {
        let entry = |asked: &str| Entry {
            method: method(&asked.parse().unwrap()),
            ..Entry::note(1, Timestamp::UNIX_EPOCH, "", String::new(), String::new())
        };
        for known in METHODS {
            let mut entry = entry(known);
            assert_eq!(entry.method, known);
            assert_eq!(entry.texts().len(), 2, "{known}");
        }
        // No other case of a method is that method.
        let long = "get".repeat(100);
        let mut strange = entry(&long);
        assert_eq!(strange.method, *long);
        assert!(strange.texts().into_iter().any(|text| *text == long));
    }
}
