//! One answer of the service as a tree of elements, named without their prefixes.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

/// Deeper documents than any that the service writes are refused.
const DEEPEST: usize = 64;
/// The same for the number of elements: ten thousand machines take half of it.
const MOST_ELEMENTS: usize = 1_000_000;
/// The same for the attributes of one element.
const MOST_ATTRIBUTES: usize = 64;

/// Why a text is not a document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// The text is not well-formed XML.
    #[error("the XML is not well formed")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The text ended before its root element did, or has no root at all.
    #[error("the XML is cut off")]
    Truncated,
    /// The document uses an entity that XML itself does not define.
    #[error("the XML uses the undefined entity `{0}`")]
    Entity(String),
    /// The document holds more elements than the service ever writes.
    #[error("the XML holds more than {MOST_ELEMENTS} elements")]
    TooManyElements,
    /// An element has more attributes than the service ever writes.
    #[error("an element of the XML has more than {MOST_ATTRIBUTES} attributes")]
    TooManyAttributes,
    /// The document is nested deeper than the service ever writes.
    #[error("the XML is nested deeper than {DEEPEST} elements")]
    TooDeep,
}

/// An element with its attributes, its text and its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Self>,
    nil: bool,
}

impl Element {
    /// Reads `text`, which may begin with a byte order mark and a declaration.
    pub fn parse(text: &str) -> Result<Self, XmlError> {
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut elements = 0;
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        loop {
            let event = reader
                .read_event()
                .map_err(|error| XmlError::Malformed(error.into()))?;
            if matches!(event, Event::Start(_) | Event::Empty(_)) {
                elements += 1;
                if elements > MOST_ELEMENTS {
                    return Err(XmlError::TooManyElements);
                }
            }
            match event {
                Event::Start(start) => {
                    if open.len() >= DEEPEST {
                        return Err(XmlError::TooDeep);
                    }
                    open.push(Self::from_start(&start)?);
                }
                Event::Empty(start) => {
                    let element = Self::from_start(&start)?;
                    close(element, &mut open, &mut root);
                }
                Event::End(_) => {
                    let element = open.pop().ok_or(XmlError::Truncated)?;
                    close(element, &mut open, &mut root);
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element
                            .text
                            .push_str(&text.xml_content(XmlVersion::Implicit1_0));
                    }
                }
                Event::CData(text) => {
                    if let Some(element) = open.last_mut() {
                        element
                            .text
                            .push_str(&text.xml_content(XmlVersion::Implicit1_0));
                    }
                }
                Event::GeneralRef(reference) => {
                    let Some(element) = open.last_mut() else {
                        continue;
                    };
                    let character = match reference
                        .resolve_char_ref()
                        .map_err(|error| XmlError::Malformed(error.into()))?
                    {
                        Some(character) => character,
                        None => match &*reference {
                            "lt" => '<',
                            "gt" => '>',
                            "amp" => '&',
                            "quot" => '"',
                            "apos" => '\'',
                            other => return Err(XmlError::Entity(other.to_owned())),
                        },
                    };
                    element.text.push(character);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        if !open.is_empty() {
            return Err(XmlError::Truncated);
        }
        root.ok_or(XmlError::Truncated)
    }

    fn from_start(start: &BytesStart<'_>) -> Result<Self, XmlError> {
        let mut element = Self {
            name: start.local_name().as_ref().to_owned(),
            ..Self::default()
        };
        // Unchecked, because looking for doubles takes the square of their number.
        for (n, attribute) in start.attributes().with_checks(false).enumerate() {
            if n >= MOST_ATTRIBUTES {
                return Err(XmlError::TooManyAttributes);
            }
            let attribute = attribute.map_err(|error| XmlError::Malformed(error.into()))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| XmlError::Malformed(error.into()))?
                .into_owned();
            let name = attribute.key.local_name().as_ref().to_owned();
            if name == "nil" && attribute.key.prefix().is_some() {
                element.nil = matches!(value.as_str(), "true" | "1");
            }
            element.attributes.push((name, value));
        }
        Ok(element)
    }

    /// An element made here: its name, its text and what lies within.
    pub(super) fn of(name: &str, text: &str, children: Vec<Self>) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            children,
            ..Self::default()
        }
    }

    /// The same with an attribute more.
    #[must_use]
    pub(super) fn with_attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The child of that name, made when there is none.
    pub(super) fn child_or_new(&mut self, name: &str) -> &mut Self {
        let at = self.children.iter().position(|child| child.name == name);
        let at = at.unwrap_or_else(|| {
            self.children.push(Self::of(name, "", Vec::new()));
            self.children.len() - 1
        });
        &mut self.children[at]
    }

    /// The elements directly within, to change.
    pub(super) fn children_mut(&mut self) -> &mut Vec<Self> {
        &mut self.children
    }

    /// The name without its prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text between the tags; that of the children is not part of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Was the value said to be absent (`i:nil="true"`)?
    pub fn is_nil(&self) -> bool {
        self.nil
    }

    /// The elements directly within, in their order.
    pub fn children(&self) -> &[Self] {
        &self.children
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The attribute of that name; prefixes do not count.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attribute_text(name).map(String::as_str)
    }

    pub(super) fn attribute_text(&self, name: &str) -> Option<&String> {
        let mut all = self.attributes.iter();
        all.find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Writes the element anew, without the prefixes and name spaces that it came with.
    pub fn to_xml(&self) -> String {
        let mut xml = String::new();
        self.write(&mut xml);
        xml
    }

    fn write(&self, xml: &mut String) {
        xml.push('<');
        xml.push_str(&self.name);
        for (name, value) in &self.attributes {
            if name != "xmlns" && !value.starts_with("http://www.w3.org/") {
                let _ = write!(xml, " {name}=\"{}\"", escape(value));
            }
        }
        if self.children.is_empty() && self.text.trim().is_empty() {
            xml.push_str("/>");
            return;
        }
        xml.push('>');
        if self.children.is_empty() {
            xml.push_str(&escape(&self.text));
        }
        for child in &self.children {
            child.write(xml);
        }
        let _ = write!(xml, "</{}>", self.name);
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => {
            root.get_or_insert(element);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_marks_and_declarations_do_not_matter() {
        let text =
            "\u{feff}<?xml version=\"1.0\"?>\n<a:Error xmlns:a=\"x\"><a:Code>No</a:Code></a:Error>";

        let element = Element::parse(text).unwrap();

        assert_eq!(element.name(), "Error");
        assert_eq!(element.child("Code").map(Element::text), Some("No"));
    }

    #[test]
    fn references_and_cdata_become_text() {
        let element = Element::parse("<A>&lt;&#x41;&amp;<![CDATA[<b>]]></A>").unwrap();

        assert_eq!(element.text(), "<A&<b>");
    }

    #[test]
    fn a_text_that_ends_early_is_cut_off() {
        assert!(matches!(
            Element::parse("<A><B>x</B>"),
            Err(XmlError::Truncated)
        ));
        assert!(matches!(Element::parse(""), Err(XmlError::Truncated)));
    }

    #[test]
    fn undefined_entities_and_endless_depth_are_refused() {
        assert!(matches!(
            Element::parse("<A>&x;</A>"),
            Err(XmlError::Entity(_))
        ));
        let deep = "<A>".repeat(DEEPEST + 1);
        assert!(matches!(Element::parse(&deep), Err(XmlError::TooDeep)));
    }

    #[test]
    fn every_dimension_has_a_limit() {
        let many = format!("<A>{}</A>", "<B/>".repeat(MOST_ELEMENTS));
        assert!(matches!(
            Element::parse(&many),
            Err(XmlError::TooManyElements)
        ));
        let attributes = " a=''".repeat(MOST_ATTRIBUTES + 1);
        assert!(matches!(
            Element::parse(&format!("<A{attributes}/>")),
            Err(XmlError::TooManyAttributes)
        ));
    }

    #[test]
    fn nil_is_told_by_its_prefixed_attribute() {
        let element =
            Element::parse(r#"<A xmlns:i="y"><B i:nil="true"/><C nil="true"/></A>"#).unwrap();

        assert!(element.child("B").unwrap().is_nil());
        assert!(!element.child("C").unwrap().is_nil());
    }
}
