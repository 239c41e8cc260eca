//! `fixtures/operations/`: what our client asks, in an order in which it makes sense, and what it is
//! answered. The simulator reads the same bytes that the client was found to write, and gives an
//! answer of the same shape.

use std::path::{Path, PathBuf};

use fake_azure::Subscription;
use reqwest::Method;

use crate::stage::{Answer, Stage, builder};
use crate::xml::Node;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/operations")
}

/// First line, headers and body.
struct Message {
    first: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Message {
    fn read(name: &str, end: &str) -> Self {
        let path = folder().join(format!("{name}.{end}"));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_owned(), value.to_owned())
        });
        Self {
            first,
            headers: headers.collect(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Elements, attributes and whether there is text: all that does not differ from run to run.
fn shape(node: &Node) -> String {
    let attributes: Vec<_> = node.attributes.iter().map(|(name, _)| name).collect();
    let children: Vec<_> = node.children.iter().map(shape).collect();
    let text = if node.content.trim().is_empty() {
        ""
    } else {
        "…"
    };
    format!("{}{attributes:?}{text}{children:?}", node.name)
}

async fn send(stage: &Stage, request: &Message) -> Answer {
    let mut words = request.first.split(' ');
    let method: Method = words.next().unwrap().parse().unwrap();
    let path = words.next().unwrap();
    let url = format!("{}{path}", stage.azure.management_url());
    let mut asking = stage.client.request(method, url).body(request.body.clone());
    for name in ["x-ms-version", "content-type"] {
        if !request.header(name).is_empty() {
            asking = asking.header(name, request.header(name));
        }
    }
    Answer::of(asking.send().await.unwrap()).await
}

#[tokio::test]
async fn every_request_of_the_client_is_answered_in_the_shape_that_it_reads() {
    let subscription = "00000000-0000-4000-8000-000000000001";
    let stage = Stage::of(builder().subscription(Subscription {
        id: subscription.to_owned(),
        name: "Fixtures".to_owned(),
        certificates: Vec::new(),
    }))
    .await;
    let order = std::fs::read_to_string(folder().join("order.txt")).unwrap();
    let mut ids: Vec<(String, String)> = Vec::new();
    for name in order.lines() {
        let mut request = Message::read(name, "request");
        let expected = Message::read(name, "answer");
        for (kept, given) in &ids {
            request.first = request.first.replace(kept.as_str(), given);
        }

        let answer = send(&stage, &request).await;

        let status = expected.first.split(' ').nth(1).unwrap();
        assert_eq!(answer.status.to_string(), status, "{name}: {}", answer.body);
        // Nothing of the client's requests is skipped.
        assert!(!answer.detail().contains("skipped"), "{name}");
        assert_eq!(
            answer.header("content-type"),
            expected.header("content-type"),
            "{name}"
        );
        match (answer.body.as_str(), expected.body.as_str()) {
            ("", "") => {}
            (body, expected) => {
                let (body, expected) = (Node::parse(body), Node::parse(expected));
                assert_eq!(shape(&body), shape(&expected), "{name}");
            }
        }
        let id = answer.request_id().to_owned();
        ids.push((expected.header("x-ms-request-id").to_owned(), id));
        let journal = stage.azure.cloud().journal();
        let operation = &journal.last().unwrap().operation;
        let known = fake_azure::operations().find(|one| one.operation == *operation);
        assert!(known.is_some_and(|one| one.modelled), "{name}: {operation}");
    }
}
