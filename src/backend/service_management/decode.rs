//! From an [`Element`] to a type that says what it expects, through serde.
//!
//! Leniently, as a client should: the order of elements does not matter, unknown ones are passed
//! over, and a list is simply the children of its element, whatever their names.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::element::Element;

/// Why an element is not the value that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Reads `element` as a `T`.
pub(super) fn decode<T: DeserializeOwned>(element: &Element) -> Result<T, DecodeError> {
    T::deserialize(Node(element))
}

#[derive(Clone, Copy)]
struct Node<'a>(&'a Element);

impl Node<'_> {
    fn number<T: FromStr>(self) -> Result<T, DecodeError> {
        self.0.text().trim().parse().map_err(|_| {
            DecodeError(format!(
                "`{}` is not a number: `{}`",
                self.0.name(),
                self.0.text()
            ))
        })
    }
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.0.children().is_empty() {
            visitor.visit_str(self.0.text())
        } else {
            self.deserialize_map(visitor)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.text().trim() {
            "true" | "True" | "1" => visitor.visit_bool(true),
            "false" | "False" | "0" => visitor.visit_bool(false),
            other => Err(DecodeError(format!(
                "`{}` is neither true nor false: `{other}`",
                self.0.name()
            ))),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_i64(self.number()?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_u16(self.number()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_u32(self.number()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str(self.0.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str(self.0.text())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.0.is_nil() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(de::value::SeqDeserializer::new(
            self.0.children().iter().map(Node),
        ))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let mut seen: HashSet<&str> = HashSet::with_capacity(self.0.children().len());
        let fields = self
            .0
            .children()
            .iter()
            .filter(|child| seen.insert(child.name()))
            .map(|child| (child.name(), Node(child)));
        visitor.visit_map(de::value::MapDeserializer::new(fields))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(self.0.text().into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier
    }
}

impl IntoDeserializer<'_, DecodeError> for Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(default, rename_all = "PascalCase")]
    struct Place {
        name: String,
        description: Option<String>,
        services: Vec<String>,
        count: Option<u32>,
    }

    fn read(text: &str) -> Result<Place, DecodeError> {
        decode(&Element::parse(text).unwrap())
    }

    #[test]
    fn order_does_not_matter_and_strangers_are_passed_over() {
        let place = read(
            "<P><Services><S>a</S><T>b</T></Services><New><X/></New><Count> 3 </Count><Name>n</Name></P>",
        );

        assert_eq!(
            place,
            Ok(Place {
                name: "n".to_owned(),
                description: None,
                services: vec!["a".to_owned(), "b".to_owned()],
                count: Some(3),
            })
        );
    }

    #[test]
    fn an_empty_element_is_an_empty_text_and_a_nil_one_is_absent() {
        let empty = read("<P><Description/></P>").unwrap();
        let nil = read(r#"<P xmlns:i="y"><Description i:nil="true"/></P>"#).unwrap();

        assert_eq!(empty.description.as_deref(), Some(""));
        assert_eq!(nil.description, None);
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let error = read("<P><Count>many</Count></P>").unwrap_err();

        assert_eq!(error.to_string(), "`Count` is not a number: `many`");
    }
}
