//! Writing answers: one line, no declaration, elements in the order in which they are added.
#![expect(
    clippy::needless_pass_by_value,
    reason = "whatever can be shown may be handed in, by value or not"
)]

use std::fmt::Write as _;

use jiff::Timestamp;

/// An XML element on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Xml {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Text(String),
    Children(Vec<Xml>),
}

/// An element that holds others, or nothing.
pub(crate) fn element(name: &'static str) -> Xml {
    Xml {
        name,
        attributes: Vec::new(),
        content: Content::Children(Vec::new()),
    }
}

/// An element with text.
pub(crate) fn text(name: &'static str, text: impl ToString) -> Xml {
    Xml {
        name,
        attributes: Vec::new(),
        content: Content::Text(text.to_string()),
    }
}

/// A moment in seconds, as the service writes it.
pub(crate) fn seconds(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Xml {
    /// Adds an element.
    pub(crate) fn with(mut self, child: Self) -> Self {
        if let Content::Children(children) = &mut self.content {
            children.push(child);
        }
        self
    }

    /// Adds an element, if there is one.
    pub(crate) fn maybe(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.with(child),
            None => self,
        }
    }

    /// Adds an element with text.
    pub(crate) fn text(self, name: &'static str, value: impl ToString) -> Self {
        self.with(text(name, value))
    }

    /// Adds an element with text, if there is some.
    pub(crate) fn maybe_text(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds an element with text, or one that says `i:nil`.
    pub(crate) fn text_or_nil(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.with(element(name).attribute("i:nil", "true")),
        }
    }

    /// Adds elements.
    pub(crate) fn all(mut self, more: impl IntoIterator<Item = Self>) -> Self {
        if let Content::Children(children) = &mut self.content {
            children.extend(more);
        }
        self
    }

    /// Sets an attribute.
    pub(crate) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// The document with this root.
    pub(crate) fn document(self) -> String {
        let mut out = String::new();
        let root = self
            .attribute("xmlns", super::reader::NAMESPACE)
            .attribute("xmlns:i", "http://www.w3.org/2001/XMLSchema-instance");
        root.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            // Writing into a string cannot fail.
            write!(
                out,
                " {name}=\"{}\"",
                quick_xml::escape::escape(value.as_str())
            )
            .ok();
        }
        match &self.content {
            Content::Text(text) if text.is_empty() => out.push_str("/>"),
            Content::Children(children) if children.is_empty() => out.push_str("/>"),
            content => {
                out.push('>');
                match content {
                    Content::Text(text) => out.push_str(&escape(text)),
                    Content::Children(children) => {
                        for child in children {
                            child.write(out);
                        }
                    }
                }
                out.push_str("</");
                out.push_str(self.name);
                out.push('>');
            }
        }
    }
}

/// Quotes stay as they are in text; carriage returns must not be lost. What XML cannot carry
/// at all becomes the replacement character.
fn escape(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| {
            if super::reader::is_character(c) {
                c
            } else {
                char::REPLACEMENT_CHARACTER
            }
        })
        .collect();
    quick_xml::escape::partial_escape(&clean).replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_close_themselves() {
        let xml = element("A")
            .text("B", "<&\"")
            .with(element("C"))
            .text("D", "")
            .text_or_nil("E", None::<String>);
        assert_eq!(
            xml.document(),
            "<A xmlns=\"http://schemas.microsoft.com/windowsazure\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">\
             <B>&lt;&amp;\"</B><C/><D/><E i:nil=\"true\"/></A>"
        );
    }
}
