//! Reading request bodies: well-formedness, name space, root, and the types of values.
//!
//! A document that is ill-formed or has another root is an `InvalidXmlRequest`; one in which a
//! value is of the wrong type holds an incorrect parameter. Which elements are read in which
//! order is the matter of `contract`.

use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::NsReader;
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::Refused;
use super::bounds::{self, Count};

/// The name space of requests and answers.
pub(crate) const NAMESPACE: &str = "http://schemas.microsoft.com/windowsazure";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An element as it was read.
#[derive(Debug, Default)]
pub(crate) struct Element {
    name: String,
    namespace: Option<Arc<str>>,
    nil: bool,
    /// What `i:type` calls it, without a prefix.
    kind: Option<String>,
    attributes: Vec<(String, String)>,
    children: Vec<Self>,
    text: String,
}

/// Reads a document whose root must be of this name.
pub(crate) fn document(body: &[u8], root: &str) -> Result<Element, Refused> {
    document_in(body, NAMESPACE, root)
}

/// Reads a document for a path that takes several kinds; its root's name tells which it is.
pub(crate) fn any_document(body: &[u8]) -> Result<Element, Refused> {
    let element = parse(body)?;
    element.check_name_space(NAMESPACE)?;
    Ok(element)
}

/// Reads a document of another name space, in which attributes are allowed.
pub(crate) fn document_in(body: &[u8], namespace: &str, root: &str) -> Result<Element, Refused> {
    let element = parse(body)?;
    element.check_name_space(namespace)?;
    if element.name != root {
        return Err(Refused::invalid_xml(format!(
            "{}: the root must be {root}",
            element.name
        )));
    }
    Ok(element)
}

/// What the body says, which may begin with a byte order mark.
fn text_of(body: &[u8]) -> Result<&str, Refused> {
    let text =
        std::str::from_utf8(body).map_err(|_| Refused::invalid_xml("the body is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.starts_with('\u{feff}') {
        return Err(Refused::invalid_xml("ill-formed: two byte order marks"));
    }
    check_characters(text)?;
    Ok(text)
}

/// Whether XML can carry the character at all.
pub(crate) fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn check_characters(text: &str) -> Result<(), Refused> {
    match text.chars().find(|c| !is_character(*c)) {
        None => Ok(()),
        Some(c) => Err(Refused::invalid_xml(format!(
            "ill-formed: the character U+{:04X}",
            u32::from(c)
        ))),
    }
}

fn parse(body: &[u8]) -> Result<Element, Refused> {
    let mut reader = NsReader::from_str(text_of(body)?);
    reader.config_mut().check_end_names = true;
    reader.config_mut().check_comments = true;
    let mut begun = false;
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut last: Option<Arc<str>> = None;
    let mut count = Count::default();
    loop {
        let at = reader.buffer_position();
        let broken = |open: &[Element], what: &str| ill_formed(open, at, what);
        let Ok((namespace, event)) = reader.read_resolved_event() else {
            return Err(broken(&open, "it is no XML from here on"));
        };
        let namespace = match namespace {
            ResolveResult::Bound(bound) => {
                Some(shared(bound.as_ref(), &mut last).map_err(|what| broken(&open, what))?)
            }
            ResolveResult::Unbound => None,
            ResolveResult::Unknown(_) => return Err(broken(&open, "a prefix is not bound")),
        };
        if let Event::Decl(declaration) = &event {
            if begun {
                return Err(broken(&open, "the XML declaration does not come first"));
            }
            check_declaration(declaration).map_err(|what| broken(&open, what))?;
        }
        begun = true;
        if let Event::Start(start) | Event::Empty(start) = &event {
            count.element(start).map_err(|what| broken(&open, what))?;
        }
        match event {
            Event::Start(start) => {
                if root.is_some() {
                    return Err(broken(&open, "something follows the root"));
                }
                if open.len() == bounds::DEEPEST {
                    return Err(broken(&open, "it is nested too deep"));
                }
                let element =
                    begin(&reader, &start, namespace).map_err(|what| broken(&open, what))?;
                open.push(element);
            }
            Event::Empty(start) => {
                let element =
                    begin(&reader, &start, namespace).map_err(|what| broken(&open, what))?;
                close(element, &mut open, &mut root).map_err(|what| broken(&open, what))?;
            }
            Event::End(_) => {
                let element = open
                    .pop()
                    .ok_or_else(|| broken(&open, "an end without its start"))?;
                close(element, &mut open, &mut root).map_err(|what| broken(&open, what))?;
            }
            Event::Text(text) => {
                let text = text.xml10_content();
                if text.contains("]]>") {
                    return Err(broken(&open, "`]]>` in text"));
                }
                append(&mut open, &text).map_err(|what| broken(&[], what))?;
            }
            Event::CData(data) => {
                append(&mut open, &data).map_err(|what| broken(&[], what))?;
            }
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    Ok(None) => {
                        let name: &str = &reference;
                        quick_xml::escape::resolve_predefined_entity(name)
                            .ok_or_else(|| broken(&open, "an entity that is not known"))?
                            .to_owned()
                    }
                    Err(_) => return Err(broken(&open, "a reference to no character")),
                };
                check_characters(&text)?;
                append(&mut open, &text).map_err(|what| broken(&[], what))?;
            }
            Event::DocType(_) => {
                return Err(broken(&open, "a document type declaration is not allowed"));
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        let end = reader.buffer_position();
        return Err(ill_formed(&open, end, "it ends before its elements do"));
    }
    root.ok_or_else(|| Refused::invalid_xml("the body is empty"))
}

/// What is wrong, and where: never the body's own words, which may be half of a password that
/// a client wrote as it is.
fn ill_formed(open: &[Element], at: u64, what: &str) -> Refused {
    let secret = open.iter().find(|element| element.is_secret());
    let inside = secret.or(open.last()).map_or(String::new(), |element| {
        format!(", inside {}", element.name)
    });
    Refused::invalid_xml(format!("ill-formed: {what}{inside}, at byte {at}"))
}

/// XML 1.0 in UTF-8 is what is read; a document that says to be another thing is not.
fn check_declaration(declaration: &BytesDecl<'_>) -> Result<(), &'static str> {
    let version = declaration
        .version()
        .map_err(|_| "its declaration is none")?;
    if &*version != "1.0" {
        return Err("its declaration says another version than 1.0");
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err("its declaration says another encoding than UTF-8"),
    }
}

/// The name of a name space, which most elements share with the one before.
fn shared(name: &str, last: &mut Option<Arc<str>>) -> Result<Arc<str>, &'static str> {
    if name.len() > bounds::NAME {
        return Err("the name of a name space is too long");
    }
    match last {
        Some(last) if **last == *name => Ok(last.clone()),
        last => Ok(last.insert(Arc::from(name)).clone()),
    }
}

fn begin(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    namespace: Option<Arc<str>>,
) -> Result<Element, &'static str> {
    let name = start.local_name().as_ref().to_owned();
    if !is_name(&name) {
        return Err("what stands there is not the name of an element");
    }
    let mut element = Element {
        name,
        namespace,
        ..Element::default()
    };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| "its attributes are none")?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (bound, local) = reader.resolver().resolve_attribute(attribute.key);
        if matches!(bound, ResolveResult::Unknown(_)) {
            return Err("a prefix is not bound");
        }
        let instance = matches!(bound, ResolveResult::Bound(ns) if ns.as_ref() == INSTANCE);
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|_| "the value of an attribute is none")?;
        if check_characters(&value).is_err() {
            return Err("a character that XML cannot carry");
        }
        match (instance, local.as_ref()) {
            (true, "nil") => match value.as_ref() {
                "true" | "1" => element.nil = true,
                "false" | "0" => {}
                _ => return Err("nil is neither true nor false"),
            },
            (true, "type") => {
                let local = value.rsplit_once(':').map_or(&*value, |(_, local)| local);
                element.kind = Some(local.to_owned());
            }
            _ => element
                .attributes
                .push((attribute.key.as_ref().to_owned(), value.into_owned())),
        }
    }
    Ok(element)
}

/// Names begin with a letter or an underscore, and have no blanks or signs in them.
fn is_name(name: &str) -> bool {
    name.len() <= bounds::NAME
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.') || !c.is_ascii())
}

fn close(
    element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), &'static str> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err("there are two roots"),
    }
    Ok(())
}

fn append(open: &mut [Element], text: &str) -> Result<(), &'static str> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err("text outside of the root"),
    }
    Ok(())
}

impl Element {
    /// Its name, without a prefix.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn check_name_space(&self, namespace: &str) -> Result<(), Refused> {
        if self.namespace.as_deref() == Some(namespace) {
            Ok(())
        } else {
            Err(Refused::invalid_xml(format!(
                "{}: not in the name space {namespace}",
                self.name
            )))
        }
    }

    /// Whether what stands in it is for nobody's eyes.
    fn is_secret(&self) -> bool {
        self.name.ends_with("Password")
    }

    /// An attribute that is neither `i:nil` nor `i:type`.
    pub(crate) fn strange_attribute(&self) -> Option<&str> {
        self.attributes.first().map(|(key, _)| key.as_str())
    }

    /// `i:nil` stands on what is empty, `i:type` tells what the element is in any case.
    pub(crate) fn check_instance(&self) -> Result<(), Refused> {
        if self.nil && !(self.children.is_empty() && self.text.is_empty()) {
            return Err(Refused::parameter(format!(
                "{}: nil, but not empty",
                self.name
            )));
        }
        match self.kind.as_deref().filter(|kind| *kind != self.own_kind()) {
            None => Ok(()),
            Some(kind) => Err(Refused::parameter(format!(
                "{}: its type is `{kind}`",
                self.name
            ))),
        }
    }

    /// What `i:type` may call the element.
    fn own_kind(&self) -> String {
        if self.name == "Role" {
            return "PersistentVMRole".to_owned();
        }
        match self.child("ConfigurationSetType") {
            Some(kind) => format!("{}Set", kind.text.trim()),
            None => self.name.clone(),
        }
    }

    /// Elements of a document with attributes: none but these are there, and there is no text
    /// between the elements.
    pub(crate) fn check_inside(&self, attributes: &[(&str, &[&str])]) -> Result<(), Refused> {
        let known = attributes
            .iter()
            .find(|(element, _)| *element == self.name)
            .map_or(&[][..], |(_, known)| known);
        if let Some((other, _)) = self
            .attributes
            .iter()
            .find(|(key, _)| !known.contains(&key.as_str()))
        {
            return Err(Refused::parameter(format!(
                "{}: the attribute {other} is not known",
                self.name
            )));
        }
        // Text stands in elements without attributes and children.
        let bare = self.children.is_empty() && known.is_empty();
        if !bare && !self.text.trim().is_empty() {
            return Err(Refused::parameter(format!(
                "{}: text between its elements",
                self.name
            )));
        }
        self.children
            .iter()
            .try_for_each(|child| child.check_inside(attributes))
    }

    /// The children, of which each must have one of these names and stand there once; for
    /// schemas that leave the order open.
    pub(crate) fn children_once(&self, known: &[&str]) -> Result<(), Refused> {
        for (n, child) in self.children.iter().enumerate() {
            if !known.contains(&child.name.as_str()) || child.namespace != self.namespace {
                return Err(Refused::parameter(format!(
                    "{}/{}: unknown",
                    self.name, child.name
                )));
            }
            if self.children[..n]
                .iter()
                .any(|other| other.name == child.name)
            {
                return Err(Refused::parameter(format!(
                    "{}/{}: stands there twice",
                    self.name, child.name
                )));
            }
        }
        Ok(())
    }

    /// The child of this name, if there is one.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children, which must all have this name.
    pub(crate) fn children_named(&self, name: &str) -> Result<&[Self], Refused> {
        self.check_count(name)?;
        match self
            .children
            .iter()
            .find(|child| child.name != name || child.namespace != self.namespace)
        {
            None => Ok(&self.children),
            Some(other) => Err(Refused::parameter(format!(
                "{}/{}: unknown",
                self.name, other.name
            ))),
        }
    }

    /// There may not be more children than a list of such items may have.
    pub(crate) fn check_count(&self, item: &str) -> Result<(), Refused> {
        let most = bounds::most(item);
        if self.children.len() <= most {
            return Ok(());
        }
        Err(Refused::parameter(format!(
            "{}: {} times {item}, but {most} are allowed",
            self.name,
            self.children.len()
        )))
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The children, between which there is no text.
    pub(crate) fn elements(&self) -> Result<&[Self], Refused> {
        if self.text.trim().is_empty() {
            return Ok(&self.children);
        }
        let what = if self.children.is_empty() {
            "text where elements should be"
        } else {
            "text between its elements"
        };
        Err(Refused::parameter(format!("{}: {what}", self.name)))
    }

    /// Whether the element is one of the API, by name space.
    pub(crate) fn is_ours(&self) -> bool {
        self.namespace.as_deref() == Some(NAMESPACE)
    }

    /// Whether `i:nil` says that nothing is there.
    pub(crate) fn is_nil(&self) -> bool {
        self.nil
    }

    /// The text, of an element without children.
    pub(crate) fn text(&self) -> Result<&str, Refused> {
        match self.children.first() {
            None => Ok(&self.text),
            Some(_) if self.is_secret() => Err(Refused::parameter(format!(
                "{}: an element is not expected in it",
                self.name
            ))),
            Some(child) => Err(Refused::parameter(format!(
                "{}: {} is not expected in it",
                self.name, child.name
            ))),
        }
    }

    /// The text as a value of some type.
    pub(crate) fn value<T: FromStr>(&self) -> Result<T, Refused> {
        let text = self.text()?;
        text.trim()
            .parse()
            .map_err(|_| Refused::parameter(format!("{}: `{text}`", self.name)))
    }

    /// The text as a port, 1 to 65535.
    pub(crate) fn port(&self) -> Result<u16, Refused> {
        match self.value()? {
            0 => Err(Refused::parameter(format!("{}: `0`", self.name))),
            port => Ok(port),
        }
    }

    /// The text as `true` or `false`.
    pub(crate) fn boolean(&self) -> Result<bool, Refused> {
        self.word(&[("true", true), ("false", false), ("1", true), ("0", false)])
    }

    /// The text as a number within these bounds.
    pub(crate) fn number(&self, bounds: std::ops::RangeInclusive<u32>) -> Result<u32, Refused> {
        let number = self.value()?;
        if bounds.contains(&number) {
            Ok(number)
        } else {
            Err(Refused::parameter(format!("{}: `{number}`", self.name)))
        }
    }

    /// The text as one of these words.
    pub(crate) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Refused> {
        let text = self.text()?.trim();
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| Refused::parameter(format!("{}: `{text}`", self.name)))
    }

    /// The text as one of these words, whatever its case.
    pub(crate) fn word_in_any_case<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Refused> {
        let text = self.text()?.trim();
        words
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(text))
            .map(|(_, value)| *value)
            .ok_or_else(|| Refused::parameter(format!("{}: `{text}`", self.name)))
    }

    /// The bytes behind base64 text.
    pub(crate) fn base64(&self) -> Result<Vec<u8>, Refused> {
        let text: String = self.text()?.split_ascii_whitespace().collect();
        STANDARD
            .decode(text)
            .map_err(|_| Refused::parameter(format!("{}: not base64", self.name)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(inner: &str) -> Vec<u8> {
        format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><A xmlns=\"{NAMESPACE}\">{inner}</A>").into_bytes()
    }

    fn parsed(inner: &str) -> Result<Element, Refused> {
        document(&body(inner), "A")
    }

    #[test]
    fn text_is_read_with_its_references() {
        let element = parsed("<B>x &amp; &#121;</B>").unwrap();
        assert_eq!(element.child("B").unwrap().text().unwrap(), "x & y");
    }

    #[test]
    fn other_name_spaces_entities_and_doctypes_are_refused() {
        assert!(document(b"<A><B>x</B></A>", "A").is_err());
        assert!(parsed("<B>&x;</B>").is_err());
        assert!(
            document(
                format!("<!DOCTYPE A><A xmlns=\"{NAMESPACE}\"/>").as_bytes(),
                "A"
            )
            .is_err()
        );
        let prefixed = format!("<w:A xmlns:w=\"{NAMESPACE}\"><w:B>x</w:B></w:A>");
        assert!(document(prefixed.as_bytes(), "A").is_ok());
    }

    #[test]
    fn nil_is_nothing() {
        let text =
            format!("<A xmlns=\"{NAMESPACE}\" xmlns:i=\"{INSTANCE}\"><B i:nil=\"true\"/></A>");
        let element = document(text.as_bytes(), "A").unwrap();
        assert!(element.child("B").unwrap().is_nil());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            document(&bytes, "A").ok();
        }

        #[test]
        fn a_body_cut_short_is_refused(cut in 0_usize..60) {
            let whole = body("<B>x</B><C>7</C>");
            let keep = whole.len() - 1 - cut.min(whole.len() - 2);
            prop_assert!(document(&whole[..keep], "A").is_err());
        }
    }
}
