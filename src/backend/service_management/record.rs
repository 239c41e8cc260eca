//! How things of the service are declared: once, for reading, for writing and for showing.
//!
//! [`record!`] takes types whose fields stand in the order in which the service wants them, each
//! with the [`Tag`] of its element. They are read from any [`Source`], leniently, as a client
//! should: order does not matter, strangers are passed over, and a list is all that lies in its
//! element. And they tell their [`Shape`], of which a request is written and a view is made.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::value::{Markup, Moment, Secret};

/// Why something is not the value that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl DecodeError {
    /// For this reason.
    pub fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

/// What is peculiar about a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// Nothing.
    #[default]
    Plain,
    /// It is an attribute, and no element.
    Attribute,
    /// Its text is kept in base64; what is none is taken as it is.
    Base64,
    /// An empty one is as good as none: it is read so, and an empty list is not sent.
    Filled,
    /// An absent list is an empty one, and is sent back as such.
    Kept,
    /// It is a list that lies in one more element.
    Nested,
    /// The service tells it, and is never sent it.
    Told,
    /// Blanks around its text do not count.
    Trimmed,
}

/// The element that a field stands in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tag {
    /// Its name.
    pub name: &'static str,
    /// The name of each of its members, if it is a list that is sent.
    pub member: &'static str,
    /// What is peculiar about it.
    pub manner: Manner,
}

/// A field of that name.
pub(super) const fn one(name: &'static str) -> Tag {
    list(name, "")
}

/// A list of that name whose members are called `member`.
pub(super) const fn list(name: &'static str, member: &'static str) -> Tag {
    Tag {
        name,
        member,
        manner: Manner::Plain,
    }
}

impl Tag {
    /// The same in another manner.
    const fn in_manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// The same as an attribute.
    pub(super) const fn attribute(self) -> Self {
        self.in_manner(Manner::Attribute)
    }

    /// The same in base64.
    pub(super) const fn base64(self) -> Self {
        self.in_manner(Manner::Base64)
    }

    /// The same where an empty one is as good as none.
    pub(super) const fn filled(self) -> Self {
        self.in_manner(Manner::Filled)
    }

    /// The same where an absent list is an empty one.
    pub(super) const fn kept(self) -> Self {
        self.in_manner(Manner::Kept)
    }

    /// The same list in one more element.
    pub(super) const fn nested(self) -> Self {
        self.in_manner(Manner::Nested)
    }

    /// The same that is never sent.
    pub(super) const fn told(self) -> Self {
        self.in_manner(Manner::Told)
    }

    /// The same without the blanks around it.
    pub(super) const fn trimmed(self) -> Self {
        self.in_manner(Manner::Trimmed)
    }
}

impl From<&'static str> for Tag {
    fn from(name: &'static str) -> Self {
        one(name)
    }
}

/// What values are read from.
pub trait Source {
    /// What stands there for a field of a `record`.
    fn field(&self, record: &str, tag: Tag) -> Result<Option<&dyn Source>, DecodeError>;

    /// The members of a list.
    fn members(&self) -> Result<Vec<&dyn Source>, DecodeError>;

    /// The text.
    fn text(&self) -> Cow<'_, str>;

    /// The whole as XML.
    fn markup(&self) -> String {
        self.text().into_owned()
    }

    /// Is it said to be absent?
    fn is_nil(&self) -> bool {
        false
    }
}

impl Source for String {
    fn field(&self, _record: &str, _tag: Tag) -> Result<Option<&dyn Source>, DecodeError> {
        Ok(None)
    }

    fn members(&self) -> Result<Vec<&dyn Source>, DecodeError> {
        Ok(Vec::new())
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

/// A value as it is to be written or shown, whatever its type.
#[derive(Debug)]
pub enum Shape<'a> {
    /// It is not there.
    Absent,
    /// A text.
    Text(&'a str),
    /// A text that may be sent, but not shown.
    Secret(&'a Secret),
    /// A moment.
    Moment(&'a Moment),
    /// A number.
    Number(u32),
    /// Yes or no.
    Flag(bool),
    /// XML as it came.
    Markup(&'a str),
    /// Names with their values.
    Properties(&'a [(String, String)]),
    /// Several of a kind.
    List(Vec<Self>),
    /// Fields in their order, of the type of that name.
    Record(&'static str, Vec<(Tag, Self)>),
}

impl Shape<'_> {
    /// The text to be sent, if it is a value of one.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Secret(text) => Some(Cow::Borrowed(text.expose())),
            Self::Moment(moment) => Some(Cow::Borrowed(moment.raw())),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::Absent
            | Self::Markup(_)
            | Self::Properties(_)
            | Self::List(_)
            | Self::Record(..) => None,
        }
    }
}

/// A value that the service tells or is told.
pub trait Wire: Sized {
    /// Reads what stands at `tag`; absent, it is what its type has for that.
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError>;

    /// The value to be written or shown.
    fn shape(&self) -> Shape<'_>;
}

/// Reads a whole thing.
pub fn decode<T: Wire>(from: &dyn Source) -> Result<T, DecodeError> {
    T::read(Some(from), Tag::default())
}

/// Reads a field of a record.
pub(super) fn field<T: Wire>(
    from: Option<&dyn Source>,
    record: &str,
    tag: Tag,
) -> Result<T, DecodeError> {
    let found = from.map_or(Ok(None), |from| from.field(record, tag))?;
    T::read(found, tag)
}

fn number<T: FromStr + Default>(from: Option<&dyn Source>, tag: Tag) -> Result<T, DecodeError> {
    let Some(from) = from else {
        return Ok(T::default());
    };
    let text = from.text();
    text.trim()
        .parse()
        .map_err(|_| DecodeError::new(format_args!("`{}` is not a number: `{text}`", tag.name)))
}

impl Wire for u16 {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        number(from, tag)
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Number(u32::from(*self))
    }
}

impl Wire for u32 {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        number(from, tag)
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Number(*self)
    }
}

impl Wire for bool {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        let Some(from) = from else {
            return Ok(false);
        };
        match from.text().trim() {
            "true" | "True" | "1" => Ok(true),
            "false" | "False" | "0" => Ok(false),
            other => Err(DecodeError::new(format_args!(
                "`{}` is neither true nor false: `{other}`",
                tag.name
            ))),
        }
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Flag(*self)
    }
}

impl Wire for String {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        let text = from.map(Source::text).unwrap_or_default();
        Ok(match tag.manner {
            Manner::Trimmed => text.trim().to_owned(),
            Manner::Base64 => {
                let bytes = STANDARD.decode(text.trim()).ok();
                let decoded = bytes.and_then(|bytes| Self::from_utf8(bytes).ok());
                decoded.unwrap_or_else(|| text.into_owned())
            }
            _ => text.into_owned(),
        })
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Text(self)
    }
}

impl Wire for Secret {
    fn read(from: Option<&dyn Source>, _tag: Tag) -> Result<Self, DecodeError> {
        Ok(Self::new(from.map(Source::text).unwrap_or_default()))
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Secret(self)
    }
}

impl Wire for Moment {
    fn read(from: Option<&dyn Source>, _tag: Tag) -> Result<Self, DecodeError> {
        Ok(Self::new(from.map(Source::text).unwrap_or_default()))
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Moment(self)
    }
}

impl Wire for Markup {
    fn read(from: Option<&dyn Source>, _tag: Tag) -> Result<Self, DecodeError> {
        Ok(Self(from.map(Source::markup).unwrap_or_default()))
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Markup(&self.0)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        let is_none = |from: &dyn Source| {
            from.is_nil() || (tag.manner == Manner::Filled && from.text().is_empty())
        };
        match from {
            None if tag.manner != Manner::Kept => Ok(None),
            Some(from) if is_none(from) => Ok(None),
            from => T::read(from, tag).map(Some),
        }
    }

    fn shape(&self) -> Shape<'_> {
        self.as_ref().map_or(Shape::Absent, Wire::shape)
    }
}

fn members_of(from: Option<&dyn Source>) -> Result<Vec<&dyn Source>, DecodeError> {
    from.map_or_else(|| Ok(Vec::new()), Source::members)
}

impl<T: Wire> Wire for Vec<T> {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        let mut members = members_of(from)?;
        if tag.manner == Manner::Nested {
            members = members_of(members.first().copied())?;
        }
        let members = members.into_iter();
        members.map(|one| T::read(Some(one), tag)).collect()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::List(self.iter().map(Wire::shape).collect())
    }
}

/// Declares things of the service: each field with its type and its [`Tag`], or the name of its
/// element where that is all.
macro_rules! record {
    ($(
        $(#[$about:meta])*
        $seen:vis struct $name:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty = $tag:expr,)*
        }
    )*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Default)]
        $seen struct $name {
            $($(#[$doc])* $seen $field: $type,)*
        }

        impl $crate::backend::service_management::Wire for $name {
            fn read(
                from: Option<&dyn $crate::backend::service_management::Source>,
                _tag: $crate::backend::service_management::Tag,
            ) -> Result<Self, $crate::backend::service_management::DecodeError> {
                use $crate::backend::service_management::record::field;
                Ok(Self {
                    $($field: field(from, stringify!($name), $tag.into())?,)*
                })
            }

            fn shape(&self) -> $crate::backend::service_management::Shape<'_> {
                use $crate::backend::service_management::Shape;
                Shape::Record(
                    stringify!($name),
                    vec![$(($tag.into(), self.$field.shape()),)*],
                )
            }
        }
    )*};
}

pub(super) use record;
