//! How much a body may hold. What it costs to read one is bounded by its bytes; these are the
//! bounds where a few bytes would cost many, and those that the service has of its own.

use quick_xml::events::BytesStart;
use quick_xml::name::QName;

/// Elements nest this deep at most; the deepest real ones do so a dozen times.
pub(super) const DEEPEST: usize = 64;

/// There are this many elements at most: some ten times those of the largest deployment.
const ELEMENTS: usize = 20_000;

/// An element has this many attributes at most, and a body as many bindings of name spaces.
const ATTRIBUTES: usize = 64;

/// Names of elements and of name spaces are this long at most.
pub(super) const NAME: usize = 256;

/// Lists with a limit of the service's own: how many of these may stand in one.
const ITEMS: &[(&str, usize)] = &[
    ("InputEndpoint", 150),
    ("Rule", 50),
    ("DnsServer", 100),
    ("VirtualNetworkSite", 100),
    ("LocalNetworkSite", 100),
];

/// Other lists have this many items at most.
const OTHER_ITEMS: usize = 1000;

/// How many of these may stand in a list.
pub(super) fn most(item: &str) -> usize {
    let own = ITEMS.iter().find(|(name, _)| *name == item);
    own.map_or(OTHER_ITEMS, |(_, most)| *most)
}

/// What was read of a body so far.
#[derive(Debug, Default)]
pub(super) struct Count {
    elements: usize,
    bindings: usize,
}

impl Count {
    /// Counts an element, unless it is too much.
    pub(super) fn element(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        self.elements += 1;
        if self.elements > ELEMENTS {
            return Err("it has too many elements");
        }
        let binds = |key: QName<'_>| key.as_namespace_binding().is_some();
        // Which is there twice is looked for later, among not too many.
        for (n, attribute) in start.attributes().with_checks(false).enumerate() {
            if n == ATTRIBUTES {
                return Err("it has too many attributes");
            }
            if attribute.is_ok_and(|attribute| binds(attribute.key)) {
                self.bindings += 1;
            }
        }
        if self.bindings > ATTRIBUTES {
            return Err("it binds too many name spaces");
        }
        Ok(())
    }
}
