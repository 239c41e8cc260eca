//! `--platform`: which variant of an image is taken, and what a container on it sees.

use fake_docker::Engine;
use serde_json::{Value, json};

use crate::wire::{ask, post};

/// Makes a container, and tells what the engine warned of and what it writes.
async fn run(engine: &Engine, platform: &str, image: &str) -> (Value, String) {
    let body = json!({ "Image": image, "Cmd": ["sh", "-c", "uname -m; arch"], "Tty": true });
    let target = format!("/containers/create?name=box{platform}");
    let made = post(engine, &target, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(post(engine, "/containers/box/start", "").await.status, 204);
    assert_eq!(post(engine, "/containers/box/wait", "").await.status, 200);
    let said = ask(engine, "GET", "/containers/box/logs?stdout=1")
        .await
        .body;
    assert_eq!(ask(engine, "DELETE", "/containers/box").await.status, 204);
    let warnings = made.json()["Warnings"].clone();
    (
        warnings,
        String::from_utf8_lossy(&said).replace("\r\n", " "),
    )
}

#[tokio::test]
async fn a_platform_picks_the_variant_and_the_machine_inside() {
    let engine = Engine::builder().build();
    let pulled = "/images/create?fromImage=alpine&tag=3.22&platform=linux/arm64";
    assert_eq!(post(&engine, pulled, "").await.status, 200);
    let told = ask(&engine, "GET", "/images/alpine:3.22/json").await.json();
    assert_eq!(
        (&told["Architecture"], &told["Variant"]),
        (&json!("arm64"), &json!("v8"))
    );

    let (warnings, said) = run(&engine, "&platform=linux/arm64", "alpine:3.22").await;
    assert_eq!(said, "aarch64 aarch64 ");
    assert!(warnings.as_array().unwrap().is_empty(), "{warnings}");
    let (warnings, said) = run(&engine, "", "alpine:3.22").await;
    assert_eq!(said, "aarch64 aarch64 ");
    assert_eq!(
        warnings,
        json!([
            "The requested image's platform (linux/arm64/v8) does not match the detected host platform (linux/amd64/v3) and no specific platform was requested"
        ])
    );

    let body = json!({ "Image": "alpine:3.22", "Cmd": ["true"] }).to_string();
    let refused = post(&engine, "/containers/create?platform=linux/amd64", &body).await;
    assert_eq!(refused.status, 404);
    assert_eq!(
        refused.json()["message"],
        "image with reference alpine:3.22 was found but its platform (linux/arm64/v8) does not match the specified platform (linux/amd64)"
    );

    let pulled = "/images/create?fromImage=alpine&tag=3.22";
    assert_eq!(post(&engine, pulled, "").await.status, 200);
    assert_eq!(run(&engine, "", "alpine:3.22").await.1, "x86_64 x86_64 ");
}

#[tokio::test]
async fn a_platform_that_nobody_made_is_refused_in_the_engines_words() {
    let engine = Engine::builder().build();
    let pulled = "/images/create?fromImage=alpine&tag=3.22&platform=linux/s390x";
    let said = post(&engine, pulled, "").await;
    let said = String::from_utf8_lossy(&said.body).into_owned();
    assert!(
        said.contains("no matching manifest for linux/s390x in the manifest list entries"),
        "{said}"
    );
    for (platform, words) in [
        (
            "toaster",
            "\"toaster\": unknown operating system or architecture: invalid argument",
        ),
        (
            "linux/a/b/c",
            "\"linux/a/b/c\": cannot parse platform specifier: invalid argument",
        ),
    ] {
        let target = format!("/images/create?fromImage=alpine&tag=3.22&platform={platform}");
        let refused = post(&engine, &target, "").await;
        assert_eq!(refused.status, 400, "{platform}");
        assert_eq!(refused.json()["message"], words);
    }
}
