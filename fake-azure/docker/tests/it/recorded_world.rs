//! The world of the recordings: a mirror that has five small images, and no network beyond it.

use std::sync::{Arc, Mutex};

use fake_docker::process::script::{Script, Scripts};
use fake_docker::registry::manifest::{self, DOCKER_MANIFEST};
use fake_docker::registry::{
    Archive, Blob, Config, Digest, History, ImageConfig, Platform, Published, Registry, RootFs,
    Set, Variant, Words,
};
use fake_docker::{Clock, Engine};

/// The engine of the recordings, as far as a builder can say it.
pub(crate) fn engine() -> Engine {
    engine_at(Clock::real())
}

/// The same, in a time of its own.
pub(crate) fn engine_at(clock: Clock) -> Engine {
    Engine::builder()
        .clock(clock)
        .seed(1)
        .scripts(scripts())
        .registry(Arc::new(Mutex::new(registry())))
        .name("vm")
        .cpus(2)
        .memory_bytes(25_276_514_304)
        .operating_system("Debian GNU/Linux 12 (bookworm)")
        .kernel_version("6.12.0-amd64")
        .build()
}

fn registry() -> Registry {
    let files = |image: &str| Archive::Catalogue {
        image: image.to_owned(),
        layer: 0,
        variant: 0,
    };
    let layer = |archive, packed, unpacked| Blob {
        packed,
        ..Blob::of(archive, unpacked)
    };
    let busybox = layer(files("busybox:latest"), 1_083_703, 1_984_276);
    let hello = layer(files("hello-world:latest"), 319_380, 682_696);
    let page = layer(files("nginxdemos/hello:latest"), 205, 27);
    let mut registry = Registry::bare();
    registry.set_offline(true);
    let mut publish = |names: &[&str], command: &str, born: &str, layers: &[&Blob]| {
        let layers: Vec<Blob> = layers.iter().map(|layer| (*layer).clone()).collect();
        let image = image(command, born, layers);
        for name in names {
            registry.push(&name.parse().unwrap(), image.clone());
        }
    };
    publish(
        &["busybox:latest", "busybox:1.35"],
        "sh",
        "18.216604092",
        &[&busybox],
    );
    publish(&["alpine:latest"], "/bin/sh", "18.3", &[&busybox]);
    publish(
        &["ubuntu:latest", "ubuntu:14.04"],
        "bash",
        "18.4",
        &[&busybox],
    );
    publish(&["hello-world:latest"], "/hello", "18.5", &[&hello]);
    publish(
        &["nginx:alpine"],
        "httpd -f -p 80 -h /usr/share/nginx/html",
        "19",
        &[&busybox, &page],
    );
    registry
}

/// What the recorder's images do that are not those of the catalogue.
fn scripts() -> Scripts {
    let hello = Script::image("hello-world")
        .program("/hello")
        .prints("")
        .prints("Hello from Docker!")
        .prints("This message shows that your installation appears to be working correctly.")
        .prints("")
        .exits(0);
    Scripts::new().with(hello).unwrap()
}

/// An image with this command; one of several layers was built, the others were imported.
fn image(command: &str, born: &str, layers: Vec<Blob>) -> Published {
    let is_built = layers.len() > 1;
    let comment = if is_built { "" } else { "Imported from -" };
    let words = command.split(' ').map(ToOwned::to_owned);
    let created = Some(format!("2026-11-24T01:34:{born}Z").parse().unwrap());
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let config = ImageConfig {
        architecture: "amd64".to_owned(),
        comment: comment.to_owned(),
        config: Some(Config {
            env: Some(vec![path.to_owned()]),
            cmd: Some(Words(words.collect())),
            exposed_ports: is_built.then(|| Set(["80/tcp".to_owned()].into())),
            stop_signal: if is_built {
                "SIGKILL".to_owned()
            } else {
                String::new()
            },
            ..Config::default()
        }),
        container_config: Some(Config::default()),
        created,
        docker_version: "28.5.2+dfsg4".to_owned(),
        history: layers
            .iter()
            .map(|_| History {
                created,
                comment: comment.to_owned(),
                ..History::default()
            })
            .collect(),
        os: "linux".to_owned(),
        rootfs: RootFs {
            diff_ids: layers.iter().map(|layer| layer.diff_id).collect(),
            ..RootFs::default()
        },
        ..ImageConfig::default()
    };
    let config = config.to_json();
    let document: Arc<str> = manifest::docker(&config, &layers).into();
    Published {
        digest: Digest::of(&*document),
        media_type: DOCKER_MANIFEST.to_owned(),
        document: Arc::clone(&document),
        variants: vec![Variant {
            platform: Platform::host(),
            manifest: document,
            config: config.into(),
            layers,
        }],
    }
}
