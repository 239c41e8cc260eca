//! One text or several, where each is a line.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::text::{Text, Values};

/// Lines that are printed: one text, or a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(pub Vec<Text>);

impl Lines {
    /// Fills in the variables; every line ends with `end`, once.
    pub(super) fn fill(&self, values: &dyn Values, end: &str) -> String {
        let mut all = String::new();
        for line in &self.0 {
            all.push_str(&line.fill(values));
            if !all.ends_with(end) || all.is_empty() {
                all.push_str(end);
            }
        }
        all
    }
}

impl<T: Into<Text>> From<T> for Lines {
    fn from(line: T) -> Self {
        Self(vec![line.into()])
    }
}

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Several::deserialize(deserializer).map(|several| Self(several.0))
    }
}

/// One value that is written as a text, or a list of such values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Several<T>(pub(super) Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one, or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Several<T>, E> {
                let one = T::deserialize(de::value::StrDeserializer::new(text))?;
                Ok(Several(vec![one]))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
                let one = T::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Several(vec![one]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Several<T>, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(list)).map(Several)
            }
        }

        deserializer.deserialize_any(Visitor(std::marker::PhantomData))
    }
}
