//! Tagging, untagging, removing and pruning.

use super::*;
use crate::state::image::removal::Removed;

fn container(store: &ImageStore, image: &str, is_running: bool) -> Use {
    Use {
        id: "0a084f654790".to_owned(),
        image: id(store, image),
        is_running,
    }
}

fn remove(store: &mut ImageStore, name: &str) -> Vec<Removed> {
    store.remove(name, false, true, &[], &mut notes()).unwrap()
}

fn untagged(name: &str) -> Removed {
    Removed::Untagged(name.to_owned())
}

#[test]
fn an_image_goes_with_its_last_name_and_its_layers() {
    let mut store = with(&["hello-world"]);
    let image = store.find("hello-world").unwrap().clone();

    let removed = remove(&mut store, "hello-world");

    assert_eq!(
        removed,
        [
            untagged("hello-world:latest"),
            untagged(&image.repo_digests()[0]),
            Removed::Deleted(image.id),
            Removed::Deleted(image.top_layer().unwrap()),
        ]
    );
    assert_eq!(
        serde_json::to_value(&removed[..3]).unwrap(),
        json!([
            {"Untagged": "hello-world:latest"},
            {"Untagged": image.repo_digests()[0]},
            {"Deleted": image.id.to_string()},
        ])
    );
    assert_eq!(store.len(), 0);
    assert_eq!(store.layers().iter().count(), 0);
}

#[test]
fn one_of_several_names_goes_alone() {
    let mut store = with(&["busybox"]);
    store
        .tag("busybox:latest", &named("myrepo/bb:v1"), &mut notes())
        .unwrap();

    assert_eq!(
        remove(&mut store, "myrepo/bb:v1"),
        [untagged("myrepo/bb:v1")]
    );
    assert!(store.find("busybox").is_ok());
}

#[test]
fn a_layer_stays_while_a_container_or_another_image_needs_it() {
    let mut store = with(&["alpine", "nginx:alpine"]);
    let alpine = store.find("alpine").unwrap().clone();
    let nginx = store.find("nginx:alpine").unwrap().clone();
    let top = nginx.top_layer().unwrap();
    store.layers_mut().hold(top);

    let removed = remove(&mut store, "nginx:alpine");
    assert_eq!(removed.last(), Some(&Removed::Deleted(nginx.id)));
    assert!(store.layers().get(top).is_some());
    assert_eq!(store.layers_mut().release(top), [top]);
    assert_eq!(
        store.layers().iter().map(|(id, _)| id).collect::<Vec<_>>(),
        [alpine.top_layer().unwrap()]
    );
}

#[test]
fn what_a_container_needs_stays_unless_force_helps() {
    let mut store = with(&["hello-world"]);
    let image = id(&store, "hello-world");
    let short = image.short();
    let stopped = [container(&store, "hello-world", false)];
    let running = [container(&store, "hello-world", true)];
    let digits = image.hex();

    let words = |store: &mut ImageStore, name: &str, force, uses: &[Use]| {
        store
            .remove(name, force, true, uses, &mut notes())
            .unwrap_err()
            .to_string()
    };
    let name_in_use = format!(
        "conflict: unable to remove repository reference \"hello-world\" (must force) - container 0a084f654790 is using its referenced image {short}"
    );
    assert_eq!(
        words(&mut store, "hello-world", false, &stopped),
        name_in_use
    );
    assert_eq!(
        words(&mut store, "hello-world", false, &running),
        name_in_use
    );
    assert_eq!(
        words(&mut store, &digits, false, &stopped),
        format!(
            "conflict: unable to delete {short} (must be forced) - image is being used by stopped container 0a084f654790"
        )
    );
    for force in [false, true] {
        assert_eq!(
            words(&mut store, &digits[..12], force, &running),
            format!(
                "conflict: unable to delete {short} (cannot be forced) - image is being used by running container 0a084f654790"
            )
        );
    }

    // Force takes the names of what runs away, and all of what does not.
    let names = store
        .remove("hello-world", true, true, &running, &mut notes())
        .unwrap();
    assert_eq!(names.len(), 2);
    assert!(store.get(image).is_some());
    let all = store
        .remove(&digits, true, true, &stopped, &mut notes())
        .unwrap();
    assert_eq!(all[0], Removed::Deleted(image));
}

#[test]
fn an_id_with_names_of_several_repositories_must_be_forced() {
    let mut store = with(&["busybox"]);
    store.tag("busybox", &named("other"), &mut notes()).unwrap();
    let image = id(&store, "busybox");

    let refusal = store
        .remove(&image.hex(), false, true, &[], &mut notes())
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        format!(
            "conflict: unable to delete {} (must be forced) - image is referenced in multiple repositories",
            image.short()
        )
    );
    let removed = store
        .remove(&image.hex(), true, true, &[], &mut notes())
        .unwrap();
    assert_eq!(removed.len(), 5);
    assert_eq!(store.len(), 0);
}

#[test]
fn an_image_that_others_were_made_from_stays_and_goes_with_the_last_of_them() {
    let mut store = with(&["busybox"]);
    let first = derive(&mut store, "busybox", "first");
    let second = derive(&mut store, "first", "second");

    let refusal = store
        .remove(&first.hex(), true, true, &[], &mut notes())
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        format!(
            "conflict: unable to delete {} (cannot be forced) - image has dependent child images",
            first.short()
        )
    );
    assert_eq!(remove(&mut store, "first"), [untagged("first:latest")]);
    let removed = remove(&mut store, "second");
    assert_eq!(removed.len(), 5, "{removed:?}");
    assert!(removed.contains(&Removed::Deleted(second)));
    assert!(removed.contains(&Removed::Deleted(first)));
    assert_eq!(store.len(), 1);
}

#[test]
fn what_is_not_there_cannot_be_removed_or_named() {
    let mut store = with(&["busybox"]);
    let digits = id(&store, "busybox").hex();
    let words = |refusal: ImageError| refusal.to_string();

    for name in ["nosuch", "nosuch:latest"] {
        let refusal = store
            .remove(name, false, true, &[], &mut notes())
            .unwrap_err();
        assert_eq!(words(refusal), "No such image: nosuch:latest");
    }
    let refusal = store
        .tag("nosuch:1", &named("x:2"), &mut notes())
        .unwrap_err();
    assert_eq!(words(refusal), "No such image: nosuch:1");
    let refusal = store
        .tag("busybox", &named("sha256:x"), &mut notes())
        .unwrap_err();
    assert_eq!(
        words(refusal),
        "refusing to create an ambiguous tag using digest algorithm as name"
    );
    assert!(store.find(&digits[..4]).is_ok());
    assert!(store.find(&format!("sha256:{}", &digits[..4])).is_ok());
    let zeros = "0".repeat(64);
    assert_eq!(
        words(store.find(&zeros).unwrap_err()),
        format!("No such image: sha256:{zeros}")
    );
}

#[test]
fn a_name_moves_to_the_image_that_gets_it() {
    let mut store = with(&["busybox", "alpine"]);
    store.tag("busybox", &named("x"), &mut notes()).unwrap();
    store.tag("alpine", &named("x"), &mut notes()).unwrap();

    assert_eq!(id(&store, "x"), id(&store, "alpine"));
    assert_eq!(
        store.find("busybox").unwrap().repo_tags(),
        ["busybox:latest"]
    );
}

#[test]
fn a_prune_takes_what_has_no_tag_and_nobody_needs() {
    let mut store = with(&["busybox"]);
    let first = derive(&mut store, "busybox", "app");
    let second = derive(&mut store, "busybox", "app:2");
    store.tag("app:2", &named("app"), &mut notes()).unwrap();
    let size = store
        .layers()
        .size(&[store.get(first).unwrap().top_layer().unwrap()]);
    let mut said = notes();

    let pruned = store.prune(&PruneFilters::default(), &[], &mut said);

    assert_eq!(
        pruned.images_deleted.as_ref().unwrap()[0],
        Removed::Deleted(first)
    );
    assert_eq!(
        (pruned.images_deleted.unwrap().len(), pruned.space_reclaimed),
        (2, size)
    );
    assert!(store.get(second).is_some() && store.find("busybox").is_ok());
    let last = said.events().pop().unwrap();
    assert_eq!(
        (last.action.as_str(), &last.actor.attributes["reclaimed"]),
        ("prune", &size.to_string())
    );
    let nothing = store.prune(&PruneFilters::default(), &[], &mut notes());
    assert_eq!(
        serde_json::to_value(nothing).unwrap(),
        json!({"ImagesDeleted": null, "SpaceReclaimed": 0})
    );
}

#[test]
fn a_prune_of_all_spares_what_containers_need() {
    let mut store = with(&["busybox", "alpine", "hello-world"]);
    let uses = [container(&store, "busybox", false)];
    let all = PruneFilters {
        dangling: false,
        ..PruneFilters::default()
    };

    store.prune(&all, &uses, &mut notes());

    let left: Vec<_> = store.iter().flat_map(Image::repo_tags).collect();
    assert_eq!(left, ["busybox:latest"]);
}

#[test]
fn what_happens_to_images_is_noted() {
    let mut store = ImageStore::default();
    let registry = Registry::new();
    let steps = store
        .pull(&registry, &named("busybox:latest"), None)
        .unwrap();
    let mut said = notes();
    for step in steps {
        if let Step::Receive(arrival) = step {
            store.receive(&arrival, &mut said);
        }
    }
    store.tag("busybox", &named("x:1"), &mut said).unwrap();
    let image = id(&store, "busybox").to_string();
    store.remove(&image, true, true, &[], &mut said).unwrap();

    let events: Vec<_> = said
        .events()
        .into_iter()
        .map(|event| {
            (
                event.action,
                event.actor.id,
                event.actor.attributes["name"].clone(),
            )
        })
        .collect();
    let event =
        |action: &str, id: &str, name: &str| (action.to_owned(), id.to_owned(), name.to_owned());
    assert_eq!(
        events,
        [
            event("pull", "busybox:latest", "busybox"),
            event("tag", &image, "x:1"),
            event("untag", &image, &image),
            event("untag", &image, &image),
            event("untag", &image, &image),
            event("delete", &image, &image),
        ]
    );
}
