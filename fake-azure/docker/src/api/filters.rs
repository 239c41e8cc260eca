//! The `filters` parameter: which objects a list shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use regex_lite::Regex;

use crate::fault::Fault;
use crate::state::moment;
use simulation::http::Query;

/// The filters of a list: a set of values for each key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    /// Reads the filters of a request and refuses keys other than those of `known`.
    ///
    /// Both writings are read: `{"name":{"x":true}}` and the older `{"name":["x"]}`.
    pub(super) fn of(query: &Query, known: &[&str]) -> Result<Self, Fault> {
        let filters = Self::any(query)?;
        match filters.0.keys().find(|key| !known.contains(&key.as_str())) {
            Some(unknown) => Err(Fault::Invalid(format!("invalid filter '{unknown}'"))),
            None => Ok(filters),
        }
    }

    /// Reads the filters of a request, whatever their keys.
    pub(super) fn any(query: &Query) -> Result<Self, Fault> {
        Self::parse(query.first("filters"))
    }

    /// The values by key.
    pub(super) fn into_values(self) -> BTreeMap<String, Vec<String>> {
        self.0
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let unreadable = || Fault::Invalid("invalid filter".to_owned());
        if let Ok(sets) =
            serde_json::from_str::<Option<BTreeMap<String, Option<BTreeMap<String, bool>>>>>(text)
        {
            let values = |set: Option<BTreeMap<String, bool>>| {
                set.unwrap_or_default().into_keys().collect::<Vec<_>>()
            };
            let sets = sets.unwrap_or_default().into_iter();
            return Ok(Self(sets.map(|(key, set)| (key, values(set))).collect()));
        }
        let lists: BTreeMap<String, Option<Vec<String>>> =
            serde_json::from_str(text).map_err(|_| unreadable())?;
        let values = |list: Option<Vec<String>>| {
            let mut values = list.unwrap_or_default();
            values.sort();
            values.dedup();
            values
        };
        let lists = lists.into_iter();
        Ok(Self(lists.map(|(key, list)| (key, values(list))).collect()))
    }

    /// Returns the values of `key`.
    pub(super) fn values<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(key).into_iter().flatten().map(String::as_str)
    }

    /// Refuses a value of `key` that is not `right`.
    pub(super) fn each(&self, key: &str, right: impl Fn(&str) -> bool) -> Result<(), Fault> {
        match self.values(key).find(|value| !right(value)) {
            Some(wrong) => Err(Fault::Invalid(format!("invalid filter '{key}={wrong}'"))),
            None => Ok(()),
        }
    }

    /// Reads `key` as a boolean; neither or both of true and false are refused.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Fault> {
        let Some(values) = self.0.get(key) else {
            return Ok(None);
        };
        if values.is_empty() {
            return Err(Fault::Invalid(format!("invalid filter '{key}'")));
        }
        let has = |words: [&str; 2]| values.iter().any(|value| words.contains(&value.as_str()));
        match (has(["1", "true"]), has(["0", "false"])) {
            (true, false) => Ok(Some(true)),
            (false, true) => Ok(Some(false)),
            _ => {
                let values = values.join(" ");
                Err(Fault::Invalid(format!("invalid filter '{key}=[{values}]'")))
            }
        }
    }

    /// Whether `key` lets exactly `source` pass.
    pub(super) fn is_exactly(&self, key: &str, source: &str) -> bool {
        let mut values = self.values(key).peekable();
        values.peek().is_none() || values.any(|value| value == source)
    }

    /// Whether `key` lets `source` pass: by one of its values, or by one of them taken
    /// for a regular expression.
    pub(super) fn matches(&self, key: &str, source: &str) -> bool {
        self.is_exactly(key, source)
            || self
                .values(key)
                .filter_map(|value| Regex::new(value).ok())
                .any(|pattern| pattern.is_match(source))
    }

    /// Whether an object is without what `label!` asks it to be without: all of it, as the engine
    /// reads several of them.
    pub(super) fn lacks_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.values("label!").next().is_none() || !self.has_labels_of("label!", labels)
    }

    /// Whether an object has every label asked for.
    pub(super) fn has_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.has_labels_of("label", labels)
    }

    /// Whether an object has every label that `key` asks for, written `name` or `name=value`.
    fn has_labels_of(&self, key: &str, labels: &BTreeMap<String, String>) -> bool {
        self.values(key).all(|asked| match asked.split_once('=') {
            Some((name, value)) => labels.get(name).is_some_and(|has| has == value),
            None => labels.contains_key(asked),
        })
    }

    /// Whether an object is to be pruned by its labels.
    pub(super) fn chooses(&self, labels: &BTreeMap<String, String>) -> bool {
        self.has_labels(labels) && self.lacks_labels(labels)
    }

    /// Reads the moment up to which objects are pruned.
    pub(super) fn until(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let mut values = self.values("until");
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            let words = "more than one until filter specified";
            return Err(Fault::Invalid(words.to_owned()));
        }
        match moment::read(value, now) {
            Ok(moment) => Ok(Some(moment)),
            Err(error) => Err(Fault::Invalid(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(text: &str) -> Filters {
        Filters::parse(text).unwrap()
    }

    fn refusal<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
        match outcome.unwrap_err() {
            Fault::Invalid(words) => words,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_writings_say_the_same() {
        assert_eq!(
            filters(r#"{"name":{"x":true,"y":true}}"#),
            filters(r#"{"name":["y","x","x"]}"#)
        );
        assert_eq!(filters(""), filters("{}"));
        assert_eq!(filters("null"), filters("{}"));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in ["x", "[]", r#"{"name":"x"}"#, r#"{"name":[1]}"#, "{"] {
            assert_eq!(refusal(Filters::parse(text)), "invalid filter", "{text}");
        }
    }

    #[test]
    fn a_flag_is_true_or_false_and_not_both() {
        assert_eq!(filters("{}").flag("f").unwrap(), None);
        assert_eq!(filters(r#"{"f":["1"]}"#).flag("f").unwrap(), Some(true));
        assert_eq!(
            filters(r#"{"f":["false"]}"#).flag("f").unwrap(),
            Some(false)
        );
        assert_eq!(
            refusal(filters(r#"{"f":["0","1"]}"#).flag("f")),
            "invalid filter 'f=[0 1]'"
        );
        assert_eq!(
            refusal(filters(r#"{"f":["maybe"]}"#).flag("f")),
            "invalid filter 'f=[maybe]'"
        );
    }

    #[test]
    fn a_name_matches_in_part_and_by_expression() {
        let by_name = |value: &str| filters(&format!(r#"{{"name":["{value}"]}}"#));

        assert!(by_name("rid").matches("name", "bridge"));
        assert!(by_name("^bridge$").matches("name", "bridge"));
        assert!(!by_name("^rid").matches("name", "bridge"));
        assert!(!by_name("(").matches("name", "bridge"));
        assert!(filters("{}").matches("name", "bridge"));
    }

    #[test]
    fn every_label_asked_for_must_be_there() {
        let labels = BTreeMap::from([("a".to_owned(), "1".to_owned())]);

        assert!(filters(r#"{"label":["a"]}"#).has_labels(&labels));
        assert!(filters(r#"{"label":["a=1"]}"#).has_labels(&labels));
        assert!(!filters(r#"{"label":["a=2"]}"#).has_labels(&labels));
        assert!(!filters(r#"{"label":["a","b"]}"#).has_labels(&labels));
    }
}
