//! The registry's API over HTTP, in its second version.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::store::{Manifest, RegistryStore, digest};
use crate::process::script::message::{Request, Response};

/// The most uploads that are not finished.
const MOST_UPLOADS: usize = 100;
/// How many bytes they hold together.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// The longest manifest, in bytes.
const LONGEST_MANIFEST: usize = 4 * 1024 * 1024;
/// The most names of one answer.
const PAGE: usize = 100;

/// The registry.
#[derive(Debug)]
pub(super) struct Api {
    store: Arc<dyn RegistryStore>,
    /// Whether manifests may be deleted.
    deletes: bool,
    uploads: Mutex<Uploads>,
}

#[derive(Debug, Default)]
struct Uploads {
    open: BTreeMap<String, Vec<u8>>,
    begun: u64,
}

/// What a path means.
enum Place<'a> {
    Manifest(&'a str, &'a str),
    Blob(&'a str),
    Upload(&'a str, &'a str),
    Tags(&'a str),
}

impl Api {
    pub(super) fn new(store: Arc<dyn RegistryStore>, deletes: bool) -> Self {
        Self {
            store,
            deletes,
            uploads: Mutex::default(),
        }
    }

    pub(super) fn answer(&self, request: &Request, now: Timestamp) -> Response {
        let path = request.decoded_path().into_owned();
        let response = match path.strip_prefix("/v2/") {
            None if path == "/" => Response::new(200),
            None if path == "/v2" => Response::new(301).header("location", "/v2/"),
            None => Response::text(404, "404 page not found\n"),
            Some("") => json_answer(200, &json!({})),
            Some("_catalog") => self.catalog(request),
            Some(rest) => match place(rest) {
                Some((name, place)) if is_name(name) => self.at(&place, request, now),
                Some((name, _)) => {
                    error(400, "NAME_INVALID", "invalid repository name", &json!(name))
                }
                None => Response::text(404, "404 page not found\n"),
            },
        };
        let response = response
            .header("docker-distribution-api-version", "registry/2.0")
            .header("x-content-type-options", "nosniff")
            .dated(now)
            .in_order_of_go(false);
        if request.method == Method::HEAD {
            response.without_body()
        } else {
            response
        }
    }

    fn at(&self, place: &Place<'_>, request: &Request, now: Timestamp) -> Response {
        let method = request.method.as_str();
        match (place, method) {
            (Place::Tags(name), "GET" | "HEAD") => self.tags(name, request),
            (Place::Manifest(name, reference), "GET" | "HEAD") => {
                self.get_manifest(name, reference)
            }
            (Place::Manifest(name, reference), "PUT") => {
                self.put_manifest(name, reference, request, now)
            }
            (Place::Manifest(name, reference), "DELETE") => self.delete(name, reference, now),
            (Place::Blob(digest), "GET" | "HEAD") => match self.store.blob(digest) {
                Some(bytes) => Response::new(200)
                    .header("content-type", "application/octet-stream")
                    .header("docker-content-digest", digest)
                    .header("etag", &format!("\"{digest}\""))
                    .header("cache-control", "max-age=31536000")
                    .shared(bytes),
                None => error(
                    404,
                    "BLOB_UNKNOWN",
                    "blob unknown to registry",
                    &json!(digest),
                ),
            },
            (Place::Upload(name, ""), "POST") => self.begin(name, request, now),
            (Place::Upload(name, id), "PATCH") => self.carry_on(name, id, request),
            (Place::Upload(name, id), "PUT") => self.finish(name, id, request, now),
            (Place::Upload(name, id), "GET") => match self.uploaded(id) {
                Some(length) => upload_answer(204, name, id, length),
                None => no_upload(id),
            },
            (Place::Upload(_, id), "DELETE") => match self.uploads().open.remove(*id) {
                Some(_) => Response::new(204),
                None => no_upload(id),
            },
            _ => error(
                405,
                "UNSUPPORTED",
                "The operation is unsupported.",
                &Value::Null,
            ),
        }
    }

    fn uploads(&self) -> std::sync::MutexGuard<'_, Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn uploaded(&self, id: &str) -> Option<usize> {
        self.uploads().open.get(id).map(Vec::len)
    }

    fn catalog(&self, request: &Request) -> Response {
        let all = self.store.repositories();
        let (page, next) = page(&all, request);
        let response = json_answer(200, &json!({ "repositories": page }));
        with_next(response, "/v2/_catalog", next)
    }

    fn tags(&self, name: &str, request: &Request) -> Response {
        let Some(tags) = self.store.tags(name) else {
            let detail = json!({ "name": name });
            return error(
                404,
                "NAME_UNKNOWN",
                "repository name not known to registry",
                &detail,
            );
        };
        let (page, next) = page(&tags, request);
        let response = json_answer(200, &json!({ "name": name, "tags": page }));
        with_next(response, &format!("/v2/{name}/tags/list"), next)
    }

    fn get_manifest(&self, name: &str, reference: &str) -> Response {
        let Some(manifest) = self.store.manifest(name, reference) else {
            let detail = json!({ "Tag": reference });
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown", &detail);
        };
        let digest = manifest.digest();
        Response::new(200)
            .header("content-type", &manifest.media_type)
            .header("docker-content-digest", &digest)
            .header("etag", &format!("\"{digest}\""))
            .shared(manifest.bytes)
    }

    fn put_manifest(
        &self,
        name: &str,
        reference: &str,
        request: &Request,
        now: Timestamp,
    ) -> Response {
        let bytes = request.body.to_vec();
        let document: Option<Value> = serde_json::from_slice(&bytes).ok();
        let Some(document) = document.filter(|_| bytes.len() <= LONGEST_MANIFEST) else {
            return error(400, "MANIFEST_INVALID", "manifest invalid", &json!({}));
        };
        let digest = digest(&bytes);
        if reference.contains(':') && reference != digest {
            return error(
                400,
                "DIGEST_INVALID",
                "provided digest did not match uploaded content",
                &json!({}),
            );
        }
        let parts = [&document["config"]]
            .into_iter()
            .chain(document["layers"].as_array().into_iter().flatten());
        for part in parts.filter_map(|part| part["digest"].as_str()) {
            if self.store.blob(part).is_none() {
                let detail = json!({ "digest": part });
                return error(
                    400,
                    "MANIFEST_BLOB_UNKNOWN",
                    "blob unknown to registry",
                    &detail,
                );
            }
        }
        let media_type = request
            .header("content-type")
            .or_else(|| document["mediaType"].as_str());
        let manifest = Manifest {
            media_type: media_type
                .unwrap_or("application/vnd.oci.image.manifest.v1+json")
                .to_owned(),
            bytes: Arc::new(bytes),
        };
        match self.store.put_manifest(name, reference, manifest, now) {
            Ok(()) => Response::new(201)
                .header("location", &format!("/v2/{name}/manifests/{digest}"))
                .header("docker-content-digest", &digest),
            Err(errno) => error(500, "UNKNOWN", "unknown error", &json!(errno.to_string())),
        }
    }

    fn delete(&self, name: &str, reference: &str, now: Timestamp) -> Response {
        if !self.deletes || !reference.contains(':') {
            return error(
                405,
                "UNSUPPORTED",
                "The operation is unsupported.",
                &Value::Null,
            );
        }
        if self.store.delete_manifest(name, reference, now) {
            Response::new(202)
        } else {
            error(404, "MANIFEST_UNKNOWN", "manifest unknown", &Value::Null)
        }
    }

    fn begin(&self, name: &str, request: &Request, now: Timestamp) -> Response {
        if let Some(mounted) = request.query_value("mount")
            && self.store.blob(&mounted).is_some()
        {
            return created(name, &mounted);
        }
        if let Some(expected) = request.query_value("digest") {
            return self.keep(name, &expected, request.body.to_vec(), now);
        }
        let mut uploads = self.uploads();
        if uploads.open.len() >= MOST_UPLOADS {
            return error(429, "TOOMANYREQUESTS", "too many uploads", &Value::Null);
        }
        uploads.begun += 1;
        let id = format!("00000000-0000-4000-8000-{:012x}", uploads.begun);
        uploads.open.insert(id.clone(), Vec::new());
        drop(uploads);
        upload_answer(202, name, &id, 0)
    }

    fn carry_on(&self, name: &str, id: &str, request: &Request) -> Response {
        let mut uploads = self.uploads();
        let held: usize = uploads.open.values().map(Vec::len).sum();
        let Some(bytes) = uploads.open.get_mut(id) else {
            return no_upload(id);
        };
        if held + request.body.len() > MOST_BYTES {
            return error(
                413,
                "SIZE_INVALID",
                "the simulated registry is full",
                &Value::Null,
            );
        }
        let begin = request
            .header("content-range")
            .and_then(|range| range.split('-').next());
        if begin.is_some_and(|begin| begin.parse() != Ok(bytes.len())) {
            let length = bytes.len();
            drop(uploads);
            return upload_answer(416, name, id, length);
        }
        bytes.extend_from_slice(&request.body);
        let length = bytes.len();
        drop(uploads);
        upload_answer(202, name, id, length)
    }

    fn finish(&self, name: &str, id: &str, request: &Request, now: Timestamp) -> Response {
        let Some(expected) = request.query_value("digest") else {
            return error(
                400,
                "DIGEST_INVALID",
                "provided digest did not match uploaded content",
                &json!("digest missing"),
            );
        };
        let Some(mut bytes) = self.uploads().open.remove(id) else {
            return no_upload(id);
        };
        bytes.extend_from_slice(&request.body);
        self.keep(name, &expected, bytes, now)
    }

    fn keep(&self, name: &str, expected: &str, bytes: Vec<u8>, now: Timestamp) -> Response {
        if digest(&bytes) != expected {
            let words = "provided digest did not match uploaded content";
            return error(400, "DIGEST_INVALID", words, &json!(expected));
        }
        match self.store.put_blob(expected, bytes, now) {
            Ok(()) => created(name, expected),
            Err(errno) => error(500, "UNKNOWN", "unknown error", &json!(errno.to_string())),
        }
    }
}

/// The repository and what a path below `/v2/` means.
fn place(rest: &str) -> Option<(&str, Place<'_>)> {
    if let Some(name) = rest.strip_suffix("/tags/list") {
        return Some((name, Place::Tags(name)));
    }
    if let Some((name, id)) = rest.rsplit_once("/blobs/uploads/") {
        return Some((name, Place::Upload(name, id)));
    }
    if let Some(name) = rest.strip_suffix("/blobs/uploads") {
        return Some((name, Place::Upload(name, "")));
    }
    let (before, last) = rest.rsplit_once('/')?;
    if let Some(name) = before.strip_suffix("/manifests") {
        return Some((name, Place::Manifest(name, last)));
    }
    let name = before.strip_suffix("/blobs")?;
    Some((name, Place::Blob(last)))
}

/// Whether a repository may be called so.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let right = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
        !part.is_empty()
            && part.bytes().all(right)
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    name.len() <= 255 && name.split('/').all(part)
}

/// The part of a list that `n` and `last` ask for, and where it goes on.
fn page(all: &[String], request: &Request) -> (Vec<String>, Option<String>) {
    let most = request
        .query_value("n")
        .and_then(|n| n.parse().ok())
        .unwrap_or(PAGE);
    let last = request.query_value("last").unwrap_or_default();
    let mut rest = all.iter().filter(|name| **name > last);
    let page: Vec<String> = rest.by_ref().take(most.min(1_000)).cloned().collect();
    let next = rest
        .next()
        .and_then(|_| page.last())
        .map(|last| format!("?last={last}&n={most}"));
    (page, next)
}

fn with_next(response: Response, path: &str, next: Option<String>) -> Response {
    match next {
        Some(query) => response.header("link", &format!("<{path}{query}>; rel=\"next\"")),
        None => response,
    }
}

fn json_answer(status: u16, value: &Value) -> Response {
    let response = Response::json(status, value);
    response.header("content-type", "application/json; charset=utf-8")
}

fn error(status: u16, code: &str, message: &str, detail: &Value) -> Response {
    let error = json!({ "errors": [{ "code": code, "message": message, "detail": detail }] });
    json_answer(status, &error)
}

fn created(name: &str, digest: &str) -> Response {
    Response::new(201)
        .header("location", &format!("/v2/{name}/blobs/{digest}"))
        .header("docker-content-digest", digest)
}

fn no_upload(id: &str) -> Response {
    error(
        404,
        "BLOB_UPLOAD_UNKNOWN",
        "blob upload unknown to registry",
        &json!(id),
    )
}

fn upload_answer(status: u16, name: &str, id: &str, length: usize) -> Response {
    Response::new(status)
        .header("location", &format!("/v2/{name}/blobs/uploads/{id}"))
        .header("docker-upload-uuid", id)
        .header("range", &format!("0-{}", length.saturating_sub(1)))
}
