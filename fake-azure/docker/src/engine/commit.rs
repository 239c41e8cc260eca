//! Making images of containers.

use super::Engine;
use crate::build::change;
use crate::fault::Fault;
use crate::files::Tree;
use crate::files::layer::Layer;
use crate::files::pack::Times;
use crate::reference::Named;
use crate::registry::Digest;
use crate::state::config::Config;
use crate::state::container::Status;
use crate::state::image::{Files, Making};

/// An image that is to be made of a container.
#[derive(Debug, Default)]
pub(crate) struct CommitRequest {
    /// The container, by name or id.
    pub(crate) container: String,
    /// What the image is to be called.
    pub(crate) name: Option<Named>,
    /// Who makes it.
    pub(crate) author: String,
    /// What is said of it.
    pub(crate) comment: String,
    /// Instructions of a Dockerfile that change its configuration.
    pub(crate) changes: Vec<String>,
    /// What its containers are to run with, in the place of what the container ran with.
    pub(crate) config: Option<Config>,
    /// Whether the container stands still meanwhile.
    pub(crate) pause: bool,
}

impl Engine {
    /// Makes an image of what a container is.
    pub(crate) fn commit(&self, request: CommitRequest) -> Result<Digest, Fault> {
        let id = self.container_id(&request.container)?;
        let container = {
            let state = self.state();
            let container = state.containers.get(id).cloned();
            container.ok_or_else(|| Fault::NoSuchContainer(request.container.clone()))?
        };
        if container.state.status == Status::Removing {
            let words = format!("You cannot commit container {id} which is being removed");
            return Err(Fault::Conflict(words));
        }
        let config = request.config.unwrap_or_else(|| container.whole_config());
        let mut config = change::change(config, &request.changes)
            .map_err(|error| Fault::Invalid(error.to_string()))?;
        config.inherit(&container.config);
        let pause = request.pause && container.state.status == Status::Running;
        if pause {
            self.pause(&id.to_string())?;
        }
        let tree = super::lock(&container.files).clone();
        let making = Making {
            parent: container.image.parse().ok(),
            config,
            container_config: container.whole_config(),
            container: id.to_string(),
            author: request.author,
            comment: request.comment.clone(),
        };
        let made = self.change_images(|images, _, notes| {
            let made = images.make(making, changed(&tree), notes)?;
            if let Some(name) = &request.name {
                images.tag(&made.to_string(), name, notes)?;
            }
            Ok::<_, Fault>(made)
        });
        if let Ok(made) = &made {
            let name = request.name.map(|name| name.or_latest().familiar());
            let more = [
                ("comment", request.comment),
                ("imageID", made.to_string()),
                ("imageRef", name.unwrap_or_default()),
            ];
            self.note(self.now(), id, "commit", &more);
        }
        if pause {
            self.unpause(&id.to_string())?;
        }
        made
    }
}

/// What a container changed over what it began on: its image, and what the engine puts over it.
pub(super) fn changed(tree: &Tree) -> Files<'static> {
    let layer = Layer::new(tree.base().map(AsRef::as_ref), tree, Times::Seconds);
    if layer.is_empty() {
        Files::Same
    } else {
        Files::Archive(layer.into_bytes())
    }
}
