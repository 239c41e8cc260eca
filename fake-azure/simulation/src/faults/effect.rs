//! What goes wrong, and how it is written down: one member that says what, such as
//! `{"drop": true}`; an answer with a status may have a code, a message and headers as well.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, Error, IntoDeserializer as _, MapAccess,
    VariantAccess, Visitor,
};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, forward_to_deserialize_any};

use super::invalid::InvalidRule;
use super::yes::{Yes, YesOr};
use super::{CODE, TEXT};

/// What can go wrong with one simulator alone, and what it knows of calls.
///
/// It is an enum whose variants hold one value each, tagged as serde does it unless told.
pub trait Own: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned {
    /// The names of the variants, as they are written.
    const KINDS: &'static [&'static str];

    /// What a call may name, besides method, path and operation.
    const NAMES: &'static [&'static str];

    /// The statuses that an error may have.
    const STATUSES: RangeInclusive<u16>;

    /// Whether errors have codes, besides messages.
    const HAS_CODES: bool;

    /// Whether an operation has this name.
    fn is_operation(name: &str) -> bool;

    /// Whether it can befall a call of this operation; it waits for one that it can.
    fn can_befall(&self, _operation: &str) -> bool {
        true
    }

    /// Whether it can befall what a call of this operation does by the way, which has no answer of
    /// its own ([`Call::within`](super::Call::within)).
    fn can_befall_within(&self, _operation: &str) -> bool {
        false
    }

    /// Refuses what makes no sense.
    fn check(&self) -> Result<(), InvalidRule>;
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<O> {
    /// The connection is cut without an answer.
    Drop,
    /// The answer is this error.
    Status(Answered),
    /// The caller is to come again after so many seconds (`Retry-After`).
    Throttle(u32),
    /// The connection is cut in the middle of the answer.
    Cut,
    /// The answer's body is this, or what chance makes up.
    Garbage(Option<String>),
    /// The answer comes so much later, by the simulator's clock.
    Delay(Seconds),
    /// No answer comes until all faults are taken back.
    Hang,
    /// What only this simulator knows.
    Own(O),
}

/// An answer that is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The error's code; a simulator has one for those that tell none.
    pub code: Option<String>,
    /// The error's message.
    pub message: String,
    /// Further headers, e.g. `Retry-After` or `Location`.
    pub headers: BTreeMap<String, String>,
}

/// What every simulator can do.
const KINDS: &[&str] = &[
    "drop", "status", "throttle", "cut", "garbage", "delay", "hang",
];

/// The longest time that an effect may take.
const LONGEST: f64 = 100.0 * 366.0 * 86_400.0;

const SECONDS: &str = "a time is a number of seconds from 0 to a century";

/// A time that is written as a number of seconds, up to a century.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let told = f64::deserialize(deserializer)?;
        if (0.0..=LONGEST).contains(&told) {
            return Ok(Self(Duration::from_secs_f64(told)));
        }
        Err(D::Error::custom(SECONDS))
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

impl<O: Own> Effect<O> {
    /// Refuses what makes no sense.
    pub(super) fn check(&self) -> Result<(), InvalidRule> {
        match self {
            Self::Status(answered) => {
                check_status::<O>(answered.status)
                    .map_err(|why| InvalidRule::field(["effect", "status"], why))?;
                if answered.code.is_some() && !O::HAS_CODES {
                    return Err(InvalidRule::field(
                        ["effect", "code"],
                        "errors here have none",
                    ));
                }
                let code = answered.code.as_deref().unwrap_or_default();
                InvalidRule::check_length(["effect", "code"], code.len(), CODE)?;
                InvalidRule::check_length(["effect", "message"], answered.message.len(), TEXT)?;
                InvalidRule::check_headers(&answered.headers)
            }
            Self::Garbage(Some(text)) => {
                InvalidRule::check_length(["effect", "garbage"], text.len(), TEXT)
            }
            Self::Delay(time) if time.0.as_secs_f64() > LONGEST => {
                Err(InvalidRule::field(["effect", "delay"], SECONDS))
            }
            Self::Own(own) => own.check(),
            Self::Drop
            | Self::Throttle(_)
            | Self::Cut
            | Self::Garbage(None)
            | Self::Delay(_)
            | Self::Hang => Ok(()),
        }
    }

    /// Whether it can befall a call of this operation, or what a call of `within` does by the way.
    pub(super) fn can_befall(&self, operation: &str, within: Option<&str>) -> bool {
        match self {
            Self::Own(own) => {
                own.can_befall(operation) && within.is_none_or(|outer| own.can_befall_within(outer))
            }
            _ => within.is_none(),
        }
    }

    /// Whether there are calls of this operation that it can befall, or what they do by the way.
    pub(super) fn is_of(&self, operation: &str) -> bool {
        match self {
            Self::Own(own) => own.can_befall(operation) || own.can_befall_within(operation),
            _ => true,
        }
    }

    /// All that can be said, for whoever said something else.
    fn one_of(instead: &str) -> String {
        let all: Vec<_> = KINDS.iter().chain(O::KINDS).collect();
        let told: Vec<_> = all.iter().map(|kind| format!("`{kind}`")).collect();
        let (last, others) = match told.split_last() {
            Some((last, others)) => (last.as_str(), others.join(", ")),
            None => ("", String::new()),
        };
        format!("an effect is one of {others} and {last}{instead}")
    }
}

fn check_status<O: Own>(status: u16) -> Result<(), String> {
    if O::STATUSES.contains(&status) {
        return Ok(());
    }
    let (first, last) = O::STATUSES.into_inner();
    Err(format!(
        "an error's is from {first} to {last}, not {status}"
    ))
}

impl<O: Own> Serialize for Effect<O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            Self::Own(own) => return own.serialize(serializer),
            _ => serializer.serialize_map(None)?,
        };
        match self {
            Self::Drop => map.serialize_entry("drop", &Yes)?,
            Self::Status(answered) => {
                map.serialize_entry("status", &answered.status)?;
                if let Some(code) = &answered.code {
                    map.serialize_entry("code", code)?;
                }
                map.serialize_entry("message", &answered.message)?;
                if !answered.headers.is_empty() {
                    map.serialize_entry("headers", &answered.headers)?;
                }
            }
            Self::Throttle(seconds) => map.serialize_entry("throttle", seconds)?,
            Self::Cut => map.serialize_entry("cut", &Yes)?,
            Self::Garbage(text) => {
                map.serialize_entry("garbage", &YesOr::from(text.as_ref()))?;
            }
            Self::Delay(time) => map.serialize_entry("delay", time)?,
            Self::Hang => map.serialize_entry("hang", &Yes)?,
            Self::Own(_) => {}
        }
        map.end()
    }
}

impl<'de, O: Own> Deserialize<'de> for Effect<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<O>(PhantomData<O>);

impl<'de, O: Own> Visitor<'de> for Members<O> {
    type Value = Effect<O>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object such as {\"drop\": true} or {\"status\": 500}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut effect = None;
        let mut answered = Answered::default();
        // What stands beside a status, and only there.
        let mut beside = None;
        while let Some(word) = map.next_key::<String>()? {
            match word.as_str() {
                "code" if O::HAS_CODES => answered.code = Some(map.next_value()?),
                "message" => answered.message = map.next_value()?,
                "headers" => answered.headers = map.next_value()?,
                _ => {
                    let read = one::<O, A>(word, &mut map)?;
                    if effect.replace(read).is_some() {
                        return Err(A::Error::custom(Effect::<O>::one_of(", and no second")));
                    }
                    continue;
                }
            }
            beside = Some(word);
        }
        let effect = match (effect, beside) {
            (Some(Effect::Status(Answered { status, .. })), _) => {
                Effect::Status(Answered { status, ..answered })
            }
            (_, Some(word)) => {
                return Err(A::Error::custom(format!("`{word}` is for a `status`")));
            }
            (Some(effect), None) => effect,
            (None, None) => return Err(A::Error::custom(Effect::<O>::one_of(""))),
        };
        Ok(effect)
    }
}

/// Reads the effect that a member's name says.
fn one<'de, O: Own, A: MapAccess<'de>>(word: String, map: &mut A) -> Result<Effect<O>, A::Error> {
    let yes = |_: Yes, effect| effect;
    Ok(match word.as_str() {
        "drop" => yes(map.next_value()?, Effect::Drop),
        "cut" => yes(map.next_value()?, Effect::Cut),
        "hang" => yes(map.next_value()?, Effect::Hang),
        "status" => {
            let Status(status, _) = map.next_value::<Status<O>>()?;
            Effect::Status(Answered {
                status,
                ..Answered::default()
            })
        }
        "throttle" => Effect::Throttle(map.next_value()?),
        "garbage" => Effect::Garbage(map.next_value::<YesOr<String>>()?.more()),
        "delay" => Effect::Delay(map.next_value()?),
        kind if O::KINDS.contains(&kind) => Effect::Own(O::deserialize(Variant { word, map })?),
        other => {
            let told: String = other.chars().take(100).collect();
            let instead = format!(", not `{told}`");
            return Err(A::Error::custom(Effect::<O>::one_of(&instead)));
        }
    })
}

/// A status that an error of `O` may have.
struct Status<O>(u16, PhantomData<O>);

impl<'de, O: Own> Deserialize<'de> for Status<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let status = u16::deserialize(deserializer)?;
        check_status::<O>(status).map_err(D::Error::custom)?;
        Ok(Self(status, PhantomData))
    }
}

/// The variant of an enum that a member's name and value are.
struct Variant<'m, A> {
    word: String,
    map: &'m mut A,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Variant<'_, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Variant<'_, A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(
        mut self,
        seed: S,
    ) -> Result<(S::Value, Self), A::Error> {
        let word: StringDeserializer<A::Error> = std::mem::take(&mut self.word).into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Variant<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.map.next_value::<Yes>().map(drop)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, A::Error> {
        Err(A::Error::invalid_type(
            serde::de::Unexpected::TupleVariant,
            &visitor,
        ))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        Err(A::Error::invalid_type(
            serde::de::Unexpected::StructVariant,
            &visitor,
        ))
    }
}
