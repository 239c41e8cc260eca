//! The flags of an instruction.

use super::flaw::Flaw;
use super::suggestion::Suggestion;

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Text,
    /// A text, and the flag may be repeated.
    Texts,
}

/// The flags that were written, with their values.
#[derive(Debug, Default)]
pub(super) struct Flags<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Flags<'a> {
    /// Reads `--name=value` words; only those of `known` are taken.
    pub(super) fn read(
        written: &'a [String],
        known: &[(&'static str, Kind)],
    ) -> Result<Self, Flaw> {
        let mut flags = Self::default();
        for word in written {
            let word = word.strip_prefix("--").unwrap_or(word);
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            let Some((name, kind)) = known.iter().find(|(known, _)| *known == name) else {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                return Err(Flaw::UnknownFlag {
                    name: name.to_owned(),
                    suggestion: Suggestion::for_exact_word(name, &names),
                });
            };
            if *kind != Kind::Texts && flags.value(name).is_some() {
                return Err(Flaw::RepeatedFlag((*name).to_owned()));
            }
            flags.0.push((*name, checked(name, *kind, value)?));
        }
        Ok(flags)
    }

    /// Returns the value of the flag `name`, if it was written.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let mut found = self.0.iter().filter(|(flag, _)| *flag == name);
        found.next().map(|(_, value)| *value)
    }

    /// Returns the value of the flag `name`, or an empty one.
    pub(super) fn text(&self, name: &str) -> String {
        self.value(name).unwrap_or_default().to_owned()
    }

    /// Returns the flag that was written first.
    pub(super) fn first(&self) -> Option<&'static str> {
        self.0.first().map(|(name, _)| *name)
    }
}

fn checked<'a>(name: &str, kind: Kind, value: Option<&'a str>) -> Result<&'a str, Flaw> {
    let missing = || Flaw::NoFlagValue(name.to_owned());
    match (kind, value) {
        (Kind::Boolean, None) => Ok("true"),
        (Kind::Boolean, Some("")) | (Kind::Text | Kind::Texts, None) => Err(missing()),
        (Kind::Boolean, Some(value))
            if !["true", "false"]
                .iter()
                .any(|word| value.eq_ignore_ascii_case(word)) =>
        {
            Err(Flaw::NotBoolean {
                name: name.to_owned(),
                value: value.to_owned(),
            })
        }
        (_, Some(value)) => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(&str, Kind); 3] = [
        ("chown", Kind::Text),
        ("link", Kind::Boolean),
        ("mount", Kind::Texts),
    ];

    fn refusal(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Flags::read(&words, &KNOWN).unwrap_err().to_string()
    }

    #[test]
    fn flags_have_values() {
        let words = ["--mount=a=b", "--chown=", "--link", "--mount=c"].map(str::to_owned);
        let flags = Flags::read(&words, &KNOWN).unwrap();

        assert_eq!(flags.value("chown"), Some(""));
        assert_eq!(flags.value("link"), Some("true"));
        assert_eq!(flags.value("mount"), Some("a=b"));
        assert_eq!(flags.first(), Some("mount"));
        assert_eq!(Flags::default().value("link"), None);
    }

    #[test]
    fn a_flag_that_the_instruction_does_not_have_is_refused() {
        assert_eq!(
            refusal(&["--chow=x"]),
            "unknown flag: chow (did you mean chown?)"
        );
        assert_eq!(refusal(&["--nothing"]), "unknown flag: nothing");
    }

    #[test]
    fn values_have_to_fit() {
        assert_eq!(refusal(&["--chown"]), "missing a value on flag: chown");
        assert_eq!(refusal(&["--link="]), "missing a value on flag: link");
        assert_eq!(
            refusal(&["--link=x"]),
            "expecting boolean value for flag link, not: x"
        );
        assert_eq!(
            refusal(&["--chown=a", "--chown=b"]),
            "duplicate flag specified: chown"
        );
    }
}
