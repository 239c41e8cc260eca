//! Arranging a simulator so that a recorded answer is the true one.

mod gallery;
mod machines;
mod networks;
mod seeds;
mod things;
mod writes;

use std::collections::BTreeMap;

use fake_azure::Pace;
use reqwest::{Client, Method};

use crate::stage::{Answer, Stage, VERSION, builder};
use crate::xml::Node;

use super::comparison::Body;
use super::recordings::{Exchange, Story};

/// A simulator, and the request that is to be sent to it.
pub(crate) struct Scene {
    stage: Stage,
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Why something could not be arranged.
pub(crate) type Arranged<T = ()> = Result<T, String>;

impl Scene {
    pub(crate) async fn ask(&self) -> Answer {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let url = self.stage.url(&self.path);
        let mut request = self.stage.client.request(method, url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if self.method != "GET" {
            request = request.body(self.body.clone());
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Something that must be accepted, and that ends well.
    async fn made(&self, method: &str, path: &str, body: &str) -> Arranged {
        let answer = self.stage.call(method, path, body).await;
        if answer.status == 202 {
            // The longest operations end within a minute and a half.
            self.stage.advance(90);
            let id = answer.request_id();
            let poll = self.stage.get(&format!("/operations/{id}")).await;
            if !poll.body.contains("<Status>Succeeded<") {
                return Err(format!("{method} {path}: {}", poll.body));
            }
            return Ok(());
        }
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        Err(format!(
            "{method} {path}: {} {} {} ← {body}",
            answer.status,
            answer.detail(),
            answer.body
        ))
    }
}

/// Text inside XML.
fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

/// An element as it is written in requests: without attributes.
fn written(node: &Node) -> String {
    let inner: String = if node.children.is_empty() {
        escaped(&node.content)
    } else {
        node.children.iter().map(written).collect()
    };
    format!("<{0}>{inner}</{0}>", node.name)
}

fn is_nil(node: &Node) -> bool {
    node.attributes
        .iter()
        .any(|(name, _)| name.ends_with(":nil"))
}

/// All elements of this name, at any depth.
fn every<'a>(node: &'a Node, name: &str, found: &mut Vec<&'a Node>) {
    if node.name == name {
        found.push(node);
    }
    for child in &node.children {
        every(child, name, found);
    }
}

/// Arranges what the recorded exchange needs.
pub(crate) async fn arrange(
    exchange: &Exchange,
    story: &Story,
    body: &Body,
    client: &Client,
) -> Arranged<Scene> {
    let sent = exchange.sent.as_ref();
    let mut scene_body = match sent {
        Some(sent) => sent.body.clone(),
        None => writes::body_of(exchange, story),
    };
    // Their suite did not know its own location, and the answer was recorded with another.
    scene_body = scene_body.replace(">undefined</Location>", ">West US</Location>");
    let seeds = seeds::seeds(builder().pace(Pace::ByHand), exchange, body, &scene_body);
    let azure = seeds.start().await.map_err(|error| error.to_string())?;
    let stage = Stage {
        azure,
        client: client.clone(),
    };
    let version = sent.and_then(|sent| sent.headers.get("x-ms-version"));
    let kind = sent.and_then(|sent| sent.headers.get("content-type"));
    let mut headers = BTreeMap::from([(
        "x-ms-version".to_owned(),
        version.map_or(VERSION, String::as_str).to_owned(),
    )]);
    if exchange.method != "GET" {
        let kind = kind.map_or("application/xml", String::as_str);
        headers.insert("content-type".to_owned(), kind.to_owned());
    }
    let mut scene = Scene {
        stage,
        method: exchange.method.clone(),
        path: exchange.path().to_owned(),
        headers,
        body: scene_body,
    };
    if exchange.method == "GET" {
        things::arrange(&mut scene, exchange, body).await?;
    } else {
        writes::arrange(&mut scene, exchange).await?;
    }
    Ok(scene)
}
