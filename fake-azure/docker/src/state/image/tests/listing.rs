//! Lists, history, inspection and usage.

use super::*;

fn listed(store: &ImageStore, filters: &ImageFilters) -> BTreeSet<String> {
    let list = store.list(filters, false).unwrap();
    list.into_iter()
        .flat_map(|image| image.repo_tags.unwrap())
        .collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_list_shows_an_image_as_the_engine_does() {
    let store = with(&["busybox:1.35", "busybox"]);
    let image = store.find("busybox").unwrap();

    let list =
        serde_json::to_string(&store.list(&ImageFilters::default(), false).unwrap()).unwrap();

    assert_eq!(
        list,
        format!(
            "[{{\"Containers\":-1,\"Created\":{},\"Id\":\"{}\",\"Labels\":null,\"ParentId\":\"\",\"RepoDigests\":[\"{}\"],\"RepoTags\":[\"busybox:1.35\",\"busybox:latest\"],\"SharedSize\":-1,\"Size\":{}}}]",
            image.created().as_second(),
            image.id,
            image.repo_digests()[0],
            store.size(image)
        )
    );
}

#[test]
fn filters_choose_images() {
    let mut store = with(&["busybox", "alpine:3.10", "ubuntu:24.04"]);
    derive(&mut store, "busybox", "app");
    derive(&mut store, "busybox", "gone");
    store
        .tag("alpine:3.10", &named("gone"), &mut notes())
        .unwrap();
    let all = names(&[
        "busybox:latest",
        "alpine:3.10",
        "ubuntu:24.04",
        "app:latest",
        "gone:latest",
    ]);
    let filter = |change: fn(&mut ImageFilters)| {
        let mut filters = ImageFilters::default();
        change(&mut filters);
        filters
    };
    let text = |text: &str| vec![text.to_owned()];
    let _ = text;

    assert_eq!(listed(&store, &ImageFilters::default()), all);
    assert_eq!(listed(&store, &filter(|f| f.dangling = Some(false))), all);
    let dangling = store
        .list(&filter(|f| f.dangling = Some(true)), false)
        .unwrap();
    assert_eq!(dangling.len(), 1);
    assert_eq!(dangling[0].repo_tags.as_deref(), Some(&[][..]));
    for (pattern, found) in [
        ("busy*", &["busybox:latest"][..]),
        ("*:3.10", &["alpine:3.10"]),
        ("alpine", &["alpine:3.10"]),
        ("nosuch", &[]),
    ] {
        let filters = ImageFilters {
            references: vec![pattern.to_owned()],
            ..ImageFilters::default()
        };
        assert_eq!(listed(&store, &filters), names(found), "{pattern}");
    }
    let before = filter(|f| f.before = vec!["ubuntu:24.04".to_owned()]);
    assert_eq!(
        listed(&store, &before),
        names(&["busybox:latest", "alpine:3.10", "gone:latest"])
    );
    let since = filter(|f| f.since = vec!["ubuntu:24.04".to_owned()]);
    assert_eq!(listed(&store, &since), names(&["app:latest"]));
    let label = filter(|f| f.labels = vec!["org.opencontainers.image.version=24.04".to_owned()]);
    assert_eq!(listed(&store, &label), names(&["ubuntu:24.04"]));
    let missing = filter(|f| f.before = vec!["nosuch".to_owned()]);
    assert_eq!(
        store.list(&missing, false).unwrap_err().to_string(),
        "No such image: nosuch:latest"
    );
    let pattern = filter(|f| f.references = vec!["[".to_owned()]);
    assert_eq!(
        store.list(&pattern, false).unwrap_err().to_string(),
        "syntax error in pattern"
    );
}

#[test]
fn history_names_the_images_that_the_engine_has() {
    let mut store = with(&["busybox"]);
    let made = derive(&mut store, "busybox", "app");
    let busybox = store.find("busybox").unwrap();

    let history = store.history(store.get(made).unwrap()).unwrap();

    assert_eq!(
        serde_json::to_value(&history).unwrap(),
        json!([
            {
                "Comment": "",
                "Created": NOW.as_second(),
                "CreatedBy": "touch app",
                "Id": made.to_string(),
                "Size": 3,
                "Tags": ["app:latest"],
            },
            {
                "Comment": "Imported from -",
                "Created": busybox.created().as_second(),
                "CreatedBy": "",
                "Id": busybox.id.to_string(),
                "Size": store.size(busybox),
                "Tags": ["busybox:latest"],
            },
        ])
    );
    let alpine = with(&["alpine"]);
    let history = alpine.history(alpine.find("alpine").unwrap()).unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!((history[0].size, history[1].id.as_str()), (0, "<missing>"));
}

#[test]
fn an_inspection_has_the_recorded_shape() {
    let store = with(&["busybox:1.35", "busybox"]);
    let image = store.find("busybox").unwrap();
    let folder = format!(
        "/var/lib/docker/overlay2/{}",
        inspect::layer_folder(image.top_layer().unwrap())
    );

    let told = serde_json::to_string(&store.inspect(image)).unwrap();

    let expected = format!(
        "{{\"Id\":\"{}\",\"RepoTags\":[\"busybox:1.35\",\"busybox:latest\"],\"RepoDigests\":[\"{}\"],\"Parent\":\"\",\"Comment\":\"Imported from -\",\"Created\":\"2024-09-26T21:31:42Z\",\"DockerVersion\":\"28.5.2\",\"Author\":\"\",\"Architecture\":\"amd64\",\"Os\":\"linux\",\"Size\":{},\"GraphDriver\":{{\"Data\":{{\"MergedDir\":\"{folder}/merged\",\"UpperDir\":\"{folder}/diff\",\"WorkDir\":\"{folder}/work\"}},\"Name\":\"overlay2\"}},\"RootFS\":{{\"Type\":\"layers\",\"Layers\":[\"{}\"]}},\"Metadata\":{{\"LastTagTime\":\"0001-01-01T00:00:00Z\"}},\"Config\":{{\"Cmd\":[\"sh\"],\"Entrypoint\":null,\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],\"Labels\":null,\"OnBuild\":null,\"User\":\"\",\"Volumes\":null,\"WorkingDir\":\"\"}}}}",
        image.id,
        image.repo_digests()[0],
        store.size(image),
        image.config.rootfs.diff_ids[0],
    );
    assert_eq!(told, expected);
}

#[test]
fn older_versions_are_told_more() {
    let store = with(&["nginx:alpine"]);
    let image = store.find("nginx:alpine").unwrap();
    let newest = serde_json::to_value(store.inspect(image)).unwrap();
    let oldest = store
        .inspect(image)
        .with_container_keys()
        .with_container(image)
        .with_virtual_size();
    let oldest = serde_json::to_value(oldest).unwrap();

    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let more = |key: &str| {
        let (newest, oldest) = if key.is_empty() {
            (&newest, &oldest)
        } else {
            (&newest[key], &oldest[key])
        };
        keys(oldest)
            .difference(&keys(newest))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(more(""), ["ContainerConfig", "VirtualSize"]);
    assert_eq!(
        more("Config"),
        [
            "AttachStderr",
            "AttachStdin",
            "AttachStdout",
            "Domainname",
            "Hostname",
            "Image",
            "OpenStdin",
            "StdinOnce",
            "Tty"
        ]
    );
    let config = oldest["Config"].as_object().unwrap().keys();
    assert!(config.is_sorted());
    assert_eq!(newest["Config"]["ExposedPorts"], json!({"80/tcp": {}}));
    assert!(newest["GraphDriver"]["Data"]["LowerDir"].is_string());
    assert!(oldest["ContainerConfig"].get("Cmd").is_some());
}

#[test]
fn usage_tells_what_images_share_and_who_uses_them() {
    let store = with(&["alpine", "nginx:alpine", "hello-world"]);
    let alpine = store.find("alpine").unwrap();

    let usage = store.usage([alpine.id, alpine.id]);

    let of = |name: &str| {
        let id = id(&store, name);
        usage.images.iter().find(|image| image.id == id).unwrap()
    };
    let size = i64::try_from(store.size(alpine)).unwrap();
    assert_eq!(
        (of("alpine").containers, of("alpine").shared_size),
        (2, size)
    );
    assert_eq!(
        (
            of("nginx:alpine").containers,
            of("nginx:alpine").shared_size
        ),
        (0, size)
    );
    assert_eq!(of("hello-world").shared_size, 0);
    assert_eq!(
        usage.layers_size,
        of("nginx:alpine").size + of("hello-world").size
    );
}

#[test]
fn a_store_is_kept_and_brought_back() {
    let mut store = with(&["busybox"]);
    let made = derive(&mut store, "busybox", "app");

    let kept = serde_json::to_string(&store).unwrap();
    let mut back: ImageStore = serde_json::from_str(&kept).unwrap();

    let list = |store: &ImageStore| store.list(&ImageFilters::default(), true).unwrap();
    assert_eq!(list(&back), list(&store));
    let image = back.get(made).unwrap();
    let view = View::of(Tree::on(back.tree(image)));
    assert_eq!(**view.read("/made", &Credentials::ROOT).unwrap(), *b"app");
    assert!(
        back.remove("busybox", true, true, &[], &mut notes())
            .is_ok()
    );
    assert!(back.layers().size(&[]) == 0 && back.len() == 2);
}
