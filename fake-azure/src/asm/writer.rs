//! Writing answers: one line, no declaration, elements in the order in which they are added.
#![expect(
    clippy::needless_pass_by_value,
    reason = "whatever can be shown may be handed in, by value or not"
)]

use std::fmt::Write as _;
use std::sync::Arc;

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
    /// The whole element, as it was written before.
    Written(Arc<str>),
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

/// An element that was written before, by [`Xml::written`].
pub(crate) fn again(written: Arc<str>) -> Xml {
    Xml {
        name: "",
        attributes: Vec::new(),
        content: Content::Written(written),
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

    /// The element as it stands in documents: for those that stand in many.
    pub(crate) fn written(&self) -> Arc<str> {
        let mut out = String::new();
        self.write(&mut out);
        out.into()
    }

    fn write(&self, out: &mut String) {
        if let Content::Written(written) = &self.content {
            out.push_str(written);
            return;
        }
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
                    Content::Text(text) => push_escaped(out, text),
                    Content::Written(written) => out.push_str(written),
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
fn push_escaped(out: &mut String, text: &str) {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'<' | b'>' | b'&');
    // Nearly all texts are, and lists hold thousands.
    if text.as_bytes().iter().all(is_plain) {
        return out.push_str(text);
    }
    let carried = |c| {
        if super::reader::is_character(c) {
            c
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    let clean: String = text.chars().map(carried).collect();
    out.push_str(&quick_xml::escape::partial_escape(&clean).replace("&#13;", "&#xD;"));
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

    #[test]
    fn what_xml_cannot_carry_is_replaced_and_a_return_stays() {
        let xml = text("A", "a\r\u{1}\u{e9}>");
        assert_eq!(&*xml.written(), "<A>a&#xD;\u{fffd}\u{e9}&gt;</A>");
        assert_eq!(&*text("A", "a\tb~ \"'").written(), "<A>a\tb~ \"'</A>");
    }

    #[test]
    fn what_was_written_stands_as_it_was() {
        let part = element("B").text("C", "<").written();
        let whole = element("A").with(again(part.clone())).with(again(part));
        assert_eq!(
            &*whole.written(),
            "<A><B><C>&lt;</C></B><B><C>&lt;</C></B></A>"
        );
    }
}
