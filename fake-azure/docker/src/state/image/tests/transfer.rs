//! Pulling and pushing.

use super::*;

/// The states that a pull or push tells, with ids but without digests and numbers.
fn states(told: &[Value]) -> Vec<String> {
    let state = |message: &Value| {
        let text = message["status"].as_str().unwrap_or_default();
        let text = text.split("sha256:").next().unwrap_or_default();
        match message["id"].as_str() {
            Some(id) if id.len() == 12 => format!("layer: {text}"),
            Some(id) => format!("{id}: {text}"),
            None => text.to_owned(),
        }
    };
    told.iter().map(state).collect()
}

#[test]
fn a_pull_tells_its_layers_the_digest_and_what_became_of_it() {
    let mut store = ImageStore::default();

    let first = pull(&mut store, "docker.io/library/busybox:latest");
    let again = pull(&mut store, "busybox:latest");

    assert_eq!(
        states(&first),
        [
            "latest: Pulling from library/busybox",
            "layer: Pulling fs layer",
            "layer: Downloading",
            "layer: Verifying Checksum",
            "layer: Download complete",
            "layer: Extracting",
            "layer: Extracting",
            "layer: Pull complete",
            "Digest: ",
            "Status: Downloaded newer image for busybox:latest",
        ]
    );
    assert_eq!(
        states(&again),
        [
            "latest: Pulling from library/busybox",
            "Digest: ",
            "Status: Image is up to date for busybox:latest",
        ]
    );
    assert_eq!(
        first[0],
        json!({"status": "Pulling from library/busybox", "id": "latest"})
    );
    assert_eq!(first[1]["progressDetail"], json!({}));
    let image = store.find("busybox").unwrap();
    assert_eq!(image.repo_tags(), ["busybox:latest"]);
    let digest = first[8]["status"]
        .as_str()
        .unwrap()
        .strip_prefix("Digest: ")
        .unwrap();
    assert_eq!(image.repo_digests(), [format!("busybox@{digest}")]);
}

#[test]
fn a_layer_that_is_there_is_not_fetched_again() {
    let mut store = with(&["alpine"]);

    let told = pull(&mut store, "nginx:alpine");

    let states = states(&told);
    assert_eq!(states[1], "layer: Already exists");
    assert_eq!(states[2], "layer: Pulling fs layer");
    assert_eq!(
        states
            .iter()
            .filter(|state| *state == "layer: Pull complete")
            .count(),
        1
    );
}

#[test]
fn a_tag_of_an_image_that_is_there_is_news_without_layers() {
    let mut store = with(&["busybox"]);

    let told = pull(&mut store, "busybox:1.35");

    assert_eq!(
        states(&told),
        [
            "1.35: Pulling from library/busybox",
            "Digest: ",
            "Status: Downloaded newer image for busybox:1.35",
        ]
    );
    assert_eq!(store.len(), 1);
    assert_eq!(
        store.find("busybox:1.35").unwrap().repo_tags(),
        ["busybox:1.35", "busybox:latest"]
    );
}

#[test]
fn a_name_alone_brings_all_tags() {
    let mut store = ImageStore::default();

    let told = pull_as_named(&mut store, &named("ubuntu"));

    let states = states(&told);
    assert_eq!(
        states
            .iter()
            .filter(|state| state.contains("Pulling from"))
            .count(),
        7
    );
    assert_eq!(
        states.last().unwrap(),
        "Status: Downloaded newer image for ubuntu"
    );
    assert_eq!(id(&store, "ubuntu"), id(&store, "ubuntu:24.04"));
}

#[test]
fn a_digest_brings_no_tag() {
    let mut store = with(&["alpine"]);
    let digest = store.find("alpine").unwrap().repo_digests().remove(0);
    let mut other = ImageStore::default();

    let told = pull(&mut other, &digest);

    let words = format!("Status: Downloaded newer image for {digest}");
    assert_eq!(told.last().unwrap()["status"], words);
    let image = other.find(&digest).unwrap();
    assert_eq!(image.repo_tags(), Vec::<String>::new());
    assert_eq!(image.repo_digests(), [digest.as_str()]);
    assert_eq!(image.id, id(&store, "alpine"));
    store
        .remove(&digest, false, true, &[], &mut notes())
        .unwrap();
}

#[test]
fn a_platform_chooses_among_several_and_is_warned_of_where_there_is_one() {
    let mut registry = Registry::new();
    let mut store = with(&["busybox"]);
    // What an engine pushes is one image alone.
    let pushed = named("localhost:5000/bb:1");
    store.tag("busybox", &pushed, &mut notes()).unwrap();
    let steps = store.push(&registry, &pushed, &Login::default());
    follow(&mut store, &mut registry, steps);
    let arm = Platform::parse("linux/arm64").unwrap();
    let windows = Platform::parse("windows/amd64").unwrap();
    let mut ask = |name: &str, platform| {
        let steps = store.pull(&registry, &named(name), Some(platform));
        follow(&mut store, &mut Registry::new(), steps.unwrap())
    };

    ask("alpine:3.22", &arm);
    let warned = ask("localhost:5000/bb:1", &arm);
    let refused = ask("alpine:3.21", &windows);

    assert_eq!(
        warned.last().unwrap()["status"],
        "WARNING: image with reference localhost:5000/bb:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)"
    );
    assert_eq!(
        refused.last().unwrap()["error"],
        "no matching manifest for windows/amd64 in the manifest list entries"
    );
    assert_eq!(
        store.find("alpine:3.22").unwrap().config.architecture,
        "arm64"
    );
    assert_eq!(
        store
            .find_for("busybox", Some(&arm))
            .unwrap_err()
            .to_string(),
        "image with reference busybox was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)"
    );
    assert!(store.find("alpine:3.21").is_err());
}

#[test]
fn a_pull_that_takes_its_time_tells_how_far_it_is() {
    let mut registry = Registry::new();
    let pace = Duration::from_secs(5);
    registry.set_pace(pace);

    let steps = ImageStore::default()
        .pull(&registry, &named("busybox:latest"), None)
        .unwrap();

    let waits = steps.iter().filter_map(|step| match step {
        Step::Wait(time) => Some(*time),
        _ => None,
    });
    assert_eq!(waits.sum::<Duration>(), pace);
    let told = follow(&mut ImageStore::default(), &mut Registry::new(), steps);
    let downloads = told
        .iter()
        .filter(|message| message["status"] == "Downloading");
    assert_eq!(downloads.count(), 10);
}

#[test]
fn what_is_pushed_is_pulled_elsewhere_as_it_was() {
    let mut registry = Registry::new();
    let mut store = with(&["busybox"]);
    let busybox = store.find("busybox").unwrap().clone();
    let name = named("127.0.0.1:5000/me/bb:1");
    store.tag("busybox", &name, &mut notes()).unwrap();

    let steps = store.push(&registry, &name, &Login::default());
    let told = follow(&mut store, &mut registry, steps);

    assert_eq!(
        states(&told)[..5],
        [
            "The push refers to repository [127.0.0.1:5000/me/bb]",
            "layer: Preparing",
            "layer: Pushing",
            "layer: Pushing",
            "layer: Pushed",
        ]
    );
    // One image is pushed of the several that were published, so its digest is another.
    let digest = told[6]["aux"]["Digest"].as_str().unwrap().to_owned();
    assert!(!busybox.repo_digests()[0].ends_with(&digest));
    assert_eq!(
        told[5],
        json!({"status": format!("1: digest: {digest} size: 527")})
    );
    assert_eq!(
        told[6],
        json!({"progressDetail": {}, "aux": {"Tag": "1", "Digest": digest, "Size": 527}})
    );
    let again = store.push(&registry, &name, &Login::default());
    let again = follow(&mut store, &mut registry, again);
    assert_eq!(states(&again)[2], "layer: Layer already exists");

    let mut other = ImageStore::default();
    let steps = other.pull(&registry, &named("localhost:5000/me/bb:1"), None);
    follow(&mut other, &mut registry, steps.unwrap());
    let pulled = other.find("localhost:5000/me/bb:1").unwrap();
    assert_eq!((pulled.id, &pulled.json), (busybox.id, &busybox.json));
    assert_eq!(other.size(pulled), store.size(&busybox));
    // What is pushed as it came keeps its digest.
    assert_eq!(
        pulled.repo_digests(),
        [format!("localhost:5000/me/bb@{digest}")]
    );
}

#[test]
fn what_an_engine_made_can_be_pushed_and_pulled() {
    let mut registry = Registry::new();
    let mut store = with(&["alpine"]);
    let made = derive(&mut store, "alpine", "localhost:5000/app");

    let steps = store.push(
        &registry,
        &named("localhost:5000/app:latest"),
        &Login::default(),
    );
    follow(&mut store, &mut registry, steps);
    let mut other = ImageStore::default();
    let steps = other.pull(&registry, &named("localhost:5000/app:latest"), None);
    follow(&mut other, &mut registry, steps.unwrap());

    let image = other.get(made).unwrap();
    let view = View::of(Tree::on(other.tree(image)));
    assert_eq!(
        **view.read("/made", &Credentials::ROOT).unwrap(),
        *b"localhost:5000/app"
    );
    assert!(view.exists("/bin/busybox", &Credentials::ROOT));
}

#[test]
fn what_is_wrong_with_a_push_is_told_in_its_stream() {
    let registry = Registry::new();
    let mut store = with(&["busybox"]);
    store
        .tag("busybox", &named("127.0.0.1:1/bb"), &mut notes())
        .unwrap();
    let mut words = |name: &str| {
        let steps = store.push(&registry, &named(name), &Login::default());
        let told = follow(&mut store, &mut Registry::new(), steps);
        told.last().unwrap()["error"].as_str().unwrap().to_owned()
    };

    assert_eq!(
        words("127.0.0.1:1/bb:latest"),
        "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused"
    );
    assert_eq!(
        words("busybox"),
        "denied: requested access to the resource is denied"
    );
    assert_eq!(
        words("busybox:nosuch"),
        "tag does not exist: busybox:nosuch"
    );
    assert_eq!(
        words("nosuch:1"),
        "An image does not exist locally with the tag: nosuch"
    );
}
