//! The parameters behind the question mark.

use hyper::Uri;

/// The parameters of a request, in order.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the parameters of `uri`; unreadable ones count as none.
    pub(super) fn of(uri: &Uri) -> Self {
        axum::extract::Query::try_from_uri(uri)
            .map(|axum::extract::Query(pairs)| Self(pairs))
            .unwrap_or_default()
    }

    /// Returns the first value of `key`, or an empty one.
    pub(super) fn first<'a>(&'a self, key: &'a str) -> &'a str {
        self.all(key).next().unwrap_or_default()
    }

    /// Returns every value of `key`.
    pub(super) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let of_key = self.0.iter().filter(move |(name, _)| name == key);
        of_key.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &'static str) -> Query {
        Query::of(&Uri::from_static(text))
    }

    #[test]
    fn the_first_of_several_values_counts() {
        let query = query("/system/df?type=image&type=volume");

        assert_eq!(query.first("type"), "image");
        assert_eq!(query.all("type").collect::<Vec<_>>(), ["image", "volume"]);
    }

    #[test]
    fn a_missing_parameter_is_empty() {
        assert_eq!(query("/info").first("filters"), "");
    }

    #[test]
    fn escapes_and_plus_signs_are_decoded() {
        assert_eq!(
            query("/x?filters=%7B%22a+b%22%3A%5B%5D%7D").first("filters"),
            r#"{"a b":[]}"#
        );
    }
}
