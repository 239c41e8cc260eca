use std::sync::Arc;

use super::store::digest;
use crate::process::script::bench::{Bench, NoPrograms, Running};
use crate::process::script::services::Services;

async fn bench() -> (Bench, Running) {
    let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
    let bench = bench.env("REGISTRY_STORAGE_DELETE_ENABLED", "true");
    bench.program("/bin/registry", "registry");
    bench.write("/var/lib/registry/x", b"", 0o644);
    let running = bench.start("/bin/registry serve /etc/distribution/config.yml");
    running.err.until("listening on [::]:5000").await;
    (bench, running)
}

fn status(head: &str) -> u16 {
    head[9..12].parse().unwrap()
}

fn header(head: &str, name: &str) -> String {
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {head}"))
        .to_owned()
}

/// Uploads `layer bytes` in two parts; its digest.
async fn upload(bench: &Bench) -> String {
    let (head, _) = bench
        .http(5000, "POST /v2/acme/api/blobs/uploads/", "")
        .await;
    assert_eq!(status(&head), 202);
    let location = header(&head, "Location");
    let (head, _) = bench
        .http(5000, &format!("PATCH {location}"), "layer ")
        .await;
    assert_eq!(
        (status(&head), header(&head, "Range").as_str()),
        (202, "0-5")
    );
    let (head, _) = bench.http(5000, &format!("GET {location}"), "").await;
    assert_eq!(
        (status(&head), header(&head, "Range").as_str()),
        (204, "0-5")
    );
    let wanted = digest(b"layer bytes");
    let (head, _) = bench
        .http(5000, &format!("PUT {location}?digest={wanted}"), "bytes")
        .await;
    assert_eq!(status(&head), 201);
    wanted
}

#[tokio::test]
async fn what_is_pushed_is_pulled() {
    let (bench, running) = bench().await;
    let (head, body) = bench.http(5000, "GET /v2/", "").await;
    assert_eq!((status(&head), body.as_str()), (200, "{}"));
    assert_eq!(
        header(&head, "Docker-Distribution-Api-Version"),
        "registry/2.0"
    );

    let layer = "layer bytes";
    let wanted = upload(&bench).await;
    let config = "{}";
    let (head, _) = bench
        .http(
            5000,
            &format!("POST /v2/acme/api/blobs/uploads/?digest={}", digest(b"{}")),
            config,
        )
        .await;
    assert_eq!(status(&head), 201);
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{{"digest":"{}"}},"layers":[{{"digest":"{wanted}"}}]}}"#,
        digest(b"{}")
    );
    let (head, _) = bench
        .http(5000, "PUT /v2/acme/api/manifests/1.0", &manifest)
        .await;
    assert_eq!(status(&head), 201);
    let number = header(&head, "Docker-Content-Digest");
    assert_eq!(number, digest(manifest.as_bytes()));

    for reference in ["1.0", &number] {
        let (head, body) = bench
            .http(5000, &format!("GET /v2/acme/api/manifests/{reference}"), "")
            .await;
        assert_eq!((status(&head), &body), (200, &manifest));
        assert_eq!(
            header(&head, "Content-Type"),
            "application/vnd.docker.distribution.manifest.v2+json"
        );
    }
    let (head, body) = bench
        .http(5000, &format!("HEAD /v2/acme/api/blobs/{wanted}"), "")
        .await;
    assert_eq!(
        (
            status(&head),
            header(&head, "Content-Length").as_str(),
            body.as_str()
        ),
        (200, "11", "")
    );
    assert_eq!(
        bench
            .http(5000, &format!("GET /v2/acme/api/blobs/{wanted}"), "")
            .await
            .1,
        layer
    );
    assert_eq!(
        bench.http(5000, "GET /v2/acme/api/tags/list", "").await.1,
        r#"{"name":"acme/api","tags":["1.0"]}"#
    );
    assert_eq!(
        bench.http(5000, "GET /v2/_catalog", "").await.1,
        r#"{"repositories":["acme/api"]}"#
    );
    let mount = format!("POST /v2/other/blobs/uploads/?mount={wanted}&from=acme/api");
    assert_eq!(status(&bench.http(5000, &mount, "").await.0), 201);
    let (head, _) = bench
        .http(5000, &format!("DELETE /v2/acme/api/manifests/{number}"), "")
        .await;
    assert_eq!(status(&head), 202);
    let (head, body) = bench.http(5000, "GET /v2/acme/api/manifests/1.0", "").await;
    assert_eq!(status(&head), 404);
    assert_eq!(
        body,
        r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"1.0"}}]}"#
    );
    assert!(
        running
            .out
            .text()
            .contains("\"GET /v2/_catalog HTTP/1.1\" 200 ")
    );
    running.signal("TERM");
    assert_eq!(running.wait().await, 2);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_the_registrys_words() {
    let (bench, _running) = bench().await;
    let missing = digest(b"missing");
    let manifest = format!(r#"{{"config":{{"digest":"{missing}"}}}}"#);
    let cases = [
        ("GET /v2/a/tags/list".to_owned(), "", 404, "NAME_UNKNOWN"),
        (
            format!("GET /v2/a/blobs/{missing}"),
            "",
            404,
            "BLOB_UNKNOWN",
        ),
        (
            "PUT /v2/a/manifests/x".to_owned(),
            manifest.as_str(),
            400,
            "MANIFEST_BLOB_UNKNOWN",
        ),
        (
            "PUT /v2/a/manifests/x".to_owned(),
            "no json",
            400,
            "MANIFEST_INVALID",
        ),
        (
            format!("PUT /v2/a/manifests/{missing}"),
            "{}",
            400,
            "DIGEST_INVALID",
        ),
        (
            "PATCH /v2/a/blobs/uploads/none".to_owned(),
            "x",
            404,
            "BLOB_UPLOAD_UNKNOWN",
        ),
        (
            format!("POST /v2/a/blobs/uploads/?digest={missing}"),
            "other",
            400,
            "DIGEST_INVALID",
        ),
        (
            "GET /v2/UPPER/tags/list".to_owned(),
            "",
            400,
            "NAME_INVALID",
        ),
        ("GET /v2/../tags/list".to_owned(), "", 400, "NAME_INVALID"),
        (
            "DELETE /v2/a/manifests/tag".to_owned(),
            "",
            405,
            "UNSUPPORTED",
        ),
    ];
    for (head, body, expected, code) in cases {
        let (answer, words) = bench.http(5000, &head, body).await;
        assert_eq!(status(&answer), expected, "{head}");
        assert!(
            words.contains(&format!("\"code\":\"{code}\"")),
            "{head}: {words}"
        );
    }
    assert_eq!(status(&bench.http(5000, "GET /v1/", "").await.0), 404);
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let (bench, _running) = bench().await;
    for name in ["a", "b", "c"] {
        bench
            .http(5000, &format!("PUT /v2/{name}/manifests/x"), "{}")
            .await;
    }
    let (head, body) = bench.http(5000, "GET /v2/_catalog?n=2", "").await;
    assert_eq!(body, r#"{"repositories":["a","b"]}"#);
    assert_eq!(
        header(&head, "Link"),
        "</v2/_catalog?last=b&n=2>; rel=\"next\""
    );
    assert_eq!(
        bench.http(5000, "GET /v2/_catalog?last=b&n=2", "").await.1,
        r#"{"repositories":["c"]}"#
    );
}
