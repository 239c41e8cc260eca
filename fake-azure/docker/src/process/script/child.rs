//! The processes that a program has beside it.

use serde::{Deserialize, Deserializer, de};

use super::lines::Several;
use super::text::Text;

/// Processes that are started with a program and end with it, as the workers of a server do.
#[derive(Clone, Debug, Default)]
pub struct ChildRole {
    /// What is shown of each instead of a command line; `{child}` is which one it is, from 1 on.
    pub title: Option<Text>,
    /// Who each runs as, where the program runs as root.
    pub user: Option<Text>,
    /// How many there are.
    pub number: Number,
    /// The words of the command that each runs; without any it does nothing but be seen.
    pub runs: Vec<Text>,
}

/// How many processes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// So many.
    Of(u16),
    /// One for each processor of the host.
    Processors,
}

impl Default for Number {
    fn default() -> Self {
        Self::Of(1)
    }
}

impl ChildRole {
    /// One process with this title that does nothing but be seen.
    pub fn titled(title: impl Into<Text>) -> Self {
        Self {
            title: Some(title.into()),
            ..Self::default()
        }
    }

    /// One process that runs a command.
    pub fn running(words: &[&str]) -> Self {
        Self {
            runs: words.iter().map(|word| (*word).into()).collect(),
            ..Self::default()
        }
    }

    /// Says who it runs as, where the program runs as root: a name or a number.
    #[must_use]
    pub fn user(mut self, user: impl Into<Text>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Says how many there are.
    #[must_use]
    pub fn times(mut self, number: Number) -> Self {
        self.number = number;
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: Option<Text>,
    user: Option<Text>,
    #[serde(default)]
    number: Number,
    runs: Option<Several<Text>>,
}

impl<'de> Deserialize<'de> for ChildRole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let runs = written.runs.map(|words| words.0);
        if runs.as_ref().is_some_and(Vec::is_empty) {
            return Err(de::Error::custom("`runs` needs the words of a command"));
        }
        if runs.is_some() && written.title.is_some() {
            let words = "a child that `runs` a command has the title that the command gives itself";
            return Err(de::Error::custom(words));
        }
        Ok(Self {
            title: written.title,
            user: written.user,
            number: written.number,
            runs: runs.unwrap_or_default(),
        })
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("how many, or \"processors\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
                u16::try_from(number)
                    .map(Number::Of)
                    .map_err(|_| E::custom(format!("{number} is no number of processes")))
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Number, E> {
                match word {
                    "processors" => Ok(Number::Processors),
                    other => Err(E::custom(format!(
                        "a `number` is one, or \"processors\", not `{other}`"
                    ))),
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
