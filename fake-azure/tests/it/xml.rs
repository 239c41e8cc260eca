//! A reader of answers that shares nothing with the simulator's own.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Self>,
    pub(crate) content: String,
}

impl Node {
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self::begin(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(Self::begin(&start)),
                Event::End(_) => {
                    let done = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(done);
                }
                Event::Text(text) => {
                    open.last_mut().unwrap().content += &text;
                }
                Event::GeneralRef(reference) => {
                    let name: &str = &reference;
                    let text = match reference.resolve_char_ref().unwrap() {
                        Some(c) => c.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(name)
                            .unwrap()
                            .to_owned(),
                    };
                    open.last_mut().unwrap().content += &text;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "{text}");
        let mut roots = open.pop().unwrap().children;
        assert_eq!(roots.len(), 1, "{text}");
        roots.pop().unwrap()
    }

    fn begin(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .unwrap();
            (attribute.key.as_ref().to_owned(), value.into_owned())
        });
        Self {
            name: start.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    /// The first element at a path such as `A/B`.
    pub(crate) fn find(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |node, name| {
            node.children.iter().find(|child| child.name == name)
        })
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// The text at a path; empty when there is none.
    pub(crate) fn text(&self, path: &str) -> String {
        self.find(path)
            .map_or_else(String::new, |node| node.content.clone())
    }

    /// All children of an element.
    pub(crate) fn all(&self, path: &str) -> &[Self] {
        self.find(path).map_or(&[], |node| &node.children)
    }

    /// The names of the children, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.children.iter().map(|c| c.name.as_str()).collect()
    }

    /// The text of this child of each of the children of an element.
    pub(crate) fn each(&self, path: &str, name: &str) -> Vec<String> {
        let list = if path.is_empty() {
            &self.children[..]
        } else {
            self.all(path)
        };
        list.iter().map(|node| node.text(name)).collect()
    }
}
