//! bollard, a client that others wrote, at work with an engine.

mod containers;
mod objects;

use bollard::query_parameters::CreateImageOptionsBuilder;
use bollard::{API_DEFAULT_VERSION, Docker};
use fake_docker::Engine;
use futures_util::TryStreamExt as _;

use crate::docker::listen;

/// bollard, connected to a new engine that has busybox.
async fn client() -> Docker {
    let address = listen(Engine::builder().seed(1).build()).await;
    let docker =
        Docker::connect_with_http(&format!("tcp://{address}"), 10, API_DEFAULT_VERSION).unwrap();
    let docker = docker.negotiate_version().await.unwrap();
    let options = CreateImageOptionsBuilder::default()
        .from_image("busybox")
        .tag("latest")
        .build();
    let pulled = docker.create_image(Some(options), None, None);
    pulled.try_collect::<Vec<_>>().await.unwrap();
    docker
}

#[tokio::test]
async fn bollard_reads_the_world_of_a_new_engine() {
    let engine = Engine::builder().name("my-docker-host").cpus(2).build();
    let address = listen(engine).await;
    let docker =
        Docker::connect_with_http(&format!("tcp://{address}"), 10, API_DEFAULT_VERSION).unwrap();

    let docker = docker.negotiate_version().await.unwrap();

    assert_eq!(docker.ping().await.unwrap(), "OK");
    let version = docker.version().await.unwrap();
    assert_eq!(version.version.as_deref(), Some("28.5.2"));
    assert_eq!(version.api_version.as_deref(), Some("1.51"));
    let info = docker.info().await.unwrap();
    assert_eq!(info.name.as_deref(), Some("my-docker-host"));
    assert_eq!(info.ncpu, Some(2));
    let containers = docker
        .list_containers(None::<bollard::query_parameters::ListContainersOptions>)
        .await;
    assert!(containers.unwrap().is_empty());
    let images = docker
        .list_images(None::<bollard::query_parameters::ListImagesOptions>)
        .await;
    assert!(images.unwrap().is_empty());
    let networks = docker
        .list_networks(None::<bollard::query_parameters::ListNetworksOptions>)
        .await
        .unwrap();
    assert_eq!(networks.len(), 3);
}

#[tokio::test]
async fn bollard_is_told_what_is_missing() {
    let address = listen(Engine::builder().build()).await;
    let docker =
        Docker::connect_with_http(&format!("tcp://{address}"), 10, API_DEFAULT_VERSION).unwrap();
    let docker = docker.negotiate_version().await.unwrap();

    let missing = docker
        .inspect_container(
            "nosuch",
            None::<bollard::query_parameters::InspectContainerOptions>,
        )
        .await;

    assert!(matches!(
        missing.unwrap_err(),
        bollard::errors::Error::DockerResponseServerError { status_code: 404, message }
            if message == "No such container: nosuch"
    ));
}
