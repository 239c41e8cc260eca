//! Members that bodies and answers of several resources have.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::world::{Caching, Name, Place, Refusal};

use super::contract::Cursor;
use super::writer::{Xml, element, text};
use super::{Refused, refusals};

/// Where something is, as an element.
pub(crate) fn place(place: &Place) -> Xml {
    match place {
        Place::Location(name) => text("Location", name),
        Place::AffinityGroup(name) => text("AffinityGroup", name),
    }
}

/// The owner's own properties.
pub(crate) fn properties(list: &[(String, String)]) -> Xml {
    element("ExtendedProperties").all(list.iter().map(|(name, value)| {
        element("ExtendedProperty")
            .text("Name", name)
            .text("Value", value)
    }))
}

/// Reads `ExtendedProperties`: 50 at most, names of letters, digits and underscores up to 64
/// characters, values up to 255 ("Create Hosted Service").
pub(crate) fn read_properties(
    cursor: &Cursor<'_>,
) -> Result<Option<Vec<(String, String)>>, Refused> {
    let Some(list) = cursor.maybe("ExtendedProperties")? else {
        return Ok(None);
    };
    let list = list.list("ExtendedProperty", |p| {
        p.read(
            &["Name", "Value"],
            |c| -> Result<(String, String), Refused> {
                Ok((c.required("Name")?, c.expect("Value")?.text()?.to_owned()))
            },
        )
    })?;
    let is_name = |name: &str| {
        name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    for (n, (name, value)) in list.iter().enumerate() {
        if n >= 50 || !is_name(name) || value.chars().count() > 255 {
            return Err(Refused::parameter(format!("ExtendedProperty: `{name}`")));
        }
        if list[..n].iter().any(|(other, _)| other == name) {
            return Err(Refused::parameter(format!(
                "ExtendedProperty: `{name}` stands there twice"
            )));
        }
    }
    Ok(Some(list))
}

/// Reads `Location` or `AffinityGroup`, exactly one of them, in either order of the schema.
pub(crate) fn read_place(location: Option<Name>, group: Option<Name>) -> Result<Place, Refused> {
    let named = [("Location", &location), ("AffinityGroup", &group)];
    if let Some((what, _)) = named
        .iter()
        .find(|(_, name)| name.as_ref().is_some_and(|name| name.is_empty()))
    {
        return Err(Refused::parameter(format!("{what}: empty")));
    }
    match (location, group) {
        (Some(location), None) => Ok(Place::Location(location)),
        (None, Some(group)) => Ok(Place::AffinityGroup(group)),
        (None, None) => Err(Refused::invalid_xml(
            "neither Location nor AffinityGroup is there",
        )),
        (Some(_), Some(_)) => Err(Refused::parameter(
            "Location and AffinityGroup are both there",
        )),
    }
}

/// A label as it was sent: base64 of 100 characters at most. Only those of affinity groups
/// may be empty: the old CLI sends such ones.
pub(crate) fn check_label(label: &str) -> Result<(), Refused> {
    let text = STANDARD
        .decode(label)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Refused::parameter("Label: not base64"))?;
    if text.chars().count() > 100 {
        Err(Refused::parameter("Label: longer than 100 characters"))
    } else {
        Ok(())
    }
}

/// A label that replaces another, which must say something.
pub(crate) fn check_new_label(label: Option<&str>) -> Result<(), Refused> {
    match label {
        None => Ok(()),
        Some("") => Err(Refused::parameter("Label: empty")),
        Some(label) => check_label(label),
    }
}

/// A description: 1024 characters at most.
pub(crate) fn check_description(description: Option<&str>) -> Result<(), Refused> {
    match description {
        Some(text) if text.chars().count() > 1024 => Err(Refused::parameter(
            "Description: longer than 1024 characters",
        )),
        _ => Ok(()),
    }
}

/// `AvailabilityResponse`.
pub(crate) fn availability(reason: Option<&Refusal>) -> Xml {
    let reason = reason.and_then(refusals::availability);
    element("AvailabilityResponse")
        .text("Result", reason.is_none())
        .text_or_nil("Reason", reason)
}

/// Reads `HostCaching`, if it is there and not empty.
pub(crate) fn read_caching(c: &Cursor<'_>) -> Result<Option<Caching>, Refused> {
    read_word(c, "HostCaching")
}

/// Reads a member that is one of the words of a type, if it is there and not empty.
pub(crate) fn read_word<T: FromStr>(c: &Cursor<'_>, name: &str) -> Result<Option<T>, Refused> {
    let word = c.filled(name)?;
    let read = |word: String| {
        let refused = |_| Refused::parameter(format!("{name}: `{word}`"));
        word.parse().map_err(refused)
    };
    word.map(read).transpose()
}
