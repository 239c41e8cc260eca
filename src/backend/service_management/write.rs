//! What is sent to the service: XML whose elements stand in the order in which they are written
//! here, because the service reads by that order.

mod body;
mod network_configuration;

pub use body::{
    AddDisk, Caching, CertificateFile, CreateAffinityGroup, CreateDisk, CreateHostedService,
    CreateOsImage, CreateReservedIp, CreateStorageAccount, LoadBalancedSets, NewDeployment,
    Operation, PostShutdown, SecurityGroupName, StorageKeyKind, UpdateStorageAccount,
};

use std::fmt::{self, Display, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::record::{Manner, Shape, Tag, Wire};

/// The namespace of every element but those of the network configuration.
const NAMESPACE: &str = "http://schemas.microsoft.com/windowsazure";

/// A request body; it may hold secrets, so `Debug` does not show it.
#[derive(Clone)]
pub struct Document(Zeroizing<String>);

impl Document {
    /// Writes a document whose root is `root`; the service's declaration goes before it.
    pub fn new(root: &str, children: impl FnOnce(&mut Elements)) -> Self {
        let mut elements = Elements::default();
        elements
            .text
            .push_str(r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>"#);
        let _ = write!(elements.text, r#"<{root} xmlns="{NAMESPACE}">"#);
        children(&mut elements);
        let _ = write!(elements.text, "</{root}>");
        Self(elements.text)
    }

    /// Writes a document whose root holds the fields of `thing`.
    pub fn of(root: &str, thing: &impl Wire) -> Self {
        Self::new(root, |elements| {
            elements.within(Tag::default(), &thing.shape());
        })
    }

    /// Takes `text` as the whole body.
    pub fn verbatim(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.0.len())
    }
}

/// What can be sent.
pub trait Body {
    /// The body's text.
    fn document(&self) -> Document;
}

/// Elements in the order in which they are added; values are escaped.
#[derive(Default)]
pub struct Elements {
    text: Zeroizing<String>,
}

impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Elements({} bytes)", self.text.len())
    }
}

impl Elements {
    /// Adds an element that holds a text; an empty one is written `<NAME/>`.
    pub fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        let value = Zeroizing::new(value.to_string());
        if value.is_empty() {
            let _ = write!(self.text, "<{name}/>");
            return self;
        }
        let _ = write!(self.text, "<{name}>");
        for character in value.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '\r' => self.text.push_str("&#xD;"),
                other => self.text.push(other),
            }
        }
        let _ = write!(self.text, "</{name}>");
        self
    }

    /// Adds an element for a value that is there.
    pub fn maybe(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// Adds an element that holds bytes in base64.
    pub fn base64(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        let encoded = Zeroizing::new(STANDARD.encode(value));
        self.text(name, encoded.as_str())
    }

    /// Adds an element that holds others; without any it is written `<NAME/>`.
    pub fn parent(&mut self, name: &str, children: impl FnOnce(&mut Self)) -> &mut Self {
        let before = self.text.len();
        let _ = write!(self.text, "<{name}>");
        let start = self.text.len();
        children(self);
        if self.text.len() == start {
            self.text.truncate(before);
            let _ = write!(self.text, "<{name}/>");
        } else {
            let _ = write!(self.text, "</{name}>");
        }
        self
    }

    /// Adds a field of a thing.
    pub fn field(&mut self, tag: Tag, value: &impl Wire) -> &mut Self {
        self.shape(tag.name, tag, &value.shape());
        self
    }

    /// Adds an element for a value that is there.
    pub(super) fn shape(&mut self, name: &str, tag: Tag, value: &Shape<'_>) {
        match value {
            Shape::Absent => {}
            Shape::List(members) if members.is_empty() && tag.manner == Manner::Filled => {}
            Shape::Markup(xml) => self.text.push_str(xml),
            Shape::List(_) | Shape::Record(..) => {
                self.parent(name, |elements| elements.within(tag, value));
            }
            Shape::Text(text) if tag.manner == Manner::Base64 => {
                self.base64(name, text);
            }
            one => {
                self.maybe(name, one.text());
            }
        }
    }

    /// Adds what lies within the element of `value`; what is only ever told is left out.
    fn within(&mut self, tag: Tag, value: &Shape<'_>) {
        match value {
            Shape::List(members) => {
                for member in members {
                    self.shape(tag.member, tag, member);
                }
            }
            Shape::Record(_, fields) => {
                for (tag, value) in fields.iter().filter(|(tag, _)| tag.manner != Manner::Told) {
                    self.shape(tag.name, *tag, value);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::service_management::Element;

    #[test]
    fn what_was_written_reads_back() {
        let nasty = "Pa$$<w>&'\"]]>\r\n 1 ";
        let document = Document::new("Root", |root| {
            root.text("Text", nasty).base64("Bytes", b"abc");
            root.parent("Empty", |_| {});
        });

        let read = Element::parse(document.as_str()).unwrap();

        assert_eq!(read.child("Text").unwrap().text(), nasty);
        assert_eq!(read.child("Bytes").unwrap().text(), "YWJj");
        assert!(document.as_str().ends_with("<Empty/></Root>"));
    }

    #[test]
    fn a_body_does_not_show_itself() {
        let document = Document::new("Root", |root| {
            root.text("Password", "secret");
        });

        assert!(!format!("{document:?}").contains("secret"));
    }
}
