//! Recordings that contradict newer ones: what the service changed between 2015 and 2017.

use crate::xml::Node;

use super::comparison::Body;
use super::recordings::Exchange;

/// A contradiction: what older answers say is read as what the newer ones say in its place.
pub(crate) struct Older {
    pub(crate) what: &'static str,
    /// Whether an answer is one of the older; it is then made a newer one.
    renew: fn(&Exchange, &mut Node) -> bool,
}

/// The table.
pub(crate) const OLDER: &[Older] = &[
    Older {
        what: "until 2015 some storage accounts had no endpoint for files",
        renew: |_, node| files(node),
    },
    Older {
        what: "disks made in 2014 are of the type that later ones name only for images",
        renew: |_, node| io_types(node),
    },
    Older {
        what: "a service without deployments is told with an empty list of them",
        renew: deployments,
    },
];

/// A recording repeats the answer to the question without `embed-detail`: the request is the
/// same, by its identifier.
const REPEATED: &str = "5a2c8587";

/// Adds the empty list of deployments.
fn deployments(exchange: &Exchange, node: &mut Node) -> bool {
    let repeated = exchange
        .headers
        .get("x-ms-request-id")
        .is_some_and(|id| id.starts_with(REPEATED));
    let asked = exchange.path().contains("embed-detail=true");
    if !(repeated && asked) || node.children.iter().any(|c| c.name == "Deployments") {
        return false;
    }
    node.children.push(Node {
        name: "Deployments".to_owned(),
        ..Node::default()
    });
    true
}

/// Names the type of disks as for those of 2015.
fn io_types(node: &mut Node) -> bool {
    let mut renewed = false;
    let old = node.name == "Disk" && node.text("CreatedTime").starts_with("2014");
    for child in &mut node.children {
        if old && child.name == "IOType" && child.content == "Standard_LRS" {
            "Standard".clone_into(&mut child.content);
            renewed = true;
        }
        renewed |= io_types(child);
    }
    renewed
}

/// Adds the file endpoint where there are three.
fn files(node: &mut Node) -> bool {
    let mut renewed = false;
    if node.name == "StorageServiceProperties" {
        for list in node.children.iter_mut().filter(|c| c.name == "Endpoints") {
            if let [.., last] = list.children.as_slice()
                && list.children.len() == 3
            {
                let mut files = last.clone();
                files.content = files.content.replace(".table.", ".file.");
                list.children.push(files);
                renewed = true;
            }
        }
    }
    for child in &mut node.children {
        renewed |= files(child);
    }
    renewed
}

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
