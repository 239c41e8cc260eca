//! A record and its fields.

use super::value::Value;
use crate::process::tools::regex::{Flavour, Regex};

/// The highest number of a field.
pub(super) const MOST_FIELDS: usize = 1_000_000;

/// How text is divided.
#[derive(Clone, Debug)]
pub(super) enum Separator {
    /// At blanks, which in front and at the end divide nothing.
    Blanks,
    Byte(u8),
    Pattern(Box<Regex>),
    /// Each character is a part.
    Characters,
}

impl Separator {
    /// What a value of `FS`, or of `split`'s third argument, means.
    pub(super) fn of(text: &[u8]) -> Result<Self, String> {
        Ok(match text {
            b" " => Self::Blanks,
            b"" => Self::Characters,
            [byte] if *byte != b'\\' => Self::Byte(*byte),
            pattern => {
                let pattern = String::from_utf8_lossy(pattern);
                let regex = Regex::new(&pattern, Flavour::Awk, false);
                let wrong = |error| format!("bad regex '{pattern}': {error}");
                Self::Pattern(Box::new(regex.map_err(wrong)?))
            }
        })
    }

    /// Divides a text; nothing has no parts.
    pub(super) fn divide(&self, text: &[u8]) -> Result<Vec<Vec<u8>>, String> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match self {
            Self::Blanks => text
                .split(|b| matches!(b, b' ' | b'\t' | b'\n'))
                .filter(|part| !part.is_empty())
                .map(<[u8]>::to_vec)
                .collect(),
            Self::Byte(byte) => text.split(|b| b == byte).map(<[u8]>::to_vec).collect(),
            Self::Characters => {
                let mut parts: Vec<Vec<u8>> = Vec::new();
                for byte in text {
                    match parts.last_mut() {
                        Some(last) if byte & 0xc0 == 0x80 => last.push(*byte),
                        _ => parts.push(vec![*byte]),
                    }
                }
                parts
            }
            Self::Pattern(regex) => {
                let mut parts = Vec::new();
                let (mut begin, mut from) = (0, 0);
                loop {
                    let found = regex.find(text, from).map_err(|error| error.to_string())?;
                    match found {
                        Some(found) if found.is_empty() => {
                            from = found.end + 1;
                            if from > text.len() {
                                break;
                            }
                        }
                        Some(found) => {
                            parts.push(text[begin..found.start].to_vec());
                            (begin, from) = (found.end, found.end);
                        }
                        None => break,
                    }
                }
                parts.push(text[begin..].to_vec());
                parts
            }
        })
    }
}

/// The record that is worked on.
#[derive(Debug, Default)]
pub(super) struct Record {
    whole: Vec<u8>,
    fields: Vec<Value>,
    /// Whether the fields are those of `whole`.
    divided: bool,
    /// Whether `whole` is what the fields make.
    joined: bool,
}

impl Record {
    /// Begins a record.
    pub(super) fn set(&mut self, whole: Vec<u8>) {
        self.whole = whole;
        self.divided = false;
        self.joined = true;
    }

    fn divide(&mut self, separator: &Separator, paragraphs: bool) -> Result<(), String> {
        if self.divided {
            return Ok(());
        }
        let parts = match separator {
            // In paragraphs a line feed always divides.
            Separator::Byte(byte) if paragraphs => {
                let lines = self.whole.split(|b| b == byte || *b == b'\n');
                lines.map(<[u8]>::to_vec).collect()
            }
            separator => separator.divide(&self.whole)?,
        };
        self.fields = parts.into_iter().map(Value::Input).collect();
        self.divided = true;
        Ok(())
    }

    pub(super) fn count(
        &mut self,
        separator: &Separator,
        paragraphs: bool,
    ) -> Result<usize, String> {
        self.divide(separator, paragraphs)?;
        Ok(self.fields.len())
    }

    /// A field; 0 is the whole record, whose fields are joined by `joint`.
    pub(super) fn get(
        &mut self,
        index: usize,
        separator: &Separator,
        paragraphs: bool,
        joint: &[u8],
    ) -> Result<Value, String> {
        if index == 0 {
            return Ok(Value::Input(self.whole(joint).to_vec()));
        }
        self.divide(separator, paragraphs)?;
        Ok(self.fields.get(index - 1).cloned().unwrap_or_default())
    }

    pub(super) fn whole(&mut self, joint: &[u8]) -> &[u8] {
        if !self.joined {
            let parts: Vec<Vec<u8>> = self.fields.iter().map(|f| f.text(b"%.6g")).collect();
            self.whole = parts.join(joint);
            self.joined = true;
        }
        &self.whole
    }

    /// Sets a field that is not the whole record; those before it are there from now on.
    pub(super) fn put(
        &mut self,
        index: usize,
        value: Value,
        separator: &Separator,
        paragraphs: bool,
    ) -> Result<(), String> {
        self.divide(separator, paragraphs)?;
        if self.fields.len() < index {
            self.fields.resize(index, Value::Nothing);
        }
        self.fields[index - 1] = value;
        self.joined = false;
        Ok(())
    }

    /// Sets how many fields there are.
    pub(super) fn resize(
        &mut self,
        count: usize,
        separator: &Separator,
        paragraphs: bool,
    ) -> Result<(), String> {
        self.divide(separator, paragraphs)?;
        self.fields.resize(count, Value::Nothing);
        self.joined = false;
        Ok(())
    }
}
