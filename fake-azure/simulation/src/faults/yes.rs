//! `true`, or more than that.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `true`: what says the opposite is not said at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Yes;

/// `true`, or more than that, such as for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YesOr<T> {
    /// Nothing more is said.
    Yes,
    /// This is said.
    More(T),
}

impl<T> YesOr<T> {
    /// What is said besides yes.
    pub fn more(self) -> Option<T> {
        match self {
            Self::Yes => None,
            Self::More(more) => Some(more),
        }
    }
}

impl<T> From<Option<T>> for YesOr<T> {
    fn from(more: Option<T>) -> Self {
        more.map_or(Self::Yes, Self::More)
    }
}

fn refused<E: Error>() -> E {
    E::custom("this is `true` or is not there")
}

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = bool::deserialize(deserializer)?;
        said.then_some(Self).ok_or_else(refused)
    }
}

impl Serialize for Yes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl<T: Serialize> Serialize for YesOr<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes => serializer.serialize_bool(true),
            Self::More(more) => more.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for YesOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// Hands all but `true` on to the reader of what is more.
struct Either<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
    type Value = YesOr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true` or more than that")
    }

    fn visit_bool<E: Error>(self, said: bool) -> Result<Self::Value, E> {
        said.then_some(YesOr::Yes).ok_or_else(refused)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(YesOr::More)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(YesOr::More)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(YesOr::More)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(YesOr::More)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(YesOr::More)
    }
}
