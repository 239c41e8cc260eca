//! ASN.1 as PKCS#12 files hold it: DER written, BER read.
//!
//! Firefox, macOS and Java have written such files with indefinite lengths and
//! octet strings in pieces, which readers of strict DER refuse.

use std::borrow::Cow;

use der::oid::ObjectIdentifier;

use crate::Error;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[0] IMPLICIT` over a string in one piece.
pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;

const CONSTRUCTED: u8 = 0x20;
const LONG_TAG: u8 = 0x1f;
const INDEFINITE: u8 = 0x80;
const END_OF_CONTENTS: [u8; 2] = [0, 0];
/// How deep indefinite lengths and pieces may nest; real files need four.
const DEEPEST: u8 = 24;

/// One value: its tag, its contents, and the bytes it came in.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) body: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads the values inside.
    pub(crate) fn inside(&self) -> Elements<'a> {
        Elements::new(self.body)
    }

    /// Returns the bytes of a string, put together when it came in pieces.
    pub(crate) fn octets(&self) -> Result<Cow<'a, [u8]>, Error> {
        if self.tag & CONSTRUCTED == 0 {
            return Ok(Cow::Borrowed(self.body));
        }
        let mut joined = Vec::new();
        join(self.body, &mut joined, DEEPEST)?;
        Ok(Cow::Owned(joined))
    }

    /// Returns the object identifier's own bytes, to be held against a known one.
    pub(crate) fn is(&self, oid: ObjectIdentifier) -> bool {
        self.tag == OBJECT_IDENTIFIER && self.body == oid.as_bytes()
    }

    /// Returns the object identifier in dotted form, for a message.
    pub(crate) fn dotted(&self) -> String {
        ObjectIdentifier::from_bytes(self.body)
            .map_or_else(|_| "a nameless algorithm".to_owned(), |oid| oid.to_string())
    }

    /// Returns a small positive integer.
    pub(crate) fn number(&self) -> Result<u32, Error> {
        let digits = match self.body {
            [] => return Err(Error::Malformed),
            [first, ..] if first & 0x80 != 0 => return Err(Error::Malformed),
            digits => digits,
        };
        digits.iter().try_fold(0_u32, |number, digit| {
            number
                .checked_mul(256)
                .map(|number| number | u32::from(*digit))
                .ok_or(Error::TooManyIterations)
        })
    }
}

fn join(body: &[u8], joined: &mut Vec<u8>, deeper: u8) -> Result<(), Error> {
    let deeper = deeper.checked_sub(1).ok_or(Error::Malformed)?;
    let mut pieces = Elements::new(body);
    while let Some(piece) = pieces.next()? {
        if piece.tag == OCTET_STRING {
            joined.extend_from_slice(piece.body);
        } else if piece.tag == OCTET_STRING | CONSTRUCTED {
            join(piece.body, joined, deeper)?;
        } else {
            return Err(Error::Malformed);
        }
    }
    Ok(())
}

/// Values one after the other.
#[derive(Clone)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Takes the next value, or nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Element<'a>>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (element, rest) = split(self.rest, DEEPEST)?;
        self.rest = rest;
        Ok(Some(element))
    }

    /// Takes the next value, which has to be there, whatever its tag.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, Error> {
        self.next()?.ok_or(Error::Malformed)
    }

    /// Takes the next value, which has to be there with this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Element<'a>, Error> {
        let element = self.any()?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(Error::Malformed)
        }
    }

    /// Takes an octet string, in one piece or several.
    pub(crate) fn octets(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        let element = self.any()?;
        if element.tag & !CONSTRUCTED == OCTET_STRING {
            element.octets()
        } else {
            Err(Error::Malformed)
        }
    }
}

/// Splits off the first value.
fn split(bytes: &[u8], deeper: u8) -> Result<(Element<'_>, &[u8]), Error> {
    let (&tag, after_tag) = bytes.split_first().ok_or(Error::Malformed)?;
    if tag & LONG_TAG == LONG_TAG {
        return Err(Error::Malformed);
    }
    let (&length, after_length) = after_tag.split_first().ok_or(Error::Malformed)?;
    if length == INDEFINITE {
        return split_indefinite(bytes, tag, after_length, deeper);
    }
    let (length, after_length) = if length < INDEFINITE {
        (usize::from(length), after_length)
    } else {
        let (digits, rest) = after_length
            .split_at_checked(usize::from(length & 0x7f))
            .ok_or(Error::Malformed)?;
        (length_of(digits)?, rest)
    };
    let (body, rest) = after_length
        .split_at_checked(length)
        .ok_or(Error::Malformed)?;
    let whole = &bytes[..bytes.len() - rest.len()];
    Ok((Element { tag, body, whole }, rest))
}

fn length_of(digits: &[u8]) -> Result<usize, Error> {
    digits.iter().try_fold(0_usize, |length, digit| {
        length
            .checked_mul(256)
            .map(|length| length | usize::from(*digit))
            .ok_or(Error::Malformed)
    })
}

/// Splits off a value that ends where its end marker stands.
fn split_indefinite<'a>(
    bytes: &'a [u8],
    tag: u8,
    contents: &'a [u8],
    deeper: u8,
) -> Result<(Element<'a>, &'a [u8]), Error> {
    let deeper = deeper.checked_sub(1).ok_or(Error::Malformed)?;
    if tag & CONSTRUCTED == 0 {
        return Err(Error::Malformed);
    }
    let mut rest = contents;
    while !rest.starts_with(&END_OF_CONTENTS) {
        (_, rest) = split(rest, deeper)?;
    }
    let body = &contents[..contents.len() - rest.len()];
    let rest = &rest[END_OF_CONTENTS.len()..];
    let whole = &bytes[..bytes.len() - rest.len()];
    Ok((Element { tag, body, whole }, rest))
}

/// Writes one value in DER.
pub(crate) fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = vec![tag];
    if length < usize::from(INDEFINITE) {
        bytes.extend(u8::try_from(length));
    } else {
        let digits = length.to_be_bytes();
        let digits = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
        bytes.extend(u8::try_from(digits.len()).map(|count| INDEFINITE | count));
        bytes.extend_from_slice(digits);
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    value(SEQUENCE, parts)
}

pub(crate) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    value(OCTET_STRING, &[bytes])
}

pub(crate) fn object_identifier(oid: ObjectIdentifier) -> Vec<u8> {
    value(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

pub(crate) fn integer(number: u32) -> Vec<u8> {
    let digits = number.to_be_bytes();
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    let digits = &digits[zeros.min(digits.len() - 1)..];
    // A leading one bit would make the number negative.
    let sign: &[u8] = if digits[0] & 0x80 == 0 { &[] } else { &[0] };
    value(INTEGER, &[sign, digits])
}
