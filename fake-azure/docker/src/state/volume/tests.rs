use serde_json::{Value, json};

use super::*;
use crate::files::{Credentials, Kind, View};
use crate::state::networks::tests::{NOW, counter};
use crate::state::refusal::RefusalKind::{Conflict, Internal, Invalid, NotFound};

const ROOT: Credentials = Credentials::ROOT;

fn create(volumes: &mut Volumes, request: Value) -> Result<String, VolumeError> {
    let request = serde_json::from_value(request).unwrap();
    let made = volumes.create(request, NOW, &mut counter());
    made.map(|(volume, _)| volume.name.clone())
}

fn document(volumes: &Volumes, name: &str) -> Value {
    serde_json::to_value(volumes.get(name).unwrap().document(None)).unwrap()
}

#[test]
fn a_volume_is_shown_as_it_was_asked_for() {
    let mut volumes = Volumes::default();
    let request = json!({"Driver": "local", "Labels": {"a": "b"}, "Name": "v1"});
    create(&mut volumes, request).unwrap();
    let shown = volumes.get("v1").unwrap().document(None);
    assert_eq!(
        serde_json::to_string(&shown).unwrap(),
        r#"{"CreatedAt":"1970-01-01T00:00:00Z","Driver":"local","Labels":{"a":"b"},"Mountpoint":"/var/lib/docker/volumes/v1/_data","Name":"v1","Options":null,"Scope":"local"}"#
    );
    create(&mut volumes, json!({"Name": "v2"})).unwrap();
    assert_eq!(document(&volumes, "v2")["Labels"], Value::Null);
}

#[test]
fn a_volume_without_a_name_is_anonymous() {
    let mut volumes = Volumes::default();
    let name = create(
        &mut volumes,
        json!({"Driver": "local", "Labels": {"a": "b"}}),
    )
    .unwrap();
    assert_eq!(name.len(), 64);
    assert_eq!(
        document(&volumes, &name)["Labels"],
        json!({"a": "b", "com.docker.volume.anonymous": ""})
    );
}

#[test]
fn a_volume_that_is_there_stays_as_it_is() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "v1", "Labels": {"a": "b"}})).unwrap();
    let again = serde_json::from_value(json!({"Name": "v1", "Labels": {"c": "d"}})).unwrap();
    let (volume, is_new) = volumes.create(again, NOW, &mut counter()).unwrap();
    assert!(!is_new);
    assert!(volume.has_label("a") && !volume.has_label("c"));
    assert_eq!(volumes.list().len(), 1);
}

#[test]
fn each_refusal_has_its_sentence() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "there"})).unwrap();
    let long = "v".repeat(256);
    let characters = "only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path";
    let plugin = "error looking up volume plugin nope: plugin \"nope\" not found";
    for (request, kind, words) in [
        (
            json!({"Name": "v"}),
            Invalid,
            "create v: volume name is too short, names should be at least two alphanumeric characters".to_owned(),
        ),
        (
            json!({"Name": "v", "Driver": "nope"}),
            NotFound,
            format!("create v: {plugin}"),
        ),
        (
            json!({"Name": "there", "Driver": "nope"}),
            NotFound,
            format!("create there: {plugin}"),
        ),
        (
            json!({"Name": "v9", "DriverOpts": {"x": "y"}}),
            Invalid,
            "create v9: invalid option: \"x\"".to_owned(),
        ),
        (
            json!({"Name": "v9", "DriverOpts": {"type": "nfs"}}),
            Invalid,
            "create v9: missing required option: \"device\"".to_owned(),
        ),
        (
            json!({"Name": "v9", "DriverOpts": {"device": ":/x", "o": "addr=1.2.3.4"}}),
            Invalid,
            "create v9: missing required option: \"type\"".to_owned(),
        ),
        (
            json!({"Name": "v9", "DriverOpts": {"size": "1m"}}),
            Invalid,
            "create v9: quota size requested but no quota support".to_owned(),
        ),
        (
            json!({"Name": "/abs"}),
            Invalid,
            format!("create /abs: \"/abs\" includes invalid characters for a local volume name, {characters}"),
        ),
        (
            json!({"Name": "v!"}),
            Invalid,
            format!("create v!: \"v!\" includes invalid characters for a local volume name, {characters}"),
        ),
        (
            json!({"Name": long}),
            Internal,
            format!("create {long}: mkdir /var/lib/docker/volumes/{long}: file name too long"),
        ),
    ] {
        let error = create(&mut volumes, request).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (kind, words));
    }
    assert_eq!(volumes.list().len(), 1);
}

#[test]
fn a_volume_in_use_is_not_removed() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "v1"})).unwrap();
    let mut ids = counter();
    let users = [ids(), ids()];
    for force in [false, true] {
        let error = volumes.remove("v1", &users, force).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (
                Conflict,
                format!("remove v1: volume is in use - [{}, {}]", users[0], users[1])
            )
        );
    }
    assert!(volumes.remove("v1", &[], false).unwrap().is_some());
    let error = volumes.remove("v1", &[], false).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (NotFound, "get v1: no such volume".to_owned())
    );
    assert!(volumes.remove("v1", &[], true).unwrap().is_none());
}

#[test]
fn pruning_takes_anonymous_volumes_or_all_that_nobody_uses() {
    let volumes = || {
        let mut volumes = Volumes::default();
        for name in ["used", "vol4", "vol3"] {
            create(&mut volumes, json!({"Name": name})).unwrap();
        }
        let options = json!({"type": "tmpfs", "device": "tmpfs"});
        create(
            &mut volumes,
            json!({"Name": "mounted", "DriverOpts": options}),
        )
        .unwrap();
        create(&mut volumes, json!({})).unwrap();
        volumes
    };
    let pruned = |all, chosen: fn(&Volume) -> bool| {
        let gone = volumes().prune(all, |name| name == "used", chosen);
        gone.into_iter()
            .map(|volume| volume.name)
            .collect::<Vec<_>>()
    };
    let anonymous = counter()().to_string();
    assert_eq!(pruned(false, |_| true), [anonymous.as_str()]);
    assert_eq!(pruned(true, |_| true), ["vol4", "vol3", &anonymous]);
    assert_eq!(pruned(true, |volume| volume.name == "vol3"), ["vol3"]);
}

/// An image with a directory of several kinds of files.
fn image() -> View {
    let later = Timestamp::from_second(77).unwrap();
    let view = View::of(Tree::new(NOW));
    view.create_dir_all("/srv/www/deep", 0o750, &ROOT, later)
        .unwrap();
    view.chown("/srv/www", Some(33), Some(34), &ROOT).unwrap();
    view.write("/srv/www/deep/a", "hello", 0o640, &ROOT, later)
        .unwrap();
    view.link("/srv/www/deep/a", "/srv/www/b", &ROOT, later)
        .unwrap();
    view.symlink("deep/a", "/srv/www/c", &ROOT, later).unwrap();
    view.symlink("/srv/www", "/www", &ROOT, later).unwrap();
    view.set_modified("/srv/www/deep", later, &ROOT, later)
        .unwrap();
    view
}

#[test]
fn a_new_volume_gets_what_the_image_has_there() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "v1"})).unwrap();
    let volume = volumes.get("v1").unwrap();
    volume.fill(&image(), "/www", NOW).unwrap();
    let view = View::new(volume.files.clone());
    assert_eq!(*view.read("/b", &ROOT).unwrap(), b"hello");
    let top = view.stat("/", &ROOT).unwrap();
    assert_eq!((top.meta.uid, top.meta.gid), (33, 34));
    assert_eq!(top.meta.mode, 0o750);
    let (a, b) = (view.stat("/deep/a", &ROOT), view.stat("/b", &ROOT));
    assert_eq!(a.unwrap().ino, b.unwrap().ino, "links stay links");
    assert_eq!(view.lstat("/c", &ROOT).unwrap().kind, Kind::Symlink);
    assert_eq!(
        view.stat("/deep", &ROOT).unwrap().meta.modified,
        Timestamp::from_second(77).unwrap()
    );
    assert_eq!(volume.usage().bytes, 11);
    let shown = serde_json::to_value(volume.document(Some(2))).unwrap();
    assert_eq!(shown["UsageData"], json!({"RefCount": 2, "Size": 11}));
}

#[test]
fn a_volume_that_holds_something_is_let_alone() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "v1"})).unwrap();
    let volume = volumes.get("v1").unwrap();
    for path in ["/nosuch", "/srv/www/deep/a"] {
        volume.fill(&image(), path, NOW).unwrap();
        assert_eq!(volume.usage().files, 0, "{path}");
    }
    let view = View::new(volume.files.clone());
    view.write("/mine", "x", 0o644, &ROOT, NOW).unwrap();
    volume.fill(&image(), "/www", NOW).unwrap();
    assert_eq!(volume.usage().files, 1);
    volume.fill(&view, "/", NOW).unwrap();
    assert_eq!(volume.usage().files, 1, "nothing is copied into itself");
}

#[test]
fn what_happens_to_a_volume_is_told() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "v1"})).unwrap();
    let volume = volumes.get("v1").unwrap();
    let id = counter()();
    let told = |event: Event| serde_json::to_value(event).unwrap()["Actor"].clone();
    assert_eq!(
        told(volume.event(NOW, "create")),
        json!({"ID": "v1", "Attributes": {"driver": "local"}})
    );
    assert_eq!(
        told(volume.mounted(NOW, id, "/data", true))["Attributes"],
        json!({
            "container": id.to_string(), "destination": "/data", "driver": "local",
            "propagation": "", "read/write": "true",
        })
    );
    assert_eq!(
        told(volume.unmounted(NOW, id))["Attributes"],
        json!({"container": id.to_string(), "driver": "local"})
    );
}

#[test]
fn volumes_are_a_value_with_their_files() {
    let mut volumes = Volumes::default();
    create(&mut volumes, json!({"Name": "v1"})).unwrap();
    let view = View::new(volumes.get("v1").unwrap().files.clone());
    view.write("/x", "kept", 0o644, &ROOT, NOW).unwrap();
    let written = serde_json::to_string(&volumes).unwrap();
    let read: Volumes = serde_json::from_str(&written).unwrap();
    let view = View::new(read.get("v1").unwrap().files.clone());
    assert_eq!(*view.read("/x", &ROOT).unwrap(), b"kept");
}
