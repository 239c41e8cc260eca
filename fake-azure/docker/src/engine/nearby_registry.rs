//! Registries that run in containers of this engine: pulls and pushes speak to them over HTTP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::{Body, Bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use serde::Deserialize;

use super::Engine;
use crate::files::{Content, compression};
use crate::process::network::Transport;
use crate::reference::Named;
use crate::registry::manifest::{self, Index, Manifest};
use crate::registry::{
    Archive, Blob, Digest, ImageConfig, Login, Platform, Published, Registry, Variant, catalogue,
};
use crate::state::image::{Departure, Message, Step};
use crate::stream::client::{Client, Gone};

/// The longest layer that is read, in bytes, packed or not.
const LONGEST: usize = 512 * 1024 * 1024;
/// What manifests may be.
const MANIFESTS: &str = "application/vnd.docker.distribution.manifest.v2+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.oci.image.index.v1+json";

/// A registry that answers at an address of the host or of its networks.
pub(crate) struct NearbyRegistry {
    host: String,
    client: Client,
    authorization: Option<String>,
    /// Whether it does not know who asks.
    is_refused: bool,
}

/// Whether a registry took what was brought; the words of its refusal.
type Taken = Result<(), String>;

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Problems {
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    message: String,
}

impl Engine {
    /// The registry at a host with a port, if something there answers as one.
    pub(crate) async fn nearby_registry(
        &self,
        host: &str,
        login: &Login,
    ) -> Option<NearbyRegistry> {
        let connection = self
            .fabric()
            .connect_from(None, Transport::Tcp, address(host)?)
            .await
            .ok()?;
        let authorization = (!login.username.is_empty()).then(|| {
            let account = format!("{}:{}", login.username, login.password);
            format!("Basic {}", STANDARD.encode(account))
        });
        let mut registry = NearbyRegistry {
            host: host.to_owned(),
            client: Client::open(connection.into_stream()).await.ok()?,
            authorization,
            is_refused: false,
        };
        let answer = registry.get("/v2/", "").await.ok()?;
        registry.is_refused = answer.status() == StatusCode::UNAUTHORIZED;
        (answer.status() == StatusCode::OK || registry.is_refused).then_some(registry)
    }

    /// Plans a push to a registry and brings it what it has not.
    pub(crate) async fn push_nearby(
        &self,
        registry: &mut NearbyRegistry,
        name: &Named,
        login: &Login,
    ) -> Vec<Step> {
        let mut there = registry.empty();
        let mut steps = self.state().images.push(&there, name, login);
        for departure in departures(&steps) {
            let known = registry.known(departure).await;
            there.push(&departure.name.repository(), known);
        }
        if steps.iter().any(|step| matches!(step, Step::Send(_))) {
            steps = self.state().images.push(&there, name, login);
        }
        let mut failed = None;
        for departure in departures(&steps) {
            if let Err(words) = registry.send(departure).await {
                failed = Some(words);
                break;
            }
        }
        if let Some(words) = failed {
            // It tells what it was about to do, and why that came to nothing.
            steps.truncate(1);
            steps.push(Step::Say(Message::error(words)));
        }
        let sent = steps.into_iter().map(|step| match step {
            Step::Send(departure) => Step::Sent(departure),
            step => step,
        });
        sent.collect()
    }
}

/// The images that a plan sends.
fn departures(steps: &[Step]) -> impl Iterator<Item = &Departure> {
    steps.iter().filter_map(|step| match step {
        Step::Send(departure) => Some(departure),
        _ => None,
    })
}

/// The address that `localhost:5000` or `172.17.0.2:5000` means; a name is none.
fn address(host: &str) -> Option<SocketAddr> {
    let (name, port) = host.rsplit_once(':')?;
    let address = match name {
        "localhost" => IpAddr::from(Ipv4Addr::LOCALHOST),
        name => name.trim_matches(['[', ']']).parse().ok()?,
    };
    Some(SocketAddr::new(address, port.parse().ok()?))
}

impl NearbyRegistry {
    /// Whether it does not know who asks.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// What is there of a name: a registry that has this and nothing else.
    pub(crate) async fn mirror(&mut self, name: &Named) -> Registry {
        let mut there = self.empty();
        let names = if name.is_name_only() {
            let tags = self.tags(name.path()).await.unwrap_or_default();
            let named = tags.iter().filter_map(|tag| name.with_tag(tag).ok());
            named.collect()
        } else {
            vec![name.clone()]
        };
        for name in names {
            let reference = match (name.digest(), name.tag()) {
                (Some(digest), _) => digest.to_string(),
                (None, tag) => tag.unwrap_or_default().to_owned(),
            };
            if let Some(published) = self.published(name.path(), &reference).await {
                there.push(&name, published);
            }
        }
        there
    }

    /// A registry at its host that has nothing.
    fn empty(&self) -> Registry {
        let mut registry = Registry::bare();
        registry.open(&self.host);
        registry
    }

    async fn tags(&mut self, path: &str) -> Option<Vec<String>> {
        let answer = self.get(&format!("/v2/{path}/tags/list"), "").await.ok()?;
        let tags: Tags = serde_json::from_slice(answer.body()).ok()?;
        tags.tags
    }

    async fn published(&mut self, path: &str, reference: &str) -> Option<Published> {
        let (media_type, document) = self.manifest(path, reference).await?;
        let mut variants = Vec::new();
        if manifest::is_index(&media_type) {
            let index: Index = serde_json::from_str(&document).ok()?;
            for one in index.manifests {
                let found = self.manifest(path, &one.digest.to_string()).await;
                if let Some((_, manifest)) = found {
                    variants.extend(self.variant(path, manifest).await);
                }
            }
        } else {
            variants.extend(self.variant(path, document.clone()).await);
        }
        (!variants.is_empty()).then(|| Published {
            digest: Digest::of(&document),
            media_type,
            document: document.into(),
            variants,
        })
    }

    /// A manifest or an index, and which of them it is.
    async fn manifest(&mut self, path: &str, reference: &str) -> Option<(String, String)> {
        let target = format!("/v2/{path}/manifests/{reference}");
        let answer = self.get(&target, MANIFESTS).await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        let media_type = answer.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let media_type = media_type.split(';').next()?.trim().to_owned();
        let document = String::from_utf8(answer.into_body().to_vec()).ok()?;
        Some((media_type, document))
    }

    async fn variant(&mut self, path: &str, manifest: String) -> Option<Variant> {
        let read: Manifest = serde_json::from_str(&manifest).ok()?;
        let config = self.blob(path, read.config.digest).await?;
        let config = String::from_utf8(config.to_vec()).ok()?;
        let told: ImageConfig = serde_json::from_str(&config).ok()?;
        let moments = told.moments();
        let mut layers = Vec::new();
        for (layer, diff_id) in read.layers.iter().zip(&told.rootfs.diff_ids) {
            let packed = self.blob(path, layer.digest).await?;
            let archive = compression::decompress(&packed, LONGEST as u64).ok()?;
            let known = catalogue::layer(Digest::of(&archive), &moments);
            if let Some(known) = known.filter(|known| known.diff_id == *diff_id) {
                layers.push(known);
                continue;
            }
            let unpacked = archive.len() as u64;
            layers.push(Blob {
                diff_id: *diff_id,
                ..Blob::of(Archive::Own(Content::from(archive)), unpacked)
            });
        }
        Some(Variant {
            platform: Platform {
                os: told.os,
                architecture: told.architecture,
                variant: told.variant,
            },
            manifest: manifest.into(),
            config: config.into(),
            layers,
        })
    }

    async fn blob(&mut self, path: &str, digest: Digest) -> Option<Bytes> {
        let target = format!("/v2/{path}/blobs/{digest}");
        let answer = self.get(&target, "").await.ok()?;
        (answer.status() == StatusCode::OK).then(|| answer.into_body())
    }

    async fn has(&mut self, path: &str, digest: Digest) -> bool {
        let target = format!("/v2/{path}/blobs/{digest}");
        let answer = self.ask(Method::HEAD, &target, "", "", Bytes::new()).await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    /// An image of those layers that are there already.
    async fn known(&mut self, departure: &Departure) -> Published {
        let mut known = departure.published.clone();
        for variant in &mut known.variants {
            for layer in std::mem::take(&mut variant.layers) {
                if self.has(departure.name.path(), layer.digest).await {
                    variant.layers.push(layer);
                }
            }
        }
        known
    }

    /// Brings an image: what is not there of its layers, its configuration, its manifest.
    async fn send(&mut self, departure: &Departure) -> Taken {
        let path = departure.name.path();
        for variant in &departure.published.variants {
            for layer in &variant.layers {
                if !self.has(path, layer.digest).await {
                    self.upload(path, layer.digest, layer.gzip().into()).await?;
                }
            }
            let config = variant.config.as_bytes();
            let digest = Digest::of(config);
            if !self.has(path, digest).await {
                self.upload(path, digest, Bytes::copy_from_slice(config))
                    .await?;
            }
        }
        let published = &departure.published;
        let tag = departure.name.tag().unwrap_or_default();
        let target = format!("/v2/{path}/manifests/{tag}");
        let document = Bytes::copy_from_slice(published.document.as_bytes());
        let kind = &published.media_type;
        self.bring(Method::PUT, &target, kind, document).await?;
        Ok(())
    }

    async fn upload(&mut self, path: &str, digest: Digest, bytes: Bytes) -> Taken {
        let target = format!("/v2/{path}/blobs/uploads/");
        let begun = self.bring(Method::POST, &target, "", Bytes::new()).await?;
        let location = begun.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = location.ok_or("the registry does not say where to upload to")?;
        // It may be told with the host before it.
        let at = match location.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => location,
        };
        let sign = if at.contains('?') { '&' } else { '?' };
        let target = format!("{at}{sign}digest={digest}");
        let kind = "application/octet-stream";
        self.bring(Method::PUT, &target, kind, bytes).await?;
        Ok(())
    }

    /// Asks for a change; the words of the registry when it refuses.
    async fn bring(
        &mut self,
        method: Method,
        target: &str,
        kind: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, String> {
        let answer = self.ask(method.clone(), target, "", kind, body).await;
        let answer = answer.map_err(|gone| {
            let verb = title(&method);
            format!("{verb} \"http://{}{target}\": {gone}", self.host)
        })?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED if self.authorization.is_none() => {
                Err("no basic auth credentials".to_owned())
            }
            status => Err(refusal(status, answer.body())),
        }
    }

    async fn get(&mut self, target: &str, accept: &str) -> Result<Response<Bytes>, Gone> {
        self.ask(Method::GET, target, accept, "", Bytes::new())
            .await
    }

    async fn ask(
        &mut self,
        method: Method,
        target: &str,
        accept: &str,
        kind: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, Gone> {
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, &self.host);
        let authorization = self.authorization.as_deref().unwrap_or_default();
        for (name, value) in [
            (ACCEPT, accept),
            (CONTENT_TYPE, kind),
            (AUTHORIZATION, authorization),
        ] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        let request = request.body(Body::from(body)).map_err(|_| Gone)?;
        self.client.ask(request, LONGEST).await
    }
}

/// A method as the engine's sentences write it.
fn title(method: &Method) -> &'static str {
    match *method {
        Method::PUT => "Put",
        Method::POST => "Post",
        _ => "Get",
    }
}

/// A registry's refusal in its own words.
fn refusal(status: StatusCode, body: &[u8]) -> String {
    let told = serde_json::from_slice::<Problems>(body).ok();
    let first = told.and_then(|told| told.errors.into_iter().next());
    match first {
        Some(problem) => {
            let code = problem.code.to_ascii_lowercase().replace('_', " ");
            format!("{code}: {}", problem.message)
        }
        None => format!("received unexpected HTTP status: {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_ports_may_be_nearby() {
        let of = |host: &str| address(host).map(|at| at.to_string());
        assert_eq!(of("localhost:5000").as_deref(), Some("127.0.0.1:5000"));
        assert_eq!(of("172.17.0.2:80").as_deref(), Some("172.17.0.2:80"));
        assert_eq!(of("[::1]:80").as_deref(), Some("[::1]:80"));
        assert_eq!(of("docker.io"), None);
        assert_eq!(of("registry.example:5000"), None);
    }

    #[test]
    fn a_refusal_is_told_in_the_registrys_words() {
        let body = br#"{"errors":[{"code":"DENIED","message":"not here","detail":null}]}"#;
        assert_eq!(refusal(StatusCode::FORBIDDEN, body), "denied: not here");
        assert_eq!(
            refusal(StatusCode::BAD_GATEWAY, b"<html>"),
            "received unexpected HTTP status: 502 Bad Gateway"
        );
    }
}
