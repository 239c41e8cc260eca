//! Build arguments: what ARG allows and `--build-arg` gives.

use std::collections::{BTreeMap, BTreeSet};

/// The arguments that every instruction may use without ARG; they leave no trace in the
/// history unless ARG names them.
const PREDEFINED: [&str; 10] = [
    "ALL_PROXY",
    "FTP_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "all_proxy",
    "ftp_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The arguments as one stage sees them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    /// What the order gave; `None` is a name without a value.
    given: BTreeMap<String, Option<String>>,
    /// What ARG named before the first FROM, with defaults.
    before_stages: BTreeMap<String, Option<String>>,
    /// What ARG named in this stage, with defaults.
    of_stage: BTreeMap<String, Option<String>>,
    used: BTreeSet<String>,
}

impl Arguments {
    /// Begins with what the order gives.
    pub(crate) fn given(given: BTreeMap<String, Option<String>>) -> Self {
        Self {
            given,
            ..Self::default()
        }
    }

    /// Names an argument before the first FROM.
    pub(crate) fn add_before_stages(&mut self, name: &str, default: Option<String>) {
        self.before_stages.insert(name.to_owned(), default.clone());
        self.add(name, default);
    }

    /// Names an argument.
    pub(crate) fn add(&mut self, name: &str, default: Option<String>) {
        self.used.insert(name.to_owned());
        self.of_stage.insert(name.to_owned(), default);
    }

    /// Begins a stage: nothing is named yet.
    pub(crate) fn begin_stage(&mut self) {
        self.of_stage.clear();
    }

    /// Returns what FROM sees.
    pub(crate) fn for_from(&self) -> BTreeMap<String, String> {
        self.values(&self.before_stages)
    }

    /// Returns what the instructions of the stage see.
    pub(crate) fn for_stage(&self) -> BTreeMap<String, String> {
        self.values(&self.of_stage)
    }

    /// Returns what the history of an image shows of `values`.
    pub(crate) fn without_silent<'a>(
        &'a self,
        values: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = (&'a String, &'a String)> {
        values.iter().filter(|(name, _)| {
            self.of_stage.contains_key(*name) || !PREDEFINED.contains(&name.as_str())
        })
    }

    /// Returns what was given and named nowhere, in order.
    pub(crate) fn unused(&self) -> Vec<&str> {
        let names = self.given.keys().map(String::as_str);
        names
            .filter(|name| !self.used.contains(*name) && !PREDEFINED.contains(name))
            .collect()
    }

    fn values(&self, named: &BTreeMap<String, Option<String>>) -> BTreeMap<String, String> {
        let keys = named.keys().map(String::as_str).chain(PREDEFINED);
        keys.filter_map(|name| Some((name.to_owned(), self.value(name, named)?.to_owned())))
            .collect()
    }

    /// What was given goes before a default, and that of the stage before that of the file.
    fn value<'a>(
        &'a self,
        name: &str,
        named: &'a BTreeMap<String, Option<String>>,
    ) -> Option<&'a str> {
        let of = |values: &'a BTreeMap<String, Option<String>>| values.get(name)?.as_deref();
        of(&self.given)
            .or_else(|| of(named))
            .or_else(|| of(&self.before_stages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, Option<&str>)]) -> Arguments {
        let pairs = pairs.iter().map(|(name, value)| {
            let value = value.map(str::to_owned);
            ((*name).to_owned(), value)
        });
        Arguments::given(pairs.collect())
    }

    fn pairs(values: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
        let pairs = values.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    #[test]
    fn what_is_given_goes_before_a_default() {
        let mut arguments = given(&[("a", Some("1")), ("b", None), ("c", Some("3"))]);
        arguments.add("a", Some("x".to_owned()));
        arguments.add("b", Some("y".to_owned()));
        arguments.add("d", None);

        assert_eq!(pairs(&arguments.for_stage()), [("a", "1"), ("b", "y")]);
        assert_eq!(arguments.unused(), ["c"]);
    }

    #[test]
    fn a_stage_sees_what_the_file_named_only_if_it_names_it_too() {
        let mut arguments = given(&[]);
        arguments.add_before_stages("a", Some("1".to_owned()));
        assert_eq!(pairs(&arguments.for_from()), [("a", "1")]);

        arguments.begin_stage();
        assert_eq!(pairs(&arguments.for_stage()), []);
        arguments.add("a", None);
        assert_eq!(pairs(&arguments.for_stage()), [("a", "1")]);
    }

    #[test]
    fn a_proxy_needs_no_name_and_leaves_no_trace() {
        let mut arguments = given(&[("http_proxy", Some("p")), ("a", Some("1"))]);
        arguments.add("a", None);
        let values = arguments.for_stage();

        assert_eq!(pairs(&values), [("a", "1"), ("http_proxy", "p")]);
        assert_eq!(arguments.without_silent(&values).count(), 1);
        assert_eq!(arguments.unused(), [""; 0]);

        arguments.add("http_proxy", None);
        assert_eq!(arguments.without_silent(&values).count(), 2);
    }
}
