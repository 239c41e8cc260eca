//! The parameters behind the question mark.

use hyper::Uri;

use super::target::decoded;

/// The parameters of a request, decoded, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the parameters of a request's address.
    pub fn of(uri: &Uri) -> Self {
        Self::read(uri.query().unwrap_or_default())
    }

    /// Reads `a=1&b=2` as forms write it: `+` is a blank, and a key without `=` has an empty
    /// value.
    pub fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let plain = |text: &str| decoded(&text.replace('+', " ")).into_owned();
        let read = pairs.map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (plain(key), plain(value))
        });
        Self(read.collect())
    }

    /// The first value of `key`, or an empty one.
    pub fn first<'a>(&'a self, key: &'a str) -> &'a str {
        self.get(key).unwrap_or_default()
    }

    /// The first value of `key`, if it was given.
    pub fn get<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.all(key).next()
    }

    /// Every value of `key`.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs()
            .filter(move |(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// All keys with their values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Query {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(pairs.map(|(k, v)| (k.into(), v.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_values_counts() {
        let query = Query::of(&Uri::from_static("/system/df?type=image&type=volume"));

        assert_eq!(query.first("type"), "image");
        assert_eq!(query.all("type").collect::<Vec<_>>(), ["image", "volume"]);
    }

    #[test]
    fn a_missing_parameter_is_empty() {
        let query = Query::of(&Uri::from_static("/info"));

        assert_eq!((query.first("filters"), query.get("filters")), ("", None));
    }

    #[test]
    fn escapes_and_plus_signs_are_decoded() {
        assert_eq!(
            Query::read("filters=%7B%22a+b%22%3A%5B%5D%7D").first("filters"),
            r#"{"a b":[]}"#
        );
        assert_eq!(Query::read("a%2Bb=%2b").first("a+b"), "+");
    }

    #[test]
    fn keys_without_values_and_empty_pairs_are_read() {
        let query = Query::read("&all&&=x&b=1=2&");

        assert_eq!(
            query,
            [("all", ""), ("", "x"), ("b", "1=2")].into_iter().collect()
        );
    }
}
