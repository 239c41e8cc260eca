//! `--platform`: which variant of an image is taken, and what a container on it sees.

use fake_docker::Engine;
use serde_json::{Value, json};

use crate::wire::{ask, post, send};

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

/// What `inspect` says of an image.
async fn inspected(engine: &Engine, name: &str) -> Value {
    ask(engine, "GET", &format!("/images/{name}/json"))
        .await
        .json()
}

#[tokio::test]
async fn a_variant_has_layers_and_sizes_of_its_own_and_keeps_them() {
    let engine = Engine::builder().build();
    for image in ["alpine", "nginx", "debian"] {
        let mut told = Vec::new();
        for platform in ["linux/amd64", "linux/arm64"] {
            let pulled = format!("/images/create?fromImage={image}&tag=latest&platform={platform}");
            let said = post(&engine, &pulled, "").await;
            assert!(!String::from_utf8_lossy(&said.body).contains("Already exists"));
            told.push(inspected(&engine, image).await);
        }
        let [amd64, arm64] = told.as_slice() else {
            unreachable!("two were pulled")
        };
        for key in ["Id", "Created", "Size"] {
            assert_ne!(amd64[key], arm64[key], "{image} {key}");
        }
        // The index is one, whichever of its images is taken.
        assert_eq!(amd64["RepoDigests"], arm64["RepoDigests"]);
        let layers = |told: &Value| told["RootFS"]["Layers"].as_array().unwrap().clone();
        let (here, there) = (layers(amd64), layers(arm64));
        assert_eq!(here.len(), there.len());
        assert!(here.iter().all(|layer| !there.contains(layer)), "{image}");
    }

    // The files are those of the processor.
    let body = json!({ "Image": "alpine", "Tty": true,
        "Cmd": ["sh", "-c", "cat /etc/apk/arch; uname -m; tail -c 8 /bin/busybox"] });
    assert_eq!(
        post(&engine, "/containers/create?name=box", &body.to_string())
            .await
            .status,
        201
    );
    assert_eq!(post(&engine, "/containers/box/start", "").await.status, 204);
    assert_eq!(post(&engine, "/containers/box/wait", "").await.status, 200);
    let said = ask(&engine, "GET", "/containers/box/logs?stdout=1")
        .await
        .body;
    assert_eq!(
        String::from_utf8_lossy(&said),
        "aarch64\r\naarch64\r\naarch64\r\n"
    );

    // They survive an archive, and an engine that has never seen them.
    let saved = ask(&engine, "GET", "/images/alpine/get").await;
    let other = Engine::builder().build();
    let loaded = send(&other, "/images/load", "application/x-tar", &saved.body).await;
    assert_eq!(loaded.status, 200);
    let (before, after) = (
        inspected(&engine, "alpine").await,
        inspected(&other, "alpine").await,
    );
    for key in ["Id", "Architecture", "Variant", "RootFS"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    let (warnings, said) = run(&other, "&platform=linux/arm64", "alpine").await;
    assert_eq!((warnings, said.as_str()), (json!([]), "aarch64 aarch64 "));
}

#[tokio::test]
async fn busybox_has_a_variant_of_another_platform_too() {
    let engine = Engine::builder().build();
    let pulled = "/images/create?fromImage=busybox&tag=latest&platform=linux/arm64";
    assert_eq!(post(&engine, pulled, "").await.status, 200);
    let there = inspected(&engine, "busybox").await;
    assert_eq!(
        (&there["Architecture"], &there["Variant"]),
        (&json!("arm64"), &json!("v8"))
    );
    let said = run(&engine, "&platform=linux/arm64", "busybox").await.1;
    assert_eq!(said, "aarch64 aarch64 ");
    let pulled = "/images/create?fromImage=busybox&tag=latest";
    assert_eq!(post(&engine, pulled, "").await.status, 200);
    let here = inspected(&engine, "busybox").await;
    assert_ne!(here["Id"], there["Id"]);
    assert_eq!(here["RepoDigests"], there["RepoDigests"]);
    assert_eq!(run(&engine, "", "busybox").await.1, "x86_64 x86_64 ");
}
