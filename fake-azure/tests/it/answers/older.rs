//! Recordings that contradict newer ones: what the service changed between 2015 and 2017.

use crate::xml::Node;

use super::compare::Body;
use super::recordings::Exchange;

/// A contradiction: what older answers say is read as what the newer ones say in its place.
pub(crate) struct Older {
    pub(crate) what: &'static str,
    /// Whether an answer is one of the older; it is then made a newer one.
    renew: fn(&Exchange, &mut Node) -> bool,
}

/// The table.
pub(crate) const OLDER: &[Older] = &[];

/// The recorded body as the newer service would have written it, and which rules that took.
pub(crate) fn renewed(exchange: &Exchange) -> (Body, Vec<&'static str>) {
    let mut body = Body::of(exchange);
    let mut used = Vec::new();
    if let Body::Document(document) = &mut body {
        for older in OLDER {
            if (older.renew)(exchange, document) {
                used.push(older.what);
            }
        }
    }
    (body, used)
}
