//! Reading bodies as the real service does: by data contract.
//!
//! A contract is a list of members in their order. Each element that stands in a body is taken
//! if it is a member that comes after those taken before it; any other one, be it unknown,
//! misplaced or there twice, is skipped, as are attributes that mean nothing. What is skipped
//! is noted for whoever asked. A simulator may be told to refuse it instead: `serve
//! --refuse-misplaced`, for authors who want to hear of their mistakes.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::ops::Deref;
use std::str::FromStr;

use crate::world::names::{Name, is_title};

use super::Refused;
use super::reader::{Element, NAMESPACE};

/// So many skipped things are named; further ones are counted.
const NAMED: usize = 16;
/// A name is told up to this many characters.
const LONGEST_NAME: usize = 64;

/// What becomes of that which is no member, or stands in another's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// It is skipped and noted, as the real service skips it.
    #[default]
    Skipped,
    /// It makes a body an incorrect parameter.
    Refused,
}

/// How bodies are read, and what was skipped in one.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    misplaced: Misplaced,
    skipped: RefCell<Skipped>,
}

#[derive(Debug, Default)]
struct Skipped {
    names: Vec<String>,
    more: usize,
}

impl Reading {
    pub(crate) fn new(misplaced: Misplaced) -> Self {
        Self {
            misplaced,
            ..Self::default()
        }
    }

    fn refuses(&self) -> bool {
        self.misplaced == Misplaced::Refused
    }

    /// What was skipped, on one line.
    pub(crate) fn told(&self) -> Option<String> {
        let skipped = self.skipped.borrow();
        if skipped.names.is_empty() {
            return None;
        }
        let mut line = format!("skipped: {}", skipped.names.join(", "));
        if skipped.more > 0 {
            // Writing into a string cannot fail.
            write!(line, " and {} more", skipped.more).ok();
        }
        Some(line)
    }

    fn note(&self, parent: &str, what: &str) {
        let mut skipped = self.skipped.borrow_mut();
        if skipped.names.len() == NAMED {
            skipped.more += 1;
            return;
        }
        let short = |name: &str| name.chars().take(LONGEST_NAME).collect::<String>();
        let name = format!("{}/{}", short(parent), short(what));
        skipped.names.push(name);
    }
}

/// A body that was parsed and waits to be read.
#[derive(Debug)]
pub(crate) struct Body<'a> {
    root: Element,
    reading: &'a Reading,
}

impl<'a> Body<'a> {
    pub(crate) fn new(root: Element, reading: &'a Reading) -> Self {
        Self { root, reading }
    }

    /// The root's name.
    pub(crate) fn name(&self) -> &str {
        self.root.name()
    }

    /// Whether the root has a child of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.root.child(name).is_some()
    }

    fn node(&self) -> Result<Node<'_>, Refused> {
        Node::new(&self.root, self.reading)
    }

    /// Reads the root by its contract.
    pub(crate) fn read<T>(
        &self,
        members: &[&str],
        read: impl FnOnce(&Cursor<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        self.node()?.read(members, read)
    }

    /// Reads the root as a list.
    pub(crate) fn list<T>(
        &self,
        item: &str,
        read: impl Fn(Node<'_>) -> Result<T, Refused>,
    ) -> Result<Vec<T>, Refused> {
        self.node()?.list(item, read)
    }
}

/// An element that was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    element: &'a Element,
    reading: &'a Reading,
}

impl Deref for Node<'_> {
    type Target = Element;

    fn deref(&self) -> &Element {
        self.element
    }
}

impl<'a> Node<'a> {
    fn new(element: &'a Element, reading: &'a Reading) -> Result<Self, Refused> {
        element.check_instance()?;
        if let Some(attribute) = element.strange_attribute() {
            if reading.refuses() {
                return Err(Refused::parameter(format!(
                    "{}: the attribute {attribute} is not known",
                    element.name()
                )));
            }
            reading.note(element.name(), &format!("@{attribute}"));
        }
        Ok(Self { element, reading })
    }

    /// Reads the children by a contract.
    pub(crate) fn read<T>(
        self,
        members: &[&str],
        read: impl FnOnce(&Cursor<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let mut cursor = self.cursor(members)?;
        let value = read(&mut cursor)?;
        cursor.finish()?;
        Ok(value)
    }

    /// The child of this name, wherever it stands.
    pub(crate) fn first(self, name: &str) -> Option<Self> {
        let element = self.element.child(name)?;
        (element.is_ours() && !element.is_nil()).then_some(Self { element, ..self })
    }

    /// The refusal of an element in which [`Node::first`] found nothing.
    pub(crate) fn lacks(self, name: &str) -> Refused {
        if let Some(strange) = self.element.child(name).filter(|e| !e.is_ours()) {
            self.skip(strange);
            if let Err(refusal) = self.refuse(Some(strange)) {
                return refusal;
            }
        }
        Refused::invalid_xml(format!("{}: {name} is missing", self.element.name()))
    }

    /// The children as a list of elements of one name.
    pub(crate) fn list<T>(
        self,
        item: &str,
        read: impl Fn(Node<'_>) -> Result<T, Refused>,
    ) -> Result<Vec<T>, Refused> {
        let mut items = Vec::new();
        let mut stranger = None;
        self.element.check_count(item)?;
        for child in self.element.elements()? {
            if child.name() != item || !child.is_ours() {
                self.skip(child);
                stranger = stranger.or(Some(child));
            } else if !child.is_nil() {
                items.push(read(Node::new(child, self.reading)?)?);
            }
        }
        self.refuse(stranger)?;
        Ok(items)
    }

    fn cursor<'m>(self, members: &'m [&'m str]) -> Result<Cursor<'m>, Refused>
    where
        'a: 'm,
    {
        let mut cursor = Cursor {
            node: self,
            members,
            taken: vec![None; members.len()],
            skipped: Vec::new(),
        };
        let mut from = 0;
        for child in self.element.elements()? {
            let place = members[from..].iter().position(|m| *m == child.name());
            let taken = &mut cursor.taken;
            let twice = |n: usize| members[..n].iter().position(|m| *m == members[n]);
            match place.map(|n| n + from).filter(|_| child.is_ours()) {
                Some(n) if twice(n).is_none_or(|first| taken[first].is_none()) => {
                    taken[n] = Some(Node::new(child, self.reading)?);
                    from = n + 1;
                }
                _ => {
                    self.skip(child);
                    cursor.skipped.push(child);
                }
            }
        }
        Ok(cursor)
    }

    fn skip(self, child: &Element) {
        if !self.reading.refuses() {
            self.reading.note(self.element.name(), child.name());
        }
    }

    /// What was skipped, where that is not let pass.
    fn refuse(self, skipped: Option<&Element>) -> Result<(), Refused> {
        match skipped {
            Some(child) if self.reading.refuses() => Err(Refused::parameter(format!(
                "{}/{}: {}",
                self.element.name(),
                child.name(),
                if child.is_ours() {
                    "unknown, or not in its place".to_owned()
                } else {
                    format!("not in the name space {NAMESPACE}")
                }
            ))),
            _ => Ok(()),
        }
    }
}

/// What the text of a member becomes: a string, or a type of its own.
pub(crate) trait Told: for<'t> From<&'t str> + AsRef<str> {}

impl<T: for<'t> From<&'t str> + AsRef<str>> Told for T {}

/// The members of a contract that stand in an element.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    node: Node<'a>,
    members: &'a [&'a str],
    taken: Vec<Option<Node<'a>>>,
    skipped: Vec<&'a Element>,
}

impl<'a> Cursor<'a> {
    fn parent(&self) -> &str {
        self.node.element.name()
    }

    /// The member, if it is there and not `i:nil`.
    pub(crate) fn maybe(&self, name: &str) -> Result<Option<Node<'a>>, Refused> {
        debug_assert!(
            self.members.contains(&name),
            "{name} is no member of {}",
            self.parent()
        );
        let found = self.members.iter().zip(&self.taken);
        Ok(found
            .filter(|(member, _)| **member == name)
            .find_map(|(_, taken)| *taken)
            .filter(|node| !node.is_nil()))
    }

    /// The member, which must be there.
    pub(crate) fn expect(&self, name: &str) -> Result<Node<'a>, Refused> {
        self.maybe(name)?.ok_or_else(|| self.missing(name))
    }

    /// The refusal of an element in which something is missing.
    pub(crate) fn missing(&self, name: &str) -> Refused {
        let parent = self.parent();
        self.misplaced(name)
            .unwrap_or_else(|| Refused::invalid_xml(format!("{parent}: {name} is missing")))
    }

    /// The refusal of a member that stands in another's place, where that is not let pass.
    pub(crate) fn misplaced(&self, name: &str) -> Option<Refused> {
        let there = |e: &&&Element| e.name() == name && !e.is_nil();
        let found = self.skipped.iter().find(there);
        let first = self.node.elements().ok()?.first()?;
        found.filter(|_| self.node.reading.refuses()).map(|_| {
            Refused::parameter(format!(
                "{}/{}: {name} is expected here",
                self.parent(),
                first.name()
            ))
        })
    }

    /// The text of a member, if it is there.
    pub(crate) fn text<T: Told>(&self, name: &str) -> Result<Option<T>, Refused> {
        self.maybe(name)?.map(|e| e.text().map(T::from)).transpose()
    }

    /// The text of a member, if it is there and not empty.
    pub(crate) fn filled<T: Told>(&self, name: &str) -> Result<Option<T>, Refused> {
        Ok(self
            .text(name)?
            .filter(|text: &T| !text.as_ref().is_empty()))
    }

    /// The text of a member, which must be there and have some text.
    pub(crate) fn required<T: Told>(&self, name: &str) -> Result<T, Refused> {
        let member = self.expect(name)?;
        let text = member.text()?;
        if text.is_empty() {
            return Err(self.wrong(name, "empty"));
        }
        Ok(text.into())
    }

    /// The value of a member, if it is there.
    pub(crate) fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refused> {
        self.maybe(name)?.map(|e| e.value()).transpose()
    }

    /// The value of a member that travels as text, if it is there and not empty.
    pub(crate) fn filled_value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refused> {
        match self.maybe(name)? {
            Some(e) if !e.text()?.is_empty() => e.value().map(Some),
            _ => Ok(None),
        }
    }

    /// One of these words in a member, if it is there and not empty.
    pub(crate) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Refused> {
        match self.maybe(name)? {
            Some(e) if !e.text()?.is_empty() => e.word(words).map(Some),
            _ => Ok(None),
        }
    }

    /// One of these words, whatever its case, in a member, if it is there and not empty.
    pub(crate) fn word_in_any_case<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Refused> {
        match self.maybe(name)? {
            Some(e) if !e.text()?.is_empty() => e.word_in_any_case(words).map(Some),
            _ => Ok(None),
        }
    }

    /// The text of a member, if it is there: some that is not too long.
    pub(crate) fn short(&self, name: &str, longest: usize) -> Result<Option<String>, Refused> {
        match self.text::<String>(name)? {
            Some(text) if text.chars().count() > longest => {
                Err(self.wrong(name, &format!("longer than {longest} characters")))
            }
            text => Ok(text),
        }
    }

    /// The title in a member, if it is there and not empty.
    pub(crate) fn title(&self, name: &str, longest: usize) -> Result<Option<Name>, Refused> {
        match self.filled::<Name>(name)? {
            Some(title) if !is_title(&title, longest) => {
                Err(self.wrong(name, &format!("`{title}`")))
            }
            title => Ok(title),
        }
    }

    /// The title in a member, which must be there.
    pub(crate) fn required_title(&self, name: &str, longest: usize) -> Result<Name, Refused> {
        let title: Name = self.required(name)?;
        if is_title(&title, longest) {
            Ok(title)
        } else {
            Err(self.wrong(name, &format!("`{title}`")))
        }
    }

    /// `true` or `false` of a member, if it is there.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refused> {
        self.maybe(name)?.map(|e| e.boolean()).transpose()
    }

    fn wrong(&self, name: &str, what: &str) -> Refused {
        Refused::parameter(format!("{}/{name}: {what}", self.parent()))
    }

    /// Nothing may have been skipped, where that is not let pass.
    pub(crate) fn finish(&self) -> Result<(), Refused> {
        self.node.refuse(self.skipped.first().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::reader::document;

    const MEMBERS: &[&str] = &["B", "C", "D"];

    type Read = (String, Option<u16>, Option<String>);

    fn read_with(reading: &Reading, inner: &str) -> Result<Read, Refused> {
        let body = format!("<A xmlns=\"{NAMESPACE}\">{inner}</A>");
        Body::new(document(body.as_bytes(), "A")?, reading).read(MEMBERS, |c| {
            Ok((c.required("B")?, c.value("C")?, c.text("D")?))
        })
    }

    fn lenient(inner: &str) -> (Result<Read, Refused>, Option<String>) {
        let reading = Reading::default();
        (read_with(&reading, inner), reading.told())
    }

    fn strict(inner: &str) -> Result<Read, Refused> {
        read_with(&Reading::new(Misplaced::Refused), inner)
    }

    fn detail(refusal: &Refused) -> &str {
        refusal.detail.as_deref().unwrap_or_default()
    }

    #[test]
    fn elements_are_taken_in_their_order_and_others_skipped() {
        for (inner, read, told) in [
            (
                "<B>x</B><C>7</C><D>d</D>",
                Some(("x", Some(7), Some("d"))),
                "",
            ),
            (
                "<B>x</B><D>d</D><C>7</C>",
                Some(("x", None, Some("d"))),
                "A/C",
            ),
            ("<E/><B>x</B>", Some(("x", None, None)), "A/E"),
            (
                "<B>x</B><B>y</B><C>7</C>",
                Some(("x", Some(7), None)),
                "A/B",
            ),
            (
                "<B>x</B><C xmlns=\"urn:x\">7</C>",
                Some(("x", None, None)),
                "A/C",
            ),
            ("<B a=\"1\">x</B>", Some(("x", None, None)), "B/@a"),
            ("<C>7</C><B>x</B>", None, "A/B"),
        ] {
            let (got, skipped) = lenient(inner);
            let read = read
                .map(|(b, c, d): (&str, _, Option<&str>)| (b.to_owned(), c, d.map(str::to_owned)));
            assert_eq!(got.ok(), read, "{inner}");
            let told = (!told.is_empty()).then(|| format!("skipped: {told}"));
            assert_eq!(skipped, told, "{inner}");
        }
    }

    #[test]
    fn what_is_missing_after_skipping_is_still_missing() {
        let refusal = lenient("<C>7</C><B>x</B>").0.unwrap_err();
        assert_eq!(refusal.code, "InvalidXmlRequest");
        assert_eq!(detail(&refusal), "A: B is missing");
    }

    #[test]
    fn a_strict_reading_refuses_what_it_would_skip() {
        for (inner, words) in [
            ("<C>7</C><B>x</B>", "A/C: B is expected here"),
            ("<B>x</B><D/><C>7</C>", "A/C: unknown, or not in its place"),
            ("<B>x</B><E/>", "A/E: unknown, or not in its place"),
            ("<B a=\"1\">x</B>", "B: the attribute a is not known"),
            ("", "A: B is missing"),
        ] {
            assert_eq!(detail(&strict(inner).unwrap_err()), words, "{inner}");
        }
        assert!(strict("<B>x</B><C>7</C>").is_ok());
    }

    #[test]
    fn types_are_kept_in_either_reading() {
        let wrong = "<B>x</B><C>3.2</C>";
        for refusal in [lenient(wrong).0.unwrap_err(), strict(wrong).unwrap_err()] {
            assert_eq!(
                (refusal.code.as_str(), refusal.message.as_str()),
                ("BadRequest", "A parameter was incorrect")
            );
            assert_eq!(detail(&refusal), "C: `3.2`");
        }
    }

    #[test]
    fn text_between_elements_is_refused_in_either_reading() {
        let wrong = "<B>x</B>text<C>7</C>";
        assert!(lenient(wrong).0.is_err());
        assert!(strict(wrong).is_err());
    }

    #[test]
    fn what_was_skipped_is_told_in_bounds() {
        let long = "e".repeat(200);
        let (read, told) = lenient(&format!("<B>x</B>{}", format!("<{long}/>").repeat(1000)));
        assert!(read.is_ok());
        let told = told.unwrap();
        assert!(told.len() < 3000, "{}", told.len());
        assert!(told.ends_with(" and 984 more"), "{told}");
    }
}
