//! bollard makes images, networks and volumes, and hears of it.

use std::collections::HashMap;

use axum::body::Bytes;
use bollard::body_full;
use bollard::models::{
    ContainerConfig, ContainerCreateBody, EndpointSettings, NetworkConnectRequest,
    NetworkCreateRequest, NetworkDisconnectRequest, VolumeCreateRequest,
};
use bollard::query_parameters::{
    BuildImageOptionsBuilder, CommitContainerOptionsBuilder, CreateContainerOptionsBuilder,
    CreateImageOptionsBuilder, DataUsageOptions, EventsOptionsBuilder, ImportImageOptions,
    ListImagesOptionsBuilder, ListVolumesOptions, PruneImagesOptions, PruneNetworksOptions,
    PruneVolumesOptionsBuilder, RemoveImageOptions, RemoveVolumeOptions,
    SearchImagesOptionsBuilder, TagImageOptionsBuilder,
};
use fake_docker::files::tar::{EntryKind, Header, Writer};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::client;

#[tokio::test]
async fn bollard_pulls_tags_saves_loads_and_removes_images() {
    let docker = client().await;
    let options = CreateImageOptionsBuilder::default()
        .from_image("hello-world")
        .tag("latest")
        .build();

    let told: Vec<_> = docker
        .create_image(Some(options), None, None)
        .try_collect()
        .await
        .unwrap();
    let last = told.last().unwrap().status.as_deref().unwrap();
    assert!(last.starts_with("Status: Downloaded newer image"), "{last}");
    let options = TagImageOptionsBuilder::default()
        .repo("own")
        .tag("1")
        .build();
    docker
        .tag_image("hello-world", Some(options))
        .await
        .unwrap();
    let image = docker.inspect_image("own:1").await.unwrap();
    assert_eq!(image.repo_tags.unwrap().len(), 2);
    assert!(!docker.image_history("own:1").await.unwrap().is_empty());
    let saved: Vec<Bytes> = docker.export_image("own:1").try_collect().await.unwrap();
    let removed = docker
        .remove_image("own:1", None::<RemoveImageOptions>, None)
        .await
        .unwrap();
    assert_eq!(removed[0].untagged.as_deref(), Some("own:1"));
    let saved = body_full(Bytes::from(saved.concat()));
    let loaded: Vec<_> = docker
        .import_image(ImportImageOptions::default(), saved, None)
        .try_collect()
        .await
        .unwrap();
    assert!(loaded.iter().any(|line| {
        let told = line.stream.as_deref().unwrap_or_default();
        told == "Loaded image: own:1\n"
    }));
    let again = docker.inspect_image("own:1").await.unwrap();
    assert_eq!(again.id, image.id);
    let options = SearchImagesOptionsBuilder::default().term("redis").build();
    let found = docker.search_images(options).await.unwrap();
    assert!(
        found
            .iter()
            .any(|item| item.name.as_deref() == Some("redis"))
    );
}

#[tokio::test]
async fn bollard_builds_and_commits() {
    let docker = client().await;
    let mut context = Writer::new();
    for (name, content) in [
        (
            "Dockerfile",
            "FROM busybox\nARG WHO\nCOPY note /note\nRUN echo $WHO >> /note\nCMD [\"cat\", \"/note\"]\n",
        ),
        ("note", "hello\n"),
    ] {
        let header = Header::new(name, EntryKind::File, 0o644, jiff::Timestamp::UNIX_EPOCH);
        context.add(header, content.as_bytes());
    }
    let options = BuildImageOptionsBuilder::default()
        .t("noted:1")
        .buildargs(&HashMap::from([("WHO", "world")]))
        .build();

    let context = body_full(Bytes::from(context.finish()));
    let told: Vec<_> = docker
        .build_image(options, None, Some(context))
        .try_collect()
        .await
        .unwrap();

    let last = told.last().unwrap().stream.as_deref().unwrap();
    assert_eq!(last, "Successfully tagged noted:1\n");
    let options = CreateContainerOptionsBuilder::default()
        .name("noted")
        .build();
    let body = ContainerCreateBody {
        image: Some("noted:1".to_owned()),
        ..ContainerCreateBody::default()
    };
    docker.create_container(Some(options), body).await.unwrap();
    let options = CommitContainerOptionsBuilder::default()
        .container("noted")
        .repo("kept")
        .tag("1")
        .comment("so far")
        .build();
    let kept = docker
        .commit_container(options, ContainerConfig::default())
        .await
        .unwrap();
    let image = docker.inspect_image("kept:1").await.unwrap();
    assert_eq!(image.id, Some(kept.id));
    assert_eq!(image.comment.as_deref(), Some("so far"));
    let options = ListImagesOptionsBuilder::default().all(true).build();
    let count = docker.list_images(Some(options)).await.unwrap().len();
    docker
        .prune_images(None::<PruneImagesOptions>)
        .await
        .unwrap();
    assert!(count >= 3);
}

#[tokio::test]
async fn bollard_connects_containers_and_keeps_their_volumes() {
    let docker = client().await;
    let options = CreateContainerOptionsBuilder::default()
        .name("member")
        .build();
    let body = ContainerCreateBody {
        image: Some("busybox".to_owned()),
        cmd: Some(vec!["sleep".to_owned(), "300".to_owned()]),
        ..ContainerCreateBody::default()
    };
    docker.create_container(Some(options), body).await.unwrap();
    docker.start_container("member", None).await.unwrap();

    let network = NetworkCreateRequest {
        name: "inside".to_owned(),
        ..NetworkCreateRequest::default()
    };
    docker.create_network(network).await.unwrap();
    let connect = NetworkConnectRequest {
        container: "member".to_owned(),
        endpoint_config: Some(EndpointSettings {
            aliases: Some(vec!["friend".to_owned()]),
            ..EndpointSettings::default()
        }),
    };
    docker.connect_network("inside", connect).await.unwrap();
    let shown = docker.inspect_network("inside", None).await.unwrap();
    assert_eq!(shown.containers.unwrap().len(), 1);
    let refused = docker.remove_network("inside").await.unwrap_err();
    assert!(
        refused.to_string().contains("has active endpoints"),
        "{refused}"
    );
    let disconnect = NetworkDisconnectRequest {
        container: "member".to_owned(),
        force: Some(true),
    };
    docker
        .disconnect_network("inside", disconnect)
        .await
        .unwrap();
    let pruned = docker
        .prune_networks(None::<PruneNetworksOptions>)
        .await
        .unwrap();
    assert_eq!(pruned.networks_deleted.unwrap(), ["inside"]);

    let volume = VolumeCreateRequest {
        name: Some("data".to_owned()),
        labels: Some(HashMap::from([("a".to_owned(), "b".to_owned())])),
        ..VolumeCreateRequest::default()
    };
    let volume = docker.create_volume(volume).await.unwrap();
    assert_eq!(volume.labels.get("a").map(String::as_str), Some("b"));
    let volumes = docker
        .list_volumes(None::<ListVolumesOptions>)
        .await
        .unwrap();
    assert_eq!(volumes.volumes.unwrap().len(), 1);
    // Its types are those of a later API, which tells of it in another shape.
    docker.df(None::<DataUsageOptions>).await.unwrap();
    let all = PruneVolumesOptionsBuilder::default()
        .filters(&HashMap::from([("all", vec!["true"])]))
        .build();
    let pruned = docker.prune_volumes(Some(all)).await.unwrap();
    assert_eq!(pruned.volumes_deleted.unwrap(), ["data"]);
    let missing = docker
        .remove_volume("data", None::<RemoveVolumeOptions>)
        .await;
    assert!(missing.unwrap_err().to_string().contains("no such volume"));
}

#[tokio::test]
async fn bollard_hears_of_what_happens() {
    let docker = client().await;
    let options = EventsOptionsBuilder::default()
        .since("0")
        .filters(&HashMap::from([("type", vec!["volume"])]))
        .build();
    let mut events = Box::pin(docker.events(Some(options)));
    let volume = VolumeCreateRequest {
        name: Some("heard".to_owned()),
        ..VolumeCreateRequest::default()
    };

    docker.create_volume(volume).await.unwrap();

    let event = events.next().await.unwrap().unwrap();
    assert_eq!(event.action.as_deref(), Some("create"));
    assert_eq!(event.actor.unwrap().id.as_deref(), Some("heard"));
}
