//! Saving, loading and importing.

use super::*;
use crate::files::init_layer::init_layer;

fn save(store: &ImageStore, names: &[&str]) -> Vec<u8> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let parts = store.save(&names, &mut notes()).unwrap();
    parts
        .iter()
        .flat_map(|part| part.as_ref().to_vec())
        .collect()
}

fn load(store: &mut ImageStore, archive: &[u8]) -> Vec<Value> {
    let told = store.load(archive, true, &mut notes());
    told.iter()
        .map(|message| serde_json::to_value(message).unwrap())
        .collect()
}

fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut reader = Reader::new(archive, Limits::default());
    let mut files = BTreeMap::new();
    while let Some(header) = reader.next_entry().unwrap() {
        files.insert(header.path, reader.content().unwrap());
    }
    files
}

fn pack(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = Writer::new();
    for (path, content) in files {
        writer.add(Header::new(path, EntryKind::File, 0o644, NOW), content);
    }
    writer.finish()
}

#[test]
fn a_saved_image_has_both_layouts() {
    let store = with(&["hello-world"]);
    let image = store.find("hello-world").unwrap();

    let files = files(&save(&store, &["hello-world"]));

    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 10);
    assert_eq!(names[..2], ["blobs/", "blobs/sha256/"]);
    assert_eq!(
        names[6..],
        ["index.json", "manifest.json", "oci-layout", "repositories"]
    );
    // As long as those of the recorded archive, whose configuration has three digits of size, too.
    let sizes: Vec<usize> = names[6..].iter().map(|name| files[*name].len()).collect();
    let layer = store.layers().get(image.top_layer().unwrap()).unwrap();
    let digits = layer.archive.bytes().len().to_string().len();
    assert_eq!(sizes, [367, 461 - 6 + digits, 31, 94]);
    assert_eq!(
        files[&format!("blobs/sha256/{}", image.id.hex())],
        image.json.as_bytes()
    );
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest[0]["RepoTags"], json!(["hello-world:latest"]));
    for (name, content) in &files {
        if let Some(digest) = name
            .strip_prefix("blobs/sha256/")
            .filter(|digest| !digest.is_empty())
        {
            assert_eq!(Digest::of(content).hex(), digest);
        }
    }
}

#[test]
fn a_saved_image_comes_back_as_it_was() {
    let mut store = with(&["alpine"]);
    let made = derive(&mut store, "alpine", "app:1");
    let archive = save(&store, &["app:1"]);
    let mut other = ImageStore::default();

    let told = load(&mut other, &archive);

    assert_eq!(told, [json!({"stream": "Loaded image: app:1\n"})]);
    let (old, new) = (store.get(made).unwrap(), other.get(made).unwrap());
    assert_eq!(new.json, old.json);
    assert_eq!(new.repo_tags(), ["app:1"]);
    assert_eq!(new.repo_digests(), Vec::<String>::new());
    assert_eq!(save(&other, &["app:1"]), archive);
    assert_eq!(load(&mut other, &archive), told);
}

#[test]
fn the_layout_of_older_engines_is_read_too() {
    let store = with(&["alpine"]);
    let saved = files(&save(&store, &["alpine"]));
    let image = store.find("alpine").unwrap();
    let layer = store.layers().get(image.top_layer().unwrap()).unwrap();
    let manifest = json!([{
        "Config": "config.json",
        "RepoTags": ["old:1"],
        "Layers": ["0a/layer.tar"],
    }]);
    let older = BTreeMap::from([
        ("config.json".to_owned(), image.json.as_bytes().to_vec()),
        ("0a/layer.tar".to_owned(), layer.archive.bytes().to_vec()),
        (
            "manifest.json".to_owned(),
            manifest.to_string().into_bytes(),
        ),
    ]);
    let mut newer = saved.clone();
    newer.remove("manifest.json");
    newer.retain(|name, _| !name.ends_with('/'));

    let mut other = ImageStore::default();
    assert_eq!(
        load(&mut other, &pack(&older)),
        [json!({"stream": "Loaded image: old:1\n"})]
    );
    assert_eq!(
        load(&mut other, &pack(&newer)),
        [json!({"stream": "Loaded image: alpine:latest\n"})]
    );
    assert_eq!(other.len(), 1);
    assert_eq!(other.find("old:1").unwrap().id, image.id);
}

#[test]
fn an_image_without_a_name_is_loaded_by_its_id() {
    let store = with(&["alpine"]);
    let image = store.find("alpine").unwrap();
    let archive = save(&store, &[&image.id.hex()[..12]]);
    let mut other = ImageStore::default();

    let told = load(&mut other, &archive);

    assert_eq!(
        told,
        [json!({"stream": format!("Loaded image ID: {}\n", image.id)})]
    );
    assert!(other.get(image.id).unwrap().names.is_empty());
}

#[test]
fn a_load_that_is_not_quiet_tells_of_layers_and_of_names_that_move() {
    let mut store = with(&["alpine"]);
    let archive = save(&store, &["alpine"]);
    let old = store.find("alpine").unwrap().id;
    let mut other = with(&["busybox"]);
    other
        .tag("busybox", &named("alpine"), &mut notes())
        .unwrap();
    let busybox = id(&other, "busybox");

    let told = other.load(&*archive, false, &mut notes());

    let told: Vec<Value> = told
        .iter()
        .map(|message| serde_json::to_value(message).unwrap())
        .collect();
    assert_eq!(told[0]["status"], "Loading layer");
    let moved = format!(
        "The image alpine:latest already exists, renaming the old one with ID {busybox} to empty string\n"
    );
    assert_eq!(told[2], json!({"stream": moved}));
    assert_eq!(id(&other, "alpine"), old);
    store
        .remove("alpine", false, true, &[], &mut notes())
        .unwrap();
}

#[test]
fn what_is_no_archive_of_images_is_told_in_the_engines_words() {
    let mut store = ImageStore::default();
    let words = |store: &mut ImageStore, archive: &[u8]| {
        let told = load(store, archive);
        told.last().unwrap()["errorDetail"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let with_manifest = |manifest: Value| {
        let text = manifest.to_string().into_bytes();
        pack(&BTreeMap::from([("manifest.json".to_owned(), text)]))
    };

    assert_eq!(words(&mut store, b"not a tar"), "unexpected EOF");
    let other = words(
        &mut store,
        &pack(&BTreeMap::from([("a".to_owned(), vec![b'x'])])),
    );
    assert!(
        other.starts_with("open /var/lib/docker/tmp/docker-import-"),
        "{other}"
    );
    assert!(
        other.ends_with("/repositories: no such file or directory"),
        "{other}"
    );
    let missing = words(&mut store, &with_manifest(json!([{"Config": "nope.json"}])));
    assert!(
        missing.ends_with("/nope.json: no such file or directory"),
        "{missing}"
    );
    assert_eq!(store.len(), 0);
}

#[test]
fn a_layer_that_is_not_what_the_image_says_is_refused() {
    let store = with(&["alpine"]);
    let mut saved = files(&save(&store, &["alpine"]));
    saved.retain(|name, _| !name.ends_with('/'));
    let image = store.find("alpine").unwrap();
    let diff_id = image.config.rootfs.diff_ids[0];
    saved.insert(
        format!("blobs/sha256/{}", diff_id.hex()),
        pack(&BTreeMap::new()),
    );
    let mut other = ImageStore::default();

    let told = load(&mut other, &pack(&saved));

    let words = told[0]["error"].as_str().unwrap();
    assert!(
        words.starts_with(&format!(
            "invalid diffID for layer 0: expected \"{diff_id}\""
        )),
        "{words}"
    );
    assert_eq!(other.layers().iter().count(), 0);
}

#[test]
fn what_is_not_there_cannot_be_saved() {
    let store = with(&["alpine"]);
    let words = |name: &str| {
        store
            .save(&[name.to_owned()], &mut notes())
            .unwrap_err()
            .to_string()
    };

    assert_eq!(words("nosuch"), "No such image: nosuch");
    assert_eq!(words("alpine:nosuch"), "reference does not exist");
}

#[test]
fn an_archive_of_files_becomes_an_image() {
    let mut store = ImageStore::default();
    let archive = pack(&BTreeMap::from([(
        "etc/motd".to_owned(),
        b"hello\n".to_vec(),
    )]));
    let import = Import {
        config: Config {
            cmd: Some(Words(vec!["sh".to_owned()])),
            ..Config::default()
        },
        comment: "msg".to_owned(),
        name: Some(named("imported:1")),
        platform: None,
    };

    let made = store.import(&*archive, import, &mut notes()).unwrap();

    let image = store.find("imported:1").unwrap();
    assert_eq!((image.id, store.size(image)), (made, 6));
    assert_eq!(image.config.comment, "msg");
    assert_eq!(image.config.rootfs.diff_ids, [Digest::of(&archive)]);
    let error = store
        .import(&b"not a tar"[..], Import::default(), &mut notes())
        .unwrap_err();
    assert_eq!(error.to_string(), "unexpected EOF");
}

#[test]
fn what_the_engine_lays_over_an_image_is_in_no_image_made_of_a_container() {
    let mut store = with(&["alpine"]);
    let alpine = store.find("alpine").unwrap().clone();
    let ground = init_layer(store.tree(&alpine), NOW).unwrap();
    let view = View::of(Tree::on(ground));
    view.write("/made", "x", 0o644, &Credentials::ROOT, NOW)
        .unwrap();
    let making = Making {
        parent: Some(alpine.id),
        ..Making::default()
    };

    let tree = view.root().lock().unwrap().clone();
    let made = store
        .make(making, Files::Tree(&tree), &mut notes())
        .unwrap();

    let files = store.tree(store.get(made).unwrap());
    assert!(files.find("/made").is_some());
    assert!(files.find("/.dockerenv").is_none());
}

#[test]
fn a_step_that_changes_no_file_makes_no_layer() {
    let mut store = with(&["alpine"]);
    let alpine = store.find("alpine").unwrap().clone();
    let making = Making {
        parent: Some(alpine.id),
        comment: "cm".to_owned(),
        author: "me".to_owned(),
        ..Making::default()
    };

    let tree = Tree::on(store.tree(&alpine));
    let made = store
        .make(making, Files::Tree(&tree), &mut notes())
        .unwrap();

    let image = store.get(made).unwrap();
    assert_eq!(image.top_layer(), alpine.top_layer());
    assert_eq!(image.parent, Some(alpine.id));
    let last = image.config.history.last().unwrap();
    assert!(last.empty_layer);
    assert_eq!((last.comment.as_str(), last.author.as_str()), ("cm", "me"));
}
